/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "analysis/reason.h"
#include "analysis/verdict.h"
#include "analysis/verdict_parts.h"
#include "base/units.h"

/* How far one is that cannot act, and one of which that is not known. */
#define FAR_NEVER 101
#define FAR_UNKNOWN 102

static bool has_room(const struct killer_view *view)
{
	return value_known(view->room_kib) && !view->never;
}

static bool has_pressure(const struct killer_view *view)
{
	return value_known(view->pressure_centi) && value_known(view->limit_centi);
}

/* What of its limit the pressure leaves, in percent. */
static int64_t pressure_left(const struct killer_view *view)
{
	const int64_t limit = value_max(view->limit_centi, 1);

	return value_mul(limit - value_min(value_max(view->pressure_centi, 0), limit), 100) / limit;
}

static int64_t room_left(const struct killer_view *view)
{
	return view->room_kib <= 0 ? 0 : value_min(value_or(view->room_percent, 100), 100);
}

/* Whether its pressure, and not its room, is what it is nearest to acting by. */
static bool is_by_pressure(const struct killer_view *view)
{
	return has_pressure(view) && (!has_room(view) || pressure_left(view) < room_left(view));
}

static int64_t distance(const struct killer_view *view)
{
	if (is_by_pressure(view))
		return pressure_left(view);
	if (has_room(view))
		return room_left(view);
	return view->never ? FAR_NEVER : FAR_UNKNOWN;
}

static bool is_nearer(const struct killer_view *a, const struct killer_view *b)
{
	const int64_t forecast_a = value_or(a->forecast_s, INT64_MAX);
	const int64_t forecast_b = value_or(b->forecast_s, INT64_MAX);

	if (a->level != b->level)
		return a->level > b->level;
	if (forecast_a != forecast_b)
		return forecast_a < forecast_b;
	return distance(a) < distance(b);
}

unsigned verdict_killers(
	const struct snapshot *now, const struct killer_view *views, uint32_t ret[KILLERS_MAX])
{
	unsigned count = 0;

	for (uint32_t i = 0; views && i < now->n_killers && count < KILLERS_MAX; i++) {
		unsigned at = count++;

		for (; at > 0 && is_nearer(&views[i], &views[ret[at - 1]]); at--)
			ret[at] = ret[at - 1];
		ret[at] = i;
	}
	return count;
}

static const char *acts(enum killer_act act)
{
	switch (act) {
	case ACT_KERNEL:
		return "asks the kernel to kill";
	case ACT_EVICT:
		return "evicts a pod";
	case ACT_TERM:
	case ACT_KILL:
		break;
	}
	return "kills";
}

static void add_watched(const struct snapshot *now, uint32_t memcg, struct text *text)
{
	const struct scope where = { .kind = memcg < now->n_memcgs ? SCOPE_MEMCG : SCOPE_SYSTEM,
		.memcg = memcg };
	char buf[64];
	struct text words;

	text_init(&words, buf, sizeof(buf));
	scope_words(now, &where, &words);
	text_add_bytes(text, buf, text_fit(buf, VERDICT_NAME_CELLS));
}

/* ", kills in 12s".  Who was not seen to begin above its limit may have less time left. */
static void add_time_left(const struct killer_view *view, struct text *text)
{
	const bool above = view->pressure_centi > view->limit_centi;
	int64_t left_s;

	if (!above) {
		if (value_known(view->least_s) && view->least_s > 0) {
			text_add(text, ", not within ");
			units_seconds(text, view->least_s);
		}
		return;
	}
	if (!value_known(view->held_ms) || !value_known(view->duration_ms))
		return;
	left_s = value_max(view->duration_ms - value_max(view->held_ms, 0), 0) / 1000;
	text_fmt(text, ", %s ", acts(view->act));
	if (left_s == 0) {
		text_add(text, "now");
		return;
	}
	text_add(text, view->worth == WORTH_LOWER_BOUND ? "within " : "in ");
	units_seconds(text, left_s);
}

