/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/log_window.h"

#include "base/value.h"

/** Open since a line without a stamp: the next stamp says how long. */
#define OPEN INT64_MAX

void log_window_init(struct log_window *window)
{
	anchors_init(&window->anchors);
	window->until_us = VALUE_UNKNOWN;
}

static int64_t end_after(int64_t stamp_us)
{
	return stamp_us < OPEN - LOG_WINDOW_US ? stamp_us + LOG_WINDOW_US : OPEN - 1;
}

/* Far before the line that opened it: the log of another boot, or a clock that was set. */
static bool is_over(int64_t until_us, int64_t stamp_us)
{
	return stamp_us > until_us || stamp_us < until_us - 2 * LOG_WINDOW_US;
}

bool log_window_keeps(struct log_window *window, const char *line, size_t len, int64_t stamp_us)
{
	const bool found = anchors_find(&window->anchors, line, len) != NULL;

	if (!value_known(stamp_us)) {
		if (found && !value_known(window->until_us))
			window->until_us = OPEN;
		return value_known(window->until_us);
	}
	if (found || window->until_us == OPEN)
		window->until_us = end_after(stamp_us);
	else if (value_known(window->until_us) && is_over(window->until_us, stamp_us))
		window->until_us = VALUE_UNKNOWN;
	return value_known(window->until_us);
}
