/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Writing a recorded tree: plain files below one open directory, never over a link and
 * never over another file.
 */
#ifndef OOMWATCH_COLLECT_CAPTURE_H
#define OOMWATCH_COLLECT_CAPTURE_H

#include <stddef.h>

#include "collect/names.h"
#include "model/snapshot.h"

/**
 * Write one file, and the folders it needs.
 *
 * @dir   "proc/12", or NULL if file is the whole path ("proc/sys/vm/swappiness")
 * A file that is there already is left as it is, and that is success: what was read
 * first in a tick counts.  Returns 0 or -errno (-ENOSPC, -EDQUOT, …).
 */
int capture_write(int tick_fd, const char *dir, const char *file, const char *bytes, size_t len);

/** Take back what was written of a process that went away while it was read: in the
 * recording it would be one process more than was seen. */
void capture_drop_process(int tick_fd, int32_t pid);

/** Make a new folder tick-NNNN and open it; number 0 is the capture's own folder, for a
 * recording of one instant.  A descriptor, or -errno: -EEXIST. */
int capture_begin_tick(int capture_dir_fd, int number);

/**
 * Write the meta files: that of the tick, and that of the recording if it has none yet.
 * Keys: time, uptime_ms (tick only), clk_tck, page_bytes, cpus_online,
 * initial_pid_namespace, capabilities, user.UID.  0 or -errno.
 */
int capture_write_meta(int tick_fd, int capture_dir_fd, const struct snapshot *snapshot,
	const struct names *names);

#endif