static void write_pressure(
	const struct snapshot *now, const struct killer_view *view, struct text *text)
{
	const bool above = view->pressure_centi > view->limit_centi;

	add_watched(now, view->watched, text);
	text_fmt(text, " stalls %" PRId64 "%% %s %" PRId64 "%%%s", view->pressure_centi / 100,
		above ? "(limit" : "of", view->limit_centi / 100, above ? ")" : "");
	add_time_left(view, text);
}

static void write_room(const struct killer_view *view, const struct risk *risk, struct text *text)
{
	if (view->room_kib <= 0) {
		text_fmt(text, "%s now", acts(view->act));
		return;
	}
	units_kib(text, view->room_kib);
	text_fmt(text, "%s until it %s", view->room_is_swap ? " of swap" : "",
		view->act == ACT_KERNEL || view->act == ACT_EVICT ? acts(view->act) : "acts");
	verdict_add_slope(risk, text);
	if (!value_known(risk->forecast_s))
		return;
	text_add(text, ": in ");
	units_seconds_range(text, risk->forecast_low_s, risk->forecast_high_s);
}

void verdict_killer_text(const struct snapshot *now, const struct killer_view *views,
	const struct risk *risk, struct text *text)
{
	const struct killer_view *view;

	text_fmt(text, "%s: ", risk->scope_words);
	if (!views || risk->where.killer >= now->n_killers) {
		text_add(text, "not known");
		return;
	}
	view = &views[risk->where.killer];
	if (is_by_pressure(view))
		write_pressure(now, view, text);
	else if (has_room(view))
		write_room(view, risk, text);
	else if (view->never)
		text_fmt(text, "cannot act: %s", view->why_never);
	else
		text_fmt(text, "cannot be foretold: %s", view->worth_why);
}

/* Who runs, but would take nobody, leaves it to the kernel. */
static bool takes_somebody(const struct killer_view *view)
{
	return view->victim != NO_TASK || view->victim_memcg != NO_MEMCG || view->act == ACT_EVICT;
}

uint32_t verdict_killer_first(
	const struct snapshot *now, const struct killer_view *views, const struct risk *risk)
{
	uint32_t order[KILLERS_MAX];
	unsigned count;

	if (!views)
		return NO_KILLER;
	if (risk->where.kind == SCOPE_KILLER) {
		const uint32_t killer = risk->where.killer;

		return killer < now->n_killers && views[killer].order != KILLER_AFTER_KERNEL
			? killer
			: NO_KILLER;
	}
	if (risk->where.kind != SCOPE_SYSTEM || risk->level == LEVEL_OK)
		return NO_KILLER;
	count = verdict_killers(now, views, order);
	for (unsigned i = 0; i < count; i++) {
		const struct killer_view *view = &views[order[i]];

		if (view->order == KILLER_BEFORE_KERNEL && takes_somebody(view))
			return order[i];
	}
	return NO_KILLER;
}

/** NEXT of a killer, and which of its parts there is room for. */
struct next {
	const struct snapshot *now;
	const struct killer_view *view;
	const char *name;
	const struct oom *oom;
	bool with_size, with_order, with_tail;
};

static void add_victim(const struct next *next, struct text *text)
{
	const struct killer_view *view = next->view;

	if (view->victim_memcg == NO_MEMCG) {
		verdict_add_task(next->now, view->victim, text);
		return;
	}
	add_watched(next->now, view->victim_memcg, text);
	if (!next->with_size)
		return;
	text_fmt(text, ", %" PRIu32 " %s", view->n_victims,
		view->n_victims == 1 ? "process" : "processes");
	if (value_known(view->gives_back_kib)) {
		text_add(text, ", ");
		units_kib(text, view->gives_back_kib);
	}
}

static void add_act(const struct next *next, struct text *text)
{
	const struct killer_view *view = next->view;

	text_fmt(text, "%s ", next->name);
	if (view->act == ACT_EVICT) {
		text_add(text, acts(ACT_EVICT));
		if (view->victim == NO_TASK && view->victim_memcg == NO_MEMCG)
			return;
		text_add(text, ": ");
	} else if (view->act == ACT_KERNEL) {
		text_fmt(text, "%s: ", acts(ACT_KERNEL));
	} else {
		text_add(text,
			view->act == ACT_TERM && view->victim_memcg == NO_MEMCG
				? "sends SIGTERM to "
				: "kills ");
	}
	add_victim(next, text);
}

