/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/memory.h"
#include "parse/report_parts.h"

#define MEM(member) offsetof(struct report_mem, member)

static const struct report_field mem_fields[] = {
	{ "active", MEM(active_pages) },
	{ "inactive", MEM(inactive_pages) },
	{ "active_anon", MEM(active_anon_pages) },
	{ "inactive_anon", MEM(inactive_anon_pages) },
	{ "isolated_anon", MEM(isolated_anon_pages) },
	{ "active_file", MEM(active_file_pages) },
	{ "inactive_file", MEM(inactive_file_pages) },
	{ "isolated_file", MEM(isolated_file_pages) },
	{ "unevictable", MEM(unevictable_pages) },
	{ "dirty", MEM(dirty_pages) },
	{ "writeback", MEM(writeback_pages) },
	{ "unstable", MEM(unstable_pages) },
	{ "slab", MEM(slab_pages) },
	{ "slab_reclaimable", MEM(slab_reclaimable_pages) },
	{ "slab_unreclaimable", MEM(slab_unreclaimable_pages) },
	{ "mapped", MEM(mapped_pages) },
	{ "shmem", MEM(shmem_pages) },
	{ "pagetables", MEM(pagetables_pages) },
	{ "sec_pagetables", MEM(sec_pagetables_pages) },
	{ "bounce", MEM(bounce_pages) },
	{ "kernel_misc_reclaimable", MEM(kernel_misc_reclaimable_pages) },
	{ "free", MEM(free_pages) },
	{ "free_pcp", MEM(free_pcp_pages) },
	{ "free_cma", MEM(free_cma_pages) },
};

/* How a line "n NAME" begins behind its number. */
static const struct report_field total_fields[] = {
	{ "pages RAM", MEM(ram_pages) },
	{ "pages of RAM", MEM(ram_pages) },
	{ "pages HighMem", MEM(highmem_pages) },
	{ "pages of HIGHMEM", MEM(highmem_pages) },
	{ "pages reserved", MEM(reserved_pages) },
	{ "reserved pages", MEM(reserved_pages) },
	{ "pages cma reserved", MEM(cma_reserved_pages) },
	{ "pages hwpoisoned", MEM(hwpoisoned_pages) },
	{ "total pagecache pages", MEM(pagecache_pages) },
	{ "pages in swap cache", MEM(swap_cache_pages) },
	{ "pages swap cached", MEM(swap_cache_pages) },
};

#define NODE(member) offsetof(struct report_node, member)

static const struct report_field node_fields[] = {
	{ "active_anon", NODE(active_anon_kib) },
	{ "inactive_anon", NODE(inactive_anon_kib) },
	{ "active_file", NODE(active_file_kib) },
	{ "inactive_file", NODE(inactive_file_kib) },
	{ "unevictable", NODE(unevictable_kib) },
	{ "mapped", NODE(mapped_kib) },
	{ "dirty", NODE(dirty_kib) },
	{ "writeback", NODE(writeback_kib) },
	{ "shmem", NODE(shmem_kib) },
	{ "kernel_stack", NODE(kernel_stack_kib) },
	{ "pagetables", NODE(pagetables_kib) },
	{ "sec_pagetables", NODE(sec_pagetables_kib) },
	{ "balloon", NODE(balloon_kib) },
};

#define ZONE(member) offsetof(struct report_zone, member)

/* In kB until the page size is known (report_zone_pages()). */
static const struct report_field zone_fields[] = {
	{ "free", ZONE(zone.free_pages) },
	{ "boost", ZONE(zone.boost_pages) },
	{ "min", ZONE(zone.min_pages) },
	{ "low", ZONE(zone.low_pages) },
	{ "high", ZONE(zone.high_pages) },
	{ "promo", ZONE(zone.promo_pages) },
	{ "spanned", ZONE(zone.spanned_pages) },
	{ "present", ZONE(zone.present_pages) },
	{ "managed", ZONE(zone.managed_pages) },
	{ "free_cma", ZONE(zone.cma_free_pages) },
	{ "reserved_highatomic", ZONE(zone.highatomic_pages) },
	{ "active_anon", ZONE(zone.active_anon_pages) },
	{ "inactive_anon", ZONE(zone.inactive_anon_pages) },
	{ "active_file", ZONE(zone.active_file_pages) },
	{ "inactive_file", ZONE(zone.inactive_file_pages) },
	{ "unevictable", ZONE(unevictable_pages) },
	{ "writepending", ZONE(writepending_pages) },
	{ "mlocked", ZONE(mlocked_pages) },
	{ "shmem", ZONE(shmem_pages) },
	{ "slab_reclaimable", ZONE(slab_reclaimable_pages) },
	{ "slab_unreclaimable", ZONE(slab_unreclaimable_pages) },
	{ "kernel_stack", ZONE(kernel_stack_pages) },
	{ "pagetables", ZONE(pagetables_pages) },
	{ "bounce", ZONE(bounce_pages) },
	{ "free_pcp", ZONE(free_pcp_pages) },
	{ "free_highatomic", ZONE(free_highatomic_pages) },
	{ "zspages", ZONE(zspages_pages) },
};

