/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <string.h>

#include "analysis/reclaim.h"
#include "unit.h"

/* All counters at base, at an uptime. */
static struct snapshot counted(int64_t uptime_ms, int64_t base)
{
	struct snapshot snapshot;
	int64_t counters[sizeof(struct vmstat) / sizeof(int64_t)];

	memset(&snapshot, 0, sizeof(snapshot));
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		counters[i] = base;
	memcpy(&snapshot.vmstat, counters, sizeof(snapshot.vmstat));
	snapshot.uptime_ms = uptime_ms;
	return snapshot;
}

static const struct {
	const char *label;
	size_t counter, rate;
} rates[] = {
	{ "kswapd", offsetof(struct vmstat, pgscan_kswapd),
		offsetof(struct reclaim, kswapd_scan_per_s) },
	{ "direct", offsetof(struct vmstat, pgscan_direct),
		offsetof(struct reclaim, direct_scan_per_s) },
	{ "stalls", offsetof(struct vmstat, allocstall),
		offsetof(struct reclaim, direct_stalls_per_s) },
	{ "refaults", offsetof(struct vmstat, workingset_refault),
		offsetof(struct reclaim, refaults_per_s) },
	{ "swap in", offsetof(struct vmstat, pswpin), offsetof(struct reclaim, swap_in_per_s) },
	{ "swap out", offsetof(struct vmstat, pswpout), offsetof(struct reclaim, swap_out_per_s) },
	{ "major faults", offsetof(struct vmstat, pgmajfault),
		offsetof(struct reclaim, major_faults_per_s) },
	{ "compaction", offsetof(struct vmstat, compact_stall),
		offsetof(struct reclaim, compact_stalls_per_s) },
	{ "compaction fails", offsetof(struct vmstat, compact_fail),
		offsetof(struct reclaim, compact_fails_per_s) },
};

static int64_t rate_of(const struct reclaim *reclaim, size_t offset)
{
	int64_t value;

	memcpy(&value, (const char *)reclaim + offset, sizeof(value));
	return value;
}

static void set_counter(struct snapshot *snapshot, size_t offset, int64_t value)
{
	memcpy((char *)&snapshot->vmstat + offset, &value, sizeof(value));
}

static void each_counter_gives_its_own_rate(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		const struct snapshot before = counted(10000, 500);
		struct snapshot now = counted(12000, 500);
		struct reclaim reclaim;

		set_counter(&now, rates[i].counter, 600);
		reclaim_of(&now, &before, &reclaim);
		for (size_t k = 0; k < ARRAY_SIZE(rates); k++)
			expect_int(
				rates[i].label, rate_of(&reclaim, rates[k].rate), i == k ? 50 : 0);
	}
}

static void what_cannot_be_told_is_unknown(void)
{
	static const struct {
		const char *label;
		int64_t now_ms, before_ms;
		int64_t now, before;
		int64_t want;
	} cases[] = {
		{ "a second", 2000, 1000, 130, 100, 30 },
		{ "a tenth of one", 1100, 1000, 130, 100, 300 },
		{ "rounded to the nearest", 4000, 1000, 105, 100, 2 },
		{ "rounded down", 4000, 1000, 104, 100, 1 },
		{ "no time between", 1000, 1000, 130, 100, VALUE_UNKNOWN },
		{ "time went back", 1000, 2000, 130, 100, VALUE_UNKNOWN },
		{ "counter went back", 2000, 1000, 99, 100, VALUE_UNKNOWN },
		{ "not printed", 2000, 1000, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ "new since then", 2000, 1000, 130, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ "uptime unknown", VALUE_UNKNOWN, 1000, 130, 100, VALUE_UNKNOWN },
		{ "earlier uptime unknown", 1000, VALUE_UNKNOWN, 130, 100, VALUE_UNKNOWN },
		{ "the largest counter", 2000, 1000, INT64_MAX, 0, INT64_MAX },
		{ "in a long time", 1001000, 1000, INT64_MAX, 0, INT64_MAX / 1000000 * 1000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct snapshot before = counted(cases[i].before_ms, cases[i].before);
		const struct snapshot now = counted(cases[i].now_ms, cases[i].now);
		struct reclaim reclaim;

		reclaim_of(&now, &before, &reclaim);
		expect_int(cases[i].label, reclaim.swap_in_per_s, cases[i].want);
	}
}

static void the_first_sample_knows_no_rate(void)
{
	const struct snapshot now = counted(1000, 5);
	struct reclaim reclaim;

	reclaim_of(&now, NULL, &reclaim);
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++)
		expect_int(rates[i].label, rate_of(&reclaim, rates[i].rate), VALUE_UNKNOWN);
	expect_int("efficiency", reclaim.efficiency_percent, VALUE_UNKNOWN);
	expect_int("kills", reclaim.oom_kills, VALUE_UNKNOWN);
	expect_int("stage", reclaim_stage_of(&reclaim), RECLAIM_UNKNOWN);
}

