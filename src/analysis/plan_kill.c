/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>

#include "analysis/plan_parts.h"
#include "analysis/reason.h"
#include "base/units.h"

/** No chain of parents is longer, but where files contradict each other. */
#define ANCESTORS_MAX 256

static const struct task *target_task(const struct plan_draft *draft)
{
	return &draft->setting->now->tasks[draft->task];
}

/* systemd.service(5): these count as a clean exit. */
static enum plan_end end_of(int signal)
{
	return signal == SIGTERM || signal == SIGHUP || signal == SIGINT || signal == SIGPIPE
		? PLAN_END_CLEAN
		: PLAN_END_UNCLEAN;
}

static bool is_known_signal(int signal)
{
	unsigned count;
	const struct plan_signal *signals = plan_signals(&count);

	for (unsigned i = 0; i < count; i++) {
		if (signals[i].number == signal)
			return true;
	}
	return signal == 0;
}

static bool has_ended(const struct plan_draft *draft)
{
	const struct task *task = target_task(draft);

	return (task->state == 'Z' || task->state == 'X') &&
		draft->setting->oom->judged[draft->task].exempt == EXEMPT_NO_MM;
}

static void refuse_signal(struct plan_draft *draft)
{
	const struct snapshot *now = draft->setting->now;
	const struct task *task = target_task(draft);
	struct text text;

	if (task->pid == 1) {
		text = plan_refuse(draft);
		text_add(&text, "init is never ended from here");
	} else if (task->has & TASK_HAS_STAT && task_is_kthread(task)) {
		text = plan_refuse(draft);
		text_add(&text, "a kernel thread obeys no signals");
	} else if (task->pid == now->own_pid) {
		text = plan_refuse(draft);
		text_add(&text, "that is oomwatch itself, q ends it");
	} else if (has_ended(draft)) {
		text = plan_refuse(draft);
		text_add(&text, "it has ended already (zombie): its parent has yet to take note");
	} else if (!is_known_signal(draft->plan->signal)) {
		text = plan_refuse(draft);
		text_fmt(&text, "no such signal here: %d", draft->plan->signal);
	}
}

/* ", shared 120M" of memory that its end does not give back. */
static void add_rest(const struct plan_draft *draft, const char *what, int64_t pages,
	unsigned *count, struct text *text)
{
	if (!value_known(pages) || pages <= 0)
		return;
	text_fmt(text, "%s %s ", (*count)++ == 0 ? "; not" : ",", what);
	units_bytes(text, snapshot_bytes(draft->setting->now, pages));
}

static void line_gives_back(struct plan_draft *draft)
{
	const struct task *task = target_task(draft);
	const int64_t kib = victim_gives_back_kib(draft->setting->now, task);
	const enum signal_effect effect = plan_signal_effect(draft->plan->signal);
	struct text text = plan_line(draft, "gives back", false);
	unsigned count = 0;

	if (draft->plan->signal != 0 && effect == SIGNAL_STAYS) {
		text_add(&text, "nothing: it does not end, and keeps its memory");
		return;
	}
	if (draft->plan->signal != 0 && effect == SIGNAL_MAY_END)
		text_add(&text, "if it ends: ");
	if (!value_known(kib)) {
		text_add(&text, "not known: its private memory could not be read");
		return;
	}
	units_kib(&text, kib);
	text_add(&text, " of private memory and page tables");
	add_rest(draft, "shared", task->rss_shmem_pages, &count, &text);
	add_rest(draft, "files", task->rss_file_pages, &count, &text);
	add_rest(draft, "swap", task->swap_pages, &count, &text);
}

static uint32_t count_children(const struct plan_draft *draft)
{
	const struct snapshot *now = draft->setting->now;
	uint32_t count = 0;

	for (uint32_t i = 0; i < now->n_tasks; i++) {
		if (i != draft->task && now->tasks[i].ppid == target_task(draft)->pid)
			count++;
	}
	return count;
}

static void line_dies(struct plan_draft *draft, const struct plan_after *after)
{
	const struct task *task = target_task(draft);
	const bool is_init = plan_is_container_init(after);
	const bool may_be_init = plan_may_be_container_init(after);
	const uint32_t children = count_children(draft);
	struct text text = plan_line(draft, "with it die", is_init || may_be_init);

	if (is_init) {
		text_add(&text, "all of its container: it is the init of a PID namespace");
		return;
	}
	text_add(&text, "no others");
	if (task->threads > 1)
		text_fmt(&text, ", only its %u threads", task->threads);
	if (children > 0)
		text_fmt(&text, "; %u %s on", children,
			children == 1 ? "child lives" : "children live");
	if (may_be_init)
		text_add(&text, "; but if it is the init of its container, all of that dies");
}

/* pid_namespaces(7): of the signals that it does not handle only KILL and STOP, sent from
 * outside, reach an init. */
static void line_handler(struct plan_draft *draft, const struct plan_after *after)
{
	const int signal = draft->plan->signal;
	struct text text;

	if (!plan_is_container_init(after) || signal == 0 || signal == SIGKILL)
		return;
	text = plan_line(draft, "handler", true);
	text_add(&text, "the init of a container gets this signal only if it handles it");
}

