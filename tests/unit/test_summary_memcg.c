/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/summary.h"
#include "cluster.h"
#include "unit.h"

#define MIB CLUSTER_MIB
#define GIB_KIB (INT64_C(1) << 20)

static const struct scope_choice machine = { .kind = SCOPE_SYSTEM };
static struct cluster cluster;
static struct summary summary;

/* 8 GiB, of which 6 are free; java outside has most memory, cartd 60 and 61 are in the cart. */
static struct memcg *idle_machine(void)
{
	struct memcg *cart = cluster_init(&cluster, "6.1");
	struct crowd *crowd = &cluster.crowd;

	cart->container = "shop/cart-7d9f";
	crowd->tasks[0].memcg = 0;
	crowd_add(crowd, 50, "java", CROWD_GIB, 0)->memcg = 0;
	crowd_add(crowd, 60, "cartd", 9000, 0)->memcg = 1;
	crowd_add(crowd, 61, "worker", 500, 0)->memcg = 1;
	crowd->now.mem.mem_total_kib = 8 * GIB_KIB;
	crowd->now.mem.mem_free_kib = 6 * GIB_KIB;
	crowd->now.mem.anon_kib = 2 * GIB_KIB;
	crowd->now.mem.active_file_kib = crowd->now.mem.inactive_file_kib = 0;
	crowd->now.mem.shmem_kib = 0;
	values_forget(&crowd->now.vmstat, sizeof(crowd->now.vmstat));
	values_forget(&crowd->now.pressure, sizeof(crowd->now.pressure));
	return cart;
}

static void sample(const struct scope_choice *choice)
{
	const struct snapshot *before = cluster.before.n_memcgs ? &cluster.before : NULL;

	history_add(&cluster.history, &cluster.crowd.now);
	expect_int("made",
		summary_make(&cluster.crowd.now, before, choice, &cluster.history, &summary), 0);
	cluster.before = cluster.crowd.now;
	memcpy(cluster.before_memcgs, cluster.crowd.memcgs, sizeof(cluster.before_memcgs));
	cluster.before.memcgs = cluster.before_memcgs;
}

static void end(void)
{
	arena_free(&summary.arena);
	memset(&summary, 0, sizeof(summary));
	cluster_free(&cluster);
}

/* 2 MiB/s into a limit of 512 MiB: after so many seconds. */
static void leak(struct memcg *cart, int64_t seconds)
{
	struct crowd *crowd = &cluster.crowd;

	for (uint32_t i = 0; i < crowd->now.n_tasks; i++)
		crowd->tasks[i].has |= TASK_HAS_GROWTH;
	crowd->tasks[2].growth_bytes_per_s[GROWTH_10S] = 2 * MIB;
	crowd->tasks[1].growth_bytes_per_s[GROWTH_10S] = 9 * MIB;
	for (int64_t second = 0; second < seconds; second++) {
		cluster_pass(&cluster, 1000);
		cart->usage_bytes = 100 * MIB + second * 2 * MIB;
		cluster_read(&cluster, cart, 0);
		sample(&machine);
	}
}

static void a_leak_in_a_cgroup_is_the_verdict(void)
{
	struct memcg *cart = idle_machine();

	leak(cart, 3);
	expect_text("at first the machine", summary.risks[0].scope, "system");
	expect_int("both", summary.n_risks, 2);
	expect_text("and the cgroup", summary.risks[1].scope, "cgroup:/pods/cart");

	leak(cart, 187);
	expect_int("level", summary.risks[0].level, LEVEL_CRITICAL);
	expect_text("scope", summary.risks[0].scope, "cgroup:/pods/cart");
	expect_text("text", summary.risks[0].text,
		"shop/cart-7d9f: 40M left of its limit 512M, -2.0M/s: out in 17-25s");
	expect_text("next", summary.next_text, "now cartd 60: most memory in this cgroup: 35M");
	expect_text("filling", summary.filling_text, "cartd 60 +2.0M/s, 100% of the growth");
	expect_int("victim", crowd_pid(&cluster.crowd, summary.risks[0].victim), 60);

	expect_text("the scope on the screen", summary.oom.scope_name, "system");
	expect_int("its victim", crowd_pid(&cluster.crowd, summary.oom.victim), 50);
	expect_text("the machine is second", summary.risks[1].scope, "system");
	expect_int("and OK", summary.risks[1].level, LEVEL_OK);
	expect_true("with its own words",
		strncmp(summary.risks[1].text, "machine: 6.0G left to give", 26) == 0);
	expect_int("killable is the machine's", summary.account.killable_kib,
		(CROWD_GIB + 9000 + 500 + 1000) * 4);
	end();
}

