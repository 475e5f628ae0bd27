/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What analysis/victim is made of and analysis/memcgs needs too: who can be a candidate, and who
 * dies with the victim.
 */
#ifndef OOMWATCH_ANALYSIS_VICTIM_PARTS_H
#define OOMWATCH_ANALYSIS_VICTIM_PARTS_H

#include "analysis/victim.h"

/** The index of a process, or NO_TASK; tasks are in order of pid. */
uint32_t victim_find_pid(const struct snapshot *snapshot, int32_t pid);

/** What the children of each process add to its score (struct badness_scope); NULL without
 * memory.  2.6.32..2.6.35 alone need it. */
const int64_t *victim_children(const struct snapshot *snapshot, struct arena *arena);

/** PID 1 of the machine; that of another PID namespace is no init to the killer. */
bool exempt_is_init(const struct snapshot *snapshot, const struct task *task);

/** What can be told before the score, whatever the scope. */
enum exempt exempt_before_score(const struct snapshot *snapshot, const struct task *task);

/**
 * What a score of 0 in /proc tells: EXEMPT_VFORK, EXEMPT_OOM_SKIP or EXEMPT_NONE.
 *
 * @machine  the scope of the whole machine, which /proc goes by (fs/proc/base.c)
 */
enum exempt exempt_by_score(const struct badness_scope *machine, const struct task *task);

/** What the kernel would call an OOM in that scope (kernel.md 1.3). */
enum oom_constraint constraint_in(const struct snapshot *snapshot, const struct scope *scope);

/** Whether vm.panic_on_oom makes the kernel panic rather than kill. */
bool panics_on(const struct snapshot *snapshot, enum oom_constraint constraint);

/** What all scores of an oom are made with. */
struct badness_scope victim_scope(const struct snapshot *snapshot, const struct oom *oom);

/** The outcome in a scope, given whether anybody can be killed there. */
struct outcome_inputs {
	const struct scope *scope;
	int64_t totalpages;
	bool candidates; /**< there are some */
	bool unreadable; /**< there may be others, which could not be read */
};

enum oom_outcome outcome_in(const struct snapshot *snapshot, const struct outcome_inputs *in);

/**
 * The cgroup that dies whole with a task, or NO_MEMCG (kernel.md 1.6).
 *
 * *ret_known is false if memory.oom.group could not be read of all that decide.
 */
uint32_t also_group(
	const struct snapshot *snapshot, const struct scope *scope, uint32_t task, bool *ret_known);

/** Fill also, n_also, also_known, group and gives_back_kib of an oom with a victim, and make its
 * outcome OUTCOME_KILL_GROUP where that is so.  0 or -ENOMEM. */
int also_find(const struct snapshot *snapshot, struct arena *arena, struct oom *oom);

#endif
