/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "base/units.h"
#include "unit.h"

#define KIB INT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

struct number_case {
	int64_t value;
	const char *want;
};

static void check_numbers(
	void (*format)(struct text *, int64_t), const struct number_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char buf[32], small[1];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		format(&text, cases[i].value);
		expect_text(cases[i].want, buf, cases[i].want);
		text_init(&text, small, sizeof(small));
		format(&text, cases[i].value);
		expect_text("buffer of 1", small, "");
		expect_true("buffer of 1 is cut", text.cut);
	}
}

static void sizes_are_short_and_rounded(void)
{
	static const struct number_case cases[] = {
		{ 0, "0" },
		{ 1, "1B" },
		{ 512, "512B" },
		{ 1023, "1023B" },
		{ 1024, "1.0K" },
		{ 4096, "4.0K" },
		{ 10 * KIB - 52, "9.9K" },
		{ 10 * KIB - 51, "10K" },
		{ 10 * KIB, "10K" },
		{ 11 * KIB - 512, "11K" },
		{ 11 * KIB - 513, "10K" },
		{ 1023 * KIB, "1023K" },
		{ MIB - 513, "1023K" },
		{ MIB - 512, "1.0M" },
		{ 98 * MIB, "98M" },
		{ GIB - 1, "1.0G" },
		{ GIB + 3 * GIB / 10, "1.3G" },
		{ 10 * GIB + 7 * GIB / 10, "10.7G" },
		{ -15 * GIB - GIB / 10, "-15.1G" },
		{ 100 * GIB - GIB / 10, "99.9G" },
		{ 100 * GIB - 1, "100G" },
		{ 117 * 1024 * GIB, "117T" },
		{ -1, "-1B" },
		{ -1023, "-1023B" },
		{ INT64_MAX, "8.0E" },
		{ INT64_MIN + 1, "-8.0E" },
		{ VALUE_UNKNOWN, "?" },
	};

	check_numbers(units_bytes, cases, ARRAY_SIZE(cases));
}

static void sizes_never_take_more_than_their_width(void)
{
	size_t longest = 0;

	for (unsigned shift = 0; shift < 62; shift++) {
		for (int64_t step = -500; step <= 1000; step += 3) {
			const int64_t unit = INT64_C(1) << shift;
			const int64_t value = unit + unit / 1000 * step + (step > 0);
			char buf[32];
			struct text text;

			text_init(&text, buf, sizeof(buf));
			units_bytes(&text, -value);
			longest = text.len > longest ? text.len : longest;
		}
	}
	expect_int("longest", longest, 6);
}

static void kib_saturate(void)
{
	static const struct number_case cases[] = {
		{ 0, "0" },
		{ 1, "1.0K" },
		{ -1024, "-1.0M" },
		{ INT64_MAX, "8.0E" },
		{ INT64_MIN + 1, "-8.0E" },
		{ VALUE_UNKNOWN, "?" },
	};

	check_numbers(units_kib, cases, ARRAY_SIZE(cases));
}

static void rates_have_a_sign(void)
{
	static const struct number_case cases[] = {
		{ 0, "0" },
		{ 48 * MIB, "+48M" },
		{ -52 * MIB, "-52M" },
		{ 1, "+1B" },
		{ INT64_MAX, "+8.0E" },
		{ INT64_MIN + 1, "-8.0E" },
		{ VALUE_UNKNOWN, "?" },
	};

	check_numbers(units_rate, cases, ARRAY_SIZE(cases));
}

static void counts_go_by_thousands(void)
{
	static const struct number_case cases[] = {
		{ 0, "0" },
		{ 999, "999" },
		{ 1000, "1.0k" },
		{ 1249, "1.2k" },
		{ 9949, "9.9k" },
		{ 9950, "10k" },
		{ 91000, "91k" },
		{ 999499, "999k" },
		{ 999500, "1.0m" },
		{ 3400000, "3.4m" },
		{ INT64_C(12000000000), "12g" },
		{ -1200, "-1.2k" },
		{ INT64_MAX, "9.2e" },
		{ INT64_MIN + 1, "-9.2e" },
		{ VALUE_UNKNOWN, "?" },
	};

	check_numbers(units_count, cases, ARRAY_SIZE(cases));
}

static void spans_change_their_unit(void)
{
	static const struct number_case cases[] = {
		{ 0, "0s" },
		{ 8, "8s" },
		{ 95, "95s" },
		{ 119, "119s" },
		{ 120, "2min" },
		{ 12 * 60 + 59, "12min" },
		{ 119 * 60 + 59, "119min" },
		{ 120 * 60, "2h" },
		{ 3 * 3600 + 10 * 60, "3h10m" },
		{ 48 * 3600 - 1, "47h59m" },
		{ 48 * 3600, "2d" },
		{ 12 * 86400 + 86399, "12d" },
		{ -8, "-8s" },
		{ INT64_MAX, "106751991167300d" },
		{ INT64_MIN + 1, "-106751991167300d" },
		{ VALUE_UNKNOWN, "?" },
	};

	check_numbers(units_seconds, cases, ARRAY_SIZE(cases));
}

