/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The parts of analysis/nodesets.
 */
#ifndef OOMWATCH_ANALYSIS_NODESETS_PARTS_H
#define OOMWATCH_ANALYSIS_NODESETS_PARTS_H

#include "analysis/nodesets.h"

/** Fill risk.victim of all sets, given risk.where, in one pass over the tasks; 0 or -ENOMEM. */
int nodesets_find_victims(const struct snapshot *now, struct nodesets *sets, struct arena *arena);

/** Of a set: those whom its cpuset confines, and the rest. */
struct nodeset_growth {
	int64_t own_bytes_per_s;
	int64_t others_bytes_per_s;
};

/** What the level of a set is judged by. */
struct nodeset_signs {
	const struct nodesets_inputs *in;
	struct nodeset_growth growth;
	int64_t hugetlb_kib; /**< of the machine */
};

/** Fill what is left, forecast, level and why, given where, n_tasks and nodes. */
void nodeset_judge_level(const struct nodeset_signs *signs, struct nodeset_view *view);

#endif
