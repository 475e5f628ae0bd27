/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/task_fill.h"

#include <string.h>

void task_fill_nothing(struct task *task)
{
	task->state = '?';
	task->vsize_pages = VALUE_UNKNOWN;
	task->rss_stat_pages = VALUE_UNKNOWN;
	task->rss_status_pages = VALUE_UNKNOWN;
	task->rss_anon_pages = VALUE_UNKNOWN;
	task->rss_file_pages = VALUE_UNKNOWN;
	task->rss_shmem_pages = VALUE_UNKNOWN;
	task->swap_pages = VALUE_UNKNOWN;
	task->pgtables_bytes = VALUE_UNKNOWN;
	task->nodes = NO_NODE_SET;
}

static int64_t pages_of_kib(const struct pid_reader *reader, int64_t kib)
{
	const int64_t bytes = value_mul(kib, 1024);

	return value_known(bytes) ? bytes / reader->page_bytes : VALUE_UNKNOWN;
}

static void fill_cpu(
	const struct pid_reader *reader, struct proc_entry *entry, const struct pid_stat *stat)
{
	struct task *task = &entry->task;
	const uint64_t before = task->utime_ticks + task->stime_ticks;
	const uint64_t now = stat->utime_ticks + stat->stime_ticks;
	int64_t ms, permille;

	task->utime_ticks = stat->utime_ticks;
	task->stime_ticks = stat->stime_ticks;
	task->has &= ~(unsigned)TASK_HAS_CPU;
	if (entry->stat_tick == 0 || !value_known(reader->uptime_ms) ||
		!value_known(entry->stat_time_ms))
		return;
	ms = reader->uptime_ms - entry->stat_time_ms;
	if (ms <= 0)
		return;
	if (now < before || now - before > INT32_MAX)
		return;
	if (now != before)
		entry->active_tick = reader->tick;
	permille = (int64_t)(now - before) * 1000000 / reader->clk_tck / ms;
	task->cpu_permille = (int32_t)value_min(permille, INT32_MAX);
	task->has |= TASK_HAS_CPU;
}

static void fill_memory_moves(
	const struct pid_reader *reader, struct proc_entry *entry, const struct pid_stat *stat)
{
	struct task *task = &entry->task;
	const int64_t vsize_pages = stat->vsize_bytes / reader->page_bytes;

	if (stat->minflt != entry->minflt || stat->majflt != entry->majflt ||
		vsize_pages != task->vsize_pages || stat->rss_pages != task->rss_stat_pages) {
		entry->status_due = true;
		if (entry->stat_tick > 0)
			entry->active_tick = reader->tick;
	}
	entry->minflt = stat->minflt;
	entry->majflt = stat->majflt;
	task->vsize_pages = vsize_pages;
	task->rss_stat_pages = stat->rss_pages;
}

void task_fill_stat(
	const struct pid_reader *reader, struct proc_entry *entry, const struct pid_stat *stat)
{
	struct task *task = &entry->task;

	fill_cpu(reader, entry, stat);
	fill_memory_moves(reader, entry, stat);
	task->ppid = stat->ppid;
	task->start_ticks = stat->start_ticks;
	task->flags = stat->flags;
	task->threads = stat->threads;
	task->nice = stat->nice;
	task->state = stat->state;
	if (strcmp(task->comm, stat->comm) != 0) {
		/* It may have become another program by exec. */
		memcpy(task->comm, stat->comm, sizeof(task->comm));
		entry->identity_asked = false;
		entry->settled = false;
	}
	task->has |= TASK_HAS_STAT;
	entry->stat_tick = reader->tick;
	entry->stat_time_ms = reader->uptime_ms;
}

static void note_lines(struct pid_reader *reader, const struct pid_status *status)
{
	reader->lines_mm |= value_known(status->vm_rss_kib);
	reader->lines_split |= value_known(status->rss_anon_kib);
	reader->lines_swap |= value_known(status->vm_swap_kib);
	reader->lines_pte |= value_known(status->vm_pte_kib);
	reader->lines_caps |= status->cap_known;
}

