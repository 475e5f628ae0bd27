/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/explain_parts.h"
#include "explain_scene.h"

static int64_t first_pid(const struct scene *scene)
{
	const uint32_t row = scene->explained.choice.first;

	return row == EXPLAIN_NO_ROW ? -1 : scene->report.tasks[row].pid;
}

/* Two processes of one size but for some pages, and who was killed. */
static void two(struct scene *scene, const char *release, int64_t more, int64_t killed)
{
	scene_exhausted(scene, release);
	scene_task(scene, 10, 100000, 0);
	scene_task(scene, 20, 100000 + more, 0);
	scene_victim(scene, killed);
}

static void the_largest_is_first_and_agrees(void)
{
	struct scene scene;

	two(&scene, "6.1.0", 1, 20);
	scene_explain(&scene);
	expect_int("first", first_pid(&scene), 20);
	expect_int("agrees", scene.explained.choice.agrees, ANSWER_YES);
	expect_int("rank", scene.explained.tasks[0].rank, 2);
	expect_int("badness", scene.explained.tasks[1].badness.total, 100001);
	expect_true("not by adj", !scene.explained.choice.by_adj);
	expect_true("in words", scene_says(&scene, "task20 (PID 20) with 391M was first"));
	scene_end(&scene);
}

static void swap_and_page_tables_count(void)
{
	struct scene scene;

	two(&scene, "6.1.0", 0, 10);
	scene.tasks[0].swap_pages = 30;
	scene.tasks[0].pgtables_bytes = 3 * 4096 + 4095;
	scene.tasks[1].swap_pages = 32;
	scene_explain(&scene);
	expect_int("first", first_pid(&scene), 10);
	expect_int("badness", scene.explained.tasks[0].badness.total, 100033);
	scene_end(&scene);

	two(&scene, "4.9.0", 0, 10);
	for (int i = 0; i < 2; i++)
		scene.tasks[i].pgtables_bytes = VALUE_UNKNOWN;
	scene.tasks[0].pte_tables = 5;
	scene.tasks[0].pmd_tables = 3;
	scene.tasks[1].pte_tables = 7;
	scene.tasks[1].pmd_tables = 0;
	scene_explain(&scene);
	expect_int("counted tables", scene.explained.tasks[0].badness.total, 100008);
	expect_int("first", first_pid(&scene), 10);
	scene_end(&scene);
}

static void adj_outranks_memory(void)
{
	struct scene scene;

	two(&scene, "6.1.0", 50000, 10);
	scene.tasks[0].oom_score_adj = 300;
	scene_explain(&scene);
	expect_int("first", first_pid(&scene), 10);
	expect_int("badness", scene.explained.tasks[0].badness.total, 100000 + 300 * 256);
	expect_true("by adj", scene.explained.choice.by_adj);
	expect_true("in words",
		scene_says(
			&scene, "oom_score_adj +300 put task10 (PID 10) with 391M before task20"));
	scene_end(&scene);
}

static void exempt_processes_have_no_rank(void)
{
	struct scene scene;

	two(&scene, "6.1.0", 0, 20);
	scene.tasks[0].oom_score_adj = -1000;
	scene_task(&scene, 1, 250000, 0);
	scene_explain(&scene);
	expect_int("first", first_pid(&scene), 20);
	expect_int("-1000", scene.explained.tasks[0].exempt, EXEMPT_ADJ_MIN);
	expect_int("init", scene.explained.tasks[2].exempt, EXEMPT_INIT);
	expect_int("no rank", scene.explained.tasks[2].rank, 0);
	expect_int("ranked", scene.explained.n_ranked, 1);
	expect_true("counted", scene_says(&scene, "2 of 3 processes could not be killed"));
	scene_end(&scene);
}

