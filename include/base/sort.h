/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Sorting of index arrays, without allocation.
 *
 * Not qsort(): glibc's allocates, and is unstable when it cannot.
 */
#ifndef OOMWATCH_BASE_SORT_H
#define OOMWATCH_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/** < 0 if a comes before b, > 0 if after, 0 if their order does not matter. */
typedef int (*sort_compare)(uint32_t a, uint32_t b, const void *context);

/**
 * Sort indexes in place, stable (merge sort).
 *
 * @scratch  room for count indexes, its content is lost
 * Nearly sorted input, as from one tick to the next, costs few comparisons.
 */
void sort_indexes(uint32_t *indexes, size_t count, uint32_t *scratch, sort_compare compare,
	const void *context);

#endif
