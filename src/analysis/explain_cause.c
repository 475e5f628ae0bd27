/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/explain_parts.h"

/** Free memory that the request may not have is the cause from this share of all memory on: by
 * default the reserves of lower zones are a 256th of what lies above them
 * (lowmem_reserve_ratio), on every machine and in every report. */
#define BLOCKED_SHARE 32

/** A zone that could serve the request is only a sign that memory was not lacking if it has more
 * than this share of all: the zones are printed after the choice, and what is freed meanwhile
 * shows. */
#define FREED_SHARE 128

/** Without zones: as much as this share free, and memory was not exhausted. */
#define FREE_SHARE 16

/** What the zones say together. */
struct zones_say {
	bool any;              /**< there is one that the request may use, and it could be judged */
	int64_t passing_pages; /**< what those that could have served it had for it */
	bool pieces;           /**< one had enough, but in too small pieces */
	bool cma;              /**< one had enough, but it is CMA */
	int64_t blocked_pages; /**< free, or cache, where the request may not go */
};

/* Memory that a request for lower zones cannot use, though reclaim there would find some. */
static int64_t blocked_pages(const struct report_zone *zone, const struct explained_zone *view)
{
	const int64_t free = value_max(value_or(zone->zone.free_pages, 0), 0);

	if (view->answer == ZONE_ANSWER_NOT_ALLOWED)
		return value_add(free,
			value_add(value_or(zone->zone.inactive_file_pages, 0),
				value_or(zone->zone.active_file_pages, 0)));
	if (view->answer == ZONE_ANSWER_RESERVED)
		return value_min(value_max(free - value_or(zone->zone.min_pages, 0), 0),
			value_or(view->reserve_pages, 0));
	return 0;
}

/* From 6.0 on zones above the request's highest one are not printed: their free memory is the
 * machine's without that of the others. */
static int64_t unprinted_pages(const struct explained *explained)
{
	int64_t pages = explained->report->mem.free_pages;

	if (!value_known(pages))
		return 0;
	for (uint32_t i = 0; i < explained->report->n_zones; i++)
		pages = value_add(pages, -value_or(explained->report->zones[i].zone.free_pages, 0));
	return value_max(pages, 0);
}

static void ask_zones(const struct explained *explained, struct zones_say *ret)
{
	const struct oom_report *report = explained->report;
	struct explain_request request;

	*ret = (struct zones_say){ 0 };
	explain_request_of(report, &request);
	for (uint32_t i = 0; i < report->n_zones; i++) {
		const struct explained_zone *view = &explained->zones[i];

		if (request.nodes &&
			!explain_node_listed(request.nodes, report->zones[i].zone.node))
			continue;
		ret->blocked_pages =
			value_add(ret->blocked_pages, blocked_pages(&report->zones[i], view));
		if (view->answer == ZONE_ANSWER_UNKNOWN || view->answer == ZONE_ANSWER_EMPTY ||
			view->answer == ZONE_ANSWER_NOT_ALLOWED)
			continue;
		ret->any = true;
		if (view->answer == ZONE_ANSWER_PASSES)
			ret->passing_pages =
				value_add(ret->passing_pages, value_or(view->usable_pages, 0));
		ret->pieces = ret->pieces || view->answer == ZONE_ANSWER_PIECES;
		ret->cma = ret->cma || view->answer == ZONE_ANSWER_CMA;
	}
	if (!request.nodes && request.known && !report->elided)
		ret->blocked_pages = value_add(ret->blocked_pages, unprinted_pages(explained));
}

/* Enough memory with its CMA for the mark that the last try wants, and not without it. */
static bool cma_decides(const struct explained *explained)
{
	const struct oom_report *report = explained->report;

	for (uint32_t i = 0; i < report->n_zones; i++) {
		const struct zone *zone = &report->zones[i].zone;
		const int64_t reserve = value_or(explained->zones[i].reserve_pages, 0);

		if (explained->zones[i].answer == ZONE_ANSWER_CMA &&
			value_known(zone->high_pages) &&
			zone->free_pages > value_add(zone->high_pages, reserve))
			return true;
	}
	return false;
}

/* Who has most of the memory: processes, or something that no kill gives back. */
static enum explain_cause who_has_it(const struct explained_memory *memory)
{
	const struct {
		int64_t pages;
		enum explain_cause cause;
	} others[] = {
		{ memory->slab_unreclaimable, CAUSE_SLAB },
		{ memory->hugetlb, CAUSE_HUGETLB },
		{ memory->shmem, CAUSE_SHMEM },
		{ memory->unaccounted, CAUSE_UNACCOUNTED },
	};
	int64_t most = value_add(value_or(memory->anon, 0),
		value_add(value_or(memory->locked, 0), value_or(memory->page_tables, 0)));
	enum explain_cause cause = CAUSE_EXHAUSTED;

	if (!value_known(memory->anon))
		return cause;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (value_known(others[i].pages) && others[i].pages > most) {
			most = others[i].pages;
			cause = others[i].cause;
		}
	}
	return cause;
}

static enum explain_cause cause_of_zones(const struct explained *explained)
{
	const struct explained_memory *memory = &explained->memory;
	const bool bound = explained->report->constraint == REPORT_CONSTRAINT_MEMORY_POLICY ||
		explained->report->constraint == REPORT_CONSTRAINT_CPUSET;
	struct zones_say say;

	ask_zones(explained, &say);
	if (!say.any)
		return CAUSE_UNKNOWN;
	if (say.passing_pages > value_or(memory->total, 0) / FREED_SHARE)
		return CAUSE_UNKNOWN;
	if (say.pieces)
		return CAUSE_FRAGMENTED;
	if (say.cma && cma_decides(explained))
		return CAUSE_CMA;
	if (value_known(memory->total) && say.blocked_pages > memory->total / BLOCKED_SHARE)
		return CAUSE_LOW_ZONE;
	/* What the report sums up is the machine's, not that of the nodes. */
	return bound ? CAUSE_EXHAUSTED : who_has_it(memory);
}

void explain_find_cause(struct explained *explained)
{
	const struct oom_report *report = explained->report;
	const struct explained_memory *memory = &explained->memory;

	explained->cause = CAUSE_UNKNOWN;
	if (report->trigger == REPORT_TRIGGER_SYSRQ)
		explained->cause = CAUSE_SYSRQ;
	else if (report->constraint == REPORT_CONSTRAINT_MEMCG)
		explained->cause = CAUSE_MEMCG_LIMIT;
	else if (report->constraint == REPORT_CONSTRAINT_OTHER)
		explained->cause = CAUSE_UNKNOWN;
	else if (report->n_zones > 0)
		explained->cause = cause_of_zones(explained);
	else if (value_known(memory->unaccounted) && memory->free < memory->total / FREE_SHARE)
		explained->cause = who_has_it(memory);
}
