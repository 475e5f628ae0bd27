/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * --record on the running kernel: what is read back, slow and full disks, readers that are gone.
 */
#include "app/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "sampled.h"

static void a_recording_has_all(void)
{
	struct recorder *recorder;
	struct stat stat;
	char name[100], said[200];
	bool cut = true;

	snprintf(name, sizeof(name), "%s/record", top);
	check("none",
		recorder_open(NULL, false, &recorder) == 0 && !recorder &&
			recorder_close(recorder) == 0);
	check("made", recorder_open(name, false, &recorder) == 0);
	check("0600", lstat(name, &stat) == 0 && (stat.st_mode & 07777) == 0600);
	for (int i = 0; i < 70; i++) {
		sampled_next();
		recorder_add(recorder, machine.now);
	}
	recorder_log(recorder, 1, "line", 4);
	check("nothing to say", !recorder_said(recorder, said, sizeof(said)));
	check("closed", recorder_close(recorder) == 0);
	check("all of it", sampled_moments(name, &cut) == 70 && !cut);
	check("exists already", recorder_open(name, false, &recorder) == -EEXIST && !recorder);
}

/* To standard output, which is what fd says meanwhile. */
static struct recorder *record_to(int fd, bool may_wait)
{
	struct recorder *recorder = NULL;
	int before;

	fflush(stdout);
	before = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	must("standard output", before >= 0 && dup2(fd, STDOUT_FILENO) >= 0);
	must("opened", recorder_open("-", may_wait, &recorder) == 0);
	dup2(before, STDOUT_FILENO);
	close(before);
	return recorder;
}

struct reader {
	int fd;
	size_t len;
	char text[64 << 20];
};

static void *read_all(void *argument)
{
	struct reader *reader = argument;
	ssize_t n;

	while (reader->len < sizeof(reader->text) &&
		(n = read(reader->fd, reader->text + reader->len,
			 sizeof(reader->text) - reader->len)) > 0)
		reader->len += (size_t)n;
	return NULL;
}

static void add_key(struct recorder *recorder, int number)
{
	sampled_next();
	machine.now->uptime_ms += number * INT64_C(61000);
	recorder_add(recorder, machine.now);
}

static void a_slow_reader_costs_samples_but_no_time(void)
{
	static struct reader reader;
	const struct timespec nap = { .tv_nsec = 10000000 };
	struct recorder *recorder;
	pthread_t thread;
	int fds[2], added = 0, lost = 0;
	char said[200] = "";
	bool cut = true;

	must("pipe", pipe2(fds, O_CLOEXEC) == 0);
	recorder = record_to(fds[1], false);
	close(fds[1]);
	/* Each sample is a key, all of it, more than there is room for. */
	while (added < 2 + (int)((5 << 20) / (machine.now->n_tasks * 200)))
		add_key(recorder, added++);
	check("not said yet", !recorder_said(recorder, said, sizeof(said)));
	reader.fd = fds[0];
	must("thread", pthread_create(&thread, NULL, read_all, &reader) == 0);
	for (int i = 0; i < 500 && !recorder_said(recorder, said, sizeof(said)); i++) {
		nanosleep(&nap, NULL);
		add_key(recorder, added++);
	}
	check("said", sscanf(said, "--record: %d samples not recorded: the disk is", &lost) == 1);
	check("closed", recorder_close(recorder) == 0);
	pthread_join(thread, NULL);
	close(fds[0]);
	check("some are lost", lost > 0 && lost < added);
	check("all others are there",
		sampled_moments_in(reader.text, reader.len, &cut) == added - lost && !cut);
}

/* The same, waiting: with a queue that is shorter than what is written. */
static void who_may_wait_loses_nothing(void)
{
	static struct reader reader;
	struct recorder *recorder;
	pthread_t thread;
	int fds[2], added = 0;
	char said[200];
	bool cut = true;

	must("pipe", pipe2(fds, O_CLOEXEC) == 0);
	recorder = record_to(fds[1], true);
	close(fds[1]);
	reader.fd = fds[0];
	must("thread", pthread_create(&thread, NULL, read_all, &reader) == 0);
	while (added < 2 + (int)((5 << 20) / (machine.now->n_tasks * 200)))
		add_key(recorder, added++);
	check("nothing to say", !recorder_said(recorder, said, sizeof(said)));
	check("closed", recorder_close(recorder) == 0);
	pthread_join(thread, NULL);
	close(fds[0]);
	check("all are there", sampled_moments_in(reader.text, reader.len, &cut) == added && !cut);
}

static void a_full_disk_ends_it(void)
{
	const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	const struct timespec nap = { .tv_nsec = 10000000 };
	struct recorder *recorder;
	char said[200] = "";

	if (full < 0)
		return;
	recorder = record_to(full, false);
	for (int i = 0; i < 500 && !recorder_said(recorder, said, sizeof(said)); i++) {
		add_key(recorder, i);
		nanosleep(&nap, NULL);
	}
	check("said", strstr(said, "--record -: No space left on device: nothing more"));
	check("once", !recorder_said(recorder, said, sizeof(said)));
	check("and at the end", recorder_close(recorder) == -ENOSPC);
	close(full);
}

static void a_reader_that_is_gone_is_quiet(void)
{
	struct recorder *recorder;
	int fds[2];

	must("pipe", pipe2(fds, O_CLOEXEC) == 0);
	recorder = record_to(fds[1], true);
	close(fds[1]);
	close(fds[0]);
	add_key(recorder, 0);
	check("broken pipe", recorder_close(recorder) == -EPIPE);
}

int main(void)
{
	if (!folder_begin("recorder"))
		return 77;
	sampled_open();
	a_recording_has_all();
	a_slow_reader_costs_samples_but_no_time();
	who_may_wait_loses_nothing();
	a_full_disk_ends_it();
	a_reader_that_is_gone_is_quiet();
	return folder_end();
}
