/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Who would die in a scope, of one pass over the processes: for the many scopes of which nothing
 * else is asked.  analysis/victim judges one in full.
 */
#ifndef OOMWATCH_ANALYSIS_RACE_H
#define OOMWATCH_ANALYSIS_RACE_H

#include "analysis/victim.h"

/** The best candidate of a scope so far. */
struct race {
	int64_t total;
	int64_t child_total;
	uint32_t first; /**< task, NO_TASK */
	uint32_t child; /**< of that, which dies in its place (before 5.1); NO_TASK */
	bool unreadable;
};

void race_init(struct race *race);

/** A candidate and its score. */
void race_enter(const struct snapshot *now, uint32_t task, int64_t total, struct race *race);

/** The same of a child of the first, when all candidates are in. */
void race_enter_child(const struct snapshot *now, uint32_t task, int64_t total, struct race *race);

/** Who dies, or NO_TASK. */
uint32_t race_victim(const struct snapshot *now, const struct scope *scope, int64_t totalpages,
	const struct race *race);

#endif
