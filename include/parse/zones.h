/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * /proc/zoneinfo, /proc/buddyinfo and /proc/pagetypeinfo, of every kernel since 2.6.32.
 */
#ifndef OOMWATCH_PARSE_ZONES_H
#define OOMWATCH_PARSE_ZONES_H

#include <stddef.h>
#include <stdint.h>

#include "model/zone.h"

/*
 * All three: 0, -ENODATA for an empty text, -EBADMSG for one without a line of a zone.  What
 * follows the last newline is not read: it may be cut in the middle of a number.
 */

/**
 * Parse /proc/zoneinfo by names, never by line numbers.
 *
 * @zones  room for max zones; count in *ret_n.  Members the text does not give, or gives as
 *         negative (printed as a number near 2^64) or above 63 bits of bytes, are
 *         VALUE_UNKNOWN; blocks stay empty.  Zones beyond max and of node numbers from
 *         NODES_MAX on are left out; of protections the first ZONE_TYPES_MAX are kept.
 * With zones NULL it only counts.  On error neither zones nor *ret_n is changed.
 */
int parse_zoneinfo(const char *text, size_t len, struct zone *zones, uint32_t max, uint32_t *ret_n);

/**
 * Add free blocks to the zones of the same node and name; lines of others are ignored.
 * A count above FREE_BLOCKS_MAX, or more than ORDERS_MAX of them, makes the line's counts
 * unknown (n_orders 0).  Not more than ZONES_MAX lines are read.
 */
int parse_buddyinfo(const char *text, size_t len, struct zone *zones, uint32_t n_zones);

/**
 * The free-pages table, one row a zone and type; rows beyond max are left out, counts are
 * unknown as in buddyinfo.  With blocks NULL it only counts.
 */
int parse_pagetypeinfo(
	const char *text, size_t len, struct migrate_blocks *blocks, uint32_t max, uint32_t *ret_n);

#endif
