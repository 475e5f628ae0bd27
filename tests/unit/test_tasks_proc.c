/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session.h"
#include "unit.h"

#define NO VALUE_UNKNOWN

static void a_complete_process_is_complete(void)
{
	const struct tree_file files[] = {
		PLAIN("proc/5/stat",
			STAT(5, "a) (b", .minflt = 3, .utime = 7, .threads = 3, .vsize = 4096000,
				.rss = 99)),
		PLAIN("proc/5/status", STATUS),
		PLAIN("proc/5/oom_score", "667\n"),
		PLAIN("proc/5/oom_score_adj", "-500\n"),
		PLAIN("proc/5/cgroup", "4:memory:/docker/abc\n0::/system.slice/a.service\n"),
		PLAIN("sys/fs/cgroup/memory/memory.usage_in_bytes", "2\n"),
		PLAIN("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "1\n"),
		{ "proc/5/cmdline", "cmd\0--option\0", 13 },
		{ 0 },
	};
	const struct snapshot *now;
	const struct task *task;
	struct session session;

	if (!session_begin(&session, files))
		return;
	now = session_tick(&session);
	task = session_task(now, 5);
	expect_int("has", task->has,
		TASK_HAS_STAT | TASK_HAS_STATUS | TASK_HAS_ADJ | TASK_HAS_SCORE | TASK_HAS_CAPS |
			TASK_HAS_UID);
	expect_text("comm", task->comm, "a) (b");
	expect_int("uid", task->uid, 1001);
	expect_int("threads", task->threads, 3);
	expect_int("adj", task->oom_score_adj, -500);
	expect_int("score", task->oom_score, 667);
	expect_int("caps", (int64_t)task->cap_effective, 0x200000);
	expect_int("vsize", task->vsize_pages, 1000);
	expect_int("rss of stat", task->rss_stat_pages, 99);
	expect_int("rss of status", task->rss_status_pages, 100);
	expect_int("anon", task->rss_anon_pages, 50);
	expect_int("file", task->rss_file_pages, 30);
	expect_int("shmem", task->rss_shmem_pages, 20);
	expect_int("swap", task->swap_pages, 10);
	expect_int("tables", task->pgtables_bytes, 60 * 1024);
	expect_int("stale", task->stale_pages, 0);
	expect_text("user", task->who->user, "1001");
	expect_text("cmdline", task->who->cmdline, "cmd --option");
	expect_text("memory cgroup", task->who->cgroup, "/docker/abc");
	if (expect_int("memory cgroups", now->n_memcgs, 1))
		expect_text("its path", now->memcgs[task->memcg].path, "/docker/abc");
	for (enum fact fact = FACT_TASK_STAT; fact <= FACT_CAPEFF; fact++)
		expect_int(fact_name(fact), now->facts[fact], FACT_PRESENT);
	session_end(&session);
}

static void what_is_missing_is_said_file_by_file(void)
{
	static const struct {
		const char *label;
		enum fact fact;
		uint32_t lost;
	} cases[] = {
		{ "proc/5/stat", FACT_TASK_STAT, TASK_HAS_STAT },
		{ "proc/5/status", FACT_TASK_STATUS,
			TASK_HAS_STATUS | TASK_HAS_UID | TASK_HAS_CAPS },
		{ "proc/5/oom_score", FACT_OOM_SCORE, TASK_HAS_SCORE },
		{ "proc/5/oom_score_adj", FACT_OOM_SCORE_ADJ, TASK_HAS_ADJ },
		{ "proc/5/cgroup", FACT_TASK_CGROUP, 0 },
	};
	const uint32_t all = TASK_HAS_STAT | TASK_HAS_STATUS | TASK_HAS_ADJ | TASK_HAS_SCORE |
		TASK_HAS_CAPS | TASK_HAS_UID;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (int how = 0; how < 3; how++) {
			static const enum fact_state want[] = { FACT_ABSENT, FACT_EMPTY,
				FACT_MALFORMED };
			struct tree_file files[] = {
				PLAIN("proc/5/stat", STAT(5, "x", .vsize = 4096, .rss = 1)),
				PLAIN("proc/5/status", STATUS),
				PLAIN("proc/5/oom_score", "667\n"),
				PLAIN("proc/5/oom_score_adj", "-500\n"),
				PLAIN("proc/5/cgroup", "0::/a\n"),
				{ 0 },
			};
			const struct snapshot *now;
			struct session session;

			files[i].content = how == 0 ? NULL : how == 1 ? "" : "(nonsense\n";
			if (how == 0)
				files[i].path = "proc/other";
			if (!session_begin(&session, files))
				return;
			now = session_tick(&session);
			expect_int(cases[i].label, session_task(now, 5)->has, all & ~cases[i].lost);
			/* A cgroup file without a memory line is one that has none. */
			if (!(how == 2 && cases[i].fact == FACT_TASK_CGROUP))
				expect_int(cases[i].label, now->facts[cases[i].fact], want[how]);
			session_end(&session);
		}
	}
}

