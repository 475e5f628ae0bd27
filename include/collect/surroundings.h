/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Reads what would follow from the end of one process: its unit's rules, its PID
 * namespace, memory.oom.group above it.
 *
 * Files only, no call to systemd: on a thrashing machine a bus call may hang, and oomwatch
 * must not.  What was changed at run time without a file (a transient unit's own settings
 * lie in /run/systemd/transient and are found) is what a unit file cannot say.
 */
#ifndef OOMWATCH_COLLECT_SURROUNDINGS_H
#define OOMWATCH_COLLECT_SURROUNDINGS_H

#include "collect/root.h"
#include "model/surroundings.h"
#include "model/task.h"

/**
 * Fill *ret for a process.  What cannot be read is left unknown; never fails, never waits.
 * Recorded trees are read in the same way, from what they hold.
 */
void surroundings_of(const struct root *root, const struct task *task, struct surroundings *ret);

/** Whether /proc/sysrq-trigger below this root could be written; a recording: -EROFS. */
void sysrq_access_of(const struct root *root, struct sysrq_access *ret);

#endif
