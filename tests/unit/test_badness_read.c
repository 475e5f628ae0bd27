/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lone.h"
#include "unit.h"

static void rss_is_read_where_the_killer_reads_it(void)
{
	static const struct {
		const char *label;
		const char *release;
		int64_t stat, anon, file, shmem, status;
		int64_t want, error;
		bool known;
	} cases[] = {
		{ "stat first", "6.18", 5361, 5000, 300, 90, 5390, 5361, 0, true },
		{ "status split from 7.0", "7.0", 5361, 5000, 300, 90, 5390, 5390, 0, true },
		{ "7.0 without the split", "7.0", 5361, 5000, VALUE_UNKNOWN, 90, 5391, 5391, 0,
			true },
		{ "7.0 with stat alone", "7.0", 5361, VALUE_UNKNOWN, 300, 90, VALUE_UNKNOWN, 5361,
			186, true },
		{ "6.18 without stat", "6.18", VALUE_UNKNOWN, 5000, 300, 90, 5390, 5390, 186,
			true },
		{ "6.16 shows the same in both", "6.16", VALUE_UNKNOWN, 5000, 300, 90, 5390, 5390,
			0, true },
		{ "4.4 has VmRSS alone", "4.4", VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN,
			VALUE_UNKNOWN, 5390, 5390, 0, true },
		{ "nothing", "6.1", VALUE_UNKNOWN, 1, 1, VALUE_UNKNOWN, VALUE_UNKNOWN,
			VALUE_UNKNOWN, VALUE_UNKNOWN, false },
		{ "never negative", "6.1", -3, 1, 1, 1, 3, 0, 0, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lone lone;

		lone_init(&lone, cases[i].release);
		lone_set_memory(&lone, 0, 0, 0);
		lone.task.rss_stat_pages = cases[i].stat;
		lone.task.rss_anon_pages = cases[i].anon;
		lone.task.rss_file_pages = cases[i].file;
		lone.task.rss_shmem_pages = cases[i].shmem;
		lone.task.rss_status_pages = cases[i].status;

		expect_int(cases[i].label, lone_judge(&lone)->rss_pages, cases[i].want);
		expect_int(cases[i].label, lone.badness.error_pages, cases[i].error);
		expect_int(cases[i].label, lone.badness.known, cases[i].known);
		expect_int(cases[i].label, lone.badness.total, value_or(cases[i].want, 0));
	}
}

static void unknown_swap_is_none_where_none_is_in_use(void)
{
	static const struct {
		const char *label;
		const char *release;
		int64_t swap_total_kib, swap_free_kib;
		int64_t want, error;
		bool known;
	} cases[] = {
		{ "no swap", "6.1", 0, 0, 0, 0, true },
		{ "all free", "6.1", 4000, 4000, 0, 0, true },
		{ "free of nothing", "6.1", 0, VALUE_UNKNOWN, 0, 0, true },
		{ "one page in use", "6.1", 4000, 3996, VALUE_UNKNOWN, 1, false },
		{ "free unread", "6.1", 4000, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN, false },
		{ "total unread", "6.1", VALUE_UNKNOWN, 0, VALUE_UNKNOWN, VALUE_UNKNOWN, false },
		{ "not counted", "2.6.32", 4000, 0, 0, 0, true },
		{ "counted by RHEL 6", "2.6.32-642.el6", 4000, 0, VALUE_UNKNOWN, 0, false },
		{ "exact in 6.18 and none", "6.18", 0, 0, 0, 0, true },
		{ "6.18 with some", "6.18", 4000, 3996, VALUE_UNKNOWN, 1 + 62, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lone lone;

		lone_init(&lone, cases[i].release);
		lone_set_memory(&lone, 1, VALUE_UNKNOWN, 0);
		lone.task.start_ticks = 3600000;
		lone_set_swap(&lone, cases[i].swap_total_kib, cases[i].swap_free_kib);
		expect_int(cases[i].label, lone_judge(&lone)->swap_pages, cases[i].want);
		expect_int(cases[i].label, lone.badness.error_pages, cases[i].error);
		expect_int(cases[i].label, lone.badness.known, cases[i].known);
	}
}

static void exact_swap_is_not_what_the_killer_reads(void)
{
	static const struct {
		const char *label;
		const char *release;
		int cpus;
		int64_t swap, free_kib, pswpout;
		int64_t error;
		bool known;
	} cases[] = {
		{ "6.18, nothing ever swapped", "6.18", 2, 0, 4000, 0, 0, true },
		{ "6.18, others swapped", "6.18", 2, 0, 3996, 1, 62, true },
		{ "6.18, itself swapped", "6.18", 2, 1, 4000, 0, 62, true },
		{ "6.18, all came back", "6.18", 2, 0, 4000, 9, 62, true },
		{ "6.18, 64 cpus", "6.18", 64, 5, 0, 5, 8128, true },
		{ "6.18, cpus unknown", "6.18", 0, 5, 0, 5, VALUE_UNKNOWN, false },
		{ "6.18, cpus unknown, no swap", "6.18", 0, 0, 4000, 0, 0, true },
		{ "6.18, counters unread", "6.18", 2, 0, VALUE_UNKNOWN, VALUE_UNKNOWN, 62, true },
		{ "6.12.116", "6.12.116", 2, 5, 0, 5, 0, true },
		{ "6.12.117", "6.12.117", 2, 5, 0, 5, 62, true },
		{ "7.0 reads exact sums", "7.0", 2, 5, 0, 5, 0, true },
		{ "6.1 has one counter", "6.1", 64, 5, 0, 5, 0, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lone lone;

		lone_init(&lone, cases[i].release);
		lone_set_memory(&lone, 1000, cases[i].swap, 0);
		lone_set_swap(&lone, 4000, cases[i].free_kib);
		lone.snapshot.cpus = cases[i].cpus;
		lone.snapshot.vmstat.pswpout = cases[i].pswpout;
		expect_int(cases[i].label, lone_judge(&lone)->error_pages, cases[i].error);
		expect_int(cases[i].label, lone.badness.known, cases[i].known);
		expect_int(cases[i].label, lone.badness.total, 1000 + cases[i].swap);
	}
}

static void unknown_tables_are_bound_by_the_address_space(void)
{
	struct lone lone;

	lone_init(&lone, "6.1");
	lone_set_memory(&lone, 1000, 0, 0);
	lone.task.pgtables_bytes = VALUE_UNKNOWN;
	lone.task.vsize_pages = 512 * 10 + 511;
	expect_int("tables", lone_judge(&lone)->table_pages, VALUE_UNKNOWN);
	expect_int("ranked by the rest", lone.badness.total, 1000);
	expect_int("bound", lone.badness.error_pages, 10 + 64);
	expect_true("not known", !lone.badness.known);

	lone.task.vsize_pages = VALUE_UNKNOWN;
	expect_int("no bound", lone_judge(&lone)->error_pages, VALUE_UNKNOWN);

	lone.task.pgtables_bytes = 4095;
	expect_int("a piece of a page", lone_judge(&lone)->table_pages, 0);
	lone.task.pgtables_bytes = 131072;
	lone.snapshot.page_bytes = 65536;
	expect_int("64 KiB pages", lone_judge(&lone)->table_pages, 2);
	lone.snapshot.page_bytes = 0;
	expect_int("no page size", lone_judge(&lone)->table_pages, 128);

	lone_init(&lone, "2.6.38");
	lone_set_memory(&lone, 1000, 0, 0);
	lone.task.pgtables_bytes = VALUE_UNKNOWN;
	expect_true("not counted in 2.6.38", lone_judge(&lone)->known);
	expect_int("so nothing is unknown", lone.badness.table_pages, 0);
}

static void staleness_becomes_error_in_the_unit_of_the_score(void)
{
	static const struct {
		const char *label;
		const char *release;
		int64_t rss;
		int adj;
		bool root;
		int64_t stale, error;
	} cases[] = {
		{ "pages", "6.1", 1000, 0, false, 7, 7 },
		{ "nothing below nothing", "6.1", 3, 0, false, 7, 7 },
		{ "below the floor all are equal", "4.19", 1000, -10, false, 7, 0 },
		{ "rising above the floor", "4.19", 20970 - 3, -10, false, 7, 3 },
		{ "falling to the floor", "4.19", 20970 + 3, -10, false, 7, 7 },
		{ "3% less of it", "3.14", 1000, 0, true, 100, 97 },
		/* 1 point is 2097 pages, and one for rounding. */
		{ "points, less than one", "3.4", 2100, 0, false, 1, 0 },
		{ "points, crossing one", "3.4", 4195, 0, false, 1, 2097 + 1 },
		{ "points, at the top", "3.4", 2097152, 500, false, 1000, 0 },
		{ "32 bits, far from overflow", "3.0", 2000000, 0, false, 1, 0 },
		{ "32 bits, near it", "3.0", 2147483, 0, false, 1, 2097152 + 1 },
		{ "32 bits, behind it", "3.0", 3147483, 0, false, 1, 2097152 + 1 },
		{ "32 bits, exact", "3.0", 3147483, 0, false, 0, 0 },
		{ "unknown", "6.1", 1000, 0, false, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ "negative is none", "6.1", 1000, 0, false, -5, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lone lone;

		lone_init(&lone, cases[i].release);
		lone_set_memory(&lone, cases[i].rss, 0, 0);
		lone.task.oom_score_adj = cases[i].adj;
		lone.task.cap_effective = cases[i].root ? LONE_ROOT : 0;
		lone.task.stale_pages = cases[i].stale;
		expect_int(cases[i].label, lone_judge(&lone)->error_pages, cases[i].error);
		expect_int(cases[i].label, lone.badness.known, value_known(cases[i].error));
	}
}

static void what_root_is_may_be_unsure(void)
{
	static const struct {
		const char *label;
		const char *release;
		uint32_t lacking;
		uint64_t caps;
		uint32_t uid;
		int64_t want, error;
		bool known;
	} cases[] = {
		{ "root", "4.9", 0, LONE_ROOT, 0, 97000, 0, true },
		{ "another capability", "4.9", 0, ~LONE_ROOT, 0, 100000, 0, true },
		{ "capable but not root: a namespace?", "4.9", 0, LONE_ROOT, 1000, 97000, 3000,
			true },
		{ "of unknown user", "4.9", TASK_HAS_UID, LONE_ROOT, 1000, 97000, 0, true },
		{ "the same in 3.5", "3.5", 0, LONE_ROOT, 1000, 100000 - 30 * 2097, 30 * 2097,
			true },
		{ "before user namespaces", "3.4", 0, LONE_ROOT, 1000, 17, 0, true },
		{ "capabilities unread", "4.9", TASK_HAS_CAPS, 0, 0, 100000, 3000, false },
		{ "unread, 3.5", "3.5", TASK_HAS_CAPS, 0, 0, 100000, 30 * 2097, false },
		{ "unread, 3.4", "3.4", TASK_HAS_CAPS, 0, 0, 47, 30 * 2097152 / 1000 + 1, false },
		{ "unread where it does not matter", "4.17", TASK_HAS_CAPS, 0, 0, 100000, 0, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lone lone;

		lone_init(&lone, cases[i].release);
		lone_set_memory(&lone, 100000, 0, 0);
		lone.task.has &= ~cases[i].lacking;
		lone.task.cap_effective = cases[i].caps;
		lone.task.uid = cases[i].uid;
		expect_int(cases[i].label, lone_total(&lone), cases[i].want);
		expect_int(cases[i].label, lone.badness.error_pages, cases[i].error);
		expect_int(cases[i].label, lone.badness.known, cases[i].known);
	}

	{
		struct lone lone;

		lone_init(&lone, "4.9");
		lone_set_memory(&lone, 100000, 0, 0);
		lone.task.has &= ~(uint32_t)TASK_HAS_CAPS;
		lone.task.stale_pages = 100;
		expect_int("unread and stale", lone_judge(&lone)->error_pages, 100000 - 96903);
		lone.task.has |= TASK_HAS_CAPS;
		lone.task.cap_effective = LONE_ROOT;
		lone.task.uid = 1;
		expect_int("doubtful and stale", lone_judge(&lone)->error_pages, 100100 - 97000);
	}
}

static void unknown_adj_leaves_no_bound(void)
{
	struct lone lone;

	lone_init(&lone, "6.1");
	lone_set_memory(&lone, 1000, 0, 0);
	lone.task.has &= ~(uint32_t)TASK_HAS_ADJ;
	lone.task.oom_score_adj = 900;
	expect_int("memory alone", lone_total(&lone), 1000);
	expect_true("not known", !lone.badness.known);
	expect_int("no bound", lone.badness.error_pages, VALUE_UNKNOWN);

	lone.task.has |= TASK_HAS_ADJ;
	lone.task.oom_score_adj = 30000;
	expect_int("hostile", lone_judge(&lone)->adj_pages, 1000 * 2097);
	lone.task.oom_score_adj = -30000;
	expect_int("hostile and negative", lone_total(&lone), INT64_MIN);
}

static void without_totals_memory_is_the_score(void)
{
	static const int64_t totals[] = { VALUE_UNKNOWN, 0, -7 };
	static const char *const kernels[] = { "2.6.36", "3.0", "3.14", "6.1" };

	for (size_t i = 0; i < ARRAY_SIZE(totals) * ARRAY_SIZE(kernels); i++) {
		const char *label = kernels[i % ARRAY_SIZE(kernels)];
		struct lone lone;

		lone_init(&lone, label);
		lone_set_memory(&lone, 1000, 0, 0);
		lone.scope.totalpages = totals[i / ARRAY_SIZE(kernels)];
		lone.task.oom_score_adj = 500;
		expect_int(label, lone_total(&lone), 1000);
		expect_int(label, lone.badness.total_pages, 1000);
		expect_true(label, !lone.badness.known);
		expect_int(label, badness_score(&lone.scope, &lone.badness), VALUE_UNKNOWN);
		expect_int(label, badness_points_tenths(&lone.scope, &lone.badness), VALUE_UNKNOWN);
	}
}

extern CU_TestInfo badness_read_tests[];
CU_TestInfo badness_read_tests[] = {
	{ "rss is read where the killer reads it", rss_is_read_where_the_killer_reads_it },
	{ "unknown swap is none where none is in use", unknown_swap_is_none_where_none_is_in_use },
	{ "exact swap is not what the killer reads", exact_swap_is_not_what_the_killer_reads },
	{ "unknown tables are bound by the address space",
		unknown_tables_are_bound_by_the_address_space },
	{ "staleness becomes error in the unit of the score",
		staleness_becomes_error_in_the_unit_of_the_score },
	{ "what root is may be unsure", what_root_is_may_be_unsure },
	{ "unknown adj leaves no bound", unknown_adj_leaves_no_bound },
	{ "without totals memory is the score", without_totals_memory_is_the_score },
	CU_TEST_INFO_NULL,
};
