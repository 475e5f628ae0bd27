/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/tasklist.h"

#include <errno.h>
#include <string.h>

#include "base/sort.h"

/** What choosing and ordering work on. */
struct listing {
	const struct snapshot *now;
	const struct summary *summary;
	const struct list_choice *choice;
	struct tasklist list;
	bool descending;
	const struct column_key *keys; /**< parallel to now->tasks; NULL in kill order */
};

static struct task_row row_of(const struct listing *listing, uint32_t index)
{
	return (struct task_row){ listing->now, listing->summary, index };
}

static bool is_named(const struct list_choice *choice, int32_t pid)
{
	for (unsigned i = 0; i < choice->n_pids; i++) {
		if (choice->pids[i] == pid)
			return true;
	}
	return false;
}

static bool user_passes(const struct list_choice *choice, const struct task *task)
{
	if (choice->n_uids == 0)
		return true;
	for (unsigned i = 0; i < choice->n_uids; i++) {
		if (task->has & TASK_HAS_UID && choice->uids[i] == task->uid)
			return true;
	}
	return false;
}

/** Whether an exempt process has a row of its own although it cannot be killed. */
static bool unfolded(const struct list_choice *choice, const struct task_row *row)
{
	if (choice->n_pids > 0 || row_task(row)->killed)
		return true;
	if (task_is_kthread(row_task(row)) || row_judged(row)->exempt == EXEMPT_KTHREAD)
		return choice->kernel_threads;
	return choice->exempt;
}

/** Append a task to the list if it is to be shown. */
static void consider(struct listing *listing, uint32_t index)
{
	const struct list_choice *choice = listing->choice;
	const struct task_row row = row_of(listing, index);
	const struct task *task = row_task(&row);

	if (choice->n_pids > 0 && !is_named(choice, task->pid))
		return;
	if (!user_passes(choice, task) || !filter_passes(&choice->filter, &row))
		return;
	if (row_judged(&row)->exempt != EXEMPT_NONE && !unfolded(choice, &row))
		listing->list.n_hidden_exempt++;
	else
		listing->list.rows[listing->list.n_rows++] = index;
}

static int compare_kill_order(uint32_t a, uint32_t b, const void *context)
{
	const struct listing *listing = context;
	const struct task_row row_a = row_of(listing, a), row_b = row_of(listing, b);

	return row_kill_order(&row_a, &row_b);
}

static int compare_keys(uint32_t a, uint32_t b, const void *context)
{
	const struct listing *listing = context;
	const int order = column_key_order(
		listing->choice->sort, listing->descending, &listing->keys[a], &listing->keys[b]);

	return order ? order : compare_kill_order(a, b, context);
}

static void reverse(uint32_t *rows, uint32_t count)
{
	for (uint32_t i = 0; i < count / 2; i++) {
		const uint32_t row = rows[i];

		rows[i] = rows[count - 1 - i];
		rows[count - 1 - i] = row;
	}
}

/* The candidates come in order already: every tick this is the list of nearly every user. */
static void list_kill_order(struct listing *listing, uint32_t *scratch)
{
	const struct oom *oom = &listing->summary->oom;
	struct tasklist *list = &listing->list;
	uint32_t candidates;

	for (uint32_t i = 0; i < oom->n_order; i++)
		consider(listing, oom->order[i]);
	candidates = list->n_rows;
	for (uint32_t i = 0; i < listing->now->n_tasks; i++) {
		if (oom->judged[i].rank == 0)
			consider(listing, i);
	}
	sort_indexes(list->rows + candidates, list->n_rows - candidates, scratch,
		compare_kill_order, listing);
	if (listing->choice->reverse)
		reverse(list->rows, list->n_rows);
}

static int make_keys(struct listing *listing, struct arena *arena)
{
	const struct column *column = listing->choice->sort;
	struct column_key *keys = arena_array(arena, listing->now->n_tasks, sizeof(*keys));

	if (!keys)
		return -ENOMEM;
	for (uint32_t i = 0; i < listing->list.n_rows; i++) {
		const uint32_t index = listing->list.rows[i];
		const struct task_row row = row_of(listing, index);
		char buf[COLUMN_TEXT_MAX];
		struct text scratch;

		text_init(&scratch, buf, sizeof(buf));
		column_key(column, &row, &scratch, &keys[index]);
		if (keys[index].string == buf) {
			keys[index].string = arena_text(arena, buf, scratch.len);
			if (!keys[index].string)
				return -ENOMEM;
		}
	}
	listing->keys = keys;
	return 0;
}

static int list_sorted(struct listing *listing, struct arena *arena, uint32_t *scratch)
{
	int rc;

	for (uint32_t i = 0; i < listing->now->n_tasks; i++)
		consider(listing, i);
	rc = make_keys(listing, arena);
	if (rc < 0)
		return rc;
	sort_indexes(listing->list.rows, listing->list.n_rows, scratch, compare_keys, listing);
	return 0;
}

