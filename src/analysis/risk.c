/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/risk.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analysis/risk_parts.h"
#include "base/units.h"

#define KIB_PER_MIB INT64_C(1024)
#define KIB_PER_GIB INT64_C(1048576)

/* A process that grows less than this fills nothing. */
#define FILLING_MIN_BYTES_PER_S (INT64_C(256) * 1024)
#define FILLING_MIN_PERCENT 10

/** What the rules look at. */
struct facts_of_risk {
	const struct risk_inputs *in;
	const struct forecast *forecast;
	int64_t left_percent; /**< of what can be used at all; above 100 with much swap */
	int64_t ram_percent;  /**< the same without swap */
	int64_t full_centi;   /**< PSI full avg10, 0 if unknown */
	enum reclaim_stage stage;
};

const char *level_id(enum level level)
{
	static const char *const ids[LEVEL_COUNT] = {
		[LEVEL_OK] = "ok",
		[LEVEL_WARN] = "warn",
		[LEVEL_CRITICAL] = "critical",
	};

	return level < LEVEL_COUNT ? ids[level] : NULL;
}

const char *level_words(enum level level)
{
	static const char *const words[LEVEL_COUNT] = {
		[LEVEL_OK] = "OK",
		[LEVEL_WARN] = "WARN",
		[LEVEL_CRITICAL] = "CRITICAL",
	};

	return level < LEVEL_COUNT ? words[level] : "?";
}

void risk_deserve(struct risk *risk, enum level level, const char *why, ...)
{
	va_list args;

	if (level <= risk->level)
		return;
	risk->level = level;
	risk->by_forecast = false;
	va_start(args, why);
	vsnprintf(risk->why, sizeof(risk->why), why, args);
	va_end(args);
}

void risk_by_forecast(
	struct risk *risk, const struct forecast *forecast, bool lasting, int64_t percent)
{
	const enum level level = forecast_level(forecast, lasting, percent);

	if (level != LEVEL_OK) {
		char buf[sizeof(risk->why)];
		struct text why;

		text_init(&why, buf, sizeof(buf));
		forecast_why(forecast, percent, &why);
		risk_deserve(risk, level, "%s", buf);
		risk->by_forecast = true;
	}
}

static void judge_forecast(const struct facts_of_risk *facts, struct risk *risk)
{
	const bool lasting =
		forecast_lasting(facts->in->history->forecast_since_ms, facts->in->now->uptime_ms);

	risk_by_forecast(risk, facts->forecast, lasting, facts->left_percent);
}

/**
 * Hardly anything is left, growing or not.  In percent, but bounded: 2 % of a terabyte is
 * no emergency, and of a small guest a few MiB are gone within one sample.
 */
void risk_by_amount(struct risk *risk, int64_t total)
{
	const int64_t left_kib = risk->left.high_kib;
	const int64_t critical = value_max(
		value_min(total / 50, 512 * KIB_PER_MIB), value_min(total / 20, 12 * KIB_PER_MIB));
	const int64_t warn = value_max(
		value_min(total / 20, 2 * KIB_PER_GIB), value_min(total / 10, 24 * KIB_PER_MIB));
	char buf[32];
	struct text left;

	text_init(&left, buf, sizeof(buf));
	units_kib(&left, left_kib);
	if (left_kib < critical)
		risk_deserve(risk, LEVEL_CRITICAL, "only %s left, cache and swap included", buf);
	else if (left_kib < warn)
		risk_deserve(risk, LEVEL_WARN, "only %s left, cache and swap included", buf);
}

/**
 * Reclaim that gets nowhere, and stalls.  Only with little left, as a copy to a slow disk
 * stalls too, and only while allocations of the machine itself wait for reclaim (cgroups do
 * not count there): one throttled cgroup also raises the PSI of the whole machine.
 */
static void judge_reclaim(const struct facts_of_risk *facts, struct risk *risk)
{
	const struct reclaim *reclaim = facts->in->reclaim;
	const int64_t efficiency = value_or(reclaim->efficiency_percent, 100);

	if (value_or(reclaim->direct_stalls_per_s, 0) <= 0 || facts->stage < RECLAIM_DIRECT)
		return;
	if (facts->left_percent < 10 && facts->full_centi >= 1000)
		risk_deserve(risk, LEVEL_CRITICAL,
			"everything stalls %" PRId64 "%% of the time, %" PRId64 "%% left",
			facts->full_centi / 100, facts->left_percent);
	if (facts->left_percent < 10 && efficiency < 10)
		risk_deserve(risk, LEVEL_CRITICAL,
			"reclaim gets %" PRId64 " of 100 pages, %" PRId64 "%% left", efficiency,
			facts->left_percent);
	if (facts->stage < RECLAIM_THRASHING)
		return;
	if (facts->left_percent < 10 && facts->full_centi >= 500)
		risk_deserve(
			risk, LEVEL_WARN, "thrashing, %" PRId64 "%% left", facts->left_percent);
	/* Swap keeps the killer away, but nobody gets any work done. */
	if (facts->ram_percent < 10 && facts->full_centi >= 2000)
		risk_deserve(risk, LEVEL_WARN,
			"thrashing: everything stalls %" PRId64 "%% of the time",
			facts->full_centi / 100);
}

static void judge_kills(const struct facts_of_risk *facts, struct risk *risk)
{
	const struct history *history = facts->in->history;
	const int64_t now_ms = facts->in->now->uptime_ms;

	if (!value_known(history->kill_ms) || !value_known(now_ms) || now_ms < history->kill_ms ||
		now_ms - history->kill_ms > LEVEL_KILL_NEWS_MS)
		return;
	risk_deserve(risk, LEVEL_WARN, "the kernel killed %" PRId64 " process%s %" PRId64 "s ago",
		history->kills, history->kills == 1 ? "" : "es",
		(now_ms - history->kill_ms) / 1000);
}

