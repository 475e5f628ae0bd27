/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/nodes.h"
#include "unit.h"

#define LAST (NODES_MAX - 1)

static struct node_set set_of(const int *nodes, size_t count)
{
	struct node_set set = { { 0 } };

	for (size_t i = 0; i < count; i++)
		nodes_add(&set, nodes[i]);
	return set;
}

#define SET(...) \
	set_of((const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

static void what_was_added_is_in_it_and_nothing_else(void)
{
	static const int edges[] = { 0, 1, 63, 64, 65, LAST - 1, LAST };

	for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
		const struct node_set set = SET(edges[i]);

		for (int node = -1; node <= NODES_MAX; node++) {
			if (nodes_have(&set, node) != (node == edges[i]))
				expect_int("node", node, edges[i]);
		}
		expect_true("not empty", !nodes_empty(&set));
	}
}

static void nodes_that_cannot_be_are_left_out(void)
{
	const struct node_set set = SET(-1, NODES_MAX, INT32_MAX, INT32_MIN);

	expect_true("empty", nodes_empty(&set));
	expect_true("below", !nodes_have(&set, -1));
	expect_true("above", !nodes_have(&set, NODES_MAX));
}

static void sets_are_compared_node_by_node(void)
{
	static const struct {
		const char *label;
		int a[3], b[3];
		bool equal, intersect, a_covers_b, b_covers_a;
	} cases[] = {
		{ "the same", { 0, 1, 1 }, { 0, 1, 1 }, true, true, true, true },
		{ "apart", { 0, 1, 2 }, { 3, 4, 5 }, false, false, false, false },
		{ "a part", { 0, 1, 2 }, { 1, 1, 1 }, false, true, true, false },
		{ "one in common", { 0, 1, 2 }, { 2, 3, 4 }, false, true, false, false },
		{ "in the last word", { 0, LAST, LAST }, { LAST, LAST, LAST }, false, true, true,
			false },
		{ "words apart", { 0, 0, 0 }, { 64, 64, 64 }, false, false, false, false },
		{ "nothing", { -1, -1, -1 }, { 5, 5, 5 }, false, false, false, true },
		{ "both nothing", { -1, -1, -1 }, { -1, -1, -1 }, true, false, true, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct node_set a = set_of(cases[i].a, 3), b = set_of(cases[i].b, 3);

		expect_int(cases[i].label, nodes_equal(&a, &b), cases[i].equal);
		expect_int(cases[i].label, nodes_intersect(&a, &b), cases[i].intersect);
		expect_int(cases[i].label, nodes_intersect(&b, &a), cases[i].intersect);
		expect_int(cases[i].label, nodes_cover(&a, &b), cases[i].a_covers_b);
		expect_int(cases[i].label, nodes_cover(&b, &a), cases[i].b_covers_a);
		expect_int(cases[i].label, nodes_key(&a) == nodes_key(&b), cases[i].equal);
	}
}

static void sets_are_written_as_the_kernel_does(void)
{
	static const struct {
		int nodes[4];
		const char *want;
	} cases[] = {
		{ { -1, -1, -1, -1 }, "" },
		{ { 0, 0, 0, 0 }, "0" },
		{ { 0, 1, 3, 3 }, "0-1,3" },
		{ { 5, 4, 6, 1 }, "1,4-6" },
		{ { 0, 2, 4, 6 }, "0,2,4,6" },
		{ { 63, 64, LAST, LAST - 1 }, "63-64,1022-1023" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct node_set set = set_of(cases[i].nodes, 4);
		char buf[64];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		nodes_words(&set, &text);
		expect_text("words", buf, cases[i].want);
	}
}

static void a_key_is_never_0(void)
{
	const struct node_set none = { { 0 } };
	const struct node_set all = { { UINT64_MAX } };

	expect_true("none", nodes_key(&none) != 0);
	expect_true("others", nodes_key(&all) != nodes_key(&none));
}

extern CU_TestInfo nodes_tests[];
CU_TestInfo nodes_tests[] = {
	{ "what was added is in it and nothing else", what_was_added_is_in_it_and_nothing_else },
	{ "nodes that cannot be are left out", nodes_that_cannot_be_are_left_out },
	{ "sets are compared node by node", sets_are_compared_node_by_node },
	{ "sets are written as the kernel does", sets_are_written_as_the_kernel_does },
	{ "a key is never 0", a_key_is_never_0 },
	CU_TEST_INFO_NULL,
};
