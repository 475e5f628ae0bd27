/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lone.h"
#include "unit.h"

/* The worked examples of the kernel facts; number 25 follows below. */
/* clang-format off */
static const struct {
	const char *label;
	const char *release;
	int64_t total;
	int64_t rss, swap, tables;
	int adj;
	bool root;
	int64_t want, score;
} examples[] = {
	{ "1", "2.6.36", 2000000, 100000, 0, 0, 0, false, 50, 50 },
	{ "2", "2.6.36", 2000000, 100000, 20000, 0, 0, true, 30, 30 },
	{ "3", "3.0", 4194304, 3000000, 0, 6000, 0, false, 1, 1 },
	{ "4", "3.4", 4194304, 3000000, 0, 6000, 0, false, 716, 716 },
	{ "5", "3.4", 4194304, 4000000, 100000, 8000, 500, true, 1000, 1000 },
	{ "6", "3.10.4", 2097152, 524288, 0, 1100, 0, true, 462478, 220 },
	{ "7", "3.14", 2097152, 524288, 0, 1100, 0, true, 509627, 243 },
	{ "8", "4.9", 2097152, 524288, 65536, 1230, -300, true, 1, 0 },
	{ "9", "4.9", 2097152, 524288, 65536, 1230, 300, false, 1220154, 581 },
	{ "10", "4.19", 2097152, 1000, 0, 20, -999, false, 1, 0 },
	{ "11", "4.19", 2097152, 0, 0, 0, 0, false, 1, 0 },
	{ "12", "5.4", 2097152, 2097152, 0, 4300, 1000, false, 4198452, 2001 },
	{ "13", "5.4", 2097152, 524288, 0, 1100, -1000, false, 0, 0 },
	{ "14", "5.10", 2097152, 1000, 0, 20, -999, false, -2093883, 1 },
	{ "15", "5.10", 2097152, 0, 0, 8, 0, false, 8, 666 },
	{ "16", "6.1", 2097152, 524288, 0, 1100, -500, false, -523112, 500 },
	{ "17", "6.1", 2097152, 524288, 0, 1100, 1000, false, 2622388, 1500 },
	{ "18", "6.1", 2097152, 524288, 0, 1100, -1000, true, INT64_MIN, 0 },
	{ "19", "6.1", 999, 500, 0, 4, 900, false, 504, 1002 },
	{ "20", "6.1", 1999, 500, 0, 4, 500, false, 1004, 1001 },
	{ "21", "6.12", 16384, 8332, 0, 27, 0, false, 8359, 1006 },
	{ "22", "6.18", 6171024, 5361, 0, 20, 0, false, 5381, 666 },
	{ "23", "6.18", 6171024, 424, 0, 11, 1000, false, 6171435, 1333 },
	{ "24", "6.18", 2097152, 2200000, 300000, 6000, 0, false, 2506000, 1462 },
	/* By hand, at the edges of the formulas. */
	{ "points, below 1", "2.6.38", 2000000, 1, 0, 0, 0, false, 1, 1 },
	{ "points, no PT in 2.6.38", "2.6.38", 2000000, 1999, 0, 99, 0, false, 1, 1 },
	{ "points, PT in 2.6.39", "2.6.39", 2000000, 3999, 0, 1, 0, false, 2, 2 },
	{ "points, adj alone", "2.6.36", 2000000, 0, 0, 0, 7, false, 7, 7 },
	{ "points, -1000 is never", "3.4", 2000000, 900000, 0, 0, -1000, false, 0, 0 },
	{ "last page that fits 32 bits", "3.1", 2147484, 2147483, 0, 0, 0, false, 999, 999 },
	{ "first that overflows", "3.1", 2147484, 2147484, 0, 0, 0, false, 1, 1 },
	{ "the same in 3.2", "3.2", 2147484, 2147484, 0, 0, 0, false, 1000, 1000 },
	{ "overflow to a positive value", "3.0", 8388608, 5000000, 0, 0, 0, false, 84, 84 },
	/* (2^64 - 1294967296) / 3500000 is 573434212 modulo 2^32. */
	{ "negative as unsigned long", "3.0", 3500000, 3000000, 0, 0, 0, false, 1000, 1000 },
	{ "3.5 root, adj 30", "3.5", 2097152, 1000, 0, 0, 30, true, 1000, 0 },
	{ "3.14 root, truncated 3%", "3.14", 2097152, 133, 0, 0, 0, true, 130, 0 },
	{ "3.14 root before adj", "3.14", 2097152, 100000, 0, 0, 10, true, 117970, 56 },
	{ "4.17 forgets root", "4.17", 2097152, 524288, 0, 1100, 0, true, 525388, 250 },
	{ "5.8 has a floor", "5.8", 2097152, 524288, 0, 1100, -500, false, 1, 0 },
	{ "5.9 has none", "5.9", 2097152, 524288, 0, 1100, -500, false, -523112, 500 },
	{ "RHEL 6", "2.6.32-642.el6", 4194304, 3000000, 0, 6000, 0, false, 716, 716 },
	{ "RHEL 7", "3.10.0-1160.el7", 2097152, 524288, 0, 1100, 0, true, 509627, 243 },
	{ "RHEL 8", "4.18.0-147.el8", 2097152, 524288, 0, 1100, 0, true, 525388, 250 },
	{ "T of 1", "6.1", 1, 5, 0, 0, 1000, false, 5, 4000 },
	{ "7.2", "7.2", 2097152, 524288, 7, 1100, -1, false, 523298, 832 },
};
/* clang-format on */

