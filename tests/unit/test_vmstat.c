/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "cuts.h"
#include "parse/system.h"
#include "unit.h"

/* Of 4.8 and later; names with a prefix in common that must not be added. */
static const char vmstat_6_18[] = "nr_free_pages 940456\n"
				  "workingset_refault_anon 30\n"
				  "workingset_refault_file 106220\n"
				  "workingset_activate_anon 1\n"
				  "workingset_activate_file 1813\n"
				  "workingset_restore_anon 2\n"
				  "workingset_restore_file 40\n"
				  "workingset_nodereclaim 5\n"
				  "pswpin 6\n"
				  "pswpout 7\n"
				  "allocstall_dma 1\n"
				  "allocstall_dma32 20\n"
				  "allocstall_normal 300\n"
				  "allocstall_movable 4000\n"
				  "allocstall_device 50000\n"
				  "pgskip_normal 99\n"
				  "pgfault 1338304\n"
				  "pgmajfault 1104\n"
				  "pgsteal_kswapd 11\n"
				  "pgsteal_direct 12\n"
				  "pgsteal_khugepaged 1000000\n"
				  "pgsteal_proactive 1000000\n"
				  "pgscan_kswapd 13\n"
				  "pgscan_direct 14\n"
				  "pgscan_khugepaged 1000000\n"
				  "pgscan_proactive 1000000\n"
				  "pgscan_direct_throttle 15\n"
				  "pgscan_anon 1000000\n"
				  "pgscan_file 1000000\n"
				  "pgsteal_anon 1000000\n"
				  "pgsteal_file 1000000\n"
				  "pginodesteal 1000000\n"
				  "kswapd_inodesteal 1000000\n"
				  "kswapd_low_wmark_hit_quickly 16\n"
				  "kswapd_high_wmark_hit_quickly 17\n"
				  "pageoutrun 18\n"
				  "drop_pagecache 19\n"
				  "drop_slab 20\n"
				  "oom_kill 21\n"
				  "compact_stall 22\n"
				  "compact_fail 23\n"
				  "compact_success 24\n"
				  "compact_daemon_wake 1000000\n";

/* 3.2: what was reclaimed is counted by zone, and kswapd's part of it. */
static const char vmstat_3_2[] = "pswpin 1\n"
				 "pgsteal_dma 1\n"
				 "pgsteal_dma32 20\n"
				 "pgsteal_normal 300\n"
				 "pgsteal_high 4000\n"
				 "pgsteal_movable 50000\n"
				 "pgscan_kswapd_dma 1\n"
				 "pgscan_kswapd_dma32 2\n"
				 "pgscan_kswapd_normal 3\n"
				 "pgscan_kswapd_high 4\n"
				 "pgscan_kswapd_movable 5\n"
				 "pgscan_direct_dma 10\n"
				 "pgscan_direct_dma32 20\n"
				 "pgscan_direct_normal 30\n"
				 "pgscan_direct_high 40\n"
				 "pgscan_direct_movable 50\n"
				 "zone_reclaim_failed 0\n"
				 "pginodesteal 7\n"
				 "kswapd_steal 54000\n"
				 "kswapd_inodesteal 8\n"
				 "pageoutrun 9\n"
				 "allocstall 77\n"
				 "pgrotated 1\n";

/* 3.4 to 4.7: both by zone. */
static const char vmstat_4_4[] = "workingset_refault 500\n"
				 "workingset_activate 60\n"
				 "workingset_nodereclaim 0\n"
				 "pgsteal_kswapd_dma 1\n"
				 "pgsteal_kswapd_normal 2\n"
				 "pgsteal_direct_dma 30\n"
				 "pgsteal_direct_normal 40\n"
				 "pgscan_kswapd_dma 5\n"
				 "pgscan_kswapd_normal 6\n"
				 "pgscan_direct_dma 70\n"
				 "pgscan_direct_normal 80\n"
				 "pgscan_direct_throttle 9\n"
				 "allocstall 11\n"
				 "pgrotated 1\n";

static int vmstat_of(const char *text, struct vmstat *ret)
{
	return parse_vmstat(text, strlen(text), ret);
}

