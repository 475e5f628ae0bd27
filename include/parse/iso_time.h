/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A time of ISO 8601 as a number.
 */
#ifndef OOMWATCH_PARSE_ISO_TIME_H
#define OOMWATCH_PARSE_ISO_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "parse/scan.h"

/**
 * "2026-11-21T19:57:17.123456+01:00" as ms since 1970 (UTC), and step over it; the fraction may
 * be missing, the zone may be "Z" or "+0100".  False, and nothing is read, for anything else: a
 * time without a zone, a date that does not exist.
 */
bool iso_time(struct scan *scan, int64_t *ret_ms);

#endif
