/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "analysis/memcgs_parts.h"
#include "analysis/risk_parts.h"

/** With more left than that of its limit nothing is kept of a cgroup. */
#define SUSPECT_PERCENT 60

static void forget(struct memcg_view *view)
{
	*view = (struct memcg_view){
		.left_kib = VALUE_UNKNOWN,
		.sure_kib = VALUE_UNKNOWN,
		.free_kib = VALUE_UNKNOWN,
		.cache_kib = VALUE_UNKNOWN,
		.swap_kib = VALUE_UNKNOWN,
		.binding = NO_MEMCG,
		.percent = VALUE_UNKNOWN,
		.slope_kib_per_s = VALUE_UNKNOWN,
		.forecast_s = VALUE_UNKNOWN,
		.forecast_low_s = VALUE_UNKNOWN,
		.forecast_high_s = VALUE_UNKNOWN,
		.rising_max = VALUE_UNKNOWN,
		.rising_oom = VALUE_UNKNOWN,
		.rising_oom_kill = VALUE_UNKNOWN,
		.totalpages = VALUE_UNKNOWN,
		.victim = NO_TASK,
		.group = NO_MEMCG,
		.filling = NO_TASK,
	};
}

/** The sample before, to look for cgroups in. */
struct past {
	const struct snapshot *before;
	uint32_t next;   /**< where the next one is if both lists are alike */
	uint32_t *slots; /**< hash table of index + 1, 0 free; NULL: not needed so far */
	uint32_t mask;
};

static uint32_t *find_slot(const struct past *past, const char *path)
{
	uint32_t at = (uint32_t)suspects_key(path) & past->mask;

	while (past->slots[at] && strcmp(past->before->memcgs[past->slots[at] - 1].path, path) != 0)
		at = (at + 1) & past->mask;
	return &past->slots[at];
}

static int fill_slots(struct past *past, struct arena *arena)
{
	const uint32_t n = past->before->n_memcgs;
	uint32_t size = 8;

	while (size / 2 < n && size < UINT32_MAX / 4)
		size *= 2;
	past->slots = arena_array(arena, size, sizeof(*past->slots));
	if (!past->slots)
		return -ENOMEM;
	past->mask = size - 1;
	for (uint32_t i = 0; i < n; i++)
		*find_slot(past, past->before->memcgs[i].path) = i + 1;
	return 0;
}

/* The same cgroup in the sample before, *ret NULL if it was not there. */
static int find_before(struct past *past, const struct memcg *memcgs, const char *path,
	struct arena *arena, const struct memcg **ret)
{
	uint32_t slot;

	*ret = NULL;
	if (past->next < past->before->n_memcgs && strcmp(memcgs[past->next].path, path) == 0) {
		*ret = &memcgs[past->next++];
		return 0;
	}
	if (!past->slots)
		(void)fill_slots(past, arena);
	if (!past->slots)
		return -ENOMEM;
	slot = *find_slot(past, path);
	if (slot == 0)
		return 0;
	*ret = &memcgs[slot - 1];
	past->next = slot;
	return 0;
}

/* How much a counter rose; unknown if it went back: a new cgroup of the same name. */
static int64_t risen(int64_t now, int64_t before)
{
	return now >= 0 && before >= 0 && now >= before ? now - before : VALUE_UNKNOWN;
}

static bool is_reborn(const struct memcg *now, const struct memcg *before)
{
	return (before->events_max >= 0 && now->events_max >= 0 &&
		       now->events_max < before->events_max) ||
		(before->events_oom_kill >= 0 && now->events_oom_kill >= 0 &&
			now->events_oom_kill < before->events_oom_kill);
}

