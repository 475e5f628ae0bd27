/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What is kept between samples of a scope other than the machine and the memory cgroups (node
 * sets, userspace killers): a series of what is left, and the level held.  A part of
 * analysis/history.
 */
#ifndef OOMWATCH_ANALYSIS_WATCH_H
#define OOMWATCH_ANALYSIS_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/forecast.h"
#include "analysis/level.h"
#include "base/ring.h"

#define WATCHES_MAX 48
#define WATCH_POINTS 128

struct watch {
	uint64_t key;              /**< of the scope; 0: free */
	int64_t seen_ms;           /**< uptime of the last sample that had it */
	struct ring left;          /**< what is left at best, in KiB */
	int64_t forecast_since_ms; /**< since when there always was one; VALUE_UNKNOWN */
	int64_t since_ms;          /**< of a condition of the scope's own (pressure above a limit);
	                       VALUE_UNKNOWN: it does not hold */
	bool since_sure;           /**< it was seen to begin: the sample before did not have it */
	struct level_hold hold;
	struct ring_point points[WATCH_POINTS];
};

struct watches {
	struct watch table[WATCHES_MAX];
};

void watches_init(struct watches *watches);

/** The one of a key, made if it is not there: on a free place, or that of the one not seen for
 * longest (and not in this sample).  NULL if there is none.  Sets seen_ms. */
struct watch *watches_take(struct watches *watches, uint64_t key, int64_t now_ms);

/** The one of a key, or NULL if it is not there. */
struct watch *watches_find(struct watches *watches, uint64_t key);

/**
 * Note what is left now, and foretell from all that was noted.  The same instant again adds
 * nothing.
 *
 * @left  low, high and kinds, as forecast_of_series() wants them; high unknown: nothing is noted
 */
void watch_note(struct watch *watch, int64_t now_ms, const struct left *left, struct forecast *ret);

/** Whether there was a forecast in the sample before, too. */
bool watch_lasting(const struct watch *watch, int64_t now_ms);

#endif
