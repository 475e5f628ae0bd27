/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What in oomd's (Meta's) rules is not plain JSON: comments around it, sizes and numbers in its
 * strings.  As in src/oomd/util/Util.cpp and PluginArgParser.cpp of oomd 0.5.
 */
#ifndef OOMWATCH_PARSE_OOMD_TEXT_H
#define OOMWATCH_PARSE_OOMD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Deeper rules, or with more values, are refused: oomd's own nest 6 deep. */
#define OOMD_TEXT_DEPTH_MAX 32
#define OOMD_TEXT_VALUES_MAX 65536

/**
 * Make blanks of the comments outside of strings; newlines stay, and so the numbers of lines.
 *
 * Returns 0, -EBADMSG for a comment or string without end, -E2BIG beyond the limits above;
 * *ret_line is where that begins, from 1.
 */
int oomd_uncomment(char *text, size_t len, int *ret_line);

/** A threshold: one of both is VALUE_UNKNOWN. */
struct oomd_size {
	int64_t permyriad; /**< "20%": 0 to PERMYRIAD_ALL */
	int64_t bytes;     /**< "1.5M 32K"; a bare number is in MiB */
};

/** 0, -EINVAL for what oomd would refuse, -ERANGE for sizes beyond 63 bits; *ret unchanged then. */
int oomd_parse_size(const char *string, struct oomd_size *ret);

/** A whole number as C++'s stoi(): blanks before it and whatever comes behind it do not count.
 * 0, -EINVAL or -ERANGE (32 bits); *ret unchanged then. */
int oomd_parse_int(const char *string, int64_t *ret);

/** A fraction ("0.85") in hundredths of a percent, what is finer is cut off; what comes behind does not
 * count.  0, -EINVAL or -ERANGE. */
int oomd_parse_fraction(const char *string, int64_t *ret_permyriad);

/** true, True, 1; false, False, 0.  0 or -EINVAL. */
int oomd_parse_bool(const char *string, bool *ret);

#endif
