/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "analysis/explain_parts.h"
#include "base/sort.h"

/** The value of oom_adj that means never (include/linux/oom.h). */
#define OOM_ADJ_NEVER (-17)

/** What badness_of() wants of a machine, as far as a report has it. */
static void scene_of(const struct explained *explained, struct snapshot *ret)
{
	const struct oom_report *report = explained->report;

	memset(ret, 0, sizeof(*ret));
	ret->kernel = explained->kernel;
	ret->page_bytes = report->page_bytes;
	ret->mem.swap_total_kib = report->swap_total_kib;
	ret->mem.swap_free_kib = report->swap_free_kib;
	ret->total_swap_pages = explained->memory.swap_total;
}

/* Each table counts one page, whatever its real size (kernel.md 2.1). */
static int64_t table_bytes(const struct oom_report *report, const struct report_task *row)
{
	if (value_known(row->pgtables_bytes))
		return row->pgtables_bytes;
	if (!value_known(row->pte_tables))
		return VALUE_UNKNOWN;
	return value_mul(
		value_add(row->pte_tables, value_or(row->pmd_tables, 0)), report->page_bytes);
}

static int32_t adj_of(const struct report_task *row)
{
	if (value_known(row->oom_score_adj))
		return (int32_t)value_max(-1000, value_min(row->oom_score_adj, 1000));
	return 0;
}

static void task_of(
	const struct explained *explained, const struct report_task *row, struct task *ret)
{
	static const struct identity nobody;

	*ret = (struct task){ .pid = (int32_t)value_or(row->tgid, row->pid), .who = &nobody };
	ret->memcg = NO_MEMCG;
	ret->nodes = NO_NODE_SET;
	ret->has = TASK_HAS_STAT | TASK_HAS_STATUS | TASK_HAS_CAPS;
	ret->vsize_pages = row->total_vm_pages;
	ret->rss_stat_pages = ret->rss_status_pages = row->rss_pages;
	ret->rss_anon_pages = ret->rss_file_pages = ret->rss_shmem_pages = VALUE_UNKNOWN;
	ret->swap_pages = row->swap_pages;
	ret->pgtables_bytes = table_bytes(explained->report, row);
	ret->cap_effective = row->uid == 0 ? CAP_BIT_SYS_ADMIN : 0;
	if (value_known(row->uid)) {
		ret->has |= TASK_HAS_UID;
		ret->uid = (uint32_t)row->uid;
	}
	if (value_known(row->oom_score_adj) || value_known(row->oom_adj))
		ret->has |= TASK_HAS_ADJ;
	ret->oom_score_adj = adj_of(row);
}

/** One row to be scored. */
struct scoring {
	struct snapshot snapshot;
	struct badness_scope scope;
	struct task task;
};

static void scoring_of(const struct explained *explained, uint32_t row, struct scoring *ret)
{
	scene_of(explained, &ret->snapshot);
	task_of(explained, &explained->report->tasks[row], &ret->task);
	/* With no total known any will do as long as nobody's adj counts (explain_choice). */
	ret->scope = (struct badness_scope){ .snapshot = &ret->snapshot,
		.totalpages = value_known(explained->total_pages) ? explained->total_pages
								  : INT64_C(1) << 32 };
}

int64_t explain_score_at(const struct explained *explained, uint32_t row, int32_t adj)
{
	struct scoring scoring;
	struct badness badness;

	scoring_of(explained, row, &scoring);
	scoring.task.oom_score_adj = adj;
	badness_of(&scoring.scope, &scoring.task, &badness);
	return badness.total;
}

int64_t explain_row_memory(const struct explained *explained, uint32_t row)
{
	const struct badness *badness = &explained->tasks[row].badness;

	return value_add(value_or(badness->rss_pages, 0),
		value_add(value_or(badness->swap_pages, 0), value_or(badness->table_pages, 0)));
}

