/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "analysis/report_snapshot_parts.h"
#include "base/sort.h"

/** Of a process whose parent is not known; no process has it. */
#define NO_PARENT (-1)

static const struct identity nobody;

/** Rows of the table, and behind them those of the kill lines, by PID. */
struct rows {
	const struct explained *explained;
	const struct oom_report *report;
	uint32_t *order;
	uint32_t n;
};

static bool is_kill_line(const struct rows *rows, uint32_t row)
{
	return row >= rows->report->n_tasks;
}

static const struct report_victim *victim_of(const struct rows *rows, uint32_t row)
{
	return &rows->report->victims[row - rows->report->n_tasks];
}

/* The process of a row: VALUE_UNKNOWN where that can be none. */
static int64_t pid_of(const struct rows *rows, uint32_t row)
{
	int64_t pid;

	if (is_kill_line(rows, row))
		pid = value_or(victim_of(rows, row)->tgid, victim_of(rows, row)->pid);
	else
		pid = value_or(rows->report->tasks[row].tgid, rows->report->tasks[row].pid);
	return pid > 0 && pid <= INT32_MAX ? pid : VALUE_UNKNOWN;
}

/* Of rows that repeat a PID the one that was chosen counts, then the one that ranks first. */
static uint32_t preference(const struct rows *rows, uint32_t row)
{
	if (is_kill_line(rows, row))
		return UINT32_MAX;
	if (row == rows->explained->choice.target)
		return 0;
	return rows->explained->tasks[row].rank > 0 ? rows->explained->tasks[row].rank
						    : UINT32_MAX - 1;
}

static int compare(uint32_t a, uint32_t b, const void *context)
{
	const struct rows *rows = context;
	const int64_t pid_a = pid_of(rows, a), pid_b = pid_of(rows, b);
	const uint32_t first = preference(rows, a), second = preference(rows, b);

	if (pid_a != pid_b)
		return pid_a < pid_b ? -1 : 1;
	return (first > second) - (first < second);
}

static int sort_rows(struct rows *rows, struct arena *arena)
{
	const uint32_t n = rows->report->n_tasks + rows->report->n_victims;
	uint32_t *scratch;

	rows->order = arena_array(arena, n, sizeof(*rows->order));
	scratch = arena_array(arena, n, sizeof(*scratch));
	if (!rows->order || !scratch)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		if (value_known(pid_of(rows, i)))
			rows->order[rows->n++] = i;
	}
	sort_indexes(rows->order, rows->n, scratch, compare, rows);
	return 0;
}

/* What no kernel prints is unknown. */
static int64_t counted(int64_t value)
{
	return value < 0 ? VALUE_UNKNOWN : value;
}

static int64_t pages_of_kib(const struct oom_report *report, int64_t kib)
{
	return kib < 0 ? VALUE_UNKNOWN : kib / value_max(report->page_bytes / 1024, 1);
}

/* Each table counts one page, whatever its real size (kernel.md 2.1). */
static int64_t table_bytes(const struct oom_report *report, const struct report_task *row)
{
	if (value_known(row->pgtables_bytes))
		return counted(row->pgtables_bytes);
	if (counted(row->pte_tables) < 0)
		return VALUE_UNKNOWN;
	return value_mul(
		value_add(row->pte_tables, value_max(row->pmd_tables, 0)), report->page_bytes);
}

static void set_uid(struct task *task, int64_t uid)
{
	if (uid < 0 || uid >= UINT32_MAX)
		return;
	task->has |= TASK_HAS_UID;
	task->uid = (uint32_t)uid;
}

static void set_adj(struct task *task, int64_t adj)
{
	if (!value_known(adj))
		return;
	task->has |= TASK_HAS_ADJ;
	task->oom_score_adj = (int32_t)value_max(-1000, value_min(adj, 1000));
}

/* oom_adj is kept as oom_score_adj * 17 / 1000 and shown as such (fs/proc/base.c of 2.6.36). */
static void set_old_adj(struct task *task, int64_t oom_adj)
{
	if (!value_known(oom_adj))
		return;
	task->oom_adj = (int32_t)value_max(-17, value_min(oom_adj, 15));
	task->has |= TASK_HAS_LEGACY_ADJ;
	set_adj(task,
		task->oom_adj == 15            ? 1000
			: task->oom_adj == -17 ? -1000
					       : task->oom_adj * 1000 / 17);
}

static void set_comm(struct task *task, const char *comm)
{
	const size_t len = strnlen(comm, REPORT_COMM_SIZE - 1);

	memcpy(task->comm, comm, len);
	task->comm[len] = '\0';
}

static void blank(const struct snapshot *snapshot, int64_t pid, uint32_t row, struct task *ret)
{
	*ret = (struct task){ .pid = (int32_t)pid,
		.ppid = NO_PARENT,
		.start_ticks = (uint64_t)row + 1,
		.has = TASK_HAS_STAT,
		.oom_score = VALUE_UNKNOWN,
		.state = '?',
		.vsize_pages = VALUE_UNKNOWN,
		.rss_stat_pages = VALUE_UNKNOWN,
		.rss_status_pages = VALUE_UNKNOWN,
		.rss_anon_pages = VALUE_UNKNOWN,
		.rss_file_pages = VALUE_UNKNOWN,
		.rss_shmem_pages = VALUE_UNKNOWN,
		.swap_pages = VALUE_UNKNOWN,
		.pgtables_bytes = VALUE_UNKNOWN,
		.memcg = snapshot->n_memcgs > 0 ? 0 : NO_MEMCG,
		.nodes = NO_NODE_SET,
		.who = &nobody };
}

