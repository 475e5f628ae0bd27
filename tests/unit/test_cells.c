/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ui/cells.h"
#include "ui/page.h"
#include "unit.h"

#define COLS 40
#define ROWS 6

struct sheet {
	struct canvas canvas;
	struct cell cells[COLS * ROWS];
	char line[COLS * 4 + 1];
};

static void sheet_init(struct sheet *sheet)
{
	sheet->canvas = (struct canvas){ .cells = sheet->cells, .ascii = true };
	canvas_clear(&sheet->canvas, COLS, ROWS);
}

static const char *line_of(struct sheet *sheet, int row)
{
	canvas_row_text(&sheet->canvas, row, sheet->line, sizeof(sheet->line));
	return sheet->line;
}

static void the_least_important_cells_go_first(void)
{
	static const struct {
		int cols;
		const char *want;
	} cases[] = {
		{ 40, "stay  first 2:a 3:b              the end" },
		{ 28, "stay  first 2:a 3:b  the end" },
		{ 27, "stay 2:a 3:b        the end" },
		{ 21, "stay 2:a 3:b  the end" },
		{ 20, "stay 2:a     the end" },
		{ 16, "stay     the end" },
		{ 13, "stay  the end" },
		{ 12, "stay  the en" },
		{ 4, "stay" },
		{ 2, "st" },
		{ 0, "" },
		{ -3, "" },
	};
	struct sheet sheet;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cells cells;

		sheet_init(&sheet);
		cells_init(&cells);
		text_add(cells_add(&cells, 0, STYLE_NORMAL), "stay");
		text_add(cells_add(&cells, 3, STYLE_NORMAL), "first");
		text_add(cells_add_tight(&cells, 1, STYLE_NORMAL), "2:a");
		cells_add(&cells, 9, STYLE_NORMAL); /* empty: takes no room */
		text_add(cells_add_tight(&cells, 2, STYLE_NORMAL), "3:b");
		text_add(cells_add_right(&cells, 0, STYLE_NORMAL), "the end");
		cells_draw(&cells, &sheet.canvas, 0, 0, cases[i].cols);
		expect_text("cells", line_of(&sheet, 0), cases[i].want);
	}
}

static void cells_beyond_the_last_are_added_to_it(void)
{
	struct sheet sheet;
	struct cells cells;

	sheet_init(&sheet);
	cells_init(&cells);
	for (int i = 0; i < CELLS_MAX + 3; i++)
		text_fmt(cells_add(&cells, i > 0, STYLE_NORMAL), "%c", 'a' + i);
	expect_int("bounded", cells.count, CELLS_MAX);
	cells_draw(&cells, &sheet.canvas, 0, 0, COLS);
	expect_int("starts with the first", line_of(&sheet, 0)[0], 'a');
}

static void pages_skip_what_was_scrolled_past_and_count_all(void)
{
	struct sheet sheet;
	struct page page;

	sheet_init(&sheet);
	page_begin(&page, &sheet.canvas, (struct rect){ 5, 1, 10, 2 }, 1);
	page_text(&page, STYLE_NORMAL, "zero");
	page_text(&page, STYLE_NORMAL, "one is cut here");
	page_fmt(&page, STYLE_NORMAL, "two %d", 2);
	page_text(&page, STYLE_NORMAL, "three");
	expect_int("all lines", page.line, 4);
	expect_text("above", line_of(&sheet, 0), "");
	expect_text("first shown", line_of(&sheet, 1), "     one is cut");
	expect_text("second", line_of(&sheet, 2), "     two 2");
	expect_text("below", line_of(&sheet, 3), "");
}

static void items_are_wrapped_at_blanks(void)
{
	static const struct {
		const char *label, *text;
		int cols;
		const char *lines[4];
	} cases[] = {
		{ "key", "some words  and more", 18, { "key   some words", "      and more" } },
		{ "key", "exactly12345 x", 18, { "key   exactly12345", "      x" } },
		{ "key", "muchtoolongforaline", 18, { "key   muchtoolongf", "      oraline" } },
		{ "key", "", 18, { "key" } },
		{ "longer", "text", 18, { "longer", "      text" } },
		{ "key", "two words", 8, { "key", "  two", "  words" } },
	};
	struct sheet sheet;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct page page;

		sheet_init(&sheet);
		page_begin(&page, &sheet.canvas, (struct rect){ 0, 0, cases[i].cols, ROWS }, 0);
		page_item(&page, 6, STYLE_NORMAL, cases[i].label, cases[i].text);
		for (int row = 0; row < 4; row++)
			expect_text(cases[i].text, line_of(&sheet, row),
				cases[i].lines[row] ? cases[i].lines[row] : "");
	}
}

static void wide_characters_and_tiny_pages_come_to_an_end(void)
{
	struct sheet sheet;

	sheet_init(&sheet);
	for (int cols = 0; cols < 8; cols++) {
		struct page page;

		page_begin(&page, &sheet.canvas, (struct rect){ 0, 0, cols, ROWS }, 0);
		page_item(&page, 4, STYLE_NORMAL, "ab", "\xe4\xb8\xad\xe6\x96\x87 x yz");
		expect_true("ended", page.line >= 1 && page.line < 12);
	}
}

extern CU_TestInfo cells_tests[];
CU_TestInfo cells_tests[] = {
	{ "the least important cells go first", the_least_important_cells_go_first },
	{ "cells beyond the last are added to it", cells_beyond_the_last_are_added_to_it },
	{ "pages skip what was scrolled past and count all",
		pages_skip_what_was_scrolled_past_and_count_all },
	{ "items are wrapped at blanks", items_are_wrapped_at_blanks },
	{ "wide characters and tiny pages come to an end",
		wide_characters_and_tiny_pages_come_to_an_end },
	CU_TEST_INFO_NULL,
};
