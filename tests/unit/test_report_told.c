/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report_shown.h"

static void a_cgroup_has_its_counters_in_bytes(void)
{
	static const struct report_stat stats[] = { { "anon", 400 }, { "inactive_file", 30 },
		{ "active_file", 7 }, { "shmem", 5 }, { "file_dirty", 2 }, { "file_writeback", 1 },
		{ "slab_reclaimable", VALUE_UNKNOWN } };
	struct scene scene;
	struct shown *shown;
	const struct memcg *memcg;

	shown_memcg(&scene, "6.1.0");
	scene.report.swap = (struct report_limit){ 12, REPORT_NO_LIMIT, 0 };
	scene.report.stats = stats;
	scene.report.n_stats = ARRAY_SIZE(stats);
	shown = shown_new(&scene);
	memcg = &shown->now.memcgs[0];
	expect_int("one", shown->now.n_memcgs, 1);
	expect_int("version", memcg->version, 2);
	expect_text("path", memcg->path, "/shop/cart");
	expect_int("processes", memcg->n_tasks, shown->now.n_tasks);
	expect_int("usage", memcg->usage_bytes, 523000 * 1024);
	expect_int("limit", memcg->max_bytes, 524288 * 1024);
	expect_int("failures", memcg->events_max, 17);
	expect_int("swap", memcg->swap_bytes, 12 * 1024);
	expect_int("no limit of it", memcg->swap_max_bytes, MEMCG_UNLIMITED);
	expect_int("high", memcg->high_bytes, VALUE_UNKNOWN);
	expect_int("anon", memcg->stat_anon_bytes, 400);
	expect_int("file", memcg->stat_file_bytes, 37);
	expect_int("dirty", memcg->stat_dirty_bytes, 3);
	expect_int("mapped", memcg->stat_mapped_bytes, VALUE_UNKNOWN);
	expect_int("slab", memcg->stat_slab_reclaimable_bytes, VALUE_UNKNOWN);
	expect_int("level", shown->summary.memcgs[0].level, LEVEL_CRITICAL);
	expect_text("scope", shown->scope.path, "/shop/cart");
	expect_text("place", shown_task(shown, 31)->who->cgroup, "/shop/cart/till");
	shown_end(&scene, shown);
}

static void v1_counts_memory_and_swap_together(void)
{
	struct scene scene;
	struct shown *shown;
	const struct memcg *memcg;

	shown_memcg(&scene, "4.9.0");
	scene.report.memory_swap = (struct report_limit){ 524000, 1048576, 0 };
	scene.report.memcg = NULL;
	shown = shown_new(&scene);
	memcg = &shown->now.memcgs[0];
	expect_int("version", memcg->version, 1);
	expect_int("together", memcg->memsw_bytes, 524000 * 1024);
	expect_int("their limit", memcg->memsw_max_bytes, INT64_C(1048576) * 1024);
	expect_int("swap", memcg->swap_bytes, 1000 * 1024);
	expect_int("swap has no limit of its own", memcg->swap_max_bytes, VALUE_UNKNOWN);
	expect_text("not named", memcg->path, "(not named)");
	shown_expect_agreement("ranks", &scene, shown);
	shown_end(&scene, shown);
}

static void a_path_without_end_is_still_found(void)
{
	char path[SCOPE_PATH_MAX * 2];
	struct scene scene;
	struct shown *shown;

	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	shown_memcg(&scene, "6.1.0");
	scene.report.memcg = path;
	shown = shown_new(&scene);
	expect_true("found", !shown->summary.scope_gone);
	expect_int("cut", (int64_t)strlen(shown->now.memcgs[0].path), SCOPE_PATH_MAX - 1);
	shown_end(&scene, shown);
}

