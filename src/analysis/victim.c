/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/victim.h"

#include <errno.h>
#include <string.h>

#include "analysis/reason.h"
#include "analysis/standing.h"
#include "base/sort.h"

/** From here on a recomputed score is no rounding of the 0 that the kernel shows. */
#define SCORE_TELLING 2

const char *outcome_id(enum oom_outcome outcome)
{
	static const char *const ids[] = {
		[OUTCOME_KILL] = "kill",
		[OUTCOME_KILL_GROUP] = "kill_group",
		[OUTCOME_KILL_ALLOCATING_TASK] = "kill_allocating_task",
		[OUTCOME_PANIC] = "panic",
		[OUTCOME_NO_VICTIM] = "no_victim",
		[OUTCOME_UNKNOWN] = "unknown",
	};

	return ids[outcome];
}

const char *constraint_id(enum oom_constraint constraint)
{
	static const char *const ids[] = {
		[CONSTRAINT_NONE] = "none",
		[CONSTRAINT_MEMCG] = "memcg",
		[CONSTRAINT_CPUSET] = "cpuset",
		[CONSTRAINT_MEMORY_POLICY] = "memory_policy",
	};

	return ids[constraint];
}

int64_t victim_gives_back_kib(const struct snapshot *snapshot, const struct task *task)
{
	if (!value_known(task->pgtables_bytes))
		return VALUE_UNKNOWN;
	return value_add(value_mul(task->rss_anon_pages, snapshot->page_bytes / 1024),
		task->pgtables_bytes / 1024);
}

/* The index of a process, or NO_TASK; tasks are in order of pid. */
static uint32_t find_pid(const struct snapshot *snapshot, int32_t pid)
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

/* What the children of each process add to its score; NULL without memory. */
static const int64_t *add_children(const struct snapshot *snapshot, struct arena *arena)
{
	int64_t *pages = arena_array(arena, snapshot->n_tasks, sizeof(*pages));

	if (!pages)
		return NULL;
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		const struct task *child = &snapshot->tasks[i];
		const uint32_t parent = find_pid(snapshot, child->ppid);

		if (parent != NO_TASK)
			pages[parent] = value_add(pages[parent],
				badness_child_pages(&snapshot->tasks[parent], child));
	}
	return pages;
}

