/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/standing.h"
#include "analysis/victim.h"
#include "crowd.h"
#include "unit.h"

/* 100 pages in bytes. */
#define HUNDRED_PAGES INT64_C(409600)

static void grow(struct task *task, int64_t bytes_per_s)
{
	task->has |= TASK_HAS_GROWTH;
	task->growth_bytes_per_s[GROWTH_10S] = bytes_per_s;
	task->growth_bytes_per_s[GROWTH_1MIN] = bytes_per_s;
	task->growth_bytes_per_s[GROWTH_10MIN] = VALUE_UNKNOWN;
}

static void growth_is_of_ten_seconds_or_a_minute(void)
{
	static const struct {
		const char *label;
		uint32_t has;
		int64_t fast, slow;
		int64_t want;
	} cases[] = {
		{ "ten seconds", TASK_HAS_GROWTH, 5, 7, 5 },
		{ "not growing just now", TASK_HAS_GROWTH, 0, 7, 7 },
		{ "shrinking just now", TASK_HAS_GROWTH, -5, 7, 7 },
		{ "shrinking", TASK_HAS_GROWTH, -5, -7, -7 },
		{ "too young for a minute", TASK_HAS_GROWTH, -5, VALUE_UNKNOWN, -5 },
		{ "only the minute", TASK_HAS_GROWTH, VALUE_UNKNOWN, 7, 7 },
		{ "neither", TASK_HAS_GROWTH, VALUE_UNKNOWN, VALUE_UNKNOWN, 0 },
		{ "not measured", 0, 5, 7, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct task task = { .has = cases[i].has };

		task.growth_bytes_per_s[GROWTH_10S] = cases[i].fast;
		task.growth_bytes_per_s[GROWTH_1MIN] = cases[i].slow;
		expect_int(cases[i].label, standing_growth(&task), cases[i].want);
	}
}

static void a_grower_overtakes(void)
{
	static const struct {
		const char *label;
		const char *release;
		int64_t pages[2];
		int32_t adj[2];
		int64_t growth[2]; /* pages a second */
		int64_t forecast_s;
		int32_t overtaker;
		int64_t in_s;
		int32_t at_forecast;
	} cases[] = {
		{ "nobody grows", "6.1", { 2000, 1000 }, { 0, 0 }, { 0, 0 }, 10, 0, VALUE_UNKNOWN,
			10 },
		{ "passes after the tie", "6.1", { 2000, 1000 }, { 0, 0 }, { 0, 100 }, 10, 20, 10,
			20 },
		{ "the younger wins the tie", "6.1", { 2000, 1000 }, { 0, 0 }, { 0, 100 }, 9, 20,
			10, 10 },
		{ "the older keeps it", "4.19", { 2000, 1000 }, { 0, 0 }, { 0, 100 }, 10, 20, 11,
			10 },
		{ "then passes", "4.19", { 2000, 1000 }, { 0, 0 }, { 0, 100 }, 11, 20, 11, 20 },
		{ "both grow", "6.1", { 2000, 1000 }, { 0, 0 }, { 50, 100 }, 100, 20, 20, 20 },
		{ "the first grows as fast", "6.1", { 2000, 1000 }, { 0, 0 }, { 100, 100 }, 100, 0,
			VALUE_UNKNOWN, 10 },
		{ "the first shrinks", "6.1", { 2000, 1000 }, { 0, 0 }, { -100, 0 }, 10, 20, 10,
			20 },
		{ "the first cannot shrink below nothing", "6.1", { 500, 1000 }, { 10, 0 },
			{ -100, 0 }, 100, 0, VALUE_UNKNOWN, 10 },
		{ "no forecast", "6.1", { 2000, 1000 }, { 0, 0 }, { 0, 100 }, VALUE_UNKNOWN, 20, 10,
			0 },
		{ "a forecast of now", "6.1", { 2000, 1000 }, { 0, 0 }, { 0, 100 }, 0, 20, 10, 10 },
		{ "not of a second later", "6.1", { 2000, 1999 }, { 0, 0 }, { 0, 100 }, 0, 20, 1,
			10 },
		{ "of before now", "6.1", { 2000, 1000 }, { 0, 0 }, { 0, 100 }, -5, 20, 10, 10 },
		{ "in an hour", "6.1", { 361000, 1000 }, { 0, 0 }, { 0, 100 }, 3600, 20, 3600, 20 },
		{ "in more", "6.1", { 361001, 1000 }, { 0, 0 }, { 0, 100 }, 3601, 0, VALUE_UNKNOWN,
			20 },
		{ "adj counts", "6.1", { 1000, 1000 }, { 1, 0 }, { 0, 100 }, 30, 20, 21, 20 },
		/* 4291 - 3 * 2097 is -2000: the floor until 2001 pages have come. */
		{ "the floor holds it down", "4.19", { 10, 4291 }, { 0, -3 }, { 0, 100 }, 21, 20,
			21, 20 },
		{ "a moment before", "4.19", { 10, 4291 }, { 0, -3 }, { 0, 100 }, 20, 20, 21, 10 },
		{ "no floor in 5.9", "5.9", { 10, 4291 }, { 0, -3 }, { 0, 100 }, 20, 20, 21, 10 },
		/* 209716 pages are 100 points, 211813 are 101. */
		{ "points", "3.4", { 209716, 0 }, { 0, 0 }, { 0, 1000 }, 211, 20, 212, 10 },
		{ "points at the ceiling", "3.4", { 2097152 / 2, 1000 }, { 0, 0 }, { 700, 1000 },
			3600, 0, VALUE_UNKNOWN, 10 },
		{ "ahead for a while", "3.4", { 2097152 / 2, 1000 }, { 0, 0 }, { 300, 1000 }, 3600,
			20, 1499, 10 },
		/* 2147484 pages overflow: the score of the first falls to 1. */
		{ "overflow", "3.0", { 2100000, 5000 }, { 0, 0 }, { 1000, 0 }, 100, 20, 48, 20 },
		{ "no overflow in 3.2", "3.2", { 2100000, 5000 }, { 0, 0 }, { 1000, 0 }, 100, 0,
			VALUE_UNKNOWN, 10 },
		{ "huge growth", "6.1", { 2000, 1000 }, { 0, 0 }, { 0, INT64_MAX / 4096 },
			INT64_MAX, 20, 1, 20 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *label = cases[i].label;
		struct crowd crowd;

		crowd_init(&crowd, cases[i].release);
		for (int t = 0; t < 2; t++) {
			struct task *task = crowd_add(&crowd, 10 + 10 * t, t ? "next" : "first",
				cases[i].pages[t], cases[i].adj[t]);

			grow(task, cases[i].growth[t] * 4096);
		}
		crowd_judge(&crowd);
		victim_foretell(&crowd.now, cases[i].forecast_s, &crowd.oom);
		expect_int(label, crowd_pid(&crowd, crowd.oom.victim), 10);
		expect_int(label, crowd_pid(&crowd, crowd.oom.overtaker), cases[i].overtaker);
		expect_int(label, crowd.oom.overtaken_in_s, cases[i].in_s);
		expect_int(label, crowd_pid(&crowd, crowd.oom.victim_at_forecast),
			cases[i].at_forecast);
		crowd_free(&crowd);
	}
}

static void the_soonest_overtaker_is_named(void)
{
	struct crowd crowd;

	crowd_init(&crowd, "6.1");
	crowd_add(&crowd, 10, "first", 3000, 0);
	grow(crowd_add(&crowd, 20, "slow", 2000, 0), HUNDRED_PAGES / 2);
	grow(crowd_add(&crowd, 30, "soon", 2000, 0), HUNDRED_PAGES);
	grow(crowd_add(&crowd, 40, "fast", 0, 0), 2 * HUNDRED_PAGES);
	crowd_judge(&crowd);
	victim_foretell(&crowd.now, 30, &crowd.oom);
	expect_int("overtaker", crowd_pid(&crowd, crowd.oom.overtaker), 30);
	expect_int("in", crowd.oom.overtaken_in_s, 10);
	expect_int("at the forecast", crowd_pid(&crowd, crowd.oom.victim_at_forecast), 40);

	/* In the same second: who is ahead then. */
	grow(&crowd.tasks[3], 3 * HUNDRED_PAGES + 1);
	crowd_judge(&crowd);
	victim_foretell(&crowd.now, 10, &crowd.oom);
	expect_int("overtaker", crowd_pid(&crowd, crowd.oom.overtaker), 40);
	crowd.tasks[3].rss_stat_pages = 10;
	grow(&crowd.tasks[2], 2 * HUNDRED_PAGES);
	grow(&crowd.tasks[1], 2 * HUNDRED_PAGES + 5);
	crowd_judge(&crowd);
	victim_foretell(&crowd.now, 5, &crowd.oom);
	expect_int("the younger", crowd_pid(&crowd, crowd.oom.overtaker), 30);
	expect_int("in", crowd.oom.overtaken_in_s, 5);
	crowd_free(&crowd);
}

static void nothing_is_foretold_where_nobody_dies(void)
{
	struct crowd crowd;

	crowd_init(&crowd, "6.1");
	victim_foretell(&crowd.now, 5, (crowd_judge(&crowd), &crowd.oom));
	expect_int("no processes", crowd.oom.victim_at_forecast, NO_TASK);

	crowd_add(&crowd, 10, "first", 2000, 0);
	grow(crowd_add(&crowd, 20, "next", 1000, 0), HUNDRED_PAGES);
	crowd.now.knobs.panic_on_oom = 1;
	crowd_judge(&crowd);
	victim_foretell(&crowd.now, 50, &crowd.oom);
	expect_int("panic", crowd.oom.victim_at_forecast, NO_TASK);
	expect_int("overtaker", crowd.oom.overtaker, NO_TASK);
	expect_int("in", crowd.oom.overtaken_in_s, VALUE_UNKNOWN);

	crowd.now.knobs.panic_on_oom = 0;
	crowd.tasks[1].oom_score_adj = -1000;
	crowd_judge(&crowd);
	victim_foretell(&crowd.now, 50, &crowd.oom);
	expect_int("the exempt do not overtake", crowd.oom.overtaker, NO_TASK);
	expect_int("nor die", crowd_pid(&crowd, crowd.oom.victim_at_forecast), 10);

	crowd.tasks[1].oom_score_adj = 0;
	crowd.now.page_bytes = 0;
	crowd_judge(&crowd);
	victim_foretell(&crowd.now, 50, &crowd.oom);
	expect_int("no page size", crowd_pid(&crowd, crowd.oom.victim_at_forecast), 20);
	crowd_free(&crowd);
}

static void old_kernels_foretell_the_child(void)
{
	struct crowd crowd;

	crowd_init(&crowd, "4.19");
	crowd_add(&crowd, 10, "parent", 3000, 0);
	crowd_add(&crowd, 20, "child", 5, 0)->ppid = 10;
	grow(crowd_add(&crowd, 30, "leaker", 1000, 0), HUNDRED_PAGES);
	crowd_add(&crowd, 40, "small", 5, 0)->ppid = 30;
	crowd_add(&crowd, 50, "big", 50, 0)->ppid = 30;
	crowd_judge(&crowd);
	victim_foretell(&crowd.now, 60, &crowd.oom);
	expect_int("now", crowd_pid(&crowd, crowd.oom.victim), 20);
	expect_int("overtaker", crowd_pid(&crowd, crowd.oom.overtaker), 30);
	expect_int("in", crowd.oom.overtaken_in_s, 21);
	expect_int("then", crowd_pid(&crowd, crowd.oom.victim_at_forecast), 50);

	grow(&crowd.tasks[3], HUNDRED_PAGES);
	victim_foretell(&crowd.now, 60, &crowd.oom);
	expect_int("the child that grows", crowd_pid(&crowd, crowd.oom.victim_at_forecast), 40);
	crowd_free(&crowd);
}

static void growth_of_2_6_32_counts_children(void)
{
	struct crowd crowd;

	crowd_init(&crowd, "2.6.32");
	crowd_add(&crowd, 10, "first", 5, 0)->vsize_pages = 5000;
	crowd_add(&crowd, 20, "parent", 6, 0)->vsize_pages = 1000;
	grow(&crowd.tasks[1], HUNDRED_PAGES);
	crowd_add(&crowd, 30, "child", 7, 0)->vsize_pages = 1998;
	crowd.tasks[2].ppid = 20;
	for (uint32_t i = 0; i < 3; i++)
		crowd.tasks[i].start_ticks = 9999900 + i;
	crowd_judge(&crowd);
	expect_int("with its child", crowd_judged(&crowd, 20)->badness.total, 2000);
	victim_foretell(&crowd.now, 31, &crowd.oom);
	expect_int("overtaker", crowd_pid(&crowd, crowd.oom.overtaker), 20);
	expect_int("in", crowd.oom.overtaken_in_s, 31);
	expect_int("its child dies", crowd_pid(&crowd, crowd.oom.victim_at_forecast), 30);
	crowd_free(&crowd);
}

static void growth_is_drawn_out_30_times_as_far_as_it_was_watched(void)
{
	static const struct {
		const char *label;
		int64_t seen_ms;
		int64_t want_s;
	} cases[] = {
		{ "not told", 0, 10 },
		{ "long enough", 334, 10 },
		{ "too short", 333, VALUE_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crowd crowd;
		struct task *task;

		crowd_init(&crowd, "6.1");
		crowd_add(&crowd, 10, "first", 2000, 0);
		task = crowd_add(&crowd, 20, "grower", 1000, 0);
		grow(task, HUNDRED_PAGES);
		task->growth_seen_ms = cases[i].seen_ms;
		crowd_judge(&crowd);
		victim_foretell(&crowd.now, VALUE_UNKNOWN, &crowd.oom);
		expect_int(cases[i].label, crowd.oom.overtaken_in_s, cases[i].want_s);
		crowd_free(&crowd);
	}
}

extern CU_TestInfo foretell_tests[];
CU_TestInfo foretell_tests[] = {
	{ "growth is of ten seconds or a minute", growth_is_of_ten_seconds_or_a_minute },
	{ "a grower overtakes", a_grower_overtakes },
	{ "the soonest overtaker is named", the_soonest_overtaker_is_named },
	{ "nothing is foretold where nobody dies", nothing_is_foretold_where_nobody_dies },
	{ "old kernels foretell the child", old_kernels_foretell_the_child },
	{ "growth is drawn out 30 times as far as it was watched",
		growth_is_drawn_out_30_times_as_far_as_it_was_watched },
	{ "growth of 2.6.32 counts children", growth_of_2_6_32_counts_children },
	CU_TEST_INFO_NULL,
};
