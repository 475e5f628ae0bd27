/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/units.h"
#include "ui/killed.h"
#include "ui/page.h"
#include "ui/panels.h"

/** Room for any text of a cell. */
#define TEXT_MAX 256

/** Cursor and a blank before the first column. */
#define MARK_CELLS 2

#define LABEL_COLS 12

/** A column; those that give way first have the highest number. */
struct kill_column {
	const char *title;
	int width; /**< 0: shares what is left with the others */
	int drop;
	bool right;
	void (*text)(const struct view *view, const struct kill *kill, struct text *text);
};

static void text_victim(const struct view *view, const struct kill *kill, struct text *text)
{
	(void)view;
	if (kill->n_processes == 0) {
		text_add(text, "nobody");
		return;
	}
	if (kill->source == KILL_OF_COUNTER && !kill->victim[0]) {
		text_fmt(text, "%u", kill->n_processes);
		if (kill->n_gone > 0)
			text_fmt(text, " of %u gone", kill->n_gone);
		else
			text_add(text, ", unknown");
		return;
	}
	text_add(text, kill->victim[0] ? kill->victim : "?");
	if (value_known(kill->pid))
		text_fmt(text, " %lld", (long long)kill->pid);
	if (kill->n_processes > 1)
		text_fmt(text, " +%u", kill->n_processes - 1);
	if (kill->n_gone > 1)
		text_add(text, "?");
}

static void text_killer(const struct view *view, const struct kill *kill, struct text *text)
{
	(void)view;
	text_add(text, kill->killer);
	if (kill->source == KILL_OF_COUNTER)
		text_add(text, " count");
	else if (kill->source == KILL_OF_TRACEPOINT)
		text_add(text, " trace");
}

static void text_scope(const struct view *view, const struct kill *kill, struct text *text)
{
	(void)view;
	text_add(text, kill->scope);
}

static void text_mem(const struct view *view, const struct kill *kill, struct text *text)
{
	(void)view;
	units_kib(text, kill->gives_back_kib);
}

static void text_foretold(const struct view *view, const struct kill *kill, struct text *text)
{
	(void)view;
	switch (kill->foretold) {
	case KILL_FORETOLD:
		text_add(text, "yes");
		break;
	case KILL_OTHER:
		text_fmt(text, "no: %s", kill->instead);
		break;
	case KILL_UNCERTAIN:
		text_fmt(text, "unsure: %s", kill->instead);
		break;
	case KILL_NOT_WATCHED:
	default:
		text_add(text, kill->earlier_boot ? "earlier boot" : "-");
		break;
	}
}

static const struct kill_column columns[] = {
	{ "TIME", 8, 0, false, killed_when },
	{ "KILLER", 12, 4, false, text_killer },
	{ "SCOPE", 0, 3, false, text_scope },
	{ "VICTIM", 0, 0, false, text_victim },
	{ "MEM", 6, 1, true, text_mem },
	{ "FORETOLD", 0, 2, false, text_foretold },
};

/** Cells that a column without a width of its own needs. */
#define SHARED_LEAST 13

/** The columns that a width has room for, and what those that share have. */
struct table {
	int drop; /**< this and higher is left out */
	int shared;
};

static int needed(int drop, int *ret_n_shared)
{
	int cells = MARK_CELLS - 1;

	*ret_n_shared = 0;
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		if (columns[i].drop >= drop)
			continue;
		cells += columns[i].width + 1;
		*ret_n_shared += columns[i].width == 0;
	}
	return cells;
}

static struct table fit(int cols)
{
	struct table table = { .drop = 5 };
	int n_shared, cells = needed(table.drop, &n_shared);

	while (table.drop > 1 && cells + n_shared * SHARED_LEAST > cols)
		cells = needed(--table.drop, &n_shared);
	table.shared = (int)value_max((cols - cells) / n_shared, 0);
	return table;
}

/* kill NULL: the title. */
static void draw_cell(const struct view *view, struct canvas *canvas, struct rect cell,
	const struct kill_column *column, const struct kill *kill)
{
	const enum style style = kill ? STYLE_NORMAL : STYLE_HEADER;
	char buf[TEXT_MAX];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (kill)
		column->text(view, kill, &text);
	else
		text_add(&text, column->title);
	if (column->right)
		canvas_right(canvas, cell.row, cell.col, cell.cols, style, buf);
	else
		canvas_text(canvas, cell.row, cell.col, cell.cols, style, buf);
}

