/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "earlyoom_stage.h"

static void the_highest_score_is_taken(void)
{
	struct stage stage;
	const struct killer_view *view;

	stage_init(&stage);
	add(&stage, 10, "small", 100);
	add(&stage, 20, "large", 3000);
	add(&stage, 30, "middle", 2000);
	view = judge(&stage);
	expect_int("pid", crowd_pid(&stage.crowd, view->victim), 20);
	expect_int("processes", view->n_victims, 1);
	expect_int("gives back", view->gives_back_kib, 3000 * MIB);
	expect_true("agrees", strstr(view->reason, "the kernel would take it, too") != NULL);
	expect_true("score", strncmp(view->reason, "oom_score 910;", 14) == 0);
	expect_true("no tie", !view->tie);
}

static void who_is_skipped_is_not_taken(void)
{
	struct stage stage;
	struct task *task;

	stage_init(&stage);
	add(&stage, 1, "init", 5000);
	add(&stage, 2, "kthreadd", 5000)->flags = TASK_FLAG_KTHREAD;
	add(&stage, 3, "kworker", 5001)->ppid = 2;
	add(&stage, 4, "safe", 5000)->oom_score_adj = -1000;
	task = add(&stage, 5, "ignored", 5000);
	mark(&stage, KILLER_MARK_IGNORE | KILLER_MARK_PREFER);
	task = add(&stage, 6, "roots", 4000);
	task->uid = 0;
	add(&stage, 7, "last", 100);
	expect_int("root's", victim_of(&stage), 6);
	stage.killer.earlyoom.ignore_root = true;
	expect_int("all but one", victim_of(&stage), 7);
	expect_true("why",
		strstr(stage.view.reason, "not kworker 3 as the kernel: it leaves that one out") !=
			NULL);
	stage.crowd.tasks[2].flags = TASK_FLAG_KTHREAD;
	judge(&stage);
	expect_true("ignored",
		strstr(stage.view.reason, "not ignored 5 as the kernel: --ignore leaves it out") !=
			NULL);
	stage.crowd.tasks[6].oom_score_adj = -1000;
	expect_int("nobody", victim_of(&stage), 0);
	expect_text("why nobody", stage.view.nobody_why, "there is no process that it may take");
	expect_int("no victims", stage.view.n_victims, 0);
}

