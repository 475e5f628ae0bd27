/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ui/panels.h"
#include "ui/scopes.h"
#include "ui/zonebar.h"

/** With fewer rows than these there is no header, and no line of the exempt. */
#define HEADER_FROM_ROWS 4
#define EXEMPT_FROM_ROWS 7

/** And none that tells the scope: the prompt line has its name. */
#define SCOPE_FROM_ROWS 6

/** Where the line of the exempt begins. */
#define EXEMPT_COL 4

struct table {
	const struct column *shown[COLUMNS_SHOWN_MAX];
	unsigned n_shown;
	int name_cols;
};

static void table_fit(int cols, struct table *ret)
{
	ret->n_shown = columns_fit(cols, ret->shown, &ret->name_cols);
}

/* The cell of column i in a line; *col is moved behind it. */
static struct rect table_cell(const struct table *table, unsigned i, struct rect line, int *col)
{
	const int width = i + 1 == table->n_shown ? table->name_cols
						  : column_width(table->shown[i], line.cols);
	const int left = line.col + line.cols - *col;
	const struct rect cell = { *col, line.row, (int)value_max(value_min(width, left), 0), 1 };

	*col += width + 1;
	return cell;
}

static void draw_cell(struct canvas *canvas, struct rect cell, const struct column *column,
	enum style style, const char *string)
{
	if (column->left)
		canvas_text(canvas, cell.row, cell.col, cell.cols, style, string);
	else
		canvas_right(canvas, cell.row, cell.col, cell.cols, style, string);
}

void tasks_draw_header(const struct view *view, struct canvas *canvas, struct rect line)
{
	const struct column *sort =
		view->state->choice.sort ? view->state->choice.sort : column_find("rank");
	int col = line.col + COLUMNS_MARK_CELLS;
	struct table table;

	table_fit(line.cols, &table);
	canvas_fill(canvas, line, STYLE_HEADER);
	for (unsigned i = 0; i < table.n_shown; i++) {
		const struct column *column = table.shown[i];
		const bool sorted = column == sort;

		draw_cell(canvas, table_cell(&table, i, line, &col), column,
			sorted ? STYLE_HEADER_SORT : STYLE_HEADER, column->title);
	}
}

bool tasks_scope_words(const struct view *view, struct text *text)
{
	const struct oom *oom = &view->summary->oom;

	if (oom->scope.kind == SCOPE_SYSTEM)
		return false;
	scopes_as_if(view, text);
	text_fmt(text, ": %u of %u eligible, ADJ 1000 = ", (unsigned)oom->n_order,
		(unsigned)view->now->n_tasks);
	pages_add(text, view->now, oom->totalpages);
	return true;
}

static enum style row_style(const struct task_row *row)
{
	const struct judged *judged = row_judged(row);

	if (row_task(row)->killed)
		return STYLE_VICTIM;
	if (judged->exempt != EXEMPT_NONE)
		return STYLE_EXEMPT;
	return judged->rank == 1 && !row->now->told ? STYLE_VICTIM : STYLE_NORMAL;
}

/** A row: a group, or a process. */
struct entry {
	struct task_row row;      /**< of a group its member that dies first */
	struct group_cells group; /**< of a process .group is NULL */
	bool member;              /**< a process below the row of its group, which has its name */
};

static void entry_text(
	const struct entry *entry, const struct column *column, int cols, struct text *text)
{
	if (entry->group.group) {
		taskgroup_text(&entry->group, column, cols, text);
	} else if (entry->member && column->grouped == GROUPED_NAME) {
		text_add(text, "  ");
		row_command(&entry->row, text);
	} else {
		column_text(column, &entry->row, text);
	}
}

static void draw_entry(const struct entry *entry, struct canvas *canvas, struct rect line)
{
	const enum style style = row_style(&entry->row);
	int col = line.col + COLUMNS_MARK_CELLS;
	struct table table;

	table_fit(line.cols, &table);
	canvas_fill(canvas, line, style);
	for (unsigned i = 0; i < table.n_shown; i++) {
		const struct rect cell = table_cell(&table, i, line, &col);
		char buf[COLUMN_TEXT_MAX];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		entry_text(entry, table.shown[i], cell.cols, &text);
		draw_cell(canvas, cell, table.shown[i], style, buf);
	}
}

void tasks_draw_row(
	const struct view *view, struct canvas *canvas, struct rect line, uint32_t index)
{
	const struct entry entry = { .row = { view->now, view->summary, index } };

	draw_entry(&entry, canvas, line);
}

static bool folded(const struct view *view, uint32_t index)
{
	const struct list_choice *choice = &view->state->choice;
	const enum exempt exempt = view->summary->oom.judged[index].exempt;

	if (exempt == EXEMPT_NONE || view->now->tasks[index].killed)
		return false;
	return exempt == EXEMPT_KTHREAD ? !choice->kernel_threads : !choice->exempt;
}

/* What is said of exempt processes beyond the first that are named. */
static const struct {
	enum exempt exempt;
	const char *words;
} exempt_groups[] = {
	{ EXEMPT_INIT, "init" },
	{ EXEMPT_ADJ_MIN, "more at -1000" },
	{ EXEMPT_NO_MM, "without memory" },
	{ EXEMPT_VFORK, "in vfork" },
	{ EXEMPT_OOM_SKIP, "already reaped" },
	{ EXEMPT_OUT_OF_SCOPE, "out of scope" },
	{ EXEMPT_UNREADABLE, "unreadable" },
	{ EXEMPT_KTHREAD, "kernel thread" },
};

