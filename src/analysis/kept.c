/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/kept.h"

#include <stdbool.h>
#include <string.h>

#include "analysis/scope.h"
#include "base/value.h"

static bool holds(const uint32_t *list, uint32_t n, uint32_t index)
{
	for (uint32_t i = 0; i < n; i++)
		if (list[i] == index)
			return true;
	return false;
}

static void add_task(const struct snapshot *now, uint32_t task, struct kept *kept)
{
	if (task < now->n_tasks && kept->n_tasks < KEPT_TASKS &&
		!holds(kept->tasks, kept->n_tasks, task))
		kept->tasks[kept->n_tasks++] = task;
}

static int64_t size_of(const struct task *task)
{
	return value_add(value_or(task->rss_stat_pages, 0), value_or(task->swap_pages, 0));
}

/* What a shell starts and is gone in a moment: a record of those costs much and tells nothing. */
static bool is_passing(const struct snapshot *now, const struct task *task)
{
	/* A record may tell any number: not too large to be multiplied. */
	const uint64_t per_s = now->clk_tck > 0 ? (uint64_t)now->clk_tck : 100;
	const int64_t begun_ms = (int64_t)(task->start_ticks % (UINT64_C(1) << 50) * 1000 / per_s);

	return now->uptime_ms - begun_ms < KEPT_YOUNG_MS &&
		size_of(task) < value_or(now->total_ram_pages, 0) / KEPT_SMALL_SHARE;
}

static void add_order(
	const struct snapshot *now, const struct oom *oom, uint32_t most, struct kept *kept)
{
	for (uint32_t i = 0; i < oom->n_order && most > 0; i++) {
		if (i >= KEPT_ANY && is_passing(now, &now->tasks[oom->order[i]]))
			continue;
		add_task(now, oom->order[i], kept);
		most--;
	}
}

static void add_named(const struct snapshot *now, const struct summary *summary, struct kept *kept)
{
	const struct oom *oom = &summary->oom;

	add_task(now, oom->victim, kept);
	add_task(now, oom->chosen, kept);
	add_task(now, oom->first, kept);
	add_task(now, oom->victim_at_forecast, kept);
	add_task(now, oom->overtaker, kept);
	for (unsigned i = 0; i < summary->n_risks; i++) {
		add_task(now, summary->risks[i].victim, kept);
		add_task(now, summary->risks[i].filling, kept);
	}
	for (uint32_t i = 0; summary->killers && i < now->n_killers; i++)
		add_task(now, summary->killers[i].victim, kept);
	for (uint32_t i = 0; i < summary->nodesets.n_sets; i++)
		add_task(now, summary->nodesets.sets[i].risk.victim, kept);
}

static int64_t growth_of(const struct task *task)
{
	const int64_t soon = value_or(task->growth_bytes_per_s[GROWTH_10S], 0);

	if (!(task->has & TASK_HAS_GROWTH))
		return 0;
	return value_max(soon, value_or(task->growth_bytes_per_s[GROWTH_1MIN], 0));
}

/* Add those of the greatest value above 0, the first of equals. */
static void add_greatest(
	const struct snapshot *now, int64_t (*value_of)(const struct task *), struct kept *kept)
{
	uint32_t best[KEPT_GREATEST];
	int64_t values[ARRAY_SIZE(best)];
	unsigned n = 0;

	for (uint32_t i = 0; i < now->n_tasks; i++) {
		const int64_t value = value_of(&now->tasks[i]);
		unsigned at = n;

		if (value <= 0 || (n == KEPT_GREATEST && value <= values[n - 1]))
			continue;
		while (at > 0 && value > values[at - 1])
			at--;
		n += n < KEPT_GREATEST;
		memmove(&best[at + 1], &best[at], (n - at - 1) * sizeof(*best));
		memmove(&values[at + 1], &values[at], (n - at - 1) * sizeof(*values));
		best[at] = i;
		values[at] = value;
	}
	for (unsigned i = 0; i < n; i++)
		add_task(now, best[i], kept);
}

/* With all that is above it, or not at all. */
static void add_memcg(const struct snapshot *now, uint32_t memcg, struct kept *kept)
{
	uint32_t missing = 0;

	for (uint32_t at = memcg; at < now->n_memcgs; at = now->memcgs[at].parent) {
		if (holds(kept->memcgs, kept->n_memcgs, at))
			break;
		missing++;
	}
	if (missing > KEPT_MEMCGS - kept->n_memcgs)
		return;
	for (; missing > 0; missing--, memcg = now->memcgs[memcg].parent)
		kept->memcgs[kept->n_memcgs++] = memcg;
}

/* The limits on the way from a process to the top. */
static void add_limits_around(const struct snapshot *now, uint32_t task, struct kept *kept)
{
	uint32_t at;

	if (task >= now->n_tasks)
		return;
	for (at = now->tasks[task].memcg; at < now->n_memcgs; at = now->memcgs[at].parent) {
		if (!memcg_is_limited(&now->memcgs[at]))
			continue;
		add_memcg(now, at, kept);
		return;
	}
}

static void add_named_memcgs(
	const struct snapshot *now, const struct summary *summary, struct kept *kept)
{
	const struct oom *oom = &summary->oom;

	add_memcg(now, oom->scope.memcg, kept);
	add_memcg(now, oom->group, kept);
	for (unsigned i = 0; i < summary->n_risks; i++)
		add_memcg(now, summary->risks[i].where.memcg, kept);
	for (uint32_t i = 0; summary->killers && i < now->n_killers; i++) {
		add_memcg(now, summary->killers[i].victim_memcg, kept);
		add_memcg(now, summary->killers[i].watched, kept);
		add_limits_around(now, summary->killers[i].victim, kept);
	}
	add_limits_around(now, oom->victim, kept);
	add_limits_around(now, oom->first, kept);
	for (unsigned i = 0; i < summary->n_risks; i++)
		add_limits_around(now, summary->risks[i].victim, kept);
}

static void add_suspects(
	const struct snapshot *now, const struct summary *summary, struct kept *kept)
{
	if (!summary->memcgs)
		return;
	for (uint32_t i = 0; i < now->n_memcgs; i++)
		if (summary->memcgs[i].level > LEVEL_OK ||
			(summary->memcgs[i].limited && value_known(summary->memcgs[i].forecast_s)))
			add_memcg(now, i, kept);
	for (uint32_t i = 0; i < now->n_memcgs; i++)
		if (summary->memcgs[i].limited && !summary->memcgs[i].at_least)
			add_memcg(now, i, kept);
}

static void sort_ascending(uint32_t *list, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		const uint32_t index = list[i];
		uint32_t at = i;

		for (; at > 0 && list[at - 1] > index; at--)
			list[at] = list[at - 1];
		list[at] = index;
	}
}

void kept_choose(const struct snapshot *now, const struct summary *summary, struct kept *ret)
{
	ret->n_tasks = ret->n_memcgs = 0;
	add_named(now, summary, ret);
	add_order(now, &summary->oom, KEPT_FIRST, ret);
	add_greatest(now, growth_of, ret);
	add_greatest(now, size_of, ret);
	add_order(now, &summary->oom, KEPT_TASKS, ret);
	add_named_memcgs(now, summary, ret);
	add_suspects(now, summary, ret);
	sort_ascending(ret->tasks, ret->n_tasks);
	sort_ascending(ret->memcgs, ret->n_memcgs);
}
