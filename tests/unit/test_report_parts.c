/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
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

static void headers_of_all_kernels_are_read(void)
{
	static const struct {
		const char *line;
		const char *comm;
		int64_t gfp_mask;
		const char *gfp_flags;
		int64_t order, oom_adj, oom_score_adj;
		const char *nodemask;
	} cases[] = {
		{ "a invoked oom-killer: gfp_mask=0x201d2, order=0, oomkilladj=-17", "a", 0x201d2,
			NULL, 0, -17, VALUE_UNKNOWN, NULL },
		{ "a invoked oom-killer: gfp_mask=0xd0, order=1, oom_adj=3", "a", 0xd0, NULL, 1, 3,
			VALUE_UNKNOWN, NULL },
		{ "a invoked oom-killer: gfp_mask=0xd0, order=1, oom_adj=3, oom_score_adj=176", "a",
			0xd0, NULL, 1, 3, 176, NULL },
		{ "a invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=-5", "a", 0x201da,
			NULL, 0, VALUE_UNKNOWN, -5, NULL },
		{ "a invoked oom-killer: gfp_mask=0x24201ca(GFP_HIGHUSER_MOVABLE|__GFP_COLD), "
		  "order=0, oom_score_adj=0",
			"a", 0x24201ca, "GFP_HIGHUSER_MOVABLE|__GFP_COLD", 0, VALUE_UNKNOWN, 0,
			NULL },
		{ "a invoked oom-killer: gfp_mask=0x24000c0(GFP_KERNEL), nodemask=0,2-3, order=2, "
		  "oom_score_adj=0",
			"a", 0x24000c0, "GFP_KERNEL", 2, VALUE_UNKNOWN, 0, "0,2-3" },
		{ "a invoked oom-killer: gfp_mask=0x14000c0(GFP_KERNEL), nodemask=(null),  order=0, "
		  "oom_score_adj=0",
			"a", 0x14000c0, "GFP_KERNEL", 0, VALUE_UNKNOWN, 0, "(null)" },
		{ "a invoked oom-killer: gfp_mask=0x6000c0(GFP_KERNEL), nodemask=(null), order=0, "
		  "oom_score_adj=1000",
			"a", 0x6000c0, "GFP_KERNEL", 0, VALUE_UNKNOWN, 1000, "(null)" },
		{ "kworker/0:0 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, "
		  "oom_score_adj=0",
			"kworker/0:0", 0xcc0, "GFP_KERNEL", -1, VALUE_UNKNOWN, 0, NULL },
		{ "tmux: client invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0",
			"tmux: client", 0, NULL, 0, VALUE_UNKNOWN, 0, NULL },
		{ "a]b (c) invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0", "a]b (c)",
			0, NULL, 0, VALUE_UNKNOWN, 0, NULL },
		{ "224 invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0", "224", 0xd0,
			NULL, 0, VALUE_UNKNOWN, 0, NULL },
		{ "a invoked oom-killer: gfp_mask=0xd0, order=0, oom_adj=0, oom_scoe_adj=9", "a",
			0xd0, NULL, 0, 0, 9, NULL },
		{ "a invoked oom: gfp_mask=0x100dca(GFP_HIGHUSER_MOVABLE|__GFP_ZERO), order=0", "a",
			0x100dca, "GFP_HIGHUSER_MOVABLE|__GFP_ZERO", 0, VALUE_UNKNOWN,
			VALUE_UNKNOWN, NULL },
		{ "Creating journal: [   35.419377] mk invoked oom-killer: gfp_mask=0xd0, order=0",
			"mk", 0xd0, NULL, 0, VALUE_UNKNOWN, VALUE_UNKNOWN, NULL },
		{ "[    1.0] a invoked oom-killer", "a", VALUE_UNKNOWN, NULL, VALUE_UNKNOWN,
			VALUE_UNKNOWN, VALUE_UNKNOWN, NULL },
		{ "a invoked oom-killer: gfp_mask=0xzz, order=x", "a", VALUE_UNKNOWN, NULL,
			VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, NULL },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct oom_report *report = read_one(&reports, cases[i].line, cases[i].line);

		expect_true(cases[i].line, report->header);
		expect_text(cases[i].line, report->invoker.comm, cases[i].comm);
		expect_int(cases[i].line, report->gfp_mask, cases[i].gfp_mask);
		expect_text(cases[i].line, report->gfp_flags ? report->gfp_flags : "",
			cases[i].gfp_flags ? cases[i].gfp_flags : "");
		expect_int(cases[i].line, report->order, cases[i].order);
		expect_int(cases[i].line, report->oom_adj, cases[i].oom_adj);
		expect_int(cases[i].line, report->oom_score_adj, cases[i].oom_score_adj);
		expect_text(cases[i].line, report->nodemask ? report->nodemask : "",
			cases[i].nodemask ? cases[i].nodemask : "");
		reports_free(&reports);
	}
}

