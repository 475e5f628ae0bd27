/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/nodesets.h"
#include "crowd.h"
#include "unit.h"

#define SWAP_PAGES 5000
#define PRESENT_0 INT64_C(1048000)
#define SPANNED_0 INT64_C(1310719)
#define PAGES_1 INT64_C(1048576)

static struct crowd crowd;

/* 10 is confined to node 0, 11 may use both, of 12 it is not known. */
static void machine_of(const char *release)
{
	crowd_init(&crowd, release);
	crowd_two_nodes(&crowd);
	crowd.now.total_swap_pages = SWAP_PAGES;
	crowd_confine(&crowd, crowd_add(&crowd, 10, "bound", 100, 0), 1);
	crowd_confine(&crowd, crowd_add(&crowd, 11, "free", 100, 0), 3);
	crowd_add(&crowd, 12, "unread", 100, 0);
}

static void a_choice_of_nodes_is_found_if_one_has_memory(void)
{
	static const struct {
		const char *label;
		uint64_t nodes;
		bool want, policy;
		uint64_t kept;
	} cases[] = {
		{ "node 0, to which 10 is confined", 1, true, false, 1 },
		{ "node 1, to which nobody is", 2, true, true, 2 },
		{ "both", 3, true, false, 3 },
		{ "both and one without memory", 7, true, false, 3 },
		{ "node 1 and such a one", 6, true, true, 2 },
		{ "such a one", 4, false, false, 0 },
		{ "none", 0, false, false, 0 },
	};

	machine_of("6.12");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct scope_choice choice = { .kind = SCOPE_NODES,
			.nodes = { { cases[i].nodes } } };
		struct scope scope = { .policy = !cases[i].policy };

		expect_int(cases[i].label, scope_find(&crowd.now, &choice, &scope), cases[i].want);
		expect_int(cases[i].label, scope.kind, cases[i].want ? SCOPE_NODES : SCOPE_SYSTEM);
		expect_int(cases[i].label, scope.policy, cases[i].policy);
		expect_int(cases[i].label, (int64_t)scope.nodes.bits[0], (int64_t)cases[i].kept);
	}
	crowd.now.n_zones = 0;
	expect_true("without zones",
		!scope_find(&crowd.now,
			&(struct scope_choice){ .kind = SCOPE_NODES, .nodes = { { 1 } } },
			&(struct scope){ .kind = SCOPE_NODES }));
	expect_true("killers are not chosen",
		!scope_find(&crowd.now, &(struct scope_choice){ .kind = SCOPE_KILLER },
			&(struct scope){ .policy = false }));
	crowd_free(&crowd);
}

static void a_cpuset_is_one_that_somebody_who_can_be_killed_is_in(void)
{
	machine_of("6.12");
	expect_true("10", nodesets_by_cpuset(&crowd.now, &(struct node_set){ { 1 } }));
	expect_true("nobody", !nodesets_by_cpuset(&crowd.now, &(struct node_set){ { 2 } }));
	expect_true("11", nodesets_by_cpuset(&crowd.now, &(struct node_set){ { 3 } }));
	crowd.tasks[0].oom_score_adj = -1000;
	expect_true("10 cannot", !nodesets_by_cpuset(&crowd.now, &(struct node_set){ { 1 } }));
	crowd.tasks[0].oom_score_adj = 0;
	crowd.node_sets[0].bits[0] = 5;
	expect_true("a node without memory does not count",
		nodesets_by_cpuset(&crowd.now, &(struct node_set){ { 1 } }));
	crowd_free(&crowd);
}

