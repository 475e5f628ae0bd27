/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/actions.h"

#include <stdio.h>
#include <string.h>

#include "ui/commands.h"

/** How long the message on what was done stays. */
#define DONE_MESSAGE_MS 30000

/** "java 23283" and some more. */
#define NAME_MAX_BYTES 96

static const char *name_of(const struct target *target, char buf[NAME_MAX_BYTES])
{
	struct text text;

	text_init(&text, buf, NAME_MAX_BYTES);
	plan_name(target, &text);
	return buf;
}

static const struct surroundings *around_of(
	const struct surroundings *around, const struct target *target)
{
	return around->asked && around->pid == target->pid &&
			around->start_ticks == target->start_ticks
		? around
		: NULL;
}

int actions_explain(struct view *view)
{
	const struct action *action = &view->state->action;
	struct plan_setting setting;
	int r;

	if (action->plan.kind == PLAN_NONE || !view->now || !view->summary)
		return 0;
	setting = (struct plan_setting){
		.now = view->now,
		.oom = &view->summary->oom,
		.read_only = view->state->read_only,
		.around = around_of(&action->around, &action->plan.target),
		.around_second = around_of(&action->around_second, &action->plan.second),
		.sysrq = action->sysrq.asked ? &action->sysrq : NULL,
		.last_kill_uptime_ms = view->kills > 0 ? view->last_kill_uptime_ms : VALUE_UNKNOWN,
	};
	arena_reset(&view->scratch);
	r = plan_explain(&setting, &action->plan, &view->scratch, &view->page);
	if (r < 0) {
		memset(&view->page, 0, sizeof(view->page));
		snprintf(view->page.refused, sizeof(view->page.refused),
			"there is not enough memory to tell what this would do: try again");
	}
	return r;
}

static void forget_plan(struct view *view)
{
	memset(&view->state->action.plan, 0, sizeof(view->state->action.plan));
	memset(&view->page, 0, sizeof(view->page));
}

static void take_away(struct view *view)
{
	struct ui_state *state = view->state;

	forget_plan(view);
	if (state->overlay == OVERLAY_KILL)
		state->overlay = OVERLAY_NONE;
	if (prompt_is_action(state->prompt))
		prompt_close(state);
}

void actions_cancel(struct view *view, const char *why)
{
	take_away(view);
	prompt_restore_selection(view);
	if (why)
		ui_hint(view->state, "%s", why);
}

/* What may still be typed at a prompt must not fall through to the list, where other keys are
 * meant: it stays, without a plan, until Enter or Esc (actions_key()). */
void actions_follow(struct view *view)
{
	struct ui_state *state = view->state;
	const struct plan *plan = &state->action.plan;
	char name[NAME_MAX_BYTES];

	if (plan->kind == PLAN_NONE)
		return;
	if (plan_find(view->now, &plan->target) != NO_TASK) {
		(void)actions_explain(view);
		return;
	}
	ui_refuse(state, "%s has ended: nothing was done", name_of(&plan->target, name));
	if (prompt_is_action(state->prompt)) {
		forget_plan(view);
		prompt_show(state, state->prompt, "");
	} else {
		take_away(view);
		prompt_restore_selection(view);
	}
}

/* While a prompt is open the cursor stays with its process, though it may have been on "the
 * first row, whoever it is". */
static void begin(struct view *view, const struct plan *plan)
{
	struct ui_state *state = view->state;

	prompt_keep_selection(state);
	state->action.plan = *plan;
	(void)view_select_task(view, plan->target.pid, plan->target.start_ticks);
	(void)actions_explain(view);
}

static void ask_adj(struct view *view, const struct plan *plan)
{
	char input[16];

	snprintf(input, sizeof(input), "%d", (int)plan->adj);
	begin(view, plan);
	prompt_show(view->state, PROMPT_ADJ, input);
	view->state->input_fresh = true;
}

