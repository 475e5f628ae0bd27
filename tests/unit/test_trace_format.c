/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "base/value.h"
#include "cuts.h"
#include "mark_formats.h"
#include "parse/trace_format.h"
#include "unit.h"

static int format_of(const char *text, struct trace_format *ret)
{
	return parse_trace_format(text, strlen(text), ret);
}

static void fields_of_two_kernels(void)
{
	static const struct {
		const char *name;
		enum trace_kind kind;
		uint32_t offset, size;
	} cases[] = {
		{ "common_type", TRACE_UNSIGNED, 0, 2 },
		{ "common_flags", TRACE_UNSIGNED, 2, 1 },
		{ "common_pid", TRACE_SIGNED, 4, 4 },
		{ "pid", TRACE_SIGNED, 8, 4 },
		{ "comm", TRACE_DATA_LOC, 12, 4 },
		{ "total_vm", TRACE_UNSIGNED, 16, 8 },
		{ "anon_rss", TRACE_UNSIGNED, 24, 8 },
		{ "uid", TRACE_UNSIGNED, 48, 4 },
		{ "oom_score_adj", TRACE_SIGNED, 64, 2 },
	};
	struct trace_format old, new;

	expect_int("5.10", format_of(mark_5_10, &old), 0);
	expect_int("5.10 ID", old.id, 485);
	expect_int("5.10 fields", old.n_fields, 5);
	expect_true("5.10 has no name", !trace_field_find(&old, "comm"));
	expect_int("7.2", format_of(mark_7_2, &new), 0);
	expect_int("7.2 ID", new.id, 573);
	expect_int("7.2 fields", new.n_fields, 13);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct trace_field *field = trace_field_find(&new, cases[i].name);

		expect_true(cases[i].name, field != NULL);
		if (!field)
			continue;
		expect_int(cases[i].name, field->kind, cases[i].kind);
		expect_int(cases[i].name, field->offset, cases[i].offset);
		expect_int(cases[i].name, field->size, cases[i].size);
	}
}

/* One field between an ID and the end. */
static int one_field(const char *line, struct trace_format *ret)
{
	char text[256];

	snprintf(text, sizeof(text),
		"ID: 1\nformat:\n\tfield:char x;\toffset:0;\tsize:1;\tsigned:0;\n"
		"\tfield:%s\n\nprint fmt: \"\"\n",
		line);
	return format_of(text, ret);
}

