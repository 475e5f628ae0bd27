/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/units.h"
#include "ui/evidence.h"
#include "ui/zonebar.h"

/** Zones that share one line. */
#define ZONES_TOGETHER 4

#define BAR_COLS 22

/** Orders that are shown one by one. */
#define SMALL_ORDER_MAX 5

void evidence_cells(struct cells *cells, struct canvas *canvas, struct rect line, const char *label)
{
	const int label_cols = (int)strlen(label);

	canvas_text(canvas, line.row, line.col, line.cols, STYLE_LABEL, label);
	cells_draw(cells, canvas, line.row, line.col + label_cols, line.cols - label_cols);
}

static enum style zone_style(enum zone_state state)
{
	if (state == ZONE_BELOW_MIN)
		return STYLE_CRITICAL;
	return state == ZONE_BELOW_LOW ? STYLE_WARN : STYLE_NORMAL;
}

static void add_marks(struct text *text, const struct snapshot *now, const struct zone *zone)
{
	text_add(text, "min ");
	pages_add(text, now, zone->min_pages);
	text_add(text, " low ");
	pages_add(text, now, zone->low_pages);
	text_add(text, " high ");
	pages_add(text, now, zone->high_pages);
}

/* A zone whose reserve decides is told by it, the others by their marks. */
static void add_zone_short(struct cells *cells, const struct view *view, uint32_t i, int drop)
{
	const struct snapshot *now = view->now;
	const struct zone *zone = &now->zones[i];
	const struct zone_view *judged = &view->summary->views[i];
	struct text *text = cells_add(cells, drop, zone_style(judged->state));

	zone_name_add(text, now, zone);
	text_add(text, " ");
	pages_add(text, now, zone->free_pages);
	if (value_or(judged->reserve_movable_pages, 0) > 0) {
		/* With plenty to use, what is kept back is no news. */
		if (value_or(judged->usable_movable_pages, 0) <= 0) {
			text_add(text, ", ");
			pages_add(text, now,
				value_add(zone->min_pages, judged->reserve_movable_pages));
			text_add(text, " kept back");
		}
		text_add(text, ": ");
		pages_add(text, now, judged->usable_movable_pages);
		text_add(text, " usable");
	} else {
		text_add(text, ": ");
		add_marks(text, now, zone);
	}
}

static void add_missing_zones(const struct view *view, struct cells *cells)
{
	text_add(cells_add(cells, 0, STYLE_NORMAL),
		view->now->told ? "? (not in this report)" : "? (! says why)");
}

const struct node_set *evidence_nodes(const struct view *view)
{
	const struct scope *shown = &view->summary->oom.scope;
	const struct risk *worst = &view->summary->risks[0];

	if (shown->kind == SCOPE_NODES)
		return &shown->nodes;
	return view->summary->n_risks > 0 && worst->where.kind == SCOPE_NODES ? &worst->where.nodes
									      : NULL;
}

/** The zones that share the line. */
struct together {
	uint32_t picked[ZONES_TOGETHER];
	unsigned count;
	const struct node_set *first;
};

/* How many of them matter more.  The kernel's order ends with the largest of a node, which most
 * allocations use. */
static int drop_of(const struct view *view, const struct together *zones, unsigned at)
{
	int before = 0;

	for (unsigned i = 0; i < zones->count; i++) {
		const int node = view->now->zones[zones->picked[i]].node;
		const int own = view->now->zones[zones->picked[at]].node;
		const bool first = zones->first && nodes_have(zones->first, node);
		const bool own_first = zones->first && nodes_have(zones->first, own);

		before += first != own_first ? first : i > at;
	}
	return before;
}

void evidence_zones_together(struct view *view, struct canvas *canvas, struct rect line)
{
	struct together zones = { .first = evidence_nodes(view) };
	struct cells cells;

	zones.count = zones_pick(
		view->now, view->summary->views, zones.first, zones.picked, ZONES_TOGETHER);
	cells_init(&cells);
	for (unsigned i = 0; i < zones.count; i++)
		add_zone_short(&cells, view, zones.picked[i], drop_of(view, &zones, i));
	if (zones.count == 0)
		add_missing_zones(view, &cells);
	evidence_cells(&cells, canvas, line, "ZONE  ");
}

