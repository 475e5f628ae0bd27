/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/report_parts.h"

/** Lines that are read one by one after one of a report. */
#define DENSE_LINES 8
/** Only so far from a report can an elision be of it. */
#define ELISION_LINES 4

#define KIND(kind) (UINT64_C(1) << (kind))

/* Kinds that no other event of the kernel prints: the report is one of an OOM. */
static const uint64_t sure_kinds = KIND(LINE_MEMCG_TASK) | KIND(LINE_TASKS) | KIND(LINE_TABLE) |
	KIND(LINE_ROW) | KIND(LINE_OOM_KILL) | KIND(LINE_NO_VICTIM) | KIND(LINE_PANIC);

/* Kinds that can be the first that is left of a report. */
static const uint64_t first_kinds = KIND(LINE_MEMCG_TASK) | KIND(LINE_MEMCG_USAGE) |
	KIND(LINE_MEMINFO) | KIND(LINE_COUNTERS) | KIND(LINE_NODE) | KIND(LINE_ZONE) |
	KIND(LINE_BUDDY) | KIND(LINE_CPU) | KIND(LINE_TASKS) | KIND(LINE_TABLE) | KIND(LINE_ROW) |
	KIND(LINE_OOM_KILL) | KIND(LINE_NO_VICTIM) | KIND(LINE_PANIC);

/* Kinds of memory information, which failed allocations print too. */
static const uint64_t mem_kinds = KIND(LINE_MEMINFO) | KIND(LINE_COUNTERS) | KIND(LINE_NODE) |
	KIND(LINE_ZONE) | KIND(LINE_FIELDS) | KIND(LINE_RESERVE) | KIND(LINE_BUDDY) |
	KIND(LINE_PER_CPU) | KIND(LINE_HUGE) | KIND(LINE_TOTALS);

static const uint64_t extra_kinds = KIND(LINE_SLABS) | KIND(LINE_SLAB) | KIND(LINE_ALLOCATIONS) |
	KIND(LINE_ALLOCATION) | KIND(LINE_STAT);

static const uint64_t memcg_kinds =
	KIND(LINE_MEMCG_TASK) | KIND(LINE_MEMCG_USAGE) | KIND(LINE_MEMCG_STATS);

static const uint64_t kill_kinds = KIND(LINE_CHOSEN) | KIND(LINE_KILLED) | KIND(LINE_SHARER) |
	KIND(LINE_GROUP) | KIND(LINE_REAPED) | KIND(LINE_NO_VICTIM) | KIND(LINE_PANIC);

/* A report that has its kill gets nothing more of these: they begin another. */
static bool begins_anew(const struct open_report *open, enum line_kind kind)
{
	return open->finished && (first_kinds & KIND(kind)) &&
		!(KIND(kind) & (KIND(LINE_CPU) | KIND(LINE_NO_VICTIM) | KIND(LINE_PANIC)));
}

static void read_line(
	struct report_parser *parser, struct open_report *open, const struct report_line *line)
{
	const uint64_t kind = KIND(line->kind);

	if (line->kind == LINE_CPUSET)
		report_read_cpuset(parser, open, line);
	else if (line->kind == LINE_CPU)
		report_read_cpu(parser, open, line);
	else if (line->kind == LINE_TRACE)
		report_read_trace(open, line);
	else if (line->kind == LINE_OOM_KILL)
		report_read_oom_kill(parser, open, line);
	else if (line->kind == LINE_TABLE)
		report_read_table(open, line);
	else if (line->kind == LINE_ROW)
		report_read_row(parser, open, line);
	else if (kind & memcg_kinds)
		report_read_memcg(parser, open, line);
	else if (kind & extra_kinds)
		report_read_extra(parser, open, line);
	else if (kind & mem_kinds)
		report_read_mem(parser, open, line);
}

/* Lines of a form that anything may have are a report's only in their place. */
static bool in_place(const struct open_report *open, enum line_kind kind)
{
	if (kind == LINE_STAT)
		return open->section == SECTION_STATS;
	if (kind == LINE_ALLOCATION)
		return open->section == SECTION_ALLOCATIONS;
	if (kind == LINE_FIELDS)
		return open->zone || open->node;
	return kind != LINE_TRACE || !open->finished;
}

static void take_body(struct report_parser *parser, const struct report_line *line)
{
	struct open_report *open = report_route(parser, line);
	const uint64_t kind = KIND(line->kind);

	if (!open || begins_anew(open, line->kind)) {
		if (!(first_kinds & kind))
			return;
		/* What is left of a report whose first line is lost. */
		open = report_begin(parser, line);
	}
	if ((mem_kinds & kind) && open->failed_alloc)
		return;
	if (!(mem_kinds & kind) && line->kind != LINE_CPU && line->kind != LINE_TRACE)
		open->failed_alloc = false;
	if (sure_kinds & kind)
		open->confirmed = true;
	if (!(extra_kinds & kind))
		open->section = SECTION_NONE;
	if (!in_place(open, line->kind))
		return;
	report_note(open, line);
	read_line(parser, open, line);
}

static void take_header(struct report_parser *parser, const struct report_line *line)
{
	struct open_report *open = report_begin(parser, line);

	open->confirmed = true;
	open->report.header = true;
	report_read_header(parser, open, line);
}

static void take_elision(struct report_parser *parser, const struct report_line *line)
{
	for (size_t i = 0; i < OPEN_REPORTS; i++) {
		struct open_report *open = &parser->open[i];

		if (open->used && !open->finished &&
			line->number - open->report.last_line <= ELISION_LINES) {
			open->report.elided = true;
			open->section = SECTION_NONE;
		}
	}
}

/* An allocation failed: memory information that follows is its own. */
static void take_failed_alloc(struct report_parser *parser, const struct report_line *line)
{
	struct open_report *open = report_route(parser, line);

	if (!open || !open->confirmed)
		open = report_begin(parser, line);
	open->failed_alloc = true;
}

void report_handle(struct report_parser *parser, const struct report_line *line)
{
	const uint64_t kind = KIND(line->kind);

	if (report_user(parser, line)) {
		parser->dense = DENSE_LINES;
		return;
	}
	if (line->foreign || line->kind == LINE_OTHER || line->kind == LINE_EMPTY)
		return;
	if (line->kind != LINE_STAT && line->kind != LINE_TRACE && line->kind != LINE_ELISION)
		parser->dense = DENSE_LINES;

	if (line->kind == LINE_HEADER)
		take_header(parser, line);
	else if (line->kind == LINE_SYSRQ)
		parser->sysrq_line = line->number;
	else if (line->kind == LINE_IGNORED)
		parser->sysrq_line = 0;
	else if (line->kind == LINE_ELISION)
		take_elision(parser, line);
	else if (line->kind == LINE_ALLOC_FAILED)
		take_failed_alloc(parser, line);
	else if (kind & kill_kinds)
		report_read_kill(parser, line);
	else
		take_body(parser, line);
}
