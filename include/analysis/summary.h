/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Runs the whole analysis on one snapshot; what the screen and the scripts read.
 */
#ifndef OOMWATCH_ANALYSIS_SUMMARY_H
#define OOMWATCH_ANALYSIS_SUMMARY_H

#include "analysis/account.h"
#include "analysis/killers.h"
#include "analysis/memcgs.h"
#include "analysis/nodesets.h"
#include "analysis/reclaim.h"
#include "analysis/risk.h"
#include "analysis/victim.h"
#include "analysis/zones.h"
#include "base/arena.h"
#include "model/snapshot.h"

/** The machine, and the worst cgroups, node sets and userspace killers. */
#define RISKS_MAX 16

struct summary {
	struct arena arena;
	struct oom oom;              /**< of the scope on the screen */
	struct zone_view *views;     /**< parallel to snapshot->zones; NULL: unknown */
	struct memcg_view *memcgs;   /**< parallel to snapshot->memcgs; NULL: none */
	struct killer_view *killers; /**< parallel to snapshot->killers; NULL: none */
	struct nodesets nodesets;
	bool scope_gone; /**< the chosen scope does not exist (any more): oom is the machine's */
	struct account account;
	struct reclaim reclaim;
	enum reclaim_stage stage;
	struct risk risks[RISKS_MAX]; /**< worst first; [0] is the verdict */
	unsigned n_risks;
	char next_text[256];    /**< who dies, now and at the forecast moment */
	char filling_text[160]; /**< who is filling it */
};

/**
 * Fill a summary.  Resets ret->arena first.
 *
 * @choice  the scope of oom; risks cover all scopes whatever it is
 * @before  the snapshot of the tick before, or NULL
 * Returns 0 or -ENOMEM; after an error *ret must not be read.
 * history is only updated in what it holds of levels, and of cgroups (suspects); the same
 * instant again changes nothing.
 */
int summary_make(const struct snapshot *now, const struct snapshot *before,
	const struct scope_choice *choice, struct history *history, struct summary *ret);

/** The name that people know a task by: unit or container, then the command. Clean text. */
void task_name(const struct task *task, struct text *text);

#endif
