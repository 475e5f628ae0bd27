/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/cells.h"

#include <string.h>

#include "base/value.h"

/** Blanks between two cells. */
static size_t gap_before(const struct cell_text *cell)
{
	return cell->tight ? 1 : 2;
}

void cells_init(struct cells *cells)
{
	cells->count = 0;
	text_init(&cells->text, cells->buf, sizeof(cells->buf));
}

static void end_last(struct cells *cells)
{
	struct cell_text *last;

	if (cells->count == 0)
		return;
	last = &cells->cell[cells->count - 1];
	last->len = cells->text.len - last->start;
}

struct text *cells_add(struct cells *cells, int drop, enum style style)
{
	end_last(cells);
	if (cells->count < CELLS_MAX)
		cells->count++;
	cells->cell[cells->count - 1] = (struct cell_text){
		.start = cells->text.len,
		.drop = drop,
		.style = style,
	};
	return &cells->text;
}

struct text *cells_add_tight(struct cells *cells, int drop, enum style style)
{
	struct text *text = cells_add(cells, drop, style);

	cells->cell[cells->count - 1].tight = true;
	return text;
}

struct text *cells_add_right(struct cells *cells, int drop, enum style style)
{
	struct text *text = cells_add(cells, drop, style);

	cells->cell[cells->count - 1].right = true;
	return text;
}

static const char *cell_string(const struct cells *cells, unsigned i, char *buf, size_t size)
{
	const struct cell_text *cell = &cells->cell[i];
	const size_t len = cell->len < size ? cell->len : size - 1;

	memcpy(buf, cells->buf + cell->start, len);
	buf[len] = '\0';
	return buf;
}

static size_t width_of(const struct cells *cells, unsigned i)
{
	char buf[CELLS_TEXT_MAX];

	return text_cells(cell_string(cells, i, buf, sizeof(buf)));
}

/* Cells from first to last, gaps included. */
static size_t width_between(const struct cells *cells, const size_t *width, unsigned first)
{
	size_t sum = 0;

	for (unsigned i = first; i < cells->count; i++) {
		if (width[i] > 0)
			sum += width[i] + (sum > 0 ? gap_before(&cells->cell[i]) : 0);
	}
	return sum;
}

static bool drop_one(const struct cells *cells, size_t *width)
{
	unsigned worst = cells->count;

	for (unsigned i = 0; i < cells->count; i++) {
		if (width[i] == 0 || cells->cell[i].drop == 0)
			continue;
		if (worst == cells->count || cells->cell[i].drop >= cells->cell[worst].drop)
			worst = i;
	}
	if (worst == cells->count)
		return false;
	width[worst] = 0;
	return true;
}

void cells_draw(struct cells *cells, struct canvas *canvas, int row, int col, int cols)
{
	size_t width[CELLS_MAX] = { 0 };
	bool pushed = false;
	int at = 0;

	end_last(cells);
	for (unsigned i = 0; i < cells->count; i++)
		width[i] = width_of(cells, i);
	while (width_between(cells, width, 0) > (size_t)value_max(cols, 0) &&
		drop_one(cells, width))
		;

	for (unsigned i = 0; i < cells->count; i++) {
		const struct cell_text *cell = &cells->cell[i];
		char buf[CELLS_TEXT_MAX];

		if (width[i] == 0)
			continue;
		at += at > 0 ? (int)gap_before(cell) : 0;
		if (cell->right && !pushed) {
			at = (int)value_max(at, cols - (int)width_between(cells, width, i));
			pushed = true;
		}
		if (at >= cols)
			return;
		canvas_text(canvas, row, col + at, cols - at, cell->style,
			cell_string(cells, i, buf, sizeof(buf)));
		at += (int)width[i];
	}
}

const char *cells_tail(const char *string, int cols)
{
	const char *end = string + strlen(string);

	while (*string && (int)text_cells(string) > cols) {
		const char *next = string;

		utf8_next(&next, end);
		string = next;
	}
	return string;
}
