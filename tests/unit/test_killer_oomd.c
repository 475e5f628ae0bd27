/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "oomd_world.h"

static const char *const paths[] = { "/system.slice", "/system.slice/a", "/system.slice/b",
	"/user.slice", NULL };

enum {
	SYSTEM,
	A,
	B,
	USER
};

/** The rules of a desktop: stalls of users or of the system, and swap. */
struct rules {
	struct oomd_step user[2], system[2], swap[1], by_size[1], by_swap[1];
	struct oomd_group stalls[2], swaps[1];
	struct oomd_ruleset rulesets[2];
};

static void make_rules(struct rules *rules, struct oomd_world *world)
{
	memset(rules, 0, sizeof(*rules));
	rules->user[0] = oomd_step_for(OOMD_PRESSURE_ABOVE, "user.slice");
	rules->user[0].threshold_permyriad = 6000;
	rules->user[0].duration_ms = 30000;
	rules->user[1] = oomd_step_for(OOMD_MEMORY_RECLAIM, "user.slice");
	rules->user[1].duration_ms = 10000;
	rules->system[0] = oomd_step_for(OOMD_PRESSURE_ABOVE, "system.slice");
	rules->system[0].threshold_permyriad = 8000;
	rules->system[0].duration_ms = 60000;
	rules->system[1] = oomd_step_for(OOMD_MEMORY_RECLAIM, "system.slice");
	rules->system[1].duration_ms = 10000;
	rules->swap[0] = oomd_step_for(OOMD_SWAP_FREE, "");
	rules->swap[0].threshold_permyriad = 1000;
	rules->by_size[0] =
		oomd_step_for(OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH, "user.slice,system.slice/*");
	rules->by_swap[0] = oomd_step_for(OOMD_KILL_BY_SWAP_USAGE, "system.slice/*");
	rules->stalls[0] = (struct oomd_group){ "user", rules->user, 2 };
	rules->stalls[1] = (struct oomd_group){ "system", rules->system, 2 };
	rules->swaps[0] = (struct oomd_group){ "swap", rules->swap, 1 };
	rules->rulesets[0] =
		(struct oomd_ruleset){ "stalls", rules->stalls, 2, rules->by_size, 1, false };
	rules->rulesets[1] =
		(struct oomd_ruleset){ "swap", rules->swaps, 1, rules->by_swap, 1, false };
	world->killer.oomd.rulesets = rules->rulesets;
	world->killer.oomd.n_rulesets = 2;
}

static struct killer_view judge(struct oomd_world *world)
{
	struct killer_view view = { .worth = WORTH_UNKNOWN,
		.room_kib = VALUE_UNKNOWN,
		.room_percent = VALUE_UNKNOWN,
		.pressure_centi = VALUE_UNKNOWN,
		.limit_centi = VALUE_UNKNOWN,
		.held_ms = VALUE_UNKNOWN,
		.duration_ms = VALUE_UNKNOWN,
		.least_s = VALUE_UNKNOWN,
		.watched = NO_MEMCG,
		.victim = NO_TASK,
		.victim_memcg = NO_MEMCG,
		.gives_back_kib = VALUE_UNKNOWN };

	killer_judge_oomd(&world->judging, &view);
	return view;
}

static void begin(struct oomd_world *world, struct rules *rules)
{
	oomd_world_init(world, paths);
	make_rules(rules, world);
	oomd_memcg(world, USER)->usage_bytes = 900 * MIB;
	(void)judge(world);
	oomd_world_step(world, 1000);
	oomd_memcg(world, USER)->stat_pgscan_pages++;
	oomd_memcg(world, SYSTEM)->stat_pgscan_pages++;
}

