/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "reports.h"
#include "unit.h"

#define U VALUE_UNKNOWN

static const struct oom_report *read_one(
	struct reports *reports, const char *label, const char *text)
{
	reports_read(reports, text, strlen(text), 0);
	expect_int(label, reports->n, 1);
	return &reports->report[0];
}

static void expect_victim(
	const char *label, const struct oom_report *report, const struct report_victim *want)
{
	const struct report_victim *got = report->victims;

	expect_int(label, report->n_victims, 1);
	if (report->n_victims != 1)
		return;
	expect_int(label, got->pid, want->pid);
	expect_text(label, got->comm, want->comm);
	expect_int(label, got->uid, want->uid);
	expect_int(label, got->total_vm_kib, want->total_vm_kib);
	expect_int(label, got->anon_rss_kib, want->anon_rss_kib);
	expect_int(label, got->file_rss_kib, want->file_rss_kib);
	expect_int(label, got->shmem_rss_kib, want->shmem_rss_kib);
	expect_int(label, got->pgtables_kib, want->pgtables_kib);
	expect_int(label, got->oom_score_adj, want->oom_score_adj);
	expect_int(label, got->score, want->score);
}

static void kill_lines_of_all_kernels_are_read(void)
{
	static const struct {
		const char *text;
		struct report_victim want;
		int64_t chosen;
	} cases[] = {
		{ "Out of memory: kill process 5 (a) score 379 or a child\nKilled process 6 (b)\n",
			{ 6, U, U, U, U, U, U, U, U, 379, U, U, "b", false, false }, 5 },
		{ "Killed process 6 (b) vsz:40kB, anon-rss:10kB, file-rss:1kB\n",
			{ 6, U, U, 40, 10, 1, U, U, U, U, U, U, "b", false, false }, U },
		{ "Out of memory: Kill process 6 (b) score 41 or sacrifice child\n"
		  "Killed process 6 (b) total-vm:40kB, anon-rss:10kB, file-rss:1kB\n",
			{ 6, U, U, 40, 10, 1, U, U, U, 41, U, U, "b", false, false }, U },
		{ "Memory cgroup out of memory: Kill process 5 (a) score 41 or sacrifice child\n"
		  "Killed process 6 (b) total-vm:40kB, anon-rss:10kB, file-rss:1kB, shmem-rss:2kB\n",
			{ 6, U, U, 40, 10, 1, 2, U, U, 41, U, U, "b", false, false }, 5 },
		{ "Killed process 6, UID 501, (b) total-vm:40kB, anon-rss:10kB, file-rss:1kB\n",
			{ 6, U, 501, 40, 10, 1, U, U, U, U, U, U, "b", false, false }, U },
		{ "Killed process 6 (b), UID 501, total-vm:40kB, anon-rss:10kB, file-rss:1kB, "
		  "shmem-rss:2kB\n",
			{ 6, U, 501, 40, 10, 1, 2, U, U, U, U, U, "b", false, false }, U },
		{ "Out of memory: Killed process 6 (b) total-vm:40kB, anon-rss:10kB, file-rss:1kB, "
		  "shmem-rss:2kB\n",
			{ 6, U, U, 40, 10, 1, 2, U, U, U, U, U, "b", false, false }, U },
		{ "Out of memory: Killed process 6 (b) total-vm:40kB, anon-rss:10kB, file-rss:1kB, "
		  "shmem-rss:2kB, UID:7 pgtables:44kB oom_score_adj:-998\n",
			{ 6, U, 7, 40, 10, 1, 2, 44, -998, U, U, U, "b", false, false }, U },
		{ "Out of memory (oom_kill_allocating_task): Killed process 6 (b) total-vm:40kB, "
		  "anon-rss:10kB\n",
			{ 6, U, U, 40, 10, U, U, U, U, U, U, U, "b", false, false }, U },
		/* COMM may be anything. */
		{ "Out of memory: Killed process 6 ((sd-pam)) total-vm:40kB\n",
			{ 6, U, U, 40, U, U, U, U, U, U, U, U, "(sd-pam)", false, false }, U },
		{ "Out of memory: Killed process 6 (a) total-vm:9) total-vm:40kB, anon-rss:10kB\n",
			{ 6, U, U, 40, 10, U, U, U, U, U, U, U, "a) total-vm:9", false, false },
			U },
		{ "Out of memory: Killed process 6 () total-vm:40kB\n",
			{ 6, U, U, 40, U, U, U, U, U, U, U, U, "", false, false }, U },
		{ "Out of memory: Kill process 6 (a) score 1) score 41 or sacrifice child\n"
		  "Killed process 6 (a) score 1) total-vm:40kB\n",
			{ 6, U, U, 40, U, U, U, U, U, 41, U, U, "a) score 1", false, false }, U },
		/* Cut. */
		{ "Out of memory: Killed process 6 (b) total-vm:40kB, anon-",
			{ 6, U, U, 40, U, U, U, U, U, U, U, U, "b", false, false }, U },
		{ "Killed process 6 (b", { 6, U, U, U, U, U, U, U, U, U, U, U, "b", false, false },
			U },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct oom_report *report = read_one(&reports, cases[i].text, cases[i].text);

		expect_victim(cases[i].text, report, &cases[i].want);
		expect_int(cases[i].text, report->chosen.pid, cases[i].chosen);
		reports_free(&reports);
	}
}

