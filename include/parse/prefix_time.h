/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Times as loggers print them, whatever the language: recognised by the clock in them.
 */
#ifndef OOMWATCH_PARSE_PREFIX_TIME_H
#define OOMWATCH_PARSE_PREFIX_TIME_H

#include <stdbool.h>

#include "parse/scan.h"

/**
 * Step over a time that stands here: up to four short words and a clock, with the year behind
 * it ("Nov 21 19:57:17", "Di Aug 12 03:54:03 2025", "2026-11-21T19:57:17.123+01:00",
 * "2026-11-21 19:57:17", "1700000000.123456").
 *
 * @ret_text  out: the time as printed
 * @ret_bare  out: its fraction has a comma, as dmesg --time-format=iso alone prints it: no host
 *            and no tag follow
 */
bool prefix_time(struct scan *scan, struct span *ret_text, bool *ret_bare);

/** "[  130.772276]": seconds since boot; *ret_us in microseconds. */
bool prefix_uptime(struct scan *scan, int64_t *ret_us);

/** "[Sat Nov 21 19:57:17 2026]", as dmesg -T prints it. */
bool prefix_dated(struct scan *scan, struct span *ret_text);

/** "[  T123]" or "[    C1]": thread id, or -1 - cpu. */
bool prefix_caller(struct scan *scan, int64_t *ret);

#endif
