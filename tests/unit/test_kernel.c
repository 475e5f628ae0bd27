/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/kernel.h"
#include "unit.h"

/* clang-format off */
static const struct {
	const char *release;
	int major, minor, patch;
	const char *formula;
	char scale; /* b badness itself, m per mille, t two thirds */
	char tie; /* o oldest, n newest */
	/* One letter a flag: v vendor, S counts swap, P counts page tables, m -1000 protects
	 * sharers, f skips vfork, k has oom skip, e exiting aborts, c sacrifices a child,
	 * z score shows skip, n spanned nodes, u per-CPU counters, x exact swap shown,
	 * t cached by threads, p PSI, w vmalloc in use, N newer, E rss from status, d sysrq
	 * passes a dying victim, y sysrq never panics, a adj reaches sharers, A reaches clones */
	const char *flags;
} releases[] = {
	{ "2.6.9", 2, 6, 9, "2.6.32", 'b', 'o', "ecn" },
	{ "2.6", 2, 6, -1, "2.6.32", 'b', 'o', "ecn" },
	{ "2.6.32-5-amd64", 2, 6, 32, "2.6.32", 'b', 'o', "ecn" },
	{ "2.6.32-642.el6.x86_64", 2, 6, 32, "3.2", 'b', 'o', "vSPecn" },
	{ "2.6.32-400.37.17.el6uek.x86_64", 2, 6, 32, "2.6.32", 'b', 'o', "ecn" },
	{ "2.6.33", 2, 6, 33, "2.6.32", 'b', 'o', "ecn" },
	{ "2.6.34.7", 2, 6, 34, "2.6.32", 'b', 'o', "ecnt" },
	{ "2.6.35", 2, 6, 35, "2.6.32", 'b', 'o', "ecnt" },
	{ "2.6.36", 2, 6, 36, "2.6.36", 'b', 'o', "Secnt" },
	{ "2.6.37", 2, 6, 37, "2.6.36", 'b', 'o', "Smecnt" },
	{ "2.6.38-8-generic", 2, 6, 38, "2.6.36", 'b', 'o', "Smecnt" },
	{ "2.6.39", 2, 6, 39, "2.6.39", 'b', 'o', "SPmecnt" },
	{ "3.0.101-108-default", 3, 0, 101, "2.6.39", 'b', 'o', "SPmecnt" },
	{ "3.1.10", 3, 1, 10, "2.6.39", 'b', 'o', "SPmecnt" },
	{ "3.2.0-4-amd64", 3, 2, 0, "3.2", 'b', 'o', "SPecnt" },
	{ "3.3.8", 3, 3, 8, "3.2", 'b', 'o', "SPecnt" },
	{ "3.4.113", 3, 4, 113, "3.2", 'b', 'o', "SPecntd" },
	{ "3.5", 3, 5, -1, "3.5", 'm', 'o', "SPecntd" },
	{ "3.6.0", 3, 6, 0, "3.5", 'm', 'o', "SPecntd" },
	{ "3.10.4", 3, 10, 4, "3.5", 'm', 'o', "SPecntd" },
	{ "3.10.64", 3, 10, 64, "3.5", 'm', 'o', "SPecntd" },
	{ "3.10.65", 3, 10, 65, "3.14", 'm', 'o', "SPecntd" },
	{ "3.10.108", 3, 10, 108, "3.14", 'm', 'o', "SPecntd" },
	{ "3.10.0", 3, 10, 0, "3.5", 'm', 'o', "SPecntd" },
	{ "3.10.0-1160.el7.x86_64", 3, 10, 0, "3.14", 'm', 'o', "vSPecntd" },
	{ "3.11.10-7", 3, 11, 10, "3.5", 'm', 'o', "SPecntd" },
	{ "3.13.0-24-generic", 3, 13, 0, "3.5", 'm', 'o', "SPecntd" },
	{ "3.14", 3, 14, -1, "3.14", 'm', 'o', "SPecntd" },
	{ "3.19.8", 3, 19, 8, "3.14", 'm', 'o', "SPecntd" },
	{ "4.2.8", 4, 2, 8, "3.14", 'm', 'o', "SPecntd" },
	{ "4.3.0", 4, 3, 0, "3.14", 'm', 'o', "SPecntdy" },
	{ "4.4.180-94-default", 4, 4, 180, "3.14", 'm', 'o', "SPecntdy" },
	{ "4.5.7", 4, 5, 7, "3.14", 'm', 'o', "SPecntdy" },
	{ "4.6.0", 4, 6, 0, "3.14", 'm', 'o', "SPcntdy" },
	{ "4.7", 4, 7, -1, "3.14", 'm', 'n', "SPkcntdy" },
	{ "4.8.17", 4, 8, 17, "3.14", 'm', 'n', "SPfkcntdya" },
	{ "4.9", 4, 9, -1, "3.14", 'm', 'o', "SPfkcntdya" },
	{ "4.14.35-1902.el7uek.x86_64", 4, 14, 35, "3.14", 'm', 'o', "SPfkcntdya" },
	{ "4.16.18", 4, 16, 18, "3.14", 'm', 'o', "SPfkcntdya" },
	{ "4.17.0", 4, 17, 0, "4.17", 'm', 'o', "SPfkcntdya" },
	{ "4.18.0-25-generic", 4, 18, 0, "4.17", 'm', 'o', "SPfkcntdya" },
	{ "4.18.0-147.el8.x86_64", 4, 18, 0, "4.17", 'm', 'o', "vSPfkntdya" },
	{ "4.18.0-553.8.1.el8_10.x86_64", 4, 18, 0, "4.17", 'm', 'o', "vSPfkntdya" },
	{ "4.19.0-27-amd64", 4, 19, 0, "4.17", 'm', 'o', "SPfkcntdya" },
	{ "4.20.17", 4, 20, 17, "4.17", 'm', 'o', "SPfkcntpdya" },
	{ "5.0.21", 5, 0, 21, "4.17", 'm', 'o', "SPfkcntpdya" },
	{ "5.1", 5, 1, -1, "4.17", 'm', 'o', "SPfkntpdya" },
	{ "5.2.21", 5, 2, 21, "4.17", 'm', 'o', "SPfkntpdya" },
	{ "5.3.0-1-amd64", 5, 3, 0, "4.17", 'm', 'n', "SPfkntpwdya" },
	{ "5.4.0-150-generic", 5, 4, 0, "4.17", 'm', 'n', "SPfktpwdya" },
	{ "5.8.18", 5, 8, 18, "4.17", 'm', 'n', "SPfktpwdya" },
	{ "5.9", 5, 9, -1, "5.9", 't', 'n', "SPfkztpwdya" },
	{ "5.10.0-60.18.0.50.oe2203.x86_64", 5, 10, 0, "5.9", 't', 'n', "SPfkztpwdyA" },
	{ "5.14.0-503.el9.x86_64", 5, 14, 0, "5.9", 't', 'n', "SPfkztpwdyA" },
	{ "6.1.0-56-amd64", 6, 1, 0, "5.9", 't', 'n', "SPfkztpwdyA" },
	{ "6.1.192", 6, 1, 192, "5.9", 't', 'n', "SPfkztpwdyA" },
	{ "6.2.0", 6, 2, 0, "5.9", 't', 'n', "SPfkzupwdyA" },
	{ "6.12.116", 6, 12, 116, "5.9", 't', 'n', "SPfkzupwdyA" },
	{ "6.12.117-amd64", 6, 12, 117, "5.9", 't', 'n', "SPfkzuxpwdyA" },
	{ "6.13.200", 6, 13, 200, "5.9", 't', 'n', "SPfkzupwdyA" },
	{ "6.16.12", 6, 16, 12, "5.9", 't', 'n', "SPfkzupwdyA" },
	{ "6.17", 6, 17, -1, "5.9", 't', 'n', "SPfkzuxpwdyA" },
	{ "6.18.44-fc-v657", 6, 18, 44, "5.9", 't', 'n', "SPfkzuxpwdyA" },
	{ "6.19.3", 6, 19, 3, "5.9", 't', 'n', "SPfkzuxpwdyA" },
	{ "7.0", 7, 0, -1, "5.9", 't', 'n', "SPfkzupwEdyA" },
	{ "7.2.0-rc1", 7, 2, 0, "5.9", 't', 'n', "SPfkzupwEdyA" },
	{ "8.0.0", 8, 0, 0, "5.9", 't', 'n', "SPfkzupwNEdyA" },
	{ "999999.999999.999999", 999999, 999999, 999999, "5.9", 't', 'n', "SPfkzupwNEdyA" },
	{ "6.1.9999999", 6, 1, -1, "5.9", 't', 'n', "SPfkztpwdyA" },
};
/* clang-format on */