static void count_events_of(
	const struct memcgs_judging *judging, uint32_t memcg, const struct memcg *before)
{
	const struct memcg *now = &judging->now->memcgs[memcg];
	struct memcg_view *view = &judging->views[memcg];
	struct suspect *suspect;

	view->rising_max = risen(now->events_max, before->events_max);
	view->rising_oom = risen(now->events_oom, before->events_oom);
	view->rising_oom_kill = risen(now->events_oom_kill, before->events_oom_kill);
	if (!is_reborn(now, before) || !judging->suspects)
		return;
	suspect = suspects_find(judging->suspects, now->path);
	if (suspect)
		suspect->begun_ms = judging->now->uptime_ms;
}

static int count_events(
	const struct memcgs_judging *judging, const struct snapshot *before, struct arena *arena)
{
	struct past past = { .before = before };

	if (!before || !before->memcgs)
		return 0;
	for (uint32_t i = 0; i < judging->now->n_memcgs; i++) {
		const struct memcg *memcg;

		if (find_before(&past, before->memcgs, judging->now->memcgs[i].path, arena, &memcg))
			return -ENOMEM;
		if (memcg)
			count_events_of(judging, i, memcg);
	}
	return 0;
}

/* Of the limit and the swap that it has and may have: with much swap a percentage of the limit
 * alone would be low for the last seconds only. */
static int64_t own_percent(const struct memcg *memcg, const struct memcg_left *left)
{
	const int64_t swapped = value_max(value_or(memcg->swap_bytes, 0), 0);
	const int64_t most =
		value_add(memcg_limit_kib(memcg), value_add(left->swap, swapped) / 1024);
	const int64_t sum = value_add(value_add(left->free, left->cache), left->swap);

	return value_known(left->free) ? sum / 1024 / value_max(most / 100, 1) : 100;
}

/* What is kept of a cgroup: what was, or a place for what is worth it. */
static struct suspect *suspect_of(
	const struct memcgs_judging *judging, uint32_t memcg, const struct memcg_left *left)
{
	const struct memcg *it = &judging->now->memcgs[memcg];
	const int64_t now_ms = judging->now->uptime_ms;
	const int64_t percent = own_percent(it, left);
	struct suspect *suspect;

	if (!judging->suspects)
		return NULL;
	suspect = suspects_find(judging->suspects, it->path);
	if (!suspect &&
		((left->fresh && percent < SUSPECT_PERCENT) || memcg_killed(judging, memcg)))
		suspect = suspects_take(judging->suspects, it->path, percent, now_ms);
	if (suspect) {
		suspect->seen_ms = now_ms;
		suspect->percent = percent;
	}
	return suspect;
}

static void note_kills(
	const struct memcgs_judging *judging, uint32_t memcg, struct suspect *suspect)
{
	const struct memcg_view *view = &judging->views[memcg];

	if (!memcg_killed(judging, memcg))
		return;
	suspect->kill_ms = suspect->begun_ms = judging->now->uptime_ms;
	suspect->kills = value_max(value_or(view->rising_oom_kill, 0), 0);
}

/* What was foretold some samples ago is nearer now. */
static void fill_forecast(
	const struct memcgs_judging *judging, uint32_t memcg, const struct suspect *suspect)
{
	struct memcg_view *view = &judging->views[memcg];
	const struct forecast *forecast = &suspect->forecast;
	int64_t passed_s;

	snprintf(view->no_forecast_why, sizeof(view->no_forecast_why), "%s",
		"too early: needs 5 samples over 3 s");
	if (!value_known(suspect->forecast_ms) || suspect->forecast_ms > judging->now->uptime_ms)
		return;
	passed_s = (judging->now->uptime_ms - suspect->forecast_ms) / 1000;
	view->slope_kib_per_s = forecast->slope_kib_per_s;
	snprintf(view->no_forecast_why, sizeof(view->no_forecast_why), "%s", forecast->why_none);
	if (!value_known(forecast->seconds))
		return;
	view->forecast_s = value_max(forecast->seconds - passed_s, 0);
	view->forecast_low_s = value_max(forecast->low_s - passed_s, 0);
	view->forecast_high_s = value_max(forecast->high_s - passed_s, 0);
}

