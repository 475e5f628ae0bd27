/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/replay.h"
#include "unit.h"

#define HEAD \
	"{\"type\":\"record\",\"version\":1,\"kept\":\"all\",\"page_bytes\":4096,\"clk_tck\":100}\n"
#define KEY(uptime) "{\"type\":\"sample\",\"key\":true,\"uptime_ms\":" uptime "}\n"
#define LOG(uptime, line) \
	"{\"type\":\"log\",\"uptime_ms\":" uptime ",\"line\":\"<4>[  100.000000] " line "\"}\n"

#define INVOKED \
	"java invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0"
#define KILLED(pid)                          \
	"Out of memory: Killed process " pid \
	" (java) total-vm:4000kB, anon-rss:2000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:40kB oom_score_adj:0"
#define GROUP "Tasks in /a are going to be killed due to memory.oom.group set"
#define CPU_LINE "CPU: 1 PID: 10 Comm: java Not tainted 6.1.0-56-amd64 #1  Debian 6.1.1-1"

/** What a moment heard. */
struct heard {
	int reports, events;
	int64_t pid, first_line, last_line;
	char release[64];
};

static void on_report(const struct oom_report *report, void *context)
{
	struct heard *heard = context;

	heard->reports++;
	heard->pid = report->n_victims > 0 ? report->victims[0].pid : VALUE_UNKNOWN;
	heard->first_line = report->first_line;
	heard->last_line = report->last_line;
	snprintf(heard->release, sizeof(heard->release), "%s",
		report->kernel_release ? report->kernel_release : "");
}

static void on_kill(const struct killer_event *event, void *context)
{
	struct heard *heard = context;

	heard->events++;
	heard->pid = event->victim.pid;
	heard->last_line = event->line;
}

static struct replay *open_text(const char *text, size_t len)
{
	struct replay *replay = NULL;
	char error[256] = "";

	if (!expect_int(
		    "open", replay_open_memory("log", text, len, &replay, error, sizeof(error)), 0))
		printf("%s\n", error);
	return replay;
}

static struct heard tell(struct replay *replay, int64_t number)
{
	struct heard heard = { 0 };
	const struct report_listener listener = { on_report, on_kill, &heard };
	struct snapshot now = { .n_tasks = 0 };

	expect_int("read", replay_read(replay, number, &now, &listener), 0);
	arena_free(&now.arena);
	return heard;
}

/** Kinds as letters, in order. */
static void expect_kinds(const char *label, const struct replay *replay, const char *want)
{
	char got[32] = "";

	for (int64_t i = 0; i < replay_count(replay) && i < (int64_t)sizeof(got) - 1; i++)
		got[i] = "SRE"[replay_moment(replay, i)->kind];
	expect_text(label, got, want);
}

