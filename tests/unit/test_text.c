/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/width.h"
#include "unit.h"

#define E_ACUTE "\xC3\xA9"       /* U+00E9, one cell */
#define CJK "\xE4\xB8\xAD"       /* U+4E2D, two cells */
#define COMBINING "\xCC\x81"     /* U+0301 */
#define EMOJI "\xF0\x9F\x98\x80" /* U+1F600, two cells */
#define RLO "\xE2\x80\xAE"       /* U+202E, right-to-left override */
#define ZWSP "\xE2\x80\x8B"      /* U+200B */
#define PRIVATE "\xEE\x80\x80"   /* U+E000 */
#define SURROGATE "\xED\xA0\x80" /* U+D800, not allowed in UTF-8 */
#define C1_CSI "\xC2\x9B"        /* U+009B: begins an escape sequence */

static void strings_are_cut_at_character_boundaries(void)
{
	static const struct {
		const char *label;
		const char *string;
		size_t size;
		const char *want;
		bool cut;
	} cases[] = {
		{ "only the end fits", "abc", 1, "", true },
		{ "nothing in no room", "", 1, "", false },
		{ "exact fit", "abc", 4, "abc", false },
		{ "one too many", "abcd", 4, "abc", true },
		{ "two bytes, one fits", "a" E_ACUTE, 3, "a", true },
		{ "two bytes fit", "a" E_ACUTE, 4, "a" E_ACUTE, false },
		{ "four bytes, three fit", EMOJI, 4, "", true },
		{ "four bytes fit", EMOJI "x", 5, EMOJI, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *buf = malloc(cases[i].size); /* so that ASan sees an overrun */
		struct text text;

		text_init(&text, buf, cases[i].size);
		text_add(&text, cases[i].string);
		expect_text(cases[i].label, buf, cases[i].want);
		expect_int(cases[i].label, text.cut, cases[i].cut);
		expect_int(cases[i].label, text.len, strlen(cases[i].want));

		text_init(&text, buf, cases[i].size);
		text_fmt(&text, "%s", cases[i].string);
		expect_text(cases[i].label, buf, cases[i].want);
		expect_int(cases[i].label, text.cut, cases[i].cut);
		expect_int(cases[i].label, text.len, strlen(cases[i].want));
		free(buf);
	}
}

static void formatted_text_is_appended_and_bounded(void)
{
	char *buf = malloc(8);
	struct text text;

	text_init(&text, buf, 8);
	text_add(&text, "abc");
	text_fmt(&text, "%d", 12);
	expect_text("appended", buf, "abc12");
	text_fmt(&text, "%s", "345678901234567890");
	expect_text("cut at the end", buf, "abc1234");
	expect_true("cut", text.cut);
	expect_int("length", text.len, 7);
	free(buf);
}

static void nothing_follows_what_was_cut(void)
{
	char buf[6];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	text_add(&text, "ab");
	text_add(&text, "cd" CJK);
	text_add(&text, "x");
	text_fmt(&text, "%d", 1);
	text_add_clean(&text, "y", 1);
	expect_text("prefix", buf, "abcd");
	expect_true("cut", text.cut);
	text_init(&text, buf, sizeof(buf));
	text_add(&text, "new");
	expect_text("begun anew", buf, "new");
	expect_true("not cut", !text.cut);
}

static void foreign_text_is_made_harmless(void)
{
	static const struct {
		const char *label;
		const char *bytes;
		const char *want;
	} cases[] = {
		{ "plain", "java -jar x.jar", "java -jar x.jar" },
		{ "newline, tab, DEL", "a\nb\tc\x7F", "a?b?c?" },
		{ "escape sequence", "\x1B[31mred", "?[31mred" },
		{ "C1 control", C1_CSI "31m", "?31m" },
		{ "letters of two bytes", "caf" E_ACUTE, "caf" E_ACUTE },
		{ "wide letters", CJK EMOJI, CJK EMOJI },
		{ "combining mark", "e" COMBINING "x", "ex" },
		{ "bidi override", "a" RLO "b", "ab" },
		{ "bidi isolate",
			"a\xE2\x81\xA6"
			"b",
			"ab" },
		{ "zero width space", "a" ZWSP "b", "ab" },
		{ "line separator",
			"a\xE2\x80\xA8"
			"b",
			"ab" },
		{ "byte order mark",
			"\xEF\xBB\xBF"
			"a",
			"a" },
		{ "soft hyphen",
			"a\xC2\xAD"
			"b",
			"ab" },
		{ "variation selector", "a\xEF\xB8\x8F", "a" },
		{ "tag character",
			"\xF3\xA0\x81\x81"
			"a",
			"a" },
		{ "skin tone joins", "\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD", "\xF0\x9F\x91\x8D" },
		{ "flag letters join",
			"\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA"
			"a",
			"a" },
		{ "medial jamo", "\xE1\x84\x80\xE1\x85\xA1", "\xE1\x84\x80" },
		{ "private use", "a" PRIVATE "b", "ab" },
		{ "private use, last of the plane", "a\xEF\xA3\xBF", "a" },
		{ "behind the private use", "\xEF\xA4\x80", "\xEF\xA4\x80" },
		{ "private use, plane 15", "a\xF3\xB0\x80\x80", "a" },
		{ "private use, plane 16", "a\xF4\x8F\xBF\xBD", "a" },
		{ "not a character", "a\xEF\xBF\xBF", "a" },
		{ "surrogate, one mark a byte", SURROGATE, "???" },
		{ "lone continuation", "a\x80", "a?" },
		{ "overlong slash", "\xC0\xAF", "??" },
		{ "overlong NUL", "\xE0\x80\x80", "???" },
		{ "lead of an overlong one", "\xC1\x90\x80\x80", "????" },
		{ "lead above all", "\xF5\x80\x80\x80", "????" },
		{ "above the last code point", "\xF4\x90\x80\x80", "????" },
		{ "cut at the end", "a\xE4\xB8", "a??" },
		{ "lead followed by a letter",
			"\xE4"
			"ab",
			"?ab" },
		{ "Latin-1", "M\xFCller", "M?ller" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[64];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		text_add_clean(&text, cases[i].bytes, strlen(cases[i].bytes));
		expect_text(cases[i].label, buf, cases[i].want);
	}
}

static void zero_bytes_and_cuts_in_foreign_text(void)
{
	char buf[4];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	text_add_clean(&text, "a\0b", 3);
	expect_text("NUL is a control", buf, "a?b");
	text_init(&text, buf, sizeof(buf));
	text_add_clean(&text, "ab" CJK, 5);
	expect_text("wide at the cut", buf, "ab");
	expect_true("cut", text.cut);
	text_init(&text, buf, 1);
	text_add_clean(&text, "\n", 1);
	expect_text("buffer of 1", buf, "");
	expect_true("cut", text.cut);
	text_init(&text, buf, 1);
	text_add_clean(&text, COMBINING, 2);
	expect_true("nothing was lost", !text.cut);
}

static void every_code_point_is_read_back_as_written(void)
{
	unsigned wrong = 0;

	for (uint32_t c = 0; c <= 0x10FFFF; c++) {
		char buf[4];
		const size_t len = utf8_put(c, buf);
		const char *at = buf;
		const uint32_t got = utf8_next(&at, buf + len);

		if (c >= 0xD800 && c <= 0xDFFF)
			wrong += got != UTF8_INVALID || at != buf + 1;
		else
			wrong += got != c || at != buf + len;
		/* One byte less is no character. */
		at = buf;
		if (len > 1)
			wrong += utf8_next(&at, buf + len - 1) != UTF8_INVALID;
	}
	expect_int("wrong ones", wrong, 0);
}

static void widths_are_known(void)
{
	static const struct {
		const char *label;
		uint32_t code_point;
		int want;
	} cases[] = {
		{ "NUL", 0, 0 },
		{ "last C0", 0x1F, 0 },
		{ "blank", 0x20, 1 },
		{ "tilde", 0x7E, 1 },
		{ "DEL", 0x7F, 0 },
		{ "last C1", 0x9F, 0 },
		{ "no-break space", 0xA0, 1 },
		{ "before the combining marks", 0x2FF, 1 },
		{ "first combining mark", 0x300, 0 },
		{ "last of the block", 0x36F, 0 },
		{ "behind it", 0x370, 1 },
		{ "first jamo", 0x1100, 2 },
		{ "medial jamo", 0x1160, 0 },
		{ "block element", 0x2588, 1 },
		{ "watch", 0x231A, 2 },
		{ "ideographic space", 0x3000, 2 },
		{ "hangul filler", 0x3164, 0 },
		{ "Hangul", 0xAC00, 2 },
		{ "last Hangul", 0xD7A3, 2 },
		{ "fullwidth A", 0xFF21, 2 },
		{ "halfwidth kana", 0xFF71, 1 },
		{ "emoji", 0x1F600, 2 },
		{ "plane 2, last", 0x2FFFD, 2 },
		{ "not assigned", 0x0378, 0 },
		{ "last code point", 0x10FFFF, 0 },
		{ "above all", 0x110000, 0 },
		{ "invalid", UTF8_INVALID, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int(cases[i].label, cell_width(cases[i].code_point), cases[i].want);
}

static void check_ranges(const char *label, const struct width_range *ranges, size_t count)
{
	expect_true(label, count > 50);
	for (size_t i = 0; i < count; i++) {
		expect_true(label, ranges[i].first <= ranges[i].last);
		if (i > 0)
			expect_true(label, ranges[i - 1].last < ranges[i].first);
	}
}

static void width_tables_are_in_order(void)
{
	check_ranges("zero", width_zero, width_zero_count);
	check_ranges("two", width_two, width_two_count);
}

static void strings_are_measured_and_fitted_in_cells(void)
{
	static const struct {
		const char *label;
		const char *string;
		size_t cells;
		size_t room;
		size_t want_bytes;
	} cases[] = {
		{ "empty", "", 0, 5, 0 },
		{ "no room", "abc", 3, 0, 0 },
		{ "exact", "abc", 3, 3, 3 },
		{ "one less", "abc", 3, 2, 2 },
		{ "wide at the cut", "a" CJK CJK, 5, 4, 4 },
		{ "wide fits", "a" CJK CJK, 5, 5, 7 },
		{ "two bytes, one cell", E_ACUTE E_ACUTE, 2, 1, 2 },
		{ "combining stays with its letter", "e" COMBINING "x", 2, 1, 3 },
		{ "combining alone", COMBINING, 0, 0, 2 },
		{ "invalid counts", "\x80\x80", 2, 1, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		expect_int(cases[i].label, text_cells(cases[i].string), cases[i].cells);
		expect_int(cases[i].label, text_fit(cases[i].string, cases[i].room),
			cases[i].want_bytes);
	}
}

static void parts_are_found_without_case(void)
{
	expect_true("empty needle", text_contains("abc", ""));
	expect_true("empty both", text_contains("", ""));
	expect_true("empty hay", !text_contains("", "a"));
	expect_true("start", text_contains("Chrome", "chr"));
	expect_true("end", text_contains("chrome", "OME"));
	expect_true("whole", text_contains("java", "JAVA"));
	expect_true("longer", !text_contains("jav", "java"));
	expect_true("after a false start", text_contains("aaab", "aab"));
	expect_true("only ASCII is folded", !text_contains(E_ACUTE, "\xC3\x89"));
	expect_true("@ is not `", !text_contains("@", "`"));
}

static void shell_patterns_match_the_whole_string(void)
{
	static const struct {
		const char *pattern;
		const char *string;
		bool want;
	} cases[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "a", "", false },
		{ "java", "JAVA", true },
		{ "java", "javac", false },
		{ "*", "", true },
		{ "*", "anything", true },
		{ "**", "", true },
		{ "a*", "a", true },
		{ "*a", "ba", true },
		{ "*a", "ab", false },
		{ "*ab*cd", "xxabyyabcd", true },
		{ "*aab", "aaab", true },
		{ "?", "", false },
		{ "?", "a", true },
		{ "?", "ab", false },
		{ "?", CJK, true },
		{ "?", "\x80", true },
		{ "a?c", "a" E_ACUTE "c", true },
		{ "[a-c]x", "bx", true },
		{ "[a-c]x", "BX", true },
		{ "[A-C]x", "bx", true },
		{ "[a-c]x", "dx", false },
		{ "[abc]", "c", true },
		{ "[abc-]", "-", true },
		{ "[!a]", "b", true },
		{ "[!a]", "a", false },
		{ "[!a]", "", false },
		{ "[]a]", "]", true },
		{ "[!]a]", "b", true },
		{ "[!]a]", "]", false },
		{ "[a\\]b]", "]", true },
		{ "[", "[", true },
		{ "[a", "[a", true },
		{ "[a", "a", false },
		{ "[x", "yx", false },
		{ "[!", "[!", true },
		{ "[a-", "[a-", true },
		{ "\\*", "*", true },
		{ "\\*", "x", false },
		{ "\\?", "x", false },
		{ "\\[a]", "[a]", true },
		{ "x\\", "x\\", true },
		{ "*\\", "a\\", true },
		{ "[" E_ACUTE "]", E_ACUTE, true },
		{ "[" E_ACUTE "]", "\xC3", false },
		{ "\xC3", "\xC3", true },
		{ "\xC3", "\xC4", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int(cases[i].pattern, text_match(cases[i].pattern, cases[i].string),
			cases[i].want);
}

static void many_stars_do_not_take_for_ever(void)
{
	char pattern[2 * 500 + 2], string[5000 + 1];

	for (size_t i = 0; i < 500; i++)
		memcpy(pattern + 2 * i, "*a", 2);
	memcpy(pattern + 2 * 500, "b", 2);
	memset(string, 'a', 5000);
	string[5000] = '\0';
	expect_true("no b", !text_match(pattern, string));
	string[4999] = 'b';
	expect_true("with b", text_match(pattern, string));
}

static void the_end_of_a_string_is_told(void)
{
	expect_true("itself", text_ends("_kib", "_kib"));
	expect_true("more in front", text_ends("mem_free_kib", "_kib"));
	expect_true("nothing", text_ends("", "") && text_ends("a", ""));
	expect_true("longer", !text_ends("kib", "_kib"));
	expect_true("in the middle", !text_ends("a_kib_per_s", "_kib"));
	expect_true("another case", !text_ends("a_KIB", "_kib"));
}

extern CU_TestInfo text_tests[];

CU_TestInfo text_tests[] = {
	{ "strings are cut at character boundaries", strings_are_cut_at_character_boundaries },
	{ "formatted text is appended and bounded", formatted_text_is_appended_and_bounded },
	{ "nothing follows what was cut", nothing_follows_what_was_cut },
	{ "foreign text is made harmless", foreign_text_is_made_harmless },
	{ "zero bytes and cuts in foreign text", zero_bytes_and_cuts_in_foreign_text },
	{ "every code point is read back as written", every_code_point_is_read_back_as_written },
	{ "widths are known", widths_are_known },
	{ "width tables are in order", width_tables_are_in_order },
	{ "strings are measured and fitted in cells", strings_are_measured_and_fitted_in_cells },
	{ "parts are found without case", parts_are_found_without_case },
	{ "shell patterns match the whole string", shell_patterns_match_the_whole_string },
	{ "many stars do not take for ever", many_stars_do_not_take_for_ever },
	{ "the end of a string is told", the_end_of_a_string_is_told },
	CU_TEST_INFO_NULL,
};
