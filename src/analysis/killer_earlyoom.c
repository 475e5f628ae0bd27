/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "analysis/killer_room.h"
#include "analysis/killers_parts.h"
#include "analysis/reason.h"
#include "base/units.h"

/* Facts: earlyoom 1.9, is_larger() and find_largest_process() of kill.c, parse_meminfo() of
 * meminfo.c, lowmem_sig() of main.c. */

/** What --prefer adds and --avoid takes away: points of oom_score, KiB of RSS. */
#define PREFER_SCORE 300
#define PREFER_RSS_KIB 3145728

/** A process as earlyoom compares it. */
struct candidate {
	uint32_t task; /**< NO_TASK: nobody yet */
	int64_t score;
	int64_t rss_kib;
};

static uint8_t marks_of(const struct killer *killer, uint32_t task)
{
	return killer->marks ? killer->marks[task] : 0;
}

/* MemAvailable is since 3.14; before, earlyoom makes do with this (available_guesstimate()). */
static int64_t available_kib(const struct meminfo *mem)
{
	const int64_t cache = value_add(mem->cached_kib, mem->buffers_kib);

	if (value_known(mem->mem_available_kib))
		return mem->mem_available_kib;
	if (!value_known(mem->shmem_kib) || !value_known(cache))
		return VALUE_UNKNOWN;
	return value_add(mem->mem_free_kib, cache - mem->shmem_kib);
}

/* Percent are of MemAvailable + AnonPages since 1.8.  -M is made a percentage of MemTotal first, but
 * then compared with that of the former. */
static void find_limits(const struct snapshot *now, const struct earlyoom_settings *settings,
	struct killer_limit ret[2])
{
	const struct meminfo *mem = &now->mem;
	const int64_t user_kib = settings->of_total ? mem->mem_total_kib
						    : value_add(available_kib(mem), mem->anon_kib);

	for (int i = 0; i < 2; i++) {
		ret[i].mem_kib = killer_smaller(
			killer_share(user_kib, settings->mem_permyriad[i], PERMYRIAD_ALL),
			killer_share(user_kib, settings->mem_kib[i], mem->mem_total_kib));
		ret[i].swap_kib =
			killer_smaller(killer_share(mem->swap_total_kib,
					       settings->swap_permyriad[i], PERMYRIAD_ALL),
				settings->swap_kib[i]);
	}
}

static bool is_skipped(const struct killer_judging *judging, uint32_t i)
{
	const struct task *task = &judging->in->now->tasks[i];
	const struct killer *killer = judging->killer;

	/* 1.7 takes whoever shows no resident memory for a kernel thread: seen of a process whose
	 * main thread had exited. */
	if (killer->earlyoom.of_total && task->rss_stat_pages == 0)
		return true;
	return task->pid <= 2 || task->ppid == 2 || !(task->has & TASK_HAS_STAT) ||
		(killer->earlyoom.ignore_root && task->has & TASK_HAS_UID && task->uid == 0) ||
		(marks_of(killer, i) & KILLER_MARK_IGNORE) ||
		(task->has & TASK_HAS_ADJ && task->oom_score_adj == -1000);
}

static struct candidate candidate_of(const struct killer_judging *judging, uint32_t i)
{
	const struct snapshot *now = judging->in->now;
	const uint8_t marks = marks_of(judging->killer, i);
	const int64_t sign = !!(marks & KILLER_MARK_PREFER) - !!(marks & KILLER_MARK_AVOID);
	struct candidate ret = {
		.task = i,
		.score = value_or(killer_score(now, judging->in->machine, i), 0),
		.rss_kib = value_or(snapshot_kib(now, now->tasks[i].rss_stat_pages), 0),
	};

	if (judging->killer->earlyoom.by_rss)
		ret.rss_kib += sign * PREFER_RSS_KIB;
	else
		ret.score += sign * PREFER_SCORE;
	return ret;
}

/* Whether a is before b by one number, or where that is the same by another. */
static bool exceeds(int64_t a, int64_t b, int64_t a_second, int64_t b_second)
{
	return a > b || (a == b && a_second > b_second);
}

/* By RSS, unless one of both has none (its main thread is gone) or less (--avoid): then by score.
 * So the choice depends on the order in which they come. */
static bool is_larger(const struct candidate *a, const struct candidate *victim, bool by_rss)
{
	if (victim->task == NO_TASK)
		return true;
	if (by_rss && a->rss_kib > 0 && victim->rss_kib > 0)
		return exceeds(a->rss_kib, victim->rss_kib, a->score, victim->score);
	return exceeds(a->score, victim->score, a->rss_kib, victim->rss_kib);
}

/* In order of pid, as readdir() of /proc gives them. */
static struct candidate choose(const struct killer_judging *judging, struct killer_view *view)
{
	const struct snapshot *now = judging->in->now;
	struct candidate victim = { .task = NO_TASK };

	for (uint32_t i = 0; i < now->n_tasks; i++) {
		struct candidate candidate;

		if (is_skipped(judging, i))
			continue;
		candidate = candidate_of(judging, i);
		if (!value_known(killer_score(now, judging->in->machine, i)))
			killer_doubt(view, WORTH_ASSUMED,
				"the memory of some processes could not be read");
		if (is_larger(&candidate, &victim, judging->killer->earlyoom.by_rss)) {
			victim = candidate;
			view->tie = false;
		} else if (candidate.score == victim.score && candidate.rss_kib == victim.rss_kib) {
			view->tie = true;
		}
	}
	return victim;
}

