/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "analysis/explain_parts.h"
#include "model/gfp.h"

/** Zone types in the order of enum zone_type (include/linux/mmzone.h). */
enum type {
	TYPE_DMA,
	TYPE_DMA32,
	TYPE_NORMAL,
	TYPE_HIGHMEM,
	TYPE_MOVABLE,
	TYPE_DEVICE,
	TYPE_COUNT,
};

static enum type type_of(const struct zone *zone)
{
	static const char *const names[TYPE_COUNT] = {
		[TYPE_DMA] = "DMA",
		[TYPE_DMA32] = "DMA32",
		[TYPE_NORMAL] = "Normal",
		[TYPE_HIGHMEM] = "HighMem",
		[TYPE_MOVABLE] = "Movable",
		[TYPE_DEVICE] = "Device",
	};

	for (unsigned i = 0; i < TYPE_COUNT; i++) {
		if (strncmp(zone->name, names[i], sizeof(zone->name)) == 0)
			return (enum type)i;
	}
	return TYPE_NORMAL;
}

void explain_request_of(const struct oom_report *report, struct explain_request *ret)
{
	/* Without a mask that of user memory, which may use most: what it could not have
	 * nobody could. */
	*ret = (struct explain_request){ .movable = true, .highest = TYPE_MOVABLE };
	if (value_known(report->gfp_mask)) {
		ret->known = true;
		ret->movable = report->gfp_mask & GFP_BIT_MOVABLE;
		ret->high = report->gfp_mask & GFP_BIT_HIGH;
		ret->highest = (int)gfp_zone_of(report->gfp_mask);
	}
	if (value_known(report->order) && report->order > 0 && report->order < ORDERS_MAX)
		ret->order = (unsigned)report->order;
	if (report->constraint == REPORT_CONSTRAINT_MEMORY_POLICY)
		ret->nodes = report->nodemask;
	else if (report->constraint == REPORT_CONSTRAINT_CPUSET)
		ret->nodes = report->mems_allowed;
	if (ret->nodes && (*ret->nodes < '0' || *ret->nodes > '9'))
		ret->nodes = NULL;
}

/* Digits; false if there are none or too many. */
static bool read_number(const char **at, int64_t *ret)
{
	const char *digit = *at;
	int64_t value = 0;

	for (; *digit >= '0' && *digit <= '9' && digit - *at < 9; digit++)
		value = value * 10 + (*digit - '0');
	if (digit == *at)
		return false;
	*at = digit;
	*ret = value;
	return true;
}

bool explain_node_listed(const char *list, int64_t node)
{
	int64_t first, last;

	while (read_number(&list, &first)) {
		last = first;
		if (*list == '-') {
			list++;
			if (!read_number(&list, &last))
				return false;
		}
		if (node >= first && node <= last)
			return true;
		if (*list++ != ',')
			return false;
	}
	return false;
}

/* Where the request's highest zone stands in lowmem_reserve: how many zone types the kernel has
 * below it.  Those without any page are not listed; the machine has no such type then, but where
 * all its memory lies above 4 GiB. */
static unsigned reserve_index(const struct oom_report *report, int highest)
{
	bool seen[TYPE_COUNT] = { false };
	unsigned index = 0;

	for (uint32_t i = 0; i < report->n_zones; i++)
		seen[type_of(&report->zones[i].zone)] = true;
	for (int type = TYPE_DMA; type < highest; type++)
		index += type == TYPE_NORMAL || seen[type];
	return index;
}

static int64_t reserve_of(const struct zone *zone, int highest, unsigned index)
{
	if (zone->n_protection == 0 || zone->n_protection > ZONE_TYPES_MAX)
		return VALUE_UNKNOWN;
	if (highest >= TYPE_MOVABLE || index >= zone->n_protection)
		index = zone->n_protection - 1;
	return zone->protection_pages[index];
}

static bool is_empty(const struct zone *zone)
{
	const int64_t pages =
		value_known(zone->managed_pages) ? zone->managed_pages : zone->present_pages;

	return pages == 0;
}

/* Blocks of that order or larger, whatever their migrate type; of an unknown list: yes. */
static bool has_block(const struct free_blocks *blocks, unsigned order)
{
	if (order == 0 || blocks->n_orders == 0)
		return true;
	for (unsigned i = order; i < blocks->n_orders && i < ORDERS_MAX; i++) {
		if (blocks->count[i] > 0)
			return true;
	}
	return false;
}

static int64_t largest_block(const struct free_blocks *blocks)
{
	if (blocks->n_orders == 0)
		return VALUE_UNKNOWN;
	for (unsigned i = blocks->n_orders; i-- > 0;) {
		if (i < ORDERS_MAX && blocks->count[i] > 0)
			return INT64_C(1) << i;
	}
	return 0;
}

/* What __zone_watermark_ok() takes off the free pages before it compares (mm/page_alloc.c); from
 * 6.12 on only the free ones of the atomic reserve. */