static void hold(struct suspect *suspect, int64_t now_ms, struct memcg_view *view)
{
	const struct level_deserved deserved = {
		.level = view->level,
		.by_forecast = view->by_forecast,
		.has_forecast = value_known(view->forecast_s),
	};

	view->level = level_hold(&suspect->hold, now_ms, &deserved, view->why, sizeof(view->why));
}

static void judge_one(const struct memcgs_judging *judging, uint32_t memcg)
{
	const struct snapshot *now = judging->now;
	struct memcg_view *view = &judging->views[memcg];
	struct suspect *suspect = NULL;
	struct memcg_left left;

	if (judging->suspects)
		suspect = suspects_find(judging->suspects, now->memcgs[memcg].path);
	memcg_left_of(now, memcg, suspect, &left);
	suspect = suspect_of(judging, memcg, &left);
	if (suspect) {
		note_kills(judging, memcg, suspect);
		if (left.fresh)
			memcg_note_left(now, &now->memcgs[memcg], &left, suspect);
		fill_forecast(judging, memcg, suspect);
	}
	memcg_fill_left(judging, memcg, &left);
	memcg_judge_level(judging, memcg, &left, suspect);
	if (!suspect && view->level > LEVEL_OK && judging->suspects)
		suspect = suspects_take(judging->suspects, now->memcgs[memcg].path,
			own_percent(&now->memcgs[memcg], &left), now->uptime_ms);
	if (suspect)
		hold(suspect, now->uptime_ms, view);
}

static bool may_matter(const struct memcg *memcg)
{
	return memcg_is_limited(memcg) || memcg_is_limit(memcg->high_bytes);
}

struct memcg_view *memcgs_judge(const struct snapshot *now, const struct snapshot *before,
	struct history *history, struct arena *arena, int *ret_error)
{
	struct memcgs_judging judging = { .now = now,
		.suspects = now->uptime_ms >= 0 ? &history->suspects : NULL };

	*ret_error = 0;
	if (now->n_memcgs == 0)
		return NULL;
	*ret_error = -ENOMEM;
	judging.views = arena_array(arena, now->n_memcgs, sizeof(*judging.views));
	if (!judging.views)
		return NULL;
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		forget(&judging.views[i]);
		judging.views[i].limited = memcg_is_limited(&now->memcgs[i]);
	}
	if (memcg_find_victims(&judging, arena) || count_events(&judging, before, arena))
		return NULL;

	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		if (may_matter(&now->memcgs[i]))
			judge_one(&judging, i);
	}
	*ret_error = 0;
	return judging.views;
}

void memcgs_risk(const struct snapshot *now, const struct memcg_view *views, uint32_t memcg,
	struct risk *ret)
{
	const struct memcg_view *view = &views[memcg];
	struct text text;

	memset(ret, 0, sizeof(*ret));
	ret->level = view->level;
	ret->where = (struct scope){ .kind = SCOPE_MEMCG, .memcg = memcg };
	text_init(&text, ret->scope, sizeof(ret->scope));
	scope_id(now, &ret->where, &text);
	text_init(&text, ret->scope_words, sizeof(ret->scope_words));
	scope_words(now, &ret->where, &text);
	ret->left = (struct left){ .low_kib = view->sure_kib,
		.high_kib = view->left_kib,
		.cache_kib = view->cache_kib,
		.swap_kib = view->swap_kib,
		.free_kib = view->free_kib };
	ret->slope_kib_per_s = view->slope_kib_per_s;
	ret->forecast_s = view->forecast_s;
	ret->forecast_low_s = view->forecast_low_s;
	ret->forecast_high_s = view->forecast_high_s;
	snprintf(ret->no_forecast_why, sizeof(ret->no_forecast_why), "%s", view->no_forecast_why);
	snprintf(ret->why, sizeof(ret->why), "%s", view->why);
	ret->victim = view->victim;
	risk_set_filling(ret, view->filling, view->filling_bytes_per_s, view->growth_bytes_per_s);
}
