/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports.h"
#include "unit.h"

static const char report[] =
	"[    1.0] a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
	"[    1.0] CPU: 3 PID: 812 Comm: a Not tainted 6.1.0-56-amd64 #1\n"
	"[    1.0] Mem-Info:\n"
	"[    1.0] active_anon:100 inactive_anon:200 isolated_anon:0\n"
	"[    1.0] 262144 pages RAM\n"
	"[    1.0] Out of memory: Killed process 5 (a) total-vm:4kB, anon-rss:4kB\n";

static void lines_are_counted_whatever_was_passed_over(void)
{
	static struct reports reports;
	const size_t size = 3 << 20;
	char *text = malloc(size);
	size_t len = 0;
	int64_t lines = 0;

	if (!text)
		abort();
	/* Lines of all lengths, one longer than any buffer. */
	for (size_t n = 0; len < (1u << 20); n = (n * 7 + 13) % 997, lines++) {
		memset(text + len, 'x', n);
		len += n;
		text[len++] = '\n';
	}
	memset(text + len, 'y', 1 << 20);
	len += 1 << 20;
	text[len++] = '\n';
	len += (size_t)snprintf(text + len, size - len, "Killed process 5 (a) total-vm:4kB\n");
	for (size_t chunk = 1000; chunk < 1000000; chunk *= 9) {
		reports_read(&reports, text, len, chunk);
		expect_int("reports", reports.n, 1);
		expect_int("line", reports.report[0].first_line, lines + 2);
		reports_free(&reports);
	}
	free(text);
}

static void a_line_is_read_up_to_its_bound(void)
{
	static struct reports reports;
	char text[REPORT_LINE_MAX + 200];

	/* The pid stands before the bound, the sizes behind it. */
	memset(text, ' ', sizeof(text));
	memcpy(text, "Killed process 5 (a)", 20);
	memcpy(text + REPORT_LINE_MAX, "total-vm:4kB", 12);
	text[sizeof(text) - 1] = '\n';
	reports_read(&reports, text, sizeof(text), 0);
	expect_int("reports", reports.n, 1);
	expect_int("pid", reports.report[0].victims[0].pid, 5);
	expect_true("size", !value_known(reports.report[0].victims[0].total_vm_kib));
	reports_free(&reports);
}

static void bytes_that_are_no_text_do_no_harm(void)
{
	static const char text[] = "[    1.0] a\0b invoked oom-killer: gfp_mask=0x\xff\xfe\n"
				   "[    1.0] \x80\x81 Killed process\n"
				   "[    1.0] Killed process 5 (\x1b[2J\0) total-vm:4kB\n";
	static struct reports reports;

	reports_read(&reports, text, sizeof(text) - 1, 0);
	expect_int("reports", reports.n, 1);
	expect_int("pid", reports.report[0].victims[0].pid, 5);
	reports_free(&reports);
}

static void the_kernel_may_come_in_the_middle_of_a_line_on_a_console(void)
{
	static const struct {
		const char *label, *text;
		int reports;
	} cases[] = {
		{ "behind a program's words",
			"login:\r[    1.5] Killed process 5 (a) total-vm:4kB\r\n\n", 1 },
		{ "twice", "a\rb\r[    1.5] x\r[    1.6] Killed process 5 (a) total-vm:4kB\r\n",
			1 },
		{ "no stamp behind it", "login:\rKilled process 5 (a) total-vm:4kB\r\n", 0 },
		{ "a logger's line of a program",
			"Nov 21 19:57:17 web01 prog[12]: x\r[    1.5] Killed process 5 (a) total-vm:4kB\n",
			0 },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		reports_read(&reports, cases[i].text, strlen(cases[i].text), 0);
		expect_int(cases[i].label, reports.n, cases[i].reports);
		if (reports.n == 1)
			expect_int(cases[i].label, reports.report[0].first_line, 1);
		reports_free(&reports);
	}
}

/** Counts what a listener is told. */
static void count(const struct oom_report *told, void *context)
{
	unsigned *n = context;

	(void)told;
	++*n;
}

static void a_growing_log_is_told_when_it_is_quiet(void)
{
	unsigned n = 0;
	const struct report_listener listener = { .report = count, .context = &n };
	struct arena arena = { 0 };
	struct report_parser *parser = report_parser_new(&arena);
	const size_t half = strlen(report) / 2;

	if (!parser)
		abort();
	report_parser_feed(parser, report, half, &listener);
	report_parser_settle(parser, &listener);
	expect_int("not without its kill", n, 0);
	report_parser_feed(parser, report + half, strlen(report) - half, &listener);
	expect_int("it may go on", n, 0);
	report_parser_settle(parser, &listener);
	expect_int("quiet", n, 1);
	report_parser_settle(parser, &listener);
	report_parser_end(parser, &listener);
	expect_int("once", n, 1);
	report_parser_free(parser);
	arena_free(&arena);
}

static void a_parser_can_read_another_log(void)
{
	static const char other[] = "x\nKilled process 5 (a) total-vm:4kB";
	unsigned n = 0;
	const struct report_listener listener = { .report = count, .context = &n };
	struct arena arena = { 0 };
	struct report_parser *parser = report_parser_new(&arena);

	if (!parser)
		abort();
	report_parser_feed(parser, report, strlen(report) / 2, &listener);
	report_parser_end(parser, &listener);
	report_parser_feed(parser, other, strlen(other), &listener);
	report_parser_end(parser, &listener);
	expect_int("reports", n, 2);
	report_parser_free(parser);
	report_parser_free(NULL);
	arena_free(&arena);
}

extern CU_TestInfo report_stream_tests[];
CU_TestInfo report_stream_tests[] = {
	{ "lines are counted whatever was passed over",
		lines_are_counted_whatever_was_passed_over },
	{ "a line is read up to its bound", a_line_is_read_up_to_its_bound },
	{ "bytes that are no text do no harm", bytes_that_are_no_text_do_no_harm },
	{ "the kernel may come in the middle of a line on a console",
		the_kernel_may_come_in_the_middle_of_a_line_on_a_console },
	{ "a growing log is told when it is quiet", a_growing_log_is_told_when_it_is_quiet },
	{ "a parser can read another log", a_parser_can_read_another_log },
	CU_TEST_INFO_NULL,
};
