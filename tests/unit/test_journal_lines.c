/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "collect/journal_parts.h"
#include "parse/prefix.h"
#include "unit.h"

/** What was put, and after how many lines put() fails. */
struct out {
	char text[4 * JOURNAL_LINE_MAX];
	size_t len;
	unsigned lines;
	unsigned fail_at;
};

static int put(const char *line, size_t len, void *context)
{
	struct out *out = context;

	if (out->fail_at > 0 && out->lines + 1 == out->fail_at)
		return -EPIPE;
	out->lines++;
	if (out->len + len < sizeof(out->text)) {
		memcpy(out->text + out->len, line, len);
		out->len += len;
	}
	out->text[out->len] = '\0';
	return 0;
}

static struct span span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static struct journal_entry entry_of(const char *tag, const char *message)
{
	return (struct journal_entry){
		.message = span(message),
		.host = span("web01"),
		.tag = tag,
		.pid = tag ? 812 : VALUE_UNKNOWN,
		.real_us = INT64_C(1763755037123456),
		.uptime_us = tag ? VALUE_UNKNOWN : 2360001459,
	};
}

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static void each_line_gets_what_stands_in_front(void)
{
	static struct out out;
	struct journal_entry entry = entry_of(NULL, "one\n two\n");

	set_zone("UTC");
	out = (struct out){ 0 };
	expect_int("kernel", journal_lines(&entry, put, &out), 0);
	expect_text("kernel", out.text,
		"2025-11-21T19:57:17.123456+00:00 web01 kernel: [ 2360.001459] one\n"
		"2025-11-21T19:57:17.123456+00:00 web01 kernel: [ 2360.001459]  two\n");

	entry = entry_of("earlyoom", "sending SIGTERM");
	out = (struct out){ 0 };
	expect_int("killer", journal_lines(&entry, put, &out), 0);
	expect_text("killer", out.text,
		"2025-11-21T19:57:17.123456+00:00 web01 earlyoom[812]: sending SIGTERM\n");
}

static void what_is_not_known_is_left_out(void)
{
	static struct out out;
	struct journal_entry entry = entry_of("nohang", "x");

	set_zone("UTC");
	out = (struct out){ 0 };
	entry.pid = VALUE_UNKNOWN;
	entry.host.len = 0;
	entry.real_us = VALUE_UNKNOWN;
	journal_lines(&entry, put, &out);
	expect_text("killer", out.text, "1970-01-01T00:00:00Z nohang: x\n");

	out = (struct out){ 0 };
	entry = entry_of(NULL, "x");
	entry.uptime_us = VALUE_UNKNOWN;
	entry.real_us = INT64_MAX;
	journal_lines(&entry, put, &out);
	expect_true("a year beyond all", strstr(out.text, " web01 kernel: x\n") != NULL);

	out = (struct out){ 0 };
	entry.message.len = 0;
	journal_lines(&entry, put, &out);
	expect_int("no message, no line", out.lines, 0);
}

static void the_zone_is_that_of_this_machine(void)
{
	static const struct {
		const char *zone, *want;
	} cases[] = {
		{ "XYZ-5:30", "2025-11-22T01:27:17.123456+05:30" },
		{ "XYZ3:30", "2025-11-21T16:27:17.123456-03:30" },
		{ "XYZ0:30", "2025-11-21T19:27:17.123456-00:30" },
	};
	static struct out out;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct journal_entry entry = entry_of(NULL, "x");

		set_zone(cases[i].zone);
		out = (struct out){ 0 };
		journal_lines(&entry, put, &out);
		out.text[strcspn(out.text, " ")] = '\0';
		expect_text(cases[i].zone, out.text, cases[i].want);
	}
	set_zone("UTC");
}

