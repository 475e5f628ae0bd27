/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz.h"
#include "parse/report.h"
#include "parse/scan.h"

#define PIECES 3

/** What was told, to compare how it is told in pieces. */
struct told {
	unsigned reports, kills, tasks, victims;
	int64_t lines;
};

static void check_comm(const char comm[REPORT_COMM_SIZE])
{
	CHECK(memchr(comm, '\0', REPORT_COMM_SIZE));
}

static void check_lists(const struct oom_report *report)
{
	CHECK(report->n_tasks <= REPORT_TASKS_MAX);
	for (uint32_t i = 0; i < report->n_tasks; i++) {
		check_comm(report->tasks[i].comm);
		CHECK(fuzz_value(report->tasks[i].rss_pages, SCAN_PAGES_MAX));
		CHECK(fuzz_value(report->tasks[i].pgtables_bytes, SCAN_PAGES_MAX));
	}
	for (uint32_t i = 0; i < report->n_victims; i++) {
		check_comm(report->victims[i].comm);
		CHECK(report->victims[i].pid >= 0 && report->victims[i].line > 0);
	}
	for (uint32_t i = 0; i < report->n_zones; i++) {
		const struct zone *zone = &report->zones[i].zone;

		CHECK(zone->node >= 0 && zone->node < NODES_MAX);
		CHECK(memchr(zone->name, '\0', sizeof(zone->name)));
		CHECK(zone->n_protection <= ZONE_TYPES_MAX && zone->blocks.n_orders <= ORDERS_MAX);
		for (unsigned k = 0; k < ORDERS_MAX; k++)
			CHECK(zone->blocks.count[k] <= FREE_BLOCKS_MAX);
	}
	for (uint32_t i = 0; i < report->n_slabs; i++)
		CHECK(report->slabs[i].name);
	for (uint32_t i = 0; i < report->n_stats; i++)
		CHECK(report->stats[i].name);
	for (uint32_t i = 0; i < report->n_allocations; i++)
		CHECK(report->allocations[i].where);
}

static void check_report(const struct oom_report *report, void *context)
{
	struct told *told = context;

	CHECK(report->first_line >= 1 && report->last_line >= report->first_line);
	CHECK(report->page_bytes >= 4096 && (report->page_bytes & (report->page_bytes - 1)) == 0);
	CHECK(!report->complete || (report->header && !report->elided));
	check_comm(report->invoker.comm);
	check_comm(report->chosen.comm);
	check_lists(report);
	told->reports++;
	told->tasks += report->n_tasks;
	told->victims += report->n_victims;
	told->lines += report->last_line - report->first_line;
}

static void check_kill(const struct killer_event *event, void *context)
{
	struct told *told = context;

	CHECK(event->name && event->line > 0);
	check_comm(event->victim.comm);
	told->kills++;
}

static struct told run(const char *text, size_t size, size_t piece)
{
	struct told told = { 0 };
	const struct report_listener listener = { check_report, check_kill, &told };
	struct arena arena = { 0 };
	struct report_parser *parser = report_parser_new(&arena);

	if (!parser)
		abort();
	for (size_t at = 0; at < size; at += piece)
		CHECK(report_parser_feed(parser, text + at, size - at < piece ? size - at : piece,
			      &listener) == 0);
	report_parser_end(parser, &listener);
	report_parser_free(parser);
	arena_free(&arena);
	return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, false);
	const struct told whole = run(text, size, size > 0 ? size : 1);
	const struct told pieces = run(text, size, size / PIECES + 1);

	/* How a log comes makes no difference. */
	CHECK(memcmp(&whole, &pieces, sizeof(whole)) == 0);
	free(text);
	return 0;
}
