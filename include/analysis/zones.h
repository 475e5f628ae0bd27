/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Zones as the allocator sees them: what is usable above watermark and reserve, and what
 * a request of an order would meet.  Formulas: mm/page_alloc.c (__zone_watermark_ok) and
 * mm/vmstat.c (extfrag_index, unusable_free_index).
 */
#ifndef OOMWATCH_ANALYSIS_ZONES_H
#define OOMWATCH_ANALYSIS_ZONES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/snapshot.h"

/** The index when a big enough block is free, so the request would succeed. */
#define FRAG_INDEX_FITS (-1000)

enum zone_state {
	ZONE_OK,
	ZONE_BELOW_HIGH,
	ZONE_BELOW_LOW,
	ZONE_BELOW_MIN,
	ZONE_UNKNOWN,
};

/** What a GFP_KERNEL request of one order would meet in one zone. */
enum order_state {
	ORDER_OK,
	ORDER_LOW,        /**< too little memory above min and reserve */
	ORDER_FRAGMENTED, /**< enough memory, but no block is large enough */
	ORDER_UNKNOWN,
};

/** The ids of JSON ("below_low", "fragmented"); NULL, which is null there, for unknown. */
const char *zone_state_id(enum zone_state state);
const char *order_state_id(enum order_state state);
/** The same for people, never NULL. */
const char *zone_state_words(enum zone_state state);

/**
 * What follows from one zone's figures; parallel to snapshot->zones.
 *
 * Pages are VALUE_UNKNOWN where a figure they need is.  A zone that no page of the class
 * can come from (HighMem, Movable, Device for GFP_KERNEL) has 0 usable.
 */
struct zone_view {
	bool populated;                 /**< managed > 0 (or present, where not printed) */
	enum zone_state state;          /**< free against min, low and high; at a mark is below,
	                                     as it fails there; unknown if not populated */
	int64_t reserve_kernel_pages;   /**< kept back from GFP_KERNEL requests (lowmem_reserve) */
	int64_t reserve_movable_pages;  /**< kept back from user memory */
	int64_t usable_kernel_pages;    /**< above min and reserve for GFP_KERNEL */
	int64_t usable_movable_pages;   /**< the same for user memory; may use CMA */
	int64_t reclaimable_file_pages; /**< file LRU of the zone */
	unsigned n_orders;
	int32_t fragmentation_permille[ORDERS_MAX]; /**< extfrag_index: -1000..1000 */
	int32_t unusable_permille[ORDERS_MAX];      /**< unusable_free_index: 0..1000 */
	enum order_state orders[ORDERS_MAX];
};

/**
 * Why would a request for 2^order pages fail now: no memory, or only small pieces?
 * Index in thousandths, -500..1000, or FRAG_INDEX_FITS.  Returns 0, or -ERANGE if the
 * zone has no such order; *ret is unchanged then.
 */
int frag_index(const struct free_blocks *blocks, unsigned order, int32_t *ret);

/** Thousandths of the free memory that a request of that order cannot use: 0..1000.
 * Returns as frag_index(). */
int frag_unusable(const struct free_blocks *blocks, unsigned order, int32_t *ret);

/** Whether the allocator has any pages there (managed, or present before 3.10). */
bool zone_is_populated(const struct zone *zone);

/** A view of each zone, in the arena; NULL without memory or when there are no zones. */
struct zone_view *zones_judge(const struct snapshot *snapshot, struct arena *arena);

/** Which zones, and how much of their file LRU counts (0..1000). */
struct zones_left_of {
	const struct zone_view *views; /**< as of zones_judge(), or NULL: worked out here */
	const struct node_set *nodes;  /**< NULL: of all nodes */
	int64_t with_file_permille;
};

/**
 * Σ over populated zones of what user memory may still take: free and file pages above
 * min and reserve, as should_reclaim_retry() adds them up (without swap).
 * Pages, or VALUE_UNKNOWN without zones or where a figure of a populated one is lacking.
 */
int64_t zones_left_pages(const struct snapshot *snapshot, const struct zones_left_of *of);

#endif
