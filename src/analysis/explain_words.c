/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "analysis/explain_parts.h"
#include "base/units.h"
#include "model/gfp.h"

/** Cells of a foreign path in a sentence. */
#define PATH_CELLS 48

/** More than this share of a process in swap is worth a word. */
#define SWAP_SHARE 8

/** What was given back is next to nothing below this share of T. */
#define LITTLE_SHARE 100

struct text *explain_say(struct explain_writer *writer)
{
	text_init(&writer->text, writer->buf, sizeof(writer->buf));
	return &writer->text;
}

void explain_said(struct explain_writer *writer)
{
	struct explained *explained = writer->explained;
	const char *kept;

	if (writer->text.len == 0 || explained->n_sentences == EXPLAIN_SENTENCES_MAX)
		return;
	kept = arena_text(writer->arena, writer->buf, writer->text.len);
	if (kept)
		explained->sentences[explained->n_sentences++] = kept;
	else
		writer->lost = true;
}

void explain_add_sentence(struct text *text, const char *words)
{
	const int first = (unsigned char)words[0];

	text_fmt(text, "%c", first >= 'a' && first <= 'z' ? first - 'a' + 'A' : first);
	text_add(text, words[0] ? words + 1 : "");
}

void explain_add_pages(struct text *text, const struct explained *explained, int64_t pages)
{
	units_kib(text, explain_kib(explained->report, pages));
}

void explain_name(struct text *text, const char *comm, int64_t pid)
{
	if (comm[0])
		text_add_clean(text, comm, strlen(comm));
	else
		text_add(text, "a process");
	if (value_known(pid))
		text_fmt(text, " (PID %" PRId64 ")", pid);
}

/* The end of a path says most. */
static void add_path(struct text *text, const char *path)
{
	char clean[512];
	struct text whole;
	size_t skip;

	text_init(&whole, clean, sizeof(clean));
	text_add_clean(&whole, path, strlen(path));
	if (text_cells(clean) <= PATH_CELLS) {
		text_add(text, clean);
		return;
	}
	skip = text_fit(clean, text_cells(clean) - (PATH_CELLS - 3));
	text_add(text, "...");
	text_add(text, clean + skip);
}

static void add_row(struct text *text, const struct explained *explained, uint32_t row)
{
	const struct report_task *task = &explained->report->tasks[row];

	explain_name(text, task->comm, task->pid);
}

/* Why there was a kill at all, behind "because". */
static void add_because(struct text *text, const struct explained *explained)
{
	const struct oom_report *report = explained->report;

	if (explained->cause == CAUSE_SYSRQ) {
		text_add(text, "somebody asked the kernel for a kill (sysrq-f)");
	} else if (report->constraint == REPORT_CONSTRAINT_MEMCG) {
		text_add(text, "a memory cgroup (a container, a service) met its limit");
		if (value_known(report->memory.limit_kib) &&
			report->memory.limit_kib != REPORT_NO_LIMIT) {
			text_add(text, " of ");
			units_kib(text, report->memory.limit_kib);
		}
	} else if (explained->cause == CAUSE_FRAGMENTED) {
		text_add(text, "no free piece of memory was large enough");
	} else if (report->constraint == REPORT_CONSTRAINT_MEMORY_POLICY ||
		report->constraint == REPORT_CONSTRAINT_CPUSET) {
		text_add(text,
			"the parts of RAM (NUMA nodes) that the request was bound to were full");
	} else if (report->constraint == REPORT_CONSTRAINT_OTHER) {
		text_add(text, "a rule of this kernel's own (");
		text_add_clean(text, report->constraint_name, strlen(report->constraint_name));
		text_add(text, ") asked for it");
	} else if (explained->cause == CAUSE_UNKNOWN) {
		text_add(text, "an allocation could not be served");
	} else if (explained->cause == CAUSE_CMA || explained->cause == CAUSE_LOW_ZONE) {
		text_add(text, "memory of the kind that was asked for had run out");
	} else {
		text_add(text, "the machine had run out of memory");
	}
}