static void a_thread_that_dies_is_the_process_chosen(void)
{
	static const char text[] =
		"[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n"
		"[    125]  1002   116      617      144    36864        9             0 a\n"
		"oom-kill:constraint=CONSTRAINT_NONE,task=a,pid=116,uid=1002\n"
		"Out of memory: Killed process 125 (a) total-vm:4kB\n";
	static struct reports reports;
	const struct oom_report *report = read_one(&reports, "thread", text);

	expect_int("tgid", report->victims[0].tgid, 116);
	expect_true("chosen", !value_known(report->chosen.pid));
	reports_free(&reports);
}

static void the_message_tells_whose_memory_ran_out(void)
{
	static const struct {
		const char *text;
		enum report_trigger trigger;
		enum report_constraint constraint;
	} cases[] = {
		{ "Out of memory: Killed process 6 (b)\n", REPORT_TRIGGER_ALLOC,
			REPORT_CONSTRAINT_UNKNOWN },
		{ "Memory cgroup out of memory: Killed process 6 (b)\n", REPORT_TRIGGER_MEMCG,
			REPORT_CONSTRAINT_MEMCG },
		{ "No available memory (MPOL_BIND): kill process 6 (b) score 1 or a child\n",
			REPORT_TRIGGER_ALLOC, REPORT_CONSTRAINT_MEMORY_POLICY },
		{ "Killed process 6 (b)\n", REPORT_TRIGGER_UNKNOWN, REPORT_CONSTRAINT_UNKNOWN },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct oom_report *report = read_one(&reports, cases[i].text, cases[i].text);

		expect_int(cases[i].text, report->trigger, cases[i].trigger);
		expect_int(cases[i].text, report->constraint, cases[i].constraint);
		reports_free(&reports);
	}
}

static void kills_without_reports_are_told_one_by_one(void)
{
	static const char text[] =
		"[ 1.0] Out of memory: Killed process 5 (a) total-vm:40kB\n"
		"[ 1.1] oom_reaper: reaped process 5 (a), now anon-rss:0kB, file-rss:0kB\n"
		"[ 1.2] oom_kill_process: 7 callbacks suppressed\n"
		"[ 2.0] Memory cgroup out of memory: Killed process 6 (b) total-vm:50kB\n"
		"[ 3.0] Out of memory: Kill process 7 (c) score 5 or sacrifice child\n"
		"[ 4.0] Out of memory: Kill process 8 (d) score 6 or sacrifice child\n"
		"[ 4.1] Killed process 9 (e) total-vm:60kB\n";
	static struct reports reports;

	reports_read(&reports, text, strlen(text), 0);
	expect_int("reports", reports.n, 4);
	expect_true("reaped", reports.report[0].victims[0].reaped);
	expect_true("not reaped", !reports.report[1].victims[0].reaped);
	expect_int("chosen, not killed", reports.report[2].chosen.pid, 7);
	expect_int("no victim", reports.report[2].n_victims, 0);
	expect_int("chosen", reports.report[3].chosen.pid, 8);
	expect_int("killed", reports.report[3].victims[0].pid, 9);
	reports_free(&reports);
}