static void the_scope_on_the_screen_is_judged_beside_the_verdict(void)
{
	struct scope_choice choice = { .kind = SCOPE_MEMCG, .path = "/pods/cart" };
	struct memcg *cart = idle_machine();

	leak(cart, 190);
	sample(&choice);
	expect_text("oom", summary.oom.scope_name, "cgroup:/pods/cart");
	expect_text("words", summary.oom.scope_words, "shop/cart-7d9f");
	expect_int("victim", crowd_pid(&cluster.crowd, summary.oom.victim), 60);
	expect_int("then too", crowd_pid(&cluster.crowd, summary.oom.victim_at_forecast), 60);
	expect_true("it is there", !summary.scope_gone);
	expect_int("killable is the machine's", summary.account.killable_kib,
		(CROWD_GIB + 9000 + 500 + 1000) * 4);

	snprintf(choice.path, sizeof(choice.path), "/pods/gone");
	sample(&choice);
	expect_true("gone", summary.scope_gone);
	expect_text("the machine instead", summary.oom.scope_name, "system");
	expect_text("the verdict stays", summary.risks[0].scope, "cgroup:/pods/cart");

	/* On a calm machine the verdict is the machine's whatever the screen shows. */
	snprintf(choice.path, sizeof(choice.path), "/pods/cart");
	cart->usage_bytes = 100 * MIB;
	for (int i = 0; i < 8; i++) {
		cluster_pass(&cluster, 1000);
		cluster_read(&cluster, cart, 0);
		sample(&choice);
	}
	expect_text("verdict", summary.risks[0].scope, "system");
	expect_int("not the cgroup's", strncmp(summary.next_text, "now java 50", 11), 0);
	expect_text("oom", summary.oom.scope_name, "cgroup:/pods/cart");
	end();
}

static void who_dies_with_its_group_is_said(void)
{
	struct memcg *cart = idle_machine();

	cart->oom_group = 1;
	leak(cart, 190);
	expect_text("one", summary.next_text, "now cartd 60 and the other one of its cgroup, 35M");
	crowd_add(&cluster.crowd, 62, "worker", 400, 0)->memcg = 1;
	sample(&machine);
	expect_text("two", summary.next_text, "now cartd 60 and the 2 others of its cgroup, 35M");
	cluster.crowd.now.knobs.overcommit_memory = 2;
	sample(&machine);
	expect_text("strict accounting is the machine's", summary.next_text,
		"now cartd 60 and the 2 others of its cgroup, 35M");
	end();
}

static void tasks_that_wait_are_the_verdict(void)
{
	struct memcg *cart = idle_machine();

	cart->version = 1;
	cart->oom_kill_disable = cart->under_oom = 1;
	cart->usage_bytes = cart->max_bytes;
	sample(&machine);
	expect_int("level", summary.risks[0].level, LEVEL_CRITICAL);
	expect_text("text", summary.risks[0].text,
		"shop/cart-7d9f: 0 left of its limit 512M: its tasks wait");
	expect_text("next", summary.next_text,
		"its tasks wait: memory.oom_control disables the killer");
	expect_int("nobody", summary.risks[0].victim, NO_TASK);
	end();
}

static void throttling_is_said_without_a_limit(void)
{
	struct memcg *cart = idle_machine();

	cart->max_bytes = MEMCG_UNLIMITED;
	cart->high_bytes = 100 * MIB;
	cart->usage_bytes = 120 * MIB;
	cart->pressure.full.avg10_centi = 4500;
	sample(&machine);
	expect_int("level", summary.risks[0].level, LEVEL_WARN);
	expect_text("text", summary.risks[0].text,
		"shop/cart-7d9f: 120M used, slowed down over memory.high 100M");
	expect_text("why", summary.risks[0].why,
		"slowed down over memory.high: stalls 45% of the time");
	expect_text("next", summary.next_text, "this cgroup has no limit: nobody is killed for it");
	end();
}

static void what_grows_without_its_processes_is_said(void)
{
	struct memcg *cart = idle_machine();

	leak(cart, 180);
	cluster.crowd.tasks[2].growth_bytes_per_s[GROWTH_10S] = 0;
	sample(&machine);
	expect_text("filling", summary.filling_text,
		"no process: tmpfs or kernel memory of it +2.0M/s");
	end();
}

static void long_names_leave_room_for_the_rest(void)
{
	struct memcg *cart = idle_machine();

	cart->container = "a-namespace/a-deployment-with-a-very-long-name-7d9f6c5b8-x2x4z";
	leak(cart, 190);
	expect_text("text", summary.risks[0].text,
		"a-namespace/a-deployment-wit: 34M left of 512M, -2.0M/s: out in 14-21s");
	end();
}