static void a_kill_stands_where_its_lines_end(void)
{
	static const struct {
		const char *label, *text, *kinds;
	} cases[] = {
		{ "between two samples",
			HEAD KEY("1000") LOG("1500", INVOKED) LOG("1500", KILLED("10")) KEY("2000"),
			"SRS" },
		{ "before all", HEAD LOG("500", INVOKED) LOG("500", KILLED("10")) KEY("1000"),
			"RS" },
		{ "at the end", HEAD KEY("1000") LOG("1500", INVOKED) LOG("1500", KILLED("10")),
			"SR" },
		{ "with a sample in the middle",
			HEAD KEY("1000") LOG("1500", INVOKED) KEY("2000") LOG("2500", KILLED("10"))
				KEY("9000"),
			"SSRS" },
		{ "told long after",
			HEAD KEY("1000") LOG("1500", INVOKED) LOG("1500", KILLED("10")) KEY("2000")
				KEY("2500") KEY("3000") KEY("9000"),
			"SRSSSS" },
		{ "two far apart",
			HEAD KEY("1000") LOG("1500", INVOKED) LOG("1500", KILLED("10")) KEY("3501")
				LOG("4000", INVOKED) LOG("4000", KILLED("11")) KEY("5000"),
			"SRSRS" },
		{ "a line that has lines in it is one",
			HEAD KEY("1000") LOG("1500", "nothing\\n\\nmore") LOG("1500", INVOKED)
				LOG("1500", KILLED("10")) KEY("2000"),
			"SRS" },
		{ "in a line that is cut",
			HEAD KEY("1000") LOG("1500", KILLED("10")) "{\"type\":", "SR" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct replay *replay = open_text(cases[i].text, strlen(cases[i].text));

		expect_kinds(cases[i].label, replay, cases[i].kinds);
		for (int64_t k = replay_count(replay) - 1; k >= 0; k--) {
			const struct moment *moment = replay_moment(replay, k);
			const struct heard heard = tell(replay, k);

			expect_int(cases[i].label, heard.reports, moment->kind == MOMENT_REPORT);
			if (moment->kind != MOMENT_REPORT)
				continue;
			expect_int(cases[i].label, heard.pid, moment->pid);
			expect_int("stamp", moment->uptime_ms, 100000);
		}
		replay_close(replay);
	}
}

static void what_came_2_s_later_is_another_kill(void)
{
	static const struct {
		const char *uptime;
		int reports;
	} cases[] = {
		{ "3500", 1 },
		{ "3501", 2 },
		{ "null", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct replay *replay;
		char text[2048];
		int reports = 0;

		snprintf(text, sizeof(text),
			HEAD KEY("1000") LOG("1500", INVOKED) LOG("1500", KILLED("10"))
				LOG("1500", GROUP) KEY("%s") LOG("3600", KILLED("11")),
			cases[i].uptime);
		replay = open_text(text, strlen(text));
		for (int64_t k = 0; k < replay_count(replay); k++)
			reports += replay_moment(replay, k)->kind == MOMENT_REPORT;
		expect_int(cases[i].uptime, reports, cases[i].reports);
		replay_close(replay);
	}
}

static void a_plain_log_has_reports_and_events_in_its_order(void)
{
	static const char text[] =
		"Nov 21 19:41:07 web01 kernel: [  100.000000] " INVOKED "\n"
		"Nov 21 19:41:07 web01 kernel: [  100.000000] " CPU_LINE "\n"
		"Nov 21 19:41:07 web01 kernel: [  100.000000] " KILLED(
			"10") "\n"
			      "Nov 21 19:41:08 web01 earlyoom[30]: sending SIGTERM to process 12 uid 0 "
			      "\"java\": badness 900, VmRSS 840 MiB\n"
			      "Nov 21 19:51:07 web01 kernel: [  700.000000] " INVOKED "\n"
			      "Nov 21 19:51:07 web01 kernel: [  700.000000] " KILLED("11") "\n";
	struct replay *replay = open_text(text, strlen(text));
	struct heard heard;

	expect_kinds("kinds", replay, "RER");
	heard = tell(replay, 2);
	expect_int("pid", heard.pid, 11);
	expect_int("line", heard.last_line, 6);
	expect_text("its kernel is that of the other", heard.release, "6.1.0-56-amd64");
	heard = tell(replay, 1);
	expect_int("event", heard.events, 1);
	expect_int("of", heard.pid, 12);
	expect_int("known before", replay_moment(replay, 1)->pid, 12);
	heard = tell(replay, 0);
	expect_int("pid", heard.pid, 10);
	expect_int("from", heard.first_line, 1);
	expect_int("stamp", replay_moment(replay, 2)->uptime_ms, 700000);
	replay_close(replay);
}

static void the_kernel_is_known_from_a_report_far_before(void)
{
	static const char filler[] = "Nov 21 19:41:07 web01 app[7]: something that is no report\n";
	char *text = malloc((3u << 20) + 4096), *at = text;
	struct replay *replay;
	struct heard heard;

	at += sprintf(at, "[  100.000000] %s\n[  100.000000] %s\n[  100.000000] %s\n", INVOKED,
		CPU_LINE, KILLED("10"));
	while (at - text < 3 << 20)
		at += sprintf(at, "%s", filler);
	at += sprintf(at, "[  700.000000] %s\n[  700.000000] %s\n", INVOKED, KILLED("11"));
	replay = open_text(text, (size_t)(at - text));
	expect_kinds("kinds", replay, "RR");
	heard = tell(replay, 1);
	expect_int("pid", heard.pid, 11);
	expect_text("kernel", heard.release, "6.1.0-56-amd64");
	replay_close(replay);
	free(text);
}

static void a_million_lines_change_neither_numbers_nor_moments(void)
{
	static const char filler[] = "Nov 21 19:41:07 web01 app[7]: something that is no report\n";
	const size_t lines = 1000000, len = strlen(filler) * lines;
	char *text = malloc(len + 4096);
	struct replay *replay = NULL;
	char error[128];
	struct heard heard;

	for (size_t i = 0; i < lines; i++)
		memcpy(text + i * strlen(filler), filler, strlen(filler));
	expect_int("nothing in it",
		replay_open_memory("log", text, len, &replay, error, sizeof(error)), -ENODATA);
	snprintf(text + len, 4096, "[  100.000000] %s\n[  100.000000] %s\n", INVOKED, KILLED("10"));
	replay = open_text(text, len + strlen(text + len));
	expect_int("moments", replay_count(replay), 1);
	heard = tell(replay, 0);
	expect_int("pid", heard.pid, 10);
	expect_int("from", heard.first_line, (int64_t)lines + 1);
	expect_int("to", heard.last_line, (int64_t)lines + 2);
	replay_close(replay);
	free(text);
}

static void a_record_with_a_million_log_lines_has_its_samples_alone(void)
{
	static const char filler[] = LOG("1500", "a line");
	const size_t lines = 1000000;
	char *text = malloc(strlen(filler) * lines + 4096), *at = text;
	struct replay *replay;
	struct heard heard;

	at += sprintf(at, "%s", HEAD KEY("1000"));
	for (size_t i = 0; i < lines; i++) {
		memcpy(at, filler, strlen(filler));
		at += strlen(filler);
	}
	at += sprintf(at, "%s", KEY("2000") LOG("2500", INVOKED) LOG("2500", KILLED("10")));
	replay = open_text(text, (size_t)(at - text));
	expect_kinds("kinds", replay, "SSR");
	heard = tell(replay, 2);
	expect_int("pid", heard.pid, 10);
	expect_int("lines of the log", heard.last_line, (int64_t)lines + 2);
	replay_close(replay);
	free(text);
}

extern CU_TestInfo replay_log_tests[];
CU_TestInfo replay_log_tests[] = {
	{ "a kill stands where its lines end", a_kill_stands_where_its_lines_end },
	{ "what came 2 s later is another kill", what_came_2_s_later_is_another_kill },
	{ "a plain log has reports and events in its order",
		a_plain_log_has_reports_and_events_in_its_order },
	{ "the kernel is known from a report far before",
		the_kernel_is_known_from_a_report_far_before },
	{ "a million lines change neither numbers nor moments",
		a_million_lines_change_neither_numbers_nor_moments },
	{ "a record with a million log lines has its samples alone",
		a_record_with_a_million_log_lines_has_its_samples_alone },
	CU_TEST_INFO_NULL,
};
