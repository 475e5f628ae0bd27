/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * OOM reports as they are shown: for the suites of analysis/report_snapshot.
 */
#ifndef OOMWATCH_TESTS_REPORT_SHOWN_H
#define OOMWATCH_TESTS_REPORT_SHOWN_H

#include <stdlib.h>

#include "analysis/report_snapshot.h"
#include "analysis/summary.h"
#include "explain_scene.h"

/** A report, what it becomes, and what is made of that. */
struct shown {
	struct snapshot now;
	struct scope_choice scope;
	struct summary summary;
	struct history history;
};

static inline struct shown *shown_new(struct scene *scene)
{
	struct shown *shown = calloc(1, sizeof(*shown));

	if (!shown)
		abort();
	scene_explain(scene);
	history_init(&shown->history);
	expect_int("a snapshot", report_snapshot(&scene->explained, &shown->now, &shown->scope), 0);
	expect_int("a summary",
		summary_make(&shown->now, NULL, &shown->scope, &shown->history, &shown->summary),
		0);
	return shown;
}

static inline void shown_end(struct scene *scene, struct shown *shown)
{
	arena_free(&shown->now.arena);
	arena_free(&shown->summary.arena);
	free(shown);
	scene_end(scene);
}

/* One that is not there is a task of PID 0. */
static inline const struct task *shown_task(const struct shown *shown, int32_t pid)
{
	static const struct task none;

	for (uint32_t i = 0; i < shown->now.n_tasks; i++) {
		if (shown->now.tasks[i].pid == pid)
			return &shown->now.tasks[i];
	}
	expect_int("a task", 0, pid);
	return &none;
}

/* Every process ranks as its row does; the first of both is the same, and so is T. */
static inline void shown_expect_agreement(
	const char *label, const struct scene *scene, const struct shown *shown)
{
	const struct explained *explained = &scene->explained;
	const struct oom *oom = &shown->summary.oom;

	expect_true(label, !shown->summary.scope_gone);
	expect_int(label, oom->totalpages, explained->total_pages);
	for (uint32_t i = 0; i < shown->now.n_tasks; i++) {
		const uint64_t row = shown->now.tasks[i].start_ticks - 1;

		if (row < scene->report.n_tasks)
			expect_int(label, oom->judged[i].rank, explained->tasks[row].rank);
		else
			expect_int(label, oom->judged[i].rank, 0);
	}
	expect_int(label, oom->n_order, explained->n_ranked);
	if (explained->choice.first == EXPLAIN_NO_ROW)
		expect_int(label, oom->victim, NO_TASK);
	else if (oom->victim == NO_TASK)
		expect_true(label, false);
	else
		expect_int(label, (int64_t)shown->now.tasks[oom->victim].start_ticks - 1,
			explained->choice.first);
}

/* Rows in no order of PIDs, some of them equal, some that cannot be killed. */
static inline void shown_many(struct scene *scene, const char *release)
{
	scene_exhausted(scene, release);
	scene_task(scene, 500, 9000, 0);
	scene_task(scene, 20, 40000, 0);
	scene_task(scene, 1, 90000, 0);
	scene_task(scene, 31, 40000, 0);
	scene_task(scene, 30, 80000, -1000);
	scene_task(scene, 9, 1000, 300)->uid = 0;
	scene_task(scene, 8, 41000, 0)->uid = 0;
	scene_task(scene, 700, 2000, -300)->swap_pages = 70000;
	scene->report.swap_total_kib = 400000;
	scene->report.swap_free_kib = 100;
	scene_victim(scene, 31);
}

static inline void shown_memcg(struct scene *scene, const char *release)
{
	shown_many(scene, release);
	scene->report.trigger = REPORT_TRIGGER_MEMCG;
	scene->report.constraint = REPORT_CONSTRAINT_MEMCG;
	scene->report.memcg = "/shop/cart";
	scene->report.task_memcg = "/shop/cart/till";
	scene->report.memory = (struct report_limit){ 523000, 524288, 17 };
}

#endif