static void the_stack_line_names_kernel_and_process(void)
{
	static const struct {
		const char *line;
		const char *release;
		int64_t pid;
	} cases[] = {
		{ "Pid: 4903, comm: a Not tainted 2.6.32-642.el6.x86_64 #1",
			"2.6.32-642.el6.x86_64", 4903 },
		{ "CPU: 0 Not tainted 2.6.28 #1", "2.6.28", VALUE_UNKNOWN },
		{ "CPU: 5 PID: 13536 Comm: a Tainted: P           OX 3.13.0-43-generic #72-Ubuntu",
			"3.13.0-43-generic", 13536 },
		{ "CPU: 0 PID: 879 Comm: a Kdump: loaded Not tainted 4.18.0-553.el8.x86_64 #1",
			"4.18.0-553.el8.x86_64", 879 },
		{ "CPU: 1 UID: 0 PID: 116 Comm: a Not tainted 6.12.0 #15 PREEMPT(voluntary)",
			"6.12.0", 116 },
		{ "CPU: 1 UID: 0 PID: 116 Comm: other Not tainted 6.12.0 #15", NULL,
			VALUE_UNKNOWN },
		{ "CPU: 1 PID: 116 Comm: a Not tainted", NULL, 116 },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[512];
		const struct oom_report *report;

		snprintf(text, sizeof(text), HEADER "%s\n", cases[i].line);
		report = read_one(&reports, cases[i].line, text);
		expect_text(cases[i].line, report->kernel_release ? report->kernel_release : "",
			cases[i].release ? cases[i].release : "");
		expect_int(cases[i].line, report->invoker.pid, cases[i].pid);
		reports_free(&reports);
	}
}

static void cpusets_are_read_up_to_their_last_field(void)
{
	static const char text[] = HEADER "a cpuset=/x y mems_allowed=0-1,3\n";
	static struct reports reports;
	const struct oom_report *report = read_one(&reports, "cpuset", text);

	expect_text("cpuset", report->cpuset, "/x y");
	expect_text("mems", report->mems_allowed, "0-1,3");
	reports_free(&reports);
}

