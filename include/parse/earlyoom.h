/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * How earlyoom is set up: its arguments, as getopt_long(3) of earlyoom 1.9 takes them.
 */
#ifndef OOMWATCH_PARSE_EARLYOOM_H
#define OOMWATCH_PARSE_EARLYOOM_H

#include "model/killer.h"
#include "parse/scan.h"

struct earlyoom_args {
	struct earlyoom_settings settings;
	/* Pieces of the arguments; at is NULL where not given. */
	struct span prefer, avoid, ignore;
};

/**
 * What of its version counts: before 1.8 shares of memory were of MemTotal.
 *
 * @bytes  its program file, which has "earlyoom v1.7" in it
 * Sets of_total and version_known, or nothing where there is no such text.  What lies between
 * 1.7 and 1.8 ("v1.7-12-g0123456") is not told.
 */
void parse_earlyoom_program(const char *bytes, size_t len, struct earlyoom_settings *settings);

/**
 * @args  NUL-separated, the program's name first
 *
 * Options it does not know are passed over, as are words that are none; matches_known is true
 * where there is no pattern, version_known where there is an option that came with 1.8 or later.
 * Returns 0, or -EINVAL for a value that earlyoom would refuse (then
 * it does not run with it) or that is not understood here: nan, hexadecimal numbers.  *ret is
 * unchanged then.
 */
int parse_earlyoom_args(const char *args, size_t len, struct earlyoom_args *ret);

#endif
