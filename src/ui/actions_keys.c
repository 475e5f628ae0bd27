/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "ui/actions.h"
#include "ui/commands.h"
#include "ui/keys.h"

/** Digits of a value of ADJ at most. */
#define ADJ_DIGITS 4

#define ADJ_RANGE "a number from -1000 to 1000"

void actions_label(const struct view *view, struct text *text)
{
	const struct plan *plan = &view->state->action.plan;

	if (plan->kind == PLAN_NONE)
		return;
	switch (view->state->prompt) {
	case PROMPT_ADJ:
		text_add(text, plan->undo ? "Undo: ADJ of " : "ADJ of ");
		plan_name(&plan->target, text);
		text_add(text, plan->undo ? " back to " : ": ");
		break;
	case PROMPT_SIGNAL:
		text_add(text, "Send ");
		plan_signal_name(plan->signal, text);
		text_add(text, " to ");
		plan_name(&plan->target, text);
		text_add(text, "? y/N ");
		break;
	case PROMPT_CONFIRM:
		text_fmt(text, "%s, type '%s': ",
			plan->instead ? "No sysrq-f. To KILL instead"
				      : "Whole host. To let the kernel kill",
			view->page.confirm);
		break;
	case PROMPT_NONE:
	case PROMPT_FILTER:
	case PROMPT_SEARCH:
	case PROMPT_USER:
	case PROMPT_PID:
	case PROMPT_DELAY:
	default:
		break;
	}
}

unsigned actions_menu_rows(void)
{
	unsigned count;

	plan_signals(&count);
	return count + 1;
}

/** Input that may become a value of ADJ; *ret is it where it is one already. */
static bool read_adj(const char *input, bool *ret_known, int32_t *ret)
{
	const bool negative = *input == '-';
	int32_t number = 0;
	int digits = 0;

	if (*input == '-' || *input == '+')
		input++;
	for (; *input >= '0' && *input <= '9' && digits < ADJ_DIGITS; input++, digits++)
		number = number * 10 + (*input - '0');
	if (*input != '\0' || number > ADJ_MOST)
		return false;
	*ret_known = digits > 0;
	if (digits > 0)
		*ret = negative ? -number : number;
	return true;
}

static bool is_sign_or_digit(int key)
{
	return key == '-' || key == '+' || (key >= '0' && key <= '9');
}

static void edit_adj(struct ui_state *state, int key)
{
	const bool fresh = state->input_fresh;
	char before[sizeof(state->input)];
	int32_t adj;
	bool known;

	memcpy(before, state->input, sizeof(before));
	if (fresh && is_sign_or_digit(key))
		prompt_show(state, state->prompt, "");
	prompt_edit(state, key);
	if (!read_adj(state->input, &known, &adj)) {
		prompt_show(state, state->prompt, before);
		state->input_fresh = fresh;
		ui_refuse(state, ADJ_RANGE);
	}
}

static void step_adj(struct ui_state *state, int direction)
{
	int32_t adj = state->action.plan.adj;
	char input[16];
	bool known;

	(void)read_adj(state->input, &known, &adj);
	snprintf(input, sizeof(input), "%d", (int)plan_step(adj, direction));
	prompt_show(state, state->prompt, input);
	state->input_fresh = true;
}

static unsigned accept_adj(struct view *view)
{
	struct ui_state *state = view->state;
	struct plan *plan = &state->action.plan;
	const uint32_t task = plan_find(view->now, &plan->target);
	bool known = false;

	if (!read_adj(state->input, &known, &plan->adj) || !known) {
		ui_refuse(state, ADJ_RANGE);
	} else if (view->page.refused[0]) {
		ui_refuse(state, "%s", view->page.refused);
	} else if (task != NO_TASK && (view->now->tasks[task].has & TASK_HAS_ADJ) &&
		view->now->tasks[task].oom_score_adj == plan->adj) {
		ui_refuse(state, "ADJ is %d already", (int)plan->adj);
	} else {
		return REACT_PERFORM;
	}
	return REACT_NOTHING;
}

static void change_adj(struct view *view, int key)
{
	struct ui_state *state = view->state;
	struct plan *plan = &state->action.plan;
	bool known = false;

	if (plan->undo) {
		ui_refuse(state, "Enter takes it back, Esc keeps it");
		return;
	}
	if (key == KEY_FN(7) || key == ']')
		step_adj(state, -1);
	else if (key == KEY_FN(8) || key == '[')
		step_adj(state, 1);
	else
		edit_adj(state, key);
	/* Nothing typed yet: what stays as it is. */
	plan->adj = plan->adj_before;
	(void)read_adj(state->input, &known, &plan->adj);
	(void)actions_explain(view);
}

static unsigned key_signal(struct view *view, int key)
{
	if (key != 'y' && key != 'Y') {
		actions_cancel(view, "nothing was sent");
		return REACT_NOTHING;
	}
	if (view->page.refused[0]) {
		ui_refuse(view->state, "%s", view->page.refused);
		return REACT_NOTHING;
	}
	return REACT_PERFORM;
}