static void a_process_is_in_the_nodes_that_it_may_use(void)
{
	static const struct {
		const char *release;
		uint64_t nodes;
		bool want[3];
	} cases[] = {
		{ "6.12", 1, { true, true, true } },
		{ "6.12", 2, { true, true, true } }, /* of a policy: nobody is out */
		{ "6.12", 3, { true, true, true } },
		{ "2.6.36", 1, { true, true, true } },
	};
	struct scope scope;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		machine_of(cases[i].release);
		scope = crowd_nodes(&crowd, cases[i].nodes);
		for (unsigned k = 0; k < 3; k++)
			expect_int(cases[i].release,
				scope_contains(&crowd.now, &scope, &crowd.tasks[k]),
				cases[i].want[k]);
		crowd_free(&crowd);
	}

	machine_of("6.12");
	crowd_confine(&crowd, &crowd.tasks[1], 2);
	scope = crowd_nodes(&crowd, 2);
	expect_true("10 is elsewhere", !scope_contains(&crowd.now, &scope, &crowd.tasks[0]));
	expect_true("11 is there", scope_contains(&crowd.now, &scope, &crowd.tasks[1]));
	expect_true("12 may be", scope_contains(&crowd.now, &scope, &crowd.tasks[2]));
	kernel_profile_of("2.6.35", &crowd.now.kernel);
	expect_true(
		"before 2.6.36 nobody is out", scope_contains(&crowd.now, &scope, &crowd.tasks[0]));
	crowd_free(&crowd);
}

static void the_total_is_swap_and_what_the_nodes_have(void)
{
	static const struct {
		const char *release;
		uint64_t nodes;
		int64_t want;
	} cases[] = {
		{ "2.6.32", 1, SPANNED_0 + SWAP_PAGES },
		{ "5.3", 1, SPANNED_0 + SWAP_PAGES },
		{ "5.3", 2, PAGES_1 + SWAP_PAGES },
		{ "5.4", 1, PRESENT_0 + SWAP_PAGES },
		{ "6.12", 1, PRESENT_0 + SWAP_PAGES },
		{ "6.12", 2, PAGES_1 + SWAP_PAGES },
		{ "6.12", 3, 8 * CROWD_GIB + SWAP_PAGES }, /* the machine's */
		{ "5.3", 3, 8 * CROWD_GIB + SWAP_PAGES },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scope scope;

		machine_of(cases[i].release);
		scope = crowd_nodes(&crowd, cases[i].nodes);
		expect_int(cases[i].release, scope_totalpages(&crowd.now, &scope), cases[i].want);
		crowd_free(&crowd);
	}
}

static void a_total_that_lacks_a_figure_is_unknown(void)
{
	struct scope scope;

	machine_of("5.3");
	scope = crowd_nodes(&crowd, 1);
	crowd.zones[0].start_pfn = VALUE_UNKNOWN;
	expect_int("start", scope_totalpages(&crowd.now, &scope), VALUE_UNKNOWN);
	crowd.zones[0].present_pages = 0;
	expect_int("of an empty zone it is not printed", scope_totalpages(&crowd.now, &scope),
		SPANNED_0 + 1 - 4096 + SWAP_PAGES);
	crowd.zones[2].spanned_pages = VALUE_UNKNOWN;
	expect_int("of another node", scope_totalpages(&crowd.now, &scope),
		SPANNED_0 + 1 - 4096 + SWAP_PAGES);
	kernel_profile_of("5.4", &crowd.now.kernel);
	crowd.zones[1].present_pages = VALUE_UNKNOWN;
	expect_int("present", scope_totalpages(&crowd.now, &scope), VALUE_UNKNOWN);
	crowd.zones[1].present_pages = 10;
	crowd.now.total_swap_pages = VALUE_UNKNOWN;
	expect_int("swap", scope_totalpages(&crowd.now, &scope), VALUE_UNKNOWN);
	crowd_free(&crowd);
}

