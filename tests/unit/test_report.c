/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports.h"
#include "unit.h"

/* A report as 6.1 prints it, to a log whose lines begin with P. */
#define REPORT(P)                                                                                  \
	P "hog invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, "  \
	  "oom_score_adj=7\n" P                                                                    \
	  "CPU: 3 PID: 812 Comm: hog Not tainted 6.1.0-56-amd64 #1 Debian 6.1.192-1\n" P           \
	  "Call Trace:\n" P " dump_header+0x4a/0x201\n" P " oom_kill_process.cold+0xb/0x10\n" P    \
	  "Mem-Info:\n" P "active_anon:100 inactive_anon:250000 isolated_anon:0\n" P               \
	  " active_file:20 inactive_file:30 isolated_file:0\n" P                                   \
	  " free:9000 free_pcp:0 free_cma:0\n" P                                                   \
	  "Node 0 active_anon:400kB inactive_anon:1000000kB all_unreclaimable? yes\n" P            \
	  "Node 0 DMA32 free:36000kB boost:0kB min:35000kB low:44000kB high:53000kB "              \
	  "present:1048576kB managed:1000000kB\n" P "lowmem_reserve[]: 0 0 7\n" P                  \
	  "Node 0 DMA32: 2*4kB (UM) 1*8kB (M) 0*16kB = 16kB\n" P "Free swap  = 0kB\n" P            \
	  "Total swap = 5000kB\n" P "262144 pages RAM\n" P                                         \
	  "Tasks state (memory values in pages):\n" P                                              \
	  "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n" P \
	  "[    300]     0   300     1000      100    40960        3          -250 journal\n" P    \
	  "[    812]  1000   812   260000   240000  2080768      900             7 hog\n" P        \
	  "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,"           \
	  "global_oom,task_memcg=/user.slice,task=hog,pid=812,uid=1000\n" P                        \
	  "Out of memory: Killed process 812 (hog) total-vm:1040000kB, anon-rss:959000kB, "        \
	  "file-rss:1000kB, shmem-rss:0kB, UID:1000 pgtables:2032kB oom_score_adj:7\n"

#define LINES_OF_REPORT 22

static void expect_whole(const char *label, const struct oom_report *report)
{
	expect_true(label, report->complete && report->header && !report->elided);
	expect_text(label, report->kernel_release, "6.1.0-56-amd64");
	expect_text(label, report->invoker.comm, "hog");
	expect_int(label, report->invoker.pid, 812);
	expect_int(label, report->gfp_mask, 0x140cca);
	expect_text(label, report->gfp_flags, "GFP_HIGHUSER_MOVABLE|__GFP_COMP");
	expect_int(label, report->order, 0);
	expect_int(label, report->oom_score_adj, 7);
	expect_int(label, report->trigger, REPORT_TRIGGER_ALLOC);
	expect_int(label, report->constraint, REPORT_CONSTRAINT_NONE);
	expect_int(label, report->mem.inactive_anon_pages, 250000);
	expect_int(label, report->mem.ram_pages, 262144);
	expect_int(label, report->swap_total_kib, 5000);
	expect_int(label, report->swap_free_kib, 0);
	expect_int(label, report->page_bytes, 4096);
	expect_int(label, report->n_nodes, 1);
	expect_int(label, report->n_zones, 1);
	if (report->n_zones == 1) {
		expect_int(label, report->zones[0].zone.min_pages, 8750);
		expect_int(label, (int64_t)report->zones[0].zone.blocks.count[0], 2);
		expect_int(label, report->zones[0].zone.protection_pages[2], 7);
	}
	expect_int(label, report->n_tasks, 2);
	if (report->n_tasks == 2) {
		expect_text(label, report->tasks[1].comm, "hog");
		expect_int(label, report->tasks[1].swap_pages, 900);
		expect_int(label, report->tasks[0].oom_score_adj, -250);
	}
	expect_int(label, report->n_victims, 1);
	if (report->n_victims == 1) {
		expect_int(label, report->victims[0].pid, 812);
		expect_int(label, report->victims[0].anon_rss_kib, 959000);
		expect_int(label, report->victims[0].uid, 1000);
	}
	expect_true(label, !value_known(report->chosen.pid));
}

