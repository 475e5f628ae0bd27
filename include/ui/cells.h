/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * One line of figures that gives way when it is narrow: the least important go first.
 */
#ifndef OOMWATCH_UI_CELLS_H
#define OOMWATCH_UI_CELLS_H

#include "base/text.h"
#include "ui/canvas.h"

#define CELLS_MAX 16
#define CELLS_TEXT_MAX 1024

struct cell_text {
	size_t start, len; /**< in cells->buf */
	int drop;          /**< the highest goes first; 0 stays */
	enum style style;
	bool right; /**< set against the right edge, with all cells behind it */
	bool tight; /**< one blank before it, not two */
};

/** Cells of a line, in the order of the screen, two blanks apart. */
struct cells {
	struct cell_text cell[CELLS_MAX];
	unsigned count;
	struct text text; /**< of all cells, one after the other */
	char buf[CELLS_TEXT_MAX];
};

void cells_init(struct cells *cells);

/** Begin the next cell; what is added to the returned text afterwards is in it. */
struct text *cells_add(struct cells *cells, int drop, enum style style);

/** The same for a cell that is one blank apart from the one before it. */
struct text *cells_add_tight(struct cells *cells, int drop, enum style style);

/** The same for a cell at the right edge. */
struct text *cells_add_right(struct cells *cells, int drop, enum style style);

/** Draw those that fit into cols cells of a row, from col on.  Empty cells take no room. */
void cells_draw(struct cells *cells, struct canvas *canvas, int row, int col, int cols);

/** The end of a string, as much as fits into that many cells. */
const char *cells_tail(const char *string, int cols);

#endif