static void a_group_dies_in_one_report(void)
{
	static const char text[] =
		"[ 1.0][  T5] Memory cgroup out of memory: Killed process 5 (a) total-vm:40kB\n"
		"[ 1.0][  T5] Tasks in /a b are going to be killed due to memory.oom.group set\n"
		"[ 1.1][ T54] oom_reaper: reaped process 5 (a), now anon-rss:0kB\n"
		"[ 1.1][  T5] Memory cgroup out of memory: Killed process 6 (b) total-vm:50kB\n"
		"[ 1.1][  T5] Memory cgroup out of memory: Killed process 5 (a) total-vm:40kB\n";
	static struct reports reports;
	const struct oom_report *report = read_one(&reports, "group", text);

	expect_true("group", report->group_kill);
	expect_text("path", report->group, "/a b");
	expect_int("victims, each once", report->n_victims, 2);
	expect_int("lines, as the kernel counts", report->n_kill_lines, 3);
	expect_true("reaped by another thread", report->victims[0].reaped);
	reports_free(&reports);
}

static void who_shares_the_victims_memory_dies_with_it(void)
{
	static const char text[] = "Out of memory: Kill process 5 (a) score 5 or sacrifice child\n"
				   "Killed process 5 (a) total-vm:40kB\n"
				   "Kill process 6 (b) sharing same memory\n";
	static struct reports reports;
	const struct oom_report *report = read_one(&reports, "sharer", text);

	expect_int("victims", report->n_victims, 2);
	expect_int("who shares is not counted", report->n_kill_lines, 1);
	expect_true("first", !report->victims[0].shares_memory);
	expect_true("second", report->victims[1].shares_memory);
	expect_int("pid", report->victims[1].pid, 6);
	reports_free(&reports);
}

static void a_panic_is_kept_with_its_words(void)
{
	static const struct {
		const char *text;
		const char *panic; /**< NULL: none */
		bool no_victim;
	} cases[] = {
		{ "Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled\n",
			"Out of memory: system-wide panic_on_oom is enabled", false },
		{ "Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled\n",
			"Out of memory: compulsory panic_on_oom is enabled", false },
		{ "Kernel panic - not syncing: out of memory. panic_on_oom is selected\n\n",
			"out of memory. panic_on_oom is selected", false },
		{ "Kernel panic - not syncing: Out of memory and no killable processes...\n",
			"Out of memory and no killable processes...", true },
		{ "Out of memory and no killable processes...\n"
		  "Kernel panic - not syncing: System is deadlocked on memory\n",
			"System is deadlocked on memory", true },
		{ "Out of memory and no killable processes...\n", NULL, true },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct oom_report *report = read_one(&reports, cases[i].text, cases[i].text);

		expect_text(cases[i].text, report->panic ? report->panic : "",
			cases[i].panic ? cases[i].panic : "");
		expect_int(cases[i].text, report->no_victim, cases[i].no_victim);
		if (cases[i].panic)
			expect_int(cases[i].text, report->trigger, REPORT_TRIGGER_PANIC);
		reports_free(&reports);
	}
}

static void what_cannot_be_counted_is_unknown(void)
{
	static const struct {
		const char *text;
		int64_t anon, uid, adj;
	} cases[] = {
		{ "anon-rss:-4kB, UID:-1 oom_score_adj:-1000", U, U, -1000 },
		{ "anon-rss:0kB, UID:0 oom_score_adj:1000", 0, 0, 1000 },
		{ "anon-rss:18446744073709551612kB, UID:7 oom_score_adj:-1001", U, 7, U },
		{ "anon-rss:1kB, UID:7 oom_score_adj:1001", 1, 7, U },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct report_victim *victim;
		char text[256];

		snprintf(text, sizeof(text), "Killed process 6 (b) total-vm:40kB, %s\n",
			cases[i].text);
		victim = read_one(&reports, cases[i].text, text)->victims;
		expect_int(cases[i].text, victim->anon_rss_kib, cases[i].anon);
		expect_int(cases[i].text, victim->uid, cases[i].uid);
		expect_int(cases[i].text, victim->oom_score_adj, cases[i].adj);
		reports_free(&reports);
	}
}

