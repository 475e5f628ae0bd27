/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A bounds-checked cursor over bytes that are not ours: all parsers use only this.
 *
 * The text need not be NUL-terminated and may contain anything.
 */
#ifndef OOMWATCH_PARSE_SCAN_H
#define OOMWATCH_PARSE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/value.h"

/** Largest KiB and page counts that stay within 63 bits as bytes (pages up to 256 KiB). */
#define SCAN_KIB_MAX (INT64_MAX >> 10)
#define SCAN_PAGES_MAX (INT64_MAX >> 18)

struct scan {
	const char *at;
	const char *end;
};

/** A piece of the text that is read; not NUL-terminated. */
struct span {
	const char *at;
	size_t len;
};

static inline struct scan scan_of(const char *text, size_t len)
{
	return (struct scan){ text, text + len };
}

static inline bool scan_done(const struct scan *scan)
{
	return scan->at >= scan->end;
}

/** Cut off the next line, without its newline.  False at the end. */
bool scan_line(struct scan *scan, struct scan *ret_line);

/** The same, but false also for a last line without newline: it may be cut in the middle
 * of a number. */
bool scan_whole_line(struct scan *scan, struct scan *ret_line);

/** Skip blanks and tabs. */
void scan_blanks(struct scan *scan);

/** Cut off the next word (up to blank, tab or newline), blanks before it skipped. */
bool scan_word(struct scan *scan, struct span *ret);

/** Cut off everything up to (not with) a byte, and step over that byte.  False, and
 * nothing is read, if it does not occur. */
bool scan_until(struct scan *scan, char byte, struct span *ret);

/** Cut off the next component of a path, slashes before it skipped; false at the end. */
bool scan_component(struct scan *path, struct span *ret);

/** Step over a literal prefix if it stands here.  Inline, so that its length is known at
 * compile time: the hot path of parse/pid. */
static inline bool scan_literal(struct scan *scan, const char *literal)
{
	const size_t len = strlen(literal);

	if ((size_t)(scan->end - scan->at) < len || memcmp(scan->at, literal, len) != 0)
		return false;
	scan->at += len;
	return true;
}

/**
 * Read a decimal number, blanks before it skipped.  False, and nothing is read, if there
 * are no digits.  Numbers beyond 63 bits saturate at INT64_MAX (INT64_MIN + 1 below).
 */
bool scan_int(struct scan *scan, int64_t *ret);

/** The same for 64 unsigned bits, saturating; no sign allowed. */
bool scan_uint(struct scan *scan, uint64_t *ret);

/**
 * A number that cannot be negative: VALUE_UNKNOWN if it is, or if it is above max.  (The
 * kernel prints a counter that fell below 0 as a number near 2^64.)  False, and nothing
 * is read, if there are no digits.
 */
bool scan_value(struct scan *scan, int64_t max, int64_t *ret);

/** A hexadecimal number without prefix, saturating. */
bool scan_hex(struct scan *scan, uint64_t *ret);

/** "12.34" as 1234 (two decimals, more are cut, fewer are filled), saturating at INT64_MAX;
 * no sign, at least one digit before the point. */
bool scan_centi(struct scan *scan, int64_t *ret);

bool span_is(struct span span, const char *literal);
bool span_starts(struct span span, const char *literal);

/** Copy into a NUL-terminated buffer, cut to size - 1 bytes. */
void span_copy(struct span span, char *buf, size_t size);

#endif
