/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/victim.h"
#include "crowd.h"
#include "unit.h"

#define NOT_TOLD (INT64_MIN + 1) /**< TASK_HAS_GROWTH is not set */
#define HALF_GIB (INT64_C(1) << 29)

/* "big" has 2 GiB, "next" 1 GiB: at twice half a GiB a second it is as large in a second. */
static void who_may_overtake_within_a_second_makes_it_uncertain(void)
{
	static const char why[] = "next 20 may overtake within a second";
	static const struct {
		const char *label;
		int64_t next_growth, next_age_ms, big_growth;
		const char *want;
	} cases[] = {
		{ "does not grow", 0, 3600000, 0, "" },
		{ "shrinks", -HALF_GIB, 3600000, 0, "" },
		{ "a page too slow", HALF_GIB - 4096, 3600000, 0, "" },
		{ "just in time", HALF_GIB, 3600000, 0, why },
		{ "the victim grows as fast, but may stop", HALF_GIB, 3600000, HALF_GIB, why },
		{ "absurd", INT64_MAX, 3600000, 0, why },
		{ "not told, and old", NOT_TOLD, 3600000, 0, "" },
		{ "not told, young: 1 GiB in 2 s", NOT_TOLD, 2000, 0, why },
		{ "not told, young, but slow: 1 GiB in 2.001 s", NOT_TOLD, 2001, 0, "" },
		{ "not told, started in the future", NOT_TOLD, -5000, 0, why },
		{ "unknown, young", VALUE_UNKNOWN, 1000, 0, why },
		{ "unknown, old", VALUE_UNKNOWN, 10001, 0, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crowd crowd;
		struct task *big, *next;

		crowd_init(&crowd, "6.1");
		crowd.now.uptime_ms = 7200000;
		big = crowd_add(&crowd, 10, "big", 2 * CROWD_GIB, 0);
		next = crowd_add(&crowd, 20, "next", CROWD_GIB, 0);
		next->start_ticks = (uint64_t)(crowd.now.uptime_ms - cases[i].next_age_ms);
		crowd.now.clk_tck = 1000;
		big->has |= TASK_HAS_GROWTH;
		big->growth_bytes_per_s[GROWTH_10S] = cases[i].big_growth;
		next->has &= ~(uint32_t)TASK_HAS_GROWTH;
		if (cases[i].next_growth != NOT_TOLD) {
			next->has |= TASK_HAS_GROWTH;
			next->growth_bytes_per_s[GROWTH_10S] = cases[i].next_growth;
		}
		crowd_judge(&crowd);
		expect_int(cases[i].label, crowd_pid(&crowd, crowd.oom.victim), 10);
		expect_text(cases[i].label, crowd.oom.uncertain_why, cases[i].want);
		expect_int(cases[i].label, crowd.oom.certain, cases[i].want[0] == '\0');
		crowd_free(&crowd);
	}
}

/* Half a GiB in 10 ms is what was loaded: in a second it may have 1.5 GiB, not 100. */
static void what_a_newborn_has_is_no_rate(void)
{
	static const struct {
		int64_t age_ms;
		int64_t rss_pages;
		bool certain;
	} cases[] = {
		{ 10, CROWD_GIB / 2, true },
		{ 10, CROWD_GIB * 2 / 3 - 1, true },
		{ 10, CROWD_GIB * 2 / 3 + 1, false },
		{ 999, CROWD_GIB * 2 / 3 + 1, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crowd crowd;
		struct task *next;

		crowd_init(&crowd, "6.1");
		crowd.now.uptime_ms = 7200000;
		crowd.now.clk_tck = 1000;
		crowd_add(&crowd, 10, "big", 2 * CROWD_GIB, 0)->start_ticks = 10;
		next = crowd_add(&crowd, 20, "next", cases[i].rss_pages, 0);
		next->start_ticks = (uint64_t)(crowd.now.uptime_ms - cases[i].age_ms);
		crowd_judge(&crowd);
		expect_int("certain", crowd.oom.certain, cases[i].certain);
		crowd_free(&crowd);
	}
}

extern CU_TestInfo certain_growth_tests[];
CU_TestInfo certain_growth_tests[] = {
	{ "who may overtake within a second makes it uncertain",
		who_may_overtake_within_a_second_makes_it_uncertain },
	{ "what a newborn has is no rate", what_a_newborn_has_is_no_rate },
	CU_TEST_INFO_NULL,
};
