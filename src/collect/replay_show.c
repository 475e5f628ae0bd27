/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "collect/replay_state.h"

/** While a snapshot is filled. */
struct showing {
	const struct replay_sample *sample;
	struct snapshot *ret;
	struct replay_reader reader; /**< for its arena, which is the snapshot's */
	const char *path;            /**< the cgroup that was looked for last, and what it is */
	uint32_t memcg;
};

/* Blank, but for the memory it holds. */
static void begin(const struct snapshot *head, struct snapshot *ret)
{
	struct arena arena = ret->arena;

	arena_reset(&arena);
	*ret = *head;
	ret->arena = arena;
	ret->source = SOURCE_REPLAY;
	ret->zones = NULL;
	ret->node_sets = NULL;
	ret->own_pid = 0;
	ret->own_uid = VALUE_UNKNOWN;
	ret->own_userns = false;
	ret->sample_cost_us = VALUE_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(ret->load_centi); i++)
		ret->load_centi[i] = -1;
	kernel_profile_of(ret->release, &ret->kernel);
}

/* A copy of n items; NULL also where there are none. */
static void *copy(struct arena *arena, const void *items, uint32_t n, size_t size)
{
	void *to = n > 0 ? arena_array(arena, n, size) : NULL;

	return to ? memcpy(to, items, n * size) : NULL;
}

static int show_system(const struct replay_sample *sample, struct snapshot *ret)
{
	const struct replay_list *swaps = &sample->lists[REPLAY_SWAPS];
	const struct replay_list *zones = &sample->lists[REPLAY_ZONES];

	ret->swaps.n_areas = swaps->n;
	if (swaps->n > 0)
		memcpy(ret->swaps.area, swaps->items, swaps->n * sizeof(ret->swaps.area[0]));
	ret->n_zones = zones->n;
	ret->zones = copy(&ret->arena, zones->items, zones->n, sizeof(*ret->zones));
	ret->node_sets = copy(
		&ret->arena, sample->head.node_sets, ret->n_node_sets, sizeof(*ret->node_sets));
	return (ret->n_zones > 0 && !ret->zones) || (ret->n_node_sets > 0 && !ret->node_sets)
		? -ENOMEM
		: 0;
}

static bool keep(struct showing *showing, const char **string)
{
	return !*string || replay_keep_string(&showing->reader, string);
}

/* ---- cgroups ---- */

static int compare_path(const char *path, size_t len, const char *with)
{
	const size_t with_len = strlen(with);
	const int order = memcmp(path, with, len < with_len ? len : with_len);

	return order != 0 ? order : (len > with_len) - (len < with_len);
}

/* Of a path by its length: they are in order. */
static uint32_t find_memcg(const struct snapshot *snapshot, const char *path, size_t len)
{
	uint32_t low = 0, high = snapshot->n_memcgs;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		const int order = compare_path(path, len, snapshot->memcgs[middle].path);

		if (order == 0)
			return middle;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NO_MEMCG;
}

/* The nearest above it that is listed. */
static uint32_t parent_of(const struct snapshot *snapshot, const char *path)
{
	size_t len = strlen(path);

	while (len > 1) {
		const char *slash = memrchr(path, '/', len);
		uint32_t parent;

		if (!slash)
			break;
		len = slash > path ? (size_t)(slash - path) : 1;
		parent = find_memcg(snapshot, path, len);
		if (parent != NO_MEMCG)
			return parent;
	}
	return NO_MEMCG;
}

