/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "systemd_oomd_stage.h"

static void both_sides_of_the_swap_rule_are_strict(void)
{
	/* 10 % of 8 GiB are 838860.8 KiB, of 4 GiB 419430.4. */
	static const struct {
		const char *label;
		int64_t available, free, room_kib, percent;
		bool is_swap;
	} cases[] = {
		{ "plenty", 4 * GIB, 2 * GIB, 6 * GIB - 838860 - 419430, 40, false },
		{ "memory is just above", 838861, 0, 1, 0, false },
		{ "memory is below, swap not", 838860, 2 * GIB, 2 * GIB - 419430, 13, true },
		{ "swap is just above", 0, 419431, 1, 0, true },
		{ "both are below", 838860, 419430, 0, 0, false },
		{ "nothing", 0, 0, 0, 0, false },
		{ "both must be used up", GIB, GIB, 2 * GIB - 838860 - 419430, 6, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct killer_view *view;
		struct stage stage;

		stage_init(&stage);
		stage.crowd.now.mem.mem_available_kib = cases[i].available;
		stage.crowd.now.mem.swap_free_kib = cases[i].free;
		view = judge(&stage);
		expect_int(cases[i].label, view->room_kib, cases[i].room_kib);
		expect_int(cases[i].label, view->room_percent, cases[i].percent);
		expect_int(cases[i].label, view->room_is_swap, cases[i].is_swap);
		expect_int(cases[i].label, view->never, false);
		stage_free(&stage);
	}
}

/* With totals that ten divides the very share can be met. */
static void at_the_very_share_it_does_not_act(void)
{
	static const struct {
		int64_t free_kib, room_kib;
	} cases[] = { { 101, 2 }, { 100, 1 }, { 99, 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stage stage;

		stage_init(&stage);
		stage.crowd.now.mem.mem_available_kib = 0;
		stage.crowd.now.mem.swap_total_kib = 1000;
		stage.crowd.now.mem.swap_free_kib = cases[i].free_kib;
		expect_int("room", judge(&stage)->room_kib, cases[i].room_kib);
		stage_free(&stage);
	}
}

static void what_cannot_fire_never_acts(void)
{
	static const struct {
		const char *label;
		int64_t swap_total, swap_used;
		bool swap, pressure, users_known, dry_run, never;
		enum killer_worth worth;
		const char *why;
	} cases[] = {
		{ "no swap, no pressure rule", 0, 9000, true, false, true, false, true,
			WORTH_ASSUMED, "its swap rule cannot fire without swap" },
		{ "no swap, but a pressure rule", 0, 9000, true, true, true, false, false,
			WORTH_ASSUMED, "" },
		{ "all of swap", 4 * GIB, 10000, true, false, true, false, true, WORTH_ASSUMED,
			"its limit is all of swap" },
		{ "nothing is watched", 4 * GIB, 9000, false, false, true, false, true,
			WORTH_ASSUMED,
			"no unit has ManagedOOMSwap= or ManagedOOMMemoryPressure=kill" },
		{ "users' units are not known", 4 * GIB, 9000, false, false, false, false, false,
			WORTH_UNKNOWN, "" },
		{ "dry run", 4 * GIB, 9000, true, true, true, true, true, WORTH_ASSUMED,
			"it runs with --dry-run" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct killer_view *view;
		struct stage stage;

		stage_init(&stage);
		stage.crowd.now.mem.swap_total_kib = cases[i].swap_total;
		stage.crowd.now.mem.swap_free_kib = 0;
		stage.killer.systemd_oomd.swap_used_permyriad = cases[i].swap_used;
		stage.killer.systemd_oomd.users_known = cases[i].users_known;
		stage.killer.systemd_oomd.dry_run = cases[i].dry_run;
		stage.cgroups[USER].swap_monitored = cases[i].swap;
		stage.cgroups[USER].pressure_monitored = cases[i].pressure;
		view = judge(&stage);
		expect_int(cases[i].label, view->never, cases[i].never);
		expect_int(cases[i].label, view->worth, cases[i].worth);
		expect_text(cases[i].label, view->why_never, cases[i].why);
		stage_free(&stage);
	}
}

static void before_v249_memory_does_not_count(void)
{
	struct stage stage;

	stage_init(&stage);
	stage.killer.systemd_oomd.swap_only = true;
	stage.crowd.now.mem.swap_free_kib = 0;
	expect_int("full swap is enough", judge(&stage)->room_kib, 0);
	stage.killer.systemd_oomd.swap_only = false;
	expect_true("later it is not", judge(&stage)->room_kib > 0);
	stage_free(&stage);
}

static void the_limit_of_pressure_is_strict(void)
{
	static const struct {
		const char *label;
		int64_t centi;
		enum level want;
		int64_t least_s;
	} cases[] = {
		{ "calm", 0, LEVEL_OK, 39 },
		{ "at it", 6000, LEVEL_OK, 30 },
		{ "above", 6001, LEVEL_WARN, 30 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct killer_view *view;
		struct stage stage;

		stage_init(&stage);
		set_pressure(&stage, cases[i].centi);
		view = judge(&stage);
		expect_int(cases[i].label, view->level, cases[i].want);
		expect_int(cases[i].label, view->least_s, cases[i].least_s);
		expect_int(cases[i].label, view->pressure_centi, cases[i].centi);
		expect_int(cases[i].label, view->limit_centi, 6000);
		expect_int(cases[i].label, view->watched, USER);
		stage_free(&stage);
	}
}

static void pressure_tells_who_comes_first_only_above_the_limit(void)
{
	static const struct {
		const char *label;
		int64_t centi, machine_s, swap_total;
		enum killer_order want;
	} cases[] = {
		{ "below it", 6000, NO, 0, ORDER_UNTOLD },
		{ "above it", 6001, NO, 0, KILLER_BEFORE_KERNEL },
		{ "the kernel is foretold for as soon", 6001, 30, 0, KILLER_BEFORE_KERNEL },
		{ "the kernel is sooner", 6001, 29, 0, KILLER_AFTER_KERNEL },
		{ "its swap rule comes first", 6000, NO, 4 * GIB, KILLER_BEFORE_KERNEL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stage stage;

		stage_init(&stage);
		set_pressure(&stage, cases[i].centi);
		stage.crowd.now.mem.swap_total_kib = cases[i].swap_total;
		stage.machine.forecast_s = cases[i].machine_s;
		expect_int(cases[i].label, judge(&stage)->order, cases[i].want);
		stage_free(&stage);
	}
}

static void its_timer_restarts(void)
{
	static const struct {
		int64_t centi, held_ms;
		enum level level;
		enum killer_worth worth;
	} samples[] = {
		{ 7000, 0, LEVEL_WARN, WORTH_LOWER_BOUND },
		{ 7000, 1000, LEVEL_WARN, WORTH_LOWER_BOUND },
		{ 6000, 0, LEVEL_WARN, WORTH_ASSUMED }, /* the level is held */
		{ 6100, 0, LEVEL_WARN, WORTH_ASSUMED },
		{ 9000, 1000, LEVEL_WARN, WORTH_ASSUMED },
	};
	struct stage stage;

	stage_init(&stage);
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct killer_view *view;

		set_pressure(&stage, samples[i].centi);
		view = judge(&stage);
		expect_int("held", view->held_ms, samples[i].held_ms);
		expect_int("level", view->level, samples[i].level);
		expect_int("worth", view->worth, samples[i].worth);
		pass(&stage);
	}
	/* 20 s later only 9 are left. */
	stage.crowd.now.uptime_ms += 19000;
	expect_int("soon", judge(&stage)->least_s, 9);
	expect_int("critical", stage.view->level, LEVEL_CRITICAL);
	stage_free(&stage);
}

static void the_nearest_of_those_watched_is_shown(void)
{
	struct stage stage;

	stage_init(&stage);
	stage.cgroups[SYSTEM] = stage.cgroups[USER];
	stage.cgroups[SYSTEM].limit_permyriad = 2000;
	stage.crowd.memcgs[SYSTEM].pressure.full.avg10_centi = 1500;
	set_pressure(&stage, 3000);
	expect_int("75 % of the way against 50 %", judge(&stage)->watched, SYSTEM);
	set_pressure(&stage, 6100);
	expect_int("above its limit", judge(&stage)->watched, USER);
	stage.crowd.memcgs[SYSTEM].pressure.full.avg10_centi = 2001;
	stage.cgroups[SYSTEM].duration_ms = 5000;
	expect_int("both, one for a shorter time", judge(&stage)->watched, SYSTEM);
	stage_free(&stage);
}

static void the_root_is_watched_by_the_machines_pressure(void)
{
	const struct killer_view *view;
	struct stage stage;

	stage_init(&stage);
	stage.killer.systemd_oomd.root = stage.cgroups[USER];
	stage.killer.systemd_oomd.root.preference_known = true;
	stage.cgroups[USER] = (struct systemd_oomd_cgroup){ .preference_known = true };
	stage.crowd.now.pressure.full.avg10_centi = 6500;
	stage.crowd.memcgs[DAEMON].usage_bytes = 5000 * MIB_BYTES;
	view = judge(&stage);
	expect_int("watched", view->watched, NO_MEMCG);
	expect_int("pressure", view->pressure_centi, 6500);
	expect_int("victim", view->victim_memcg, DAEMON);
	stage_free(&stage);
}

static void what_is_not_known_lowers_the_worth(void)
{
	static const struct {
		const char *label;
		enum {
			RULES,
			PREFERENCE,
			PRESSURE,
			SWAP
		} what;
		const char *why;
	} cases[] = {
		{ "rules", RULES, "OOMRules= are not followed here" },
		{ "preferences", PREFERENCE,
			"preferences of some of its cgroups could not be read" },
		{ "pressure", PRESSURE, "memory.pressure of what it watches is not read" },
		{ "swap", SWAP, "some of its cgroups are not read" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct killer_view *view;
		struct stage stage;

		stage_init(&stage);
		run_low(&stage);
		stage.cgroups[SYSTEM].rules = cases[i].what == RULES;
		if (cases[i].what == PREFERENCE)
			stage.cgroups[B].preference_known = false;
		if (cases[i].what == PRESSURE)
			set_pressure(&stage, NO);
		if (cases[i].what == SWAP)
			stage.crowd.memcgs[A].swap_bytes = NO;
		view = judge(&stage);
		expect_int(cases[i].label, view->worth, WORTH_UNKNOWN);
		expect_text(cases[i].label, view->worth_why, cases[i].why);
		stage_free(&stage);
	}
}

extern CU_TestInfo systemd_oomd_tests[];
CU_TestInfo systemd_oomd_tests[] = {
	{ "both sides of the swap rule are strict", both_sides_of_the_swap_rule_are_strict },
	{ "at the very share it does not act", at_the_very_share_it_does_not_act },
	{ "what cannot fire never acts", what_cannot_fire_never_acts },
	{ "before v249 memory does not count", before_v249_memory_does_not_count },
	{ "the limit of pressure is strict", the_limit_of_pressure_is_strict },
	{ "pressure tells who comes first only above the limit",
		pressure_tells_who_comes_first_only_above_the_limit },
	{ "its timer restarts", its_timer_restarts },
	{ "the nearest of those watched is shown", the_nearest_of_those_watched_is_shown },
	{ "the root is watched by the machine's pressure",
		the_root_is_watched_by_the_machines_pressure },
	{ "what is not known lowers the worth", what_is_not_known_lowers_the_worth },
	CU_TEST_INFO_NULL,
};