static void flags_of(const struct kernel_profile *kernel, char *buf)
{
	const struct {
		bool set;
		char letter;
	} flags[] = {
		{ kernel->vendor, 'v' },
		{ kernel->counts_swap, 'S' },
		{ kernel->counts_pgtables, 'P' },
		{ kernel->adj_min_shared_mm, 'm' },
		{ kernel->skips_vfork, 'f' },
		{ kernel->has_oom_skip, 'k' },
		{ kernel->exiting_aborts, 'e' },
		{ kernel->sacrifices_child, 'c' },
		{ kernel->score_sees_skip, 'z' },
		{ kernel->nodes_spanned, 'n' },
		{ kernel->percpu_counters, 'u' },
		{ kernel->swap_counter_exact, 'x' },
		{ kernel->thread_cached_counters, 't' },
		{ kernel->psi_expected, 'p' },
		{ kernel->vmalloc_used_pages, 'w' },
		{ kernel->release_is_newer, 'N' },
		{ kernel->rss_source == RSS_FROM_STATUS, 'E' },
		{ kernel->sysrq_passes_dying, 'd' },
		{ kernel->sysrq_spares_panic, 'y' },
		{ kernel->adj_reach == ADJ_REACHES_SHARERS, 'a' },
		{ kernel->adj_reach == ADJ_REACHES_CLONES, 'A' },
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (flags[i].set)
			*buf++ = flags[i].letter;
	}
	*buf = '\0';
}