void task_fill_thread_status(
	struct pid_reader *reader, struct proc_entry *entry, const struct pid_status *status)
{
	struct task *task = &entry->task;
	const int64_t tables_kib = value_known(status->vm_pte_kib)
		? value_add(status->vm_pte_kib, value_or(status->vm_pmd_kib, 0))
		: VALUE_UNKNOWN;

	note_lines(reader, status);
	task->rss_status_pages = pages_of_kib(reader, status->vm_rss_kib);
	task->rss_anon_pages = pages_of_kib(reader, status->rss_anon_kib);
	task->rss_file_pages = pages_of_kib(reader, status->rss_file_kib);
	task->rss_shmem_pages = pages_of_kib(reader, status->rss_shmem_kib);
	task->swap_pages = pages_of_kib(reader, status->vm_swap_kib);
	task->pgtables_bytes = value_mul(tables_kib, 1024);
	if (!(task->has & TASK_HAS_STAT))
		task->vsize_pages = pages_of_kib(reader, status->vm_size_kib);
}

static void fill_uid(struct proc_entry *entry, int64_t uid)
{
	struct task *task = &entry->task;

	if (uid < 0 || uid > UINT32_MAX)
		return;
	if (!(task->has & TASK_HAS_UID) || task->uid != (uint32_t)uid)
		people_unsettle(entry);
	task->uid = (uint32_t)uid;
	task->has |= TASK_HAS_UID;
}

void task_fill_status(
	struct pid_reader *reader, struct proc_entry *entry, const struct pid_status *status)
{
	struct task *task = &entry->task;
	const int64_t rss_pages = task->rss_status_pages;
	const int64_t swap_pages = task->swap_pages;
	const int64_t pgtables_bytes = task->pgtables_bytes;

	task_fill_thread_status(reader, entry, status);
	entry->stat_due = rss_pages != task->rss_status_pages || swap_pages != task->swap_pages ||
		pgtables_bytes != task->pgtables_bytes;
	fill_uid(entry, status->uid);
	if (status->cap_known) {
		task->cap_effective = status->cap_effective;
		task->has |= TASK_HAS_CAPS;
	}
	if (!(task->has & TASK_HAS_STAT) && status->threads > 0 && status->threads <= UINT32_MAX)
		task->threads = (uint32_t)status->threads;
	task->nodes = status->nodes_known ? node_sets_take(reader->node_sets, &status->nodes)
					  : NO_NODE_SET;
	task->has |= TASK_HAS_STATUS;
	entry->status_due = false;
	entry->status_tick = reader->tick;
}

void task_fill_thread_stat(
	const struct pid_reader *reader, struct proc_entry *entry, const struct pid_stat *stat)
{
	struct task *task = &entry->task;

	task->vsize_pages = stat->vsize_bytes / reader->page_bytes;
	task->rss_stat_pages = stat->rss_pages;
	/* Both of the thread that lives: the leader's flags say that it is exiting. */
	task->state = stat->state;
	task->flags = stat->flags;
}

bool task_fill_lacks_memory(const struct task *task)
{
	if (task->threads <= 1 || task_is_kthread(task))
		return false;
	if (task->has & TASK_HAS_STAT)
		return task->vsize_pages == 0 || task->state == 'Z' || task->state == 'X';
	return task->has & TASK_HAS_STATUS && !value_known(task->rss_status_pages);
}

static int64_t rss_of(const struct task *task, enum rss_source rss_source)
{
	const int64_t split = value_add(
		value_add(task->rss_anon_pages, task->rss_file_pages), task->rss_shmem_pages);

	if (rss_source == RSS_FROM_STATUS && value_known(split))
		return split;
	if (value_known(task->rss_stat_pages))
		return task->rss_stat_pages;
	return value_known(split) ? split : task->rss_status_pages;
}

int64_t task_fill_total_pages(
	const struct task *task, enum rss_source rss_source, int64_t page_bytes)
{
	const int64_t tables = value_or(task->pgtables_bytes, 0) / page_bytes;

	return value_add(
		value_add(rss_of(task, rss_source), value_or(task->swap_pages, 0)), tables);
}
