/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A made-up machine with memory cgroups, sample by sample, for tests of their levels.
 */
#ifndef OOMWATCH_TESTS_CLUSTER_H
#define OOMWATCH_TESTS_CLUSTER_H

#include "analysis/memcgs.h"
#include "crowd.h"

#define CLUSTER_MIB (INT64_C(1) << 20)

struct cluster {
	struct crowd crowd;
	struct memcg before_memcgs[CROWD_MEMCGS_MAX];
	struct snapshot before; /**< the sample before; of no cgroup at first */
	struct arena arena;
	struct memcg_view *views; /**< of the last sample */
	struct history history;
};

/**
 * /pods, without limit, and /pods/cart in it, of 512 MiB, where process 20 is; 100 MiB are used
 * of each, none of it cache; no swap.  Returns cart, which is number 1.
 */
struct memcg *cluster_init(struct cluster *cluster, const char *release);
void cluster_free(struct cluster *cluster);

/** memory.stat of it is read now: so much is file pages, the rest anonymous. */
void cluster_read(const struct cluster *cluster, struct memcg *memcg, int64_t file_bytes);

/** Judge what there is as the next sample; returns the view of one. */
const struct memcg_view *cluster_judge(struct cluster *cluster, uint32_t memcg);

void cluster_pass(struct cluster *cluster, int64_t ms);

#endif
