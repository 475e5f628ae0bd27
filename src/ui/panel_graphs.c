/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/units.h"
#include "ui/page.h"
#include "ui/panels.h"

static void add_kib(struct text *text, int64_t value)
{
	units_kib(text, value);
}

struct graph {
	const char *title;
	size_t ring; /* offset in struct history */
	void (*add)(struct text *text, int64_t value);
};

static const struct graph graphs[] = {
	{ "left to give", offsetof(struct history, left), add_kib },
	{ "anon + tmpfs", offsetof(struct history, anon), add_kib },
	{ "MemAvailable", offsetof(struct history, available), add_kib },
	{ "stall full (10s)", offsetof(struct history, full_avg10), units_percent },
};

static void draw_graph(struct page *page, const struct graph *graph, const struct ring *ring)
{
	const uint32_t shown = (uint32_t)value_min(ring->count, page->where.cols);
	struct rect line = page->where;
	int64_t values[CANVAS_COLS_MAX];
	char buf[128];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	text_add(&text, graph->title);
	if (shown == 0) {
		text_add(&text, " ?");
		page_text(page, STYLE_LABEL, buf);
		page_next(page);
		return;
	}
	for (uint32_t i = 0; i < shown; i++)
		values[i] = ring_at(ring, ring->count - shown + i).value;
	text_add(&text, "  now ");
	graph->add(&text, values[shown - 1]);
	text_add(&text, "  over ");
	units_seconds(&text,
		(ring_at(ring, ring->count - 1).time_ms -
			ring_at(ring, ring->count - shown).time_ms) /
			1000);
	page_text(page, STYLE_LABEL, buf);
	line.row = page_next(page);
	line.rows = 1;
	if (line.row >= 0)
		canvas_sparkline(page->canvas, line, STYLE_NORMAL, values, (int)shown);
}

void panel_graphs(struct view *view, struct canvas *canvas, struct rect where)
{
	struct page page;

	page_begin(&page, canvas, where, 0);
	page_text(&page, STYLE_TITLE, "Last minutes");
	if (!view->history)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(graphs); i++) {
		const char *history = (const char *)view->history;

		draw_graph(&page, &graphs[i],
			(const struct ring *)(const void *)(history + graphs[i].ring));
		if (where.rows > 3 * (int)ARRAY_SIZE(graphs))
			page_next(&page);
	}
}
