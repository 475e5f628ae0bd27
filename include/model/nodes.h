/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Sets of NUMA nodes: what a cpuset, or an allocation, is confined to.
 */
#ifndef OOMWATCH_MODEL_NODES_H
#define OOMWATCH_MODEL_NODES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "model/zone.h"

#define NODE_SET_WORDS (NODES_MAX / 64)

/** Bit n of word n / 64 is node n. */
struct node_set {
	uint64_t bits[NODE_SET_WORDS];
};

/** No set: task->nodes where it could not be read. */
#define NO_NODE_SET UINT32_MAX

bool nodes_equal(const struct node_set *a, const struct node_set *b);
bool nodes_intersect(const struct node_set *a, const struct node_set *b);
/** Whether all of b is in a. */
bool nodes_cover(const struct node_set *a, const struct node_set *b);
bool nodes_empty(const struct node_set *set);
bool nodes_have(const struct node_set *set, int node);
/** Nodes outside 0..NODES_MAX-1 are left out. */
void nodes_add(struct node_set *set, int node);
/** Append as the kernel prints it: "0-1,3"; nothing for the empty set. */
void nodes_words(const struct node_set *set, struct text *text);
/** A hash, never 0. */
uint64_t nodes_key(const struct node_set *set);

#endif
