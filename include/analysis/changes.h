/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The changes of oom_score_adj that were made, to take them back: the last one by key, all
 * of them at exit.
 */
#ifndef OOMWATCH_ANALYSIS_CHANGES_H
#define OOMWATCH_ANALYSIS_CHANGES_H

#include "analysis/plan.h"

#define CHANGES_MAX 256

struct change {
	struct target target;
	int32_t before, after;
};

/** Zero-initialise. */
struct changes {
	struct change items[CHANGES_MAX];
	unsigned count;
};

/** Remember one; -ENOSPC when full: then nothing may be changed either. */
int changes_add(struct changes *changes, const struct change *change);

/** Whether another one can be remembered. */
bool changes_full(const struct changes *changes);

/** The last one, NULL if there is none. */
const struct change *changes_last(const struct changes *changes);

/** Forget the last one: it was taken back, or its process has gone. */
void changes_drop_last(struct changes *changes);

/**
 * What restoring everything means for the process of item i: *ret gets its target, before
 * = what it had before the first change, after = what was written last.  False if i is not
 * the first item of its process (it is dealt with there), or nothing differs.
 */
bool changes_restore(const struct changes *changes, unsigned i, struct change *ret);

#endif
