/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Finds and reads the memory cgroups that matter.
 *
 * No folder is listed: cgroups are found by the processes in them.  Each tick of those with
 * a limit, or whose events have risen: usage, and events where it is above half of the limit or
 * somebody was killed; the limit every 4 ticks; the rest of their files, and all of the others',
 * in turn.  memory.stat and memory.pressure are read of suspects, 16 a tick at most.
 */
#ifndef OOMWATCH_COLLECT_CGROUPS_H
#define OOMWATCH_COLLECT_CGROUPS_H

#include "collect/pods.h"
#include "collect/root.h"
#include "model/snapshot.h"
#include "parse/cgroup.h"

struct cgroups;

/** 0 or -ENOMEM; the root must outlive it. */
int cgroups_new(const struct root *root, struct cgroups **ret);
void cgroups_free(struct cgroups *cgroups);

/**
 * Fill snapshot->memcgs (by path), n_memcgs, memcg_version, every task->memcg and FACT_CGROUPS;
 * the tasks are filled.
 *
 * Paths without memory files of their own (v2 where the controller is not enabled, v2's root,
 * v1's unless it is limited) are not listed: their processes are in the nearest above that is.
 * @thorough  read everything of all in this tick: captures, recordings, JSON
 * Strings live in the snapshot's arena.  Returns 0 or -ENOMEM.
 */
int cgroups_fill(struct cgroups *cgroups, bool thorough, struct snapshot *snapshot);

/** Where the folders of the cgroups are, as of the last tick; version 0: nowhere. */
const struct memcg_mount *cgroups_mount(const struct cgroups *cgroups);

/** What userspace killers look at, to be read in the next tick. */
#define CGROUP_DEMAND_PRESSURE 1 /**< memory.pressure */
#define CGROUP_DEMAND_USAGE 2    /**< usage, events, swap, memory.min and low */
#define CGROUP_DEMAND_STAT 4     /**< memory.stat; of 16 cgroups a tick at most, in turns */

/** Demands, parallel to the memcgs of the snapshot that was filled last; forgotten after the next
 * tick.  NULL: none. */
void cgroups_demand(struct cgroups *cgroups, const uint8_t *demands);

/**
 * In a tick that reads all: read them at once, into the snapshot that was filled last.  True if
 * anything was read; else they are for cgroups_demand().
 */
bool cgroups_demand_now(struct cgroups *cgroups, const uint8_t *demands, struct snapshot *snapshot);

/** Who knows containers by name; call cgroups_rename() when names have come. */
void cgroups_set_pods(struct cgroups *cgroups, struct pods *pods);
void cgroups_rename(struct cgroups *cgroups);

/** The cgroup on the screen: read in full each tick; "" for none. */
void cgroups_want(struct cgroups *cgroups, const char *path);

#endif
