/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The proc sampler: all processes, below any root.
 *
 * What costs most is reading stat (8 us a process) and status (12).  So each tick proves
 * of every process that it is still the same one (a read of oom_score_adj, 0.4), and reads
 * stat of those that are wanted, new, or moved lately; the others take turns, unless the
 * machine's own counters say that memory moved which is not accounted for.
 */
#ifndef OOMWATCH_COLLECT_TASKS_PROC_H
#define OOMWATCH_COLLECT_TASKS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/pid_files.h"
#include "model/snapshot.h"

struct tasks_proc {
	struct proctab table;
	struct people people;
	struct node_sets node_sets;
	struct pid_reader reader;
	enum rss_source rss_source;
	bool thorough;     /**< read every file of every process */
	bool all_names;    /**< ask for the names of all, however many they are */
	bool cmdlines;     /**< of a recording; or into a capture, where known */
	int32_t *pids;     /**< malloc'ed */
	uint8_t *deferred; /**< [i]: stat of tasks[i] is not of this tick */
	int max_pids;
	uint32_t turns;      /**< an idle process is read every so many ticks */
	uint32_t n_idle;     /**< processes that took turns in the tick before */
	int64_t used_pages;  /**< what the machine's counters said the tick before */
	int64_t known_pages; /**< of how much of its change since we know the process */
	int64_t moved_pages; /**< sum of all growth that was left unexplained */
};

/** 0 or -ENOMEM. */
int tasks_proc_init(struct tasks_proc *sampler, struct root *root, bool raise_nofile);
void tasks_proc_free(struct tasks_proc *sampler);

/**
 * Read all processes into snapshot->tasks (in its arena), and the facts about them.
 *
 * The caller has set tick, uptime_ms, page_bytes, clk_tck, kernel, mem and
 * total_ram_pages of the snapshot.
 * Returns 0 or -ENOMEM.  Without a process list there are no tasks, and FACT_PROCESSES
 * says why.
 */
int tasks_proc_collect(struct tasks_proc *sampler, struct snapshot *snapshot);

/** Bytes that a snapshot's tasks will take; lists the processes if that was not done yet. */
size_t tasks_proc_bytes(struct tasks_proc *sampler);

/** Ask for all processes of which nobody could be asked yet; returns how many of them are
 * left.  For those who wait for names. */
uint32_t tasks_proc_settle(struct tasks_proc *sampler);

#endif
