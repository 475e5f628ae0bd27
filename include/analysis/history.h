/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What is kept of the machine over the last minutes, for slopes and for levels.
 */
#ifndef OOMWATCH_ANALYSIS_HISTORY_H
#define OOMWATCH_ANALYSIS_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/averages.h"
#include "analysis/level.h"
#include "analysis/suspects.h"
#include "analysis/watch.h"
#include "base/ring.h"
#include "model/snapshot.h"

#define HISTORY_POINTS 1024

/** For what is only looked at over the last seconds. */
#define HISTORY_SHORT_POINTS 128

/** Zero-initialise, then history_init.  Times are uptimes, as in the rings. */
struct history {
	struct ring left;       /**< left_high_kib: free, all file pages, slab, swap */
	struct ring anon;       /**< anon + shmem in KiB, also where it is swapped out */
	struct ring pinned;     /**< account_pinned_kib */
	struct ring available;  /**< MemAvailable in KiB, for sparklines */
	struct ring full_avg10; /**< PSI full, hundredths of a percent */
	struct ring shmem;      /**< KiB */
	struct ring slab;       /**< unreclaimable slab, KiB */
	struct ring hugetlb;    /**< KiB */
	struct ring other;      /**< unaccounted memory, KiB */
	struct ring_point left_points[HISTORY_POINTS];
	struct ring_point anon_points[HISTORY_POINTS];
	struct ring_point pinned_points[HISTORY_POINTS];
	struct ring_point available_points[HISTORY_POINTS];
	struct ring_point full_points[HISTORY_POINTS];
	struct ring_point shmem_points[HISTORY_SHORT_POINTS];
	struct ring_point slab_points[HISTORY_SHORT_POINTS];
	struct ring_point hugetlb_points[HISTORY_SHORT_POINTS];
	struct ring_point other_points[HISTORY_SHORT_POINTS];
	int64_t oom_kill; /**< the kernel's counter when last seen; VALUE_UNKNOWN */
	int64_t kill_ms;  /**< when it was seen to rise; VALUE_UNKNOWN: not yet */
	int64_t kills;    /**< by how much it rose then */

	/* Kept by risk_hold(). */
	int64_t forecast_since_ms; /**< since when every sample had a forecast; VALUE_UNKNOWN */
	struct level_hold hold;

	struct suspects suspects; /**< of memory cgroups; kept by memcgs_judge() */
	struct watches watches;   /**< of node sets and userspace killers */
	struct averages averages; /**< of memory cgroups, as oomd holds growth against them */
};

void history_init(struct history *history);

/** Add one instant; call once a tick, before summary_make(). What is unknown is left out. */
void history_add(struct history *history, const struct snapshot *now);

#endif
