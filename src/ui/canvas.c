/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/canvas.h"

#include <string.h>

#include "base/value.h"

#define SPARK_HEIGHTS_UTF8 8
#define SPARK_HEIGHTS_ASCII 10
#define SPARK_LOWEST 0x2581 /* LOWER ONE EIGHTH BLOCK; the next seven are higher */

static int limited(int value, int most)
{
	if (value < 0)
		return 0;
	return value < most ? value : most;
}

static struct cell *cell_at(struct canvas *canvas, int row, int col)
{
	return &canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
}

void canvas_clear(struct canvas *canvas, int cols, int rows)
{
	canvas->cols = limited(cols, CANVAS_COLS_MAX);
	canvas->rows = limited(rows, CANVAS_ROWS_MAX);
	canvas->cursor_col = -1;
	canvas->cursor_row = -1;
	for (int i = 0; i < canvas->cols * canvas->rows; i++)
		canvas->cells[i] = (struct cell){ .code_point = ' ', .style = STYLE_NORMAL };
}

/** The columns from *col to before *end that are on the canvas; false if there are none. */
static bool cut_to_canvas(const struct canvas *canvas, int row, int *col, int cols, int *end)
{
	const int64_t last = (int64_t)*col + cols;

	if (row < 0 || row >= canvas->rows || cols <= 0)
		return false;
	*end = (int)value_min(value_max(last, 0), canvas->cols);
	*col = limited(*col, canvas->cols);
	return *col < *end;
}

/** Write one cell; the other half of a wide character that stood there becomes a blank. */
static void put(struct canvas *canvas, int row, int col, uint32_t code_point, enum style style)
{
	struct cell *cell = cell_at(canvas, row, col);

	if (cell->code_point == 0 && col > 0 && cell_width(cell[-1].code_point) == 2)
		cell[-1].code_point = ' ';
	if (cell->code_point != 0 && col + 1 < canvas->cols && cell[1].code_point == 0)
		cell[1].code_point = ' ';
	cell->code_point = code_point;
	cell->style = (uint8_t)style;
}

/**
 * The next character of a string that can be drawn, made harmless; 0 at its end.
 */
static uint32_t next_drawn(const struct canvas *canvas, const char **at, const char *end)
{
	while (*at < end) {
		const char *from = *at;
		const char *clean_at;
		char clean[8];
		struct text text;

		utf8_next(at, end);
		text_init(&text, clean, sizeof(clean));
		text_add_clean(&text, from, (size_t)(*at - from));
		if (text.len == 0)
			continue;
		clean_at = clean;
		if (canvas->ascii && (unsigned char)clean[0] >= 0x80)
			return '?';
		return utf8_next(&clean_at, clean + text.len);
	}
	return 0;
}

/* No struct for row, col and cols: it would have to be filled at every call. */
/* NOLINTNEXTLINE(readability-function-size) */
int canvas_text(
	struct canvas *canvas, int row, int col, int cols, enum style style, const char *string)
{
	const char *string_end = string + strlen(string);
	int64_t at = col;
	int first = col, end, drawn = 0;
	uint32_t code_point;

	if (!cut_to_canvas(canvas, row, &first, cols, &end))
		return 0;
	while (at < end && (code_point = next_drawn(canvas, &string, string_end)) != 0) {
		const int width = cell_width(code_point);

		if (at + width > end)
			break;
		if (at >= first) {
			put(canvas, row, (int)at, code_point, style);
			if (width == 2)
				put(canvas, row, (int)at + 1, 0, style);
			drawn += width;
		}
		at += width;
	}
	return drawn;
}

/* As canvas_text(). NOLINTNEXTLINE(readability-function-size) */
void canvas_right(
	struct canvas *canvas, int row, int col, int cols, enum style style, const char *string)
{
	const char *at = string, *end = string + strlen(string);
	int cells = 0;
	uint32_t code_point;

	while (cells < cols && (code_point = next_drawn(canvas, &at, end)) != 0)
		cells += cell_width(code_point);
	if (cells < cols)
		canvas_text(canvas, row, col + cols - cells, cells, style, string);
	else
		canvas_text(canvas, row, col, cols, style, string);
}

void canvas_style(struct canvas *canvas, int row, int col, int cols, enum style style)
{
	int end;

	if (!cut_to_canvas(canvas, row, &col, cols, &end))
		return;
	for (; col < end; col++)
		cell_at(canvas, row, col)->style = (uint8_t)style;
}

void canvas_fill(struct canvas *canvas, struct rect rect, enum style style)
{
	const int64_t last = (int64_t)rect.row + rect.rows;
	const int row_end = (int)value_min(value_max(last, 0), canvas->rows);

	for (int row = limited(rect.row, canvas->rows); row < row_end; row++) {
		int col = rect.col, end;

		if (!cut_to_canvas(canvas, row, &col, rect.cols, &end))
			return;
		for (; col < end; col++)
			put(canvas, row, col, ' ', style);
	}
}

/** Where value lies between low and high, in steps of equal size from 0 to heights - 1. */
static uint32_t height_of(int64_t value, int64_t low, int64_t high, uint32_t heights)
{
	uint64_t above = (uint64_t)value - (uint64_t)low;
	uint64_t range = (uint64_t)high - (uint64_t)low;

	while (range > UINT64_MAX / SPARK_HEIGHTS_ASCII) {
		above >>= 1;
		range >>= 1;
	}
	if (range == 0)
		return 0;
	return (uint32_t)(above * (heights - 1) / range);
}

void canvas_sparkline(
	struct canvas *canvas, struct rect line, enum style style, const int64_t *values, int count)
{
	const uint32_t heights = canvas->ascii ? SPARK_HEIGHTS_ASCII : SPARK_HEIGHTS_UTF8;
	const uint32_t lowest = canvas->ascii ? '0' : SPARK_LOWEST;
	const int shown = limited(count, limited(line.cols, CANVAS_COLS_MAX));
	int64_t low = 0, high = 0;

	values += count - shown;
	for (int i = 0; i < shown; i++) {
		low = value_known(values[i]) ? value_min(low, values[i]) : low;
		high = value_known(values[i]) ? value_max(high, values[i]) : high;
	}
	for (int i = 0; i < shown; i++) {
		int col = line.col + line.cols - shown + i, end;

		if (!value_known(values[i]) || !cut_to_canvas(canvas, line.row, &col, 1, &end))
			continue;
		put(canvas, line.row, col, lowest + height_of(values[i], low, high, heights),
			style);
	}
}

size_t canvas_row_text(const struct canvas *canvas, int row, char *buf, size_t size)
{
	const struct cell *cells;
	size_t len = 0, keep = 0;

	if (size == 0)
		return 0;
	buf[0] = '\0';
	if (row < 0 || row >= canvas->rows)
		return 0;
	cells = &canvas->cells[(size_t)row * (size_t)canvas->cols];
	for (int col = 0; col < canvas->cols; col++) {
		char bytes[4];
		size_t n;

		if (cells[col].code_point == 0)
			continue;
		n = utf8_put(cells[col].code_point, bytes);
		if (len + n >= size)
			break;
		memcpy(&buf[len], bytes, n);
		len += n;
		if (cells[col].code_point != ' ')
			keep = len;
	}
	buf[keep] = '\0';
	return keep;
}
