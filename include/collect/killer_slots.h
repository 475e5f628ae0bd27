/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Inside of collect/killers: the processes that are killers, or may be, and what is known of
 * each.
 */
#ifndef OOMWATCH_COLLECT_KILLER_SLOTS_H
#define OOMWATCH_COLLECT_KILLER_SLOTS_H

#include "collect/killer_worker.h"

/** Those that are known by their comm stand before those that only their arguments can tell. */
#define KILLER_SLOTS_NAMED KILLERS_MAX
#define KILLER_SLOTS_MAX (KILLER_SLOTS_NAMED + 24)

/** One process. */
struct killer_slot {
	const struct killer_part *part; /**< NULL: free */
	int32_t pid;
	uint64_t start_ticks;
	int64_t seen_tick;
	int64_t shown_tick;             /**< the last tick whose snapshot points to what is known */
	bool no;                        /**< its arguments say that it is none */
	bool hung;                      /**< reading it did, the last time */
	bool new_cgroups;               /**< there are some that its settings do not tell of */
	int64_t read_ms;                /**< when it was read last, or hung */
	struct killer_job *current;     /**< what is known */
	struct killer_job *retired;     /**< what was known; a snapshot may still point to it */
	int64_t retired_tick;           /**< the last one that does */
	struct killer_job *spare;       /**< for the next reading */
	const struct killer_job *asked; /**< being read: the worker's */
};

struct killer_slots {
	const struct killer_part *const *parts;
	unsigned n_parts;
	bool first[256]; /**< bytes that the comm of one begins with */
	struct killer_slot table[KILLER_SLOTS_MAX];
};

/** *slots is all zero. */
void killer_slots_init(
	struct killer_slots *slots, const struct killer_part *const *parts, unsigned n_parts);
void killer_slots_free(struct killer_slots *slots);

/** Free what no snapshot but those older than the one before this tick's points to. */
void killer_slots_sweep(struct killer_slots *slots, int64_t tick);

/** Find them among the tasks. */
void killer_slots_find(struct killer_slots *slots, int64_t tick, const struct snapshot *snapshot);

#endif
