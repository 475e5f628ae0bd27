/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/growth.h"

#include "base/ring.h"
#include "base/value.h"

/* One point more than the intervals that fill a window. */
#define SPACING(window_ms) ((window_ms) / (GROWTH_POINTS - 1))

/** Points of a window, and the present value. */
#define USED_MAX (GROWTH_POINTS + 1)

/** From so many points on one that is off does not move the median of their slopes. */
#define ROBUST_POINTS 5

static const uint32_t window_ms[GROWTH_WINDOWS] = {
	[GROWTH_10S] = 10 * 1000,
	[GROWTH_1MIN] = 60 * 1000,
	[GROWTH_10MIN] = 600 * 1000,
};

static void points_add(struct growth_points *points, uint32_t time_ms, uint32_t pages)
{
	points->time_ms[points->next] = time_ms;
	points->pages[points->next] = pages;
	points->next = (uint8_t)((points->next + 1u) % GROWTH_POINTS);
	if (points->count < GROWTH_POINTS)
		points->count++;
}

/** Index of point number i, 0 being the oldest. */
static unsigned points_index(const struct growth_points *points, unsigned i)
{
	const unsigned behind = GROWTH_POINTS - (unsigned)points->count;

	return (points->next + behind + i) % GROWTH_POINTS;
}

/* The value was the same from first_ms to last_ms, so its points can be made up. */
static void fill_flat_past(struct growth *growth, unsigned w)
{
	const uint32_t known_ms = growth->last_ms - growth->first_ms;
	const uint32_t spacing = SPACING(window_ms[w]);
	uint32_t back = known_ms / spacing;

	if (back > GROWTH_POINTS - 1)
		back = GROWTH_POINTS - 1;
	/* With a history shorter than that, its beginning is worth a point. */
	if (back == 0 && known_ms > 0)
		points_add(&growth->window[w], growth->first_ms, growth->pages);
	for (uint32_t i = back + 1; i-- > 0;)
		points_add(&growth->window[w], growth->last_ms - i * spacing, growth->pages);
}

static int64_t slope_of_two(const struct ring_point *a, const struct ring_point *b)
{
	const int64_t ms = b->time_ms - a->time_ms;
	const int64_t per_s = value_mul(b->value - a->value, 1000);

	return ms > 0 ? per_s / ms : 0;
}

/** The values of one window up to now, oldest first, into the end of used; with ticks
 * longer than the window the last three.  Returns the index of the first. */
static unsigned gather(const struct growth *growth, unsigned w, uint32_t now_ms, int64_t page_bytes,
	struct ring_point used[USED_MAX])
{
	const struct growth_points *points = &growth->window[w];
	unsigned first = USED_MAX - 1;

	used[first] = (struct ring_point){ 0, (int64_t)growth->pages * page_bytes };
	for (unsigned i = points->count; i-- > 0;) {
		const unsigned at = points_index(points, i);
		const uint32_t age_ms = now_ms - points->time_ms[at];

		if (age_ms == 0)
			continue;
		if (age_ms > window_ms[w] && USED_MAX - first >= 3)
			break;
		used[--first] = (struct ring_point){ -(int64_t)age_ms,
			(int64_t)points->pages[at] * page_bytes };
	}
	return first;
}

static int64_t slope_of(const struct ring_point *points, uint32_t count)
{
	struct slope slope;

	if (count < 2)
		return 0;
	if (points_slope(points, count, &slope) == 0)
		return slope.per_s;
	return slope_of_two(&points[0], &points[count - 1]);
}

/* A long window with a short history has too few points to be robust: then it says what
 * the shorter one says. */
static int64_t slope_over(const struct growth *growth, unsigned w, uint32_t now_ms,
	int64_t page_bytes, const int64_t *shorter)
{
	struct ring_point used[USED_MAX];
	const unsigned first = gather(growth, w, now_ms, page_bytes, used);

	if (shorter && USED_MAX - first < ROBUST_POINTS)
		return *shorter;
	return slope_of(&used[first], USED_MAX - first);
}

static bool is_flat(const struct growth *growth)
{
	return growth->window[GROWTH_10MIN].count == 0;
}

static void go_flat(struct growth *growth)
{
	for (unsigned w = 0; w < GROWTH_WINDOWS; w++)
		growth->window[w].count = growth->window[w].next = 0;
	growth->first_ms = growth->changed_ms;
}

/** Whether a window wants a point now; a little early is better than a tick late. */
static bool point_due(const struct growth *growth, unsigned w, uint32_t now_ms)
{
	const struct growth_points *points = &growth->window[w];
	const uint32_t spacing = SPACING(window_ms[w]);
	const unsigned newest = points_index(points, points->count - 1u);

	return now_ms - points->time_ms[newest] >= spacing - spacing / 4;
}

static void add_moving(
	struct growth *growth, uint32_t now_ms, int64_t page_bytes, bool changed, int64_t *slopes)
{
	for (unsigned w = 0; w < GROWTH_WINDOWS; w++) {
		const bool due = point_due(growth, w, now_ms);

		if (due)
			points_add(&growth->window[w], now_ms, growth->pages);
		if (due || changed)
			slopes[w] = slope_over(
				growth, w, now_ms, page_bytes, w > 0 ? &slopes[w - 1] : NULL);
	}
	growth->last_ms = now_ms;
	growth->known = true;
}

bool growth_add(struct growth *growth, int64_t time_ms, int64_t pages, int64_t page_bytes,
	int64_t slopes[GROWTH_WINDOWS])
{
	const uint32_t now_ms = (uint32_t)time_ms;
	const uint32_t value = pages > UINT32_MAX ? UINT32_MAX : (uint32_t)pages;
	const bool changed = value != growth->pages;

	if (!growth->started || now_ms == growth->last_ms) {
		if (!growth->started)
			growth->first_ms = growth->changed_ms = growth->last_ms = now_ms;
		growth->started = true;
		growth->pages = value;
		return growth->known;
	}

	if (!changed && now_ms - growth->changed_ms > window_ms[GROWTH_10MIN] && !is_flat(growth))
		go_flat(growth);
	if (!changed && is_flat(growth)) {
		for (unsigned w = 0; w < GROWTH_WINDOWS; w++)
			slopes[w] = 0;
		growth->last_ms = now_ms;
		growth->known = true;
		return true;
	}

	if (is_flat(growth))
		for (unsigned w = 0; w < GROWTH_WINDOWS; w++)
			fill_flat_past(growth, w);
	if (changed)
		growth->changed_ms = now_ms;
	growth->pages = value;
	add_moving(growth, now_ms, page_bytes, changed, slopes);
	return true;
}