/* kill NULL: the titles. */
static void draw_line(const struct view *view, struct canvas *canvas, struct rect line,
	const struct table *table, const struct kill *kill)
{
	const int end = line.col + line.cols;
	struct rect cell = { line.col + MARK_CELLS, line.row, 0, 1 };

	for (size_t i = 0; i < ARRAY_SIZE(columns) && cell.col < end; i++) {
		const struct kill_column *column = &columns[i];
		const int width = column->width ? column->width : table->shared;

		if (column->drop >= table->drop)
			continue;
		cell.cols = (int)value_min(width, end - cell.col);
		draw_cell(view, canvas, cell, column, kill);
		cell.col += width + 1;
	}
}

/* Scroll as little as brings the cursor on the screen. */
static void scroll_to_cursor(struct view *view, int64_t rows)
{
	struct ui_state *state = view->state;
	const int64_t selected = killed_row(view);
	const int64_t last = value_max(killed_last(view) + 1 - rows, 0);
	int64_t top = value_min(state->kill_top, selected);

	top = value_max(top, selected - rows + 1);
	state->kill_top = value_max(value_min(top, last), 0);
}

static void draw_table(struct view *view, struct canvas *canvas, struct rect where)
{
	const struct table table = fit(where.cols);
	struct rect line = where;

	line.rows = 1;
	if (where.rows > 1) {
		canvas_fill(canvas, line, STYLE_HEADER);
		draw_line(view, canvas, line, &table, NULL);
		line.row++;
		where.rows--;
	}
	view->state->list_rows = where.rows;
	scroll_to_cursor(view, where.rows);
	for (int i = 0; i < where.rows; i++, line.row++) {
		const int64_t row = view->state->kill_top + i;

		if (row > killed_last(view))
			break;
		draw_line(view, canvas, line, &table, kills_get(view->killed, (unsigned)row));
		if (row == killed_row(view)) {
			canvas_text(canvas, line.row, line.col, 1, STYLE_NORMAL, ">");
			canvas_style(canvas, line.row, line.col, line.cols, STYLE_SELECTED);
		}
	}
}

static void draw_counted(const struct view *view, struct page *page)
{
	char buf[TEXT_MAX];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (!value_known(view->now->vmstat.oom_kill)) {
		text_add(&text, "this kernel (before 4.13) does not count kills");
		if (view->now->facts[FACT_KMSG] != FACT_PRESENT && view->killed &&
			!view->killed->journal && !view->killed->tracepoint)
			text_add(&text, ", and no log can be read: none can be told");
	} else {
		text_fmt(&text, "the kernel counts %lld since boot",
			(long long)view->now->vmstat.oom_kill);
		if (view->kills > 0) {
			text_fmt(&text, ", %lld while oomwatch ran, the last at ",
				(long long)view->kills);
			view_clock(view, view->last_kill_ms, &text);
		}
	}
	page_item(page, LABEL_COLS, STYLE_NORMAL, "counted", buf);
}

/* What there is in its place. */
static void add_instead(const struct kills *kills, struct text *text)
{
	if (kills && kills->journal)
		text_add(text, "; the journal is read in its place");
	else if (kills && kills->tracepoint)
		text_add(text, "; the tracepoint tells whom, nothing why");
}

/* Why there is no list, or how it comes about without the kernel's log. */
static void draw_unread(const struct view *view, struct page *page)
{
	const enum fact_state state = view->now->facts[FACT_KMSG];
	char buf[2 * TEXT_MAX];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (view->now->source != SOURCE_LIVE)
		text_add(&text,
			"showing a recording: its kernel log was not recorded; "
			"oomwatch --explain FILE explains a log");
	else if (state == FACT_UNREAD)
		text_add(&text, "not read yet");
	else
		fact_reason(FACT_KMSG, state, &text);
	add_instead(view->killed, &text);
	page_item(page, LABEL_COLS, STYLE_NORMAL, "kernel log", buf);
}

/* Of the list as a whole. */
static void draw_title(const struct view *view, struct page *page)
{
	char buf[TEXT_MAX];
	struct text text;
	unsigned n_earlier = 0;

	for (int64_t i = 0; i <= killed_last(view); i++)
		n_earlier += kills_get(view->killed, (unsigned)i)->earlier_boot;
	text_init(&text, buf, sizeof(buf));
	text_add(&text, "Kills, newest first");
	if (n_earlier > 0)
		text_fmt(&text, "; %u of earlier boots", n_earlier);
	if (view->killed && view->killed->n_compared > 0) {
		text_add(&text, "; ");
		kills_score(view->killed, &text);
	}
	page_text(page, STYLE_TITLE, buf);
}

