/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Choosing whose OOM is foretold.  Each function returns a mask of enum reaction.
 */
#ifndef OOMWATCH_UI_SCOPES_H
#define OOMWATCH_UI_SCOPES_H

#include "ui/view.h"

/** Open the menu of scopes: its rows are kept as they are now until it closes. */
unsigned scopes_menu(struct view *view);

/** Enter in the menu. */
unsigned scopes_menu_choose(struct view *view);

/** Enter in the cgroups tab: the cgroup with the cursor, then the main tab. */
unsigned scopes_choose_group(struct view *view);

/** The chosen cgroup does not exist any more: say so, the machine is the scope then. */
void scopes_follow(struct view *view);

/** Whether an entry of the menu can be chosen now: it exists. */
bool scopes_entry(const struct view *view, unsigned entry, struct scope *ret);

/** Words of the scope on the screen: "machine", "shop/cart". */
const char *scopes_words(const struct view *view);

#endif
