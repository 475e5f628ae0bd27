/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lone.h"
#include "unit.h"

static void score_of_2_6_32_goes_by_size_age_and_time(void)
{
	static const struct {
		const char *label;
		int64_t vm;
		int nice, oom_score_adj;
		uint64_t cpu_ticks, age_s, caps;
		int64_t child;
		int64_t want;
	} cases[] = {
		{ "size alone", 100000, 0, 0, 0, 0, 0, 0, 100000 },
		{ "a child adds half and one", 100000, 0, 0, 0, 0, 0, 20001, 110001 },
		{ "4 periods of CPU", 100000, 0, 0, 3277, 0, 0, 0, 50000 },
		{ "just less than 4", 100000, 0, 0, 3276, 0, 0, 0, 100000 },
		{ "16 periods of age", 100000, 0, 0, 0, 16384, 0, 0, 50000 },
		{ "just less than 16", 100000, 0, 0, 0, 16383, 0, 0, 100000 },
		{ "niced", 100000, 1, 0, 0, 0, 0, 0, 200000 },
		{ "nice -1 is not", 100000, -1, 0, 0, 0, 0, 0, 100000 },
		{ "admin", 100000, 0, 0, 0, 0, CAP_BIT_SYS_ADMIN, 0, 25000 },
		{ "resource is as good", 100000, 0, 0, 0, 0, CAP_BIT_SYS_RESOURCE, 0, 25000 },
		{ "both count once", 100000, 0, 0, 0, 0, CAP_BIT_SYS_ADMIN | CAP_BIT_SYS_RESOURCE,
			0, 25000 },
		{ "rawio", 100000, 0, 0, 0, 0, CAP_BIT_SYS_RAWIO, 0, 25000 },
		{ "oom_adj 1", 100000, 0, 58, 0, 0, 0, 0, 200000 },
		{ "oom_adj 8", 100, 0, 470, 0, 0, 0, 0, 25600 },
		{ "oom_adj 14", 1, 0, 823, 0, 0, 0, 0, 16384 },
		{ "oom_adj 15", 1, 0, 1000, 0, 0, 0, 0, 32768 },
		{ "oom_adj 15 of nothing", 1, 0, 1000, 0, 0, LONE_ROOT, 0, 32768 },
		{ "oom_adj -1", 100001, 0, -58, 0, 0, 0, 0, 50000 },
		{ "oom_adj -16", 131072, 0, -941, 0, 0, 0, 0, 2 },
		{ "oom_adj -17", 131072, 0, -1000, 0, 0, 0, 0, 0 },
		{ "huge, shifted", INT64_MAX - 1, 0, 1000, 0, 0, 0, 0, INT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lone lone;
		struct task tasks[2];

		lone_init(&lone, "2.6.32-5-amd64");
		lone_set_memory(&lone, 10, VALUE_UNKNOWN, 1);
		lone.task.vsize_pages = cases[i].vm;
		lone.task.nice = cases[i].nice;
		lone.task.oom_score_adj = cases[i].oom_score_adj;
		lone.task.utime_ticks = cases[i].cpu_ticks / 2;
		lone.task.stime_ticks = cases[i].cpu_ticks - cases[i].cpu_ticks / 2;
		lone.task.start_ticks = (36000 - cases[i].age_s) * 100;
		lone.task.cap_effective = cases[i].caps;
		tasks[0] = tasks[1] = lone.task;
		tasks[1].pid = 200;
		tasks[1].ppid = 100;
		tasks[1].vsize_pages = cases[i].child;
		lone.snapshot.tasks = tasks;
		lone.snapshot.n_tasks = cases[i].child ? 2 : 1;

		badness_of(&lone.scope, &tasks[0], &lone.badness);
		expect_int(cases[i].label, lone.badness.total, cases[i].want);
		expect_int(
			cases[i].label, badness_score(&lone.scope, &lone.badness), cases[i].want);
		expect_true(cases[i].label, lone.badness.known);
	}
}

static void children_of_2_6_32_count_with_memory_of_their_own(void)
{
	struct lone lone;
	struct task tasks[4];
	int64_t added[4] = { 777 };

	lone_init(&lone, "2.6.32");
	lone_set_memory(&lone, 10, VALUE_UNKNOWN, 1);
	lone.task.vsize_pages = 1000;
	lone.task.start_ticks = 3600000;
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++) {
		tasks[i] = lone.task;
		tasks[i].pid = 100 + (int)i;
		tasks[i].ppid = i ? 100 : 1;
	}
	tasks[1].rss_stat_pages = 11; /* other memory of the same size */
	tasks[2].vsize_pages = 0;     /* a zombie */
	/* tasks[3]: same sizes, has not called exec() yet */
	lone.snapshot.tasks = tasks;
	lone.snapshot.n_tasks = 4;

	badness_of(&lone.scope, &tasks[0], &lone.badness);
	expect_int("one of three counts", lone.badness.total, 1000 + 501);
	tasks[1].vsize_pages = VALUE_UNKNOWN;
	badness_of(&lone.scope, &tasks[0], &lone.badness);
	expect_int("an unread one does not", lone.badness.total, 1000);

	lone.scope.children_pages = added;
	badness_of(&lone.scope, &tasks[0], &lone.badness);
	expect_int("counted before", lone.badness.total, 1777);
	badness_of(&lone.scope, &lone.task, &lone.badness);
	expect_int("a task from elsewhere is looked for", lone.badness.total, 1000);
}

static void what_2_6_32_does_not_tell_is_in_the_error(void)
{
	struct lone lone;

	lone_init(&lone, "2.6.32");
	lone_set_memory(&lone, 10, VALUE_UNKNOWN, 1);
	lone.task.vsize_pages = 120000;
	lone.task.start_ticks = 3600000;
	expect_int("young and idle: exact", lone_judge(&lone)->error_pages, 0);

	lone.task.utime_ticks = 7000; /* 70 s: 8 periods of 8.2 s, 6 of 10.2, 10 of 6.8 */
	expect_int("score", lone_total(&lone), 60000);
	expect_int("HZ may be 300", lone.badness.error_pages, 60000 - 40000);
	expect_true("known", lone.badness.known);

	lone.task.utime_ticks = 0;
	lone.task.has &= ~(uint32_t)TASK_HAS_CAPS;
	expect_int("capabilities unread", lone_judge(&lone)->error_pages, 120000 - 120000 / 16);
	expect_true("not known", !lone.badness.known);

	lone.task.has |= TASK_HAS_CAPS;
	lone.snapshot.uptime_ms = VALUE_UNKNOWN;
	expect_true("no uptime", !lone_judge(&lone)->known);
	lone.snapshot.uptime_ms = 0;
	expect_int("started after now", lone_total(&lone), 120000);
	lone.task.vsize_pages = VALUE_UNKNOWN;
	expect_int("no size, no bound", lone_judge(&lone)->error_pages, VALUE_UNKNOWN);
	expect_true("no size", !lone.badness.known);
	lone.snapshot.clk_tck = 0;
	expect_int("no ticks", lone_total(&lone), 0);
}

extern CU_TestInfo badness_old_tests[];
CU_TestInfo badness_old_tests[] = {
	{ "score of 2.6.32 goes by size, age and time", score_of_2_6_32_goes_by_size_age_and_time },
	{ "children of 2.6.32 count with memory of their own",
		children_of_2_6_32_count_with_memory_of_their_own },
	{ "what 2.6.32 does not tell is in the error", what_2_6_32_does_not_tell_is_in_the_error },
	CU_TEST_INFO_NULL,
};
