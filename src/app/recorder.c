/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/filer.h"
#include "base/text.h"
#include "base/value.h"
#include "parse/record.h"

#define KEY_MS (INT64_C(60) * 1000)
#define CLOSE_MS 10000

/** Of the queue: at first, and where one sample does not fit. */
#define QUEUE_BYTES ((size_t)4 << 20)
#define QUEUE_BYTES_MAX ((size_t)512 << 20)

struct recorder {
	struct filer *filer;
	char name[PATH_MAX];
	bool may_wait;
	struct record_writer writer;
	int64_t key_ms; /* uptime of the last key; VALUE_UNKNOWN: the next sample is one */
	bool begun;     /* the head is written */
	int error;      /* nothing more is written */
	bool failed;    /* that was said */
	char why[FILER_WHY_MAX];
	size_t line_bytes; /* of the sample that is being written */
	size_t need_bytes; /* of the queue, for the next one */
	uint64_t lost, lost_said;
	bool no_memory; /* that was why the last one was lost */
	struct text line;
	char line_buf[65536];
};

static int fail(const char *name, const char *why, int error)
{
	fprintf(stderr, "oomwatch: --record %s: %s\n", name, why);
	return error;
}

static int open_fd(const char *name)
{
	int fd;

	if (strcmp(name, "-") == 0)
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0600);
	return fd >= 0 ? fd : -errno;
}

int recorder_open(const char *name, bool may_wait, struct recorder **ret)
{
	struct filer_file file = { .dir_fd = -1 };
	struct recorder *recorder;
	int r;

	*ret = NULL;
	if (!name)
		return 0;
	file.fd = open_fd(name);
	if (file.fd < 0)
		return fail(
			name, file.fd == -EEXIST ? "exists already" : strerror(-file.fd), file.fd);
	recorder = calloc(1, sizeof(*recorder));
	r = recorder ? filer_new(QUEUE_BYTES, &recorder->filer) : -ENOMEM;
	if (r < 0) {
		close(file.fd);
		free(recorder);
		return fail(name, strerror(-r), r);
	}
	snprintf(file.name, sizeof(file.name), "%s", name);
	snprintf(recorder->name, sizeof(recorder->name), "%s", name);
	(void)filer_begin(recorder->filer, &file);
	recorder->may_wait = may_wait;
	recorder->key_ms = VALUE_UNKNOWN;
	*ret = recorder;
	return 0;
}

static void drain(struct text *text, void *context)
{
	struct recorder *recorder = context;

	recorder->line_bytes += text->len;
	if (recorder->may_wait)
		(void)filer_wait_room(recorder->filer, text->len, FILER_ALWAYS);
	filer_put(recorder->filer, text->buf, text->len);
	/* In parts: then no line is too long for the queue. */
	if (recorder->may_wait)
		(void)filer_commit(recorder->filer);
	text_init(text, text->buf, text->size);
}

/* Whether the file is no more: the disk is full, or the reader gone. */
static bool has_failed(struct recorder *recorder)
{
	struct filer_result result;

	if (recorder->error == 0 && filer_take(recorder->filer, &result)) {
		recorder->error = result.error;
		snprintf(recorder->why, sizeof(recorder->why), "%s", result.why);
	}
	return recorder->error < 0;
}

static void lose(struct recorder *recorder, bool no_memory)
{
	recorder->lost++;
	recorder->no_memory = no_memory;
	recorder->key_ms = VALUE_UNKNOWN;
}

/* Where a sample did not fit, room for all of it, as the next one is a key. */
static int make_room(struct recorder *recorder)
{
	if (recorder->may_wait || recorder->need_bytes == 0)
		return 0;
	if (recorder->need_bytes > filer_size(recorder->filer))
		return filer_grow(recorder->filer, recorder->need_bytes);
	return filer_room(recorder->filer) >= recorder->need_bytes ? 0 : -EBUSY;
}

