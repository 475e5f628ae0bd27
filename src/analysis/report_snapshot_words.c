/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "analysis/explain_parts.h"
#include "analysis/report_snapshot_parts.h"
#include "base/units.h"

/** Cells of the name of a cgroup. */
#define PATH_CELLS 28

/** More than this share of a process in swap is worth a word: it frees no RAM. */
#define SWAP_SHARE 8

static const char *keep(struct arena *arena, const struct text *text)
{
	return arena_text(arena, text->buf, text->len);
}

/* As it is printed, without what follows the seconds of a clock. */
static const char *keep_time(struct arena *arena, const char *time)
{
	char buf[48];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (time)
		text_add_clean(&text, time, strchr(time, ':') ? strcspn(time, ".,") : strlen(time));
	return keep(arena, &text);
}

/* "java 23283", as everywhere on the screen. */
static void add_who(struct text *text, const char *comm, int64_t pid)
{
	if (comm[0])
		text_add_clean(text, comm, strnlen(comm, REPORT_COMM_SIZE));
	else
		text_add(text, "a process");
	if (value_known(pid))
		text_fmt(text, " %" PRId64, pid);
}

static void add_row(struct text *text, const struct explained *explained, uint32_t row)
{
	const struct report_task *task = &explained->report->tasks[row];

	add_who(text, task->comm, task->pid);
}

static void add_memory(struct text *text, const struct explained *explained, uint32_t row)
{
	const int64_t memory = explain_row_memory(explained, row);
	const int64_t swap = explained->tasks[row].badness.swap_pages;

	explain_add_pages(text, explained, memory);
	if (!value_known(swap) || swap <= memory / SWAP_SHARE)
		return;
	text_add(text, " (");
	explain_add_pages(text, explained, swap);
	text_add(text, " in swap)");
}

static void add_with(struct text *text, const struct explained *explained, uint32_t row)
{
	add_row(text, explained, row);
	text_add(text, " with ");
	explain_add_pages(text, explained, explain_row_memory(explained, row));
}

static void add_cause(struct text *text, const struct explained *explained)
{
	const struct oom_report *report = explained->report;
	char path[256];
	struct text words;

	if (report->constraint != REPORT_CONSTRAINT_MEMCG || !report->memcg ||
		explained->cause == CAUSE_SYSRQ) {
		text_add(text,
			explained->cause == CAUSE_UNKNOWN ? "why memory lacked cannot be told"
							  : explain_cause_words(explained->cause));
		return;
	}
	text_init(&words, path, sizeof(path));
	scope_path_words(report->memcg, &words);
	text_add(text, "cgroup ");
	text_add_bytes(text, path, text_fit(path, PATH_CELLS));
	text_add(text, " at its limit");
	if (value_known(report->memory.limit_kib) && report->memory.limit_kib != REPORT_NO_LIMIT) {
		text_add(text, " ");
		units_kib(text, report->memory.limit_kib);
	}
}

static const char *head_of(const struct oom_report *report)
{
	if (report->n_victims > 0)
		return "KILLED";
	if (report->panic)
		return "PANIC";
	return report->no_victim ? "NOBODY" : "OOM";
}

/* "java 23283 and 3 more: memory exhausted; gave back 3.1G" */
static void write_killed(struct text *text, const struct explained *explained)
{
	const struct oom_report *report = explained->report;
	const uint32_t more = report->n_victims > 1 ? report->n_victims - 1 : 0;

	if (report->n_victims > 0) {
		add_who(text, report->victims[0].comm, report->victims[0].pid);
		if (more > 0)
			text_fmt(text, " and %" PRIu32 " more", more + report->n_victims_left_out);
	} else if (report->no_victim) {
		text_add(text, "nobody could be killed");
		text_add(text, report->panic ? ", the kernel panicked" : "");
	} else if (report->panic) {
		text_add(text, "the kernel panicked instead of killing");
	} else {
		text_add(text, "who was killed is not in this report");
	}
	text_add(text, ": ");
	add_cause(text, explained);
	if (report->n_victims > 0 && value_known(explained->gives_back_kib)) {
		text_add(text, "; gave back ");
		units_kib(text, explained->gives_back_kib);
	}
}

