/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "reports.h"
#include "unit.h"

#define FIGURES                                                                  \
	" total-vm:9000kB, anon-rss:8000kB, file-rss:4kB, shmem-rss:0kB, UID:0 " \
	"pgtables:20kB oom_score_adj:7\n"

/* As /dev/kmsg, dmesg, a console and journalctl print a process whose name has a newline. */
static void a_newline_in_a_name_costs_no_figures(void)
{
	static const struct {
		const char *label, *text, *comm;
	} cases[] = {
		{ "a record of the kernel",
			"3,5,5000040,-;Out of memory: Killed process 12 (ev\\x0ail)" FIGURES,
			"ev\nil" },
		{ "of a memory cgroup",
			"3,5,5000040,-;Memory cgroup out of memory: Killed process 12 "
			"(ev\\x0ail)" FIGURES,
			"ev\nil" },
		{ "two newlines",
			"3,5,5000040,-;Out of memory: Killed process 12 (\\x0a\\x0al)" FIGURES,
			"\n\nl" },
		{ "looks like a row",
			"3,5,5000040,-;Out of memory: Killed process 12 (\\x0a[ 1] 0 1 2)" FIGURES,
			"\n[ 1] 0 1 2" },
		{ "stamps on each line",
			"[    5.000040] Out of memory: Killed process 12 (ev\n[    5.000040] il)" FIGURES,
			"ev\nil" },
		{ "indented",
			"[    5.000040] Out of memory: Killed process 12 (ev\n               il)" FIGURES,
			"ev il" },
		{ "no newline", "3,5,5000040,-;Out of memory: Killed process 12 (ev(il)" FIGURES,
			"ev(il" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct reports reports;
		const struct report_victim *victim;

		reports_read(&reports, cases[i].text, strlen(cases[i].text), 0);
		expect_int(cases[i].label, reports.n, 1);
		if (reports.n == 1 && reports.report[0].n_victims == 1) {
			victim = &reports.report[0].victims[0];
			expect_text(cases[i].label, victim->comm, cases[i].comm);
			expect_int("pid", victim->pid, 12);
			expect_int("anon", victim->anon_rss_kib, 8000);
			expect_int("adj", victim->oom_score_adj, 7);
		} else {
			expect_true("one victim", false);
		}
		reports_free(&reports);
	}
}

/* The line of another moment, another thread, or one that closes no name. */
static void what_is_another_line_is_not_taken_for_a_name(void)
{
	static const char *const cases[] = {
		"[    5.000041] il)" FIGURES,
		"[    5.000040] usb 1-1: new device\n",
		"[    5.000040][  T9] il)" FIGURES,
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct reports reports;
		char text[400] = "[    5.000040] Out of memory: Killed process 12 (ev\n";

		strcat(text, cases[i]);
		reports_read(&reports, text, strlen(text), 0);
		expect_int(cases[i], reports.n, 1);
		expect_int("no figures",
			reports.report[0].n_victims == 1 ? reports.report[0].victims[0].anon_rss_kib
							 : VALUE_UNKNOWN,
			VALUE_UNKNOWN);
		reports_free(&reports);
	}
}

static void a_newline_in_a_row_and_in_the_summary_too(void)
{
	static const char text[] =
		"4,1,5000000,-;a invoked oom-killer: gfp_mask=0x140cca"
		"(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0\n"
		"6,2,5000010,-;Tasks state (memory values in pages):\n"
		"6,3,5000020,-;[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents "
		"oom_score_adj name\n"
		"6,4,5000030,-;[     12]     0    12     2250     2000    20480        0"
		"             0 ev\\x0ail\n"
		"6,5,5000035,-;[     13]     0    13     2250     2001    20480        0"
		"             0 good\n"
		"6,6,5000038,-;oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,"
		"mems_allowed=0,global_oom,task_memcg=/a,task=ev\\x0ail,pid=12,uid=0\n"
		"3,7,5000040,-;Out of memory: Killed process 12 (ev\\x0ail)" FIGURES;
	static struct reports reports;
	const struct oom_report *report = &reports.report[0];

	reports_read(&reports, text, strlen(text), 0);
	expect_int("one", reports.n, 1);
	expect_int("rows", report->n_tasks, 2);
	if (report->n_tasks == 2) {
		expect_text("name", report->tasks[0].comm, "ev\nil");
		expect_int("rss", report->tasks[0].rss_pages, 2000);
		expect_text("next", report->tasks[1].comm, "good");
	}
	expect_int("victims", report->n_victims, 1);
	expect_text("where", report->task_memcg, "/a");
	reports_free(&reports);
}

extern CU_TestInfo report_name_tests[];
CU_TestInfo report_name_tests[] = {
	{ "a newline in a name costs no figures", a_newline_in_a_name_costs_no_figures },
	{ "what is another line is not taken for a name",
		what_is_another_line_is_not_taken_for_a_name },
	{ "a newline in a row and in the summary too", a_newline_in_a_row_and_in_the_summary_too },
	CU_TEST_INFO_NULL,
};
