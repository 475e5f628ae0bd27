/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/victim_parts.h"

/** From here on a recomputed score is no rounding of the 0 that the kernel shows. */
#define SCORE_TELLING 2

uint32_t victim_find_pid(const struct snapshot *snapshot, int32_t pid)
{
	uint32_t low = 0, high = snapshot->n_tasks;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;

		if (snapshot->tasks[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < snapshot->n_tasks && snapshot->tasks[low].pid == pid ? low : NO_TASK;
}

const int64_t *victim_children(const struct snapshot *snapshot, struct arena *arena)
{
	int64_t *pages = arena_array(arena, snapshot->n_tasks, sizeof(*pages));

	if (!pages)
		return NULL;
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		const struct task *child = &snapshot->tasks[i];
		const uint32_t parent = victim_find_pid(snapshot, child->ppid);

		if (parent != NO_TASK)
			pages[parent] = value_add(pages[parent],
				badness_child_pages(&snapshot->tasks[parent], child));
	}
	return pages;
}

bool exempt_is_init(const struct snapshot *snapshot, const struct task *task)
{
	return task->pid == 1 && snapshot->partial != PARTIAL_PID_NAMESPACE;
}

static bool has_no_memory(const struct snapshot *snapshot, const struct task *task)
{
	const bool dead = task->state == 'Z' || task->state == 'X';

	/* Only from 2.6.36 on is a process found by those threads that outlive its leader. */
	if (dead && snapshot->kernel.formula == FORMULA_2_6_32)
		return true;
	/* Where there is no memory, status has no line about it. */
	if (!value_known(task->vsize_pages) && !value_known(task->rss_stat_pages) &&
		!value_known(task->rss_status_pages) && !value_known(task->rss_anon_pages))
		return dead || task->has & TASK_HAS_STATUS;
	return task->vsize_pages == 0 && value_or(task->rss_stat_pages, 0) == 0;
}

enum exempt exempt_before_score(const struct snapshot *snapshot, const struct task *task)
{
	if (exempt_is_init(snapshot, task))
		return EXEMPT_INIT;
	if (task->has & TASK_HAS_STAT && task_is_kthread(task))
		return EXEMPT_KTHREAD;
	if (task->has & (TASK_HAS_STAT | TASK_HAS_STATUS) && has_no_memory(snapshot, task))
		return EXEMPT_NO_MM;
	if (task->has & TASK_HAS_ADJ && task->oom_score_adj <= -1000)
		return EXEMPT_ADJ_MIN;
	if (!(task->has & (TASK_HAS_STAT | TASK_HAS_STATUS)))
		return EXEMPT_UNREADABLE;
	return EXEMPT_NONE;
}

/* oom_badness() gives 0, or LONG_MIN, to what must not be taken, and /proc shows 0 for
 * both.  Up to 5.8 little memory shows 0 too, and is little only by the machine's own
 * total. */
static bool score_says_never(const struct badness_scope *machine, const struct task *task)
{
	const struct kernel_profile *kernel = &machine->snapshot->kernel;
	struct badness least;

	if (!kernel->has_oom_skip || !(task->has & TASK_HAS_SCORE) || task->oom_score != 0)
		return false;
	if (!kernel->score_sees_skip && machine->snapshot->partial == PARTIAL_LXCFS)
		return false;
	badness_of(machine, task, &least);
	if (!least.known)
		return false;

	least.total = value_add(least.total, -least.error_pages);
	return badness_score(machine, &least) >= SCORE_TELLING;
}

enum exempt exempt_by_score(const struct badness_scope *machine, const struct task *task)
{
	const struct snapshot *snapshot = machine->snapshot;
	uint32_t parent;

	if (!score_says_never(machine, task))
		return EXEMPT_NONE;
	/* Which of the two marks it speaks of. */
	parent = victim_find_pid(snapshot, task->ppid);
	if (snapshot->kernel.skips_vfork && parent != NO_TASK &&
		badness_may_share(&snapshot->tasks[parent], task))
		return EXEMPT_VFORK;
	return EXEMPT_OOM_SKIP;
}

enum oom_constraint constraint_in(const struct snapshot *snapshot, const struct scope *scope)
{
	if (scope->kind == SCOPE_MEMCG)
		return CONSTRAINT_MEMCG;
	if (!scope_is_part(snapshot, scope))
		return CONSTRAINT_NONE;
	return scope->policy ? CONSTRAINT_MEMORY_POLICY : CONSTRAINT_CPUSET;
}

/* check_panic_on_oom() */
bool panics_on(const struct snapshot *snapshot, enum oom_constraint constraint)
{
	const int64_t panic_on_oom = value_or(snapshot->knobs.panic_on_oom, 0);

	return panic_on_oom == 2 || (panic_on_oom != 0 && constraint == CONSTRAINT_NONE);
}

/* 2.6.32..2.6.35 kill who allocates where a memory policy is in the way (out_of_memory()). */
static bool kills_allocating(const struct snapshot *snapshot, enum oom_constraint constraint)
{
	return value_or(snapshot->knobs.oom_kill_allocating_task, 0) != 0 ||
		(constraint == CONSTRAINT_MEMORY_POLICY &&
			snapshot->kernel.formula == FORMULA_2_6_32);
}

/* mem_cgroup_oom() leaves the killer out where it is disabled; a cgroup never panics for lack
 * of candidates, nor kills who allocates (out_of_memory() of mm/oom_kill.c). */
static enum oom_outcome outcome_in_memcg(
	const struct snapshot *snapshot, const struct outcome_inputs *in)
{
	const struct memcg *memcg = &snapshot->memcgs[in->scope->memcg];

	if (!memcg_is_limited(memcg) || memcg->oom_kill_disable == 1)
		return OUTCOME_NO_VICTIM;
	if (panics_on(snapshot, CONSTRAINT_MEMCG))
		return OUTCOME_PANIC;
	if (in->candidates)
		return OUTCOME_KILL;
	return snapshot->partial != PARTIAL_NONE || in->unreadable ? OUTCOME_UNKNOWN
								   : OUTCOME_NO_VICTIM;
}

/* In the order of out_of_memory(): panic_on_oom, the allocating task, the scan. */
enum oom_outcome outcome_in(const struct snapshot *snapshot, const struct outcome_inputs *in)
{
	const enum oom_constraint constraint = constraint_in(snapshot, in->scope);

	/* A report tells whom the killer went for whatever else it leaves open. */
	if (snapshot->told && snapshot->n_tasks > 0)
		return in->candidates ? OUTCOME_KILL : OUTCOME_NO_VICTIM;
	if (snapshot->n_tasks == 0 || !value_known(in->totalpages))
		return OUTCOME_UNKNOWN;
	if (in->scope->kind == SCOPE_MEMCG)
		return outcome_in_memcg(snapshot, in);
	if (panics_on(snapshot, constraint))
		return OUTCOME_PANIC;
	if (kills_allocating(snapshot, constraint))
		return OUTCOME_KILL_ALLOCATING_TASK;
	if (in->candidates)
		return OUTCOME_KILL;
	if (snapshot->partial != PARTIAL_NONE || in->unreadable)
		return OUTCOME_UNKNOWN;
	return snapshot->kernel.panic_on_no_victim ? OUTCOME_PANIC : OUTCOME_NO_VICTIM;
}