static void the_nearest_of_each_kind_is_shown(void)
{
	struct oomd_world world;
	struct rules rules;
	struct killer_view view;

	begin(&world, &rules);
	oomd_memcg(&world, USER)->pressure.full.avg10_centi = 1200;
	oomd_memcg(&world, SYSTEM)->pressure.full.avg10_centi = 3200;
	view = judge(&world);
	expect_int("of the system's", view.pressure_centi, 3200);
	expect_int("of its limit", view.limit_centi, 8000);
	expect_int("which", view.watched, SYSTEM);
	expect_int("at least", view.least_s, 72);
	expect_int("for", view.duration_ms, 60000);
	expect_int("swap", view.room_kib, 4 * 1024 * 1024 - 419430 + 1);
	expect_true("is swap", view.room_is_swap);
	expect_int("percent", view.room_percent, 90);
	expect_int("exact", view.worth, WORTH_EXACT);
	expect_text("no doubt", view.worth_why, "");
	expect_true("can act", !view.never);

	oomd_memcg(&world, USER)->pressure.full.avg10_centi = 3000;
	view = judge(&world);
	expect_int("of the users'", view.watched, USER);
	expect_int("limit", view.limit_centi, 6000);
	oomd_world_done(&world);
}

static void the_nearest_rule_chooses_the_victim(void)
{
	struct oomd_world world;
	struct rules rules;
	struct killer_view view;

	begin(&world, &rules);
	oomd_memcg(&world, B)->swap_bytes = 5 * MIB;
	oomd_memcg(&world, USER)->pressure.full.avg10_centi = 3000;
	view = judge(&world);
	expect_int("by size", view.victim_memcg, USER);
	expect_int("processes", view.n_victims, 1);
	expect_int("give back", view.gives_back_kib, 1024);
	expect_int("killed", view.act, ACT_KILL);
	expect_int("no process", view.victim, NO_TASK);
	expect_text(
		"why", view.reason, "81% of what it looks at; of user.slice,system.slice/* only");
	oomd_now(&world)->mem.swap_free_kib = oomd_now(&world)->mem.swap_total_kib / 10 + 1024;
	view = judge(&world);
	expect_int("by swap", view.victim_memcg, B);
	expect_text("why", view.reason, "most swap, 5.0M; of system.slice/* only");
	world.machine.victim = USER;
	view = judge(&world);
	expect_text("the kernel's is another", view.reason,
		"most swap, 5.0M; of system.slice/* only; adj is ignored");
	world.machine.victim = B;
	expect_text("the same", judge(&world).reason, "most swap, 5.0M; of system.slice/* only");
	oomd_memcg(&world, B)->swap_bytes = 0;
	view = judge(&world);
	expect_int("nobody", view.victim_memcg, NO_MEMCG);
	expect_text("why", view.nobody_why, "no cgroup that it may take qualifies");
	oomd_world_done(&world);
}

static void all_detectors_of_a_group_must_hold(void)
{
	struct oomd_world world;
	struct rules rules;
	struct killer_view view;

	begin(&world, &rules);
	oomd_memcg(&world, USER)->pressure.full.avg10_centi = 7000;
	view = judge(&world);
	expect_int("its clock", view.held_ms, 0);
	expect_int("at least", view.least_s, 30);
	oomd_world_step(&world, 30000);
	oomd_memcg(&world, USER)->stat_pgscan_pages++;
	view = judge(&world);
	expect_int("held", view.held_ms, 30000);
	expect_int("now", view.least_s, 0);
	expect_int("seen from its start", view.worth, WORTH_EXACT);
	oomd_now(&world)->mem.swap_free_kib = 0;
	view = judge(&world);
	expect_int("swap is used up, too", view.room_kib, 0);
	oomd_world_done(&world);
}

