/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/risks.h"
#include "crowd.h"
#include "unit.h"

#define GIB_KIB (INT64_C(1) << 20)

static struct crowd crowd;
static struct summary summary;
static struct history history;

static struct standard standard_of(
	enum scope_kind kind, enum level level, int64_t forecast_s, int64_t percent)
{
	return (struct standard){
		.kind = kind, .level = level, .forecast_s = forecast_s, .percent = percent
	};
}

static void the_worst_stands_first(void)
{
	static const struct {
		const char *label;
		struct standard first, second;
	} cases[] = {
		{ "the machine while all is well", { SCOPE_SYSTEM, 0, LEVEL_OK, VALUE_UNKNOWN, 90 },
			{ SCOPE_NODES, 0, LEVEL_OK, 10, 1 } },
		{ "a higher level", { SCOPE_NODES, 0, LEVEL_WARN, VALUE_UNKNOWN, 50 },
			{ SCOPE_SYSTEM, 0, LEVEL_OK, 100, 20 } },
		{ "critical before warn", { SCOPE_KILLER, 0, LEVEL_CRITICAL, VALUE_UNKNOWN, 50 },
			{ SCOPE_MEMCG, 0, LEVEL_WARN, 1, 1 } },
		{ "the nearer end", { SCOPE_KILLER, 0, LEVEL_CRITICAL, 8, 50 },
			{ SCOPE_SYSTEM, 0, LEVEL_CRITICAL, 9, 1 } },
		{ "one that is foretold", { SCOPE_NODES, 0, LEVEL_WARN, 3000, 50 },
			{ SCOPE_SYSTEM, 0, LEVEL_WARN, VALUE_UNKNOWN, 1 } },
		{ "the one with less left", { SCOPE_MEMCG, 0, LEVEL_WARN, VALUE_UNKNOWN, 3 },
			{ SCOPE_NODES, 0, LEVEL_WARN, VALUE_UNKNOWN, 4 } },
		{ "the machine if nothing tells them apart",
			{ SCOPE_SYSTEM, 0, LEVEL_CRITICAL, 5, 4 },
			{ SCOPE_NODES, 0, LEVEL_CRITICAL, 5, 4 } },
		{ "others that are well by what is left",
			{ SCOPE_NODES, 0, LEVEL_OK, VALUE_UNKNOWN, 10 },
			{ SCOPE_KILLER, 0, LEVEL_OK, VALUE_UNKNOWN, 20 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (int turn = 0; turn < 2; turn++) {
			struct worst worst = { .n = 0 };

			risks_add(&worst, turn ? &cases[i].second : &cases[i].first);
			risks_add(&worst, turn ? &cases[i].first : &cases[i].second);
			expect_int(cases[i].label, worst.n, 2);
			expect_int(cases[i].label, worst.list[0].kind, cases[i].first.kind);
			expect_int(cases[i].label, worst.list[1].kind, cases[i].second.kind);
		}
	}
}

static void equals_keep_their_order(void)
{
	struct worst worst = { .n = 0 };

	for (uint32_t i = 0; i < 3; i++) {
		struct standard it = standard_of(SCOPE_NODES, LEVEL_WARN, 5, 5);

		it.index = i;
		risks_add(&worst, &it);
	}
	for (uint32_t i = 0; i < 3; i++)
		expect_int("index", worst.list[i].index, i);
}

static unsigned machines_in(const struct worst *worst)
{
	unsigned n = 0;

	for (unsigned i = 0; i < worst->n; i++)
		n += worst->list[i].kind == SCOPE_SYSTEM;
	return n;
}

static void the_machine_is_never_pushed_out(void)
{
	const struct standard machine = standard_of(SCOPE_SYSTEM, LEVEL_OK, VALUE_UNKNOWN, 90);
	struct worst worst = { .n = 0 };

	risks_add(&worst, &machine);
	for (int64_t i = 0; i < 3 * RISKS_MAX; i++) {
		struct standard it =
			standard_of(i % 2 ? SCOPE_MEMCG : SCOPE_NODES, LEVEL_WARN, 1000 - i, 5);

		it.index = (uint32_t)i;
		risks_add(&worst, &it);
		expect_int("machine", machines_in(&worst), 1);
		expect_int("not more than there is room for", worst.n, value_min(i + 2, RISKS_MAX));
		expect_int("nearest first", worst.list[0].forecast_s, 1000 - i);
		expect_int("machine last", worst.list[worst.n - 1].kind, SCOPE_SYSTEM);
	}
	for (unsigned i = 0; i + 1 < RISKS_MAX; i++)
		expect_int("the worst of all", worst.list[i].forecast_s,
			1000 - 3 * RISKS_MAX + 1 + (int64_t)i);
	risks_add(&worst, &(struct standard){ SCOPE_NODES, 0, LEVEL_WARN, 5000, 5 });
	expect_int("the least bad has no place", worst.list[RISKS_MAX - 2].forecast_s,
		1000 - 3 * RISKS_MAX + RISKS_MAX - 1);
}

/* 8 GiB on two nodes; leak 10 is confined to node 0, database 20 may use both. */
static void machine_of(void)
{
	crowd_init(&crowd, "6.12");
	crowd_two_nodes(&crowd);
	values_forget(&crowd.now.mem, sizeof(crowd.now.mem));
	values_forget(&crowd.now.vmstat, sizeof(crowd.now.vmstat));
	values_forget(&crowd.now.pressure, sizeof(crowd.now.pressure));
	crowd.now.mem.mem_total_kib = 8 * GIB_KIB;
	crowd.now.mem.swap_total_kib = crowd.now.mem.swap_free_kib = 0;
	crowd_confine(&crowd, crowd_add(&crowd, 10, "leak", 40000, 0), 1);
	crowd_confine(&crowd, crowd_add(&crowd, 20, "database", 900000, 0), 3);
	crowd.tasks[0].has |= TASK_HAS_GROWTH;
	history_init(&history);
}

static void sample(const struct scope_choice *choice, int64_t free_pages)
{
	crowd.zones[1].free_pages = free_pages;
	crowd.zones[1].active_anon_pages = crowd.zones[1].managed_pages - free_pages;
	crowd.now.mem.mem_free_kib = (free_pages + 4000 + crowd.zones[2].free_pages) * 4;
	crowd.now.mem.anon_kib = crowd.zones[1].active_anon_pages * 4;
	crowd.now.uptime_ms += 1000;
	history_add(&history, &crowd.now);
	expect_int("made", summary_make(&crowd.now, NULL, choice, &history, &summary), 0);
}

static void leak(const struct scope_choice *choice, int64_t until_pages)
{
	crowd.tasks[0].growth_bytes_per_s[GROWTH_10S] = 12800 * 4096;
	for (int64_t left = 20; left >= 0; left--)
		sample(choice, until_pages + left * 12800);
}

static void end(void)
{
	arena_free(&summary.arena);
	memset(&summary, 0, sizeof(summary));
	crowd_free(&crowd);
}

static void a_node_that_runs_out_is_the_verdict(void)
{
	const struct scope_choice machine = { .kind = SCOPE_SYSTEM };
	const struct scope_choice node = { .kind = SCOPE_NODES, .nodes = { { 1 } } };

	machine_of();
	sample(&machine, 1000000);
	expect_text("at first the machine", summary.risks[0].scope, "system");
	expect_text("and the node", summary.risks[1].scope, "nodes:0");
	expect_int("no more", summary.n_risks, 2);

	leak(&machine, 100000);
	expect_text("the node", summary.risks[0].scope, "nodes:0");
	expect_int("critical", summary.risks[0].level, LEVEL_CRITICAL);
	expect_true("in words", strncmp(summary.risks[0].text, "node 0: 406M left", 17) == 0);
	expect_int("its victim", crowd_pid(&crowd, summary.risks[0].victim), 20);
	expect_true("which is next", strstr(summary.next_text, "database 20"));
	expect_true("leak fills it", strstr(summary.filling_text, "leak 10"));
	expect_text("the machine is on the screen", summary.oom.scope_name, "system");
	expect_int("and well", summary.risks[1].level, LEVEL_OK);
	expect_int("its own victim", crowd_pid(&crowd, summary.oom.victim), 20);

	sample(&node, 90000);
	expect_text("the node on the screen", summary.oom.scope_name, "nodes:0");
	expect_int("constraint", summary.oom.constraint, CONSTRAINT_CPUSET);
	expect_true("there", !summary.scope_gone);
	expect_true("who is first then", summary.oom.victim_at_forecast != NO_TASK);
	end();
}

static void who_is_elsewhere_is_no_victim_of_the_verdict(void)
{
	const struct scope_choice machine = { .kind = SCOPE_SYSTEM };

	machine_of();
	crowd_confine(&crowd, &crowd.tasks[1], 2);
	leak(&machine, 100000);
	expect_text("scope", summary.risks[0].scope, "nodes:0");
	expect_int("leak, though smaller", crowd_pid(&crowd, summary.risks[0].victim), 10);
	expect_true("next", strstr(summary.next_text, "now leak 10"));
	expect_int("the machine's", crowd_pid(&crowd, summary.oom.victim), 20);
	expect_int("both nodes and the machine", summary.n_risks, 3);
	end();
}

static void a_userspace_killer_at_its_trigger_is_the_verdict(void)
{
	const struct scope_choice node = { .kind = SCOPE_NODES, .nodes = { { 1 } } };
	struct killer killer = { .kind = KILLER_EARLYOOM,
		.pid = 90,
		.settings = SETTINGS_DAEMON,
		.earlyoom = { .mem_permyriad = { 1000, 500 },
			.swap_permyriad = { PERMYRIAD_ALL, PERMYRIAD_ALL },
			.mem_kib = { VALUE_UNKNOWN, VALUE_UNKNOWN },
			.swap_kib = { VALUE_UNKNOWN, VALUE_UNKNOWN },
			.matches_known = true } };

	machine_of();
	crowd.now.killers = &killer;
	crowd.now.n_killers = 1;
	crowd.now.mem.mem_available_kib = 7 * GIB_KIB;
	sample(&node, 1000000);
	expect_int("machine, node and killer", summary.n_risks, 3);
	expect_text("nothing is wrong", summary.risks[0].scope, "system");

	crowd.now.mem.mem_available_kib = 10;
	sample(&node, 1000000);
	expect_text("at its trigger", summary.risks[0].scope, "killer:earlyoom");
	expect_int("is critical", summary.risks[0].level, LEVEL_CRITICAL);
	expect_text("the machine is second", summary.risks[1].scope, "system");
	expect_true("whom it takes", strstr(summary.next_text, "database 20"));
	expect_text("the scope on the screen stays", summary.oom.scope_name, "nodes:0");
	end();
}

static void nodes_that_are_gone_are_said_to_be(void)
{
	const struct scope_choice gone = { .kind = SCOPE_NODES, .nodes = { { 4 } } };
	const struct scope_choice both = { .kind = SCOPE_NODES, .nodes = { { 7 } } };

	machine_of();
	sample(&gone, 1000000);
	expect_true("gone", summary.scope_gone);
	expect_text("the machine instead", summary.oom.scope_name, "system");
	sample(&both, 1000000);
	expect_true("there", !summary.scope_gone);
	expect_text("those with memory", summary.oom.scope_name, "nodes:0-1");
	expect_int("as the machine", summary.oom.totalpages, 8 * CROWD_GIB);
	end();
}

extern CU_TestInfo risks_tests[];
CU_TestInfo risks_tests[] = {
	{ "the worst stands first", the_worst_stands_first },
	{ "equals keep their order", equals_keep_their_order },
	{ "the machine is never pushed out", the_machine_is_never_pushed_out },
	{ "a node that runs out is the verdict", a_node_that_runs_out_is_the_verdict },
	{ "who is elsewhere is no victim of the verdict",
		who_is_elsewhere_is_no_victim_of_the_verdict },
	{ "a userspace killer at its trigger is the verdict",
		a_userspace_killer_at_its_trigger_is_the_verdict },
	{ "nodes that are gone are said to be", nodes_that_are_gone_are_said_to_be },
	CU_TEST_INFO_NULL,
};
