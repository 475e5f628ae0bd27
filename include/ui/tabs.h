/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * From one tab to another: what the keys of ui/commands run.  Each closes what lies over the tab.
 */
#ifndef OOMWATCH_UI_TABS_H
#define OOMWATCH_UI_TABS_H

#include "ui/view.h"

unsigned tabs_go(struct view *view, enum tab tab);

unsigned tabs_main(struct view *view);
unsigned tabs_zones(struct view *view);
unsigned tabs_cgroups(struct view *view);
unsigned tabs_kills(struct view *view);
unsigned tabs_log(struct view *view);
unsigned tabs_next(struct view *view);
unsigned tabs_before(struct view *view);

#endif
