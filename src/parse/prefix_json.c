/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"
#include "parse/prefix.h"

/** The members of a line that matter, as they stand in it (escaped). */
struct json_line {
	struct span message;
	struct span host;
	struct span tag;
	struct span real_us;   /**< journal: microseconds since 1970 */
	struct span uptime_us; /**< journal: the kernel's stamp */
};

struct json_name {
	const char *name;
	size_t offset;
};

static const struct json_name names[] = {
	{ "MESSAGE", offsetof(struct json_line, message) },
	{ "log", offsetof(struct json_line, message) },
	{ "_HOSTNAME", offsetof(struct json_line, host) },
	{ "SYSLOG_IDENTIFIER", offsetof(struct json_line, tag) },
	{ "__REALTIME_TIMESTAMP", offsetof(struct json_line, real_us) },
	{ "_SOURCE_MONOTONIC_TIMESTAMP", offsetof(struct json_line, uptime_us) },
};

/* A string with its quotes, what is between them not unescaped; one that is cut ends at the
 * end. */
static bool read_string(struct scan *scan, struct span *ret)
{
	const char *start;

	scan_blanks(scan);
	if (!scan_literal(scan, "\""))
		return false;
	start = scan->at;
	while (!scan_done(scan) && *scan->at != '"')
		scan->at += *scan->at == '\\' && scan->end - scan->at > 1 ? 2 : 1;
	*ret = (struct span){ start, (size_t)(scan->at - start) };
	(void)scan_literal(scan, "\"");
	return true;
}

/* Step over a value of any kind, up to the comma behind it. */
static void skip_value(struct scan *scan)
{
	int depth = 0;

	while (!scan_done(scan)) {
		struct span string;

		if (*scan->at == '"') {
			read_string(scan, &string);
			continue;
		}
		if (*scan->at == '[' || *scan->at == '{')
			depth++;
		else if (*scan->at == ']' || *scan->at == '}')
			depth--;
		else if (*scan->at == ',' && depth <= 0)
			return;
		scan->at++;
	}
}

/* One member of the object; those that matter are kept.  False where it is cut or no JSON. */
static bool read_member(struct scan *scan, struct json_line *line)
{
	struct span key, value;

	if (!read_string(scan, &key))
		return false;
	scan_blanks(scan);
	if (!scan_literal(scan, ":"))
		return false;
	if (read_string(scan, &value)) {
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			if (span_is(key, names[i].name))
				*(struct span *)(void *)((char *)line + names[i].offset) = value;
		}
	}
	skip_value(scan);
	return true;
}

static bool read_members(struct scan scan, struct json_line *ret)
{
	*ret = (struct json_line){ .message = { scan.at, 0 } };
	scan_blanks(&scan);
	if (!scan_literal(&scan, "{"))
		return false;
	while (read_member(&scan, ret) && scan_literal(&scan, ","))
		continue;
	return ret->message.len > 0;
}

static void add_unicode(struct text *out, struct scan *scan)
{
	struct scan four = { scan->at, scan->end - scan->at > 4 ? scan->at + 4 : scan->end };
	uint64_t code;
	char utf8[4];

	if (!scan_hex(&four, &code))
		return;
	scan->at = four.at;
	if (code >= 0xD800 && code <= 0xDFFF)
		text_add(out, "?");
	else if (code > 0)
		text_add_bytes(out, utf8, utf8_put((uint32_t)code, utf8));
}

static void add_unescaped(struct text *out, struct span string)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t  ";
	struct scan scan = scan_of(string.at, string.len);

	while (!scan_done(&scan)) {
		const char byte = *scan.at++;

		if (byte != '\\' || scan_done(&scan)) {
			text_add_bytes(out, &byte, 1);
		} else if (*scan.at == 'u') {
			scan.at++;
			add_unicode(out, &scan);
		} else {
			const char *known = memchr(from, *scan.at, sizeof(from) - 1);

			text_add_bytes(out, known ? &to[known - from] : scan.at, 1);
			scan.at++;
		}
	}
}

/* Microseconds as "SECONDS.MICROS". */
static bool add_micros(struct text *out, struct span number)
{
	struct scan scan = scan_of(number.at, number.len);
	uint64_t micros;

	if (!scan_uint(&scan, &micros))
		return false;
	text_fmt(out, "%llu.%06u", (unsigned long long)(micros / 1000000),
		(unsigned)(micros % 1000000));
	return true;
}

size_t log_json_read(const char *line, size_t len, char *buf, size_t size)
{
	struct json_line json;
	struct text out;

	if (!read_members(scan_of(line, len), &json))
		return 0;

	text_init(&out, buf, size);
	/* Where the origin is known: as syslog writes it. */
	if (json.tag.len > 0) {
		if (json.real_us.len == 0 || !add_micros(&out, json.real_us))
			text_add(&out, "00:00:00");
		text_add(&out, " ");
		if (json.host.len > 0) {
			add_unescaped(&out, json.host);
			text_add(&out, " ");
		}
		add_unescaped(&out, json.tag);
		text_add(&out, ": ");
		if (json.uptime_us.len > 0) {
			text_add(&out, "[");
			add_micros(&out, json.uptime_us);
			text_add(&out, "] ");
		}
	}
	add_unescaped(&out, json.message);
	while (out.len > 0 && buf[out.len - 1] == '\n')
		buf[--out.len] = '\0';
	return out.len;
}
