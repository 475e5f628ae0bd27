/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/risk.h"
#include "unit.h"

#define MIB 1024
#define GIB (1024 * 1024)

/** One look at a machine without zones and without swap: what is left is free memory. */
struct scene {
	struct snapshot now;
	struct reclaim reclaim;
	struct account account;
	struct oom oom;
	struct history history;
	struct risk risk;
};

static void scene_init(struct scene *scene, int64_t total_kib, int64_t left_kib)
{
	struct snapshot *now = &scene->now;

	memset(scene, 0, sizeof(*scene));
	values_forget(&now->mem, sizeof(now->mem));
	values_forget(&now->vmstat, sizeof(now->vmstat));
	values_forget(&now->pressure, sizeof(now->pressure));
	values_forget(&now->knobs, sizeof(now->knobs));
	values_forget(&scene->reclaim, sizeof(scene->reclaim));
	values_forget(&scene->account, sizeof(scene->account));
	history_init(&scene->history);
	now->page_bytes = 4096;
	now->uptime_ms = 1000000;
	now->mem.mem_total_kib = total_kib;
	now->mem.mem_free_kib = left_kib;
	now->mem.active_file_kib = 0;
	now->mem.inactive_file_kib = 0;
	now->mem.anon_kib = total_kib - left_kib;
	now->mem.shmem_kib = 0;
	now->mem.swap_free_kib = 0;
	now->mem.swap_total_kib = 0;
	scene->oom.victim = NO_TASK;
}

static enum level scene_judge(struct scene *scene)
{
	const struct risk_inputs inputs = { .now = &scene->now,
		.oom = &scene->oom,
		.reclaim = &scene->reclaim,
		.account = &scene->account,
		.history = &scene->history };

	risk_of_system(&inputs, &scene->risk);
	return scene->risk.level;
}

static void hardly_anything_left_raises_the_level(void)
{
	static const struct {
		const char *label;
		int64_t total, left;
		enum level want;
	} cases[] = {
		{ "1 TiB, 2 GiB", INT64_C(1024) * GIB, 2 * GIB, LEVEL_OK },
		{ "1 TiB, a KiB less", INT64_C(1024) * GIB, 2 * GIB - 1, LEVEL_WARN },
		{ "1 TiB, 512 MiB", INT64_C(1024) * GIB, 512 * MIB, LEVEL_WARN },
		{ "1 TiB, a KiB less", INT64_C(1024) * GIB, 512 * MIB - 1, LEVEL_CRITICAL },
		{ "20,000,000: 5 %", 20000000, 1000000, LEVEL_OK },
		{ "20,000,000: below 5 %", 20000000, 999999, LEVEL_WARN },
		{ "20,000,000: 2 %", 20000000, 400000, LEVEL_WARN },
		{ "20,000,000: below 2 %", 20000000, 399999, LEVEL_CRITICAL },
		{ "256 MiB: 24 MiB", 256 * MIB, 24 * MIB, LEVEL_OK },
		{ "256 MiB: less", 256 * MIB, 24 * MIB - 1, LEVEL_WARN },
		{ "256 MiB: 12 MiB", 256 * MIB, 12 * MIB, LEVEL_WARN },
		{ "256 MiB: less", 256 * MIB, 12 * MIB - 1, LEVEL_CRITICAL },
		{ "50 MiB: a tenth", 50 * MIB, 5 * MIB, LEVEL_OK },
		{ "50 MiB: less", 50 * MIB, 5 * MIB - 1, LEVEL_WARN },
		{ "nothing", 24 * GIB, 0, LEVEL_CRITICAL },
	};
	static struct scene scene;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		scene_init(&scene, cases[i].total, cases[i].left);
		expect_int(cases[i].label, scene_judge(&scene), cases[i].want);
		expect_int("why", scene.risk.why[0] != '\0', cases[i].want != LEVEL_OK);
	}
}

