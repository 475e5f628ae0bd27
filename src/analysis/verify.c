/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/verify.h"

#include <signal.h>
#include <string.h>

#include "analysis/plan_parts.h"

/** What a sample shows of a kill. */
struct sight {
	bool target_gone;
	const struct target *other; /**< the first other candidate that is gone; NULL: none */
	int64_t killed;             /**< kills that the kernel counted since the action */
	int64_t elapsed_ms;         /**< since the action */
	int64_t sign_ms;            /**< since the first sign of a kill */
};

static void add_candidates(struct verify *verify, const struct snapshot *now, const struct oom *oom)
{
	const uint32_t first = plan_find(now, &verify->target);

	if (verify->target.pid > 0)
		verify->candidates[verify->n_candidates++] = verify->target;
	/* Sysrq-f takes from the whole machine, whatever scope is on the screen. */
	if (oom->scope.kind != SCOPE_SYSTEM)
		return;
	for (uint32_t i = 0; i < oom->n_order && verify->n_candidates < VERIFY_CANDIDATES; i++) {
		if (oom->order[i] != first)
			plan_target(
				now, oom->order[i], &verify->candidates[verify->n_candidates++]);
	}
}

void verify_begin(struct verify *verify, const struct plan *plan, const struct snapshot *now,
	const struct oom *oom)
{
	struct verify begun = {
		.kind = plan->kind,
		.signal = plan->signal,
		.target = plan->target,
		.since_ms = now->uptime_ms,
		.kills_before = now->vmstat.oom_kill,
		.first_sign_ms = VALUE_UNKNOWN,
	};

	if (plan->kind == PLAN_SIGNAL) {
		if (plan_signal_effect(plan->signal) != SIGNAL_ENDS)
			return;
	} else if (plan->kind == PLAN_SYSRQ) {
		add_candidates(&begun, now, oom);
		begun.certain = oom->scope.kind == SCOPE_SYSTEM && oom->certain &&
			oom->victim != NO_TASK && oom->victim == plan_find(now, &plan->target);
	} else {
		return;
	}
	*verify = begun;
}

/* In no list, or a zombie: stat of one whose memory is gone shows a size of 0. */
static bool is_gone(const struct snapshot *now, const struct target *target)
{
	const uint32_t at = plan_find(now, target);
	const struct task *task;

	if (now->n_tasks == 0 || target->pid <= 0)
		return false;
	if (at == NO_TASK)
		return true;

	task = &now->tasks[at];
	if (!(task->has & (TASK_HAS_STAT | TASK_HAS_STATUS)))
		return false;
	if (value_known(task->vsize_pages))
		return task->vsize_pages == 0;
	return task->state == 'Z' || task->state == 'X';
}

static bool is_exiting(const struct snapshot *now, const struct target *target)
{
	const uint32_t at = plan_find(now, target);

	return at != NO_TASK && now->tasks[at].flags & TASK_FLAG_EXITING;
}

/* A clock that cannot be read must not make it wait for ever. */
static int64_t passed_ms(const struct snapshot *now, int64_t since_ms)
{
	if (!value_known(now->uptime_ms) || !value_known(since_ms))
		return VERIFY_LIMIT_MS;
	return value_add(now->uptime_ms, -since_ms);
}

static void look(struct verify *verify, const struct snapshot *now, struct sight *ret)
{
	struct sight sight = { .elapsed_ms = passed_ms(now, verify->since_ms) };
	const int64_t kills = now->vmstat.oom_kill;

	sight.target_gone = is_gone(now, &verify->target);
	for (unsigned i = 0; i < verify->n_candidates && !sight.other; i++) {
		const struct target *candidate = &verify->candidates[i];

		if (candidate->pid != verify->target.pid && is_gone(now, candidate))
			sight.other = candidate;
	}
	if (value_known(kills) && value_known(verify->kills_before))
		sight.killed = value_max(value_add(kills, -verify->kills_before), 0);

	if (!value_known(verify->first_sign_ms) &&
		(sight.killed > 0 || sight.target_gone ||
			(sight.other && !value_known(verify->kills_before))))
		verify->first_sign_ms = now->uptime_ms;
	if (value_known(verify->first_sign_ms))
		sight.sign_ms = passed_ms(now, verify->first_sign_ms);
	*ret = sight;
}

