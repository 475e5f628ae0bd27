/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Files that a thread writes: to the byte, to a disk that is full, to a reader that does not read.
 */
#include "app/filer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/value.h"
#include "folder.h"

static const char *in_dir(const char *name)
{
	static char path[200];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static struct filer *filer_must(size_t size)
{
	struct filer *filer = NULL;

	if (filer_new(size, &filer) < 0)
		abort();
	return filer;
}

static size_t slurp(const char *path, char *buf, size_t size)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 1;

	while (fd >= 0 && n > 0 && len < size) {
		n = read(fd, buf + len, size - len);
		len += n > 0 ? (size_t)n : 0;
	}
	close(fd);
	return len;
}

static int open_plain(struct filer_file *file)
{
	snprintf(file->name, sizeof(file->name), "%.100s/file", file->dir);
	file->fd = open(file->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return file->fd >= 0 ? 0 : -errno;
}

static void remove_plain(struct filer_file *file)
{
	unlink(file->name);
}

static struct filer_file plain_file(size_t useful_bytes)
{
	struct filer_file file = { .open = open_plain, .discard = remove_plain, .fd = -1 };

	snprintf(file.dir, sizeof(file.dir), "%s", dir);
	file.useful_bytes = useful_bytes;
	return file;
}

static void what_is_put_is_written_byte_by_byte(void)
{
	struct filer *filer = filer_must(1000);
	struct filer_file nowhere, file;
	struct filer_result result = { .error = 1 };
	static char want[200000], got[200000];
	size_t len = 0, put;

	folder_fresh(false);
	nowhere = plain_file(0);
	folder_fresh(true);
	file = plain_file(0);
	for (size_t i = 0; i < sizeof(want); i++)
		want[i] = (char)('!' + i * i % 89);
	check("begun", filer_begin(filer, &nowhere));
	check("one at a time", !filer_begin(filer, &file));
	filer_put(filer, want, 1000);
	check("put", filer_commit(filer));
	filer_end(filer);
	check("ends", filer_wait_end(filer, 5000) && filer_take(filer, &result));
	check("no such folder", result.error == -ENOENT && result.bytes == 0 && result.why[0]);
	check("is told once", !filer_take(filer, &result));
	check("the next", filer_begin(filer, &file));
	for (size_t n = 1; len < sizeof(want); len += put, n = n % 900 + 31) {
		put = n < sizeof(want) - len ? n : sizeof(want) - len;
		check("room", filer_wait_room(filer, put, 5000));
		filer_put(filer, want + len, put / 2);
		filer_put(filer, want + len + put / 2, put - put / 2);
		check("fits", filer_commit(filer));
		if (n % 10 == 0)
			filer_sync(filer);
	}
	filer_put(filer, "never", 5);
	filer_abort(filer);
	filer_end(filer);
	check("done", filer_wait_end(filer, 5000) && filer_take(filer, &result));
	check("well", result.error == 0 && result.bytes == sizeof(want) && result.why[0] == '\0');
	check("to the byte",
		slurp(in_dir("file"), got, sizeof(got)) == sizeof(want) &&
			memcmp(got, want, sizeof(want)) == 0);
	filer_free(filer);
}

/* A reader that does not read: a disk that hangs. */
static void a_full_queue_loses_whole_lines(void)
{
	struct filer *filer = filer_must(5000);
	struct filer_file file = { .dir_fd = -1 };
	struct filer_result result;
	static char got[300000];
	struct timespec before, after;
	int fds[2], lines = 0, kept = 0;
	size_t len = 0;
	ssize_t n;
	char line[100];

	check("pipe", pipe2(fds, O_CLOEXEC) == 0 && fcntl(fds[1], F_SETPIPE_SZ, 4096) == 4096);
	check("full", write(fds[1], got, 4096) == 4096);
	file.fd = fds[1];
	check("begun", filer_begin(filer, &file));
	clock_gettime(CLOCK_MONOTONIC, &before);
	for (; lines < 2000; lines++) {
		snprintf(line, sizeof(line), "%-98d\n", lines);
		filer_put(filer, line, 50);
		filer_put(filer, line + 50, 49);
		kept += filer_commit(filer);
	}
	clock_gettime(CLOCK_MONOTONIC, &after);
	check("nobody waited", after.tv_sec - before.tv_sec < 3);
	check("what fits is kept", kept == 5000 / 99);
	check("not even for the end", !filer_wait_end(filer, 50));
	check("nor for room", !filer_wait_room(filer, 5000, 50));
	check("it does not grow while in use", filer_grow(filer, 10000) == -EBUSY);
	filer_end(filer);
	check("what was there", read(fds[0], got, 4096) == 4096);
	/* The thread closes the writing end. */
	while (len < sizeof(got) && (n = read(fds[0], got + len, sizeof(got) - len)) > 0)
		len += (size_t)n;
	check("whole lines", len == (size_t)kept * 99);
	for (size_t i = 0; i < len; i += 99)
		if (got[i + 98] != '\n' || got[i] < '0' || got[i] > '9')
			check("line", false);
	check("taken", filer_wait_end(filer, 5000) && filer_take(filer, &result));
	check("without an error", result.error == 0);
	check("it grows",
		filer_grow(filer, 10000) == 0 && filer_size(filer) == 10000 &&
			filer_room(filer) == 10000);
	close(fds[0]);
	filer_free(filer);
}

static void a_thread_that_hangs_is_left_alone(void)
{
	struct filer *filer = filer_must(200000);
	struct filer_file file = { .dir_fd = -1 };
	static const char zeros[150000];
	char buf[4096];
	int fds[2];

	check("pipe", pipe2(fds, O_CLOEXEC) == 0);
	file.fd = fds[1];
	check("begun", filer_begin(filer, &file));
	filer_put(filer, zeros, sizeof(zeros));
	check("put", filer_commit(filer));
	filer_end(filer);
	check("hangs", !filer_wait_end(filer, 100));
	filer_free(filer);
	/* It comes back, and takes its memory with it: the sanitizer looks on. */
	while (read(fds[0], buf, sizeof(buf)) > 0)
		;
	close(fds[0]);
}

/* Bytes that a limit lets through stand for a disk that is full. */
static int write_limited(size_t useful_bytes, struct filer_result *result)
{
	const struct rlimit limit = { 4000, 4000 };
	struct filer *filer = filer_must(100000);
	static const char text[60000] = "x";
	const struct filer_file file = plain_file(useful_bytes);

	if (setrlimit(RLIMIT_FSIZE, &limit) < 0 || !filer_begin(filer, &file))
		return 2;
	filer_put(filer, text, sizeof(text));
	if (!filer_commit(filer))
		return 3;
	filer_sync(filer);
	while (!filer_take(filer, result))
		(void)filer_wait_end(filer, 100);
	filer_free(filer);
	return result->error == -EFBIG && result->bytes == 4000 && result->why[0] ? 0 : 4;
}

static void a_full_disk_leaves_what_is_useful(void)
{
	static const struct {
		const char *label;
		size_t useful_bytes;
		bool stays;
	} cases[] = {
		{ "all that is needed is there", 4000, true },
		{ "a byte is missing", 4001, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filer_result result = { 0 };
		int status = 1;
		pid_t child;

		folder_fresh(true);
		child = fork();
		if (child == 0) {
			const int r = write_limited(cases[i].useful_bytes, &result);

			_exit(r ? r : result.discarded == cases[i].stays);
		}
		check(cases[i].label, waitpid(child, &status, 0) == child && status == 0);
		check("file", (access(in_dir("file"), F_OK) == 0) == cases[i].stays);
	}
}

int main(void)
{
	if (!folder_begin("filer"))
		return 77;
	/* First what forks: there are no threads yet. */
	a_full_disk_leaves_what_is_useful();
	what_is_put_is_written_byte_by_byte();
	a_full_queue_loses_whole_lines();
	a_thread_that_hangs_is_left_alone();
	return folder_end();
}
