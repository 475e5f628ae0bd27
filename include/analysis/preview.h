/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The machine as it would be with another oom_score_adj written.  A part of analysis/plan.
 */
#ifndef OOMWATCH_ANALYSIS_PREVIEW_H
#define OOMWATCH_ANALYSIS_PREVIEW_H

#include "analysis/victim.h"

/** The process itself, and those that a write changes with it. */
#define PREVIEW_MOVED_MAX 65

/** A value to write. */
struct preview_write {
	const struct snapshot *now;
	const struct oom *oom; /**< of now, in the scope that the preview is for */
	uint32_t task;
	int32_t adj;
};

struct preview {
	struct snapshot snapshot; /**< the other one, but for its tasks */
	struct task *tasks;       /**< those of the snapshot */
	struct oom oom;
	uint32_t moved[PREVIEW_MOVED_MAX]; /**< whose value changes; the first is the target */
	uint32_t n_moved;
};

/** From which value on a process is first, the others being as they are. */
struct preview_threshold {
	int32_t least;      /**< at least -999; above 1000: never */
	bool child_instead; /**< it is chosen from there on, but a child always dies for it */
	bool alone;         /**< there is no other candidate */
};

/** Whether oom_score_adj can matter to the killer at all: it is a candidate, or at -1000. */
bool preview_possible(enum exempt exempt);

/**
 * Write adj to a process, and to those that this kernel changes with it.
 *
 * @arena  owns what *ret points to
 * Returns 0 or -ENOMEM.
 */
int preview_make(const struct preview_write *write, struct arena *arena, struct preview *ret);

/**
 * Where the process begins to be first, by this kernel's scores and its rule for equal ones.
 * preview->oom no longer holds afterwards.
 *
 * Returns 0 or -ENOMEM.
 */
int preview_threshold_of(
	struct preview *preview, struct arena *arena, struct preview_threshold *ret);

#endif
