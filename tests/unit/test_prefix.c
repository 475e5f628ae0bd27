/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "parse/prefix.h"
#include "unit.h"

#define TEXT "java invoked oom-killer: gfp_mask=0xd0"
#define NONE VALUE_UNKNOWN

/** What a line is taken apart into; NULL and "" for nothing. */
struct prefix_case {
	const char *line;
	const char *text;
	const char *time;
	const char *host;
	const char *tag;
	int64_t uptime_us;
	int64_t caller;
	bool kernel;
	bool stamped;
	unsigned quotes;
};

static void expect_span(const char *label, struct span got, const char *want)
{
	char buf[256];

	span_copy(got, buf, sizeof(buf));
	expect_text(label, buf, want ? want : "");
}

static void expect_line(const struct prefix_case *want)
{
	struct log_line got;

	log_line_read(want->line, strlen(want->line), &got);
	expect_span(want->line, (struct span){ got.text.at, (size_t)(got.text.end - got.text.at) },
		want->text);
	expect_span(want->line, got.time, want->time);
	expect_span(want->line, got.host, want->host);
	expect_span(want->line, got.tag, want->tag);
	expect_int(want->line, got.uptime_us, want->uptime_us);
	expect_int(want->line, got.caller, want->caller);
	expect_int(want->line, got.kernel, want->kernel);
	expect_int(want->line, got.stamped, want->stamped);
	expect_int(want->line, got.quotes, want->quotes);
}

/* clang-format off */
static const struct prefix_case kernel_lines[] = {
	{ TEXT, TEXT, NULL, NULL, NULL, NONE, NONE, false, false, 0 },
	{ "[  130.772276] " TEXT, TEXT, NULL, NULL, NULL, 130772276, NONE, true, true, 0 },
	{ "[130.7] " TEXT, TEXT, NULL, NULL, NULL, 130700000, NONE, true, true, 0 },
	{ "[2925796.529231] " TEXT, TEXT, NULL, NULL, NULL, 2925796529231, NONE, true, true, 0 },
	{ "[    1.5][   T54] " TEXT, TEXT, NULL, NULL, NULL, 1500000, 54, true, true, 0 },
	{ "[    1.5] [    C1] " TEXT, TEXT, NULL, NULL, NULL, 1500000, -2, true, true, 0 },
	{ "<4>[    1.5] " TEXT, TEXT, NULL, NULL, NULL, 1500000, NONE, true, true, 0 },
	{ "kern  :err   : [    1.5] " TEXT, TEXT, NULL, NULL, NULL, 1500000, NONE, true, true, 0 },
	{ "kern  :warn  : [Sat Nov 21 19:57:17 2026] " TEXT, TEXT, "Sat Nov 21 19:57:17 2026",
		NULL, NULL, NONE, NONE, true, true, 0 },
	{ "[Di Aug 12 03:54:03 2025] " TEXT, TEXT, "Di Aug 12 03:54:03 2025", NULL, NULL, NONE,
		NONE, true, true, 0 },
	{ "2026-11-21T19:57:17,123456+00:00 " TEXT, TEXT, "2026-11-21T19:57:17,123456+00:00",
		NULL, NULL, NONE, NONE, true, true, 0 },
	{ "6,123,456,-;" TEXT, TEXT, NULL, NULL, NULL, 456, NONE, true, true, 0 },
	{ "4,123,456,-,caller=T7;" TEXT, TEXT, NULL, NULL, NULL, 456, 7, true, true, 0 },
	{ "4,123,456;" TEXT, TEXT, NULL, NULL, NULL, 456, NONE, true, true, 0 },
	{ "warning|kernel[-]|[ 7.000001] " TEXT, TEXT, NULL, NULL, "kernel", 7000001, NONE, true,
		true, 0 },
	{ "kernel: " TEXT, TEXT, NULL, NULL, "kernel", NONE, NONE, true, true, 0 },
	{ "kernel:", "", NULL, NULL, "kernel", NONE, NONE, true, true, 0 },
};

