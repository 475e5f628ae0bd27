/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Which lines of a log are kept because they may be about a kill: from one that looks like it
 * (parse/anchors) until some seconds after the last such one.
 */
#ifndef OOMWATCH_PARSE_LOG_WINDOW_H
#define OOMWATCH_PARSE_LOG_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parse/anchors.h"

/** How long after a line that looks like a kill everything is kept. */
#define LOG_WINDOW_US (INT64_C(3) * 1000000)

struct log_window {
	struct anchors anchors;
	int64_t until_us; /**< stamp up to which lines are kept; VALUE_UNKNOWN: none;
			       INT64_MAX: until a stamp tells */
};

void log_window_init(struct log_window *window);

/**
 * Whether to keep the next line; lines come in the order of the log, of one clock (mixed clocks
 * close each other's windows: use one for each).
 *
 * A stamp that lies before the opening line's by more than LOG_WINDOW_US (another boot, a clock
 * that was set) closes it, too.
 *
 * @stamp_us  its time on any clock, 0..INT64_MAX; VALUE_UNKNOWN: kept while the line before was
 */
bool log_window_keeps(struct log_window *window, const char *line, size_t len, int64_t stamp_us);

#endif
