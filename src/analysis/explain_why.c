/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/explain_parts.h"
#include "base/units.h"

/* The largest zone that was tried. */
static uint32_t zone_of(const struct explained *explained, enum zone_answer answer)
{
	const struct report_zone *zones = explained->report->zones;
	uint32_t best = EXPLAIN_NO_ROW;

	for (uint32_t i = 0; i < explained->report->n_zones; i++) {
		if (explained->zones[i].answer == answer &&
			(best == EXPLAIN_NO_ROW ||
				zones[i].zone.present_pages > zones[best].zone.present_pages))
			best = i;
	}
	return best;
}

static void add_zone(struct text *text, const struct zone *zone)
{
	text_add_clean(text, zone->name, strnlen(zone->name, sizeof(zone->name)));
}

static void say_zone(struct explain_writer *writer)
{
	static const enum zone_answer answers[] = { ZONE_ANSWER_BELOW_MIN, ZONE_ANSWER_BELOW_HIGH,
		ZONE_ANSWER_HIGHATOMIC, ZONE_ANSWER_CMA, ZONE_ANSWER_RESERVED };
	const struct explained *explained = writer->explained;
	const struct zone *zone, *largest = NULL;
	struct text *text = explain_say(writer);

	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		const uint32_t at = zone_of(explained, answers[i]);

		zone = at == EXPLAIN_NO_ROW ? NULL : &explained->report->zones[at].zone;
		if (zone && (!largest || zone->present_pages > largest->present_pages))
			largest = zone;
	}
	if (!largest)
		return;
	text_add(text, "Nothing was left above the kernel's reserves: zone ");
	add_zone(text, largest);
	text_fmt(text, " of node %d had ", largest->node);
	explain_add_pages(text, explained, largest->free_pages);
	text_add(text, " free (its marks: min ");
	explain_add_pages(text, explained, largest->min_pages);
	text_add(text, ", high ");
	explain_add_pages(text, explained, largest->high_pages);
	text_add(text, ").");
	explain_said(writer);
}

static void say_pieces(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const uint32_t at = zone_of(explained, ZONE_ANSWER_PIECES);
	struct text *text = explain_say(writer);

	if (at == EXPLAIN_NO_ROW)
		return;
	text_add(text, "Zone ");
	add_zone(text, &explained->report->zones[at].zone);
	text_add(text, " had ");
	explain_add_pages(text, explained, explained->zones[at].usable_pages);
	text_add(text, " to give, but its largest free piece was ");
	explain_add_pages(text, explained, explained->zones[at].largest_block_pages);
	text_add(text, ": memory is fragmented, not exhausted.");
	explain_said(writer);
}

static void say_cma(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	struct text *text = explain_say(writer);

	explain_add_pages(text, explained, explained->report->mem.free_pages);
	text_add(text, " were free, but ");
	explain_add_pages(text, explained, explained->memory.cma_free);
	text_add(text, " of that is kept for devices (CMA), and this request may not use it.");
	explain_said(writer);
}

/* The name of the highest zone that the request may use, where that keeps it from others. */
static const char *ceiling(const struct explained *explained)
{
	static const char *const names[] = { "DMA", "DMA32", "Normal" };
	struct explain_request request;

	explain_request_of(explained->report, &request);
	if (!request.known || request.highest >= (int)ARRAY_SIZE(names))
		return NULL;
	if (request.highest == ARRAY_SIZE(names) - 1 &&
		(request.nodes || zone_of(explained, ZONE_ANSWER_NOT_ALLOWED) == EXPLAIN_NO_ROW))
		return NULL;
	return names[request.highest];
}

static void say_low_zone(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const char *highest = ceiling(explained);
	struct text *text = explain_say(writer);

	explain_add_pages(text, explained, explained->report->mem.free_pages);
	if (highest)
		text_fmt(text,
			" were free, but this request may use the zones of RAM up to %s alone, and "
			"nothing was left there.",
			highest);
	else
		text_add(text,
			" were free, but in zones of RAM that this request may not use, or kept back "
			"there for requests that can use nothing else.");
	explain_said(writer);
}

static void say_unknown(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const uint32_t at = zone_of(explained, ZONE_ANSWER_PASSES);
	struct text *text = explain_say(writer);

	if (at == EXPLAIN_NO_ROW) {
		text_add(text,
			"Why memory could not be had is not to be seen: the report lacks the zones.");
	} else {
		text_add(text, "When this was printed ");
		explain_add_pages(text, explained, explained->zones[at].usable_pages);
		text_add(text, " were to be had again in zone ");
		add_zone(text, &explained->report->zones[at].zone);
		if (value_or(explained->memory.cma_free, 0) >
			explained->zones[at].usable_pages / 2) {
			text_add(text, ", of it ");
			explain_add_pages(text, explained, explained->memory.cma_free);
			text_add(text, " CMA");
		}
		text_add(text, ": the cause cannot be told.");
	}
	explain_said(writer);
}

static void add_of_ram(struct text *text, const struct explained *explained, int64_t pages)
{
	explain_add_pages(text, explained, pages);
	if (value_known(explained->memory.total)) {
		text_add(text, " of ");
		explain_add_pages(text, explained, explained->memory.total);
	}
	text_add(text, " of RAM");
}