static void the_worked_examples_come_out(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
		const char *label = examples[i].label;
		struct lone lone;

		lone_init(&lone, examples[i].release);
		lone.scope.totalpages = examples[i].total;
		lone_set_swap(&lone, 4194304, examples[i].swap ? 0 : 4194304);
		lone_set_memory(&lone, examples[i].rss, examples[i].swap, examples[i].tables);
		lone.task.oom_score_adj = examples[i].adj;
		lone.task.cap_effective = examples[i].root ? LONE_ROOT : 0;

		expect_int(label, lone_total(&lone), examples[i].want);
		expect_int(label, badness_score(&lone.scope, &lone.badness), examples[i].score);
		expect_true(label, lone.badness.known);
	}
}

/* 110001 by 20 by 2 by 4 by 4, times 4, cut each time. */
static void example_25_comes_out(void)
{
	struct lone lone;
	struct task tasks[2];

	lone_init(&lone, "2.6.32");
	lone.task.vsize_pages = 100000;
	lone.task.utime_ticks = 360000;
	lone.task.cap_effective = LONE_ALL_CAPS;
	lone.task.oom_score_adj = 117; /* oom_adj 2 */
	tasks[0] = tasks[1] = lone.task;
	tasks[1].pid = 200;
	tasks[1].ppid = 100;
	tasks[1].vsize_pages = 20000;
	lone.snapshot.tasks = tasks;
	lone.snapshot.n_tasks = 2;

	badness_of(&lone.scope, &tasks[0], &lone.badness);
	expect_int("25", lone.badness.total, 684);
	expect_int("25", badness_score(&lone.scope, &lone.badness), 684);
}

