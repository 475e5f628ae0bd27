/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <string.h>

#include "ui/canvas.h"
#include "unit.h"

#define COLS 10
#define ROWS 3

/** A canvas whose storage ends where its last cell does, so that ASan sees what is too far. */
struct board {
	struct canvas canvas;
	char line[CANVAS_COLS_MAX * 4 + 1];
	struct cell cells[COLS * ROWS];
};

static void board_init(struct board *board, bool ascii)
{
	memset(board->cells, 0xA5, sizeof(board->cells));
	board->canvas = (struct canvas){ .cells = board->cells, .ascii = ascii };
	canvas_clear(&board->canvas, COLS, ROWS);
}

static const char *line_of(struct board *board, int row)
{
	canvas_row_text(&board->canvas, row, board->line, sizeof(board->line));
	return board->line;
}

static void clearing_blanks_all_cells_and_hides_the_cursor(void)
{
	struct board board;

	board_init(&board, false);
	expect_int("cols", board.canvas.cols, COLS);
	expect_int("rows", board.canvas.rows, ROWS);
	expect_int("cursor", board.canvas.cursor_col, -1);
	expect_int("cursor row", board.canvas.cursor_row, -1);
	for (size_t i = 0; i < ARRAY_SIZE(board.cells); i++) {
		expect_int("blank", board.cells[i].code_point, ' ');
		expect_int("style", board.cells[i].style, STYLE_NORMAL);
	}
	expect_text("row", line_of(&board, 0), "");
}

static void sizes_are_cut_to_the_maxima(void)
{
	static struct cell cells[CANVAS_COLS_MAX * CANVAS_ROWS_MAX];
	struct canvas canvas = { .cells = cells };

	canvas_clear(&canvas, CANVAS_COLS_MAX + 1, CANVAS_ROWS_MAX + 1);
	expect_int("most cols", canvas.cols, CANVAS_COLS_MAX);
	expect_int("most rows", canvas.rows, CANVAS_ROWS_MAX);
	expect_int("last", cells[ARRAY_SIZE(cells) - 1].code_point, ' ');
	canvas_clear(&canvas, -1, INT_MIN);
	expect_int("least cols", canvas.cols, 0);
	expect_int("least rows", canvas.rows, 0);
	expect_int("nothing to draw on", canvas_text(&canvas, 0, 0, 5, STYLE_NORMAL, "abc"), 0);
}

