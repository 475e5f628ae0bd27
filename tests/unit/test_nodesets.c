/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/nodesets.h"
#include "crowd.h"
#include "unit.h"

#define MIB_PAGES INT64_C(256)
#define MIB_KIB INT64_C(1024)
#define MIB_BYTES (INT64_C(1) << 20)

static struct crowd crowd;
static struct history history;
static struct nodesets sets;
static struct reclaim reclaim;

/* leak 10 is confined to node 0, database 20 to node 1, 30 is not; without swap and cache. */
static void machine_of(const char *release)
{
	crowd_init(&crowd, release);
	crowd_two_nodes(&crowd);
	values_forget(&crowd.now.mem, sizeof(crowd.now.mem));
	crowd.now.mem.swap_free_kib = crowd.now.mem.swap_total_kib = 0;
	crowd.now.mem.hugetlb_kib = 0;
	crowd_confine(&crowd, crowd_add(&crowd, 10, "leak", 40000, 0), 1);
	crowd_confine(&crowd, crowd_add(&crowd, 20, "database", 900000, 0), 2);
	crowd_confine(&crowd, crowd_add(&crowd, 30, "shell", 20000, 0), 3);
	for (unsigned i = 0; i < 3; i++) {
		crowd.tasks[i].has |= TASK_HAS_GROWTH;
		values_forget(crowd.tasks[i].growth_bytes_per_s,
			sizeof(crowd.tasks[i].growth_bytes_per_s));
	}
	values_forget(&reclaim, sizeof(reclaim));
	reclaim.direct_stalls_per_s = 0;
	history_init(&history);
}

static void end(void)
{
	arena_free(&crowd.arena);
	crowd_free(&crowd);
}

static void judge(void)
{
	const struct nodesets_inputs in = {
		.now = &crowd.now, .reclaim = &reclaim, .history = &history, .arena = &crowd.arena
	};

	arena_reset(&crowd.arena);
	memset(&sets, 0xff, sizeof(sets));
	expect_int("judged", nodesets_judge(&in, &sets), 0);
}

/* Node 0 has so much free, and all the rest of it is anonymous. */
static void set_free(int64_t mib)
{
	struct zone *zone = &crowd.zones[1];

	crowd.zones[0].free_pages = 0;
	zone->free_pages = mib * MIB_PAGES;
	zone->active_anon_pages = zone->managed_pages - zone->free_pages;
}

static void grow(unsigned task, int64_t mib_per_s)
{
	crowd.tasks[task].growth_bytes_per_s[GROWTH_10S] = mib_per_s * MIB_BYTES;
}

/* Node 0 loses so much a second until so much is free. */
static void leak(int64_t from_mib, int64_t mib_per_s, int seconds)
{
	for (int second = 0; second <= seconds; second++) {
		crowd.now.uptime_ms += 1000;
		set_free(from_mib - mib_per_s * second);
		judge();
	}
}

static const struct risk *risk_of(uint64_t nodes)
{
	static const struct risk none = { .level = LEVEL_COUNT };

	for (uint32_t i = 0; i < sets.n_sets; i++) {
		if (sets.sets[i].nodes.bits[0] == nodes)
			return &sets.sets[i].risk;
	}
	return &none;
}

static void only_sets_that_confine_somebody_are_judged(void)
{
	machine_of("6.12");
	judge();
	expect_int("two", sets.n_sets, 2);
	expect_text("first", sets.sets[0].risk.scope, "nodes:0");
	expect_text("words", sets.sets[0].risk.scope_words, "node 0");
	expect_text("second", sets.sets[1].risk.scope, "nodes:1");
	expect_int("of node 0", sets.sets[0].n_tasks, 1);
	expect_int("kind", sets.sets[0].risk.where.kind, SCOPE_NODES);
	expect_int("nothing foretold", sets.sets[0].risk.forecast_s, VALUE_UNKNOWN);

	crowd.tasks[1].oom_score_adj = -1000;
	judge();
	expect_int("who cannot be killed does not count", sets.n_sets, 1);
	crowd.tasks[0].flags |= TASK_FLAG_KTHREAD;
	judge();
	expect_int("nor do kernel threads", sets.n_sets, 0);
	crowd.tasks[0].flags = 0;
	crowd.tasks[0].nodes = NO_NODE_SET;
	judge();
	expect_int("nor who is unknown", sets.n_sets, 0);
	end();
}

