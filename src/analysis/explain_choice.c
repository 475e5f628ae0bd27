/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/explain_parts.h"

/** How far a process can get while the report is printed, which is after the choice: a 64th of
 * its memory and what one CPU keeps uncounted. */
#define MOVED_SHARE 64
#define MOVED_LEAST_PAGES 64

static void answer(struct explained *explained, enum explain_answer agrees, const char *why)
{
	struct text text;

	explained->choice.agrees = agrees;
	text_init(&text, explained->choice.why, sizeof(explained->choice.why));
	text_add(&text, why);
}

static int64_t target_pid(const struct oom_report *report)
{
	const struct report_victim *victim = explain_victim(report);

	if (value_known(report->chosen.pid))
		return report->chosen.pid;
	return victim ? victim->pid : VALUE_UNKNOWN;
}

/* 3.5..5.0: badness * 1000 / T; 2.6.36..3.4: badness (kernel.md 10.7). */
static int64_t printed_score(const struct explained *explained, uint32_t row)
{
	const int64_t total = explained->tasks[row].badness.total;

	if (explained->kernel.formula == FORMULA_2_6_32 || !value_known(total) ||
		!value_known(explained->total_pages) ||
		explained->total_pages != explained->total_most_pages ||
		!explained->tasks[row].badness.known)
		return VALUE_UNKNOWN;
	if (explained->kernel.formula <= FORMULA_3_2)
		return total;
	return value_mul(total, 1000) / explained->total_pages;
}

static uint32_t most_memory(const struct explained *explained)
{
	uint32_t most = EXPLAIN_NO_ROW;

	for (uint32_t i = 0; i < explained->n_ranked; i++) {
		const uint32_t row = explained->order[i];

		if (most == EXPLAIN_NO_ROW ||
			explain_row_memory(explained, row) > explain_row_memory(explained, most))
			most = row;
	}
	return most;
}

/** Totals T / 1000 under which one row is first; both ends belong to it. */
struct range {
	int64_t least, most;
};

static int64_t divide_up(int64_t a, int64_t b)
{
	return a / b + (a % b > 0);
}

/* Where mem_a + adj_a * t >= mem_b + adj_b * t. */
static void narrow(const struct explained *explained, uint32_t a, uint32_t b, struct range *range)
{
	const struct oom_report *report = explained->report;
	const int64_t adj = value_or(report->tasks[a].oom_score_adj, 0) -
		value_or(report->tasks[b].oom_score_adj, 0);
	const int64_t lacks = explain_row_memory(explained, b) - explain_row_memory(explained, a);

	if (adj > 0)
		range->least = value_max(range->least, lacks > 0 ? divide_up(lacks, adj) : 0);
	else if (adj < 0)
		range->most = value_min(range->most, lacks <= 0 ? lacks / adj : -1);
	else if (lacks > 0)
		range->most = -1;
}

/* Whether there is a total that makes a row the first, where the report leaves T open. */
static bool some_total_agrees(const struct explained *explained, uint32_t row)
{
	struct range range = { 0, INT64_MAX };

	if (explained->kernel.formula < FORMULA_4_17 || value_known(explained->total_most_pages))
		range.most = value_known(explained->total_most_pages)
			? explained->total_most_pages / 1000
			: INT64_MAX;
	if (value_known(explained->total_pages))
		range.least = explained->total_pages / 1000;
	for (uint32_t i = 0; i < explained->n_ranked; i++) {
		if (explained->order[i] != row)
			narrow(explained, row, explained->order[i], &range);
	}
	return range.least <= range.most;
}

static bool total_open(const struct explained *explained)
{
	return explained->total_pages != explained->total_most_pages ||
		!value_known(explained->total_pages);
}

/* Which row comes first if the one is scored as high as can be and the others as low. */
static bool root_agrees(const struct explained *explained, uint32_t row)
{
	for (uint32_t i = 0; i < explained->n_ranked; i++) {
		const uint32_t other = explained->order[i];

		if (other != row && explained->tasks[other].least > explained->tasks[row].most)
			return false;
	}
	return explained->kernel.formula < FORMULA_4_17;
}

static bool is_close(const struct explained *explained, uint32_t row, uint32_t first)
{
	const int64_t gap = value_add(explained->tasks[first].badness.total_pages,
		-explained->tasks[row].badness.total_pages);

	return gap <= explain_row_memory(explained, first) / MOVED_SHARE + MOVED_LEAST_PAGES;
}

bool explain_terms_known(const struct explained *explained, uint32_t row)
{
	return explained->tasks[row].badness.known || !value_known(explained->total_pages);
}

static void agree_first(struct explained *explained, uint32_t row)
{
	const struct explained_task *second = explained->choice.second == EXPLAIN_NO_ROW
		? NULL
		: &explained->tasks[explained->choice.second];

	if (explained->report->chosen.pid == explained->report->tasks[row].pid &&
		explained->report->n_victims > 0 && explained->kernel.sacrifices_child)
		answer(explained, ANSWER_YES,
			"it has the highest score; a child was killed in its place");
	else if (!second)
		answer(explained, ANSWER_YES, "nobody else in the table could be killed");
	else if (!explain_terms_known(explained, row))
		answer(explained, ANSWER_YES,
			"it has the highest score that can be seen: the table lacks swap and page tables");
	else if (second->badness.total == explained->tasks[row].badness.total)
		answer(explained, ANSWER_YES,
			explained->kernel.tie == TIE_OLDEST
				? "it shares the highest score, and the first of equals is taken"
				: "it shares the highest score, and the last of equals is taken");
	else
		answer(explained, ANSWER_YES, "it has the highest score");
}