static void what_is_used_up_but_waits_is_not_now(void)
{
	struct oomd_world world;
	struct rules rules;
	struct killer_view view;

	begin(&world, &rules);
	world.killer.oomd.n_rulesets = 1;
	rules.stalls[0].n_detectors = 1;
	rules.rulesets[0].n_groups = 1;
	rules.user[0] = oomd_step_for(OOMD_MEMORY_ABOVE, "system.slice/*");
	rules.user[0].threshold_bytes = 200 * MIB;
	rules.user[0].duration_ms = 10000;
	view = judge(&world);
	expect_int("room", view.room_kib, 100 * 1024);
	expect_true("of memory", !view.room_is_swap);
	expect_int("no clock", view.held_ms, VALUE_UNKNOWN);
	oomd_world_step(&world, 1000);
	oomd_memcg(&world, A)->usage_bytes = 300 * MIB;
	(void)judge(&world);
	oomd_world_step(&world, 4000);
	view = judge(&world);
	expect_int("next to nothing", view.room_kib, 1);
	expect_int("held", view.held_ms, 4000);
	expect_int("of", view.duration_ms, 10000);
	expect_int("at least", view.least_s, 6);
	oomd_world_step(&world, 6000);
	expect_int("now", judge(&world).room_kib, 0);

	rules.stalls[0].n_detectors = 2;
	rules.user[1] = oomd_step_for(OOMD_UNKNOWN, "");
	view = judge(&world);
	expect_int("the unknown never holds", view.room_kib, VALUE_UNKNOWN);
	expect_int("unknown", view.worth, WORTH_UNKNOWN);
	expect_text("why", view.worth_why, "one of its detectors is not known to oomwatch");
	oomd_world_done(&world);
}

static void what_holds_without_a_measure_acts_now(void)
{
	struct oomd_world world;
	struct rules rules;
	struct killer_view view;

	begin(&world, &rules);
	rules.swap[0] = oomd_step_for(OOMD_EXISTS, "user.slice");
	view = judge(&world);
	expect_int("now", view.room_kib, 0);
	expect_int("by its rule", view.victim_memcg, NO_MEMCG);
	rules.swap[0].negate = true;
	view = judge(&world);
	expect_int("no swap rule any more", view.room_kib, VALUE_UNKNOWN);
	expect_true("but others", !view.never);
	oomd_world_done(&world);
}

static void what_cannot_come_is_never(void)
{
	struct oomd_world world;
	struct rules rules;
	struct killer_view view;

	begin(&world, &rules);
	world.killer.oomd.rulesets = &rules.rulesets[1];
	world.killer.oomd.n_rulesets = 1;
	oomd_now(&world)->mem.swap_total_kib = oomd_now(&world)->mem.swap_free_kib = 0;
	view = judge(&world);
	expect_true("no swap", view.never);
	expect_text("why", view.why_never, "there is no swap that could run out");
	expect_text("nobody", view.nobody_why, "there is no swap that could run out");
	oomd_now(&world)->mem.swap_total_kib = oomd_now(&world)->mem.swap_free_kib = 1000;
	expect_true("with swap", !judge(&world).never);

	rules.by_swap[0].dry = true;
	view = judge(&world);
	expect_true("dry", view.never);
	expect_text("why", view.why_never, "none of its rules kills anybody");
	rules.by_swap[0] = oomd_step_for(OOMD_CONTINUE, "");
	expect_true("a note", judge(&world).never);
	world.killer.oomd.n_rulesets = 0;
	expect_text("none", judge(&world).why_never, "it has no rules");
	oomd_world_done(&world);
}

static void doubts_are_said(void)
{
	struct oomd_world world;
	struct rules rules;
	struct killer_view view;

	begin(&world, &rules);
	world.killer.settings = SETTINGS_FILES;
	strcpy(world.killer.settings_why, "/etc/oomd.json; drop-ins are not followed");
	view = judge(&world);
	expect_int("files", view.worth, WORTH_ASSUMED);
	expect_text("why", view.worth_why, "/etc/oomd.json; drop-ins are not followed");
	world.killer.oomd.prekill_hooks = true;
	expect_int("hooks", judge(&world).worth, WORTH_UNKNOWN);
	world.killer.oomd.prekill_hooks = false;
	world.killer.settings = SETTINGS_DAEMON;
	rules.rulesets[1].per_cgroup = true;
	view = judge(&world);
	expect_int("for each", view.worth, WORTH_UNKNOWN);
	expect_int("its room is not told", view.room_kib, VALUE_UNKNOWN);
	rules.rulesets[0].per_cgroup = true;
	view = judge(&world);
	expect_true("nothing is followed: not never", !view.never);
	expect_text("nobody", view.nobody_why,
		"a ruleset that runs for each of some cgroups is not followed");
	rules.rulesets[0].per_cgroup = rules.rulesets[1].per_cgroup = false;
	rules.by_size[0].plugin = OOMD_UNKNOWN;
	oomd_memcg(&world, USER)->pressure.full.avg10_centi = 5000;
	view = judge(&world);
	expect_int("an unknown action", view.worth, WORTH_UNKNOWN);
	expect_int("nobody", view.victim_memcg, NO_MEMCG);
	expect_text("why", view.nobody_why, "one of its actions is not known to oomwatch");
	oomd_world_done(&world);
}