static void the_oom_kill_line_is_read_from_both_ends(void)
{
	static const struct {
		const char *line;
		enum report_constraint constraint;
		const char *nodemask, *cpuset, *mems, *memcg, *task_memcg, *comm;
		int64_t pid;
	} cases[] = {
		{ "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,"
		  "global_oom,task_memcg=/user.slice,task=x,pid=7,uid=1",
			REPORT_CONSTRAINT_NONE, "(null)", "/", "0", NULL, "/user.slice", "x", 7 },
		{ "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=a,b,mems_allowed=0,2,"
		  "oom_memcg=/p,q,task_memcg=/p,q/r,task=x,pid=1,uid=2,pid=7,uid=1",
			REPORT_CONSTRAINT_MEMCG, "(null)", "a,b", "0,2", "/p,q", "/p,q/r",
			"x,pid=1,uid=2", 7 },
		{ "oom-kill:constraint=CONSTRAINT_MEMORY_POLICY,nodemask=0,2-3,cpuset=/,"
		  "mems_allowed=0-3,global_oom,task_memcg=/,task=x,pid=7,uid=4294967294",
			REPORT_CONSTRAINT_MEMORY_POLICY, "0,2-3", "/", "0-3", NULL, "/", "x", 7 },
		{ "oom-kill:constraint=CONSTRAINT_CPUSET,nodemask=(null),cpuset=/t,mems_allowed=0,"
		  "task=x,pid=7,uid=0",
			REPORT_CONSTRAINT_CPUSET, "(null)", "/t", "0", NULL, NULL, "x", 7 },
		{ "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),global_oom,task_memcg=/,"
		  "task=x,pid=7,uid=0",
			REPORT_CONSTRAINT_NONE, "(null)", NULL, NULL, NULL, "/", "x", 7 },
		{ "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,"
		  "oom_memcg=/a,task_memcg=/a/b,task=x,pid=7,uid=0",
			REPORT_CONSTRAINT_MEMCG, "(null)", "/", "0", "/a", "/a/b", "x", 7 },
		{ "oom-kill:constraint=CONSTRAINT_BPF,nodemask=(null),cpuset=/,mems_allowed=0",
			REPORT_CONSTRAINT_OTHER, "(null)", "/", "0", NULL, NULL, "",
			VALUE_UNKNOWN },
		/* Cut within the pid. */
		{ "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,"
		  "oom_memcg=/a,task_memcg=/a,task=x,pid=1",
			REPORT_CONSTRAINT_MEMCG, "(null)", "/", "0", "/a", "/a", "",
			VALUE_UNKNOWN },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct oom_report *report = read_one(&reports, cases[i].line, cases[i].line);
		const char *got[] = { report->nodemask, report->cpuset, report->mems_allowed,
			report->memcg, report->task_memcg, report->chosen.comm };
		const char *want[] = { cases[i].nodemask, cases[i].cpuset, cases[i].mems,
			cases[i].memcg, cases[i].task_memcg, cases[i].comm };

		expect_int(cases[i].line, report->constraint, cases[i].constraint);
		for (size_t k = 0; k < ARRAY_SIZE(got); k++)
			expect_text(cases[i].line, got[k] ? got[k] : "", want[k] ? want[k] : "");
		expect_int(cases[i].line, report->chosen.pid, cases[i].pid);
		reports_free(&reports);
	}
}

static void memory_cgroups_are_read_in_all_forms(void)
{
	static const char old[] =
		HEADER "Task in /a/b killed as a result of limit of /a\n"
		       "memory: usage 980kB, limit 1000kB, failcnt 12\n"
		       "memory+swap: usage 980kB, limit 18014398509481983kB, failcnt 0\n"
		       "kmem: usage 4kB, limit 9007199254740988kB, failcnt 0\n"
		       "Memory cgroup stats for /a: cache:8KB rss:972KB inactive_anon:560KB\n"
		       "Memory cgroup stats for /a/b: cache:9KB rss:1KB\n";
	static const char new[] = HEADER "memory: usage 980kB, limit 1000kB, failcnt 12\n"
					 "swap: usage 0kB, limit 0kB, failcnt 3\n"
					 "Memory cgroup stats for /a:\nanon 4096\n"
					 "                    file 8192\npgfault 77\n"
					 "Tasks state (memory values in pages):\nname 5\n";
	static struct reports reports;
	const struct oom_report *report = read_one(&reports, "v1", old);

	expect_text("memcg", report->memcg, "/a");
	expect_text("task_memcg", report->task_memcg, "/a/b");
	expect_int("constraint", report->constraint, REPORT_CONSTRAINT_MEMCG);
	expect_int("trigger", report->trigger, REPORT_TRIGGER_MEMCG);
	expect_int("usage", report->memory.usage_kib, 980);
	expect_int("limit", report->memory.limit_kib, 1000);
	expect_int("failures", report->memory.failures, 12);
	expect_int("no limit", report->memory_swap.limit_kib, REPORT_NO_LIMIT);
	expect_int("no limit", report->kmem.limit_kib, REPORT_NO_LIMIT);
	expect_true("no swap line", !value_known(report->swap.usage_kib));
	expect_int("stats of one cgroup", report->n_stats, 3);
	expect_text("stat", report->stats[1].name, "rss");
	expect_int("stat", report->stats[1].value, 972 * 1024);
	reports_free(&reports);

	report = read_one(&reports, "v2", new);
	expect_text("memcg", report->memcg, "/a");
	expect_int("swap limit", report->swap.limit_kib, 0);
	expect_int("swap failures", report->swap.failures, 3);
	expect_int("stats", report->n_stats, 3);
	expect_text("stat", report->stats[2].name, "pgfault");
	expect_int("stat", report->stats[1].value, 8192);
	reports_free(&reports);
}

