/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A hold on one process, which can never slip to another with the same PID: /proc/PID kept
 * open as a directory, and a pidfd.  After the process died every use gives ESRCH.
 */
#ifndef OOMWATCH_ACTION_HANDLE_H
#define OOMWATCH_ACTION_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/plan.h"

struct handle {
	int32_t pid; /**< 0: closed */
	uint64_t start_ticks;
	int dir_fd; /**< /proc/PID; -1 */
	int pid_fd; /**< pidfd, or -errno of opening it: -ENOSYS before Linux 5.3; -EXDEV below
	                 --host (foreign), and where /proc counts PIDs otherwise than we do: a
	                 PID there may mean another process here */
};

#define HANDLE_CLOSED                      \
	{                                  \
		.dir_fd = -1, .pid_fd = -1 \
	}

/**
 * Take hold of a target.
 *
 * @proc_fd  the open /proc
 * @foreign  that /proc is a host's: its PIDs are not ours
 * Returns 0; -ESRCH if there is no such process any more, or one with another start time;
 * other -errno.  *ret is closed on error.
 */
int handle_open(int proc_fd, bool foreign, const struct target *target, struct handle *ret);

/** Whether it is a hold on this target. */
bool handle_is_of(const struct handle *handle, const struct target *target);

/** 0: it still runs; -ESRCH: it has ended (also as a zombie, unless threads of it go on), or
 * the handle is closed; other -errno: cannot be told just now. */
int handle_check(const struct handle *handle);

/** Whether the process is known to have ended: handle_check() gives -ESRCH. */
bool handle_gone(const struct handle *handle);

void handle_close(struct handle *handle);

#endif
