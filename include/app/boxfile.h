/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The files of the black box: DIR/oom-20261122-064912.oomwatch, by the time of the kill in UTC;
 * "-2" and so on before the dot where there is one already.
 *
 * The folder is ours alone: it is made with mode 0700, and one that is a link, somebody else's or
 * writable by others is refused.  Files are new, of mode 0600.
 */
#ifndef OOMWATCH_APP_BOXFILE_H
#define OOMWATCH_APP_BOXFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/filer.h"

/** How many are kept, with the new one, and their size together. */
struct boxfile_bounds {
	unsigned files;
	int64_t bytes;
	int64_t new_bytes; /**< room for the new one */
};

/** Whether a name is one of ours, and its key: the older, the less. */
bool boxfile_is_ours(const char *name, uint64_t *ret_age_key);

/**
 * Make a file in file->dir for a kill at file->time_ms; sets fd, dir_fd, name and, where it
 * cannot be, why.  Regular files of ours go, the oldest first, until the bounds are kept.
 * Touches the disk.  0 or -errno.
 */
int boxfile_open(struct filer_file *file, const struct boxfile_bounds *bounds);

/** For struct filer_file: remove the file again; close the folder. */
void boxfile_discard(struct filer_file *file);
void boxfile_release(struct filer_file *file);

#endif
