/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "collect/replay_parts.h"
#include "parse/record.h"

/** A report is read with so many marks before it: what came before may tell its kernel. */
#define MARKS_BEFORE 32

/** Of a file's name in a message. */
#define NAME_BYTES 256

struct replay {
	struct replay_source source;
	struct replay_index index;
	struct replay_lines lines;
	struct replay_state *state;
	int64_t shown; /**< number of the sample that the state is of; -1: none */
	char name[NAME_BYTES];
	char damage[NAME_BYTES + 128];
};

/* Whether it begins as gzip, xz, zstd and bzip2 files do. */
static bool is_packed(const struct replay_source *source)
{
	static const char *const begins[] = { "\x1f\x8b", "\xfd\x37zXZ", "\x28\xb5\x2f\xfd",
		"BZh" };
	char bytes[8];
	const ssize_t n = replay_source_read(source, 0, bytes, sizeof(bytes));

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
		if (n >= (ssize_t)strlen(begins[i]) &&
			memcmp(bytes, begins[i], strlen(begins[i])) == 0)
			return true;
	}
	return false;
}

static int say_nothing_found(const struct replay *replay, struct text *text)
{
	const struct replay_index *index = &replay->index;

	if (index->record && index->bad_line > 0) {
		text_fmt(text, "%s:%lld: no sample that can be used", replay->name,
			(long long)index->bad_line);
		return -EBADMSG;
	}
	text_add(text, replay->name);
	if (index->record)
		text_add(text, ": a record without samples");
	else if (is_packed(&replay->source))
		text_add(text, ": it is compressed: unpack it first");
	else
		text_add(text, ": expected a record (--record), or a log with OOM reports");
	return -ENODATA;
}

static int say(const struct replay *replay, int error, struct text *text)
{
	const struct replay_index *index = &replay->index;

	switch (error) {
	case -ENODATA:
		return say_nothing_found(replay, text);
	case -EPROTO:
		text_fmt(text, "%s: record version %lld; this oomwatch reads %d", replay->name,
			(long long)index->version, RECORD_VERSION);
		break;
	case -EFBIG:
		text_fmt(text, "%s: a line is longer than %u MiB", replay->name,
			REPLAY_LINE_MAX >> 20);
		break;
	case -ENOMEM:
		text_fmt(text, "%s: not enough memory", replay->name);
		break;
	default:
		text_fmt(text, "%s: %s", replay->name, strerror(-error));
	}
	return error;
}

static int replay_new(const char *name, struct replay **ret)
{
	const char *shown = strcmp(name, "-") == 0 ? "standard input" : name;
	struct replay *replay = calloc(1, sizeof(*replay));
	struct text text;

	if (!replay)
		return -ENOMEM;
	text_init(&text, replay->name, sizeof(replay->name));
	text_add_clean(&text, shown, strlen(shown));
	replay->source.fd = -1;
	replay->shown = -1;
	replay->lines.source = &replay->source;
	replay->state = replay_state_new();
	if (!replay->state) {
		free(replay);
		return -ENOMEM;
	}
	*ret = replay;
	return 0;
}

/* Its source is open, or not for an error. */
static int finish_open(struct replay *replay, int error, struct replay **ret, struct text *text)
{
	if (error == 0)
		error = replay_index_make(&replay->index, &replay->source);
	if (error == 0 && replay->index.n_entries == 0)
		error = -ENODATA;
	if (error < 0) {
		error = say(replay, error, text);
		replay_close(replay);
		return error;
	}
	*ret = replay;
	return 0;
}

/* NULL without memory, which is said. */
static struct replay *begin(const char *name, struct text *text)
{
	struct replay *replay;

	if (replay_new(name, &replay) == 0)
		return replay;
	text_add(text, "not enough memory");
	return NULL;
}

int replay_open(const char *name, struct replay **ret, char *error, size_t size)
{
	struct replay *replay;
	struct text text;

	text_init(&text, error, size);
	replay = begin(name, &text);
	if (!replay)
		return -ENOMEM;
	return finish_open(replay, replay_source_open(&replay->source, name), ret, &text);
}

int replay_open_memory(const char *name, const char *bytes, size_t len, struct replay **ret,
	char *error, size_t size)
{
	struct replay *replay;
	struct text text;

	text_init(&text, error, size);
	replay = begin(name, &text);
	if (!replay)
		return -ENOMEM;
	replay->source.memory = bytes;
	replay->source.size = (int64_t)len;
	return finish_open(replay, 0, ret, &text);
}

void replay_close(struct replay *replay)
{
	if (!replay)
		return;
	replay_index_free(&replay->index);
	replay_lines_free(&replay->lines);
	replay_state_free(replay->state);
	replay_source_close(&replay->source);
	free(replay);
}

int64_t replay_count(const struct replay *replay)
{
	return replay->index.n_entries;
}

const struct moment *replay_moment(const struct replay *replay, int64_t number)
{
	return &replay->index.entries[number].moment;
}

bool replay_is_cut(const struct replay *replay)
{
	return replay->index.cut;
}

const char *replay_damage(const struct replay *replay)
{
	return replay->damage;
}

/* ---- samples ---- */

