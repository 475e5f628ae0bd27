/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Which processes and cgroups of a sample are worth keeping where not all can be: those that an
 * OOM kill would be explained by.
 */
#ifndef OOMWATCH_ANALYSIS_KEPT_H
#define OOMWATCH_ANALYSIS_KEPT_H

#include <stdint.h>

#include "analysis/summary.h"
#include "model/snapshot.h"

#define KEPT_TASKS 50
#define KEPT_MEMCGS 64

/** Of the kill order surely, and each of those that grow most and that are the largest. */
#define KEPT_FIRST 20
#define KEPT_GREATEST 8

/** Behind so many of the kill order, those that are both young and small (by their share of RAM)
 * do not count. */
#define KEPT_ANY 5
#define KEPT_YOUNG_MS 5000
#define KEPT_SMALL_SHARE 1024

/** Indices, ascending. */
struct kept {
	uint32_t tasks[KEPT_TASKS];
	uint32_t memcgs[KEPT_MEMCGS]; /**< each with all its parents */
	uint32_t n_tasks, n_memcgs;
};

/**
 * Processes: whom the summary names (victims and those who fill it, in every risk), the first of
 * the kill order, the fastest growing, the largest, and more of the kill order while there is
 * room.  Cgroups: those the summary names, those with a limit around a victim, and those with a
 * limit whose memory.stat is read because they are near it; as far as there is room, the more
 * important first.
 */
void kept_choose(const struct snapshot *now, const struct summary *summary, struct kept *ret);

#endif