unsigned actions_adj(struct view *view, int direction)
{
	const uint32_t selected = view_need_process(view);
	struct ui_state *state = view->state;
	struct plan plan = { .kind = PLAN_ADJ };
	const struct task *task;
	char name[NAME_MAX_BYTES];

	if (selected == NO_TASK)
		return REACT_REDRAW;
	task = &view->now->tasks[selected];
	plan_target(view->now, selected, &plan.target);
	if (!(task->has & TASK_HAS_ADJ)) {
		ui_refuse(state, "ADJ of %s could not be read: ! says why",
			name_of(&plan.target, name));
		return REACT_REDRAW;
	}
	if (state->keep_all && changes_full(&state->changes)) {
		ui_refuse(state,
			"%d changes are kept for --restore-on-exit, there is no room for another",
			CHANGES_MAX);
		return REACT_REDRAW;
	}
	plan.adj_before = task->oom_score_adj;
	plan.adj = direction == 0 ? task->oom_score_adj : plan_step(task->oom_score_adj, direction);
	ask_adj(view, &plan);
	return REACT_REDRAW;
}

/* The last change that there is something to take back of. */
static const struct change *change_to_undo(struct view *view, uint32_t *ret_task)
{
	struct ui_state *state = view->state;
	const struct change *change;

	while ((change = changes_last(&state->changes))) {
		const uint32_t task = plan_find(view->now, &change->target);
		char name[NAME_MAX_BYTES];

		*ret_task = task;
		if (task != NO_TASK &&
			(!(view->now->tasks[task].has & TASK_HAS_ADJ) ||
				view->now->tasks[task].oom_score_adj != change->before))
			return change;
		ui_message(state, view->now->time_ms, "%s has %s: its change needs no undo",
			name_of(&change->target, name),
			task == NO_TASK ? "ended" : "its old ADJ again");
		changes_drop_last(&state->changes);
	}
	return NULL;
}

unsigned actions_undo(struct view *view)
{
	struct ui_state *state = view->state;
	struct plan plan = { .kind = PLAN_ADJ, .undo = true };
	const struct change *change = NULL;
	char name[NAME_MAX_BYTES];
	uint32_t task = NO_TASK;

	if (view->now && view->summary)
		change = change_to_undo(view, &task);
	if (!change) {
		if (!state->message[0])
			ui_hint(state, "nothing to undo");
		return REACT_REDRAW;
	}
	if (!(view->now->tasks[task].has & TASK_HAS_ADJ)) {
		ui_refuse(state, "ADJ of %s could not be read: ! says why",
			name_of(&change->target, name));
		return REACT_REDRAW;
	}
	plan.target = change->target;
	plan.adj_before = view->now->tasks[task].oom_score_adj;
	plan.adj = change->before;
	plan.undo_wrote = change->after;
	ask_adj(view, &plan);
	return REACT_REDRAW;
}

unsigned actions_kill_menu(struct view *view)
{
	const uint32_t selected = view_need_process(view);
	struct ui_state *state = view->state;
	struct plan plan = { .kind = PLAN_SIGNAL };

	if (selected == NO_TASK)
		return REACT_REDRAW;
	plan_target(view->now, selected, &plan.target);
	state->overlay = OVERLAY_KILL;
	state->menu_row = 0;
	begin(view, &plan);
	return REACT_REDRAW;
}

static void remember(struct ui_state *state, int64_t time_ms, const struct plan *plan)
{
	const struct change change = {
		.target = plan->target,
		.before = plan->adj_before,
		.after = plan->adj,
	};

	if (plan->undo)
		changes_drop_last(&state->changes);
	else if (changes_add(&state->changes, &change) < 0)
		ui_log(state, time_ms,
			"%d changes are remembered: this one cannot be taken back by key",
			CHANGES_MAX);
}

void actions_done(struct view *view, bool done, const char *words)
{
	struct ui_state *state = view->state;
	const struct plan plan = state->action.plan;
	const int64_t time_ms = view->now ? view->now->time_ms : VALUE_UNKNOWN;

	if (done && view->page.brief[0])
		ui_log(state, time_ms, "foretold: %s", view->page.brief);
	if (done && plan.kind == PLAN_ADJ)
		remember(state, time_ms, &plan);
	else if (done && plan.kind != PLAN_NONE && view->now && view->summary)
		verify_begin(&state->verify, &plan, view->now, &view->summary->oom);
	take_away(view);
	/* Who changes ADJ goes on with that process, perhaps; one that was killed is gone. */
	if (!done || plan.kind != PLAN_ADJ)
		prompt_restore_selection(view);
	ui_message(state, time_ms, "%s", words);
	state->message_bad = !done;
	if (view->now)
		state->message_until_ms = value_add(view->now->uptime_ms, DONE_MESSAGE_MS);
}
