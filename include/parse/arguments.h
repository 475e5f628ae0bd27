/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The arguments of another program, and the numbers in them.
 */
#ifndef OOMWATCH_PARSE_ARGUMENTS_H
#define OOMWATCH_PARSE_ARGUMENTS_H

#include "parse/scan.h"

/** What scan_micro() counts in. */
#define MICRO 1000000

/** Cut off the next of arguments that each end with a NUL (the last may lack it): false at the
 * end. */
bool arguments_next(struct scan *args, struct span *ret);

/** The last component of a path. */
struct span arguments_base(struct span path);

/**
 * Read a decimal number as strtod(3) does in the C locale, in millionths; what is smaller is
 * cut off: white space, "+", "2.5", "5.", ".5", "1e3".  Hexadecimal ones, "inf" and "nan" are
 * not understood.  False, and nothing is read, if there is none, it is below 0, or does not fit
 * in 63 bits.
 */
bool scan_micro(struct scan *scan, int64_t *ret);

/** The same for all of a text. */
bool span_micro(struct span text, int64_t *ret);

/** Without the white space at its ends. */
struct span span_strip(struct span text);

#endif