static enum exempt exempt_of(const struct report_task *row)
{
	if (row->tgid == 1 || (!value_known(row->tgid) && row->pid == 1))
		return EXEMPT_INIT;
	if (row->oom_score_adj == -1000)
		return EXEMPT_ADJ_MIN;
	if (!value_known(row->oom_score_adj) && row->oom_adj == OOM_ADJ_NEVER)
		return EXEMPT_ADJ_MIN;
	return EXEMPT_NONE;
}

static void score(const struct explained *explained, uint32_t row, struct scoring *scoring,
	struct explained_task *ret)
{
	struct badness other;

	task_of(explained, &explained->report->tasks[row], &scoring->task);
	ret->exempt = exempt_of(&explained->report->tasks[row]);
	badness_of(&scoring->scope, &scoring->task, &ret->badness);
	ret->least = ret->most = ret->badness.total;
	/* uid 0 is not the capability that the kernel asks for, and others may have that. */
	if (explained->kernel.formula >= FORMULA_4_17)
		return;
	scoring->task.cap_effective ^= CAP_BIT_SYS_ADMIN;
	badness_of(&scoring->scope, &scoring->task, &other);
	ret->least = value_min(ret->least, other.total);
	ret->most = value_max(ret->most, other.total);
}

/* The columns that the formula needs are all there. */
static bool is_scored(const struct explained *explained, uint32_t row)
{
	return explained->kernel.formula != FORMULA_2_6_32 &&
		value_known(explained->tasks[row].badness.rss_pages);
}

bool explain_before(
	const struct explained *explained, uint32_t a, int64_t score_a, uint32_t b, int64_t score_b)
{
	if (score_a != score_b)
		return score_a > score_b;
	return explained->kernel.tie == TIE_OLDEST ? a < b : a > b;
}

static int compare(uint32_t a, uint32_t b, const void *context)
{
	const struct explained *explained = context;
	const struct explained_task *tasks = explained->tasks;
	const bool in_a = tasks[a].exempt == EXEMPT_NONE && is_scored(explained, a);
	const bool in_b = tasks[b].exempt == EXEMPT_NONE && is_scored(explained, b);
	int64_t memory_a, memory_b;

	if (in_a != in_b)
		return in_a ? -1 : 1;
	if (in_a)
		return explain_before(
			       explained, a, tasks[a].badness.total, b, tasks[b].badness.total)
			? -1
			: 1;
	memory_a = explain_row_memory(explained, a);
	memory_b = explain_row_memory(explained, b);
	return (memory_a < memory_b) - (memory_a > memory_b);
}

int explain_rank(struct explained *explained, struct arena *arena)
{
	const uint32_t n = explained->report->n_tasks;
	struct scoring scoring;
	uint32_t *scratch;

	if (n == 0)
		return 0;
	explained->tasks = arena_array(arena, n, sizeof(*explained->tasks));
	explained->order = arena_array(arena, n, sizeof(*explained->order));
	scratch = arena_array(arena, n, sizeof(*scratch));
	if (!explained->tasks || !explained->order || !scratch)
		return -ENOMEM;

	scoring_of(explained, 0, &scoring);
	for (uint32_t i = 0; i < n; i++) {
		score(explained, i, &scoring, &explained->tasks[i]);
		explained->order[i] = i;
	}
	sort_indexes(explained->order, n, scratch, compare, explained);
	for (uint32_t i = 0; i < n; i++) {
		struct explained_task *task = &explained->tasks[explained->order[i]];

		if (task->exempt != EXEMPT_NONE || !is_scored(explained, explained->order[i]))
			break;
		task->rank = ++explained->n_ranked;
	}
	return 0;
}

uint32_t explain_row_of(const struct oom_report *report, int64_t pid)
{
	uint32_t found = EXPLAIN_NO_ROW;

	if (!value_known(pid))
		return found;
	for (uint32_t i = 0; i < report->n_tasks; i++) {
		if (report->tasks[i].pid == pid)
			return i;
		/* The row is of a thread whose leader is gone. */
		if (report->tasks[i].tgid == pid)
			found = i;
	}
	return found;
}
