/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The free memory of a zone against its marks, as a bar: [==m=l=h==r==|......]
 */
#ifndef OOMWATCH_UI_ZONEBAR_H
#define OOMWATCH_UI_ZONEBAR_H

#include "analysis/zones.h"
#include "base/text.h"

/** Bars never take more cells than this, brackets included. */
#define ZONEBAR_COLS_MAX 60

/**
 * Append the bar of a zone, of that many cells with its brackets.
 *
 * '=' is free memory and '|' its end; m, l and h are the min, low and high watermarks, r is
 * min with the reserve kept back from user memory.  Marks that fall on one cell stand beside
 * each other, in order.  Appends "?" where free or min is unknown, nothing below 8 cells.
 */
void zonebar_add(struct text *text, const struct zone *zone, const struct zone_view *view, int cols,
	bool ascii);

/** Name of a zone, with its node where there are several: "Normal", "1:Normal". */
void zone_name_add(struct text *text, const struct snapshot *now, const struct zone *zone);

/** Sizes of pages as text; "?" where unknown. */
void pages_add(struct text *text, const struct snapshot *now, int64_t pages);

/**
 * The largest populated zones, at most max of them, in the kernel's order.
 *
 * @first  nodes whose zones come before those of others, NULL: of none
 * Returns their number; 0 where zones are unknown.
 */
unsigned zones_pick(const struct snapshot *now, const struct zone_view *views,
	const struct node_set *first, uint32_t *ret, unsigned max);

#endif
