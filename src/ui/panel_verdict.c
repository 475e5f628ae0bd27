/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/units.h"
#include "ui/cells.h"
#include "ui/killed.h"
#include "ui/panels.h"

/** Cells of "CRITICAL ", "NEXT     ", "FILLING  ". */
#define LABEL_COLS 9

static enum style level_style(enum level level)
{
	if (level == LEVEL_CRITICAL)
		return STYLE_CRITICAL;
	return level == LEVEL_WARN ? STYLE_WARN : STYLE_OK;
}

static const char *partial_words(enum partial_view partial)
{
	switch (partial) {
	case PARTIAL_HIDEPID:
		return "PARTIAL: hidepid";
	case PARTIAL_PID_NAMESPACE:
		return "PARTIAL: pid namespace";
	case PARTIAL_LXCFS:
		return "PARTIAL: lxcfs";
	case PARTIAL_KEPT:
		return "PARTIAL: first processes";
	case PARTIAL_NONE:
	default:
		return "";
	}
}

static const char *tab_words(const struct ui_state *state)
{
	if (state->overlay == OVERLAY_HELP)
		return "[help]";
	if (state->overlay == OVERLAY_RIGHTS)
		return "[rights]";
	if (state->overlay == OVERLAY_SORT)
		return "[sort]";
	if (state->overlay == OVERLAY_DETAIL)
		return "[detail]";
	if (state->overlay == OVERLAY_SCOPE)
		return "[scope]";
	if (state->overlay == OVERLAY_KILLED)
		return "[kill]";
	if (state->tab == TAB_ZONES)
		return "[2 zones]";
	if (state->tab == TAB_CGROUPS)
		return "[3 cgroups]";
	if (state->tab == TAB_KILLS)
		return "[4 kills]";
	return state->tab == TAB_LOG ? "[5 log]" : "";
}

static void add_source(struct cells *cells, const struct view *view)
{
	struct text *text;

	if (view->stale) {
		text = cells_add_right(cells, 0, STYLE_CRITICAL);
		text_add(text, "STALE since ");
		if (value_known(view->now->time_ms)) {
			view_clock(view, view->now->time_ms, text);
		} else {
			text_add(text, "up ");
			units_seconds(text, view->stale_since_ms / 1000);
		}
		return;
	}
	if (view->now->told) {
		text_add(cells_add_right(cells, 0, STYLE_CRITICAL), "REPORT");
		return;
	}
	text = cells_add_right(cells, 0, view->state->paused ? STYLE_WARN : STYLE_OK);
	if (snapshot_is_live(view->now)) {
		text_add(text, view->state->paused ? "PAUSED" : "LIVE");
		return;
	}
	text_fmt(text, "RECORDING tick %lld", (long long)view->now->tick);
	if (view->ticks > 0)
		text_fmt(text, "/%lld", (long long)view->ticks);
	if (view->at_end)
		text_add(text, " END");
	else if (view->state->paused)
		text_add(text, " PAUSED");
}

/* Without a wall clock, as in a recording that has none, the time since boot stands in. */
static void add_time(struct cells *cells, const struct view *view)
{
	const int64_t uptime_ms = view->now->uptime_ms;
	struct text *text = cells_add(cells, 2, STYLE_TITLE);

	if (view->now->told && !value_known(view->now->time_ms) && view->now->told->time[0]) {
		text_add(text, view->now->told->time);
		text = cells_add(cells, 5, STYLE_TITLE);
		if (!value_known(uptime_ms))
			return;
	}
	if (value_known(view->now->time_ms)) {
		view_clock(view, view->now->time_ms, text);
		text = cells_add(cells, 5, STYLE_TITLE);
		text_add(text, "up ");
		units_seconds(text, value_known(uptime_ms) ? uptime_ms / 1000 : VALUE_UNKNOWN);
		return;
	}
	text_add(text, "up ");
	if (!value_known(uptime_ms) || uptime_ms < 0)
		text_add(text, "?");
	else
		text_fmt(text, "%lld:%02d:%02d", (long long)(uptime_ms / 3600000),
			(int)(uptime_ms / 60000 % 60), (int)(uptime_ms / 1000 % 60));
}

