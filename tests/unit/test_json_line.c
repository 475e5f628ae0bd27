/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cuts.h"
#include "parse/json_line.h"
#include "unit.h"

#define KEY(name)              \
	{                      \
		.key = (name), \
	}
#define AT(number)                 \
	{                          \
		.index = (number), \
	}

static void values_are_found_on_their_lines(void)
{
	static const char text[] =
		"\n{ \"x]\": [\n\"}\",\n{}],\n\"a\":\n [ 1,\n[],\n {\"b\"\n:\"\\\"\"\n"
		"}],\n\"a\" : [3,\n4]}";
	static const struct {
		const char *label;
		struct json_step steps[3];
		size_t n;
		int want;
	} cases[] = {
		{ "all", { KEY("a") }, 0, 2 },
		{ "a member", { KEY("x]") }, 1, 2 },
		{ "in a list", { KEY("x]"), AT(0) }, 2, 3 },
		{ "the second", { KEY("x]"), AT(1) }, 2, 4 },
		{ "beyond the end", { KEY("x]"), AT(2) }, 2, 2 },
		{ "the last of a name", { KEY("a") }, 1, 11 },
		{ "in the last of a name", { KEY("a"), AT(1) }, 2, 12 },
		{ "none such", { KEY("b") }, 1, 2 },
		{ "no list", { AT(0) }, 1, 2 },
		{ "no object", { KEY("a"), KEY("b") }, 2, 11 },
		{ "not below what is not there", { KEY("b"), AT(0) }, 2, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int(cases[i].label,
			json_line_of(text, sizeof(text) - 1, cases[i].steps, cases[i].n),
			cases[i].want);
}

/* It must only not read beyond its end. */
static void cut_texts_have_lines_too(void)
{
	static const char text[] = "{\"a\": [\n{\"b\": \"\\\"\"}]}";
	static const struct json_step steps[] = { KEY("a"), AT(0), KEY("b") };

	for (size_t len = 0; len < sizeof(text); len++) {
		char *copy = cut_copy(text, len);
		const int line = json_line_of(copy, len, steps, ARRAY_SIZE(steps));

		expect_true("a line", line == 1 || line == 2);
		free(copy);
	}
}

extern CU_TestInfo json_line_tests[];
CU_TestInfo json_line_tests[] = {
	{ "values are found on their lines", values_are_found_on_their_lines },
	{ "cut texts have lines, too", cut_texts_have_lines_too },
	CU_TEST_INFO_NULL,
};