static void text_is_cleaned_and_cut(void)
{
	static const struct {
		const char *label;
		int col, cols;
		const char *string;
		int drawn;
		const char *want;
	} cases[] = {
		{ "plain", 0, 10, "abc", 3, "abc" },
		{ "nothing", 0, 10, "", 0, "" },
		{ "cut by its field", 2, 3, "abcdef", 3, "  abc" },
		{ "exact field", 2, 3, "abc", 3, "  abc" },
		{ "cut by the edge", 8, 10, "abc", 2, "        ab" },
		{ "last cell", 9, 1, "abc", 1, "         a" },
		{ "beyond the edge", 10, 5, "abc", 0, "" },
		{ "left of the edge", -2, 5, "abcdef", 3, "cde" },
		{ "all left of the edge", -5, 5, "abcde", 0, "" },
		{ "far left", INT_MIN, INT_MAX, "abc", 0, "" },
		{ "far right", INT_MAX, INT_MAX, "abc", 0, "" },
		{ "no cells", 0, 0, "abc", 0, "" },
		{ "negative cells", 5, -3, "abc", 0, "" },
		{ "escape sequence", 0, 10, "\033[31mx", 6, "?[31mx" },
		{ "newline, tab, DEL", 0, 10, "a\nb\tc\x7f", 6, "a?b?c?" },
		{ "C1 control", 0, 10,
			"a\xC2\x9B"
			"b",
			3, "a?b" },
		{ "invalid UTF-8", 0, 10, "a\xFF\xC3", 3, "a??" },
		{ "bidi control", 0, 10,
			"a\xE2\x80\xAE"
			"b",
			2, "ab" },
		{ "combining mark", 0, 10, "e\xCC\x81x", 2, "ex" },
		{ "two cells each", 0, 10, "\xE6\xBC\xA2\xE5\xAD\x97", 4,
			"\xE6\xBC\xA2\xE5\xAD\x97" },
		{ "wide at the end of its field", 0, 3, "a\xE6\xBC\xA2z", 3, "a\xE6\xBC\xA2" },
		{ "wide does not fit", 0, 2, "a\xE6\xBC\xA2z", 1, "a" },
		{ "wide at the right edge", 9, 5, "\xE6\xBC\xA2", 0, "" },
		{ "wide across the left edge", -1, 5, "\xE6\xBC\xA2xy", 2, " xy" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct board board;

		board_init(&board, false);
		expect_int(cases[i].label,
			canvas_text(&board.canvas, 1, cases[i].col, cases[i].cols, STYLE_WARN,
				cases[i].string),
			cases[i].drawn);
		expect_text(cases[i].label, line_of(&board, 1), cases[i].want);
		expect_text(cases[i].label, line_of(&board, 0), "");
		expect_text(cases[i].label, line_of(&board, 2), "");
	}
}

static void rows_outside_are_ignored(void)
{
	struct board board;

	board_init(&board, false);
	expect_int("above", canvas_text(&board.canvas, -1, 0, 5, STYLE_NORMAL, "abc"), 0);
	expect_int("below", canvas_text(&board.canvas, ROWS, 0, 5, STYLE_NORMAL, "abc"), 0);
	expect_int("last", canvas_text(&board.canvas, ROWS - 1, 0, 5, STYLE_NORMAL, "abc"), 3);
	for (int row = 0; row < ROWS - 1; row++)
		expect_text("untouched", line_of(&board, row), "");
	expect_int("text of no row", canvas_row_text(&board.canvas, ROWS, board.line, 8), 0);
	expect_text("text of no row", board.line, "");
	expect_int("text of row -1", canvas_row_text(&board.canvas, -1, board.line, 8), 0);
}

static void text_sets_its_style_and_touches_nothing_else(void)
{
	struct board board;

	board_init(&board, false);
	canvas_text(&board.canvas, 0, 0, 10, STYLE_TITLE, "0123456789");
	canvas_text(&board.canvas, 0, 3, 5, STYLE_WARN, "ab");
	expect_text("row", line_of(&board, 0), "012ab56789");
	expect_int("before", board.cells[2].style, STYLE_TITLE);
	expect_int("first", board.cells[3].style, STYLE_WARN);
	expect_int("last", board.cells[4].style, STYLE_WARN);
	expect_int("behind", board.cells[5].style, STYLE_TITLE);
}

static void half_a_wide_character_never_stays(void)
{
	struct board board;

	board_init(&board, false);
	canvas_text(&board.canvas, 0, 2, 4, STYLE_NORMAL, "\xE6\xBC\xA2\xE5\xAD\x97");
	expect_int("right half", board.cells[3].code_point, 0);
	canvas_text(&board.canvas, 0, 3, 1, STYLE_NORMAL, "x");
	expect_text("over the right half", line_of(&board, 0), "   x\xE5\xAD\x97");
	canvas_text(&board.canvas, 0, 4, 1, STYLE_NORMAL, "y");
	expect_text("over the left half", line_of(&board, 0), "   xy");
	expect_int("a blank is left", board.cells[5].code_point, ' ');
	canvas_text(&board.canvas, ROWS - 1, COLS - 1, 1, STYLE_NORMAL, "z");
	expect_int("last cell of all", board.cells[COLS * ROWS - 1].code_point, 'z');
	canvas_text(&board.canvas, 0, 2, 2, STYLE_NORMAL, "\xE6\xBC\xA2");
	canvas_text(&board.canvas, 0, 3, 2, STYLE_NORMAL, "\xE5\xAD\x97");
	expect_text("wide over half of a wide one", line_of(&board, 0), "   \xE5\xAD\x97");
	canvas_fill(&board.canvas, (struct rect){ 4, 0, 1, 1 }, STYLE_NORMAL);
	expect_text("blank over the right half", line_of(&board, 0), "");
}

static void ascii_mode_draws_only_ascii(void)
{
	struct board board;

	board_init(&board, true);
	expect_int("cells",
		canvas_text(&board.canvas, 0, 0, 10, STYLE_NORMAL, "a\xC3\xA9\xE6\xBC\xA2z~"), 5);
	expect_text("row", line_of(&board, 0), "a??z~");
}

static void right_aligned_text_ends_at_its_field(void)
{
	static const struct {
		const char *label;
		int cols;
		const char *string, *want;
	} cases[] = {
		{ "short", 5, "12", "    12" },
		{ "one cell left", 5, "1234", "  1234" },
		{ "exact", 5, "12345", " 12345" },
		{ "too long", 5, "1234567", " 12345" },
		{ "nothing", 5, "", "" },
		{ "no cells", 0, "12", "" },
		{ "wide", 5, "\xE6\xBC\xA2", "    \xE6\xBC\xA2" },
		{ "dropped characters count nothing", 5,
			"\xE2\x80\xAE"
			"12",
			"    12" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct board board;

		board_init(&board, false);
		canvas_right(&board.canvas, 1, 1, cases[i].cols, STYLE_NORMAL, cases[i].string);
		expect_text(cases[i].label, line_of(&board, 1), cases[i].want);
	}
}

static void a_style_keeps_what_stands_there(void)
{
	struct board board;

	board_init(&board, false);
	canvas_text(&board.canvas, 1, 0, 10, STYLE_NORMAL, "abcdef");
	canvas_style(&board.canvas, 1, 2, 100, STYLE_SELECTED);
	canvas_style(&board.canvas, ROWS, 0, 1, STYLE_SELECTED);
	expect_text("row", line_of(&board, 1), "abcdef");
	expect_int("before", board.cells[COLS + 1].style, STYLE_NORMAL);
	expect_int("first", board.cells[COLS + 2].style, STYLE_SELECTED);
	expect_int("last", board.cells[2 * COLS - 1].style, STYLE_SELECTED);
	expect_int("next row", board.cells[2 * COLS].style, STYLE_NORMAL);
}

static void filling_stays_inside_the_rectangle_and_the_canvas(void)
{
	struct board board;

	board_init(&board, false);
	for (int row = 0; row < ROWS; row++)
		canvas_text(&board.canvas, row, 0, COLS, STYLE_NORMAL, "0123456789");
	canvas_fill(&board.canvas, (struct rect){ -2, 1, 5, 1 }, STYLE_HEADER);
	canvas_fill(&board.canvas, (struct rect){ 8, 2, INT_MAX, INT_MAX }, STYLE_HEADER);
	expect_text("above", line_of(&board, 0), "0123456789");
	expect_text("left part", line_of(&board, 1), "   3456789");
	expect_text("corner", line_of(&board, 2), "01234567");
	expect_int("style", board.cells[COLS].style, STYLE_HEADER);
	expect_int("style outside", board.cells[COLS + 3].style, STYLE_NORMAL);
	expect_int("style of the corner", board.cells[3 * COLS - 1].style, STYLE_HEADER);
}

static void a_sparkline_has_eight_heights_or_ten_digits(void)
{
	static const struct {
		const char *label;
		int64_t values[8];
		int count, cols;
		const char *ascii, *utf8;
	} cases[] = {
		{ "from 0 to the largest", { 0, 9, 18 }, 3, 3, "049",
			"\xE2\x96\x81\xE2\x96\x84\xE2\x96\x88" },
		{ "newest at the right", { 0, 9 }, 2, 4, "  09", "  \xE2\x96\x81\xE2\x96\x88" },
		{ "oldest ones go", { 9, 9, 0, 9 }, 4, 2, "09", "\xE2\x96\x81\xE2\x96\x88" },
		{ "all 0", { 0, 0 }, 2, 2, "00", "\xE2\x96\x81\xE2\x96\x81" },
		{ "unknown is blank", { 9, VALUE_UNKNOWN, 9 }, 3, 3, "9 9",
			"\xE2\x96\x88 \xE2\x96\x88" },
		{ "below 0", { -9, 0 }, 2, 2, "09", "\xE2\x96\x81\xE2\x96\x88" },
		{ "largest numbers", { INT64_MIN + 1, 0, INT64_MAX }, 3, 3, "049",
			"\xE2\x96\x81\xE2\x96\x84\xE2\x96\x88" },
		{ "none", { 0 }, 0, 3, "", "" },
		{ "no cells", { 9 }, 1, 0, "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct rect line = { 0, 1, cases[i].cols, 1 };
		struct board board;

		board_init(&board, true);
		canvas_sparkline(
			&board.canvas, line, STYLE_NORMAL, cases[i].values, cases[i].count);
		expect_text(cases[i].label, line_of(&board, 1), cases[i].ascii);
		board_init(&board, false);
		canvas_sparkline(
			&board.canvas, line, STYLE_NORMAL, cases[i].values, cases[i].count);
		expect_text(cases[i].label, line_of(&board, 1), cases[i].utf8);
	}
}

static void row_text_is_cut_between_characters(void)
{
	struct board board;
	char buf[8];

	board_init(&board, false);
	canvas_text(&board.canvas, 0, 0, 10, STYLE_NORMAL, "a\xE6\xBC\xA2\xE5\xAD\x97");
	memset(buf, 'x', sizeof(buf));
	expect_int("exact", canvas_row_text(&board.canvas, 0, buf, 8), 7);
	expect_text("exact", buf, "a\xE6\xBC\xA2\xE5\xAD\x97");
	expect_int("a byte less", canvas_row_text(&board.canvas, 0, buf, 7), 4);
	expect_text("a byte less", buf, "a\xE6\xBC\xA2");
	expect_int("one byte", canvas_row_text(&board.canvas, 0, buf, 1), 0);
	expect_text("one byte", buf, "");
	buf[0] = 'x';
	expect_int("no bytes", canvas_row_text(&board.canvas, 0, buf, 0), 0);
	expect_int("no bytes, nothing written", buf[0], 'x');
}

static void every_style_differs_from_plain_where_it_must(void)
{
	static const enum style alarms[] = { STYLE_WARN, STYLE_CRITICAL };
	static const enum style marked[] = {
		STYLE_WARN,
		STYLE_CRITICAL,
		STYLE_HEADER,
		STYLE_HEADER_SORT,
		STYLE_SELECTED,
		STYLE_VICTIM,
		STYLE_KEY_WORD,
	};

	for (size_t i = 0; i < ARRAY_SIZE(marked); i++)
		expect_true("without colours", theme_look(marked[i])->mono_attributes != 0);
	for (int style = 0; style < STYLE_COUNT; style++) {
		const struct style_look *look = theme_look((enum style)style);
		const bool alarm = style == STYLE_WARN || style == STYLE_CRITICAL;

		expect_int("colour only when something is wrong", look->fg256 >= 0, alarm);
		expect_int("with its own background", look->bg256 >= 0, alarm);
		expect_int("the same with 16", look->fg16 >= 0 && look->bg16 >= 0, alarm);
		expect_true("in range", look->fg16 < 16 && look->bg16 < 16);
	}
	expect_true("two alarms, two looks",
		theme_look(alarms[0])->mono_attributes != theme_look(alarms[1])->mono_attributes);
	expect_true("sorted title stands out",
		theme_look(STYLE_HEADER)->mono_attributes !=
			theme_look(STYLE_HEADER_SORT)->mono_attributes);
	expect_true("no such style", theme_look(STYLE_COUNT) == theme_look(STYLE_NORMAL));
}

extern CU_TestInfo canvas_tests[];
CU_TestInfo canvas_tests[] = {
	{ "clearing blanks all cells and hides the cursor",
		clearing_blanks_all_cells_and_hides_the_cursor },
	{ "sizes are cut to the maxima", sizes_are_cut_to_the_maxima },
	{ "text is cleaned and cut", text_is_cleaned_and_cut },
	{ "rows outside are ignored", rows_outside_are_ignored },
	{ "text sets its style and touches nothing else",
		text_sets_its_style_and_touches_nothing_else },
	{ "half a wide character never stays", half_a_wide_character_never_stays },
	{ "ascii mode draws only ASCII", ascii_mode_draws_only_ascii },
	{ "right-aligned text ends at its field", right_aligned_text_ends_at_its_field },
	{ "a style keeps what stands there", a_style_keeps_what_stands_there },
	{ "filling stays inside the rectangle and the canvas",
		filling_stays_inside_the_rectangle_and_the_canvas },
	{ "a sparkline has eight heights or ten digits",
		a_sparkline_has_eight_heights_or_ten_digits },
	{ "row text is cut between characters", row_text_is_cut_between_characters },
	{ "every style differs from plain where it must",
		every_style_differs_from_plain_where_it_must },
	CU_TEST_INFO_NULL,
};
