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

/** The chosen scope does not exist (any more): say so, the machine is the scope then. */
void scopes_follow(struct view *view);

/** The nodes that a process is confined to; false if it may use all that have memory, or that is
 * not known. */
bool scopes_nodes_of(const struct snapshot *now, const struct task *task, struct node_set *ret);

/** The risk of a set of nodes that confines processes, NULL if it is none. */
const struct risk *scopes_nodes_risk(const struct summary *summary, const struct node_set *nodes);

/** Whether an entry of the menu can be chosen now: it exists. */
bool scopes_entry(const struct view *view, unsigned entry, struct scope *ret);

/** What a scope other than the machine stands for: "as if cgroup shop/cart hit its limit", "as if
 * nodes 0-1 were full (memory policy)". */
void scopes_as_if(const struct view *view, struct text *text);

/** Words of the scope on the screen: "machine", "shop/cart", "node 0". */
const char *scopes_words(const struct view *view);

#endif