static void status_stands_in_for_stat(void)
{
	const struct tree_file files[] = {
		PLAIN("proc/5/status", STATUS),
		PLAIN("proc/5/comm", "from comm\n"),
		{ 0 },
	};
	struct session session;
	const struct task *task;

	if (!session_begin(&session, files))
		return;
	task = session_task(session_tick(&session), 5);
	expect_text("comm", task->comm, "from comm");
	expect_int("state", task->state, '?');
	expect_int("vsize", task->vsize_pages, 1000);
	expect_int("threads", task->threads, 3);
	expect_int("rss", task->rss_status_pages, 100);
	expect_int("no rss of stat", task->rss_stat_pages, NO);
	session_end(&session);
}

static void nothing_is_made_up_without_status(void)
{
	const struct tree_file files[] = {
		PLAIN("proc/5/stat", STAT(5, "x", .vsize = 40960, .rss = 5)),
		{ 0 },
	};
	struct session session;
	const struct task *task;

	if (!session_begin(&session, files))
		return;
	task = session_task(session_tick(&session), 5);
	expect_int("has", task->has, TASK_HAS_STAT);
	expect_int("swap", task->swap_pages, NO);
	expect_int("tables", task->pgtables_bytes, NO);
	expect_int("anon", task->rss_anon_pages, NO);
	expect_true("no user", task->who->user == NULL);
	expect_true("no cgroup", task->who->cgroup == NULL && task->who->unit == NULL);
	session_end(&session);
}

static void a_process_of_which_nothing_can_be_read_is_counted(void)
{
	const struct tree_file files[] = {
		PLAIN("proc/5/stat", STAT(5, "x")),
		PLAIN("proc/6", NULL),
		PLAIN("proc/7/oom_score_adj", "0\n"),
		{ 0 },
	};
	const struct snapshot *now;
	struct session session;

	if (!session_begin(&session, files))
		return;
	now = session_tick(&session);
	expect_int("tasks", now->n_tasks, 2);
	expect_int("unreadable", now->n_tasks_unreadable, 1);
	expect_int("adj alone", session_task(now, 7)->has, TASK_HAS_ADJ);
	session_end(&session);
}

