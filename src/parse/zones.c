/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/zones.h"

#include <errno.h>

#include "parse/scan.h"

/** Line of a zone in /proc/zoneinfo: the name and the member it sets. */
struct zone_field {
	const char *name;
	size_t offset;
};

/*
 * Zone LRU lists are nr_inactive_anon … up to 4.7 and nr_zone_inactive_anon … since; from
 * 4.8 on the old names are the node's and stand below "per-node stats" (mm/vmstat.c).
 */
static const struct zone_field zone_fields[] = {
	{ "boost", offsetof(struct zone, boost_pages) },
	{ "min", offsetof(struct zone, min_pages) },
	{ "low", offsetof(struct zone, low_pages) },
	{ "high", offsetof(struct zone, high_pages) },
	{ "promo", offsetof(struct zone, promo_pages) },
	{ "spanned", offsetof(struct zone, spanned_pages) },
	{ "present", offsetof(struct zone, present_pages) },
	{ "managed", offsetof(struct zone, managed_pages) },
	{ "cma", offsetof(struct zone, cma_pages) },
	{ "nr_free_cma", offsetof(struct zone, cma_free_pages) },
	{ "nr_reserved_highatomic", offsetof(struct zone, highatomic_pages) },
	{ "reserved_highatomic", offsetof(struct zone, highatomic_pages) },
	{ "nr_inactive_anon", offsetof(struct zone, inactive_anon_pages) },
	{ "nr_active_anon", offsetof(struct zone, active_anon_pages) },
	{ "nr_inactive_file", offsetof(struct zone, inactive_file_pages) },
	{ "nr_active_file", offsetof(struct zone, active_file_pages) },
	{ "nr_zone_inactive_anon", offsetof(struct zone, inactive_anon_pages) },
	{ "nr_zone_active_anon", offsetof(struct zone, active_anon_pages) },
	{ "nr_zone_inactive_file", offsetof(struct zone, inactive_file_pages) },
	{ "nr_zone_active_file", offsetof(struct zone, active_file_pages) },
};

/** "Node 0, zone   Normal", in pagetypeinfo with ", type  Movable"; rest is what follows. */
struct zone_line {
	int node;
	struct span zone;
	struct span type;
	struct scan rest;
};

static bool read_zone_line(struct scan line, struct zone_line *ret)
{
	int64_t node;

	if (!scan_literal(&line, "Node ") || !scan_int(&line, &node) || node < 0 ||
		node >= NODES_MAX || !scan_literal(&line, ", zone") ||
		!scan_word(&line, &ret->zone))
		return false;
	ret->node = (int)node;
	ret->type = (struct span){ line.at, 0 };
	if (ret->zone.at[ret->zone.len - 1] == ',') {
		ret->zone.len--;
		if (!scan_literal(&line, " type") || !scan_word(&line, &ret->type))
			return false;
	}
	ret->rest = line;
	return true;
}

static void zone_init(struct zone *zone, const struct zone_line *line)
{
	memset(zone, 0, sizeof(*zone));
	zone->node = line->node;
	span_copy(line->zone, zone->name, sizeof(zone->name));
	zone->free_pages = VALUE_UNKNOWN;
	zone->start_pfn = VALUE_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(zone_fields); i++)
		*(int64_t *)(void *)((char *)zone + zone_fields[i].offset) = VALUE_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(zone->protection_pages); i++)
		zone->protection_pages[i] = VALUE_UNKNOWN;
}

/* A number that is all that is left of the line. */
static bool last_value(struct scan *line, int64_t *ret)
{
	int64_t value;

	if (!scan_value(line, SCAN_PAGES_MAX, &value))
		return false;
	scan_blanks(line);
	if (!scan_done(line))
		return false;
	*ret = value;
	return true;
}

/* "(0, 3019, 4043)" */
static void read_protection(struct scan *line, struct zone *zone)
{
	unsigned n = 0;

	scan_blanks(line);
	if (!scan_literal(line, "("))
		return;
	while (n < ZONE_TYPES_MAX && scan_value(line, SCAN_PAGES_MAX, &zone->protection_pages[n])) {
		n++;
		if (!scan_literal(line, ","))
			break;
	}
	zone->n_protection = n;
}

static void read_statistic(struct scan *line, struct span name, struct zone *zone)
{
	for (size_t i = 0; i < ARRAY_SIZE(zone_fields); i++) {
		if (span_is(name, zone_fields[i].name)) {
			last_value(line, (int64_t *)(void *)((char *)zone + zone_fields[i].offset));
			return;
		}
	}
}

/* Names with a colon are no statistics: "high:" is a limit of a per-CPU list, "high" the
 * watermark. */
static void read_labelled(struct scan *line, struct span label, struct zone *zone)
{
	int64_t flag;

	if (span_is(label, "protection:"))
		read_protection(line, zone);
	else if (span_is(label, "start_pfn:"))
		last_value(line, &zone->start_pfn);
	else if ((span_is(label, "node_unreclaimable:") || span_is(label, "all_unreclaimable:")) &&
		last_value(line, &flag))
		zone->node_unreclaimable = flag != 0;
}

