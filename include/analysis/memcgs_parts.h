/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The parts of analysis/memcgs: what is left, the level, who dies.
 */
#ifndef OOMWATCH_ANALYSIS_MEMCGS_PARTS_H
#define OOMWATCH_ANALYSIS_MEMCGS_PARTS_H

#include "analysis/memcgs.h"

struct memcgs_judging {
	const struct snapshot *now;
	struct suspects *suspects; /**< NULL: the time is not known */
	struct memcg_view *views;
};

/** What its own limit leaves, in bytes. */
struct memcg_left {
	int64_t free;  /**< VALUE_UNKNOWN: nothing is known */
	int64_t cache; /**< what reclaim can take at best */
	int64_t sure;  /**< and surely */
	int64_t swap;
	int64_t sure_swap;
	bool fresh;    /**< by a memory.stat of this instant */
	bool tells;    /**< good enough for an alarm */
	bool at_least; /**< without cache, which is not known */
};

/** @suspect  what is kept of it, or NULL */
void memcg_left_of(const struct snapshot *now, uint32_t memcg, const struct suspect *suspect,
	struct memcg_left *ret);

/** Note a fresh reading in a suspect, and forecast from all of them. */
void memcg_note_left(const struct snapshot *now, const struct memcg *memcg,
	const struct memcg_left *left, struct suspect *suspect);

/** Write what is left into the view, bounded by what the limits above leave. */
void memcg_fill_left(
	const struct memcgs_judging *judging, uint32_t memcg, const struct memcg_left *left);

/** Whether the kills and refusals of this sample are those of its own limit. */
bool memcg_killed(const struct memcgs_judging *judging, uint32_t memcg);

/** Fill level and why; @suspect  may be NULL: nothing is kept of it. */
void memcg_judge_level(const struct memcgs_judging *judging, uint32_t memcg,
	const struct memcg_left *left, const struct suspect *suspect);

/** Fill T, victim, group, and who grows, of all limited ones, in one pass over the tasks; 0 or
 * -ENOMEM. */
int memcg_find_victims(const struct memcgs_judging *judging, struct arena *arena);

#endif
