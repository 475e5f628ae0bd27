/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Lines of the evidence panel about zones and free blocks.
 */
#ifndef OOMWATCH_UI_EVIDENCE_H
#define OOMWATCH_UI_EVIDENCE_H

#include "ui/cells.h"
#include "ui/view.h"

/** Requests up to this order make the kernel kill (PAGE_ALLOC_COSTLY_ORDER). */
#define ORDER_COSTLY 3
/** A transparent huge page of 2 MiB; nobody is killed for one. */
#define ORDER_HUGE 9

/** A label, then cells. */
void evidence_cells(
	struct cells *cells, struct canvas *canvas, struct rect line, const char *label);

/** The nodes whose zones matter most: those of the scope on the screen, or that the verdict is
 * about; NULL where neither is a node set. */
const struct node_set *evidence_nodes(const struct view *view);

/** The largest zones on one line. */
void evidence_zones_together(struct view *view, struct canvas *canvas, struct rect line);

/** One zone on a line of its own, with its bar. */
void evidence_zone(const struct view *view, struct canvas *canvas, struct rect line, uint32_t zone);

/** Free blocks of one zone, and what requests meet on the machine. */
void evidence_order(
	const struct view *view, struct canvas *canvas, struct rect line, uint32_t zone);

/** Free blocks of the largest zone, or that they are unknown. */
void evidence_largest_order(struct view *view, struct canvas *canvas, struct rect line);

/** What a kernel request of an order meets: one zone that can serve it is enough. */
enum order_state evidence_order_meets(const struct view *view, unsigned order);

#endif
