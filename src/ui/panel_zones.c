/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/units.h"
#include "ui/page.h"
#include "ui/panels.h"
#include "ui/zonebar.h"

/** Cells of the labels, and of one order in the tables. */
#define LABEL_COLS 12
#define ORDER_COLS 6

/** Orders that are told in words: a page, the largest for which the kernel kills
 * (PAGE_ALLOC_COSTLY_ORDER), a huge page of 2 MiB. */
static const unsigned told_orders[] = { 0, 3, 9 };

/** One zone with all that is known of it. */
struct subject {
	const struct view *view;
	const struct snapshot *now;
	const struct zone *zone;
	const struct zone_view *judged;
};

static const char *state_words(enum zone_state state)
{
	switch (state) {
	case ZONE_OK:
		return "ok: above high, kswapd sleeps";
	case ZONE_BELOW_HIGH:
		return "below high: kswapd, once awake, goes on up to high";
	case ZONE_BELOW_LOW:
		return "below low: kswapd reclaims in the background";
	case ZONE_BELOW_MIN:
		return "below min: who allocates must reclaim first (direct reclaim)";
	case ZONE_UNKNOWN:
	default:
		return "?";
	}
}

static void item_pages(
	struct text *text, const struct subject *subject, const char *name, int64_t pages)
{
	text_fmt(text, "%s%s ", text->len > 0 ? "  " : "", name);
	pages_add(text, subject->now, pages);
}

static void draw_heading(struct page *page, const struct subject *subject)
{
	const enum zone_state state = subject->judged->state;
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	text_fmt(&text, "Node %d, zone ", subject->zone->node);
	text_add_clean(&text, subject->zone->name,
		strnlen(subject->zone->name, sizeof(subject->zone->name)));
	page_text(page, STYLE_TITLE, buf);
	text_init(&text, buf, sizeof(buf));
	pages_add(&text, subject->now, subject->zone->free_pages);
	text_fmt(&text, "  %s%s", state_words(state),
		subject->zone->node_unreclaimable ? "; kswapd has given up on this node" : "");
	page_item(page, LABEL_COLS, state == ZONE_BELOW_MIN ? STYLE_CRITICAL : STYLE_NORMAL, "free",
		buf);
}

static void draw_marks(struct page *page, const struct subject *subject)
{
	const struct zone *zone = subject->zone;
	char buf[512];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	item_pages(&text, subject, "min", zone->min_pages);
	item_pages(&text, subject, "low", zone->low_pages);
	item_pages(&text, subject, "high", zone->high_pages);
	if (value_known(zone->promo_pages))
		item_pages(&text, subject, "promo", zone->promo_pages);
	if (value_known(zone->boost_pages)) {
		item_pages(&text, subject, "boost", zone->boost_pages);
		text_add(&text, " (in min, low and high)");
	}
	page_item(page, LABEL_COLS, STYLE_NORMAL, "marks", buf);
	text_init(&text, buf, sizeof(buf));
	zonebar_add(&text, zone, subject->judged,
		(int)value_min(page->where.cols - LABEL_COLS, ZONEBAR_COLS_MAX),
		subject->view->state->ascii);
	page_item(page, LABEL_COLS, STYLE_NORMAL, "", buf);
}

static void draw_sizes(struct page *page, const struct subject *subject)
{
	const struct zone_view *judged = subject->judged;
	const struct zone *zone = subject->zone;
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	item_pages(&text, subject, "kernel", judged->reserve_kernel_pages);
	item_pages(&text, subject, "user", judged->reserve_movable_pages);
	text_add(&text, "  (kept back from requests that could be served elsewhere)");
	page_item(page, LABEL_COLS, STYLE_NORMAL, "reserve", buf);
	text_init(&text, buf, sizeof(buf));
	item_pages(&text, subject, "kernel", judged->usable_kernel_pages);
	item_pages(&text, subject, "user", judged->usable_movable_pages);
	text_add(&text, "  (free above min and reserve)");
	page_item(page, LABEL_COLS, STYLE_NORMAL, "usable", buf);
	text_init(&text, buf, sizeof(buf));
	item_pages(&text, subject, "managed", zone->managed_pages);
	item_pages(&text, subject, "present", zone->present_pages);
	item_pages(&text, subject, "files", judged->reclaimable_file_pages);
	if (value_known(zone->cma_free_pages))
		item_pages(&text, subject, "CMA free", zone->cma_free_pages);
	if (value_known(zone->highatomic_pages))
		item_pages(&text, subject, "highatomic", zone->highatomic_pages);
	page_item(page, LABEL_COLS, STYLE_NORMAL, "size", buf);
}