static void efficiency_is_of_kswapd_and_direct_together(void)
{
	static const struct {
		const char *label;
		int64_t scan_kswapd, scan_direct, steal_kswapd, steal_direct;
		int64_t want;
	} cases[] = {
		{ "both", 600, 400, 100, 20, 12 },
		{ "all", 100, 0, 100, 0, 100 },
		{ "nothing won", 100, 100, 0, 0, 0 },
		{ "nothing scanned", 0, 0, 0, 0, VALUE_UNKNOWN },
		{ "more than scanned", 10, 0, 11, 0, 100 },
		{ "kswapd only is printed", 200, VALUE_UNKNOWN, 50, VALUE_UNKNOWN, 25 },
		{ "direct only is printed", VALUE_UNKNOWN, 200, VALUE_UNKNOWN, 50, 25 },
		{ "no steal counters", 200, 100, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ "huge", INT64_MAX, 0, INT64_MAX / 4, 0, 25 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct snapshot before = counted(1000, 0);
		struct snapshot now = counted(2000, 0);
		struct reclaim reclaim;

		now.vmstat.pgscan_kswapd = cases[i].scan_kswapd;
		now.vmstat.pgscan_direct = cases[i].scan_direct;
		now.vmstat.pgsteal_kswapd = cases[i].steal_kswapd;
		now.vmstat.pgsteal_direct = cases[i].steal_direct;
		reclaim_of(&now, &before, &reclaim);
		expect_int(cases[i].label, reclaim.efficiency_percent, cases[i].want);
	}
}

static void stages_rise_with_the_danger(void)
{
	static const struct {
		const char *label;
		int64_t kswapd, direct, stalls, efficiency, refaults, swap_in;
		enum reclaim_stage want;
	} cases[] = {
		{ "nothing", 0, 0, 0, VALUE_UNKNOWN, 0, 0, RECLAIM_IDLE },
		{ "idle, refaults of a fresh start", 0, 0, 0, VALUE_UNKNOWN, 9000, 0,
			RECLAIM_IDLE },
		{ "kswapd", 91000, 0, 0, 60, 0, 0, RECLAIM_KSWAPD },
		{ "kswapd over a large cache", 91000, 0, 0, 50, 80000, 0, RECLAIM_KSWAPD },
		{ "direct", 91000, 3000, 36, 60, 100, 0, RECLAIM_DIRECT },
		{ "one stall", 0, 0, 1, VALUE_UNKNOWN, 0, 0, RECLAIM_DIRECT },
		{ "half comes back", 10000, 0, 5, 50, 2500, 0, RECLAIM_THRASHING },
		{ "less than half", 10000, 0, 5, 50, 2499, 0, RECLAIM_DIRECT },
		{ "from swap", 10000, 0, 5, 50, VALUE_UNKNOWN, 2500, RECLAIM_THRASHING },
		{ "both together", 10000, 0, 5, 50, 1250, 1250, RECLAIM_THRASHING },
		{ "too few to say", 300, 100, 5, 50, 249, 0, RECLAIM_DIRECT },
		{ "in vain", 0, 250, 5, 4, 0, 0, RECLAIM_NO_PROGRESS },
		{ "a twentieth", 0, 250, 5, 5, 0, 0, RECLAIM_DIRECT },
		{ "in vain, hardly scanned", 0, 249, 5, 0, 0, 0, RECLAIM_DIRECT },
		{ "no steal counters", 0, 9000, 5, VALUE_UNKNOWN, 0, 0, RECLAIM_DIRECT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct reclaim reclaim = {
			.kswapd_scan_per_s = cases[i].kswapd,
			.direct_scan_per_s = cases[i].direct,
			.direct_stalls_per_s = cases[i].stalls,
			.efficiency_percent = cases[i].efficiency,
			.refaults_per_s = cases[i].refaults,
			.swap_in_per_s = cases[i].swap_in,
		};

		expect_int(cases[i].label, reclaim_stage_of(&reclaim), cases[i].want);
	}
}

static void each_stage_has_words_of_its_own(void)
{
	for (int i = RECLAIM_UNKNOWN; i <= RECLAIM_NO_PROGRESS; i++) {
		const char *words = reclaim_stage_words((enum reclaim_stage)i);

		expect_true("words", words[0] != '\0');
		for (int k = RECLAIM_UNKNOWN; k < i; k++)
			expect_true(words,
				strcmp(words, reclaim_stage_words((enum reclaim_stage)k)) != 0);
	}
}

extern CU_TestInfo reclaim_tests[];
CU_TestInfo reclaim_tests[] = {
	{ "each counter gives its own rate", each_counter_gives_its_own_rate },
	{ "what cannot be told is unknown", what_cannot_be_told_is_unknown },
	{ "the first sample knows no rate", the_first_sample_knows_no_rate },
	{ "efficiency is of both together", efficiency_is_of_kswapd_and_direct_together },
	{ "stages rise with the danger", stages_rise_with_the_danger },
	{ "each stage has words of its own", each_stage_has_words_of_its_own },
	CU_TEST_INFO_NULL,
};