static void a_memory_cgroup_is_known_by_any_of_its_lines(void)
{
	static const struct {
		const char *text;
		const char *memcg; /**< NULL: not named */
	} cases[] = {
		{ HEADER "Memory limit reached of cgroup /a b\n", "/a b" },
		{ HEADER "memory: usage 1kB, limit 1kB, failcnt 1\n", NULL },
		{ HEADER "Memory cgroup stats for /a:\n", "/a" },
		{ HEADER "Memory cgroup stats: cache:0KB\n", NULL },
		{ HEADER " mem_cgroup_out_of_memory+0x18c/0x1b0\n", NULL },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct oom_report *report = read_one(&reports, cases[i].text, cases[i].text);

		expect_int(cases[i].text, report->trigger, REPORT_TRIGGER_MEMCG);
		expect_text(cases[i].text, report->memcg ? report->memcg : "",
			cases[i].memcg ? cases[i].memcg : "");
		reports_free(&reports);
	}
}

static void a_memory_cgroups_report_is_complete_without_mem_info(void)
{
	static const char text[] = HEADER "CPU: 1 PID: 7 Comm: a Not tainted 6.1.0 #1\n"
					  "memory: usage 9kB, limit 9kB, failcnt 1\n"
					  "Memory cgroup out of memory: Killed process 7 (a)\n";
	static const char lacking[] = HEADER "CPU: 1 PID: 7 Comm: a Not tainted 6.1.0 #1\n"
					     "Memory cgroup out of memory: Killed process 7 (a)\n";
	static const char global[] = HEADER "CPU: 1 PID: 7 Comm: a Not tainted 6.1.0 #1\n"
					    "Out of memory: Killed process 7 (a)\n";
	static struct reports reports;

	expect_true("complete", read_one(&reports, "memcg", text)->complete);
	reports_free(&reports);
	expect_true("without its usage", !read_one(&reports, "memcg", lacking)->complete);
	reports_free(&reports);
	expect_true("the machine's", !read_one(&reports, "global", global)->complete);
	reports_free(&reports);
}

static void a_zones_line_that_ends_in_dots_was_cut(void)
{
	static const char text[] = HEADER "Node 0 Normal free:8kB min:4kB ...\n";
	static struct reports reports;

	expect_true("elided", read_one(&reports, "dots", text)->elided);
	reports_free(&reports);
}

