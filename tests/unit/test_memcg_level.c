/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cluster.h"
#include "unit.h"

#define MIB CLUSTER_MIB
#define KIB 1024

static void without_memory_stat_it_is_at_least_that(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");
	const struct memcg_view *view;

	cart->usage_bytes = 512 * MIB;
	cluster_judge(&cluster, 1);
	cluster_pass(&cluster, 1000);
	cart->events_max = 500;
	cart->pressure.full.avg10_centi = 9000;
	view = cluster_judge(&cluster, 1);
	expect_true("at least", view->at_least);
	expect_int("left", view->left_kib, 0);
	expect_int("no alarm of it", view->level, LEVEL_OK);

	cluster_pass(&cluster, 1000);
	cart->events_max = 600;
	cluster_read(&cluster, cart, 1 * MIB);
	view = cluster_judge(&cluster, 1);
	expect_true("read", !view->at_least);
	expect_int("left then", view->left_kib, 1 * KIB);
	expect_int("alarm then", view->level, LEVEL_CRITICAL);
	cluster_free(&cluster);
}

static void old_readings_fade(void)
{
	static const struct {
		int64_t age_ms;
		int64_t left; /* MiB */
		bool at_least;
		enum level level;
	} cases[] = {
		{ 0, 2, false, LEVEL_CRITICAL },
		{ 50, 2, false, LEVEL_CRITICAL },
		{ 51, 2, false, LEVEL_OK },
		{ 30000, 2, false, LEVEL_OK },
		{ 30001, 0, true, LEVEL_OK },
		{ -50, 2, false, LEVEL_CRITICAL },
		{ -51, 0, true, LEVEL_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct cluster cluster;
		struct memcg *cart = cluster_init(&cluster, "6.1");
		const struct memcg_view *view;
		char label[32];

		snprintf(label, sizeof(label), "%d ms", (int)cases[i].age_ms);
		cart->usage_bytes = 512 * MIB;
		cluster_judge(&cluster, 1);
		cluster_read(&cluster, cart, 2 * MIB);
		cart->stat_uptime_ms -= cases[i].age_ms;
		cart->events_max = 1;
		view = cluster_judge(&cluster, 1);
		expect_int(label, view->left_kib, cases[i].left * KIB);
		expect_int(label, view->at_least, cases[i].at_least);
		expect_int(label, view->level, cases[i].level);
		cluster_free(&cluster);
	}
}

/* Full of memory first, it then reads files as its limit allows, and stalls on a slow disk. */
static void a_cgroup_full_of_cache_is_ok(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");

	cart->pressure.full.avg10_centi = 8000;
	for (int64_t second = 0; second < 600; second++) {
		const int64_t want = 100 * MIB + second * 7 * MIB;
		const struct memcg_view *view;

		cart->usage_bytes = want > 512 * MIB ? 512 * MIB - second % 5 * 4096 : want;
		if (want > 512 * MIB)
			cart->events_max += 100;
		/* memory.stat is read of suspects alone, and not in each sample. */
		if (second % 3 == 0 && second > 30) {
			cluster_read(&cluster, cart, cart->usage_bytes - 90 * MIB);
			cart->stat_dirty_bytes = cart->stat_file_bytes / 2;
		}
		view = cluster_judge(&cluster, 1);
		expect_int("level", view->level, LEVEL_OK);
		if (second > 100)
			expect_true("left", view->left_kib > 400 * KIB);
		cluster_pass(&cluster, 1000);
	}
	cluster_free(&cluster);
}

/* Half of what is left is cache; memory.stat is read of it now and then. */
static void what_comes_between_readings_is_taken_for_cache(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");

	for (int64_t second = 0; second < 60; second++) {
		const struct memcg_view *view;

		cart->usage_bytes = 512 * MIB - (60 - second) * 4096;
		cart->events_max++;
		if (second % 5 == 0)
			cluster_read(&cluster, cart, 60 * MIB);
		view = cluster_judge(&cluster, 1);
		expect_int("level", view->level, LEVEL_OK);
		expect_true("left", view->left_kib >= 60 * KIB && view->left_kib < 61 * KIB);
		cluster_pass(&cluster, 1000);
	}
	cluster_free(&cluster);
}

static void a_leak_is_foretold(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");
	int64_t since[LEVEL_COUNT] = { 0, -1, -1 };
	enum level level = LEVEL_OK;

	/* 412 MiB at 2 MiB/s: gone after 206 s. */
	for (int64_t second = 0; second < 206; second++) {
		const struct memcg_view *view;

		cart->usage_bytes = 100 * MIB + second * 2 * MIB;
		cluster_read(&cluster, cart, 0);
		view = cluster_judge(&cluster, 1);
		if (view->level != level) {
			expect_true("only rises", view->level > level);
			expect_true("for that", strstr(view->why, "at this rate"));
			level = view->level;
			since[level] = second;
		}
		if (second > 120) {
			expect_int("slope", view->slope_kib_per_s, -2 * KIB);
			expect_true("low", view->forecast_low_s <= 206 - second);
			expect_true("high", view->forecast_high_s >= 206 - second);
		}
		cluster_pass(&cluster, 1000);
	}
	expect_true("not at half", since[LEVEL_WARN] > 100);
	expect_true("warned in time", since[LEVEL_WARN] < 160);
	expect_true("critical later", since[LEVEL_CRITICAL] >= 146);
	expect_true("but in time", since[LEVEL_CRITICAL] < 190);
	cluster_free(&cluster);
}

static void one_reading_in_three_is_enough(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");
	const struct memcg_view *view = NULL;
	int64_t high_s = 0;

	for (int64_t second = 0; second < 196; second++) {
		cart->usage_bytes = 100 * MIB + second * 2 * MIB;
		if (second % 3 == 0)
			cluster_read(&cluster, cart, 0);
		view = cluster_judge(&cluster, 1);
		if (second > 150) {
			expect_int("level", view->level >= LEVEL_WARN, 1);
			if (second % 3 != 0 && second > 151)
				expect_int("nearer", view->forecast_high_s, high_s - 1);
			high_s = view->forecast_high_s;
			expect_true("low", view->forecast_low_s <= 206 - second);
			expect_true("high", view->forecast_high_s >= 206 - second);
		}
		cluster_pass(&cluster, 1000);
	}
	expect_int("critical", view->level, LEVEL_CRITICAL);
	cluster_free(&cluster);
}

static void growth_within_swap_lasts_longer(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");

	cluster.crowd.now.mem.swap_free_kib = 8000 * KIB;
	for (int64_t second = 0; second < 200; second++) {
		cart->usage_bytes = 100 * MIB + second * 2 * MIB;
		cluster_read(&cluster, cart, 0);
		expect_int("level", cluster_judge(&cluster, 1)->level, LEVEL_OK);
		cluster_pass(&cluster, 1000);
	}
	cluster_free(&cluster);
}

/* 2 GiB of swap go at 20 MiB/s: gone after 103 s, and a limit of 512 MiB is a fifth of all. */
static void growth_into_much_swap_is_foretold_in_time(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");

	cart->usage_bytes = 500 * MIB;
	for (int64_t second = 0; second < 100; second++) {
		const struct memcg_view *view;

		cart->swap_bytes = second * 20 * MIB;
		cluster.crowd.now.mem.swap_free_kib = (2048 - second * 20) * KIB;
		cluster_read(&cluster, cart, 0);
		view = cluster_judge(&cluster, 1);
		if (second >= 60) {
			expect_true("foretold", value_known(view->forecast_s));
			expect_true("low", view->forecast_low_s <= 103 - second);
			expect_true("high", view->forecast_high_s >= 103 - second);
		}
		cluster_pass(&cluster, 1000);
	}
	cluster_free(&cluster);
}

/* Filled to four fifths in a few seconds, as containers are when they start. */
static void a_start_that_stops_is_no_leak(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");

	for (int64_t second = 0; second < 60; second++) {
		const int64_t want = 20 * MIB + second * 50 * MIB;

		cart->usage_bytes = want > 405 * MIB ? 405 * MIB : want;
		cluster_read(&cluster, cart, 0);
		expect_int("level", cluster_judge(&cluster, 1)->level, LEVEL_OK);
		cluster_pass(&cluster, 1000);
	}
	cluster_free(&cluster);
}

static void idle_ones_that_are_nearly_full_are_ok(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");

	cart->usage_bytes = 511 * MIB;
	cart->events_max = 99999;
	for (int64_t second = 0; second < 60; second++) {
		cluster_read(&cluster, cart, 0);
		expect_int("level", cluster_judge(&cluster, 1)->level, LEVEL_OK);
		cluster_pass(&cluster, 1000);
	}
	cluster_free(&cluster);
}

static void hardly_anything_left_matters_when_it_is_hit(void)
{
	static const struct {
		const char *label;
		int64_t limit, left; /* MiB */
		int64_t hits, full_centi;
		enum level want;
	} cases[] = {
		{ "not hit", 1000, 10, 0, 999, LEVEL_OK },
		{ "hit", 1000, 19, 1, 0, LEVEL_CRITICAL },
		{ "stalls", 1000, 19, 0, 1000, LEVEL_CRITICAL },
		{ "2 percent", 1000, 20, 1, 0, LEVEL_WARN },
		{ "just below 5", 1000, 49, 1, 0, LEVEL_WARN },
		{ "5 percent", 1000, 50, 1, 0, LEVEL_OK },
		{ "large", 100000, 127, 1, 0, LEVEL_CRITICAL },
		{ "large, 128", 100000, 128, 1, 0, LEVEL_WARN },
		{ "large, 512", 100000, 512, 1, 0, LEVEL_OK },
		{ "small", 60, 2, 1, 0, LEVEL_CRITICAL },
		{ "small, a twentieth", 60, 3, 1, 0, LEVEL_WARN },
		{ "small, a tenth", 60, 6, 1, 0, LEVEL_OK },
		{ "thrashing", 1000, 99, 0, 2000, LEVEL_WARN },
		{ "nearly", 1000, 99, 0, 1999, LEVEL_OK },
		{ "but not with a tenth left", 1000, 100, 0, 9000, LEVEL_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct cluster cluster;
		struct memcg *cart = cluster_init(&cluster, "6.1");

		cart->max_bytes = cases[i].limit * MIB;
		cart->usage_bytes = cart->max_bytes - cases[i].left * MIB;
		cluster_judge(&cluster, 1);
		cluster_pass(&cluster, 1000);
		cart->events_max += cases[i].hits;
		cart->pressure.full.avg10_centi = cases[i].full_centi;
		cluster_read(&cluster, cart, 0);
		expect_int(cases[i].label, cluster_judge(&cluster, 1)->level, cases[i].want);
		cluster_free(&cluster);
	}
}

static void throttling_counts_when_it_stalls(void)
{
	static const struct {
		const char *label;
		int64_t usage, high; /* MiB; high 0: none */
		int64_t full_centi, file;
		bool throttled;
		enum level want;
	} cases[] = {
		{ "at it", 100, 100, 9000, 0, false, LEVEL_OK },
		{ "over, calm", 101, 100, 1999, 0, true, LEVEL_OK },
		{ "over, stalls", 101, 100, 2000, 0, true, LEVEL_WARN },
		{ "by cache", 101, 100, 5000, 12, true, LEVEL_OK },
		{ "no high", 101, 0, 9000, 0, false, LEVEL_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct cluster cluster;
		struct memcg *cart = cluster_init(&cluster, "6.1");
		const struct memcg_view *view;

		cart->max_bytes = MEMCG_UNLIMITED;
		cart->usage_bytes = cases[i].usage * MIB;
		cart->high_bytes = cases[i].high ? cases[i].high * MIB : MEMCG_UNLIMITED;
		cart->pressure.full.avg10_centi = cases[i].full_centi;
		cluster_read(&cluster, cart, cases[i].file * MIB);
		view = cluster_judge(&cluster, 1);
		expect_int(cases[i].label, view->throttled, cases[i].throttled);
		expect_int(cases[i].label, view->level, cases[i].want);
		expect_true(cases[i].label, !view->limited);
		cluster_free(&cluster);
	}
}

static void tasks_that_wait_for_ever_are_critical(void)
{
	static const struct {
		int version;
		int64_t disable, under;
		bool stalls;
		enum level want;
	} cases[] = {
		{ 1, 1, 1, true, LEVEL_CRITICAL },
		{ 1, 1, 0, true, LEVEL_OK },
		{ 1, 0, 1, false, LEVEL_OK },
		{ 2, 1, 1, false, LEVEL_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct cluster cluster;
		struct memcg *cart = cluster_init(&cluster, "4.14");
		const struct memcg_view *view;

		cart->version = cases[i].version;
		cart->oom_kill_disable = cases[i].disable;
		cart->under_oom = cases[i].under;
		view = cluster_judge(&cluster, 1);
		expect_int("stalls", view->stalls, cases[i].stalls);
		expect_int("level", view->level, cases[i].want);
		expect_int("why", strstr(view->why, "its tasks wait") != NULL,
			cases[i].want > LEVEL_OK);
		cluster_free(&cluster);
	}
}

static void a_level_is_held_for_5_s(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");

	cart->usage_bytes = 510 * MIB;
	cluster_judge(&cluster, 1);
	cart->events_max = 1;
	cluster_read(&cluster, cart, 0);
	expect_int("raised", cluster_judge(&cluster, 1)->level, LEVEL_CRITICAL);
	cart->usage_bytes = 100 * MIB;
	cluster_pass(&cluster, 4999);
	cluster_read(&cluster, cart, 0);
	expect_int("held", cluster_judge(&cluster, 1)->level, LEVEL_CRITICAL);
	expect_true("with its reason", strstr(cluster.views[1].why, "its limit is hit"));
	cluster_pass(&cluster, 1);
	cluster_read(&cluster, cart, 0);
	expect_int("over", cluster_judge(&cluster, 1)->level, LEVEL_OK);
	expect_text("without reason", cluster.views[1].why, "");
	cluster_free(&cluster);
}

extern CU_TestInfo memcg_level_tests[];
CU_TestInfo memcg_level_tests[] = {
	{ "without memory.stat it is at least that", without_memory_stat_it_is_at_least_that },
	{ "old readings fade", old_readings_fade },
	{ "a cgroup full of cache is OK", a_cgroup_full_of_cache_is_ok },
	{ "what comes between readings is taken for cache",
		what_comes_between_readings_is_taken_for_cache },
	{ "a leak is foretold", a_leak_is_foretold },
	{ "one reading in three is enough", one_reading_in_three_is_enough },
	{ "growth within swap lasts longer", growth_within_swap_lasts_longer },
	{ "growth into much swap is foretold in time", growth_into_much_swap_is_foretold_in_time },
	{ "a start that stops is no leak", a_start_that_stops_is_no_leak },
	{ "idle ones that are nearly full are OK", idle_ones_that_are_nearly_full_are_ok },
	{ "hardly anything left matters when it is hit",
		hardly_anything_left_matters_when_it_is_hit },
	{ "throttling counts when it stalls", throttling_counts_when_it_stalls },
	{ "tasks that wait for ever are critical", tasks_that_wait_for_ever_are_critical },
	{ "a level is held for 5 s", a_level_is_held_for_5_s },
	CU_TEST_INFO_NULL,
};
