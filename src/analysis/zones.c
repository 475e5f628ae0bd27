/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/zones.h"

#include <errno.h>
#include <string.h>

/** Zone types in the order of enum zone_type (include/linux/mmzone.h). */
enum zone_rank {
	RANK_DMA,
	RANK_DMA32,
	RANK_NORMAL,
	RANK_HIGHMEM,
	RANK_MOVABLE,
	RANK_DEVICE,
	RANK_COUNT,
};

const char *zone_state_id(enum zone_state state)
{
	static const char *const ids[] = {
		[ZONE_OK] = "ok",
		[ZONE_BELOW_HIGH] = "below_high",
		[ZONE_BELOW_LOW] = "below_low",
		[ZONE_BELOW_MIN] = "below_min",
		[ZONE_UNKNOWN] = NULL,
	};

	return (size_t)state < ARRAY_SIZE(ids) ? ids[state] : NULL;
}

const char *zone_state_words(enum zone_state state)
{
	static const char *const words[] = {
		[ZONE_OK] = "ok",
		[ZONE_BELOW_HIGH] = "below high",
		[ZONE_BELOW_LOW] = "below low",
		[ZONE_BELOW_MIN] = "below min",
		[ZONE_UNKNOWN] = "unknown",
	};

	return (size_t)state < ARRAY_SIZE(words) ? words[state] : "unknown";
}

const char *order_state_id(enum order_state state)
{
	static const char *const ids[] = {
		[ORDER_OK] = "ok",
		[ORDER_LOW] = "low",
		[ORDER_FRAGMENTED] = "fragmented",
		[ORDER_UNKNOWN] = NULL,
	};

	return (size_t)state < ARRAY_SIZE(ids) ? ids[state] : NULL;
}

/** What the indexes of one order are made of. */
struct free_sums {
	uint64_t pages;
	uint64_t blocks;
	uint64_t fitting_pages; /**< in blocks of that order or larger */
};

static int sum_blocks(const struct free_blocks *blocks, unsigned order, struct free_sums *ret)
{
	struct free_sums sums = { 0 };

	if (blocks->n_orders > ORDERS_MAX || order >= blocks->n_orders)
		return -ERANGE;

	for (unsigned i = 0; i < blocks->n_orders; i++) {
		sums.pages += blocks->count[i] << i;
		sums.blocks += blocks->count[i];
		if (i >= order)
			sums.fitting_pages += blocks->count[i] << i;
	}
	*ret = sums;
	return 0;
}

int frag_index(const struct free_blocks *blocks, unsigned order, int32_t *ret)
{
	struct free_sums sums;

	if (sum_blocks(blocks, order, &sums) < 0)
		return -ERANGE;

	if (sums.blocks == 0) {
		*ret = 0; /* nothing is free at all: lack of memory */
	} else if (sums.fitting_pages > 0) {
		*ret = FRAG_INDEX_FITS;
	} else {
		/* Free memory counted in whole requests, in thousandths. */
		const uint64_t requests = sums.pages * 1000 >> order;

		*ret = 1000 - (int32_t)((1000 + requests) / sums.blocks);
	}
	return 0;
}

int frag_unusable(const struct free_blocks *blocks, unsigned order, int32_t *ret)
{
	struct free_sums sums;

	if (sum_blocks(blocks, order, &sums) < 0)
		return -ERANGE;

	if (sums.pages == 0)
		*ret = 1000;
	else
		*ret = (int32_t)((sums.pages - sums.fitting_pages) * 1000 / sums.pages);
	return 0;
}

/** A name that no kernel prints is taken for a zone that everybody may use. */
static enum zone_rank rank_of(const struct zone *zone, bool *ret_known)
{
	static const char *const names[RANK_COUNT] = {
		[RANK_DMA] = "DMA",
		[RANK_DMA32] = "DMA32",
		[RANK_NORMAL] = "Normal",
		[RANK_HIGHMEM] = "HighMem",
		[RANK_MOVABLE] = "Movable",
		[RANK_DEVICE] = "Device",
	};

	for (unsigned i = 0; i < RANK_COUNT; i++) {
		if (strncmp(zone->name, names[i], sizeof(zone->name)) == 0) {
			*ret_known = true;
			return (enum zone_rank)i;
		}
	}
	*ret_known = false;
	return RANK_NORMAL;
}

/**
 * Index of GFP_KERNEL's highest zone, Normal, in protection[]: how many zone types lie
 * below it.  4.12 and later print empty zones too; before, those two are only empty where
 * all memory lies outside the first 4 GiB, which no common machine does.
 */
static unsigned kernel_index(const struct snapshot *snapshot)
{
	bool seen[RANK_COUNT] = { false };

	for (uint32_t i = 0; i < snapshot->n_zones; i++) {
		bool known;
		const enum zone_rank rank = rank_of(&snapshot->zones[i], &known);

		if (known)
			seen[rank] = true;
	}
	return (unsigned)seen[RANK_DMA] + (unsigned)seen[RANK_DMA32];
}

bool zone_is_populated(const struct zone *zone)
{
	if (value_known(zone->managed_pages))
		return zone->managed_pages > 0;
	if (value_known(zone->present_pages))
		return zone->present_pages > 0;
	return value_or(zone->free_pages, 0) > 0;
}

static int64_t protection_at(const struct zone *zone, unsigned index)
{
	if (zone->n_protection == 0 || zone->n_protection > ZONE_TYPES_MAX)
		return VALUE_UNKNOWN;
	return zone->protection_pages[index < zone->n_protection ? index : zone->n_protection - 1];
}

