/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/actor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "action/perform.h"
#include "action/release.h"
#include "collect/surroundings.h"
#include "ui/actions.h"

static void let_go(struct app *app)
{
	handle_close(&app->handle);
}

/** What a menu or a preview says of a process beyond its sample; true if that is news. */
static bool look_around(struct app *app, const struct target *target, struct surroundings *ret)
{
	const struct snapshot *now = app->view.now;
	const uint32_t task = now ? plan_find(now, target) : NO_TASK;
	const bool asked = ret->asked;

	if (target->pid == 0 || task == NO_TASK) {
		memset(ret, 0, sizeof(*ret));
		return asked;
	}
	if (asked && ret->pid == target->pid && ret->start_ticks == target->start_ticks)
		return false;
	surroundings_of(&app->root, &now->tasks[task], ret);
	return true;
}

/** The same of sysrq-f. */
static bool look_at_sysrq(struct app *app, struct sysrq_access *ret)
{
	const struct sysrq_access before = *ret;

	sysrq_access_of(&app->root, ret);
	return !before.asked || ret->error != before.error;
}

static void cancel(struct app *app, int error)
{
	char words[160];
	struct text text;

	text_init(&text, words, sizeof(words));
	if (error != -ESRCH)
		text_add(&text, "cannot take hold of ");
	plan_name(&app->state.action.plan.target, &text);
	if (error == -ESRCH)
		text_add(&text, " has ended: nothing was done");
	else
		text_fmt(&text, ": %s", strerror(-error));
	actions_cancel(&app->view, words);
}

/** Hold the process that the prompt or menu is for, from when it opens until it closes. */
static void take_hold(struct app *app)
{
	struct action *action = &app->state.action;
	bool news = false;
	int r;

	if (app->root.live && action->plan.target.pid != 0 &&
		!handle_is_of(&app->handle, &action->plan.target)) {
		let_go(app);
		r = handle_open(
			app->root.proc_fd, app->root.host, &action->plan.target, &app->handle);
		if (r < 0) {
			cancel(app, r);
			return;
		}
	}
	news |= look_around(app, &action->plan.target, &action->around);
	news |= look_around(app, &action->plan.second, &action->around_second);
	news |= look_at_sysrq(app, &action->sysrq);
	/* The key itself has put the plan in words already. */
	if (news)
		(void)actions_explain(&app->view);
}

static void carry_out(struct app *app, struct outcome *outcome)
{
	const struct plan *plan = &app->state.action.plan;

	*outcome = (struct outcome){ .error = -EPERM, .words = "refused: nothing was done" };
	/* The page refuses this long before; no way must lead past it. */
	if (!app->root.live || app->state.read_only || app->view.page.refused[0])
		return;
	switch (plan->kind) {
	case PLAN_ADJ:
		perform_adj(&app->handle, plan, outcome);
		break;
	case PLAN_SIGNAL:
		perform_signal(&app->handle, plan, outcome);
		if (outcome->killed)
			(void)release_start(&app->handle, &plan->target);
		break;
	case PLAN_SYSRQ:
		perform_sysrq(app->root.proc_fd, &app->handle, plan, outcome);
		break;
	case PLAN_NONE:
	default:
		break;
	}
}

unsigned actor_follow(struct app *app, unsigned reaction)
{
	struct outcome outcome;

	if (app->state.action.plan.kind != PLAN_NONE)
		take_hold(app);
	if (reaction & REACT_PERFORM && app->state.action.plan.kind != PLAN_NONE) {
		carry_out(app, &outcome);
		actions_done(&app->view, outcome.error == 0, outcome.words);
		reaction |= REACT_TIMER;
	}
	if (app->state.action.plan.kind == PLAN_NONE)
		let_go(app);
	return reaction;
}

void actor_note(struct app *app)
{
	char words[LOG_LINE_MAX];
	struct text text;

	text_init(&text, words, sizeof(words));
	while (release_ended(&text)) {
		ui_log(&app->state, app->view.now->time_ms, "%s", words);
		text_init(&text, words, sizeof(words));
	}
	if (app->state.action.plan.kind == PLAN_NONE)
		let_go(app);
}

static void say(struct app *app, const char *words)
{
	fprintf(stderr, "oomwatch: %s\n", words);
	logfile_add(&app->logfile, words);
}

/** Back to what it was, if it still is what was written.  True if that is so now, or if the
 * process has ended. */
static bool restore(struct app *app, const struct change *change)
{
	const struct plan plan = {
		.kind = PLAN_ADJ,
		.target = change->target,
		.adj_before = change->after,
		.adj = change->before,
		.undo = true,
		.undo_wrote = change->after,
	};
	struct outcome outcome = { 0 };
	struct handle handle = HANDLE_CLOSED;
	char words[200];
	struct text text;
	int32_t adj = 0;
	int r;

	text_init(&text, words, sizeof(words));
	r = handle_open(app->root.proc_fd, app->root.host, &change->target, &handle);
	if (r == 0)
		r = perform_read_adj(&handle, &adj);
	if (r == 0 && adj == change->after) {
		perform_adj(&handle, &plan, &outcome);
		r = outcome.error;
		text_fmt(&text, "%s%s", r == 0 ? "restored: " : "not restored: ", outcome.words);
	} else {
		text_add(&text, "ADJ of ");
		plan_name(&change->target, &text);
		if (r == -ESRCH)
			text_add(&text, ": it has ended, nothing to restore");
		else if (r < 0)
			text_fmt(&text, " cannot be restored to %d: %s", change->before,
				strerror(-r));
		else
			text_fmt(&text, " left alone: it is %d now, not the %d that oomwatch wrote",
				adj, change->after);
	}
	handle_close(&handle);
	say(app, words);
	return r == 0 || r == -ESRCH;
}

static bool still_lives(const struct app *app, const struct target *target)
{
	struct handle handle = HANDLE_CLOSED;
	const int r = handle_open(app->root.proc_fd, app->root.host, target, &handle);

	handle_close(&handle);
	return r != -ESRCH;
}

bool actor_leave(struct app *app)
{
	const struct changes *changes = &app->state.changes;
	struct change change;
	unsigned stay = 0;
	bool good = true;

	for (unsigned i = 0; i < changes->count; i++) {
		if (!changes_restore(changes, i, &change))
			continue;
		if (app->options.restore_on_exit)
			good = restore(app, &change) && good;
		else if (still_lives(app, &change.target))
			stay++;
	}
	if (stay > 0) {
		char words[128];

		snprintf(words, sizeof(words),
			"oom_score_adj of %u process%s stays changed (--restore-on-exit would undo it)",
			stay, stay == 1 ? "" : "es");
		say(app, words);
	}
	return good;
}
