/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Lines of text in a rectangle, of which those above the scroll position are skipped.
 */
#ifndef OOMWATCH_UI_PAGE_H
#define OOMWATCH_UI_PAGE_H

#include "ui/canvas.h"

struct page {
	struct canvas *canvas;
	struct rect where;
	int64_t skip; /**< lines scrolled past */
	int64_t line; /**< lines written so far, on the screen or not */
};

void page_begin(struct page *page, struct canvas *canvas, struct rect where, int64_t skip);

/** Row of the canvas for the next line, which is taken by this; -1 if it is not shown. */
int page_next(struct page *page);

/** One line, cut at the right edge. */
void page_text(struct page *page, enum style style, const char *string);
void page_fmt(struct page *page, enum style style, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * A label of label_cols cells and text behind it, wrapped at blanks as far as needed.  A
 * label that leaves no blank there, or takes half of the page, has a line of its own.
 */
void page_item(
	struct page *page, int label_cols, enum style style, const char *label, const char *string);

#endif
