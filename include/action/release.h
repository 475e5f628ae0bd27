/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * process_mrelease (Linux 5.15) for a process that was sent KILL: takes its memory back
 * without waiting for it to run.  In a thread, as the call can wait for the memory lock of
 * the dying process for as long as that is held.
 */
#ifndef OOMWATCH_ACTION_RELEASE_H
#define OOMWATCH_ACTION_RELEASE_H

#include <stdbool.h>

#include "action/handle.h"
#include "base/text.h"

/**
 * Start it for the process of a handle, whose pidfd is duplicated; name is for the words.
 * Returns 0; -EBUSY: too many are still waiting, or not asked for yet; -EXDEV, -ENOSYS, …: no
 * pidfd (what the handle says); -ESRCH: the handle is closed; -EMFILE: no descriptor;
 * -EAGAIN, -ENOMEM: no thread.  Never waits.
 */
int release_start(const struct handle *handle, const struct target *target);

/**
 * True once for each that has ended since the last call; how is added to words ("memory of
 * java 23283 taken back at once (process_mrelease)"; "…ended by itself before"; "this kernel
 * has no process_mrelease").  Never waits.
 */
bool release_ended(struct text *words);

#endif