static void memory_information_after_a_kill_is_another_reports(void)
{
	static const char text[] = HEADER "active_anon:1 inactive_anon:1 isolated_anon:0\n"
					  "Out of memory: Killed process 7 (a)\n"
					  "active_anon:2 inactive_anon:2 isolated_anon:0\n"
					  "Out of memory: Killed process 8 (b)\n";
	static struct reports reports;

	reports_read(&reports, text, strlen(text), 0);
	expect_int("reports", reports.n, 2);
	expect_int("first", reports.report[0].mem.active_anon_pages, 1);
	expect_int("second", reports.report[1].mem.active_anon_pages, 2);
	expect_int("victim", reports.report[1].victims[0].pid, 8);
	reports_free(&reports);
}

static void memory_information_of_all_kernels_is_read_by_name(void)
{
	static const char text[] = HEADER
		"Mem-info:\nNode 1 Normal per-cpu:\n"
		"CPU    0: hi:  186, btch:  31 usd:  30\n"
		"Active_anon:5 active_file:6 inactive_anon:7\n inactive_file:8 unevictable:9 "
		"dirty:0 writeback:1 unstable:2\n free:10 slab:11 mapped:12 pagetables:13 "
		"bounce:14\n unheard_of:15\n"
		"Node 1 Normal free:128kB min:64kB low:192kB high:256kB active_anon:64kB "
		"isolated(anon):0kB present:640kB pages_scanned:3 all_unreclaimable? yes\n"
		"lowmem_reserve[]: 1 2 3 4\n"
		"Node 1 Normal: 3*64kB (UM) 0*128kB 1*256kB (C) = 448kB\n"
		"Node 1 hugepages_total=5 hugepages_free=4 hugepages_surp=1 "
		"hugepages_size=524288kB\n"
		"99 total pagecache pages\n98 pages in swap cache\n"
		"Swap cache stats: add 1, delete 2, find 3/4\n"
		"Free swap  = 640kB\nTotal swap = 1280kB\n97 pages RAM\n"
		"96 pages HighMem/MovableOnly\n95 pages reserved\n94 pages cma reserved\n"
		"93 pages hwpoisoned\n";
	static struct reports reports;
	const struct oom_report *report = read_one(&reports, "mem", text);
	const struct report_mem *mem = &report->mem;
	const struct {
		int64_t got, want;
	} numbers[] = {
		{ mem->active_anon_pages, 5 },
		{ mem->active_file_pages, 6 },
		{ mem->inactive_anon_pages, 7 },
		{ mem->inactive_file_pages, 8 },
		{ mem->unevictable_pages, 9 },
		{ mem->writeback_pages, 1 },
		{ mem->unstable_pages, 2 },
		{ mem->free_pages, 10 },
		{ mem->slab_pages, 11 },
		{ mem->slab_reclaimable_pages, VALUE_UNKNOWN },
		{ mem->pagetables_pages, 13 },
		{ mem->bounce_pages, 14 },
		{ mem->pagecache_pages, 99 },
		{ mem->swap_cache_pages, 98 },
		{ mem->ram_pages, 97 },
		{ mem->highmem_pages, 96 },
		{ mem->reserved_pages, 95 },
		{ mem->cma_reserved_pages, 94 },
		{ mem->hwpoisoned_pages, 93 },
		{ report->swap_free_kib, 640 },
		{ report->swap_total_kib, 1280 },
		{ report->page_bytes, 65536 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		expect_int("number", numbers[i].got, numbers[i].want);
	expect_int("zones", report->n_zones, 1);
	expect_int("node", report->zones[0].zone.node, 1);
	expect_text("name", report->zones[0].zone.name, "Normal");
	expect_int("free", report->zones[0].zone.free_pages, 2);
	expect_int("high", report->zones[0].zone.high_pages, 4);
	expect_true("managed", !value_known(report->zones[0].zone.managed_pages));
	expect_true("unreclaimable", report->zones[0].zone.node_unreclaimable);
	expect_int("protection", report->zones[0].zone.n_protection, 4);
	expect_int("orders", report->zones[0].zone.blocks.n_orders, 3);
	expect_int("blocks", (int64_t)report->zones[0].zone.blocks.count[2], 1);
	expect_int("huge", report->n_huge, 1);
	expect_int("huge size", report->huge[0].size_kib, 524288);
	expect_int("huge surplus", report->huge[0].surplus, 1);
	reports_free(&reports);
}

static void lists_in_a_report_are_kept(void)
{
	static const char text[] =
		HEADER "Unreclaimable slab info:\n"
		       "Name                      Used          Total\n"
		       "kmalloc-1k               563KB        576KB\n"
		       "anon_vma                 170KB        207KB\n"
		       "Memory allocations:\n"
		       "  3176243200   247900 mm/slub.c:2264 func:alloc_slab_page\n"
		       "     9000000      900 fs/x/y.c:82 [x] func:y_alloc\n";
	static struct reports reports;
	const struct oom_report *report = read_one(&reports, "lists", text);

	expect_int("slabs", report->n_slabs, 2);
	expect_text("slab", report->slabs[1].name, "anon_vma");
	expect_int("used", report->slabs[1].used_kib, 170);
	expect_int("total", report->slabs[1].total_kib, 207);
	expect_int("allocations", report->n_allocations, 2);
	expect_text("where", report->allocations[1].where, "fs/x/y.c:82 [x] func:y_alloc");
	expect_int("bytes", report->allocations[0].bytes, 3176243200);
	reports_free(&reports);
}

static void the_page_size_follows_from_what_is_printed(void)
{
	static const struct {
		const char *label;
		const char *text;
		int64_t bytes;
		bool known;
	} cases[] = {
		{ "nothing", HEADER, 4096, false },
		{ "free lists", HEADER "Normal: 0*16kB 1*32kB = 32kB\n", 16384, true },
		{ "free lists of nonsense", HEADER "Normal: 0*12kB 1*32kB = 32kB\n", 4096, false },
		{ "victim",
			HEADER "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents "
			       "oom_score_adj name\n[ 9] 0 9 10 5 0 0 0 z\n"
			       "Killed process 9 (z) total-vm:640kB, anon-rss:1kB, file-rss:0kB\n",
			65536, true },
		{ "nodes",
			HEADER "active_anon:1 inactive_anon:1000 isolated_anon:0\n"
			       "Node 0 active_anon:64kB inactive_anon:63990kB\n",
			65536, true },
	};
	static struct reports reports;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct oom_report *report = read_one(&reports, cases[i].label, cases[i].text);

		expect_int(cases[i].label, report->page_bytes, cases[i].bytes);
		expect_int(cases[i].label, report->page_bytes_known, cases[i].known);
		reports_free(&reports);
	}
}

extern CU_TestInfo report_parts_tests[];
CU_TestInfo report_parts_tests[] = {
	{ "headers of all kernels are read", headers_of_all_kernels_are_read },
	{ "the stack line names kernel and process", the_stack_line_names_kernel_and_process },
	{ "cpusets are read up to their last field", cpusets_are_read_up_to_their_last_field },
	{ "the oom-kill line is read from both ends", the_oom_kill_line_is_read_from_both_ends },
	{ "memory cgroups are read in all forms", memory_cgroups_are_read_in_all_forms },
	{ "a memory cgroup is known by any of its lines",
		a_memory_cgroup_is_known_by_any_of_its_lines },
	{ "a memory cgroup's report is complete without Mem-Info",
		a_memory_cgroups_report_is_complete_without_mem_info },
	{ "a zone's line that ends in dots was cut", a_zones_line_that_ends_in_dots_was_cut },
	{ "memory information after a kill is another report's",
		memory_information_after_a_kill_is_another_reports },
	{ "memory information of all kernels is read by name",
		memory_information_of_all_kernels_is_read_by_name },
	{ "lists in a report are kept", lists_in_a_report_are_kept },
	{ "the page size follows from what is printed",
		the_page_size_follows_from_what_is_printed },
	CU_TEST_INFO_NULL,
};
