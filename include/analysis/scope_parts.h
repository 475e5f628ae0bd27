/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The parts of analysis/scope.
 */
#ifndef OOMWATCH_ANALYSIS_SCOPE_PARTS_H
#define OOMWATCH_ANALYSIS_SCOPE_PARTS_H

#include "analysis/scope.h"

/** The cgroup above, flat or not; NO_MEMCG at the top. */
uint32_t scope_parent(const struct snapshot *now, uint32_t memcg);

/** scope_contains() of a set of nodes. */
bool scope_nodes_contain(
	const struct snapshot *now, const struct scope *scope, const struct task *task);

/** Σ node_present_pages, up to 5.3 node_spanned_pages; VALUE_UNKNOWN if they could not be read. */
int64_t scope_nodes_pages(const struct snapshot *now, const struct node_set *nodes);

#endif