static bool is_open(const struct list_choice *choice, uint64_t id)
{
	for (unsigned i = 0; i < choice->n_open; i++) {
		if (choice->open[i] == id)
			return true;
	}
	return false;
}

static void unfold(struct tasklist *list, const struct list_choice *choice)
{
	for (uint32_t i = 0; i < list->groups.count; i++) {
		struct taskgroup *group = &list->groups.groups[i];

		group->open = is_open(choice, group->id);
		list->all[list->n_all++] = list->rows[list->n_rows++] = TASKLIST_GROUP | i;
		memcpy(list->all + list->n_all, group->members, group->count * sizeof(uint32_t));
		list->n_all += group->count;
		if (!group->open)
			continue;
		memcpy(list->rows + list->n_rows, group->members, group->count * sizeof(uint32_t));
		list->n_rows += group->count;
	}
}

static int group_rows(struct listing *listing, struct arena *arena)
{
	const struct list_choice *choice = listing->choice;
	const struct taskgroups_order order = { choice->sort, listing->descending,
		choice->reverse };
	struct tasklist *list = &listing->list;
	const uint32_t *tasks = list->rows;
	const struct taskgroups_of of = { listing->now, listing->summary, tasks, list->n_rows };
	int rc = taskgroups_make(&of, &order, arena, &list->groups);

	if (rc < 0 || list->n_rows == 0)
		return rc;
	list->rows = arena_array(arena, (size_t)list->n_rows * 2, sizeof(uint32_t));
	list->all = arena_array(arena, (size_t)list->n_rows * 2, sizeof(uint32_t));
	if (!list->rows || !list->all)
		return -ENOMEM;
	list->n_rows = 0;
	unfold(list, choice);
	return 0;
}

int tasklist_make(const struct snapshot *now, const struct summary *summary,
	const struct list_choice *choice, struct arena *arena, struct tasklist *ret)
{
	struct listing listing = { .now = now, .summary = summary, .choice = choice };
	uint32_t *scratch;
	int rc = 0;

	if (now->n_tasks == 0) {
		memset(ret, 0, sizeof(*ret));
		return 0;
	}
	listing.list.rows = arena_array(arena, now->n_tasks, sizeof(uint32_t));
	scratch = arena_array(arena, now->n_tasks, sizeof(uint32_t));
	if (!listing.list.rows || !scratch)
		return -ENOMEM;

	if (choice->sort) {
		listing.descending = choice->sort->descending != choice->reverse;
		rc = list_sorted(&listing, arena, scratch);
	} else {
		list_kill_order(&listing, scratch);
	}
	if (rc < 0)
		return rc;
	listing.list.n_tasks = listing.list.n_rows;
	if (choice->grouped) {
		rc = group_rows(&listing, arena);
		if (rc < 0)
			return rc;
	} else {
		listing.list.all = listing.list.rows;
		listing.list.n_all = listing.list.n_rows;
	}
	*ret = listing.list;
	return 0;
}

const struct taskgroup *tasklist_group(const struct tasklist *list, int64_t row)
{
	const uint32_t entry = list->rows[row];

	return entry & TASKLIST_GROUP ? &list->groups.groups[entry & ~TASKLIST_GROUP] : NULL;
}

uint32_t tasklist_task(const struct tasklist *list, int64_t row)
{
	const struct taskgroup *group = tasklist_group(list, row);

	return group ? group->first : list->rows[row];
}

int64_t tasklist_find_group(const struct tasklist *list, uint64_t id)
{
	for (uint32_t i = 0; i < list->n_rows; i++) {
		const struct taskgroup *group = tasklist_group(list, i);

		if (group && group->id == id)
			return i;
	}
	return -1;
}

static void forget_open(struct list_choice *choice, unsigned at)
{
	choice->n_open--;
	memmove(&choice->open[at], &choice->open[at + 1],
		(choice->n_open - at) * sizeof(choice->open[0]));
}

void tasklist_open(struct list_choice *choice, uint64_t id, bool open)
{
	for (unsigned i = 0; i < choice->n_open; i++) {
		if (choice->open[i] != id)
			continue;
		if (!open)
			forget_open(choice, i);
		return;
	}
	if (!open)
		return;
	if (choice->n_open == GROUPS_OPEN_MAX)
		forget_open(choice, 0);
	choice->open[choice->n_open++] = id;
}

int64_t tasklist_find(
	const struct tasklist *list, const struct snapshot *now, int32_t pid, uint64_t start_ticks)
{
	for (uint32_t i = 0; i < list->n_rows; i++) {
		const struct task *task = &now->tasks[tasklist_task(list, i)];

		if (!tasklist_group(list, i) && task->pid == pid &&
			task->start_ticks == start_ticks)
			return i;
	}
	return -1;
}