static bool is_invoker(const struct oom_report *report, uint32_t row)
{
	const struct report_task *task = &report->tasks[row];

	return value_known(report->invoker.pid) &&
		(task->pid == report->invoker.pid || task->tgid == report->invoker.pid);
}

/* The process that was chosen is not the first of the table: what can explain that, the surest
 * first. */
static void explain_other(struct explained *explained, uint32_t row)
{
	const struct oom_report *report = explained->report;
	const uint32_t first = explained->choice.first;
	const bool said = value_known(report->chosen.pid);

	if (!explain_terms_known(explained, row) || !explain_terms_known(explained, first))
		answer(explained, ANSWER_UNKNOWN,
			"the table does not show swap and page tables, which count");
	else if (explained->tasks[row].badness.total == explained->tasks[first].badness.total)
		answer(explained, ANSWER_YES,
			"it shares the highest score; which of equals is taken the table need not show");
	else if (root_agrees(explained, row))
		answer(explained, ANSWER_YES,
			"it is first within the discount for root, which the table does not show");
	else if (total_open(explained) && explained->kernel.formula >= FORMULA_3_14 &&
		some_total_agrees(explained, row))
		answer(explained, ANSWER_YES,
			"it is first under a total of RAM and swap that the report leaves open");
	else if (is_invoker(report, row))
		answer(explained, ANSWER_NO,
			"it asked for the memory: vm.oom_kill_allocating_task may be set");
	else if (explained->kernel.sacrifices_child && !said)
		answer(explained, ANSWER_NO,
			"it may be a child, killed in place of its parent as up to Linux 5.0");
	else if (is_close(explained, row, first))
		answer(explained, ANSWER_NO,
			"the two are close, and the table is printed after the choice");
	else if (explained->kernel.vendor)
		answer(explained, ANSWER_NO,
			"the first may be dying already; or this vendor's kernel has another rule");
	else if (!explained->kernel.release_known)
		answer(explained, ANSWER_NO,
			"the first may be dying already; or this kernel (not named) has another rule");
	else
		answer(explained, ANSWER_NO,
			"the first may be dying already, or in vfork, which the table does not show");
}

/* Who asks is killed, whoever is first (out_of_memory() in mm/oom_kill.c). */
static void answer_allocating(struct explained *explained, int64_t pid)
{
	const struct oom_report *report = explained->report;
	const uint32_t row = explained->choice.target;

	explained->choice.by_adj = false;
	if (!value_known(report->invoker.pid) || !value_known(pid))
		answer(explained, ANSWER_UNKNOWN,
			"vm.oom_kill_allocating_task was set, and the report does not say who asked");
	else if (pid == report->invoker.pid || (row != EXPLAIN_NO_ROW && is_invoker(report, row)))
		answer(explained, ANSWER_YES,
			"it asked for memory, and vm.oom_kill_allocating_task was set");
	else
		answer(explained, ANSWER_NO,
			"vm.oom_kill_allocating_task was set, but another one had asked");
}

/* No process was chosen, or none is in the table. */
static void answer_without(struct explained *explained, int64_t pid)
{
	const struct oom_report *report = explained->report;

	if (report->n_tasks == 0)
		answer(explained, ANSWER_UNKNOWN, "the report has no task table");
	else if (explained->kernel.formula == FORMULA_2_6_32)
		answer(explained, ANSWER_UNKNOWN,
			"this kernel scores by children, age and CPU time too, which the table lacks");
	else if (report->no_victim && explained->n_ranked == 0)
		answer(explained, ANSWER_YES, "nobody in the table could be killed");
	else if (report->no_victim)
		answer(explained, ANSWER_NO,
			"nobody was found, though the table has some: they may be dying already");
	else if (!value_known(pid) && report->panic)
		answer(explained, ANSWER_UNKNOWN, "the kernel panicked instead of choosing");
	else if (!value_known(pid))
		answer(explained, ANSWER_UNKNOWN, "the report does not say who was killed");
	else if (report->complete)
		answer(explained, ANSWER_UNKNOWN,
			"the table has no row of the process that was killed");
	else
		answer(explained, ANSWER_UNKNOWN,
			"the report is cut: the table has no row of the process that was killed");
}

void explain_choice(struct explained *explained)
{
	const struct oom_report *report = explained->report;
	struct explained_choice *choice = &explained->choice;
	const int64_t pid = target_pid(report);

	*choice = (struct explained_choice){ .score = VALUE_UNKNOWN };
	choice->first = explained->n_ranked > 0 ? explained->order[0] : EXPLAIN_NO_ROW;
	choice->second = explained->n_ranked > 1 ? explained->order[1] : EXPLAIN_NO_ROW;
	choice->target = explain_row_of(report, pid);
	choice->most_memory = most_memory(explained);
	if (report->allocating) {
		answer_allocating(explained, pid);
		return;
	}
	if (choice->target == EXPLAIN_NO_ROW || explained->kernel.formula == FORMULA_2_6_32) {
		answer_without(explained, pid);
		return;
	}
	choice->score = printed_score(explained, choice->target);
	choice->by_adj = choice->most_memory != EXPLAIN_NO_ROW &&
		choice->most_memory != choice->target &&
		report->tasks[choice->target].oom_score_adj >
			report->tasks[choice->most_memory].oom_score_adj;
	if (explained->tasks[choice->target].exempt != EXEMPT_NONE)
		answer(explained, ANSWER_NO,
			"it is at oom_score_adj -1000: it may share the memory of another one");
	else if (explained->tasks[choice->target].rank == 0)
		answer(explained, ANSWER_UNKNOWN, "the table does not show its memory");
	else if (choice->target == choice->first)
		agree_first(explained, choice->target);
	else
		explain_other(explained, choice->target);
}
