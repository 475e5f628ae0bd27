/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cluster.h"

#include <string.h>

#include "unit.h"

#define START_MS 1000000

struct memcg *cluster_init(struct cluster *cluster, const char *release)
{
	struct crowd *crowd = &cluster->crowd;

	memset(cluster, 0, sizeof(*cluster));
	history_init(&cluster->history);
	crowd_init(crowd, release);
	values_forget(&crowd->now.mem, sizeof(crowd->now.mem));
	crowd->now.mem.swap_free_kib = 0;
	crowd->now.knobs.swappiness = 60;
	crowd->now.uptime_ms = START_MS;
	crowd_memcg(crowd, "/pods", NO_MEMCG);
	crowd_memcg(crowd, "/pods/cart", 0);
	crowd_add(crowd, 20, "cartd", 1000, 0)->memcg = 1;
	crowd->memcgs[0].usage_bytes = 100 * CLUSTER_MIB;
	crowd->memcgs[1].usage_bytes = 100 * CLUSTER_MIB;
	crowd->memcgs[1].max_bytes = 512 * CLUSTER_MIB;
	return &crowd->memcgs[1];
}

void cluster_free(struct cluster *cluster)
{
	arena_free(&cluster->arena);
	crowd_free(&cluster->crowd);
}

void cluster_read(const struct cluster *cluster, struct memcg *memcg, int64_t file_bytes)
{
	memcg->stat_file_bytes = file_bytes;
	memcg->stat_dirty_bytes = memcg->stat_mapped_bytes = 0;
	memcg->stat_slab_reclaimable_bytes = memcg->stat_shmem_bytes = 0;
	memcg->stat_anon_bytes = memcg->usage_bytes - file_bytes;
	memcg->stat_uptime_ms = cluster->crowd.now.uptime_ms;
}

const struct memcg_view *cluster_judge(struct cluster *cluster, uint32_t memcg)
{
	const struct snapshot *before = cluster->before.n_memcgs ? &cluster->before : NULL;
	struct crowd *crowd = &cluster->crowd;
	int error = 1;

	arena_reset(&cluster->arena);
	cluster->views =
		memcgs_judge(&crowd->now, before, &cluster->history, &cluster->arena, &error);
	expect_int("judged", error, 0);
	cluster->before = crowd->now;
	memcpy(cluster->before_memcgs, crowd->memcgs, sizeof(crowd->memcgs));
	cluster->before.memcgs = cluster->before_memcgs;
	return &cluster->views[memcg];
}

void cluster_pass(struct cluster *cluster, int64_t ms)
{
	cluster->crowd.now.uptime_ms += ms;
}
