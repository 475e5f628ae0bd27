/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What is kept of memory cgroups between samples: a table of fixed size of those that may run
 * into their limit, by path.  A part of analysis/history; filled by memcgs_judge().
 *
 * Nothing is allocated, and nothing is kept of a cgroup that is not worth it.
 */
#ifndef OOMWATCH_ANALYSIS_SUSPECTS_H
#define OOMWATCH_ANALYSIS_SUSPECTS_H

#include <stdint.h>

#include "analysis/forecast.h"
#include "analysis/level.h"
#include "base/ring.h"

#define SUSPECTS_MAX 64
#define SUSPECT_POINTS 128

struct suspect {
	int64_t seen_ms;   /**< uptime of the last sample that had it */
	int64_t percent;   /**< what was left of its limit then: the fullest are kept */
	struct ring left;  /**< what its own limit leaves, in KiB, whenever memory.stat was read */
	int64_t held_ms;   /**< when memory.stat was read last; VALUE_UNKNOWN */
	int64_t held_sure; /**< what reclaim surely could take then, in bytes */
	int64_t held_used; /**< usage - what reclaim could take then, in bytes */
	int64_t begun_ms;  /**< what is before this says nothing of now: a kill, or a cgroup of
	                        the same name; VALUE_UNKNOWN */
	struct forecast forecast;  /**< as of forecast_ms */
	int64_t forecast_ms;       /**< VALUE_UNKNOWN: none was made */
	int64_t forecast_since_ms; /**< since when there always was one; VALUE_UNKNOWN */
	int64_t kill_ms;  /**< when its limit was last seen to kill or refuse; VALUE_UNKNOWN */
	int64_t kills;    /**< processes killed then */
	int64_t refusals; /**< times its limit could not be kept then */
	struct level_hold hold;
	struct ring_point points[SUSPECT_POINTS];
};

struct suspects {
	uint64_t keys[SUSPECTS_MAX]; /**< hash of the path; 0: free */
	struct suspect table[SUSPECTS_MAX];
};

void suspects_init(struct suspects *suspects);

/** A hash of a path, never 0. */
uint64_t suspects_key(const char *path);

/** The one of a path, or NULL. */
struct suspect *suspects_find(struct suspects *suspects, const char *path);

/**
 * A place for a path that has none: a free one, one that was not seen for 30 s, or that of a
 * cgroup with more left of its limit, of which nothing is shown.  NULL if there is none.
 */
struct suspect *suspects_take(
	struct suspects *suspects, const char *path, int64_t percent, int64_t now_ms);

#endif
