/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/filer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/circle.h"
#include "base/value.h"
#include "os/thread.h"

/** Written at once: so that room is made early. */
#define WRITE_BYTES ((size_t)256 * 1024)

enum phase {
	PHASE_IDLE,
	PHASE_BEGUN,   /* the thread is to open it */
	PHASE_WRITING, /* it is open */
	PHASE_DONE,    /* closed, or it could not be opened */
};

/*
 * written <= committed <= put <= written + size.  What is committed belongs to the thread, what is
 * behind it to the caller.
 */
struct filer {
	pthread_mutex_t lock;    /* of all below but put and spoiled; held for short moments only */
	pthread_cond_t work;     /* for the thread */
	pthread_cond_t progress; /* for the caller */
	unsigned users;          /* of this memory: the caller and the thread */
	bool leaving;            /* the caller is gone */
	enum phase phase;
	bool ended;           /* nothing more follows */
	int error;            /* of the file, what follows is thrown away */
	bool discarded;       /* it was removed */
	struct circle circle; /* circle.buf may change while the queue is empty */
	uint64_t written;     /* positions in the queue */
	uint64_t committed;
	uint64_t sync_at;    /* fsync once so much is written */
	uint64_t file_bytes; /* that were written without an error */

	uint64_t put; /* the caller's */
	bool spoiled;

	struct filer_file file; /* the thread's from PHASE_BEGUN on, the caller's at PHASE_DONE */
};

void *filer_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	/* Shared, but not with children. */
	(void)madvise(memory, size, MADV_DONTFORK);
	return memory;
}

/* Gives up one share, with the lock. */
static void leave(struct filer *filer)
{
	const bool last = --filer->users == 0;

	pthread_mutex_unlock(&filer->lock);
	if (!last)
		return;
	munmap(filer->circle.buf, filer->circle.size);
	pthread_cond_destroy(&filer->work);
	pthread_cond_destroy(&filer->progress);
	pthread_mutex_destroy(&filer->lock);
	free(filer);
}

/* All of it or an error; the number written. */
static size_t write_all(int fd, const char *bytes, size_t len, int *ret_error)
{
	size_t done = 0;

	while (done < len) {
		const ssize_t n = write(fd, bytes + done, len - done);

		if (n > 0) {
			done += (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };

			(void)poll(&poll_fd, 1, -1);
		} else if (n == 0 || errno != EINTR) {
			*ret_error = n == 0 ? -EIO : -errno;
			return done;
		}
	}
	*ret_error = 0;
	return done;
}

/* Standard output may be a pipe, which has nothing to bring to a disk. */
static int sync_fd(int fd)
{
	if (fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP || errno == EROFS)
		return 0;
	return -errno;
}

/* The functions below run in the thread, with the lock, which they give up around what may take
 * long. */

static void open_file(struct filer *filer)
{
	struct filer_file *file = &filer->file;
	int error = 0;

	pthread_mutex_unlock(&filer->lock);
	if (file->open)
		error = file->open(file);
	pthread_mutex_lock(&filer->lock);
	filer->error = error;
	if (error < 0) {
		file->fd = -1;
		filer->written = filer->committed;
	}
	filer->phase = PHASE_WRITING;
}

static void write_some(struct filer *filer)
{
	const char *piece;
	size_t len = circle_piece(&filer->circle, filer->written, filer->committed, &piece);
	const int fd = filer->file.fd;
	size_t done;
	int error;

	if (filer->error < 0) {
		filer->written = filer->committed;
		return;
	}
	if (len > WRITE_BYTES)
		len = WRITE_BYTES;
	pthread_mutex_unlock(&filer->lock);
	done = write_all(fd, piece, len, &error);
	pthread_mutex_lock(&filer->lock);
	filer->file_bytes += done;
	filer->written += len;
	filer->error = error;
}

static void sync_file(struct filer *filer)
{
	const int fd = filer->file.fd;
	int error = 0;

	filer->sync_at = UINT64_MAX;
	if (filer->error < 0)
		return;
	pthread_mutex_unlock(&filer->lock);
	error = sync_fd(fd);
	pthread_mutex_lock(&filer->lock);
	filer->error = error;
}