static void reclaim_in_trouble_raises_the_level_only_with_little_left(void)
{
	static const struct {
		const char *label;
		int64_t left_percent, stalls, direct, efficiency, back, full_centi;
		enum level want;
	} cases[] = {
		{ "works hard", 9, 10, 5000, 50, 0, 0, LEVEL_OK },
		{ "inefficient", 9, 10, 5000, 9, 0, 0, LEVEL_CRITICAL },
		{ "just efficient", 9, 10, 5000, 10, 0, 0, LEVEL_OK },
		{ "inefficient, a tenth left", 10, 10, 5000, 1, 0, 0, LEVEL_OK },
		{ "inefficient kswapd alone", 9, 0, 0, 1, 0, 0, LEVEL_OK },
		{ "efficiency unknown", 9, 10, 5000, VALUE_UNKNOWN, 0, 0, LEVEL_OK },
		{ "stalls of 10 %", 9, 10, 5000, 50, 0, 1000, LEVEL_CRITICAL },
		{ "just below", 9, 10, 5000, 50, 0, 999, LEVEL_OK },
		{ "stalls, a tenth left", 10, 10, 5000, 50, 0, 9000, LEVEL_OK },
		{ "stalls of a cgroup", 9, 0, 0, 50, 0, 9000, LEVEL_OK },
		{ "thrashing", 9, 10, 5000, 50, 5000, 500, LEVEL_WARN },
		{ "thrashing a little", 9, 10, 5000, 50, 5000, 499, LEVEL_OK },
		{ "thrashing, much left", 50, 10, 5000, 50, 5000, 9000, LEVEL_OK },
	};
	static struct scene scene;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		scene_init(&scene, 10 * GIB, 10 * GIB / 100 * cases[i].left_percent + MIB);
		scene.reclaim.kswapd_scan_per_s = 5000;
		scene.reclaim.direct_scan_per_s = cases[i].direct;
		scene.reclaim.direct_stalls_per_s = cases[i].stalls;
		scene.reclaim.efficiency_percent = cases[i].efficiency;
		scene.reclaim.refaults_per_s = cases[i].back;
		scene.now.pressure.full.avg10_centi = cases[i].full_centi;
		expect_int(cases[i].label, scene_judge(&scene), cases[i].want);
	}
}

/* A minute of steady growth that ends with left KiB, seconds before nothing is left. */
static void scene_shrinks(struct scene *scene, int64_t about_kib, int64_t seconds, bool confirmed)
{
	const int64_t kib_per_s = about_kib / seconds / 4 * 4;
	const int64_t left_kib = kib_per_s * seconds;

	scene_init(scene, 10 * GIB, left_kib);
	for (int64_t i = 60; i >= 0; i--) {
		const int64_t ms = scene->now.uptime_ms - i * 1000;

		ring_add(&scene->history.left, ms, left_kib + i * kib_per_s);
		ring_add(&scene->history.anon, ms, -i * kib_per_s);
	}
	scene->history.forecast_since_ms = scene->now.uptime_ms - (confirmed ? 1 : 0);
}

static void a_forecast_counts_with_little_left(void)
{
	static const struct {
		const char *label;
		int64_t left_permille, seconds;
		bool confirmed;
		enum level want;
	} cases[] = {
		{ "the far end is within a minute", 245, 51, true, LEVEL_CRITICAL },
		{ "it is not", 245, 53, true, LEVEL_WARN },
		{ "within a minute, a quarter left", 255, 51, true, LEVEL_WARN },
		{ "15 s, below 30 %", 295, 15, true, LEVEL_CRITICAL },
		{ "16 s", 295, 16, true, LEVEL_WARN },
		{ "15 s, 30 %", 305, 15, true, LEVEL_WARN },
		{ "2 min, below 36 %", 355, 120, true, LEVEL_WARN },
		{ "longer", 355, 121, true, LEVEL_OK },
		{ "2 min, 36 %", 365, 120, true, LEVEL_OK },
		{ "3 s, 36 %", 365, 3, true, LEVEL_OK },
		{ "10 min, below a quarter", 245, 600, true, LEVEL_WARN },
		{ "longer", 245, 601, true, LEVEL_OK },
		{ "10 min, a quarter", 255, 600, true, LEVEL_OK },
		{ "first of a row", 245, 4, false, LEVEL_OK },
		{ "first of a row, too late to wait", 245, 3, false, LEVEL_CRITICAL },
	};
	static struct scene scene;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		scene_shrinks(&scene, 10 * GIB / 1000 * cases[i].left_permille, cases[i].seconds,
			cases[i].confirmed);
		expect_int(cases[i].label, scene_judge(&scene), cases[i].want);
		expect_int(cases[i].label, scene.risk.forecast_s, cases[i].seconds);
	}
	scene_shrinks(&scene, 10 * GIB / 1000 * 205, 30, true);
	scene_judge(&scene);
	expect_text("why", scene.risk.why, "out in 26-36s at this rate, 20% left");
}

