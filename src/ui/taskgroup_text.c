/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/scope.h"
#include "base/units.h"
#include "ui/cells.h"
#include "ui/grouplist.h"
#include "ui/taskgroups.h"

/** More processes than these are counted in thousands: PID has no room for their digits. */
#define COUNT_MAX 99999

/** Fewer cells than these are for the end of an id alone. */
#define ID_COLS 10

/** Digits of a uid; what has more is none. */
#define UID_DIGITS 10

/** The login name of the user whose session or slice it is, or NULL. */
static const char *user_of(const struct group_cells *cells)
{
	const char *digit = cells->group->owner;
	uint64_t uid = 0;

	if (*digit < '0' || *digit > '9')
		return NULL;
	for (int i = 0; i < UID_DIGITS && *digit >= '0' && *digit <= '9'; i++)
		uid = uid * 10 + (uint64_t)(*digit++ - '0');
	for (uint32_t i = 0; i < cells->group->count; i++) {
		const struct task *task = &cells->now->tasks[cells->group->members[i]];

		if (task->has & TASK_HAS_UID && task->uid == uid && task->who->user)
			return task->who->user;
	}
	return NULL;
}

/* "session-4.scope": the kind of unit says less than whose it is. */
static void add_login(const struct group_cells *cells, struct text *text)
{
	const char *label = cells->group->label;
	const char *suffix = strrchr(label, '.');
	const char *user = user_of(cells);

	if (!user) {
		text_add_clean(text, label, strlen(label));
		return;
	}
	text_add_clean(text, label, suffix ? (size_t)(suffix - label) : strlen(label));
	text_add(text, " ");
	text_add_clean(text, user, strlen(user));
}

void taskgroup_name(const struct group_cells *cells, struct text *text)
{
	const struct taskgroup *group = cells->group;
	const size_t begin = text->len;

	switch (group->kind) {
	case TASKGROUP_LOGIN:
		add_login(cells, text);
		break;
	case TASKGROUP_NAMED:
		text_add_clean(text, group->label, strlen(group->label));
		break;
	case TASKGROUP_PATH:
		scope_path_words(group->label, text);
		break;
	case TASKGROUP_UNKNOWN:
		text_add(text, "?");
		break;
	case TASKGROUP_NONE:
	default:
		text_add(text, "(none)");
		break;
	}
	/* Of a hostile name nothing may be left. */
	if (text->len == begin)
		text_add(text, "?");
}

int64_t taskgroup_figure(const struct group_cells *cells, const struct column *column)
{
	for (unsigned i = 0; i < cells->all->n_columns; i++) {
		if (cells->all->columns[i] == column)
			return cells->group->figures[i];
	}
	return VALUE_UNKNOWN;
}

static void add_count(uint32_t count, struct text *text)
{
	text_add(text, "x");
	if (count > COUNT_MAX)
		units_count(text, count);
	else
		text_fmt(text, "%u", (unsigned)count);
}

static void add_same(
	const struct group_cells *cells, const struct column *column, struct text *text)
{
	const struct task_row first = { cells->now, cells->summary, cells->group->first };
	const int64_t figure = taskgroup_figure(cells, column);

	if (figure == 0)
		column_text(column, &first, text);
	else
		text_add(text, figure == TASKGROUP_DIFFER ? "-" : "?");
}

/* Of "containerd:5e1f77ab" and "batch/9c0d63ab" the end tells one from another. */
static void add_marked_name(const struct group_cells *cells, int cols, struct text *text)
{
	const char *mark = cells->group->open ? "- " : "+ ";
	const int room = (int)value_max(cols - (int)strlen(mark), 0);
	char buf[COLUMN_TEXT_MAX];
	struct text name;

	text_init(&name, buf, sizeof(buf));
	taskgroup_name(cells, &name);
	text_add(text, mark);
	if (cells->group->kind != TASKGROUP_PATH && !strchr(buf, ':'))
		text_add(text, buf);
	else if (room < ID_COLS)
		text_add(text, cells_tail(buf, room));
	else
		group_tail(buf, room, text);
}

void taskgroup_text(
	const struct group_cells *cells, const struct column *column, int cols, struct text *text)
{
	const struct task_row first = { cells->now, cells->summary, cells->group->first };

	switch (column->grouped) {
	case GROUPED_SUM:
		column->add(text, taskgroup_figure(cells, column));
		break;
	case GROUPED_SAME:
		add_same(cells, column, text);
		break;
	case GROUPED_COUNT:
		add_count(cells->group->count, text);
		break;
	case GROUPED_NAME:
		add_marked_name(cells, cols, text);
		break;
	case GROUPED_FIRST:
	default:
		column_text(column, &first, text);
		break;
	}
}

struct taskgroup *taskgroups_of_task(const struct taskgroups *all, uint32_t task)
{
	for (uint32_t i = 0; i < all->count; i++) {
		for (uint32_t k = 0; k < all->groups[i].count; k++) {
			if (all->groups[i].members[k] == task)
				return &all->groups[i];
		}
	}
	return NULL;
}
