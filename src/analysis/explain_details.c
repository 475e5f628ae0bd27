/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "analysis/explain_parts.h"
#include "base/units.h"

/** Of the lists of who has most in the kernel. */
#define LISTED 3

/** Shares of all memory, or of processes' memory, from which on something is worth a sentence. */
#define CACHE_SHARE 8
#define TABLES_SHARE 4
#define DIRTY_SHARE 32

static void say_kernel(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const char *release = explained->report->kernel_release;
	struct text *text = explain_say(writer);

	text_add(text, "Kernel ");
	if (release)
		text_add_clean(text, release, strlen(release));
	else
		text_add(text, "not named");
	if (explained->kernel_by)
		text_fmt(text, ": %s", explained->kernel_by);
	if (explained->kernel_found)
		text_fmt(text, "; scores as since %s", formula_name(explained->kernel.formula));
	if (explained->kernel_found && value_known(explained->total_pages)) {
		text_add(text, ", 1 of oom_score_adj = ");
		explain_add_pages(text, explained, explained->total_pages / 1000);
		if (explained->total_pages != explained->total_most_pages)
			text_add(text, " or more");
	}
	text_add(text, ".");
	explain_said(writer);
}

static void say_again(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const struct explained_choice *choice = &explained->choice;
	struct text *text = explain_say(writer);

	if (explained->report->n_tasks == 0)
		text_add(text, "The choice cannot be checked. ");
	else if (choice->agrees == ANSWER_YES)
		text_fmt(text, "Chosen again from %" PRIu32 " rows: the same. ",
			explained->report->n_tasks);
	else if (choice->agrees == ANSWER_NO)
		text_fmt(text, "Chosen again from %" PRIu32 " rows: another one. ",
			explained->report->n_tasks);
	else
		text_fmt(text, "The choice cannot be checked with %" PRIu32 " rows. ",
			explained->report->n_tasks);
	explain_add_sentence(text, choice->why);
	text_add(text, ".");
	explain_said(writer);
}

static void say_score(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const int64_t printed = explained->report->chosen_score;
	struct text *text = explain_say(writer);

	if (!value_known(printed) || !value_known(explained->choice.score))
		return;
	text_fmt(text, "The kernel printed score %" PRId64 "; worked out again it is %" PRId64 ".",
		printed, explained->choice.score);
	explain_said(writer);
}

static void say_exempt(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	uint32_t exempt = 0;
	struct text *text = explain_say(writer);

	for (uint32_t i = 0; i < explained->report->n_tasks; i++)
		exempt += explained->tasks[i].exempt != EXEMPT_NONE;
	if (exempt > 0)
		text_fmt(text,
			"%" PRIu32 " of %" PRIu32
			" processes could not be killed: init, or at oom_score_adj -1000.",
			exempt, explained->report->n_tasks);
	explain_said(writer);
}

/* What could have been reclaimed, and was not. */
static void say_cache(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const struct explained_memory *memory = &explained->memory;
	const struct report_mem *mem = &explained->report->mem;
	struct text *text = explain_say(writer);
	const int64_t waiting =
		value_add(value_or(mem->dirty_pages, 0), value_or(mem->writeback_pages, 0));

	if (!value_known(memory->total))
		return;
	if (value_known(memory->cache) && memory->cache > memory->total / CACHE_SHARE) {
		explain_add_pages(text, explained, memory->cache);
		text_add(text,
			" of file cache were left: it was in use, or could not be dropped in time.");
	} else if (waiting > memory->total / DIRTY_SHARE) {
		explain_add_pages(text, explained, waiting);
		text_add(text, " waited to be written to disk.");
	}
	explain_said(writer);
}

static void say_tables(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const struct explained_memory *memory = &explained->memory;
	struct text *text = explain_say(writer);

	if (value_known(memory->page_tables) && value_known(memory->anon) &&
		memory->page_tables > memory->anon / TABLES_SHARE && memory->total > 0 &&
		memory->page_tables > memory->total / DIRTY_SHARE) {
		text_add(text, "Page tables took ");
		explain_add_pages(text, explained, memory->page_tables);
		text_add(text, ": many processes map the same large memory.");
	}
	explain_said(writer);
}

