/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/killed.h"

#include "base/units.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

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
	view->told_kills += kill->n_processes;
	view->kills += kill->n_processes;
	view->last_kill_ms = kill->time_ms;
	view->last_kill_uptime_ms = kill->uptime_ms;
}

void killed_note(struct view *view)
{
	for (unsigned i = count(view); i-- > 0;) {
		const struct kill *kill = kills_get(view->killed, i);

		if (kill->number <= view->noted_kill)
			continue;
		view->noted_kill = kill->number;
		if (!kill->before)
			note_one(view, kill);
	}
}

static void note_untold(struct view *view, int64_t kills)
{
	if (kills <= 0)
		return;
	view->kills += kills;
	view->last_kill_ms = view->now->time_ms;
	view->last_kill_uptime_ms = view->now->uptime_ms;
	ui_log(view->state, view->now->time_ms, "the OOM killer took %lld process%s",
		(long long)kills, kills == 1 ? "" : "es");
	view_show_note(view, true);
}

/* Take what is told off what is counted. */
static void settle(int64_t *told, int64_t *counted)
{
	const int64_t both = value_min(*told, *counted);

	*told -= both;
	*counted -= both;
}

/* What is told pays first for what was counted in the sample before, then for what is counted
 * now; what is counted and not told a sample later is said without names. */
void killed_count(struct view *view)
{
	int64_t counted = value_max(value_or(view->summary->reclaim.oom_kills, 0), 0);
	int64_t told = view->told_before + view->told_kills, late = view->counted_before;

	if (!view->killed || view->now->facts[FACT_KMSG] != FACT_PRESENT) {
		late += counted;
		counted = told = 0;
	}
	settle(&told, &late);
	settle(&told, &counted);
	view->counted_before = counted;
	view->told_before = value_min(told, view->told_kills);
	view->told_kills = 0;
	note_untold(view, late);
}

/* A newer one of which only the counter tells is not hidden by an older name. */
void killed_last_words(const struct view *view, struct text *text)
{
	const struct kill *kill = count(view) > 0 ? kills_get(view->killed, 0) : NULL;
	char clock[32] = "";
	struct text when;

	if (kill && kill->victim[0] &&
		(view->kills == 0 || kill->uptime_ms >= view->last_kill_uptime_ms)) {
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

void killed_when(const struct view *view, const struct kill *kill, struct text *text)
{
	const int64_t now_ms = view->now ? view->now->uptime_ms : kill->uptime_ms;
	const int64_t ago_ms = value_max(now_ms - kill->uptime_ms, 0);

	if (value_known(kill->time_ms) && ago_ms < DAY_MS) {
		view_clock(view, kill->time_ms, text);
		return;
	}
	units_seconds(text, ago_ms / 1000);
	text_add(text, " ago");
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
	const int64_t last = killed_last(view);

	if (number == 0 || last < 0)
		return 0;
	return value_min((int64_t)(view->killed->total - number), last);
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
	view->state->kill_number = view->killed->total - (uint64_t)row;
}

void killed_first(struct view *view)
{
	view->state->kill_number = 0;
}
