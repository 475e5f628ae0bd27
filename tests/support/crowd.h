/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A small made-up machine with processes, for tests of who is killed.
 */
#ifndef OOMWATCH_TESTS_CROWD_H
#define OOMWATCH_TESTS_CROWD_H

#include "analysis/victim.h"

#define CROWD_MAX 16
#define CROWD_MEMCGS_MAX 16
#define CROWD_ZONES_MAX 4
#define CROWD_NODE_SETS_MAX 16

/** 1 GiB in pages of 4 KiB. */
#define CROWD_GIB 262144

struct crowd {
	struct snapshot now;
	struct task tasks[CROWD_MAX];
	struct memcg memcgs[CROWD_MEMCGS_MAX];
	struct zone zones[CROWD_ZONES_MAX];
	struct node_set node_sets[CROWD_NODE_SETS_MAX];
	struct arena arena;
	struct oom oom; /**< of the last crowd_judge() */
};

/** 8 GiB, no swap, everything readable, nobody there. */
void crowd_init(struct crowd *crowd, const char *release);
void crowd_free(struct crowd *crowd);

/**
 * Add a process of which everything was read; call in order of pid.  All its memory is
 * private, it started pid seconds after boot, no other has its address space, ppid is 2.
 */
struct task *crowd_add(struct crowd *crowd, int32_t pid, const char *comm, int64_t rss_pages,
	int32_t oom_score_adj);

/**
 * Add a memory cgroup (of version 1 if now.memcg_version is 1, else 2) without limits, with
 * nothing in it and no event so far; parents before children.  Returns its number.  Processes
 * are in none until their memcg is set.
 */
uint32_t crowd_memcg(struct crowd *crowd, const char *path, uint32_t parent);

/**
 * Give the machine two nodes of 4 GiB, all free: node 0 with DMA and Normal, node 1 with Normal.
 * Of node 0 1,048,000 pages are present and 1,310,719 spanned, of node 1 1,048,576 and as many.
 */
void crowd_two_nodes(struct crowd *crowd);

/** Confine a process to nodes by a mask of them. */
void crowd_confine(struct crowd *crowd, struct task *task, uint64_t nodes);

/** scope_of_nodes() of a mask, which must succeed. */
struct scope crowd_nodes(const struct crowd *crowd, uint64_t nodes);

/** victim_judge_in() of nodes, by a mask, must succeed. */
const struct oom *crowd_judge_nodes(struct crowd *crowd, uint64_t nodes);

/** victim_judge() must succeed. */
const struct oom *crowd_judge(struct crowd *crowd);

/** victim_judge_in() of a cgroup must succeed. */
const struct oom *crowd_judge_in(struct crowd *crowd, uint32_t memcg);

/** The pid of a task number; 0 for NO_TASK. */
int32_t crowd_pid(const struct crowd *crowd, uint32_t task);

/** What was found for a pid. */
const struct judged *crowd_judged(const struct crowd *crowd, int32_t pid);

/** Check the pids in order of rank, as text: "12 7 9". */
void crowd_expect_order(const struct crowd *crowd, const char *label, const char *want);

#endif
