/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/standing.h"

#include "analysis/victim_parts.h"

/**
 * Growth is drawn out this many times as far as it has been watched: what a process takes
 * in its first seconds says nothing of the next hour.
 */
#define DRAWN_OUT 30

/* Pages that a task will have more, some seconds from now. */
static int64_t growth_pages(
	const struct snapshot *snapshot, const struct task *task, int64_t seconds)
{
	const int64_t growth = standing_growth(task);

	if (task->growth_seen_ms > 0)
		seconds = value_min(seconds, value_mul(task->growth_seen_ms, DRAWN_OUT) / 1000);
	return value_mul(growth, seconds) / value_max(snapshot->page_bytes, 1);
}

int64_t standing_growth(const struct task *task)
{
	const int64_t fast = task->growth_bytes_per_s[GROWTH_10S];
	const int64_t slow = task->growth_bytes_per_s[GROWTH_1MIN];

	if (!(task->has & TASK_HAS_GROWTH))
		return 0;
	if (value_known(fast) && (fast > 0 || !value_known(slow)))
		return fast;
	return value_or(slow, 0);
}

int64_t standing_total(const struct standing *standing, uint32_t task)
{
	const struct snapshot *snapshot = standing->snapshot;
	const struct oom *oom = standing->oom;
	const struct badness_scope scope = victim_scope(snapshot, oom);
	struct badness badness;
	int64_t pages;

	if (standing->seconds == 0)
		return oom->judged[task].badness.total;
	pages = growth_pages(snapshot, &snapshot->tasks[task], standing->seconds);
	if (pages == 0)
		return oom->judged[task].badness.total;

	badness_grown(&scope, &snapshot->tasks[task], pages, &badness);
	return badness.total;
}

static bool older(const struct task *a, const struct task *b)
{
	if (a->start_ticks != b->start_ticks)
		return a->start_ticks < b->start_ticks;
	return a->pid < b->pid;
}

bool standing_wins_tie(const struct snapshot *snapshot, uint32_t a, uint32_t b)
{
	if (snapshot->kernel.tie == TIE_NEWEST)
		return older(&snapshot->tasks[b], &snapshot->tasks[a]);
	return older(&snapshot->tasks[a], &snapshot->tasks[b]);
}

bool standing_before(const struct standing *standing, uint32_t a, uint32_t b)
{
	const int64_t total_a = standing_total(standing, a);
	const int64_t total_b = standing_total(standing, b);

	if (total_a != total_b)
		return total_a > total_b;
	return standing_wins_tie(standing->snapshot, a, b);
}

uint32_t standing_first(const struct standing *standing)
{
	const struct oom *oom = standing->oom;
	uint32_t first = NO_TASK;

	for (uint32_t i = 0; i < oom->n_order; i++) {
		if (first == NO_TASK || standing_before(standing, oom->order[i], first))
			first = oom->order[i];
	}
	return first;
}

bool standing_is_child(const struct standing *standing, uint32_t chosen, uint32_t task)
{
	const struct task *tasks = standing->snapshot->tasks;

	return task != chosen && tasks[task].ppid == tasks[chosen].pid &&
		standing->oom->judged[task].exempt == EXEMPT_NONE &&
		!badness_may_share(&tasks[chosen], &tasks[task]);
}

/* oom_kill_process(): the child with the highest score, the first in the parent's list if
 * several have it; 2.6.32..2.6.35 take the first of that list, whatever its score. */
bool standing_child_wins(
	const struct snapshot *snapshot, uint32_t a, int64_t total_a, uint32_t b, int64_t total_b)
{
	if (snapshot->kernel.formula != FORMULA_2_6_32 && total_a != total_b)
		return total_a > total_b;
	return older(&snapshot->tasks[a], &snapshot->tasks[b]);
}

static bool child_before(const struct standing *standing, uint32_t a, uint32_t b)
{
	return standing_child_wins(
		standing->snapshot, a, standing_total(standing, a), b, standing_total(standing, b));
}

uint32_t standing_child(const struct standing *standing, uint32_t chosen)
{
	const struct oom *oom = standing->oom;
	uint32_t child = NO_TASK;

	if (!standing->snapshot->kernel.sacrifices_child)
		return NO_TASK;
	for (uint32_t i = 0; i < oom->n_order; i++) {
		const uint32_t task = oom->order[i];

		if (standing_is_child(standing, chosen, task) &&
			(child == NO_TASK || child_before(standing, task, child)))
			child = task;
	}
	return child;
}
