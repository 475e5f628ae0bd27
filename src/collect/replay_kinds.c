/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "collect/cgroup_table.h"
#include "collect/replay_state.h"

/** Of a sample; the kernel could have four times as many (PID_MAX_LIMIT of
 * include/linux/threads.h), but a file that says so may want nothing but our memory. */
#define TASKS_MAX (1u << 20)

#define HAS_ALL                                                                            \
	(TASK_HAS_STAT | TASK_HAS_STATUS | TASK_HAS_ADJ | TASK_HAS_SCORE | TASK_HAS_CAPS | \
		TASK_HAS_UID | TASK_HAS_GROWTH | TASK_HAS_CPU | TASK_HAS_LEGACY_ADJ)

static int need_text(struct replay_reader *reader, const json_t *object, const char *name)
{
	return json_is_string(json_object_get(object, name))
		? 0
		: replay_refuse(reader, name, "is no text");
}

static int need_int(struct replay_reader *reader, const json_t *object, const char *name,
	int64_t min, int64_t max)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value))
		return replay_refuse(reader, name, "is no number");
	return json_integer_value(value) >= min && json_integer_value(value) <= max
		? 0
		: replay_refuse(reader, name, "out of range");
}

/* ---- swaps ---- */

static int compare_swaps(const void *a, const void *b)
{
	const struct swap_area *one = a, *other = b;

	return strcmp(one->name, other->name);
}

static void forget_swap(void *item)
{
	replay_forget_members(members_swap_area, item);
}

static int read_swap(struct replay_reader *reader, const json_t *object, void *item)
{
	return replay_read_members(reader, members_swap_area, object, item);
}

static int read_swap_keys(struct replay_reader *reader, const json_t *object, void *item)
{
	const int error = need_text(reader, object, "name");

	return error < 0 ? error : read_swap(reader, object, item);
}

static int keep_nothing(struct replay_reader *reader, void *item)
{
	(void)reader;
	(void)item;
	return 0;
}

/* ---- zones ---- */

static int compare_zones(const void *a, const void *b)
{
	const struct zone *one = a, *other = b;

	return one->node != other->node ? (one->node > other->node) - (one->node < other->node)
					: strcmp(one->name, other->name);
}

static void forget_zone(void *item)
{
	replay_forget_members(members_zone, item);
}

static int read_zone(struct replay_reader *reader, const json_t *object, void *item)
{
	return replay_read_members(reader, members_zone, object, item);
}

static int read_zone_keys(struct replay_reader *reader, const json_t *object, void *item)
{
	int error = need_int(reader, object, "node", 0, NODES_MAX - 1);

	if (error == 0)
		error = need_text(reader, object, "zone");
	return error < 0 ? error : read_zone(reader, object, item);
}

/* ---- cgroups ---- */

static int compare_memcgs(const void *a, const void *b)
{
	const struct replay_memcg *one = a, *other = b;

	return strcmp(one->memcg.path, other->memcg.path);
}

static void forget_memcg(void *item)
{
	struct replay_memcg *memcg = item;

	replay_forget_members(members_memcg, &memcg->memcg);
	replay_forget_members(members_systemd_oomd_cgroup, &memcg->managed);
}

static int read_memcg(struct replay_reader *reader, const json_t *object, void *item)
{
	struct replay_memcg *memcg = item;
	int error = replay_read_members(reader, members_memcg, object, &memcg->memcg);

	if (error == 0)
		error = replay_read_members(
			reader, members_systemd_oomd_cgroup, object, &memcg->managed);
	memcg->memcg.version = memcg->memcg.version == 1 ? 1 : 2;
	return error;
}

static int read_memcg_keys(struct replay_reader *reader, const json_t *object, void *item)
{
	const json_t *path = json_object_get(object, "path");
	struct replay_memcg *memcg = item;
	int error = need_text(reader, object, "path");

	if (error < 0)
		return error;
	if (json_string_value(path)[0] != '/' || json_string_length(path) >= PATH_MAX)
		return replay_refuse(reader, "path", "is none of a cgroup");
	memcg->memcg.path =
		arena_text(reader->arena, json_string_value(path), json_string_length(path));
	return memcg->memcg.path ? 0 : -ENOMEM;
}

static bool keep_string(struct replay_reader *reader, const char **string)
{
	return !*string || replay_keep_string(reader, string);
}

static int keep_memcg(struct replay_reader *reader, void *item)
{
	struct memcg *memcg = &((struct replay_memcg *)item)->memcg;

	return keep_string(reader, &memcg->path) && keep_string(reader, &memcg->unit) &&
			keep_string(reader, &memcg->container)
		? 0
		: -ENOMEM;
}

