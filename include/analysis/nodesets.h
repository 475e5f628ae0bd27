/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Sets of NUMA nodes that confine processes, judged: what their zones can still give, how fast
 * that shrinks, and who would die there.
 */
#ifndef OOMWATCH_ANALYSIS_NODESETS_H
#define OOMWATCH_ANALYSIS_NODESETS_H

#include "analysis/history.h"
#include "analysis/risk.h"
#include "analysis/scope.h"
#include "analysis/zones.h"

/** More sets than anybody confines processes to. */
#define NODESETS_MAX 8

/** A set that confines processes. */
struct nodeset_view {
	struct node_set nodes;
	uint32_t n_tasks; /**< processes that can be killed and are confined to it, or to a part */
	struct risk risk; /**< all but text */
};

struct nodesets {
	struct nodeset_view sets[NODESETS_MAX]; /**< those of most processes, if there are more */
	uint32_t n_sets;
};

struct nodesets_inputs {
	const struct snapshot *now;
	const struct zone_view *views; /**< NULL: no zones */
	const struct reclaim *reclaim;
	struct history
		*history;    /**< its watches are updated; the same instant again changes nothing */
	struct arena *arena; /**< for the victims */
};

/**
 * Judge all sets that do not have all nodes with memory and to which a process that can be
 * killed is confined.  On a machine with one node there are none.  0 or -ENOMEM.
 *
 * What raises the level: as for the machine, a forecast with little left, unless it is all others
 * who take it, who may go elsewhere; hardly anything left while its processes grow or allocations
 * wait for reclaim.
 */
int nodesets_judge(const struct nodesets_inputs *inputs, struct nodesets *ret);

/** All nodes that have memory. */
void nodesets_all(const struct snapshot *now, struct node_set *ret);

/** Those of a set that have memory. */
void nodesets_with_memory(
	const struct snapshot *now, const struct node_set *nodes, struct node_set *ret);

/** Whether some process that can be killed is confined to exactly these nodes by its cpuset: an
 * OOM there is CONSTRAINT_CPUSET; else it is one of a memory policy. */
bool nodesets_by_cpuset(const struct snapshot *now, const struct node_set *nodes);

#endif