static void say_huge(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const struct explained_memory *memory = &explained->memory;
	struct text *text = explain_say(writer);

	if (value_known(memory->hugetlb_free) && memory->hugetlb_free > 0) {
		explain_add_pages(text, explained, memory->hugetlb_free);
		text_add(text, " of the memory set aside for huge pages was not even in use.");
	}
	explain_said(writer);
}

static bool slab_before(const struct report_slab *a, const struct report_slab *b)
{
	return value_or(a->total_kib, 0) > value_or(b->total_kib, 0);
}

static void say_slabs(struct explain_writer *writer)
{
	const struct oom_report *report = writer->explained->report;
	const struct report_slab *top[LISTED] = { NULL };
	struct text *text = explain_say(writer);

	for (uint32_t i = 0; i < report->n_slabs; i++) {
		const struct report_slab *slab = &report->slabs[i];

		for (unsigned k = 0; k < LISTED; k++) {
			const struct report_slab *other = top[k];

			if (other && !slab_before(slab, other))
				continue;
			top[k] = slab;
			slab = other;
			if (!slab)
				break;
		}
	}
	for (unsigned k = 0; k < LISTED && top[k]; k++) {
		text_add(text, k == 0 ? "Largest kernel caches: " : ", ");
		text_add_clean(text, top[k]->name, strnlen(top[k]->name, 24));
		text_add(text, " ");
		units_kib(text, top[k]->total_kib);
	}
	if (text->len > 0)
		text_add(text, ".");
	explain_said(writer);
}

/* The kernel prints them with the largest first. */
static void say_allocations(struct explain_writer *writer)
{
	const struct oom_report *report = writer->explained->report;

	for (uint32_t i = 0; i < report->n_allocations && i < LISTED; i++) {
		struct text *text = explain_say(writer);

		units_bytes(text, report->allocations[i].bytes);
		text_add(text, " of the kernel's memory belong to ");
		text_add_clean(text, report->allocations[i].where,
			strnlen(report->allocations[i].where, 72));
		text_add(text, ".");
		explain_said(writer);
	}
}

static void add_limit(struct text *text, const char *name, const struct report_limit *limit)
{
	if (!value_known(limit->usage_kib))
		return;
	text_fmt(text, "%s%s ", text->len > 0 ? ", " : "Used of its limits: ", name);
	units_kib(text, limit->usage_kib);
	if (value_known(limit->limit_kib) && limit->limit_kib != REPORT_NO_LIMIT) {
		text_add(text, " of ");
		units_kib(text, limit->limit_kib);
	}
}

static void say_limits(struct explain_writer *writer)
{
	const struct oom_report *report = writer->explained->report;
	struct text *text = explain_say(writer);

	add_limit(text, "memory", &report->memory);
	add_limit(text, "swap", &report->swap);
	add_limit(text, "memory and swap", &report->memory_swap);
	add_limit(text, "kernel memory", &report->kmem);
	if (text->len > 0)
		text_add(text, ".");
	explain_said(writer);
}

static void say_incomplete(struct explain_writer *writer)
{
	const struct oom_report *report = writer->explained->report;
	struct text *text = explain_say(writer);

	if (report->n_tasks_left_out > 0)
		text_fmt(text, "%" PRIu32 " rows of the table were left out here.",
			report->n_tasks_left_out);
	else if (!report->complete)
		text_add(text, "The report is not complete: what is missing stays unknown.");
	explain_said(writer);
}

void explain_details(struct explain_writer *writer)
{
	say_limits(writer);
	say_cache(writer);
	say_tables(writer);
	say_huge(writer);
	say_slabs(writer);
	say_allocations(writer);
	say_kernel(writer);
	say_again(writer);
	say_score(writer);
	say_exempt(writer);
	say_incomplete(writer);
}
