/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/collector.h"
#include "session.h"
#include "unit.h"

#define NO VALUE_UNKNOWN

static void the_machine_is_read_from_a_recording(void)
{
	static const struct tree_file files[] = {
		PLAIN("meta",
			"time=2026-11-21T19:41:07.123Z\nclk_tck=250\npage_bytes=65536\n"
			"cpus_online=7\ncapabilities=00000000a80425fb\n"),
		PLAIN("proc/meminfo", "MemTotal: 6400 kB\nMemFree: 640 kB\nSwapTotal: 128 kB\n"),
		PLAIN("proc/uptime", "1053.66 1.0\n"),
		PLAIN("proc/loadavg", "0.50 1.25 2.00 1/100 5\n"),
		PLAIN("proc/stat", "cpu 1\ncpu0 1\ncpu1 1\n"),
		PLAIN("proc/sys/kernel/osrelease", "5.10.0-60.el9.aarch64\n"),
		PLAIN("proc/sys/kernel/hostname", "web01\n"),
		PLAIN("proc/sys/vm/swappiness", "60\n"),
		PLAIN("proc/pressure/memory",
			"some avg10=1.00 avg60=2.00 avg300=3.00 total=4\n"
			"full avg10=0.10 avg60=0.20 avg300=0.30 total=5\n"),
		PLAIN("sys/kernel/mm/lru_gen/enabled", "0x0007\n"),
		{ 0 },
	};
	char *tree = tree_make(files);
	struct snapshot now;

	if (session_once(tree, &now)) {
		expect_int("source", now.source, SOURCE_ROOT);
		expect_int("time", now.time_ms, INT64_C(1795290067123));
		expect_int("uptime", now.uptime_ms, 1053660);
		expect_int("page", now.page_bytes, 65536);
		expect_int("ticks", now.clk_tck, 250);
		expect_int("cpus", now.cpus, 7);
		expect_int("caps", (int64_t)now.own_caps, 0xa80425fb);
		expect_int("load", now.load_centi[1], 125);
		expect_int("ram", now.total_ram_pages, 100);
		expect_int("swap", now.total_swap_pages, 2);
		expect_text("release", now.release, "5.10.0-60.el9.aarch64");
		expect_text("host", now.hostname, "web01");
		expect_int("kernel", now.kernel.minor, 10);
		expect_int("knob", now.knobs.swappiness, 60);
		expect_int("unread knob", now.knobs.panic_on_oom, NO);
		expect_int("lru_gen", now.knobs.lru_gen_enabled, 7);
		expect_int("pressure", now.pressure.full.total_us, 5);
		expect_int("own pid", now.own_pid, 0);
		expect_int("own uid", now.own_uid, NO);
		expect_int("own namespace", now.own_userns, false);
		expect_int("cost", now.sample_cost_us, NO);
		expect_int("partial", now.partial, PARTIAL_NONE);
	}
	arena_free(&now.arena);
	tree_remove(tree);
}

static void what_is_not_recorded_is_unknown_and_not_of_this_machine(void)
{
	static const struct tree_file files[] = { PLAIN("proc/empty", ""), { 0 } };
	char *tree = tree_make(files);
	struct snapshot now;

	if (session_once(tree, &now)) {
		expect_int("time", now.time_ms, NO);
		expect_int("uptime", now.uptime_ms, NO);
		expect_int("page", now.page_bytes, 4096);
		expect_int("ticks", now.clk_tck, 100);
		expect_int("cpus", now.cpus, 0);
		expect_int("caps", (int64_t)now.own_caps, 0);
		expect_int("ram", now.total_ram_pages, NO);
		expect_int("swap", now.total_swap_pages, NO);
		expect_int("memory", now.mem.mem_total_kib, NO);
		expect_int("counters", now.vmstat.oom_kill, NO);
		expect_int("pressure", now.pressure.some.avg10_centi, NO);
		expect_int("load", now.load_centi[0], -1);
		expect_text("release", now.release, "");
		expect_text("host", now.hostname, "");
		expect_int("kernel", now.kernel.release_known, false);
		expect_int("zones", now.n_zones, 0);
		expect_int("tasks", now.n_tasks, 0);
	}
	arena_free(&now.arena);
	tree_remove(tree);
}

