/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/killer_worker.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/thread.h"
#include "parse/pid.h"

#define HANG_MS 2000
#define STUCK_MAX 3u

/** More arguments than any of these daemons is given. */
#define ARGS_BYTES_MAX 65536

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* One thread; only the current one may touch the queue. */
struct thread {
	struct killer_worker *worker;
	bool abandoned; /* its job is its own */
};

/*
 * Jobs are numbered from 0 on; number n stands at n % KILLER_JOBS_MAX.
 * taken <= done <= given <= taken + KILLER_JOBS_MAX.
 */
struct killer_worker {
	struct root root; /* with descriptors of its own */

	pthread_mutex_t lock;   /* of all below; held for short copies only */
	pthread_cond_t work;    /* a job was given, or it ends */
	struct thread *current; /* NULL: none was started, it was abandoned, or it ends */
	uint32_t users;         /* of this memory: the caller and the threads */
	uint32_t stuck;         /* abandoned threads that have not come back */
	bool running;           /* the current one is in a job */
	uint64_t run_count;     /* jobs begun, by all threads */
	uint64_t seen_count;
	int64_t seen_ms; /* when the call that runs was seen first */
	uint64_t taken, done, given;
	struct killer_answer jobs[KILLER_JOBS_MAX];
};

struct killer_job *killer_job_new(void)
{
	struct killer_job *job = calloc(1, sizeof(*job));

	if (job)
		job->capture_fd = -1;
	return job;
}

static void close_capture(struct killer_job *job)
{
	if (job->capture_fd >= 0)
		close(job->capture_fd);
	job->capture_fd = -1;
}

static void unload(struct killer_job *job)
{
	if (job->killer.own && job->part->unload)
		job->part->unload(&job->killer);
}

void killer_job_reset(struct killer_job *job)
{
	struct arena arena = job->arena;

	unload(job);
	close_capture(job);
	arena_reset(&arena);
	*job = (struct killer_job){ .arena = arena, .capture_fd = -1 };
}

void killer_job_free(struct killer_job *job)
{
	if (!job)
		return;
	killer_job_reset(job);
	arena_free(&job->arena);
	free(job);
}

/** Whether the process is still the one that was meant. */
static bool is_same(const struct killer_job *job)
{
	struct root root = job->root;
	struct pid_stat stat;
	char path[32], text[1024];
	ssize_t len;

	root.capture_fd = -1;
	snprintf(path, sizeof(path), "%d/stat", job->process.pid);
	len = root_read_proc(&root, path, text, sizeof(text));
	return len > 0 && parse_pid_stat(text, (size_t)len, &stat) == 0 &&
		stat.start_ticks == job->process.start_ticks;
}

static void read_args(struct killer_job *job)
{
	struct killer_process *process = &job->process;
	struct root root = job->root;
	char *args = arena_alloc(&job->arena, ARGS_BYTES_MAX + 2);
	char path[32];
	ssize_t len = -ENOMEM;

	process->args = "";
	process->args_len = 0;
	if (!job->capture_cmdline)
		root.capture_fd = -1;
	snprintf(path, sizeof(path), "%d/cmdline", process->pid);
	if (args)
		len = root_read_proc(&root, path, args, ARGS_BYTES_MAX);
	process->args_error = len < 0 ? (int)len : 0;
	if (len == -EFBIG)
		len = ARGS_BYTES_MAX;
	if (len >= 0 && !is_same(job)) {
		process->args_error = -ESRCH;
		len = -ESRCH;
	}
	if (len <= 0)
		return;
	/* Zeroed by the arena: ends with two NULs, also where the last argument has none. */
	process->args = args;
	process->args_len = (size_t)len + (args[len - 1] != '\0');
}

static void blank(struct killer_job *job)
{
	job->killer = (struct killer){
		.kind = job->part->kind,
		.pid = job->process.pid,
		.start_ticks = job->process.start_ticks,
		.settings = SETTINGS_UNREAD,
	};
}

void killer_job_run(struct killer_job *job)
{
	const struct killer_part *part = job->part;
	int error;

	job->root.capture_fd = job->capture_fd;
	job->root.capture_error = &job->capture_error;
	job->process.root = &job->root;
	blank(job);
	read_args(job);
	job->is_one = !part->is_it || part->is_it(job->process.args, job->process.args_len);
	if (job->is_one) {
		error = part->load(&job->process, &job->arena, &job->killer);
		if (error < 0) {
			unload(job);
			blank(job);
			snprintf(job->killer.settings_why, sizeof(job->killer.settings_why),
				"its settings could not be read: %s", strerror(-error));
		}
	}
	close_capture(job);
	job->root.capture_fd = -1;
}

