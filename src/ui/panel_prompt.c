/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ui/cells.h"
#include "ui/commands.h"
#include "ui/panels.h"
#include "ui/scopes.h"

void panel_order_words(const struct list_choice *choice, struct text *text)
{
	text_add(text, choice->sort ? choice->sort->title : "kill order");
	if (choice->reverse)
		text_add(text, " reversed");
	if (choice->grouped)
		text_add(text, ", grouped");
}

/* The end of a question names the process and what is to be typed; it begins with a word. */
static const char *question_of(const struct view *view, const char *label, int cols)
{
	const char *tail, *blank;

	if (!prompt_is_action(view->state->prompt))
		return label;
	tail = cells_tail(label, cols);
	blank = tail > label ? strchr(tail, ' ') : NULL;
	return blank && blank[1] ? blank + 1 : tail;
}

/** The prompt line: a question, what was typed, and what there is to say of it. */
struct prompt_line {
	char label[256];
	char behind[PROMPT_MAX + 4];
	enum style behind_style;
	int label_cols, input_cols;
};

static void read_prompt(const struct view *view, struct prompt_line *ret)
{
	const struct ui_state *state = view->state;
	const bool outcome = prompt_is_action(state->prompt) && !state->message[0];
	const char *behind = outcome ? view->page.brief : state->message;
	struct text text;

	ret->behind_style = outcome ? STYLE_NORMAL : STYLE_WARN;
	text_init(&text, ret->label, sizeof(ret->label));
	prompt_label(view, &text);
	text_init(&text, ret->behind, sizeof(ret->behind));
	if (behind[0]) {
		text_add(&text, "  ");
		text_add(&text, behind);
	}
}

/* A message says where the input is wrong; of the question one can do without then.  What an
 * action comes to stands above the line too, but its question only here. */
static void share_line(const struct view *view, int cols, struct prompt_line *line)
{
	const bool question = prompt_is_action(view->state->prompt) && !view->state->message[0];
	const int behind_cols = (int)text_cells(line->behind);
	const int typed = (int)text_cells(view->state->input) + 1;
	int rest;

	line->label_cols = (int)value_min(
		(int64_t)text_cells(line->label), question ? cols * 3 / 4 : cols / 2);
	rest = cols - line->label_cols;
	line->input_cols = rest -
		(int)value_min(behind_cols, question ? value_max(rest - typed, 0) : rest * 2 / 3);
}

static void draw_prompt(struct view *view, struct canvas *canvas, struct rect where)
{
	struct prompt_line line;
	int col = where.col;

	read_prompt(view, &line);
	share_line(view, where.cols, &line);
	canvas_fill(canvas, where, STYLE_PROMPT);
	col += canvas_text(canvas, where.row, col, line.label_cols, STYLE_PROMPT,
		question_of(view, line.label, line.label_cols));
	col += canvas_text(canvas, where.row, col, line.input_cols, STYLE_PROMPT,
		cells_tail(view->state->input, line.input_cols - 1));
	canvas->cursor_row = where.row;
	canvas->cursor_col = (int)value_min(col, where.col + where.cols - 1);
	canvas_text(canvas, where.row, col, where.col + where.cols - col, line.behind_style,
		line.behind);
}

static void add_choice(struct cells *cells, const struct list_choice *choice)
{
	struct text *text;

	text = cells_add(cells, 2, STYLE_WARN);
	if (choice->filter.n_nodes > 0) {
		text_add(text, "filter: ");
		text_add_clean(text, choice->filter.source, strlen(choice->filter.source));
	}
	text = cells_add(cells, 1, STYLE_WARN);
	if (choice->n_uids > 0) {
		text_add(text, "user: ");
		text_add_clean(text, choice->user, strlen(choice->user));
		if (choice->n_uids > 1)
			text_fmt(text, " and %u more", choice->n_uids - 1);
	}
	text = cells_add(cells, 3, STYLE_WARN);
	if (choice->n_pids == 1)
		text_fmt(text, "pid: %d", choice->pids[0]);
	else if (choice->n_pids > 1)
		text_fmt(text, "pids: %u", choice->n_pids);
	if (choice->exempt)
		text_add(cells_add(cells, 7, STYLE_NORMAL), "with exempt");
	if (choice->kernel_threads)
		text_add(cells_add(cells, 7, STYLE_NORMAL), "with kernel threads");
}

/* Another scope than the machine changes every rank: that stays, as much as fits. */
static void add_scope(struct cells *cells, const struct view *view, int cols)
{
	const bool machine = view->summary->oom.scope.kind == SCOPE_SYSTEM;
	struct text *text =
		cells_add_right(cells, machine ? 5 : 1, machine ? STYLE_NORMAL : STYLE_WARN);

	text_add(text, "scope: ");
	group_tail(scopes_words(view), cols / 3 > 8 ? cols / 3 : 8, text);
}

static void draw_count(struct view *view, struct canvas *canvas, struct rect line)
{
	const struct list_choice *choice = &view->state->choice;
	struct cells cells;
	struct text *text;

	cells_init(&cells);
	text = cells_add(&cells, 0, STYLE_NORMAL);
	if (choice->grouped)
		text_fmt(text, "%u group%s, ", (unsigned)view->list.groups.count,
			view->list.groups.count == 1 ? "" : "s");
	text_fmt(
		text, "%u of %u shown", (unsigned)view->list.n_tasks, (unsigned)view->now->n_tasks);
	add_choice(&cells, choice);
	text = cells_add_right(&cells, 4, STYLE_NORMAL);
	text_add(text, "order: ");
	panel_order_words(choice, text);
	add_scope(&cells, view, line.cols);
	cells_draw(&cells, canvas, line.row, line.col, line.cols);
}

void panel_prompt(struct view *view, struct canvas *canvas, struct rect where)
{
	const struct ui_state *state = view->state;

	if (where.rows < 1)
		return;
	where.rows = 1;
	if (state->prompt != PROMPT_NONE)
		draw_prompt(view, canvas, where);
	else if (state->message[0])
		canvas_text(canvas, where.row, where.col, where.cols,
			state->message_bad ? STYLE_WARN : STYLE_MESSAGE, state->message);
	else if (view->now && view->summary)
		draw_count(view, canvas, where);
}
