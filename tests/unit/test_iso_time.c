/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "parse/iso_time.h"
#include "unit.h"

static void times_are_read(void)
{
	static const struct {
		const char *text;
		int64_t ms;
		size_t used;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0, 20 },
		{ "1969-12-31T23:59:59.999Z", -1, 24 },
		{ "2026-11-21T19:57:17.123456+00:00", 1795291037123, 32 },
		{ "2026-11-21T20:57:17.123456+01:00 host", 1795291037123, 32 },
		{ "2026-11-21T14:27:17-0530", 1795291037000, 24 },
		{ "2026-11-21T19:57:17.1Z", 1795291037100, 22 },
		{ "2000-02-29T00:00:00Z", 951782400000, 20 },
		{ "2000-03-01T00:00:00Z", 951868800000, 20 },
		{ "2024-12-31T23:59:60Z", 1735689600000, 20 },
		{ "0001-01-01T00:00:00Z", -62135596800000, 20 },
		{ "9999-12-31T23:59:59.999999Z", 253402300799999, 27 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scan scan = scan_of(cases[i].text, strlen(cases[i].text));
		int64_t ms = 1;

		expect_true(cases[i].text, iso_time(&scan, &ms));
		expect_int(cases[i].text, ms, cases[i].ms);
		expect_int("used", scan.at - cases[i].text, (int64_t)cases[i].used);
	}
}

static void what_is_no_time_is_left_alone(void)
{
	static const char *const cases[] = { "", "2026", "2026-11-21", "2026-11-21T19:57:17",
		"2026-11-21T19:57:17 Z", "2026-11-21 19:57:17Z", "2026-00-21T19:57:17Z",
		"2026-13-21T19:57:17Z", "2026-11-00T19:57:17Z", "2026-11-31T19:57:17Z",
		"2025-02-29T19:57:17Z", "1900-02-29T19:57:17Z", "2026-11-21T24:57:17Z",
		"2026-11-21T19:60:17Z", "2026-11-21T19:57:61Z", "2026-11-21T19:57:17+1",
		"2026-11-21T19:57:17+01:0", "+026-11-21T19:57:17Z", "2026-1\xb1-21T19:57:17Z" };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scan scan = scan_of(cases[i], strlen(cases[i]));
		int64_t ms = 77;

		expect_true(cases[i], !iso_time(&scan, &ms));
		expect_int("unchanged", ms, 77);
		expect_int("nothing read", scan.at - cases[i], 0);
	}
}

extern CU_TestInfo iso_time_tests[];
CU_TestInfo iso_time_tests[] = {
	{ "times are read", times_are_read },
	{ "what is no time is left alone", what_is_no_time_is_left_alone },
	CU_TEST_INFO_NULL,
};
