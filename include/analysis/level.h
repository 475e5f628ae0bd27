/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * How bad it is, in one word.
 */
#ifndef OOMWATCH_ANALYSIS_LEVEL_H
#define OOMWATCH_ANALYSIS_LEVEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum level {
	LEVEL_OK,
	LEVEL_WARN,
	LEVEL_CRITICAL,
	LEVEL_COUNT,
};

/** How long a level stays after it was last deserved, and for how long a kill is news. */
#define LEVEL_HOLD_MS 5000
#define LEVEL_KILL_NEWS_MS 10000

/** The same where a forecast alone was the reason, and there is none any more: a warm-up that
 * has stopped, a job of a build that has ended. */
#define LEVEL_HOLD_FORECAST_MS 1500

/** A level between samples: leaving one takes longer than entering it. */
struct level_hold {
	int64_t deserved_ms[LEVEL_COUNT]; /**< when a level was deserved last; VALUE_UNKNOWN */
	bool by_forecast[LEVEL_COUNT];    /**< then: a forecast was the only reason */
	char why[160];                    /**< of the level shown last */
};

/** What a sample deserves. */
struct level_deserved {
	enum level level;
	bool by_forecast;  /**< a forecast is the only reason */
	bool has_forecast; /**< there is one now */
};

void level_hold_init(struct level_hold *hold);

/**
 * Hold a level: it rises at once, and falls when it was not deserved for 5 s (1.5 s where a
 * forecast was the only reason, and there is none any more).
 *
 * @why  of the level deserved; replaced by that of the level held
 * Returns the level to show.  The same instant again changes nothing.
 */
enum level level_hold(struct level_hold *hold, int64_t now_ms,
	const struct level_deserved *deserved, char *why, size_t size);

/** Whether a time lies within the last span; not if it lies in the future, or is unknown. */
bool level_recent(int64_t time_ms, int64_t now_ms, int64_t span_ms);

#endif