static void whoever_asks_is_killed_where_the_message_says_so(void)
{
	static const struct {
		const char *text;
		bool want;
	} cases[] = {
		{ "Out of memory (oom_kill_allocating_task): Killed process 6 (b) total-vm:4kB\n",
			true },
		{ "Out of memory (oom_kill_allocating_task): Kill process 6 (b) score 5 or "
		  "sacrifice child\nKilled process 6 (b) total-vm:4kB\n",
			true },
		{ "Out of memory: Killed process 6 (oom_kill_alloca) total-vm:4kB\n", false },
		{ "Memory cgroup out of memory: Killed process 6 (b) total-vm:4kB\n", false },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct oom_report *report = read_one(&reports, cases[i].text, cases[i].text);

		expect_int(cases[i].text, report->allocating, cases[i].want);
		expect_int(cases[i].text, report->victims[0].pid, 6);
		reports_free(&reports);
	}
}

static void sysrq_is_known_by_order_stack_or_its_own_line(void)
{
	static const char *const texts[] = {
		"[ 1.0] sysrq: SysRq : Manual OOM execution\n"
		"[ 1.1] Out of memory: Killed process 5 (a) total-vm:40kB\n",
		"[ 1.0] sysrq: Manual OOM execution\n"
		"[ 1.1] Out of memory: Killed process 5 (a) total-vm:40kB\n",
		"k invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0\n",
		"k invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\nCall Trace:\n"
		" [<ffffffff81131420>] dump_header+0x90/0x1b0\n"
		" [<ffffffff81331420>] moom_callback+0x19/0x20\n",
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		expect_int(texts[i], read_one(&reports, texts[i], texts[i])->trigger,
			REPORT_TRIGGER_SYSRQ);
		expect_int(texts[i], reports.report[0].first_line, 1);
		reports_free(&reports);
	}
}

static void the_kernel_of_a_report_is_that_of_the_boot(void)
{
	static const char text[] =
		"[ 5.0] a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n"
		"[ 5.0] CPU: 1 PID: 7 Comm: a Not tainted 4.9.0 #1\n"
		"[ 5.1] Killed process 5 (a) total-vm:40kB\n"
		"[ 6.0] Out of memory: Killed process 6 (b) total-vm:40kB\n"
		"[ 1.0] Out of memory: Killed process 7 (c) total-vm:40kB\n";
	static struct reports reports;

	reports_read(&reports, text, strlen(text), 0);
	expect_int("reports", reports.n, 3);
	expect_text("first", reports.report[0].kernel_release, "4.9.0");
	expect_text("same boot", reports.report[1].kernel_release, "4.9.0");
	expect_true("another boot", !reports.report[2].kernel_release);
	reports_free(&reports);
}

