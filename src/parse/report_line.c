/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/prefix_time.h"
#include "parse/report_parts.h"

/** Lines of quoted-printable are at most 76 bytes long, quote marks not counted (RFC 2045). */
#define SOFT_BREAK_MIN 60
#define SOFT_BREAK_MAX 80

/* Tags of forums that people mark lines with. */
static const char *const forum_tags[] = {
	"COLOR",
	"SIZE",
	"FONT",
	"CODE",
	"QUOTE",
	"B",
	"I",
	"U",
	"ICODE",
	"HIGHLIGHT",
};

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return -1;
}

/* "=3D", or "\x0a" with another introduction, as a byte; -1 if it is none. */
static int hex_byte(const char *at, const char *end)
{
	int high, low;

	if (end - at < 2)
		return -1;
	high = hex_digit(at[0]);
	low = hex_digit(at[1]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* Replace INTRODUCTION and two hexadecimal digits by the byte; in place. */
static size_t unescape(char *text, size_t len, const char *introduction)
{
	const size_t skip = strlen(introduction);
	const char *end = text + len;
	char *to = text;

	for (const char *at = text; at < end; at++) {
		int byte = -1;

		if ((size_t)(end - at) > skip && memcmp(at, introduction, skip) == 0)
			byte = hex_byte(at + skip, end);
		if (byte > 0) {
			*to++ = (char)byte;
			at += skip + 1;
		} else {
			*to++ = *at;
		}
	}
	*to = '\0';
	return (size_t)(to - text);
}

/* The length of a forum's tag that stands here: "[COLOR="Red"]", "[/B]"; 0 if none. */
static size_t forum_tag(struct scan text)
{
	const char *start = text.at;
	struct span inside, name;
	struct scan scan;

	if (!scan_literal(&text, "[") || !scan_until(&text, ']', &inside) || inside.len > 32)
		return 0;
	scan = scan_of(inside.at, inside.len);
	(void)scan_literal(&scan, "/");
	if (!scan_until(&scan, '=', &name))
		name = (struct span){ scan.at, (size_t)(scan.end - scan.at) };
	for (size_t i = 0; i < ARRAY_SIZE(forum_tags); i++) {
		if (span_is(name, forum_tags[i]))
			return (size_t)(text.at - start);
	}
	return 0;
}

static size_t drop_forum_tags(char *text, size_t len)
{
	const char *end = text + len;
	char *to = text;

	for (const char *at = text; at < end;) {
		const size_t tag = *at == '[' ? forum_tag(scan_of(at, (size_t)(end - at))) : 0;

		at += tag;
		if (tag == 0)
			*to++ = *at++;
	}
	*to = '\0';
	return (size_t)(to - text);
}

/* syslog's "#012" for a newline, where it does so; in place. */
static size_t undo_octal(char *text, size_t len)
{
	const char *end = text + len;
	char *to = text;

	for (const char *at = text; at < end;) {
		if (end - at >= 4 && memcmp(at, "#01", 3) == 0 && (at[3] == '1' || at[3] == '2')) {
			*to++ = at[3] == '1' ? '\t' : '\n';
			at += 4;
		} else if (end - at >= 3 && memcmp(at, "\\n ", 3) == 0) {
			*to++ = '\n';
			at += 2;
		} else {
			*to++ = *at++;
		}
	}
	*to = '\0';
	return (size_t)(to - text);
}

/* A mailer's no-break spaces are blanks; in place. */
static size_t plain_blanks(char *text, size_t len)
{
	static const char no_break[] = "\xc2\xa0";
	const char *end = text + len;
	char *to = text;

	for (const char *at = text; at < end; at++) {
		*to = *at;
		if (end - at >= 2 && memcmp(at, no_break, 2) == 0) {
			*to = ' ';
			at++;
		}
		to++;
	}
	*to = '\0';
	return (size_t)(to - text);
}

/* Take back what mailers and forums did to the bytes; in place. */
static size_t clean(char *text, size_t len)
{
	const struct scan scan = scan_of(text, len);

	if (report_has(scan, "=3D"))
		len = unescape(text, len, "=");
	if (report_has(scan_of(text, len), "[/") || report_has(scan_of(text, len), "[COLOR"))
		len = drop_forum_tags(text, len);
	if (memchr(text, 0xa0, len))
		len = plain_blanks(text, len);
	if (memchr(text, '#', len) || memchr(text, '\\', len))
		len = undo_octal(text, len);
	return len;
}

static struct span hold(struct span span, char *buf, size_t size)
{
	span_copy(span, buf, size);
	return (struct span){ buf, strlen(buf) };
}

static void set_line(struct report_parser *parser, struct report_line *line,
	const struct log_line *read, struct scan text, bool later_piece)
{
	const size_t len = (size_t)(text.end - text.at);

	line->number = line->last = parser->line;
	line->uptime_us = read->uptime_us;
	line->caller = read->caller;
	line->quotes = read->quotes;
	line->stamped = read->stamped || later_piece;
	line->kernel = read->kernel;
	line->foreign = log_line_foreign(read);
	line->pieces = later_piece;
	line->time = hold(read->time, line->time_text, sizeof(line->time_text));
	line->host = hold(read->host, line->host_text, sizeof(line->host_text));
	line->tag = hold(read->tag, line->tag_text, sizeof(line->tag_text));
	line->len = len;
	memcpy(line->text, text.at, len);
	line->text[len] = '\0';
	line->kind = line->foreign ? LINE_OTHER : report_line_kind(text, line->stamped);
}

/* The waiting line has a prefix and no text: somebody broke the line behind the prefix. */
static void inherit(struct report_line *next, const struct report_line *empty)
{
	const size_t columns = next->columns + empty->columns;

	next->number = empty->number;
	next->uptime_us = empty->uptime_us;
	next->caller = empty->caller;
	next->kernel = empty->kernel;
	next->stamped = true;
	next->columns = columns;
	next->time = hold(empty->time, next->time_text, sizeof(next->time_text));
	next->host = hold(empty->host, next->host_text, sizeof(next->host_text));
	next->tag = hold(empty->tag, next->tag_text, sizeof(next->tag_text));
	next->foreign = empty->foreign;
	if (next->foreign)
		next->kind = LINE_OTHER;
}

static void copy_line(struct report_line *to, const struct report_line *from)
{
	memcpy(to, from, offsetof(struct report_line, text));
	memcpy(to->text, from->text, from->len + 1);
	memcpy(to->time_text, from->time_text, sizeof(to->time_text));
	memcpy(to->host_text, from->host_text, sizeof(to->host_text));
	memcpy(to->tag_text, from->tag_text, sizeof(to->tag_text));
	to->time.at = to->time_text;
	to->host.at = to->host_text;
	to->tag.at = to->tag_text;
}

void report_take_flush(struct report_parser *parser)
{
	if (!parser->is_pending)
		return;
	parser->is_pending = false;
	report_handle(parser, &parser->pending);
}

static void take_piece(struct report_parser *parser)
{
	struct report_line *next = &parser->next;

	if (parser->is_pending) {
		const struct report_line *pending = &parser->pending;

		if (report_join(&parser->pending, next))
			return;
		if (pending->kind == LINE_EMPTY && pending->stamped && !next->stamped &&
			next->len > 0 && next->quotes == pending->quotes)
			inherit(next, pending);
	}
	report_take_flush(parser);
	copy_line(&parser->pending, next);
	parser->is_pending = true;
}

/* One line of the log, cleaned: each line of the record that it holds. */
static void take_record(struct report_parser *parser, char *text, size_t len)
{
	struct scan rest, piece;
	struct log_line read;
	bool later = false;

	log_line_read(text, len, &read);
	if (read.escaped && memchr(text, '\\', len)) {
		const size_t prefix = (size_t)(read.text.at - text);

		len = prefix + unescape(text + prefix, len - prefix, "\\x");
		read.text.end = text + len;
	}
	rest = read.text;
	do {
		if (!scan_line(&rest, &piece))
			piece = rest;
		scan_blanks(&piece);
		parser->next.columns = later ? (size_t)(piece.end - piece.at) : len;
		set_line(parser, &parser->next, &read, piece, later);
		take_piece(parser);
		later = true;
	} while (!scan_done(&rest));
}

/* Quoted-printable breaks long lines with a "=" at the end. */
static bool is_soft_break(const char *line, size_t len)
{
	return len >= SOFT_BREAK_MIN && len <= SOFT_BREAK_MAX && line[len - 1] == '=' &&
		line[len - 2] != '=';
}

/* Where on a console the kernel's words begin behind those of a program, whose "\r\n" the kernel
 * came in the middle of; NULL: nowhere.  A logger's line of a program is that program's. */
static const char *console_break(const char *line, size_t len)
{
	const char *end = line + len;

	for (const char *at = memchr(line, '\r', len); at;
		at = memchr(at + 1, '\r', (size_t)(end - at - 1))) {
		struct scan scan = scan_of(at + 1, (size_t)(end - at - 1));
		struct log_line read;
		int64_t uptime_us;

		if (!prefix_uptime(&scan, &uptime_us))
			continue;
		log_line_read(line, (size_t)(at - line), &read);
		return log_line_foreign(&read) ? NULL : at;
	}
	return NULL;
}

static void take_line(struct report_parser *parser, const char *line, size_t len)
{
	size_t room;

	/* The line as a whole, where it came in pieces. */
	room = REPORT_LINE_MAX - parser->soft_len;
	if (is_soft_break(line, len) && len - 1 < room) {
		memcpy(parser->soft + parser->soft_len, line, len - 1);
		parser->soft_len += len - 1;
		return;
	}
	if (len > room)
		len = room;
	memcpy(parser->soft + parser->soft_len, line, len);
	len += parser->soft_len;
	parser->soft_len = 0;
	parser->soft[len] = '\0';

	if (len > 0 && parser->soft[0] == '{') {
		const size_t json =
			log_json_read(parser->soft, len, parser->scratch, sizeof(parser->scratch));

		if (json > 0) {
			memcpy(parser->soft, parser->scratch, json + 1);
			len = json;
		}
	}
	len = clean(parser->soft, len);
	take_record(parser, parser->soft, len);
}

void report_take(struct report_parser *parser, const char *line, size_t len)
{
	const char *at;

	if (len > 0 && line[len - 1] == '\r')
		len--;
	parser->line++;
	while ((at = console_break(line, len))) {
		take_line(parser, line, (size_t)(at - line));
		len -= (size_t)(at + 1 - line);
		line = at + 1;
	}
	take_line(parser, line, len);
}

int report_line_worth(struct report_parser *parser, const char *line, size_t len)
{
	struct log_line read;
	enum line_kind kind;

	if (len > REPORT_LINE_MAX)
		return 0;
	memcpy(parser->scratch, line, len);
	parser->scratch[len] = '\0';
	len = clean(parser->scratch, len);
	log_line_read(parser->scratch, len, &read);
	if (log_line_foreign(&read))
		return 0;
	kind = report_line_kind(read.text, read.stamped);
	if (kind == LINE_ALLOC_FAILED)
		return -1;
	/* Lines of lists are anything's; what has no prefix may be the rest of a line. */
	return kind != LINE_OTHER && kind != LINE_EMPTY && kind != LINE_ELISION &&
		kind != LINE_STAT;
}
