/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/systemd_oomd.h"
#include "systemd_oomd_stage.h"

static void swap_decides_who_dies(void)
{
	static const struct {
		const char *label;
		int64_t swap[3]; /* of a, b, c, in MiB */
		uint32_t want;
		bool tie;
		const char *nobody;
	} cases[] = {
		{ "the most", { 300, 400, 500 }, INSIDE, false, "" },
		{ "the most is first", { 500, 400, 300 }, A, false, "" },
		{ "two alike", { 500, 500, 300 }, A, true, "" },
		{ "the two below are alike", { 500, 300, 300 }, A, false, "" },
		/* 5 % of 4096 MiB are 204.8 MiB. */
		{ "just above the floor", { 205, 100, 100 }, A, false, "" },
		{ "just below it", { 204, 204, 204 }, NO_MEMCG, false,
			"no cgroup that it may take has more than 5% of swap" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct killer_view *view;
		struct stage stage;

		stage_init(&stage);
		run_low(&stage);
		stage.crowd.memcgs[A].swap_bytes = cases[i].swap[0] * MIB_BYTES;
		stage.crowd.memcgs[B].swap_bytes = cases[i].swap[1] * MIB_BYTES;
		stage.crowd.memcgs[INSIDE].swap_bytes = cases[i].swap[2] * MIB_BYTES;
		view = judge(&stage);
		expect_int(cases[i].label, view->room_kib, 0);
		expect_int(cases[i].label, view->victim_memcg, cases[i].want);
		expect_int(cases[i].label, view->tie, cases[i].tie);
		expect_text(cases[i].label, view->nobody_why, cases[i].nobody);
		expect_int(cases[i].label, view->n_victims, cases[i].want != NO_MEMCG);
		stage_free(&stage);
	}
}

static void the_floor_is_strict(void)
{
	struct stage stage;

	stage_init(&stage);
	run_low(&stage);
	for (uint32_t i = A; i < MEMCGS; i++)
		stage.crowd.memcgs[i].swap_bytes = 4 * GIB * 1024 / 20;
	expect_int("5 % of 4 GiB", judge(&stage)->victim_memcg, NO_MEMCG);
	stage.crowd.memcgs[B].swap_bytes++;
	expect_int("a byte more", judge(&stage)->victim_memcg, B);
	stage_free(&stage);
}

static void leaves_and_groups_are_chosen_from(void)
{
	static const struct {
		const char *label;
		uint32_t group; /* has memory.oom.group 1 */
		uint32_t memcg, monitored;
		bool want;
	} cases[] = {
		{ "a leaf", NO_MEMCG, A, USER, true },
		{ "one with others below", NO_MEMCG, C, USER, false },
		{ "what is below it", NO_MEMCG, INSIDE, USER, true },
		{ "a group", C, C, USER, true },
		{ "what is in a group", C, INSIDE, USER, false },
		{ "the monitored one", NO_MEMCG, USER, USER, false },
		{ "the monitored one as a group", USER, USER, USER, false },
		{ "below a monitored group", USER, A, USER, true },
		{ "a monitored leaf", NO_MEMCG, A, A, true },
		{ "another tree", NO_MEMCG, DAEMON, USER, false },
		{ "of the root", NO_MEMCG, DAEMON, NO_MEMCG, true },
		{ "in a group, of the root", USER, A, NO_MEMCG, false },
		{ "the root itself", NO_MEMCG, NO_MEMCG, NO_MEMCG, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint8_t inner[CROWD_MEMCGS_MAX];
		struct stage stage;

		stage_init(&stage);
		if (cases[i].group != NO_MEMCG)
			stage.crowd.memcgs[cases[i].group].oom_group = 1;
		systemd_oomd_find_inner(&stage.crowd.now, inner);
		expect_int(cases[i].label,
			systemd_oomd_is_candidate(
				&stage.crowd.now, inner, cases[i].memcg, cases[i].monitored),
			cases[i].want);
		stage_free(&stage);
	}
}

static void preferences_count_by_owner(void)
{
	static const struct {
		const char *label;
		bool pressure; /* the rule: else swap */
		uint32_t owner, monitor_owner;
		bool avoid, omit;
		uint32_t want; /* a has most and says so; b comes next */
	} cases[] = {
		{ "nothing said", false, 0, 0, false, false, A },
		{ "omit by root", false, 0, 0, false, true, B },
		{ "avoid by root", false, 0, 0, true, false, B },
		{ "omit by a user, swap rule", false, 1000, 1000, false, true, A },
		{ "omit by a user, who owns what is watched", true, 1000, 1000, false, true, B },
		{ "avoid by a user, who owns what is watched", true, 1000, 1000, true, false, B },
		{ "omit by a user, root owns it", true, 1000, 0, false, true, A },
		{ "omit by another user", true, 1001, 1000, false, true, A },
		{ "omit by root, a user owns it", true, 0, 1000, false, true, B },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stage stage;

		stage_init(&stage);
		if (cases[i].pressure)
			set_pressure(&stage, 7000);
		else
			run_low(&stage);
		stage.crowd.memcgs[A].swap_bytes = 900 * MIB_BYTES;
		stage.crowd.memcgs[A].usage_bytes = 900 * MIB_BYTES;
		stage.crowd.memcgs[B].swap_bytes = 800 * MIB_BYTES;
		stage.crowd.memcgs[B].usage_bytes = 800 * MIB_BYTES;
		stage.crowd.memcgs[INSIDE].swap_bytes = 700 * MIB_BYTES;
		stage.crowd.memcgs[INSIDE].usage_bytes = 700 * MIB_BYTES;
		stage.cgroups[USER].owner = cases[i].monitor_owner;
		stage.cgroups[A].owner = cases[i].owner;
		stage.cgroups[A].avoid = cases[i].avoid;
		stage.cgroups[A].omit = cases[i].omit;
		expect_int(cases[i].label, judge(&stage)->victim_memcg, cases[i].want);
		stage_free(&stage);
	}
}

static void an_avoided_one_can_die_after_all(void)
{
	struct stage stage;

	stage_init(&stage);
	run_low(&stage);
	stage.cgroups[A].avoid = true;
	stage.crowd.memcgs[B].swap_bytes = 0;
	stage.crowd.memcgs[INSIDE].swap_bytes = 0;
	expect_int("above the floor", judge(&stage)->victim_memcg, A);
	stage.cgroups[A].omit = true;
	expect_int("omit wins", judge(&stage)->victim_memcg, NO_MEMCG);
	stage_free(&stage);
}

static void set_scans(struct stage *stage, int64_t a, int64_t b, int64_t inside)
{
	const struct {
		uint32_t memcg;
		int64_t pages;
	} all[] = { { A, a }, { B, b }, { INSIDE, inside } };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		stage->crowd.memcgs[all[i].memcg].stat_pgscan_pages = all[i].pages;
		stage->crowd.memcgs[all[i].memcg].stat_uptime_ms = stage->crowd.now.uptime_ms;
	}
}

static void under_pressure_the_scan_rate_decides(void)
{
	static const struct {
		const char *label;
		int64_t before[3], now[3]; /* pgscan of a, b, inside */
		int64_t usage_mib[3];
		uint32_t want;
		bool tie;
	} cases[] = {
		{ "the most scanned", { 10, 10, 10 }, { 20, 40, 30 }, { 900, 1, 1 }, B, false },
		{ "size counts among equals", { 0, 0, 0 }, { 5, 5, 5 }, { 1, 2, 3 }, INSIDE,
			false },
		{ "nobody is scanned", { 7, 7, 7 }, { 7, 7, 7 }, { 1, 3, 2 }, B, false },
		{ "all alike", { 7, 7, 7 }, { 7, 7, 7 }, { 3, 3, 2 }, A, true },
		{ "a counter that fell starts at 0", { 1000, 10, 10 }, { 50, 40, 40 }, { 1, 9, 9 },
			A, false },
		{ "nothing in it, not scanned", { 7, 7, 7 }, { 7, 7, 7 }, { 0, 0, 0 }, NO_MEMCG,
			false },
		{ "nothing in it, but scanned", { 7, 7, 7 }, { 7, 7, 8 }, { 0, 0, 0 }, INSIDE,
			false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct killer_view *view;
		struct stage stage;

		stage_init(&stage);
		set_pressure(&stage, 7000);
		set_scans(&stage, cases[i].before[0], cases[i].before[1], cases[i].before[2]);
		pass(&stage);
		set_scans(&stage, cases[i].now[0], cases[i].now[1], cases[i].now[2]);
		stage.crowd.memcgs[A].usage_bytes = cases[i].usage_mib[0] * MIB_BYTES;
		stage.crowd.memcgs[B].usage_bytes = cases[i].usage_mib[1] * MIB_BYTES;
		stage.crowd.memcgs[INSIDE].usage_bytes = cases[i].usage_mib[2] * MIB_BYTES;
		view = judge(&stage);
		expect_int(cases[i].label, view->victim_memcg, cases[i].want);
		expect_int(cases[i].label, view->tie, cases[i].tie);
		stage_free(&stage);
	}
}

static void where_it_disagrees_with_the_kernel_it_says_why(void)
{
	static const struct {
		const char *label;
		bool pressure;
		uint32_t heavy; /* the process that the kernel takes */
		int32_t adj;
		bool omit, small_swap;
		const char *want;
	} cases[] = {
		{ "agreed", false, 1, 0, false, false, "most swap: 1.0G" },
		{ "limited", false, 0, 0, false, false,
			"most swap: 1.0G; kernel: worker 100: limited to the cgroups it watches" },
		{ "limited by name", true, 0, 0, false, false,
			"no reclaim now, most memory: 1.0G; kernel: worker 100: limited to "
			"user.slice" },
		{ "adj", false, 2, 500, false, false,
			"most swap: 1.0G; kernel: worker 102: ranked by swap, not size, adj "
			"ignored" },
		{ "omit", false, 2, 0, true, false,
			"most swap: 1.0G; kernel: worker 102: preference omit honoured" },
		{ "floor", false, 2, 0, false, true,
			"most swap: 1.0G; kernel: worker 102: below the 5% swap floor" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct killer_view *view;
		struct stage stage;

		stage_init(&stage);
		if (cases[i].pressure)
			set_pressure(&stage, 7000);
		else
			run_low(&stage);
		stage.crowd.memcgs[A].swap_bytes++;
		stage.crowd.memcgs[A].usage_bytes++;
		if (cases[i].adj == 0) {
			stage.crowd.tasks[cases[i].heavy].rss_stat_pages += 100000;
			stage.crowd.tasks[cases[i].heavy].rss_status_pages += 100000;
			stage.crowd.tasks[cases[i].heavy].rss_anon_pages += 100000;
		}
		stage.crowd.tasks[cases[i].heavy].oom_score_adj = cases[i].adj;
		stage.cgroups[B].omit = cases[i].omit;
		if (cases[i].small_swap)
			stage.crowd.memcgs[B].swap_bytes = 1;
		view = judge(&stage);
		expect_int(cases[i].label, view->victim_memcg, A);
		expect_text(cases[i].label, view->reason, cases[i].want);
		stage_free(&stage);
	}
}

static void without_cgroups_it_still_tells_its_distance(void)
{
	const struct killer_view *view;
	struct stage stage;

	stage_init(&stage);
	run_low(&stage);
	stage.crowd.now.n_memcgs = 0;
	stage.killer.systemd_oomd.cgroups = NULL;
	stage.killer.systemd_oomd.root.swap_monitored = true;
	for (uint32_t i = 0; i < stage.crowd.now.n_tasks; i++)
		stage.crowd.tasks[i].memcg = NO_MEMCG;
	view = judge(&stage);
	expect_int("room", view->room_kib, 0);
	expect_int("victim", view->victim_memcg, NO_MEMCG);
	stage_free(&stage);
}

extern CU_TestInfo systemd_oomd_choose_tests[];
CU_TestInfo systemd_oomd_choose_tests[] = {
	{ "swap decides who dies", swap_decides_who_dies },
	{ "the floor is strict", the_floor_is_strict },
	{ "leaves and groups are chosen from", leaves_and_groups_are_chosen_from },
	{ "preferences count by owner", preferences_count_by_owner },
	{ "an avoided one can die after all", an_avoided_one_can_die_after_all },
	{ "under pressure the scan rate decides", under_pressure_the_scan_rate_decides },
	{ "where it disagrees with the kernel it says why",
		where_it_disagrees_with_the_kernel_it_says_why },
	{ "without cgroups it still tells its distance",
		without_cgroups_it_still_tells_its_distance },
	CU_TEST_INFO_NULL,
};
