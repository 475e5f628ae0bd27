/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/identity.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "collect/identity_procps.h"
#include "os/thread.h"

#define QUESTIONS_MAX 4096u
#define ANSWERS_MAX 1024u
#define HANG_MS 2000
#define STUCK_MAX 3u

/* Every thread that ends leaves behind 260 KiB of libproc2's thread-local buffers (4.0.2). */
#define ABANDONED_MAX 16u

/* One thread.  Only the service's current worker may touch the queues. */
struct worker {
	struct identity_service *service;
	void *handle; /* of the reader, NULL: not open; the thread's own */
	struct identity_question batch[IDENTITY_BATCH];
};

/*
 * Questions are numbered from 0 on; number n stands at n % QUESTIONS_MAX.
 * done <= named <= asked <= done + QUESTIONS_MAX; the same for answers.
 */
struct identity_service {
	const struct identity_reader *reader;
	bool cmdlines;

	pthread_mutex_t lock; /* of all below; held for short copies only */
	pthread_cond_t work;  /* a question was asked, or the service ends */
	pthread_cond_t room;  /* an answer was taken, or the worker is none any more */

	struct worker *current; /* NULL: could not be started, or the service ends */
	uint32_t users;         /* of this memory: the caller and the threads */
	uint32_t stuck;         /* abandoned threads that have not come back */
	uint32_t abandoned;     /* threads ever abandoned */
	bool stopping;

	bool reading;        /* the current worker is in reader->cmdline() */
	uint64_t read_count; /* calls of it begun, by all workers */
	uint64_t seen_count; /* the call that identity_watch() saw last */
	int64_t seen_ms;     /* when it saw it first */

	uint64_t done;  /* questions answered for good */
	uint64_t named; /* questions whose user was asked for */
	uint64_t asked;
	uint64_t taken;
	uint64_t given; /* answers */
	struct identity_question questions[QUESTIONS_MAX];
	struct identity_answer answers[ANSWERS_MAX];
};

static struct identity_question *question_at(struct identity_service *service, uint64_t number)
{
	return &service->questions[number % QUESTIONS_MAX];
}

/* Gives up one share of the memory and the lock. */
static void service_leave(struct identity_service *service)
{
	const bool last = --service->users == 0;

	pthread_mutex_unlock(&service->lock);
	if (!last)
		return;
	pthread_cond_destroy(&service->room);
	pthread_cond_destroy(&service->work);
	pthread_mutex_destroy(&service->lock);
	free(service);
}

static bool answers_full(const struct identity_service *service)
{
	return service->given - service->taken == ANSWERS_MAX;
}

static void copy_text(char *to, size_t size, const char *from)
{
	const size_t len = strnlen(from, size - 1);

	memcpy(to, from, len);
	to[len] = '\0';
}

/* There must be room.  @cmdline: NULL if unknown. */
static void give_answer(struct identity_service *service, const struct identity_question *question,
	const char *cmdline, bool blocked)
{
	struct identity_answer *answer = &service->answers[service->given % ANSWERS_MAX];

	*answer = (struct identity_answer){
		.pid = question->pid,
		.start_ticks = question->start_ticks,
		.uid = question->uid,
		.has_user = question->has_user,
		.has_cmdline = cmdline != NULL,
		.blocked = blocked,
	};
	copy_text(answer->user, sizeof(answer->user), question->user);
	copy_text(answer->cmdline, sizeof(answer->cmdline), cmdline ? cmdline : "");
	service->given++;
}

static bool is_current(const struct worker *worker)
{
	return worker->service->current == worker;
}

/* Wait for room for an answer; false if the worker must end. */
static bool wait_room(struct worker *worker)
{
	struct identity_service *service = worker->service;

	while (is_current(worker) && answers_full(service))
		pthread_cond_wait(&service->room, &service->lock);
	return is_current(worker);
}

/* The handle is opened by the thread itself, and again after a failure. */
static int worker_open(struct worker *worker)
{
	if (worker->handle)
		return 0;
	return worker->service->reader->open(&worker->handle);
}

/*
 * Without the lock.  What cannot be read stays unknown.  Of a batch that failed each is
 * asked for alone: one process must not spoil it for the others.
 */
static void read_users(struct worker *worker, uint32_t count)
{
	const struct identity_reader *reader = worker->service->reader;

	if (worker_open(worker) || reader->users(worker->handle, worker->batch, count) == 0)
		return;
	for (uint32_t i = 0; i < count && count > 1; i++)
		(void)reader->users(worker->handle, &worker->batch[i], 1);
}

/*
 * Users of the next batch.  Not watched: what may take long here is the name service, and
 * libproc2 asks it by getpwuid(), which two threads must not do at a time.
 */
static void name_batch(struct worker *worker)
{
	struct identity_service *service = worker->service;
	const uint64_t left = service->asked - service->named;
	const uint32_t count = left < IDENTITY_BATCH ? (uint32_t)left : IDENTITY_BATCH;

	for (uint32_t i = 0; i < count; i++)
		worker->batch[i] = *question_at(service, service->named + i);

	pthread_mutex_unlock(&service->lock);
	read_users(worker, count);
	pthread_mutex_lock(&service->lock);

	for (uint32_t i = 0; i < count; i++) {
		if (!wait_room(worker))
			return;
		*question_at(service, service->named) = worker->batch[i];
		give_answer(service, &worker->batch[i], NULL, false);
		service->named++;
		if (!service->cmdlines)
			service->done++;
	}
}

/* Without the lock, in which a hang is survivable. */
static int read_cmdline(
	struct worker *worker, const struct identity_question *question, char *buf, size_t size)
{
	const int error = worker_open(worker);

	if (error)
		return error;
	return worker->service->reader->cmdline(worker->handle, question, buf, size);
}

