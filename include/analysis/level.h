/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * How bad it is, in one word.
 */
#ifndef OOMWATCH_ANALYSIS_LEVEL_H
#define OOMWATCH_ANALYSIS_LEVEL_H

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

#endif