static void ranges_are_rounded_outwards(void)
{
	static const struct {
		int64_t low, high;
		const char *want;
	} cases[] = {
		{ 18, 40, "18-40s" },
		{ 0, 0, "0s" },
		{ 40, 40, "40s" },
		{ 119, 119, "119s" },
		{ 119, 120, "1-2min" },
		{ 120, 300, "2-5min" },
		{ 179, 181, "2-4min" },
		{ 3 * 3600, 7 * 3600, "3-7h" },
		{ 18, 7 * 3600, "0-7h" },
		{ 86400, 5 * 86400, "1-5d" },
		{ 50, 40, "50s" },
		{ -5, 10, "0-10s" },
		{ -10, -5, "0s" },
		{ 0, INT64_MAX, "0-106751991167301d" },
		{ INT64_MIN + 1, INT64_MAX, "0-106751991167301d" },
		{ VALUE_UNKNOWN, 10, "?" },
		{ 10, VALUE_UNKNOWN, "?" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[64];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		units_seconds_range(&text, cases[i].low, cases[i].high);
		expect_text(cases[i].want, buf, cases[i].want);
	}
}

static void percents_are_rounded_to_tenths(void)
{
	static const struct number_case cases[] = {
		{ 0, "0.0%" },
		{ 4, "0.0%" },
		{ 5, "0.1%" },
		{ 1894, "18.9%" },
		{ 1895, "19.0%" },
		{ 10000, "100.0%" },
		{ -1894, "-18.9%" },
		{ -4, "0.0%" },
		{ -5, "-0.1%" },
		{ INT64_MAX, "92233720368547758.1%" },
		{ INT64_MIN + 1, "-92233720368547758.1%" },
		{ VALUE_UNKNOWN, "?" },
	};

	check_numbers(units_percent, cases, ARRAY_SIZE(cases));
}

static void sizes_are_parsed(void)
{
	static const struct {
		const char *string;
		int error;
		int64_t want;
	} cases[] = {
		{ "0", 0, 0 },
		{ "4096", 0, 4096 },
		{ "2G", 0, 2 * GIB },
		{ "1.5M", 0, 3 * MIB / 2 },
		{ "300K", 0, 300 * KIB },
		{ "12MiB", 0, 12 * MIB },
		{ "7kB", 0, 7 * KIB },
		{ "5k", 0, 5 * KIB },
		{ "512B", 0, 512 },
		{ "1p", 0, 1024 * 1024 * GIB },
		{ "-2G", 0, -2 * GIB },
		{ ".5K", 0, 512 },
		{ "1.K", 0, 1024 },
		{ "0.1K", 0, 102 },
		{ "0.9999999999999K", 0, 1023 },
		{ "9223372036854775807", 0, INT64_MAX },
		{ "-9223372036854775807", 0, INT64_MIN + 1 },
		{ "7.9E", 0, INT64_C(9108079886394091110) },
		{ "9223372036854775808", -ERANGE, 0 },
		{ "-9223372036854775808", -ERANGE, 0 },
		{ "8E", -ERANGE, 0 },
		{ "99999999999999999999999999999999999999999", -ERANGE, 0 },
		{ "99999999999999999999E", -ERANGE, 0 },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "-", -EINVAL, 0 },
		{ ".", -EINVAL, 0 },
		{ "G", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ "--1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "1X", -EINVAL, 0 },
		{ "1GG", -EINVAL, 0 },
		{ "1Gi", -EINVAL, 0 },
		{ "1iB", -EINVAL, 0 },
		{ "1,5G", -EINVAL, 0 },
		{ "1.5.1", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = 42;

		expect_int(
			cases[i].string, units_parse_bytes(cases[i].string, &got), cases[i].error);
		expect_int(cases[i].string, got, cases[i].error ? 42 : cases[i].want);
	}
}

static void seconds_are_parsed(void)
{
	static const struct {
		const char *string;
		int error;
		int64_t want;
	} cases[] = {
		{ "1", 0, 1000 },
		{ "0", 0, 0 },
		{ "0.25", 0, 250 },
		{ "2.5", 0, 2500 },
		{ ".5", 0, 500 },
		{ "0.0009", 0, 0 },
		{ "1.9999", 0, 1999 },
		{ "9223372036854775.807", 0, INT64_MAX },
		{ "9223372036854775.808", -ERANGE, 0 },
		{ "99999999999999999999999", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ ".", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "1s", -EINVAL, 0 },
		{ "1,5", -EINVAL, 0 },
		{ "inf", -EINVAL, 0 },
		{ "nan", -EINVAL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = 42;

		expect_int(cases[i].string, units_parse_ms(cases[i].string, &got), cases[i].error);
		expect_int(cases[i].string, got, cases[i].error ? 42 : cases[i].want);
	}
}

extern CU_TestInfo units_tests[];

CU_TestInfo units_tests[] = {
	{ "sizes are short and rounded", sizes_are_short_and_rounded },
	{ "sizes never take more than their width", sizes_never_take_more_than_their_width },
	{ "KiB saturate", kib_saturate },
	{ "rates have a sign", rates_have_a_sign },
	{ "counts go by thousands", counts_go_by_thousands },
	{ "spans change their unit", spans_change_their_unit },
	{ "ranges are rounded outwards", ranges_are_rounded_outwards },
	{ "percents are rounded to tenths", percents_are_rounded_to_tenths },
	{ "sizes are parsed", sizes_are_parsed },
	{ "seconds are parsed", seconds_are_parsed },
	CU_TEST_INFO_NULL,
};
