/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Who shares the memory of one process: asked of the kernel by kcmp(2), as /proc does not
 * tell.
 */
#ifndef OOMWATCH_COLLECT_SHARERS_H
#define OOMWATCH_COLLECT_SHARERS_H

#include <stdint.h>

#include "model/snapshot.h"

/** Processes compared in one tick at most: as many equal workers cost no more. */
#define SHARERS_ASKED_MAX 256

/**
 * Compare each process that has the size of the given one with it, and note the answer in
 * task->mm_compared and task->mm_shared.  Nothing is noted where the kernel does not tell
 * (no right to ptrace both, or built without kcmp), or if that process is not there.
 */
void sharers_compare(struct snapshot *snapshot, int32_t pid, uint64_t start_ticks);

#endif
