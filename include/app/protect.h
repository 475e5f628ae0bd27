/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What oomwatch does for its own survival on a machine that runs out of memory.  Only the
 * interactive screen does any of it.
 */
#ifndef OOMWATCH_APP_PROTECT_H
#define OOMWATCH_APP_PROTECT_H

#include <stddef.h>

/** Before threads are started: small stacks, one malloc arena. */
void protect_early(void);

/**
 * Lock memory and lower the own oom_score_adj to -999, each as far as allowed.
 *
 * Called after warm-up, when everything that the steady state needs has been allocated.
 * What was done and what was not, in words, goes to words.
 */
void protect_self(char *words, size_t size);

/** Put the own oom_score_adj back as it was. */
void protect_undo(void);

#endif
