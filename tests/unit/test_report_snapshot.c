/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report_shown.h"

static void processes_rank_as_in_the_explanation(void)
{
	static const char *const releases[] = { "2.6.32-5", "2.6.36", "3.0.1", "3.2.0", "3.5.0",
		"3.10.0-1160.el7.x86_64", "3.16.0", "4.9.0", "4.14.9", "4.18.0-553.el8.x86_64",
		"4.19.0", "5.4.0", "5.10.0", "6.1.0", "6.2.0", "6.12.9", "6.18.0", "7.1.0", NULL };

	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		const char *label = releases[i] ? releases[i] : "no release";
		struct scene scene;
		struct shown *shown;

		shown_many(&scene, releases[i]);
		shown = shown_new(&scene);
		shown_expect_agreement(label, &scene, shown);
		shown_end(&scene, shown);

		shown_memcg(&scene, releases[i]);
		shown = shown_new(&scene);
		expect_int("of the cgroup", shown->scope.kind, SCOPE_MEMCG);
		shown_expect_agreement(label, &scene, shown);
		shown_end(&scene, shown);
	}
}

/* Two nodes with a zone each. */
static void two_nodes(struct scene *scene, const char *release, enum report_constraint constraint)
{
	shown_many(scene, release);
	scene_zone(scene, "Normal", 5000, 1000);
	scene->zones[1].zone.node = 1;
	scene->report.constraint = constraint;
	scene->report.nodemask = "1";
	scene->report.mems_allowed = "0";
}

