/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Values as systemd's configuration files spell them; systemd.syntax(7), systemd.time(7).
 */
#ifndef OOMWATCH_PARSE_SYSTEMD_VALUE_H
#define OOMWATCH_PARSE_SYSTEMD_VALUE_H

#include <stdbool.h>

#include "parse/scan.h"

/**
 * A fraction in hundredths of a percent: "60%", "33.33%", "600‰", "333.3‰", "6000‱"; at most all
 * (parse_permyriad() of systemd's percent-util.c).  False, and *ret is unchanged, for anything
 * else: a bare number, a sign, more decimals than fit.
 */
bool systemd_permyriad(struct span value, int64_t *ret);

/**
 * A time span in ms, rounded down: "20s", "1min 30s", "1.5h", "20" (seconds); INT64_MAX for
 * "infinity" and what does not fit.  False, and *ret is unchanged, for anything else.
 */
bool systemd_timespan_ms(struct span value, int64_t *ret);

/** "1", "yes", "y", "true", "t", "on" and their opposites, whatever the case.  False, and *ret is
 * unchanged, for anything else. */
bool systemd_boolean(struct span value, bool *ret);

#endif