/* The command line of the next process that has been named. */
static void finish_one(struct worker *worker)
{
	struct identity_service *service = worker->service;
	const struct identity_question question = *question_at(service, service->done);
	char cmdline[sizeof(service->answers[0].cmdline)] = "";
	int error;

	if (question.gone) {
		service->done++;
		return;
	}
	if (!wait_room(worker))
		return;
	if (service->stuck >= STUCK_MAX || service->abandoned >= ABANDONED_MAX) {
		give_answer(service, &question, NULL, true);
		service->done++;
		return;
	}

	service->reading = true;
	service->read_count++;
	pthread_mutex_unlock(&service->lock);
	error = read_cmdline(worker, &question, cmdline, sizeof(cmdline));
	pthread_mutex_lock(&service->lock);
	if (!is_current(worker))
		return;
	service->reading = false;
	/* Only this worker gives answers, so there still is the room from above. */
	give_answer(service, &question, error ? NULL : cmdline, false);
	service->done++;
}

static void *worker_run(void *argument)
{
	struct worker *worker = argument;
	struct identity_service *service = worker->service;

	pthread_mutex_lock(&service->lock);
	while (is_current(worker)) {
		if (service->named < service->asked)
			name_batch(worker);
		else if (service->done < service->named)
			finish_one(worker);
		else
			pthread_cond_wait(&service->work, &service->lock);
	}
	if (!service->stopping)
		service->stuck--; /* it was abandoned, and has come back */
	pthread_mutex_unlock(&service->lock);

	if (worker->handle)
		service->reader->close(worker->handle);
	free(worker);
	pthread_mutex_lock(&service->lock);
	service_leave(service);
	return NULL;
}

/*
 * With the lock.  A worker that could not be started is tried again by the watch.  Of its stack
 * libproc2 4.0.2 takes less than 16 KiB, and 3.2 KiB of thread-local storage; its buffers are
 * malloc'd.  The rest is for the modules of the name service.
 */
static int worker_start(struct identity_service *service)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	int error;

	if (!worker)
		return -ENOMEM;
	worker->service = service;
	service->current = worker;
	service->reading = false;
	service->users++;
	error = thread_start(worker_run, worker);
	if (error) {
		service->users--;
		service->current = NULL;
		free(worker);
	}
	return error;
}

static int service_new(
	const struct identity_reader *reader, bool cmdlines, struct identity_service **ret)
{
	struct identity_service *service = calloc(1, sizeof(*service));

	if (!service)
		return -ENOMEM;
	service->reader = reader;
	service->cmdlines = cmdlines;
	service->users = 1;
	/* With default attributes these cannot fail in glibc. */
	pthread_mutex_init(&service->lock, NULL);
	pthread_cond_init(&service->work, NULL);
	pthread_cond_init(&service->room, NULL);
	*ret = service;
	return 0;
}

int identity_start_with(
	const struct identity_reader *reader, bool cmdlines, struct identity_service **ret)
{
	struct identity_service *service;
	int error = service_new(reader, cmdlines, &service);

	if (error)
		return error;
	pthread_mutex_lock(&service->lock);
	error = worker_start(service);
	if (error) {
		service_leave(service);
		return error;
	}
	pthread_mutex_unlock(&service->lock);
	*ret = service;
	return 0;
}

int identity_start(bool cmdlines, struct identity_service **ret)
{
	return identity_start_with(&identity_procps, cmdlines, ret);
}

bool identity_ask(struct identity_service *service, int32_t pid, uint64_t start_ticks)
{
	bool room;

	pthread_mutex_lock(&service->lock);
	room = service->asked - service->done < QUESTIONS_MAX;
	if (room) {
		*question_at(service, service->asked) = (struct identity_question){
			.pid = pid,
			.start_ticks = start_ticks,
		};
		service->asked++;
		pthread_cond_signal(&service->work);
	}
	pthread_mutex_unlock(&service->lock);
	return room;
}

bool identity_take(struct identity_service *service, struct identity_answer *ret)
{
	bool any;

	pthread_mutex_lock(&service->lock);
	any = service->taken < service->given;
	if (any) {
		*ret = service->answers[service->taken % ANSWERS_MAX];
		service->taken++;
		pthread_cond_signal(&service->room);
	}
	pthread_mutex_unlock(&service->lock);
	return any;
}

uint32_t identity_pending(struct identity_service *service)
{
	uint32_t pending;

	pthread_mutex_lock(&service->lock);
	pending = (uint32_t)(service->asked - service->done);
	pthread_mutex_unlock(&service->lock);
	return pending;
}

/* Whether the current worker has been in one and the same call for too long. */
static bool is_hung(struct identity_service *service, int64_t now_ms)
{
	if (!service->current || !service->reading)
		return false;
	if (service->seen_count != service->read_count) {
		service->seen_count = service->read_count;
		service->seen_ms = now_ms;
		return false;
	}
	return now_ms - service->seen_ms >= HANG_MS;
}

/* The worker took room for its answer before it began, and gives none any more. */
static void abandon(struct identity_service *service)
{
	give_answer(service, question_at(service, service->done), NULL, true);
	service->done++;
	service->current = NULL;
	service->stuck++;
	service->abandoned++;
}

void identity_watch(struct identity_service *service, int64_t now_ms)
{
	pthread_mutex_lock(&service->lock);
	if (is_hung(service, now_ms))
		abandon(service);
	if (!service->current)
		(void)worker_start(service);
	pthread_mutex_unlock(&service->lock);
}

void identity_stop(struct identity_service *service)
{
	if (!service)
		return;
	pthread_mutex_lock(&service->lock);
	service->stopping = true;
	service->current = NULL;
	pthread_cond_broadcast(&service->work);
	pthread_cond_broadcast(&service->room);
	service_leave(service);
}