/* Sixteen limited cgroups, and the machine. */
static void many_init(unsigned shift)
{
	static char paths[16][8];

	idle_machine();
	cluster.crowd.now.n_memcgs = 0;
	for (unsigned i = 0; i < CROWD_MEMCGS_MAX; i++) {
		struct memcg *memcg;

		snprintf(paths[i], sizeof(paths[i]), "/c%02u", i);
		memcg = &cluster.crowd.memcgs[crowd_memcg(&cluster.crowd, paths[i], NO_MEMCG)];
		memcg->max_bytes = 1000 * MIB;
		/* With a shift of 11 c05 has the least left, then c06 and so on; with 0 c00. */
		memcg->usage_bytes = (900 - 10 * ((i + shift) % 16)) * MIB;
	}
}

static void risks_are_sorted_and_the_machine_is_among_them(void)
{
	many_init(11);
	sample(&machine);
	expect_int("risks", summary.n_risks, RISKS_MAX);
	expect_text("the machine while all is OK", summary.risks[0].scope, "system");
	expect_text("the fullest", summary.risks[1].scope, "cgroup:/c05");
	for (unsigned i = 1; i < RISKS_MAX; i++) {
		char want[32];

		snprintf(want, sizeof(want), "cgroup:/c%02u", (i + 4) % 16);
		expect_text("in order", summary.risks[i].scope, want);
	}

	/* All of them kill: the machine, which is OK, comes last but is not left out. */
	cluster_pass(&cluster, 1000);
	for (unsigned i = 0; i < CROWD_MEMCGS_MAX; i++)
		cluster.crowd.memcgs[i].events_oom = cluster.crowd.memcgs[i].events_oom_kill = 1;
	sample(&machine);
	expect_int("as many", summary.n_risks, RISKS_MAX);
	expect_text("the worst", summary.risks[0].scope, "cgroup:/c05");
	expect_text("the last", summary.risks[RISKS_MAX - 1].scope, "system");
	expect_text("the last but one", summary.risks[RISKS_MAX - 2].scope, "cgroup:/c03");
	end();
}

/* The one that comes last is just worse than the machine, and worse are enough. */
static void what_has_no_place_does_not_push_the_machine_out(void)
{
	many_init(0);
	sample(&machine);
	cluster_pass(&cluster, 1000);
	for (unsigned i = 0; i < CROWD_MEMCGS_MAX; i++)
		cluster.crowd.memcgs[i].events_oom = 1;
	sample(&machine);
	expect_text("the last", summary.risks[RISKS_MAX - 1].scope, "system");
	expect_text("the last but one", summary.risks[RISKS_MAX - 2].scope, "cgroup:/c14");
	end();
}

static void levels_come_before_forecasts_and_those_before_percent(void)
{
	many_init(11);
	sample(&machine);
	cluster_pass(&cluster, 1000);
	cluster.crowd.memcgs[9].events_oom = 1; /* WARN */
	cluster.crowd.memcgs[3].events_max = 1; /* CRITICAL */
	cluster.crowd.memcgs[3].usage_bytes = 995 * MIB;
	cluster_read(&cluster, &cluster.crowd.memcgs[3], 0);
	sample(&machine);
	expect_text("critical", summary.risks[0].scope, "cgroup:/c03");
	expect_text("warn", summary.risks[1].scope, "cgroup:/c09");
	expect_text("then the machine", summary.risks[2].scope, "system");
	expect_text("then the fullest", summary.risks[3].scope, "cgroup:/c05");
	end();
}

extern CU_TestInfo summary_memcg_tests[];
CU_TestInfo summary_memcg_tests[] = {
	{ "a leak in a cgroup is the verdict", a_leak_in_a_cgroup_is_the_verdict },
	{ "the scope on the screen is judged beside the verdict",
		the_scope_on_the_screen_is_judged_beside_the_verdict },
	{ "who dies with its group is said", who_dies_with_its_group_is_said },
	{ "tasks that wait are the verdict", tasks_that_wait_are_the_verdict },
	{ "throttling is said without a limit", throttling_is_said_without_a_limit },
	{ "what grows without its processes is said", what_grows_without_its_processes_is_said },
	{ "long names leave room for the rest", long_names_leave_room_for_the_rest },
	{ "risks are sorted, and the machine is among them",
		risks_are_sorted_and_the_machine_is_among_them },
	{ "what has no place does not push the machine out",
		what_has_no_place_does_not_push_the_machine_out },
	{ "levels come before forecasts, and those before percent",
		levels_come_before_forecasts_and_those_before_percent },
	CU_TEST_INFO_NULL,
};
