/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * When what is left to give will be gone: a range of time, or the reason why none is given.
 *
 * Foretold is only what can be seen coming, judged on windows from 2 s to 10 min of history:
 * - the shrinking is consistent: the quartiles of all pairwise slopes of a window agree in
 *   sign and are not more than four times apart;
 * - it still goes on: the newest sixth of the window (less where the end is near) shrinks at
 *   least a quarter as fast;
 * - it is no moment's jitter: a twentieth of what is left went within the window, so the
 *   end is at most 20 windows away, and at most an hour;
 * - somebody takes it: anonymous, shared or the kernel's own memory grows at least half as
 *   fast.  Without that (drivers, for instance) it must last for 30 s.
 * Copying files moves memory from free to cache, both of which are left, so it is no shrinking.
 */
#ifndef OOMWATCH_ANALYSIS_FORECAST_H
#define OOMWATCH_ANALYSIS_FORECAST_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/left.h"
#include "analysis/level.h"
#include "analysis/reclaim.h"
#include "base/ring.h"
#include "base/text.h"

struct history;

/** Nothing is foretold beyond this. */
#define FORECAST_HORIZON_S 3600

struct forecast {
	int64_t slope_kib_per_s; /**< of left_high, negative: shrinking; VALUE_UNKNOWN early on */
	int64_t seconds;         /**< until nothing is left; VALUE_UNKNOWN: not foretold */
	int64_t low_s;           /**< low <= seconds <= high <= 4 * low + 9 */
	int64_t high_s;
	int64_t early_s;   /**< while there are too few samples for a forecast: until nothing is
	                        left at the rate of the last second, as in --check, which takes two;
	                        VALUE_UNKNOWN else */
	bool swift;        /**< seen over less than 9 s so far */
	bool was_here;     /**< within the last 2 min about as little was left, and it
	                        came back */
	char why_none[96]; /**< "" if there is a forecast */
};

/** What is foretold from. */
struct forecast_series {
	const struct ring *left; /**< what is left at best, in KiB */
	const struct ring *anon; /**< NULL with pinned: whatever shrinks is explained */
	const struct ring *pinned;
	int64_t since_ms; /**< what is older says nothing (a kill); VALUE_UNKNOWN: all counts */
};

/** The same for any scope.  @reclaim  may be NULL: not known whether swapping is going on */
void forecast_of_series(const struct forecast_series *series, const struct left *left,
	const struct reclaim *reclaim, struct forecast *ret);

/** The machine's. */
void forecast_of(const struct history *history, const struct left *left,
	const struct reclaim *reclaim, struct forecast *ret);

/** Keep account, sample by sample, of since when there always was a forecast: *since_ms is
 * VALUE_UNKNOWN while there is none. */
void forecast_note(bool has_forecast, int64_t now_ms, int64_t *since_ms);

/** By that account: whether the sample before had one, too. */
bool forecast_lasting(int64_t since_ms, int64_t now_ms);

/**
 * What a forecast deserves.  All levels ask for little to be left as well: a warm-up that stops
 * at 60 % of memory looks like a leak until it stops, and machines are built to be filled so far.
 *
 * @lasting  the sample before had a forecast, too
 * @percent  what is left of what can be used at all
 */
enum level forecast_level(const struct forecast *forecast, bool lasting, int64_t percent);

/** Why, in words: "out in 18-40s at this rate, 12% left". */
void forecast_why(const struct forecast *forecast, int64_t percent, struct text *text);

#endif