/* Five seconds of fast growth; a minute ago as little was left, perhaps. */
static enum level judge_swift_growth(struct scene *scene, bool was_here)
{
	const int64_t left_kib = 2 * GIB;

	scene_init(scene, 10 * GIB, left_kib);
	for (int64_t i = 60; i >= 0; i--) {
		const int64_t ms = scene->now.uptime_ms - i * 1000;
		const int64_t grown = i < 5 ? (5 - i) * 400 * MIB : 0;
		const int64_t dip = was_here && i == 30 ? 2000 * MIB : 0;

		ring_add(&scene->history.left, ms, left_kib + 2000 * MIB - grown - dip);
		ring_add(&scene->history.anon, ms, grown + dip);
	}
	scene->history.forecast_since_ms = scene->now.uptime_ms - 1000;
	return scene_judge(scene);
}

static void jobs_that_come_and_go_raise_nothing(void)
{
	static struct scene scene;

	expect_int("for the first time", judge_swift_growth(&scene, false), LEVEL_CRITICAL);
	expect_int("again", judge_swift_growth(&scene, true), LEVEL_OK);
	expect_true("though foretold", value_known(scene.risk.forecast_s));
	scene.history.kill_ms = scene.now.uptime_ms - 20000;
	expect_int("the last time it took a kill", scene_judge(&scene), LEVEL_CRITICAL);
}

static void huge_pages_set_aside_are_nothing_to_use(void)
{
	static struct scene scene;

	scene_init(&scene, 100 * GIB, 3 * GIB);
	scene.reclaim.direct_scan_per_s = 5000;
	scene.reclaim.direct_stalls_per_s = 5;
	scene.reclaim.efficiency_percent = 1;
	expect_int("3 of 100 GiB", scene_judge(&scene), LEVEL_CRITICAL);
	scene.account.hugetlb_kib = 90 * GIB;
	scene.now.mem.anon_kib = 5 * GIB;
	expect_int("3 of 8 GiB", scene_judge(&scene), LEVEL_OK);
}

static void a_kill_is_news_for_10_s(void)
{
	static const struct {
		const char *label;
		int64_t kill_ms;
		enum level want;
	} cases[] = {
		{ "none", VALUE_UNKNOWN, LEVEL_OK },
		{ "now", 1000000, LEVEL_WARN },
		{ "10 s ago", 990000, LEVEL_WARN },
		{ "longer ago", 989999, LEVEL_OK },
		{ "in the future", 1000001, LEVEL_OK },
	};
	static struct scene scene;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		scene_init(&scene, 10 * GIB, 8 * GIB);
		scene.history.kill_ms = cases[i].kill_ms;
		scene.history.kills = 1;
		expect_int(cases[i].label, scene_judge(&scene), cases[i].want);
	}
	scene.history.kill_ms = 997000;
	scene.history.kills = 2;
	scene_judge(&scene);
	expect_text("why", scene.risk.why, "the kernel killed 2 processes 3s ago");
}

static void nothing_known_is_nothing_judged(void)
{
	static struct scene scene;

	scene_init(&scene, 10 * GIB, 0);
	scene.now.mem.mem_free_kib = VALUE_UNKNOWN;
	expect_int("left unknown", scene_judge(&scene), LEVEL_OK);
	expect_int("left", scene.risk.left.high_kib, VALUE_UNKNOWN);
	expect_text("why no forecast", scene.risk.no_forecast_why, "what is left is not known");

	scene_init(&scene, VALUE_UNKNOWN, 0);
	scene.now.mem.anon_kib = VALUE_UNKNOWN;
	scene.now.total_ram_pages = VALUE_UNKNOWN;
	expect_int("total unknown", scene_judge(&scene), LEVEL_OK);
	scene.now.total_ram_pages = 1000000;
	expect_int("total of sysinfo", scene_judge(&scene), LEVEL_CRITICAL);

	scene_init(&scene, INT64_MAX, INT64_MAX);
	expect_int("absurd", scene_judge(&scene), LEVEL_OK);
}