static void equals_are_decided_by_the_rule_of_the_release(void)
{
	static const struct {
		const char *release;
		int64_t first;
	} cases[] = {
		{ "3.2.0", 10 },
		{ "4.6.0", 10 },
		{ "4.7.0", 20 },
		{ "5.2.0", 10 },
		{ "5.3.0", 20 },
		{ "6.18.0", 20 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;

		two(&scene, cases[i].release, 0, 10);
		scene_explain(&scene);
		expect_int(cases[i].release, first_pid(&scene), cases[i].first);
		expect_int("either may have been taken", scene.explained.choice.agrees, ANSWER_YES);
		scene_end(&scene);
	}
}

static void the_discount_for_root_is_not_in_the_table(void)
{
	static const struct {
		const char *label;
		const char *release;
		int64_t uid10, uid20, more, killed, first;
		enum explain_answer agrees;
	} cases[] = {
		{ "root gets 3% off", "3.14.0", 1000, 0, 3000, 10, 10, ANSWER_YES },
		{ "root without the capability", "3.14.0", 1000, 0, 3000, 20, 10, ANSWER_YES },
		{ "others with the capability", "3.14.0", 1000, 1000, 3000, 10, 20, ANSWER_YES },
		{ "3% are not enough", "3.14.0", 1000, 1000, 3200, 10, 20, ANSWER_NO },
		{ "no discount any more", "4.17.0", 1000, 0, 3000, 10, 20, ANSWER_NO },
		{ "thirty points", "3.2.0", 1000, 0, 7000, 10, 10, ANSWER_YES },
		{ "thirty thousandths", "3.5.0", 1000, 0, 7000, 10, 10, ANSWER_YES },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;

		two(&scene, cases[i].release, cases[i].more, cases[i].killed);
		scene.tasks[0].uid = cases[i].uid10;
		scene.tasks[1].uid = cases[i].uid20;
		scene.report.chosen.pid = VALUE_UNKNOWN;
		scene_explain(&scene);
		expect_int(cases[i].label, first_pid(&scene), cases[i].first);
		expect_int(cases[i].label, scene.explained.choice.agrees, cases[i].agrees);
		scene_end(&scene);
	}
}

static void expect_why(
	const char *label, struct scene *scene, enum explain_answer agrees, const char *words)
{
	scene_explain(scene);
	expect_int(label, scene->explained.choice.agrees, agrees);
	if (!expect_true(label, strstr(scene->explained.choice.why, words) != NULL))
		fprintf(stderr, "it says: %s\n", scene->explained.choice.why);
	expect_true("nothing is said of what would have spared it",
		agrees == ANSWER_YES || !scene->explained.spared.known);
	scene_end(scene);
}

static void another_one_that_was_killed_is_explained_by_what_is_known(void)
{
	struct scene scene;

	two(&scene, "6.1.0", 50000, 10);
	expect_why("no sign", &scene, ANSWER_NO, "may be dying already");
	two(&scene, "6.1.0", 50000, 10);
	scene.report.invoker.pid = 10;
	expect_why("the asker", &scene, ANSWER_NO, "oom_kill_allocating_task");
	two(&scene, "4.9.0", 50000, 10);
	expect_why("perhaps a child", &scene, ANSWER_NO, "may be a child");
	two(&scene, "4.18.0-147.el8.x86_64", 50000, 10);
	expect_why("RHEL 8 has no such rule", &scene, ANSWER_NO, "vendor");
	two(&scene, NULL, 50000, 10);
	scene.victims[0].pgtables_kib = 4;
	expect_why("release not printed", &scene, ANSWER_NO, "not named");
	two(&scene, "6.1.0", 1000, 10);
	expect_why("close", &scene, ANSWER_NO, "close");
	two(&scene, "6.1.0", 0, 10);
	scene.tasks[0].oom_score_adj = -1000;
	expect_why("exempt", &scene, ANSWER_NO, "-1000");
	two(&scene, "6.1.0", 0, 10);
	scene.tasks[0].oom_score_adj = scene.tasks[1].oom_score_adj = -1000;
	expect_why("all exempt", &scene, ANSWER_NO, "-1000");
}

static void a_sacrificed_child_agrees_with_its_parent(void)
{
	struct scene scene;

	two(&scene, "4.9.0", 50000, 30);
	scene.report.chosen.pid = 20;
	snprintf(scene.report.chosen.comm, sizeof(scene.report.chosen.comm), "task20");
	scene_explain(&scene);
	expect_int("agrees", scene.explained.choice.agrees, ANSWER_YES);
	expect_text("why", scene.explained.choice.why,
		"it has the highest score; a child was killed in its place");
	expect_true("in words",
		scene_says(&scene, "task20 (PID 20) was chosen; task30 (PID 30), a child"));
	scene_end(&scene);
}

static void what_is_not_in_the_report_leaves_it_open(void)
{
	struct scene scene;

	two(&scene, "6.1.0", 1, 30);
	scene.report.complete = true;
	expect_why("no row", &scene, ANSWER_UNKNOWN, "the table has no row");
	two(&scene, "6.1.0", 1, 30);
	expect_why("cut", &scene, ANSWER_UNKNOWN, "the report is cut");
	scene_exhausted(&scene, "6.1.0");
	scene_victim(&scene, 10);
	expect_why("no table", &scene, ANSWER_UNKNOWN, "no task table");
	two(&scene, "6.1.0", 1, 10);
	scene.report.n_victims = 0;
	scene.report.panic = "x";
	expect_why("panic", &scene, ANSWER_UNKNOWN, "panicked");
	two(&scene, "6.1.0", 1, 10);
	scene.report.n_victims = 0;
	expect_why("nobody named", &scene, ANSWER_UNKNOWN, "does not say who");
	two(&scene, "6.1.0", 1, 10);
	scene.report.n_victims = 0;
	scene.report.no_victim = true;
	expect_why("nobody found", &scene, ANSWER_NO, "nobody was found");
	two(&scene, "6.1.0", 1, 10);
	scene.report.n_victims = 0;
	scene.report.no_victim = true;
	scene.tasks[0].oom_score_adj = scene.tasks[1].oom_score_adj = -1000;
	expect_why("nobody there", &scene, ANSWER_YES, "nobody in the table");
	two(&scene, "6.1.0", 1, 10);
	scene.tasks[0].rss_pages = VALUE_UNKNOWN;
	expect_why("row cut", &scene, ANSWER_UNKNOWN, "its memory");
	two(&scene, "6.1.0", 1, 10);
	scene.tasks[0].rss_pages = scene.tasks[1].rss_pages = VALUE_UNKNOWN;
	expect_why("all rows cut", &scene, ANSWER_UNKNOWN, "its memory");
	two(&scene, "2.6.32", 1, 20);
	expect_why("older rule", &scene, ANSWER_UNKNOWN, "age and CPU time");
	two(&scene, "2.6.32-642.el6.x86_64", 50000, 10);
	scene.report.swap_total_kib = 4096;
	for (int i = 0; i < 2; i++)
		scene.tasks[i].swap_pages = scene.tasks[i].pgtables_bytes = VALUE_UNKNOWN;
	expect_why("RHEL 6 prints no swap", &scene, ANSWER_UNKNOWN, "swap and page tables");
}

static void a_total_that_is_open_can_make_it_agree(void)
{
	struct scene scene;

	/* T of at least 1000: 300 * 1 page does not outweigh 50000; 300 * 167 does. */
	for (int bound = 0; bound < 2; bound++) {
		two(&scene, "6.1.0", 50000, 10);
		scene.report.constraint = REPORT_CONSTRAINT_MEMCG;
		scene.report.memory.limit_kib = 4000;
		scene.report.swap.limit_kib = bound ? 4 * 165999 : REPORT_NO_LIMIT;
		scene.report.swap_total_kib = VALUE_UNKNOWN;
		scene.tasks[0].oom_score_adj = 300;
		if (bound)
			expect_why("swap is limited", &scene, ANSWER_NO, "dying");
		else
			expect_why("no limit of swap", &scene, ANSWER_YES, "leaves open");
	}
	two(&scene, "6.1.0", 50000, 10);
	scene.report.constraint = REPORT_CONSTRAINT_MEMCG;
	scene.report.memory.limit_kib = 4000;
	scene.report.swap.limit_kib = 4 * 166000;
	scene.tasks[0].oom_score_adj = 300;
	expect_why("just enough", &scene, ANSWER_YES, "leaves open");
}

static void totals_are_those_of_the_scope(void)
{
	struct scene scene;

	two(&scene, "6.1.0", 1, 20);
	scene.report.swap_total_kib = 8000;
	expect_int("machine", scene_explain(&scene)->total_pages, SCENE_RAM + 2000);
	expect_int("exact", scene.explained.total_most_pages, SCENE_RAM + 2000);
	scene_end(&scene);
	two(&scene, "6.1.0", 1, 20);
	scene.report.swap_total_kib = VALUE_UNKNOWN;
	expect_int("swap unknown", scene_explain(&scene)->total_pages, SCENE_RAM);
	expect_int("no bound", scene.explained.total_most_pages, VALUE_UNKNOWN);
	scene_end(&scene);
	two(&scene, "6.1.0", 1, 20);
	scene.report.constraint = REPORT_CONSTRAINT_MEMCG;
	scene.report.memory.limit_kib = 409600;
	scene.report.memory_swap.limit_kib = 819200;
	expect_int("limit", scene_explain(&scene)->total_pages, 102400);
	expect_int("with swap", scene.explained.total_most_pages, 204800);
	scene_end(&scene);
	two(&scene, "6.1.0", 1, 20);
	scene.report.constraint = REPORT_CONSTRAINT_MEMCG;
	scene.report.memory.limit_kib = REPORT_NO_LIMIT;
	expect_int("no limit", scene_explain(&scene)->total_pages, VALUE_UNKNOWN);
	scene_end(&scene);
	two(&scene, "5.4.0", 1, 20);
	scene.report.constraint = REPORT_CONSTRAINT_CPUSET;
	scene.report.mems_allowed = "0";
	scene_zone(&scene, "Normal", 1, 1)->zone.node = 1;
	expect_int("present pages of node 0", scene_explain(&scene)->total_pages, SCENE_RAM);
	scene_end(&scene);
	two(&scene, "5.3.0", 1, 20);
	scene.report.constraint = REPORT_CONSTRAINT_CPUSET;
	scene.report.mems_allowed = "0";
	expect_int("holes count up to 5.3", scene_explain(&scene)->total_most_pages, VALUE_UNKNOWN);
	scene_end(&scene);
}

static void kernels_without_a_name_are_told_by_their_columns(void)
{
	static const struct {
		const char *label;
		size_t column;
		enum badness_formula want;
	} cases[] = {
		{ "rss_anon", offsetof(struct report_task, rss_anon_pages), FORMULA_5_9 },
		{ "pgtables_bytes", offsetof(struct report_task, pgtables_bytes), FORMULA_4_17 },
		{ "nr_pmds", offsetof(struct report_task, pmd_tables), FORMULA_3_14 },
		{ "nr_ptes", offsetof(struct report_task, pte_tables), FORMULA_3_14 },
		{ "oom_score_adj", offsetof(struct report_task, oom_score_adj), FORMULA_3_2 },
		{ "oom_adj", offsetof(struct report_task, oom_adj), FORMULA_2_6_32 },
	};
	struct scene scene;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		two(&scene, NULL, 1, 20);
		scene.tasks[0].pgtables_bytes = scene.tasks[0].oom_score_adj = VALUE_UNKNOWN;
		*(int64_t *)((char *)&scene.tasks[0] + cases[i].column) = 0;
		scene_explain(&scene);
		expect_int(cases[i].label, scene.explained.kernel.formula, cases[i].want);
		expect_true("it says how", scene.explained.kernel_by != NULL);
		expect_true("it is not known", !scene.explained.kernel.release_known);
		scene_end(&scene);
	}
	scene_blank(&scene, NULL);
	expect_true("no sign at all", !scene_explain(&scene)->kernel_found);
	expect_true("then no rule is named", !scene_says(&scene, "scores as since"));
	scene_end(&scene);
	scene_blank(&scene, NULL);
	scene.report.oom_adj = 0;
	expect_int("first line", scene_explain(&scene)->kernel.formula, FORMULA_2_6_32);
	scene_end(&scene);
}

