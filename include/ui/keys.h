/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Keys by name, independent of any terminal library.  Plain characters are their own
 * code point.
 */
#ifndef OOMWATCH_UI_KEYS_H
#define OOMWATCH_UI_KEYS_H

#include <stddef.h>

enum key {
	KEY_NONE = 0,
	KEY_CTRL_C = 3,
	KEY_TAB_CHAR = 9,
	KEY_RETURN = 13,
	KEY_CTRL_L = 12,
	KEY_ESCAPE = 27,
	KEY_SPACE = 32,
	KEY_SPECIAL = 0x110000, /**< above Unicode */
	KEY_UP_ARROW,
	KEY_DOWN_ARROW,
	KEY_LEFT_ARROW,
	KEY_RIGHT_ARROW,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_HOME_KEY,
	KEY_END_KEY,
	KEY_ERASE, /**< Backspace, whatever code the terminal sends */
	KEY_DELETE_KEY,
	KEY_BACK_TAB,
	KEY_RESIZED,           /**< the terminal has another size */
	KEY_F_BASE = 0x110100, /**< F1 is KEY_F_BASE + 1 */
};

#define KEY_FN(n) (KEY_F_BASE + (n))

/** The code of a name as the help screen spells it ("F1", "Up", "Enter", "^C", "q"), or
 * KEY_NONE.  Names of several letters ignore case. */
int key_code(const char *name);

/** The name of a code into buf (at least 16 bytes). */
void key_spell(int code, char *buf, size_t size);

#endif
