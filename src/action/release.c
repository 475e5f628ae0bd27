/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "action/release.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/thread.h"

/* Linux 5.15; libc's headers may be older.  The number of include/uapi/asm-generic/unistd.h. */
#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

/** Each may wait for ever for a memory lock that nobody gives back. */
#define RELEASES_MAX 4

/* The killer's own helper tries as often, in steps of 100 ms (oom_reap_task, mm/oom_kill.c). */
#define TRIES 40
#define TRY_MS 50

enum progress {
	RELEASE_FREE,
	RELEASE_RUNS,
	RELEASE_ENDED,
};

struct release {
	enum progress progress;
	int pid_fd;
	struct target target;
	int error;   /**< once ended: of the last process_mrelease() */
	bool waited; /**< … and it was not the first */
};

static struct release releases[RELEASES_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/** A release in a state, with the lock; NULL if there is none. */
static struct release *find(enum progress progress)
{
	for (unsigned i = 0; i < RELEASES_MAX; i++) {
		if (releases[i].progress == progress)
			return &releases[i];
	}
	return NULL;
}

static void set_progress(struct release *release, enum progress progress)
{
	pthread_mutex_lock(&lock);
	release->progress = progress;
	pthread_mutex_unlock(&lock);
}

static int try_once(const struct release *release)
{
	return syscall(SYS_process_mrelease, release->pid_fd, 0) < 0 ? -errno : 0;
}

/* EINVAL: the signal has not been taken yet.  EAGAIN: some of it is in use.  EINTR comes with
 * a fatal signal only, and all are blocked here. */
static bool is_passing(int error)
{
	return error == -EAGAIN || error == -EINVAL || error == -EINTR;
}

static void *run(void *argument)
{
	struct release *release = argument;

	release->error = try_once(release);
	for (int i = 1; i < TRIES && is_passing(release->error); i++) {
		struct pollfd ended = { .fd = release->pid_fd, .events = POLLIN };

		(void)poll(&ended, 1, TRY_MS);
		release->waited = true;
		release->error = try_once(release);
	}
	close(release->pid_fd);
	set_progress(release, RELEASE_ENDED);
	return NULL;
}

static struct release *take_free(void)
{
	struct release *release;

	pthread_mutex_lock(&lock);
	release = find(RELEASE_FREE);
	if (release)
		release->progress = RELEASE_RUNS;
	pthread_mutex_unlock(&lock);
	return release;
}

int release_start(const struct handle *handle, const struct target *target)
{
	struct release *release;
	int error = 0;

	if (handle->pid <= 0)
		return -ESRCH;
	if (handle->pid_fd < 0)
		return handle->pid_fd;
	release = take_free();
	if (!release)
		return -EBUSY;
	release->target = *target;
	release->waited = false;
	release->pid_fd = fcntl(handle->pid_fd, F_DUPFD_CLOEXEC, 0);
	if (release->pid_fd < 0)
		error = -errno;
	else
		error = thread_start(run, release);
	if (error < 0) {
		if (release->pid_fd >= 0)
			close(release->pid_fd);
		set_progress(release, RELEASE_FREE);
	}
	return error;
}

static void describe(const struct release *release, struct text *words)
{
	const char *before = "memory of ", *after = NULL;

	switch (release->error) {
	case 0:
		after = release->waited ? " taken back (process_mrelease)"
					: " taken back at once (process_mrelease)";
		break;
	case -ESRCH:
		before = "";
		after = " ended by itself before its memory had to be taken back";
		break;
	case -ENOSYS:
		before = "this kernel has no process_mrelease (Linux 5.15): memory of ";
		after = " comes back when it has ended";
		break;
	case -EPERM:
		before = "process_mrelease is not permitted (EPERM): memory of ";
		after = " comes back when it has ended";
		break;
	case -EINVAL:
		before = "";
		after = " did not end within 2 s, or shares its memory with one that goes on "
			"(EINVAL)";
		break;
	default:
		after = NULL;
		break;
	}
	text_add(words, before);
	plan_name(&release->target, words);
	if (after)
		text_add(words, after);
	else
		text_fmt(words, " could not be taken back: %s", strerror(-release->error));
}

bool release_ended(struct text *words)
{
	struct release ended;
	struct release *release;

	pthread_mutex_lock(&lock);
	release = find(RELEASE_ENDED);
	if (release) {
		ended = *release;
		release->progress = RELEASE_FREE;
	}
	pthread_mutex_unlock(&lock);
	if (!release)
		return false;
	describe(&ended, words);
	return true;
}
