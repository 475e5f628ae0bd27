/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Bounded string building, and the taming of foreign text.
 *
 * Names come from processes that may be hostile.  Everything that is shown goes
 * through text_add_clean(): no control character, escape sequence, bidi control or
 * combining mark survives it, and invalid UTF-8 becomes a visible mark.
 */
#ifndef OOMWATCH_BASE_TEXT_H
#define OOMWATCH_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A string under construction in a caller's buffer; always NUL-terminated. */
struct text {
	char *buf;
	size_t size; /**< of buf, at least 1 */
	size_t len;  /**< bytes in use, without the NUL */
	bool cut;    /**< something did not fit and was left out */
};

void text_init(struct text *text, char *buf, size_t size);

/**
 * Append a trusted string; what does not fit is cut at a character boundary.  Once
 * something was cut nothing more is appended, so the text is always a prefix of the
 * whole; text_init() begins anew.
 */
void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t len);
void text_fmt(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * Append foreign bytes, made harmless and visible.
 *
 * Control characters (newline, tab and DEL too, also C1) become '?'; invalid UTF-8
 * (surrogates too) becomes one '?' a byte; bidi controls and all else of cell width 0,
 * and private-use characters are dropped.  What is left is printable UTF-8 of cell width
 * 1 or 2 a code point.
 */
void text_add_clean(struct text *text, const char *bytes, size_t len);

/**
 * The next code point of a string.
 *
 * @at   in: where to read, below end; out: behind what was read (at least one byte)
 * Returns the code point, or UTF8_INVALID for a byte that starts no valid sequence
 * (overlong forms, surrogates and values above 0x10FFFF are invalid).
 */
uint32_t utf8_next(const char **at, const char *end);
#define UTF8_INVALID UINT32_MAX

/** Write a valid code point as UTF-8; returns 1 to 4 bytes, buf has room for 4. */
size_t utf8_put(uint32_t code_point, char *buf);

/**
 * Cells that a code point takes on a terminal, 1 or 2; 0 for controls, combining and
 * zero-width characters, those that join their neighbour (skin tones, flags) and those
 * that are not assigned (base/width.h).
 */
int cell_width(uint32_t code_point);

/** Cells that a clean string takes; a byte of invalid UTF-8 counts 1. */
size_t text_cells(const char *string);

/** Bytes of the longest prefix of string that takes at most that many cells. */
size_t text_fit(const char *string, size_t cells);

/** Whether needle occurs in hay, ASCII case ignored; "" always does. */
bool text_contains(const char *hay, const char *needle);

/** Whether a string ends with another; "" is the end of all. */
bool text_ends(const char *string, const char *end);

/**
 * Shell pattern (*, ?, [a-z], [!a], \x) against the whole string; ASCII case ignored.
 * '?' is one character, a byte where the UTF-8 is invalid; '[' without ']' is itself.
 * Costs at most the product of both lengths.
 */
bool text_match(const char *pattern, const char *string);

#endif