static void line_restarts(struct plan_draft *draft, const struct plan_after *after)
{
	struct text text = plan_line(draft, "restarts", false);

	if (draft->plan->signal == 0)
		plan_say_restart_either(after, &text);
	else
		plan_say_restart(after, end_of(draft->plan->signal), &text);
}

/* The parent of a process, or NO_TASK. */
static uint32_t parent_of(const struct snapshot *now, uint32_t task)
{
	for (uint32_t i = 0; i < now->n_tasks; i++) {
		if (now->tasks[i].pid == now->tasks[task].ppid)
			return i;
	}
	return NO_TASK;
}

static void line_session(struct plan_draft *draft)
{
	const struct snapshot *now = draft->setting->now;
	uint32_t at = NO_TASK;
	struct text text;

	for (uint32_t i = 0; i < now->n_tasks && now->own_pid > 0; i++) {
		if (now->tasks[i].pid == now->own_pid)
			at = i;
	}
	for (uint32_t steps = 0; at != NO_TASK && steps < ANCESTORS_MAX; steps++) {
		at = parent_of(now, at);
		if (at != draft->task)
			continue;
		text = plan_line(draft, "session", true);
		text_add(&text, "oomwatch runs below it: your session may end with it");
		return;
	}
}

static void line_shared(struct plan_draft *draft)
{
	const struct snapshot *now = draft->setting->now;
	struct text text;

	for (uint32_t i = 0; i < now->n_tasks; i++) {
		if (i == draft->task || !badness_shares(&now->tasks[i], target_task(draft)))
			continue;
		text = plan_line(draft, "shared", true);
		reason_name(&now->tasks[i], &text);
		text_add(&text, " uses the same memory: it stays until that ends too");
		return;
	}
}

static void line_state(struct plan_draft *draft)
{
	const struct task *task = target_task(draft);
	struct text text;

	if (task->flags & TASK_FLAG_EXITING) {
		text = plan_line(draft, "state", true);
		text_add(&text, "it is already on its way out");
	} else if (task->state == 'D') {
		text = plan_line(draft, "state", true);
		text_add(&text,
			"it waits in the kernel (state D): no signal is heard until that ends");
	} else if ((task->state == 'T' || task->state == 't') && draft->plan->signal != SIGKILL &&
		draft->plan->signal != SIGCONT) {
		text = plan_line(draft, "state", true);
		text_add(&text, "it is stopped: only KILL and CONT are heard");
	}
}

/* kill(2): who is not root reaches only processes of the same user. */
static void line_right(struct plan_draft *draft)
{
	const struct snapshot *now = draft->setting->now;
	const struct task *task = target_task(draft);
	struct text text;

	if (now->source != SOURCE_LIVE || !value_known(now->own_uid) || now->own_uid == 0 ||
		!(task->has & TASK_HAS_UID) || task->uid == now->own_uid ||
		plan_holds(now, PLAN_CAP_KILL))
		return;
	text = plan_line(draft, "right", true);
	text_fmt(&text, "it belongs to UID %u: most likely needs root", task->uid);
}

static void set_brief(struct plan_draft *draft, const struct plan_after *after)
{
	const int signal = draft->plan->signal;
	bool again = plan_restarts(after, end_of(signal));
	struct text brief;

	text_init(&brief, draft->page.brief, sizeof(draft->page.brief));
	if (signal != 0 && plan_signal_effect(signal) == SIGNAL_STAYS) {
		text_add(&brief, "gives nothing back");
		return;
	}
	text_add(&brief, "gives back ");
	units_kib(&brief, victim_gives_back_kib(draft->setting->now, target_task(draft)));
	if (plan_is_container_init(after))
		text_add(&brief, "; all of its container dies");
	if (signal == 0)
		again = plan_restarts(after, PLAN_END_CLEAN) &&
			plan_restarts(after, PLAN_END_UNCLEAN);
	if (again)
		text_add(&brief, "; systemd starts it again");
}

int plan_explain_signal(struct plan_draft *draft)
{
	const struct plan *plan = draft->plan;
	struct plan_after after;
	struct text text;

	text_init(&text, draft->page.what, sizeof(draft->page.what));
	if (plan->signal == 0)
		text_add(&text, "a signal");
	else
		plan_signal_name(plan->signal, &text);
	text_add(&text, " to ");
	plan_name(&plan->target, &text);
	if (plan->instead) {
		text_add(&text, ", in place of sysrq-f");
		text_init(&text, draft->page.confirm, sizeof(draft->page.confirm));
		plan_confirm(&plan->target, &text);
	}
	if (draft->task == NO_TASK)
		return 0;

	refuse_signal(draft);
	after = plan_after_of(draft->setting->now, draft->task, draft->setting->around);
	set_brief(draft, &after);
	line_gives_back(draft);
	if (plan->signal == 0 || plan_signal_effect(plan->signal) != SIGNAL_STAYS) {
		line_dies(draft, &after);
		line_handler(draft, &after);
		line_restarts(draft, &after);
		plan_line_container(draft, &after);
		plan_line_policy(draft, &after);
		line_shared(draft);
	}
	line_session(draft);
	line_state(draft);
	line_right(draft);
	return 0;
}
