/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/averages.h"
#include "unit.h"

#define USED (INT64_C(64) << 20)

static struct averages table;

static struct averages_clock clock_at(int64_t now_ms, int64_t age_ms)
{
	return (struct averages_clock){
		.owner = 1, .now_ms = now_ms, .age_ms = age_ms, .interval_ms = 1000
	};
}

static int64_t add(const char *path, int64_t now_ms, int64_t age_ms, int64_t bytes)
{
	const struct averages_clock clock = clock_at(now_ms, age_ms);

	averages_begin(&table, &clock);
	return averages_add(&table, &clock, path, bytes);
}

static void forget(void)
{
	memset(&table, 0, sizeof(table));
}

static void averages_start_with_the_age_of_oomd(void)
{
	forget();
	expect_int("just begun", add("/a", 5000, 0, USED), USED / 4);
	expect_int("the same instant", add("/a", 5000, 0, USED), USED / 4);
	forget();
	expect_int("before its second tick", add("/a", 5000, 999, USED), USED / 4);
	forget();
	expect_int("at its second", add("/a", 5000, 1000, USED), USED / 16 * 7);
	forget();
	expect_int("for long", add("/a", 5000, 3600000, USED), USED);
	forget();
	expect_int("not known since when", add("/a", 5000, VALUE_UNKNOWN, USED), USED);
	expect_int("a new one", add("/b", 6000, VALUE_UNKNOWN, USED), USED / 4);
	expect_int("not known", add("/c", 6000, VALUE_UNKNOWN, VALUE_UNKNOWN), VALUE_UNKNOWN);
}

static void averages_follow_at_its_ticks(void)
{
	forget();
	expect_int("for long", add("/a", 5000, VALUE_UNKNOWN, USED), USED);
	expect_int("no tick yet", add("/a", 5999, VALUE_UNKNOWN, 2 * USED), USED);
	expect_int("one", add("/a", 6000, VALUE_UNKNOWN, 2 * USED), USED / 4 * 5);
	expect_int("one late", add("/a", 7500, VALUE_UNKNOWN, 2 * USED), USED / 16 * 23);
	expect_int("the next in time", add("/a", 8000, VALUE_UNKNOWN, 2 * USED), USED / 64 * 101);
	expect_int("very many", add("/a", 100000, VALUE_UNKNOWN, 0), 0);
}

static void another_oomd_begins_anew(void)
{
	struct averages_clock clock = clock_at(6000, VALUE_UNKNOWN);

	forget();
	expect_int("grown", add("/a", 5000, 0, USED), USED / 4);
	clock.owner = 2;
	averages_begin(&table, &clock);
	expect_int("for long", averages_add(&table, &clock, "/a", USED), USED);
	clock = clock_at(1000, VALUE_UNKNOWN);
	clock.owner = 2;
	averages_begin(&table, &clock);
	expect_int("time went back", averages_add(&table, &clock, "/a", 2 * USED), 2 * USED);
}

/* More than there is room for: what is in stays in, and what is not is not known. */
static void the_table_is_bounded(void)
{
	const int n = 4 * AVERAGES_SETS * AVERAGES_WAYS;
	char path[32];
	int known = 0, kept = 0;

	forget();
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		known += value_known(add(path, 5000, VALUE_UNKNOWN, USED));
	}
	expect_true("full", known <= AVERAGES_SETS * AVERAGES_WAYS && known > n / 8);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		kept += add(path, 5000, VALUE_UNKNOWN, USED) == USED;
	}
	expect_int("the same ones", kept, known);
	expect_int("room where one has gone", add("/new", 6000, VALUE_UNKNOWN, USED), USED / 4);
}

extern CU_TestInfo averages_tests[];
CU_TestInfo averages_tests[] = {
	{ "averages start with the age of oomd", averages_start_with_the_age_of_oomd },
	{ "averages follow at its ticks", averages_follow_at_its_ticks },
	{ "another oomd begins anew", another_oomd_begins_anew },
	{ "the table is bounded", the_table_is_bounded },
	CU_TEST_INFO_NULL,
};
