/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/panels.h"

/** Cells of the column titles. */
#define TITLE_COLS 12

static void draw_entry(struct view *view, struct canvas *canvas, struct rect line, int entry)
{
	unsigned count;
	const struct column *columns = columns_all(&count);
	const struct column *column = entry > 0 ? &columns[entry - 1] : NULL;
	const bool now = view->state->choice.sort == column;

	canvas_text(canvas, line.row, line.col + 2, TITLE_COLS, STYLE_NORMAL,
		column ? column->title : "kill order");
	canvas_text(canvas, line.row, line.col + 2 + TITLE_COLS, line.cols - 2 - TITLE_COLS,
		STYLE_DIM, column ? column->help : "whom the kernel would take first, and next");
	if (now)
		canvas_text(canvas, line.row, line.col + 1, 1, STYLE_NORMAL, "=");
	if (entry == view->state->menu_row) {
		canvas_text(canvas, line.row, line.col, 1, STYLE_NORMAL, ">");
		canvas_style(canvas, line.row, line.col, line.cols, STYLE_SELECTED);
	}
}

void panel_sort(struct view *view, struct canvas *canvas, struct rect where)
{
	struct rect line = where;
	unsigned count;
	int top;

	columns_all(&count);
	line.rows = 1;
	canvas_text(canvas, line.row, line.col, line.cols, STYLE_TITLE,
		"Sort by (Enter chooses, Esc keeps the order)");
	top = (int)value_max(view->state->menu_row - (where.rows - 2), 0);
	for (int entry = top; entry <= (int)count && entry - top < where.rows - 1; entry++) {
		line.row++;
		draw_entry(view, canvas, line, entry);
	}
}