static void say_what(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const struct oom_report *report = explained->report;
	const struct report_victim *victim = explain_victim(report);
	struct text *text = explain_say(writer);

	if (victim) {
		text_add(text, "The kernel killed ");
		explain_name(text, victim->comm, victim->pid);
		text_add(text, ": ");
		add_because(text, explained);
	} else if (report->no_victim) {
		text_add(text, "The kernel found nobody that it could kill");
		text_add(text, report->panic ? ", and panicked" : "");
	} else if (report->panic) {
		text_add(text, "The kernel panicked instead of killing (vm.panic_on_oom): ");
		add_because(text, explained);
	} else {
		text_add(text,
			"The OOM killer was called, but the report does not say who was killed");
	}
	text_add(text, ".");
	explain_said(writer);
}

static void say_memcg(struct explain_writer *writer)
{
	const struct oom_report *report = writer->explained->report;
	struct text *text = explain_say(writer);

	if (report->constraint == REPORT_CONSTRAINT_MEMCG && report->memcg) {
		text_add(text, "The cgroup is ");
		add_path(text, report->memcg);
		text_add(text, "; the machine itself may have had memory left.");
	}
	explain_said(writer);
}

static const char *request_words(const struct oom_report *report)
{
	const int64_t mask = report->gfp_mask;

	const enum gfp_zone zone = gfp_zone_of(mask);

	if (zone == GFP_ZONE_DMA)
		return "from the lowest zone (DMA)";
	if (zone == GFP_ZONE_DMA32)
		return "below 4G (DMA32)";
	if (mask & GFP_BIT_MOVABLE)
		return "for a program or file cache";
	return zone == GFP_ZONE_HIGHMEM ? "for a program" : "for the kernel's own use";
}

static void say_request(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const struct oom_report *report = explained->report;
	struct text *text = explain_say(writer);

	if (!value_known(report->gfp_mask) || !value_known(report->order) || report->order < 0 ||
		report->order >= ORDERS_MAX || explained->cause == CAUSE_SYSRQ)
		return;
	explain_name(text, report->invoker.comm, report->invoker.pid);
	if (report->order == 0)
		text_add(text, " asked for one page (");
	else
		text_fmt(text, " asked for %d pages in one piece (", 1 << report->order);
	explain_add_pages(text, explained, INT64_C(1) << report->order);
	text_fmt(text, ") %s.", request_words(report));
	explain_said(writer);
}

static void add_with(struct text *text, const struct explained *explained, uint32_t row)
{
	add_row(text, explained, row);
	text_add(text, " with ");
	explain_add_pages(text, explained, explain_row_memory(explained, row));
}

/* What of the first one lies in swap frees no RAM. */
static void add_swap(struct text *text, const struct explained *explained, uint32_t row)
{
	const int64_t swap = explained->tasks[row].badness.swap_pages;

	if (!value_known(swap) || swap <= explain_row_memory(explained, row) / SWAP_SHARE)
		return;
	text_add(text, " (");
	explain_add_pages(text, explained, swap);
	text_add(text, " in swap)");
}

/* Why this one: only where the rule gives it. */
static void say_choice(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const struct explained_choice *choice = &explained->choice;
	struct text *text = explain_say(writer);

	if (explained->report->allocating) {
		text_add(text,
			"It was taken because it asked: vm.oom_kill_allocating_task is set, and "
			"oom_score_adj -1000 alone spares.");
		explain_said(writer);
		return;
	}
	if (choice->target == EXPLAIN_NO_ROW || choice->first == EXPLAIN_NO_ROW ||
		choice->agrees == ANSWER_UNKNOWN)
		return;
	if (choice->agrees == ANSWER_NO) {
		text_add(text, "By the table ");
		add_row(text, explained, choice->first);
		text_add(text, " was due, not ");
		add_row(text, explained, choice->target);
		text_add(text, ".");
	} else if (choice->by_adj) {
		text_fmt(text, "oom_score_adj %+" PRId64 " put ",
			explained->report->tasks[choice->target].oom_score_adj);
		add_with(text, explained, choice->target);
		text_add(text, " before ");
		add_with(text, explained, choice->most_memory);
		text_add(text, ".");
	} else {
		add_with(text, explained, choice->target);
		add_swap(text, explained, choice->target);
		text_add(text, " was first in kill order");
		if (choice->second != EXPLAIN_NO_ROW && choice->second != choice->target) {
			text_add(text, "; next came ");
			add_with(text, explained, choice->second);
		}
		text_add(text, ".");
	}
	explain_said(writer);
}