static void draw_title(struct view *view, struct canvas *canvas, struct rect line)
{
	const struct snapshot *now = view->now;
	struct cells cells;
	struct text *text;

	cells_init(&cells);
	text = cells_add(&cells, 0, STYLE_TITLE);
	text_add(text, "oomwatch ");
	text_add_clean(text, now->hostname, strlen(now->hostname));
	text_add(cells_add(&cells, 1, STYLE_TITLE), tab_words(view->state));
	add_time(&cells, view);
	text = cells_add(&cells, 6, STYLE_TITLE);
	if (now->release[0]) {
		text_add(text, "Linux ");
		text_add_clean(text, now->release, strlen(now->release));
	}
	text = cells_add(&cells, 3, STYLE_WARN);
	if (!now->told)
		killed_last_words(view, text);
	text_add(cells_add(&cells, 4, STYLE_WARN), partial_words(now->partial));
	add_source(&cells, view);
	cells_draw(&cells, canvas, line.row, line.col, line.cols);
}

static void draw_line(struct canvas *canvas, struct rect line, enum style style, const char *label,
	const char *string)
{
	canvas_text(canvas, line.row, line.col, line.cols, style, label);
	canvas_text(canvas, line.row, line.col + LABEL_COLS, line.cols - LABEL_COLS, STYLE_NORMAL,
		string);
}

/* How many scopes are in danger besides the first, which the sentence is about, and the key that
 * shows them: the cgroups tab, the rights panel with the killers, or else the menu of all. */
static unsigned others_in_danger(const struct summary *summary, char *ret_key)
{
	unsigned cgroups = 0, killers = 0, count = 0;

	for (unsigned i = 1; i < summary->n_risks; i++) {
		const struct risk *risk = &summary->risks[i];

		if (risk->level == LEVEL_OK)
			continue;
		cgroups += risk->where.kind == SCOPE_MEMCG;
		killers += risk->where.kind == SCOPE_KILLER;
		count++;
	}
	*ret_key = 's';
	if (cgroups == count)
		*ret_key = '3';
	else if (killers == count)
		*ret_key = '!';
	return count;
}

static void draw_level(struct view *view, struct canvas *canvas, struct rect line)
{
	const struct risk *risk = &view->summary->risks[0];
	char key;
	const unsigned others = others_in_danger(view->summary, &key);
	struct cells cells;
	struct text *text;

	cells_init(&cells);
	text_add(cells_add(&cells, 0, STYLE_NORMAL), risk->text);
	text = cells_add(&cells, 2, STYLE_DIM);
	if (risk->why[0])
		text_fmt(text, "(%s)", risk->why);
	text = cells_add(&cells, 1, STYLE_WARN);
	if (others > 0)
		text_fmt(text, "(+%u more: %c)", others, key);
	canvas_text(canvas, line.row, line.col, line.cols, level_style(risk->level),
		level_words(risk->level));
	cells_draw(&cells, canvas, line.row, line.col + LABEL_COLS, line.cols - LABEL_COLS);
}

/* In a report's own words: what was foretold at that moment is of no use any more. */
static void draw_told(const struct told *told, struct canvas *canvas, struct rect line, int rows)
{
	draw_line(canvas, line, STYLE_CRITICAL, told->head, told->killed);
	line.row++;
	if (rows >= 2)
		draw_line(canvas, line, STYLE_LABEL, "WHY", told->why);
	line.row++;
	if (rows < 3)
		return;
	if (told->spared[0])
		draw_line(canvas, line, STYLE_LABEL, "SPARED", told->spared);
	else if (told->n_next > 0)
		draw_line(canvas, line, STYLE_LABEL, "LOOK AT", told->next[0]);
}

static void draw_reading(struct canvas *canvas, struct rect where)
{
	canvas_text(canvas, where.row, where.col, where.cols, STYLE_TITLE, "oomwatch  reading...");
}

void panel_verdict(struct view *view, struct canvas *canvas, struct rect where)
{
	struct rect line = where;

	line.rows = 1;
	if (!view->now || !view->summary || view->summary->n_risks == 0) {
		draw_reading(canvas, line);
		return;
	}
	if (where.rows >= 4) {
		draw_title(view, canvas, line);
		line.row++;
		where.rows--;
	}
	if (view->now->told) {
		draw_told(view->now->told, canvas, line, where.rows);
		return;
	}
	draw_level(view, canvas, line);
	line.row++;
	if (where.rows >= 2) {
		draw_line(canvas, line, STYLE_LABEL, "NEXT", view->summary->next_text);
		line.row++;
	}
	if (where.rows >= 3)
		draw_line(canvas, line, STYLE_LABEL, "FILLING", view->summary->filling_text);
}
