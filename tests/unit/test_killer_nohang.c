/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "killer_stage.h"

/* 8 GiB, 4 GiB available, no swap; nohang as it is shipped. */
static void stage_init(struct stage *stage)
{
	stage_begin(stage);
	stage->crowd.now.mem.mem_available_kib = 4 * GIB;
	stage->crowd.now.pressure.full.avg10_centi = NO;
	stage->killer = (struct killer){ .kind = KILLER_NOHANG,
		.pid = 900,
		.settings = SETTINGS_FILES,
		.settings_why = "/etc/nohang/nohang.conf",
		.nohang = { .mem_permyriad = { 500, 200 },
			.swap_permyriad = { 1000, 400 },
			.mem_kib = { NO, NO },
			.swap_kib = { NO, NO },
			.psi_permyriad = { 4000, 9000 },
			.psi_duration_ms = 30000,
			.min_badness = 1 } };
}

static const struct killer_view *judge(struct stage *stage)
{
	return stage_judge(stage, killer_judge_nohang);
}

static int32_t victim_of(struct stage *stage)
{
	return crowd_pid(&stage->crowd, judge(stage)->victim);
}

static void both_thresholds_must_be_reached(void)
{
	static const struct {
		const char *label;
		int64_t available, swap_total, swap_free, room;
		enum killer_act act;
	} cases[] = {
		/* 5 % of 8 GiB are 419430 KiB, 2 % 167772. */
		{ "far", 4 * GIB, 0, 0, 4 * GIB - 419430, ACT_TERM },
		{ "one above", 419431, 0, 0, 1, ACT_TERM },
		{ "at the soft one", 419430, 0, 0, 0, ACT_TERM },
		{ "above the hard one", 167773, 0, 0, 0, ACT_TERM },
		{ "at the hard one", 167772, 0, 0, 0, ACT_KILL },
		{ "swap left", 0, GIB, GIB, GIB - 104857, ACT_TERM },
		{ "swap at the soft one", 0, GIB, 104857, 0, ACT_TERM },
		{ "swap at the hard one", 0, GIB, 41943, 0, ACT_KILL },
		{ "swap above the hard one", 0, GIB, 41944, 0, ACT_TERM },
		{ "unknown", NO, 0, 0, NO, ACT_TERM },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stage stage;
		const struct killer_view *view;

		stage_init(&stage);
		stage.view.act = ACT_TERM;
		crowd_add(&stage.crowd, 10, "java", 1000, 0);
		stage.crowd.now.mem.mem_available_kib = cases[i].available;
		stage.crowd.now.mem.swap_total_kib = cases[i].swap_total;
		stage.crowd.now.mem.swap_free_kib = cases[i].swap_free;
		view = judge(&stage);
		expect_int(cases[i].label, view->room_kib, cases[i].room);
		expect_int(cases[i].label, view->act, cases[i].act);
		expect_int(cases[i].label, view->worth,
			value_known(cases[i].room) ? WORTH_ASSUMED : WORTH_UNKNOWN);
	}
}

static void thresholds_in_kib_are_taken_as_they_are(void)
{
	struct stage stage;

	stage_init(&stage);
	crowd_add(&stage.crowd, 10, "java", 1000, 0);
	stage.killer.nohang.mem_permyriad[0] = NO;
	stage.killer.nohang.mem_kib[0] = GIB;
	expect_int("room", judge(&stage)->room_kib, 3 * GIB);
	stage.killer.nohang.swap_permyriad[0] = NO;
	stage.killer.nohang.swap_kib[0] = 100;
	stage.crowd.now.mem.swap_total_kib = 8 * GIB;
	stage.crowd.now.mem.swap_free_kib = 8 * GIB;
	expect_int("with swap", judge(&stage)->room_kib, 11 * GIB - 100);
	expect_int("of it", stage.view.room_swap_kib, 8 * GIB - 100);
}

static void the_highest_badness_is_taken(void)
{
	struct stage stage;

	stage_init(&stage);
	crowd_add(&stage.crowd, 1, "init", 8 * 65536, 0);
	crowd_add(&stage.crowd, 10, "small", 65536, 0);
	crowd_add(&stage.crowd, 20, "large", 3 * 65536, 0);
	crowd_add(&stage.crowd, 30, "safe", 5 * 65536, -1000);
	crowd_add(&stage.crowd, 900, "nohang", 4 * 65536, 0);
	expect_int("pid", victim_of(&stage), 20);
	expect_int("gives back", stage.view.gives_back_kib, 3 * 65536 * 4);
	expect_int("processes", stage.view.n_victims, 1);
	expect_text("why", stage.view.reason,
		"badness 728; not nohang 900 as the kernel: it never takes itself");
}

static void positive_adj_can_be_left_out(void)
{
	struct stage stage;

	stage_init(&stage);
	crowd_add(&stage.crowd, 10, "plain", 3 * 65536, 0);
	crowd_add(&stage.crowd, 20, "adj", 2 * 65536, 300);
	crowd_add(&stage.crowd, 30, "low", 4 * 65536, -300);
	expect_int("counted", victim_of(&stage), 20);
	expect_true("agrees", strstr(stage.view.reason, "the kernel would take it, too") != NULL);
	stage.killer.nohang.ignore_positive_adj = true;
	expect_int("left out, below 0 kept", victim_of(&stage), 10);
	expect_text("why", stage.view.reason,
		"badness 728; not adj 20 as the kernel: it ignores positive oom_score_adj");
}

