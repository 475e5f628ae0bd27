/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/explain_out.h"
#include "base/units.h"

/** Rows of the ranking that are shown. */
#define RANKING_ROWS 20
/** Killed processes that are shown. */
#define VICTIM_ROWS 10

/* One line on its way to stdout: cells that are aligned to the right. */
struct line {
	char buf[1024];
	struct text text;
};

static void line_begin(struct line *line)
{
	text_init(&line->text, line->buf, sizeof(line->buf));
}

static void line_end(const struct line *line)
{
	puts(line->buf);
}

/* A cell's text, at least width cells of it, behind a blank. */
static void add_cell(struct line *line, const char *cell, int width)
{
	const size_t cells = text_cells(cell);

	for (size_t i = cells; i < (size_t)width; i++)
		text_add(&line->text, " ");
	text_add(&line->text, cell);
	text_add(&line->text, " ");
}

static void add_kib(struct line *line, int64_t kib, int width)
{
	char buf[32];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	units_kib(&text, kib);
	add_cell(line, buf, width);
}

static void add_number(struct line *line, int64_t number, int width)
{
	char buf[32];

	if (value_known(number))
		snprintf(buf, sizeof(buf), "%" PRId64, number);
	else
		snprintf(buf, sizeof(buf), "?");
	add_cell(line, buf, width);
}

static void add_clean(struct line *line, const char *name)
{
	text_add_clean(&line->text, name, strlen(name));
}

static void write_title(const char *file, const struct explained *explained)
{
	const struct oom_report *report = explained->report;
	struct line line;
	char when[512];
	struct text text;

	line_begin(&line);
	text_add(&line.text, "== ");
	add_clean(&line, strcmp(file, "-") == 0 ? "standard input" : file);
	text_fmt(&line.text, ", lines %" PRId64 " to %" PRId64, report->first_line,
		report->last_line);
	text_init(&text, when, sizeof(when));
	explain_when(report->time, report->host, report->uptime_us, &text);
	if (text.len > 0)
		text_fmt(&line.text, ": %s", when);
	line_end(&line);
}

static void write_request(const struct explained *explained)
{
	const struct oom_report *report = explained->report;
	char names[512];
	struct text text;
	struct line line;

	if (!value_known(report->gfp_mask) && !value_known(report->order))
		return;
	line_begin(&line);
	text_add(&line.text, "Request: ");
	explain_gfp(report, (text_init(&text, names, sizeof(names)), &text));
	text_add(&line.text, names[0] ? names : "flags not known");
	if (value_known(report->gfp_mask))
		text_fmt(&line.text, " (0x%" PRIx64 ")", (uint64_t)report->gfp_mask);
	if (value_known(report->order))
		text_fmt(&line.text, ", order %" PRId64, report->order);
	line_end(&line);
}

static void write_victims(const struct oom_report *report)
{
	struct line line;

	if (report->n_victims == 0)
		return;
	puts("\nKilled");
	puts("      PID    UID     ANON     FILE    SHMEM   TABLES   ADJ NAME");
	for (uint32_t i = 0; i < report->n_victims && i < VICTIM_ROWS; i++) {
		const struct report_victim *victim = &report->victims[i];

		line_begin(&line);
		add_number(&line, victim->pid, 9);
		add_number(&line, victim->uid, 6);
		add_kib(&line, victim->anon_rss_kib, 8);
		add_kib(&line, victim->file_rss_kib, 8);
		add_kib(&line, victim->shmem_rss_kib, 8);
		add_kib(&line, victim->pgtables_kib, 8);
		add_number(&line, victim->oom_score_adj, 5);
		add_clean(&line, victim->comm);
		if (victim->reaped)
			text_add(&line.text, "  (its memory was reaped)");
		line_end(&line);
	}
	if (report->n_victims > VICTIM_ROWS)
		printf("%9" PRIu32 " more\n", report->n_victims - VICTIM_ROWS);
}

static void write_zones(const struct explained *explained)
{
	const struct oom_report *report = explained->report;
	struct line line;

	if (report->n_zones == 0)
		return;
	puts("\nZones, for this request");
	puts("NODE ZONE       FREE    MIN   HIGH  KEPT    CMA USABLE  BLOCK");
	for (uint32_t i = 0; i < report->n_zones; i++) {
		const struct zone *zone = &report->zones[i].zone;
		const struct explained_zone *view = &explained->zones[i];

		line_begin(&line);
		add_number(&line, zone->node, 4);
		text_add_clean(&line.text, zone->name, strnlen(zone->name, sizeof(zone->name)));
		while (text_cells(line.buf) < 13)
			text_add(&line.text, " ");
		add_kib(&line, explain_kib(report, zone->free_pages), 6);
		add_kib(&line, explain_kib(report, zone->min_pages), 6);
		add_kib(&line, explain_kib(report, zone->high_pages), 6);
		add_kib(&line, explain_kib(report, view->reserve_pages), 5);
		add_kib(&line, explain_kib(report, zone->cma_free_pages), 6);
		add_kib(&line, explain_kib(report, view->usable_pages), 6);
		add_kib(&line, explain_kib(report, view->largest_block_pages), 6);
		text_add(&line.text, explain_zone_words(view->answer));
		line_end(&line);
	}
}

