/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "collect/replay_parts.h"
#include "parse/record.h"

/** Places where a pass can begin are so far apart. */
#define MARK_BYTES (1 << 20)

/** Enough for any record's first line. */
#define FIRST_BYTES 4096

/** Of one last line there are no more than so many behind each other. */
#define TOLD_TOGETHER 16

/** What the pass goes through. */
struct indexing {
	struct replay_index *index;
	struct replay_pass pass;
	int64_t head; /**< offset of the record line; -1: none that can be used */
	int64_t key;  /**< number of the last key; -1: none that what follows could build on */
	bool failed;  /**< for want of memory, in a callback */
};

/* Make room for one more; false without memory. */
static bool room_for(void *array, int64_t count, int64_t *room, size_t size)
{
	const int64_t more = *room > 0 ? *room * 2 : 64;
	void *old, *grown;

	if (count < *room)
		return true;
	memcpy(&old, array, sizeof(old));
	if (more > (int64_t)(PTRDIFF_MAX / size))
		return false;
	grown = realloc(old, (size_t)more * size);
	if (!grown)
		return false;
	memcpy(array, &grown, sizeof(grown));
	*room = more;
	return true;
}

static void note_told(struct indexing *indexing, const struct moment *moment, int64_t log_line)
{
	struct replay_index *index = indexing->index;
	struct replay_told *told;
	uint32_t nth = 0;

	if (index->n_told == UINT32_MAX ||
		!room_for(&index->told, index->n_told, &index->room_told, sizeof(*index->told))) {
		indexing->failed = true;
		return;
	}
	for (int64_t i = index->n_told - 1; i >= 0 && i >= index->n_told - TOLD_TOGETHER; i--)
		nth += index->told[i].log_line == log_line;
	told = &index->told[index->n_told++];
	*told = (struct replay_told){ *moment, log_line, nth };
}

static int64_t ms_of(int64_t us)
{
	return value_known(us) ? us / 1000 : VALUE_UNKNOWN;
}

static void on_report(const struct oom_report *report, void *context)
{
	const struct moment moment = {
		.kind = MOMENT_REPORT,
		.uptime_ms = ms_of(report->uptime_us),
		.pid = report->n_victims > 0 ? report->victims[0].pid : VALUE_UNKNOWN,
	};

	note_told(context, &moment, report->last_line);
}

static void on_kill(const struct killer_event *event, void *context)
{
	const struct moment moment = {
		.kind = MOMENT_EVENT,
		.uptime_ms = ms_of(event->uptime_us),
		.pid = event->victim.pid,
	};

	note_told(context, &moment, event->line);
}

static int note_mark(struct replay_index *index, const struct replay_mark *mark)
{
	if (index->n_marks > 0 &&
		mark->offset - index->marks[index->n_marks - 1].offset < MARK_BYTES)
		return 0;
	if (!room_for(&index->marks, index->n_marks, &index->room_marks, sizeof(*index->marks)))
		return -ENOMEM;
	index->marks[index->n_marks++] = *mark;
	return 0;
}

static int index_log(struct indexing *indexing)
{
	struct replay_mark mark = { 0 };
	int r;

	while ((r = replay_pass_block(&indexing->pass, &mark)) > 0) {
		r = note_mark(indexing->index, &mark);
		if (r < 0)
			return r;
	}
	return r;
}

static void note_bad(struct indexing *indexing)
{
	if (indexing->index->bad_line == 0)
		indexing->index->bad_line = indexing->pass.lines.numbers;
}

static int note_sample(struct indexing *indexing, const struct replay_line *line,
	const struct replay_glance *glance)
{
	struct replay_index *index = indexing->index;

	if (indexing->head < 0 || (!glance->key && indexing->key < 0)) {
		note_bad(indexing);
		return 0;
	}
	if (!room_for(&index->samples, index->n_samples, &index->room_samples,
		    sizeof(*index->samples)))
		return -ENOMEM;
	if (glance->key)
		indexing->key = index->n_samples;
	index->samples[index->n_samples++] = (struct replay_at){
		.offset = line->offset,
		.line = indexing->pass.lines.numbers,
		.log_line = indexing->pass.log_lines,
		.uptime_ms = glance->uptime_ms,
		.head = indexing->head,
		.key = indexing->key,
	};
	return 0;
}

/* What follows is told against what was told in this very file. */
static int note_head(struct indexing *indexing, const struct replay_line *line,
	const struct replay_glance *glance)
{
	struct replay_index *index = indexing->index;

	indexing->key = -1;
	indexing->head = line->offset;
	if (glance->version == RECORD_VERSION)
		return 0;
	indexing->head = -1;
	note_bad(indexing);
	if (!value_known(index->version))
		index->version = value_or(glance->version, 0);
	return index->n_samples == 0 ? -EPROTO : 0;
}

