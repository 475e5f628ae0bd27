/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/forecast.h"
#include "analysis/history.h"
#include "unit.h"

#define MIB 1024
#define GIB INT64_C(1048576)

static struct history history;

static void start(void)
{
	memset(&history, 0, sizeof(history));
	history_init(&history);
}

/** The newest value of what is left; 10 GiB before the first. */
static int64_t left_now(void)
{
	const uint32_t n = history.left.count;

	return n == 0 ? 10 * GIB : ring_at(&history.left, n - 1).value;
}

/* Some seconds in which left shrinks; a share of it is anonymous memory that grows. */
static void shrink(int64_t seconds, int64_t kib_per_s, int64_t anon_percent)
{
	for (int64_t i = 0; i < seconds; i++) {
		const uint32_t n = history.left.count;
		const int64_t ms = n == 0 ? 0 : ring_at(&history.left, n - 1).time_ms;
		const int64_t anon = n == 0 ? 0 : ring_at(&history.anon, n - 1).value;

		ring_add(&history.left, ms + 1000, left_now() - kib_per_s);
		ring_add(&history.anon, ms + 1000, anon + kib_per_s / 100 * anon_percent);
	}
}

/* All that is left is free memory. */
static struct forecast look(void)
{
	const struct left left = {
		.high_kib = left_now(), .low_kib = left_now(), .free_kib = left_now()
	};
	struct forecast forecast;

	forecast_of(&history, &left, NULL, &forecast);
	return forecast;
}

static void expect_none(const char *label, const char *why)
{
	const struct forecast forecast = look();

	expect_int(label, forecast.seconds, VALUE_UNKNOWN);
	expect_int(label, forecast.low_s, VALUE_UNKNOWN);
	expect_int(label, forecast.high_s, VALUE_UNKNOWN);
	expect_text(label, forecast.why_none, why);
}

static void steady_shrinking_gives_a_range_around_the_truth(void)
{
	static const struct {
		const char *label;
		int64_t seconds, kib_per_s;
	} cases[] = {
		{ "20 MB/s for a minute", 61, 20 * MIB },
		{ "1 GB/s for 4 s", 5, 1000 * MIB },
		{ "for ten minutes", 601, 4 * MIB },
		{ "a megabyte", 900, 3 * MIB },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct forecast forecast;
		int64_t truth;

		start();
		shrink(cases[i].seconds, cases[i].kib_per_s, 100);
		forecast = look();
		truth = left_now() / cases[i].kib_per_s;
		expect_int(cases[i].label, forecast.slope_kib_per_s, -cases[i].kib_per_s);
		expect_true(cases[i].label,
			forecast.seconds >= truth - 1 && forecast.seconds <= truth + 1);
		expect_int("low: a tenth less", forecast.low_s,
			left_now() / 11 * 10 / cases[i].kib_per_s - 1);
		expect_int("high: a tenth more and 3 s", forecast.high_s,
			left_now() * 11 / 10 / cases[i].kib_per_s + 3);
		expect_text("why none", forecast.why_none, "");
		expect_int("swift", forecast.swift, cases[i].seconds < 10);
	}
}

