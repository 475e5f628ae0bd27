/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Kills on the screen: the message when there is one, the cursor of their tab.
 */
#ifndef OOMWATCH_UI_KILLED_H
#define OOMWATCH_UI_KILLED_H

#include "ui/view.h"

/** Say which kills became known since the last call; what was before oomwatch ran is only
 * listed. */
void killed_note(struct view *view);

/** "last kill: java 02:11", or "2 killed, last 19:41:09" where nothing tells who; nothing without
 * one. */
void killed_last_words(const struct view *view, struct text *text);

/** When a kill was, in 8 cells: "02:11:09"; "21 Nov" if that is a day and more, "Nov 2025" if it
 * is the greater part of a year. */
void killed_when(const struct view *view, const struct kill *kill, struct text *text);

/** The same to the second: "2026-11-21 02:11:09". */
void killed_date(const struct view *view, const struct kill *kill, struct text *text);

/** The kill with the cursor, or NULL. */
const struct kill *killed_selected(const struct view *view);

/** Explain it: a key's function. */
unsigned killed_explain(struct view *view);

/** Row of the cursor, the last row (-1: none), and moving it, cut to the ends. */
int64_t killed_row(const struct view *view);
int64_t killed_last(const struct view *view);
void killed_put(struct view *view, int64_t row);
/** The newest, whichever it will be. */
void killed_first(struct view *view);

#endif
