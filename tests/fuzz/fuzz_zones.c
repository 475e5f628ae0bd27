/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fuzz.h"
#include "parse/scan.h"
#include "parse/zones.h"

#define ZONES 8
#define ROWS 8

static void check_rc(int rc, size_t size)
{
	CHECK(rc == 0 || rc == -ENODATA || rc == -EBADMSG);
	CHECK((rc == -ENODATA) == (size == 0));
}

static void check_zone(const struct zone *zone)
{
	/* The numbers stand in one row, protections last. */
	const size_t numbers =
		offsetof(struct zone, n_protection) - offsetof(struct zone, free_pages);

	CHECK(zone->node >= 0 && zone->node < NODES_MAX);
	CHECK(memchr(zone->name, '\0', sizeof(zone->name)));
	CHECK(fuzz_values(&zone->free_pages, numbers, SCAN_PAGES_MAX));
	CHECK(zone->n_protection <= ZONE_TYPES_MAX);
	CHECK(zone->blocks.n_orders <= ORDERS_MAX);
	for (unsigned i = 0; i < ORDERS_MAX; i++)
		CHECK(zone->blocks.count[i] <= FREE_BLOCKS_MAX);
}

static void run_zoneinfo(const char *text, size_t size)
{
	struct zone *zones = malloc(ZONES * sizeof(*zones));
	uint32_t n = 42, all = 42;
	const int counted = parse_zoneinfo(text, size, NULL, 0, &all);

	if (!zones)
		abort();
	fuzz_fill(zones, ZONES * sizeof(*zones));
	check_rc(counted, size);
	CHECK(parse_zoneinfo(text, size, zones, ZONES, &n) == counted);
	if (counted == 0) {
		CHECK(n == (all < ZONES ? all : ZONES));
	} else {
		CHECK(all == 42 && n == 42 && fuzz_unchanged(zones, ZONES * sizeof(*zones)));
		n = 0;
	}
	check_rc(parse_buddyinfo(text, size, zones, n), size);
	for (uint32_t i = 0; i < n; i++)
		check_zone(&zones[i]);
	free(zones);
}

/* Blocks of zones that are there whatever the text says. */
static void run_buddyinfo(const char *text, size_t size)
{
	struct zone *zones = calloc(3, sizeof(*zones));

	if (!zones)
		abort();
	memcpy(zones[0].name, "DMA", sizeof("DMA"));
	memcpy(zones[1].name, "Normal", sizeof("Normal"));
	memcpy(zones[2].name, "Normal", sizeof("Normal"));
	zones[2].node = 1;
	check_rc(parse_buddyinfo(text, size, zones, 3), size);
	for (uint32_t i = 0; i < 3; i++)
		check_zone(&zones[i]);
	free(zones);
}

static void run_pagetypeinfo(const char *text, size_t size)
{
	struct migrate_blocks *rows = malloc(ROWS * sizeof(*rows));
	uint32_t n = 42, all = 42;
	const int counted = parse_pagetypeinfo(text, size, NULL, 0, &all);

	if (!rows)
		abort();
	check_rc(counted, size);
	CHECK(parse_pagetypeinfo(text, size, rows, ROWS, &n) == counted);
	if (counted == 0)
		CHECK(n == (all < ROWS ? all : ROWS));
	else
		CHECK(all == 42 && n == 42);
	for (uint32_t i = 0; counted == 0 && i < n; i++) {
		CHECK(rows[i].node >= 0 && rows[i].node < NODES_MAX);
		CHECK(memchr(rows[i].zone, '\0', sizeof(rows[i].zone)));
		CHECK(memchr(rows[i].type, '\0', sizeof(rows[i].type)));
		CHECK(rows[i].n_orders <= ORDERS_MAX);
		for (unsigned k = 0; k < ORDERS_MAX; k++)
			CHECK(rows[i].count[k] <= FREE_BLOCKS_MAX);
	}
	free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, false);

	run_zoneinfo(text, size);
	run_buddyinfo(text, size);
	run_pagetypeinfo(text, size);
	free(text);
	return 0;
}
