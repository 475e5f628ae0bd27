/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The averages of memory.current that oomd (Meta) holds a cgroup's growth against, computed anew
 * here: average = 3/4 of the average before + 1/4 of memory.current, at each of its ticks, from 0
 * on.  Its own cannot be seen, so these are estimates.  A part of analysis/history.
 */
#ifndef OOMWATCH_ANALYSIS_AVERAGES_H
#define OOMWATCH_ANALYSIS_AVERAGES_H

#include <stdint.h>

#define AVERAGES_SETS 128
#define AVERAGES_WAYS 4

struct average {
	uint64_t key; /**< of the cgroup; 0: free */
	int64_t bytes;
	int64_t tick_ms; /**< uptime of the last of oomd's ticks that is in it */
	int64_t seen_ms;
};

/** Zero-initialise.  Where there are more cgroups than room those not seen for longest go. */
struct averages {
	uint64_t owner;   /**< the oomd that they are of */
	int64_t begun_ms; /**< uptime of the first sample with it */
	struct average table[AVERAGES_SETS][AVERAGES_WAYS];
};

/** Which oomd, and its clock. */
struct averages_clock {
	uint64_t owner;      /**< of pid and start; not 0 */
	int64_t now_ms;      /**< uptime */
	int64_t age_ms;      /**< how long it has been running; VALUE_UNKNOWN: for long */
	int64_t interval_ms; /**< between its ticks, > 0 */
};

/** Begin a sample: what is of another oomd goes. */
void averages_begin(struct averages *averages, const struct averages_clock *clock);

/**
 * The average of a cgroup with what it uses now, in bytes; the same instant again changes nothing.
 *
 * What is seen for the first time in the first sample is taken to have used as much ever since oomd
 * began; later on, to be new.  VALUE_UNKNOWN where there is no room, or bytes is not known.
 */
int64_t averages_add(struct averages *averages, const struct averages_clock *clock,
	const char *path, int64_t bytes);

#endif
