/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/blackbox.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "analysis/kept.h"
#include "app/boxfile.h"
#include "app/filer.h"
#include "base/linering.h"
#include "base/text.h"
#include "base/value.h"
#include "parse/record.h"

/** What is dropped to make room: a group of samples that begins with a key. */
#define KEY_MS (INT64_C(60) * 1000)
#define KEY_BYTES (BLACKBOX_BYTES / 4)

/** A kill within them goes to the same file, but not for ever. */
#define AFTERMATH_MS (INT64_C(10) * 1000)
#define FILE_MS (INT64_C(120) * 1000)

/** All that is kept, and what may come before it is on the disk. */
#define QUEUE_BYTES (BLACKBOX_BYTES + BLACKBOX_BYTES / 4)

#define LEAVE_MS 2000

struct blackbox {
	struct filer *filer; /* NULL: no file is wanted */
	char dir[PATH_MAX];
	char *storage;
	struct linering ring;
	struct record_writer writer;
	struct kept kept;
	int64_t key_ms; /* uptime of the last key; VALUE_UNKNOWN: the next sample is one */
	int64_t now_ms; /* uptime of the last sample or line */

	bool filing;       /* a file is being written */
	int64_t until_ms;  /* until then */
	int64_t latest_ms; /* not beyond that */
	bool gap;          /* the file goes on with the next key */
	bool gaps;         /* there was one */
	bool waiting;      /* the next file waits for the one before, or for a sample */
	int64_t kill_ms;   /* what it is named by */

	struct text line, head;
	char line_buf[32768];
	char head_buf[4096];
};

int blackbox_new(const char *dir, struct blackbox **ret)
{
	struct blackbox *box = calloc(1, sizeof(*box));
	int r = 0;

	if (!box)
		return -ENOMEM;
	box->key_ms = box->now_ms = VALUE_UNKNOWN;
	text_init(&box->line, box->line_buf, sizeof(box->line_buf));
	text_init(&box->head, box->head_buf, sizeof(box->head_buf));
	snprintf(box->dir, sizeof(box->dir), "%s", dir);
	box->storage = filer_memory(BLACKBOX_BYTES);
	if (!box->storage) {
		free(box);
		return -ENOMEM;
	}
	linering_init(&box->ring, box->storage, BLACKBOX_BYTES);
	if (*dir)
		r = filer_new(QUEUE_BYTES, &box->filer);
	if (r < 0) {
		blackbox_free(box);
		return r;
	}
	*ret = box;
	return 0;
}

void blackbox_free(struct blackbox *box)
{
	if (!box)
		return;
	if (box->filer) {
		filer_end(box->filer);
		(void)filer_wait_end(box->filer, LEAVE_MS);
	}
	filer_free(box->filer);
	record_writer_free(&box->writer);
	munmap(box->storage, BLACKBOX_BYTES);
	free(box);
}

void blackbox_default_dir(char *buf, size_t size)
{
	/* Not of a program with file capabilities: its caller chooses the environment. */
	const char *state = secure_getenv("XDG_STATE_HOME");
	const char *home = secure_getenv("HOME");
	int len = 0;

	buf[0] = '\0';
	if (geteuid() == 0)
		len = snprintf(buf, size, "/var/log/oomwatch");
	else if (state && *state == '/')
		len = snprintf(buf, size, "%s/oomwatch", state);
	else if (home && *home == '/')
		len = snprintf(buf, size, "%s/.local/state/oomwatch", home);
	if (len < 0 || (size_t)len >= size)
		buf[0] = '\0';
}

static int open_box(struct filer_file *file)
{
	static const struct boxfile_bounds bounds = {
		.files = BLACKBOX_FILES,
		.bytes = BLACKBOX_FILES_BYTES,
		.new_bytes = QUEUE_BYTES,
	};

	return boxfile_open(file, &bounds);
}

static void put_pieces(struct blackbox *box, const char *const pieces[2], const size_t lens[2])
{
	filer_put(box->filer, pieces[0], lens[0]);
	filer_put(box->filer, pieces[1], lens[1]);
}

/* Up to the end of the first line, which is a key: less is no use. */
static size_t first_line(const char *const pieces[2], const size_t lens[2])
{
	const char *end = memchr(pieces[0], '\n', lens[0]);

	if (end)
		return (size_t)(end - pieces[0]) + 1;
	end = memchr(pieces[1], '\n', lens[1]);
	return lens[0] + (end ? (size_t)(end - pieces[1]) + 1 : lens[1]);
}

static void begin_file(struct blackbox *box)
{
	struct filer_file file = {
		.open = open_box,
		.discard = boxfile_discard,
		.release = boxfile_release,
		.fd = -1,
		.dir_fd = -1,
		.time_ms = box->kill_ms,
	};
	const char *pieces[2];
	size_t lens[2];

	if (linering_text(&box->ring, pieces, lens) == 0)
		return;
	snprintf(file.dir, sizeof(file.dir), "%s", box->dir);
	file.useful_bytes = box->head.len + first_line(pieces, lens);
	if (!filer_begin(box->filer, &file))
		return;
	box->waiting = false;
	box->filing = true;
	box->gap = box->gaps = false;
	box->until_ms = box->now_ms + AFTERMATH_MS;
	box->latest_ms = box->now_ms + FILE_MS;
	filer_put(box->filer, box->head.buf, box->head.len);
	put_pieces(box, pieces, lens);
	(void)filer_commit(box->filer);
	/* The machine may not live for the rest. */
	filer_sync(box->filer);
}