static int64_t total_ram_kib(const struct snapshot *now)
{
	const int64_t kib = value_known(now->mem.mem_total_kib)
		? now->mem.mem_total_kib
		: snapshot_kib(now, now->total_ram_pages);

	return value_known(kib) && kib > 0 ? kib : VALUE_UNKNOWN;
}

/**
 * It is less than RAM where huge pages are set aside and on small guests, where the kernel
 * takes much.  But a leak in the kernel must not make the rest look like all there is, so
 * that share is bounded to a fifth.
 */
int64_t risk_usable_kib(int64_t total, int64_t hugetlb, int64_t used)
{
	const int64_t least = (total - value_min(value_or(hugetlb, 0), total)) / 5 * 4;

	return value_known(used) ? value_max(least, value_min(used, total)) : total;
}

static int64_t usable_kib(const struct risk_inputs *in, const struct left *left, int64_t total)
{
	const struct meminfo *mem = &in->now->mem;
	const int64_t used = value_add(mem->anon_kib, mem->shmem_kib);

	return risk_usable_kib(total, in->account->hugetlb_kib,
		value_add(used, value_add(left->free_kib, left->cache_kib)));
}

int64_t risk_percent(int64_t part, int64_t whole)
{
	return part / value_max(whole / 100, 1);
}

static void judge_level(
	const struct risk_inputs *in, const struct forecast *forecast, struct risk *risk)
{
	const int64_t total = total_ram_kib(in->now);
	struct facts_of_risk facts = {
		.in = in,
		.forecast = forecast,
		.full_centi = value_or(in->now->pressure.full.avg10_centi, 0),
		.stage = reclaim_stage_of(in->reclaim),
	};

	if (value_known(total) && value_known(risk->left.high_kib)) {
		const int64_t usable = usable_kib(in, &risk->left, total);

		facts.left_percent = risk_percent(risk->left.high_kib, usable);
		facts.ram_percent =
			risk_percent(value_add(risk->left.free_kib, risk->left.cache_kib), usable);
		judge_forecast(&facts, risk);
		risk_by_amount(risk, total);
		judge_reclaim(&facts, risk);
	}
	judge_kills(&facts, risk);
}

void risk_set_filling(struct risk *risk, uint32_t task, int64_t most_per_s, int64_t all_per_s)
{
	risk->filling = NO_TASK;
	risk->filling_bytes_per_s = VALUE_UNKNOWN;
	risk->filling_percent = VALUE_UNKNOWN;
	if (most_per_s < FILLING_MIN_BYTES_PER_S ||
		most_per_s / 100 < all_per_s / 10000 * FILLING_MIN_PERCENT)
		return;
	risk->filling = task;
	risk->filling_bytes_per_s = most_per_s;
	risk->filling_percent = value_min(risk_percent(most_per_s, all_per_s), 100);
}

/** The process that takes most, if it matters: the leaker is often not the victim. */
void risk_find_filling(const struct snapshot *now, struct risk *risk)
{
	uint32_t filling = NO_TASK;
	int64_t sum = 0;
	int64_t most = 0;

	for (uint32_t i = 0; i < now->n_tasks; i++) {
		const struct task *task = &now->tasks[i];
		const int64_t growth = task->growth_bytes_per_s[GROWTH_10S];

		if (!(task->has & TASK_HAS_GROWTH) || growth <= 0 ||
			!scope_contains(now, &risk->where, task))
			continue;
		sum = value_add(sum, growth);
		if (growth > most) {
			most = growth;
			filling = i;
		}
	}
	risk_set_filling(risk, filling, most, sum);
}

void risk_set_forecast(struct risk *risk, const struct forecast *forecast)
{
	risk->slope_kib_per_s = forecast->slope_kib_per_s;
	risk->forecast_s = forecast->seconds;
	risk->forecast_low_s = forecast->low_s;
	risk->forecast_high_s = forecast->high_s;
	snprintf(risk->no_forecast_why, sizeof(risk->no_forecast_why), "%s", forecast->why_none);
}

void risk_of_system(const struct risk_inputs *in, struct risk *ret)
{
	struct forecast forecast;

	memset(ret, 0, sizeof(*ret));
	ret->where = (struct scope)SCOPE_OF_SYSTEM;
	snprintf(ret->scope, sizeof(ret->scope), "system");
	snprintf(ret->scope_words, sizeof(ret->scope_words), "machine");
	ret->victim = in->oom->victim;

	left_of_system(in->now, in->views, &ret->left);
	forecast_of(in->history, &ret->left, in->reclaim, &forecast);
	risk_set_forecast(ret, &forecast);
	risk_find_filling(in->now, ret);
	judge_level(in, &forecast, ret);
}

void risk_hold(struct history *history, const struct snapshot *now, struct risk *risk)
{
	const int64_t now_ms = now->uptime_ms;
	const struct level_deserved deserved = {
		.level = risk->level,
		.by_forecast = risk->by_forecast,
		.has_forecast = value_known(risk->forecast_s),
	};

	if (now_ms < 0)
		return; /* not known */

	forecast_note(deserved.has_forecast, now_ms, &history->forecast_since_ms);
	risk->level = level_hold(&history->hold, now_ms, &deserved, risk->why, sizeof(risk->why));
}
