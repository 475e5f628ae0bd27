/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sort.h"

#include <stdbool.h>
#include <string.h>

/* Runs of this length are sorted by insertion. */
#define SORT_RUN 8

struct sorting {
	sort_compare compare;
	const void *context;
	uint32_t *scratch;
};

static int compare(const struct sorting *by, uint32_t a, uint32_t b)
{
	return by->compare(a, b, by->context);
}

static void sort_run(const struct sorting *by, uint32_t *run, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const uint32_t item = run[i];
		size_t at = i;

		for (; at > 0 && compare(by, run[at - 1], item) > 0; at--)
			run[at] = run[at - 1];
		run[at] = item;
	}
}

/* How many of a sorted run come before item; those equal to it too, if wanted. */
static size_t run_before(
	const struct sorting *by, const uint32_t *run, size_t count, uint32_t item, bool equal_too)
{
	size_t low = 0, high = count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = compare(by, run[middle], item);

		if (order < 0 || (equal_too && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Merge two sorted neighbours; what is in its place at both ends is not moved. */
static void merge(const struct sorting *by, uint32_t *run, size_t middle, size_t count)
{
	size_t left = 0, right = middle, out, skip;

	if (compare(by, run[middle - 1], run[middle]) <= 0)
		return;

	skip = run_before(by, run, middle, run[middle], true);
	count = middle + run_before(by, run + middle, count - middle, run[middle - 1], false);
	middle -= skip;
	memcpy(by->scratch, run + skip, middle * sizeof(*run));

	for (out = skip; left < middle && right < count; out++) {
		if (compare(by, by->scratch[left], run[right]) <= 0)
			run[out] = by->scratch[left++];
		else
			run[out] = run[right++];
	}
	memcpy(run + out, by->scratch + left, (middle - left) * sizeof(*run));
}

/* merge() writes to scratch through the struct, which clang-tidy does not see. */
/* NOLINTNEXTLINE(readability-non-const-parameter) */
void sort_indexes(uint32_t *indexes, size_t count, uint32_t *scratch, sort_compare compare_items,
	const void *context)
{
	const struct sorting by = { compare_items, context, scratch };

	for (size_t at = 0; at < count; at += SORT_RUN)
		sort_run(&by, indexes + at, count - at < SORT_RUN ? count - at : SORT_RUN);

	for (size_t width = SORT_RUN; width < count; width *= 2) {
		for (size_t at = 0; count - at > width; at += 2 * width) {
			const size_t both = count - at < 2 * width ? count - at : 2 * width;

			merge(&by, indexes + at, width, both);
			if (both < 2 * width)
				break;
		}
	}
}
