/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/moves.h"

#include "ui/actions.h"
#include "ui/commands.h"
#include "ui/killed.h"

#define MENUS (CONTEXT_MENU | CONTEXT_KILL | CONTEXT_SCOPE)

/** What moves in a context. */
struct cursor {
	unsigned contexts; /**< mask of enum context */
	int64_t (*row)(const struct view *view);
	int64_t (*last)(const struct view *view);
	void (*put)(struct view *view, int64_t row); /**< cut to the ends */
	void (*put_first)(struct view *view);        /**< NULL: put() does that */
};

static int64_t page_rows(const struct view *view)
{
	return view->state->list_rows > 1 ? view->state->list_rows : 1;
}

static int64_t list_last(const struct view *view)
{
	return (int64_t)view->list.n_rows - 1;
}

static int64_t groups_last(const struct view *view)
{
	return view_group_rows(view) - 1;
}

static void groups_first(struct view *view)
{
	view->state->group_path[0] = '\0';
	view->state->group_row = 0;
}

static int64_t menu_row(const struct view *view)
{
	return view->state->menu_row;
}

/* The sort menu has a row more than there are columns: kill order. */
static int64_t menu_last(const struct view *view)
{
	unsigned count;

	if (view->state->overlay == OVERLAY_KILL)
		return (int64_t)actions_menu_rows() - 1;
	if (view->state->overlay == OVERLAY_SCOPE)
		return (int64_t)view->state->scope_menu.count - 1;
	columns_all(&count);
	return count;
}

static void menu_put(struct view *view, int64_t row)
{
	view->state->menu_row = (int)value_max(value_min(row, menu_last(view)), 0);
}

static int64_t scroll_row(const struct view *view)
{
	return view->state->scroll;
}

static int64_t scroll_last(const struct view *view)
{
	return value_max(view->state->pages - page_rows(view), 0);
}

static void scroll_put(struct view *view, int64_t row)
{
	view->state->scroll = value_max(value_min(row, scroll_last(view)), 0);
}

/* The last one is for all that is not named. */
static const struct cursor cursors[] = {
	{ CONTEXT_LIST, view_selected_row, list_last, view_select_row, view_select_first },
	{ CONTEXT_GROUPS, view_group_row, groups_last, view_select_group, groups_first },
	{ CONTEXT_KILLED, killed_row, killed_last, killed_put, killed_first },
	{ MENUS, menu_row, menu_last, menu_put, NULL },
	{ CONTEXT_ANY, scroll_row, scroll_last, scroll_put, NULL },
};

static const struct cursor *cursor_of(const struct view *view)
{
	const struct cursor *cursor = cursors;

	while (!(cursor->contexts & (unsigned)command_context(view->state)))
		cursor++;
	return cursor;
}

static unsigned move(struct view *view, int64_t by)
{
	const struct cursor *cursor = cursor_of(view);

	cursor->put(view, cursor->row(view) + by);
	return REACT_REDRAW;
}

static unsigned move_page(struct view *view, int64_t pages)
{
	const struct cursor *cursor = cursor_of(view);

	return move(
		view, pages * (cursor->contexts == MENUS ? cursor->last(view) : page_rows(view)));
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
	return move_page(view, -1);
}

unsigned move_page_down(struct view *view)
{
	return move_page(view, 1);
}

unsigned move_home(struct view *view)
{
	const struct cursor *cursor = cursor_of(view);

	if (cursor->put_first)
		cursor->put_first(view);
	else
		cursor->put(view, 0);
	return REACT_REDRAW;
}

unsigned move_end(struct view *view)
{
	const struct cursor *cursor = cursor_of(view);

	cursor->put(view, cursor->last(view));
	return REACT_REDRAW;
}
