/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "analysis/nodesets_parts.h"
#include "analysis/race.h"
#include "analysis/victim_parts.h"

struct scan {
	const struct snapshot *now;
	const struct nodesets *sets;
	struct badness_scope machine;
	struct badness_scope scopes[NODESETS_MAX]; /**< parallel to the sets, as the races */
	struct race races[NODESETS_MAX];
};

static const struct scope *scope_at(const struct scan *scan, uint32_t set)
{
	return &scan->sets->sets[set].risk.where;
}

static bool takes_part(const struct scan *scan, uint32_t set, const struct task *task)
{
	return value_known(scan->scopes[set].totalpages) &&
		scope_contains(scan->now, scope_at(scan, set), task);
}

static enum exempt exempt_of(const struct scan *scan, const struct task *task)
{
	const enum exempt exempt = exempt_before_score(scan->now, task);

	return exempt == EXEMPT_NONE ? exempt_by_score(&scan->machine, task) : exempt;
}

static void look_at(struct scan *scan, uint32_t index)
{
	const struct task *task = &scan->now->tasks[index];
	const enum exempt exempt = exempt_of(scan, task);
	struct badness terms;

	if (exempt != EXEMPT_NONE && exempt != EXEMPT_UNREADABLE)
		return;
	badness_of(&scan->machine, task, &terms);
	for (uint32_t i = 0; i < scan->sets->n_sets; i++) {
		if (!takes_part(scan, i, task))
			continue;
		if (exempt == EXEMPT_UNREADABLE)
			scan->races[i].unreadable = true;
		else
			race_enter(scan->now, index, badness_total(&scan->scopes[i], task, &terms),
				&scan->races[i]);
	}
}

static bool is_first(const struct scan *scan, uint32_t task)
{
	for (uint32_t i = 0; i < scan->sets->n_sets; i++) {
		if (scan->races[i].first == task)
			return true;
	}
	return false;
}

/* The child of a chosen process that dies in its place. */
static void look_at_child(struct scan *scan, uint32_t index)
{
	const struct snapshot *now = scan->now;
	const struct task *task = &now->tasks[index];
	const uint32_t parent = victim_find_pid(now, task->ppid);
	struct badness terms;

	if (parent == NO_TASK || parent == index || !is_first(scan, parent) ||
		exempt_of(scan, task) != EXEMPT_NONE ||
		badness_may_share(&now->tasks[parent], task))
		return;
	badness_of(&scan->machine, task, &terms);
	for (uint32_t i = 0; i < scan->sets->n_sets; i++) {
		if (scan->races[i].first == parent && takes_part(scan, i, task))
			race_enter_child(now, index, badness_total(&scan->scopes[i], task, &terms),
				&scan->races[i]);
	}
}

static void line_up(struct scan *scan)
{
	const struct scope machine = SCOPE_OF_SYSTEM;

	scan->machine.totalpages = scope_totalpages(scan->now, &machine);
	for (uint32_t i = 0; i < scan->sets->n_sets; i++) {
		const struct scope *scope = scope_at(scan, i);

		scan->scopes[i] = scan->machine;
		scan->scopes[i].totalpages = scope_totalpages(scan->now, scope);
		scan->scopes[i].nodes = &scope->nodes;
		race_init(&scan->races[i]);
	}
}

int nodesets_find_victims(const struct snapshot *now, struct nodesets *sets, struct arena *arena)
{
	struct scan scan = { .now = now, .sets = sets, .machine = { .snapshot = now } };

	if (sets->n_sets == 0)
		return 0;
	if (now->n_tasks > 0 && now->kernel.formula == FORMULA_2_6_32) {
		scan.machine.children_pages = victim_children(now, arena);
		if (!scan.machine.children_pages)
			return -ENOMEM;
	}
	line_up(&scan);
	for (uint32_t i = 0; i < now->n_tasks; i++)
		look_at(&scan, i);
	for (uint32_t i = 0; now->kernel.sacrifices_child && i < now->n_tasks; i++)
		look_at_child(&scan, i);
	for (uint32_t i = 0; i < sets->n_sets; i++)
		sets->sets[i].risk.victim = race_victim(
			now, scope_at(&scan, i), scan.scopes[i].totalpages, &scan.races[i]);
	return 0;
}
