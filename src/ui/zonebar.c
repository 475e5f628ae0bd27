/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/zonebar.h"

#include <string.h>

#include "base/units.h"

#define BAR_COLS_MIN 8

void pages_add(struct text *text, const struct snapshot *now, int64_t pages)
{
	units_bytes(text, snapshot_bytes(now, pages));
}

void zone_name_add(struct text *text, const struct snapshot *now, const struct zone *zone)
{
	bool several = false;

	for (uint32_t i = 0; i < now->n_zones && !several; i++)
		several = now->zones[i].node != now->zones[0].node;
	if (several)
		text_fmt(text, "%d:", zone->node);
	text_add_clean(text, zone->name, strnlen(zone->name, sizeof(zone->name)));
}

/* Pages that a zone is ranked by when there are more than fit. */
static int64_t zone_size(const struct zone *zone)
{
	return value_or(zone->managed_pages, value_or(zone->present_pages, 0));
}

/** What zones are picked from. */
struct picking {
	const struct snapshot *now;
	const struct zone_view *views;
	const struct node_set *first; /* NULL: no node matters more */
	unsigned max;
};

static bool comes_before(const struct picking *picking, uint32_t a, uint32_t b)
{
	const struct zone *zones = picking->now->zones;
	const int64_t size_a = zone_size(&zones[a]), size_b = zone_size(&zones[b]);
	const bool first_a = picking->first && nodes_have(picking->first, zones[a].node);
	const bool first_b = picking->first && nodes_have(picking->first, zones[b].node);

	if (first_a != first_b)
		return first_a;
	return size_a > size_b || (size_a == size_b && a < b);
}

/* Fewer than max populated ones come before it. */
static bool is_picked(const struct picking *picking, uint32_t zone)
{
	unsigned before = 0;

	for (uint32_t i = 0; i < picking->now->n_zones && before < picking->max; i++)
		before +=
			picking->views[i].populated && i != zone && comes_before(picking, i, zone);
	return before < picking->max;
}

unsigned zones_pick(const struct snapshot *now, const struct zone_view *views,
	const struct node_set *first, uint32_t *ret, unsigned max)
{
	const struct picking picking = { now, views, first, max };
	unsigned count = 0;

	for (uint32_t i = 0; views && i < now->n_zones && count < max; i++)
		if (views[i].populated && is_picked(&picking, i))
			ret[count++] = i;
	return count;
}

/** A sign on the bar, and the pages it stands for. */
struct sign {
	char sign;
	int64_t pages;
	int cell;
};

#define SIGNS_MAX 5

struct bar {
	char cells[ZONEBAR_COLS_MAX + 1];
	int count;
	struct sign signs[SIGNS_MAX]; /* ascending */
	int n_signs;
};

/* Of equal ones the first stays before: a zone that is just at a mark is below it. */
static void add_sign(struct bar *bar, char sign, int64_t pages)
{
	int at = bar->n_signs;

	if (!value_known(pages))
		return;
	for (; at > 0 && bar->signs[at - 1].pages > pages; at--)
		bar->signs[at] = bar->signs[at - 1];
	bar->signs[at] = (struct sign){ .sign = sign, .pages = value_max(pages, 0) };
	bar->n_signs++;
}

/* A cell for each, in order even where several fall on the same one. */
static void place_signs(struct bar *bar, int64_t scale)
{
	for (int i = 0; i < bar->n_signs; i++) {
		const int64_t cell = bar->signs[i].pages / (scale / bar->count + 1);
		const int least = i > 0 ? bar->signs[i - 1].cell + 1 : 0;

		bar->signs[i].cell = (int)value_max(value_min(cell, bar->count - 1), least);
	}
	for (int i = bar->n_signs - 1, last = bar->count - 1; i >= 0; i--, last--) {
		bar->signs[i].cell = (int)value_min(bar->signs[i].cell, last);
		last = bar->signs[i].cell;
	}
}

static void fill_cells(struct bar *bar)
{
	char fill = '=';
	int next = 0;

	for (int i = 0; i < bar->count; i++) {
		bar->cells[i] = fill;
		if (next >= bar->n_signs || bar->signs[next].cell != i)
			continue;
		bar->cells[i] = bar->signs[next].sign;
		if (bar->signs[next++].sign == '|')
			fill = '.';
	}
}

static void add_cells(struct text *text, const struct bar *bar, bool ascii)
{
	text_add(text, "[");
	for (int i = 0; i < bar->count; i++) {
		const char cell = bar->cells[i];

		if (!ascii && cell == '=')
			text_add(text, "\xe2\x94\x81"); /* U+2501, a heavy line */
		else if (!ascii && cell == '.')
			text_add(text, "\xc2\xb7"); /* U+00B7, a middle dot */
		else
			text_add_bytes(text, &cell, 1);
	}
	text_add(text, "]");
}

void zonebar_add(struct text *text, const struct zone *zone, const struct zone_view *view, int cols,
	bool ascii)
{
	const int64_t reserved = value_add(zone->min_pages, view->reserve_movable_pages);
	struct bar bar = { .n_signs = 0 };
	int64_t most;

	if (cols < BAR_COLS_MIN)
		return;
	if (!value_known(zone->free_pages) || !value_known(zone->min_pages)) {
		text_add(text, "?");
		return;
	}
	bar.count = (int)value_min(cols, ZONEBAR_COLS_MAX) - 2;
	add_sign(&bar, '|', zone->free_pages);
	add_sign(&bar, 'm', zone->min_pages);
	add_sign(&bar, 'l', zone->low_pages);
	add_sign(&bar, 'h', zone->high_pages);
	if (value_or(view->reserve_movable_pages, 0) > 0)
		add_sign(&bar, 'r', reserved);
	/* A quarter of empty bar behind whatever lies furthest to the right; far more free
	 * memory than the marks would press these together. */
	most = value_max(value_or(zone->high_pages, 0), value_or(reserved, zone->min_pages));
	most = value_max(most, 1);
	most = value_max(most, value_min(zone->free_pages, value_mul(most, 3)));
	place_signs(&bar, value_add(most, most / 4));
	fill_cells(&bar);
	add_cells(text, &bar, ascii);
}