static void processes_rank_so_on_nodes_too(void)
{
	static const struct {
		const char *label;
		const char *release;
		enum report_constraint constraint;
		int node;
		enum oom_constraint want;
	} cases[] = {
		{ "policy", "6.1.0", REPORT_CONSTRAINT_MEMORY_POLICY, 1, CONSTRAINT_MEMORY_POLICY },
		{ "cpuset", "6.1.0", REPORT_CONSTRAINT_CPUSET, 0, CONSTRAINT_CPUSET },
		{ "spanned", "4.19.0", REPORT_CONSTRAINT_CPUSET, 0, CONSTRAINT_CPUSET },
		{ "spanned", "4.19.0", REPORT_CONSTRAINT_MEMORY_POLICY, 1,
			CONSTRAINT_MEMORY_POLICY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		struct shown *shown;

		two_nodes(&scene, cases[i].release, cases[i].constraint);
		shown = shown_new(&scene);
		expect_int(cases[i].label, shown->scope.kind, SCOPE_NODES);
		expect_true(cases[i].label, nodes_have(&shown->scope.nodes, cases[i].node));
		expect_true(cases[i].label, !nodes_have(&shown->scope.nodes, !cases[i].node));
		expect_int(cases[i].label, shown->summary.oom.constraint, cases[i].want);
		shown_expect_agreement(cases[i].label, &scene, shown);
		shown_end(&scene, shown);
	}
}

/* show_mem() leaves out the nodes that the request may not use. */
static void nodes_are_a_part_though_no_other_is_listed(void)
{
	struct scene scene;
	struct shown *shown;

	shown_many(&scene, "6.1.0");
	scene.report.constraint = REPORT_CONSTRAINT_CPUSET;
	scene.report.mems_allowed = "0";
	shown = shown_new(&scene);
	expect_int("constraint", shown->summary.oom.constraint, CONSTRAINT_CPUSET);
	shown_expect_agreement("listed", &scene, shown);
	shown_end(&scene, shown);

	shown_many(&scene, "6.1.0");
	scene.report.constraint = REPORT_CONSTRAINT_CPUSET;
	scene.report.mems_allowed = "7-9,1023";
	shown = shown_new(&scene);
	expect_int("not listed", shown->scope.kind, SCOPE_SYSTEM);
	shown_expect_agreement("not listed", &scene, shown);
	shown_end(&scene, shown);
}

static void without_a_total_ranks_are_those_of_the_explanation(void)
{
	struct scene scene;
	struct shown *shown;

	shown_many(&scene, "6.1.0");
	scene.report.mem.ram_pages = VALUE_UNKNOWN;
	scene.report.n_zones = 0;
	shown = shown_new(&scene);
	expect_true("adj counts", scene.explained.tasks[5].rank == 1);
	shown_expect_agreement("machine", &scene, shown);
	shown_end(&scene, shown);

	shown_memcg(&scene, "6.1.0");
	scene.report.memory.limit_kib = VALUE_UNKNOWN;
	shown = shown_new(&scene);
	shown_expect_agreement("cgroup", &scene, shown);
	shown_end(&scene, shown);
}

static void sizes_have_the_units_of_a_snapshot(void)
{
	struct scene scene;
	struct shown *shown;
	struct report_task *row;
	const struct task *task;

	scene_exhausted(&scene, "4.9.0");
	scene.report.page_bytes = 65536;
	scene.report.uptime_us = 1234567;
	scene.report.swap_total_kib = 640;
	scene.report.swap_free_kib = 128;
	scene.report.host = "web01";
	row = scene_task(&scene, 20, 100, 5);
	row->pgtables_bytes = VALUE_UNKNOWN;
	row->pte_tables = 7;
	row->pmd_tables = 2;
	row->swap_pages = 8;
	row->total_vm_pages = 300;
	scene_task(&scene, 21, 50, 0)->pgtables_bytes = 12288;
	shown = shown_new(&scene);

	expect_int("page", shown->now.page_bytes, 65536);
	expect_int("uptime", shown->now.uptime_ms, 1234);
	expect_int("clock", shown->now.time_ms, VALUE_UNKNOWN);
	expect_text("host", shown->now.hostname, "web01");
	expect_text("release", shown->now.release, "4.9.0");
	expect_int("free", shown->now.mem.mem_free_kib, 900 * 64);
	expect_int("total", shown->now.mem.mem_total_kib, INT64_C(256000) * 64);
	expect_int("tmpfs", shown->now.mem.shmem_kib, 1000 * 64);
	expect_int("swap", shown->now.mem.swap_total_kib, 640);
	expect_int("swap free", shown->now.mem.swap_free_kib, 128);
	expect_int("swap pages", shown->now.total_swap_pages, 10);
	expect_int("zone", shown->now.zones[0].free_pages, 900);
	task = shown_task(shown, 20);
	expect_int("rss", task->rss_stat_pages, 100);
	expect_int("swapped", task->swap_pages, 8);
	expect_int("size", task->vsize_pages, 300);
	expect_int("tables by count", task->pgtables_bytes, 9 * 65536);
	expect_int("tables by bytes", shown_task(shown, 21)->pgtables_bytes, 12288);
	expect_int("adj", task->oom_score_adj, 5);
	expect_int("uid", task->uid, 1000);
	expect_int("source", shown->now.source, SOURCE_REPORT);
	shown_end(&scene, shown);
}

static void what_a_report_does_not_say_is_unknown(void)
{
	struct scene scene;
	struct shown *shown;
	const struct task *task;

	scene_blank(&scene, NULL);
	scene_unknown(&scene.tasks[0], offsetof(struct report_task, comm));
	scene.tasks[0].pid = 7;
	scene.report.n_tasks = 1;
	shown = shown_new(&scene);
	task = &shown->now.tasks[0];
	expect_int("mem total", shown->now.mem.mem_total_kib, VALUE_UNKNOWN);
	expect_int("available", shown->now.mem.mem_available_kib, VALUE_UNKNOWN);
	expect_int("cached", shown->now.mem.cached_kib, VALUE_UNKNOWN);
	expect_int("buffers", shown->now.mem.buffers_kib, VALUE_UNKNOWN);
	expect_int("swap", shown->now.mem.swap_total_kib, VALUE_UNKNOWN);
	expect_int("scans", shown->now.vmstat.pgscan_direct, VALUE_UNKNOWN);
	expect_int("stalls", shown->now.pressure.full.avg10_centi, VALUE_UNKNOWN);
	expect_int("knob", shown->now.knobs.panic_on_oom, VALUE_UNKNOWN);
	expect_int("uptime", shown->now.uptime_ms, VALUE_UNKNOWN);
	expect_int("rss", task->rss_stat_pages, VALUE_UNKNOWN);
	expect_int("tables", task->pgtables_bytes, VALUE_UNKNOWN);
	expect_int("has", (int64_t)task->has & (TASK_HAS_ADJ | TASK_HAS_UID | TASK_HAS_GROWTH), 0);
	expect_int("parent", task->ppid, -1);
	expect_int("threads", task->threads, 0);
	expect_int("not ranked", shown->summary.oom.judged[0].rank, 0);
	expect_int("nor exempt", shown->summary.oom.judged[0].exempt, EXEMPT_NONE);
	expect_int("fact", shown->now.facts[FACT_MEMINFO], FACT_UNREAD);
	expect_int("fact of swap", shown->now.facts[FACT_VMSWAP], FACT_UNREAD);
	expect_int("fact of the table", shown->now.facts[FACT_PROCESSES], FACT_PRESENT);
	shown_end(&scene, shown);
}

static void the_kill_line_marks_its_process_and_tells_its_parts(void)
{
	struct scene scene;
	struct shown *shown;
	struct report_victim *victim;

	shown_many(&scene, "6.1.0");
	victim = &scene.victims[0];
	victim->anon_rss_kib = 150000;
	victim->file_rss_kib = 8000;
	victim->shmem_rss_kib = 2000;
	scene.report.task_memcg = "/user.slice";
	victim = scene_victim(&scene, 4711);
	victim->tgid = 20;
	shown = shown_new(&scene);
	for (uint32_t i = 0; i < shown->now.n_tasks; i++)
		expect_int("killed", shown->now.tasks[i].killed,
			shown->now.tasks[i].pid == 31 || shown->now.tasks[i].pid == 20);
	expect_int("anon", shown_task(shown, 31)->rss_anon_pages, 37500);
	expect_int("file", shown_task(shown, 31)->rss_file_pages, 2000);
	expect_int("shmem", shown_task(shown, 31)->rss_shmem_pages, 500);
	expect_int("the table's sum stays", shown_task(shown, 31)->rss_stat_pages, 40000);
	expect_text("where", shown_task(shown, 31)->who->cgroup, "/user.slice");
	expect_true("of no other", shown_task(shown, 20)->who->cgroup == NULL);
	expect_int("the first", shown->now.tasks[shown->now.told->victim].pid, 31);
	shown_expect_agreement("ranks", &scene, shown);
	shown_end(&scene, shown);
}

static void who_was_killed_is_listed_without_a_table(void)
{
	struct scene scene;
	struct shown *shown;
	struct report_victim *victim;
	const struct task *task;

	scene_exhausted(&scene, "6.1.0");
	victim = scene_victim(&scene, 77);
	victim->anon_rss_kib = 4000;
	victim->file_rss_kib = 96;
	victim->pgtables_kib = 12;
	victim->uid = 33;
	victim->oom_score_adj = -5;
	shown = shown_new(&scene);
	expect_int("one", shown->now.n_tasks, 1);
	task = &shown->now.tasks[0];
	expect_true("killed", task->killed);
	expect_int("rss", task->rss_stat_pages, 1024);
	expect_int("tables", task->pgtables_bytes, 12288);
	expect_int("adj", task->oom_score_adj, -5);
	expect_int("uid", task->uid, 33);
	expect_text("comm", task->comm, "task77");
	expect_int("no rank", shown->summary.oom.judged[0].rank, 0);
	expect_int("fact", shown->now.facts[FACT_PROCESSES], FACT_UNREAD);
	expect_int("nobody left out", shown->now.n_tasks_unreadable, 0);
	shown_end(&scene, shown);

	scene_exhausted(&scene, "5.4.0");
	victim = scene_victim(&scene, 77);
	victim->pgtables_kib = 12;
	shown = shown_new(&scene);
	expect_int("bytes under kB", shown->now.tasks[0].pgtables_bytes, VALUE_UNKNOWN);
	shown_end(&scene, shown);

	scene_exhausted(&scene, "6.1.0");
	shown = shown_new(&scene);
	expect_int("nobody", shown->now.n_tasks, 0);
	expect_int("no victim", shown->now.told->victim, UINT32_MAX);
	expect_text("said", shown->now.told->head, "OOM");
	shown_end(&scene, shown);
}

static void rows_that_are_no_process_are_left_out(void)
{
	static const int64_t pids[] = { 0, -5, VALUE_UNKNOWN, INT64_C(1) << 31, INT64_MAX, 20 };
	struct scene scene;
	struct shown *shown;

	scene_exhausted(&scene, "6.1.0");
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++)
		scene_task(&scene, pids[i], 1000, 0);
	scene_task(&scene, INT32_MAX, 500, 0);
	scene.report.n_tasks_left_out = 2;
	shown = shown_new(&scene);
	expect_int("two are left", shown->now.n_tasks, 2);
	expect_int("the others are counted", shown->now.n_tasks_unreadable, 5 + 2);
	expect_int("pid", shown->now.tasks[0].pid, 20);
	expect_int("pid", shown->now.tasks[1].pid, INT32_MAX);
	expect_int("first", shown->summary.oom.judged[0].rank, 1);
	shown_end(&scene, shown);
}

