/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"
#include "unit.h"

static void commas_and_names_are_placed(void)
{
	char buf[256];
	struct text text;
	struct json json;

	text_init(&text, buf, sizeof(buf));
	json_init(&json, &text);
	json_put_object(&json, NULL);
	json_put_int(&json, "a", 1);
	json_put_array(&json, "b");
	json_put_int(&json, NULL, 2);
	json_put_object(&json, NULL);
	json_end_object(&json);
	json_put_array(&json, NULL);
	json_end_array(&json);
	json_put_bool(&json, NULL, true);
	json_end_array(&json);
	json_put_object(&json, "c");
	json_put_bool(&json, "d", false);
	json_end_object(&json);
	json_put_null(&json, "e");
	json_end_object(&json);
	expect_text("all", buf, "{\"a\":1,\"b\":[2,{},[],true],\"c\":{\"d\":false},\"e\":null}");
	expect_int("depth", json.depth, 0);
}

static void outermost_values_have_no_comma(void)
{
	char buf[64];
	struct text text;
	struct json json;

	text_init(&text, buf, sizeof(buf));
	json_init(&json, &text);
	json_put_object(&json, NULL);
	json_end_object(&json);
	text_add(&text, "\n");
	json_put_object(&json, NULL);
	json_end_object(&json);
	expect_text("two lines", buf, "{}\n{}");
}

static void numbers_are_exact(void)
{
	static const struct {
		int64_t value;
		unsigned decimals;
		const char *want;
	} cases[] = {
		{ 0, 0, "0" },
		{ INT64_MAX, 0, "9223372036854775807" },
		{ INT64_MIN + 1, 0, "-9223372036854775807" },
		{ VALUE_UNKNOWN, 0, "null" },
		{ 0, 1, "0.0" },
		{ 3400, 1, "340.0" },
		{ 4120, 2, "41.20" },
		{ 5, 2, "0.05" },
		{ -5, 2, "-0.05" },
		{ -105, 2, "-1.05" },
		{ INT64_MAX, 18, "9.223372036854775807" },
		{ INT64_MIN + 1, 18, "-9.223372036854775807" },
		{ VALUE_UNKNOWN, 3, "null" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[64];
		struct text text;
		struct json json;

		text_init(&text, buf, sizeof(buf));
		json_init(&json, &text);
		if (cases[i].decimals == 0)
			json_put_int(&json, NULL, cases[i].value);
		else
			json_put_decimal(&json, NULL, cases[i].value, cases[i].decimals);
		expect_text(cases[i].want, buf, cases[i].want);
	}
}

static void strings_are_quoted(void)
{
	static const struct {
		const char *label;
		const char *string;
		const char *want;
	} cases[] = {
		{ "none", NULL, "null" },
		{ "empty", "", "\"\"" },
		{ "quotes", "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "slash is kept", "a/b", "\"a/b\"" },
		{ "newline and tab", "a\nb\t", "\"a\\nb\\t\"" },
		{ "controls", "\x01\x1B\x7F", "\"\\u0001\\u001b\\u007f\"" },
		{ "C1 control", "\xC2\x9B", "\"\\u009b\"" },
		{ "letters", "caf\xC3\xA9 \xE4\xB8\xAD", "\"caf\xC3\xA9 \xE4\xB8\xAD\"" },
		{ "bidi override is kept, escaped", "\xE2\x80\xAE", "\"\\u202e\"" },
		{ "combining mark", "e\xCC\x81", "\"e\\u0301\"" },
		{ "line separator", "\xE2\x80\xA8", "\"\\u2028\"" },
		{ "tag character, a pair", "\xF3\xA0\x81\x81", "\"\\udb40\\udc41\"" },
		{ "last code point", "\xF4\x8F\xBF\xBF", "\"\\udbff\\udfff\"" },
		{ "emoji", "\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\"" },
		{ "invalid byte",
			"a\xFF"
			"b",
			"\"a\xEF\xBF\xBD"
			"b\"" },
		{ "surrogate", "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[64];
		struct text text;
		struct json json;

		text_init(&text, buf, sizeof(buf));
		json_init(&json, &text);
		json_put_string(&json, NULL, cases[i].string);
		expect_text(cases[i].label, buf, cases[i].want);
	}
}

static void names_are_quoted_too(void)
{
	char buf[64];
	struct text text;
	struct json json;

	text_init(&text, buf, sizeof(buf));
	json_init(&json, &text);
	json_put_object(&json, NULL);
	json_put_string(&json, "a\"b", "c");
	json_end_object(&json);
	expect_text("name", buf, "{\"a\\\"b\":\"c\"}");
}

static void too_deep_and_too_long_is_known_to_be_cut(void)
{
	char buf[256];
	struct text text;
	struct json json;

	text_init(&text, buf, sizeof(buf));
	json_init(&json, &text);
	for (unsigned i = 0; i + 1 < JSON_DEPTH_MAX; i++)
		json_put_array(&json, NULL);
	expect_true("deepest allowed", !text.cut);
	for (unsigned i = 0; i < 40; i++)
		json_put_array(&json, NULL);
	expect_true("too deep", text.cut);
	for (unsigned i = 0; i < 100; i++)
		json_end_array(&json);
	expect_int("depth", json.depth, 0);

	text_init(&text, buf, 1);
	json_init(&json, &text);
	json_put_object(&json, "name");
	json_end_object(&json);
	expect_text("buffer of 1", buf, "");
	expect_true("cut", text.cut);
}

static void the_buffer_can_be_drained_between_values(void)
{
	char buf[16];
	struct text text;
	struct json json;

	text_init(&text, buf, sizeof(buf));
	json_init(&json, &text);
	json_put_array(&json, NULL);
	json_put_int(&json, NULL, 1);
	expect_text("first", buf, "[1");
	text_init(&text, buf, sizeof(buf));
	json_put_int(&json, NULL, 2);
	json_end_array(&json);
	expect_text("second", buf, ",2]");
}

extern CU_TestInfo json_tests[];

CU_TestInfo json_tests[] = {
	{ "commas and names are placed", commas_and_names_are_placed },
	{ "outermost values have no comma", outermost_values_have_no_comma },
	{ "numbers are exact", numbers_are_exact },
	{ "strings are quoted", strings_are_quoted },
	{ "names are quoted too", names_are_quoted_too },
	{ "too deep and too long is known to be cut", too_deep_and_too_long_is_known_to_be_cut },
	{ "the buffer can be drained between values", the_buffer_can_be_drained_between_values },
	CU_TEST_INFO_NULL,
};
