/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A fixed-length history of one number, and its robust slope.
 *
 * The storage belongs to the caller; nothing is allocated.
 */
#ifndef OOMWATCH_BASE_RING_H
#define OOMWATCH_BASE_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring_point {
	int64_t time_ms;
	int64_t value;
};

struct ring {
	struct ring_point *points; /**< the caller's, of that capacity */
	uint32_t capacity;
	uint32_t count; /**< points in use */
	uint32_t next;  /**< index that the next point takes */
};

/** Longest history a slope is computed of; of longer ones an even selection is used. */
#define RING_SLOPE_POINTS 32

void ring_init(struct ring *ring, struct ring_point *points, uint32_t capacity);

/**
 * Append a point; the oldest goes when the ring is full.  Time does not go back: of a
 * point that is not newer than the last one, the value replaces the last one's.
 */
void ring_add(struct ring *ring, int64_t time_ms, int64_t value);

/** Point number i, 0 being the oldest; i < count. */
struct ring_point ring_at(const struct ring *ring, uint32_t i);

/** A slope and the spread of it. */
struct slope {
	int64_t per_s; /**< median of all pairwise slopes (Theil-Sen), units a second */
	int64_t low;   /**< lower quartile of them */
	int64_t high;  /**< upper quartile */
	uint32_t points;
	int64_t span_ms; /**< time between the first and the last point used */
};

/**
 * Theil-Sen slope of the points not older than window_ms before the newest one.
 *
 * Points of VALUE_UNKNOWN are left out.  Returns 0, or -ENODATA with fewer than 3 points
 * or no time between them; *ret is unchanged then.  Constant stack, no allocation; values
 * saturate at 64 bits.
 */
int ring_slope(const struct ring *ring, int64_t window_ms, struct slope *ret);

/** The same for plain arrays, oldest first, of at most RING_SLOPE_POINTS points. */
int points_slope(const struct ring_point *points, uint32_t count, struct slope *ret);

#endif