void explain_say_holder(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const struct explained_memory *memory = &explained->memory;
	struct text *text = explain_say(writer);

	if (explained->cause == CAUSE_SLAB) {
		text_add(text, "The kernel's own objects (slab) had ");
		add_of_ram(text, explained, memory->slab_unreclaimable);
		text_add(text, ", more than all processes: a kill gives next to none of it back.");
	} else if (explained->cause == CAUSE_HUGETLB) {
		add_of_ram(text, explained, memory->hugetlb);
		text_add(text,
			" were set aside for huge pages, more than processes had: nothing else may "
			"use that.");
	} else if (explained->cause == CAUSE_SHMEM) {
		text_add(text, "Files in RAM (tmpfs) and shared memory had ");
		add_of_ram(text, explained, memory->shmem);
		text_add(text, ", more than processes themselves: no kill removes such files.");
	} else if (explained->cause == CAUSE_UNACCOUNTED) {
		add_of_ram(text, explained, memory->unaccounted);
		text_add(text,
			" are nowhere in the report, more than processes had: drivers, a GPU or a "
			"kernel leak may have it.");
	}
	explain_said(writer);
}

void explain_say_why(struct explain_writer *writer)
{
	switch (writer->explained->cause) {
	case CAUSE_FRAGMENTED:
		say_pieces(writer);
		break;
	case CAUSE_CMA:
		say_cma(writer);
		break;
	case CAUSE_LOW_ZONE:
		say_low_zone(writer);
		break;
	case CAUSE_UNKNOWN:
		say_unknown(writer);
		break;
	case CAUSE_EXHAUSTED:
		say_zone(writer);
		break;
	case CAUSE_SLAB:
	case CAUSE_HUGETLB:
	case CAUSE_SHMEM:
	case CAUSE_UNACCOUNTED:
	case CAUSE_MEMCG_LIMIT:
	case CAUSE_SYSRQ:
	case CAUSE_COUNT:
		break;
	}
}

/* A part of the whole, unless there is none of it. */
static void add_part(
	struct text *text, const struct explained *explained, const char *name, int64_t pages)
{
	if (!value_known(pages) || pages == 0)
		return;
	text_fmt(text, ", %s ", name);
	explain_add_pages(text, explained, pages);
}

static int64_t kernel_pages(const struct explained_memory *memory)
{
	return value_add(value_or(memory->slab_unreclaimable, 0),
		value_add(value_or(memory->slab_reclaimable, 0), value_or(memory->stacks, 0)));
}

static void say_ram(struct explain_writer *writer)
{
	const struct explained *explained = writer->explained;
	const struct explained_memory *memory = &explained->memory;
	struct text *text = explain_say(writer);

	if (!value_known(memory->total) || !value_known(memory->anon))
		return;
	text_add(text, "Of ");
	explain_add_pages(text, explained, memory->total);
	text_add(text, " of RAM processes had ");
	explain_add_pages(
		text, explained, value_add(memory->anon, value_or(memory->page_tables, 0)));
	add_part(text, explained, "locked memory", memory->locked);
	add_part(text, explained, "files in RAM (tmpfs) and shared memory", memory->shmem);
	add_part(text, explained, "file cache", memory->cache);
	text_add(text, ".");
	explain_said(writer);
	text = explain_say(writer);
	text_add(text, "The kernel's own objects took ");
	explain_add_pages(text, explained, kernel_pages(memory));
	add_part(text, explained, "huge pages", memory->hugetlb);
	if (value_known(memory->unaccounted)) {
		text_add(text, ", ");
		explain_add_pages(text, explained, memory->unaccounted);
		text_add(text, " is listed nowhere");
	}
	text_add(text, "; ");
	explain_add_pages(text, explained, memory->free);
	text_add(text, " were free.");
	explain_said(writer);
}

static void say_swap(struct explain_writer *writer)
{
	const struct oom_report *report = writer->explained->report;
	struct text *text = explain_say(writer);

	if (!value_known(report->swap_total_kib))
		return;
	if (report->swap_total_kib == 0) {
		text_add(text, "There is no swap.");
	} else if (report->swap_free_kib == 0) {
		text_add(text, "Swap (");
		units_kib(text, report->swap_total_kib);
		text_add(text, ") was full.");
	} else {
		text_add(text, "Of ");
		units_kib(text, report->swap_total_kib);
		text_add(text, " of swap ");
		units_kib(text, report->swap_free_kib);
		text_add(text, " were free.");
	}
	explain_said(writer);
}

/* v2's name of a value, v1's beside it (mm/memcontrol.c). */
static int64_t stat_of(const struct oom_report *report, const char *name, const char *older)
{
	for (uint32_t i = 0; i < report->n_stats; i++) {
		if (strcmp(report->stats[i].name, name) == 0 ||
			(older && strcmp(report->stats[i].name, older) == 0))
			return report->stats[i].value;
	}
	return VALUE_UNKNOWN;
}

static void add_stat(struct text *text, const char *name, int64_t bytes)
{
	if (!value_known(bytes))
		return;
	text_fmt(text, "%s%s ", text->len > 0 ? ", " : "In the cgroup: ", name);
	units_bytes(text, bytes);
}

static int64_t kernel_bytes(const struct oom_report *report)
{
	const int64_t all = stat_of(report, "kernel", NULL);

	if (value_known(all))
		return all;
	return value_add(stat_of(report, "slab", NULL),
		value_add(value_or(stat_of(report, "kernel_stack", NULL), 0),
			value_or(stat_of(report, "pagetables", NULL), 0)));
}

static void say_cgroup(struct explain_writer *writer)
{
	const struct oom_report *report = writer->explained->report;
	struct text *text = explain_say(writer);

	add_stat(text, "private memory", stat_of(report, "anon", "rss"));
	add_stat(text, "files and tmpfs", stat_of(report, "file", "cache"));
	add_stat(text, "of that tmpfs", stat_of(report, "shmem", NULL));
	add_stat(text, "kernel", kernel_bytes(report));
	if (text->len > 0)
		text_add(text, ".");
	explain_said(writer);
}

void explain_say_memory(struct explain_writer *writer)
{
	say_cgroup(writer);
	say_ram(writer);
	say_swap(writer);
}
