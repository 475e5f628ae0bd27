/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A thread that writes files, one after the other, so that a disk that is slow or hangs holds
 * nobody up: bytes go into a queue of fixed size and are lost, line by line, where it is full.
 */
#ifndef OOMWATCH_APP_FILER_H
#define OOMWATCH_APP_FILER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILER_WHY_MAX 160

/** For ever. */
#define FILER_ALWAYS (-1)

/** A file, as the thread handles it. */
struct filer_file {
	/** Runs in the thread, and may take long: set fd.  0, or -errno with why or without.
	 * NULL: fd is open already. */
	int (*open)(struct filer_file *file);
	/** Runs in the thread before fd is closed, where less than useful_bytes could be written:
	 * remove it.  NULL: it stays. */
	void (*discard)(struct filer_file *file);
	/** Runs in the thread where open succeeded: give back all but fd.  NULL: there is nothing. */
	void (*release)(struct filer_file *file);
	int fd;
	int dir_fd; /**< for the functions above, as all below */
	char dir[PATH_MAX];
	char name[PATH_MAX]; /**< of the file, for people */
	char why[FILER_WHY_MAX];
	int64_t time_ms;
	size_t useful_bytes;
};

/** How a file ended. */
struct filer_result {
	int error;      /**< 0, or the first -errno: what came after it was not written */
	bool discarded; /**< there is no file */
	uint64_t bytes; /**< written */
	char name[PATH_MAX];
	char why[FILER_WHY_MAX]; /**< what error means, for people; "" */
};

struct filer;

/**
 * Memory of megabytes, all of it there at once, as queues are made of; NULL: none.  It is shared
 * memory ("/dev/zero" in /proc/self/maps), so that app/protect can tell it from what must be
 * locked even where little may be.  munmap() gives it back.
 */
void *filer_memory(size_t size);

/** Get the queue, and the thread.  0 or -errno. */
int filer_new(size_t size, struct filer **ret);

/** Never waits; a thread that hangs is left alone, with the memory.  Accepts NULL. */
void filer_free(struct filer *filer);

/** Begin a file, of which a copy is made.  False: there is one that was not taken yet. */
bool filer_begin(struct filer *filer, const struct filer_file *file);

/** Add to a line of the file.  Where there is no room it is spoiled. */
void filer_put(struct filer *filer, const char *bytes, size_t len);

/** Write the line.  False: it was spoiled, and is forgotten. */
bool filer_commit(struct filer *filer);

/** Forget the line. */
void filer_abort(struct filer *filer);

/** Have all that was committed so far brought to the disk. */
void filer_sync(struct filer *filer);

/** Nothing more follows: write the rest, bring it to the disk and close it. */
void filer_end(struct filer *filer);

/** Whether a file has ended, or failed: then that is told once, and another may begin.  One that
 * failed is ended by this. */
bool filer_take(struct filer *filer, struct filer_result *ret);

/** Bytes that can be put now. */
size_t filer_room(struct filer *filer);

/** The size of the queue. */
size_t filer_size(const struct filer *filer);

/** Have a longer queue; only where it is empty.  0, -EBUSY or -ENOMEM: it stays. */
int filer_grow(struct filer *filer, size_t size);

/** Wait until so many bytes can be put, or the file failed; so long at most (FILER_ALWAYS).
 * Returns whether there is room. */
bool filer_wait_room(struct filer *filer, size_t len, int64_t ms);

/** Wait until filer_take() would be true, so long at most.  Returns whether it would. */
bool filer_wait_end(struct filer *filer, int64_t ms);

#endif
