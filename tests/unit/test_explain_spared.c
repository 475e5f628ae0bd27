/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explain_scene.h"

static void row(struct scene *scene, int64_t pid, int64_t rss_pages, int64_t adj)
{
	struct report_task *task = scene_task(scene, pid, rss_pages, adj);

	task->pte_tables = task->pmd_tables = 0;
}

static int64_t first_pid(const struct scene *scene)
{
	return scene->report.tasks[scene->explained.choice.first].pid;
}

/* Explain it again with that adj: who is first then? */
static int64_t first_at(struct scene *scene, int32_t adj)
{
	scene->tasks[0].oom_score_adj = adj;
	scene_explain(scene);
	return first_pid(scene);
}

static void the_least_change_is_the_least(void)
{
	static const struct {
		const char *release;
		int64_t rss, adj, other_rss, other_adj;
	} cases[] = {
		{ "6.1.0", 150000, 0, 100000, 0 },
		{ "6.1.0", 200000, 500, 100, 0 },
		{ "6.1.0", 100001, 0, 100000, 0 },
		{ "6.1.0", 100000, -200, 30000, 0 },
		{ "5.4.0", 150000, 0, 100000, 0 },
		{ "4.9.0", 150000, 0, 100000, 10 },
		{ "3.14.0", 150000, 100, 100000, 10 },
		{ "3.5.0", 150000, 0, 1000, 10 },
		{ "3.2.0", 150000, 300, 100000, 0 },
		{ "2.6.36", 150000, 300, 100000, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		int32_t adj;

		scene_exhausted(&scene, cases[i].release);
		row(&scene, 10, cases[i].rss, cases[i].adj);
		row(&scene, 20, cases[i].other_rss, cases[i].other_adj);
		row(&scene, 30, cases[i].other_rss / 2, 0);
		scene_victim(&scene, 10);
		scene_explain(&scene);
		adj = scene.explained.spared.adj;
		expect_true(cases[i].release, scene.explained.spared.known);
		expect_true("possible", scene.explained.spared.possible);
		expect_int("who then", scene.explained.spared.instead, 1);
		expect_true("less than it was", adj < cases[i].adj);
		expect_int("at this value another one", first_at(&scene, adj), 20);
		expect_int("one above still the same", first_at(&scene, adj + 1), 10);
		scene_end(&scene);
	}
}

static void some_are_spared_by_nothing(void)
{
	struct scene scene;

	scene_exhausted(&scene, "6.1.0");
	row(&scene, 10, 260000, 0);
	row(&scene, 20, 1, -900);
	scene_victim(&scene, 10);
	scene_explain(&scene);
	expect_true("known", scene.explained.spared.known);
	expect_true("first even at -999", !scene.explained.spared.possible);
	expect_int("still", first_at(&scene, -999), 10);
	scene_end(&scene);

	scene_exhausted(&scene, "6.1.0");
	row(&scene, 10, 1000, 0);
	scene_victim(&scene, 10);
	scene_explain(&scene);
	expect_true("known", scene.explained.spared.known);
	expect_int("there is nobody else", scene.explained.spared.instead, EXPLAIN_NO_ROW);
	expect_true("in words", scene_says(&scene, "Nobody else could have been killed"));
	scene_end(&scene);
}

static void nothing_is_said_where_the_choice_is_not_understood(void)
{
	struct scene scene;

	scene_exhausted(&scene, "6.1.0");
	row(&scene, 10, 1000, 0);
	row(&scene, 20, 100000, 0);
	scene_victim(&scene, 10);
	expect_true("another one was due", !scene_explain(&scene)->spared.known);
	scene_end(&scene);

	scene_exhausted(&scene, "6.1.0");
	row(&scene, 10, 1000, 0);
	scene_victim(&scene, 10);
	scene.report.mem.ram_pages = VALUE_UNKNOWN;
	scene.zones[0].zone.managed_pages = VALUE_UNKNOWN;
	expect_true("T is not known", !scene_explain(&scene)->spared.known);
	scene_end(&scene);
}

static void an_open_total_takes_the_value_that_is_always_enough(void)
{
	static const struct {
		const char *label;
		int64_t rss, adj, other_rss, other_adj;
	} cases[] = {
		{ "memory decides", 60000, 100, 20000, 100 },
		{ "adj decides", 20000, 800, 60000, 100 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		int32_t adj;

		scene_exhausted(&scene, "6.12.0");
		scene.report.constraint = REPORT_CONSTRAINT_MEMCG;
		scene.report.memory.limit_kib = 400000;
		row(&scene, 10, cases[i].rss, cases[i].adj);
		row(&scene, 20, cases[i].other_rss, cases[i].other_adj);
		scene_victim(&scene, 10);
		scene.report.swap_total_kib = VALUE_UNKNOWN;
		scene_explain(&scene);
		expect_int(cases[i].label, scene.explained.total_most_pages, VALUE_UNKNOWN);
		expect_true(cases[i].label, scene.explained.spared.known);
		expect_true("who is not said", !scene.explained.spared.who_known);
		adj = scene.explained.spared.adj;
		for (int64_t limit = 400000; limit < INT64_C(1) << 40; limit *= 8) {
			scene.report.memory.limit_kib = limit;
			expect_int(cases[i].label, first_at(&scene, adj), 20);
		}
		scene_end(&scene);
	}
}

static void a_small_total_makes_adj_worth_nothing(void)
{
	struct scene scene;

	scene_exhausted(&scene, "6.1.0");
	scene.report.mem.ram_pages = 4999;
	scene.report.mem.reserved_pages = 4000;
	row(&scene, 10, 600, 0);
	row(&scene, 20, 100, 0);
	scene_victim(&scene, 10);
	scene_explain(&scene);
	expect_int("T", scene.explained.total_pages, 999);
	expect_true("no value helps", !scene.explained.spared.possible);
	scene_end(&scene);
}

static void what_a_kill_gave_back_is_private_memory(void)
{
	struct scene scene;
	struct report_victim *victim;

	scene_exhausted(&scene, "6.1.0");
	victim = scene_victim(&scene, 10);
	victim->anon_rss_kib = 1000;
	victim->file_rss_kib = victim->shmem_rss_kib = 5000;
	victim->pgtables_kib = 24;
	victim = scene_victim(&scene, 20);
	victim->anon_rss_kib = 500;
	expect_int("of all", scene_explain(&scene)->gives_back_kib, 1524);
	expect_true("little", scene_says(&scene, "next to nothing"));
	expect_true("others", scene_says(&scene, "1 other died with it."));
	scene_end(&scene);

	scene_exhausted(&scene, "6.1.0");
	scene_victim(&scene, 10)->anon_rss_kib = 1000;
	victim = scene_victim(&scene, 20);
	victim->shares_memory = true;
	expect_int("shared memory counts once", scene_explain(&scene)->gives_back_kib, 1000);
	expect_true("why", scene_says(&scene, "which used the same memory"));
	scene_end(&scene);

	scene_exhausted(&scene, "5.4.0");
	victim = scene_victim(&scene, 10);
	victim->anon_rss_kib = 1000;
	victim->pgtables_kib = 24 * 1024;
	expect_int("5.4 prints bytes", scene_explain(&scene)->gives_back_kib, 1000);
	scene_end(&scene);

	scene_exhausted(&scene, "6.1.0");
	scene_victim(&scene, 10);
	expect_int("not said", scene_explain(&scene)->gives_back_kib, VALUE_UNKNOWN);
	scene_end(&scene);
}

static void hostile_names_are_harmless(void)
{
	struct scene scene;

	scene_exhausted(&scene, "6.1.0\x1b[31m");
	row(&scene, 10, 1000, 0);
	snprintf(scene.tasks[0].comm, sizeof(scene.tasks[0].comm), "a\nb\x1b[2J\xff");
	scene_victim(&scene, 10);
	snprintf(scene.victims[0].comm, sizeof(scene.victims[0].comm), "a\nb\x1b[2J\xff");
	scene.report.constraint = REPORT_CONSTRAINT_MEMCG;
	scene.report.memcg =
		"/\x1b]0;x\a\xe2\x80\xae/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	scene_explain(&scene);
	for (unsigned i = 0; i < scene.explained.n_sentences; i++) {
		expect_true("clean", !strpbrk(scene.explained.sentences[i], "\n\x1b\a\xff"));
		expect_true("short", text_cells(scene.explained.sentences[i]) <= 120);
	}
	scene_end(&scene);
}

static void extreme_figures_do_not_overflow(void)
{
	struct scene scene;
	struct report_task *task;

	scene_exhausted(&scene, "6.1.0");
	scene.report.mem.ram_pages = INT64_MAX;
	scene.report.mem.reserved_pages = 0;
	scene.report.swap_total_kib = INT64_MAX;
	scene.report.mem.active_anon_pages = INT64_MAX;
	scene.report.mem.slab_unreclaimable_pages = INT64_MAX;
	for (int64_t pid = 10; pid <= 30; pid += 10) {
		row(&scene, pid, INT64_MAX, pid - 20);
		task = &scene.tasks[scene.report.n_tasks - 1];
		task->swap_pages = task->pgtables_bytes = task->total_vm_pages = INT64_MAX;
	}
	row(&scene, INT64_MAX, 0, INT64_MIN + 1);
	scene_victim(&scene, 10)->anon_rss_kib = INT64_MAX;
	scene.victims[0].pgtables_kib = INT64_MAX;
	scene_explain(&scene);
	expect_int("all but -1000 are ranked", scene.explained.n_ranked, 4);
	scene_end(&scene);
}

extern CU_TestInfo explain_spared_tests[];
CU_TestInfo explain_spared_tests[] = {
	{ "the least change is the least", the_least_change_is_the_least },
	{ "some are spared by nothing", some_are_spared_by_nothing },
	{ "nothing is said where the choice is not understood",
		nothing_is_said_where_the_choice_is_not_understood },
	{ "an open total takes the value that is always enough",
		an_open_total_takes_the_value_that_is_always_enough },
	{ "a small total makes adj worth nothing", a_small_total_makes_adj_worth_nothing },
	{ "what a kill gave back is private memory", what_a_kill_gave_back_is_private_memory },
	{ "hostile names are harmless", hostile_names_are_harmless },
	{ "extreme figures do not overflow", extreme_figures_do_not_overflow },
	CU_TEST_INFO_NULL,
};