static void counters_since_4_8(void)
{
	struct vmstat got;

	expect_int("parsed", vmstat_of(vmstat_6_18, &got), 0);
	expect_int("pgscan_kswapd", got.pgscan_kswapd, 13);
	expect_int("pgscan_direct", got.pgscan_direct, 14);
	expect_int("pgsteal_kswapd", got.pgsteal_kswapd, 11);
	expect_int("pgsteal_direct", got.pgsteal_direct, 12);
	expect_int("allocstall", got.allocstall, 54321);
	expect_int("throttle", got.pgscan_direct_throttle, 15);
	expect_int("refault", got.workingset_refault, 106250);
	expect_int("activate", got.workingset_activate, 1814);
	expect_int("restore", got.workingset_restore, 42);
	expect_int("pswpin", got.pswpin, 6);
	expect_int("pswpout", got.pswpout, 7);
	expect_int("pgmajfault", got.pgmajfault, 1104);
	expect_int("pageoutrun", got.pageoutrun, 18);
	expect_int("low", got.kswapd_low_wmark_hit_quickly, 16);
	expect_int("high", got.kswapd_high_wmark_hit_quickly, 17);
	expect_int("stall", got.compact_stall, 22);
	expect_int("fail", got.compact_fail, 23);
	expect_int("success", got.compact_success, 24);
	expect_int("pagecache", got.drop_pagecache, 19);
	expect_int("slab", got.drop_slab, 20);
	expect_int("oom_kill", got.oom_kill, 21);
}

static void counters_by_zone_up_to_4_7(void)
{
	struct vmstat got;

	expect_int("parsed", vmstat_of(vmstat_4_4, &got), 0);
	expect_int("pgscan_kswapd", got.pgscan_kswapd, 11);
	expect_int("pgscan_direct without throttle", got.pgscan_direct, 150);
	expect_int("throttle", got.pgscan_direct_throttle, 9);
	expect_int("pgsteal_kswapd", got.pgsteal_kswapd, 3);
	expect_int("pgsteal_direct", got.pgsteal_direct, 70);
	expect_int("allocstall", got.allocstall, 11);
	expect_int("refault", got.workingset_refault, 500);
	expect_int("oom_kill", got.oom_kill, VALUE_UNKNOWN);
}

static void reclaim_up_to_3_2_is_split(void)
{
	struct vmstat got;

	expect_int("parsed", vmstat_of(vmstat_3_2, &got), 0);
	expect_int("pgsteal_kswapd", got.pgsteal_kswapd, 54000);
	expect_int("pgsteal_direct", got.pgsteal_direct, 321);
	expect_int("pgscan_kswapd", got.pgscan_kswapd, 15);
	expect_int("pgscan_direct", got.pgscan_direct, 150);
	expect_int("allocstall", got.allocstall, 77);
	expect_int("refault", got.workingset_refault, VALUE_UNKNOWN);

	expect_int("not at one instant", vmstat_of("pgsteal_dma 5\nkswapd_steal 6\n", &got), 0);
	expect_int("never below 0", got.pgsteal_direct, 0);
	expect_int("half of it", vmstat_of("kswapd_steal 6\n", &got), 0);
	expect_int("direct unknown", got.pgsteal_direct, VALUE_UNKNOWN);
	expect_int("kswapd known", got.pgsteal_kswapd, 6);
	expect_int("other half", vmstat_of("pgsteal_dma 5\npswpin 0\n", &got), 0);
	expect_int("both unknown", got.pgsteal_direct, VALUE_UNKNOWN);
	expect_int("both unknown", got.pgsteal_kswapd, VALUE_UNKNOWN);
}

