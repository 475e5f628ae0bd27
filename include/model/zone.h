/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * One memory zone of one node: /proc/zoneinfo and /proc/buddyinfo.  Sizes in pages.
 */
#ifndef OOMWATCH_MODEL_ZONE_H
#define OOMWATCH_MODEL_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/value.h"

/** Room for the orders of every supported kernel (x86-64 prints 11). */
#define ORDERS_MAX 16

/** Largest count that cannot overflow the indexes; the parser refuses more. */
#define FREE_BLOCKS_MAX ((UINT64_C(1) << 36) - 1)

/** Zone types of a kernel: DMA, DMA32, Normal, HighMem, Movable, Device. */
#define ZONE_TYPES_MAX 8

#define NODES_MAX 1024
#define ZONES_MAX (NODES_MAX * 4)

/** Free blocks of one zone: one line of /proc/buddyinfo. */
struct free_blocks {
	uint64_t count[ORDERS_MAX]; /**< [i]: free blocks of 2^i pages */
	unsigned n_orders;          /**< orders the kernel printed; 0: unknown */
};

/** Every int64_t is VALUE_UNKNOWN where the kernel does not print it. */
struct zone {
	int node;
	char name[16];
	int64_t free_pages;  /**< without those on per-CPU lists */
	int64_t boost_pages; /**< already part of min, low and high; since 5.15 */
	int64_t min_pages;
	int64_t low_pages;
	int64_t high_pages;
	int64_t promo_pages;
	int64_t start_pfn; /**< first page frame */
	int64_t spanned_pages;
	int64_t present_pages;
	int64_t managed_pages;       /**< since 3.10; 0 in empty zones */
	int64_t cma_pages;           /**< all pages of CMA areas in this zone */
	int64_t cma_free_pages;      /**< nr_free_cma; cannot serve unmovable requests */
	int64_t highatomic_pages;    /**< reserved for atomic requests; zoneinfo does not show
	                               it before nr_reserved_highatomic (newer kernels) */
	int64_t inactive_anon_pages; /**< nr_zone_inactive_anon (4.8), nr_inactive_anon before */
	int64_t active_anon_pages;
	int64_t inactive_file_pages;
	int64_t active_file_pages;
	int64_t protection_pages
		[ZONE_TYPES_MAX]; /**< lowmem_reserve, by the request's highest zone */
	unsigned n_protection;
	bool node_unreclaimable; /**< kswapd gave up on the node */
	struct free_blocks blocks;
};

#define MIGRATE_TYPES_MAX 8

/** Free blocks of one zone and migrate type: one line of /proc/pagetypeinfo. */
struct migrate_blocks {
	int node;
	char zone[16];
	char type[16];
	uint64_t count[ORDERS_MAX];
	bool at_least[ORDERS_MAX]; /**< printed as ">100000" */
	unsigned n_orders;
};

#endif