/* One row of a table by order. */
struct order_row {
	const char *label;
	void (*add)(const struct subject *subject, unsigned order, struct text *text);
};

static void add_order(const struct subject *subject, unsigned order, struct text *text)
{
	(void)subject;
	text_fmt(text, "%u", order);
}

static void add_block_size(const struct subject *subject, unsigned order, struct text *text)
{
	pages_add(text, subject->now, INT64_C(1) << order);
}

static void add_free(const struct subject *subject, unsigned order, struct text *text)
{
	units_count(text, (int64_t)subject->zone->blocks.count[order]);
}

static void add_fragmentation(const struct subject *subject, unsigned order, struct text *text)
{
	const int32_t permille = subject->judged->fragmentation_permille[order];

	if (permille == FRAG_INDEX_FITS)
		text_add(text, "fits");
	else
		text_fmt(text, "%d", (int)permille);
}

static void add_unusable(const struct subject *subject, unsigned order, struct text *text)
{
	text_fmt(text, "%d", (int)subject->judged->unusable_permille[order]);
}

static void add_request(const struct subject *subject, unsigned order, struct text *text)
{
	static const char *const words[] = {
		[ORDER_OK] = "ok",
		[ORDER_LOW] = "low",
		[ORDER_FRAGMENTED] = "frag",
		[ORDER_UNKNOWN] = "?",
	};

	text_add(text, words[subject->judged->orders[order]]);
}

static const struct order_row order_rows[] = {
	{ "order", add_order },
	{ "block size", add_block_size },
	{ "free blocks", add_free },
	{ "index", add_fragmentation },
	{ "unusable", add_unusable },
	{ "request", add_request },
};

static unsigned orders_of(const struct subject *subject)
{
	const unsigned blocks = subject->zone->blocks.n_orders;
	const unsigned judged = subject->judged->n_orders;
	const unsigned orders = blocks < judged ? blocks : judged;

	return orders < ORDERS_MAX ? orders : ORDERS_MAX;
}

static void draw_order_row(struct page *page, const struct subject *subject,
	const struct order_row *row, unsigned first, unsigned end)
{
	const int at = page_next(page);
	int col = page->where.col + LABEL_COLS;

	if (at < 0)
		return;
	canvas_text(page->canvas, at, page->where.col, LABEL_COLS, STYLE_LABEL, row->label);
	for (unsigned order = first; order < end; order++, col += ORDER_COLS) {
		char buf[16];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		row->add(subject, order, &text);
		canvas_right(page->canvas, at, col, ORDER_COLS, STYLE_NORMAL, buf);
	}
}

/* Orders that do not fit beside each other continue below. */
static unsigned orders_per_line(const struct page *page)
{
	return (unsigned)value_max((page->where.cols - LABEL_COLS) / ORDER_COLS, 1);
}

static void draw_orders(struct page *page, const struct subject *subject)
{
	const unsigned orders = orders_of(subject), step = orders_per_line(page);

	if (orders == 0)
		page_item(page, LABEL_COLS, STYLE_NORMAL, "free blocks", "? (! says why)");
	for (unsigned first = 0; first < orders; first += step) {
		const unsigned end = first + step < orders ? first + step : orders;

		for (size_t i = 0; i < ARRAY_SIZE(order_rows); i++)
			draw_order_row(page, subject, &order_rows[i], first, end);
	}
}

static const char *meets_words(enum order_state state)
{
	switch (state) {
	case ORDER_OK:
		return "would be served at once";
	case ORDER_LOW:
		return "too little is free above min and reserve: reclaim would have to come first";
	case ORDER_FRAGMENTED:
		return "enough is free, but not in one piece: compaction would have to come first";
	case ORDER_UNKNOWN:
	default:
		return "?";
	}
}

static void draw_told_orders(struct page *page, const struct subject *subject)
{
	const unsigned orders = orders_of(subject);

	for (size_t i = 0; i < ARRAY_SIZE(told_orders) && told_orders[i] < orders; i++) {
		const enum order_state state = subject->judged->orders[told_orders[i]];
		const bool bad = state == ORDER_LOW || state == ORDER_FRAGMENTED;
		char buf[256], label[16];
		struct text text;

		text_init(&text, label, sizeof(label));
		text_fmt(&text, "order %u", told_orders[i]);
		text_init(&text, buf, sizeof(buf));
		text_add(&text, "from this zone, a kernel request of ");
		pages_add(&text, subject->now, INT64_C(1) << told_orders[i]);
		text_fmt(&text, ": %s", meets_words(state));
		page_item(page, LABEL_COLS, bad && told_orders[i] <= 3 ? STYLE_WARN : STYLE_NORMAL,
			label, buf);
	}
}