static void a_report_is_read_in_any_log(void)
{
	static const struct {
		const char *label;
		const char *text;
	} cases[] = {
		{ "plain", REPORT("") },
		{ "dmesg", REPORT("[  130.772276] ") },
		{ "caller", REPORT("[  130.772276][  T812] ") },
		{ "syslog", REPORT("Nov 21 19:57:17 web01 kernel: [  130.772276] ") },
		{ "journal", REPORT("Nov 21 19:57:17 web01 kernel: ") },
		{ "ISO", REPORT("2026-11-21T19:57:17.1+00:00 web01 kernel: ") },
		{ "quoted", REPORT("> > [  130.772276] ") },
		{ "indented", REPORT("        [  130.772276] ") },
		{ "kmsg", REPORT("4,12,130772276,-;") },
		{ "raw", REPORT("<4>[  130.772276] ") },
		{ "decoded", REPORT("kern  :warn  : [  130.772276] ") },
		{ "dated", REPORT("[Sat Nov 21 19:57:17 2026] ") },
		{ "container", REPORT("2026-11-21T19:57:17.1Z stdout F [  130.772276] ") },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		reports_read(&reports, cases[i].text, strlen(cases[i].text), 0);
		expect_int(cases[i].label, reports.n, 1);
		expect_whole(cases[i].label, &reports.report[0]);
		expect_int(cases[i].label, reports.report[0].first_line, 1);
		expect_int(cases[i].label, reports.report[0].last_line, LINES_OF_REPORT);
		reports_free(&reports);
	}
}

static void times_are_kept_as_printed(void)
{
	static const char text[] = REPORT("Nov 21 19:57:17 web01 kernel: [  130.772276] ");
	static const char bare[] = REPORT("");
	static struct reports reports;

	reports_read(&reports, text, strlen(text), 0);
	expect_text("time", reports.report[0].time, "Nov 21 19:57:17");
	expect_text("host", reports.report[0].host, "web01");
	expect_int("uptime", reports.report[0].uptime_us, 130772276);
	reports_free(&reports);

	reports_read(&reports, bare, strlen(bare), 0);
	expect_true("none", !reports.report[0].time && !reports.report[0].host);
	expect_true("none", !value_known(reports.report[0].uptime_us));
	reports_free(&reports);
}

static void pieces_of_any_size_give_the_same(void)
{
	static const char text[] = REPORT("[  130.772276] ");
	static struct reports reports;

	for (size_t chunk = 1; chunk < 200; chunk += chunk < 20 ? 1 : 37) {
		reports_read(&reports, text, strlen(text), chunk);
		expect_int("reports", reports.n, 1);
		expect_whole("pieces", &reports.report[0]);
		reports_free(&reports);
	}
}

/* Whatever is cut off: no crash, at most one report, and never more than was there. */
static void a_report_cut_at_either_end_is_told_as_incomplete(void)
{
	static const char text[] = REPORT("[  130.772276] ");
	const size_t len = strlen(text);
	static struct reports reports;
	unsigned headless = 0, cut = 0;

	for (size_t at = 1; at < len; at += 13) {
		reports_read(&reports, text, len - at, 0);
		if (reports.n > 0)
			cut++;
		expect_true("cut at the end", reports.n <= 1);
		expect_true("victims", reports.report[0].n_victims <= 1);
		reports_free(&reports);

		reports_read(&reports, text + at, len - at, 0);
		if (reports.n > 0)
			headless++;
		/* What is cut off first is the stamp. */
		expect_true("cut at the start", reports.n <= 1);
		expect_true("no header", !reports.report[0].header || at < 20);
		expect_true("incomplete", !reports.report[0].complete || at < 20);
		reports_free(&reports);
	}
	expect_true("most of them are reports still", headless > len / 15 && cut > len / 15);
}

static void rows_before_the_first_line_that_is_searched_for_are_not_lost(void)
{
	static const char text[] =
		"[ 5.1] [    300]     0   300     1000      100    40960        3          -250 a\n"
		"[ 5.1] [    301]     0   301     1000      100    40960        3             0 b\n"
		"[ 5.2] Out of memory: Killed process 301 (b) total-vm:4000kB, anon-rss:9kB\n";
	static struct reports reports;

	reports_read(&reports, text, strlen(text), 0);
	expect_int("reports", reports.n, 1);
	expect_int("rows", reports.report[0].n_tasks, 2);
	expect_int("first line", reports.report[0].first_line, 1);
	expect_true("incomplete", !reports.report[0].complete);
	reports_free(&reports);
}

static void reports_follow_each_other(void)
{
	static const char text[] = "a line of another program\n" REPORT(
		"[    1.000001] ") "[    1.5] usb 1-1: new device\n" REPORT("[    2.000001] ");
	static struct reports reports;

	reports_read(&reports, text, strlen(text), 0);
	expect_int("reports", reports.n, 2);
	expect_whole("first", &reports.report[0]);
	expect_whole("second", &reports.report[1]);
	expect_int("first line", reports.report[0].first_line, 2);
	expect_int("second's first line", reports.report[1].first_line, LINES_OF_REPORT + 3);
	expect_int("uptime", reports.report[1].uptime_us, 2000001);
	reports_free(&reports);
}