static void two_samples_tell_of_seconds(void)
{
	static const struct {
		const char *label;
		int64_t samples, kib_per_s, anon_percent;
		int64_t early_s, percent;
		enum level level;
	} cases[] = {
		{ "one", 1, GIB, 100, VALUE_UNKNOWN, 19, LEVEL_OK },
		{ "two", 2, GIB, 100, 8, 19, LEVEL_CRITICAL },
		{ "much is left", 2, GIB, 100, 8, 20, LEVEL_OK },
		{ "15 s", 2, 590 * MIB, 100, 15, 19, LEVEL_CRITICAL },
		{ "16 s", 2, 560 * MIB, 100, 16, 19, LEVEL_OK },
		{ "four", 4, GIB, 100, 6, 19, LEVEL_CRITICAL },
		{ "half explained", 2, GIB, 51, 8, 19, LEVEL_CRITICAL },
		{ "less is", 2, GIB, 49, VALUE_UNKNOWN, 19, LEVEL_OK },
		{ "nothing goes", 2, 0, 100, VALUE_UNKNOWN, 19, LEVEL_OK },
		{ "it comes", 2, -GIB, 100, VALUE_UNKNOWN, 19, LEVEL_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct forecast forecast;

		start();
		shrink(cases[i].samples, cases[i].kib_per_s, cases[i].anon_percent);
		forecast = look();
		expect_int(cases[i].label, forecast.early_s, cases[i].early_s);
		expect_int(cases[i].label, forecast.seconds, VALUE_UNKNOWN);
		expect_int(cases[i].label, forecast_level(&forecast, false, cases[i].percent),
			cases[i].level);
	}
	start();
	shrink(5, GIB, 100);
	expect_int("a forecast is better", look().early_s, VALUE_UNKNOWN);
}

static void nothing_is_said_too_early(void)
{
	start();
	expect_none("nothing", "too early: needs 5 samples over 3 s");
	shrink(4, 1000 * MIB, 100);
	expect_none("4 samples", "too early: needs 5 samples over 3 s");
	shrink(1, 1000 * MIB, 100);
	expect_true("5 samples", value_known(look().seconds));

	start();
	for (int64_t i = 0; i < 30; i++) {
		ring_add(&history.left, i * 100, 10 * GIB - i * 100 * MIB);
		ring_add(&history.anon, i * 100, i * 100 * MIB);
	}
	expect_none("2.9 s", "too early: needs 5 samples over 3 s");
	ring_add(&history.left, 3000, 10 * GIB - 3000 * MIB);
	ring_add(&history.anon, 3000, 3000 * MIB);
	expect_true("3 s", value_known(look().seconds));
}

static void what_does_not_shrink_or_hardly_is_left_alone(void)
{
	start();
	shrink(60, 0, 0);
	expect_none("flat", "nothing shrinks");
	start();
	shrink(60, -5 * MIB, 100);
	expect_none("growing", "nothing shrinks");
	expect_int("slope", look().slope_kib_per_s, 5 * MIB);
	start();
	shrink(600, 2 * MIB, 100);
	expect_none("more than an hour", "too slow: more than an hour away");
	start();
	shrink(600, 4 * MIB, 100);
	expect_true("less than an hour", value_known(look().seconds));
}

static void a_twentieth_must_have_gone(void)
{
	start();
	shrink(21, 0, 0);
	shrink(4, 90 * MIB, 100);
	expect_none("360 of 9,880 MiB", "too early: it must last longer");
	shrink(5, 90 * MIB, 100);
	expect_true("more of it", value_known(look().seconds));
}

static void unsteady_shrinking_is_not_foretold(void)
{
	start();
	shrink(10, 0, 0);
	for (int i = 0; i < 5; i++) {
		shrink(1, 900 * MIB, 100);
		shrink(1, -700 * MIB, 100);
	}
	expect_none("back and forth", "growth is not steady");

	start();
	shrink(8, 10 * MIB, 100);
	shrink(2, 500 * MIB, 100);
	shrink(1, 10 * MIB, 100);
	expect_none("one burst", "growth is not steady");
}

static void what_has_stopped_is_not_foretold(void)
{
	start();
	shrink(60, 100 * MIB, 100);
	expect_true("going on", value_known(look().seconds));
	shrink(4, 0, 0);
	expect_int("stopped for 4 s", look().seconds, VALUE_UNKNOWN);

	start();
	shrink(60, 100 * MIB, 100);
	shrink(6, 30 * MIB, 100);
	expect_true("slower by far, yet going on", value_known(look().seconds));
}

static void faster_growth_is_believed_soon(void)
{
	struct forecast forecast;

	start();
	shrink(600, 5 * MIB, 100);
	shrink(12, 60 * MIB, 100);
	forecast = look();
	/* 6,520 MiB are left: 109 s, not the 20 min of the average. */
	expect_true("the new rate", forecast.low_s <= 108 && forecast.high_s >= 108);
	expect_true("is near", forecast.seconds >= 90 && forecast.seconds <= 130);
}

static void somebody_must_take_it(void)
{
	start();
	shrink(20, 100 * MIB, 49);
	expect_none("half of it unexplained", "no cause seen: needs 30 s of samples");
	start();
	shrink(20, 100 * MIB, 51);
	expect_true("most of it explained", value_known(look().seconds));
	start();
	shrink(31, 100 * MIB, 0);
	expect_true("unexplained for 30 s", value_known(look().seconds));

	start();
	shrink(20, 100 * MIB, 0);
	for (uint32_t i = 0; i < 20; i++)
		ring_add(&history.pinned, (i + 1) * 1000, i * 100 * MIB);
	expect_true("the kernel takes it", value_known(look().seconds));
}

static void swap_counts_more_at_the_far_end_until_it_is_written(void)
{
	const struct left left = { .high_kib = 2 * GIB, .low_kib = 2 * GIB, .swap_kib = GIB };
	struct reclaim reclaim = { .swap_out_per_s = 0 };
	struct forecast before, during, unknown;

	start();
	shrink(60, 64 * MIB, 100);
	forecast_of(&history, &left, &reclaim, &before);
	reclaim.swap_out_per_s = 1;
	forecast_of(&history, &left, &reclaim, &during);
	forecast_of(&history, &left, NULL, &unknown);

	/* 16 s of RAM; 16 s of swap, or thrice that; a tenth and 3 s more */
	expect_int("before", before.high_s, (16 + 48) * 11 / 10 + 3);
	expect_int("during", during.high_s, (16 + 24) * 11 / 10 + 3);
	expect_int("unknown", unknown.high_s, before.high_s);
	expect_int("low is the same", before.low_s, during.low_s);
}

static void the_range_is_never_absurdly_wide(void)
{
	static const int64_t lows[] = { 0, 1, 100 * MIB, 2 * GIB, 4 * GIB };

	start();
	shrink(60, 50 * MIB, 100);
	for (size_t i = 0; i < ARRAY_SIZE(lows); i++) {
		const struct left left = { .high_kib = 4 * GIB, .low_kib = lows[i] };
		struct forecast forecast;

		forecast_of(&history, &left, NULL, &forecast);
		expect_true("foretold", value_known(forecast.seconds));
		expect_true("width", forecast.high_s <= 4 * forecast.low_s + 9);
		expect_true("order",
			forecast.low_s <= forecast.seconds && forecast.seconds <= forecast.high_s);
	}
}

static void a_recovery_from_as_little_is_remembered(void)
{
	/* Down to 4 GiB, back to 10, down again. */
	start();
	shrink(2, 3 * GIB, 100);
	shrink(1, -6 * GIB, 100);
	shrink(20, 0, 0);
	shrink(4, 1536 * MIB, 100);
	expect_true("swift", look().swift);
	expect_true("4 GiB again", look().was_here);
	shrink(1, 200 * MIB, 100);
	expect_true("3.8 GiB is about as little", look().was_here);
	shrink(1, 312 * MIB, 100);
	expect_true("3.5 GiB is less than ever", !look().was_here);

	start();
	shrink(2, 3 * GIB, 100);
	shrink(1, -6 * GIB, 100);
	shrink(20, 0, 0);
	shrink(4, 1536 * MIB, 100);
	history.kill_ms = 2000;
	expect_true("but for a kill", !look().was_here);
	history.kill_ms = 1000;
	expect_true("an older kill", look().was_here);

	start();
	shrink(2, 3 * GIB, 100);
	shrink(1, -6 * GIB, 100);
	shrink(120, 0, 0);
	shrink(4, 1536 * MIB, 100);
	expect_true("2 min ago is forgotten", !look().was_here);
}

static void what_is_left_must_be_known(void)
{
	const struct left left = { .high_kib = VALUE_UNKNOWN };
	struct forecast forecast;

	start();
	shrink(60, 50 * MIB, 100);
	forecast_of(&history, &left, NULL, &forecast);
	expect_int("seconds", forecast.seconds, VALUE_UNKNOWN);
	expect_text("why", forecast.why_none, "what is left is not known");
}

static void slow_samplers_get_a_slope_too(void)
{
	start();
	for (int64_t i = 0; i < 10; i++) {
		ring_add(&history.left, i * 30000, 10 * GIB - i * 300 * MIB);
		ring_add(&history.anon, i * 30000, i * 300 * MIB);
	}
	expect_int("slope", look().slope_kib_per_s, -10 * MIB);
	expect_true("forecast", look().low_s <= 754 && look().high_s >= 754);
}

extern CU_TestInfo forecast_tests[];
CU_TestInfo forecast_tests[] = {
	{ "steady shrinking gives a range", steady_shrinking_gives_a_range_around_the_truth },
	{ "nothing is said too early", nothing_is_said_too_early },
	{ "two samples tell of seconds", two_samples_tell_of_seconds },
	{ "what hardly shrinks is left alone", what_does_not_shrink_or_hardly_is_left_alone },
	{ "a twentieth must have gone", a_twentieth_must_have_gone },
	{ "unsteady shrinking is not foretold", unsteady_shrinking_is_not_foretold },
	{ "what has stopped is not foretold", what_has_stopped_is_not_foretold },
	{ "faster growth is believed soon", faster_growth_is_believed_soon },
	{ "somebody must take it", somebody_must_take_it },
	{ "swap counts more at the far end", swap_counts_more_at_the_far_end_until_it_is_written },
	{ "the range is never absurdly wide", the_range_is_never_absurdly_wide },
	{ "a recovery is remembered", a_recovery_from_as_little_is_remembered },
	{ "what is left must be known", what_is_left_must_be_known },
	{ "slow samplers get a slope too", slow_samplers_get_a_slope_too },
	CU_TEST_INFO_NULL,
};
