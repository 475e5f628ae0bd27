/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Who would be killed: the scan of select_bad_process() and what follows from it.
 */
#ifndef OOMWATCH_ANALYSIS_VICTIM_H
#define OOMWATCH_ANALYSIS_VICTIM_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/badness.h"
#include "analysis/scope.h"
#include "base/arena.h"
#include "model/snapshot.h"

enum oom_constraint {
	CONSTRAINT_NONE,
	CONSTRAINT_MEMCG,
	CONSTRAINT_CPUSET,
	CONSTRAINT_MEMORY_POLICY,
};

enum oom_outcome {
	OUTCOME_KILL,
	OUTCOME_KILL_GROUP,
	OUTCOME_KILL_ALLOCATING_TASK,
	OUTCOME_PANIC,
	OUTCOME_NO_VICTIM,
	OUTCOME_UNKNOWN, /**< the process list or T could not be read */
};

const char *outcome_id(enum oom_outcome outcome);
const char *constraint_id(enum oom_constraint constraint);

/** What was found for one process; parallel to snapshot->tasks. */
struct judged {
	struct badness badness;
	enum exempt exempt;
	uint32_t rank;         /**< 1 = the victim; 0 if exempt */
	int64_t points_tenths; /**< thousandths of T with one decimal; VALUE_UNKNOWN if exempt or
	                            not known */
	int64_t mem_pages;     /**< what the kernel counts: R + S + PT; VALUE_UNKNOWN if unknown */
};

#define NO_TASK UINT32_MAX

/** The foretold kill in one scope.  Task numbers are indexes of snapshot->tasks. */
struct oom {
	struct scope scope;
	char scope_name[SCOPE_PATH_MAX + 16]; /**< scope_id() */
	char scope_words[64];                 /**< scope_words() */
	enum oom_constraint constraint;
	int64_t totalpages; /**< T; VALUE_UNKNOWN if it could not be read */
	enum oom_outcome outcome;
	uint32_t first;  /**< rank 1 whatever the outcome, or NO_TASK */
	uint32_t victim; /**< who dies; NO_TASK unless the outcome is a kill */
	uint32_t chosen; /**< whom the scan picks; differs where a child is sacrificed */
	uint32_t *also;  /**< others that die with it: sharers of its memory, its group */
	uint32_t n_also; /**< of n_tasks at most */
	uint32_t group;  /**< the cgroup that dies whole (memory.oom.group), or NO_MEMCG */
	bool also_known; /**< false: memory.oom.group above the victim could not be read, so that
	                      more may die with it */
	uint32_t *order; /**< candidates by rank */
	uint32_t n_order;
	int64_t gives_back_kib;      /**< private anon and page tables of all that die;
	                                  VALUE_UNKNOWN if nobody does, or it was not read */
	uint32_t victim_at_forecast; /**< who is first then; NO_TASK: nothing is foretold */
	uint32_t overtaker;          /**< the first process to outrank the victim; NO_TASK: none */
	int64_t overtaken_in_s;      /**< VALUE_UNKNOWN: none */
	int64_t margin_pages;        /**< the chosen one's badness - runner-up's; VALUE_UNKNOWN if
	                                  alone */
	bool certain;
	char uncertain_why[96];        /**< "" if certain */
	char reason[160];              /**< why this one: memory, or adj; clean text */
	struct judged *judged;         /**< n_tasks of them */
	const int64_t *children_pages; /**< of struct badness_scope; NULL but for 2.6.32..2.6.35 */
	uint32_t n_exempt;
	uint32_t exempt_count[EXEMPT_COUNT];
};

/**
 * Judge all processes for a global OOM.
 *
 * @arena  owns order and judged
 * Returns 0 or -ENOMEM; *ret is unchanged then.  What is foretold for later is left to
 * victim_foretell().
 */
int victim_judge(const struct snapshot *snapshot, struct arena *arena, struct oom *ret);

/**
 * The same for an OOM in any scope.
 *
 * In a cgroup, and in nodes of a cpuset, all that lies outside is EXEMPT_OUT_OF_SCOPE (kernel
 * threads and what has no memory stay what they are).  Nobody is the victim of a cgroup without a limit, or whose
 * memory.oom_control disables the killer.
 */
int victim_judge_in(const struct snapshot *snapshot, const struct scope *scope, struct arena *arena,
	struct oom *ret);

/**
 * Foretell from each process's growth who is first later, and when the victim of now is
 * overtaken (within an hour).
 *
 * @forecast_s  seconds to the foretold OOM, or VALUE_UNKNOWN: then victim_at_forecast is
 *              NO_TASK, but overtaker and overtaken_in_s are set
 */
void victim_foretell(const struct snapshot *snapshot, int64_t forecast_s, struct oom *oom);

/** The memory that the death of one process gives back at once: private anonymous pages
 * and page tables, in KiB; VALUE_UNKNOWN if they could not be read. */
int64_t victim_gives_back_kib(const struct snapshot *snapshot, const struct task *task);

#endif
