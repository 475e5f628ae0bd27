/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/snapshot.h"
#include "unit.h"

static void processes_are_found_by_pid_and_start(void)
{
	struct task tasks[] = {
		{ .pid = 1, .start_ticks = 2 },
		{ .pid = 2, .start_ticks = 2 },
		{ .pid = 40, .start_ticks = 7 },
		{ .pid = 4194304, .start_ticks = 9 },
	};
	struct snapshot snapshot = { .tasks = tasks, .n_tasks = ARRAY_SIZE(tasks) };

	for (uint32_t n = 1; n <= ARRAY_SIZE(tasks); n++) {
		snapshot.n_tasks = n;
		for (uint32_t i = 0; i < n; i++)
			expect_int("found",
				snapshot_find(&snapshot, tasks[i].pid, tasks[i].start_ticks), i);
	}
	expect_int("another process with that pid", snapshot_find(&snapshot, 40, 8), -1);
	expect_int("below the first", snapshot_find(&snapshot, 0, 2), -1);
	expect_int("between", snapshot_find(&snapshot, 39, 7), -1);
	expect_int("above the last", snapshot_find(&snapshot, INT32_MAX, 9), -1);
	snapshot.tasks = NULL;
	snapshot.n_tasks = 0;
	expect_int("no tasks", snapshot_find(&snapshot, 1, 2), -1);
}

static void pages_become_bytes_and_kib(void)
{
	static const struct {
		const char *label;
		int64_t page_bytes, pages, bytes, kib;
	} cases[] = {
		{ "none", 4096, 0, 0, 0 },
		{ "small pages", 4096, 3, 12288, 12 },
		{ "large pages", 65536, 3, 196608, 192 },
		{ "negative", 4096, -3, -12288, -12 },
		{ "unknown", 4096, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ "unknown page size", VALUE_UNKNOWN, 3, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ "largest that fits", 4096, INT64_MAX / 4096, INT64_MAX / 4096 * 4096,
			INT64_MAX / 4096 * 4 },
		{ "too many", 4096, INT64_MAX, INT64_MAX, INT64_MAX / 1024 },
		{ "too few", 4096, INT64_MIN + 1, INT64_MIN + 1, (INT64_MIN + 1) / 1024 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct snapshot snapshot = { .page_bytes = cases[i].page_bytes };

		expect_int(
			cases[i].label, snapshot_bytes(&snapshot, cases[i].pages), cases[i].bytes);
		expect_int(cases[i].label, snapshot_kib(&snapshot, cases[i].pages), cases[i].kib);
	}
}

static void forgotten_values_are_unknown_and_no_more_is_touched(void)
{
	struct {
		struct meminfo mem;
		int64_t guard;
	} box;

	memset(&box, 0, sizeof(box));
	values_forget(&box.mem, sizeof(box.mem));
	expect_int("first", box.mem.mem_total_kib, VALUE_UNKNOWN);
	expect_int("last", box.mem.hugetlb_kib, VALUE_UNKNOWN);
	expect_int("behind it", box.guard, 0);
}

extern CU_TestInfo snapshot_tests[];

CU_TestInfo snapshot_tests[] = {
	{ "processes are found by pid and start", processes_are_found_by_pid_and_start },
	{ "pages become bytes and KiB", pages_become_bytes_and_kib },
	{ "forgotten values are unknown", forgotten_values_are_unknown_and_no_more_is_touched },
	CU_TEST_INFO_NULL,
};