static const struct prefix_case logged_lines[] = {
	{ "Nov 21 19:57:17 web01 kernel: [ 2360.001459] " TEXT, TEXT, "Nov 21 19:57:17", "web01",
		"kernel", 2360001459, NONE, true, true, 0 },
	{ "Nov  1 19:57:17 web01 kernel: " TEXT, TEXT, "Nov  1 19:57:17", "web01", "kernel", NONE,
		NONE, true, true, 0 },
	{ "Jan  5 15:19:27 kernel: [ 5864.708440] " TEXT, TEXT, "Jan  5 15:19:27", NULL, "kernel",
		5864708440, NONE, true, true, 0 },
	{ "<6>Nov 21 19:57:17 web01 kernel: " TEXT, TEXT, "Nov 21 19:57:17", "web01", "kernel",
		NONE, NONE, true, true, 0 },
	{ "2026-11-21T19:57:17.123456+00:00 web01 kernel: [ 1.5] " TEXT, TEXT,
		"2026-11-21T19:57:17.123456+00:00", "web01", "kernel", 1500000, NONE, true, true, 0 },
	{ "2026-11-21T19:57:17+0100 web01 kernel: " TEXT, TEXT, "2026-11-21T19:57:17+0100", "web01",
		"kernel", NONE, NONE, true, true, 0 },
	{ "2026-11-21 19:57:17 web01 kernel: " TEXT, TEXT, "2026-11-21 19:57:17", "web01", "kernel",
		NONE, NONE, true, true, 0 },
	{ "Sat 2026-11-21 19:57:17 CET web01 kernel: " TEXT, TEXT, "Sat 2026-11-21 19:57:17",
		"web01", "kernel", NONE, NONE, true, true, 0 },
	{ "1700000000.123456 web01 kernel: " TEXT, TEXT, "1700000000.123456", "web01", "kernel",
		NONE, NONE, true, true, 0 },
	{ "[ 2360.001459] web01 kernel: " TEXT, TEXT, NULL, "web01", "kernel", 2360001459, NONE,
		true, true, 0 },
	{ "<4>1 2026-11-21T19:57:17Z web01 kernel - - - " TEXT, TEXT, "2026-11-21T19:57:17Z",
		"web01", "kernel", NONE, NONE, true, true, 0 },
	{ "2026-11-21T19:57:17.1Z stdout F [ 1.5] " TEXT, TEXT, "2026-11-21T19:57:17.1Z", NULL,
		NULL, 1500000, NONE, true, true, 0 },
	{ "Nov 21 19:57:17 web01 earlyoom[77]: low memory!", "low memory!", "Nov 21 19:57:17",
		"web01", "earlyoom", NONE, NONE, false, true, 0 },
	{ "Nov 21 19:57:17 /usr/bin/lock: called", "called", "Nov 21 19:57:17", NULL,
		"/usr/bin/lock", NONE, NONE, false, true, 0 },
	/* A machine's console, relayed by another program. */
	{ "Nov 21 19:57:17 web01 qemu[5]: [    1.5] " TEXT, TEXT, "Nov 21 19:57:17", "web01",
		"qemu", 1500000, NONE, true, true, 0 },
	{ "> > Nov 21 19:57:17 web01 kernel: " TEXT, TEXT, "Nov 21 19:57:17", "web01", "kernel",
		NONE, NONE, true, true, 2 },
	{ ">>> [    1.5] " TEXT, TEXT, NULL, NULL, NULL, 1500000, NONE, true, true, 3 },
	{ "      [    1.5] " TEXT "\r", TEXT, NULL, NULL, NULL, 1500000, NONE, true, true, 0 },
};

/* Nothing of these is a prefix. */
static const struct prefix_case plain_lines[] = {
	{ "", "", NULL, NULL, NULL, NONE, NONE, false, false, 0 },
	{ "   ", "", NULL, NULL, NULL, NONE, NONE, false, false, 0 },
	{ "[ 1234]     0  1234 java", "[ 1234]     0  1234 java", NULL, NULL, NULL, NONE, NONE,
		false, false, 0 },
	{ "[ pid ]   uid  tgid", "[ pid ]   uid  tgid", NULL, NULL, NULL, NONE, NONE, false, false, 0 },
	{ "[1.5", "[1.5", NULL, NULL, NULL, NONE, NONE, false, false, 0 },
	{ "[1.x] a", "[1.x] a", NULL, NULL, NULL, NONE, NONE, false, false, 0 },
	{ "<TASK>", "<TASK>", NULL, NULL, NULL, NONE, NONE, false, false, 0 },
	{ "Node 0 DMA free:15868kB", "Node 0 DMA free:15868kB", NULL, NULL, NULL, NONE, NONE, false,
		false, 0 },
	{ "Mem-Info:", "Mem-Info:", NULL, NULL, NULL, NONE, NONE, false, false, 0 },
	{ "3*4096kB (M) = 15868kB; 1", "3*4096kB (M) = 15868kB; 1", NULL, NULL, NULL, NONE, NONE,
		false, false, 0 },
	/* The kernel's own words are no host and no tag. */
	{ "[    1.5] lowmem_reserve[]: 0 1 2", "lowmem_reserve[]: 0 1 2", NULL, NULL, NULL, 1500000,
		NONE, true, true, 0 },
	{ "[    1.5] CPU: 0 PID: 7 Comm: a", "CPU: 0 PID: 7 Comm: a", NULL, NULL, NULL, 1500000,
		NONE, true, true, 0 },
	{ "[    1.5] Node 0 DMA: 1*4kB", "Node 0 DMA: 1*4kB", NULL, NULL, NULL, 1500000, NONE, true,
		true, 0 },
	{ "2026-11-21T19:57:17,1+00:00 Out of memory: Killed", "Out of memory: Killed",
		"2026-11-21T19:57:17,1+00:00", NULL, NULL, NONE, NONE, true, true, 0 },
};
/* clang-format on */

