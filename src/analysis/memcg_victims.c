/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "analysis/memcgs_parts.h"
#include "analysis/race.h"
#include "analysis/victim_parts.h"

/** The race of a cgroup. */
struct lane {
	struct race race;
	uint32_t next; /**< the limited cgroup at or above this one, NO_MEMCG */
};

struct scan {
	const struct memcgs_judging *judging;
	struct lane *lanes; /**< parallel to snapshot->memcgs */
	struct badness_scope scope;
	uint8_t *candidates;   /**< parallel to the tasks; only where children are sacrificed */
	struct badness *terms; /**< the same */
};

/* The first limited cgroup at or above one; the same as scope_contains() has it. */
static uint32_t first_race(const struct scan *scan, uint32_t memcg)
{
	return memcg == NO_MEMCG ? NO_MEMCG : scan->lanes[memcg].next;
}

static uint32_t next_race(const struct scan *scan, uint32_t race)
{
	const uint32_t parent = scan->judging->now->memcgs[race].parent;

	return parent < race ? scan->lanes[parent].next : NO_MEMCG;
}

static bool takes_part(const struct scan *scan, uint32_t race, uint32_t memcg)
{
	return race == memcg || !scan->judging->now->memcgs[race].flat;
}

static void add_growth(const struct task *task, uint32_t index, struct memcg_view *view)
{
	const int64_t growth = task->growth_bytes_per_s[GROWTH_10S];

	if (!(task->has & TASK_HAS_GROWTH) || growth <= 0)
		return;
	view->growth_bytes_per_s = value_add(view->growth_bytes_per_s, growth);
	if (growth > view->filling_bytes_per_s) {
		view->filling_bytes_per_s = growth;
		view->filling = index;
	}
}

static void add_candidate(
	struct scan *scan, uint32_t task, uint32_t memcg, const struct badness *terms)
{
	const struct snapshot *now = scan->judging->now;

	for (uint32_t i = first_race(scan, memcg); i != NO_MEMCG; i = next_race(scan, i)) {
		int64_t total;

		scan->scope.totalpages = scan->judging->views[i].totalpages;
		if (!takes_part(scan, i, memcg) || !value_known(scan->scope.totalpages))
			continue;
		total = badness_total(&scan->scope, &now->tasks[task], terms);
		race_enter(now, task, total, &scan->lanes[i].race);
	}
}

static void look_at(struct scan *scan, const struct badness_scope *machine, uint32_t index)
{
	const struct snapshot *now = scan->judging->now;
	const struct task *task = &now->tasks[index];
	const uint32_t memcg = scope_memcg_of(now, task);
	const uint32_t first = first_race(scan, memcg);
	enum exempt exempt;
	struct badness terms;

	for (uint32_t i = first; i != NO_MEMCG; i = next_race(scan, i)) {
		if (takes_part(scan, i, memcg))
			add_growth(task, index, &scan->judging->views[i]);
	}
	if (first == NO_MEMCG)
		return;

	exempt = exempt_before_score(now, task);
	if (exempt == EXEMPT_NONE)
		exempt = exempt_by_score(machine, task);
	for (uint32_t i = first; exempt == EXEMPT_UNREADABLE && i != NO_MEMCG;
		i = next_race(scan, i))
		scan->lanes[i].race.unreadable |= takes_part(scan, i, memcg);
	if (exempt != EXEMPT_NONE)
		return;

	badness_of(machine, task, &terms);
	add_candidate(scan, index, memcg, &terms);
	if (scan->candidates) {
		scan->candidates[index] = 1;
		scan->terms[index] = terms;
	}
}

/* The child of a chosen process that dies in its place: of one pass over all tasks. */
static void look_at_child(struct scan *scan, uint32_t index)
{
	const struct snapshot *now = scan->judging->now;
	const struct task *task = &now->tasks[index];
	const uint32_t memcg = scope_memcg_of(now, task);
	const uint32_t parent = victim_find_pid(now, task->ppid);

	if (!scan->candidates[index] || parent == NO_TASK || parent == index ||
		badness_may_share(&now->tasks[parent], task))
		return;
	for (uint32_t i = first_race(scan, memcg); i != NO_MEMCG; i = next_race(scan, i)) {
		struct race *race = &scan->lanes[i].race;
		int64_t total;

		if (race->first != parent || !takes_part(scan, i, memcg))
			continue;
		scan->scope.totalpages = scan->judging->views[i].totalpages;
		total = badness_total(&scan->scope, task, &scan->terms[index]);
		race_enter_child(now, index, total, race);
	}
}

static void set_victim(const struct scan *scan, uint32_t memcg)
{
	const struct snapshot *now = scan->judging->now;
	struct memcg_view *view = &scan->judging->views[memcg];
	const struct scope scope = { .kind = SCOPE_MEMCG, .memcg = memcg };
	bool known;

	view->victim = race_victim(now, &scope, view->totalpages, &scan->lanes[memcg].race);
	if (view->victim != NO_TASK)
		view->group = also_group(now, &scope, view->victim, &known);
}

static int allocate(struct scan *scan, struct arena *arena)
{
	const struct snapshot *now = scan->judging->now;

	scan->lanes = arena_array(arena, now->n_memcgs, sizeof(*scan->lanes));
	if (!scan->lanes)
		return -ENOMEM;
	if (now->n_tasks > 0 && now->kernel.formula == FORMULA_2_6_32) {
		scan->scope.children_pages = victim_children(now, arena);
		if (!scan->scope.children_pages)
			return -ENOMEM;
	}
	if (now->n_tasks == 0 || !now->kernel.sacrifices_child)
		return 0;
	scan->candidates = arena_array(arena, now->n_tasks, sizeof(*scan->candidates));
	scan->terms = arena_array(arena, now->n_tasks, sizeof(*scan->terms));
	return scan->candidates && scan->terms ? 0 : -ENOMEM;
}

static void line_up(const struct scan *scan)
{
	const struct snapshot *now = scan->judging->now;

	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		const struct scope scope = { .kind = SCOPE_MEMCG, .memcg = i };
		struct lane *lane = &scan->lanes[i];

		race_init(&lane->race);
		lane->next = scan->judging->views[i].limited ? i : next_race(scan, i);
		if (lane->next == i)
			scan->judging->views[i].totalpages = scope_totalpages(now, &scope);
	}
}

int memcg_find_victims(const struct memcgs_judging *judging, struct arena *arena)
{
	const struct snapshot *now = judging->now;
	const struct scope whole = SCOPE_OF_SYSTEM;
	struct scan scan = { .judging = judging, .scope = { .snapshot = now } };
	struct badness_scope machine;

	if (allocate(&scan, arena))
		return -ENOMEM;
	line_up(&scan);
	machine = scan.scope;
	machine.totalpages = scope_totalpages(now, &whole);
	for (uint32_t i = 0; i < now->n_tasks; i++)
		look_at(&scan, &machine, i);
	for (uint32_t i = 0; scan.candidates && i < now->n_tasks; i++)
		look_at_child(&scan, i);
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		if (judging->views[i].limited)
			set_victim(&scan, i);
	}
	return 0;
}
