/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/view.h"

static void select_row(struct view *view, int64_t row)
{
	const struct taskgroup *group = tasklist_group(&view->list, row);
	const struct task *task = &view->now->tasks[tasklist_task(&view->list, row)];
	struct ui_state *state = view->state;

	state->selected_row = row;
	state->selected_group = group ? group->id : 0;
	state->selected_pid = group ? 0 : task->pid;
	state->selected_start = group ? 0 : task->start_ticks;
}

/** The row of the group that a process is folded into, or -1. */
static int64_t row_of_folded(const struct view *view, int32_t pid, uint64_t start_ticks)
{
	const int64_t index = snapshot_find(view->now, pid, start_ticks);
	const struct taskgroup *group = NULL;

	if (index >= 0)
		group = taskgroups_of_task(&view->list.groups, (uint32_t)index);
	return group ? tasklist_find_group(&view->list, group->id) : -1;
}

void view_follow_selection(struct view *view)
{
	struct ui_state *state = view->state;
	int64_t row;

	if (view->list.n_rows == 0)
		return;
	if (state->selected_group != 0)
		row = tasklist_find_group(&view->list, state->selected_group);
	else if (state->selected_pid != 0)
		row = tasklist_find(
			&view->list, view->now, state->selected_pid, state->selected_start);
	else
		row = 0;
	if (row >= 0) {
		state->selected_row = row;
		return;
	}
	if (state->selected_pid != 0)
		row = row_of_folded(view, state->selected_pid, state->selected_start);
	view_select_row(view, row >= 0 ? row : state->selected_row);
}

int64_t view_selected_row(const struct view *view)
{
	const int64_t last = (int64_t)view->list.n_rows - 1;

	return value_max(value_min(view->state->selected_row, last), 0);
}

static bool is_empty(const struct view *view)
{
	return !view->now || !view->summary || view->list.n_rows == 0;
}

uint32_t view_selected(const struct view *view)
{
	if (is_empty(view) || view_selected_group(view))
		return NO_TASK;
	return view->list.rows[view_selected_row(view)];
}

const struct taskgroup *view_selected_group(const struct view *view)
{
	return is_empty(view) ? NULL : tasklist_group(&view->list, view_selected_row(view));
}

uint32_t view_need_process(struct view *view)
{
	const struct taskgroup *group = view_selected_group(view);
	const uint32_t selected = view_selected(view);

	if (group)
		ui_refuse(view->state, "a group is selected: %s",
			group->open ? "its processes stand below" : "Enter shows its processes");
	else if (selected == NO_TASK)
		ui_refuse(view->state, "no process is selected");
	return selected;
}

void view_select_row(struct view *view, int64_t row)
{
	if (view->list.n_rows == 0)
		return;
	select_row(view, value_max(value_min(row, (int64_t)view->list.n_rows - 1), 0));
}

void view_select_first(struct view *view)
{
	view->state->selected_pid = 0;
	view->state->selected_group = 0;
	view->state->selected_row = 0;
}

bool view_select_task(struct view *view, int32_t pid, uint64_t start_ticks)
{
	int64_t row;

	if (is_empty(view))
		return false;
	row = tasklist_find(&view->list, view->now, pid, start_ticks);
	if (row < 0)
		row = row_of_folded(view, pid, start_ticks);
	if (row >= 0)
		select_row(view, row);
	return row >= 0;
}

/** The group of the selected row, of a process the one that it is in; or NULL. */
static const struct taskgroup *group_here(const struct view *view)
{
	const uint32_t selected = view_selected(view);

	if (selected == NO_TASK)
		return view_selected_group(view);
	return taskgroups_of_task(&view->list.groups, selected);
}

int view_show(struct view *view, uint32_t entry)
{
	const struct taskgroup *group;

	for (uint32_t row = 0; row < view->list.n_rows; row++) {
		if (view->list.rows[row] == entry) {
			select_row(view, row);
			return 0;
		}
	}
	group = taskgroups_of_task(&view->list.groups, entry);
	if (!group)
		return 0;
	tasklist_open(&view->state->choice, group->id, true);
	view->state->selected_group = 0;
	view->state->selected_pid = view->now->tasks[entry].pid;
	view->state->selected_start = view->now->tasks[entry].start_ticks;
	return view_update(view);
}

int view_fold(struct view *view, bool open)
{
	const struct taskgroup *group = group_here(view);

	if (!group || group->open == open)
		return 0;
	view_select_row(view, tasklist_find_group(&view->list, group->id));
	tasklist_open(&view->state->choice, group->id, open);
	return view_update(view);
}
