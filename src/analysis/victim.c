/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/victim.h"

#include <errno.h>
#include <string.h>

#include "analysis/reason.h"
#include "analysis/standing.h"
#include "analysis/victim_parts.h"
#include "base/sort.h"

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

struct badness_scope victim_scope(const struct snapshot *snapshot, const struct oom *oom)
{
	return (struct badness_scope){ .snapshot = snapshot,
		.totalpages = oom->totalpages,
		.children_pages = oom->children_pages,
		.nodes = oom->constraint == CONSTRAINT_CPUSET ? &oom->scope.nodes : NULL };
}

/** What all are judged by. */
struct judging {
	struct badness_scope scope;
	struct badness_scope machine; /**< for what /proc says */
};

static void judge_task(const struct judging *judging, const struct oom *oom,
	const struct task *task, struct judged *judged)
{
	const struct snapshot *snapshot = judging->scope.snapshot;
	struct badness *badness = &judged->badness;

	judged->points_tenths = VALUE_UNKNOWN;
	judged->exempt = exempt_before_score(snapshot, task);
	if (judged->exempt == EXEMPT_KTHREAD || judged->exempt == EXEMPT_NO_MM)
		return;
	if (!scope_contains(snapshot, &oom->scope, task))
		judged->exempt = EXEMPT_OUT_OF_SCOPE;

	badness_of(&judging->scope, task, badness);
	judged->mem_pages =
		value_add(value_add(badness->rss_pages, badness->swap_pages), badness->table_pages);
	if (judged->exempt == EXEMPT_NONE)
		judged->exempt = exempt_by_score(&judging->machine, task);
	if (judged->exempt == EXEMPT_NONE && badness->known)
		judged->points_tenths = badness_points_tenths(&judging->scope, badness);
}

/* Without T a score is memory alone; what a report's explanation makes of it counts then. */
static bool ranks_are_told(const struct standing *standing)
{
	return standing->snapshot->told && !value_known(standing->oom->totalpages);
}

static int compare_tasks(uint32_t a, uint32_t b, const void *context)
{
	const struct standing *standing = context;

	if (ranks_are_told(standing)) {
		const uint32_t *ranks = standing->snapshot->told->ranks;

		return (ranks[a] > ranks[b]) - (ranks[a] < ranks[b]);
	}
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

static int set_outcome(const struct snapshot *snapshot, struct arena *arena, struct oom *oom)
{
	const struct outcome_inputs in = { .scope = &oom->scope,
		.totalpages = oom->totalpages,
		.candidates = oom->n_order > 0,
		.unreadable = oom->exempt_count[EXEMPT_UNREADABLE] > 0 };

	oom->outcome = outcome_in(snapshot, &in);
	if (oom->outcome == OUTCOME_KILL) {
		oom->victim = oom->first;
		if (also_find(snapshot, arena, oom))
			return -ENOMEM;
	}
	reason_of(snapshot, oom);
	certain_judge(snapshot, oom);
	return 0;
}

static void judge_all(const struct judging *judging, uint32_t *scratch, struct oom *oom)
{
	const struct snapshot *snapshot = judging->scope.snapshot;
	const struct standing now = { .snapshot = snapshot, .oom = oom };

	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		judge_task(judging, oom, &snapshot->tasks[i], &oom->judged[i]);
		if (oom->judged[i].exempt == EXEMPT_NONE) {
			/* Of a report's row that cannot be scored. */
			if (snapshot->told && snapshot->told->ranks[i] == 0)
				continue;
			oom->order[oom->n_order++] = i;
		} else {
			oom->exempt_count[oom->judged[i].exempt]++;
			oom->n_exempt++;
		}
	}
	sort_indexes(oom->order, oom->n_order, scratch, compare_tasks, &now);
}

static struct oom blank(const struct snapshot *snapshot, const struct scope *scope)
{
	struct oom oom = {
		.scope = *scope,
		.constraint = constraint_in(snapshot, scope),
		.totalpages = scope_totalpages(snapshot, scope),
		.first = NO_TASK,
		.victim = NO_TASK,
		.chosen = NO_TASK,
		.group = NO_MEMCG,
		.also_known = true,
		.victim_at_forecast = NO_TASK,
		.overtaker = NO_TASK,
		.overtaken_in_s = VALUE_UNKNOWN,
		.gives_back_kib = VALUE_UNKNOWN,
		.margin_pages = VALUE_UNKNOWN,
	};
	struct text text;

	text_init(&text, oom.scope_name, sizeof(oom.scope_name));
	scope_id(snapshot, scope, &text);
	text_init(&text, oom.scope_words, sizeof(oom.scope_words));
	scope_words(snapshot, scope, &text);
	return oom;
}

static int allocate(const struct snapshot *snapshot, struct arena *arena, struct oom *oom,
	uint32_t **ret_scratch)
{
	if (snapshot->n_tasks == 0)
		return 0;
	oom->judged = arena_array(arena, snapshot->n_tasks, sizeof(*oom->judged));
	oom->order = arena_array(arena, snapshot->n_tasks, sizeof(*oom->order));
	*ret_scratch = arena_array(arena, snapshot->n_tasks, sizeof(**ret_scratch));
	if (!oom->judged || !oom->order || !*ret_scratch)
		return -ENOMEM;
	if (snapshot->kernel.formula != FORMULA_2_6_32)
		return 0;
	oom->children_pages = victim_children(snapshot, arena);
	return oom->children_pages ? 0 : -ENOMEM;
}

int victim_judge_in(const struct snapshot *snapshot, const struct scope *scope, struct arena *arena,
	struct oom *ret)
{
	const struct scope machine = SCOPE_OF_SYSTEM;
	struct oom oom = blank(snapshot, scope);
	struct judging judging;
	uint32_t *scratch = NULL;

	if (allocate(snapshot, arena, &oom, &scratch))
		return -ENOMEM;

	judging.scope = victim_scope(snapshot, &oom);
	judging.machine = judging.scope;
	judging.machine.nodes = NULL;
	judging.machine.totalpages = scope_totalpages(snapshot, &machine);
	judge_all(&judging, scratch, &oom);
	set_ranks(snapshot, &oom);
	if (set_outcome(snapshot, arena, &oom))
		return -ENOMEM;

	*ret = oom;
	return 0;
}

int victim_judge(const struct snapshot *snapshot, struct arena *arena, struct oom *ret)
{
	const struct scope machine = SCOPE_OF_SYSTEM;

	return victim_judge_in(snapshot, &machine, arena, ret);
}
