/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What reclaim is doing: rates between two snapshots.
 */
#ifndef OOMWATCH_ANALYSIS_RECLAIM_H
#define OOMWATCH_ANALYSIS_RECLAIM_H

#include <stdint.h>

#include "base/text.h"
#include "model/snapshot.h"

/** Per second, rounded; VALUE_UNKNOWN without an earlier snapshot or counter. */
struct reclaim {
	int64_t kswapd_scan_per_s; /**< pages */
	int64_t direct_scan_per_s; /**< pages */
	int64_t direct_stalls_per_s;
	int64_t efficiency_percent; /**< pages reclaimed of 100 scanned; VALUE_UNKNOWN when
	                                 nothing was scanned */
	int64_t refaults_per_s;     /**< pages that came back soon after they were dropped */
	int64_t swap_in_per_s;      /**< pages */
	int64_t swap_out_per_s;     /**< pages */
	int64_t major_faults_per_s;
	int64_t compact_stalls_per_s;
	int64_t compact_fails_per_s;
	int64_t oom_kills; /**< since the earlier snapshot */
};

/**
 * The stage that reclaim has reached, in order of danger.
 *
 * The last three need reclaim by allocating tasks themselves: kswapd alone scans, drops and
 * refaults a lot on every host whose files do not fit in memory, and nobody waits.  Reclaim
 * for a cgroup's limit does not count in these counters.
 */
enum reclaim_stage {
	RECLAIM_UNKNOWN,
	RECLAIM_IDLE,        /**< nothing is scanned */
	RECLAIM_KSWAPD,      /**< in the background */
	RECLAIM_DIRECT,      /**< allocations wait for it */
	RECLAIM_THRASHING,   /**< half of what it drops comes back, 250 pages a second or more */
	RECLAIM_NO_PROGRESS, /**< less than 5 of 100 pages scanned are won, of 250 a second or more */
};

/** before may be NULL.  A counter that went back (another boot) gives VALUE_UNKNOWN. */
void reclaim_of(const struct snapshot *now, const struct snapshot *before, struct reclaim *ret);

enum reclaim_stage reclaim_stage_of(const struct reclaim *reclaim);
const char *reclaim_stage_words(enum reclaim_stage stage);

#endif