static void on_a_machine_with_one_node_there_are_none(void)
{
	machine_of("6.12");
	crowd.now.n_zones = 2;
	judge();
	expect_int("one node", sets.n_sets, 0);
	expect_true("nothing is taken for it", crowd.arena.used == 0);
	crowd.now.n_zones = 0;
	judge();
	expect_int("no zones", sets.n_sets, 0);
	crowd.now.n_zones = 3;
	crowd.zones[2].managed_pages = 0;
	judge();
	expect_int("a node without memory", sets.n_sets, 0);
	end();
}

static void sets_are_told_apart_by_nodes_with_memory(void)
{
	machine_of("6.12");
	crowd_confine(&crowd, crowd_add(&crowd, 40, "other", 500, 0), 5);
	crowd_confine(&crowd, crowd_add(&crowd, 41, "nowhere", 500, 0), 8);
	crowd_confine(&crowd, crowd_add(&crowd, 42, "all", 500, 0), 0xff);
	judge();
	expect_int("two still", sets.n_sets, 2);
	expect_int("40 is in node 0, 41 is counted to all", sets.sets[0].n_tasks, 3);
	expect_int("node 1", sets.sets[1].n_tasks, 2);
	end();
}

static void the_sets_of_most_processes_are_kept_in_order_of_nodes(void)
{
	char before[64] = "";

	machine_of("6.12");
	for (uint32_t i = 0; i < 4; i++) {
		crowd.zones[i] = crowd.zones[2];
		crowd.zones[i].node = (int)i;
	}
	crowd.now.n_zones = 4;
	crowd.now.n_tasks = 0;
	crowd.now.n_node_sets = 0;
	/* Ten sets: 1 and 2 alone have one process, and of node 3 nobody has any. */
	for (int32_t i = 0; i < 10; i++)
		crowd_confine(&crowd, crowd_add(&crowd, 100 + i, "x", 100, 0),
			(const uint64_t[]){ 8, 4, 12, 6, 10, 14, 2, 5, 9, 13 }[i]);
	judge();
	expect_int("as many as there is room for", sets.n_sets, NODESETS_MAX);
	for (uint32_t i = 0; i < sets.n_sets; i++) {
		struct node_set nodes = sets.sets[i].nodes;

		expect_true("not those of the least", sets.sets[i].n_tasks >= 1);
		if (i > 0 && strcmp(before, sets.sets[i].risk.scope) == 0)
			expect_text("twice", before, "");
		memcpy(before, sets.sets[i].risk.scope, sizeof(before) - 1);
		if (nodes.bits[0] == 14)
			expect_int("1-3: 8, 4, 12, 6, 10, 14 and 2", sets.sets[i].n_tasks, 7);
		if (nodes.bits[0] == 13)
			expect_int("0,2-3: 8, 4, 12, 5, 9 and 13", sets.sets[i].n_tasks, 6);
	}
	expect_int(
		"0,2 stands before all of nodes 1-3", (int64_t)sets.sets[0].nodes.bits[0] & 1, 1);
	expect_int("node 3 or 2 alone is the last or gone",
		(int64_t)sets.sets[NODESETS_MAX - 1].nodes.bits[0] & 3, 0);
	end();
}

