/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <string.h>

#include "analysis/plan_parts.h"

/** A unit's name that is longer leaves no room for what is said of it. */
#define UNIT_SHOWN 72

/* systemd.service(5), the table of exit causes. */
static bool restarts(enum restart_rule rule, enum plan_end end)
{
	switch (rule) {
	case RESTART_ALWAYS:
		return true;
	case RESTART_ON_SUCCESS:
		return end == PLAN_END_CLEAN;
	case RESTART_ON_FAILURE:
	case RESTART_ON_ABNORMAL:
	case RESTART_ON_ABORT:
		return end == PLAN_END_UNCLEAN;
	case RESTART_UNKNOWN:
	case RESTART_NO_UNIT:
	case RESTART_NO:
	case RESTART_ON_WATCHDOG:
		break;
	}
	return false;
}

static void add_unit(const struct plan_after *after, struct text *text)
{
	const char *unit = after->around->unit;

	if (unit[0])
		text_add_clean(text, unit, strnlen(unit, UNIT_SHOWN));
	else
		text_add(text, "its unit");
}

struct plan_after plan_after_of(
	const struct snapshot *now, uint32_t task, const struct surroundings *around)
{
	struct plan_after after = { .now = now, .task = task };

	if (around && around->asked && around->pid == now->tasks[task].pid &&
		around->start_ticks == now->tasks[task].start_ticks)
		after.around = around;
	return after;
}

/* What is said whatever the end; false if it depends on that. */
static bool say_no_rule(const struct plan_after *after, struct text *text)
{
	if (!after->around) {
		text_add(text, "not known: its unit has not been looked at");
	} else if (after->around->user_unit) {
		text_add(text, "not known: ");
		add_unit(after, text);
		text_add(text, " is of a user's own systemd, whose files are not read");
	} else if (after->around->restart == RESTART_NO_UNIT) {
		text_add(text, "not by systemd: it is in no service");
	} else if (after->around->restart == RESTART_UNKNOWN) {
		text_add(text, "not known, because the file of ");
		add_unit(after, text);
		text_add(text, " was not found");
	} else {
		return false;
	}
	return true;
}

bool plan_restarts(const struct plan_after *after, enum plan_end end)
{
	return after->around && !after->around->user_unit && restarts(after->around->restart, end);
}

void plan_say_restart(const struct plan_after *after, enum plan_end end, struct text *text)
{
	bool again;

	if (say_no_rule(after, text))
		return;
	again = restarts(after->around->restart, end);
	text_add(text, again ? "systemd starts " : "systemd does not start ");
	add_unit(after, text);
	text_fmt(text, " again (Restart=%s)", restart_rule_name(after->around->restart));
	if (again)
		text_add(text, ", if this is its main process");
	else if (restarts(after->around->restart, PLAN_END_UNCLEAN))
		text_add(text, ", if it ends cleanly");
}

void plan_say_restart_either(const struct plan_after *after, struct text *text)
{
	const enum restart_rule rule = after->around ? after->around->restart : RESTART_UNKNOWN;
	const bool clean = restarts(rule, PLAN_END_CLEAN);

	if (clean == restarts(rule, PLAN_END_UNCLEAN)) {
		plan_say_restart(after, PLAN_END_UNCLEAN, text);
		return;
	}
	if (say_no_rule(after, text))
		return;
	text_add(text, "systemd starts ");
	add_unit(after, text);
	text_fmt(text, " again after %s, not after %s (Restart=%s)", clean ? "TERM" : "KILL",
		clean ? "KILL" : "TERM", restart_rule_name(rule));
}

static void say_policy(const struct plan_after *after, struct text *text)
{
	switch (after->around->oom_policy) {
	case OOM_POLICY_STOP:
		text_add(text, "systemd then stops all of ");
		add_unit(after, text);
		text_add(text, " (OOMPolicy=stop)");
		break;
	case OOM_POLICY_KILL:
		text_add(text, "all of ");
		add_unit(after, text);
		text_add(text, " is killed with it (OOMPolicy=kill)");
		break;
	case OOM_POLICY_CONTINUE:
		text_add(text, "the rest of ");
		add_unit(after, text);
		text_add(text, " goes on (OOMPolicy=continue)");
		break;
	case OOM_POLICY_UNKNOWN:
		text_add(text, "not known for ");
		add_unit(after, text);
		text_add(text, ": systemd may stop the rest of it");
		break;
	}
}

void plan_line_policy(struct plan_draft *draft, const struct plan_after *after)
{
	const struct plan *plan = draft->plan;
	struct text text;

	if (!after->around || !after->around->unit[0])
		return;
	if (plan->kind == PLAN_SYSRQ) {
		text = plan_line(
			draft, "OOMPolicy", after->around->oom_policy != OOM_POLICY_CONTINUE);
		say_policy(after, &text);
	} else if (plan->signal == SIGKILL &&
		(after->around->oom_policy == OOM_POLICY_STOP ||
			after->around->oom_policy == OOM_POLICY_KILL)) {
		text = plan_line(draft, "OOMPolicy", false);
		text_add(&text, "does not apply, a signal is no OOM kill: the rest of ");
		add_unit(after, &text);
		text_add(&text, " goes on");
	}
}

static const char *container_of(const struct plan_after *after)
{
	const struct identity *who = after->now->tasks[after->task].who;

	return who && who->container && who->container[0] ? who->container : NULL;
}

void plan_line_container(struct plan_draft *draft, const struct plan_after *after)
{
	const char *container = container_of(after);
	struct text text;

	if (!container)
		return;
	text = plan_line(draft, "container", false);
	text_add(&text, "its manager (docker, kubelet, ...) may start ");
	text_add_clean(&text, container, strnlen(container, UNIT_SHOWN));
	text_add(&text, " again");
}

bool plan_is_container_init(const struct plan_after *after)
{
	return after->around && after->around->namespaced && after->around->namespace_pid == 1;
}

bool plan_may_be_container_init(const struct plan_after *after)
{
	if (after->around && value_known(after->around->namespace_pid))
		return false;
	return container_of(after) || (after->around && after->around->namespaced);
}
