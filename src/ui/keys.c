/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/keys.h"

#include <string.h>

#include "base/text.h"
#include "base/value.h"

#define FUNCTION_KEYS 12
#define ASCII_DELETE 0x7f

/** Each code has one name; where two codes could share one, the first row names it. */
static const struct {
	const char *name;
	int code;
} names[] = {
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
};

static bool same(const char *a, const char *b)
{
	return strlen(a) == strlen(b) && text_contains(a, b);
}

/** "F1" to "F12", without leading zeros. */
static int function_key(const char *name)
{
	int number = 0;

	if ((name[0] != 'f' && name[0] != 'F') || name[1] < '1' || name[1] > '9')
		return KEY_NONE;
	for (name++; *name >= '0' && *name <= '9' && number <= FUNCTION_KEYS; name++)
		number = number * 10 + (*name - '0');
	return *name == '\0' && number <= FUNCTION_KEYS ? KEY_FN(number) : KEY_NONE;
}

/** "^A" to "^_" are 1 to 31, "^?" is 127. */
static int control_key(const char *name)
{
	const int c = name[1] >= 'a' && name[1] <= 'z' ? name[1] - 'a' + 'A' : name[1];

	if (name[0] != '^' || name[1] == '\0' || name[2] != '\0')
		return KEY_NONE;
	if (c == '?')
		return ASCII_DELETE;
	return c > '@' && c <= '_' ? c - '@' : KEY_NONE;
}

static bool printable(uint32_t code_point)
{
	return code_point != UTF8_INVALID && code_point > KEY_SPACE && cell_width(code_point) > 0;
}

int key_code(const char *name)
{
	const char *at = name, *end = name + strlen(name);
	int code;

	if (at == end)
		return KEY_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (same(names[i].name, name))
			return names[i].code;
	}
	code = function_key(name);
	if (code == KEY_NONE)
		code = control_key(name);
	if (code == KEY_NONE) {
		const uint32_t code_point = utf8_next(&at, end);

		code = at == end && printable(code_point) ? (int)code_point : KEY_NONE;
	}
	return code;
}

void key_spell(int code, char *buf, size_t size)
{
	struct text text;
	char bytes[4];

	text_init(&text, buf, size);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].code == code) {
			text_add(&text, names[i].name);
			return;
		}
	}
	if (code > KEY_FN(0) && code <= KEY_FN(FUNCTION_KEYS))
		text_fmt(&text, "F%d", code - KEY_FN(0));
	else if (code == ASCII_DELETE)
		text_add(&text, "^?");
	else if (code > 0 && code < KEY_SPACE)
		text_fmt(&text, "^%c", code + '@');
	else if (code > 0 && code < KEY_SPECIAL && printable((uint32_t)code))
		text_add_bytes(&text, bytes, utf8_put((uint32_t)code, bytes));
}