static void scopes_are_the_same_by_what_they_are(void)
{
	static const struct {
		const char *label;
		struct scope a, b;
		bool want;
	} cases[] = {
		{ "machine", SCOPE_OF_SYSTEM, SCOPE_OF_SYSTEM, true },
		{ "whatever else it holds", { .kind = SCOPE_SYSTEM, .memcg = 1 }, SCOPE_OF_SYSTEM,
			true },
		{ "nodes", { .kind = SCOPE_NODES, .nodes = { { 1 } }, .memcg = 3 },
			{ .kind = SCOPE_NODES, .nodes = { { 1 } }, .policy = true }, true },
		{ "other nodes", { .kind = SCOPE_NODES, .nodes = { { 1 } } },
			{ .kind = SCOPE_NODES, .nodes = { { 3 } } }, false },
		{ "cgroup", { .kind = SCOPE_MEMCG, .memcg = 1 },
			{ .kind = SCOPE_MEMCG, .memcg = 1 }, true },
		{ "other cgroup", { .kind = SCOPE_MEMCG, .memcg = 1 },
			{ .kind = SCOPE_MEMCG, .memcg = 2 }, false },
		{ "killer", { .kind = SCOPE_KILLER, .killer = 1 },
			{ .kind = SCOPE_KILLER, .killer = 1 }, true },
		{ "other killer", { .kind = SCOPE_KILLER, .killer = 1 },
			{ .kind = SCOPE_KILLER, .killer = 0 }, false },
		{ "other kinds", { .kind = SCOPE_NODES, .memcg = NO_MEMCG }, SCOPE_OF_SYSTEM,
			false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		expect_int(cases[i].label, scope_same(&cases[i].a, &cases[i].b), cases[i].want);
		expect_int(cases[i].label, scope_same(&cases[i].b, &cases[i].a), cases[i].want);
	}
}

static void scopes_have_an_id_and_words(void)
{
	static struct killer killers[] = { { .kind = KILLER_KUBELET },
		{ .kind = KILLER_EARLYOOM } };
	static const struct {
		struct scope scope;
		const char *id, *words;
	} cases[] = {
		{ SCOPE_OF_SYSTEM, "system", "machine" },
		{ { .kind = SCOPE_NODES, .nodes = { { 1 } } }, "nodes:0", "node 0" },
		{ { .kind = SCOPE_NODES, .nodes = { { 3 } } }, "nodes:0-1", "nodes 0-1" },
		{ { .kind = SCOPE_NODES, .nodes = { { 11 } } }, "nodes:0-1,3", "nodes 0-1,3" },
		{ { .kind = SCOPE_NODES, .nodes = { { 0, 1 } } }, "nodes:64", "node 64" },
		{ { .kind = SCOPE_KILLER, .killer = 1 }, "killer:earlyoom", "earlyoom" },
		{ { .kind = SCOPE_KILLER, .killer = 2 }, "killer:", "" },
	};

	machine_of("6.12");
	crowd.now.killers = killers;
	crowd.now.n_killers = 2;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[64];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		scope_id(&crowd.now, &cases[i].scope, &text);
		expect_text("id", buf, cases[i].id);
		text_init(&text, buf, sizeof(buf));
		scope_words(&crowd.now, &cases[i].scope, &text);
		expect_text("words", buf, cases[i].words);
	}
	crowd_free(&crowd);
}

extern CU_TestInfo scope_nodes_tests[];
CU_TestInfo scope_nodes_tests[] = {
	{ "a choice of nodes is found if one has memory",
		a_choice_of_nodes_is_found_if_one_has_memory },
	{ "a cpuset is one that somebody who can be killed is in",
		a_cpuset_is_one_that_somebody_who_can_be_killed_is_in },
	{ "a process is in the nodes that it may use", a_process_is_in_the_nodes_that_it_may_use },
	{ "the total is swap and what the nodes have", the_total_is_swap_and_what_the_nodes_have },
	{ "a total that lacks a figure is unknown", a_total_that_lacks_a_figure_is_unknown },
	{ "scopes are the same by what they are", scopes_are_the_same_by_what_they_are },
	{ "scopes have an id and words", scopes_have_an_id_and_words },
	CU_TEST_INFO_NULL,
};
