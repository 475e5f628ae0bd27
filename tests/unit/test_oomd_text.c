/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "cuts.h"
#include "model/killer.h"
#include "parse/oomd_text.h"
#include "unit.h"

static void comments_become_blanks(void)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "{}", "{}" },
		{ "{} // x", "{}     " },
		{ "{ // x\n}", "{     \n}" },
		{ "[1/* [ */]", "[1       ]" },
		{ "/* a\nb */1", "    \n    1" },
		{ "/**/1", "    1" },
		{ "/***/1", "     1" },
		{ "// /* \n1", "      \n1" },
		{ "/* // */1", "        1" },
		{ "\"// x\"", "\"// x\"" },
		{ "\"/* x\"", "\"/* x\"" },
		{ "\"\\\"// x\"", "\"\\\"// x\"" },
		{ "\"\\\\\"// x", "\"\\\\\"    " },
		{ "1/2", "1/2" },
		{ "/", "/" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const size_t len = strlen(cases[i].text);
		char *copy = cut_copy(cases[i].text, len);
		int line = 0;

		expect_int(cases[i].text, oomd_uncomment(copy, len, &line), 0);
		expect_int(cases[i].text, memcmp(copy, cases[i].want, len), 0);
		free(copy);
	}
}

static void what_has_no_end_is_refused(void)
{
	static const struct {
		const char *text;
		int line;
	} cases[] = {
		{ "/*", 1 },
		{ "/*/", 1 },
		{ "\n\n/* \n\n *", 3 },
		{ "\"", 1 },
		{ "\n\"a\\\"", 2 },
		{ "\"a\nb\"", 1 },
		{ "\"a\\\nb\"", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const size_t len = strlen(cases[i].text);
		char *copy = cut_copy(cases[i].text, len);
		int line = 0;

		expect_int(cases[i].text, oomd_uncomment(copy, len, &line), -EBADMSG);
		expect_int(cases[i].text, line, cases[i].line);
		free(copy);
	}
}

static int uncomment_repeated(const char *piece, size_t n)
{
	const size_t len = strlen(piece);
	char *text = malloc(len * n + 1);
	int line = 0, error;

	for (size_t i = 0; i < n; i++)
		memcpy(text + len * i, piece, len);
	error = oomd_uncomment(text, len * n, &line);
	free(text);
	return error;
}

static void depth_and_number_of_values_are_bounded(void)
{
	expect_int("deepest", uncomment_repeated("[", OOMD_TEXT_DEPTH_MAX), 0);
	expect_int("deeper", uncomment_repeated("[", OOMD_TEXT_DEPTH_MAX + 1), -E2BIG);
	expect_int("objects", uncomment_repeated("{", OOMD_TEXT_DEPTH_MAX + 1), -E2BIG);
	expect_int("closed", uncomment_repeated("[]", 1000), 0);
	expect_int("closed too often", uncomment_repeated("]", 1000), 0);
	expect_int("most", uncomment_repeated(",", OOMD_TEXT_VALUES_MAX), 0);
	expect_int("more", uncomment_repeated(",", OOMD_TEXT_VALUES_MAX + 1), -E2BIG);
	expect_int("in texts", uncomment_repeated("\"[{,\"", OOMD_TEXT_VALUES_MAX + 1), 0);
}

#define KIB INT64_C(1024)

static void sizes_are_read_as_oomd_does(void)
{
	static const struct {
		const char *text;
		int64_t permyriad, bytes;
	} cases[] = {
		{ "0", VALUE_UNKNOWN, 0 },
		{ "1", VALUE_UNKNOWN, KIB * KIB },
		{ "1536", VALUE_UNKNOWN, 1536 * KIB * KIB },
		{ " 2", VALUE_UNKNOWN, 2 * KIB * KIB },
		{ "1K", VALUE_UNKNOWN, KIB },
		{ "1k", VALUE_UNKNOWN, KIB },
		{ "1M", VALUE_UNKNOWN, KIB * KIB },
		{ "1G", VALUE_UNKNOWN, KIB * KIB * KIB },
		{ "1T", VALUE_UNKNOWN, KIB * KIB * KIB * KIB },
		{ "1.5M 32K", VALUE_UNKNOWN, 1536 * KIB + 32 * KIB },
		{ "1.5M 32K 512", VALUE_UNKNOWN, 1536 * KIB + 32 * KIB + 512 },
		{ "1.5M32K512", VALUE_UNKNOWN, 1536 * KIB + 32 * KIB + 512 },
		{ "1 5K", VALUE_UNKNOWN, 15 * KIB },
		{ "1.5", VALUE_UNKNOWN, 1 },
		{ "1.M", VALUE_UNKNOWN, KIB * KIB },
		{ "+1K", VALUE_UNKNOWN, KIB },
		{ "-1K", VALUE_UNKNOWN, -KIB },
		{ "0%", 0, VALUE_UNKNOWN },
		{ "10%", 1000, VALUE_UNKNOWN },
		{ "10.9%", 1000, VALUE_UNKNOWN },
		{ "100%", PERMYRIAD_ALL, VALUE_UNKNOWN },
		{ "8388607T", VALUE_UNKNOWN, 8388607 * KIB * KIB * KIB * KIB },
		{ "8796093022207", VALUE_UNKNOWN, 8796093022207 * KIB * KIB },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oomd_size got = { 1, 1 };

		expect_int(cases[i].text, oomd_parse_size(cases[i].text, &got), 0);
		expect_int(cases[i].text, got.permyriad, cases[i].permyriad);
		expect_int(cases[i].text, got.bytes, cases[i].bytes);
	}
}

static void what_is_no_size_is_refused(void)
{
	static const struct {
		const char *text;
		int error;
	} cases[] = {
		{ "", -EINVAL },
		{ " ", -EINVAL },
		{ "K", -EINVAL },
		{ ".5M", -EINVAL },
		{ "1X", -EINVAL },
		{ "1KB", -EINVAL },
		{ "1K M", -EINVAL },
		{ "1.5.5K", -EINVAL },
		{ "%", -EINVAL },
		{ "-1%", -EINVAL },
		{ "101%", -EINVAL },
		{ "10%%x", -EINVAL },
		{ "8388608T", -ERANGE },
		{ "8796093022208", -ERANGE },
		{ "99999999999999999999", -ERANGE },
		{ "99999999999999999999%", -ERANGE },
		{ "9999999T 9999999T", -ERANGE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oomd_size got = { 4, 5 };

		expect_int(cases[i].text, oomd_parse_size(cases[i].text, &got), cases[i].error);
		expect_int(cases[i].text, got.permyriad, 4);
		expect_int(cases[i].text, got.bytes, 5);
	}
}

static void whole_numbers_stop_where_they_end(void)
{
	static const struct {
		const char *text;
		int error;
		int64_t want;
	} cases[] = {
		{ "60", 0, 60 },
		{ " 60", 0, 60 },
		{ "60.9", 0, 60 },
		{ "60abc", 0, 60 },
		{ "-5", 0, -5 },
		{ "+5", 0, 5 },
		{ "2147483647", 0, INT32_MAX },
		{ "-2147483648", 0, INT32_MIN },
		{ "2147483648", -ERANGE, 42 },
		{ "-2147483649", -ERANGE, 42 },
		{ "99999999999999999999999", -ERANGE, 42 },
		{ "", -EINVAL, 42 },
		{ "-", -EINVAL, 42 },
		{ "abc", -EINVAL, 42 },
		{ ".5", -EINVAL, 42 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = 42;

		expect_int(cases[i].text, oomd_parse_int(cases[i].text, &got), cases[i].error);
		expect_int(cases[i].text, got, cases[i].want);
	}
}

static void fractions_and_booleans(void)
{
	int64_t part = 42;
	bool yes = false;

	expect_int("0.85", oomd_parse_fraction("0.85", &part), 0);
	expect_int("0.85", part, 8500);
	expect_int("1", oomd_parse_fraction("1", &part), 0);
	expect_int("1", part, 10000);
	expect_int(".12345", oomd_parse_fraction(".12345", &part), 0);
	expect_int(".12345", part, 1234);
	expect_int("x", oomd_parse_fraction("x", &part), -EINVAL);
	expect_int("-1", oomd_parse_fraction("-1", &part), -EINVAL);
	expect_int("empty", oomd_parse_fraction("", &part), -EINVAL);
	expect_int("huge", oomd_parse_fraction("99999999999", &part), -ERANGE);
	expect_int("unchanged", part, 1234);

	expect_int("True", oomd_parse_bool("True", &yes), 0);
	expect_true("True", yes);
	expect_int("0", oomd_parse_bool("0", &yes), 0);
	expect_true("0", !yes);
	expect_int("1", oomd_parse_bool("1", &yes), 0);
	expect_true("1", yes);
	expect_int("yes", oomd_parse_bool("yes", &yes), -EINVAL);
	expect_int("TRUE", oomd_parse_bool("TRUE", &yes), -EINVAL);
	expect_int("empty", oomd_parse_bool("", &yes), -EINVAL);
	expect_true("unchanged", yes);
}

extern CU_TestInfo oomd_text_tests[];
CU_TestInfo oomd_text_tests[] = {
	{ "comments become blanks", comments_become_blanks },
	{ "what has no end is refused", what_has_no_end_is_refused },
	{ "depth and number of values are bounded", depth_and_number_of_values_are_bounded },
	{ "sizes are read as oomd does", sizes_are_read_as_oomd_does },
	{ "what is no size is refused", what_is_no_size_is_refused },
	{ "whole numbers stop where they end", whole_numbers_stop_where_they_end },
	{ "fractions and booleans", fractions_and_booleans },
	CU_TEST_INFO_NULL,
};
