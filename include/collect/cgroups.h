/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Finds and reads the memory cgroups that matter.
 *
 * No folder is listed: cgroups are found by the processes in them.  Each tick of those with
 * a limit, or whose events have risen: usage and events, limits every 4 ticks; of the others
 * all of that in turn, every 16 ticks.  memory.stat and memory.pressure are read of suspects,
 * 16 a tick at most.
 */
#ifndef OOMWATCH_COLLECT_CGROUPS_H
#define OOMWATCH_COLLECT_CGROUPS_H

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

/** The cgroup on the screen: read in full each tick; "" for none. */
void cgroups_want(struct cgroups *cgroups, const char *path);

#endif
