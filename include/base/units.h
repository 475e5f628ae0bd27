/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Numbers with their units as short text, for people.
 *
 * Sizes are binary: K is 1024 bytes.  An unknown value (VALUE_UNKNOWN) is "?".
 */
#ifndef OOMWATCH_BASE_UNITS_H
#define OOMWATCH_BASE_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/**
 * A size in bytes: "0", "512B", "4.0K", "98M", "1.3G", "10.7G", "-15.1G", "117T".
 * At most 6 characters with the sign (5 without): one decimal below 10 of K and M and
 * below 100 of G and more.
 */
void units_bytes(struct text *text, int64_t bytes);

/** units_bytes() of KiB, saturating. */
void units_kib(struct text *text, int64_t kib);

/** A change a second, always signed but for 0: "+48M", "-52M", "0". */
void units_rate(struct text *text, int64_t bytes_per_s);

/** A count: "0", "999", "1.2k", "91k", "3.4m", "12g", then t, p, e (thousands, not 1024). */
void units_count(struct text *text, int64_t count);

/**
 * A time span, rounded down: "8s", "95s" (below 2 min), "12min" (below 2 h), "3h10m",
 * "3h" (below 2 d), "12d".
 */
void units_seconds(struct text *text, int64_t seconds);

/**
 * A span between two times, in the larger one's unit: "18-40s", "2-5min", "3-7h".  The
 * ends are rounded outwards; what is below 0 is 0; "40s" where both are the same, "?"
 * where one is unknown.
 */
void units_seconds_range(struct text *text, int64_t low_s, int64_t high_s);

/** Hundredths of a percent as "18.9%" (rounded to the nearest tenth). */
void units_percent(struct text *text, int64_t centi_percent);

/**
 * Parse a size with an optional unit: "2G", "1.5M", "300K", "4096", "12MiB", "7kB", "5k".
 * K, M, G, T, P, E (either case, optional "iB" or "B") are powers of 1024; "512B" is
 * understood too, and fractions of a byte are dropped.
 * Returns 0, -EINVAL for what is no number, -ERANGE for what does not fit in 63 bits;
 * a leading minus sign is allowed.  *ret is unchanged on error.
 */
int units_parse_bytes(const char *string, int64_t *ret);

/**
 * Parse seconds with fractions in the C locale: "1", "0.25", ".5" to milliseconds, rounded
 * down; signs are refused.
 * Returns 0, -EINVAL or -ERANGE; *ret_ms unchanged on error.
 */
int units_parse_ms(const char *string, int64_t *ret_ms);

#endif