static void scores_are_worked_out_where_they_can_be(void)
{
	struct scene scene;

	two(&scene, "4.9.0", 28000, 20);
	scene.report.chosen_score = 500;
	for (int i = 0; i < 2; i++)
		scene.tasks[i].pte_tables = scene.tasks[i].pmd_tables = 0;
	expect_int("thousandths of T", scene_explain(&scene)->choice.score, 500);
	expect_true(
		"in words", scene_says(&scene, "printed score 500; worked out again it is 500"));
	scene_end(&scene);
	two(&scene, "4.9.0", 28000, 20);
	scene.report.swap_total_kib = VALUE_UNKNOWN;
	expect_int("T open", scene_explain(&scene)->choice.score, VALUE_UNKNOWN);
	scene_end(&scene);
}

static void threads_stand_for_their_process(void)
{
	struct scene scene;

	two(&scene, "6.1.0", 1, 20);
	scene.tasks[1].pid = 25;
	scene.tasks[1].tgid = 20;
	scene_explain(&scene);
	expect_int("the row", scene.explained.choice.target, 1);
	expect_int(
		"of an unknown pid", explain_row_of(&scene.report, VALUE_UNKNOWN), EXPLAIN_NO_ROW);
	expect_int("of nobody", explain_row_of(&scene.report, 4), EXPLAIN_NO_ROW);
	scene_end(&scene);
}

