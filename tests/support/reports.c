/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reports.h"

#include <stdlib.h>
#include <string.h>

static void *copy(struct reports *reports, const void *from, size_t n, size_t size)
{
	void *to = n > 0 ? arena_array(&reports->arena, n, size) : NULL;

	if (to)
		memcpy(to, from, n * size);
	return to;
}

static const char *copy_text(struct reports *reports, const char *text)
{
	return text ? arena_text(&reports->arena, text, strlen(text)) : NULL;
}

static void copy_lists(
	struct reports *reports, struct oom_report *to, const struct oom_report *from)
{
	struct report_slab *slabs = copy(reports, from->slabs, from->n_slabs, sizeof(*slabs));
	struct report_allocation *allocations =
		copy(reports, from->allocations, from->n_allocations, sizeof(*allocations));
	struct report_stat *stats = copy(reports, from->stats, from->n_stats, sizeof(*stats));

	for (uint32_t i = 0; i < from->n_slabs; i++)
		slabs[i].name = copy_text(reports, slabs[i].name);
	for (uint32_t i = 0; i < from->n_allocations; i++)
		allocations[i].where = copy_text(reports, allocations[i].where);
	for (uint32_t i = 0; i < from->n_stats; i++)
		stats[i].name = copy_text(reports, stats[i].name);
	to->slabs = slabs;
	to->allocations = allocations;
	to->stats = stats;
	to->nodes = copy(reports, from->nodes, from->n_nodes, sizeof(*from->nodes));
	to->zones = copy(reports, from->zones, from->n_zones, sizeof(*from->zones));
	to->huge = copy(reports, from->huge, from->n_huge, sizeof(*from->huge));
	to->tasks = copy(reports, from->tasks, from->n_tasks, sizeof(*from->tasks));
	to->victims = copy(reports, from->victims, from->n_victims, sizeof(*from->victims));
}

static void keep_report(const struct oom_report *report, void *context)
{
	struct reports *reports = context;
	struct oom_report *to = &reports->report[reports->n];

	if (reports->n++ >= REPORTS_KEPT)
		return;
	*to = *report;
	to->time = copy_text(reports, report->time);
	to->host = copy_text(reports, report->host);
	to->kernel_release = copy_text(reports, report->kernel_release);
	to->gfp_flags = copy_text(reports, report->gfp_flags);
	to->nodemask = copy_text(reports, report->nodemask);
	to->cpuset = copy_text(reports, report->cpuset);
	to->mems_allowed = copy_text(reports, report->mems_allowed);
	to->constraint_name = copy_text(reports, report->constraint_name);
	to->memcg = copy_text(reports, report->memcg);
	to->task_memcg = copy_text(reports, report->task_memcg);
	to->group = copy_text(reports, report->group);
	to->panic = copy_text(reports, report->panic);
	copy_lists(reports, to, report);
}

static void keep_kill(const struct killer_event *event, void *context)
{
	struct reports *reports = context;
	struct killer_event *to = &reports->kill[reports->n_kills];

	if (reports->n_kills++ >= REPORTS_KEPT)
		return;
	*to = *event;
	to->time = copy_text(reports, event->time);
	to->host = copy_text(reports, event->host);
	to->cgroup = copy_text(reports, event->cgroup);
	to->reason = copy_text(reports, event->reason);
}

void reports_read(struct reports *reports, const char *text, size_t len, size_t chunk)
{
	const struct report_listener listener = { keep_report, keep_kill, reports };
	struct arena arena = { 0 };
	struct report_parser *parser = report_parser_new(&arena);

	memset(reports, 0, sizeof(*reports));
	if (!parser)
		abort();
	if (chunk == 0)
		chunk = len;
	for (size_t at = 0; at < len; at += chunk)
		reports->rc = report_parser_feed(
			parser, text + at, len - at < chunk ? len - at : chunk, &listener);
	report_parser_end(parser, &listener);
	report_parser_free(parser);
	arena_free(&arena);
}

void reports_free(struct reports *reports)
{
	arena_free(&reports->arena);
}