static void sums_take_any_zone_and_never_count_twice(void)
{
	struct vmstat got;

	expect_int("parsed",
		vmstat_of("allocstall_frobnicate 5\npgscan_kswapd_new 6\npswpin 0\n", &got), 0);
	expect_int("zone of tomorrow", got.allocstall, 5);
	expect_int("zone of tomorrow", got.pgscan_kswapd, 6);
	expect_int(
		"parsed", vmstat_of("pgscan_direct 7\npgscan_direct_new 100\npswpin 0\n", &got), 0);
	expect_int("plain name first", got.pgscan_direct, 7);
	expect_int("parsed", vmstat_of("pgscan_direct_new 100\npgscan_direct 7\n", &got), 0);
	expect_int("plain name last", got.pgscan_direct, 7);
	expect_int("parsed",
		vmstat_of("allocstall_dma 1\npswpin 0\nallocstall_normal 2\npswpout 0\n", &got), 0);
	expect_int("apart", got.allocstall, 3);
	expect_int(
		"parsed", vmstat_of("workingset_refault_x 5\nallocstall_ 6\npswpin 0\n", &got), 0);
	expect_int("no list of that name", got.workingset_refault, VALUE_UNKNOWN);
	expect_int("no zone of no name", got.allocstall, VALUE_UNKNOWN);
}

static void absurd_counters_are_unknown(void)
{
	static const struct {
		const char *line;
		int64_t want;
	} cases[] = {
		{ "allocstall 9223372036854775807\n", INT64_MAX },
		{ "allocstall 9223372036854775808\n", VALUE_UNKNOWN },
		{ "allocstall 18446744073709551615\n", VALUE_UNKNOWN },
		{ "allocstall -1\n", VALUE_UNKNOWN },
		{ "allocstall\n", VALUE_UNKNOWN },
		{ "allocstall 1 2\n", VALUE_UNKNOWN },
		{ "allocstall 1", VALUE_UNKNOWN },
		{ "allocstalls 1\n", VALUE_UNKNOWN },
		{ "allocstall_dma 9223372036854775807\nallocstall_normal 1\noom_kill 0\n",
			INT64_MAX },
		{ "allocstall_dma 5\nallocstall_normal -1\noom_kill 0\n", VALUE_UNKNOWN },
		{ "allocstall_dma -1\nallocstall_normal 5\noom_kill 0\n", VALUE_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vmstat got;
		char text[128];

		snprintf(text, sizeof(text), "pswpin 0\n%s", cases[i].line);
		expect_int(cases[i].line, vmstat_of(text, &got), 0);
		expect_int(cases[i].line, got.allocstall, cases[i].want);
	}
}

static void malformed_vmstat_changes_nothing(void)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "", -ENODATA },
		{ "\n", -EBADMSG },
		{ "nr_free_pages 5\n", -EBADMSG },
		{ "pswpin", -EBADMSG },
		{ "pswpin 5", -EBADMSG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vmstat got = { .pswpin = 42 };

		expect_int(cases[i].text, vmstat_of(cases[i].text, &got), cases[i].want);
		expect_int(cases[i].text, got.pswpin, 42);
	}
}

/* Also no sum of a part of the zones. */
static void cut_vmstat_gives_no_wrong_number(void)
{
	static const struct {
		const char *text;
		size_t size;
	} texts[] = {
		{ vmstat_6_18, sizeof(vmstat_6_18) },
		{ vmstat_4_4, sizeof(vmstat_4_4) },
		{ vmstat_3_2, sizeof(vmstat_3_2) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct vmstat whole;

		expect_int("whole", vmstat_of(texts[i].text, &whole), 0);
		for (size_t len = 0; len < texts[i].size; len++) {
			char *copy = cut_copy(texts[i].text, len);
			struct vmstat cut;

			if (parse_vmstat(copy, len, &cut) == 0)
				expect_true("agrees", known_agree(&cut, &whole, sizeof(cut)));
			free(copy);
		}
	}
}

extern CU_TestInfo vmstat_tests[];

CU_TestInfo vmstat_tests[] = {
	{ "counters since 4.8", counters_since_4_8 },
	{ "counters by zone up to 4.7", counters_by_zone_up_to_4_7 },
	{ "reclaim up to 3.2 is split", reclaim_up_to_3_2_is_split },
	{ "sums take any zone and never count twice", sums_take_any_zone_and_never_count_twice },
	{ "absurd counters are unknown", absurd_counters_are_unknown },
	{ "malformed vmstat changes nothing", malformed_vmstat_changes_nothing },
	{ "cut vmstat gives no wrong number", cut_vmstat_gives_no_wrong_number },
	CU_TEST_INFO_NULL,
};