static void write_memory(const struct explained *explained)
{
	const struct explained_memory *memory = &explained->memory;
	const struct {
		const char *name;
		int64_t pages;
	} parts[] = {
		{ "processes, private", memory->anon },
		{ "locked into memory", memory->locked },
		{ "tmpfs and shared memory", memory->shmem },
		{ "file cache", memory->cache },
		{ "page tables", memory->page_tables },
		{ "kernel stacks", memory->stacks },
		{ "slab, unreclaimable", memory->slab_unreclaimable },
		{ "slab, reclaimable", memory->slab_reclaimable },
		{ "set aside for huge pages", memory->hugetlb },
		{ "other (balloon, zram, ...)", memory->other },
		{ "free", memory->free },
		{ "unaccounted: drivers, GPU", memory->unaccounted },
	};
	struct line line;

	if (!value_known(memory->anon))
		return;
	puts("\nMemory");
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!value_known(parts[i].pages))
			continue;
		line_begin(&line);
		add_kib(&line, explain_kib(explained->report, parts[i].pages), 8);
		text_add(&line.text, parts[i].name);
		line_end(&line);
	}
	if (!value_known(memory->total))
		return;
	line_begin(&line);
	add_kib(&line, explain_kib(explained->report, memory->total), 8);
	text_add(&line.text, "in all");
	line_end(&line);
}

static bool was_killed(const struct oom_report *report, const struct report_task *task)
{
	for (uint32_t i = 0; i < report->n_victims; i++) {
		const int64_t pid = report->victims[i].pid;

		if (pid == task->pid || pid == task->tgid)
			return true;
	}
	return false;
}

static void add_badness(struct line *line, const struct explained *explained, uint32_t row)
{
	const struct explained_task *judged = &explained->tasks[row];

	if (judged->exempt != EXEMPT_NONE || judged->rank == 0)
		add_cell(line, "-", 8);
	else if (!value_known(explained->total_pages) || !judged->badness.known)
		add_cell(line, "?", 8);
	else
		add_kib(line, explain_kib(explained->report, judged->badness.total_pages), 8);
}

static void write_row(const struct explained *explained, uint32_t row)
{
	const struct oom_report *report = explained->report;
	const struct report_task *task = &report->tasks[row];
	const struct explained_task *judged = &explained->tasks[row];
	struct line line;

	line_begin(&line);
	text_add(&line.text, was_killed(report, task) ? "*" : " ");
	if (judged->rank > 0)
		add_number(&line, judged->rank, 4);
	else
		add_cell(&line, "-", 4);
	add_number(&line, task->pid, 8);
	add_number(&line, task->uid, 6);
	add_kib(&line, explain_kib(report, task->rss_pages), 7);
	add_kib(&line, explain_kib(report, task->swap_pages), 7);
	add_kib(&line,
		explained->kernel.counts_pgtables ? explain_kib(report, judged->badness.table_pages)
						  : VALUE_UNKNOWN,
		7);
	add_number(&line, task->oom_score_adj, 5);
	add_badness(&line, explained, row);
	add_clean(&line, task->comm);
	if (judged->exempt == EXEMPT_INIT)
		text_fmt(&line.text, "  (%s)", exempt_words(judged->exempt));
	line_end(&line);
}

static void write_ranking(const struct explained *explained)
{
	const struct oom_report *report = explained->report;

	if (report->n_tasks == 0)
		return;
	printf("\nKill order (* killed), %" PRIu32 " of %" PRIu32 " processes\n",
		report->n_tasks < RANKING_ROWS ? report->n_tasks : RANKING_ROWS, report->n_tasks);
	puts("    #      PID    UID     RSS    SWAP  TABLES   ADJ  BADNESS NAME");
	for (uint32_t i = 0; i < report->n_tasks; i++) {
		const uint32_t row = explained->order[i];

		if (i < RANKING_ROWS || was_killed(report, &report->tasks[row]))
			write_row(explained, row);
	}
}

static void write_sentences(const struct explained *explained, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		puts(explained->sentences[i]);
}

static void write_report(const char *file, const struct explained *explained, struct arena *arena)
{
	(void)arena;
	write_title(file, explained);
	putchar('\n');
	write_sentences(explained, 0, explained->n_words);
	puts("\nNext");
	for (unsigned i = 0; i < explained->n_next; i++)
		printf("- %s\n", explained->next[i]);
	puts("\nDetails");
	write_request(explained);
	write_sentences(explained, explained->n_words, explained->n_sentences);
	write_victims(explained->report);
	write_zones(explained);
	write_memory(explained);
	write_ranking(explained);
	putchar('\n');
}

static void write_kill(const char *file, const struct killer_event *event)
{
	struct line line;
	char when[512], words[1024];
	struct text text;

	text_init(&text, when, sizeof(when));
	explain_when(event->time, event->host, event->uptime_us, &text);
	text_init(&text, words, sizeof(words));
	explain_kill_words(event, &text);
	line_begin(&line);
	text_add(&line.text, "== ");
	add_clean(&line, strcmp(file, "-") == 0 ? "standard input" : file);
	text_fmt(&line.text, ", line %" PRId64 "%s%s\n\n", event->line, when[0] ? ": " : "", when);
	fputs(line.buf, stdout);
	printf("%s.\n\n", words);
}

const struct explain_form explain_form_text = { write_report, write_kill };
