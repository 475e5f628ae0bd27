/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A made-up machine with memory cgroups, one process in each, and an oomd that runs there.
 */
#ifndef OOMWATCH_TESTS_OOMD_WORLD_H
#define OOMWATCH_TESTS_OOMD_WORLD_H

#include <string.h>

#include "analysis/oomd_parts.h"
#include "unit.h"

#define OOMD_WORLD_CGROUPS 16
#define MIB (INT64_C(1) << 20)

/** Two samples, a second apart unless a test says otherwise. */
struct oomd_world {
	struct snapshot snapshots[2];
	struct memcg memcgs[2][OOMD_WORLD_CGROUPS];
	struct task tasks[OOMD_WORLD_CGROUPS];
	struct identity who[OOMD_WORLD_CGROUPS];
	int8_t preference[OOMD_WORLD_CGROUPS];
	struct killer killer;
	struct history history;
	struct oom machine;
	struct risk risk;
	struct killers_inputs in;
	struct arena arena;
	struct killer_judging judging;
	int64_t tick;
};

static inline struct snapshot *oomd_now(struct oomd_world *world)
{
	return &world->snapshots[world->tick % 2];
}

/** The cgroup of a number in the newest sample. */
static inline struct memcg *oomd_memcg(struct oomd_world *world, uint32_t number)
{
	return &world->memcgs[world->tick % 2][number];
}

static inline uint32_t oomd_find_parent(const struct memcg *memcgs, uint32_t n, const char *path)
{
	const size_t len = (size_t)(strrchr(path, '/') - path);

	for (uint32_t i = 0; i < n; i++) {
		if (strlen(memcgs[i].path) == len && strncmp(memcgs[i].path, path, len) == 0)
			return i;
	}
	return NO_MEMCG;
}

static inline void oomd_add_cgroup(struct oomd_world *world, uint32_t i, const char *path)
{
	struct memcg *memcg = &world->memcgs[0][i];

	values_forget(&memcg->usage_bytes, sizeof(*memcg) - offsetof(struct memcg, usage_bytes));
	memcg->path = path;
	memcg->parent = oomd_find_parent(world->memcgs[0], i, path);
	memcg->n_tasks = 1;
	memcg->version = 2;
	memcg->usage_bytes = 100 * MIB;
	memcg->swap_bytes = 0;
	memcg->min_bytes = memcg->low_bytes = 0;
	memcg->oom_group = 0;
	memcg->stat_anon_bytes = 50 * MIB;
	memcg->stat_pgscan_pages = 1000;
	memcg->pressure.full = (struct pressure_line){ 0, 0, 0, 0 };
	world->who[i].cgroup = path;
	world->tasks[i] = (struct task){ .pid = (int32_t)i + 100,
		.who = &world->who[i],
		.memcg = i,
		.rss_anon_pages = 256,
		.pgtables_bytes = 0,
		.nodes = NO_NODE_SET };
}

/** 16 GiB of memory, 4 GiB of swap, all free; oomd has been running for an hour. */
static inline void oomd_world_init(struct oomd_world *world, const char *const paths[])
{
	struct snapshot *now = &world->snapshots[0];
	uint32_t n = 0;

	memset(world, 0, sizeof(*world));
	for (; paths[n]; n++)
		oomd_add_cgroup(world, n, paths[n]);
	now->uptime_ms = 7200000;
	now->page_bytes = 4096;
	now->clk_tck = 100;
	now->n_memcgs = now->n_tasks = n;
	now->memcgs = world->memcgs[0];
	now->tasks = world->tasks;
	values_forget(&now->mem, sizeof(now->mem));
	values_forget(&now->vmstat, sizeof(now->vmstat));
	now->mem.mem_total_kib = 16 * 1024 * 1024;
	now->mem.mem_free_kib = 16 * 1024 * 1024;
	now->mem.mem_available_kib = 16 * 1024 * 1024;
	now->mem.anon_kib = 0;
	now->mem.swap_total_kib = now->mem.swap_free_kib = 4 * 1024 * 1024;
	now->vmstat.pgscan_kswapd = now->vmstat.pgscan_direct = now->vmstat.pswpout = 0;
	history_init(&world->history);
	world->killer = (struct killer){ .kind = KILLER_OOMD,
		.pid = 50,
		.start_ticks = 360000,
		.settings = SETTINGS_DAEMON,
		.oomd = { .interval_ms = 1000, .preference = world->preference } };
	world->machine.victim = NO_TASK;
	world->in = (struct killers_inputs){ .now = now,
		.machine = &world->machine,
		.machine_risk = &world->risk,
		.history = &world->history };
	world->judging = (struct killer_judging){
		.in = &world->in, .killer = &world->killer, .arena = &world->arena
	};
}

/** The next sample, like the last one. */
static inline void oomd_world_step(struct oomd_world *world, int64_t ms)
{
	struct snapshot *before = oomd_now(world), *now;

	world->tick++;
	now = oomd_now(world);
	*now = *before;
	memcpy(world->memcgs[world->tick % 2], before->memcgs, sizeof(world->memcgs[0]));
	now->memcgs = world->memcgs[world->tick % 2];
	now->uptime_ms += ms;
	world->in.now = now;
	world->in.before = before;
	arena_reset(&world->arena);
}

static inline void oomd_world_done(struct oomd_world *world)
{
	arena_free(&world->arena);
}

/** A detector or action with all its defaults. */
static inline struct oomd_step oomd_step_for(enum oomd_plugin plugin, const char *cgroups)
{
	return (struct oomd_step){ .plugin = plugin,
		.name = "x",
		.cgroups = cgroups,
		.lte = true,
		.threshold_permyriad = VALUE_UNKNOWN,
		.threshold_bytes = plugin == OOMD_KILL_BY_SWAP_USAGE ? 1 : VALUE_UNKNOWN,
		.count = VALUE_UNKNOWN,
		.fast_fall_permyriad = 8500,
		.size_permyriad = 5000,
		.growth_permyriad = 12500,
		.growing_percentile = 80 };
}

#endif
