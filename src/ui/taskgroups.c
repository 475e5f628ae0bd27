/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/taskgroups.h"

#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "base/sort.h"

/** Processes of one cgroup share the pointers to its names: they are looked for by these, and
 * by the names themselves only where that fails. */
#define CACHE_BITS 10
#define CACHE_SLOTS (1u << CACHE_BITS)

#define GROUPS_AT_FIRST 64

struct cached {
	const char *container, *unit, *cgroup;
	uint32_t group; /**< number + 1; 0: nothing is here */
};

struct making {
	const struct snapshot *now;
	const struct summary *summary;
	const struct taskgroups_order *order;
	struct arena *arena;
	struct taskgroups made;
	uint32_t room; /**< of made.groups */
	struct cached *cache;
	uint32_t *table; /**< numbers + 1 of groups by id; 0: nothing is here */
	uint32_t table_mask;
	uint32_t *group_of; /**< parallel to the tasks to group */
	const struct column_key *keys;
};

static struct task_row row_of(const struct making *making, uint32_t task)
{
	return (struct task_row){ making->now, making->summary, task };
}

/* "/user.slice/user-1000.slice/...": two users' units may have the same name. */
static const char *owner_of(const char *cgroup)
{
	const char *slice = cgroup ? strstr(cgroup, "/user-") : NULL;
	size_t digits;

	if (!slice)
		return "";
	slice += strlen("/user-");
	digits = strspn(slice, "0123456789");
	return digits > 0 && strncmp(slice + digits, ".slice", 6) == 0 ? slice : "";
}

static size_t owner_len(const char *owner)
{
	return strspn(owner, "0123456789");
}

static bool is_root(const char *cgroup)
{
	return cgroup[strspn(cgroup, "/")] == '\0';
}

static void identify(const struct identity *who, struct taskgroup *ret)
{
	ret->label = ret->owner = "";
	if (who->container) {
		ret->kind = TASKGROUP_NAMED;
		ret->label = who->container;
	} else if (who->unit) {
		ret->kind = unit_is_service(who->unit) ? TASKGROUP_NAMED : TASKGROUP_LOGIN;
		ret->label = who->unit;
		ret->owner = owner_of(who->cgroup);
	} else if (!who->cgroup) {
		ret->kind = TASKGROUP_UNKNOWN;
	} else if (is_root(who->cgroup)) {
		ret->kind = TASKGROUP_NONE;
	} else {
		ret->kind = TASKGROUP_PATH;
		ret->label = who->cgroup;
	}
}

static uint64_t id_of(const struct taskgroup *group)
{
	const char kind = (char)group->kind;
	uint64_t hash = hash_add(HASH_START, &kind, 1);

	hash = hash_add(hash, group->label, strlen(group->label) + 1);
	return hash_key(hash_add(hash, group->owner, owner_len(group->owner)));
}

static bool is_same(const struct taskgroup *a, const struct taskgroup *b)
{
	const size_t len = owner_len(a->owner);

	return a->id == b->id && a->kind == b->kind && strcmp(a->label, b->label) == 0 &&
		len == owner_len(b->owner) && memcmp(a->owner, b->owner, len) == 0;
}

/** Append a group.  Returns its number + 1, or 0 without memory. */
static uint32_t append(struct making *making, const struct taskgroup *group)
{
	struct taskgroups *made = &making->made;

	if (made->count == making->room) {
		const uint32_t room = making->room * 2;
		struct taskgroup *groups = arena_array(making->arena, room, sizeof(*groups));

		if (!groups)
			return 0;
		memcpy(groups, made->groups, made->count * sizeof(*groups));
		made->groups = groups;
		making->room = room;
	}
	made->groups[made->count] = *group;
	return ++made->count;
}

/** The group of that name, made if need be: its number + 1, or 0 without memory. */
static uint32_t by_name(struct making *making, struct taskgroup *group)
{
	uint32_t slot;

	group->id = id_of(group);
	slot = hash_fold(group->id) & making->table_mask;
	while (making->table[slot]) {
		if (is_same(&making->made.groups[making->table[slot] - 1], group))
			return making->table[slot];
		slot = (slot + 1) & making->table_mask;
	}
	making->table[slot] = append(making, group);
	return making->table[slot];
}

static struct cached *cache_slot(const struct making *making, const struct identity *who)
{
	const uint64_t mixed = (uint64_t)(uintptr_t)who->cgroup ^
		(uint64_t)(uintptr_t)who->unit << 1 ^ (uint64_t)(uintptr_t)who->container << 2;

	return &making->cache[mixed * UINT64_C(0x9e3779b97f4a7c15) >> (64 - CACHE_BITS)];
}