static void a_leak_on_one_node_is_told_before_its_end(void)
{
	const struct risk *risk;

	machine_of("6.12");
	grow(0, 50);
	leak(2000, 50, 10);
	risk = risk_of(1);
	expect_int("far off", risk->level, LEVEL_OK);
	expect_int("slope", risk->slope_kib_per_s, -50 * MIB_KIB);
	expect_true("foretold", risk->forecast_low_s <= 30 && risk->forecast_high_s >= 30);

	leak(1450, 50, 20);
	risk = risk_of(1);
	expect_int("near", risk->level, LEVEL_CRITICAL);
	expect_int("left", risk->left.high_kib, 450 * MIB_KIB);
	expect_true("9 s", risk->forecast_low_s <= 9 && risk->forecast_high_s >= 9);
	expect_text("why", risk->why, "out in 7-12s at this rate, 11% left");
	expect_int("who", crowd_pid(&crowd, risk->victim), 10);
	expect_int("and fills", crowd_pid(&crowd, risk->filling), 10);
	expect_int("all of it", risk->filling_percent, 100);
	expect_int("the other node is fine", risk_of(2)->level, LEVEL_OK);
	expect_int("with its victim", crowd_pid(&crowd, risk_of(2)->victim), 20);
	end();
}

static void the_same_instant_again_changes_nothing(void)
{
	struct nodesets before;

	machine_of("6.12");
	grow(0, 50);
	leak(1450, 50, 20);
	before = sets;
	judge();
	expect_true("the same", memcmp(&before, &sets, sizeof(sets)) == 0);
	end();
}

static void what_others_fill_is_no_alarm_for_who_is_confined(void)
{
	machine_of("6.12");
	grow(2, 50);
	leak(1450, 50, 20);
	expect_int("30 may go elsewhere", risk_of(1)->level, LEVEL_OK);
	expect_true("but it is foretold", value_known(risk_of(1)->forecast_s));
	leak(450, 0, 3);

	grow(2, 20);
	leak(450, 50, 6);
	expect_int("unless that is not all of it", risk_of(1)->level, LEVEL_CRITICAL);
	end();
}