/* The newest line also to the file. */
static void pass_on(struct blackbox *box, bool key)
{
	const char *pieces[2];
	size_t lens[2];

	if (!box->filing || (box->gap && !key))
		return;
	linering_last(&box->ring, pieces, lens);
	put_pieces(box, pieces, lens);
	box->gap = !filer_commit(box->filer);
	box->gaps |= box->gap;
	if (box->gap)
		box->key_ms = VALUE_UNKNOWN;
}

static void go_on(struct blackbox *box, int64_t uptime_ms)
{
	box->now_ms = uptime_ms;
	if (box->filing && uptime_ms >= box->until_ms) {
		box->filing = false;
		filer_end(box->filer);
	}
	if (box->waiting && !box->filing)
		begin_file(box);
}

static void drain(struct text *text, void *context)
{
	struct blackbox *box = context;

	linering_put(&box->ring, text->buf, text->len);
	text_init(text, text->buf, text->size);
}

static bool wants_key(const struct blackbox *box, const struct snapshot *now)
{
	return !value_known(box->key_ms) || now->uptime_ms < box->key_ms ||
		now->uptime_ms - box->key_ms >= KEY_MS ||
		linering_group_len(&box->ring) > KEY_BYTES;
}

void blackbox_add(struct blackbox *box, const struct snapshot *now, const struct summary *summary)
{
	const struct record_sink sink = { drain, box };
	const bool key = wants_key(box, now);
	struct record_choice choice;
	int r;

	kept_choose(now, summary, &box->kept);
	choice = (struct record_choice){
		.tasks = box->kept.tasks,
		.n_tasks = box->kept.n_tasks,
		.memcgs = box->kept.memcgs,
		.n_memcgs = box->kept.n_memcgs,
	};
	if (key) {
		text_init(&box->head, box->head_buf, sizeof(box->head_buf));
		record_head(now, false, &box->head);
	}
	linering_open(&box->ring, key);
	text_init(&box->line, box->line_buf, sizeof(box->line_buf));
	r = record_sample(&box->writer, now, &choice, key, &sink, &box->line);
	drain(&box->line, box);
	if (r == 0 && linering_commit(&box->ring, now->uptime_ms)) {
		box->key_ms = key ? now->uptime_ms : box->key_ms;
		pass_on(box, key);
	} else {
		box->key_ms = VALUE_UNKNOWN;
	}
	linering_forget(&box->ring, now->uptime_ms - BLACKBOX_MS);
	go_on(box, now->uptime_ms);
}

void blackbox_log(struct blackbox *box, int64_t uptime_ms, const char *line, size_t len)
{
	text_init(&box->line, box->line_buf, sizeof(box->line_buf));
	record_log(uptime_ms, line, len, &box->line);
	if (box->line.cut)
		return;
	linering_open(&box->ring, false);
	drain(&box->line, box);
	if (linering_commit(&box->ring, 0))
		pass_on(box, false);
}

void blackbox_dump(struct blackbox *box, int64_t time_ms)
{
	if (!box->filer)
		return;
	if (box->filing && box->now_ms < box->latest_ms) {
		box->until_ms = value_min(box->now_ms + AFTERMATH_MS, box->latest_ms);
		return;
	}
	if (!box->waiting)
		box->kill_ms = time_ms;
	box->waiting = true;
	if (!box->filing)
		begin_file(box);
}

bool blackbox_said(struct blackbox *box, char *buf, size_t size, bool *ret_bad)
{
	struct filer_result result;
	struct text text;
	const char *how = "kept in ";

	if (!box->filer || !filer_take(box->filer, &result))
		return false;
	box->filing = false;
	if (result.error < 0)
		how = result.bytes > 0 && !result.discarded ? "kept in part in " : "not kept in ";
	text_init(&text, buf, size);
	text_add(&text, how);
	text_add_clean(&text, result.name, strlen(result.name));
	if (result.error < 0)
		text_fmt(&text, ": %s", result.why);
	else if (box->gaps)
		text_add(&text, ", with gaps: the disk is too slow");
	*ret_bad = result.error < 0;
	return true;
}

char *blackbox_copy(const struct blackbox *box, size_t *ret_len)
{
	const char *pieces[2];
	size_t lens[2];
	const size_t len = linering_text(&box->ring, pieces, lens);
	char *copy = malloc(box->head.len + len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, box->head.buf, box->head.len);
	memcpy(copy + box->head.len, pieces[0], lens[0]);
	memcpy(copy + box->head.len + lens[0], pieces[1], lens[1]);
	*ret_len = box->head.len + len;
	copy[*ret_len] = '\0';
	return copy;
}
