/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "cuts.h"
#include "parse/scan.h"
#include "unit.h"

static struct scan scan_text(const char *text)
{
	return scan_of(text, strlen(text));
}

static void expect_rest(const char *label, const struct scan *scan, const char *want)
{
	char rest[128];

	span_copy((struct span){ scan->at, (size_t)(scan->end - scan->at) }, rest, sizeof(rest));
	expect_text(label, rest, want);
}

static void lines_come_one_by_one(void)
{
	struct scan scan = scan_text("one\n\nthree"), line;

	expect_true("first", scan_line(&scan, &line));
	expect_rest("first", &line, "one");
	expect_true("empty", scan_line(&scan, &line));
	expect_rest("empty", &line, "");
	expect_true("unended", scan_line(&scan, &line));
	expect_rest("unended", &line, "three");
	expect_true("end", !scan_line(&scan, &line));
	expect_rest("unchanged at the end", &line, "three");
}

static void whole_lines_leave_out_an_unended_one(void)
{
	struct scan scan = scan_text("one\ntw"), line;

	expect_true("first", scan_whole_line(&scan, &line));
	expect_rest("first", &line, "one");
	expect_true("cut", !scan_whole_line(&scan, &line));
	expect_rest("nothing read", &scan, "tw");
	scan = scan_text("");
	expect_true("empty", !scan_whole_line(&scan, &line));
}

static void words_end_at_blanks(void)
{
	struct scan scan = scan_text(" \tone two\nthree");
	struct span word;

	expect_true("one", scan_word(&scan, &word) && span_is(word, "one"));
	expect_true("two", scan_word(&scan, &word) && span_is(word, "two"));
	expect_true("no word at a newline", !scan_word(&scan, &word));
	expect_rest("newline stays", &scan, "\nthree");
	expect_true("unchanged", span_is(word, "two"));
}

static void until_finds_a_byte_or_reads_nothing(void)
{
	struct scan scan = scan_text("a:b::c");
	struct span part;

	expect_true("a", scan_until(&scan, ':', &part) && span_is(part, "a"));
	expect_true("b", scan_until(&scan, ':', &part) && span_is(part, "b"));
	expect_true("empty", scan_until(&scan, ':', &part) && part.len == 0);
	expect_true("none", !scan_until(&scan, ':', &part));
	expect_rest("rest", &scan, "c");
}

static void components_are_cut_at_slashes(void)
{
	struct scan scan = scan_text("//a.slice/b/");
	struct span part;

	expect_true("first", scan_component(&scan, &part) && span_is(part, "a.slice"));
	expect_true("second", scan_component(&scan, &part) && span_is(part, "b"));
	expect_true("end", !scan_component(&scan, &part));
	scan = scan_text("c");
	expect_true("without slash", scan_component(&scan, &part) && span_is(part, "c"));
	expect_true("then the end", !scan_component(&scan, &part));
}

static void literals_must_fit(void)
{
	struct scan scan = scan_text("MemTotal:");

	expect_true("longer than the text", !scan_literal(&scan, "MemTotal: "));
	expect_true("other", !scan_literal(&scan, "memtotal"));
	expect_rest("nothing read", &scan, "MemTotal:");
	expect_true("there", scan_literal(&scan, "Mem"));
	expect_rest("stepped over", &scan, "Total:");
	expect_true("empty one", scan_literal(&scan, ""));
}