/* Why it does not take the kernel's choice; what it takes is known. */
static void say_why_not(const struct killer_judging *judging, const struct candidate *victim,
	uint32_t kernel, struct text *text)
{
	const struct earlyoom_settings *settings = &judging->killer->earlyoom;
	const struct task *task = &judging->in->now->tasks[kernel];
	const uint8_t marks = marks_of(judging->killer, kernel);

	text_add(text, "; not ");
	reason_name(task, text);
	text_add(text, " as the kernel: ");
	if (marks & KILLER_MARK_IGNORE)
		text_add(text, "--ignore leaves it out");
	else if (settings->ignore_root && task->has & TASK_HAS_UID && task->uid == 0)
		text_add(text, "--ignore-root-user leaves it out");
	else if (marks == KILLER_MARK_AVOID)
		text_add(text,
			settings->by_rss ? "--avoid takes 3G from it"
					 : "--avoid takes 300 from its oom_score");
	else if (marks_of(judging->killer, victim->task) == KILLER_MARK_PREFER)
		text_add(text, settings->by_rss ? "--prefer adds 3G" : "--prefer adds 300");
	else if (settings->by_rss)
		text_add(text, "swap, page tables and adj do not count");
	else if (candidate_of(judging, kernel).score == victim->score)
		text_add(text, "of the same oom_score RSS decides");
	else
		text_add(text,
			is_skipped(judging, kernel) ? "it leaves that one out"
						    : "its oom_score is lower");
}

static void say_why(const struct killer_judging *judging, const struct candidate *victim,
	struct killer_view *view)
{
	const struct snapshot *now = judging->in->now;
	const struct task *task = &now->tasks[victim->task];
	const uint32_t kernel = killer_of_kernel(judging->in->machine);
	struct text text;

	text_init(&text, view->reason, sizeof(view->reason));
	if (judging->killer->earlyoom.by_rss) {
		text_add(&text, "RSS of ");
		units_kib(&text, snapshot_kib(now, task->rss_stat_pages));
	} else {
		text_fmt(&text, "oom_score %" PRId64,
			value_or(killer_score(now, judging->in->machine, victim->task), 0));
	}
	if (kernel == NO_TASK)
		text_add(&text, "; the kernel would kill nobody");
	else if (kernel == victim->task)
		text_add(&text, "; the kernel would take it, too");
	else
		say_why_not(judging, victim, kernel, &text);
}

/* Of a sysrq the kernel takes the first one even where it would panic otherwise (out_of_memory()
 * of mm/oom_kill.c: is_sysrq_oom()). */
static void ask_kernel(const struct killer_judging *judging, struct killer_view *view)
{
	const struct oom *machine = judging->in->machine;
	const uint32_t kernel = killer_of_kernel(machine);

	view->act = ACT_KERNEL;
	snprintf(view->reason, sizeof(view->reason), "--kernel-oom: the kernel chooses (sysrq f)");
	if (kernel != NO_TASK) {
		view->victim = kernel;
		view->n_victims = 1 + machine->n_also;
		view->gives_back_kib = machine->gives_back_kib;
	} else if (machine->first != NO_TASK && machine->outcome != OUTCOME_UNKNOWN) {
		killer_take_task(judging->in->now, machine->first, view);
	} else {
		snprintf(view->nobody_why, sizeof(view->nobody_why),
			"the kernel finds nobody to kill");
	}
}

static void find_victim(const struct killer_judging *judging, struct killer_view *view)
{
	const struct snapshot *now = judging->in->now;
	struct candidate victim;

	if (judging->killer->earlyoom.kernel_oom) {
		ask_kernel(judging, view);
		return;
	}
	victim = choose(judging, view);
	if (victim.task == NO_TASK) {
		snprintf(view->nobody_why, sizeof(view->nobody_why),
			"there is no process that it may take");
		return;
	}
	if (now->tasks[victim.task].pid == judging->killer->pid) {
		view->tie = false;
		snprintf(view->nobody_why, sizeof(view->nobody_why),
			"it would choose itself, and then does nothing");
		return;
	}
	killer_take_task(now, victim.task, view);
	say_why(judging, &victim, view);
}

void killer_judge_earlyoom(const struct killer_judging *judging, struct killer_view *view)
{
	const struct snapshot *now = judging->in->now;
	const struct earlyoom_settings *settings = &judging->killer->earlyoom;
	struct killer_limit limits[2];

	killer_begin(now, judging->killer, view);
	if (!settings->matches_known)
		killer_doubt(view, WORTH_ASSUMED,
			"its --prefer, --avoid and --ignore cannot be followed here");
	if (settings->group)
		killer_doubt(view, WORTH_ASSUMED,
			"it ends the whole process group (-g), which is not known here");
	if (!settings->version_known)
		killer_doubt(view, WORTH_ASSUMED,
			"taken for 1.8 or later; before, its percentages are of all memory");
	find_limits(now, settings, limits);
	if (!killer_room(now, available_kib(&now->mem), limits, view))
		killer_doubt(view, WORTH_UNKNOWN, "what /proc/meminfo says is not enough");
	if (settings->dry_run) {
		view->never = true;
		snprintf(view->why_never, sizeof(view->why_never),
			"--dryrun: it only says whom it would kill");
	}
	find_victim(judging, view);
}