static void legacy_oom_adj_is_mapped(void)
{
	const struct tree_file files[] = {
		PLAIN("proc/5/stat", STAT(5, "x")),
		PLAIN("proc/5/oom_adj", "-17\n"),
		PLAIN("proc/6/stat", STAT(6, "y")),
		PLAIN("proc/6/oom_adj", "8\n"),
		PLAIN("proc/7/stat", STAT(7, "both")),
		PLAIN("proc/7/oom_adj", "15\n"),
		PLAIN("proc/7/oom_score_adj", "999\n"),
		PLAIN("proc/9/stat", STAT(9, "above")),
		PLAIN("proc/9/oom_adj", "9223372036854775807\n"),
		PLAIN("proc/10/stat", STAT(10, "below")),
		PLAIN("proc/10/oom_adj", "-18\n"),
		PLAIN("proc/11/stat", STAT(11, "nonsense")),
		PLAIN("proc/11/oom_adj", "x\n"),
		PLAIN("proc/8/stat", STAT(8, "beyond")),
		PLAIN("proc/8/oom_score_adj", "1001\n"),
		{ 0 },
	};
	const struct snapshot *now;
	struct session session;

	if (!session_begin(&session, files))
		return;
	now = session_tick(&session);
	expect_int("-17", session_task(now, 5)->oom_score_adj, -1000);
	expect_int("8", session_task(now, 6)->oom_score_adj, 470);
	expect_int("the new one counts", session_task(now, 7)->oom_score_adj, 999);
	expect_int("-17 itself", session_task(now, 5)->oom_adj, -17);
	expect_int("8 itself", session_task(now, 6)->oom_adj, 8);
	expect_int("legacy", session_task(now, 5)->has & TASK_HAS_LEGACY_ADJ, TASK_HAS_LEGACY_ADJ);
	expect_int("with adj", session_task(now, 6)->has & TASK_HAS_ADJ, TASK_HAS_ADJ);
	expect_int("both: not legacy", session_task(now, 7)->has & TASK_HAS_LEGACY_ADJ, 0);
	expect_int("beyond: not legacy", session_task(now, 8)->has & TASK_HAS_LEGACY_ADJ, 0);
	expect_int("above", session_task(now, 9)->oom_adj, 15);
	expect_int("above, mapped", session_task(now, 9)->oom_score_adj, 1000);
	expect_int("below", session_task(now, 10)->oom_adj, -17);
	expect_int("below, mapped", session_task(now, 10)->oom_score_adj, -1000);
	expect_int(
		"nonsense", session_task(now, 11)->has & (TASK_HAS_LEGACY_ADJ | TASK_HAS_ADJ), 0);
	expect_int("no value at all", session_task(now, 8)->has & TASK_HAS_ADJ, 0);
	expect_int("said", now->facts[FACT_OOM_SCORE_ADJ], FACT_MALFORMED);
	session_end(&session);
}

static void the_memory_of_a_dead_leader_is_read_of_a_thread(void)
{
	const struct tree_file files[] = {
		PLAIN("proc/5/stat", STAT(5, "dead", .state = 'Z', .threads = 3)),
		PLAIN("proc/5/status", STATUS_HEAD),
		PLAIN("proc/5/task/5/stat", STAT(5, "dead", .state = 'Z', .threads = 3)),
		PLAIN("proc/5/task/6/stat", STAT(6, "dead", .state = 'Z', .threads = 3)),
		PLAIN("proc/5/task/7/stat",
			STAT(7, "alive", .state = 'R', .vsize = 4096000, .rss = 90)),
		PLAIN("proc/5/task/7/status", STATUS),
		PLAIN("proc/8/stat", STAT(8, "zombie", .state = 'Z')),
		PLAIN("proc/8/status", "Name:\tzombie\nUid:\t0\t0\t0\t0\nThreads:\t1\n"),
		PLAIN("proc/9/stat", STAT(9, "no thread", .state = 'Z', .threads = 2)),
		{ 0 },
	};
	const struct snapshot *now;
	const struct task *task;
	struct session session;

	if (!session_begin(&session, files))
		return;
	now = session_tick(&session);
	task = session_task(now, 5);
	expect_text("comm", task->comm, "dead");
	expect_int("state", task->state, 'R');
	expect_int("vsize", task->vsize_pages, 1000);
	expect_int("rss of stat", task->rss_stat_pages, 90);
	expect_int("anon", task->rss_anon_pages, 50);
	expect_int("swap", task->swap_pages, 10);
	expect_int("uid", task->uid, 1001);
	expect_int("zombie", session_task(now, 8)->state, 'Z');
	expect_int("zombie's memory", session_task(now, 8)->vsize_pages, 0);
	expect_int("zombie's anon", session_task(now, 8)->rss_anon_pages, NO);
	expect_int("no thread to read", session_task(now, 9)->vsize_pages, 0);
	session_end(&session);
}

