/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oomd_world.h"

static const char *const paths[] = { "/system.slice", "/system.slice/a", "/system.slice/b",
	"/system.slice/c", "/user.slice", "/user.slice/x", "/user.slice/x/y", "/user.slice/x/z",
	NULL };

enum {
	SYSTEM,
	A,
	B,
	C,
	USER,
	X,
	Y,
	Z
};

static struct oomd_choice choose(struct oomd_world *world, const struct oomd_step *action)
{
	struct oomd_choice choice;

	expect_int("memory", oomd_choose(&world->judging, action, &choice), 0);
	return choice;
}

static void set_usage(struct oomd_world *world, int64_t a, int64_t b, int64_t c)
{
	oomd_memcg(world, A)->usage_bytes = a * MIB;
	oomd_memcg(world, B)->usage_bytes = b * MIB;
	oomd_memcg(world, C)->usage_bytes = c * MIB;
}

static const struct {
	const char *label;
	int64_t before[3], now[3]; /**< MiB of a, b, c; before for long */
	uint32_t want;
	const char *reason;
} by_size[] = {
	{ "half of all is big", { 100, 50, 50 }, { 100, 50, 50 }, A, "50% of what it looks at" },
	{ "big comes before growing", { 100, 10, 50 }, { 100, 50, 50 }, A,
		"50% of what it looks at" },
	{ "less than half is not big", { 99, 10, 10 }, { 99, 50, 52 }, A, "the largest, 99M" },
	/* 100 of 40*3/4 + 100/4 = 55: 1.81; the others are no larger. */
	{ "the largest grows", { 90, 40, 90 }, { 90, 100, 90 }, B,
		"grew to 181% of its average, the most" },
	{ "the largest fifth alone can be growing", { 100, 10, 90 }, { 100, 99, 90 }, A,
		"the largest, 100M" },
	/* 100 of 75*3/4 + 25 = 81.25: 1.23. */
	{ "growing less than 1.25 times is none", { 75, 90, 90 }, { 100, 90, 90 }, A,
		"the largest, 100M" },
};

static void size_and_growth_rank_by_three_keys(void)
{
	const struct oomd_step action =
		oomd_step_for(OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH, "system.slice/*");

	for (size_t i = 0; i < ARRAY_SIZE(by_size); i++) {
		struct oomd_world world;
		struct oomd_choice choice;

		oomd_world_init(&world, paths);
		set_usage(&world, by_size[i].before[0], by_size[i].before[1], by_size[i].before[2]);
		oomd_note_averages(&world.judging, &action);
		oomd_world_step(&world, 1000);
		set_usage(&world, by_size[i].now[0], by_size[i].now[1], by_size[i].now[2]);
		choice = choose(&world, &action);
		expect_int(by_size[i].label, choice.memcg, by_size[i].want);
		expect_text(by_size[i].label, choice.reason, by_size[i].reason);
		oomd_world_done(&world);
	}
}

static void growth_wins_over_size_where_more_may_grow(void)
{
	struct oomd_world world;
	struct oomd_step action =
		oomd_step_for(OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH, "system.slice/*");
	struct oomd_choice choice;

	oomd_world_init(&world, paths);
	set_usage(&world, 100, 10, 90);
	oomd_note_averages(&world.judging, &action);
	oomd_world_step(&world, 1000);
	set_usage(&world, 100, 99, 90);
	/* ceil(3 * 66 / 100) = 2 of them. */
	action.growing_percentile = 34;
	choice = choose(&world, &action);
	expect_int("the second", choice.memcg, B);
	expect_int("is an estimate", choice.worth, WORTH_ASSUMED);
	/* ceil(3 * 33 / 100) = 1. */
	action.growing_percentile = 67;
	expect_int("one alone", choose(&world, &action).memcg, A);
	action.growing_percentile = 100;
	expect_int("at least one", choose(&world, &action).memcg, A);
	action.growing_percentile = 34;
	action.size_permyriad = 3000;
	expect_int("big comes first", choose(&world, &action).memcg, A);
	oomd_world_done(&world);
}

