/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * How fast a process grows: a robust slope over three windows of time.
 *
 * Most processes do not change for hours, so nothing is stored and nothing computed
 * while a value stays; when it moves, the flat past is filled in.
 */
#ifndef OOMWATCH_COLLECT_GROWTH_H
#define OOMWATCH_COLLECT_GROWTH_H

#include <stdbool.h>
#include <stdint.h>

#include "model/task.h"

/** Points kept for each window. */
#define GROWTH_POINTS 8

struct growth_points {
	uint32_t time_ms[GROWTH_POINTS]; /**< wraps after 49 days; only differences count */
	uint32_t pages[GROWTH_POINTS];
	uint8_t count;
	uint8_t next; /**< index that the next point takes */
};

/** Zero-initialise: nothing is known. */
struct growth {
	struct growth_points window[GROWTH_WINDOWS];
	uint32_t first_ms;   /**< first value */
	uint32_t changed_ms; /**< when the value became what it is */
	uint32_t last_ms;
	uint32_t pages; /**< last value */
	bool started;
	bool known; /**< there are two values at least */
};

/**
 * Add a value; a time that is not newer than the last one replaces it.
 *
 * @time_ms  since boot
 * @pages    saturates at 2^32 - 1 (16 TiB of 4 KiB)
 * @slopes   bytes per second, written when the result is true: Theil-Sen from three points
 *           on, the plain difference with two
 * Returns whether there is growth to tell of: from the second value on.
 */
bool growth_add(struct growth *growth, int64_t time_ms, int64_t pages, int64_t page_bytes,
	int64_t slopes[GROWTH_WINDOWS]);

#endif