static int64_t *zone_member(struct report_zone *zone, const struct report_field *field)
{
	return (int64_t *)(void *)((char *)zone + field->offset);
}

void report_zone_pages(struct report_zone *zone, int64_t page_bytes)
{
	for (size_t i = 0; i < ARRAY_SIZE(zone_fields); i++) {
		int64_t *value = zone_member(zone, &zone_fields[i]);

		if (value_known(*value))
			*value = *value * 1024 / page_bytes;
	}
}

/** "Node 0 Normal": which zone a line is about. */
struct zone_key {
	int node;
	char name[16];
};

/* Without NUMA the kernel prints no node. */
static bool read_node(struct scan *text, int *ret)
{
	int64_t node = 0;

	if (scan_literal(text, "Node ") &&
		(!scan_int(text, &node) || node < 0 || node >= NODES_MAX))
		return false;
	scan_blanks(text);
	*ret = (int)node;
	return true;
}

static bool read_key(struct scan *text, struct zone_key *ret)
{
	struct span name;

	if (!read_node(text, &ret->node) || !scan_word(text, &name))
		return false;
	if (name.at[name.len - 1] == ':')
		name.len--;
	span_copy(name, ret->name, sizeof(ret->name));
	return true;
}

static bool is_zone(void *item, const void *key)
{
	const struct zone *zone = &((struct report_zone *)item)->zone;
	const struct zone_key *wanted = key;

	return zone->node == wanted->node && strcmp(zone->name, wanted->name) == 0;
}

/* The zone of a key, a new one if it was not named before; NULL without memory. */
static struct report_zone *zone_of(struct open_report *open, const struct zone_key *key)
{
	struct report_zone *zone = list_find(&open->zones, is_zone, key);

	if (zone)
		return zone;
	zone = list_add(&open->zones, &open->arena);
	if (!zone)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(zone_fields); i++)
		*zone_member(zone, &zone_fields[i]) = VALUE_UNKNOWN;
	zone->zone.start_pfn = zone->zone.cma_pages = VALUE_UNKNOWN;
	for (size_t i = 0; i < ZONE_TYPES_MAX; i++)
		zone->zone.protection_pages[i] = VALUE_UNKNOWN;
	zone->zone.node = key->node;
	memcpy(zone->zone.name, key->name, sizeof(zone->zone.name));
	return zone;
}

static void read_zone(struct open_report *open, struct scan text)
{
	struct zone_key key;

	open->zone = NULL;
	open->node = NULL;
	if (!read_key(&text, &key))
		return;
	open->zone = zone_of(open, &key);
	if (!open->zone)
		return;
	report_fields(text, zone_fields, ARRAY_SIZE(zone_fields), open->zone);
	open->zone->zone.node_unreclaimable = report_has(text, "all_unreclaimable? yes");
}

static void read_node_line(struct open_report *open, struct scan text)
{
	struct report_node *node;
	int number;

	open->zone = NULL;
	open->node = NULL;
	if (!read_node(&text, &number))
		return;
	node = list_add(&open->nodes, &open->arena);
	if (!node)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(node_fields); i++)
		*(int64_t *)(void *)((char *)node + node_fields[i].offset) = VALUE_UNKNOWN;
	node->node = number;
	report_fields(text, node_fields, ARRAY_SIZE(node_fields), node);
	node->all_unreclaimable = report_has(text, "all_unreclaimable? yes");
	open->node = node;
}

/* The rest of a node's or zone's line that could not be put together. */
static void read_rest(struct open_report *open, struct scan text)
{
	if (open->zone)
		report_fields(text, zone_fields, ARRAY_SIZE(zone_fields), open->zone);
	else if (open->node)
		report_fields(text, node_fields, ARRAY_SIZE(node_fields), open->node);
}

/* "lowmem_reserve[]: 0 2929 3882", of the zone before it. */
static void read_reserve(struct open_report *open, struct scan text)
{
	struct zone *zone = open->zone ? &open->zone->zone : NULL;
	unsigned n = 0;

	if (!zone || !scan_literal(&text, "lowmem_reserve[]:"))
		return;
	while (n < ZONE_TYPES_MAX && scan_value(&text, SCAN_PAGES_MAX, &zone->protection_pages[n]))
		n++;
	zone->n_protection = n;
}