static void an_oomd_just_begun_takes_all_for_growing(void)
{
	struct oomd_world world;

	oomd_world_init(&world, paths);
	expect_int("after an hour", oomd_growth(&world.judging, A), 1000000);
	oomd_world_done(&world);

	oomd_world_init(&world, paths);
	world.killer.start_ticks = 720000;
	expect_int("its first tick", oomd_growth(&world.judging, A), 4000000);
	expect_int("the same instant", oomd_growth(&world.judging, A), 4000000);
	oomd_world_step(&world, 1000);
	/* 1/4 + 3/4 * 1/4 = 7/16 */
	expect_int("its second", oomd_growth(&world.judging, A), 16000000 / 7);
	oomd_world_step(&world, 999);
	expect_int("between its ticks", oomd_growth(&world.judging, A), 16000000 / 7);
	expect_int("a new cgroup", oomd_growth(&world.judging, B), 4000000);
	oomd_memcg(&world, C)->usage_bytes = VALUE_UNKNOWN;
	expect_int("not read", oomd_growth(&world.judging, C), VALUE_UNKNOWN);
	oomd_world_done(&world);
}

static void protected_memory_does_not_count(void)
{
	static const struct {
		const char *label;
		int64_t usage, min, low, parent_low, beside_low, want;
	} cases[] = {
		{ "none", 100, 0, 0, 100, 0, 0 },
		{ "low", 100, 0, 60, 1000, 0, 60 },
		{ "min", 100, 70, 60, 1000, 0, 70 },
		{ "no more than is used", 100, 0, 200, 1000, 0, 100 },
		{ "no more than its parent has", 100, 0, 60, 30, 0, 30 },
		{ "shared with who is beside it", 100, 0, 60, 30, 30, 20 },
		{ "all above is unprotected", 100, 0, 60, 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oomd_world world;
		int64_t *protection;
		bool all;

		oomd_world_init(&world, paths);
		oomd_memcg(&world, SYSTEM)->usage_bytes = 1000 * MIB;
		oomd_memcg(&world, SYSTEM)->low_bytes = cases[i].parent_low * MIB;
		oomd_memcg(&world, A)->usage_bytes = cases[i].usage * MIB;
		oomd_memcg(&world, A)->min_bytes = cases[i].min * MIB;
		oomd_memcg(&world, A)->low_bytes = cases[i].low * MIB;
		oomd_memcg(&world, B)->low_bytes = cases[i].beside_low * MIB;
		protection = oomd_protections(oomd_now(&world), &world.arena, &all);
		expect_int(cases[i].label, protection[A], cases[i].want * MIB);
		expect_true("all is read", all);
		oomd_memcg(&world, C)->low_bytes = VALUE_UNKNOWN;
		(void)oomd_protections(oomd_now(&world), &world.arena, &all);
		expect_true("not all is read", !all);
		oomd_world_done(&world);
	}
}

static void protection_changes_who_is_taken(void)
{
	struct oomd_world world;
	const struct oomd_step action =
		oomd_step_for(OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH, "system.slice/*");

	oomd_world_init(&world, paths);
	set_usage(&world, 100, 90, 80);
	expect_int("unprotected", choose(&world, &action).memcg, A);
	oomd_memcg(&world, SYSTEM)->low_bytes = MEMCG_UNLIMITED;
	oomd_memcg(&world, SYSTEM)->usage_bytes = 270 * MIB;
	oomd_memcg(&world, A)->low_bytes = 11 * MIB;
	expect_int("protected", choose(&world, &action).memcg, B);
	oomd_memcg(&world, C)->min_bytes = VALUE_UNKNOWN;
	expect_int("not sure", choose(&world, &action).worth, WORTH_ASSUMED);
	oomd_world_done(&world);
}

static void swap_ranks_those_above_a_threshold(void)
{
	struct oomd_world world;
	struct oomd_step action = oomd_step_for(OOMD_KILL_BY_SWAP_USAGE, "system.slice/*");
	struct oomd_choice choice;

	oomd_world_init(&world, paths);
	choice = choose(&world, &action);
	expect_int("nobody has any", choice.memcg, NO_MEMCG);
	expect_text("why", choice.nobody, "no cgroup that it may take qualifies");
	oomd_memcg(&world, B)->swap_bytes = 1;
	expect_int("a byte is too little", choose(&world, &action).memcg, NO_MEMCG);
	oomd_memcg(&world, B)->swap_bytes = 2;
	choice = choose(&world, &action);
	expect_int("two are not", choice.memcg, B);
	expect_text("why", choice.reason, "most swap, 2B");
	expect_int("exact", choice.worth, WORTH_EXACT);
	oomd_memcg(&world, C)->swap_bytes = 3;
	expect_int("most", choose(&world, &action).memcg, C);
	oomd_memcg(&world, A)->swap_bytes = VALUE_UNKNOWN;
	expect_int("not all is read", choose(&world, &action).worth, WORTH_UNKNOWN);
	oomd_memcg(&world, A)->swap_bytes = 0;

	oomd_now(&world)->mem.swap_total_kib = 1024 * 1024;
	oomd_now(&world)->mem.mem_total_kib = 1024 * 1024;
	oomd_memcg(&world, C)->swap_bytes = 102 * MIB;
	oomd_memcg(&world, B)->swap_bytes = 100 * MIB;
	action.threshold_bytes = VALUE_UNKNOWN;
	action.threshold_permyriad = 1000;
	expect_int("a share", choose(&world, &action).memcg, NO_MEMCG);
	action.threshold_permyriad = 900;
	expect_int("a share", choose(&world, &action).memcg, C);
	action.biased = true;
	oomd_memcg(&world, SYSTEM)->low_bytes = MEMCG_UNLIMITED;
	oomd_memcg(&world, C)->low_bytes = 3 * MIB;
	choice = choose(&world, &action);
	expect_int("spared as it is protected", choice.memcg, B);
	expect_int("exact", choice.worth, WORTH_EXACT);
	oomd_now(&world)->mem.swap_total_kib = 2 * 1024 * 1024;
	expect_int("oomd miscounts", choose(&world, &action).worth, WORTH_UNKNOWN);
	oomd_world_done(&world);
}

static void pressure_ranks_by_whole_percents(void)
{
	struct oomd_world world;
	struct oomd_step action = oomd_step_for(OOMD_KILL_BY_PRESSURE, "system.slice/*");
	struct oomd_choice choice;

	oomd_world_init(&world, paths);
	oomd_memcg(&world, B)->pressure.full = (struct pressure_line){ 1000, 3000, 0, 0 };
	oomd_memcg(&world, C)->pressure.full = (struct pressure_line){ 4198, 0, 0, 0 };
	choice = choose(&world, &action);
	expect_int("20.99 is 20, as 20.00", choice.tie, true);
	oomd_memcg(&world, C)->pressure.full.avg10_centi = 4200;
	choice = choose(&world, &action);
	expect_int("21", choice.memcg, C);
	expect_true("alone", !choice.tie);
	expect_text("why", choice.reason, "stalls most, 21%");
	oomd_memcg(&world, A)->pressure.full.avg60_centi = VALUE_UNKNOWN;
	expect_int("not read of all", choose(&world, &action).worth, WORTH_UNKNOWN);
	action.io = true;
	choice = choose(&world, &action);
	expect_int("io is not read", choice.memcg, NO_MEMCG);
	expect_int("unknown", choice.worth, WORTH_UNKNOWN);
	expect_true("why", choice.nobody);
	oomd_world_done(&world);
}

static void scans_rank_by_what_they_rose(void)
{
	struct oomd_world world;
	const struct oomd_step action = oomd_step_for(OOMD_KILL_BY_PG_SCAN, "system.slice/*");
	struct oomd_choice choice;

	oomd_world_init(&world, paths);
	choice = choose(&world, &action);
	expect_int("one sample", choice.memcg, NO_MEMCG);
	expect_int("unknown", choice.worth, WORTH_UNKNOWN);
	oomd_world_step(&world, 1000);
	choice = choose(&world, &action);
	expect_int("nobody is scanned", choice.memcg, NO_MEMCG);
	expect_int("our own samples", choice.worth, WORTH_ASSUMED);
	oomd_memcg(&world, A)->stat_pgscan_pages += 5;
	oomd_memcg(&world, C)->stat_pgscan_pages += 6;
	oomd_memcg(&world, B)->stat_pgscan_pages -= 100;
	choice = choose(&world, &action);
	expect_int("most", choice.memcg, C);
	expect_text("why", choice.reason, "scanned most by reclaim");
	oomd_world_done(&world);
}

static void preference_comes_before_all_keys(void)
{
	struct oomd_world world;
	const struct oomd_step action =
		oomd_step_for(OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH, "system.slice/*");
	struct oomd_choice choice;

	oomd_world_init(&world, paths);
	set_usage(&world, 300, 20, 10);
	world.preference[C] = 1;
	choice = choose(&world, &action);
	expect_int("preferred", choice.memcg, C);
	expect_text("why", choice.reason, "the largest, 10M; oomd_prefer");
	world.preference[C] = 0;
	world.preference[A] = -1;
	expect_int("avoided", choose(&world, &action).memcg, B);
	world.preference[B] = world.preference[C] = -1;
	choice = choose(&world, &action);
	expect_int("all avoided", choice.memcg, A);
	expect_true("said", strstr(choice.reason, "oomd_avoid"));
	world.killer.oomd.trusted_unreadable = true;
	expect_int("not all is read", choose(&world, &action).worth, WORTH_ASSUMED);
	world.killer.oomd.preference = NULL;
	choice = choose(&world, &action);
	expect_int("not read", choice.worth, WORTH_UNKNOWN);
	expect_int("by size alone", choice.memcg, A);
	oomd_world_done(&world);
}

static void the_empty_are_passed_over(void)
{
	struct oomd_world world;
	const struct oomd_step action =
		oomd_step_for(OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH, "system.slice/*");
	struct oomd_choice choice;

	oomd_world_init(&world, paths);
	set_usage(&world, 300, 200, 100);
	oomd_memcg(&world, A)->stat_anon_bytes = 0;
	expect_int("without anon", choose(&world, &action).memcg, B);
	oomd_memcg(&world, B)->n_tasks = 0;
	expect_int("without processes", choose(&world, &action).memcg, C);
	oomd_memcg(&world, C)->stat_anon_bytes = VALUE_UNKNOWN;
	expect_int("not read is some", choose(&world, &action).memcg, C);
	oomd_memcg(&world, C)->stat_anon_bytes = 0;
	choice = choose(&world, &action);
	expect_int("nobody", choice.memcg, NO_MEMCG);
	expect_text("why", choice.nobody, "no cgroup that it may take qualifies");
	oomd_world_done(&world);
}

static void nobody_matches(void)
{
	struct oomd_world world;
	struct oomd_step action = oomd_step_for(OOMD_KILL_BY_SWAP_USAGE, "nobody.slice/*");
	struct oomd_choice choice;

	oomd_world_init(&world, paths);
	choice = choose(&world, &action);
	expect_int("nobody", choice.memcg, NO_MEMCG);
	expect_text("why", choice.nobody, "no cgroup with processes that it may take exists");
	action.cgroups = "";
	expect_int("no pattern", choose(&world, &action).memcg, NO_MEMCG);
	action.cgroups = "/";
	choice = choose(&world, &action);
	expect_int("the root itself", choice.worth, WORTH_UNKNOWN);
	action.plugin = OOMD_KILL_BY_IO_COST;
	action.cgroups = "system.slice/*";
	choice = choose(&world, &action);
	expect_int("io cost", choice.memcg, NO_MEMCG);
	expect_int("io cost", choice.worth, WORTH_UNKNOWN);
	oomd_now(&world)->n_memcgs = 0;
	action.plugin = OOMD_KILL_BY_SWAP_USAGE;
	expect_text("no cgroups", choose(&world, &action).nobody, "no cgroups are known");
	oomd_world_done(&world);
}

static void what_is_opened_gives_its_best(void)
{
	struct oomd_world world;
	struct oomd_step action = oomd_step_for(OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH, "*.slice");

	oomd_world_init(&world, paths);
	oomd_memcg(&world, SYSTEM)->usage_bytes = 300 * MIB;
	oomd_memcg(&world, USER)->usage_bytes = 400 * MIB;
	oomd_memcg(&world, X)->usage_bytes = 400 * MIB;
	oomd_memcg(&world, Y)->usage_bytes = 100 * MIB;
	oomd_memcg(&world, Z)->usage_bytes = 300 * MIB;
	expect_int("not opened", choose(&world, &action).memcg, USER);
	action.recursive = true;
	expect_int("down to the leaf", choose(&world, &action).memcg, Z);
	oomd_memcg(&world, Z)->n_tasks = 0;
	expect_int("the next there", choose(&world, &action).memcg, Y);
	oomd_memcg(&world, Y)->stat_anon_bytes = 0;
	set_usage(&world, 1, 2, 3);
	expect_int("back, and down elsewhere", choose(&world, &action).memcg, C);
	oomd_memcg(&world, X)->oom_group = 1;
	expect_int("a group stays whole", choose(&world, &action).memcg, X);
	oomd_memcg(&world, X)->oom_group = VALUE_UNKNOWN;
	oomd_memcg(&world, USER)->oom_group = 1;
	expect_int("at the top, too", choose(&world, &action).memcg, USER);
	action.cgroups = "/";
	expect_int("from the root", choose(&world, &action).memcg, USER);
	world.preference[C] = 1;
	expect_int("preference is not inherited", choose(&world, &action).memcg, USER);
	oomd_world_done(&world);
}

static void equals_are_said_to_be_so(void)
{
	struct oomd_world world;
	const struct oomd_step action =
		oomd_step_for(OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH, "system.slice/*");

	oomd_world_init(&world, paths);
	set_usage(&world, 100, 100, 50);
	expect_true("tie", choose(&world, &action).tie);
	world.preference[B] = -1;
	expect_true("not by preference", !choose(&world, &action).tie);
	world.preference[B] = 0;
	set_usage(&world, 101, 100, 100);
	expect_true("only for the first place", !choose(&world, &action).tie);
	oomd_world_done(&world);
}

extern CU_TestInfo oomd_choose_tests[];
CU_TestInfo oomd_choose_tests[] = {
	{ "size and growth rank by three keys", size_and_growth_rank_by_three_keys },
	{ "growth wins over size where more may grow", growth_wins_over_size_where_more_may_grow },
	{ "an oomd just begun takes all for growing", an_oomd_just_begun_takes_all_for_growing },
	{ "protected memory does not count", protected_memory_does_not_count },
	{ "protection changes who is taken", protection_changes_who_is_taken },
	{ "swap ranks those above a threshold", swap_ranks_those_above_a_threshold },
	{ "pressure ranks by whole percents", pressure_ranks_by_whole_percents },
	{ "scans rank by what they rose", scans_rank_by_what_they_rose },
	{ "preference comes before all keys", preference_comes_before_all_keys },
	{ "the empty are passed over", the_empty_are_passed_over },
	{ "nobody matches", nobody_matches },
	{ "what is opened gives its best", what_is_opened_gives_its_best },
	{ "equals are said to be so", equals_are_said_to_be_so },
	CU_TEST_INFO_NULL,
};
