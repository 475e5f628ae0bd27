/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "ui/zonebar.h"
#include "unit.h"

static void the_bar_has_its_marks_in_order(void)
{
	static const struct {
		const char *label;
		int64_t free, min, low, high, reserve;
		int cols;
		const char *want;
	} cases[] = {
		{ "above all", 120, 20, 40, 60, 60, 22, "[==m==l=h==r====|....]" },
		{ "between low and high", 50, 20, 40, 60, 0, 22, "[=====m====l=|..h....]" },
		{ "below min", 10, 20, 40, 60, 0, 22, "[==|..m....l....h....]" },
		{ "just at min is below it", 20, 20, 40, 60, 0, 22, "[=====|m...l....h....]" },
		{ "nothing free", 0, 20, 40, 60, 0, 22, "[|....m....l....h....]" },
		{ "on one cell", 3, 1, 2, 3, 1000, 22, "[ml|h...........r....]" },
		{ "off the right end", 1000000, 20, 40, 60, 0, 22, "[=m=l=h=============|]" },
		{ "least width", 30, 20, 40, 60, 80, 8, "[m|lhr.]" },
		{ "too narrow", 30, 20, 40, 60, 80, 7, "" },
		{ "unknown free", VALUE_UNKNOWN, 20, 40, 60, 0, 22, "?" },
		{ "unknown min", 10, VALUE_UNKNOWN, 40, 60, 0, 22, "?" },
		{ "unknown high", 10, 20, 40, VALUE_UNKNOWN, 0, 22, "" },
		{ "huge", INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, 22, "" },
		{ "hostile", -5, -9, INT64_MAX, 3, INT64_MAX, 22, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct zone zone = {
			.free_pages = cases[i].free,
			.min_pages = cases[i].min,
			.low_pages = cases[i].low,
			.high_pages = cases[i].high,
		};
		const struct zone_view view = { .reserve_movable_pages = cases[i].reserve };
		char buf[256];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		zonebar_add(&text, &zone, &view, cases[i].cols, true);
		if (cases[i].want[0] || cases[i].cols < 8)
			expect_text(cases[i].label, buf, cases[i].want);
		else
			expect_int(cases[i].label, strlen(buf), cases[i].cols);
	}
}

static void a_bar_is_as_wide_as_asked_but_never_above_sixty(void)
{
	const struct zone zone = {
		.free_pages = 77, .min_pages = 20, .low_pages = 30, .high_pages = 40
	};
	const struct zone_view view = { .reserve_movable_pages = 5 };

	for (int cols = 8; cols <= 300; cols++) {
		char buf[512];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		zonebar_add(&text, &zone, &view, cols, false);
		expect_int("cells", text_cells(buf), value_min(cols, ZONEBAR_COLS_MAX));
	}
}

static void the_largest_zones_are_picked_in_the_kernels_order(void)
{
	struct zone zones[5] = {
		{ .managed_pages = 10 },
		{ .managed_pages = 500 },
		{ .managed_pages = 0 },
		{ .managed_pages = 300 },
		{ .managed_pages = 300 },
	};
	const struct zone_view views[5] = {
		{ .populated = true },
		{ .populated = true },
		{ .populated = false },
		{ .populated = true },
		{ .populated = true },
	};
	const struct snapshot now = { .zones = zones, .n_zones = 5 };
	static const struct {
		unsigned max;
		const char *want, *of_node;
	} cases[] = { { 0, "", "" }, { 1, "1", "4" }, { 2, "13", "04" }, { 3, "134", "014" },
		{ 4, "0134", "0134" }, { 5, "0134", "0134" } };
	struct node_set node = { { 0 } };

	zones[0].node = zones[2].node = zones[4].node = 1;
	nodes_add(&node, 1);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint32_t picked[5];
		char got[8] = "";
		unsigned count = zones_pick(&now, views, NULL, picked, cases[i].max);

		for (unsigned k = 0; k < count; k++)
			snprintf(got + k, sizeof(got) - k, "%u", (unsigned)picked[k]);
		expect_text("picked", got, cases[i].want);
		got[0] = '\0';
		count = zones_pick(&now, views, &node, picked, cases[i].max);
		for (unsigned k = 0; k < count; k++)
			snprintf(got + k, sizeof(got) - k, "%u", (unsigned)picked[k]);
		expect_text("those of a node first", got, cases[i].of_node);
	}
	expect_int("unknown", zones_pick(&now, NULL, NULL, (uint32_t[1]){ 0 }, 1), 0);
}

static void nodes_are_named_where_there_are_several(void)
{
	struct zone zones[2] = { { .node = 0, .name = "Normal" }, { .node = 0, .name = "DMA" } };
	const struct snapshot now = { .zones = zones, .n_zones = 2 };
	char buf[32];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	zone_name_add(&text, &now, &zones[0]);
	expect_text("one node", buf, "Normal");
	zones[1].node = 3;
	text_init(&text, buf, sizeof(buf));
	zone_name_add(&text, &now, &zones[1]);
	expect_text("two nodes", buf, "3:DMA");
}

extern CU_TestInfo zonebar_tests[];
CU_TestInfo zonebar_tests[] = {
	{ "the bar has its marks in order", the_bar_has_its_marks_in_order },
	{ "a bar is as wide as asked but never above sixty",
		a_bar_is_as_wide_as_asked_but_never_above_sixty },
	{ "the largest zones are picked, in the kernel's order",
		the_largest_zones_are_picked_in_the_kernels_order },
	{ "nodes are named where there are several", nodes_are_named_where_there_are_several },
	CU_TEST_INFO_NULL,
};