static void each_release_has_its_profile(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		const char *label = releases[i].release;
		struct kernel_profile kernel;
		char flags[32];

		memset(&kernel, 0xff, sizeof(kernel));
		kernel_profile_of(label, &kernel);
		flags_of(&kernel, flags);

		expect_true(label, kernel.release_known);
		expect_true(label, kernel.panic_on_no_victim);
		expect_int(label, kernel.major, releases[i].major);
		expect_int(label, kernel.minor, releases[i].minor);
		expect_int(label, kernel.patch, releases[i].patch);
		expect_text(label, formula_name(kernel.formula), releases[i].formula);
		expect_int(label, "bmt"[kernel.score_scale], releases[i].scale);
		expect_int(label, "on"[kernel.tie], releases[i].tie);
		expect_text(label, flags, releases[i].flags);
	}
}

static void what_is_no_version_gets_the_newest_rules(void)
{
	static const char *const strings[] = {
		"",
		"garbage",
		".",
		"6",
		"6.",
		"6-1",
		"v6.1",
		" 6.1",
		"-6.1",
		"6..1",
		"999999999999.1",
		"1.999999999999",
		"\xff\xfe\n",
		"el7",
		"x.el7.y",
	};

	for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
		struct kernel_profile kernel;
		char flags[32];

		kernel_profile_of(strings[i], &kernel);
		flags_of(&kernel, flags);
		expect_true(strings[i], !kernel.release_known);
		expect_int(strings[i], kernel.major, -1);
		expect_int(strings[i], kernel.minor, -1);
		expect_int(strings[i], kernel.patch, -1);
		expect_int(strings[i], kernel.formula, FORMULA_5_9);
		expect_int(strings[i], kernel.tie, TIE_NEWEST);
		expect_text(strings[i], flags, "SPfkzupwEdyA");
	}
}