static void close_file(struct filer *filer)
{
	struct filer_file *file = &filer->file;
	const bool discard = filer->error < 0 && file->fd >= 0 && file->discard &&
		filer->file_bytes < file->useful_bytes;

	sync_file(filer);
	pthread_mutex_unlock(&filer->lock);
	if (discard)
		file->discard(file);
	if (file->fd >= 0) {
		if (file->release)
			file->release(file);
		close(file->fd);
	}
	pthread_mutex_lock(&filer->lock);
	file->fd = -1;
	filer->discarded = discard;
	filer->phase = PHASE_DONE;
}

static bool has_work(const struct filer *filer)
{
	if (filer->phase == PHASE_BEGUN)
		return true;
	return filer->phase == PHASE_WRITING &&
		(filer->written < filer->committed || filer->sync_at <= filer->written ||
			filer->ended || filer->leaving);
}

static void *run(void *argument)
{
	struct filer *filer = argument;

	pthread_mutex_lock(&filer->lock);
	for (;;) {
		if (filer->leaving && !has_work(filer))
			break;
		if (!has_work(filer)) {
			pthread_cond_wait(&filer->work, &filer->lock);
			continue;
		}
		if (filer->phase == PHASE_BEGUN)
			open_file(filer);
		else if (filer->written < filer->committed)
			write_some(filer);
		else if (filer->sync_at <= filer->written && !filer->ended)
			sync_file(filer);
		else
			close_file(filer);
		pthread_cond_broadcast(&filer->progress);
	}
	leave(filer);
	return NULL;
}

int filer_new(size_t size, struct filer **ret)
{
	struct filer *filer = calloc(1, sizeof(*filer));
	pthread_condattr_t monotonic;
	int r;

	if (!filer)
		return -ENOMEM;
	filer->circle = (struct circle){ filer_memory(size), size };
	if (!filer->circle.buf) {
		free(filer);
		return -ENOMEM;
	}
	filer->users = 2;
	filer->file.fd = -1;
	filer->sync_at = UINT64_MAX;
	/* With such attributes these cannot fail in glibc. */
	pthread_mutex_init(&filer->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&filer->work, &monotonic);
	pthread_cond_init(&filer->progress, &monotonic);
	pthread_condattr_destroy(&monotonic);
	r = thread_start(run, filer);
	if (r < 0) {
		pthread_mutex_lock(&filer->lock);
		filer->users = 1;
		leave(filer);
		return r;
	}
	*ret = filer;
	return 0;
}

void filer_free(struct filer *filer)
{
	if (!filer)
		return;
	pthread_mutex_lock(&filer->lock);
	filer->leaving = true;
	pthread_cond_signal(&filer->work);
	leave(filer);
}

bool filer_begin(struct filer *filer, const struct filer_file *file)
{
	bool free_for_it;

	pthread_mutex_lock(&filer->lock);
	free_for_it = filer->phase == PHASE_IDLE;
	if (free_for_it) {
		filer->file = *file;
		filer->file.why[0] = '\0';
		filer->phase = PHASE_BEGUN;
		filer->ended = false;
		filer->discarded = false;
		filer->error = 0;
		filer->file_bytes = 0;
		filer->sync_at = UINT64_MAX;
		filer->put = filer->committed;
		filer->spoiled = false;
		pthread_cond_signal(&filer->work);
	}
	pthread_mutex_unlock(&filer->lock);
	return free_for_it;
}

/* Of the queue, but not of what the caller has put. */
static size_t free_bytes(const struct filer *filer)
{
	return filer->circle.size - (size_t)(filer->put - filer->written);
}

size_t filer_room(struct filer *filer)
{
	size_t room;

	pthread_mutex_lock(&filer->lock);
	room = free_bytes(filer);
	pthread_mutex_unlock(&filer->lock);
	return room;
}

size_t filer_size(const struct filer *filer)
{
	return filer->circle.size;
}

void filer_put(struct filer *filer, const char *bytes, size_t len)
{
	filer->spoiled = filer->spoiled || filer_room(filer) < len;
	if (filer->spoiled)
		return;
	/* What is not committed is nobody else's: no lock for the copy. */
	circle_put(&filer->circle, filer->put, bytes, len);
	filer->put += len;
}

