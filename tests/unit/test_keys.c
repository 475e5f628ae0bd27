/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ui/keys.h"
#include "unit.h"

static const struct {
	const char *name;
	int code;
} keys[] = {
	{ "q", 'q' },
	{ "Q", 'Q' },
	{ "!", '!' },
	{ "~", '~' },
	{ "^", '^' },
	{ "f", 'f' },
	{ "\xC3\xA9", 0xE9 },
	{ "\xE6\xBC\xA2", 0x6F22 },
	{ "Space", KEY_SPACE },
	{ "Enter", KEY_RETURN },
	{ "Esc", KEY_ESCAPE },
	{ "Tab", KEY_TAB_CHAR },
	{ "BackTab", KEY_BACK_TAB },
	{ "Up", KEY_UP_ARROW },
	{ "Down", KEY_DOWN_ARROW },
	{ "Left", KEY_LEFT_ARROW },
	{ "Right", KEY_RIGHT_ARROW },
	{ "PgUp", KEY_PAGE_UP },
	{ "PgDn", KEY_PAGE_DOWN },
	{ "Home", KEY_HOME_KEY },
	{ "End", KEY_END_KEY },
	{ "Backspace", KEY_ERASE },
	{ "Delete", KEY_DELETE_KEY },
	{ "Resize", KEY_RESIZED },
	{ "F1", KEY_FN(1) },
	{ "F9", KEY_FN(9) },
	{ "F10", KEY_FN(10) },
	{ "F12", KEY_FN(12) },
	{ "^A", 1 },
	{ "^C", KEY_CTRL_C },
	{ "^L", KEY_CTRL_L },
	{ "^Z", 26 },
	{ "^_", 31 },
	{ "^?", 127 },
};

static void every_key_has_a_name_and_is_found_by_it(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		char name[16];

		expect_int(keys[i].name, key_code(keys[i].name), keys[i].code);
		key_spell(keys[i].code, name, sizeof(name));
		expect_text(keys[i].name, name, keys[i].name);
	}
}

static void names_of_several_letters_ignore_case(void)
{
	expect_int("enter", key_code("enter"), KEY_RETURN);
	expect_int("PGDN", key_code("PGDN"), KEY_PAGE_DOWN);
	expect_int("f10", key_code("f10"), KEY_FN(10));
	expect_int("^c", key_code("^c"), KEY_CTRL_C);
	expect_int("other names of Tab", key_code("^I"), KEY_TAB_CHAR);
	expect_int("other names of Enter", key_code("^M"), KEY_RETURN);
	expect_int("one letter does not", key_code("Q"), 'Q');
}

static void what_is_no_key_is_none(void)
{
	static const char *const names[] = {
		"",
		" ",
		"qq",
		"F0",
		"F13",
		"F01",
		"F1x",
		"F-1",
		"F99999999999999999999",
		"Ent",
		"Enterx",
		"^@",
		"^1",
		"^ab",
		"\x01",
		"\x7f",
		"\xC2\x9B",
		"\xFF",
		"\xC3",
		"e\xCC\x81",
		"\xCC\x81",
		"\xE2\x80\xAE",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		expect_int(names[i], key_code(names[i]), KEY_NONE);
}

static void what_has_no_name_gets_none(void)
{
	static const int codes[] = {
		KEY_NONE,
		-1,
		INT32_MIN,
		0x9B,
		0x202E,
		0xD800,
		KEY_SPECIAL,
		KEY_FN(0),
		KEY_FN(13),
		INT32_MAX,
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		char name[16] = "x";

		key_spell(codes[i], name, sizeof(name));
		expect_text("no name", name, "");
	}
}

static void all_names_lead_back_to_their_codes(void)
{
	int named = 0;

	for (int code = 1; code < 0x20000; code++) {
		char name[16];

		key_spell(code, name, sizeof(name));
		if (name[0] == '\0')
			continue;
		named++;
		if (key_code(name) != code)
			expect_int(name, key_code(name), code);
	}
	expect_true("most characters are keys", named > 50000);
}

static void a_small_buffer_is_not_overrun(void)
{
	char name[4];

	memset(name, 'x', sizeof(name));
	key_spell(KEY_ERASE, name, 3);
	expect_text("cut", name, "Ba");
	expect_int("byte behind", name[3], 'x');
}

extern CU_TestInfo keys_tests[];
CU_TestInfo keys_tests[] = {
	{ "every key has a name and is found by it", every_key_has_a_name_and_is_found_by_it },
	{ "names of several letters ignore case", names_of_several_letters_ignore_case },
	{ "what is no key is none", what_is_no_key_is_none },
	{ "what has no name gets none", what_has_no_name_gets_none },
	{ "all names lead back to their codes", all_names_lead_back_to_their_codes },
	{ "a small buffer is not overrun", a_small_buffer_is_not_overrun },
	CU_TEST_INFO_NULL,
};
