/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "analysis/victim_parts.h"

/** How a process dies. */
enum death {
	LIVES,
	KILLED,     /**< the victim, or a member of its group */
	MEMORY_OUT, /**< it uses the memory of one that is killed */
};

/* The root cgroup has no such file. */
static bool may_have_group(const struct snapshot *snapshot, uint32_t memcg)
{
	return snapshot->kernel.has_oom_group &&
		(snapshot->memcgs[memcg].parent != NO_MEMCG ||
			strcmp(snapshot->memcgs[memcg].path, "/") != 0);
}

uint32_t also_group(
	const struct snapshot *snapshot, const struct scope *scope, uint32_t task, bool *ret_known)
{
	uint32_t memcg = scope_memcg_of(snapshot, &snapshot->tasks[task]);
	uint32_t group = NO_MEMCG;

	*ret_known = true;
	if (memcg == NO_MEMCG) {
		*ret_known = !(snapshot->memcg_version == 2 && snapshot->kernel.has_oom_group);
		return NO_MEMCG;
	}
	if (snapshot->memcgs[memcg].version != 2)
		return NO_MEMCG;

	/* The highest decides, so what is below it need not be known. */
	while (memcg != NO_MEMCG) {
		const int64_t oom_group = snapshot->memcgs[memcg].oom_group;

		if (oom_group == 1) {
			group = memcg;
			*ret_known = true;
		} else if (!value_known(oom_group) && may_have_group(snapshot, memcg)) {
			*ret_known = false;
		}
		if (scope->kind == SCOPE_MEMCG && memcg == scope->memcg)
			break;
		memcg = scope_charged_above(snapshot, memcg);
	}
	return group;
}

/* oom_kill_memcg_member() */
static bool dies_as_member(const struct snapshot *snapshot, const struct oom *oom, uint32_t task)
{
	const enum exempt exempt = oom->judged[task].exempt;

	return exempt != EXEMPT_KTHREAD && exempt != EXEMPT_NO_MM && exempt != EXEMPT_ADJ_MIN &&
		!exempt_is_init(snapshot, &snapshot->tasks[task]);
}

/* oom_kill_process(), later __oom_kill_process(): not init, not kernel threads. */
static bool dies_as_sharer(const struct snapshot *snapshot, const struct oom *oom, uint32_t task)
{
	const struct task *sharer = &snapshot->tasks[task];

	if (exempt_is_init(snapshot, sharer) || oom->judged[task].exempt == EXEMPT_KTHREAD)
		return false;
	return !(snapshot->kernel.spares_adj_min_sharers && sharer->has & TASK_HAS_ADJ &&
		sharer->oom_score_adj <= -1000);
}

/* The process with which a task shares its memory, or NO_TASK. */
static uint32_t partner_of(const struct snapshot *snapshot, uint32_t task)
{
	const struct task *it = &snapshot->tasks[task];

	if (!it->mm_shared || it->mm_compared == 0)
		return NO_TASK;
	return victim_find_pid(snapshot, it->mm_compared);
}

static void mark_sharers(const struct snapshot *snapshot, const struct oom *oom, uint8_t *deaths)
{
	if (!snapshot->kernel.kills_sharers)
		return;
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		const uint32_t partner = partner_of(snapshot, i);

		if (partner == NO_TASK)
			continue;
		if (deaths[partner] == KILLED && deaths[i] == LIVES &&
			dies_as_sharer(snapshot, oom, i))
			deaths[i] = MEMORY_OUT;
		if (deaths[i] == KILLED && deaths[partner] == LIVES &&
			dies_as_sharer(snapshot, oom, partner))
			deaths[partner] = MEMORY_OUT;
	}
}

/* Of two that are killed and share their memory, it is given back once. */
static bool is_counted_elsewhere(
	const struct snapshot *snapshot, const uint8_t *deaths, uint32_t task)
{
	const uint32_t partner = partner_of(snapshot, task);

	if (partner == NO_TASK || partner == task || deaths[partner] != KILLED)
		return false;
	return partner < task || partner_of(snapshot, partner) != task;
}

static int64_t gives_back_kib(const struct snapshot *snapshot, const uint8_t *deaths)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		if (deaths[i] == KILLED && !is_counted_elsewhere(snapshot, deaths, i))
			sum = value_add(sum, victim_gives_back_kib(snapshot, &snapshot->tasks[i]));
	}
	return sum;
}

static void mark_group(const struct snapshot *snapshot, const struct oom *oom, uint8_t *deaths)
{
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		const uint32_t memcg = scope_memcg_of(snapshot, &snapshot->tasks[i]);

		if (scope_is_within(snapshot, memcg, oom->group) &&
			dies_as_member(snapshot, oom, i))
			deaths[i] = KILLED;
	}
}

int also_find(const struct snapshot *snapshot, struct arena *arena, struct oom *oom)
{
	uint8_t *deaths = arena_array(arena, snapshot->n_tasks, sizeof(*deaths));
	uint32_t *also = arena_array(arena, snapshot->n_tasks, sizeof(*also));

	if (!deaths || !also)
		return -ENOMEM;

	deaths[oom->victim] = KILLED;
	oom->also = also;
	oom->n_also = 0;
	oom->group = also_group(snapshot, &oom->scope, oom->victim, &oom->also_known);
	if (oom->group != NO_MEMCG) {
		oom->outcome = OUTCOME_KILL_GROUP;
		mark_group(snapshot, oom, deaths);
	}
	mark_sharers(snapshot, oom, deaths);
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		if (deaths[i] != LIVES && i != oom->victim)
			also[oom->n_also++] = i;
	}
	oom->gives_back_kib = gives_back_kib(snapshot, deaths);
	return 0;
}