static void each_lacking_file_is_named_with_its_reason(void)
{
	static const struct {
		const char *path;
		enum fact fact;
	} cases[] = {
		{ "proc/meminfo", FACT_MEMINFO },
		{ "proc/vmstat", FACT_VMSTAT },
		{ "proc/zoneinfo", FACT_ZONEINFO },
		{ "proc/swaps", FACT_SWAPS },
		{ "proc/pressure/memory", FACT_PRESSURE },
		{ "proc/uptime", FACT_UPTIME },
		{ "proc/loadavg", FACT_LOADAVG },
		{ "proc/stat", FACT_STAT },
		{ "proc/sys/kernel/osrelease", FACT_OSRELEASE },
		{ "proc/sys/kernel/hostname", FACT_HOSTNAME },
		{ "sys/kernel/mm/lru_gen/enabled", FACT_LRU_GEN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct tree_file empty[] = { PLAIN(cases[i].path, ""), PLAIN("proc/x", "x"),
			{ 0 } };
		const struct tree_file folder[] = { PLAIN(cases[i].path, NULL),
			PLAIN("proc/x", "x"), { 0 } };
		const struct tree_file none[] = { PLAIN("proc/x", "x"), { 0 } };
		const struct tree_file *const trees[] = { empty, folder, none };
		static const enum fact_state want[] = { FACT_EMPTY, FACT_FAILED, FACT_ABSENT };

		for (size_t t = 0; t < ARRAY_SIZE(trees); t++) {
			char *tree = tree_make(trees[t]);
			struct snapshot now;

			if (session_once(tree, &now))
				expect_int(cases[i].path, now.facts[cases[i].fact], want[t]);
			arena_free(&now.arena);
			tree_remove(tree);
		}
	}
}

static void a_file_without_end_is_too_large(void)
{
	static const struct tree_file files[] = { PLAIN("proc/x", "x"), { 0 } };
	char *tree = tree_make(files);
	struct snapshot now;
	char path[512];
	int fd;

	if (!tree)
		return;
	snprintf(path, sizeof(path), "%s/proc/meminfo", tree);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	expect_int("a sparse terabyte", ftruncate(fd, INT64_C(1) << 40), 0);
	close(fd);
	if (session_once(tree, &now)) {
		expect_int("said", now.facts[FACT_MEMINFO], FACT_TOO_LARGE);
		expect_int("unknown", now.mem.mem_total_kib, NO);
	}
	arena_free(&now.arena);
	tree_remove(tree);
}

static void a_large_zoneinfo_is_read(void)
{
	enum {
		CPUS = 5000,
		LINE = 60
	};
	char *text = malloc(CPUS * LINE + 1000);
	size_t len = 0;
	const struct tree_file files[] = { PLAIN("proc/zoneinfo", text), { 0 } };
	struct snapshot now;
	char *tree;

	if (!text)
		return;
	len += (size_t)sprintf(text,
		"Node 0, zone   Normal\n  pages free     5\n        min      1\n"
		"        low      2\n        high     3\n  pagesets\n");
	for (int i = 0; i < CPUS; i++)
		len += (size_t)sprintf(text + len, "    cpu: %d\n              count: 1\n", i);
	(void)sprintf(
		text + len, "Node 1, zone   Normal\n  pages free     7\n        min      1\n");
	tree = tree_make(files);
	if (session_once(tree, &now) && expect_int("zones", now.n_zones, 2)) {
		expect_int("first", now.zones[0].free_pages, 5);
		expect_int("behind all that", now.zones[1].free_pages, 7);
		expect_int("fact", now.facts[FACT_ZONEINFO], FACT_PRESENT);
	}
	arena_free(&now.arena);
	tree_remove(tree);
	free(text);
}

static void silly_meta_is_not_believed(void)
{
	static const char *const metas[] = { "page_bytes=0\nclk_tck=0\ncpus_online=-5\n",
		"page_bytes=4095\nclk_tck=-1\ncpus_online=99999999999\n",
		"page_bytes=9999999999999999999\nclk_tck=x\ncpus_online=\n", "\0\0\0", "=" };

	for (size_t i = 0; i < ARRAY_SIZE(metas); i++) {
		const struct tree_file files[] = { PLAIN("meta", metas[i]), PLAIN("proc/x", "x"),
			{ 0 } };
		char *tree = tree_make(files);
		struct snapshot now;

		if (session_once(tree, &now)) {
			expect_int(metas[i], now.page_bytes, 4096);
			expect_int(metas[i], now.clk_tck, 100);
			expect_int(metas[i], now.cpus, 0);
		}
		arena_free(&now.arena);
		tree_remove(tree);
	}
}

static void a_partial_view_is_named(void)
{
#define HIDDEN "proc /proc proc rw,hidepid=2 0 0\n"
	static const struct {
		const char *label;
		const char *meta;
		const char *mounts;
		enum partial_view want;
	} cases[] = {
		{ "all", "", "proc /proc proc rw 0 0\n", PARTIAL_NONE },
		{ "hidden", "", HIDDEN, PARTIAL_HIDEPID },
		{ "hidden, other rights", "capabilities=fff7ffff\n", HIDDEN, PARTIAL_HIDEPID },
		{ "not from us", "capabilities=00080000\n", HIDDEN, PARTIAL_NONE },
		{ "namespace", "initial_pid_namespace=no\n", HIDDEN, PARTIAL_PID_NAMESPACE },
		{ "first namespace", "initial_pid_namespace=yes\n", "", PARTIAL_NONE },
		{ "lxcfs", "", "lxcfs /proc/meminfo fuse.lxcfs rw 0 0\n", PARTIAL_LXCFS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct tree_file files[] = { PLAIN("meta", cases[i].meta),
			PLAIN("proc/mounts", cases[i].mounts), { 0 } };
		char *tree = tree_make(files);
		struct snapshot now;

		if (session_once(tree, &now))
			expect_int(cases[i].label, now.partial, cases[i].want);
		arena_free(&now.arena);
		tree_remove(tree);
	}
}

static void names_of_users_come_from_the_recording(void)
{
	static const struct tree_file files[] = {
		PLAIN("meta", "user.0=root\nuser.1000=anna\n"),
		PLAIN("proc/5/status", "Name:\ta\nUid:\t0\t1000\t0\t0\n"),
		PLAIN("proc/6/status", "Name:\tb\nUid:\t0\t1001\t0\t0\n"),
		{ 0 },
	};
	struct collect_options options = { 0 };
	struct collector *collector;
	struct snapshot now = { 0 };
	char *tree = tree_make(files);
	struct root root;

	if (tree && expect_int("open", root_open_recorded(&root, tree), 0) &&
		expect_int("new", collector_new(&root, &options, &collector), 0)) {
		expect_int("tick", collector_tick(collector, &now), 0);
		if (expect_int("tasks", now.n_tasks, 2)) {
			expect_text("named", now.tasks[0].who->user, "anna");
			expect_text("not named", now.tasks[1].who->user, "1001");
		}
		collector_free(collector);
		root_close(&root);
	}
	arena_free(&now.arena);
	tree_remove(tree);
}

static void time_passes_in_a_recording_as_its_uptime_does(void)
{
	static const struct tree_file files[] = {
		PLAIN("meta", "time=2026-11-21T00:00:00Z\nuptime_ms=5\n"),
		PLAIN("tick-0001/proc/uptime", "10.00 1\n"),
		PLAIN("tick-0002/proc/uptime", "12.50 1\n"),
		PLAIN("tick-0003/meta", "time=2026-11-21T01:00:00.500Z\nuptime_ms=99999\n"),
		PLAIN("tick-0003/proc/uptime", "1.00 1\n"),
		{ 0 },
	};
	static const struct {
		int64_t time_ms, uptime_ms;
	} want[] = {
		{ 1795219200000, 10000 },
		{ 1795219202500, 12500 },
		{ 1795222800500, 99999 },
	};
	struct collect_options options = { 0 };
	struct collector *collector;
	struct snapshot now = { 0 };
	char *tree = tree_make(files);
	struct root root;

	if (tree && expect_int("open", root_open_recorded(&root, tree), 0) &&
		expect_int("new", collector_new(&root, &options, &collector), 0)) {
		for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
			expect_int("tick", collector_tick(collector, &now), 0);
			expect_int("time", now.time_ms, want[i].time_ms);
			expect_int("uptime", now.uptime_ms, want[i].uptime_ms);
			expect_int(
				"next", root_next(&root), i + 1 < ARRAY_SIZE(want) ? 0 : -ENODATA);
		}
		collector_free(collector);
		root_close(&root);
	}
	arena_free(&now.arena);
	tree_remove(tree);
}

extern CU_TestInfo collector_tests[];
CU_TestInfo collector_tests[] = {
	{ "the machine is read from a recording", the_machine_is_read_from_a_recording },
	{ "what is not recorded is unknown",
		what_is_not_recorded_is_unknown_and_not_of_this_machine },
	{ "each lacking file is named", each_lacking_file_is_named_with_its_reason },
	{ "a file without end is too large", a_file_without_end_is_too_large },
	{ "a large zoneinfo is read", a_large_zoneinfo_is_read },
	{ "silly meta is not believed", silly_meta_is_not_believed },
	{ "a partial view is named", a_partial_view_is_named },
	{ "names of users come from the recording", names_of_users_come_from_the_recording },
	{ "time passes as the uptime does", time_passes_in_a_recording_as_its_uptime_does },
	CU_TEST_INFO_NULL,
};
