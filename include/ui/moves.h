/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What the keys for moving do to whatever they go to: the cursor of the list, of the cgroups
 * tab or of the menu that is open, else the text that scrolls.  Each returns a mask of enum
 * reaction.
 */
#ifndef OOMWATCH_UI_MOVES_H
#define OOMWATCH_UI_MOVES_H

#include "ui/view.h"

unsigned move_up(struct view *view);
unsigned move_down(struct view *view);

/** By as many rows as are on the screen; in a menu to its ends. */
unsigned move_page_up(struct view *view);
unsigned move_page_down(struct view *view);

/** In the list and the cgroups tab: whatever will be the first row. */
unsigned move_home(struct view *view);
unsigned move_end(struct view *view);

#endif
