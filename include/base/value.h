/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Numbers that may be unknown.  What could not be read is never 0.
 */
#ifndef OOMWATCH_BASE_VALUE_H
#define OOMWATCH_BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The value of a number that nobody could tell us. */
#define VALUE_UNKNOWN INT64_MIN

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline bool value_known(int64_t value)
{
	return value != VALUE_UNKNOWN;
}

/** The value, or a stand-in where it is unknown. */
static inline int64_t value_or(int64_t value, int64_t otherwise)
{
	return value == VALUE_UNKNOWN ? otherwise : value;
}

/** Sum of two known values, saturating at INT64_MAX; unknown if one of them is. */
static inline int64_t value_add(int64_t a, int64_t b)
{
	int64_t sum;

	if (!value_known(a) || !value_known(b))
		return VALUE_UNKNOWN;
	if (__builtin_add_overflow(a, b, &sum))
		return a > 0 ? INT64_MAX : INT64_MIN + 1;
	return sum;
}

/** Product of two known values, saturating; unknown if one of them is. */
static inline int64_t value_mul(int64_t a, int64_t b)
{
	int64_t product;

	if (!value_known(a) || !value_known(b))
		return VALUE_UNKNOWN;
	if (__builtin_mul_overflow(a, b, &product))
		return (a > 0) == (b > 0) ? INT64_MAX : INT64_MIN + 1;
	return product;
}

static inline int64_t value_min(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t value_max(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

#endif