static void draw_migrate_row(
	struct page *page, const struct migrate_blocks *blocks, unsigned first, unsigned end)
{
	const int at = page_next(page);
	int col = page->where.col + LABEL_COLS;
	char label[32];
	struct text text;

	if (at < 0)
		return;
	text_init(&text, label, sizeof(label));
	text_add_clean(&text, blocks->type, strnlen(blocks->type, sizeof(blocks->type)));
	canvas_text(page->canvas, at, page->where.col, LABEL_COLS, STYLE_LABEL, label);
	for (unsigned order = first; order < end; order++, col += ORDER_COLS) {
		char buf[16];

		text_init(&text, buf, sizeof(buf));
		text_add(&text, blocks->at_least[order] ? ">" : "");
		units_count(&text, (int64_t)blocks->count[order]);
		canvas_right(page->canvas, at, col, ORDER_COLS, STYLE_NORMAL, buf);
	}
}

static void draw_migrate(struct page *page, const struct subject *subject)
{
	const struct snapshot *now = subject->now;
	const unsigned step = orders_per_line(page);

	for (uint32_t i = 0; i < now->n_migrate; i++) {
		const struct migrate_blocks *blocks = &now->migrate[i];
		const unsigned orders =
			blocks->n_orders < ORDERS_MAX ? blocks->n_orders : ORDERS_MAX;

		if (blocks->node != subject->zone->node ||
			strncmp(blocks->zone, subject->zone->name, sizeof(blocks->zone)) != 0)
			continue;
		for (unsigned first = 0; first < orders; first += step)
			draw_migrate_row(
				page, blocks, first, first + step < orders ? first + step : orders);
	}
}

static void draw_migrate_reason(struct page *page, const struct snapshot *now)
{
	const enum fact_state state = now->facts[FACT_PAGETYPEINFO];
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (now->source == SOURCE_REPLAY || now->source == SOURCE_REPORT)
		text_add(&text, "not kept in records and reports");
	else if (state == FACT_UNREAD || state == FACT_PRESENT)
		text_add(&text, "will be read with one of the next samples");
	else
		fact_reason(FACT_PAGETYPEINFO, state, &text);
	page_item(page, LABEL_COLS, STYLE_LABEL, "by type", buf);
}

static void draw_zone(struct page *page, const struct subject *subject)
{
	draw_heading(page, subject);
	draw_marks(page, subject);
	draw_sizes(page, subject);
	draw_orders(page, subject);
	draw_told_orders(page, subject);
	if (subject->view->state->want_migrate)
		draw_migrate(page, subject);
	page_text(page, STYLE_NORMAL, "");
}

static void draw_empty_zones(struct page *page, const struct view *view)
{
	char buf[512];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	for (uint32_t i = 0; i < view->now->n_zones && !text.cut; i++) {
		if (view->summary->views[i].populated)
			continue;
		text_add(&text, text.len > 0 ? ", " : "");
		zone_name_add(&text, view->now, &view->now->zones[i]);
	}
	if (text.len > 0)
		page_item(page, LABEL_COLS, STYLE_DIM, "empty", buf);
}

void panel_zones(struct view *view, struct canvas *canvas, struct rect where)
{
	struct page page;

	page_begin(&page, canvas, where, view->state->scroll);
	if (!view->now || !view->summary || !view->summary->views || view->now->n_zones == 0) {
		page_text(&page, STYLE_NORMAL, "zones: ? (! says what could not be read, and why)");
		view->state->pages = page.line;
		return;
	}
	if (view->state->want_migrate && view->now->n_migrate == 0)
		draw_migrate_reason(&page, view->now);
	for (uint32_t i = 0; i < view->now->n_zones; i++) {
		const struct subject subject = {
			.view = view,
			.now = view->now,
			.zone = &view->now->zones[i],
			.judged = &view->summary->views[i],
		};

		if (subject.judged->populated)
			draw_zone(&page, &subject);
	}
	draw_empty_zones(&page, view);
	view->state->pages = page.line;
}
