/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/units.h"
#include "ui/page.h"
#include "ui/panels.h"
#include "ui/scopes.h"

/** Room for any text of a cell. */
#define TEXT_MAX 512

/** Lines under the table on the selected cgroup: a third of the room, as far as there is that
 * much to say; with few rows the end of its path alone. */
#define ABOUT_SHARE 3
#define ABOUT_ROWS_MOST 6
#define ABOUT_FROM_ROWS 12
#define PATH_FROM_ROWS 6
#define LABEL_COLS 9

static enum style level_style(const struct memcg_view *judged)
{
	if (!judged->limited)
		return STYLE_DIM;
	if (judged->level == LEVEL_CRITICAL)
		return STYLE_CRITICAL;
	return judged->level == LEVEL_WARN ? STYLE_WARN : STYLE_OK;
}

/** The columns of a table of some width. */
struct table {
	const struct group_column *shown[GROUP_COLUMNS_MAX];
	unsigned n_shown;
	int name_cols;
};

static void draw_cell(struct canvas *canvas, struct rect cell, const struct group_column *column,
	enum style style, const char *string)
{
	if (column->left)
		canvas_text(canvas, cell.row, cell.col, cell.cols, style, string);
	else
		canvas_right(canvas, cell.row, cell.col, cell.cols, style, string);
}

/* The cell of column i in a line; *col is moved behind it. */
static struct rect table_cell(const struct table *table, unsigned i, struct rect line, int *col)
{
	const int width = i + 1 == table->n_shown ? table->name_cols : table->shown[i]->width;
	const int left = line.col + line.cols - *col;
	const struct rect cell = { *col, line.row, (int)value_max(value_min(width, left), 0), 1 };

	*col += width + 1;
	return cell;
}

static void draw_titles(struct canvas *canvas, struct rect line, const struct table *table)
{
	int col = line.col + GROUP_MARK_CELLS;

	canvas_fill(canvas, line, STYLE_HEADER);
	for (unsigned i = 0; i < table->n_shown; i++) {
		const struct rect cell = table_cell(table, i, line, &col);

		draw_cell(canvas, cell, table->shown[i], STYLE_HEADER, table->shown[i]->title);
	}
}

static bool is_scope(const struct view *view, uint32_t memcg)
{
	const struct scope *scope = &view->summary->oom.scope;

	return scope->kind == SCOPE_MEMCG && scope->memcg == memcg;
}

static void draw_group(const struct view *view, struct canvas *canvas, struct rect line,
	const struct table *table, uint32_t index)
{
	const struct group_row row = { view->now, view->summary, index };
	const struct memcg_view *judged = &view->summary->memcgs[index];
	int col = line.col + GROUP_MARK_CELLS;

	if (is_scope(view, index))
		canvas_text(canvas, line.row, line.col + 1, 1, STYLE_NORMAL, "=");
	for (unsigned i = 0; i < table->n_shown; i++) {
		const struct rect cell = table_cell(table, i, line, &col);
		const enum style plain = judged->limited ? STYLE_NORMAL : STYLE_DIM;
		char buf[TEXT_MAX];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		table->shown[i]->text(&row, cell.cols, &text);
		draw_cell(canvas, cell, table->shown[i], i == 0 ? level_style(judged) : plain, buf);
	}
}

/* Scroll as little as brings the cursor on the screen. */
static void scroll_to_cursor(struct view *view, int64_t rows)
{
	struct ui_state *state = view->state;
	const int64_t selected = view_group_row(view);
	const int64_t last = value_max(view_group_rows(view) - rows, 0);
	int64_t top = value_min(state->group_top, selected);

	top = value_max(top, selected - rows + 1);
	state->group_top = value_max(value_min(top, last), 0);
}

static void draw_rows(struct view *view, struct canvas *canvas, struct rect where)
{
	const int64_t rows = view_group_rows(view), selected = view_group_row(view);
	struct rect line = where;
	struct table table;

	line.rows = 1;
	table.n_shown = group_columns_fit(where.cols, table.shown, &table.name_cols);
	scroll_to_cursor(view, where.rows);
	for (int i = 0; i < where.rows && view->state->group_top + i < rows; i++, line.row++) {
		const int64_t row = view->state->group_top + i;

		draw_group(view, canvas, line, &table, view->groups.rows[row]);
		if (row == selected) {
			canvas_text(canvas, line.row, line.col, 1, STYLE_NORMAL, ">");
			canvas_style(canvas, line.row, line.col, line.cols, STYLE_SELECTED);
		}
	}
}

static void add_size(struct text *text, const char *name, int64_t bytes)
{
	if (!value_known(bytes))
		return;
	text_fmt(text, "%s%s ", text->len > 0 ? ", " : "", name);
	if (bytes == MEMCG_UNLIMITED)
		text_add(text, "none");
	else
		units_bytes(text, bytes);
}

static void add_word(struct text *text, const char *word)
{
	text_fmt(text, "%s%s", text->len > 0 ? ", " : "", word);
}

