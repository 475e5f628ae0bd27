/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/tabs.h"

unsigned tabs_go(struct view *view, enum tab tab)
{
	struct ui_state *state = view->state;

	state->tab = tab;
	state->overlay = OVERLAY_NONE;
	state->scroll = 0;
	state->want_migrate = false;
	return REACT_REDRAW;
}

unsigned tabs_main(struct view *view)
{
	return tabs_go(view, TAB_MAIN);
}

unsigned tabs_zones(struct view *view)
{
	return tabs_go(view, TAB_ZONES);
}

unsigned tabs_cgroups(struct view *view)
{
	return tabs_go(view, TAB_CGROUPS);
}

unsigned tabs_kills(struct view *view)
{
	return tabs_go(view, TAB_KILLS);
}

unsigned tabs_log(struct view *view)
{
	return tabs_go(view, TAB_LOG);
}

unsigned tabs_next(struct view *view)
{
	return tabs_go(view, (view->state->tab + 1) % TAB_COUNT);
}

unsigned tabs_before(struct view *view)
{
	return tabs_go(view, (view->state->tab + TAB_COUNT - 1) % TAB_COUNT);
}