static bool is_init(const struct snapshot *snapshot, const struct task *task)
{
	/* PID 1 of another PID namespace is no init to the killer. */
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

/* What can be told before the score. */
static enum exempt exempt_of(const struct snapshot *snapshot, const struct task *task)
{
	if (is_init(snapshot, task))
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
static bool score_says_never(
	const struct badness_scope *scope, const struct task *task, const struct badness *badness)
{
	const struct kernel_profile *kernel = &scope->snapshot->kernel;
	struct badness least = *badness;

	if (!kernel->has_oom_skip || !(task->has & TASK_HAS_SCORE) || task->oom_score != 0)
		return false;
	if (!kernel->score_sees_skip && scope->snapshot->partial == PARTIAL_LXCFS)
		return false;
	if (!badness->known)
		return false;

	least.total = value_add(badness->total, -badness->error_pages);
	return badness_score(scope, &least) >= SCORE_TELLING;
}

/* Which of the two marks the score speaks of. */
static enum exempt exempt_by_score(const struct snapshot *snapshot, const struct task *task)
{
	const uint32_t parent = find_pid(snapshot, task->ppid);

	if (snapshot->kernel.skips_vfork && parent != NO_TASK &&
		badness_may_share(&snapshot->tasks[parent], task))
		return EXEMPT_VFORK;
	return EXEMPT_OOM_SKIP;
}

static void judge_task(
	const struct badness_scope *scope, const struct task *task, struct judged *judged)
{
	struct badness *badness = &judged->badness;

	judged->points_tenths = VALUE_UNKNOWN;
	judged->exempt = exempt_of(scope->snapshot, task);
	if (judged->exempt == EXEMPT_KTHREAD || judged->exempt == EXEMPT_NO_MM)
		return;

	badness_of(scope, task, badness);
	judged->mem_pages =
		value_add(value_add(badness->rss_pages, badness->swap_pages), badness->table_pages);
	if (judged->exempt == EXEMPT_NONE && score_says_never(scope, task, badness))
		judged->exempt = exempt_by_score(scope->snapshot, task);
	if (judged->exempt == EXEMPT_NONE && badness->known)
		judged->points_tenths = badness_points_tenths(scope, badness);
}

static int compare_tasks(uint32_t a, uint32_t b, const void *context)
{
	return standing_before(context, a, b) ? -1 : 1;
}

/* Rank 1 is who dies: the child where one is sacrificed, then its parent, then the rest. */
static void set_ranks(const struct snapshot *snapshot, struct oom *oom)
{
	const struct standing now = { .snapshot = snapshot, .oom = oom };
	uint32_t child;

	if (oom->n_order == 0)
		return;

	oom->first = oom->chosen = oom->order[0];
	if (oom->n_order > 1)
		oom->margin_pages = value_add(oom->judged[oom->order[0]].badness.total_pages,
			-oom->judged[oom->order[1]].badness.total_pages);

	child = standing_child(&now, oom->chosen);
	if (child != NO_TASK) {
		uint32_t at = 0;

		while (oom->order[at] != child)
			at++;
		memmove(oom->order + 1, oom->order, at * sizeof(*oom->order));
		oom->order[0] = oom->first = child;
	}
	for (uint32_t i = 0; i < oom->n_order; i++)
		oom->judged[oom->order[i]].rank = i + 1;
}

/* In the order of out_of_memory(): panic_on_oom, the allocating task, the scan. */
static enum oom_outcome outcome_of(const struct snapshot *snapshot, const struct oom *oom)
{
	const struct knobs *knobs = &snapshot->knobs;

	if (snapshot->n_tasks == 0 || !value_known(oom->totalpages))
		return OUTCOME_UNKNOWN;
	if (value_or(knobs->panic_on_oom, 0) != 0)
		return OUTCOME_PANIC;
	if (value_or(knobs->oom_kill_allocating_task, 0) != 0)
		return OUTCOME_KILL_ALLOCATING_TASK;
	if (oom->n_order > 0)
		return OUTCOME_KILL;
	if (snapshot->partial != PARTIAL_NONE || oom->exempt_count[EXEMPT_UNREADABLE] > 0)
		return OUTCOME_UNKNOWN;
	return snapshot->kernel.panic_on_no_victim ? OUTCOME_PANIC : OUTCOME_NO_VICTIM;
}

/* Whether a process that uses the victim's memory dies with it (oom_kill_process(): not
 * init, not kernel threads). */
static bool dies_too(const struct snapshot *snapshot, const struct oom *oom, uint32_t task)
{
	const enum exempt exempt = oom->judged[task].exempt;

	if (task == oom->victim ||
		!badness_shares(&snapshot->tasks[oom->victim], &snapshot->tasks[task]))
		return false;
	if (exempt == EXEMPT_ADJ_MIN)
		return !snapshot->kernel.spares_adj_min_sharers;
	return exempt != EXEMPT_INIT && exempt != EXEMPT_KTHREAD;
}

static void add_sharers(const struct snapshot *snapshot, struct oom *oom)
{
	if (!snapshot->kernel.kills_sharers)
		return;
	for (uint32_t i = 0; i < snapshot->n_tasks && oom->n_also < ALSO_MAX; i++)
		if (dies_too(snapshot, oom, i))
			oom->also[oom->n_also++] = i;
}

static void set_outcome(const struct snapshot *snapshot, struct oom *oom)
{
	oom->outcome = outcome_of(snapshot, oom);
	if (oom->outcome == OUTCOME_KILL) {
		oom->victim = oom->first;
		oom->gives_back_kib =
			victim_gives_back_kib(snapshot, &snapshot->tasks[oom->victim]);
		add_sharers(snapshot, oom);
	}
	reason_of(snapshot, oom);
	certain_judge(snapshot, oom);
}

static void judge_all(const struct badness_scope *scope, uint32_t *scratch, struct oom *oom)
{
	const struct snapshot *snapshot = scope->snapshot;
	const struct standing now = { .snapshot = snapshot, .oom = oom };

	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		judge_task(scope, &snapshot->tasks[i], &oom->judged[i]);
		if (oom->judged[i].exempt == EXEMPT_NONE) {
			oom->order[oom->n_order++] = i;
		} else {
			oom->exempt_count[oom->judged[i].exempt]++;
			oom->n_exempt++;
		}
	}
	sort_indexes(oom->order, oom->n_order, scratch, compare_tasks, &now);
}

static int64_t total_pages(const struct snapshot *snapshot)
{
	const int64_t total = value_add(snapshot->total_ram_pages, snapshot->total_swap_pages);

	return total > 0 ? total : VALUE_UNKNOWN;
}

int victim_judge(const struct snapshot *snapshot, struct arena *arena, struct oom *ret)
{
	struct badness_scope scope = { .snapshot = snapshot };
	uint32_t *scratch = NULL;
	struct oom oom = {
		.scope = SCOPE_SYSTEM,
		.scope_name = "system",
		.constraint = CONSTRAINT_NONE,
		.totalpages = total_pages(snapshot),
		.first = NO_TASK,
		.victim = NO_TASK,
		.chosen = NO_TASK,
		.victim_at_forecast = NO_TASK,
		.overtaker = NO_TASK,
		.overtaken_in_s = VALUE_UNKNOWN,
		.gives_back_kib = VALUE_UNKNOWN,
		.margin_pages = VALUE_UNKNOWN,
	};

	scope.totalpages = oom.totalpages;
	if (snapshot->n_tasks > 0) {
		oom.judged = arena_array(arena, snapshot->n_tasks, sizeof(*oom.judged));
		oom.order = arena_array(arena, snapshot->n_tasks, sizeof(*oom.order));
		scratch = arena_array(arena, snapshot->n_tasks, sizeof(*scratch));
		if (!oom.judged || !oom.order || !scratch)
			return -ENOMEM;
	}
	if (snapshot->n_tasks > 0 && snapshot->kernel.formula == FORMULA_2_6_32) {
		oom.children_pages = scope.children_pages = add_children(snapshot, arena);
		if (!scope.children_pages)
			return -ENOMEM;
	}

	judge_all(&scope, scratch, &oom);
	set_ranks(snapshot, &oom);
	set_outcome(snapshot, &oom);

	*ret = oom;
	return 0;
}