/* Whether the kernel would take another one, or do something else. */
static bool kernel_differs(const struct next *next)
{
	const struct snapshot *now = next->now;
	const struct killer_view *view = next->view;
	const uint32_t kernel = next->oom->victim;

	if (kernel == NO_TASK)
		return next->oom->outcome == OUTCOME_PANIC;
	if (view->victim_memcg != NO_MEMCG)
		return !scope_is_within(
			now, scope_memcg_of(now, &now->tasks[kernel]), view->victim_memcg);
	return kernel != view->victim;
}

/* Behind "before the kernel" the other one whom that would take is enough. */
static void add_tail(const struct next *next, struct text *text)
{
	const bool before = next->with_order && next->view->order == KILLER_BEFORE_KERNEL;

	if (kernel_differs(next)) {
		if (next->oom->victim == NO_TASK) {
			text_add(text, "; the kernel would panic");
			return;
		}
		text_add(text, before ? " (" : "; the kernel: ");
		reason_name(&next->now->tasks[next->oom->victim], text);
		text_add(text, before ? ")" : "");
	} else if (next->view->reason[0]) {
		text_fmt(text, ": %s", next->view->reason);
	} else if (next->view->act == ACT_EVICT && next->view->nobody_why[0]) {
		text_fmt(text, ": %s", next->view->nobody_why);
	}
}

static void write_next(const struct next *next, struct text *text)
{
	add_act(next, text);
	if (next->with_order && next->view->order == KILLER_BEFORE_KERNEL)
		text_add(text, ", before the kernel");
	if (next->with_tail)
		add_tail(next, text);
}

/* Another choice of the kernel matters more than what is freed, and than a reason. */
static void write_what_fits(struct next *next, size_t cells, struct text *text)
{
	static const struct {
		bool size, order, tail;
	} ways[2][6] = {
		{ { 1, 1, 1 }, { 0, 1, 1 }, { 1, 1, 0 }, { 0, 1, 0 }, { 0, 0, 0 } },
		{ { 1, 1, 1 }, { 0, 1, 1 }, { 0, 0, 1 }, { 1, 1, 0 }, { 0, 1, 0 }, { 0, 0, 0 } },
	};
	const unsigned differs = kernel_differs(next);

	for (unsigned i = 0; i < ARRAY_SIZE(ways[0]); i++) {
		next->with_size = ways[differs][i].size;
		next->with_order = ways[differs][i].order;
		next->with_tail = ways[differs][i].tail;
		text_init(text, text->buf, text->size);
		write_next(next, text);
		if (text_cells(text->buf) <= cells)
			return;
	}
}

/* Who takes nobody says why, if that leaves room for the kernel's choice. */
static void write_nobody(const struct next *next, size_t cells, struct text *text)
{
	const char *why = next->view->nobody_why;

	text_fmt(text, "%s takes nobody%s%s", next->name, why[0] ? ": " : "", why);
	add_tail(next, text);
	if (text_cells(text->buf) <= cells)
		return;
	text_init(text, text->buf, text->size);
	text_fmt(text, "%s takes nobody", next->name);
	add_tail(next, text);
}

void verdict_killer_next(const struct snapshot *now, const struct killer_view *views,
	uint32_t killer, const struct oom *oom, struct text *text)
{
	struct next next = {
		.now = now,
		.view = &views[killer],
		.name = killer_name(now->killers[killer].kind),
		.oom = oom,
	};
	size_t cells = VERDICT_CELLS;
	char buf[512];
	struct text sentence;

	if (now->partial != PARTIAL_NONE)
		text_add(text, "of the processes visible here: ");
	cells -= text_cells(text->buf);
	text_init(&sentence, buf, sizeof(buf));
	if (takes_somebody(next.view))
		write_what_fits(&next, cells, &sentence);
	else
		write_nobody(&next, cells, &sentence);
	text_add(text, buf);
}