static void a_kernel_of_2009_is_read_as_it_is(void)
{
	const struct tree_file files[] = {
		PLAIN("proc/version", "Linux version 2.6.32-5-686 (builder) #1 SMP"),
		PLAIN("proc/5/stat", STAT(5, "old", .vsize = 4096000, .rss = 100)),
		PLAIN("proc/5/status",
			"Name:\told\nState:\tS (sleeping)\nUid:\t0\t0\t0\t0\nVmSize:\t4000 kB\n"
			"VmRSS:\t400 kB\nVmPTE:\t8 kB\nThreads:\t1\nCapEff:\tffffffffffffffff"),
		PLAIN("proc/5/oom_adj", "0"),
		PLAIN("proc/5/oom_score", "1234567"),
		{ 0 },
	};
	const struct snapshot *now;
	const struct task *task;
	struct session session;

	if (!session_begin(&session, files))
		return;
	now = session_tick(&session);
	task = session_task(now, 5);
	expect_int("formula", now->kernel.formula, FORMULA_2_6_32);
	expect_int("score", task->oom_score, 1234567);
	expect_int("adj", task->oom_score_adj, 0);
	expect_int("swap", task->swap_pages, NO);
	expect_int("no VmSwap", now->facts[FACT_VMSWAP], FACT_ABSENT);
	expect_int("no RssAnon", now->facts[FACT_RSS_SPLIT], FACT_ABSENT);
	expect_int("VmPTE", now->facts[FACT_VMPTE], FACT_PRESENT);
	expect_int("tables", task->pgtables_bytes, 8192);
	expect_int("a line that may be cut", task->has & TASK_HAS_CAPS, 0);
	session_end(&session);
}

static void links_and_pipes_in_a_process_are_not_read(void)
{
	const struct tree_file files[] = {
		PLAIN("proc/5/stat", STAT(5, "x")),
		PLAIN("proc/6", NULL),
		{ 0 },
	};
	const struct snapshot *now;
	struct session session;
	char path[512];

	if (!session_begin(&session, files))
		return;
	snprintf(path, sizeof(path), "%s/proc/6/stat", session.tree);
	expect_int("link", symlink("../5/stat", path), 0);
	snprintf(path, sizeof(path), "%s/proc/5/status", session.tree);
	expect_int("pipe", mkfifo(path, 0600), 0);
	now = session_tick(&session);
	expect_int("tasks", now->n_tasks, 1);
	expect_int("unreadable", now->n_tasks_unreadable, 1);
	expect_int("said", now->facts[FACT_TASK_STATUS], FACT_FAILED);
	session_end(&session);
}

/* As many as need to claim all the memory that 63 bits of bytes can count, twice. */
static void sizes_that_no_machine_has_do_not_overflow_in_sum(void)
{
	static const char huge[] = "Name:\tx\nVmRSS:\t9007199254740991 kB\n"
				   "RssAnon:\t9007199254740991 kB\nRssFile:\t0 kB\n"
				   "RssShmem:\t0 kB\nVmPTE:\t9007199254740991 kB\n"
				   "VmSwap:\t9007199254740991 kB\n";
	const struct tree_file files[] = {
		PLAIN("meta", "page_bytes=1024\n"),
		PLAIN("proc/sys/kernel/osrelease", "6.1.0\n"),
		PLAIN("proc/uptime", "1000.00 1.00\n"),
		{ 0 },
	};
	struct session session;
	char path[64];

	if (!session_begin(&session, files))
		return;
	for (int pid = 1; pid <= 700; pid++) {
		const struct tree_file status[] = { PLAIN(path, huge), { 0 } };

		snprintf(path, sizeof(path), "proc/%d/status", pid);
		if (!expect_int(path, tree_write(session.tree, status), 0))
			break;
	}
	expect_int("tasks", session_tick(&session)->n_tasks, 700);
	expect_true(
		"pages", session_task(session.now, 700)->swap_pages == INT64_C(9007199254740991));
	session_end(&session);
}

extern CU_TestInfo tasks_proc_tests[];
CU_TestInfo tasks_proc_tests[] = {
	{ "a complete process is complete", a_complete_process_is_complete },
	{ "what is missing is said file by file", what_is_missing_is_said_file_by_file },
	{ "status stands in for stat", status_stands_in_for_stat },
	{ "nothing is made up without status", nothing_is_made_up_without_status },
	{ "the unreadable are counted", a_process_of_which_nothing_can_be_read_is_counted },
	{ "legacy oom_adj is mapped", legacy_oom_adj_is_mapped },
	{ "a dead leader's memory is found", the_memory_of_a_dead_leader_is_read_of_a_thread },
	{ "a kernel of 2009 is read as it is", a_kernel_of_2009_is_read_as_it_is },
	{ "links and pipes are not read", links_and_pipes_in_a_process_are_not_read },
	{ "sums of absurd sizes do not overflow",
		sizes_that_no_machine_has_do_not_overflow_in_sum },
	CU_TEST_INFO_NULL,
};