static void draw_past(const struct kills *kills, bool some, struct page *page)
{
	char buf[TEXT_MAX];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (kills->past == PAST_READING)
		text_add(&text, "being read for what was before");
	else if (kills->past == PAST_FAILED || (kills->past == PAST_NONE && kills->past_why[0]))
		text_fmt(&text, "not read, %s: what was before is not listed", kills->past_why);
	else if (kills->past == PAST_READ && kills->past_cut)
		text_add(&text, "has more than was read: the oldest are not listed");
	else if (kills->past == PAST_READ && !some)
		text_add(&text, "knows of none either");
	else
		return;
	page_item(page, LABEL_COLS, STYLE_DIM, "journal", buf);
}

/* What the list may lack. */
static void draw_lacks(const struct view *view, bool some, struct page *page)
{
	const struct kills *kills = view->killed;

	if (!kills)
		return;
	if (kills->n_lost > 0)
		page_fmt(page, STYLE_WARN,
			"a part of the log was overwritten before it was read (%lld times)",
			(long long)kills->n_lost);
	if (kills->n_marks_lost > 0)
		page_fmt(page, STYLE_WARN, "%lld of the tracepoint's marks were lost",
			(long long)kills->n_marks_lost);
	if (kills->lacked_memory)
		page_text(page, STYLE_WARN, "something was left out for want of memory");
	draw_past(kills, some, page);
}

void panel_kills(struct view *view, struct canvas *canvas, struct rect where)
{
	const bool some = killed_last(view) >= 0;
	struct page page;

	if (!view->now || !view->summary || where.rows < 1)
		return;
	page_begin(&page, canvas, where, 0);
	draw_title(view, &page);
	if (view->now->source == SOURCE_REPLAY || view->now->source == SOURCE_REPORT)
		page_text(
			&page, STYLE_DIM, "those of the record or log up to the last moment shown");
	else if (view->now->facts[FACT_KMSG] != FACT_PRESENT)
		draw_unread(view, &page);
	else if (!some)
		page_text(&page, STYLE_NORMAL,
			"none that the kernel's log still has; older ones: its files, --explain");
	draw_lacks(view, some, &page);
	if (!some)
		draw_counted(view, &page);
	where.row += (int)value_min(page.line, where.rows);
	where.rows -= (int)value_min(page.line, where.rows);
	if (some && where.rows > 0)
		draw_table(view, canvas, where);
}

static void draw_facts(const struct view *view, struct page *page, const struct kill *kill)
{
	char buf[TEXT_MAX];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	kill_words(kill, &text);
	page_item(page, LABEL_COLS, STYLE_TITLE, "kill", buf);
	text_init(&text, buf, sizeof(buf));
	killed_date(view, kill, &text);
	if (value_known(kill->uptime_ms)) {
		text_add(&text, ", ");
		units_seconds(&text, kill->uptime_ms / 1000);
		text_add(&text, kill->earlier_boot ? " after that boot" : " after boot");
	}
	page_item(page, LABEL_COLS, STYLE_NORMAL, "when", buf);
	text_init(&text, buf, sizeof(buf));
	kill_source_words(kill, &text);
	if (text.len > 0)
		page_item(page, LABEL_COLS, STYLE_NORMAL, "source", buf);
	text_init(&text, buf, sizeof(buf));
	units_kib(&text, kill->gives_back_kib);
	if (!value_known(kill->gives_back_kib))
		text_add(&text, " (not told)");
	page_item(page, LABEL_COLS, STYLE_NORMAL, "gave back", buf);
}

static void draw_sentences(struct page *page, const struct kill *kill)
{
	const char *line = kill->sentences, *label = "why";

	if (*line == '\0')
		page_item(page, LABEL_COLS, STYLE_DIM, label,
			kill->source == KILL_OF_TRACEPOINT
				? "no log tells why"
				: "the log has too little of it to explain it");
	while (*line != '\0') {
		const size_t len = strcspn(line, "\n");
		char buf[KILL_TEXT_MAX];

		memcpy(buf, line, len);
		buf[len] = '\0';
		page_item(page, LABEL_COLS, STYLE_NORMAL, label, buf);
		line += len + (line[len] == '\n');
		label = "";
	}
}

void panel_killed(struct view *view, struct canvas *canvas, struct rect where)
{
	const struct kill *kill = killed_selected(view);
	struct page page;

	page_begin(&page, canvas, where, view->state->scroll);
	if (kill) {
		draw_facts(view, &page, kill);
		draw_sentences(&page, kill);
		if (snapshot_is_live(view->now) &&
			(kill->source == KILL_OF_LOG || kill->source == KILL_OF_JOURNAL))
			page_item(&page, LABEL_COLS, STYLE_DIM, "more",
				"Enter: the machine as it was; oomwatch --explain");
	}
	view->state->pages = page.line;
}
