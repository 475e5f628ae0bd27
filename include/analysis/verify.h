/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * After an action: did what was foretold happen?  Held against the samples that follow.
 */
#ifndef OOMWATCH_ANALYSIS_VERIFY_H
#define OOMWATCH_ANALYSIS_VERIFY_H

#include "analysis/plan.h"

#define VERIFY_CANDIDATES 16

/** How long a kill is waited for. */
#define VERIFY_LIMIT_MS 15000

/** Zero-initialise: nothing is being watched. */
struct verify {
	enum plan_kind kind; /**< PLAN_NONE, PLAN_SIGNAL or PLAN_SYSRQ */
	int signal;
	struct target target;
	struct target candidates[VERIFY_CANDIDATES]; /**< by rank, the first of them the target */
	unsigned n_candidates;
	bool certain;          /**< the victim was called certain */
	int64_t since_ms;      /**< uptime of the sample before the action */
	int64_t kills_before;  /**< vmstat oom_kill; VALUE_UNKNOWN before 4.13 */
	int64_t first_sign_ms; /**< uptime when a kill was counted, or the target was found to be
	                            gone (where kills are not counted: any candidate);
	                            VALUE_UNKNOWN: not yet */
};

enum verify_result {
	VERIFY_WAITING,
	VERIFY_AS_FORETOLD, /**< the target is gone (and, by sysrq-f, the kernel counted a kill) */
	VERIFY_OTHER,       /**< the kernel took another one */
	VERIFY_NOTHING,     /**< nothing happened in VERIFY_LIMIT_MS */
};

/** How long the foretold victim may take to go once somebody was killed. */
#define VERIFY_GRACE_MS 3000

/**
 * An action of this plan was carried out just now; now and oom are the last sample.  What
 * is not meant to end a process (adj, STOP, USR1, …) begins nothing: what was being watched
 * still is.
 */
void verify_begin(struct verify *verify, const struct plan *plan, const struct snapshot *now,
	const struct oom *oom);

/**
 * Look at the next sample.  When it returns anything but VERIFY_WAITING, words holds one
 * sentence ("the kernel killed java 23283, as foretold") and *verify is ended (kind
 * PLAN_NONE).  A process counts as gone when it is not in the sample, or has no memory
 * left (a zombie).
 */
enum verify_result verify_sample(
	struct verify *verify, const struct snapshot *now, struct text *words);

#endif
