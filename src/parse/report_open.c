/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/memory.h"
#include "parse/report_parts.h"

/** Lines without anything of a report after which it gets nothing more. */
#define QUIET_LINES 1000
/** "Manual OOM execution" is followed by its report within so many lines. */
#define SYSRQ_LINES 50

#define VICTIMS_KEPT 4096
#define ZONES_KEPT 1024
#define SLABS_KEPT 1024
#define STATS_KEPT 256
#define NODES_KEPT 1024
#define HUGE_KEPT 1024
#define ALLOCATIONS_KEPT 64

static void forget_report(struct oom_report *report)
{
	*report = (struct oom_report){
		.uptime_us = VALUE_UNKNOWN,
		.invoker.pid = VALUE_UNKNOWN,
		.gfp_mask = VALUE_UNKNOWN,
		.order = VALUE_UNKNOWN,
		.oom_adj = VALUE_UNKNOWN,
		.oom_score_adj = VALUE_UNKNOWN,
		.page_bytes = VALUE_UNKNOWN,
		.swap_total_kib = VALUE_UNKNOWN,
		.swap_free_kib = VALUE_UNKNOWN,
		.chosen.pid = VALUE_UNKNOWN,
		.chosen_score = VALUE_UNKNOWN,
	};
	values_forget(&report->mem, sizeof(report->mem));
	values_forget(&report->memory, sizeof(report->memory));
	values_forget(&report->swap, sizeof(report->swap));
	values_forget(&report->memory_swap, sizeof(report->memory_swap));
	values_forget(&report->kmem, sizeof(report->kmem));
}

static void forget(struct open_report *open)
{
	struct arena arena = open->arena;

	arena_reset(&arena);
	memset(open, 0, offsetof(struct open_report, report));
	open->arena = arena;
	open->caller = VALUE_UNKNOWN;
	open->cpu.pid = VALUE_UNKNOWN;
	open->kill_uid = VALUE_UNKNOWN;
	forget_report(&open->report);
	list_init(&open->tasks, sizeof(struct report_task), REPORT_TASKS_MAX);
	list_init(&open->victims, sizeof(struct report_victim), VICTIMS_KEPT);
	list_init(&open->zones, sizeof(struct report_zone), ZONES_KEPT);
	list_init(&open->nodes, sizeof(struct report_node), NODES_KEPT);
	list_init(&open->huge, sizeof(struct report_huge), HUGE_KEPT);
	list_init(&open->slabs, sizeof(struct report_slab), SLABS_KEPT);
	list_init(&open->allocations, sizeof(struct report_allocation), ALLOCATIONS_KEPT);
	list_init(&open->stats, sizeof(struct report_stat), STATS_KEPT);
}

static bool same_host(const struct open_report *open, const struct report_line *line)
{
	/* A line may have lost its prefix, or have another than the first. */
	return open->host[0] == '\0' || line->host.len == 0 || span_is(line->host, open->host);
}

static bool other_caller(const struct open_report *open, const struct report_line *line)
{
	return value_known(open->caller) && value_known(line->caller) &&
		open->caller != line->caller;
}

struct open_report *report_route(struct report_parser *parser, const struct report_line *line)
{
	struct open_report *best = NULL;

	for (size_t i = 0; i < OPEN_REPORTS; i++) {
		struct open_report *open = &parser->open[i];

		if (open->used && same_host(open, line) && !other_caller(open, line) &&
			(!best || open->report.last_line > best->report.last_line))
			best = open;
	}
	return best;
}

/* A slot that is free, or that of the report that has been quiet for longest. */
static struct open_report *free_slot(struct report_parser *parser)
{
	struct open_report *oldest = &parser->open[0];

	for (size_t i = 0; i < OPEN_REPORTS; i++) {
		struct open_report *open = &parser->open[i];

		if (!open->used)
			return open;
		if (open->report.last_line < oldest->report.last_line)
			oldest = open;
	}
	report_close(parser, oldest);
	return oldest;
}

struct open_report *report_begin(struct report_parser *parser, const struct report_line *line)
{
	struct open_report *open = report_route(parser, line);

	/* The same host prints its reports one after the other. */
	if (open)
		report_close(parser, open);
	else
		open = free_slot(parser);

	forget(open);
	open->used = true;
	open->report.first_line = line->number;
	open->report.uptime_us = line->uptime_us;
	open->report.time = report_keep(parser, open, line->time);
	open->report.host = report_keep(parser, open, line->host);
	if (parser->sysrq_line > 0 && line->number - parser->sysrq_line <= SYSRQ_LINES) {
		open->sysrq = true;
		open->report.first_line = parser->sysrq_line;
	}
	parser->sysrq_line = 0;
	report_note(open, line);
	return open;
}

void report_note(struct open_report *open, const struct report_line *line)
{
	open->report.last_line = line->last;
	if (open->host[0] == '\0')
		span_copy(line->host, open->host, sizeof(open->host));
	if (!value_known(open->caller))
		open->caller = line->caller;
}

void report_close(struct report_parser *parser, struct open_report *open)
{
	if (!open->used)
		return;
	open->used = false;
	if (!open->confirmed)
		return;
	report_finish(parser, open);
	parser->listener->report(&open->report, parser->listener->context);
}

void report_expire(struct report_parser *parser)
{
	for (size_t i = 0; i < OPEN_REPORTS; i++) {
		struct open_report *open = &parser->open[i];

		if (open->used && parser->line - open->report.last_line > QUIET_LINES)
			report_close(parser, open);
	}
}

bool report_waiting(const struct report_parser *parser)
{
	for (size_t i = 0; i < OPEN_REPORTS; i++) {
		if (parser->open[i].used && !parser->open[i].finished)
			return true;
	}
	return false;
}
