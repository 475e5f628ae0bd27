/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Small OOM reports for the suites of analysis/explain: a machine of 1000 MiB (256000 pages)
 * with one zone, and processes that are named by their PIDs.
 */
#ifndef OOMWATCH_TESTS_EXPLAIN_SCENE_H
#define OOMWATCH_TESTS_EXPLAIN_SCENE_H

#include <stdio.h>
#include <string.h>

#include "analysis/explain.h"
#include "unit.h"

#define SCENE_ROWS 8
#define SCENE_ZONES 4
#define SCENE_RAM 256000

struct scene {
	struct oom_report report;
	struct report_task tasks[SCENE_ROWS];
	struct report_zone zones[SCENE_ZONES];
	struct report_victim victims[4];
	struct explained explained;
	struct arena arena;
};

/* For structs that have nothing but int64_t members. */
static inline void scene_unknown(void *values, size_t size)
{
	for (size_t i = 0; i < size / sizeof(int64_t); i++)
		((int64_t *)values)[i] = VALUE_UNKNOWN;
}

/** A report of a release that says nothing. */
static inline void scene_blank(struct scene *scene, const char *release)
{
	struct oom_report *report = &scene->report;

	memset(scene, 0, sizeof(*scene));
	report->uptime_us = report->gfp_mask = report->order = report->oom_adj = VALUE_UNKNOWN;
	report->oom_score_adj = report->swap_total_kib = report->swap_free_kib = VALUE_UNKNOWN;
	report->invoker.pid = report->chosen.pid = report->chosen_score = VALUE_UNKNOWN;
	scene_unknown(&report->mem, sizeof(report->mem));
	scene_unknown(&report->memory, sizeof(report->memory));
	scene_unknown(&report->swap, sizeof(report->swap));
	scene_unknown(&report->memory_swap, sizeof(report->memory_swap));
	scene_unknown(&report->kmem, sizeof(report->kmem));
	report->page_bytes = 4096;
	report->kernel_release = release;
	report->tasks = scene->tasks;
	report->zones = scene->zones;
	report->victims = scene->victims;
}

static inline struct report_zone *scene_zone(
	struct scene *scene, const char *name, int64_t free, int64_t min)
{
	struct report_zone *zone = &scene->zones[scene->report.n_zones++];

	scene_unknown(&zone->unevictable_pages,
		sizeof(*zone) - offsetof(struct report_zone, unevictable_pages));
	zone->zone = (struct zone){ .free_pages = free,
		.min_pages = min,
		.low_pages = min * 5 / 4,
		.high_pages = min * 3 / 2,
		.present_pages = SCENE_RAM,
		.managed_pages = SCENE_RAM,
		.cma_free_pages = 0,
		.highatomic_pages = 0,
		.boost_pages = VALUE_UNKNOWN,
		.promo_pages = VALUE_UNKNOWN,
		.inactive_file_pages = 0,
		.active_file_pages = 0,
		.n_protection = 4 };
	snprintf(zone->zone.name, sizeof(zone->zone.name), "%s", name);
	return zone;
}

static inline struct report_task *scene_task(
	struct scene *scene, int64_t pid, int64_t rss_pages, int64_t adj)
{
	struct report_task *task = &scene->tasks[scene->report.n_tasks++];

	scene_unknown(task, offsetof(struct report_task, comm));
	task->pid = task->tgid = pid;
	task->uid = 1000;
	task->total_vm_pages = rss_pages;
	task->rss_pages = rss_pages;
	task->swap_pages = 0;
	task->pgtables_bytes = 0;
	task->oom_score_adj = adj;
	snprintf(task->comm, sizeof(task->comm), "task%d", (int)pid);
	return task;
}

static inline struct report_victim *scene_victim(struct scene *scene, int64_t pid)
{
	struct report_victim *victim = &scene->victims[scene->report.n_victims++];

	scene_unknown(victim, offsetof(struct report_victim, comm));
	victim->pid = pid;
	snprintf(victim->comm, sizeof(victim->comm), "task%d", (int)pid);
	return victim;
}

/** A machine that is out of memory: all of it with processes, one zone below min. */
static inline void scene_exhausted(struct scene *scene, const char *release)
{
	struct oom_report *report = &scene->report;

	scene_blank(scene, release);
	report->trigger = REPORT_TRIGGER_ALLOC;
	report->constraint = REPORT_CONSTRAINT_NONE;
	report->gfp_mask = 0x100cca;
	report->order = 0;
	report->invoker.pid = 99;
	snprintf(report->invoker.comm, sizeof(report->invoker.comm), "asker");
	report->mem.active_anon_pages = 200000;
	report->mem.inactive_anon_pages = 40000;
	report->mem.active_file_pages = report->mem.inactive_file_pages = 10;
	report->mem.unevictable_pages = 0;
	report->mem.shmem_pages = 1000;
	report->mem.slab_reclaimable_pages = 2000;
	report->mem.slab_unreclaimable_pages = 4000;
	report->mem.pagetables_pages = 1000;
	report->mem.free_pages = 900;
	report->mem.free_cma_pages = 0;
	report->mem.ram_pages = SCENE_RAM + 4000;
	report->mem.reserved_pages = 4000;
	report->swap_total_kib = report->swap_free_kib = 0;
	scene_zone(scene, "Normal", 900, 1000);
}

static inline const struct explained *scene_explain(struct scene *scene)
{
	expect_int("it is explained",
		explain_report(&scene->report, &scene->arena, &scene->explained), 0);
	return &scene->explained;
}

static inline void scene_end(struct scene *scene)
{
	arena_free(&scene->arena);
}

/** Whether a sentence has these words in it. */
static inline bool scene_says(const struct scene *scene, const char *words)
{
	for (unsigned i = 0; i < scene->explained.n_sentences; i++) {
		if (strstr(scene->explained.sentences[i], words))
			return true;
	}
	return false;
}

#endif
