/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Finds the userspace killers that run, and how they are set up.
 *
 * They are known by their comm; of processes whose comm begins with "python" and that are root's
 * also by their arguments.  Settings are read in a thread of its own, again every 30 s (every
 * 5 s where there are cgroups that they do not tell of yet): a command line can wait for ever
 * for its process's mmap lock, and files for a disk that thrashes.  Of a recording, and in ticks
 * that are captured, they are read in the tick.
 */
#ifndef OOMWATCH_COLLECT_KILLERS_H
#define OOMWATCH_COLLECT_KILLERS_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/cgroups.h"
#include "collect/killers_parts.h"
#include "collect/root.h"
#include "model/snapshot.h"

struct killers;

/** 0 or -ENOMEM; root and cgroups must outlive it. */
int killers_new(const struct root *root, struct cgroups *cgroups, struct killers **ret);

/** The same with other kinds, for tests: n_parts at most KILLER_KINDS, which outlive all. */
int killers_new_with(const struct root *root, struct cgroups *cgroups,
	const struct killer_part *const *parts, unsigned n_parts, struct killers **ret);

/** Never waits for the thread; NULL is accepted. */
void killers_free(struct killers *killers);

/** Whether command lines may be written into captures; they are read all the same. */
void killers_capture_cmdlines(struct killers *killers, bool may);

/**
 * Fill snapshot->killers and n_killers, in order of kind and pid; tasks and memcgs are filled.
 * What they point to stays valid until the second next tick.
 *
 * @now_ms  a monotonic time
 * Returns 0 or -ENOMEM.
 */
int killers_fill(struct killers *killers, int64_t now_ms, struct snapshot *snapshot);

/** Whether settings that were never read are being read; also looks for hangs. */
bool killers_pending(struct killers *killers, int64_t now_ms);

#endif
