/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/killer_room.h"
#include "earlyoom_stage.h"

static void shares_do_not_overflow(void)
{
	static const struct {
		int64_t a, b, c, want;
	} cases[] = {
		{ 10, 3, 4, 7 },
		{ 0, 5, 5, 0 },
		{ 5, 5, 0, NO },
		{ NO, 5, 5, NO },
		{ 5, NO, 5, NO },
		{ 5, 5, NO, NO },
		{ INT64_C(1) << 40, INT64_C(1) << 40, INT64_C(1) << 40, INT64_C(1) << 40 },
		{ INT64_MAX, INT64_MAX, 1, INT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int(
			"share", killer_share(cases[i].a, cases[i].b, cases[i].c), cases[i].want);
	expect_int("smaller", killer_smaller(3, 4), 3);
	expect_int("one", killer_smaller(NO, 4), 4);
	expect_int("other", killer_smaller(3, NO), 3);
	expect_int("none", killer_smaller(NO, NO), NO);
}

static void both_limits_must_be_reached(void)
{
	static const struct {
		const char *label;
		int64_t available, anon, swap_total, swap_free;
		int64_t room, percent;
		bool is_swap;
		enum killer_act act;
	} cases[] = {
		/* 10 % of 8 GiB are 838860 KiB; 5 % 419430. */
		{ "far", 4 * GIB, 4 * GIB, 0, 0, 4194304 - 838860, 40, false, ACT_TERM },
		{ "at it", 838860, 8388608 - 838860, 0, 0, 0, 0, false, ACT_TERM },
		{ "one above", 838861, 8388608 - 838861, 0, 0, 1, 0, false, ACT_TERM },
		{ "above the second", 419431, 8388608 - 419431, 0, 0, 0, 0, false, ACT_TERM },
		{ "at the second", 419430, 8388608 - 419430, 0, 0, 0, 0, false, ACT_KILL },
		{ "nothing", 0, 8 * GIB, 0, 0, 0, 0, false, ACT_KILL },
		{ "memory gone, swap left", 0, 8 * GIB, GIB, GIB, GIB - 104857, 10, true,
			ACT_TERM },
		{ "swap at it", 0, 8 * GIB, GIB, 104857, 0, 0, false, ACT_TERM },
		{ "swap above it", 0, 8 * GIB, GIB, 104858, 1, 0, true, ACT_TERM },
		{ "swap at the second", 0, 8 * GIB, GIB, 52428, 0, 0, false, ACT_KILL },
		{ "swap gone, memory left", 4 * GIB, 4 * GIB, GIB, 0, 4194304 - 838860, 40, false,
			ACT_TERM },
		{ "both left", 838960, 8388608 - 838960, GIB, GIB, 100 + GIB - 104857, 10, false,
			ACT_TERM },
		{ "its percentage is not of MemTotal", GIB, GIB, 0, 0, GIB - 209715, 10, false,
			ACT_TERM },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stage stage;
		const struct killer_view *view;

		stage_init(&stage);
		add(&stage, 10, "java", 100);
		stage.crowd.now.mem.mem_available_kib = cases[i].available;
		stage.crowd.now.mem.anon_kib = cases[i].anon;
		stage.crowd.now.mem.swap_total_kib = cases[i].swap_total;
		stage.crowd.now.mem.swap_free_kib = cases[i].swap_free;
		view = judge(&stage);
		expect_int(cases[i].label, view->room_kib, cases[i].room);
		expect_int(cases[i].label, view->room_percent, cases[i].percent);
		expect_int(cases[i].label, view->room_is_swap, cases[i].is_swap);
		expect_int(cases[i].label, view->act, cases[i].act);
		expect_int(cases[i].label, view->worth, WORTH_EXACT);
		expect_true(cases[i].label, !view->never);
	}
}

static void limits_in_kib_are_made_shares_first(void)
{
	struct stage stage;

	stage_init(&stage);
	add(&stage, 10, "java", 100);
	stage.crowd.now.mem.mem_available_kib = 2 * GIB;
	stage.crowd.now.mem.anon_kib = 2 * GIB;
	/* 1 GiB is 12.5 % of MemTotal, and that of 4 GiB is half a GiB. */
	stage.killer.earlyoom.mem_kib[0] = GIB;
	stage.killer.earlyoom.mem_kib[1] = GIB / 2;
	stage.killer.earlyoom.mem_permyriad[0] = NO;
	stage.killer.earlyoom.mem_permyriad[1] = NO;
	expect_int("-M alone", judge(&stage)->room_kib, 2 * GIB - GIB / 2);
	stage.killer.earlyoom.mem_permyriad[0] = 1000;
	stage.killer.earlyoom.mem_permyriad[1] = 500;
	expect_int("the smaller is -m", judge(&stage)->room_kib, 2 * GIB - 419430);
	stage.killer.earlyoom.mem_permyriad[0] = 2000;
	expect_int("the smaller is -M", judge(&stage)->room_kib, 2 * GIB - GIB / 2);
	stage.killer.earlyoom.swap_kib[0] = 5;
	stage.crowd.now.mem.swap_total_kib = 8 * GIB;
	stage.crowd.now.mem.swap_free_kib = 8 * GIB;
	expect_int("-S", judge(&stage)->room_kib, 10 * GIB - GIB / 2 - 5);
}

static void before_1_8_shares_are_of_all_memory(void)
{
	struct stage stage;

	stage_init(&stage);
	add(&stage, 10, "java", 100);
	stage.crowd.now.mem.anon_kib = GIB;
	stage.killer.earlyoom.of_total = true;
	expect_int("room", judge(&stage)->room_kib, 4 * GIB - 838860);
	stage.crowd.now.mem.anon_kib = NO;
	expect_int("anonymous memory does not count", judge(&stage)->room_kib, 4 * GIB - 838860);
	stage.killer.earlyoom.mem_kib[0] = 5000;
	expect_int("-M is as given", judge(&stage)->room_kib, 4 * GIB - 5000);
	expect_int("worth", stage.view.worth, WORTH_EXACT);
	stage.killer.earlyoom.version_known = false;
	expect_int("not sure", judge(&stage)->worth, WORTH_ASSUMED);
	expect_true("why", strstr(stage.view.worth_why, "1.8") != NULL);
}

static void sigkill_comes_first_where_its_limits_do(void)
{
	struct stage stage;

	stage_init(&stage);
	add(&stage, 10, "java", 100);
	stage.killer.earlyoom.mem_permyriad[1] = 1000;
	expect_int("no swap", judge(&stage)->act, ACT_KILL);
	stage.crowd.now.mem.swap_total_kib = GIB;
	stage.crowd.now.mem.swap_free_kib = GIB;
	expect_int("half of swap", judge(&stage)->act, ACT_TERM);
	stage.killer.earlyoom.swap_permyriad[1] = 1000;
	expect_int("all alike", judge(&stage)->act, ACT_KILL);
}

static void old_kernels_have_a_makeshift(void)
{
	struct stage stage;
	struct meminfo *mem = &stage.crowd.now.mem;

	stage_init(&stage);
	add(&stage, 10, "java", 100);
	mem->mem_available_kib = NO;
	mem->mem_free_kib = GIB;
	mem->cached_kib = 3 * GIB;
	mem->buffers_kib = GIB;
	mem->shmem_kib = GIB;
	expect_int("free and cache", judge(&stage)->room_kib, 4 * GIB - 838860);
	mem->shmem_kib = NO;
	expect_int("not known", judge(&stage)->room_kib, NO);
	expect_int("worth", stage.view.worth, WORTH_UNKNOWN);
	expect_int("but whom", crowd_pid(&stage.crowd, stage.view.victim), 10);
}

static void what_is_unknown_stays_so(void)
{
	struct stage stage;

	stage_init(&stage);
	add(&stage, 10, "java", 100);
	stage.crowd.now.mem.anon_kib = NO;
	expect_int("AnonPages", judge(&stage)->room_kib, NO);
	stage.crowd.now.mem.anon_kib = GIB;
	stage.crowd.now.mem.swap_total_kib = NO;
	expect_int("SwapTotal", judge(&stage)->room_kib, NO);
	stage.crowd.now.mem.swap_total_kib = GIB;
	stage.crowd.now.mem.swap_free_kib = NO;
	expect_int("SwapFree", judge(&stage)->room_kib, NO);
	expect_int("worth", stage.view.worth, WORTH_UNKNOWN);
}

static void what_cannot_be_followed_is_said(void)
{
	struct stage stage;

	stage_init(&stage);
	add(&stage, 10, "java", 100);
	expect_int("exact", judge(&stage)->worth, WORTH_EXACT);
	expect_text("nothing to say", stage.view.worth_why, "");
	stage.killer.earlyoom.group = true;
	expect_int("group", judge(&stage)->worth, WORTH_ASSUMED);
	expect_true("why", strstr(stage.view.worth_why, "process group (-g)") != NULL);
	stage.killer.earlyoom.matches_known = false;
	expect_int("patterns", judge(&stage)->worth, WORTH_ASSUMED);
	expect_true("why", strstr(stage.view.worth_why, "--prefer") != NULL);
	stage.crowd.now.partial = PARTIAL_HIDEPID;
	expect_int("partial", judge(&stage)->worth, WORTH_ASSUMED);
	expect_true("why", strstr(stage.view.worth_why, "not all processes") != NULL);
	stage.killer.settings = SETTINGS_DEFAULTS;
	judge(&stage);
	expect_true("why", strstr(stage.view.worth_why, "built with") != NULL);
}

static void a_dry_run_never_acts(void)
{
	struct stage stage;

	stage_init(&stage);
	add(&stage, 10, "java", 100);
	stage.killer.earlyoom.dry_run = true;
	expect_true("never", judge(&stage)->never);
	expect_text("why", stage.view.why_never, "--dryrun: it only says whom it would kill");
	expect_int("whom", crowd_pid(&stage.crowd, stage.view.victim), 10);
}

extern CU_TestInfo killer_room_tests[];
CU_TestInfo killer_room_tests[] = {
	{ "shares and limits may be unknown, and do not overflow", shares_do_not_overflow },
	{ "both limits must be reached", both_limits_must_be_reached },
	{ "limits in KiB are made shares first", limits_in_kib_are_made_shares_first },
	{ "before 1.8 shares are of all memory", before_1_8_shares_are_of_all_memory },
	{ "SIGKILL comes first where its limits do", sigkill_comes_first_where_its_limits_do },
	{ "old kernels have a makeshift", old_kernels_have_a_makeshift },
	{ "what is unknown stays so", what_is_unknown_stays_so },
	{ "what cannot be followed is said", what_cannot_be_followed_is_said },
	{ "a dry run never acts", a_dry_run_never_acts },
	CU_TEST_INFO_NULL,
};
