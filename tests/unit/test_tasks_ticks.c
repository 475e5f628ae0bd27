/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "session.h"
#include "unit.h"

#define NO VALUE_UNKNOWN

static void a_reused_pid_is_a_new_process(void)
{
	const struct tree_file files[] = {
		PLAIN("tick-0001/proc/uptime", "100.00 1\n"),
		PLAIN("tick-0001/proc/5/stat",
			STAT(5, "old", .start = 100, .vsize = 4096, .rss = 10)),
		PLAIN("tick-0001/proc/5/status", STATUS),
		PLAIN("tick-0001/proc/5/cgroup", "0::/old.slice/old.service\n"),
		PLAIN("tick-0001/proc/5/cmdline", "old"),
		PLAIN("tick-0002/proc/uptime", "101.00 1\n"),
		PLAIN("tick-0002/proc/5/stat",
			STAT(5, "new", .start = 200, .vsize = 4096, .rss = 99)),
		PLAIN("tick-0002/proc/5/oom_score_adj", "7\n"),
		{ 0 },
	};
	const struct snapshot *before, *now;
	struct session session;

	if (!session_begin(&session, files))
		return;
	before = session_tick(&session);
	now = session_tick(&session);
	expect_int("tasks", now->n_tasks, 1);
	expect_text("comm", session_task(now, 5)->comm, "new");
	expect_int("has", session_task(now, 5)->has, TASK_HAS_STAT | TASK_HAS_ADJ);
	expect_int("nothing inherited", session_task(now, 5)->swap_pages, NO);
	expect_true("no cgroup", session_task(now, 5)->who->cgroup == NULL);
	expect_true("no command line", session_task(now, 5)->who->cmdline == NULL);
	expect_text("the old one stays", session_task(before, 5)->who->cgroup,
		"/old.slice/old.service");
	expect_text("its unit too", session_task(before, 5)->who->unit, "old.service");
	expect_text("and its words", session_task(before, 5)->who->cmdline, "old");
	session_end(&session);
}

static void processes_come_and_go(void)
{
	const struct tree_file files[] = {
		PLAIN("tick-0001/proc/5/stat", STAT(5, "stays")),
		PLAIN("tick-0001/proc/6/stat", STAT(6, "goes")),
		PLAIN("tick-0002/proc/5/stat", STAT(5, "stays")),
		PLAIN("tick-0002/proc/7/stat", STAT(7, "comes")),
		PLAIN("tick-0003/proc/6/stat", STAT(6, "again", .start = 300)),
		PLAIN("tick-0004/proc/uptime", "1.0 1\n"),
		PLAIN("tick-0005/sys/x", "no proc at all"),
		{ 0 },
	};
	const struct snapshot *now;
	struct session session;

	if (!session_begin(&session, files))
		return;
	expect_int("first", session_tick(&session)->n_tasks, 2);
	now = session_tick(&session);
	expect_int("second", now->n_tasks, 2);
	expect_text("order", now->tasks[1].comm, "comes");
	now = session_tick(&session);
	expect_int("third", now->n_tasks, 1);
	expect_text("again", now->tasks[0].comm, "again");
	now = session_tick(&session);
	expect_int("nobody", now->n_tasks, 0);
	expect_int("empty", now->facts[FACT_PROCESSES], FACT_EMPTY);
	now = session_tick(&session);
	expect_int("no list", now->facts[FACT_PROCESSES], FACT_ABSENT);
	session_end(&session);
}

static void growth_and_cpu_come_with_the_second_tick(void)
{
	const struct tree_file files[] = {
		PLAIN("meta", "clk_tck=100\npage_bytes=16384\n"),
		PLAIN("tick-0001/proc/uptime", "100.00 1\n"),
		PLAIN("tick-0001/proc/5/stat",
			STAT(5, "x", .utime = 10, .vsize = 1 << 20, .rss = 10)),
		PLAIN("tick-0002/proc/uptime", "102.00 1\n"),
		PLAIN("tick-0002/proc/5/stat",
			STAT(5, "x", .utime = 110, .minflt = 9, .vsize = 1 << 20, .rss = 30)),
		PLAIN("tick-0003/proc/uptime", "104.00 1\n"),
		PLAIN("tick-0003/proc/5/stat",
			STAT(5, "x", .utime = 110, .minflt = 19, .vsize = 1 << 20, .rss = 50)),
		PLAIN("tick-0004/proc/5/stat", STAT(5, "x", .utime = 110, .rss = 50)),
		{ 0 },
	};
	const struct task *task;
	struct session session;

	if (!session_begin(&session, files))
		return;
	task = session_task(session_tick(&session), 5);
	expect_int("not in the first", task->has & (TASK_HAS_GROWTH | TASK_HAS_CPU), 0);
	task = session_task(session_tick(&session), 5);
	expect_int("in the second", task->has & (TASK_HAS_GROWTH | TASK_HAS_CPU),
		TASK_HAS_GROWTH | TASK_HAS_CPU);
	expect_int("growth", task->growth_bytes_per_s[GROWTH_10S], 10 * 16384);
	expect_int("cpu", task->cpu_permille, 500);
	task = session_task(session_tick(&session), 5);
	expect_int("growth of three", task->growth_bytes_per_s[GROWTH_10MIN], 10 * 16384);
	expect_int("no more cpu", task->cpu_permille, 0);
	task = session_task(session_tick(&session), 5);
	expect_int("without a clock it stays", task->growth_bytes_per_s[GROWTH_10S], 10 * 16384);
	session_end(&session);
}

static void growth_is_exact_over_many_ticks(void)
{
	enum {
		TICKS = 40
	};
	static char names[TICKS][2][48], texts[TICKS][32];
	struct tree_file files[2 * TICKS + 1] = { 0 };
	struct session session;
	char stats[TICKS][256];

	for (int i = 0; i < TICKS; i++) {
		snprintf(names[i][0], sizeof(names[i][0]), "tick-%04d/proc/5/stat", i + 1);
		snprintf(names[i][1], sizeof(names[i][1]), "tick-%04d/proc/uptime", i + 1);
		snprintf(stats[i], sizeof(stats[i]), "%s",
			STAT(5, "x", .minflt = i, .vsize = 1 << 24, .rss = 100 + 25 * i));
		snprintf(texts[i], sizeof(texts[i]), "%d.00 1\n", 1000 + i);
		files[2 * i] = (struct tree_file){ names[i][0], stats[i], 0 };
		files[2 * i + 1] = (struct tree_file){ names[i][1], texts[i], 0 };
	}
	if (!session_begin(&session, files))
		return;
	for (int i = 0; i < TICKS; i++) {
		const struct task *task = session_task(session_tick(&session), 5);

		for (unsigned w = 0; i > 0 && w < GROWTH_WINDOWS; w++)
			expect_int("slope", task->growth_bytes_per_s[w], 25 * 4096);
	}
	session_end(&session);
}

extern CU_TestInfo tasks_ticks_tests[];
CU_TestInfo tasks_ticks_tests[] = {
	{ "a reused pid is a new process", a_reused_pid_is_a_new_process },
	{ "processes come and go", processes_come_and_go },
	{ "growth and cpu come with the second tick", growth_and_cpu_come_with_the_second_tick },
	{ "growth is exact over many ticks", growth_is_exact_over_many_ticks },
	CU_TEST_INFO_NULL,
};
