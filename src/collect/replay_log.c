/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collect/replay_members.h"

/** Fed of a plain log at once. */
#define BLOCK_BYTES ((size_t)256 << 10)

/** A sample so long after the last line says that the log was quiet. */
#define QUIET_MS 2000

/** Newlines that stand for lines that are not read again. */
#define PADDING 65536

static void glance_member(
	struct span name, struct span value, struct span *type, struct replay_glance *ret)
{
	if (span_is(name, "type"))
		*type = value;
	else if (span_is(name, "key"))
		ret->key = span_is(value, "true");
	else if (span_is(name, "uptime_ms"))
		(void)replay_json_int(value, 0, INT64_MAX / 1000000, &ret->uptime_ms);
	else if (span_is(name, "version"))
		(void)replay_json_int(value, 0, INT64_MAX, &ret->version);
	else if (span_is(name, "line"))
		ret->line = value;
}

static enum replay_line_kind kind_of(struct span type, const struct replay_glance *glance)
{
	if (type.len == 0 || *type.at != '"')
		return REPLAY_LINE_BAD;
	if (span_is(type, "\"record\""))
		return REPLAY_LINE_RECORD;
	if (span_is(type, "\"sample\""))
		return REPLAY_LINE_SAMPLE;
	if (!span_is(type, "\"log\""))
		return REPLAY_LINE_OTHER;
	return glance->line.len > 0 && *glance->line.at == '"' ? REPLAY_LINE_LOG : REPLAY_LINE_BAD;
}

void replay_glance(const struct replay_line *line, struct replay_glance *ret)
{
	const struct span text = { line->text, line->len };
	struct span type = { "", 0 }, name, value;
	struct replay_json json;
	int r;

	*ret = (struct replay_glance){ .uptime_ms = VALUE_UNKNOWN, .version = VALUE_UNKNOWN };
	if (line->len == 0) {
		ret->kind = REPLAY_LINE_OTHER;
		return;
	}
	r = replay_json_begin(text, '{', &json);
	if (r < 0)
		return;
	while ((r = replay_json_member(&json, &name, &value)) > 0)
		glance_member(name, value, &type, ret);
	if (r == 0)
		ret->kind = kind_of(type, ret);
}

/* So that lines have the numbers that they would have if all before them were read. */
static int feed_padding(struct replay_pass *pass, int64_t lines)
{
	char *newlines = lines > 0 ? malloc(PADDING) : NULL;

	if (lines > 0 && !newlines)
		return -ENOMEM;
	if (newlines)
		memset(newlines, '\n', PADDING);
	while (lines > 0) {
		const int64_t n = lines < PADDING ? lines : PADDING;

		report_parser_feed(pass->parser, newlines, (size_t)n, pass->listener);
		lines -= n;
	}
	free(newlines);
	return 0;
}

int replay_pass_begin(struct replay_pass *pass, const struct replay_mark *mark)
{
	pass->lines.source = pass->source;
	replay_lines_seek(&pass->lines, mark->offset);
	pass->log_lines = mark->log_line;
	pass->log_uptime_ms = VALUE_UNKNOWN;
	pass->parser = report_parser_new(&pass->arena);
	if (!pass->parser)
		return -ENOMEM;
	return feed_padding(pass, mark->log_line);
}

static void feed(struct replay_pass *pass, const char *bytes, size_t len)
{
	if (report_parser_feed(pass->parser, bytes, len, pass->listener) < 0)
		pass->lost = true;
}

static void note_lines(
	struct replay_pass *pass, const char *bytes, size_t len, struct replay_mark *mark)
{
	for (const char *at = bytes, *end = bytes + len;;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		if (!newline)
			break;
		at = newline + 1;
		pass->log_lines++;
		mark->offset = pass->lines.offset + (at - bytes);
		mark->log_line = pass->log_lines;
	}
}

int replay_pass_block(struct replay_pass *pass, struct replay_mark *mark)
{
	struct replay_lines *lines = &pass->lines;
	ssize_t n;

	if (!lines->buf) {
		lines->buf = malloc(BLOCK_BYTES);
		if (!lines->buf)
			return -ENOMEM;
		lines->room = BLOCK_BYTES;
	}
	n = replay_source_read(pass->source, lines->offset, lines->buf, lines->room);
	if (n <= 0)
		return (int)n;
	note_lines(pass, lines->buf, (size_t)n, mark);
	lines->offset += n;
	feed(pass, lines->buf, (size_t)n);
	return 1;
}

static void settle(struct replay_pass *pass)
{
	if (report_parser_settle(pass->parser, pass->listener) < 0)
		pass->lost = true;
	pass->unsettled = false;
}

/* A record has a log line to a line, whatever is in it. */
static void feed_log(struct replay_pass *pass, const char *text, size_t len)
{
	while (len > 0) {
		const char *newline = memchr(text, '\n', len);
		const size_t n = newline ? (size_t)(newline - text) : len;

		feed(pass, text, n);
		text += n;
		len -= n;
		if (newline) {
			feed(pass, " ", 1);
			text++;
			len--;
		}
	}
	feed(pass, "\n", 1);
	pass->log_lines++;
}

static int take_log(struct replay_pass *pass, const struct replay_glance *glance)
{
	json_t *line = NULL;

	if (replay_parse(glance->line, JSON_DECODE_ANY | JSON_ALLOW_NUL, &line) == -ENOMEM)
		return -ENOMEM;
	/* What is no line is one all the same, so that the count is right. */
	feed_log(pass, line ? json_string_value(line) : "", line ? json_string_length(line) : 0);
	json_decref(line);
	pass->log_uptime_ms = glance->uptime_ms;
	pass->unsettled = true;
	return 0;
}

int replay_pass_line(struct replay_pass *pass, const struct replay_glance *glance)
{
	if (glance->kind == REPLAY_LINE_LOG)
		return take_log(pass, glance);
	if (glance->kind == REPLAY_LINE_SAMPLE && pass->unsettled &&
		value_known(glance->uptime_ms) && value_known(pass->log_uptime_ms) &&
		glance->uptime_ms - pass->log_uptime_ms > QUIET_MS)
		settle(pass);
	return 0;
}

int replay_pass_end(struct replay_pass *pass)
{
	if (report_parser_end(pass->parser, pass->listener) < 0)
		pass->lost = true;
	return 0;
}

void replay_pass_free(struct replay_pass *pass)
{
	report_parser_free(pass->parser);
	arena_free(&pass->arena);
	replay_lines_free(&pass->lines);
}