/* A line below a zone's heading. */
static void read_detail(struct scan *line, bool *in_node, struct zone *zone)
{
	struct span name;

	if (!scan_word(line, &name))
		return;
	if (span_is(name, "per-node")) {
		*in_node = true;
	} else if (span_is(name, "pages")) {
		*in_node = false;
		if (scan_word(line, &name) && span_is(name, "free"))
			last_value(line, &zone->free_pages);
	} else if (*in_node) {
		return;
	} else if (name.at[name.len - 1] == ':') {
		read_labelled(line, name, zone);
	} else {
		read_statistic(line, name, zone);
	}
}

/* A zone's heading stands alone on its line. */
static bool is_heading(struct scan line, struct zone_line *ret)
{
	return read_zone_line(line, ret) && ret->type.len == 0 && scan_done(&ret->rest);
}

/** Where zones go, and which one the lines read belong to. */
struct zone_list {
	struct zone *zones; /**< NULL: only count */
	uint32_t max;
	uint32_t n;
	struct zone *open; /**< NULL: lines are of no zone that is wanted */
	bool in_node;      /**< lines are of the node */
};

static void open_zone(struct zone_list *list, const struct zone_line *heading)
{
	list->in_node = false;
	list->open = NULL;
	if (list->n == list->max)
		return;
	if (list->zones) {
		list->open = &list->zones[list->n];
		zone_init(list->open, heading);
	}
	list->n++;
}

int parse_zoneinfo(const char *text, size_t len, struct zone *zones, uint32_t max, uint32_t *ret_n)
{
	struct zone_list list = { .zones = zones, .max = zones ? max : UINT32_MAX };
	struct scan scan = scan_of(text, len), line;
	struct zone_line heading;

	if (len == 0)
		return -ENODATA;
	while (scan_whole_line(&scan, &line)) {
		if (is_heading(line, &heading))
			open_zone(&list, &heading);
		else if (list.open)
			read_detail(&line, &list.in_node, list.open);
	}
	if (list.n == 0)
		return -EBADMSG;

	*ret_n = list.n;
	return 0;
}

/* Counts by order, up to the end of the line; false if they cannot be used. */
static bool read_counts(
	struct scan *line, uint64_t count[ORDERS_MAX], bool at_least[ORDERS_MAX], unsigned *ret_n)
{
	unsigned n = 0;

	for (;; n++) {
		bool more;

		scan_blanks(line);
		if (scan_done(line))
			break;
		more = scan_literal(line, ">");
		if (n == ORDERS_MAX || (more && !at_least) || !scan_uint(line, &count[n]) ||
			count[n] > FREE_BLOCKS_MAX)
			return false;
		if (at_least)
			at_least[n] = more;
	}
	*ret_n = n;
	return true;
}

static struct zone *find_zone(
	const struct zone_line *line, struct zone *zones, uint32_t n_zones, uint32_t *hint)
{
	char name[sizeof(zones->name)];

	span_copy(line->zone, name, sizeof(name));
	for (uint32_t i = 0; i < n_zones; i++) {
		struct zone *zone = &zones[(*hint + i) % n_zones];

		if (zone->node == line->node && strcmp(zone->name, name) == 0) {
			*hint = (uint32_t)(zone - zones) + 1;
			return zone;
		}
	}
	return NULL;
}

int parse_buddyinfo(const char *text, size_t len, struct zone *zones, uint32_t n_zones)
{
	struct scan scan = scan_of(text, len), line;
	uint32_t hint = 0, n_rows = 0;
	struct zone_line row;

	if (len == 0)
		return -ENODATA;
	/* Rows come in the order of zoneinfo, so that each search is short, and only one a
	 * zone: what is more cannot be true, and could keep us searching for long. */
	while (n_rows < ZONES_MAX && scan_whole_line(&scan, &line)) {
		struct free_blocks blocks = { .n_orders = 0 };
		struct zone *zone;

		if (!read_zone_line(line, &row) || row.type.len > 0)
			continue;
		n_rows++;
		zone = find_zone(&row, zones, n_zones, &hint);
		if (!zone)
			continue;
		if (!read_counts(&row.rest, blocks.count, NULL, &blocks.n_orders))
			blocks = (struct free_blocks){ .n_orders = 0 };
		zone->blocks = blocks;
	}
	return n_rows > 0 ? 0 : -EBADMSG;
}

static void read_migrate(struct zone_line *row, struct migrate_blocks *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->node = row->node;
	span_copy(row->zone, ret->zone, sizeof(ret->zone));
	span_copy(row->type, ret->type, sizeof(ret->type));
	if (!read_counts(&row->rest, ret->count, ret->at_least, &ret->n_orders)) {
		memset(ret->count, 0, sizeof(ret->count));
		memset(ret->at_least, 0, sizeof(ret->at_least));
	}
}

int parse_pagetypeinfo(
	const char *text, size_t len, struct migrate_blocks *blocks, uint32_t max, uint32_t *ret_n)
{
	struct scan scan = scan_of(text, len), line;
	struct zone_line row;
	uint32_t n = 0;

	if (len == 0)
		return -ENODATA;
	while (n < UINT32_MAX && scan_whole_line(&scan, &line)) {
		/* Only the free-pages table has a type in each row. */
		if (!read_zone_line(line, &row) || row.type.len == 0)
			continue;
		if (blocks && n == max)
			break;
		if (blocks)
			read_migrate(&row, &blocks[n]);
		n++;
	}
	if (n == 0)
		return -EBADMSG;

	*ret_n = n;
	return 0;
}
