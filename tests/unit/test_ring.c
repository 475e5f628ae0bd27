/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "base/ring.h"
#include "unit.h"

static void the_oldest_goes_when_full(void)
{
	struct ring_point points[3];
	struct ring ring;

	ring_init(&ring, points, 3);
	expect_int("empty", ring.count, 0);
	for (int64_t i = 1; i <= 5; i++)
		ring_add(&ring, i * 10, i * 100);
	expect_int("count", ring.count, 3);
	expect_int("oldest", ring_at(&ring, 0).time_ms, 30);
	expect_int("middle", ring_at(&ring, 1).value, 400);
	expect_int("newest", ring_at(&ring, 2).value, 500);
}

static void time_does_not_go_back(void)
{
	struct ring_point points[3];
	struct ring ring;

	ring_init(&ring, points, 3);
	ring_add(&ring, 10, 0);
	ring_add(&ring, 10, 1);
	expect_int("the only one is replaced", ring.count, 1);
	ring_add(&ring, 20, 2);
	ring_add(&ring, 20, 3);
	expect_int("same time replaces", ring.count, 2);
	expect_int("value", ring_at(&ring, 1).value, 3);
	ring_add(&ring, 5, 4);
	expect_int("earlier time replaces", ring.count, 2);
	expect_int("its value", ring_at(&ring, 1).value, 4);
	expect_int("but not the time", ring_at(&ring, 1).time_ms, 20);
	ring_add(&ring, 30, 5);
	ring_add(&ring, 30, 6); /* the last point stands at the end of the storage */
	expect_int("full", ring.count, 3);
	expect_int("replaced at the wrap", ring_at(&ring, 2).value, 6);
}

static void no_room_and_one_place(void)
{
	struct ring_point points[1];
	struct ring ring;

	ring_init(&ring, NULL, 0);
	ring_add(&ring, 1, 1);
	expect_int("no room", ring.count, 0);
	ring_init(&ring, points, 1);
	ring_add(&ring, 1, 1);
	ring_add(&ring, 2, 2);
	expect_int("one place", ring.count, 1);
	expect_int("the newest", ring_at(&ring, 0).value, 2);
}

