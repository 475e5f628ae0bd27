/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/killed.h"

#include "base/calendar.h"
#include "base/units.h"

#define HOUR_MS (INT64_C(60) * 60 * 1000)
#define DAY_MS (24 * HOUR_MS)

/** From so many days on a date has its year, and no day. */
#define YEAR_DAYS 300

/** Cells of "02:11". */
#define SHORT_CLOCK 5

static unsigned count(const struct view *view)
{
	return view->killed ? kills_count(view->killed) : 0;
}

static void note_one(struct view *view, const struct kill *kill)
{
	char words[LOG_LINE_MAX];
	struct text text;

	text_init(&text, words, sizeof(words));
	kill_words(kill, &text);
	ui_log(view->state, kill->time_ms, "%s", words);
	view_show_note(view, true);
	if (kill->where == KILL_DAEMON || kill->n_processes == 0)
		return;
	view->kills += kill->n_processes;
	view->last_kill_ms = kill->time_ms;
	view->last_kill_uptime_ms = kill->uptime_ms;
}

void killed_note(struct view *view)
{
	for (unsigned i = count(view); i-- > 0;) {
		const struct kill *kill = kills_get(view->killed, i);

		if (kill->number > view->noted_kill && !kill->before)
			note_one(view, kill);
	}
	if (view->killed)
		view->noted_kill = view->killed->total;
}

/* The newest of this boot. */
static const struct kill *last_kill(const struct view *view)
{
	const struct kill *kill = count(view) > 0 ? kills_get(view->killed, 0) : NULL;

	return kill && !kill->earlier_boot ? kill : NULL;
}

/* A newer one that nobody is named for is not hidden by an older name. */
void killed_last_words(const struct view *view, struct text *text)
{
	const struct kill *kill = last_kill(view);
	char clock[32] = "";
	struct text when;

	if (kill && kill->victim[0]) {
		text_init(&when, clock, sizeof(clock));
		killed_when(view, kill, &when);
		if (clock[SHORT_CLOCK] == ':')
			clock[SHORT_CLOCK] = '\0';
		text_fmt(text, "last kill: %s %s", kill->victim, clock);
	} else if (view->kills > 0) {
		text_fmt(text, "%lld killed, last ", (long long)view->kills);
		view_clock(view, view->last_kill_ms, text);
	}
}

/* Days since 1970, local ones. */
static int64_t day_of(const struct view *view, int64_t time_ms)
{
	const int64_t local_ms = value_add(time_ms, (int64_t)view->utc_offset_s * 1000);

	return local_ms / DAY_MS - (local_ms % DAY_MS < 0);
}

static int64_t ago_ms(const struct view *view, const struct kill *kill)
{
	if (!view->now)
		return 0;
	if (value_known(kill->time_ms) && value_known(view->now->time_ms))
		return value_max(view->now->time_ms - kill->time_ms, 0);
	if (kill->earlier_boot || !value_known(kill->uptime_ms))
		return VALUE_UNKNOWN;
	return value_max(view->now->uptime_ms - kill->uptime_ms, 0);
}

void killed_when(const struct view *view, const struct kill *kill, struct text *text)
{
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec" };
	const int64_t ago = ago_ms(view, kill);
	unsigned month, day;
	int64_t year;

	if (!value_known(ago)) {
		text_add(text, "?");
		return;
	}
	if (!value_known(kill->time_ms) && view->now->source != SOURCE_LIVE) {
		text_fmt(text, "%lld:%02d:%02d", (long long)(kill->uptime_ms / HOUR_MS),
			(int)(kill->uptime_ms / 60000 % 60), (int)(kill->uptime_ms / 1000 % 60));
		return;
	}
	if (!value_known(kill->time_ms)) {
		units_seconds(text, ago / 1000);
		text_add(text, " ago");
		return;
	}
	if (ago < DAY_MS) {
		view_clock(view, kill->time_ms, text);
		return;
	}
	calendar_date(day_of(view, kill->time_ms), &year, &month, &day);
	if (ago / DAY_MS >= YEAR_DAYS)
		text_fmt(text, "%s %04lld", months[month - 1], (long long)year);
	else
		text_fmt(text, "%u %s", day, months[month - 1]);
}

void killed_date(const struct view *view, const struct kill *kill, struct text *text)
{
	unsigned month, day;
	int64_t year;

	if (!value_known(kill->time_ms)) {
		killed_when(view, kill, text);
		return;
	}
	calendar_date(day_of(view, kill->time_ms), &year, &month, &day);
	text_fmt(text, "%04lld-%02u-%02u ", (long long)year, month, day);
	view_clock(view, kill->time_ms, text);
}

const struct kill *killed_selected(const struct view *view)
{
	return count(view) > 0 ? kills_get(view->killed, (unsigned)killed_row(view)) : NULL;
}

unsigned killed_explain(struct view *view)
{
	struct ui_state *state = view->state;

	if (killed_selected(view)) {
		state->overlay = OVERLAY_KILLED;
		state->scroll = 0;
	} else {
		ui_refuse(state, "no kill is known that could be explained");
	}
	return REACT_REDRAW;
}

int64_t killed_row(const struct view *view)
{
	const uint64_t number = view->state->kill_number;
	int64_t row;

	if (number == 0 || killed_last(view) < 0)
		return 0;
	row = kills_find(view->killed, number);
	return row < 0 ? killed_last(view) : row;
}

int64_t killed_last(const struct view *view)
{
	return (int64_t)count(view) - 1;
}

void killed_put(struct view *view, int64_t row)
{
	const int64_t last = killed_last(view);

	if (last < 0)
		return;
	row = value_max(value_min(row, last), 0);
	view->state->kill_number = kills_get(view->killed, (unsigned)row)->number;
}

void killed_first(struct view *view)
{
	view->state->kill_number = 0;
}