bool filer_commit(struct filer *filer)
{
	const bool good = !filer->spoiled;

	filer->spoiled = false;
	pthread_mutex_lock(&filer->lock);
	if (good)
		filer->committed = filer->put;
	else
		filer->put = filer->committed;
	pthread_cond_signal(&filer->work);
	pthread_mutex_unlock(&filer->lock);
	return good;
}

void filer_abort(struct filer *filer)
{
	filer->put = filer->committed;
	filer->spoiled = false;
}

void filer_sync(struct filer *filer)
{
	pthread_mutex_lock(&filer->lock);
	filer->sync_at = filer->committed;
	pthread_cond_signal(&filer->work);
	pthread_mutex_unlock(&filer->lock);
}

void filer_end(struct filer *filer)
{
	pthread_mutex_lock(&filer->lock);
	filer->ended = true;
	pthread_cond_signal(&filer->work);
	pthread_mutex_unlock(&filer->lock);
}

bool filer_take(struct filer *filer, struct filer_result *ret)
{
	bool done;

	pthread_mutex_lock(&filer->lock);
	done = filer->phase == PHASE_DONE;
	if (filer->phase == PHASE_WRITING && filer->error < 0 && !filer->ended) {
		filer->ended = true;
		pthread_cond_signal(&filer->work);
	}
	if (done) {
		ret->error = filer->error;
		ret->discarded = filer->discarded;
		ret->bytes = filer->file_bytes;
		snprintf(ret->name, sizeof(ret->name), "%s", filer->file.name);
		snprintf(ret->why, sizeof(ret->why), "%s",
			filer->file.why[0]     ? filer->file.why
				: filer->error ? strerror(-filer->error)
					       : "");
		filer->phase = PHASE_IDLE;
	}
	pthread_mutex_unlock(&filer->lock);
	return done;
}

int filer_grow(struct filer *filer, size_t size)
{
	struct circle circle = { filer_memory(size), size };
	int r = 0;

	if (!circle.buf)
		return -ENOMEM;
	pthread_mutex_lock(&filer->lock);
	/* All was written, so the thread is not reading there. */
	if (filer->written == filer->committed && size > filer->circle.size) {
		const struct circle old = filer->circle;

		filer->circle = circle;
		filer->put = filer->committed;
		circle = old;
	} else {
		r = -EBUSY;
	}
	pthread_mutex_unlock(&filer->lock);
	munmap(circle.buf, circle.size);
	return r;
}

static struct timespec after(int64_t ms)
{
	struct timespec when;

	clock_gettime(CLOCK_MONOTONIC, &when);
	when.tv_sec += ms / 1000;
	when.tv_nsec += ms % 1000 * 1000000;
	if (when.tv_nsec >= 1000000000) {
		when.tv_nsec -= 1000000000;
		when.tv_sec++;
	}
	return when;
}

/* With the lock; false once the time is over. */
static bool wait_progress(struct filer *filer, int64_t ms, const struct timespec *until)
{
	if (ms == FILER_ALWAYS)
		return pthread_cond_wait(&filer->progress, &filer->lock) == 0;
	return pthread_cond_timedwait(&filer->progress, &filer->lock, until) == 0;
}

bool filer_wait_room(struct filer *filer, size_t len, int64_t ms)
{
	const struct timespec until = after(ms);
	bool waits = true, room;

	pthread_mutex_lock(&filer->lock);
	while (waits && free_bytes(filer) < len && filer->error == 0)
		waits = wait_progress(filer, ms, &until);
	room = free_bytes(filer) >= len;
	pthread_mutex_unlock(&filer->lock);
	return room;
}

bool filer_wait_end(struct filer *filer, int64_t ms)
{
	const struct timespec until = after(ms);
	bool waits = true, done;

	pthread_mutex_lock(&filer->lock);
	while (waits && filer->phase != PHASE_DONE && filer->phase != PHASE_IDLE)
		waits = wait_progress(filer, ms, &until);
	done = filer->phase == PHASE_DONE;
	pthread_mutex_unlock(&filer->lock);
	return done;
}