void evidence_zone(const struct view *view, struct canvas *canvas, struct rect line, uint32_t i)
{
	const struct snapshot *now = view->now;
	const struct zone *zone = &now->zones[i];
	const struct zone_view *judged = &view->summary->views[i];
	struct cells cells;
	struct text *text;

	cells_init(&cells);
	text = cells_add(&cells, 0, STYLE_NORMAL);
	zone_name_add(text, now, zone);
	text_fmt(text, "%*s ", text->len < 7 ? (int)(7 - text->len) : 0, "");
	pages_add(text, now, zone->free_pages);
	text_add(text, " free");
	zonebar_add(cells_add(&cells, 2, STYLE_NORMAL), zone, judged, BAR_COLS, view->state->ascii);
	add_marks(cells_add(&cells, 1, STYLE_NORMAL), now, zone);
	text = cells_add(&cells, 5, STYLE_NORMAL);
	text_add(text, "reserve ");
	pages_add(text, now, judged->reserve_movable_pages);
	text = cells_add(&cells, 0, STYLE_NORMAL);
	text_add(text, "usable ");
	pages_add(text, now, judged->usable_movable_pages);
	text = cells_add(&cells, 4, STYLE_NORMAL);
	text_add(text, "(kernel ");
	pages_add(text, now, judged->usable_kernel_pages);
	text_add(text, ")");
	text_add(cells_add(&cells, 3, zone_style(judged->state)), zone_state_words(judged->state));
	evidence_cells(&cells, canvas, line, "ZONE  ");
}

/* What a request of an order meets on the machine: one zone that can serve it is enough. */
enum order_state evidence_order_meets(const struct view *view, unsigned order)
{
	enum order_state worst = ORDER_UNKNOWN;

	for (uint32_t i = 0; view->summary->views && i < view->now->n_zones; i++) {
		const struct zone_view *judged = &view->summary->views[i];

		if (!judged->populated || order >= judged->n_orders)
			continue;
		if (judged->orders[order] == ORDER_OK)
			return ORDER_OK;
		if (judged->orders[order] == ORDER_FRAGMENTED || worst == ORDER_UNKNOWN)
			worst = judged->orders[order];
	}
	return worst;
}

static const char *order_words(enum order_state state)
{
	const char *id = order_state_id(state);

	return id ? id : "?";
}

static void add_order_states(struct cells *cells, const struct view *view)
{
	const enum order_state costly = evidence_order_meets(view, ORDER_COSTLY);
	const bool bad = costly == ORDER_LOW || costly == ORDER_FRAGMENTED;

	text_fmt(cells_add_right(cells, 0, bad ? STYLE_WARN : STYLE_NORMAL), "order %d %s, %d %s",
		ORDER_COSTLY, order_words(costly), ORDER_HUGE,
		order_words(evidence_order_meets(view, ORDER_HUGE)));
}

/* Blocks of the orders up to 5 one by one, the larger ones together. */
static void add_blocks(struct cells *cells, const struct free_blocks *blocks)
{
	uint64_t large = 0;
	struct text *text;

	for (unsigned i = 0; i < blocks->n_orders && i < ORDERS_MAX; i++) {
		if (i > SMALL_ORDER_MAX) {
			large += blocks->count[i];
			continue;
		}
		/* The smallest go first: what they hold is never in short supply. */
		text = cells_add_tight(cells, 3 + SMALL_ORDER_MAX - (int)i, STYLE_NORMAL);
		text_fmt(text, "%u:", i);
		units_count(text, (int64_t)blocks->count[i]);
	}
	if (blocks->n_orders <= SMALL_ORDER_MAX + 1)
		return;
	text = cells_add_tight(cells, 2, STYLE_NORMAL);
	text_fmt(text, "%d+:", SMALL_ORDER_MAX + 1);
	units_count(text, (int64_t)large);
}

void evidence_order(const struct view *view, struct canvas *canvas, struct rect line, uint32_t i)
{
	const struct zone *zone = &view->now->zones[i];
	struct cells cells;

	cells_init(&cells);
	zone_name_add(cells_add(&cells, 1, STYLE_NORMAL), view->now, zone);
	if (zone->blocks.n_orders == 0)
		add_missing_zones(view, &cells);
	else
		add_blocks(&cells, &zone->blocks);
	add_order_states(&cells, view);
	evidence_cells(&cells, canvas, line, "ORDER ");
}

void evidence_largest_order(struct view *view, struct canvas *canvas, struct rect line)
{
	struct cells cells;
	uint32_t largest;

	if (zones_pick(view->now, view->summary->views, evidence_nodes(view), &largest, 1) == 1) {
		evidence_order(view, canvas, line, largest);
		return;
	}
	cells_init(&cells);
	add_missing_zones(view, &cells);
	evidence_cells(&cells, canvas, line, "ORDER ");
}
