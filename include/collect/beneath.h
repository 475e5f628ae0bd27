/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Opening files below a directory without ever following a link out of it.
 */
#ifndef OOMWATCH_COLLECT_BENEATH_H
#define OOMWATCH_COLLECT_BENEATH_H

#include <stdbool.h>
#include <sys/types.h>

/** Whether a path is relative, not empty and free of "." and ".." components. */
bool beneath_path_ok(const char *path);

/**
 * openat() that follows no link at any component.
 *
 * Returns the descriptor (close-on-exec), or -errno: -ELOOP for a link, -EINVAL for a path
 * that beneath_path_ok() refuses.
 */
int beneath_open(int dir_fd, const char *path, int flags, mode_t mode);

/** The same without openat2(2), for kernels before 5.6. */
int beneath_walk(int dir_fd, const char *path, int flags, mode_t mode);

/** Open a plain file for reading: -EISDIR for a directory, -EINVAL for pipes, devices and
 * sockets, none of which is opened. */
int beneath_open_plain(int dir_fd, const char *path);

#endif