static void signed_numbers_saturate(void)
{
	static const struct {
		const char *text;
		bool good;
		int64_t want;
		const char *rest;
	} cases[] = {
		{ "0", true, 0, "" },
		{ " \t-17 x", true, -17, " x" },
		{ "007", true, 7, "" },
		{ "9223372036854775806", true, INT64_MAX - 1, "" },
		{ "9223372036854775807", true, INT64_MAX, "" },
		{ "9223372036854775808", true, INT64_MAX, "" },
		{ "18446744073709551616", true, INT64_MAX, "" },
		{ "99999999999999999999999999999999999999999", true, INT64_MAX, "" },
		{ "-9223372036854775807", true, -INT64_MAX, "" },
		{ "-9223372036854775808", true, -INT64_MAX, "" },
		{ "-99999999999999999999", true, -INT64_MAX, "" },
		{ "", false, 42, "" },
		{ "-", false, 42, "-" },
		{ "+1", false, 42, "+1" },
		{ "- 1", false, 42, "- 1" },
		{ "x1", false, 42, "x1" },
		{ "  x", false, 42, "  x" },
		{ "\n1", false, 42, "\n1" },
		{ "12\n", true, 12, "\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scan scan = scan_text(cases[i].text);
		int64_t got = 42;

		expect_int(cases[i].text, scan_int(&scan, &got), cases[i].good);
		expect_int(cases[i].text, got, cases[i].want);
		expect_rest(cases[i].text, &scan, cases[i].rest);
	}
}

static void unsigned_numbers_saturate(void)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t want;
	} cases[] = {
		{ "0", true, 0 },
		{ " 18446744073709551614", true, UINT64_MAX - 1 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", true, UINT64_MAX },
		{ "18446744073709551620", true, UINT64_MAX },
		{ "184467440737095516150", true, UINT64_MAX },
		{ "-1", false, 42 },
		{ "", false, 42 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scan scan = scan_text(cases[i].text);
		uint64_t got = 42;

		expect_int(cases[i].text, scan_uint(&scan, &got), cases[i].good);
		expect_true(cases[i].text, got == cases[i].want);
	}
}

static void values_out_of_range_are_unknown(void)
{
	static const struct {
		const char *text;
		int64_t max;
		bool good;
		int64_t want;
	} cases[] = {
		{ "0", 0, true, 0 },
		{ "1", 0, true, VALUE_UNKNOWN },
		{ "100", 100, true, 100 },
		{ "101", 100, true, VALUE_UNKNOWN },
		{ "-1", 100, true, VALUE_UNKNOWN },
		{ "-0", 100, true, VALUE_UNKNOWN },
		{ "9223372036854775807", INT64_MAX, true, INT64_MAX },
		{ "9223372036854775808", INT64_MAX, true, VALUE_UNKNOWN },
		{ "18446744073709551615", INT64_MAX, true, VALUE_UNKNOWN },
		{ "18446744073709551616", INT64_MAX, true, VALUE_UNKNOWN },
		{ "9007199254740991", SCAN_KIB_MAX, true, SCAN_KIB_MAX },
		{ "9007199254740992", SCAN_KIB_MAX, true, VALUE_UNKNOWN },
		{ "kB", 100, false, 42 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scan scan = scan_text(cases[i].text);
		int64_t got = 42;

		expect_int(cases[i].text, scan_value(&scan, cases[i].max, &got), cases[i].good);
		expect_int(cases[i].text, got, cases[i].want);
		expect_rest(cases[i].text, &scan, cases[i].good ? "" : cases[i].text);
	}
}

static void limits_hold_as_bytes(void)
{
	expect_int("KiB", value_mul(SCAN_KIB_MAX, 1024), INT64_MAX - 1023);
	expect_int("pages", value_mul(SCAN_PAGES_MAX, INT64_C(262144)),
		INT64_MAX - INT64_C(262144) + 1);
}

static void hexadecimal_numbers_saturate(void)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t want;
		const char *rest;
	} cases[] = {
		{ "000001ffFEffffff", true, UINT64_C(0x1fffeffffff), "" },
		{ "ffffffffffffffff", true, UINT64_MAX, "" },
		{ "10000000000000000", true, UINT64_MAX, "" },
		{ "fffffffffffffffff0", true, UINT64_MAX, "" },
		{ "0g", true, 0, "g" },
		{ "", false, 42, "" },
		{ "g", false, 42, "g" },
		{ "-1", false, 42, "-1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scan scan = scan_text(cases[i].text);
		uint64_t got = 42;

		expect_int(cases[i].text, scan_hex(&scan, &got), cases[i].good);
		expect_true(cases[i].text, got == cases[i].want);
		expect_rest(cases[i].text, &scan, cases[i].rest);
	}
}

static void decimals_become_hundredths(void)
{
	static const struct {
		const char *text;
		bool good;
		int64_t want;
		const char *rest;
	} cases[] = {
		{ "0.00", true, 0, "" },
		{ "12.34 x", true, 1234, " x" },
		{ "12", true, 1200, "" },
		{ "12.", true, 1200, "" },
		{ "12.3", true, 1230, "" },
		{ "12.349", true, 1234, "" },
		{ "12.34.5", true, 1234, ".5" },
		{ "92233720368547758.07", true, INT64_MAX, "" },
		{ "92233720368547758.08", true, INT64_MAX, "" },
		{ "92233720368547757.99", true, INT64_MAX - 8, "" },
		{ "99999999999999999999999.9", true, INT64_MAX, "" },
		{ ".5", false, 42, ".5" },
		{ "-1.0", false, 42, "-1.0" },
		{ "", false, 42, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scan scan = scan_text(cases[i].text);
		int64_t got = 42;

		expect_int(cases[i].text, scan_centi(&scan, &got), cases[i].good);
		expect_int(cases[i].text, got, cases[i].want);
		expect_rest(cases[i].text, &scan, cases[i].rest);
	}
}

static void spans_compare_whole_and_copy_cut(void)
{
	const struct span span = { "Normal", 6 };
	char buf[7];

	expect_true("is", span_is(span, "Normal"));
	expect_true("is longer", !span_is(span, "Norm"));
	expect_true("is shorter", !span_is(span, "Normals"));
	expect_true("starts", span_starts(span, "Norm"));
	expect_true("starts whole", span_starts(span, "Normal"));
	expect_true("starts too long", !span_starts(span, "Normals"));
	span_copy(span, buf, 7);
	expect_text("fits exactly", buf, "Normal");
	span_copy(span, buf, 6);
	expect_text("cut by one", buf, "Norma");
	span_copy(span, buf, 1);
	expect_text("no room", buf, "");
}

/* Each function at each place of a text of all sorts of bytes, cut at each place. */
static void nothing_is_read_beyond_the_end(void)
{
	static const char text[] = "a -12.5\t0x1f:99999999999999999999 \n\0 7.";

	for (size_t len = 0; len < sizeof(text); len++) {
		char *copy = cut_copy(text, len);

		for (size_t at = 0; at <= len; at++) {
			const struct scan start = { copy + at, copy + len };
			struct scan scan[10], line;
			struct span span;
			uint64_t u;
			int64_t i;

			for (size_t n = 0; n < ARRAY_SIZE(scan); n++)
				scan[n] = start;
			scan_line(&scan[0], &line);
			scan_whole_line(&scan[1], &line);
			scan_blanks(&scan[2]);
			scan_word(&scan[3], &span);
			scan_until(&scan[4], '7', &span);
			scan_literal(&scan[5], "99");
			scan_int(&scan[6], &i);
			scan_uint(&scan[7], &u);
			scan_hex(&scan[8], &u);
			scan_centi(&scan[9], &i);
			for (size_t n = 0; n < ARRAY_SIZE(scan); n++)
				expect_true("within",
					scan[n].at >= start.at && scan[n].at <= start.end);
		}
		free(copy);
	}
}

extern CU_TestInfo scan_tests[];

CU_TestInfo scan_tests[] = {
	{ "lines come one by one", lines_come_one_by_one },
	{ "whole lines leave out an unended one", whole_lines_leave_out_an_unended_one },
	{ "words end at blanks", words_end_at_blanks },
	{ "components are cut at slashes", components_are_cut_at_slashes },
	{ "until finds a byte or reads nothing", until_finds_a_byte_or_reads_nothing },
	{ "literals must fit", literals_must_fit },
	{ "signed numbers saturate", signed_numbers_saturate },
	{ "unsigned numbers saturate", unsigned_numbers_saturate },
	{ "values out of range are unknown", values_out_of_range_are_unknown },
	{ "limits hold as bytes", limits_hold_as_bytes },
	{ "hexadecimal numbers saturate", hexadecimal_numbers_saturate },
	{ "decimals become hundredths", decimals_become_hundredths },
	{ "spans compare whole and copy cut", spans_compare_whole_and_copy_cut },
	{ "nothing is read beyond the end", nothing_is_read_beyond_the_end },
	CU_TEST_INFO_NULL,
};
