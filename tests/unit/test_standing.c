/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/standing.h"
#include "crowd.h"
#include "unit.h"

static void ties_go_by_order_of_creation(void)
{
	static const struct {
		const char *release;
		const char *want;
	} cases[] = {
		{ "2.6.32", "30 10 20" },
		{ "3.13", "30 10 20" },
		{ "4.6", "30 10 20" },
		{ "4.7", "20 10 30" },
		{ "4.8", "20 10 30" },
		{ "4.9", "30 10 20" },
		{ "5.2", "30 10 20" },
		{ "5.3", "20 10 30" },
		{ "6.18", "20 10 30" },
		{ "7.2", "20 10 30" },
		{ "3.10.0-1160.el7", "30 10 20" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crowd crowd;
		struct task *task;

		crowd_init(&crowd, cases[i].release);
		/* pids wrapped: 30 is older than 10, which is as old as 20 by the clock */
		for (int pid = 10; pid <= 30; pid += 10) {
			task = crowd_add(&crowd, pid, "it", CROWD_GIB, 0);
			task->start_ticks = pid == 30 ? 1000 : 2000;
			task->vsize_pages = CROWD_GIB;
		}
		crowd_judge(&crowd);
		crowd_expect_order(&crowd, cases[i].release, cases[i].want);
		crowd_free(&crowd);
	}
}

static void below_the_floor_all_tie(void)
{
	struct crowd crowd;

	crowd_init(&crowd, "4.19");
	crowd_add(&crowd, 10, "old", 100, -500);
	crowd_add(&crowd, 20, "large", CROWD_GIB, -500);
	crowd_judge(&crowd);
	crowd_expect_order(&crowd, "the older", "10 20");
	expect_true("certain, whatever was misread", crowd.oom.certain);
	expect_text(
		"reason", crowd.oom.reason, "same score as large 20: this kernel takes the older");
	expect_int("margin", crowd.oom.margin_pages, 0);
	crowd.tasks[0].stale_pages = crowd.tasks[1].stale_pages = 500;
	crowd_judge(&crowd);
	expect_true("still certain", crowd.oom.certain);
	crowd_free(&crowd);

	crowd_init(&crowd, "5.9");
	crowd_add(&crowd, 10, "old", 100, -500);
	crowd_add(&crowd, 20, "large", CROWD_GIB, -500);
	crowd_judge(&crowd);
	crowd_expect_order(&crowd, "no floor", "20 10");
	crowd_free(&crowd);
}

static void old_kernels_kill_a_child_first(void)
{
	static const struct {
		const char *label;
		const char *release;
		const char *order;
		int32_t victim, chosen;
	} cases[] = {
		{ "first of the list", "2.6.35", "30 20 50 40", 30, 20 },
		{ "highest score", "2.6.36", "40 20 50 30", 40, 20 },
		{ "4.19", "4.19", "40 20 50 30", 40, 20 },
		{ "5.0", "5.0.21", "40 20 50 30", 40, 20 },
		{ "not any more", "5.1", "20 50 40 30", 20, 20 },
		{ "nor in RHEL 8", "4.18.0-147.el8", "20 50 40 30", 20, 20 },
		{ "but in 4.18", "4.18.0", "40 20 50 30", 40, 20 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *label = cases[i].label;
		struct crowd crowd;
		struct task *task;

		crowd_init(&crowd, cases[i].release);
		task = crowd_add(&crowd, 20, "parent", 2 * CROWD_GIB, 0);
		task->vsize_pages = 900000;
		task = crowd_add(&crowd, 30, "small", 90000, 0);
		task->ppid = 20;
		task->vsize_pages = 100000;
		task = crowd_add(&crowd, 40, "big", 200000, 0);
		task->ppid = 20;
		task->vsize_pages = 200000;
		task = crowd_add(&crowd, 50, "other", CROWD_GIB, 0);
		task->vsize_pages = 300000;
		task = crowd_add(&crowd, 60, "exempt", 3 * CROWD_GIB, -1000);
		task->ppid = 20;
		for (uint32_t t = 0; t < crowd.now.n_tasks; t++) {
			crowd.tasks[t].start_ticks = 10000000 - 100 + t;
			/* So young, they would have grown fast if nobody had watched. */
			crowd.tasks[t].has |= TASK_HAS_GROWTH;
			crowd.tasks[t].growth_bytes_per_s[GROWTH_10S] = 0;
		}

		crowd_judge(&crowd);
		crowd_expect_order(&crowd, label, cases[i].order);
		expect_int(label, crowd_pid(&crowd, crowd.oom.victim), cases[i].victim);
		expect_int(label, crowd_pid(&crowd, crowd.oom.first), cases[i].victim);
		expect_int(label, crowd_pid(&crowd, crowd.oom.chosen), cases[i].chosen);
		expect_int(label, crowd_judged(&crowd, cases[i].victim)->rank, 1);
		expect_true(label, crowd.oom.certain);
		expect_text(label, crowd.oom.reason,
			cases[i].victim == cases[i].chosen
				? "most memory of those that can be killed: 2.0G"
				: "a child dies first: parent 20 has the highest score");
		crowd_free(&crowd);
	}
}

static void a_child_that_shares_or_scores_alike(void)
{
	struct crowd crowd;
	struct task *parent, *child;

	crowd_init(&crowd, "4.19");
	parent = crowd_add(&crowd, 20, "parent", CROWD_GIB, 0);
	child = crowd_add(&crowd, 30, "child", CROWD_GIB, -10);
	child->ppid = 20;
	child->vsize_pages = parent->vsize_pages;
	crowd_judge(&crowd);
	expect_int("not killed for its parent", crowd_pid(&crowd, crowd.oom.victim), 20);
	expect_true("but who knows", !crowd.oom.certain);
	expect_text("why", crowd.oom.uncertain_why,
		"child 30 may be the child that dies for its parent");

	child->vsize_pages++;
	crowd_judge(&crowd);
	expect_int("killed", crowd_pid(&crowd, crowd.oom.victim), 30);
	expect_true("certain", crowd.oom.certain);

	crowd_add(&crowd, 40, "sharer", CROWD_GIB, -500)->ppid = 20;
	crowd.tasks[2].vsize_pages = parent->vsize_pages;
	crowd_judge(&crowd);
	expect_int("the child, not the sharer", crowd_pid(&crowd, crowd.oom.victim), 30);
	expect_text("if it is one", crowd.oom.uncertain_why,
		"sharer 40 may be the child that dies for its parent");
	crowd.now.n_tasks--;

	memset(&crowd.tasks[2], 0, sizeof(crowd.tasks[2]));
	crowd_add(&crowd, 40, "twin", CROWD_GIB, -10)->ppid = 20;
	crowd_judge(&crowd);
	expect_int("the older", crowd_pid(&crowd, crowd.oom.victim), 30);
	expect_true("by its start time", crowd.oom.certain);
	parent->threads = 2;
	crowd_judge(&crowd);
	expect_true("a list for each thread", !crowd.oom.certain);
	parent->threads = 1;
	crowd.tasks[2].start_ticks = child->start_ticks;
	crowd_judge(&crowd);
	expect_true("started together", !crowd.oom.certain);
	crowd.tasks[2].rss_stat_pages--;
	crowd_judge(&crowd);
	expect_true("a page less", crowd.oom.certain);
	child->stale_pages = 1;
	crowd_judge(&crowd);
	expect_true("within the error", !crowd.oom.certain);
	crowd_free(&crowd);
}

static void children_of_2_6_32_die_in_order_of_age(void)
{
	struct crowd crowd;

	crowd_init(&crowd, "2.6.32");
	crowd_add(&crowd, 20, "parent", CROWD_GIB, 0)->vsize_pages = 900000;
	crowd_add(&crowd, 30, "child", 5, 0)->ppid = 20;
	crowd_add(&crowd, 40, "child", 6, 0)->ppid = 20;
	for (uint32_t i = 0; i < 3; i++)
		crowd.tasks[i].start_ticks = 9999900 + i;
	crowd.tasks[1].vsize_pages = 700;
	crowd.tasks[2].vsize_pages = 800;
	crowd_judge(&crowd);
	expect_int(
		"score with children", crowd_judged(&crowd, 20)->badness.total, 900000 + 351 + 401);
	expect_int("the older", crowd_pid(&crowd, crowd.oom.victim), 30);
	expect_true("certain", crowd.oom.certain);
	crowd.tasks[2].start_ticks = crowd.tasks[1].start_ticks;
	crowd_judge(&crowd);
	expect_true("started together", !crowd.oom.certain);
	crowd.tasks[2].start_ticks++;
	crowd.tasks[0].threads = 2;
	crowd_judge(&crowd);
	expect_true("several lists", !crowd.oom.certain);
	crowd.tasks[0].threads = 1;
	crowd.tasks[1].oom_score_adj = -1000;
	crowd_judge(&crowd);
	expect_int("the one that may be killed", crowd_pid(&crowd, crowd.oom.victim), 40);
	crowd_free(&crowd);
}

extern CU_TestInfo standing_tests[];
CU_TestInfo standing_tests[] = {
	{ "ties go by order of creation", ties_go_by_order_of_creation },
	{ "below the floor all tie", below_the_floor_all_tie },
	{ "old kernels kill a child first", old_kernels_kill_a_child_first },
	{ "a child that shares or scores alike", a_child_that_shares_or_scores_alike },
	{ "children of 2.6.32 die in order of age", children_of_2_6_32_die_in_order_of_age },
	CU_TEST_INFO_NULL,
};
