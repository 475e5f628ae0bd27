/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Cursors and scrolling: what the keys for it do.  Each returns a mask of enum reaction.
 */
#ifndef OOMWATCH_UI_MOVES_H
#define OOMWATCH_UI_MOVES_H

#include "ui/view.h"

/** The cursor of the list. */
unsigned move_up(struct view *view);
unsigned move_down(struct view *view);
unsigned move_page_up(struct view *view);
unsigned move_page_down(struct view *view);
unsigned move_home(struct view *view);
unsigned move_end(struct view *view);

/** The cursor of the cgroups tab. */
unsigned group_up(struct view *view);
unsigned group_down(struct view *view);
unsigned group_page_up(struct view *view);
unsigned group_page_down(struct view *view);
unsigned group_home(struct view *view);
unsigned group_end(struct view *view);

/** Tabs and panes that scroll. */
unsigned scroll_up(struct view *view);
unsigned scroll_down(struct view *view);
unsigned scroll_page_up(struct view *view);
unsigned scroll_page_down(struct view *view);
unsigned scroll_home(struct view *view);
unsigned scroll_end(struct view *view);

/** The cursor of the menu that is open. */
unsigned menu_up(struct view *view);
unsigned menu_down(struct view *view);
unsigned menu_home(struct view *view);
unsigned menu_end(struct view *view);

#endif
