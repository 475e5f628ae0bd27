/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports.h"
#include "unit.h"

#define HEADER "a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0\n"

static const struct oom_report *read_one(
	struct reports *reports, const char *label, const char *text)
{
	reports_read(reports, text, strlen(text), 0);
	expect_int(label, reports->n, 1);
	return &reports->report[0];
}

/* One row of each kernel's table; what is not in it is unknown. */
static void tables_are_read_by_their_own_head(void)
{
	static const struct {
		const char *head;
		const char *row;
		struct report_task want;
	} cases[] = {
		{ "[ pid ]   uid  tgid total_vm      rss cpu oom_adj name\n",
			"[ 1234]     5  1234      617      144   1      -3 a b\n",
			{ 1234, 1234, 5, 617, 144, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN,
				VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, -3,
				VALUE_UNKNOWN, "a b" } },
		{ "[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name\n",
			"[ 1234]     5  1234      617      144   1     -17         -1000 084\n",
			{ 1234, 1234, 5, 617, 144, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN,
				VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, -17,
				-1000, "084" } },
		{ "[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name\n",
			"[ 1234]     5  1234      617      144      16      152             0 a\n",
			{ 1234, 1234, 5, 617, 144, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, 152,
				VALUE_UNKNOWN, 16, VALUE_UNKNOWN, VALUE_UNKNOWN, 0, "a" } },
		{ "[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj "
		  "name\n",
			"[ 1234]     5  1234      617      144      16       3      152       0 a\n",
			{ 1234, 1234, 5, 617, 144, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, 152,
				VALUE_UNKNOWN, 16, 3, VALUE_UNKNOWN, 0, "a" } },
		{ "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj "
		  "name\n",
			"[1234567] 65534 1234560  1000000      144   393216        0           7 a\n",
			{ 1234567, 1234560, 65534, 1000000, 144, VALUE_UNKNOWN, VALUE_UNKNOWN,
				VALUE_UNKNOWN, 0, 393216, VALUE_UNKNOWN, VALUE_UNKNOWN,
				VALUE_UNKNOWN, 7, "a" } },
		{ "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem "
		  "pgtables_bytes swapents oom_score_adj name\n",
			"[   1234]     5  1234      617      144       99       44         1    36864"
			"        9             0 (sd-pam)\n",
			{ 1234, 1234, 5, 617, 144, 99, 44, 1, 9, 36864, VALUE_UNKNOWN,
				VALUE_UNKNOWN, VALUE_UNKNOWN, 0, "(sd-pam)" } },
		/* A column that no kernel has. */
		{ "[  pid  ]   uid  tgid total_vm      rss (01)nrss  pgtables_bytes swapents "
		  "oom_score_adj name\n",
			"[   1234]     5  1234      617      144       99    36864        9    0 a\n",
			{ 1234, 1234, 5, 617, 144, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, 9,
				36864, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, 0, "a" } },
		/* The head is lost. */
		{ "", "[ 1234]     5  1234      617      144   1      -3 a\n",
			{ 1234, 1234, 5, 617, 144, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN,
				VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, -3,
				VALUE_UNKNOWN, "a" } },
		{ "", "[ 1234]     5  1234      617      144      17      152             0 a\n",
			{ 1234, 1234, 5, 617, 144, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, 152,
				VALUE_UNKNOWN, 17, VALUE_UNKNOWN, VALUE_UNKNOWN, 0, "a" } },
		{ "", "[   1234]     5  1234      617      144    36864        9             0 531\n",
			{ 1234, 1234, 5, 617, 144, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, 9,
				36864, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, 0, "531" } },
		{ "Pid: 1, comm: a Not tainted 2.6.32-642.el6.x86_64 #1\n",
			"[ 1234]     5  1234      617      144   1     -17         -1000 a\n",
			{ 1234, 1234, 5, 617, 144, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN,
				VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, -17,
				-1000, "a" } },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[1024];
		const struct oom_report *report;
		const int64_t *got, *want = &cases[i].want.pid;

		snprintf(text, sizeof(text), HEADER "%s%s", cases[i].head, cases[i].row);
		report = read_one(&reports, cases[i].row, text);
		expect_int(cases[i].row, report->n_tasks, 1);
		if (report->n_tasks != 1)
			continue;
		got = &report->tasks[0].pid;
		for (size_t k = 0; k < offsetof(struct report_task, comm) / sizeof(*got); k++)
			expect_int(cases[i].row, got[k], want[k]);
		expect_text(cases[i].row, report->tasks[0].comm, cases[i].want.comm);
		reports_free(&reports);
	}
}

static void rows_that_cannot_be_are_none(void)
{
	static const char *const rows[] = {
		"[ 1234]     5  1234      617      144\n", /* cut */
		"[ 1234]\n",
		"[ 1234] up and running since 5 days\n",
		"[ -1234]     5  1234      617      144    36864        9             0\n",
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[1024];

		snprintf(text, sizeof(text),
			HEADER "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents "
			       "oom_score_adj name\n%s",
			rows[i]);
		expect_int(rows[i], read_one(&reports, rows[i], text)->n_tasks, 0);
		reports_free(&reports);
	}
}

static void numbers_out_of_range_are_unknown(void)
{
	static const char text[] =
		HEADER "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents "
		       "oom_score_adj name\n"
		       "[   1234]     5  1234 99999999999999999999 -5    36864        9   0 a\n";
	static struct reports reports;
	const struct oom_report *report = read_one(&reports, "range", text);

	expect_int("rows", report->n_tasks, 1);
	expect_true("too large", !value_known(report->tasks[0].total_vm_pages));
	expect_true("negative", !value_known(report->tasks[0].rss_pages));
	expect_int("the rest", report->tasks[0].swap_pages, 9);
	reports_free(&reports);
}

static void more_rows_than_are_kept_are_counted(void)
{
	static struct reports reports;
	const size_t size = (REPORT_TASKS_MAX + 10) * 80u;
	char *text = malloc(size);
	size_t len;

	if (!text)
		abort();
	len = (size_t)snprintf(text, size,
		HEADER "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents "
		       "oom_score_adj name\n");
	for (int i = 0; i < REPORT_TASKS_MAX + 3; i++)
		len += (size_t)snprintf(
			text + len, size - len, "[%7d] 0 %d 617 144 36864 9 0 a\n", i, i);
	reports_read(&reports, text, len, 4096);
	expect_int("reports", reports.n, 1);
	expect_int("rows", reports.report[0].n_tasks, REPORT_TASKS_MAX);
	expect_int("left out", reports.report[0].n_tasks_left_out, 3);
	expect_int("last", reports.report[0].tasks[REPORT_TASKS_MAX - 1].pid, REPORT_TASKS_MAX - 1);
	expect_int("no lack of memory", reports.rc, 0);
	reports_free(&reports);
	free(text);
}

extern CU_TestInfo report_table_tests[];
CU_TestInfo report_table_tests[] = {
	{ "tables are read by their own head", tables_are_read_by_their_own_head },
	{ "rows that cannot be are none", rows_that_cannot_be_are_none },
	{ "numbers out of range are unknown", numbers_out_of_range_are_unknown },
	{ "more rows than are kept are counted", more_rows_than_are_kept_are_counted },
	CU_TEST_INFO_NULL,
};