static void slope_is_the_median_of_the_pairs(void)
{
	static const struct {
		const char *label;
		struct ring_point points[6];
		uint32_t count;
		int error;
		int64_t per_s, low, high, span_ms;
	} cases[] = {
		{ "none", { { 0 } }, 0, -ENODATA, 0, 0, 0, 0 },
		{ "two", { { 0, 0 }, { 1000, 5 } }, 2, -ENODATA, 0, 0, 0, 0 },
		{ "no time between", { { 7, 0 }, { 7, 1 }, { 7, 2 } }, 3, -ENODATA, 0, 0, 0, 0 },
		{ "straight", { { 0, 0 }, { 1000, 5 }, { 3000, 15 } }, 3, 0, 5, 5, 5, 3000 },
		{ "falling", { { 0, 9 }, { 500, 6 }, { 1000, 3 } }, 3, 0, -6, -6, -6, 1000 },
		{ "flat", { { 0, 9 }, { 500, 9 }, { 1000, 9 } }, 3, 0, 0, 0, 0, 1000 },
		{ "two at one time", { { 0, 0 }, { 1000, 4 }, { 1000, 6 } }, 3, 0, 5, 4, 6, 1000 },
		/* by hand: 10 10 10 10 10 10 70 90 130 250 */
		{ "one outlier",
			{ { 0, 0 }, { 1000, 10 }, { 2000, 20 }, { 3000, 30 }, { 4000, 280 } }, 5, 0,
			10, 10, 90, 4000 },
		{ "quartiles of five", { { 0, 0 }, { 1000, 10 }, { 1000, 30 }, { 2000, 20 } }, 4, 0,
			10, 10, 10, 2000 },
		{ "long times",
			{ { 0, 0 }, { INT64_C(10000000000000000), INT64_C(7500000000000000) },
				{ INT64_C(20000000000000000), INT64_C(15000000000000000) } },
			3, 0, 750, 750, 750, INT64_C(20000000000000000) },
		{ "unknown left out",
			{ { 0, 0 }, { 1000, VALUE_UNKNOWN }, { 2000, 20 }, { 3000, 30 } }, 4, 0, 10,
			10, 10, 3000 },
		{ "too few known", { { 0, 0 }, { 1000, VALUE_UNKNOWN }, { 2000, 20 } }, 3, -ENODATA,
			0, 0, 0, 0 },
		{ "largest steps", { { 0, INT64_MIN + 1 }, { 1, INT64_MAX }, { 2, INT64_MIN + 1 } },
			3, 0, 0, INT64_MIN + 1, INT64_MAX, 2 },
		{ "largest times", { { INT64_MIN + 1, 0 }, { 0, 0 }, { INT64_MAX, INT64_MAX } }, 3,
			0, 1000, 0, 1000, INT64_MAX },
		{ "large and slow",
			{ { 0, 0 }, { INT64_C(5000000), INT64_C(5000000000000000000) },
				{ INT64_C(9000000), INT64_C(9000000000000000000) } },
			3, 0, INT64_C(1000000000000000), INT64_C(1000000000000000),
			INT64_C(1000000000000000), INT64_C(9000000) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct slope got = { 42, 42, 42, 42, 42 };

		expect_int(cases[i].label, points_slope(cases[i].points, cases[i].count, &got),
			cases[i].error);
		expect_int(cases[i].label, got.per_s, cases[i].error ? 42 : cases[i].per_s);
		expect_int(cases[i].label, got.low, cases[i].error ? 42 : cases[i].low);
		expect_int(cases[i].label, got.high, cases[i].error ? 42 : cases[i].high);
		expect_int(cases[i].label, got.span_ms, cases[i].error ? 42 : cases[i].span_ms);
	}
}

/* A third of the points is wild; the median does not care. */
static void slope_is_robust_at_the_largest_count(void)
{
	struct ring_point points[RING_SLOPE_POINTS];
	struct slope got;

	for (uint32_t i = 0; i < RING_SLOPE_POINTS; i++) {
		points[i].time_ms = i * 1000;
		points[i].value = (int64_t)i * 70;
		if (i % 5 == 2)
			points[i].value = i % 2 ? 1000000 : -1000000;
	}
	expect_int("result", points_slope(points, RING_SLOPE_POINTS, &got), 0);
	expect_int("slope", got.per_s, 70);
	expect_int("points", got.points, RING_SLOPE_POINTS);
	expect_true("spread", got.low <= 70 && got.high >= 70);
}

static void only_the_window_counts(void)
{
	struct ring_point points[100];
	struct ring ring;
	struct slope got = { 42, 42, 42, 42, 42 };

	ring_init(&ring, points, 100);
	for (int64_t i = 0; i < 50; i++)
		ring_add(&ring, i * 1000, 0);
	for (int64_t i = 50; i < 60; i++)
		ring_add(&ring, i * 1000, (i - 49) * 30);

	expect_int("ten seconds", ring_slope(&ring, 10000, &got), 0);
	expect_int("points", got.points, 11);
	expect_int("slope", got.per_s, 30);
	expect_int("a window of two points", ring_slope(&ring, 1999, &got), -ENODATA);
	expect_int("unchanged", got.per_s, 30);
	expect_int("its edge is inside", ring_slope(&ring, 2000, &got), 0);
	expect_int("three points", got.points, 3);
	expect_int("no window", ring_slope(&ring, -1, &got), -ENODATA);
	expect_int("all", ring_slope(&ring, INT64_MAX, &got), 0);
	expect_int("a selection of points", got.points, RING_SLOPE_POINTS);
	expect_int("from the first to the last", got.span_ms, 59000);
	expect_int("most pairs see nothing", got.per_s, 0);
}

extern CU_TestInfo ring_tests[];

CU_TestInfo ring_tests[] = {
	{ "the oldest goes when full", the_oldest_goes_when_full },
	{ "time does not go back", time_does_not_go_back },
	{ "no room, and one place", no_room_and_one_place },
	{ "slope is the median of the pairs", slope_is_the_median_of_the_pairs },
	{ "slope is robust at the largest count", slope_is_robust_at_the_largest_count },
	{ "only the window counts", only_the_window_counts },
	CU_TEST_INFO_NULL,
};