/* "1*4kB (U) 0*8kB … = 15360kB": sizes tell the order, the least is the page size. */
static void read_blocks(struct open_report *open, struct scan text, struct free_blocks *blocks)
{
	unsigned n = 0;

	while (n < ORDERS_MAX) {
		struct scan ahead;
		struct span letters;
		uint64_t count;
		int64_t kib;

		scan_blanks(&text);
		if (scan_literal(&text, "(") && !scan_until(&text, ')', &letters))
			break;
		ahead = text;
		if (!scan_uint(&ahead, &count) || !scan_literal(&ahead, "*") ||
			!scan_int(&ahead, &kib) || !scan_literal(&ahead, "kB"))
			break;
		if (n == 0 && kib >= 4 && kib <= 1024 && (kib & (kib - 1)) == 0) {
			open->report.page_bytes = kib * 1024;
			open->report.page_bytes_known = true;
		}
		if (count > FREE_BLOCKS_MAX)
			return;
		blocks->count[n++] = count;
		text = ahead;
	}
	blocks->n_orders = n;
}

static void read_buddy(struct open_report *open, struct scan text)
{
	struct zone_key key;
	struct report_zone *zone;

	if (!read_key(&text, &key) || !(zone = zone_of(open, &key)))
		return;
	memset(&zone->zone.blocks, 0, sizeof(zone->zone.blocks));
	read_blocks(open, text, &zone->zone.blocks);
}

static void read_count(struct scan text, const char *key, int64_t *ret)
{
	int64_t value;

	if (report_number(text, key, &value) && value >= 0 && value <= SCAN_PAGES_MAX)
		*ret = value;
}

static void read_huge(struct open_report *open, struct scan text)
{
	struct report_huge *huge;
	int node;

	if (!read_node(&text, &node))
		return;
	huge = list_add(&open->huge, &open->arena);
	if (!huge)
		return;
	*huge = (struct report_huge){ .node = node,
		.size_kib = VALUE_UNKNOWN,
		.total = VALUE_UNKNOWN,
		.free = VALUE_UNKNOWN,
		.surplus = VALUE_UNKNOWN };
	read_count(text, "hugepages_total=", &huge->total);
	read_count(text, "hugepages_free=", &huge->free);
	read_count(text, "hugepages_surp=", &huge->surplus);
	read_count(text, "hugepages_size=", &huge->size_kib);
}

/* "262044 pages RAM", "Free swap  = 0kB" */
static void read_totals(struct open_report *open, struct scan text)
{
	struct oom_report *report = &open->report;
	int64_t *swap = NULL;
	struct span before;
	int64_t value;

	if (scan_literal(&text, "Free swap"))
		swap = &report->swap_free_kib;
	else if (scan_literal(&text, "Total swap"))
		swap = &report->swap_total_kib;
	if (swap) {
		if (scan_until(&text, '=', &before) && scan_value(&text, SCAN_KIB_MAX, &value))
			*swap = value;
		return;
	}
	if (!scan_value(&text, SCAN_PAGES_MAX, &value))
		return;
	scan_blanks(&text);
	for (size_t i = 0; i < ARRAY_SIZE(total_fields); i++) {
		struct scan ahead = text;

		if (scan_literal(&ahead, total_fields[i].name)) {
			*(int64_t *)(void *)((char *)&report->mem + total_fields[i].offset) = value;
			return;
		}
	}
}

void report_read_mem(
	struct report_parser *parser, struct open_report *open, const struct report_line *line)
{
	const struct scan text = report_text(line);

	if (line->kind == LINE_COUNTERS)
		report_fields(text, mem_fields, ARRAY_SIZE(mem_fields), &open->report.mem);
	else if (line->kind == LINE_NODE)
		read_node_line(open, text);
	else if (line->kind == LINE_ZONE)
		read_zone(open, text);
	else if (line->kind == LINE_FIELDS)
		read_rest(open, text);
	else if (line->kind == LINE_RESERVE)
		read_reserve(open, text);
	else if (line->kind == LINE_BUDDY)
		read_buddy(open, text);
	else if (line->kind == LINE_HUGE)
		read_huge(open, text);
	else if (line->kind == LINE_TOTALS)
		read_totals(open, text);
	/* Somebody cut the rest of the line off. */
	if (line->len > 4 && memcmp(line->text + line->len - 4, " ...", 4) == 0)
		open->report.elided = true;
	(void)parser;
}
