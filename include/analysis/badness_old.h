/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The score of 2.6.32..2.6.35: badness() of mm/oom_kill.c, by address space, age and CPU
 * time.  A part of analysis/badness.
 */
#ifndef OOMWATCH_ANALYSIS_BADNESS_OLD_H
#define OOMWATCH_ANALYSIS_BADNESS_OLD_H

#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"

/** What the formula needs of a process besides its total_vm and its adj. */
struct old_task {
	int64_t children_pages; /**< what its children add */
	uint64_t cpu_ms;
	uint64_t age_s;
	bool niced;        /**< nice > 0 */
	bool admin;        /**< CAP_SYS_ADMIN or CAP_SYS_RESOURCE */
	bool rawio;        /**< CAP_SYS_RAWIO */
	bool caps_unknown; /**< both may be true */
	bool known;        /**< all else could be read */
	bool away;         /**< it may use none of the nodes that are out of memory */
};

/**
 * The unit of CPU time, 2^(SHIFT_HZ+3) jiffies, depends on how the kernel was built: 8.2 s
 * at HZ 1000 and 250, 10.2 s at 100, 6.8 s at 300.  No file tells.
 */
#define OLD_PERIOD_USUAL 8192
#define OLD_PERIOD_LONG 10240
#define OLD_PERIOD_SHORT 6826

void old_gather(const struct snapshot *snapshot, const struct task *task, int64_t children_pages,
	struct old_task *ret);

/** The score; adj is of the scale -1000..1000, period_ms one of OLD_PERIOD_*. */
int64_t old_score(const struct old_task *old, int64_t vm_pages, int64_t adj, int64_t period_ms);

/** What the score is made of beside memory and age. */
struct old_terms {
	int64_t root;  /**< what capabilities take away, <= 0 */
	int64_t nodes; /**< and what being away does */
	int64_t adj;
};

void old_terms(const struct old_task *old, int64_t vm_pages, int64_t adj, struct old_terms *ret);

/** How far a score may be off if total_vm lies between two values. */
int64_t old_error(const struct old_task *old, int64_t least_pages, int64_t most_pages, int64_t adj,
	int64_t score);

#endif