/** Number + 1, or 0 without memory. */
static uint32_t group_of(struct making *making, uint32_t task)
{
	const struct task_row row = row_of(making, task);
	const struct identity *who = row_task(&row)->who;
	struct taskgroup group = { .kind = TASKGROUP_NONE, .label = "", .owner = "" };
	struct cached *cached = cache_slot(making, who);

	if (task_is_kthread(row_task(&row)) || row_judged(&row)->exempt == EXEMPT_KTHREAD)
		return by_name(making, &group);
	if (cached->group && cached->container == who->container && cached->unit == who->unit &&
		cached->cgroup == who->cgroup)
		return cached->group;
	identify(who, &group);
	*cached =
		(struct cached){ who->container, who->unit, who->cgroup, by_name(making, &group) };
	return cached->group;
}

/* All that may be on the screen, and what is sorted by. */
static void choose_columns(struct making *making)
{
	struct taskgroups *made = &making->made;
	unsigned count;
	const struct column *all = columns_all(&count);

	for (unsigned i = 0; i < count && made->n_columns < COLUMNS_SHOWN_MAX; i++) {
		if (all[i].grouped != GROUPED_SUM && all[i].grouped != GROUPED_SAME)
			continue;
		if (all[i].wide != COLUMNS_NEVER || &all[i] == making->order->sort)
			made->columns[made->n_columns++] = &all[i];
	}
}

/* What has no memory of its own adds none; that is known though no file says so. */
static int64_t addend(const struct column *column, const struct task_row *row)
{
	const int64_t value = column->value(row);
	const enum exempt exempt = row_judged(row)->exempt;

	/* Where the first processes alone were kept no group need be whole. */
	if (row->now->partial == PARTIAL_KEPT)
		return VALUE_UNKNOWN;
	if (value_known(value) || column->kind != COLUMN_BYTES)
		return value;
	return exempt == EXEMPT_KTHREAD || exempt == EXEMPT_NO_MM ? 0 : value;
}

/** 0, TASKGROUP_DIFFER, or VALUE_UNKNOWN if one of the two is. */
static int64_t differ(
	const struct column *column, const struct task_row *a, const struct task_row *b)
{
	char buf_a[COLUMN_TEXT_MAX], buf_b[COLUMN_TEXT_MAX];
	struct text scratch_a, scratch_b;
	struct column_key x, y;

	text_init(&scratch_a, buf_a, sizeof(buf_a));
	text_init(&scratch_b, buf_b, sizeof(buf_b));
	column_key(column, a, &scratch_a, &x);
	column_key(column, b, &scratch_b, &y);
	if (!column->string) {
		if (!value_known(x.number) || !value_known(y.number))
			return VALUE_UNKNOWN;
		return x.number == y.number ? 0 : TASKGROUP_DIFFER;
	}
	if (!x.string || !y.string)
		return VALUE_UNKNOWN;
	return x.string == y.string || strcmp(x.string, y.string) == 0 ? 0 : TASKGROUP_DIFFER;
}

static void add_figures(
	const struct making *making, struct taskgroup *group, const struct task_row *row)
{
	const bool alone = group->count == 0;
	const struct task_row other = row_of(making, group->members[alone ? 0 : group->count - 1]);

	for (unsigned i = 0; i < making->made.n_columns; i++) {
		const struct column *column = making->made.columns[i];

		if (column->grouped == GROUPED_SUM)
			group->figures[i] = value_add(group->figures[i], addend(column, row));
		else if (!alone && group->figures[i] == 0)
			group->figures[i] = differ(column, &other, row);
	}
}

static void add_member(const struct making *making, struct taskgroup *group, uint32_t task)
{
	const struct task_row row = row_of(making, task);
	const struct task_row first = row_of(making, group->first);

	if (group->count == 0 || row_kill_order(&row, &first) < 0)
		group->first = task;
	add_figures(making, group, &row);
	group->members[group->count++] = task;
}

static int find_groups(struct making *making, const uint32_t *tasks, uint32_t n_tasks)
{
	uint32_t slots = 16;

	while (slots < UINT32_MAX / 4 && slots / 2 < n_tasks)
		slots *= 2;
	making->table_mask = slots - 1;
	making->table = arena_array(making->arena, slots, sizeof(uint32_t));
	making->cache = arena_array(making->arena, CACHE_SLOTS, sizeof(*making->cache));
	making->group_of = arena_array(making->arena, n_tasks, sizeof(uint32_t));
	making->room = GROUPS_AT_FIRST;
	making->made.groups =
		arena_array(making->arena, making->room, sizeof(*making->made.groups));
	if (!making->table || !making->cache || !making->group_of || !making->made.groups)
		return -ENOMEM;
	for (uint32_t i = 0; i < n_tasks; i++) {
		const uint32_t group = group_of(making, tasks[i]);

		if (group == 0)
			return -ENOMEM;
		making->group_of[i] = group - 1;
		making->made.groups[group - 1].count++;
	}
	return 0;
}