static int64_t atomic_pages(const struct report_zone *zone)
{
	const int64_t pages = value_known(zone->free_highatomic_pages)
		? zone->free_highatomic_pages
		: zone->zone.highatomic_pages;

	return value_max(value_or(pages, 0), 0);
}

static int64_t cma_pages(const struct report_zone *zone, const struct explain_request *request)
{
	return request->movable ? 0 : value_max(value_or(zone->zone.cma_free_pages, 0), 0);
}

/* Up to 4.3 the blocks of each smaller order were left out, against half the mark each time
 * (__zone_watermark_ok() of mm/page_alloc.c). */
static bool old_rule_fails(
	const struct zone *zone, int64_t left, int64_t min, const struct explain_request *request)
{
	if (request->order >= zone->blocks.n_orders)
		return false;
	for (unsigned order = 0; order < request->order && order < ORDERS_MAX; order++) {
		left = value_add(left, -(int64_t)(zone->blocks.count[order] << order));
		min /= 2;
		if (left <= min)
			return true;
	}
	return false;
}

/** One zone under test. */
struct trial {
	int64_t free; /**< without those that the request itself takes, but one */
	int64_t min;  /**< as it counts for the request */
	int64_t atomic, cma, reserve;
};

static enum zone_answer answer_of(
	const struct zone *zone, const struct trial *trial, const struct explain_request *request)
{
	const int64_t without_atomic = value_add(trial->free, -trial->atomic);
	const int64_t without_cma = value_add(without_atomic, -trial->cma);
	const int64_t left = value_add(without_cma, -trial->reserve);

	if (trial->free <= trial->min)
		return ZONE_ANSWER_BELOW_MIN;
	if (without_atomic <= trial->min)
		return ZONE_ANSWER_HIGHATOMIC;
	if (without_cma <= trial->min)
		return ZONE_ANSWER_CMA;
	if (left <= trial->min)
		return ZONE_ANSWER_RESERVED;
	if (!has_block(&zone->blocks, request->order) ||
		(request->old_rule && old_rule_fails(zone, left, trial->min, request)))
		return ZONE_ANSWER_PIECES;
	/* The last try before a kill wants more than high (__alloc_pages_may_oom()). */
	if (value_known(zone->high_pages) && left <= zone->high_pages)
		return trial->cma > 0 && value_add(left, trial->cma) > zone->high_pages
			? ZONE_ANSWER_CMA
			: ZONE_ANSWER_BELOW_HIGH;
	return ZONE_ANSWER_PASSES;
}

static bool is_allowed(const struct zone *zone, const struct explain_request *request)
{
	if (request->nodes && !explain_node_listed(request->nodes, zone->node))
		return false;
	return (int)type_of(zone) <= request->highest;
}

static void judge(const struct report_zone *of, const struct explain_request *request,
	unsigned index, struct explained_zone *ret)
{
	const struct zone *zone = &of->zone;
	struct trial trial = { 0 };

	ret->answer = ZONE_ANSWER_UNKNOWN;
	ret->largest_block_pages = largest_block(&zone->blocks);
	ret->reserve_pages = reserve_of(zone, request->highest, index);
	ret->usable_pages = 0;
	if (is_empty(zone)) {
		ret->answer = ZONE_ANSWER_EMPTY;
		return;
	}
	if (!is_allowed(zone, request)) {
		ret->answer = ZONE_ANSWER_NOT_ALLOWED;
		return;
	}
	if (!value_known(zone->free_pages) || !value_known(zone->min_pages)) {
		ret->usable_pages = VALUE_UNKNOWN;
		return;
	}
	trial.min = request->high ? zone->min_pages - zone->min_pages / 2 : zone->min_pages;
	trial.free = value_add(zone->free_pages, -((INT64_C(1) << request->order) - 1));
	trial.atomic = atomic_pages(of);
	trial.cma = cma_pages(of, request);
	trial.reserve = value_max(value_or(ret->reserve_pages, 0), 0);
	ret->answer = answer_of(zone, &trial, request);
	ret->usable_pages = value_add(trial.free, -trial.atomic);
	ret->usable_pages = value_add(ret->usable_pages, -trial.cma);
	ret->usable_pages = value_add(ret->usable_pages, -trial.reserve);
	ret->usable_pages = value_max(value_add(ret->usable_pages, -trial.min), 0);
}

int explain_zones(struct explained *explained, struct arena *arena)
{
	const struct oom_report *report = explained->report;
	struct explain_request request;
	unsigned index;

	if (report->n_zones == 0)
		return 0;
	explained->zones = arena_array(arena, report->n_zones, sizeof(*explained->zones));
	if (!explained->zones)
		return -ENOMEM;
	explain_request_of(report, &request);
	request.old_rule = explained->kernel_found &&
		(explained->kernel.major < 4 ||
			(explained->kernel.major == 4 && explained->kernel.minor < 4));
	index = reserve_index(report, request.highest);
	for (uint32_t i = 0; i < report->n_zones; i++)
		judge(&report->zones[i], &request, index, &explained->zones[i]);
	return 0;
}
