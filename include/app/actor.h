/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Acts for the screen: takes hold of the process that a prompt is open for, carries out
 * what was confirmed, and takes changes back at the end.
 */
#ifndef OOMWATCH_APP_ACTOR_H
#define OOMWATCH_APP_ACTOR_H

#include "app/app.h"

/**
 * After a key: take hold of a new target, or let go; with REACT_PERFORM in reaction carry
 * the plan out.  Returns reaction, with what must follow added.
 */
unsigned actor_follow(struct app *app, unsigned reaction);

/** After a sample: what threads have done meanwhile goes to the log. */
void actor_note(struct app *app);

/**
 * At the end, with the terminal given back: with --restore-on-exit every changed
 * oom_score_adj is set to what it was, unless somebody else changed it meanwhile; without,
 * one line says how many changes stay.  What is done or could not be is said on stderr and
 * in the log file.  False if a value could not be restored.
 */
bool actor_leave(struct app *app);

#endif
