/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/node_sets.h"

#include <errno.h>
#include <string.h>

uint32_t node_sets_take(struct node_sets *kept, const struct node_set *set)
{
	uint32_t at = kept->last, unused = kept->n;

	/* Processes that follow each other mostly have the same. */
	if (at < kept->n && nodes_equal(&kept->sets[at], set)) {
		kept->used[at] = true;
		return at;
	}
	for (at = 0; at < kept->n && !nodes_equal(&kept->sets[at], set); at++) {
		if (!kept->used[at])
			unused = at;
	}
	if (at == kept->n) {
		at = unused;
		if (at == NODE_SETS_MAX)
			return NO_NODE_SET;
		kept->n += at == kept->n;
		kept->sets[at] = *set;
	}
	kept->used[at] = true;
	kept->last = at;
	return at;
}

int node_sets_publish(struct node_sets *kept, struct snapshot *snapshot)
{
	uint32_t numbers[NODE_SETS_MAX];
	uint32_t n = 0;

	memset(kept->used, 0, sizeof(kept->used));
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		if (snapshot->tasks[i].nodes < kept->n)
			kept->used[snapshot->tasks[i].nodes] = true;
	}
	for (uint32_t i = 0; i < kept->n; i++)
		numbers[i] = kept->used[i] ? n++ : NO_NODE_SET;
	if (n == 0)
		return 0;

	snapshot->node_sets = arena_array(&snapshot->arena, n, sizeof(*snapshot->node_sets));
	if (!snapshot->node_sets)
		return -ENOMEM;
	snapshot->n_node_sets = n;
	for (uint32_t i = 0; i < kept->n; i++) {
		if (kept->used[i])
			snapshot->node_sets[numbers[i]] = kept->sets[i];
	}
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		uint32_t *nodes = &snapshot->tasks[i].nodes;

		*nodes = *nodes < kept->n ? numbers[*nodes] : NO_NODE_SET;
	}
	return 0;
}