static void where_whoever_asks_is_killed_the_order_does_not_count(void)
{
	static const struct {
		const char *label;
		int64_t invoker, killed;
		enum explain_answer want;
	} cases[] = {
		{ "it asked, and is not first", 10, 10, ANSWER_YES },
		{ "it asked, and is first", 20, 20, ANSWER_YES },
		{ "a thread that is not in the table", 77, 77, ANSWER_YES },
		{ "another one asked", 20, 10, ANSWER_NO },
		{ "who asked is not told", VALUE_UNKNOWN, 10, ANSWER_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;

		two(&scene, "6.1.0", 5000, cases[i].killed);
		scene.tasks[0].oom_score_adj = 1;
		scene.report.invoker.pid = cases[i].invoker;
		scene.report.allocating = true;
		scene_explain(&scene);
		expect_int(cases[i].label, scene.explained.choice.agrees, cases[i].want);
		expect_true(cases[i].label, !scene.explained.spared.known);
		expect_true(cases[i].label, scene_says(&scene, "was taken because it asked"));
		expect_true(cases[i].label, !scene_says(&scene, "first in kill order"));
		scene_end(&scene);
	}
}

extern CU_TestInfo explain_choice_tests[];
CU_TestInfo explain_choice_tests[] = {
	{ "the largest is first and agrees", the_largest_is_first_and_agrees },
	{ "swap and page tables count", swap_and_page_tables_count },
	{ "adj outranks memory", adj_outranks_memory },
	{ "exempt processes have no rank", exempt_processes_have_no_rank },
	{ "equals are decided by the rule of the release",
		equals_are_decided_by_the_rule_of_the_release },
	{ "the discount for root is not in the table", the_discount_for_root_is_not_in_the_table },
	{ "another one that was killed is explained by what is known",
		another_one_that_was_killed_is_explained_by_what_is_known },
	{ "a sacrificed child agrees with its parent", a_sacrificed_child_agrees_with_its_parent },
	{ "what is not in the report leaves it open", what_is_not_in_the_report_leaves_it_open },
	{ "a total that is open can make it agree", a_total_that_is_open_can_make_it_agree },
	{ "totals are those of the scope", totals_are_those_of_the_scope },
	{ "kernels without a name are told by their columns",
		kernels_without_a_name_are_told_by_their_columns },
	{ "scores are worked out where they can be", scores_are_worked_out_where_they_can_be },
	{ "threads stand for their process", threads_stand_for_their_process },
	{ "where whoever asks is killed the order does not count",
		where_whoever_asks_is_killed_the_order_does_not_count },
	CU_TEST_INFO_NULL,
};