static int root_reopen(const struct root *root, struct root *ret)
{
	*ret = *root;
	ret->top_fd = -1;
	ret->capture_fd = -1;
	ret->capture_error = NULL;
	ret->proc_fd = -1;
	ret->fd = openat(root->fd, ".", OPEN_DIR);
	if (ret->fd < 0)
		return -errno;
	if (root->proc_fd >= 0)
		ret->proc_fd = openat(root->proc_fd, ".", OPEN_DIR);
	return 0;
}

int killer_worker_new(const struct root *root, struct killer_worker **ret)
{
	struct killer_worker *worker = calloc(1, sizeof(*worker));
	int error;

	if (!worker)
		return -ENOMEM;
	error = root_reopen(root, &worker->root);
	if (error < 0) {
		free(worker);
		return error;
	}
	worker->users = 1;
	/* With default attributes these cannot fail in glibc. */
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->work, NULL);
	*ret = worker;
	return 0;
}

/* Gives up one share of the memory and the lock. */
static void worker_leave(struct killer_worker *worker)
{
	const bool last = --worker->users == 0;

	pthread_mutex_unlock(&worker->lock);
	if (!last)
		return;
	for (; worker->taken < worker->given; worker->taken++) {
		const struct killer_answer *answer = &worker->jobs[worker->taken % KILLER_JOBS_MAX];

		if (!answer->hung)
			killer_job_free(answer->job);
	}
	root_close(&worker->root);
	pthread_cond_destroy(&worker->work);
	pthread_mutex_destroy(&worker->lock);
	free(worker);
}

static void *thread_run(void *argument)
{
	struct thread *thread = argument;
	struct killer_worker *worker = thread->worker;

	pthread_mutex_lock(&worker->lock);
	while (worker->current == thread) {
		struct killer_job *job = worker->jobs[worker->done % KILLER_JOBS_MAX].job;

		if (worker->done == worker->given) {
			pthread_cond_wait(&worker->work, &worker->lock);
			continue;
		}
		worker->running = true;
		worker->run_count++;
		pthread_mutex_unlock(&worker->lock);
		killer_job_run(job);
		pthread_mutex_lock(&worker->lock);
		if (worker->current == thread) {
			worker->running = false;
			worker->done++;
		} else if (thread->abandoned) {
			worker->stuck--;
			pthread_mutex_unlock(&worker->lock);
			killer_job_free(job);
			pthread_mutex_lock(&worker->lock);
		}
	}
	free(thread);
	worker_leave(worker);
	return NULL;
}

/* With the lock. */
static int start(struct killer_worker *worker)
{
	struct thread *thread = calloc(1, sizeof(*thread));
	int error;

	if (!thread)
		return -ENOMEM;
	thread->worker = worker;
	worker->current = thread;
	worker->running = false;
	worker->users++;
	error = thread_start(thread_run, thread);
	if (error) {
		worker->users--;
		worker->current = NULL;
		free(thread);
	}
	return error;
}

bool killer_worker_give(struct killer_worker *worker, struct killer_job *job)
{
	bool given;

	pthread_mutex_lock(&worker->lock);
	if (!worker->current && worker->stuck < STUCK_MAX)
		(void)start(worker);
	given = worker->current && worker->given - worker->taken < KILLER_JOBS_MAX;
	if (given) {
		job->root = worker->root;
		worker->jobs[worker->given % KILLER_JOBS_MAX] =
			(struct killer_answer){ job, false };
		worker->given++;
		pthread_cond_signal(&worker->work);
	}
	pthread_mutex_unlock(&worker->lock);
	return given;
}

/* Whether the current thread has been in one and the same job for too long. */
static bool is_hung(struct killer_worker *worker, int64_t now_ms)
{
	if (!worker->current || !worker->running)
		return false;
	if (worker->seen_count != worker->run_count) {
		worker->seen_count = worker->run_count;
		worker->seen_ms = now_ms;
		return false;
	}
	return now_ms - worker->seen_ms >= HANG_MS;
}

bool killer_worker_take(struct killer_worker *worker, int64_t now_ms, struct killer_answer *ret)
{
	bool any;

	pthread_mutex_lock(&worker->lock);
	if (is_hung(worker, now_ms)) {
		worker->jobs[worker->done % KILLER_JOBS_MAX].hung = true;
		worker->done++;
		worker->current->abandoned = true;
		worker->current = NULL;
		worker->stuck++;
	}
	if (!worker->current && worker->done < worker->given && worker->stuck < STUCK_MAX)
		(void)start(worker);
	any = worker->taken < worker->done;
	if (any) {
		*ret = worker->jobs[worker->taken % KILLER_JOBS_MAX];
		worker->taken++;
	}
	pthread_mutex_unlock(&worker->lock);
	return any;
}

void killer_worker_free(struct killer_worker *worker)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->current = NULL;
	pthread_cond_broadcast(&worker->work);
	worker_leave(worker);
}
