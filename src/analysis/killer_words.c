/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "analysis/killers.h"
#include "analysis/reason.h"
#include "base/units.h"

static void add_part(const char *part, struct text *text)
{
	if (text->len > 0)
		text_add(text, "; ");
	text_add(text, part);
}

static void add_centi(
	const char *before, int64_t part, int64_t whole, const char *after, struct text *text)
{
	add_part(before, text);
	units_percent(text, value_mul(value_max(part, 0), 10000) / whole);
	text_add(text, after);
}

/* "acts at 9.8% available, 1.2G away"; "acts 3.2G away (swap 2.0G)" */
static void add_room(const struct snapshot *now, const struct killer_view *view, struct text *text)
{
	const struct meminfo *mem = &now->mem;
	const int64_t whole = view->room_is_swap ? mem->swap_total_kib : mem->mem_total_kib;
	const int64_t part = view->room_is_swap ? mem->swap_free_kib : mem->mem_available_kib;

	if (view->room_kib <= 0) {
		add_part("acts now", text);
		return;
	}
	if (whole > 0 && (view->room_is_swap || view->room_swap_kib == 0) && part >= view->room_kib)
		add_centi("acts at ", part - view->room_kib, whole,
			view->room_is_swap ? " of swap free, " : " available, ", text);
	else
		add_part("acts ", text);
	units_kib(text, view->room_kib);
	text_add(text, " away");
	if (view->room_swap_kib > 0 && !view->room_is_swap) {
		text_add(text, " (swap ");
		units_kib(text, view->room_swap_kib);
		text_add(text, ")");
	}
}

static void add_whole_percent(int64_t centi, struct text *text)
{
	text_fmt(text, "%" PRId64 "%%", centi / 100);
}

/* "pressure 41% of 60%, held 3 of 20s" */
static void add_pressure(const struct killer_view *view, struct text *text)
{
	add_part("pressure ", text);
	if (value_known(view->pressure_centi))
		add_whole_percent(view->pressure_centi, text);
	else
		text_add(text, "?");
	text_add(text, " of ");
	add_whole_percent(view->limit_centi, text);
	if (value_or(view->held_ms, 0) > 0 && value_known(view->duration_ms))
		text_fmt(text, ", held %" PRId64 " of %" PRId64 "s", view->held_ms / 1000,
			view->duration_ms / 1000);
}

void killer_words(const struct snapshot *now, const struct killer_view *views, uint32_t killer,
	struct text *text)
{
	const struct killer_view *view = &views[killer];
	char buf[256];
	struct text words;

	text_init(&words, buf, sizeof(buf));
	if (view->never) {
		add_part("never acts: ", &words);
		text_add(&words, view->why_never);
	} else {
		if (value_known(view->room_kib))
			add_room(now, view, &words);
		if (value_known(view->limit_centi))
			add_pressure(view, &words);
	}
	if (words.len == 0) {
		add_part("when it acts is not known: ", &words);
		text_add(&words, view->worth_why[0] ? view->worth_why : "no limit could be read");
	}
	text_add(text, buf);
}

static const char *act_words(enum killer_act act)
{
	switch (act) {
	case ACT_TERM:
		return "SIGTERM";
	case ACT_KILL:
		return "SIGKILL";
	case ACT_KERNEL:
		return "as the kernel chooses";
	case ACT_EVICT:
		break;
	}
	return "its pod is evicted";
}

static void add_memcg(const struct snapshot *now, const struct killer_view *view, struct text *text)
{
	const struct scope where = { .kind = SCOPE_MEMCG, .memcg = view->victim_memcg };

	scope_words(now, &where, text);
	text_fmt(
		text, ": %" PRIu32 " process%s", view->n_victims, view->n_victims == 1 ? "" : "es");
	if (!value_known(view->gives_back_kib))
		return;
	text_add(text, ", ");
	units_kib(text, view->gives_back_kib);
}

void killer_victim_words(const struct snapshot *now, const struct killer_view *views,
	uint32_t killer, struct text *text)
{
	const struct killer_view *view = &views[killer];

	if (view->victim_memcg < now->n_memcgs) {
		add_memcg(now, view, text);
	} else if (view->victim < now->n_tasks) {
		reason_name(&now->tasks[view->victim], text);
		text_fmt(text, " (%s)", act_words(view->act));
	} else {
		text_add(text, view->nobody_why[0] ? view->nobody_why : "not known");
		return;
	}
	if (view->tie)
		text_add(text, ", or another that is as good");
}
