/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Texts cut at any byte, as a parser may meet them.
 */
#ifndef OOMWATCH_TESTS_CUTS_H
#define OOMWATCH_TESTS_CUTS_H

#include <stdlib.h>
#include <string.h>

#include "unit.h"

/** The first len bytes in memory of just that size, so that a sanitizer sees what reads
 * beyond them.  The caller frees it; never NULL. */
static inline char *cut_copy(const char *text, size_t len)
{
	char *copy = malloc(len > 0 ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, text, len);
	return copy;
}

/** Whether each number of one struct of int64_t is that of the other, or unknown. */
static inline bool known_agree(const void *cut, const void *whole, size_t size)
{
	const int64_t *a = cut, *b = whole;

	for (size_t i = 0; i < size / sizeof(*a); i++) {
		if (value_known(a[i]) && a[i] != b[i])
			return false;
	}
	return true;
}

#endif