static void wrapped_lines_are_put_together(void)
{
	static const char by_mailer[] =
		"[    1.000001] hog invoked oom-killer:\n"
		"gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0,\n"
		"oom_score_adj=7\n"
		"[    1.000002] CPU: 3 PID: 812 Comm: hog Not\n"
		"tainted 6.1.0-56-amd64 #1\n"
		"[    1.000003] Node 0 Normal free:8kB min:4kB\n"
		"low:12kB high:16kB\n"
		"present:400kB\n"
		"[    1.000003] Node 0 Normal: 1*4kB (U)\n"
		"1*8kB (M) = 12kB\n"
		"[    1.000004] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes\n"
		"swapents oom_score_adj name\n"
		"[    1.000004] [    812]  1000   812   260000   240000  2080768\n"
		"900             7 hog\n"
		"[    1.000005][  T812]\n"
		"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,"
		"global_oom,task_memcg=/,task=hog,pid=812,uid=1000\n"
		"[    1.000006] Out of memory: Killed process 812 (hog)\n"
		"total-vm:1040000kB, anon-rss:959000kB, file-rss:1000kB,\n"
		"shmem-rss:0kB, UID:1000 pgtables:2032kB oom_score_adj:7\n";
	static const char by_terminal[] =
		"   3,591,248095206,-;Out of memory: Kill process 1061 (tail) score 917 or sacri\n"
		"   fice child\n"
		"   3,592,248095207,-;Killed process 1061 (tail) total-vm:783724kB, anon-rss:566\n"
		"   796kB, file-rss:1508kB\n";
	static const char quoted_printable[] =
		"hog invoked oom-killer: gfp_mask=3D0x840d0, order=3D0, oom_adj=3D0, oom_s=\n"
		"core_adj=3D5\n"
		"Killed process 1913 (hog) total-vm:5160kB, anon-rss:392kB, file-rss:1068k=\n"
		"B\n";
	static struct reports reports;
	const struct oom_report *report = read_one(&reports, "mailer", by_mailer);

	expect_int("mask", report->gfp_mask, 0x140cca);
	expect_int("adj", report->oom_score_adj, 7);
	expect_text("release", report->kernel_release, "6.1.0-56-amd64");
	expect_int("high", report->zones[0].zone.high_pages, 4);
	expect_int("present", report->zones[0].zone.present_pages, 100);
	expect_int("orders", report->zones[0].zone.blocks.n_orders, 2);
	expect_int("rows", report->n_tasks, 1);
	expect_text("name", report->tasks[0].comm, "hog");
	expect_int("swap", report->tasks[0].swap_pages, 900);
	expect_text("constraint", report->constraint_name, "CONSTRAINT_NONE");
	expect_int("anon", report->victims[0].anon_rss_kib, 959000);
	expect_int("pgtables", report->victims[0].pgtables_kib, 2032);
	expect_int("last line", report->last_line, 19);
	reports_free(&reports);

	report = read_one(&reports, "terminal", by_terminal);
	expect_int("score", report->victims[0].score, 917);
	expect_int("anon", report->victims[0].anon_rss_kib, 566796);
	reports_free(&reports);

	report = read_one(&reports, "quoted-printable", quoted_printable);
	expect_int("mask", report->gfp_mask, 0x840d0);
	expect_int("adj", report->oom_score_adj, 5);
	expect_int("file", report->victims[0].file_rss_kib, 1068);
	reports_free(&reports);
}

static void a_line_may_be_broken_before_the_word_that_tells_its_kind(void)
{
	static const char *const texts[] = {
		"[ 1.0] hog invoked\noom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n"
		"[ 1.0] Out of memory: Killed\nprocess 5 (a) total-vm:4kB\n",
		"x: [ 1.0] hog invoked\noom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n"
		"[ 1.0] Killed process 5 (a)\ntotal-vm:4kB\n",
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const struct oom_report *report = read_one(&reports, texts[i], texts[i]);

		expect_text(texts[i], report->invoker.comm, "hog");
		expect_int(texts[i], report->first_line, 1);
		expect_int(texts[i], report->n_victims, 1);
		expect_int(texts[i], report->victims[0].total_vm_kib, 4);
		reports_free(&reports);
	}
}

static void prose_behind_a_line_is_none_of_it(void)
{
	static const char text[] =
		"[ 1.0] [   1234]     5  1234      617      144    36864        9             0 a\n"
		"Then it went on:\n"
		"[ 1.0] Killed process 5 (b) total-vm:4kB\n\nand that was all\n> total-vm:9kB\n";
	static struct reports reports;
	const struct oom_report *report = read_one(&reports, "prose", text);

	expect_text("name", report->tasks[0].comm, "a");
	expect_int("size", report->victims[0].total_vm_kib, 4);
	expect_int("last line", report->last_line, 3);
	reports_free(&reports);
}

static void a_broken_line_at_the_end_is_read_as_it_is(void)
{
	static const char text[] =
		"Killed process 1913 (hog) total-vm:5160kB, anon-rss:392kB, file-rss:10=";
	static struct reports reports;

	expect_int("soft break", read_one(&reports, "end", text)->victims[0].anon_rss_kib, 392);
	reports_free(&reports);
}

