/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Styles by meaning, and what they look like with 256, 16 or no colours.  Meaning is
 * never by colour alone.
 */
#ifndef OOMWATCH_UI_THEME_H
#define OOMWATCH_UI_THEME_H

#include <stdint.h>

enum style {
	STYLE_NORMAL,
	STYLE_DIM,
	STYLE_LABEL, /**< names of figures */
	STYLE_TITLE, /**< first line, headings of panes */
	STYLE_OK,
	STYLE_WARN,
	STYLE_CRITICAL,
	STYLE_HEADER,      /**< column titles */
	STYLE_HEADER_SORT, /**< title of the column that is sorted by */
	STYLE_SELECTED,    /**< the row with the cursor */
	STYLE_VICTIM,      /**< the first candidate */
	STYLE_EXEMPT,
	STYLE_KEY,      /**< key in the key bar */
	STYLE_KEY_WORD, /**< what it does */
	STYLE_MESSAGE,
	STYLE_PROMPT,
	STYLE_COUNT,
};

enum theme_attribute {
	ATTR_BOLD = 1,
	ATTR_DIM = 2,
	ATTR_REVERSE = 4,
	ATTR_UNDERLINE = 8,
};

/** -1: the terminal's own colour. */
struct style_look {
	int16_t fg256, bg256;
	int16_t fg16, bg16;
	uint8_t attributes;      /**< with colours */
	uint8_t mono_attributes; /**< without */
};

const struct style_look *theme_look(enum style style);

#endif
