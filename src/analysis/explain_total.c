/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/explain_parts.h"

static bool has_column(const struct oom_report *report, size_t column)
{
	int64_t value;

	if (report->n_tasks == 0)
		return false;
	memcpy(&value, (const char *)&report->tasks[0] + column, sizeof(value));
	return value_known(value);
}

/* A release of 4.15 to 5.x, by the line that 5.0 brought and the score that it was the last to
 * print. */
static const char *release_of_4_15(const struct oom_report *report)
{
	const bool scored = value_known(report->chosen_score);

	if (report->constraint_name)
		return scored ? "5.0" : "5.10";
	return scored ? "4.19" : "5.2";
}

/* By the columns of the table, the newest first (kernel.md 10.4). */
static const char *release_by_columns(const struct oom_report *report, const char **ret_by)
{
	static const struct {
		size_t column;
		const char *release;
		const char *by;
	} tables[] = {
		{ offsetof(struct report_task, pmd_tables), "4.9", "its table is of 4.0 to 4.14" },
		{ offsetof(struct report_task, pte_tables), "3.14", "its table is of 3.6 to 3.19" },
		{ offsetof(struct report_task, oom_score_adj), "3.2",
			"its table is of 2.6.36 to 3.4" },
		{ offsetof(struct report_task, oom_adj), "2.6.32",
			"its table is of 2.6.32 to 2.6.35" },
	};
	const struct report_victim *victim = explain_victim(report);

	if (has_column(report, offsetof(struct report_task, rss_anon_pages))) {
		*ret_by = "its table is of 6.8 or later";
		return "6.12";
	}
	if (victim && value_known(victim->pgtables_kib)) {
		*ret_by = "its kill line is of 5.4 or later";
		return "5.10";
	}
	if (report->constraint_name ||
		has_column(report, offsetof(struct report_task, pgtables_bytes))) {
		*ret_by = "its lines are of 4.15 to 5.x";
		return release_of_4_15(report);
	}
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (has_column(report, tables[i].column)) {
			*ret_by = tables[i].by;
			return tables[i].release;
		}
	}
	return NULL;
}

/* Without a table, by the first line and what a kill line has (kernel.md 10.2, 10.7). */
static const char *release_by_lines(const struct oom_report *report, const char **ret_by)
{
	const struct report_victim *victim = explain_victim(report);

	if (value_known(report->oom_adj)) {
		const bool both = value_known(report->oom_score_adj);

		*ret_by = both ? "its first line is of 2.6.36 to 3.6"
			       : "its first line is of 2.6.35 or before";
		return both ? "3.2" : "2.6.32";
	}
	if (victim && value_known(victim->shmem_rss_kib)) {
		*ret_by = "its kill line is of 4.5 to 5.3";
		return "4.9";
	}
	if (victim && value_known(victim->anon_rss_kib)) {
		*ret_by = "its kill line is of 2.6.35 to 4.4";
		return "3.14";
	}
	return NULL;
}

void explain_kernel(struct explained *explained)
{
	const struct oom_report *report = explained->report;
	const char *release;

	kernel_profile_of(report->kernel_release ? report->kernel_release : "", &explained->kernel);
	explained->kernel_found = explained->kernel.release_known;
	if (!explained->kernel.release_known) {
		explained->kernel_by = "its release is not printed";
		release = release_by_columns(report, &explained->kernel_by);
		if (!release)
			release = release_by_lines(report, &explained->kernel_by);
		kernel_profile_of(release ? release : "", &explained->kernel);
		explained->kernel.release_known = false;
		explained->kernel_found = release != NULL;
	}
	/* The table prints the very counters that were scored (mm/oom_kill.c, dump_task()):
	 * that status would show others is of no account here. */
	explained->kernel.swap_counter_exact = false;
}

static int64_t page_kib(const struct oom_report *report)
{
	return value_max(report->page_bytes / 1024, 1);
}

static void set_total(struct explained *explained, int64_t least, int64_t most, const char *from)
{
	explained->total_pages = value_known(least) ? value_max(least, 1) : VALUE_UNKNOWN;
	explained->total_most_pages =
		value_known(least) && value_known(most) ? value_max(most, 1) : VALUE_UNKNOWN;
	explained->total_from = from;
}

/* kernel.md 2.3.  Whether swap counts depends on swappiness, which no report shows: the limit
 * alone is the least; the most is the limit with all swap that the cgroup may use. */
static void total_of_memcg(struct explained *explained)
{
	const struct oom_report *report = explained->report;
	const int64_t limit = report->memory.limit_kib;
	const int64_t swap_limit = report->swap.limit_kib;
	const int64_t both_limit = report->memory_swap.limit_kib;
	int64_t most = VALUE_UNKNOWN;

	if (!value_known(limit) || limit == REPORT_NO_LIMIT) {
		set_total(explained, VALUE_UNKNOWN, VALUE_UNKNOWN,
			"the cgroup's limit is not printed");
		return;
	}
	if (value_known(swap_limit) && swap_limit != REPORT_NO_LIMIT)
		most = value_add(limit, swap_limit);
	else if (value_known(both_limit) && both_limit != REPORT_NO_LIMIT)
		most = value_max(both_limit, limit);
	else if (value_known(report->swap_total_kib))
		most = value_add(limit, report->swap_total_kib);
	set_total(explained, limit / page_kib(report),
		value_known(most) ? most / page_kib(report) : VALUE_UNKNOWN,
		"the cgroup's limit, with the swap that it may use");
}

/* Σ present of the nodes; up to 5.3 the kernel took the spanned pages, which no report shows
 * and which are not less. */
static int64_t pages_of_nodes(const struct explained *explained, const char *nodes)
{
	const struct oom_report *report = explained->report;
	int64_t pages = 0;

	for (uint32_t i = 0; i < report->n_zones; i++) {
		if (explain_node_listed(nodes, report->zones[i].zone.node))
			pages = value_add(pages, report->zones[i].zone.present_pages);
	}
	return pages > 0 ? pages : VALUE_UNKNOWN;
}

static void total_of_nodes(struct explained *explained, const char *nodes)
{
	const int64_t pages = pages_of_nodes(explained, nodes);
	const int64_t swap = explained->memory.swap_total;

	if (explained->kernel.nodes_spanned)
		set_total(explained, value_add(pages, value_or(swap, 0)), VALUE_UNKNOWN,
			"the nodes' pages and swap (holes, which count too, are not printed)");
	else
		set_total(explained, value_add(pages, value_or(swap, 0)), value_add(pages, swap),
			"the nodes' pages and swap");
}

void explain_total(struct explained *explained)
{
	const struct oom_report *report = explained->report;
	struct explain_request request;
	int64_t swap;

	explain_request_of(report, &request);
	if (report->constraint == REPORT_CONSTRAINT_MEMCG) {
		total_of_memcg(explained);
		return;
	}
	if (request.nodes) {
		total_of_nodes(explained, request.nodes);
		return;
	}
	swap = explained->memory.swap_total;
	if (report->constraint == REPORT_CONSTRAINT_OTHER || !value_known(explained->memory.total))
		set_total(explained, VALUE_UNKNOWN, VALUE_UNKNOWN,
			"the size of the memory is not printed");
	else
		set_total(explained, value_add(explained->memory.total, value_or(swap, 0)),
			value_add(explained->memory.total, swap), "RAM and swap");
}