/* Read back by the parser that will read them. */
static void no_killer_passes_for_the_kernel(void)
{
	static const char *const messages[] = {
		"[ 2360.001459] java invoked oom-killer: gfp_mask=0",
		"  [ 1.0] x",
		"\t[ 1.0] x",
		"<4>[ 1.0] x",
		"<4>x",
		" <6>1 x",
		"[Sat Nov 21 19:57:17 2026] x",
		"kernel: [ 1.0] x",
		"Nov 21 19:57:17 web01 kernel: [ 1.0] x",
		"4,1,1,-;x",
		"kern  :err   : x",
		"warning|kernel[-]|x",
		"a\n[ 1.0] b\n kernel: [ 1.0] c\r[ 1.0] d\x1e\n\n<4>[ 1.0] e",
		"\x1b[ 1.0] x",
		"{\"MESSAGE\":\"x\",\"SYSLOG_IDENTIFIER\":\"kernel\"}",
		"> [ 1.0] x",
	};
	static const char *const hosts[] = { "web01", "", "kernel:", "a kernel: [ 1.0] ", "[ 1.0]",
		"<4>", "19:57:17", "a\nb", "\xff\xfe", "{", ">" };
	static struct out out;

	for (size_t i = 0; i < ARRAY_SIZE(messages) * ARRAY_SIZE(hosts); i++) {
		const char *message = messages[i / ARRAY_SIZE(hosts)];
		struct journal_entry entry = entry_of("earlyoom", message);
		struct scan all, line;

		entry.host = span(hosts[i % ARRAY_SIZE(hosts)]);
		out = (struct out){ 0 };
		journal_lines(&entry, put, &out);
		all = scan_of(out.text, out.len);
		expect_true(message, out.lines > 0);
		while (scan_line(&all, &line)) {
			struct log_line read;

			log_line_read(line.at, (size_t)(line.end - line.at), &read);
			expect_true(message, log_line_foreign(&read));
			expect_true(message, span_is(read.tag, "earlyoom"));
		}
	}
}

static void the_kernel_stays_the_kernel_whatever_the_host(void)
{
	static const char *const hosts[] = { "web01", "", "earlyoom[1]:", "a b c d e", "\n" };
	static struct out out;

	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct journal_entry entry = entry_of(NULL, "Out of memory: Killed process 1 (x)");
		struct log_line read;

		entry.host = span(hosts[i]);
		out = (struct out){ 0 };
		journal_lines(&entry, put, &out);
		log_line_read(out.text, out.len, &read);
		expect_true(hosts[i], read.kernel && !log_line_foreign(&read));
		expect_int(hosts[i], read.uptime_us, 2360001459);
		expect_int(hosts[i], read.text.at[0], 'O');
	}
}

static void control_characters_make_no_lines(void)
{
	static struct out out;
	struct journal_entry entry = entry_of(NULL, "a\rb\x1b[31mc\td\x7f\xe4\x80 e");
	const char *text;

	out = (struct out){ 0 };
	journal_lines(&entry, put, &out);
	text = strstr(out.text, "] ");
	expect_text("visible", text ? text + 2 : "", "a?b?[31mc\td?\xe4\x80 e\n");
	expect_int("lines", out.lines, 1);

	out = (struct out){ 0 };
	entry.message = (struct span){ "a\0b", 3 };
	journal_lines(&entry, put, &out);
	expect_true("a zero byte", strstr(out.text, "] a?b\n") != NULL);
}

static void long_messages_are_cut(void)
{
	static struct out out;
	static char message[3 * JOURNAL_LINE_MAX];
	struct journal_entry entry;

	memset(message, 'x', sizeof(message) - 1);
	entry = entry_of(NULL, message);
	out = (struct out){ 0 };
	journal_lines(&entry, put, &out);
	expect_true("a line", out.len <= JOURNAL_LINE_MAX && out.len > JOURNAL_LINE_MAX - 8);
	expect_int("its end", out.text[out.len - 1], '\n');

	memset(message, '\n', sizeof(message) - 1);
	out = (struct out){ 0 };
	journal_lines(&entry, put, &out);
	expect_int("many lines", out.lines, JOURNAL_LINES_MAX);
}

static void an_error_ends_it(void)
{
	static struct out out;
	const struct journal_entry entry = entry_of(NULL, "1\n2\n3");

	out = (struct out){ .fail_at = 2 };
	expect_int("error", journal_lines(&entry, put, &out), -EPIPE);
	expect_int("lines before", out.lines, 1);
}

extern CU_TestInfo journal_lines_tests[];
CU_TestInfo journal_lines_tests[] = {
	{ "each line gets what stands in front", each_line_gets_what_stands_in_front },
	{ "what is not known is left out", what_is_not_known_is_left_out },
	{ "the zone is that of this machine", the_zone_is_that_of_this_machine },
	{ "no killer passes for the kernel", no_killer_passes_for_the_kernel },
	{ "the kernel stays the kernel whatever the host",
		the_kernel_stays_the_kernel_whatever_the_host },
	{ "control characters make no lines", control_characters_make_no_lines },
	{ "long messages are cut", long_messages_are_cut },
	{ "an error ends it", an_error_ends_it },
	CU_TEST_INFO_NULL,
};
