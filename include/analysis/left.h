/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What a scope can still give before the kernel kills: a band, not a number.
 *
 * The kernel's own condition (should_reclaim_retry() of mm/page_alloc.c, 4.7+): in every
 * zone that may be used, free and file pages have come down to min and reserve, and swap
 * is full.  So nothing is left when high_kib is 0.
 */
#ifndef OOMWATCH_ANALYSIS_LEFT_H
#define OOMWATCH_ANALYSIS_LEFT_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/zones.h"
#include "model/snapshot.h"

/**
 * In KiB.  0 <= low <= high = free + cache + swap; VALUE_UNKNOWN where it cannot be told.
 */
struct left {
	int64_t low_kib;   /**< sure: without mapped and dirty file pages and without slab; of swap
	                        no zram or zswap, and not more than can go there now */
	int64_t high_kib;  /**< at best */
	int64_t cache_kib; /**< of high: file pages and half of the slab */
	int64_t swap_kib;  /**< of high: free swap that is not RAM, and what is in the swap cache;
	                        if unknown it is missing from high too */
	int64_t free_kib;  /**< of high: free above watermark and reserve, also what a host that
	                        took it back would give again */
};

/**
 * Left to give of the whole machine, to user memory.
 *
 * @views  as of zones_judge(), or NULL: worked out here
 * Without zones it falls back to /proc/meminfo and min_free_kbytes.
 */
void left_of_system(const struct snapshot *now, const struct zone_view *views, struct left *ret);

/**
 * Left to give of a set of nodes: what their zones have, and the free swap, to which of RAM only
 * what these nodes hold can go.  Slab is not counted: nothing tells on which nodes it is.
 * Without zones nothing is known.
 */
void left_of_nodes(const struct snapshot *now, const struct zone_view *views,
	const struct node_set *nodes, struct left *ret);

/** Free swap of the machine in KiB, and how much of it is compressed memory (zram, zswap), which
 * takes RAM.  False if it is not known. */
bool left_swap(const struct snapshot *now, int64_t *ret_free_kib, int64_t *ret_compressed_kib);

#endif