static int show_memcgs(struct showing *showing)
{
	const struct replay_list *list = &showing->sample->lists[REPLAY_CGROUPS];
	const struct replay_memcg *from = list->items;
	struct snapshot *ret = showing->ret;

	if (list->n == 0)
		return 0;
	ret->memcgs = arena_array(&ret->arena, list->n, sizeof(*ret->memcgs));
	if (!ret->memcgs)
		return -ENOMEM;
	for (uint32_t i = 0; i < list->n; i++) {
		struct memcg *memcg = &ret->memcgs[i];

		*memcg = from[i].memcg;
		if (!keep(showing, &memcg->path) || !keep(showing, &memcg->unit) ||
			!keep(showing, &memcg->container))
			return -ENOMEM;
	}
	ret->n_memcgs = list->n;
	for (uint32_t i = 0; i < list->n; i++)
		ret->memcgs[i].parent = parent_of(ret, ret->memcgs[i].path);
	return 0;
}

/* ---- tasks ---- */

static uint32_t memcg_of(struct showing *showing, const struct replay_task *from)
{
	const char *path = from->memcg ? from->memcg : from->who.cgroup;

	if (!path || showing->ret->n_memcgs == 0)
		return NO_MEMCG;
	/* Neighbours mostly are in the same. */
	if (!showing->path || strcmp(showing->path, path) != 0) {
		showing->path = path;
		showing->memcg = find_memcg(showing->ret, path, strlen(path));
	}
	return showing->memcg;
}

static int show_task(struct showing *showing, const struct replay_task *from, struct task *task,
	struct identity *who)
{
	const struct snapshot *ret = showing->ret;

	*task = from->task;
	*who = from->who;
	task->who = who;
	task->memcg = memcg_of(showing, from);
	task->nodes = from->nodes >= 0 && from->nodes < (int64_t)ret->n_node_sets
		? (uint32_t)from->nodes
		: NO_NODE_SET;
	return keep(showing, &who->user) && keep(showing, &who->cmdline) &&
			keep(showing, &who->cgroup) && keep(showing, &who->unit) &&
			keep(showing, &who->container)
		? 0
		: -ENOMEM;
}

/* Of a record that has only some of the processes, those that were counted then are more. */
static int count_in_memcgs(struct snapshot *ret)
{
	uint32_t *n =
		ret->n_memcgs > 0 ? arena_array(&ret->arena, ret->n_memcgs, sizeof(*n)) : NULL;

	if (ret->n_memcgs > 0 && !n)
		return -ENOMEM;
	for (uint32_t i = 0; i < ret->n_tasks; i++) {
		if (n && ret->tasks[i].memcg != NO_MEMCG)
			n[ret->tasks[i].memcg]++;
	}
	for (uint32_t i = ret->n_memcgs; i-- > 0;) {
		struct memcg *memcg = &ret->memcgs[i];

		if (memcg->parent != NO_MEMCG)
			n[memcg->parent] += n[i];
		if (memcg->n_tasks < n[i])
			memcg->n_tasks = n[i];
	}
	return 0;
}

static int show_tasks(struct showing *showing)
{
	const struct replay_list *list = &showing->sample->lists[REPLAY_TASKS];
	const struct replay_task *from = list->items;
	struct snapshot *ret = showing->ret;
	struct identity *who;

	if (list->n == 0)
		return 0;
	ret->tasks = arena_array(&ret->arena, list->n, sizeof(*ret->tasks));
	who = arena_array(&ret->arena, list->n, sizeof(*who));
	if (!ret->tasks || !who)
		return -ENOMEM;
	ret->n_tasks = list->n;
	for (uint32_t i = 0; i < list->n; i++) {
		const int error = show_task(showing, &from[i], &ret->tasks[i], &who[i]);

		if (error < 0)
			return error;
	}
	return count_in_memcgs(ret);
}

int replay_sample_show(const struct replay_sample *sample, struct snapshot *ret)
{
	struct showing showing = { .sample = sample, .ret = ret };
	int error;

	begin(&sample->head, ret);
	showing.reader.arena = &ret->arena;
	error = show_system(sample, ret);
	if (error == 0)
		error = show_memcgs(&showing);
	if (error == 0)
		error = show_tasks(&showing);
	if (error == 0)
		error = replay_killers_show(sample, ret);
	return error;
}
