/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/theme.h"

/* The 256 colours from 16 on are the same in every palette, the first 16 are the user's. */
enum {
	BLACK = 0,
	RED = 1,
	YELLOW = 3,
	WHITE = 7,
	BLACK_256 = 16,
	RED_256 = 160,
	YELLOW_256 = 220,
	WHITE_256 = 231,
	OWN = -1,
};

#define PLAIN .fg256 = OWN, .bg256 = OWN, .fg16 = OWN, .bg16 = OWN

/** A look without colours: readable on whatever background the terminal has. */
#define LOOK(mask)                                                     \
	{                                                              \
		PLAIN, .attributes = (mask), .mono_attributes = (mask) \
	}

/* Colour only where something is wrong, and then with a background of its own: a yellow or
 * red foreground alone cannot be read on every background. */
static const struct style_look looks[STYLE_COUNT] = {
	[STYLE_NORMAL] = LOOK(0),
	[STYLE_DIM] = LOOK(ATTR_DIM),
	[STYLE_LABEL] = LOOK(ATTR_BOLD),
	[STYLE_TITLE] = LOOK(ATTR_BOLD),
	[STYLE_OK] = LOOK(ATTR_BOLD),
	[STYLE_WARN] = {
		.fg256 = BLACK_256,
		.bg256 = YELLOW_256,
		.fg16 = BLACK,
		.bg16 = YELLOW,
		.mono_attributes = ATTR_BOLD | ATTR_UNDERLINE,
	},
	[STYLE_CRITICAL] = {
		.fg256 = WHITE_256,
		.bg256 = RED_256,
		.fg16 = WHITE,
		.bg16 = RED,
		.attributes = ATTR_BOLD,
		.mono_attributes = ATTR_BOLD | ATTR_REVERSE,
	},
	[STYLE_HEADER] = LOOK(ATTR_REVERSE),
	[STYLE_HEADER_SORT] = LOOK(ATTR_REVERSE | ATTR_BOLD | ATTR_UNDERLINE),
	[STYLE_SELECTED] = LOOK(ATTR_REVERSE),
	[STYLE_VICTIM] = LOOK(ATTR_BOLD),
	[STYLE_EXEMPT] = LOOK(ATTR_DIM),
	[STYLE_KEY] = LOOK(0),
	[STYLE_KEY_WORD] = LOOK(ATTR_REVERSE),
	[STYLE_MESSAGE] = LOOK(ATTR_BOLD),
	[STYLE_PROMPT] = LOOK(ATTR_BOLD),
};

const struct style_look *theme_look(enum style style)
{
	return &looks[(unsigned)style < STYLE_COUNT ? style : STYLE_NORMAL];
}