/** Processes at -1000 that are named one by one. */
#define PROTECTED_NAMED 1

struct exempt_count {
	uint32_t all;
	uint32_t of[EXEMPT_COUNT];
	uint32_t named[PROTECTED_NAMED]; /* tasks */
	uint32_t n_named;
};

static void count_folded(const struct view *view, struct exempt_count *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (uint32_t i = 0; i < view->now->n_tasks; i++) {
		const enum exempt exempt = view->summary->oom.judged[i].exempt;

		if (!folded(view, i) || exempt >= EXEMPT_COUNT)
			continue;
		ret->all++;
		if (exempt == EXEMPT_ADJ_MIN && ret->n_named < PROTECTED_NAMED)
			ret->named[ret->n_named++] = i;
		else
			ret->of[exempt]++;
	}
}

void tasks_exempt_words(const struct view *view, struct text *text)
{
	const char *separator = ": ";
	struct exempt_count count;

	count_folded(view, &count);
	text_fmt(text, "%u exempt", (unsigned)count.all);
	for (size_t i = 0; i < ARRAY_SIZE(exempt_groups); i++) {
		const enum exempt exempt = exempt_groups[i].exempt;

		for (uint32_t k = 0; exempt == EXEMPT_ADJ_MIN && k < count.n_named; k++) {
			const char *comm = view->now->tasks[count.named[k]].comm;

			text_add(text, separator);
			text_add_clean(text, comm, strlen(comm));
			text_add(text, " (adj -1000)");
			separator = ", ";
		}
		if (count.of[exempt] == 0)
			continue;
		text_add(text, separator);
		if (exempt != EXEMPT_INIT)
			text_fmt(text, "%u ", (unsigned)count.of[exempt]);
		text_add(text, exempt_groups[i].words);
		if (exempt == EXEMPT_KTHREAD && count.of[exempt] > 1)
			text_add(text, "s");
		separator = ", ";
	}
}

static void draw_exempt(const struct view *view, struct canvas *canvas, struct rect line)
{
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	tasks_exempt_words(view, &text);
	canvas_text(
		canvas, line.row, line.col + EXEMPT_COL, line.cols - EXEMPT_COL, STYLE_EXEMPT, buf);
}

static void draw_cursor(struct canvas *canvas, struct rect line)
{
	canvas_text(canvas, line.row, line.col, 1, STYLE_NORMAL, ">");
	canvas_style(canvas, line.row, line.col, line.cols, STYLE_SELECTED);
}

/* Scroll as little as brings the cursor on the screen. */
static void scroll_to_cursor(struct view *view, int64_t rows, int64_t selected)
{
	const int64_t last = value_max((int64_t)view->list.n_rows - rows, 0);
	int64_t top = value_min(view->state->top_row, selected);

	top = value_max(top, selected - rows + 1);
	view->state->top_row = value_max(value_min(top, last), 0);
	view->state->list_rows = (int)rows;
}

static void draw_list_row(
	const struct view *view, struct canvas *canvas, struct rect line, int64_t row)
{
	const struct tasklist *list = &view->list;
	const struct entry entry = {
		.row = { view->now, view->summary, tasklist_task(list, row) },
		.group = { view->now, view->summary, &list->groups, tasklist_group(list, row) },
		.member = view->state->choice.grouped,
	};

	draw_entry(&entry, canvas, line);
}

/* Why the list is empty. */
static const char *nobody_words(const struct view *view)
{
	if (view->now->told && view->now->n_tasks == 0)
		return "this report lists no processes (cut off, or vm.oom_dump_tasks=0)";
	return "no process is shown: = clears all filters";
}

static void draw_rows(struct view *view, struct canvas *canvas, struct rect where)
{
	const int64_t selected = view_selected_row(view);
	struct rect line = where;

	line.rows = 1;
	scroll_to_cursor(view, where.rows, selected);
	for (int i = 0; i < where.rows; i++, line.row++) {
		const int64_t row = view->state->top_row + i;

		if (row >= view->list.n_rows)
			break;
		draw_list_row(view, canvas, line, row);
		if (row == selected)
			draw_cursor(canvas, line);
	}
	if (view->list.n_rows == 0 && view->list.n_hidden_exempt == 0)
		canvas_text(canvas, where.row, where.col + EXEMPT_COL, where.cols - EXEMPT_COL,
			STYLE_DIM, nobody_words(view));
}

static bool draw_scope(const struct view *view, struct canvas *canvas, struct rect line)
{
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (!tasks_scope_words(view, &text))
		return false;
	canvas_text(canvas, line.row, line.col, line.cols, STYLE_WARN, buf);
	return true;
}

void panel_tasks(struct view *view, struct canvas *canvas, struct rect where)
{
	struct rect line = where;

	line.rows = 1;
	if (!view->now || !view->summary || where.rows < 1)
		return;
	if (where.rows >= SCOPE_FROM_ROWS && draw_scope(view, canvas, line)) {
		where.row++;
		where.rows--;
		line.row++;
	}
	if (where.rows >= HEADER_FROM_ROWS) {
		tasks_draw_header(view, canvas, line);
		where.row++;
		where.rows--;
	}
	if (where.rows + 1 >= EXEMPT_FROM_ROWS && view->list.n_hidden_exempt > 0) {
		/* Right below the last row where the list is short. */
		where.rows--;
		line.row = where.row + (int)value_min(where.rows, view->list.n_rows);
		draw_exempt(view, canvas, line);
	}
	draw_rows(view, canvas, where);
}
