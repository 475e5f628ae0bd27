/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/node_sets.h"
#include "unit.h"

#define TASKS 4

static struct node_sets kept;
static struct task tasks[TASKS];

static struct node_set only(int node)
{
	struct node_set set = { { 0 } };

	nodes_add(&set, node);
	return set;
}

static uint32_t take(int node)
{
	const struct node_set set = only(node);

	return node_sets_take(&kept, &set);
}

/* Tasks with these numbers, as a snapshot. */
static struct snapshot publish(const uint32_t numbers[TASKS], int want)
{
	struct snapshot snapshot = { .tasks = tasks, .n_tasks = TASKS };

	for (unsigned i = 0; i < TASKS; i++)
		tasks[i].nodes = numbers[i];
	expect_int("published", node_sets_publish(&kept, &snapshot), want);
	return snapshot;
}

static void each_set_has_one_number(void)
{
	kept = (struct node_sets){ .n = 0 };
	expect_int("first", take(0), 0);
	expect_int("again", take(0), 0);
	expect_int("second", take(1), 1);
	expect_int("first again", take(0), 0);
	expect_int("two in all", kept.n, 2);
}

static void a_snapshot_has_what_its_tasks_have(void)
{
	struct snapshot snapshot;

	kept = (struct node_sets){ .n = 0 };
	take(0);
	take(1);
	take(2);
	snapshot = publish((const uint32_t[]){ 2, NO_NODE_SET, 0, 2 }, 0);
	expect_int("sets", snapshot.n_node_sets, 2);
	expect_int("renumbered", tasks[0].nodes, 1);
	expect_int("unknown", tasks[1].nodes, NO_NODE_SET);
	expect_int("first", tasks[2].nodes, 0);
	expect_int("the same", tasks[3].nodes, 1);
	expect_true("node 0", nodes_have(&snapshot.node_sets[0], 0));
	expect_true("node 2", nodes_have(&snapshot.node_sets[1], 2));
	arena_free(&snapshot.arena);
}

static void numbers_that_were_never_given_are_unknown(void)
{
	struct snapshot snapshot;

	kept = (struct node_sets){ .n = 0 };
	snapshot = publish((const uint32_t[]){ 0, 1, NO_NODE_SET, NODE_SETS_MAX }, 0);
	expect_int("none", snapshot.n_node_sets, 0);
	expect_true("nothing there", !snapshot.node_sets);
	take(7);
	snapshot = publish((const uint32_t[]){ 0, 1, NO_NODE_SET, NODE_SETS_MAX }, 0);
	expect_int("one", snapshot.n_node_sets, 1);
	expect_int("it", tasks[0].nodes, 0);
	expect_int("not given", tasks[1].nodes, NO_NODE_SET);
	expect_int("far off", tasks[3].nodes, NO_NODE_SET);
	arena_free(&snapshot.arena);
}

static void a_set_that_nobody_has_makes_room(void)
{
	struct snapshot snapshot;

	kept = (struct node_sets){ .n = 0 };
	for (int node = 0; node < NODE_SETS_MAX; node++)
		expect_int("taken", take(node), node);
	expect_int("full", take(NODE_SETS_MAX), NO_NODE_SET);
	expect_int("but not for these", take(5), 5);

	snapshot = publish((const uint32_t[]){ 0, 1, 63, 63 }, 0);
	expect_int("three", snapshot.n_node_sets, 3);
	expect_int("room again", take(100), 62);
	expect_int("and its number stays", take(100), 62);
	expect_int("as that of others does", take(63), 63);
	expect_true("used ones are not taken", take(101) != 0 && take(102) != 1);
	arena_free(&snapshot.arena);
}

extern CU_TestInfo node_sets_tests[];
CU_TestInfo node_sets_tests[] = {
	{ "each set has one number", each_set_has_one_number },
	{ "a snapshot has what its tasks have", a_snapshot_has_what_its_tasks_have },
	{ "numbers that were never given are unknown", numbers_that_were_never_given_are_unknown },
	{ "a set that nobody has makes room", a_set_that_nobody_has_makes_room },
	CU_TEST_INFO_NULL,
};