static int fill_groups(struct making *making, const uint32_t *tasks, uint32_t n_tasks)
{
	struct taskgroups *made = &making->made;
	uint32_t *members = arena_array(making->arena, n_tasks, sizeof(uint32_t));
	int64_t *figures =
		arena_array(making->arena, (size_t)made->count * made->n_columns, sizeof(*figures));

	if (!members || !figures)
		return -ENOMEM;
	for (uint32_t i = 0; i < made->count; i++) {
		made->groups[i].members = members;
		made->groups[i].figures = figures;
		members += made->groups[i].count;
		figures += made->n_columns;
		made->groups[i].count = 0;
	}
	for (uint32_t i = 0; i < n_tasks; i++)
		add_member(making, &made->groups[making->group_of[i]], tasks[i]);
	return 0;
}

/* Texts that are not the same of all count as none. */
static void key_of(const struct group_cells *cells, const struct column *column,
	struct text *scratch, struct column_key *ret)
{
	const struct task_row first = { cells->now, cells->summary, cells->group->first };

	*ret = (struct column_key){ VALUE_UNKNOWN, NULL };
	switch (column->grouped) {
	case GROUPED_SUM:
		ret->number = taskgroup_figure(cells, column);
		break;
	case GROUPED_COUNT:
		ret->number = cells->group->count;
		break;
	case GROUPED_NAME:
		taskgroup_name(cells, scratch);
		ret->string = scratch->buf;
		break;
	case GROUPED_SAME:
		if (taskgroup_figure(cells, column) == 0)
			column_key(column, &first, scratch, ret);
		else if (taskgroup_figure(cells, column) == TASKGROUP_DIFFER && column->string)
			ret->string = "";
		break;
	case GROUPED_FIRST:
	default:
		column_key(column, &first, scratch, ret);
		break;
	}
}

static int make_keys(struct making *making)
{
	struct taskgroups *made = &making->made;
	struct column_key *keys = arena_array(making->arena, made->count, sizeof(*keys));

	if (!keys)
		return -ENOMEM;
	for (uint32_t i = 0; i < made->count; i++) {
		const struct group_cells cells = { making->now, making->summary, made,
			&made->groups[i] };
		char buf[COLUMN_TEXT_MAX];
		struct text scratch;

		text_init(&scratch, buf, sizeof(buf));
		key_of(&cells, making->order->sort, &scratch, &keys[i]);
		if (keys[i].string == buf) {
			keys[i].string = arena_text(making->arena, buf, scratch.len);
			if (!keys[i].string)
				return -ENOMEM;
		}
	}
	making->keys = keys;
	return 0;
}

static int compare_groups(uint32_t a, uint32_t b, const void *context)
{
	const struct making *making = context;
	const struct taskgroups_order *by = making->order;
	const struct task_row first_a = row_of(making, making->made.groups[a].first);
	const struct task_row first_b = row_of(making, making->made.groups[b].first);
	int order = 0;

	if (by->sort)
		order = column_key_order(
			by->sort, by->descending, &making->keys[a], &making->keys[b]);
	return order ? order : row_kill_order(&first_a, &first_b);
}

static int order_groups(struct making *making)
{
	const uint32_t count = making->made.count;
	const bool reverse = making->order->reverse && !making->order->sort;
	struct taskgroup *ordered = arena_array(making->arena, count, sizeof(*ordered));
	uint32_t *numbers = arena_array(making->arena, count, sizeof(*numbers));
	uint32_t *scratch = arena_array(making->arena, count, sizeof(*scratch));

	if (!ordered || !numbers || !scratch)
		return -ENOMEM;
	if (making->order->sort && make_keys(making) < 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		numbers[i] = i;
	sort_indexes(numbers, count, scratch, compare_groups, making);
	for (uint32_t i = 0; i < count; i++)
		ordered[reverse ? count - 1 - i : i] = making->made.groups[numbers[i]];
	making->made.groups = ordered;
	return 0;
}

int taskgroups_make(const struct taskgroups_of *of, const struct taskgroups_order *order,
	struct arena *arena, struct taskgroups *ret)
{
	struct making making = {
		.now = of->now,
		.summary = of->summary,
		.order = order,
		.arena = arena,
	};

	if (of->n_tasks > 0) {
		choose_columns(&making);
		if (find_groups(&making, of->tasks, of->n_tasks) < 0 ||
			fill_groups(&making, of->tasks, of->n_tasks) < 0 ||
			order_groups(&making) < 0)
			return -ENOMEM;
	}
	*ret = making.made;
	return 0;
}