static int note_damage(struct replay *replay, int64_t line, const char *why)
{
	struct text text;

	text_init(&text, replay->damage, sizeof(replay->damage));
	text_fmt(&text, "%s:%lld: %s", replay->name, (long long)line, why);
	return -EBADMSG;
}

static int line_at(struct replay *replay, int64_t offset, struct span *ret)
{
	struct replay_line line;
	int r;

	replay_lines_seek(&replay->lines, offset);
	r = replay_lines_next(&replay->lines, &line);
	if (r <= 0)
		return r;
	*ret = (struct span){ line.text, line.len };
	return 1;
}

typedef int (*take_line)(struct replay_state *state, struct span line);

static int take(struct replay *replay, const struct replay_at *at, int64_t offset, take_line how)
{
	struct span line;
	int r = line_at(replay, offset, &line);

	if (r == 0)
		return note_damage(replay, at->line, "the file has become shorter");
	if (r > 0)
		r = how(replay->state, line);
	return r == -EBADMSG ? note_damage(replay, at->line, replay_state_why(replay->state)) : r;
}

/* Of the state that is there, or from the key on. */
static int take_sample(struct replay *replay, int64_t number)
{
	const struct replay_at *at = &replay->index.samples[number];
	int error = 0;

	if (at->key == number)
		error = take(replay, at, at->head, replay_state_head);
	if (error == 0)
		error = take(replay, at, at->offset, replay_state_sample);
	if (error == 0)
		replay->shown = number;
	return error;
}

static int read_sample(struct replay *replay, int64_t number, struct snapshot *ret)
{
	const struct replay_at *at = &replay->index.samples[number];
	int64_t next = replay->shown + 1;
	int error = 0;

	if (replay->shown < at->key || replay->shown > number)
		next = at->key;
	for (; next <= number && error == 0; next++) {
		replay->shown = -1;
		error = take_sample(replay, next);
	}
	if (error == 0)
		error = replay_state_show(replay->state, ret);
	if (error < 0)
		return error;
	ret->tick = number + 1;
	return 0;
}

/* ---- reports ---- */

/** Looks for one among all that is told. */
struct search {
	const struct replay_told *wanted;
	const struct report_listener *listener;
	uint32_t passed; /**< of its last line */
	bool found;
};

static bool is_wanted(struct search *search, enum moment_kind kind, int64_t log_line)
{
	if (search->found || log_line != search->wanted->log_line)
		return false;
	search->found =
		search->passed++ == search->wanted->nth && kind == search->wanted->moment.kind;
	return search->found;
}

static void on_report(const struct oom_report *report, void *context)
{
	struct search *search = context;

	if (is_wanted(search, MOMENT_REPORT, report->last_line))
		search->listener->report(report, search->listener->context);
}

static void on_kill(const struct killer_event *event, void *context)
{
	struct search *search = context;

	if (is_wanted(search, MOMENT_EVENT, event->line) && search->listener->kill)
		search->listener->kill(event, search->listener->context);
}

/* The next piece of the log: 1, 0 at the end, -errno. */
static int step(struct replay_pass *pass)
{
	struct replay_glance glance;
	struct replay_mark mark;
	struct replay_line line;
	int r;

	if (!pass->record)
		return replay_pass_block(pass, &mark);
	r = replay_lines_next(&pass->lines, &line);
	if (r <= 0)
		return r;
	replay_glance(&line, &glance);
	r = replay_pass_line(pass, &glance);
	return r < 0 ? r : 1;
}

static int search_from(
	const struct replay *replay, const struct replay_mark *mark, struct search *search)
{
	const struct report_listener listener = { on_report, on_kill, search };
	struct replay_pass pass = {
		.source = &replay->source,
		.record = replay->index.record,
		.listener = &listener,
	};
	int r = replay_pass_begin(&pass, mark);

	search->passed = 0;
	if (r == 0)
		do
			r = step(&pass);
		while (r > 0 && !search->found);
	if (r == 0 && !search->found)
		replay_pass_end(&pass);
	if (r >= 0 && pass.lost)
		r = -ENOMEM;
	replay_pass_free(&pass);
	return r < 0 ? r : 0;
}

static int read_told(struct replay *replay, int64_t number, const struct report_listener *listener)
{
	const struct replay_index *index = &replay->index;
	struct search search = { .wanted = &index->told[number], .listener = listener };
	int64_t mark = index->n_marks - 1;
	int error;

	while (mark > 0 && index->marks[mark].log_line >= search.wanted->log_line)
		mark--;
	mark = value_max(mark - MARKS_BEFORE, 0);
	error = search_from(replay, &index->marks[mark], &search);
	if (error == 0 && !search.found && mark > 0)
		error = search_from(replay, &index->marks[0], &search);
	return error == 0 && !search.found ? -EBADMSG : error;
}

int replay_read(struct replay *replay, int64_t number, struct snapshot *ret,
	const struct report_listener *listener)
{
	const struct replay_entry *entry = &replay->index.entries[number];

	replay->damage[0] = '\0';
	return entry->moment.kind == MOMENT_SAMPLE ? read_sample(replay, entry->number, ret)
						   : read_told(replay, entry->number, listener);
}