static void a_full_node_is_an_alarm_when_it_is_wanted(void)
{
	static const struct {
		const char *label;
		int64_t free_mib, grows_mib, stalls;
		enum level want;
	} cases[] = {
		{ "full and quiet", 5, 0, 0, LEVEL_OK },
		{ "full and 10 grows", 5, 1, 0, LEVEL_CRITICAL },
		{ "full and waited for", 5, 0, 1, LEVEL_CRITICAL },
		{ "nearly full and 10 grows", 150, 1, 0, LEVEL_WARN },
		{ "nearly full and quiet", 150, 0, 0, LEVEL_OK },
		{ "not full", 900, 1, 1, LEVEL_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		machine_of("6.12");
		grow(0, cases[i].grows_mib);
		reclaim.direct_stalls_per_s = cases[i].stalls;
		set_free(cases[i].free_mib);
		judge();
		expect_int(cases[i].label, risk_of(1)->level, cases[i].want);
		expect_int(cases[i].label, risk_of(1)->why[0] != '\0', cases[i].want != LEVEL_OK);
		end();
	}
}

static void a_level_is_held_and_then_forgotten(void)
{
	machine_of("6.12");
	grow(0, 1);
	set_free(5);
	judge();
	expect_int("critical", risk_of(1)->level, LEVEL_CRITICAL);
	grow(0, 0);
	crowd.now.uptime_ms += 4000;
	set_free(2000);
	judge();
	expect_int("held", risk_of(1)->level, LEVEL_CRITICAL);
	expect_true("with its reason", strstr(risk_of(1)->why, "only 5.0M left"));
	crowd.now.uptime_ms += 2000;
	judge();
	expect_int("over", risk_of(1)->level, LEVEL_OK);
	expect_text("no reason", risk_of(1)->why, "");
	end();
}

static void swap_and_cache_keep_a_node_going(void)
{
	machine_of("6.12");
	grow(0, 1);
	set_free(5);
	crowd.zones[1].inactive_file_pages = 900 * MIB_PAGES;
	judge();
	expect_int("cache", risk_of(1)->level, LEVEL_OK);
	expect_int("counts", risk_of(1)->left.cache_kib, 900 * MIB_KIB);
	crowd.zones[1].inactive_file_pages = 0;
	crowd.now.mem.swap_total_kib = crowd.now.mem.swap_free_kib = 1000 * MIB_KIB;
	crowd.now.uptime_ms += 1000;
	judge();
	expect_int("swap", risk_of(1)->level, LEVEL_OK);
	expect_int("counts too", risk_of(1)->left.swap_kib, 1000 * MIB_KIB);
	expect_int("in all", risk_of(1)->left.high_kib, 1005 * MIB_KIB);
	end();
}

/* By the other way: one scope judged in full. */
static void the_victims_are_those_of_a_full_judgement(void)
{
	static const char *const releases[] = { "2.6.32", "2.6.36", "3.10", "4.18", "5.3", "5.4",
		"6.12" };
	static const int64_t sizes[] = { 70000, 5000, 65000, 64999, 30000, 30000, 0 };
	static const int32_t adjs[] = { 0, 200, -30, 40, 0, 0, 1000 };
	static const uint64_t nodes[] = { 1, 2, 3, 1, 2, 2, 3 };

	for (size_t i = 0; i < ARRAY_SIZE(releases) * 16; i++) {
		machine_of(releases[i / 16]);
		for (int32_t k = 0; k < 7; k++) {
			const unsigned pick = (unsigned)((i * 5 + (unsigned)k * 3) % 7);
			struct task *task =
				crowd_add(&crowd, 100 + k, "x", sizes[pick], adjs[(pick + i) % 7]);

			task->vsize_pages = sizes[pick] + 1;
			if (k % 3 == 1)
				task->ppid = 100 + k - 1;
			if (k != 5)
				crowd_confine(&crowd, task, nodes[((unsigned)k + i) % 7]);
		}
		crowd.now.knobs.panic_on_oom = i % 16 == 15 ? 2 : 0;
		judge();
		expect_int("both", sets.n_sets, 2);
		for (uint32_t k = 0; k < sets.n_sets; k++) {
			struct arena arena = { 0 };
			struct oom oom;

			expect_int("judged",
				victim_judge_in(&crowd.now, &sets.sets[k].risk.where, &arena, &oom),
				0);
			expect_int(releases[i / 16], crowd_pid(&crowd, sets.sets[k].risk.victim),
				crowd_pid(&crowd, oom.victim));
			arena_free(&arena);
		}
		end();
	}
}

extern CU_TestInfo nodesets_tests[];
CU_TestInfo nodesets_tests[] = {
	{ "only sets that confine somebody are judged",
		only_sets_that_confine_somebody_are_judged },
	{ "on a machine with one node there are none", on_a_machine_with_one_node_there_are_none },
	{ "sets are told apart by nodes with memory", sets_are_told_apart_by_nodes_with_memory },
	{ "the sets of most processes are kept in order of nodes",
		the_sets_of_most_processes_are_kept_in_order_of_nodes },
	{ "a leak on one node is told before its end", a_leak_on_one_node_is_told_before_its_end },
	{ "the same instant again changes nothing", the_same_instant_again_changes_nothing },
	{ "what others fill is no alarm for who is confined",
		what_others_fill_is_no_alarm_for_who_is_confined },
	{ "a full node is an alarm when it is wanted", a_full_node_is_an_alarm_when_it_is_wanted },
	{ "a level is held and then forgotten", a_level_is_held_and_then_forgotten },
	{ "swap and cache keep a node going", swap_and_cache_keep_a_node_going },
	{ "the victims are those of a full judgement", the_victims_are_those_of_a_full_judgement },
	CU_TEST_INFO_NULL,
};
