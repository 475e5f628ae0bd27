/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/growth.h"
#include "unit.h"

#define PAGE 4096

/** Add count values from time on, one each step, growing by pages each. */
static bool add_many(struct growth *growth, int64_t time_ms, int64_t step_ms, int count,
	int64_t pages, int64_t more, int64_t slopes[GROWTH_WINDOWS])
{
	bool known = false;

	for (int i = 0; i < count; i++)
		known = growth_add(growth, time_ms + i * step_ms, pages + i * more, PAGE, slopes);
	return known;
}

static void one_value_is_no_growth(void)
{
	struct growth growth = { 0 };
	int64_t slopes[GROWTH_WINDOWS] = { 1, 2, 3 };

	expect_int("first", growth_add(&growth, 1000, 10, PAGE, slopes), 0);
	expect_int("same instant", growth_add(&growth, 1000, 20, PAGE, slopes), 0);
	expect_int("untouched", slopes[GROWTH_10S], 1);
}

static void two_values_give_their_difference(void)
{
	static const struct {
		const char *label;
		int64_t ms;
		int64_t pages;
		int64_t want;
	} cases[] = {
		{ "up", 1000, 110, 10 * PAGE },
		{ "down", 1000, 90, -10 * PAGE },
		{ "slowly", 2000, 101, PAGE / 2 },
		{ "fast", 100, 110, 100 * PAGE },
		{ "flat", 1000, 100, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct growth growth = { 0 };
		int64_t slopes[GROWTH_WINDOWS] = { 7, 7, 7 };

		(void)growth_add(&growth, 5000, 100, PAGE, slopes);
		expect_int(cases[i].label,
			growth_add(&growth, 5000 + cases[i].ms, cases[i].pages, PAGE, slopes), 1);
		for (unsigned w = 0; w < GROWTH_WINDOWS; w++)
			expect_int(cases[i].label, slopes[w], cases[i].want);
	}
}

static void steady_growth_is_found_in_every_window(void)
{
	static const struct {
		const char *label;
		int64_t step_ms;
		int count;
	} cases[] = {
		{ "10 ticks a second", 100, 200 },
		{ "every second", 1000, 30 },
		{ "every second for long", 1000, 1300 },
		{ "every 3 s", 3000, 300 },
		{ "every 20 s", 20000, 100 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct growth growth = { 0 };
		int64_t slopes[GROWTH_WINDOWS] = { 0 };
		const int64_t want = 50 * PAGE * 1000 / cases[i].step_ms;

		expect_true(cases[i].label,
			add_many(&growth, 0, cases[i].step_ms, cases[i].count, 1000, 50, slopes));
		for (unsigned w = 0; w < GROWTH_WINDOWS; w++)
			expect_int(cases[i].label, slopes[w], want);
	}
}

static void one_jump_after_a_calm_time_is_no_slope(void)
{
	struct growth growth = { 0 };
	int64_t slopes[GROWTH_WINDOWS] = { 0 };

	(void)add_many(&growth, 0, 1000, 700, 1000, 0, slopes);
	expect_int("calm", slopes[GROWTH_10S], 0);
	(void)growth_add(&growth, 700000, 9000, PAGE, slopes);
	for (unsigned w = 0; w < GROWTH_WINDOWS; w++)
		expect_int("after the jump", slopes[w], 0);
}

static void growth_that_stops_leaves_the_short_window_first(void)
{
	struct growth growth = { 0 };
	int64_t slopes[GROWTH_WINDOWS] = { 0 };

	(void)add_many(&growth, 0, 1000, 300, 1000, 100, slopes);
	expect_int("while it grows", slopes[GROWTH_10S], 100 * PAGE);
	(void)add_many(&growth, 300000, 1000, 15, 1000 + 299 * 100, 0, slopes);
	expect_int("10 s", slopes[GROWTH_10S], 0);
	expect_true("10 min", slopes[GROWTH_10MIN] > 50 * PAGE);
	(void)add_many(&growth, 315000, 1000, 620, 1000 + 299 * 100, 0, slopes);
	expect_int("all over", slopes[GROWTH_10MIN], 0);
}

static void growth_after_a_calm_time_shows_in_the_short_window_first(void)
{
	struct growth growth = { 0 };
	int64_t slopes[GROWTH_WINDOWS] = { 0 };

	(void)add_many(&growth, 0, 1000, 900, 1000, 0, slopes);
	(void)add_many(&growth, 900000, 1000, 12, 1100, 100, slopes);
	expect_int("10 s", slopes[GROWTH_10S], 100 * PAGE);
	expect_int("10 min", slopes[GROWTH_10MIN], 0);
}

static void clocks_may_wrap_and_sizes_saturate(void)
{
	struct growth growth = { 0 };
	int64_t slopes[GROWTH_WINDOWS] = { 0 };
	const int64_t wrap_ms = INT64_C(1) << 32;

	(void)add_many(&growth, wrap_ms - 5000, 1000, 11, 1000, 50, slopes);
	expect_int("over 49 days", slopes[GROWTH_10S], 50 * PAGE);

	growth = (struct growth){ 0 };
	(void)growth_add(&growth, 0, INT64_MAX, PAGE, slopes);
	expect_int("largest", growth_add(&growth, 1000, INT64_MAX, PAGE, slopes), 1);
	expect_int("flat", slopes[GROWTH_10S], 0);
	(void)growth_add(&growth, 2000, 0, PAGE, slopes);
	expect_true("freed", slopes[GROWTH_10S] < 0);
}

extern CU_TestInfo growth_tests[];
CU_TestInfo growth_tests[] = {
	{ "one value is no growth", one_value_is_no_growth },
	{ "two values give their difference", two_values_give_their_difference },
	{ "steady growth is found in every window", steady_growth_is_found_in_every_window },
	{ "one jump is no slope", one_jump_after_a_calm_time_is_no_slope },
	{ "growth that stops", growth_that_stops_leaves_the_short_window_first },
	{ "growth that begins", growth_after_a_calm_time_shows_in_the_short_window_first },
	{ "clocks may wrap and sizes saturate", clocks_may_wrap_and_sizes_saturate },
	CU_TEST_INFO_NULL,
};