/* What was first by the rules, and what it was ahead of. */
static void write_first(struct text *text, const struct explained *explained)
{
	const struct explained_choice *choice = &explained->choice;
	const struct report_task *target = &explained->report->tasks[choice->target];

	if (choice->by_adj) {
		text_fmt(text, "ADJ %+" PRId64 " put it, with ", target->oom_score_adj);
		add_memory(text, explained, choice->target);
		text_add(text, ", before ");
		add_with(text, explained, choice->most_memory);
		return;
	}
	if (choice->target != choice->first) {
		text_add(text, choice->why);
		return;
	}
	if (choice->second == EXPLAIN_NO_ROW) {
		text_add(text, "nobody else in the table could be killed");
	} else {
		text_fmt(text, "first of %" PRIu32 " with ", explained->n_ranked);
		add_memory(text, explained, choice->target);
		text_add(text, "; next ");
		add_with(text, explained, choice->second);
	}
}

static void write_why(struct text *text, const struct explained *explained)
{
	const struct oom_report *report = explained->report;
	const struct explained_choice *choice = &explained->choice;

	if (value_known(report->chosen.pid)) {
		add_who(text, report->chosen.comm, report->chosen.pid);
		text_add(text, " was chosen: ");
	}
	if (choice->agrees == ANSWER_YES && choice->target != EXPLAIN_NO_ROW &&
		choice->first != EXPLAIN_NO_ROW) {
		write_first(text, explained);
	} else if (choice->agrees == ANSWER_NO && choice->first != EXPLAIN_NO_ROW &&
		choice->target != EXPLAIN_NO_ROW) {
		add_row(text, explained, choice->first);
		text_add(text, " was due by the table; ");
		text_add(text, choice->why);
	} else {
		text_add(text, choice->why);
	}
}

static void write_spared(struct text *text, const struct explained *explained)
{
	const struct explained_spared *spared = &explained->spared;

	if (explained->report->n_victims == 0)
		return;
	if (!spared->known) {
		text_add(text, "what would have spared it cannot be told");
	} else if (spared->instead == EXPLAIN_NO_ROW) {
		text_add(text, "nobody else could have been killed");
	} else if (!spared->possible) {
		text_add(text, "only ADJ -1000 would have spared it");
	} else {
		/* The discount for root is not to be seen. */
		text_fmt(text, "by ADJ %s%" PRId32 " or less (it was %" PRId64 "): ",
			explained->kernel.formula < FORMULA_4_17 ? "about " : "", spared->adj,
			explained->report->tasks[explained->choice.first].oom_score_adj);
		if (spared->who_known)
			add_row(text, explained, spared->instead);
		else
			text_add(text, "another one");
		text_add(text, " would have been first");
	}
}

static const char *agrees_words(const struct explained *explained)
{
	switch (explained->choice.agrees) {
	case ANSWER_YES:
		return "agrees with the table: ";
	case ANSWER_NO:
		return "differs from the table: ";
	case ANSWER_UNKNOWN:
	default:
		return "cannot be checked: ";
	}
}

static const char *const *keep_all(
	struct arena *arena, const char *const *texts, uint32_t n, uint32_t *ret_n)
{
	const char **kept = arena_array(arena, n, sizeof(*kept));

	if (!kept)
		return NULL;
	for (uint32_t i = 0; i < n; i++) {
		kept[i] = arena_text(arena, texts[i], strlen(texts[i]));
		if (!kept[i])
			return NULL;
	}
	*ret_n = n;
	return kept;
}

static int keep_sentences(const struct explained *explained, struct arena *arena, struct told *told)
{
	if (explained->n_sentences > 0)
		told->sentences = keep_all(
			arena, explained->sentences, explained->n_sentences, &told->n_sentences);
	if (explained->n_next > 0)
		told->next = keep_all(arena, explained->next, explained->n_next, &told->n_next);
	return told->n_sentences == explained->n_sentences && told->n_next == explained->n_next
		? 0
		: -ENOMEM;
}

static const char *keep_written(struct arena *arena, const struct explained *explained,
	void (*write)(struct text *, const struct explained *))
{
	char buf[320];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	write(&text, explained);
	return keep(arena, &text);
}

static void write_agrees(struct text *text, const struct explained *explained)
{
	text_add(text, agrees_words(explained));
	text_add(text, explained->choice.why);
}

int report_words(const struct explained *explained, struct snapshot *snapshot, struct told *told)
{
	struct arena *arena = &snapshot->arena;

	told->head = head_of(explained->report);
	told->time = keep_time(arena, explained->report->time);
	told->killed = keep_written(arena, explained, write_killed);
	told->why = keep_written(arena, explained, write_why);
	told->spared = keep_written(arena, explained, write_spared);
	told->agrees = keep_written(arena, explained, write_agrees);
	told->chosen_first = explained->choice.target != EXPLAIN_NO_ROW &&
		explained->choice.target == explained->choice.first;
	if (!told->time || !told->killed || !told->why || !told->spared || !told->agrees)
		return -ENOMEM;
	return keep_sentences(explained, arena, told);
}
