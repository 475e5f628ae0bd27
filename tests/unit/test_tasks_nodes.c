/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "session.h"
#include "unit.h"

#define WITH_NODES(list) STATUS "Mems_allowed:\t00000000,00000001\nMems_allowed_list:\t" list "\n"
#define A_STAT(pid) STAT(pid, "x", .vsize = 4096, .rss = 1)

static void expect_nodes(
	const char *label, const struct snapshot *now, int32_t pid, const char *want)
{
	const struct task *task = session_task(now, pid);
	char buf[64];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (task->nodes < now->n_node_sets)
		nodes_words(&now->node_sets[task->nodes], &text);
	else
		expect_int(label, task->nodes, NO_NODE_SET);
	expect_text(label, buf, want);
}

static void the_nodes_of_processes_are_read_each_set_once(void)
{
	const struct tree_file files[] = {
		PLAIN("proc/5/stat", A_STAT(5)),
		PLAIN("proc/5/status", WITH_NODES("0")),
		PLAIN("proc/6/stat", A_STAT(6)),
		PLAIN("proc/6/status", WITH_NODES("1")),
		PLAIN("proc/7/stat", A_STAT(7)),
		PLAIN("proc/7/status", STATUS),
		PLAIN("proc/8/stat", A_STAT(8)),
		PLAIN("proc/8/status", STATUS "Mems_allowed:\t00000000,00000002\n"),
		PLAIN("proc/9/stat", A_STAT(9)),
		PLAIN("proc/9/status", WITH_NODES("0-1,3-1023")),
		PLAIN("proc/10/stat", A_STAT(10)),
		PLAIN("proc/10/status", STATUS "Mems_allowed_list:\t4-2\n"),
		PLAIN("proc/11/stat", A_STAT(11)),
		{ 0 },
	};
	const struct snapshot *now;
	struct session session;

	if (!session_begin(&session, files))
		return;
	now = session_tick(&session);
	expect_nodes("list", now, 5, "0");
	expect_nodes("other", now, 6, "1");
	expect_nodes("no line", now, 7, "");
	expect_nodes("mask", now, 8, "1");
	expect_nodes("many", now, 9, "0-1,3-1023");
	expect_nodes("nonsense", now, 10, "");
	expect_nodes("no status", now, 11, "");
	expect_int("each once", now->n_node_sets, 3);
	session_end(&session);
}

static void a_process_that_moves_has_other_nodes_in_the_next_tick(void)
{
	const struct tree_file files[] = {
		PLAIN("tick-0001/proc/5/stat", A_STAT(5)),
		PLAIN("tick-0001/proc/5/status", WITH_NODES("0")),
		PLAIN("tick-0001/proc/6/stat", A_STAT(6)),
		PLAIN("tick-0001/proc/6/status", WITH_NODES("1")),
		PLAIN("tick-0002/proc/5/stat", A_STAT(5)),
		PLAIN("tick-0002/proc/5/status", WITH_NODES("1")),
		PLAIN("tick-0002/proc/6/stat", A_STAT(6)),
		PLAIN("tick-0002/proc/6/status", "nonsense\n"),
		{ 0 },
	};
	const struct snapshot *first, *now;
	struct session session;

	if (!session_begin(&session, files))
		return;
	first = session_tick(&session);
	expect_nodes("at first", first, 5, "0");
	now = session_tick(&session);
	expect_nodes("then", now, 5, "1");
	expect_nodes("unreadable", now, 6, "");
	expect_int("one is left", now->n_node_sets, 1);
	expect_nodes("the sample before stays", first, 5, "0");
	expect_nodes("all of it", first, 6, "1");
	session_end(&session);
}

extern CU_TestInfo tasks_nodes_tests[];
CU_TestInfo tasks_nodes_tests[] = {
	{ "the nodes of processes are read each set once",
		the_nodes_of_processes_are_read_each_set_once },
	{ "a process that moves has other nodes in the next tick",
		a_process_that_moves_has_other_nodes_in_the_next_tick },
	CU_TEST_INFO_NULL,
};
