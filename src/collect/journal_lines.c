/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"
#include "collect/journal_parts.h"

#define HOST_MAX 64

/* As syslog writes it.  When the journal received it and not by the kernel's stamp, whose clock
 * drifts from the wall's by minutes in weeks. */
static void add_time(struct text *text, int64_t real_us)
{
	const time_t seconds = (time_t)(real_us / 1000000);
	struct tm tm;
	char date[48];
	long zone;

	if (real_us < 0 || !localtime_r(&seconds, &tm) ||
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm) == 0) {
		text_add(text, "1970-01-01T00:00:00Z");
		return;
	}
	zone = tm.tm_gmtoff / 60;
	text_fmt(text, "%s.%06u%c%02ld:%02ld", date, (unsigned)(real_us % 1000000),
		zone < 0 ? '-' : '+', labs(zone) / 60, labs(zone) % 60);
}

/* One word that no colon ends, whatever the journal has for a name. */
static void add_host(struct text *text, struct span host)
{
	const size_t len = host.len < HOST_MAX ? host.len : HOST_MAX;

	if (len == 0)
		return;
	text_add(text, " ");
	for (size_t i = 0; i < len; i++) {
		const char byte = host.at[i], lower = (char)(byte | 0x20);
		const bool plain = (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') ||
			byte == '.' || byte == '-';

		text_add_bytes(text, plain ? &byte : "_", 1);
	}
}

static void add_front(struct text *text, const struct journal_entry *entry)
{
	add_time(text, entry->real_us);
	add_host(text, entry->host);
	text_fmt(text, " %s", entry->tag ? entry->tag : "kernel");
	if (entry->tag && value_known(entry->pid))
		text_fmt(text, "[%" PRId64 "]", entry->pid);
	text_add(text, ": ");
	if (!entry->tag && value_known(entry->uptime_us) && entry->uptime_us >= 0)
		text_fmt(text, "[%5" PRId64 ".%06" PRId64 "] ", entry->uptime_us / 1000000,
			entry->uptime_us % 1000000);
}

/* A stamp or level behind a tag would make the line the kernel's (parse/prefix). */
static size_t harmless_start(struct span line, struct text *text)
{
	size_t at = 0;

	while (at < line.len && (line.at[at] == ' ' || line.at[at] == '\t'))
		at++;
	if (at < line.len && (line.at[at] == '[' || line.at[at] == '<')) {
		text_add(text, "?");
		return at + 1;
	}
	return at;
}

int journal_lines(const struct journal_entry *entry, journal_put *put, void *context)
{
	struct scan message = scan_of(entry->message.at, entry->message.len), one;
	char buf[JOURNAL_LINE_MAX];
	size_t front;
	struct text text;
	int r = 0;

	text_init(&text, buf, sizeof(buf) - 1);
	add_front(&text, entry);
	front = text.len;
	for (unsigned n = 0; n < JOURNAL_LINES_MAX && r == 0 && scan_line(&message, &one); n++) {
		struct span line = { one.at, (size_t)(one.end - one.at) };
		size_t start = 0;

		text_init(&text, buf + front, sizeof(buf) - 1 - front);
		if (entry->tag)
			start = harmless_start(line, &text);
		for (size_t i = start; i < line.len; i++) {
			const unsigned char byte = (unsigned char)line.at[i];
			const bool control = byte < 0x20 ? byte != '\t' : byte == 0x7f;

			text_add_bytes(&text, control ? "?" : &line.at[i], 1);
		}
		buf[front + text.len] = '\n';
		r = put(buf, front + text.len + 1, context);
	}
	return r;
}
