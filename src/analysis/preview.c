/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/preview.h"

#include <errno.h>
#include <string.h>

#include "analysis/plan.h"
#include "analysis/standing.h"
#include "analysis/victim_parts.h"

bool preview_possible(enum exempt exempt)
{
	return exempt == EXEMPT_NONE || exempt == EXEMPT_ADJ_MIN;
}

/* The score that the kernel showed was made with the old value. */
static void set_adj(struct task *task, int32_t adj)
{
	task->oom_score_adj = adj;
	task->has = (task->has | TASK_HAS_ADJ) & ~(uint32_t)TASK_HAS_SCORE;
}

static void find_moved(const struct preview_write *write, struct preview *preview)
{
	const struct snapshot *now = write->now;
	const uint32_t task = write->task;

	preview->moved[0] = task;
	preview->n_moved = 1;
	if (now->kernel.adj_reach == ADJ_REACHES_ONE)
		return;
	for (uint32_t i = 0; i < now->n_tasks && preview->n_moved < PREVIEW_MOVED_MAX; i++) {
		if (i != task && badness_shares(&now->tasks[i], &now->tasks[task]) &&
			preview_possible(write->oom->judged[i].exempt))
			preview->moved[preview->n_moved++] = i;
	}
}

int preview_make(const struct preview_write *write, struct arena *arena, struct preview *ret)
{
	const struct snapshot *now = write->now;

	ret->snapshot = *now;
	ret->tasks = arena_array(arena, now->n_tasks, sizeof(*ret->tasks));
	if (!ret->tasks)
		return -ENOMEM;
	memcpy(ret->tasks, now->tasks, now->n_tasks * sizeof(*ret->tasks));
	ret->snapshot.tasks = ret->tasks;

	find_moved(write, ret);
	for (uint32_t i = 0; i < ret->n_moved; i++)
		set_adj(&ret->tasks[ret->moved[i]], write->adj);
	return victim_judge_in(&ret->snapshot, &write->oom->scope, arena, &ret->oom);
}

static bool is_moved(const struct preview *preview, uint32_t task)
{
	for (uint32_t i = 0; i < preview->n_moved; i++) {
		if (preview->moved[i] == task)
			return true;
	}
	return false;
}

/* The candidates if none of the moved were at -1000; returns how many others there are. */
static uint32_t fill_order(const struct preview *preview, uint32_t *order)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < preview->oom.n_order; i++) {
		if (!is_moved(preview, preview->oom.order[i]))
			order[n++] = preview->oom.order[i];
	}
	memcpy(order + n, preview->moved, preview->n_moved * sizeof(*order));
	return n;
}

/* Whom the scan chooses at another value; *ret_first: who dies then. */
static uint32_t choose_at(struct preview *preview, int32_t adj, uint32_t *ret_first)
{
	const struct badness_scope scope = victim_scope(&preview->snapshot, &preview->oom);
	const struct standing standing = { .snapshot = &preview->snapshot, .oom = &preview->oom };
	uint32_t chosen, child;

	for (uint32_t i = 0; i < preview->n_moved; i++) {
		const uint32_t task = preview->moved[i];

		set_adj(&preview->tasks[task], adj);
		badness_of(&scope, &preview->tasks[task], &preview->oom.judged[task].badness);
		preview->oom.judged[task].exempt = EXEMPT_NONE;
	}
	chosen = standing_first(&standing);
	child = standing_child(&standing, chosen);
	*ret_first = child == NO_TASK ? chosen : child;
	return chosen;
}

/* Chosen, or first for its parent: what is so at one value is so at every higher one. */
static bool is_up(struct preview *preview, int32_t adj)
{
	uint32_t first;
	const uint32_t chosen = choose_at(preview, adj, &first);

	return is_moved(preview, first) || is_moved(preview, chosen);
}

int preview_threshold_of(
	struct preview *preview, struct arena *arena, struct preview_threshold *ret)
{
	const uint32_t most = preview->oom.n_order + preview->n_moved;
	uint32_t *order = arena_array(arena, most, sizeof(*order));
	struct preview_threshold threshold = { .least = ADJ_LEAST + 1 };
	int32_t high = ADJ_MOST + 1;
	uint32_t others;

	if (!order)
		return -ENOMEM;
	others = fill_order(preview, order);
	threshold.alone = others == 0;
	preview->oom.order = order;
	preview->oom.n_order = others + preview->n_moved;

	while (threshold.least < high) {
		const int32_t middle = threshold.least + (high - threshold.least) / 2;

		if (is_up(preview, middle))
			high = middle;
		else
			threshold.least = middle + 1;
	}
	if (threshold.least <= ADJ_MOST) {
		uint32_t first;

		choose_at(preview, threshold.least, &first);
		threshold.child_instead = !is_moved(preview, first);
	}

	*ret = threshold;
	return 0;
}
