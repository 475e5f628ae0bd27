/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Moments of a replay in the place of samples of a machine: the samples of a record, and OOM
 * reports shown as the machine was.  An app that has a player has no collector.
 */
#ifndef OOMWATCH_APP_PLAYER_H
#define OOMWATCH_APP_PLAYER_H

#include "analysis/kills.h"
#include "app/app.h"
#include "collect/replay.h"

/** Give an app a player of a replay; both are the app's then, and bytes (malloc'ed, what the
 * replay reads; NULL: a file).  0 or -ENOMEM: all stays the caller's. */
int player_new(struct app *app, struct replay *replay, char *bytes);

void player_free(struct app *app);

/** Whether some moment of it can be shown: a sample or a report. */
bool player_shows_something(const struct app *app);

/** Show the next moment: what app_tick() does.  As that, and -EBADMSG, which was said on the
 * message line. */
int player_tick(struct app *app);

/** Show a moment, by its number from 0, with the minutes before it in the histories. */
int player_go(struct app *app, int64_t number);

/** A moment back. */
int player_back(struct app *app);

/** The first moment that is a kill, or where there is none the first. */
int64_t player_first_kill(const struct app *app);

/** The moment at which a kill was told; -1: it is not in the replay. */
int64_t player_find(const struct app *app, const struct kill *kill);

/** The history that belongs to app->now. */
struct history *player_history(struct app *app);

#endif