static void a_vendor_is_known_by_a_word_of_its_own(void)
{
	static const struct {
		const char *release;
		bool vendor;
	} cases[] = {
		{ "3.10.0-1160.el7", true },
		{ "3.10.0-1160.el7.x86_64.debug", true },
		{ "3.10.0-xel7.el7", true },
		{ "3.10.0-1160.el70", false },
		{ "3.10.0-1160.el7a.aarch64", false },
		{ "3.10.0-1160.xel7", false },
		{ "3.10.0-1160.el8", false },
		{ "3.11.0-1160.el7", false },
		{ "4.18.0-80.el7", false },
		{ "4.17.0-80.el8", false },
		{ "2.6.33-1.el6", false },
		{ "2.6.32-754.35.1.el6.i686", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kernel_profile kernel;

		kernel_profile_of(cases[i].release, &kernel);
		expect_int(cases[i].release, kernel.vendor, cases[i].vendor);
	}
}

static void every_formula_has_its_name(void)
{
	static const char *const names[] = { "2.6.32", "2.6.36", "2.6.39", "3.2", "3.5", "3.14",
		"4.17", "5.9" };

	expect_int("count", ARRAY_SIZE(names), FORMULA_COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		expect_text("name", formula_name((enum badness_formula)i), names[i]);
}

static void counters_err_by_what_the_cpus_keep(void)
{
	static const struct {
		const char *release;
		int cpus;
		int64_t want;
	} cases[] = {
		{ "6.18.0", 1, 31 },
		{ "6.18.0", 2, 62 },
		{ "6.18.0", 16, 496 },
		{ "6.18.0", 17, 33 * 17 },
		{ "6.18.0", 64, 8128 },
		{ "6.2.0", 256, 130816 },
		{ "7.2.0", 2, 62 },
		{ "6.1.0", 256, 0 },
		{ "6.1.0", 0, 0 },
		{ "6.18.0", 0, VALUE_UNKNOWN },
		{ "6.18.0", -1, VALUE_UNKNOWN },
		{ "6.18.0", INT32_MAX, INT64_C(4294967293) * INT32_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kernel_profile kernel;

		kernel_profile_of(cases[i].release, &kernel);
		expect_int(cases[i].release, kernel_counter_error(&kernel, cases[i].cpus),
			cases[i].want);
	}
}

static void totals_of_cgroups_go_by_version(void)
{
	static const struct {
		const char *release;
		enum memcg_total total;
		bool oom_group;
	} cases[] = {
		{ "2.6.35", MEMCG_TOTAL_2_6_36, false },
		{ "2.6.36", MEMCG_TOTAL_2_6_36, false },
		{ "2.6.37", MEMCG_TOTAL_2_6_37, false },
		{ "2.6.32-642.el6.x86_64", MEMCG_TOTAL_3_7, false },
		{ "3.4.112", MEMCG_TOTAL_2_6_37, false },
		{ "3.4.113", MEMCG_TOTAL_3_7, false },
		{ "3.6.11", MEMCG_TOTAL_2_6_37, false },
		{ "3.7.0", MEMCG_TOTAL_3_7, false },
		{ "4.5.7", MEMCG_TOTAL_3_7, false },
		{ "4.6.0", MEMCG_TOTAL_4_6, false },
		{ "4.18.0", MEMCG_TOTAL_4_6, false },
		{ "4.19.0", MEMCG_TOTAL_4_6, true },
		{ "6.18.1", MEMCG_TOTAL_4_6, true },
		{ "no version", MEMCG_TOTAL_4_6, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kernel_profile kernel;

		kernel_profile_of(cases[i].release, &kernel);
		expect_int(cases[i].release, kernel.memcg_total, cases[i].total);
		expect_int(cases[i].release, kernel.has_oom_group, cases[i].oom_group);
	}
}

extern CU_TestInfo kernel_tests[];
CU_TestInfo kernel_tests[] = {
	{ "totals of cgroups go by version", totals_of_cgroups_go_by_version },
	{ "each release has its profile", each_release_has_its_profile },
	{ "what is no version gets the newest rules", what_is_no_version_gets_the_newest_rules },
	{ "a vendor is known by a word of its own", a_vendor_is_known_by_a_word_of_its_own },
	{ "every formula has its name", every_formula_has_its_name },
	{ "counters err by what the CPUs keep", counters_err_by_what_the_cpus_keep },
	CU_TEST_INFO_NULL,
};