static void terms_add_up_to_the_score(void)
{
	static const struct {
		const char *release;
		int64_t root, adj;
	} cases[] = {
		{ "2.6.36", -30, 200 },
		{ "3.4", -30, 200 },
		{ "3.10.4", -30 * 2097, 200 * 2097 },
		{ "4.9", -(524288 + 1230 + 50) * 3 / 100, 200 * 2097 },
		{ "4.19", 0, 200 * 2097 },
		{ "6.1", 0, 200 * 2097 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *label = cases[i].release;
		struct lone lone;
		int64_t memory;

		lone_init(&lone, label);
		lone_set_memory(&lone, 524288, 50, 1230);
		lone.task.oom_score_adj = 200;
		lone.task.cap_effective = LONE_ROOT;
		lone_judge(&lone);
		memory =
			lone.badness.rss_pages + lone.badness.swap_pages + lone.badness.table_pages;
		if (i < 2)
			memory = memory * 1000 / 2097152;

		expect_int(label, lone.badness.root_pages, cases[i].root);
		expect_int(label, lone.badness.adj_pages, cases[i].adj);
		expect_int(label, lone.badness.total, memory + cases[i].root + cases[i].adj);
		expect_int(label, lone.badness.total_pages,
			i < 2 ? lone.badness.total * 2097152 / 1000 : lone.badness.total);
	}

	{
		struct lone lone;

		lone_init(&lone, "2.6.32");
		lone.task.vsize_pages = 1600;
		lone.task.start_ticks = 3600000;
		lone.task.cap_effective = LONE_ALL_CAPS;
		lone.task.oom_score_adj = 58;
		expect_int("2.6.32", lone_total(&lone), 200);
		expect_int("capabilities", lone.badness.root_pages, 100 - 1600);
		expect_int("oom_adj 1", lone.badness.adj_pages, 100);
	}
}

static void growth_goes_through_the_formula(void)
{
	static const struct {
		const char *label;
		const char *release;
		int adj;
		int64_t extra;
		int64_t want, rss;
	} cases[] = {
		{ "grows", "6.1", 0, 500, 1600, 1500 },
		{ "shrinks", "6.1", 0, -500, 600, 500 },
		{ "shrinks away", "6.1", 0, -5000, 0, 0 },
		{ "shrinks below", "6.1", 0, INT64_MIN + 1, 0, 0 },
		{ "stays below the floor", "4.19", -1, 500, 1, 1500 },
		{ "leaves the floor", "4.19", -1, 1000, 3, 2000 },
		{ "points", "3.4", 0, 2097152, 1000, 2098152 },
		{ "overflows", "3.0", 0, 2500000, 1, 2501000 },
		{ "without end", "6.1", 0, INT64_MAX, INT64_MAX, INT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lone lone;

		lone_init(&lone, cases[i].release);
		lone_set_memory(&lone, 1000, 0, 100);
		lone.task.oom_score_adj = cases[i].adj;
		badness_grown(&lone.scope, &lone.task, cases[i].extra, &lone.badness);
		expect_int(cases[i].label, lone.badness.total, cases[i].want);
		expect_int(cases[i].label, lone.badness.rss_pages, cases[i].rss);
	}
}

static void points_have_one_decimal(void)
{
	static const struct {
		const char *label;
		const char *release;
		int64_t rss;
		int adj;
		int64_t want;
	} cases[] = {
		{ "half", "6.1", 1048576, 0, 5000 },
		{ "a tenth of a thousandth", "6.1", 210, 0, 1 },
		{ "less", "6.1", 209, 0, 0 },
		{ "negative", "6.1", 0, -500, -4999 },
		{ "per mille already", "3.4", 1048576, 0, 5000 },
		{ "never", "6.1", 5, -1000, VALUE_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lone lone;

		lone_init(&lone, cases[i].release);
		lone_set_memory(&lone, cases[i].rss, 0, 0);
		lone.task.oom_score_adj = cases[i].adj;
		lone_judge(&lone);
		expect_int(cases[i].label, badness_points_tenths(&lone.scope, &lone.badness),
			cases[i].want);
	}
}

static void huge_values_saturate(void)
{
	static const char *const kernels[] = { "2.6.32", "2.6.36", "3.0", "3.4", "3.5", "3.14",
		"4.19", "6.1", "6.18", "7.2" };
	static const int64_t values[] = { 0, 1, INT64_MAX - 1, INT64_MAX, INT64_MIN + 1 };

	for (size_t i = 0; i < ARRAY_SIZE(kernels) * ARRAY_SIZE(values); i++) {
		const char *label = kernels[i % ARRAY_SIZE(kernels)];
		const int64_t value = values[i / ARRAY_SIZE(kernels)];

		for (int adj = -1000; adj <= 1000; adj += 500) {
			struct lone lone;

			lone_init(&lone, label);
			lone_set_memory(&lone, value, value, 0);
			lone.task.pgtables_bytes = value;
			lone.task.vsize_pages = value;
			lone.task.utime_ticks = lone.task.stime_ticks = (uint64_t)value;
			lone.task.start_ticks = (uint64_t)value;
			lone.task.stale_pages = value;
			lone.task.oom_score_adj = adj;
			lone.task.cap_effective = LONE_ROOT;
			lone.scope.totalpages = value > 0 ? value : INT64_MAX;
			lone_judge(&lone);
			badness_score(&lone.scope, &lone.badness);
			badness_points_tenths(&lone.scope, &lone.badness);
			expect_int(label, lone.badness.total == INT64_MIN,
				adj == -1000 && lone.snapshot.kernel.formula == FORMULA_5_9);
			expect_true(label, lone.badness.error_pages >= 0);
		}
	}
}

static void the_same_sizes_may_be_the_same_memory(void)
{
	static const struct {
		const char *label;
		int64_t vsize[2], rss[2];
		bool want;
	} cases[] = {
		{ "equal", { 10, 10 }, { 5, 5 }, true },
		{ "equal and empty", { 10, 10 }, { 0, 0 }, true },
		{ "other size", { 10, 11 }, { 5, 5 }, false },
		{ "other rss", { 10, 10 }, { 5, 6 }, false },
		{ "no memory", { 0, 0 }, { 0, 0 }, false },
		{ "unread size", { VALUE_UNKNOWN, VALUE_UNKNOWN }, { 5, 5 }, false },
		{ "unread rss", { 10, 10 }, { VALUE_UNKNOWN, VALUE_UNKNOWN }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct task a = { .vsize_pages = cases[i].vsize[0],
			.rss_stat_pages = cases[i].rss[0] };
		const struct task b = { .vsize_pages = cases[i].vsize[1],
			.rss_stat_pages = cases[i].rss[1] };

		expect_int(cases[i].label, badness_may_share(&a, &b), cases[i].want);
		expect_int(cases[i].label, badness_may_share(&b, &a), cases[i].want);
	}
}

static void every_exemption_has_an_id_and_words(void)
{
	static const char *const ids[] = { NULL, "init", "kthread", "adj_min", "no_mm", "vfork",
		"oom_skip", "out_of_scope", "unreadable" };

	expect_int("count", ARRAY_SIZE(ids), EXEMPT_COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		const enum exempt exempt = (enum exempt)i;

		if (ids[i])
			expect_text("id", exempt_id(exempt), ids[i]);
		else
			expect_true("no id", !exempt_id(exempt));
		expect_int("words", strlen(exempt_words(exempt)) > 0, exempt != EXEMPT_NONE);
	}
	expect_text("words", exempt_words(EXEMPT_ADJ_MIN), "oom_score_adj is -1000");
}

extern CU_TestInfo badness_tests[];
CU_TestInfo badness_tests[] = {
	{ "the worked examples come out", the_worked_examples_come_out },
	{ "example 25 comes out", example_25_comes_out },
	{ "terms add up to the score", terms_add_up_to_the_score },
	{ "growth goes through the formula", growth_goes_through_the_formula },
	{ "points have one decimal", points_have_one_decimal },
	{ "huge values saturate", huge_values_saturate },
	{ "the same sizes may be the same memory", the_same_sizes_may_be_the_same_memory },
	{ "every exemption has an id and words", every_exemption_has_an_id_and_words },
	CU_TEST_INFO_NULL,
};
