/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/ring.h"

#include <errno.h>

#include "base/value.h"

#define SLOPE_PAIRS (RING_SLOPE_POINTS * (RING_SLOPE_POINTS - 1) / 2)

void ring_init(struct ring *ring, struct ring_point *points, uint32_t capacity)
{
	ring->points = points;
	ring->capacity = capacity;
	ring->count = 0;
	ring->next = 0;
}

void ring_add(struct ring *ring, int64_t time_ms, int64_t value)
{
	if (ring->capacity == 0)
		return;
	if (ring->count > 0) {
		const uint32_t last = (ring->next == 0 ? ring->capacity : ring->next) - 1;

		if (time_ms <= ring->points[last].time_ms) {
			ring->points[last].value = value;
			return;
		}
	}

	ring->points[ring->next] = (struct ring_point){ time_ms, value };
	ring->next = ring->next + 1 == ring->capacity ? 0 : ring->next + 1;
	if (ring->count < ring->capacity)
		ring->count++;
}

struct ring_point ring_at(const struct ring *ring, uint32_t i)
{
	const uint64_t oldest = (uint64_t)ring->next + ring->capacity - ring->count;

	return ring->points[(oldest + i) % ring->capacity];
}

/* a - b, saturating; never INT64_MIN, which is VALUE_UNKNOWN. */
static int64_t difference(int64_t a, int64_t b)
{
	int64_t result;

	if (__builtin_sub_overflow(a, b, &result))
		return a > b ? INT64_MAX : INT64_MIN + 1;
	return value_max(result, INT64_MIN + 1);
}

static int64_t pair_slope(const struct ring_point *from, const struct ring_point *to)
{
	const int64_t change = difference(to->value, from->value);
	const int64_t time_ms = difference(to->time_ms, from->time_ms);
	const int64_t rest = change % time_ms;
	int64_t scaled;

	if (!__builtin_mul_overflow(change, (int64_t)1000, &scaled))
		return scaled / time_ms;
	if (__builtin_mul_overflow(rest, (int64_t)1000, &scaled))
		scaled = rest / (time_ms / 1000);
	else
		scaled /= time_ms;
	return value_add(value_mul(change / time_ms, 1000), scaled);
}

static void sort_slopes(int64_t *slopes, uint32_t count)
{
	static const uint32_t gaps[] = { 301, 132, 57, 23, 10, 4, 1 };

	for (size_t g = 0; g < ARRAY_SIZE(gaps); g++) {
		const uint32_t gap = gaps[g];

		for (uint32_t i = gap; i < count; i++) {
			const int64_t slope = slopes[i];
			uint32_t at = i;

			for (; at >= gap && slopes[at - gap] > slope; at -= gap)
				slopes[at] = slopes[at - gap];
			slopes[at] = slope;
		}
	}
}

static uint32_t all_slopes(const struct ring_point *points, uint32_t count, int64_t *ret_slopes)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t j = i + 1; j < count; j++) {
			if (points[j].time_ms <= points[i].time_ms)
				continue;
			ret_slopes[n++] = points[j].value == points[i].value
				? 0
				: pair_slope(&points[i], &points[j]);
		}
	}
	return n;
}

static int64_t middle_of(int64_t low, int64_t high)
{
	return low + (int64_t)(((uint64_t)high - (uint64_t)low) / 2);
}

int points_slope(const struct ring_point *points, uint32_t count, struct slope *ret)
{
	struct ring_point known[RING_SLOPE_POINTS];
	int64_t slopes[SLOPE_PAIRS];
	uint32_t n_known = 0, n;

	for (uint32_t i = 0; i < count && n_known < RING_SLOPE_POINTS; i++) {
		if (value_known(points[i].value))
			known[n_known++] = points[i];
	}
	if (n_known < 3)
		return -ENODATA;
	n = all_slopes(known, n_known, slopes);
	if (n == 0)
		return -ENODATA;
	sort_slopes(slopes, n);

	ret->per_s = middle_of(slopes[(n - 1) / 2], slopes[n / 2]);
	ret->low = slopes[(n - 1) / 4];
	ret->high = slopes[n - 1 - (n - 1) / 4];
	ret->points = n_known;
	ret->span_ms = difference(known[n_known - 1].time_ms, known[0].time_ms);
	return 0;
}

int ring_slope(const struct ring *ring, int64_t window_ms, struct slope *ret)
{
	struct ring_point points[RING_SLOPE_POINTS];
	uint32_t first, n, take;
	int64_t newest_ms;

	if (ring->count < 3)
		return -ENODATA;
	newest_ms = ring_at(ring, ring->count - 1).time_ms;
	for (first = ring->count - 1; first > 0; first--) {
		if (difference(newest_ms, ring_at(ring, first - 1).time_ms) > window_ms)
			break;
	}

	n = ring->count - first;
	take = n < RING_SLOPE_POINTS ? n : RING_SLOPE_POINTS;
	for (uint32_t i = 0; i < take; i++) {
		const uint64_t at = take < n ? (uint64_t)i * (n - 1) / (take - 1) : i;

		points[i] = ring_at(ring, first + (uint32_t)at);
	}
	return points_slope(points, take, ret);
}