static void a_report_says_who_and_why_and_what_would_have_spared_it(void)
{
	struct scene scene;
	struct shown *shown;
	const struct told *told;

	scene_exhausted(&scene, "6.1.0");
	scene.report.time = "2026-11-21T19:57:17.123456+00:00";
	scene_task(&scene, 20, 80000, 0)->swap_pages = 20000;
	scene_task(&scene, 30, 60000, 0)->swap_pages = 9000;
	scene_victim(&scene, 20)->anon_rss_kib = 390000;
	shown = shown_new(&scene);
	told = shown->now.told;
	expect_text("time", told->time, "2026-11-21T19:57:17");
	expect_text("head", told->head, "KILLED");
	expect_text("killed", told->killed, "task20 20: memory exhausted; gave back 381M");
	expect_text(
		"why", told->why, "first of 2 with 391M (78M in swap); next task30 30 with 270M");
	expect_text("spared", told->spared,
		"by ADJ -122 or less (it was 0): task30 30 would have been first");
	expect_text("agrees", told->agrees, "agrees with the table: it has the highest score");
	expect_true("certain", shown->summary.oom.certain);
	expect_int("sentences", told->n_sentences, scene.explained.n_sentences);
	expect_text("the last", told->sentences[told->n_sentences - 1],
		scene.explained.sentences[scene.explained.n_sentences - 1]);
	shown_end(&scene, shown);
}

static void a_choice_that_differs_is_said_to(void)
{
	struct scene scene;
	struct shown *shown;

	scene_exhausted(&scene, "6.1.0");
	scene_task(&scene, 20, 100000, 0);
	scene_task(&scene, 30, 60000, 0);
	scene_victim(&scene, 30);
	shown = shown_new(&scene);
	expect_true("who was due",
		strstr(shown->now.told->why, "task20 20 was due by the table; ") ==
			shown->now.told->why);
	expect_true("not as foreseen", !shown->summary.oom.certain);
	expect_int("the first all the same", shown->now.tasks[shown->summary.oom.victim].pid, 20);
	expect_int("who was killed", shown->now.tasks[shown->now.told->victim].pid, 30);
	shown_end(&scene, shown);
}

static void a_panic_has_nobody_to_spare(void)
{
	struct scene scene;
	struct shown *shown;

	scene_exhausted(&scene, "6.1.0");
	scene.report.panic = "Out of memory: compulsory panic_on_oom is enabled";
	scene_task(&scene, 20, 100000, 0);
	shown = shown_new(&scene);
	expect_text("head", shown->now.told->head, "PANIC");
	expect_text("nobody", shown->now.told->spared, "");
	expect_int("nobody marked", shown->now.told->victim, UINT32_MAX);
	shown_end(&scene, shown);
}

/* Nothing of a snapshot is the report's own memory; a second one takes the first one's place. */
static void the_report_may_go(void)
{
	struct scene scene;
	struct shown *shown;
	struct scope_choice scope;
	char host[] = "web01", path[] = "/shop/cart";

	shown_memcg(&scene, "6.1.0");
	scene.report.host = host;
	scene.report.memcg = path;
	shown = shown_new(&scene);
	memset(host, '#', sizeof(host) - 1);
	memset(path, '#', sizeof(path) - 1);
	memset(scene.tasks, 0, sizeof(scene.tasks));
	arena_reset(&scene.arena);
	expect_text("host", shown->now.hostname, "web01");
	expect_text("cgroup", shown->now.memcgs[0].path, "/shop/cart");
	expect_int("rss", shown_task(shown, 20)->rss_stat_pages, 40000);

	scene_end(&scene);
	scene_exhausted(&scene, "5.10.0");
	scene_explain(&scene);
	expect_int("again", report_snapshot(&scene.explained, &shown->now, &scope), 0);
	expect_int("no tasks", shown->now.n_tasks, 0);
	expect_int("no cgroup", shown->now.n_memcgs, 0);
	expect_int("scope", scope.kind, SCOPE_SYSTEM);
	shown_end(&scene, shown);
}

extern CU_TestInfo report_told_tests[];

CU_TestInfo report_told_tests[] = {
	{ "a cgroup has its counters in bytes", a_cgroup_has_its_counters_in_bytes },
	{ "v1 counts memory and swap together", v1_counts_memory_and_swap_together },
	{ "a path without end is still found", a_path_without_end_is_still_found },
	{ "a report says who and why and what would have spared it",
		a_report_says_who_and_why_and_what_would_have_spared_it },
	{ "a choice that differs is said to", a_choice_that_differs_is_said_to },
	{ "a panic has nobody to spare", a_panic_has_nobody_to_spare },
	{ "the report may go", the_report_may_go },
	CU_TEST_INFO_NULL,
};