static void write_sample(struct recorder *recorder, const struct snapshot *now, bool key)
{
	const struct record_sink sink = { drain, recorder };
	struct record_choice all = { 0 };
	int r;

	recorder->line_bytes = 0;
	text_init(&recorder->line, recorder->line_buf, sizeof(recorder->line_buf));
	if (!recorder->begun)
		record_head(now, true, &recorder->line);
	r = record_sample(&recorder->writer, now, &all, key, &sink, &recorder->line);
	if (r == 0)
		drain(&recorder->line, recorder);
	if (r == 0 && filer_commit(recorder->filer)) {
		recorder->begun = true;
		recorder->key_ms = key ? now->uptime_ms : recorder->key_ms;
		recorder->need_bytes = 0;
		return;
	}
	filer_abort(recorder->filer);
	lose(recorder, r < 0);
	/* Twice: while one is written the next one comes. */
	recorder->need_bytes = 2 * recorder->line_bytes;
	if (recorder->need_bytes > QUEUE_BYTES_MAX)
		recorder->need_bytes = QUEUE_BYTES_MAX;
	/* Half a line stands in the file: nothing may follow. */
	if (recorder->may_wait && recorder->line_bytes > 0) {
		recorder->error = r < 0 ? r : -ENOSPC;
		snprintf(recorder->why, sizeof(recorder->why), "%s", strerror(-recorder->error));
	}
}

void recorder_add(struct recorder *recorder, const struct snapshot *now)
{
	bool key;
	int r;

	if (!recorder || has_failed(recorder))
		return;
	r = make_room(recorder);
	if (r < 0) {
		lose(recorder, r == -ENOMEM);
		return;
	}
	key = !value_known(recorder->key_ms) || now->uptime_ms < recorder->key_ms ||
		now->uptime_ms - recorder->key_ms >= KEY_MS;
	write_sample(recorder, now, key);
}

void recorder_log(struct recorder *recorder, int64_t uptime_ms, const char *line, size_t len)
{
	if (!recorder || !recorder->begun || has_failed(recorder))
		return;
	text_init(&recorder->line, recorder->line_buf, sizeof(recorder->line_buf));
	record_log(uptime_ms, line, len, &recorder->line);
	if (recorder->line.cut)
		return;
	drain(&recorder->line, recorder);
	(void)filer_commit(recorder->filer);
}

static const char *lost_why(const struct recorder *recorder)
{
	return recorder->no_memory ? "not enough memory" : "the disk is too slow";
}

bool recorder_said(struct recorder *recorder, char *buf, size_t size)
{
	if (!recorder)
		return false;
	if (has_failed(recorder) && !recorder->failed) {
		recorder->failed = true;
		snprintf(buf, size, "--record %s: %s: nothing more is recorded", recorder->name,
			recorder->why);
		return true;
	}
	if (recorder->lost == recorder->lost_said || recorder->need_bytes > 0)
		return false;
	snprintf(buf, size, "--record: %llu samples not recorded: %s",
		(unsigned long long)(recorder->lost - recorder->lost_said), lost_why(recorder));
	recorder->lost_said = recorder->lost;
	return true;
}

static int finish(struct recorder *recorder)
{
	char words[64];

	filer_end(recorder->filer);
	if (recorder->error == 0 &&
		!filer_wait_end(recorder->filer, recorder->may_wait ? FILER_ALWAYS : CLOSE_MS))
		return fail(recorder->name, "the disk is too slow: the end is missing", -ETIMEDOUT);
	if (has_failed(recorder) && recorder->error == -EPIPE)
		return -EPIPE;
	if (recorder->error < 0)
		return fail(recorder->name, recorder->why, recorder->error);
	if (recorder->lost == 0)
		return 0;
	snprintf(words, sizeof(words), "%llu samples not recorded: %s",
		(unsigned long long)recorder->lost, lost_why(recorder));
	return fail(recorder->name, words, 0);
}

int recorder_close(struct recorder *recorder)
{
	int r;

	if (!recorder)
		return 0;
	r = finish(recorder);
	filer_free(recorder->filer);
	record_writer_free(&recorder->writer);
	free(recorder);
	return r;
}