static void a_clock_not_seen_from_its_start_is_a_lower_bound(void)
{
	struct oomd_world world;
	struct rules rules;
	struct killer_view view;

	oomd_world_init(&world, paths);
	make_rules(&rules, &world);
	oomd_memcg(&world, USER)->usage_bytes = 900 * MIB;
	oomd_memcg(&world, USER)->pressure.full.avg10_centi = 7000;
	(void)judge(&world);
	oomd_world_step(&world, 1000);
	oomd_memcg(&world, USER)->stat_pgscan_pages++;
	view = judge(&world);
	expect_int("lower bound", view.worth, WORTH_LOWER_BOUND);
	expect_int("held", view.held_ms, 1000);
	expect_int("at least", view.least_s, 29);
	oomd_world_done(&world);
}

static void unread_pressure_leaves_the_other_rules(void)
{
	struct oomd_world world;
	struct rules rules;
	struct killer_view view;

	begin(&world, &rules);
	values_forget(&oomd_memcg(&world, USER)->pressure, sizeof(struct pressure));
	values_forget(&oomd_memcg(&world, SYSTEM)->pressure, sizeof(struct pressure));
	oomd_memcg(&world, A)->swap_bytes = 5 * MIB;
	view = judge(&world);
	expect_int("the limit is shown", view.limit_centi, 6000);
	expect_int("not what of it", view.pressure_centi, VALUE_UNKNOWN);
	expect_int("nor when", view.least_s, VALUE_UNKNOWN);
	expect_int("swap is", view.room_percent, 90);
	expect_int("whom by swap", view.victim_memcg, A);
	oomd_world_done(&world);
}

/* Patterns are foreign text. */
static void reasons_are_clean(void)
{
	struct oomd_world world;
	struct rules rules;
	struct killer_view view;

	begin(&world, &rules);
	world.killer.oomd.rulesets = &rules.rulesets[1];
	world.killer.oomd.n_rulesets = 1;
	oomd_memcg(&world, A)->swap_bytes = 5 * MIB;
	rules.by_swap[0].cgroups = "\x1b[31m,system.slice/*";
	view = judge(&world);
	expect_text("clean", view.reason, "most swap, 5.0M; of ?[31m,system.slice/* only");
	rules.by_swap[0].cgroups =
		"system.slice/*,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	view = judge(&world);
	expect_text("cut", view.reason,
		"most swap, 5.0M; of "
		"system.slice/*,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa… only");
	oomd_world_done(&world);
}

extern CU_TestInfo killer_oomd_tests[];
CU_TestInfo killer_oomd_tests[] = {
	{ "the nearest of each kind is shown", the_nearest_of_each_kind_is_shown },
	{ "the nearest rule chooses the victim", the_nearest_rule_chooses_the_victim },
	{ "all detectors of a group must hold", all_detectors_of_a_group_must_hold },
	{ "what is used up but waits is not now", what_is_used_up_but_waits_is_not_now },
	{ "what holds without a measure acts now", what_holds_without_a_measure_acts_now },
	{ "what cannot come is never", what_cannot_come_is_never },
	{ "doubts are said", doubts_are_said },
	{ "a clock not seen from its start is a lower bound",
		a_clock_not_seen_from_its_start_is_a_lower_bound },
	{ "unread pressure leaves the other rules", unread_pressure_leaves_the_other_rules },
	{ "reasons are clean", reasons_are_clean },
	CU_TEST_INFO_NULL,
};
