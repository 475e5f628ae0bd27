/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A tree with memory cgroups, and made-up processes in them.
 */
#ifndef OOMWATCH_TESTS_CGROUP_WORLD_H
#define OOMWATCH_TESTS_CGROUP_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/cgroups.h"
#include "tree.h"
#include "unit.h"

#define PLAIN(path, content)     \
	{                        \
		path, content, 0 \
	}

#define MOUNTS_V2 \
	PLAIN("proc/self/mountinfo", "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
#define CONTROLLERS PLAIN("sys/fs/cgroup/cgroup.controllers", "cpu memory pids\n")
#define MOUNTS_V1                                                               \
	PLAIN("proc/self/mountinfo",                                            \
		"41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n" \
		"35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n")

/* The path begins with a slash, that of the root is empty. */
#define AT_V2(path, file, content) PLAIN("sys/fs/cgroup" path "/memory." file, content)
#define V2(path, usage, max) AT_V2(path, "current", usage), AT_V2(path, "max", max)
#define AT_V1(path, file, content) PLAIN("sys/fs/cgroup/memory" path "/memory." file, content)
#define V1(path, usage, max) \
	AT_V1(path, "usage_in_bytes", usage), AT_V1(path, "limit_in_bytes", max)
#define NO_LIMIT_V1 "9223372036854771712\n"

#define WORLD_TASKS 256

struct world {
	char *tree;
	struct root root;
	struct cgroups *cgroups;
	struct snapshot snapshots[2];
	struct task tasks[WORLD_TASKS];
	struct identity who[WORLD_TASKS];
	int64_t tick;
};

static inline bool world_begin(struct world *world, const struct tree_file files[], bool live)
{
	int error;

	memset(world, 0, sizeof(*world));
	world->tree = tree_make(files);
	if (!expect_true("tree", world->tree))
		return false;
	error = live ? root_open_live(&world->root, world->tree)
		     : root_open_recorded(&world->root, world->tree);
	return expect_int("open", error, 0) &&
		expect_int("new", cgroups_new(&world->root, &world->cgroups), 0);
}

static inline void world_end(struct world *world)
{
	cgroups_free(world->cgroups);
	arena_free(&world->snapshots[0].arena);
	arena_free(&world->snapshots[1].arena);
	root_close(&world->root);
	tree_remove(world->tree);
}

/** One tick with a process in each of the cgroups, of which NULL ends the list and "" stands
 * for one that is not known. */
static inline const struct snapshot *world_tick(
	struct world *world, bool thorough, const char *const paths[])
{
	struct snapshot *now = &world->snapshots[world->tick % 2];
	const struct arena arena = now->arena;

	*now = (struct snapshot){ .arena = arena };
	arena_reset(&now->arena);
	world->tick++;
	now->uptime_ms = world->tick * 1000;
	now->tasks = world->tasks;
	for (; paths[now->n_tasks]; now->n_tasks++) {
		const char *path = paths[now->n_tasks];

		world->who[now->n_tasks].cgroup = *path ? path : NULL;
		world->tasks[now->n_tasks] = (struct task){
			.who = &world->who[now->n_tasks],
			.memcg = 4711,
		};
	}
	if (cgroups_fill(world->cgroups, thorough, now) < 0)
		expect_int("fill", -1, 0);
	return now;
}

/** A cgroup of the snapshot; one of which nothing is known if it is not there. */
static inline const struct memcg *memcg_of(const struct snapshot *now, const char *path)
{
	static struct memcg none;

	for (uint32_t i = 0; i < now->n_memcgs; i++)
		if (strcmp(now->memcgs[i].path, path) == 0)
			return &now->memcgs[i];
	memset(&none, 0, sizeof(none));
	values_forget(&none.usage_bytes, sizeof(none) - offsetof(struct memcg, usage_bytes));
	none.path = "none";
	none.parent = NO_MEMCG;
	return &none;
}

/** The path of the parent, or of a task's cgroup; "" if there is none. */
static inline const char *path_at(const struct snapshot *now, uint32_t memcg)
{
	if (memcg == NO_MEMCG)
		return "";
	return memcg < now->n_memcgs ? now->memcgs[memcg].path : "out of range";
}

#endif
