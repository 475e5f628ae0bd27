/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A grid of styled cells; the screen before it is sent to a terminal.
 */
#ifndef OOMWATCH_UI_CANVAS_H
#define OOMWATCH_UI_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "ui/theme.h"

#define CANVAS_COLS_MAX 512
#define CANVAS_ROWS_MAX 320

/** One cell.  The right half of a wide character has code point 0. */
struct cell {
	uint32_t code_point;
	uint8_t style; /**< enum style */
};

struct canvas {
	struct cell *cells; /**< the caller's; cols * rows in use */
	int cols, rows;
	bool ascii;                 /**< only ASCII may be drawn: others become '?' */
	int cursor_col, cursor_row; /**< where a prompt has its cursor; -1 none */
};

/** A part of the screen. */
struct rect {
	int col, row, cols, rows;
};

/** Blank all cells.  Sizes are cut to the maxima. */
void canvas_clear(struct canvas *canvas, int cols, int rows);

/**
 * Draw text into cells cols of a row, from col on; cleaned, cut, the rest is not touched.
 * A wide character that does not fit whole is left out.  Outside the canvas is ignored.
 * Returns cells drawn.
 */
int canvas_text(
	struct canvas *canvas, int row, int col, int cols, enum style style, const char *string);

/** The same, right-aligned in cols cells; text that is too long keeps its left part. */
void canvas_right(
	struct canvas *canvas, int row, int col, int cols, enum style style, const char *string);

/** Give cells of a row another style, keeping what stands there. */
void canvas_style(struct canvas *canvas, int row, int col, int cols, enum style style);

/** Fill a rectangle with blanks of a style. */
void canvas_fill(struct canvas *canvas, struct rect rect, enum style style);

/** A history as a sparkline, oldest left: eight heights in UTF-8, digits 0-9 in ASCII. */
void canvas_sparkline(struct canvas *canvas, struct rect line, enum style style,
	const int64_t *values, int count);

/** One row as text, trailing blanks removed; returns bytes. */
size_t canvas_row_text(const struct canvas *canvas, int row, char *buf, size_t size);

#endif