static void draw_limits(
	struct page *page, const struct memcg *memcg, const struct memcg_view *judged)
{
	char buf[TEXT_MAX];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (judged->throttled)
		text_add(&text, "throttled: it is over memory.high");
	add_size(&text, "max", memcg->max_bytes);
	add_size(&text, "high", memcg->high_bytes);
	add_size(&text, "swap max", memcg->swap_max_bytes);
	add_size(&text, "max with swap", memcg->memsw_max_bytes);
	if (memcg->oom_group == 1)
		add_word(&text, "oom.group: dies whole");
	if (memcg->oom_group == 0)
		add_word(&text, "oom.group: no");
	if (memcg->oom_kill_disable == 1)
		add_word(&text, "oom_kill_disable");
	if (memcg->under_oom == 1)
		add_word(&text, "its tasks wait now");
	page_item(page, LABEL_COLS, judged->throttled ? STYLE_WARN : STYLE_NORMAL, "limits",
		text.len > 0 ? buf : "?");
}

/* Which cgroup on the way to the top refuses memory first. */
static void draw_binding(struct page *page, const struct view *view, uint32_t index)
{
	static const struct identity nobody = { 0 };
	const struct task inside = { .memcg = index, .who = &nobody };
	const uint32_t binding = scope_binding(view->now, &inside);
	char buf[TEXT_MAX];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (binding == NO_MEMCG) {
		text_add(&text, "no limit here or above: only the machine's memory");
	} else if (binding == index) {
		text_add(&text, "its own limit is the first to refuse memory");
	} else {
		const char *path = view->now->memcgs[binding].path;

		text_add_clean(&text, path, strlen(path));
		text_add(&text, " above it is the first to refuse memory");
	}
	page_item(page, LABEL_COLS, STYLE_NORMAL, "bound by", buf);
}

static void draw_why(struct page *page, const struct memcg_view *judged)
{
	char buf[TEXT_MAX];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	text_add(&text, judged->why);
	if (text.len == 0 && value_known(judged->forecast_s)) {
		text_add(&text, "out in ");
		units_seconds_range(&text, judged->forecast_low_s, judged->forecast_high_s);
	}
	if (text.len > 0)
		page_item(page, LABEL_COLS, STYLE_WARN, "why", buf);
}

static void draw_path(struct page *page, const struct memcg *memcg, bool whole)
{
	const int cols = (int)value_max(page->where.cols - LABEL_COLS, 0);
	char path[TEXT_MAX * 2], buf[TEXT_MAX * 2];
	struct text text;

	text_init(&text, path, sizeof(path));
	text_add_clean(&text, memcg->path, strlen(memcg->path));
	text_init(&text, buf, sizeof(buf));
	group_tail(path, cols, &text);
	page_item(page, LABEL_COLS, STYLE_NORMAL, "path", whole ? path : buf);
}

static void draw_about(struct view *view, struct page *page, bool whole)
{
	const struct memcg_view *judged;
	const struct memcg *memcg;
	uint32_t index;

	if (view_group_rows(view) == 0)
		return;
	index = view->groups.rows[view_group_row(view)];
	memcg = &view->now->memcgs[index];
	judged = &view->summary->memcgs[index];
	draw_path(page, memcg, whole);
	if (!whole)
		return;
	draw_limits(page, memcg, judged);
	draw_binding(page, view, index);
	draw_why(page, judged);
}

/* There is nothing worth a row: in words, and why, where it is for want of a file. */
static int draw_none(const struct view *view, struct canvas *canvas, struct rect where)
{
	const enum fact_state state = view->now->facts[FACT_CGROUPS];
	struct page page;

	page_begin(&page, canvas, where, 0);
	if (view->groups.n_limited > 0)
		return 0;
	if (state == FACT_PRESENT || state == FACT_UNREAD) {
		page_text(&page, STYLE_NORMAL, "no memory cgroup here has a limit");
	} else {
		char buf[TEXT_MAX];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		fact_reason(FACT_CGROUPS, state, &text);
		page_item(&page, LABEL_COLS * 2, STYLE_NORMAL, "memory cgroups:", buf);
	}
	return (int)value_min(page.line, where.rows);
}

/* The same whichever cgroup is selected, so that the table does not jump. */
static int about_rows(int rows)
{
	if (rows >= ABOUT_FROM_ROWS)
		return (int)value_min(rows / ABOUT_SHARE, ABOUT_ROWS_MOST);
	return rows >= PATH_FROM_ROWS ? 1 : 0;
}

/* Column titles, then rows. */
static void draw_table(struct view *view, struct canvas *canvas, struct rect where)
{
	struct rect line = where;
	struct table table;

	line.rows = 1;
	if (where.rows > 1) {
		table.n_shown = group_columns_fit(where.cols, table.shown, &table.name_cols);
		draw_titles(canvas, line, &table);
		where.row++;
		where.rows--;
	}
	view->state->list_rows = where.rows;
	draw_rows(view, canvas, where);
}

void panel_cgroups(struct view *view, struct canvas *canvas, struct rect where)
{
	struct rect about;
	struct page page;
	int none;

	if (!view->now || !view->summary || where.rows < 1)
		return;
	none = draw_none(view, canvas, where);
	where.row += none;
	where.rows -= none;
	about = where;
	about.rows = about_rows(where.rows);
	about.row += where.rows - about.rows;
	where.rows -= about.rows;
	if (where.rows > 0)
		draw_table(view, canvas, where);
	page_begin(&page, canvas, about, 0);
	draw_about(view, &page, about.rows > 1);
}