static void declarations_of_all_kinds(void)
{
	static const struct {
		const char *line, *name;
		enum trace_kind kind;
	} cases[] = {
		{ "unsigned long long a;\toffset:8;\tsize:8;\tsigned:0;", "a", TRACE_UNSIGNED },
		{ "void * ptr;\toffset:8;\tsize:8;\tsigned:0;", "ptr", TRACE_UNSIGNED },
		{ "void *ptr;\toffset:8;\tsize:8;\tsigned:0;", "ptr", TRACE_UNSIGNED },
		{ "char comm[16];\toffset:8;\tsize:16;\tsigned:1;", "comm", TRACE_TEXT },
		{ "char comm[TASK_COMM_LEN];\toffset:8;\tsize:16;\tsigned:1;", "comm", TRACE_TEXT },
		{ "const unsigned char c[4];\toffset:8;\tsize:4;\tsigned:0;", "c", TRACE_TEXT },
		{ "character c[4];\toffset:8;\tsize:4;\tsigned:0;", "c", TRACE_OTHER },
		{ "int v[4];\toffset:8;\tsize:16;\tsigned:1;", "v", TRACE_OTHER },
		{ "struct in6 s;\toffset:8;\tsize:16;\tsigned:0;", "s", TRACE_OTHER },
		{ "int odd;\toffset:8;\tsize:3;\tsigned:1;", "odd", TRACE_OTHER },
		{ "__data_loc char[] s;\toffset:8;\tsize:4;\tsigned:0;", "s", TRACE_DATA_LOC },
		{ "__data_loc const char[] s;\toffset:8;\tsize:4;\tsigned:0;", "s",
			TRACE_DATA_LOC },
		{ "__data_loc char[] s;\toffset:8;\tsize:8;\tsigned:0;", "s", TRACE_OTHER },
		{ "__data_loc u32[] s;\toffset:8;\tsize:4;\tsigned:0;", "s", TRACE_OTHER },
		{ "__rel_loc char[] s;\toffset:8;\tsize:4;\tsigned:0;", "s", TRACE_OTHER },
		{ "int last;\toffset:8188;\tsize:4;\tsigned:1;", "last", TRACE_SIGNED },
		{ "int more;\toffset:8;\tsize:4;\tsigned:1;\tnew:7;", "more", TRACE_SIGNED },
		{ "int a_name_of_thirty_one_bytes_____;\toffset:8;\tsize:4;\tsigned:1;",
			"a_name_of_thirty_one_bytes_____", TRACE_SIGNED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct trace_field *field;
		struct trace_format format;

		expect_int(cases[i].line, one_field(cases[i].line, &format), 0);
		expect_int(cases[i].line, format.n_fields, 2);
		field = trace_field_find(&format, cases[i].name);
		expect_true(cases[i].line, field != NULL);
		expect_int(cases[i].line, field ? (int)field->kind : -1, cases[i].kind);
	}
}

static void lines_not_understood_are_left_out(void)
{
	static const char *const lines[] = {
		"",
		";",
		"int;\toffset:8;\tsize:4;\tsigned:1;",
		"int x",
		"int x;",
		"int x;\toffset:8;\tsize:4;",
		"int x;\toffset:8;\tsize:4;\tsigned:2;",
		"int x;\toffset:8;\tsize:4;\tsigned:-1;",
		"int x;\tsize:4;\toffset:8;\tsigned:1;",
		"int x;\toffset:-8;\tsize:4;\tsigned:1;",
		"int x;\toffset:8;\tsize:0;\tsigned:1;",
		"int x;\toffset:8189;\tsize:4;\tsigned:1;",
		"int x;\toffset:8193;\tsize:0;\tsigned:1;",
		"int x;\toffset:4294967304;\tsize:4;\tsigned:1;",
		"int x;\toffset:18446744073709551615;\tsize:4;\tsigned:1;",
		"int x;\toffset:8;\tsize:4294967300;\tsigned:1;",
		"int x];\toffset:8;\tsize:4;\tsigned:1;",
		"[4];\toffset:8;\tsize:4;\tsigned:1;",
		"int [4];\toffset:8;\tsize:4;\tsigned:1;",
		"int a_name_of_thirty_two_bytes______;\toffset:8;\tsize:4;\tsigned:1;",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct trace_format format;

		expect_int(lines[i], one_field(lines[i], &format), 0);
		expect_int(lines[i], format.n_fields, 1);
	}
}

static void more_fields_than_there_is_room_are_left_out(void)
{
	struct trace_format format;
	char text[8192] = "ID: 2147483647\n";
	size_t len = strlen(text);

	for (unsigned i = 0; i < TRACE_FIELDS_MAX + 2; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
			"field:int f%u;\toffset:%u;\tsize:4;\tsigned:1;\n", i, i * 4);
	snprintf(text + len, sizeof(text) - len, "print fmt: x\n");
	expect_int("parsed", format_of(text, &format), 0);
	expect_int("ID", format.id, INT32_MAX);
	expect_int("fields", format.n_fields, TRACE_FIELDS_MAX);
	expect_text("last", format.fields[TRACE_FIELDS_MAX - 1].name, "f31");
}

static void malformed_formats_are_refused_and_change_nothing(void)
{
	static const struct {
		const char *label, *text;
		int want;
	} cases[] = {
		{ "empty", "", -ENODATA },
		{ "newline", "\n", -EBADMSG },
		{ "no ID", "field:int x;\toffset:0;\tsize:4;\tsigned:1;\nprint fmt: x\n",
			-EBADMSG },
		{ "no field", "ID: 1\nprint fmt: x\n", -EBADMSG },
		{ "field behind the end",
			"ID: 1\nprint fmt: x\nfield:int x;\toffset:0;\tsize:4;\tsigned:1;\n",
			-EBADMSG },
		{ "no end", "ID: 1\nfield:int x;\toffset:0;\tsize:4;\tsigned:1;\n", -EBADMSG },
		{ "ID 0", "ID: 0\nfield:int x;\toffset:0;\tsize:4;\tsigned:1;\nprint fmt: x\n",
			-EBADMSG },
		{ "ID -1", "ID: -1\nfield:int x;\toffset:0;\tsize:4;\tsigned:1;\nprint fmt: x\n",
			-EBADMSG },
		{ "ID beyond int",
			"ID: 2147483648\nfield:int x;\toffset:0;\tsize:4;\tsigned:1;\nprint fmt: x\n",
			-EBADMSG },
		{ "ID with more",
			"ID: 1x\nfield:int x;\toffset:0;\tsize:4;\tsigned:1;\nprint fmt: x\n",
			-EBADMSG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct trace_format format = { .id = 42, .n_fields = 7 };

		expect_int(cases[i].label, format_of(cases[i].text, &format), cases[i].want);
		expect_int(cases[i].label, format.id, 42);
		expect_int(cases[i].label, format.n_fields, 7);
	}
}

static void cut_formats_are_refused(void)
{
	const size_t len = sizeof(mark_7_2) - 1;

	for (size_t cut = 0; cut < len; cut++) {
		char *copy = cut_copy(mark_7_2, cut);
		struct trace_format format;

		expect_true("refused", parse_trace_format(copy, cut, &format) < 0);
		free(copy);
	}
}

static void numbers_of_all_widths(void)
{
	static const unsigned char record[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const struct {
		uint32_t size;
		int64_t is_unsigned;
	} cases[] = {
		{ 1, UINT8_MAX },
		{ 2, UINT16_MAX },
		{ 4, UINT32_MAX },
		{ 8, VALUE_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct trace_field field = { .kind = TRACE_SIGNED, .size = cases[i].size };
		const char *bytes = (const char *)record;

		expect_int("signed", trace_field_number(&field, bytes, sizeof(record)), -1);
		field.kind = TRACE_UNSIGNED;
		expect_int("unsigned", trace_field_number(&field, bytes, sizeof(record)),
			cases[i].is_unsigned);
		expect_int("just within", trace_field_number(&field, bytes, field.size),
			cases[i].is_unsigned);
		expect_int("one byte short", trace_field_number(&field, bytes, field.size - 1),
			VALUE_UNKNOWN);
		field.offset = 8192;
		expect_int("far behind", trace_field_number(&field, bytes, sizeof(record)),
			VALUE_UNKNOWN);
	}
	expect_int("no field", trace_field_number(NULL, (const char *)record, 8), VALUE_UNKNOWN);
}

static void a_text_is_no_number_and_a_number_no_text(void)
{
	struct trace_field field = { .kind = TRACE_TEXT, .size = 4 };
	char buf[8] = "old";

	expect_int("text", trace_field_number(&field, "abcd", 4), VALUE_UNKNOWN);
	field.kind = TRACE_OTHER;
	expect_int("other", trace_field_number(&field, "abcd", 4), VALUE_UNKNOWN);
	trace_field_text(&field, "abcd", 4, buf, sizeof(buf));
	expect_text("other", buf, "");
	field.kind = TRACE_SIGNED;
	trace_field_text(&field, "abcd", 4, buf, sizeof(buf));
	expect_text("number", buf, "");
	trace_field_text(NULL, "abcd", 4, buf, sizeof(buf));
	expect_text("no field", buf, "");
}

static void texts_in_place_are_cut_to_fit(void)
{
	static const struct {
		const char *label;
		uint32_t offset, size;
		size_t len;
		const char *want;
	} cases[] = {
		{ "up to its NUL", 2, 6, 10, "ab" },
		{ "without one", 5, 4, 10, "cdef" },
		{ "whole room", 5, 5, 10, "cdefg" },
		{ "cut to fit", 10, 10, 20, "abcdefg" },
		{ "ends with the record", 5, 4, 9, "cdef" },
		{ "reaches beyond it", 5, 4, 8, "" },
		{ "lies beyond it", 9, 1, 8, "" },
	};
	static const char record[] = "..ab\0cdefgabcdefghij";

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct trace_field field = {
			.kind = TRACE_TEXT, .offset = cases[i].offset, .size = cases[i].size
		};
		char *copy = cut_copy(record, cases[i].len), buf[8] = "old";

		trace_field_text(&field, copy, cases[i].len, buf, sizeof(buf));
		expect_text(cases[i].label, buf, cases[i].want);
		free(copy);
	}
}

static void texts_elsewhere_must_lie_within_the_record(void)
{
	static const struct {
		const char *label;
		uint32_t offset, len;
		const char *want;
	} cases[] = {
		{ "behind the fields", 4, 5, "hog" },
		{ "without its NUL", 4, 2, "ho" },
		{ "nothing", 4, 0, "" },
		{ "nothing at the end", 12, 0, "" },
		{ "up to the end", 8, 4, "abc" },
		{ "one beyond", 8, 5, "" },
		{ "begins at the end", 12, 1, "" },
		{ "begins beyond", 13, 0, "" },
		{ "largest", 0xffff, 0xffff, "" },
		{ "largest length", 0, 0xffff, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static const struct trace_field field = { .kind = TRACE_DATA_LOC, .size = 4 };
		const uint32_t where = cases[i].len << 16 | cases[i].offset;
		char *record = cut_copy("....hog\0abc", 12), buf[8] = "old";

		memcpy(record, &where, sizeof(where));
		trace_field_text(&field, record, 12, buf, sizeof(buf));
		expect_text(cases[i].label, buf, cases[i].want);
		free(record);
	}
}

extern CU_TestInfo trace_format_tests[];

CU_TestInfo trace_format_tests[] = {
	{ "fields of two kernels", fields_of_two_kernels },
	{ "declarations of all kinds", declarations_of_all_kinds },
	{ "lines not understood are left out", lines_not_understood_are_left_out },
	{ "more fields than there is room are left out",
		more_fields_than_there_is_room_are_left_out },
	{ "malformed formats are refused and change nothing",
		malformed_formats_are_refused_and_change_nothing },
	{ "cut formats are refused", cut_formats_are_refused },
	{ "numbers of all widths", numbers_of_all_widths },
	{ "a text is no number and a number no text", a_text_is_no_number_and_a_number_no_text },
	{ "texts in place are cut to fit", texts_in_place_are_cut_to_fit },
	{ "texts elsewhere must lie within the record",
		texts_elsewhere_must_lie_within_the_record },
	CU_TEST_INFO_NULL,
};