/* As the killer of old asks: uid 0 stands for CAP_SYS_ADMIN, which no report shows. */
static void set_root(struct task *task)
{
	task->has |= TASK_HAS_CAPS;
	if (task->has & TASK_HAS_UID && task->uid == 0)
		task->cap_effective = CAP_BIT_SYS_ADMIN;
}

static void from_row(
	const struct oom_report *report, const struct report_task *row, struct task *task)
{
	task->vsize_pages = counted(row->total_vm_pages);
	task->rss_stat_pages = task->rss_status_pages = counted(row->rss_pages);
	task->rss_anon_pages = counted(row->rss_anon_pages);
	task->rss_file_pages = counted(row->rss_file_pages);
	task->rss_shmem_pages = counted(row->rss_shmem_pages);
	task->swap_pages = counted(row->swap_pages);
	task->pgtables_bytes = table_bytes(report, row);
	set_uid(task, row->uid);
	set_root(task);
	if (value_known(row->oom_score_adj))
		set_adj(task, row->oom_score_adj);
	else
		set_old_adj(task, row->oom_adj);
	set_comm(task, row->comm);
}

static void from_kill_line(
	const struct explained *explained, const struct report_victim *victim, struct task *task)
{
	const struct oom_report *report = explained->report;
	const bool odd = explained->kernel.major == 5 && explained->kernel.minor == 4;

	task->vsize_pages = pages_of_kib(report, victim->total_vm_kib);
	task->rss_stat_pages = pages_of_kib(report,
		value_add(victim->anon_rss_kib,
			value_add(victim->file_rss_kib, value_or(victim->shmem_rss_kib, 0))));
	task->rss_status_pages = task->rss_stat_pages;
	/* 5.4.0 prints bytes under the unit kB. */
	if (!odd)
		task->pgtables_bytes = counted(value_mul(victim->pgtables_kib, 1024));
	set_uid(task, victim->uid);
	set_root(task);
	set_adj(task, victim->oom_score_adj);
	set_comm(task, victim->comm);
}

/* The kill line has the parts of what the table, before 6.8, has the sum of. */
static void add_parts(
	const struct oom_report *report, const struct report_victim *victim, struct task *task)
{
	if (value_known(task->rss_anon_pages))
		return;
	task->rss_anon_pages = pages_of_kib(report, victim->anon_rss_kib);
	task->rss_file_pages = pages_of_kib(report, victim->file_rss_kib);
	task->rss_shmem_pages = pages_of_kib(report, victim->shmem_rss_kib);
}

static bool is_first_victim(const struct rows *rows, const struct task *task)
{
	return rows->report->n_victims > 0 && pid_of(rows, rows->report->n_tasks) == task->pid;
}

/* The kernel says of one process alone where it is. */
static int set_place(const struct rows *rows, struct snapshot *snapshot, struct task *task)
{
	const char *path = rows->report->task_memcg;
	struct identity *who;

	if (!path || !path[0])
		return 0;
	who = arena_alloc(&snapshot->arena, sizeof(*who));
	if (!who)
		return -ENOMEM;
	who->cgroup = arena_text(&snapshot->arena, path, strlen(path));
	task->who = who;
	return who->cgroup ? 0 : -ENOMEM;
}

/* One process of all rows from *at on that are its own; *at is moved behind them. */
static int add_task(const struct rows *rows, struct snapshot *snapshot, uint32_t *at,
	struct told *told, uint32_t *ranks)
{
	const uint32_t row = rows->order[*at], index = snapshot->n_tasks++;
	const int64_t pid = pid_of(rows, row);
	struct task *task = &snapshot->tasks[index];

	blank(snapshot, pid, row, task);
	if (is_kill_line(rows, row)) {
		from_kill_line(rows->explained, victim_of(rows, row), task);
	} else {
		from_row(rows->report, &rows->report->tasks[row], task);
		ranks[index] = rows->explained->tasks[row].rank;
	}
	for (; *at < rows->n && pid_of(rows, rows->order[*at]) == pid; ++*at) {
		if (is_kill_line(rows, rows->order[*at]) && !task->killed) {
			task->killed = true;
			add_parts(rows->report, victim_of(rows, rows->order[*at]), task);
		}
	}
	if (!is_first_victim(rows, task))
		return 0;
	told->victim = index;
	return set_place(rows, snapshot, task);
}

int report_tasks(const struct explained *explained, struct snapshot *snapshot, struct told *told)
{
	const struct oom_report *report = explained->report;
	struct rows rows = { .explained = explained, .report = report };
	uint32_t *ranks, from_table = 0;

	told->victim = UINT32_MAX;
	snapshot->n_tasks_unreadable = report->n_tasks_left_out;
	if (report->n_tasks + report->n_victims == 0)
		return 0;
	if (sort_rows(&rows, &snapshot->arena) < 0)
		return -ENOMEM;
	if (rows.n > 0) {
		snapshot->tasks = arena_array(&snapshot->arena, rows.n, sizeof(struct task));
		ranks = arena_array(&snapshot->arena, rows.n, sizeof(*ranks));
		if (!snapshot->tasks || !ranks)
			return -ENOMEM;
		told->ranks = ranks;
		for (uint32_t at = 0; at < rows.n;) {
			from_table += !is_kill_line(&rows, rows.order[at]);
			if (add_task(&rows, snapshot, &at, told, ranks) < 0)
				return -ENOMEM;
		}
	}
	snapshot->n_tasks_unreadable += report->n_tasks - from_table;
	if (snapshot->n_memcgs > 0)
		snapshot->memcgs[0].n_tasks = snapshot->n_tasks;
	return 0;
}