static void preferences_are_worth_300(void)
{
	/* 1000 MiB of 8 GiB are 81 points. */
	static const struct {
		const char *label;
		int64_t mib[2];
		uint8_t marks[2];
		int32_t want;
	} cases[] = {
		{ "none", { 3000, 3500 }, { 0, 0 }, 20 },
		{ "avoid", { 3000, 3500 }, { 0, KILLER_MARK_AVOID }, 10 },
		{ "prefer", { 100, 3500 }, { KILLER_MARK_PREFER, 0 }, 10 },
		{ "both cancel", { 3000, 3500 }, { 0, KILLER_MARK_AVOID | KILLER_MARK_PREFER },
			20 },
		{ "avoid is not for ever", { 1000, 6000 }, { 0, KILLER_MARK_AVOID }, 20 },
		{ "both avoided", { 3000, 3500 }, { KILLER_MARK_AVOID, KILLER_MARK_AVOID }, 20 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct stage stage;

		stage_init(&stage);
		add(&stage, 10, "ten", cases[i].mib[0]);
		mark(&stage, cases[i].marks[0]);
		add(&stage, 20, "twenty", cases[i].mib[1]);
		mark(&stage, cases[i].marks[1]);
		expect_int(cases[i].label, victim_of(&stage), cases[i].want);
	}
}

static void an_avoided_giant_can_still_die(void)
{
	struct stage stage;

	stage_init(&stage);
	/* adj 500 is 333 points more: the rest of --avoid is not enough. */
	add(&stage, 10, "ten", 100);
	add(&stage, 20, "twenty", 4000)->oom_score_adj = 500;
	mark(&stage, KILLER_MARK_AVOID);
	expect_int("pid", victim_of(&stage), 20);
}

static void the_kernels_reason_is_contradicted(void)
{
	struct stage stage;

	stage_init(&stage);
	add(&stage, 10, "shell", 2000);
	add(&stage, 20, "java", 3000);
	mark(&stage, KILLER_MARK_AVOID);
	expect_int("avoid", victim_of(&stage), 10);
	expect_text("why", stage.view.reason,
		"oom_score 829; not java 20 as the kernel: --avoid takes 300 from its oom_score");
	stage.marks[0] = KILLER_MARK_PREFER;
	stage.marks[1] = 0;
	expect_int("prefer", victim_of(&stage), 10);
	expect_text("why", stage.view.reason,
		"oom_score 829; not java 20 as the kernel: --prefer adds 300");
}

static void of_one_score_the_larger_resident_set_is_taken(void)
{
	struct stage stage;
	struct task *task;

	stage_init(&stage);
	/* A page more of swap: the same oom_score, and a larger badness. */
	task = add(&stage, 10, "swapped", 2000);
	task->rss_stat_pages = 1000 * 256;
	task->rss_status_pages = 1000 * 256;
	task->swap_pages = 1000 * 256 + 1;
	add(&stage, 20, "resident", 2000);
	expect_int("pid", victim_of(&stage), 20);
	expect_text("why", stage.view.reason,
		"oom_score 829; not swapped 10 as the kernel: of the same oom_score RSS decides");
	expect_true("no tie", !stage.view.tie);
}

static void the_first_of_equals_is_taken(void)
{
	struct stage stage;

	stage_init(&stage);
	add(&stage, 10, "a", 1000);
	add(&stage, 20, "b", 2000);
	add(&stage, 30, "c", 2000);
	expect_int("pid", victim_of(&stage), 20);
	expect_true("tie", stage.view.tie);
	add(&stage, 40, "d", 2001);
	expect_int("pid", victim_of(&stage), 40);
	expect_true("no tie", !stage.view.tie);
}

static void by_rss_nothing_else_counts(void)
{
	struct stage stage;
	struct task *task;

	stage_init(&stage);
	stage.killer.earlyoom.by_rss = true;
	task = add(&stage, 10, "swapped", 1000);
	task->swap_pages = 3000 * 256;
	task = add(&stage, 20, "resident", 2000);
	add(&stage, 30, "adj", 100)->oom_score_adj = 900;
	expect_int("pid", victim_of(&stage), 20);
	expect_text("why", stage.view.reason,
		"RSS of 2.0G; not adj 30 as the kernel: swap, page tables and adj do not count");
	stage.marks[2] = KILLER_MARK_PREFER;
	stage.killer.marks = stage.marks;
	expect_int("preferred", victim_of(&stage), 30);
}

static void by_rss_an_avoided_small_one_displaces_a_larger_one(void)
{
	struct stage stage;

	stage_init(&stage);
	stage.killer.earlyoom.by_rss = true;
	add(&stage, 10, "large", 2000);
	/* 1000 MiB less 3 GiB is below 0, so scores decide between these two. */
	add(&stage, 20, "avoided", 1000)->oom_score_adj = 300;
	mark(&stage, KILLER_MARK_AVOID);
	expect_int("after it", victim_of(&stage), 20);
	add(&stage, 30, "larger", 2000)->oom_score_adj = 500;
	expect_int("whom scores favour", victim_of(&stage), 30);
	stage.crowd.tasks[2].oom_score_adj = 0;
	expect_int("or not", victim_of(&stage), 20);
}

static void by_rss_a_zombie_leader_is_compared_by_score(void)
{
	struct stage stage;
	struct task *task;

	stage_init(&stage);
	stage.killer.earlyoom.by_rss = true;
	add(&stage, 10, "large", 2000);
	task = add(&stage, 20, "threads", 3000);
	task->rss_stat_pages = 0;
	/* Its score is that of no memory here. */
	expect_int("pid", victim_of(&stage), 10);
	task->oom_score_adj = 600;
	expect_int("by score", victim_of(&stage), 20);
}

static void it_never_takes_itself(void)
{
	struct stage stage;

	stage_init(&stage);
	add(&stage, 900, "earlyoom", 2);
	expect_int("alone, as with hidepid", victim_of(&stage), 0);
	expect_text("why", stage.view.nobody_why, "it would choose itself, and then does nothing");
	add(&stage, 901, "other", 3);
	expect_int("another", victim_of(&stage), 901);
}

static void the_kernel_can_be_asked(void)
{
	struct stage stage;

	stage_init(&stage);
	stage.killer.earlyoom.kernel_oom = true;
	add(&stage, 10, "small", 100);
	mark(&stage, KILLER_MARK_PREFER);
	add(&stage, 20, "large", 3000);
	expect_int("pid", victim_of(&stage), 20);
	expect_int("act", stage.view.act, ACT_KERNEL);
	expect_int("processes", stage.view.n_victims, 1);
	stage.crowd.now.knobs.panic_on_oom = 1;
	expect_int("no panic of a sysrq", victim_of(&stage), 20);
	stage.crowd.now.n_tasks = 0;
	expect_int("nobody", victim_of(&stage), 0);
	expect_text("why", stage.view.nobody_why, "the kernel finds nobody to kill");
}

static void hostile_names_are_made_harmless(void)
{
	struct stage stage;

	stage_init(&stage);
	add(&stage, 10, "shell", 2000);
	add(&stage, 20, "\x1b[2J\nx\xff", 3000);
	mark(&stage, KILLER_MARK_IGNORE);
	expect_int("pid", victim_of(&stage), 10);
	expect_text("why", stage.view.reason,
		"oom_score 829; not ?[2J?x? 20 as the kernel: --ignore leaves it out");
}

extern CU_TestInfo killer_earlyoom_tests[];
CU_TestInfo killer_earlyoom_tests[] = {
	{ "the highest score is taken", the_highest_score_is_taken },
	{ "who is skipped is not taken", who_is_skipped_is_not_taken },
	{ "preferences are worth 300", preferences_are_worth_300 },
	{ "an avoided giant can still die", an_avoided_giant_can_still_die },
	{ "the kernel's reason is contradicted", the_kernels_reason_is_contradicted },
	{ "of one score the larger resident set is taken",
		of_one_score_the_larger_resident_set_is_taken },
	{ "the first of equals is taken", the_first_of_equals_is_taken },
	{ "by RSS nothing else counts", by_rss_nothing_else_counts },
	{ "by RSS an avoided small one displaces a larger one",
		by_rss_an_avoided_small_one_displaces_a_larger_one },
	{ "by RSS a zombie leader is compared by score",
		by_rss_a_zombie_leader_is_compared_by_score },
	{ "it never takes itself", it_never_takes_itself },
	{ "the kernel can be asked", the_kernel_can_be_asked },
	{ "hostile names are made harmless", hostile_names_are_made_harmless },
	CU_TEST_INFO_NULL,
};