/* Weave the lines of two texts into one another. */
static char *woven(const char *a, const char *b)
{
	char *both = malloc(strlen(a) + strlen(b) + 1), *to = both;

	if (!both)
		abort();
	while (*a || *b) {
		const char *const texts[] = { a, b };

		for (unsigned i = 0; i < 2; i++) {
			const size_t len = strcspn(texts[i], "\n");
			const size_t all = len + (texts[i][len] == '\n');

			memcpy(to, texts[i], all);
			to += all;
			*(i == 0 ? &a : &b) += all;
		}
	}
	*to = '\0';
	return both;
}

static void mixed_reports_are_told_apart(void)
{
	static const struct {
		const char *label;
		const char *a, *b;
	} cases[] = {
		{ "hosts", REPORT("Nov 21 19:57:17 web01 kernel: "),
			REPORT("Nov 21 19:57:17 web02 kernel: ") },
		{ "callers", REPORT("[    1.000001][  T812] "), REPORT("[    1.000001][  T900] ") },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = woven(cases[i].a, cases[i].b);

		reports_read(&reports, text, strlen(text), 0);
		expect_int(cases[i].label, reports.n, 2);
		expect_whole(cases[i].label, &reports.report[0]);
		expect_whole(cases[i].label, &reports.report[1]);
		reports_free(&reports);
		free(text);
	}
}

static void lines_of_others_may_stand_anywhere(void)
{
	static const char report[] = REPORT("[    1.000001] ");
	char noise[8192] = "";
	static struct reports reports;
	char *text;

	for (unsigned i = 0; i < LINES_OF_REPORT; i++)
		snprintf(noise + strlen(noise), sizeof(noise) - strlen(noise),
			"[    1.000001] eth0: link %u up, 100 Mbit: free:oom memory\n", i);
	text = woven(report, noise);
	reports_read(&reports, text, strlen(text), 0);
	expect_int("reports", reports.n, 1);
	expect_whole("with noise", &reports.report[0]);
	reports_free(&reports);
	free(text);
}

static void a_failed_allocation_is_no_report(void)
{
	static const char text[] =
		"[    1.0] smbd: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL)\n"
		"[    1.0] CPU: 3 PID: 812 Comm: smbd Not tainted 6.1.0-56-amd64 #1\n"
		"[    1.0] Call Trace:\n"
		"[    1.0]  warn_alloc+0x4a/0x201\n"
		"[    1.0] Mem-Info:\n"
		"[    1.0] active_anon:100 inactive_anon:250000 isolated_anon:0\n"
		"[    1.0] Node 0 DMA32 free:36000kB min:35000kB low:44000kB\n"
		"[    1.0] 262144 pages RAM\n";
	static const char kill[] =
		"[    1.1] Out of memory: Killed process 5 (a) total-vm:4kB, anon-rss:4kB\n";
	static struct reports reports;
	char both[2048];

	reports_read(&reports, text, strlen(text), 0);
	expect_int("alone", reports.n, 0);
	reports_free(&reports);

	/* Nor is its memory information that of a kill that follows. */
	snprintf(both, sizeof(both), "%s%s", text, kill);
	reports_read(&reports, both, strlen(both), 0);
	expect_int("with a kill", reports.n, 1);
	expect_int("zones", reports.report[0].n_zones, 0);
	expect_true("mem", !value_known(reports.report[0].mem.ram_pages));
	expect_true("invoker", reports.report[0].invoker.comm[0] == '\0');
	reports_free(&reports);
}

static void a_failed_allocation_inside_does_not_change_a_report(void)
{
	static const char text[] =
		"[    1.0] a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"
		"[    1.0] Mem-Info:\n"
		"[    1.0] active_anon:100 inactive_anon:200 isolated_anon:0\n"
		"[    1.0] smbd: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL)\n"
		"[    1.0] active_anon:999 inactive_anon:999 isolated_anon:0\n"
		"[    1.0] Out of memory: Killed process 5 (a) total-vm:4kB, anon-rss:4kB\n";
	static struct reports reports;

	reports_read(&reports, text, strlen(text), 0);
	expect_int("reports", reports.n, 1);
	expect_int("active_anon", reports.report[0].mem.active_anon_pages, 100);
	expect_int("victims", reports.report[0].n_victims, 1);
	reports_free(&reports);
}