static void of_rows_that_repeat_a_pid_one_stays(void)
{
	struct scene scene;
	struct shown *shown;

	scene_exhausted(&scene, "6.1.0");
	scene_task(&scene, 20, 1000, 0);
	scene_task(&scene, 20, 3000, 0);
	scene_task(&scene, 30, 2000, 0);
	scene_task(&scene, 31, 9000, 0)->tgid = 30;
	shown = shown_new(&scene);
	expect_int("two processes", shown->now.n_tasks, 2);
	expect_int("two left out", shown->now.n_tasks_unreadable, 2);
	expect_int("of 20 the larger", shown->now.tasks[0].rss_stat_pages, 3000);
	expect_int("of 30 too", shown->now.tasks[1].rss_stat_pages, 9000);
	expect_int("order", shown->summary.oom.judged[1].rank, 1);
	shown_end(&scene, shown);

	scene_exhausted(&scene, "6.1.0");
	scene_task(&scene, 20, 1000, 0);
	scene_task(&scene, 20, 3000, 0);
	scene_victim(&scene, 20);
	shown = shown_new(&scene);
	expect_int("who was chosen stays", shown->now.tasks[0].rss_stat_pages, 1000);
	expect_true("killed", shown->now.tasks[0].killed);
	shown_end(&scene, shown);
}

