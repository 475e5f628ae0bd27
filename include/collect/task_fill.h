/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * From what the files of a process say to what a task is; notes what moved.
 */
#ifndef OOMWATCH_COLLECT_TASK_FILL_H
#define OOMWATCH_COLLECT_TASK_FILL_H

#include <stdbool.h>

#include "collect/pid_files.h"
#include "parse/pid.h"

/** A task of which nothing is known but its pid. */
void task_fill_nothing(struct task *task);

/** Sets entry->status_due where memory moved, and entry->active_tick where anything did. */
void task_fill_stat(
	const struct pid_reader *reader, struct proc_entry *entry, const struct pid_stat *stat);

/** Sets entry->stat_due where memory moved. */
void task_fill_status(
	struct pid_reader *reader, struct proc_entry *entry, const struct pid_status *status);

/** Only the memory, and the state: of another thread than the first. */
void task_fill_thread_stat(
	const struct pid_reader *reader, struct proc_entry *entry, const struct pid_stat *stat);
void task_fill_thread_status(
	struct pid_reader *reader, struct proc_entry *entry, const struct pid_status *status);

/** Whether the first thread shows no memory while there are others that may have it. */
bool task_fill_lacks_memory(const struct task *task);

/** Resident set as the killer reads it, swap and page tables together, in pages;
 * VALUE_UNKNOWN if the first of them is not known. */
int64_t task_fill_total_pages(
	const struct task *task, enum rss_source rss_source, int64_t page_bytes);

#endif
