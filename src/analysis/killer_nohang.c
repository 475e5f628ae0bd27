/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "analysis/killer_room.h"
#include "analysis/killers_parts.h"
#include "analysis/reason.h"

/* Facts: nohang 0.2.0, check_mem_swap_ex(), check_psi_ex(), pid_to_badness(), fast_find_victim(). */

static void find_limits(const struct snapshot *now, const struct nohang_settings *settings,
	struct killer_limit ret[2])
{
	const struct meminfo *mem = &now->mem;

	for (int i = 0; i < 2; i++) {
		ret[i].mem_kib = killer_smaller(settings->mem_kib[i],
			killer_share(
				mem->mem_total_kib, settings->mem_permyriad[i], PERMYRIAD_ALL));
		ret[i].swap_kib = killer_smaller(settings->swap_kib[i],
			killer_share(
				mem->swap_total_kib, settings->swap_permyriad[i], PERMYRIAD_ALL));
	}
}

/* Its timer runs whatever memory is left, but it acts only where that is at its limit, too. */
static void judge_pressure(const struct killer_judging *judging, const struct killer_limit *limit,
	struct killer_view *view)
{
	const struct snapshot *now = judging->in->now;
	const struct nohang_settings *settings = &judging->killer->nohang;
	const int64_t avg10 = now->pressure.full.avg10_centi;
	const int64_t centi = settings->psi_permyriad[0];
	int64_t held_ms;
	bool sure;

	if (!settings->psi)
		return;
	if (!value_known(centi)) {
		killer_doubt(view, WORTH_ASSUMED, "the pressure that it looks at is not followed");
		return;
	}
	if (!value_known(avg10))
		return;
	held_ms = killer_held_ms(judging, "/", avg10 >= centi, &sure);
	if (!value_known(now->mem.mem_available_kib) || !value_known(limit->mem_kib) ||
		now->mem.mem_available_kib > limit->mem_kib || now->mem.swap_total_kib == 0)
		return;
	view->held_ms = held_ms;
	view->pressure_centi = avg10;
	view->limit_centi = centi;
	view->duration_ms = settings->psi_duration_ms;
	view->least_s = killer_least_s(avg10, centi, held_ms, view->duration_ms);
	if (avg10 >= centi && !sure)
		killer_doubt(view, WORTH_LOWER_BOUND,
			"pressure was above its limit when it was first seen");
}

/* 2/3 of adj are what it is worth in oom_score since 5.9 (nohang 0.3; 0.2 takes all of it). */
static int64_t corrected_score(const struct killer_judging *judging, uint32_t i)
{
	const struct snapshot *now = judging->in->now;
	const struct task *task = &now->tasks[i];
	int64_t score = value_or(killer_score(now, judging->in->machine, i), 0);

	if (task->pid == 1 || task->pid == judging->killer->pid)
		return 0;
	if (judging->killer->nohang.ignore_positive_adj && task->has & TASK_HAS_ADJ &&
		task->oom_score_adj > 0)
		score -= (int64_t)task->oom_score_adj * 2 / 3;
	return value_max(score, 0);
}

/* Why it does not take the kernel's choice. */
static const char *why_not(const struct killer_judging *judging, const struct task *task)
{
	if (task->pid == judging->killer->pid)
		return "it never takes itself";
	if (judging->killer->nohang.ignore_positive_adj && task->has & TASK_HAS_ADJ &&
		task->oom_score_adj > 0)
		return "it ignores positive oom_score_adj";
	return "of the same oom_score it takes the first";
}

static void say_why(const struct killer_judging *judging, uint32_t victim, int64_t badness,
	struct killer_view *view)
{
	const uint32_t kernel = killer_of_kernel(judging->in->machine);
	const struct snapshot *now = judging->in->now;
	struct text text;

	text_init(&text, view->reason, sizeof(view->reason));
	text_fmt(&text, "badness %" PRId64, badness);
	if (kernel == NO_TASK) {
		text_add(&text, "; the kernel would kill nobody");
	} else if (kernel == victim) {
		text_add(&text, "; the kernel would take it, too");
	} else {
		text_add(&text, "; not ");
		reason_name(&now->tasks[kernel], &text);
		text_add(&text, " as the kernel: ");
		text_add(&text, why_not(judging, &now->tasks[kernel]));
	}
}

static void find_victim(const struct killer_judging *judging, struct killer_view *view)
{
	const struct snapshot *now = judging->in->now;
	uint32_t victim = NO_TASK;
	int64_t best = 0;
	bool tie = false;

	for (uint32_t i = 0; i < now->n_tasks; i++) {
		const int64_t badness = corrected_score(judging, i);

		tie = badness > best ? false : tie || (badness == best && best > 0);
		if (badness > best) {
			best = badness;
			victim = i;
		}
	}
	if (victim == NO_TASK || best < judging->killer->nohang.min_badness) {
		snprintf(view->nobody_why, sizeof(view->nobody_why),
			"no process has a badness of %" PRId64,
			judging->killer->nohang.min_badness);
		return;
	}
	killer_take_task(now, victim, view);
	view->tie = tie;
	say_why(judging, victim, best, view);
}

/* These say more than that its file was read. */
static void say_unfollowed(const struct nohang_settings *settings, struct killer_view *view)
{
	const char *what = NULL;

	if (settings->corrected)
		what = "its patterns correct scores, and are not followed here";
	else if (settings->commands)
		what = "for some it runs commands, which are not followed here";
	else if (settings->zram)
		what = "it looks at zram, too, and may act earlier";
	if (!what)
		return;
	view->worth = WORTH_ASSUMED;
	snprintf(view->worth_why, sizeof(view->worth_why), "%s", what);
}

void killer_judge_nohang(const struct killer_judging *judging, struct killer_view *view)
{
	const struct snapshot *now = judging->in->now;
	const struct nohang_settings *settings = &judging->killer->nohang;
	struct killer_limit limits[2];

	killer_begin(now, judging->killer, view);
	say_unfollowed(settings, view);
	find_limits(now, settings, limits);
	if (!killer_room(now, now->mem.mem_available_kib, limits, view))
		killer_doubt(view, WORTH_UNKNOWN, "what /proc/meminfo says is not enough");
	judge_pressure(judging, &limits[0], view);
	find_victim(judging, view);
}
