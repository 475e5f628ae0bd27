/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ui/panels.h"

/** From here on a column at the right carries detail, graphs and events. */
#define SIDE_FROM_COLS 160
#define SIDE_COLS 50

/** From this many rows of evidence and list on, detail and events stand below the list. */
#define UNDER_FROM_ROWS 30
#define UNDER_FROM_COLS 80
#define DETAIL_ROWS 10
#define EVENTS_ROWS 4

#define EVIDENCE_ROWS 5      /**< one line of each kind */
#define EVIDENCE_ROWS_TALL 7 /**< with more lines of zones and free blocks */
#define EVIDENCE_ROWS_MAX 8

/** Rows of the list that the evidence gives way to while an action is prepared; and those that
 * its pane leaves in any case, three processes and their column titles. */
#define TASKS_ROWS_BESIDE_ACTION 12
#define TASKS_ROWS_LEAST 4

static int clamp(int value, int low, int high)
{
	if (value < low)
		return low;
	return value > high ? high : value;
}

/* The level comes first, then three victims, NEXT, FILLING, the prompt line, the key bar,
 * and the title line: what a screen of eight rows can still say. */
static int verdict_rows(int rows)
{
	if (rows >= 9)
		return 4;
	if (rows >= 6)
		return 3;
	return rows == 5 ? 2 : 1;
}

static int evidence_rows(int body_rows)
{
	if (body_rows >= UNDER_FROM_ROWS)
		return EVIDENCE_ROWS_MAX;
	if (body_rows >= 26)
		return EVIDENCE_ROWS_TALL;
	return clamp((body_rows - 3) / 2, 0, EVIDENCE_ROWS);
}

static struct rect cut_top(struct rect *from, int rows)
{
	struct rect top = *from;

	top.rows = clamp(rows, 0, from->rows);
	from->row += top.rows;
	from->rows -= top.rows;
	return top;
}

static struct rect cut_bottom(struct rect *from, int rows)
{
	struct rect bottom = *from;

	bottom.rows = clamp(rows, 0, from->rows);
	from->rows -= bottom.rows;
	bottom.row = from->row + from->rows;
	return bottom;
}

static void side_column(struct rect *body, struct layout *ret)
{
	struct rect side = *body;

	side.col = body->cols - SIDE_COLS;
	side.cols = SIDE_COLS;
	body->cols -= SIDE_COLS + 1;
	ret->where[PANEL_DETAIL] = cut_top(&side, side.rows / 2);
	ret->where[PANEL_GRAPHS] = cut_top(&side, clamp(side.rows / 2, 0, 12));
	ret->where[PANEL_EVENTS] = side;
}

/* What is about to be done matters more than evidence and detail; on a tiny screen one row of
 * the list stays. */
static void cut_action(struct rect *body, int action_rows, int *evidence, struct layout *ret)
{
	const int least = clamp(body->rows / 3, 1, TASKS_ROWS_LEAST);

	ret->where[PANEL_ACTION] = cut_bottom(body, clamp(action_rows, 0, body->rows - least));
	*evidence = clamp(body->rows - TASKS_ROWS_BESIDE_ACTION, 0, *evidence);
}

static void main_tab(struct rect body, int action_rows, struct layout *ret)
{
	int evidence = evidence_rows(body.rows);

	if (action_rows > 0)
		cut_action(&body, action_rows, &evidence, ret);
	if (body.cols >= SIDE_FROM_COLS && body.rows >= 18) {
		side_column(&body, ret);
	} else if (action_rows == 0 && body.rows >= UNDER_FROM_ROWS &&
		body.cols >= UNDER_FROM_COLS) {
		ret->where[PANEL_EVENTS] = cut_bottom(&body, EVENTS_ROWS);
		ret->where[PANEL_DETAIL] = cut_bottom(&body, DETAIL_ROWS);
	}
	ret->where[PANEL_EVIDENCE] = cut_top(&body, evidence);
	ret->where[PANEL_TASKS] = body;
}

static enum panel_id over_panel(enum overlay overlay)
{
	switch (overlay) {
	case OVERLAY_HELP:
		return PANEL_HELP;
	case OVERLAY_RIGHTS:
		return PANEL_RIGHTS;
	case OVERLAY_SORT:
		return PANEL_SORT;
	case OVERLAY_DETAIL:
		return PANEL_DETAIL;
	case OVERLAY_KILL:
		return PANEL_KILL;
	case OVERLAY_SCOPE:
		return PANEL_SCOPE;
	case OVERLAY_KILLED:
		return PANEL_KILLED;
	case OVERLAY_NONE:
	case OVERLAY_COUNT:
	default:
		return PANEL_COUNT;
	}
}

void layout_make(
	int cols, int rows, enum tab tab, enum overlay overlay, int action_rows, struct layout *ret)
{
	struct rect body = { 0, 0, cols, rows };

	memset(ret, 0, sizeof(*ret));
	if (cols < 1 || rows < 1)
		return;

	if (rows >= 8)
		ret->where[PANEL_KEYS] = cut_bottom(&body, 1);
	if (rows >= 7)
		ret->where[PANEL_PROMPT] = cut_bottom(&body, 1);
	ret->where[PANEL_VERDICT] = cut_top(&body, verdict_rows(rows));

	if (overlay != OVERLAY_NONE)
		ret->where[over_panel(overlay)] = body;
	else if (tab == TAB_ZONES)
		ret->where[PANEL_ZONES] = body;
	else if (tab == TAB_CGROUPS)
		ret->where[PANEL_CGROUPS] = body;
	else if (tab == TAB_KILLS)
		ret->where[PANEL_KILLS] = body;
	else if (tab == TAB_LOG)
		ret->where[PANEL_LOG] = body;
	else
		main_tab(body, action_rows, ret);
}