static void what_only_speaks_of_it_is_no_report(void)
{
	static const char *const texts[] = {
		"Nov 21 19:57:17 web01 app[5]: java invoked oom-killer: gfp_mask=0xd0, order=0\n",
		"Nov 21 19:57:17 web01 app[5]: Out of memory: Killed process 5 (a) total-vm:4kB\n",
		"Nov 21 19:57:17 web01 systemd[1]: a.service: Failed with result 'oom-kill'.\n",
		"Nov 21 19:57:17 web01 systemd[1]: a: A process was killed by the OOM killer.\n",
		"I saw that the kernel invoked oom-killer last night, and then\n",
		"We see \"Out of memory: Killed process 5 (a)\" in the log\n",
		"the log says Killed process 5 (a)\n",
		"Memory cgroup out of memory is a message\n",
		"Killed processes 5 (a)\n",
		"Kill process\n",
		"oom_reaper: reaped process 5 (a), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB\n",
		"[    1.0] sysrq: Manual OOM execution\n[    1.1] OOM request ignored. No task eligible\n",
		"[    1.0] Mem-Info:\n[    1.0] active_anon:1 inactive_anon:2 isolated_anon:0\n",
		"[    1.0] OOM killer disabled.\n[    1.0] OOM killer enabled.\n",
		"[    1.0] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000008b\n",
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		reports_read(&reports, texts[i], strlen(texts[i]), 0);
		expect_int(texts[i], reports.n, 0);
		reports_free(&reports);
	}
}

static void an_elision_makes_a_report_incomplete(void)
{
	static const char *const elisions[] = { "...", "[...]", "(...snipped...)", "<..snip..>",
		"[snip]" };
	static const char report[] = REPORT("[    1.000001] ");
	static struct reports reports;
	char text[8192];

	for (size_t i = 0; i < ARRAY_SIZE(elisions); i++) {
		const size_t first = strcspn(report, "\n") + 1;

		snprintf(text, sizeof(text), "%.*s%s\n%s", (int)first, report, elisions[i],
			report + first);
		reports_read(&reports, text, strlen(text), 0);
		expect_int(elisions[i], reports.n, 1);
		expect_true(elisions[i], reports.report[0].elided && !reports.report[0].complete);
		expect_int(elisions[i], reports.report[0].n_victims, 1);
		reports_free(&reports);
	}
}

static void a_report_that_goes_quiet_is_told(void)
{
	static const char header[] = "[    1.0] a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), "
				     "order=0, oom_score_adj=0\n";
	static const char kill[] = "[ 99.0] Out of memory: Killed process 5 (a) total-vm:4kB\n";
	static struct reports reports;
	const size_t size = 200000;
	char *text = malloc(size);

	if (!text)
		abort();
	/* The kill line after 500 lines is its own, after 2000 another event's. */
	for (unsigned lines = 500; lines <= 2000; lines += 1500) {
		size_t len = (size_t)snprintf(text, size, "%s", header);

		for (unsigned i = 0; i < lines; i++)
			len += (size_t)snprintf(text + len, size - len, "[    2.0] usb: noise\n");
		snprintf(text + len, size - len, "%s", kill);
		reports_read(&reports, text, strlen(text), 0);
		expect_int("reports", reports.n, lines == 500 ? 1 : 2);
		expect_int("line of the kill", reports.report[reports.n - 1].last_line, lines + 2);
		reports_free(&reports);
	}
	free(text);
}

extern CU_TestInfo report_tests[];
CU_TestInfo report_tests[] = {
	{ "a report is read in any log", a_report_is_read_in_any_log },
	{ "times are kept as printed", times_are_kept_as_printed },
	{ "pieces of any size give the same", pieces_of_any_size_give_the_same },
	{ "a report cut at either end is told as incomplete",
		a_report_cut_at_either_end_is_told_as_incomplete },
	{ "rows before the first line that is searched for are not lost",
		rows_before_the_first_line_that_is_searched_for_are_not_lost },
	{ "reports follow each other", reports_follow_each_other },
	{ "mixed reports are told apart", mixed_reports_are_told_apart },
	{ "lines of others may stand anywhere", lines_of_others_may_stand_anywhere },
	{ "a failed allocation is no report", a_failed_allocation_is_no_report },
	{ "a failed allocation inside does not change a report",
		a_failed_allocation_inside_does_not_change_a_report },
	{ "what only speaks of it is no report", what_only_speaks_of_it_is_no_report },
	{ "an elision makes a report incomplete", an_elision_makes_a_report_incomplete },
	{ "a report that goes quiet is told", a_report_that_goes_quiet_is_told },
	CU_TEST_INFO_NULL,
};
