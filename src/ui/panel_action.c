/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "ui/actions.h"
#include "ui/commands.h"
#include "ui/page.h"
#include "ui/panels.h"

/** Labels of struct plan_line have at most 12 characters. */
#define LABEL_COLS 13

/** Cells of the cursor and of the names of signals in the menu. */
#define CURSOR_COLS 2
#define SIGNAL_COLS 9

/** Rows of signals that the lines of the plan leave in the menu. */
#define SIGNAL_ROWS_LEAST 8

#define SYSRQ_HELP "whole host: the kernel's OOM killer chooses, whatever is selected"

#define REFUSED "refused: "

static void draw_line(struct page *page, const char *label, const char *string, bool bad)
{
	char buf[256];

	/* Not by colour alone. */
	snprintf(buf, sizeof(buf), "%s%s", bad ? "! " : "", string);
	page_item(page, LABEL_COLS, bad ? STYLE_WARN : STYLE_NORMAL, label, buf);
}

static void draw_lines(struct page *page, const struct view *view)
{
	const struct plan_page *plan = &view->page;
	const struct action *action = &view->state->action;
	const size_t skip =
		strncmp(plan->refused, REFUSED, strlen(REFUSED)) == 0 ? strlen(REFUSED) : 0;
	char why[160];
	struct text text;

	if (plan->refused[0])
		draw_line(page, "refused", plan->refused + skip, true);
	if (action->plan.instead) {
		text_init(&text, why, sizeof(why));
		plan_sysrq_access(&action->sysrq, &text);
		draw_line(page, "sysrq-f", why, true);
	}
	for (unsigned i = 0; i < plan->n_lines; i++)
		draw_line(page, plan->lines[i].label, plan->lines[i].text, plan->lines[i].bad);
}

static int lines_wanted(const struct view *view, int cols)
{
	const struct rect nowhere = { 0, 0, cols, 0 };
	struct page page;

	page_begin(&page, NULL, nowhere, 0);
	draw_lines(&page, view);
	return (int)page.line;
}

int action_lines(const struct view *view, int cols)
{
	return 1 + lines_wanted(view, cols);
}

void panel_action(struct view *view, struct canvas *canvas, struct rect where)
{
	struct page page;

	page_begin(&page, canvas, where, 0);
	page_text(&page, STYLE_TITLE, view->page.what);
	draw_lines(&page, view);
}

static void draw_entry(const struct view *view, struct canvas *canvas, struct rect line, int entry)
{
	unsigned count;
	const struct plan_signal *signals = plan_signals(&count);
	const bool is_signal = entry < (int)count;
	const int help_col = CURSOR_COLS + SIGNAL_COLS;

	canvas_text(canvas, line.row, line.col + CURSOR_COLS, line.cols - CURSOR_COLS, STYLE_NORMAL,
		is_signal ? signals[entry].name : "sysrq-f");
	canvas_text(canvas, line.row, line.col + help_col, line.cols - help_col, STYLE_DIM,
		is_signal ? signals[entry].help : SYSRQ_HELP);
	if (entry == view->state->menu_row) {
		canvas_text(canvas, line.row, line.col, 1, STYLE_NORMAL, ">");
		canvas_style(canvas, line.row, line.col, line.cols, STYLE_SELECTED);
	}
}

static struct rect top_of(struct rect *from, int64_t rows)
{
	struct rect top = *from;

	top.rows = (int)value_max(value_min(rows, from->rows), 0);
	from->row += top.rows;
	from->rows -= top.rows;
	return top;
}

/* Signals in as many rows as there are, such that the cursor is among them. */
static void draw_signals(const struct view *view, struct canvas *canvas, struct rect where)
{
	const int last = (int)actions_menu_rows() - 2;
	const int cursor = (int)value_min(view->state->menu_row, last);
	struct rect line = where;
	int top;

	line.rows = 1;
	top = (int)value_max(cursor - (where.rows - 1), 0);
	for (int entry = top; entry <= last && entry - top < where.rows; entry++) {
		draw_entry(view, canvas, line, entry);
		line.row++;
	}
}

static void draw_heading(const struct view *view, struct canvas *canvas, struct rect line)
{
	char buf[192], place[32];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	text_add(&text, "Kill: ");
	plan_name(&view->state->action.plan.target, &text);
	text_add(&text, "  Enter chooses and asks again, Esc closes");
	canvas_text(canvas, line.row, line.col, line.cols, STYLE_TITLE, buf);
	snprintf(place, sizeof(place), " %d/%u", view->state->menu_row + 1, actions_menu_rows());
	canvas_right(canvas, line.row, line.col + line.cols - (int)strlen(place),
		(int)strlen(place), STYLE_DIM, place);
}

/* The menu goes before the lines of the plan; sysrq-f, set apart, is seen in any case. */
static void draw_menu(const struct view *view, struct canvas *canvas, struct rect where)
{
	const int signals = (int)actions_menu_rows() - 1;
	const int least = (int)value_min(signals, SIGNAL_ROWS_LEAST);
	struct page page;
	int lines;

	where.rows--;
	lines = (int)value_max(
		value_min(where.rows - 2 - least, lines_wanted(view, where.cols)), 0);
	page_begin(&page, canvas, top_of(&where, lines), 0);
	draw_lines(&page, view);
	if (lines > 0)
		top_of(&where, 1);
	draw_signals(view, canvas,
		top_of(&where, value_min(signals, where.rows > 4 ? where.rows - 1 : where.rows)));
	where.row += where.rows > 0;
	where.rows = 1;
	draw_entry(view, canvas, where, signals);
}

void panel_kill(struct view *view, struct canvas *canvas, struct rect where)
{
	if (view->state->action.plan.kind == PLAN_NONE || where.rows < 1)
		return;
	if (where.rows > 1)
		draw_heading(view, canvas, top_of(&where, 1));
	if (where.rows > 1)
		draw_menu(view, canvas, where);
	else
		draw_entry(view, canvas, where, view->state->menu_row);
}