static void what_loggers_do_to_bytes_is_undone(void)
{
	static const char octal[] =
		"kernel: a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n"
		"kernel: active_anon:5 inactive_anon:6 isolated_anon:0#012 free:7 free_pcp:0#012 "
		"mapped:8\n";
	static const char kmsg[] =
		"4,1,2,-;a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n"
		"4,2,3,-;active_anon:5 inactive_anon:6 isolated_anon:0\\x0a free:7 free_pcp:0\\x0a "
		"mapped:8\n";
	static const char json[] =
		"{\"MESSAGE\":\"a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\","
		"\"SYSLOG_IDENTIFIER\":\"kernel\"}\n"
		"{\"MESSAGE\":\"active_anon:5 inactive_anon:6 isolated_anon:0\\n free:7 "
		"free_pcp:0\\n mapped:8\",\"SYSLOG_IDENTIFIER\":\"kernel\"}\n";
	static const char escaped[] =
		"a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n"
		"active_anon:5 inactive_anon:6 isolated_anon:0\\n free:7 free_pcp:0\\n mapped:8\n";
	static const char forum[] =
		"[COLOR=\"Red\"]a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0[/COLOR]\n"
		"active_anon:5 [B]inactive_anon:6[/B] isolated_anon:0\n free:7 free_pcp:0\n mapped:8\n";
	static const char no_break[] =
		"a\xc2\xa0invoked oom-killer: gfp_mask=0xd0,\xc2\xa0order=0, oom_score_adj=0\n"
		"active_anon:5\xc2\xa0inactive_anon:6 isolated_anon:0\n\xc2\xa0"
		"free:7 free_pcp:0\n\xc2\xa0mapped:8\n";
	static const char crlf[] =
		"a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\r\n"
		"active_anon:5 inactive_anon:6 isolated_anon:0\r\n free:7 free_pcp:0\r\n mapped:8\r\n";
	static const char *const texts[] = { octal, kmsg, json, escaped, forum, no_break, crlf };
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const struct oom_report *report = read_one(&reports, texts[i], texts[i]);

		expect_text(texts[i], report->invoker.comm, "a");
		expect_int(texts[i], report->oom_score_adj, 0);
		expect_int(texts[i], report->mem.inactive_anon_pages, 6);
		expect_int(texts[i], report->mem.free_pages, 7);
		expect_int(texts[i], report->mem.mapped_pages, 8);
		reports_free(&reports);
	}
}

extern CU_TestInfo report_kill_tests[];
CU_TestInfo report_kill_tests[] = {
	{ "kill lines of all kernels are read", kill_lines_of_all_kernels_are_read },
	{ "a thread that dies is the process chosen", a_thread_that_dies_is_the_process_chosen },
	{ "the message tells whose memory ran out", the_message_tells_whose_memory_ran_out },
	{ "kills without reports are told one by one", kills_without_reports_are_told_one_by_one },
	{ "a group dies in one report", a_group_dies_in_one_report },
	{ "who shares the victim's memory dies with it",
		who_shares_the_victims_memory_dies_with_it },
	{ "a panic is kept with its words", a_panic_is_kept_with_its_words },
	{ "what cannot be counted is unknown", what_cannot_be_counted_is_unknown },
	{ "whoever asks is killed where the message says so",
		whoever_asks_is_killed_where_the_message_says_so },
	{ "sysrq is known by order, stack or its own line",
		sysrq_is_known_by_order_stack_or_its_own_line },
	{ "the kernel of a report is that of the boot",
		the_kernel_of_a_report_is_that_of_the_boot },
	{ "wrapped lines are put together", wrapped_lines_are_put_together },
	{ "a line may be broken before the word that tells its kind",
		a_line_may_be_broken_before_the_word_that_tells_its_kind },
	{ "prose behind a line is none of it", prose_behind_a_line_is_none_of_it },
	{ "a broken line at the end is read as it is", a_broken_line_at_the_end_is_read_as_it_is },
	{ "what loggers do to bytes is undone", what_loggers_do_to_bytes_is_undone },
	CU_TEST_INFO_NULL,
};