static void below_the_least_badness_nobody_is_taken(void)
{
	struct stage stage;

	stage_init(&stage);
	crowd_add(&stage.crowd, 10, "java", 65536, 0);
	/* 1/32 of memory: (1000 + 31) * 2 / 3. */
	stage.killer.nohang.min_badness = 687;
	expect_int("at it", victim_of(&stage), 10);
	stage.killer.nohang.min_badness = 688;
	expect_int("below it", victim_of(&stage), 0);
	expect_text("why", stage.view.nobody_why, "no process has a badness of 688");
	stage.crowd.now.n_tasks = 0;
	stage.killer.nohang.min_badness = 1;
	expect_int("nobody", victim_of(&stage), 0);
}

static void of_equals_the_first_is_taken(void)
{
	struct stage stage;

	stage_init(&stage);
	crowd_add(&stage.crowd, 10, "a", 65536, 0);
	crowd_add(&stage.crowd, 20, "b", 2 * 65536, 0);
	crowd_add(&stage.crowd, 30, "c", 2 * 65536 + 1, 0);
	expect_int("pid", victim_of(&stage), 20);
	expect_true("tie", stage.view.tie);
	expect_text("why", stage.view.reason,
		"badness 708; not c 30 as the kernel: of the same oom_score it takes the first");
	crowd_add(&stage.crowd, 40, "d", 3 * 65536, 0);
	expect_int("pid", victim_of(&stage), 40);
	expect_true("no tie", !stage.view.tie);
}

static void pressure_counts_where_memory_is_short(void)
{
	struct stage stage;

	stage_init(&stage);
	crowd_add(&stage.crowd, 10, "java", 65536, 0);
	stage.crowd.now.pressure.full.avg10_centi = 3999;
	stage.crowd.now.mem.mem_available_kib = 419430;
	stage.crowd.now.mem.swap_total_kib = GIB;
	stage.crowd.now.mem.swap_free_kib = GIB;
	expect_int("not asked for", judge(&stage)->limit_centi, NO);
	stage.killer.nohang.psi = true;
	judge(&stage);
	expect_int("limit", stage.view.limit_centi, 4000);
	expect_int("pressure", stage.view.pressure_centi, 3999);
	expect_int("held", stage.view.held_ms, 0);
	expect_int("duration", stage.view.duration_ms, 30000);
	expect_int("at the soonest", stage.view.least_s, 30);
	expect_int("worth", stage.view.worth, WORTH_ASSUMED);

	stage.crowd.now.uptime_ms += 1000;
	stage.crowd.now.pressure.full.avg10_centi = 4000;
	expect_int("at its limit", judge(&stage)->held_ms, 0);
	stage.crowd.now.uptime_ms += 5000;
	expect_int("held", judge(&stage)->held_ms, 5000);
	expect_int("at the soonest", stage.view.least_s, 25);
	expect_int("seen from its start", stage.view.worth, WORTH_ASSUMED);

	stage.crowd.now.mem.mem_available_kib = 419431;
	expect_int("memory is left", judge(&stage)->limit_centi, NO);
	expect_int("nothing is held", stage.view.held_ms, NO);
	stage.crowd.now.mem.mem_available_kib = 419430;
	stage.crowd.now.mem.swap_total_kib = 0;
	expect_int("no swap", judge(&stage)->limit_centi, NO);
}

static void pressure_seen_late_is_a_lower_bound(void)
{
	struct stage stage;

	stage_init(&stage);
	crowd_add(&stage.crowd, 10, "java", 65536, 0);
	stage.killer.nohang.psi = true;
	stage.crowd.now.pressure.full.avg10_centi = 5000;
	stage.crowd.now.mem.mem_available_kib = 1;
	stage.crowd.now.mem.swap_total_kib = GIB;
	stage.crowd.now.mem.swap_free_kib = GIB;
	expect_int("worth", judge(&stage)->worth, WORTH_LOWER_BOUND);
	stage.killer.nohang.psi_permyriad[0] = NO;
	expect_int("another metric", judge(&stage)->limit_centi, NO);
}

static void what_is_not_followed_is_said(void)
{
	struct stage stage;

	stage_init(&stage);
	crowd_add(&stage.crowd, 10, "java", 65536, 0);
	judge(&stage);
	expect_text("file", stage.view.worth_why, "by /etc/nohang/nohang.conf");
	stage.killer.nohang.zram = true;
	judge(&stage);
	expect_true("zram", strstr(stage.view.worth_why, "zram") != NULL);
	stage.killer.nohang.commands = true;
	judge(&stage);
	expect_true("commands", strstr(stage.view.worth_why, "commands") != NULL);
	stage.killer.nohang.corrected = true;
	judge(&stage);
	expect_true("patterns", strstr(stage.view.worth_why, "patterns") != NULL);
	expect_int("worth", stage.view.worth, WORTH_ASSUMED);
}

extern CU_TestInfo killer_nohang_tests[];
CU_TestInfo killer_nohang_tests[] = {
	{ "both thresholds must be reached", both_thresholds_must_be_reached },
	{ "thresholds in KiB are taken as they are", thresholds_in_kib_are_taken_as_they_are },
	{ "the highest badness is taken", the_highest_badness_is_taken },
	{ "positive adj can be left out", positive_adj_can_be_left_out },
	{ "below the least badness nobody is taken", below_the_least_badness_nobody_is_taken },
	{ "of equals the first is taken", of_equals_the_first_is_taken },
	{ "pressure counts where memory is short", pressure_counts_where_memory_is_short },
	{ "pressure seen late is a lower bound", pressure_seen_late_is_a_lower_bound },
	{ "what is not followed is said", what_is_not_followed_is_said },
	CU_TEST_INFO_NULL,
};