static void hostile_numbers_become_unknown(void)
{
	struct scene scene;
	struct shown *shown;
	struct report_task *row;

	scene_exhausted(&scene, "6.1.0");
	scene.report.swap_total_kib = -4;
	scene.report.swap_free_kib = INT64_MIN + 1;
	scene.report.uptime_us = -1;
	scene.report.mem.free_pages = -7;
	scene.report.mem.free_pcp_pages = VALUE_UNKNOWN;
	scene.report.mem.slab_unreclaimable_pages = INT64_MAX;
	row = scene_task(&scene, 20, -1, 100000);
	row->swap_pages = row->pgtables_bytes = row->uid = -3;
	row = scene_task(&scene, 21, INT64_MAX, -100000);
	row->swap_pages = row->pgtables_bytes = INT64_MAX;
	row->uid = INT64_MAX;
	memset(row->comm, 'x', sizeof(row->comm));
	shown = shown_new(&scene);
	expect_int("swap", shown->now.mem.swap_total_kib, VALUE_UNKNOWN);
	expect_int("swap free", shown->now.mem.swap_free_kib, VALUE_UNKNOWN);
	expect_int("uptime", shown->now.uptime_ms, VALUE_UNKNOWN);
	expect_int("free", shown->now.mem.mem_free_kib, VALUE_UNKNOWN);
	expect_int("slab does not wrap", shown->now.mem.slab_unreclaimable_kib, INT64_MAX);
	expect_int("rss", shown->now.tasks[0].rss_stat_pages, VALUE_UNKNOWN);
	expect_int("tables", shown->now.tasks[0].pgtables_bytes, VALUE_UNKNOWN);
	expect_int("no uid", (int64_t)shown->now.tasks[0].has & TASK_HAS_UID, 0);
	expect_int("adj", shown->now.tasks[0].oom_score_adj, 1000);
	expect_int("adj", shown->now.tasks[1].oom_score_adj, -1000);
	expect_int("name", (int64_t)strlen(shown->now.tasks[1].comm), REPORT_COMM_SIZE - 1);
	shown_end(&scene, shown);
}

