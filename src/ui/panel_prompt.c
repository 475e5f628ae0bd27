/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ui/cells.h"
#include "ui/commands.h"
#include "ui/panels.h"

void panel_order_words(const struct list_choice *choice, struct text *text)
{
	text_add(text, choice->sort ? choice->sort->title : "kill order");
	if (choice->reverse)
		text_add(text, " reversed");
}

/* The end of the input, as much as fits: that is where one types. */
static const char *input_tail(const char *input, int cols)
{
	const char *end = input + strlen(input);

	while (*input && (int)text_cells(input) > cols)
		utf8_next(&input, end);
	return input;
}

static void draw_prompt(struct view *view, struct canvas *canvas, struct rect line)
{
	struct ui_state *state = view->state;
	char label[96], message[PROMPT_MAX + 4] = "";
	int label_cols, room, typed;
	struct text text;

	text_init(&text, label, sizeof(label));
	prompt_label(view, &text);
	text_init(&text, message, sizeof(message));
	if (state->message[0]) {
		text_add(&text, "  ");
		text_add(&text, state->message);
	}
	/* The message says where the input is wrong; of the question one can do without. */
	label_cols = (int)value_min((int64_t)text_cells(label), line.cols / 2);
	room = line.cols - label_cols -
		(int)value_min((int64_t)text_cells(message), (line.cols - label_cols) * 2 / 3);
	canvas_fill(canvas, line, STYLE_PROMPT);
	canvas_text(canvas, line.row, line.col, label_cols, STYLE_PROMPT, label);
	typed = canvas_text(canvas, line.row, line.col + label_cols, room, STYLE_PROMPT,
		input_tail(state->input, room - 1));
	canvas->cursor_row = line.row;
	canvas->cursor_col =
		(int)value_min(line.col + label_cols + typed, line.col + line.cols - 1);
	canvas_text(canvas, line.row, line.col + label_cols + typed, line.cols - label_cols - typed,
		STYLE_WARN, message);
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

static void draw_count(struct view *view, struct canvas *canvas, struct rect line)
{
	const struct list_choice *choice = &view->state->choice;
	struct cells cells;
	struct text *text;

	cells_init(&cells);
	text_fmt(cells_add(&cells, 0, STYLE_NORMAL), "%u of %u shown", (unsigned)view->list.n_rows,
		(unsigned)view->now->n_tasks);
	add_choice(&cells, choice);
	text = cells_add_right(&cells, 4, STYLE_NORMAL);
	text_add(text, "order: ");
	panel_order_words(choice, text);
	text_add(cells_add_right(&cells, 5, STYLE_NORMAL), "scope: machine");
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