static int note_line(struct indexing *indexing, const struct replay_line *line)
{
	struct replay_glance glance;
	int r = 0;

	replay_glance(line, &glance);
	indexing->index->cut = !line->whole || glance.kind == REPLAY_LINE_BAD;
	switch (glance.kind) {
	case REPLAY_LINE_BAD:
		/* What it would have told is lacking in what follows; and the last may be cut. */
		indexing->key = -1;
		if (line->whole)
			note_bad(indexing);
		return 0;
	case REPLAY_LINE_RECORD:
		r = note_head(indexing, line, &glance);
		break;
	case REPLAY_LINE_SAMPLE:
		r = note_sample(indexing, line, &glance);
		break;
	case REPLAY_LINE_LOG:
	case REPLAY_LINE_OTHER:
		break;
	}
	return r < 0 ? r : replay_pass_line(&indexing->pass, &glance);
}

static int index_record(struct indexing *indexing)
{
	struct replay_line line;
	int r;

	while ((r = replay_lines_next(&indexing->pass.lines, &line)) > 0) {
		const struct replay_mark mark = { line.offset, indexing->pass.log_lines };

		r = note_mark(indexing->index, &mark);
		if (r == 0)
			r = note_line(indexing, &line);
		if (r < 0)
			return r;
		if (indexing->failed)
			return -ENOMEM;
	}
	return r;
}

static int compare_told(uint32_t a, uint32_t b, const void *context)
{
	const struct replay_told *told = context;

	return (told[a].log_line > told[b].log_line) - (told[a].log_line < told[b].log_line);
}

static void add_entry(struct replay_index *index, const struct moment *moment, int64_t number)
{
	index->entries[index->n_entries++] = (struct replay_entry){ *moment, number };
}

/* A report stands behind the samples that stand before its last line. */
static void merge(struct replay_index *index, const uint32_t *order)
{
	int64_t next = 0;

	for (int64_t i = 0; i < index->n_samples; i++) {
		const struct moment moment = {
			MOMENT_SAMPLE,
			index->samples[i].uptime_ms,
			VALUE_UNKNOWN,
		};

		for (; next < index->n_told &&
			index->told[order[next]].log_line <= index->samples[i].log_line;
			next++)
			add_entry(index, &index->told[order[next]].moment, order[next]);
		add_entry(index, &moment, i);
	}
	for (; next < index->n_told; next++)
		add_entry(index, &index->told[order[next]].moment, order[next]);
}

static int put_in_order(struct replay_index *index)
{
	const size_t n_told = (size_t)index->n_told;
	const size_t n = n_told + (size_t)index->n_samples;
	uint32_t *order = calloc(2 * n_told + 1, sizeof(*order));
	int error = -ENOMEM;

	index->entries = n > 0 ? calloc(n, sizeof(*index->entries)) : NULL;
	if (order && (n == 0 || index->entries)) {
		for (uint32_t i = 0; i < n_told; i++)
			order[i] = i;
		sort_indexes(order, n_told, order + n_told, compare_told, index->told);
		merge(index, order);
		error = 0;
	}
	free(order);
	return error;
}

/* By its first line; one that is cut, by how the writer begins it. */
static int is_record(const struct replay_source *source, bool *ret)
{
	static const char begins[] = "{\"type\":\"record\"";
	char bytes[FIRST_BYTES];
	const ssize_t n = replay_source_read(source, 0, bytes, sizeof(bytes));
	const char *newline = n > 0 ? memchr(bytes, '\n', (size_t)n) : NULL;
	struct replay_line line = { .text = bytes };
	struct replay_glance glance;

	if (n < 0)
		return (int)n;
	line.len = newline ? (size_t)(newline - bytes) : (size_t)n;
	replay_glance(&line, &glance);
	*ret = glance.kind == REPLAY_LINE_RECORD ||
		(line.len >= strlen(begins) && memcmp(bytes, begins, strlen(begins)) == 0);
	return 0;
}

int replay_index_make(struct replay_index *index, const struct replay_source *source)
{
	static const struct replay_mark beginning = { 0 };
	struct indexing indexing = { .index = index, .head = -1, .key = -1 };
	const struct report_listener listener = { on_report, on_kill, &indexing };
	int r;

	*index = (struct replay_index){ .version = VALUE_UNKNOWN };
	indexing.pass = (struct replay_pass){ .source = source, .listener = &listener };
	r = is_record(source, &index->record);
	if (r == 0)
		r = note_mark(index, &beginning);
	if (r == 0)
		r = replay_pass_begin(&indexing.pass, &beginning);
	if (r == 0)
		r = index->record ? index_record(&indexing) : index_log(&indexing);
	if (r == 0)
		r = replay_pass_end(&indexing.pass);
	if (r == 0 && indexing.failed)
		r = -ENOMEM;
	replay_pass_free(&indexing.pass);
	return r < 0 ? r : put_in_order(index);
}

void replay_index_free(struct replay_index *index)
{
	free(index->samples);
	free(index->told);
	free(index->marks);
	free(index->entries);
	*index = (struct replay_index){ 0 };
}