static void say_foretold(const struct verify *verify, struct text *words)
{
	text_add(words, "foretold ");
	if (verify->target.pid > 0)
		plan_name(&verify->target, words);
	else
		text_add(words, "nobody");
}

static void say_other(const struct verify *verify, const struct sight *sight, struct text *words)
{
	say_foretold(verify, words);
	if (sight->killed > 0) {
		text_add(words, ", but the kernel took ");
		if (sight->other)
			plan_name(sight->other, words);
		else
			text_add(words, "another one");
	} else {
		text_add(words, ", but ");
		plan_name(sight->other, words);
		text_add(words, " is gone (this kernel counts no kills)");
	}
	if (verify->certain)
		text_add(words, ", although that was called certain");
}

static void say_nothing(const struct verify *verify, const struct sight *sight, struct text *words)
{
	if (sight->target_gone) {
		plan_name(&verify->target, words);
		text_add(words, " is gone, but the kernel counted no kill");
		return;
	}
	text_fmt(words, "no kill within %d s: ", VERIFY_LIMIT_MS / 1000);
	if (verify->target.pid > 0) {
		plan_name(&verify->target, words);
		text_add(words, " still lives");
	} else {
		text_add(words, "nobody could be foretold");
	}
}

/* Whether those that are gone are the whole answer.  The target may need its time to go, while
 * others that were killed with it, or ended because of it, are gone already. */
static bool took_other(
	const struct verify *verify, const struct snapshot *now, const struct sight *sight)
{
	const bool late = sight->elapsed_ms >= VERIFY_LIMIT_MS;

	if (is_exiting(now, &verify->target) && !late)
		return false;
	if (sight->killed > 0)
		return (sight->other && sight->killed == 1) || sight->sign_ms >= VERIFY_GRACE_MS ||
			late;
	return !value_known(verify->kills_before) && sight->other &&
		(sight->sign_ms >= VERIFY_GRACE_MS || late);
}

static enum verify_result judge_sysrq(const struct verify *verify, const struct snapshot *now,
	const struct sight *sight, struct text *words)
{
	const bool counts = value_known(verify->kills_before);

	if (sight->target_gone && (sight->killed > 0 || !counts)) {
		text_add(words, counts ? "the kernel killed " : "");
		plan_name(&verify->target, words);
		text_add(words,
			counts ? ", as foretold"
			       : " is gone, as foretold (this kernel counts no kills)");
		return VERIFY_AS_FORETOLD;
	}
	if (!sight->target_gone && took_other(verify, now, sight)) {
		say_other(verify, sight, words);
		return VERIFY_OTHER;
	}
	if (sight->elapsed_ms < VERIFY_LIMIT_MS &&
		!(sight->target_gone && sight->sign_ms >= VERIFY_GRACE_MS))
		return VERIFY_WAITING;
	say_nothing(verify, sight, words);
	return VERIFY_NOTHING;
}

static enum verify_result judge_signal(const struct verify *verify, const struct snapshot *now,
	const struct sight *sight, struct text *words)
{
	const uint32_t at = plan_find(now, &verify->target);
	const bool by_kill = verify->signal == SIGKILL;

	if (sight->target_gone) {
		plan_name(&verify->target, words);
		text_add(words, " has ended");
		return VERIFY_AS_FORETOLD;
	}
	if (sight->elapsed_ms < VERIFY_LIMIT_MS)
		return VERIFY_WAITING;

	plan_name(&verify->target, words);
	text_fmt(words, by_kill ? " is still there %d s after " : " still runs %d s after ",
		VERIFY_LIMIT_MS / 1000);
	plan_signal_name(verify->signal, words);
	if (!by_kill)
		text_add(words, ": F9 has KILL");
	else if (at != NO_TASK && now->tasks[at].state == 'D')
		text_add(words, ": it waits in the kernel (state D)");
	return VERIFY_NOTHING;
}

enum verify_result verify_sample(
	struct verify *verify, const struct snapshot *now, struct text *words)
{
	enum verify_result result;
	struct sight sight;

	if (verify->kind != PLAN_SIGNAL && verify->kind != PLAN_SYSRQ)
		return VERIFY_WAITING;

	look(verify, now, &sight);
	result = verify->kind == PLAN_SIGNAL ? judge_signal(verify, now, &sight, words)
					     : judge_sysrq(verify, now, &sight, words);
	if (result != VERIFY_WAITING)
		*verify = (struct verify){ .kind = PLAN_NONE };
	return result;
}
