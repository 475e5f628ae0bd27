/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/moves.h"

#include "ui/actions.h"

static unsigned move(struct view *view, int64_t by)
{
	view_select_row(view, view_selected_row(view) + by);
	return REACT_REDRAW;
}

static int64_t page_rows(const struct view *view)
{
	return view->state->list_rows > 1 ? view->state->list_rows : 1;
}

unsigned move_up(struct view *view)
{
	return move(view, -1);
}

unsigned move_down(struct view *view)
{
	return move(view, 1);
}

unsigned move_page_up(struct view *view)
{
	return move(view, -page_rows(view));
}

unsigned move_page_down(struct view *view)
{
	return move(view, page_rows(view));
}

unsigned move_home(struct view *view)
{
	view->state->selected_pid = 0;
	view->state->selected_row = 0;
	return REACT_REDRAW;
}

unsigned move_end(struct view *view)
{
	return move(view, view->list.n_rows);
}

static unsigned group_move(struct view *view, int64_t by)
{
	view_select_group(view, view_group_row(view) + by);
	return REACT_REDRAW;
}

unsigned group_up(struct view *view)
{
	return group_move(view, -1);
}

unsigned group_down(struct view *view)
{
	return group_move(view, 1);
}

unsigned group_page_up(struct view *view)
{
	return group_move(view, -page_rows(view));
}

unsigned group_page_down(struct view *view)
{
	return group_move(view, page_rows(view));
}

unsigned group_home(struct view *view)
{
	view->state->group_path[0] = '\0';
	view->state->group_row = 0;
	return REACT_REDRAW;
}

unsigned group_end(struct view *view)
{
	return group_move(view, view->groups.n_rows);
}

static unsigned scroll(struct view *view, int64_t by)
{
	struct ui_state *state = view->state;
	const int64_t last = value_max(state->pages - page_rows(view), 0);

	state->scroll = value_max(value_min(state->scroll + by, last), 0);
	return REACT_REDRAW;
}

unsigned scroll_up(struct view *view)
{
	return scroll(view, -1);
}

unsigned scroll_down(struct view *view)
{
	return scroll(view, 1);
}

unsigned scroll_page_up(struct view *view)
{
	return scroll(view, -page_rows(view));
}

unsigned scroll_page_down(struct view *view)
{
	return scroll(view, page_rows(view));
}

unsigned scroll_home(struct view *view)
{
	return scroll(view, -view->state->pages);
}

unsigned scroll_end(struct view *view)
{
	return scroll(view, view->state->pages);
}

/* The sort menu has a row more than there are columns: kill order. */
static int last_menu_row(const struct ui_state *state)
{
	unsigned count;

	if (state->overlay == OVERLAY_KILL)
		return (int)actions_menu_rows() - 1;
	if (state->overlay == OVERLAY_SCOPE)
		return (int)state->scope_menu.count - 1;
	columns_all(&count);
	return (int)count;
}

static unsigned menu_move(struct view *view, int by)
{
	struct ui_state *state = view->state;

	state->menu_row = (int)value_max(value_min(state->menu_row + by, last_menu_row(state)), 0);
	return REACT_REDRAW;
}

unsigned menu_up(struct view *view)
{
	return menu_move(view, -1);
}

unsigned menu_down(struct view *view)
{
	return menu_move(view, 1);
}

unsigned menu_home(struct view *view)
{
	return menu_move(view, -view->state->menu_row);
}

unsigned menu_end(struct view *view)
{
	return menu_move(view, last_menu_row(view->state));
}