static void say_child(struct explain_writer *writer)
{
	const struct oom_report *report = writer->explained->report;
	struct text *text = explain_say(writer);

	if (!value_known(report->chosen.pid) || report->n_victims == 0)
		return;
	explain_name(text, report->chosen.comm, report->chosen.pid);
	text_add(text, " was chosen; ");
	explain_name(text, report->victims[0].comm, report->victims[0].pid);
	text_add(text,
		writer->explained->kernel.sacrifices_child
			? ", a child of it, died in its place (so up to Linux 5.0)."
			: " died.");
	explain_said(writer);
}

static void say_others(struct explain_writer *writer)
{
	const struct oom_report *report = writer->explained->report;
	const uint32_t others =
		report->n_victims > 1 ? report->n_victims - 1 + report->n_victims_left_out : 0;
	struct text *text = explain_say(writer);

	if (others == 0)
		return;
	text_fmt(text, "%" PRIu32 " other%s died with it", others, others == 1 ? "" : "s");
	if (report->group_kill)
		text_add(text, ", as memory.oom.group is set: the whole cgroup goes");
	else if (report->victims[1].shares_memory)
		text_add(text, ", which used the same memory");
	text_add(text, ".");
	explain_said(writer);
}

static void say_gain(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	struct text *text = explain_say(writer);

	if (!value_known(explained->gives_back_kib))
		return;
	text_add(text, "That gave back ");
	units_kib(text, explained->gives_back_kib);
	text_add(text, " of RAM");
	if (value_known(explained->total_pages) &&
		explained->gives_back_kib <
			explain_kib(explained->report, explained->total_pages) / LITTLE_SHARE)
		text_add(text, ": next to nothing, so that more kills may have followed");
	text_add(text, ".");
	explain_said(writer);
}

static void say_spared(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const struct explained_spared *spared = &explained->spared;
	const int64_t adj = explained->choice.target == EXPLAIN_NO_ROW
		? VALUE_UNKNOWN
		: explained->report->tasks[explained->choice.target].oom_score_adj;
	struct text *text = explain_say(writer);

	if (!spared->known)
		return;
	if (spared->instead == EXPLAIN_NO_ROW) {
		text_add(text,
			"Nobody else could have been killed: sparing it would have meant nobody.");
	} else if (spared->possible) {
		/* The discount for root is not to be seen. */
		text_fmt(text, "With oom_score_adj at %s%" PRId32 " or less ",
			explained->kernel.formula < FORMULA_4_17 ? "about " : "", spared->adj);
		if (value_known(adj))
			text_fmt(text, "(it was %" PRId64 ") ", adj);
		if (spared->who_known)
			add_row(text, explained, spared->instead);
		else
			text_add(text, "another one");
		text_add(text, " would have been first instead.");
	} else {
		text_add(text, "No oom_score_adj but -1000 would have spared it.");
	}
	explain_said(writer);
}

void explain_words(struct explain_writer *writer)
{
	say_what(writer);
	say_memcg(writer);
	explain_say_holder(writer);
	say_request(writer);
	explain_say_why(writer);
	explain_say_memory(writer);
	say_child(writer);
	say_choice(writer);
	say_others(writer);
	say_gain(writer);
	say_spared(writer);
}