static void a_kernels_line_loses_all_that_stands_in_front(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(kernel_lines); i++)
		expect_line(&kernel_lines[i]);
}

static void a_loggers_line_loses_all_that_stands_in_front(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(logged_lines); i++)
		expect_line(&logged_lines[i]);
}

static void what_only_looks_like_a_prefix_stays(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain_lines); i++)
		expect_line(&plain_lines[i]);
}

static void stamps_beyond_belief_are_text(void)
{
	struct log_line line;
	static const char huge[] = "[99999999999999999999.5] a";
	static const char most[] = "[1000000000000.000000] a";

	log_line_read(huge, strlen(huge), &line);
	expect_true("too large", line.uptime_us == VALUE_UNKNOWN && !line.kernel);
	log_line_read(most, strlen(most), &line);
	expect_int("largest", line.uptime_us, INT64_C(1000000000000000000));
}

static void a_record_of_kmsg_is_known_to_be_escaped(void)
{
	struct log_line line;

	log_line_read("6,1,2,-;a\\x0ab", 15, &line);
	expect_true("escaped", line.escaped);
	log_line_read("[ 1.5] a\\x0ab", 13, &line);
	expect_true("not", !line.escaped);
}

static void json_lines_give_their_message(void)
{
	static const struct {
		const char *label;
		const char *line;
		const char *want; /* NULL: no such line */
	} cases[] = {
		{ "journal",
			"{\"_HOSTNAME\":\"web01\",\"MESSAGE\":\"a \\\"b\\\"\\nc\","
			"\"SYSLOG_IDENTIFIER\":\"kernel\",\"PRIORITY\":\"3\","
			"\"__REALTIME_TIMESTAMP\":\"1700000000123456\","
			"\"_SOURCE_MONOTONIC_TIMESTAMP\":\"1500000\"}",
			"1700000000.123456 web01 kernel: [1.500000] a \"b\"\nc" },
		{ "docker", "{\"log\":\"[    1.5] a\\n\",\"stream\":\"stdout\"}", "[    1.5] a" },
		{ "nested values are stepped over",
			"{\"a\":{\"MESSAGE\":\"no\"},\"b\":[1,\"}\"],\"MESSAGE\":\"yes\"}", "yes" },
		{ "unicode", "{\"MESSAGE\":\"\\u00e9\\u0041\\ud800\"}", "\xc3\xa9\x41?" },
		{ "cut in its message", "{\"MESSAGE\":\"half", "half" },
		{ "cut in an escape", "{\"MESSAGE\":\"half\\", "half\\" },
		{ "without a message", "{\"a\":\"b\"}", NULL },
		{ "an array as message", "{\"MESSAGE\":[1,2]}", NULL },
		{ "no object", "[\"MESSAGE\",\"a\"]", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[256] = "";
		const size_t len =
			log_json_read(cases[i].line, strlen(cases[i].line), buf, sizeof(buf));

		expect_int(cases[i].label, len, cases[i].want ? (int64_t)strlen(cases[i].want) : 0);
		if (cases[i].want)
			expect_text(cases[i].label, buf, cases[i].want);
	}
}

static void a_message_that_does_not_fit_is_cut(void)
{
	static const char line[] = "{\"MESSAGE\":\"0123456789\"}";
	char buf[5];

	expect_int("length", log_json_read(line, strlen(line), buf, sizeof(buf)), 4);
	expect_text("text", buf, "0123");
}

extern CU_TestInfo prefix_tests[];
CU_TestInfo prefix_tests[] = {
	{ "a kernel's line loses all that stands in front",
		a_kernels_line_loses_all_that_stands_in_front },
	{ "a logger's line loses all that stands in front",
		a_loggers_line_loses_all_that_stands_in_front },
	{ "what only looks like a prefix stays", what_only_looks_like_a_prefix_stays },
	{ "stamps beyond belief are text", stamps_beyond_belief_are_text },
	{ "a record of kmsg is known to be escaped", a_record_of_kmsg_is_known_to_be_escaped },
	{ "JSON lines give their message", json_lines_give_their_message },
	{ "a message that does not fit is cut", a_message_that_does_not_fit_is_cut },
	CU_TEST_INFO_NULL,
};
