/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Which of all scopes are the worst: the order of summary->risks.
 */
#ifndef OOMWATCH_ANALYSIS_RISKS_H
#define OOMWATCH_ANALYSIS_RISKS_H

#include "analysis/summary.h"

/** A scope, as far as it is compared. */
struct standard {
	enum scope_kind kind;
	uint32_t index; /**< of its kind: in snapshot->memcgs or killers, or the sets of nodesets */
	enum level level;
	int64_t forecast_s; /**< VALUE_UNKNOWN: none */
	int64_t percent;    /**< what is left of what it has; 100 if unknown */
};

/** The worst so far, the worst of them first.  Zero-initialise. */
struct worst {
	struct standard list[RISKS_MAX];
	unsigned n;
};

/** Add a scope; of more than there is room for the least bad goes, but never the machine. */
void risks_add(struct worst *worst, const struct standard *it);

/**
 * Fill summary->risks, all but the text, from what was judged of all scopes.
 *
 * @machine  what was judged of the machine
 */
void risks_order(const struct snapshot *now, const struct risk *machine, struct summary *summary);

#endif