/* Why it would take nobody is for the plan without a victim to say. */
static void refuse_sysrq(struct view *view)
{
	struct plan *plan = &view->state->action.plan;
	const struct plan before = *plan;

	*plan = (struct plan){ .kind = PLAN_SYSRQ };
	(void)actions_explain(view);
	ui_refuse(view->state, "%s",
		view->page.refused[0] ? view->page.refused
				      : "sysrq-f would find nobody to kill: nothing was done");
	*plan = before;
	(void)actions_explain(view);
}

/** Whom sysrq-f would take now, into *ret; says so if that is nobody. */
static bool foresee(struct view *view, struct plan *ret)
{
	int r;

	*ret = (struct plan){ .kind = PLAN_SYSRQ };
	arena_reset(&view->scratch);
	r = plan_sysrq_victims(view->now, &view->scratch, ret);
	if (r == -ENOMEM)
		ui_refuse(view->state,
			"there is not enough memory to foretell the victim: try again");
	else if (r < 0)
		refuse_sysrq(view);
	return r == 0;
}

/** Let this be the plan: KILL on the foretold victim where the kernel cannot be asked. */
static void choose_victim(struct view *view, const struct plan *foreseen)
{
	struct action *action = &view->state->action;

	action->plan = *foreseen;
	(void)actions_explain(view);
	if (!view->page.refused[0] || !action->sysrq.asked || action->sysrq.error == 0 ||
		!snapshot_is_live(view->now) || view->state->read_only)
		return;
	action->plan.kind = PLAN_SIGNAL;
	action->plan.signal = SIGKILL;
	action->plan.instead = true;
	(void)actions_explain(view);
}

/** Whether the foretold victim is still the one that was typed; else the prompt begins anew. */
static bool is_still_foretold(struct view *view)
{
	struct ui_state *state = view->state;
	struct plan foreseen;
	char name[96];
	struct text text;

	if (!foresee(view, &foreseen))
		return false;
	if (plan_same_target(&foreseen.target, &state->action.plan.target))
		return true;
	choose_victim(view, &foreseen);
	prompt_show(state, PROMPT_CONFIRM, "");
	text_init(&text, name, sizeof(name));
	plan_name(&foreseen.target, &text);
	ui_refuse(state, "the foretold victim is now %s: nothing was done", name);
	return false;
}

static unsigned accept_confirm(struct view *view)
{
	struct ui_state *state = view->state;
	const char *confirm = view->page.confirm;

	if (!is_still_foretold(view))
		return REACT_NOTHING;
	if (view->page.refused[0])
		ui_refuse(state, "%s", view->page.refused);
	else if (confirm[0] == '\0' || strcmp(state->input, confirm) != 0)
		ui_refuse(state, "that is not '%s': nothing was done", confirm);
	else
		return REACT_PERFORM;
	return REACT_NOTHING;
}

/** Its target has gone, and that was said: nothing that was typed for it does anything. */
static unsigned key_without_plan(struct view *view, int key)
{
	if (view->state->prompt == PROMPT_SIGNAL || key == KEY_RETURN || key == '\n' ||
		key == KEY_ESCAPE || key == KEY_CTRL_C)
		actions_cancel(view, "nothing was done");
	else
		ui_refuse(view->state, "its process has ended: Esc");
	return REACT_NOTHING;
}

static unsigned key_of_prompt(struct view *view, int key)
{
	const enum prompt_kind prompt = view->state->prompt;

	if (view->state->action.plan.kind == PLAN_NONE || !view->now)
		return key_without_plan(view, key);
	if (prompt == PROMPT_SIGNAL)
		return key_signal(view, key);
	switch (key) {
	case KEY_RETURN:
	case '\n':
		return prompt == PROMPT_ADJ ? accept_adj(view) : accept_confirm(view);
	case KEY_ESCAPE:
	case KEY_CTRL_C:
		actions_cancel(view, "nothing was done");
		return REACT_NOTHING;
	default:
		break;
	}
	if (prompt == PROMPT_ADJ)
		change_adj(view, key);
	else
		prompt_edit(view->state, key);
	return REACT_NOTHING;
}

unsigned actions_key(struct view *view, int key)
{
	return REACT_REDRAW | key_of_prompt(view, key);
}

static unsigned choose_sysrq(struct view *view)
{
	struct plan foreseen;

	if (!foresee(view, &foreseen))
		return REACT_REDRAW;
	choose_victim(view, &foreseen);
	view->state->overlay = OVERLAY_NONE;
	prompt_show(view->state, PROMPT_CONFIRM, "");
	return REACT_REDRAW;
}

unsigned actions_kill_choose(struct view *view)
{
	struct ui_state *state = view->state;
	struct plan *plan = &state->action.plan;
	const int row = state->menu_row;
	unsigned count;
	const struct plan_signal *signals = plan_signals(&count);

	if (plan->kind == PLAN_NONE || !view->now || row < 0)
		return REACT_REDRAW;
	if (row >= (int)count)
		return choose_sysrq(view);
	plan->signal = signals[row].number;
	(void)actions_explain(view);
	if (view->page.refused[0]) {
		ui_refuse(state, "%s", view->page.refused);
		plan->signal = 0;
		(void)actions_explain(view);
		return REACT_REDRAW;
	}
	state->overlay = OVERLAY_NONE;
	prompt_show(state, PROMPT_SIGNAL, "");
	return REACT_REDRAW;
}
