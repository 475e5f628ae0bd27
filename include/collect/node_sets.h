/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The node sets of processes, each kept once between ticks: a process has a number only.
 */
#ifndef OOMWATCH_COLLECT_NODE_SETS_H
#define OOMWATCH_COLLECT_NODE_SETS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"

/** Most machines have one, and few more than three. */
#define NODE_SETS_MAX 64

/** Zero-initialise. */
struct node_sets {
	struct node_set sets[NODE_SETS_MAX];
	bool used[NODE_SETS_MAX]; /**< by a process of the last snapshot, or taken since */
	uint32_t n;
	uint32_t last; /**< the one that was taken last */
};

/** The number of a set; NO_NODE_SET if there are too many.  It is kept while a process of the
 * snapshots has it. */
uint32_t node_sets_take(struct node_sets *kept, const struct node_set *set);

/** Copy those that tasks of the snapshot have into it, and renumber the tasks by it.  0 or
 * -ENOMEM. */
int node_sets_publish(struct node_sets *kept, struct snapshot *snapshot);

#endif
