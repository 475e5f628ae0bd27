/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The past on the screen: a kill as the machine was then, or the last minutes.  It lies over the
 * live screen, which goes on sampling below, and has lists, scope and messages of its own.
 */
#ifndef OOMWATCH_APP_OPENED_H
#define OOMWATCH_APP_OPENED_H

#include "app/app.h"

/** What is on the screen: the past that was opened, or the app itself. */
struct app *opened_top(struct app *app);

/** Do what a key asked for: REACT_BACK, REACT_FORTH, REACT_OPEN, REACT_LEAVE. */
void opened_follow(struct app *app, unsigned reaction);

/** A kill below is news above. */
void opened_note(struct app *app);

void opened_close(struct app *app);

#endif
