/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "analysis/memcgs_parts.h"
#include "base/units.h"

#define KIB_PER_MIB INT64_C(1024)

/** What the rules look at. */
struct signs {
	const struct snapshot *now;
	const struct memcg *memcg;
	const struct suspect *suspect; /**< may be NULL */
	int64_t limit_kib;
	int64_t full_centi; /**< PSI full avg10 of it, 0 if unknown */
};

__attribute__((format(printf, 3, 4))) static void deserve(
	struct memcg_view *view, enum level level, const char *why, ...)
{
	va_list args;

	if (level <= view->level)
		return;
	view->level = level;
	view->by_forecast = false;
	va_start(args, why);
	vsnprintf(view->why, sizeof(view->why), why, args);
	va_end(args);
}

/**
 * As for the machine; but most containers are started into a limit that they fill to four
 * fifths at once, so what was watched for seconds only must be nearly at its end.
 */
static void judge_forecast(const struct signs *signs, struct memcg_view *view)
{
	const struct suspect *suspect = signs->suspect;
	const int64_t percent = view->percent;
	struct forecast forecast;
	enum level level;
	bool lasting;
	char buf[sizeof(view->why)];
	struct text why;

	if (!suspect || !value_known(suspect->forecast_ms))
		return;
	if (suspect->forecast.swift && percent >= 20)
		return;
	/* As old as memory.stat, and nearer now. */
	forecast = suspect->forecast;
	forecast.seconds = view->forecast_s;
	forecast.low_s = view->forecast_low_s;
	forecast.high_s = view->forecast_high_s;
	lasting = forecast_lasting(suspect->forecast_since_ms, signs->now->uptime_ms);
	level = forecast_level(&forecast, lasting, percent);
	if (level == LEVEL_OK)
		return;

	text_init(&why, buf, sizeof(buf));
	forecast_why(&forecast, percent, &why);
	deserve(view, level, "%s", buf);
	view->by_forecast = true;
}

/**
 * Hardly anything is left, and it matters: the limit is hit, or everything stalls.  Many a
 * cgroup is sized to what it needs and sits there for years.  In percent, but bounded: of a
 * large one some hundred MiB last, of a small one a few MiB are gone within one sample.
 */
static void judge_amount(const struct signs *signs, struct memcg_view *view)
{
	const int64_t limit = signs->limit_kib;
	const int64_t critical = value_max(
		value_min(limit / 50, 128 * KIB_PER_MIB), value_min(limit / 20, 4 * KIB_PER_MIB));
	const int64_t warn = value_max(
		value_min(limit / 20, 512 * KIB_PER_MIB), value_min(limit / 10, 8 * KIB_PER_MIB));
	const bool hit = view->rising_max > 0;
	char buf[32];
	struct text left;

	if (!hit && signs->full_centi < 1000)
		return;
	text_init(&left, buf, sizeof(buf));
	units_kib(&left, view->left_kib);
	deserve(view,
		view->left_kib < critical       ? LEVEL_CRITICAL
			: view->left_kib < warn ? LEVEL_WARN
						: LEVEL_OK,
		"only %s left, cache and swap included, %s", buf,
		hit ? "and its limit is hit" : "and it stalls");
}

/* Swap keeps the killer away, but nobody gets any work done. */
static void judge_stalls(const struct signs *signs, struct memcg_view *view)
{
	const int64_t ram = value_add(view->free_kib, view->cache_kib);

	if (signs->full_centi >= 2000 && ram < signs->limit_kib / 10)
		deserve(view, LEVEL_WARN, "thrashing: everything stalls %" PRId64 "%% of the time",
			signs->full_centi / 100);
}

/** Over memory.high, and not by cache, which goes at once. */
static void judge_throttled(const struct signs *signs, struct memcg_view *view)
{
	const struct memcg *memcg = signs->memcg;
	const int64_t high = memcg->high_bytes;
	int64_t held = memcg->usage_bytes;

	view->throttled = memcg_is_limit(high) && value_known(memcg->usage_bytes) &&
		memcg->usage_bytes > high;
	if (!view->throttled || signs->full_centi < 2000)
		return;
	if (value_known(memcg->stat_file_bytes))
		held = value_add(held, -value_max(memcg->stat_file_bytes, 0));
	if (held < high / 10 * 9)
		return;
	deserve(view, LEVEL_WARN, "slowed down over memory.high: stalls %" PRId64 "%% of the time",
		signs->full_centi / 100);
}

static void judge_waiting(const struct signs *signs, struct memcg_view *view)
{
	view->stalls = signs->memcg->version == 1 && signs->memcg->oom_kill_disable == 1;
	if (view->stalls && signs->memcg->under_oom == 1)
		deserve(view, LEVEL_CRITICAL,
			"its tasks wait: out of memory, and the killer is disabled");
}

static void judge_kills(const struct signs *signs, struct memcg_view *view)
{
	const struct suspect *suspect = signs->suspect;
	const int64_t now_ms = signs->now->uptime_ms;

	if (!suspect || !value_known(suspect->kill_ms) || now_ms < suspect->kill_ms ||
		now_ms - suspect->kill_ms > LEVEL_KILL_NEWS_MS)
		return;
	if (suspect->kills > 0)
		deserve(view, LEVEL_WARN, "its limit killed %" PRId64 " process%s %" PRId64 "s ago",
			suspect->kills, suspect->kills == 1 ? "" : "es",
			(now_ms - suspect->kill_ms) / 1000);
	else
		deserve(view, LEVEL_WARN, "its limit refused memory %" PRId64 "s ago",
			(now_ms - suspect->kill_ms) / 1000);
}

void memcg_judge_level(const struct memcgs_judging *judging, uint32_t memcg,
	const struct memcg_left *left, const struct suspect *suspect)
{
	const struct memcg *it = &judging->now->memcgs[memcg];
	struct memcg_view *view = &judging->views[memcg];
	const struct signs signs = {
		.now = judging->now,
		.memcg = it,
		.suspect = suspect,
		.limit_kib = memcg_limit_kib(it),
		.full_centi = value_or(it->pressure.full.avg10_centi, 0),
	};

	judge_waiting(&signs, view);
	if (view->limited && left->tells && view->binding == memcg && value_known(view->left_kib)) {
		judge_forecast(&signs, view);
		judge_amount(&signs, view);
		judge_stalls(&signs, view);
	}
	if (judging->now->told)
		deserve(view, LEVEL_CRITICAL, "its limit was met");
	judge_throttled(&signs, view);
	judge_kills(&signs, view);
}

/* v1 counts a kill where the victim was, and a hit where the limit is. */
static bool killed_v1(const struct memcgs_judging *judging, uint32_t memcg)
{
	if (judging->views[memcg].rising_oom_kill <= 0)
		return false;
	for (; memcg != NO_MEMCG; memcg = scope_charged_above(judging->now, memcg)) {
		if (judging->views[memcg].rising_max > 0)
			return true;
	}
	return false;
}

/* On v2 what happens below counts here too: it is its own only beyond that. */
bool memcg_killed(const struct memcgs_judging *judging, uint32_t memcg)
{
	const struct snapshot *now = judging->now;
	int64_t ooms = judging->views[memcg].rising_oom;

	if (now->memcgs[memcg].version != 2)
		return killed_v1(judging, memcg);
	if (ooms <= 0)
		return false;
	for (uint32_t i = memcg + 1; i < now->n_memcgs; i++) {
		if (now->memcgs[i].parent == memcg && judging->views[i].rising_oom > 0)
			ooms = value_add(ooms, -judging->views[i].rising_oom);
	}
	return ooms > 0;
}
