/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/report.h"

#include <errno.h>

#include "parse/report_parts.h"

/** Bytes that are held; of them so many for looking back. */
#define WINDOW_BYTES (256u << 10)
#define BACK_BYTES (64u << 10)

/** Lines that are read one by one around one that matters. */
#define DENSE_LINES 8

/** Lines of other origin between those of a report, when looking back. */
#define BACK_GAPS 3

struct report_parser *report_parser_new(struct arena *arena)
{
	struct report_parser *parser = arena_alloc(arena, sizeof(*parser));

	if (!parser)
		return NULL;
	parser->window = arena_alloc(arena, WINDOW_BYTES);
	if (!parser->window)
		return NULL;
	anchors_init(&parser->anchors);
	return parser;
}

void report_parser_free(struct report_parser *parser)
{
	if (!parser)
		return;
	for (size_t i = 0; i < OPEN_REPORTS; i++)
		arena_free(&parser->open[i].arena);
}

static int64_t count_lines(const char *from, const char *end)
{
	int64_t n = 0;

	for (const char *at = from; at < end; n++) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at)
			break;
		at++;
	}
	return n;
}

static size_t line_start(const struct report_parser *parser, size_t at)
{
	const char *newline = at > 0 ? memrchr(parser->window, '\n', at) : NULL;

	return newline ? (size_t)(newline - parser->window) + 1 : 0;
}

/*
 * The line that was found belongs to a report whose beginning has nothing to search for: rows
 * of the task table, Mem-Info.  Where does that begin?
 */
static size_t look_back(struct report_parser *parser, size_t found)
{
	const size_t bound = found < parser->low + BACK_BYTES ? parser->low : found - BACK_BYTES;
	size_t at = found, first = found;
	unsigned gaps = 0;

	while (at > bound && gaps <= BACK_GAPS) {
		const size_t start = line_start(parser, at - 1);
		int worth;

		if (start < bound)
			break;
		worth = report_line_worth(parser, parser->window + start, at - 1 - start);
		if (worth < 0)
			return found;
		if (worth > 0) {
			first = start;
			gaps = 0;
		} else {
			gaps++;
		}
		at = start;
	}
	return first;
}

/* Read lines one by one from where the search found something. */
static void go_to(struct report_parser *parser, size_t found)
{
	const size_t line = line_start(parser, found);
	size_t first = look_back(parser, line);
	const char *window = parser->window;

	/* Its beginning may be the line before, if it is wrapped. */
	if (first == line && line > parser->low)
		first = line_start(parser, line - 1);
	if (first < parser->low)
		first = parser->low;
	if (first >= parser->at)
		parser->line += count_lines(window + parser->at, window + first);
	else
		parser->line -= count_lines(window + first, window + parser->at);
	parser->at = first;
	report_expire(parser);
	parser->dense = DENSE_LINES + (int)count_lines(window + first, window + line);
}

static bool is_dense(struct report_parser *parser)
{
	if (parser->dense > 0 || report_waiting(parser))
		return true;
	/* What waits may be a kill line, or begin a report. */
	if (parser->is_pending) {
		report_take_flush(parser);
		return parser->dense > 0 || report_waiting(parser);
	}
	return false;
}

static void read_one(struct report_parser *parser, size_t end)
{
	const char *start = parser->window + parser->at;
	const char *newline = memchr(start, '\n', end - parser->at);
	const size_t len = newline ? (size_t)(newline - start) : end - parser->at;

	parser->at += len + (newline != NULL);
	parser->low = parser->at;
	if (parser->skipping) {
		parser->skipping = false;
		return;
	}
	if (parser->dense > 0)
		parser->dense--;
	report_take(parser, start, len);
	report_expire(parser);
}

/* Read what is complete up to end. */
static void read_window(struct report_parser *parser, size_t end)
{
	while (parser->at < end) {
		const char *start = parser->window + parser->at, *found;

		if (parser->skipping || is_dense(parser)) {
			read_one(parser, end);
			continue;
		}
		found = anchors_find(&parser->anchors, start, end - parser->at);
		if (!found) {
			parser->line += count_lines(start, parser->window + end);
			parser->at = end;
			report_expire(parser);
			break;
		}
		go_to(parser, (size_t)(found - parser->window));
	}
}

/* Make room: what was read is kept for looking back only. */
static void shift(struct report_parser *parser)
{
	const size_t keep = parser->at > BACK_BYTES ? parser->at - BACK_BYTES : 0;

	if (keep > 0) {
		memmove(parser->window, parser->window + keep, parser->len - keep);
		parser->len -= keep;
		parser->at -= keep;
		parser->low = parser->low > keep ? parser->low - keep : 0;
		/* A line that lost its beginning is none. */
		if (parser->low == 0) {
			const char *newline = memchr(parser->window, '\n', parser->at);

			parser->low = newline ? (size_t)(newline - parser->window) + 1 : parser->at;
		}
	}
	if (parser->len < WINDOW_BYTES)
		return;
	/* A line longer than the window: its beginning is all of it. */
	if (!parser->skipping) {
		const int64_t before = parser->line;

		read_window(parser, parser->len);
		if (parser->line == before)
			parser->line++;
	}
	parser->skipping = true;
	parser->len = parser->at = parser->low = 0;
}

/* A call is over: whether something was left out in it. */
static int done(struct report_parser *parser)
{
	const int rc = parser->lost ? -ENOMEM : 0;

	parser->listener = NULL;
	parser->lost = false;
	return rc;
}

int report_parser_feed(struct report_parser *parser, const char *bytes, size_t len,
	const struct report_listener *listener)
{
	parser->listener = listener;
	while (len > 0) {
		size_t room = WINDOW_BYTES - parser->len;
		const char *newline;

		if (room == 0) {
			shift(parser);
			room = WINDOW_BYTES - parser->len;
		}
		if (room > len)
			room = len;
		memcpy(parser->window + parser->len, bytes, room);
		parser->len += room;
		bytes += room;
		len -= room;
		newline = memrchr(parser->window + parser->at, '\n', parser->len - parser->at);
		if (newline)
			read_window(parser, (size_t)(newline - parser->window) + 1);
	}
	return done(parser);
}

int report_parser_settle(struct report_parser *parser, const struct report_listener *listener)
{
	parser->listener = listener;
	report_take_flush(parser);
	for (size_t i = 0; i < OPEN_REPORTS; i++) {
		if (parser->open[i].finished)
			report_close(parser, &parser->open[i]);
	}
	return done(parser);
}

int report_parser_end(struct report_parser *parser, const struct report_listener *listener)
{
	parser->listener = listener;
	read_window(parser, parser->len);
	if (parser->soft_len > 0)
		report_take(parser, "", 0);
	report_take_flush(parser);
	for (;;) {
		struct open_report *first = NULL;

		for (size_t i = 0; i < OPEN_REPORTS; i++) {
			struct open_report *open = &parser->open[i];

			if (open->used &&
				(!first || open->report.first_line < first->report.first_line))
				first = open;
		}
		if (!first)
			break;
		report_close(parser, first);
	}
	parser->len = parser->at = parser->low = 0;
	parser->line = 0;
	parser->dense = 0;
	parser->skipping = false;
	parser->sysrq_line = parser->victim_line = 0;
	parser->kubelet_memory = false;
	parser->release[0] = '\0';
	return done(parser);
}
