/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/report_parts.h"

/*
 * What the kernel prints for no limit: PAGE_COUNTER_MAX pages (2^63 / 4 KiB …) or, before
 * 3.19, a res_counter's 2^64 - 1 bytes; both far above any machine.
 */
#define NO_LIMIT_KIB_MIN (INT64_C(1) << 52)

static int64_t limit_of(int64_t kib)
{
	if (!value_known(kib) || kib < 0)
		return VALUE_UNKNOWN;
	return kib >= NO_LIMIT_KIB_MIN ? REPORT_NO_LIMIT : kib;
}

/* "memory: usage 980kB, limit 980kB, failcnt 12" */
static void read_usage(struct open_report *open, struct scan text)
{
	struct report_limit limit;
	struct report_limit *to;

	if (scan_literal(&text, "memory:"))
		to = &open->report.memory;
	else if (scan_literal(&text, "memory+swap:"))
		to = &open->report.memory_swap;
	else if (scan_literal(&text, "swap:"))
		to = &open->report.swap;
	else
		to = &open->report.kmem;
	limit = (struct report_limit){ VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN };
	report_number(text, "usage ", &limit.usage_kib);
	report_number(text, "limit ", &limit.limit_kib);
	report_number(text, "failcnt ", &limit.failures);
	limit.usage_kib = limit_of(limit.usage_kib);
	limit.limit_kib = limit_of(limit.limit_kib);
	*to = limit;
}

/* "Task in PATH killed as a result of limit of PATH", "Memory limit reached of cgroup PATH" */
static void read_task(struct report_parser *parser, struct open_report *open, struct scan text)
{
	static const char because[] = " killed as a result of limit of ";
	static const char reached[] = "Memory limit reached of cgroup ";
	const char *end;

	if (scan_literal(&text, reached)) {
		open->report.memcg = report_keep(
			parser, open, (struct span){ text.at, (size_t)(text.end - text.at) });
		return;
	}
	end = report_find(text, because);
	if (!end || !scan_literal(&text, "Task in ") || end < text.at)
		return;
	open->report.task_memcg =
		report_keep(parser, open, (struct span){ text.at, (size_t)(end - text.at) });
	text.at = end + strlen(because);
	open->report.memcg =
		report_keep(parser, open, (struct span){ text.at, (size_t)(text.end - text.at) });
}

static void add_stat(
	struct report_parser *parser, struct open_report *open, struct span name, int64_t value)
{
	struct report_stat *stat = list_add(&open->stats, &open->arena);

	if (!stat)
		return;
	stat->value = value < 0 ? VALUE_UNKNOWN : value;
	stat->name = report_keep(parser, open, name);
	if (!stat->name)
		stat->name = "";
}

/* "cache:0KB rss:980KB …" on the line itself, 3.10..5.2 */
static void read_stats_kib(struct report_parser *parser, struct open_report *open, struct scan text)
{
	struct span word;

	while (scan_word(&text, &word)) {
		struct scan scan = scan_of(word.at, word.len);
		struct span name;
		int64_t kib;

		if (scan_until(&scan, ':', &name) && scan_value(&scan, SCAN_KIB_MAX, &kib) &&
			value_known(kib))
			add_stat(parser, open, name, kib * 1024);
	}
}

/* "Memory cgroup stats for PATH:", one for each cgroup below the limit before 5.3. */
static void read_stats(struct report_parser *parser, struct open_report *open, struct scan text)
{
	const char *path = report_find(text, " stats for ");
	const char *values = report_find(text, ": cache:");
	const char *end = values;

	if (open->stats_done)
		return;
	open->stats_done = true;
	open->section = SECTION_STATS;
	if (!end && (end = memrchr(text.at, ':', (size_t)(text.end - text.at))) == NULL)
		end = text.end;
	if (path && path + strlen(" stats for ") < end) {
		path += strlen(" stats for ");
		if (!open->report.memcg)
			open->report.memcg = report_keep(
				parser, open, (struct span){ path, (size_t)(end - path) });
	}
	if (values)
		read_stats_kib(parser, open, (struct scan){ values + 1, text.end });
}

void report_read_memcg(
	struct report_parser *parser, struct open_report *open, const struct report_line *line)
{
	const struct span all = report_trim((struct span){ line->text, line->len });
	const struct scan text = scan_of(all.at, all.len);

	open->memcg = true;
	if (line->kind == LINE_MEMCG_TASK)
		read_task(parser, open, text);
	else if (line->kind == LINE_MEMCG_USAGE)
		read_usage(open, text);
	else
		read_stats(parser, open, text);
}

static void read_slab(struct report_parser *parser, struct open_report *open, struct scan text)
{
	struct report_slab *slab = list_add(&open->slabs, &open->arena);
	struct span name;
	int64_t used, total;

	if (!slab)
		return;
	*slab = (struct report_slab){ "", VALUE_UNKNOWN, VALUE_UNKNOWN };
	if (!scan_word(&text, &name) || !scan_value(&text, SCAN_KIB_MAX, &used) ||
		!scan_literal(&text, "KB") || !scan_value(&text, SCAN_KIB_MAX, &total))
		return;
	slab->name = report_keep(parser, open, name);
	slab->used_kib = used;
	slab->total_kib = total;
	if (!slab->name)
		slab->name = "";
}

static void read_allocation(
	struct report_parser *parser, struct open_report *open, struct scan text)
{
	struct report_allocation *row = list_add(&open->allocations, &open->arena);

	if (!row)
		return;
	*row = (struct report_allocation){ "", VALUE_UNKNOWN, VALUE_UNKNOWN };
	if (!scan_value(&text, INT64_MAX, &row->bytes) ||
		!scan_value(&text, INT64_MAX, &row->count))
		return;
	row->where =
		report_keep(parser, open, (struct span){ text.at, (size_t)(text.end - text.at) });
	if (!row->where)
		row->where = "";
}

void report_read_extra(
	struct report_parser *parser, struct open_report *open, const struct report_line *line)
{
	struct scan text = report_text(line);
	struct span name;
	int64_t value;

	if (line->kind == LINE_SLABS) {
		open->section = SECTION_SLABS;
	} else if (line->kind == LINE_ALLOCATIONS) {
		open->section = SECTION_ALLOCATIONS;
	} else if (line->kind == LINE_SLAB) {
		/* Its form is rare enough to be known without the head. */
		read_slab(parser, open, text);
	} else if (line->kind == LINE_ALLOCATION) {
		read_allocation(parser, open, text);
	} else if (line->kind == LINE_STAT) {
		if (scan_word(&text, &name) && scan_int(&text, &value))
			add_stat(parser, open, name, value);
	}
}