static void a_level_is_held_for_5_s(void)
{
	static const struct {
		int64_t ms;
		enum level deserved, want;
	} ticks[] = {
		{ 1000, LEVEL_OK, LEVEL_OK }, { 2000, LEVEL_CRITICAL, LEVEL_CRITICAL },
		{ 3000, LEVEL_WARN, LEVEL_CRITICAL }, { 6999, LEVEL_OK, LEVEL_CRITICAL },
		{ 7000, LEVEL_OK, LEVEL_WARN }, { 7999, LEVEL_OK, LEVEL_WARN },
		{ 8000, LEVEL_OK, LEVEL_OK }, { 9000, LEVEL_WARN, LEVEL_WARN },
		{ 10000, LEVEL_CRITICAL, LEVEL_CRITICAL },
		{ 10000, LEVEL_OK, LEVEL_CRITICAL }, /* the same instant again */
		{ 500, LEVEL_OK, LEVEL_OK },         /* another recording */
	};
	static struct scene scene;

	scene_init(&scene, 10 * GIB, 8 * GIB);
	for (size_t i = 0; i < ARRAY_SIZE(ticks); i++) {
		struct risk risk = { .level = ticks[i].deserved, .forecast_s = VALUE_UNKNOWN };
		char label[32];

		snprintf(label, sizeof(label), "tick %zu", i);
		snprintf(risk.why, sizeof(risk.why), "%s", ticks[i].deserved ? label : "");
		scene.now.uptime_ms = ticks[i].ms;
		risk_hold(&scene.history, &scene.now, &risk);
		expect_int(label, risk.level, ticks[i].want);
		expect_int("why", risk.why[0] != '\0', ticks[i].want != LEVEL_OK);
		if (i == 3)
			expect_text("the reason stays", risk.why, "tick 1");
	}
}

static void a_level_without_its_forecast_is_held_for_1_5_s(void)
{
	static const struct {
		int64_t ms, forecast_s;
		enum level deserved;
		bool by_forecast;
		enum level want;
	} ticks[] = {
		{ 1000, 20, LEVEL_WARN, true, LEVEL_WARN },
		{ 2400, VALUE_UNKNOWN, LEVEL_OK, false, LEVEL_WARN },
		{ 2500, VALUE_UNKNOWN, LEVEL_OK, false, LEVEL_OK },
		{ 10000, 20, LEVEL_WARN, true, LEVEL_WARN },
		{ 14999, 90, LEVEL_OK, false, LEVEL_WARN }, /* later, but still foretold */
		{ 15000, 90, LEVEL_OK, false, LEVEL_OK },
		{ 20000, 5, LEVEL_CRITICAL, false, LEVEL_CRITICAL }, /* little left, too */
		{ 22000, VALUE_UNKNOWN, LEVEL_OK, false, LEVEL_CRITICAL },
		{ 25000, VALUE_UNKNOWN, LEVEL_OK, false, LEVEL_OK },
	};
	static struct scene scene;

	scene_init(&scene, 10 * GIB, 8 * GIB);
	for (size_t i = 0; i < ARRAY_SIZE(ticks); i++) {
		struct risk risk = {
			.level = ticks[i].deserved,
			.forecast_s = ticks[i].forecast_s,
			.by_forecast = ticks[i].by_forecast,
		};

		scene.now.uptime_ms = ticks[i].ms;
		risk_hold(&scene.history, &scene.now, &risk);
		expect_int("level", risk.level, ticks[i].want);
	}
}

static void forecasts_are_counted_from_the_first_of_a_row(void)
{
	static const struct {
		int64_t ms, forecast_s, want;
	} ticks[] = {
		{ 1000, VALUE_UNKNOWN, VALUE_UNKNOWN }, { 2000, 30, 2000 }, { 2000, 30, 2000 },
		{ 3000, 29, 2000 }, { 4000, VALUE_UNKNOWN, VALUE_UNKNOWN }, { 5000, 0, 5000 },
		{ 3000, 7, 3000 }, /* time went back */
	};
	static struct scene scene;

	scene_init(&scene, 10 * GIB, 8 * GIB);
	for (size_t i = 0; i < ARRAY_SIZE(ticks); i++) {
		struct risk risk = { .forecast_s = ticks[i].forecast_s };

		scene.now.uptime_ms = ticks[i].ms;
		risk_hold(&scene.history, &scene.now, &risk);
		expect_int("since", scene.history.forecast_since_ms, ticks[i].want);
	}
}

