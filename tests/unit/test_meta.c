/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "cuts.h"
#include "parse/system.h"
#include "unit.h"

static void meta_gives_the_value_of_a_key(void)
{
	static const char text[] = "# recorded by hand\n"
				   "time=2026-11-21T19:41:07.123Z\n"
				   "clk_tck=100\n"
				   "page_bytes=4096\n"
				   "note=a=b = c \n"
				   "empty=\n"
				   "clk_tck=250\n"
				   "no equals sign\n"
				   "last=1";
	static const struct {
		const char *key;
		int rc;
		const char *want;
	} cases[] = {
		{ "time", 0, "2026-11-21T19:41:07.123Z" },
		{ "clk_tck", 0, "100" },
		{ "note", 0, "a=b = c " },
		{ "empty", 0, "" },
		{ "last", 0, "1" },
		{ "tim", -ENOENT, "old" },
		{ "times", -ENOENT, "old" },
		{ "no equals sign", -ENOENT, "old" },
		{ "", -ENOENT, "old" },
		{ "Time", -ENOENT, "old" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[64] = "old";

		expect_int(cases[i].key,
			parse_meta(text, sizeof(text) - 1, cases[i].key, buf, sizeof(buf)),
			cases[i].rc);
		expect_text(cases[i].key, buf, cases[i].want);
	}
}

static void meta_values_must_fit(void)
{
	char buf[5] = "old";

	expect_int(
		"one too long", parse_meta("k=12345\n", 8, "k", buf, sizeof(buf)), -ENAMETOOLONG);
	expect_text("unchanged", buf, "old");
	expect_int("fits", parse_meta("k=1234\n", 7, "k", buf, sizeof(buf)), 0);
	expect_text("fits", buf, "1234");
	expect_int("empty file", parse_meta("", 0, "k", buf, sizeof(buf)), -ENOENT);
}

static void times_become_milliseconds(void)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01T00:00:00.001Z", 1 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "2026-11-21T19:41:07.123Z", 1795290067123 },
		{ "2026-11-21T19:41:07Z\n", 1795290067000 },
		{ "2026-11-21t19:41:07z", 1795290067000 },
		{ "2026-11-21 19:41:07Z", 1795290067000 },
		{ "2026-11-21T21:41:07+02:00", 1795290067000 },
		{ "2026-11-21T14:11:07-05:30", 1795290067000 },
		{ "2026-11-22T03:41:07+08:00", 1795290067000 },
		{ "2026-11-21T19:41:07.1Z", 1795290067100 },
		{ "2026-11-21T19:41:07.1239999999999Z", 1795290067123 },
		{ "2000-02-29T00:00:00Z", 951782400000 },
		{ "2000-03-01T00:00:00Z", 951868800000 },
		{ "2024-12-31T00:00:00Z", 1735603200000 },
		{ "2016-12-31T23:59:60Z", 1483228800000 },
		{ "0001-01-01T00:00:00Z", -62135596800000 },
		{ "9999-12-31T23:59:59.999Z", 253402300799999 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = 42;

		expect_int(
			cases[i].text, parse_time(cases[i].text, strlen(cases[i].text), &got), 0);
		expect_int(cases[i].text, got, cases[i].want);
	}
}

static void what_is_no_time_changes_nothing(void)
{
	static const char *const bad[] = {
		"2026-11-21",
		"2026-11-21T19:41:07",
		"2026-11-21T19:41Z",
		"2026-11-21T19:41:07.Z",
		"2026-11-21T19:41:07Zx",
		"2026-11-21T19:41:07Z\nx",
		"2026-11-21T19:41:07+0200",
		"2026-11-21T19:41:07+24:00",
		"2026-11-21T19:41:07+02:60",
		"2026-11-21T24:00:00Z",
		"2026-11-21T19:60:00Z",
		"2026-11-21T19:41:61Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-01-00T00:00:00Z",
		"2026-01-32T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"2026-04-31T00:00:00Z",
		"1900-02-29T00:00:00Z",
		"2026-12-32T00:00:00Z",
		"0000-01-01T00:00:00Z",
		"26-11-21T19:41:07Z",
		"-026-11-21T19:41:07Z",
		"2026-1-21T19:41:07Z",
		" 2026-11-21T19:41:07Z",
		"2026-11-21X19:41:07Z",
		"x",
	};
	int64_t got = 42;

	expect_int("empty", parse_time("", 0, &got), -ENODATA);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		expect_int(bad[i], parse_time(bad[i], strlen(bad[i]), &got), -EBADMSG);
		expect_int(bad[i], got, 42);
	}
}

static void cut_times_are_refused(void)
{
	static const char text[] = "2026-11-21T19:41:07.123+02:00";

	for (size_t len = 0; len < sizeof(text); len++) {
		char *copy = cut_copy(text, len);
		int64_t got = 42;
		const int rc = parse_time(copy, len, &got);

		expect_true("only whole", (rc == 0) == (len == sizeof(text) - 1));
		free(copy);
	}
}

extern CU_TestInfo meta_tests[];

CU_TestInfo meta_tests[] = {
	{ "meta gives the value of a key", meta_gives_the_value_of_a_key },
	{ "meta values must fit", meta_values_must_fit },
	{ "times become milliseconds", times_become_milliseconds },
	{ "what is no time changes nothing", what_is_no_time_changes_nothing },
	{ "cut times are refused", cut_times_are_refused },
	CU_TEST_INFO_NULL,
};