/* ---- tasks ---- */

static int compare_tasks(const void *a, const void *b)
{
	const struct task *one = &((const struct replay_task *)a)->task;
	const struct task *other = &((const struct replay_task *)b)->task;

	if (one->pid != other->pid)
		return (one->pid > other->pid) - (one->pid < other->pid);
	return (one->start_ticks > other->start_ticks) - (one->start_ticks < other->start_ticks);
}

static void forget_task(void *item)
{
	struct replay_task *task = item;

	replay_forget_members(members_task, &task->task);
	task->task.state = '?';
	task->nodes = VALUE_UNKNOWN;
}

static int read_task_keys(struct replay_reader *reader, const json_t *object, void *item)
{
	struct replay_task *task = item;
	int error = need_int(reader, object, "pid", 0, INT32_MAX);

	if (error == 0)
		error = need_int(reader, object, "start_ticks", INT64_MIN, INT64_MAX);
	if (error < 0)
		return error;
	task->task.pid = (int32_t)json_integer_value(json_object_get(object, "pid"));
	task->task.start_ticks =
		(uint64_t)json_integer_value(json_object_get(object, "start_ticks"));
	return 0;
}

/* Where it is; both are resolved when the sample is shown. */
static int read_places(struct replay_reader *reader, const json_t *object, struct replay_task *task)
{
	const json_t *memcg = json_object_get(object, "memcg");
	const json_t *nodes = json_object_get(object, "nodes");

	if (json_is_string(memcg)) {
		task->memcg = arena_text(
			reader->arena, json_string_value(memcg), json_string_length(memcg));
		if (!task->memcg)
			return -ENOMEM;
	} else if (json_is_null(memcg)) {
		task->memcg = NULL;
	} else if (memcg) {
		return replay_refuse(reader, "memcg", "of a wrong type");
	}
	if (json_is_integer(nodes))
		task->nodes = json_integer_value(nodes);
	else if (json_is_null(nodes))
		task->nodes = VALUE_UNKNOWN;
	else if (nodes)
		return replay_refuse(reader, "nodes", "of a wrong type");
	return 0;
}

static int read_task(struct replay_reader *reader, const json_t *object, void *item)
{
	struct replay_task *task = item;
	int error = replay_read_members(reader, members_task, object, &task->task);

	if (error == 0)
		error = replay_read_members(reader, members_identity, object, &task->who);
	if (error == 0)
		error = read_places(reader, object, task);
	task->task.has &= HAS_ALL;
	/* What did not move since it was read is not "unknown how far". */
	task->task.stale_pages = value_or(task->task.stale_pages, 0);
	task->task.growth_seen_ms = value_or(task->task.growth_seen_ms, 0);
	return error;
}

static int keep_task(struct replay_reader *reader, void *item)
{
	struct replay_task *task = item;
	struct identity *who = &task->who;

	return keep_string(reader, &who->user) && keep_string(reader, &who->cmdline) &&
			keep_string(reader, &who->cgroup) && keep_string(reader, &who->unit) &&
			keep_string(reader, &who->container) && keep_string(reader, &task->memcg)
		? 0
		: -ENOMEM;
}

const struct replay_list_kind replay_list_kinds[REPLAY_LISTS] = {
	[REPLAY_SWAPS] = {
		.name = "swaps",
		.size = sizeof(struct swap_area),
		.max = SWAPS_MAX,
		.compare = compare_swaps,
		.forget = forget_swap,
		.read_keys = read_swap_keys,
		.read = read_swap,
		.keep = keep_nothing,
	},
	[REPLAY_ZONES] = {
		.name = "zones",
		.size = sizeof(struct zone),
		.max = ZONES_MAX,
		.compare = compare_zones,
		.forget = forget_zone,
		.read_keys = read_zone_keys,
		.read = read_zone,
		.keep = keep_nothing,
	},
	[REPLAY_CGROUPS] = {
		.name = "cgroups",
		.size = sizeof(struct replay_memcg),
		.max = CGROUPS_MAX,
		.sorted = true,
		.compare = compare_memcgs,
		.forget = forget_memcg,
		.read_keys = read_memcg_keys,
		.read = read_memcg,
		.keep = keep_memcg,
	},
	[REPLAY_TASKS] = {
		.name = "tasks",
		.size = sizeof(struct replay_task),
		.max = TASKS_MAX,
		.sorted = true,
		.exact = true,
		.compare = compare_tasks,
		.forget = forget_task,
		.read_keys = read_task_keys,
		.read = read_task,
		.keep = keep_task,
	},
};
