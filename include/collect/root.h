/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The only door to files: everything is read below one directory.
 *
 * "/" for the live machine, another directory for a host mounted elsewhere (still live),
 * or a recorded tree of one or many ticks.  Links below a recorded tree are not followed.
 */
#ifndef OOMWATCH_COLLECT_ROOT_H
#define OOMWATCH_COLLECT_ROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct root {
	int fd;      /**< the tree read from: "/" or DIR or DIR/tick-NNNN; -1 closed */
	int top_fd;  /**< DIR of a recording, or -1 */
	int proc_fd; /**< "proc" below fd, or -1 if there is none */
	bool live;
	bool host;          /**< live, but not our own / */
	int ticks;          /**< ticks of a recording: 1, or the number of tick-NNNN; 0 live */
	int tick;           /**< number of the one that is open, from 1; 0 live */
	int capture_fd;     /**< where bytes read are written too (a tick's folder), or -1 */
	int *capture_error; /**< out: the first -errno of writing there stays; NULL: not wanted */
	char name[256];     /**< for messages: the directory as the user gave it */
};

/** Open the live machine, or a host's tree below dir.  0 or -errno. */
int root_open_live(struct root *root, const char *dir);

/**
 * Open a recorded tree and its first tick.  0 or -errno; -ENOENT also for a directory that
 * holds neither proc, sys nor tick-0001.
 */
int root_open_recorded(struct root *root, const char *dir);

/** Go to the next tick; -ENODATA after the last one; the present one stays open on error. */
int root_next(struct root *root);

void root_close(struct root *root);

/**
 * Read a whole file below the root ("proc/meminfo") into buf.
 *
 * Returns bytes read (0: empty), or -errno: -EFBIG if it holds more than size bytes (buf
 * then holds the first of them), -ELOOP for a link in a recording, -EISDIR, -EINVAL for
 * what is no plain file in a recording and for a path that is absolute or has "..".
 * Never waits: devices and pipes of a recording are refused.
 */
ssize_t root_read(const struct root *root, const char *path, char *buf, size_t size);

/** root_read() of a file below proc ("12/stat"), without looking proc up again. */
ssize_t root_read_proc(const struct root *root, const char *path, char *buf, size_t size);

/** root_read() of a file beside proc and sys that is never captured: "meta" of a recording,
 * of the tick (top false) or of the whole (top true). */
ssize_t root_read_meta(const struct root *root, bool top, char *buf, size_t size);

/** Open a file of a live root to be kept and read again and again.  -errno if it is no
 * live root. */
int root_open_kept(const struct root *root, const char *path);

/** Read a whole file from its beginning through a descriptor kept open; as root_read(). */
ssize_t root_read_kept(int fd, char *buf, size_t size);

/** The target of a link of a live root; 0 or -errno.  NUL-terminated, cut to fit. */
int root_read_link(const struct root *root, const char *path, char *buf, size_t size);

/**
 * List the numbered entries of a directory ("proc", "proc/12/task"), ascending.
 *
 * @numbers  room for max; more are counted but not stored
 * Returns how many there are, or -errno.  Allocates nothing.
 */
int root_list_numbers(const struct root *root, const char *path, int32_t *numbers, int max);

/**
 * An extended attribute of a folder ("sys/fs/cgroup/user.slice", "user.oomd_omit").
 *
 * Returns bytes in buf, or -errno: -ENODATA without that attribute, -EPERM or -EOPNOTSUPP where it
 * cannot be told, -ERANGE if it holds more.  Not captured.  Of a recording: the recorded folder's
 * own.
 */
ssize_t root_xattr(
	const struct root *root, const char *path, const char *name, char *buf, size_t size);

/** The uid that owns a folder; 0 or -errno. */
int root_owner(const struct root *root, const char *path, uint32_t *ret_uid);

/** More names than any folder that oomwatch lists by name should have. */
#define ROOT_NAMES_MAX 4096

/** Called with each name, NUL-terminated, of at most 255 bytes and without '/'. */
typedef void (*root_name)(const char *name, void *context);

/**
 * List the entries of a directory, in no order, "." and ".." left out.
 *
 * Returns 0 or -errno; -E2BIG if there are more than ROOT_NAMES_MAX (those were told).
 * Allocates nothing; a link in a recording is not followed (-ELOOP).
 */
int root_list_names(const struct root *root, const char *path, root_name tell, void *context);

#endif
