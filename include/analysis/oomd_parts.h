/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The parts of analysis/killer_oomd: whether the detectors of a rule hold and how far they are from
 * it, and which cgroup an action would take.  As oomd (Meta) 0.5 does it.
 */
#ifndef OOMWATCH_ANALYSIS_OOMD_PARTS_H
#define OOMWATCH_ANALYSIS_OOMD_PARTS_H

#include "analysis/killers_parts.h"

/** Whether something holds.  What is not known is never taken to hold. */
enum truth {
	TRUTH_NO,
	TRUTH_UNKNOWN,
	TRUTH_YES,
};

/** What a detector's distance is made of. */
enum oomd_trigger {
	TRIGGER_NONE,
	TRIGGER_ROOM,     /**< memory or swap that may still be used */
	TRIGGER_PRESSURE, /**< stalls */
};

/** Farther than all that can come: it will never hold. */
#define OOMD_FAR_NEVER INT64_MAX

/** One detector, or the one that decides of a group. */
struct oomd_detected {
	enum truth truth;
	enum oomd_trigger trigger;
	int64_t far_permyriad; /**< 0 it holds; its clock runs up to half of PERMYRIAD_ALL, which is
	                            as far as can be; OOMD_FAR_NEVER; VALUE_UNKNOWN */
	int64_t room_kib, room_percent; /**< VALUE_UNKNOWN: not of TRIGGER_ROOM */
	bool room_is_swap;
	int64_t pressure_centi, limit_centi; /**< VALUE_UNKNOWN: not of TRIGGER_PRESSURE */
	int64_t held_ms, duration_ms;        /**< duration_ms 0: it has none */
	bool sure;                           /**< its clock was seen from its start */
	uint32_t watched;
	const char *why; /**< static: why it is not known, or never holds; NULL */
};

/** Look at one detector.
 *
 * @key  of its clock: tells it from all others */
void oomd_detect(const struct killer_judging *judging, const struct oomd_step *step,
	const char *key, struct oomd_detected *ret);

/** Which cgroup an action would take. */
struct oomd_choice {
	uint32_t memcg; /**< NO_MEMCG: none */
	bool tie;
	enum killer_worth worth;
	const char *worth_why; /**< static; NULL: exact */
	const char *nobody;    /**< static: where there is none, why */
	char reason[96];       /**< why that one: "the largest, 2.1G" */
};

/** 0 or -ENOMEM. */
int oomd_choose(const struct killer_judging *judging, const struct oomd_step *action,
	struct oomd_choice *ret);

/** What memory.min and memory.low protect of every cgroup, in bytes.  *ret_all: all of them could be
 * read; else 0 is taken.  NULL without memory. */
int64_t *oomd_protections(const struct snapshot *now, struct arena *arena, bool *ret_all);

/** Keep the averages of all that an action may take; each sample, whether or not it is next. */
void oomd_note_averages(const struct killer_judging *judging, const struct oomd_step *action);

/** memory.current of a cgroup in millionths of its average; VALUE_UNKNOWN. */
int64_t oomd_growth(const struct killer_judging *judging, uint32_t memcg);

/** amount * part / whole, without overflow; part and whole >= 0, 0 for a whole of 0. */
int64_t oomd_share(int64_t amount, int64_t part, int64_t whole);

#endif