static void totals_near_overflow_are_survived(void)
{
	struct scene scene;
	struct shown *shown;

	shown_memcg(&scene, "6.1.0");
	scene.report.memory = (struct report_limit){ INT64_MAX - 1, INT64_MAX - 1, INT64_MAX };
	scene.report.mem.ram_pages = INT64_MAX;
	scene.report.mem.reserved_pages = 0;
	scene.report.swap_total_kib = INT64_MAX;
	shown = shown_new(&scene);
	expect_int(
		"a limit, though a large one", shown->now.memcgs[0].max_bytes, MEMCG_UNLIMITED - 1);
	shown_expect_agreement("ranks", &scene, shown);
	shown_end(&scene, shown);
}

/* Twice the rows that a scene has room for, in descending order of PIDs. */
static void a_full_table_is_read(void)
{
	struct report_task *rows = calloc(REPORT_TASKS_MAX, sizeof(*rows));
	struct scene scene;
	struct shown *shown;

	if (!rows)
		abort();
	scene_exhausted(&scene, "6.1.0");
	scene_task(&scene, 1, 10, 0);
	for (uint32_t i = 0; i < REPORT_TASKS_MAX; i++) {
		rows[i] = scene.tasks[0];
		rows[i].pid = rows[i].tgid = 100000 - (int64_t)i;
		rows[i].rss_pages = 1 + i % 1000;
	}
	scene.report.tasks = rows;
	scene.report.n_tasks = REPORT_TASKS_MAX;
	shown = shown_new(&scene);
	expect_int("all", shown->now.n_tasks, REPORT_TASKS_MAX);
	expect_int("in order", shown->now.tasks[0].pid, 100000 - REPORT_TASKS_MAX + 1);
	shown_expect_agreement("ranks", &scene, shown);
	shown_end(&scene, shown);
	free(rows);
}

static void oom_adj_of_old_is_shown_as_both(void)
{
	static const struct {
		int64_t oom_adj;
		int32_t want, want_old;
	} cases[] = {
		{ -17, -1000, -17 },
		{ -16, -941, -16 },
		{ 0, 0, 0 },
		{ 14, 823, 14 },
		{ 15, 1000, 15 },
		{ 99, 1000, 15 },
		{ -99, -1000, -17 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		struct shown *shown;
		struct report_task *row;

		scene_exhausted(&scene, "2.6.32");
		row = scene_task(&scene, 20, 100, 0);
		row->oom_score_adj = VALUE_UNKNOWN;
		row->oom_adj = cases[i].oom_adj;
		shown = shown_new(&scene);
		expect_true("is old", shown->now.tasks[0].has & TASK_HAS_LEGACY_ADJ);
		expect_int("oom_adj", shown->now.tasks[0].oom_adj, cases[i].want_old);
		expect_int("oom_score_adj", shown->now.tasks[0].oom_score_adj, cases[i].want);
		shown_end(&scene, shown);
	}
}

extern CU_TestInfo report_snapshot_tests[];

CU_TestInfo report_snapshot_tests[] = {
	{ "processes rank as in the explanation", processes_rank_as_in_the_explanation },
	{ "processes rank so on nodes too", processes_rank_so_on_nodes_too },
	{ "nodes are a part though no other is listed",
		nodes_are_a_part_though_no_other_is_listed },
	{ "without a total ranks are those of the explanation",
		without_a_total_ranks_are_those_of_the_explanation },
	{ "sizes have the units of a snapshot", sizes_have_the_units_of_a_snapshot },
	{ "what a report does not say is unknown", what_a_report_does_not_say_is_unknown },
	{ "the kill line marks its process and tells its parts",
		the_kill_line_marks_its_process_and_tells_its_parts },
	{ "who was killed is listed without a table", who_was_killed_is_listed_without_a_table },
	{ "rows that are no process are left out", rows_that_are_no_process_are_left_out },
	{ "of rows that repeat a PID one stays", of_rows_that_repeat_a_pid_one_stays },
	{ "hostile numbers become unknown", hostile_numbers_become_unknown },
	{ "totals near overflow are survived", totals_near_overflow_are_survived },
	{ "a full table is read", a_full_table_is_read },
	{ "oom_adj of old is shown as both", oom_adj_of_old_is_shown_as_both },
	CU_TEST_INFO_NULL,
};