/** User memory's highest zone is Movable; a Device zone behind it is empty to the
 * allocator, so the last entry says the same whether there is one or not. */
static int64_t reserve_movable(const struct zone *zone)
{
	return protection_at(zone, ZONE_TYPES_MAX);
}

/** What of pages lies above mark, at least 0. */
static int64_t above(int64_t pages, int64_t mark)
{
	int64_t rest;

	if (!value_known(pages) || !value_known(mark))
		return VALUE_UNKNOWN;
	if (__builtin_sub_overflow(pages, mark, &rest))
		return pages > 0 ? INT64_MAX : 0;
	return value_max(rest, 0);
}

static enum zone_state state_of(const struct zone *zone)
{
	if (!value_known(zone->free_pages) || !value_known(zone->min_pages) ||
		!value_known(zone->low_pages) || !value_known(zone->high_pages))
		return ZONE_UNKNOWN;
	if (zone->free_pages <= zone->min_pages)
		return ZONE_BELOW_MIN;
	if (zone->free_pages <= zone->low_pages)
		return ZONE_BELOW_LOW;
	return zone->free_pages <= zone->high_pages ? ZONE_BELOW_HIGH : ZONE_OK;
}

static void judge_usable(const struct zone *zone, enum zone_rank rank, struct zone_view *view)
{
	const int64_t free = above(zone->free_pages, value_or(zone->highatomic_pages, 0));
	const int64_t free_kernel = above(free, value_or(zone->cma_free_pages, 0));

	view->usable_kernel_pages =
		above(free_kernel, value_add(zone->min_pages, view->reserve_kernel_pages));
	view->usable_movable_pages =
		above(free, value_add(zone->min_pages, view->reserve_movable_pages));

	if (!view->populated || rank > RANK_NORMAL)
		view->usable_kernel_pages = 0;
	if (!view->populated || rank > RANK_MOVABLE)
		view->usable_movable_pages = 0;
}

/** __zone_watermark_ok() since 4.4, but for the migrate types that buddyinfo lacks. */
static enum order_state order_of(const struct zone_view *view, unsigned order)
{
	const int64_t others = (INT64_C(1) << order) - 1;

	if (!value_known(view->usable_kernel_pages))
		return ORDER_UNKNOWN;
	if (view->usable_kernel_pages <= others)
		return ORDER_LOW;
	return view->fragmentation_permille[order] == FRAG_INDEX_FITS ? ORDER_OK : ORDER_FRAGMENTED;
}

static void judge_orders(const struct zone *zone, struct zone_view *view)
{
	const unsigned printed = zone->blocks.n_orders;

	view->n_orders = printed <= ORDERS_MAX ? printed : 0;
	for (unsigned i = 0; i < ORDERS_MAX; i++) {
		view->orders[i] = ORDER_UNKNOWN;
		if (i >= view->n_orders)
			continue;
		frag_index(&zone->blocks, i, &view->fragmentation_permille[i]);
		frag_unusable(&zone->blocks, i, &view->unusable_permille[i]);
		view->orders[i] = order_of(view, i);
	}
}

static void zone_judge(const struct zone *zone, unsigned kernel, struct zone_view *view)
{
	bool known;
	const enum zone_rank rank = rank_of(zone, &known);

	view->populated = zone_is_populated(zone);
	view->state = view->populated ? state_of(zone) : ZONE_UNKNOWN;
	view->reserve_kernel_pages = rank > RANK_NORMAL ? 0 : protection_at(zone, kernel);
	view->reserve_movable_pages = reserve_movable(zone);
	view->reclaimable_file_pages =
		value_add(zone->inactive_file_pages, zone->active_file_pages);
	judge_usable(zone, rank, view);
	judge_orders(zone, view);
}

struct zone_view *zones_judge(const struct snapshot *snapshot, struct arena *arena)
{
	const unsigned kernel = kernel_index(snapshot);
	struct zone_view *views = NULL;

	if (snapshot->n_zones > 0)
		views = arena_array(arena, snapshot->n_zones, sizeof(*views));
	if (!views)
		return NULL;
	for (uint32_t i = 0; i < snapshot->n_zones; i++)
		zone_judge(&snapshot->zones[i], kernel, &views[i]);
	return views;
}

/** pages * permille / 1000 of a count >= 0, without overflow. */
static int64_t share_of(int64_t pages, int64_t permille)
{
	return pages / 1000 * permille + pages % 1000 * permille / 1000;
}

static int64_t zone_left(const struct zone *zone, int64_t with_file_permille)
{
	const int64_t mark = value_add(zone->min_pages, reserve_movable(zone));
	int64_t pages = zone->free_pages;
	bool known;

	if (rank_of(zone, &known) > RANK_MOVABLE)
		return 0;
	if (with_file_permille > 0) {
		const int64_t file = value_add(zone->inactive_file_pages, zone->active_file_pages);

		pages = value_add(
			pages, value_known(file) ? share_of(file, with_file_permille) : file);
	}
	return above(pages, mark);
}

int64_t zones_left_pages(const struct snapshot *snapshot, const struct zones_left_of *of)
{
	int64_t left = 0;
	bool any = false;

	for (uint32_t i = 0; i < snapshot->n_zones; i++) {
		const struct zone *zone = &snapshot->zones[i];

		if (of->nodes && !nodes_have(of->nodes, zone->node))
			continue;
		if (!(of->views ? of->views[i].populated : zone_is_populated(zone)))
			continue;
		any = true;
		left = value_add(left, zone_left(zone, of->with_file_permille));
	}
	return any ? left : VALUE_UNKNOWN;
}