static void filling_is_who_grows_most_and_matters(void)
{
	static const struct {
		const char *label;
		int64_t growth[4];
		bool has;
		uint32_t want;
		int64_t want_percent;
	} cases[] = {
		{ "one", { 0, 48 << 20, 0, 0 }, true, 1, 100 },
		{ "most of several", { 2 << 20, 48 << 20, 0, 0 }, true, 1, 96 },
		{ "shrinking does not count", { -90 * 1048576, 0, 1 << 20, 1 << 20 }, true, 2, 50 },
		{ "256 KiB a second", { 262144, 0, 0, 0 }, true, 0, 100 },
		{ "less than that", { 262143, 0, 0, 0 }, true, NO_TASK, VALUE_UNKNOWN },
		{ "unknown", { VALUE_UNKNOWN, VALUE_UNKNOWN, 0, 0 }, true, NO_TASK, VALUE_UNKNOWN },
		{ "first sample", { 1 << 30, 0, 0, 0 }, false, NO_TASK, VALUE_UNKNOWN },
		{ "absurd", { INT64_MAX, INT64_MAX, 0, 0 }, true, 0, 100 },
	};
	static struct scene scene;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct task tasks[4];

		memset(tasks, 0, sizeof(tasks));
		for (int k = 0; k < 4; k++) {
			tasks[k].has = cases[i].has ? TASK_HAS_GROWTH : 0;
			tasks[k].growth_bytes_per_s[GROWTH_10S] = cases[i].growth[k];
		}
		scene_init(&scene, 10 * GIB, 8 * GIB);
		scene.now.tasks = tasks;
		scene.now.n_tasks = 4;
		scene_judge(&scene);
		expect_int(cases[i].label, scene.risk.filling, cases[i].want);
		expect_int(cases[i].label, scene.risk.filling_percent, cases[i].want_percent);
	}
}

static void one_of_many_equal_growers_fills_nothing(void)
{
	static struct task tasks[11];
	static struct scene scene;

	for (uint32_t n = 10; n <= 11; n++) {
		memset(tasks, 0, sizeof(tasks));
		for (uint32_t k = 0; k < n; k++) {
			tasks[k].has = TASK_HAS_GROWTH;
			tasks[k].growth_bytes_per_s[GROWTH_10S] = 1000000;
		}
		scene_init(&scene, 10 * GIB, 8 * GIB);
		scene.now.tasks = tasks;
		scene.now.n_tasks = n;
		scene_judge(&scene);
		expect_int("a tenth matters, less does not", scene.risk.filling,
			n == 10 ? 0 : NO_TASK);
	}
}

static void levels_have_names(void)
{
	expect_text("id", level_id(LEVEL_OK), "ok");
	expect_text("id", level_id(LEVEL_WARN), "warn");
	expect_text("id", level_id(LEVEL_CRITICAL), "critical");
	expect_text("words", level_words(LEVEL_OK), "OK");
	expect_text("words", level_words(LEVEL_WARN), "WARN");
	expect_text("words", level_words(LEVEL_CRITICAL), "CRITICAL");
}

extern CU_TestInfo level_tests[];
CU_TestInfo level_tests[] = {
	{ "hardly anything left", hardly_anything_left_raises_the_level },
	{ "reclaim in trouble", reclaim_in_trouble_raises_the_level_only_with_little_left },
	{ "a forecast counts with little left", a_forecast_counts_with_little_left },
	{ "jobs that come and go", jobs_that_come_and_go_raise_nothing },
	{ "huge pages are nothing to use", huge_pages_set_aside_are_nothing_to_use },
	{ "a kill is news for 10 s", a_kill_is_news_for_10_s },
	{ "nothing known, nothing judged", nothing_known_is_nothing_judged },
	{ "a level is held for 5 s", a_level_is_held_for_5_s },
	{ "a level without its forecast is held for 1.5 s",
		a_level_without_its_forecast_is_held_for_1_5_s },
	{ "forecasts are counted", forecasts_are_counted_from_the_first_of_a_row },
	{ "filling is who grows most", filling_is_who_grows_most_and_matters },
	{ "one of many fills nothing", one_of_many_equal_growers_fills_nothing },
	{ "levels have names", levels_have_names },
	CU_TEST_INFO_NULL,
};
