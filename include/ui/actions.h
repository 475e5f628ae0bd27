/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Preparing an action: from a key to a confirmed plan.  The ui never acts; the app calls
 * actions_done() with what came of it.
 */
#ifndef OOMWATCH_UI_ACTIONS_H
#define OOMWATCH_UI_ACTIONS_H

#include "ui/view.h"

/** Open the prompt for oom_score_adj of the selected process: a step down (direction -1), up
 * (+1), or its present value to be edited (0).  Returns a mask of enum reaction. */
unsigned actions_adj(struct view *view, int direction);

/** Open the same prompt with the last change taken back, for the process of that change. */
unsigned actions_undo(struct view *view);

/** Open the kill menu for the selected process. */
unsigned actions_kill_menu(struct view *view);

/** Enter in the kill menu: the signal's or sysrq-f's confirmation opens. */
unsigned actions_kill_choose(struct view *view);

/** A key while one of the prompts PROMPT_ADJ, PROMPT_SIGNAL, PROMPT_CONFIRM is open. */
unsigned actions_key(struct view *view, int key);

/** Question of these prompts. */
void actions_label(const struct view *view, struct text *text);

/** Put the plan in words again (view->page): after a key, a sample, or when the app has filled
 * state->action.  0 or -ENOMEM (the page then says so). */
int actions_explain(struct view *view);

/**
 * A new sample came (view_update()): explain the plan again, or say that its process has
 * ended.  A menu closes then; a prompt stays without a plan until Enter or Esc, so that what
 * was typed ahead does nothing.
 */
void actions_follow(struct view *view);

/** Forget the plan, close its prompt or menu; why is shown on the message line, NULL: nothing. */
void actions_cancel(struct view *view, const char *why);

/**
 * The app carried out state->action.plan, or could not.
 *
 * @words  what was done or why not, one clean line: shown and logged
 * Remembers a change for undo, forgets one that was undone, begins to watch for what was
 * foretold, and closes the prompt.
 */
void actions_done(struct view *view, bool done, const char *words);

/** Rows of the kill menu: signals, then sysrq-f. */
unsigned actions_menu_rows(void);

#endif
