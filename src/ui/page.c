/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void page_begin(struct page *page, struct canvas *canvas, struct rect where, int64_t skip)
{
	page->canvas = canvas;
	page->where = where;
	page->skip = skip;
	page->line = 0;
}

int page_next(struct page *page)
{
	const int64_t at = page->line++ - page->skip;

	if (at < 0 || at >= page->where.rows)
		return -1;
	return page->where.row + (int)at;
}

void page_text(struct page *page, enum style style, const char *string)
{
	const int row = page_next(page);

	if (row >= 0)
		canvas_text(page->canvas, row, page->where.col, page->where.cols, style, string);
}

void page_fmt(struct page *page, enum style style, const char *format, ...)
{
	char buf[CANVAS_COLS_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	page_text(page, style, buf);
}

/* Bytes of the first line of string when it has that many cells: up to a blank if there is
 * one; *ret_skip is where the next line begins. */
static size_t wrap_at(const char *string, size_t cells, size_t *ret_skip)
{
	const size_t fit = text_fit(string, cells);
	size_t cut = fit;

	if (string[fit] != '\0' && string[fit] != ' ') {
		while (cut > 0 && string[cut - 1] != ' ')
			cut--;
		if (cut == 0)
			cut = fit;
	}
	*ret_skip = cut;
	while (string[*ret_skip] == ' ')
		(*ret_skip)++;
	return cut;
}

void page_item(
	struct page *page, int label_cols, enum style style, const char *label, const char *string)
{
	const int indent = label_cols * 2 <= page->where.cols ? label_cols : 2;
	const int cols = page->where.cols - indent;
	bool first = true;

	if (indent != label_cols || (int)text_cells(label) >= label_cols) {
		page_text(page, STYLE_LABEL, label);
		label = "";
	}
	do {
		size_t skip = strlen(string);
		char buf[CANVAS_COLS_MAX];
		size_t len = cols > 0 ? wrap_at(string, (size_t)cols, &skip) : skip;
		const int row = page_next(page);

		/* A character wider than the page would never get its turn. */
		if (skip == 0)
			skip = strlen(string);
		len = len < sizeof(buf) ? len : sizeof(buf) - 1;
		memcpy(buf, string, len);
		buf[len] = '\0';
		if (row >= 0 && first)
			canvas_text(page->canvas, row, page->where.col, indent, STYLE_LABEL, label);
		if (row >= 0)
			canvas_text(page->canvas, row, page->where.col + indent, cols, style, buf);
		string += skip;
		first = false;
	} while (*string != '\0');
}
