/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "cuts.h"
#include "parse/zones.h"
#include "unit.h"

static const char buddyinfo[] =
	"Node 0, zone      DMA      0      0      0      0      0      0      0      0      1      1      3 \n"
	"Node 0, zone   Normal    537    325    256     92     49     37     15     11      7      2    150 \n"
	"Node 1, zone   Normal      1      0      0      0      0      0      0      0      0      0      9 \n";

static const struct zone three_zones[] = {
	{ .node = 0, .name = "DMA" },
	{ .node = 0, .name = "Normal" },
	{ .node = 1, .name = "Normal" },
};

static bool same_counts(const uint64_t *a, const uint64_t *b)
{
	return memcmp(a, b, ORDERS_MAX * sizeof(*a)) == 0;
}

static void blocks_find_their_zones(void)
{
	struct zone zone[3];

	memcpy(zone, three_zones, sizeof(zone));
	expect_int("parsed", parse_buddyinfo(buddyinfo, strlen(buddyinfo), zone, 3), 0);
	expect_int("orders", zone[0].blocks.n_orders, 11);
	expect_int("DMA", zone[0].blocks.count[10], 3);
	expect_int("Normal", zone[1].blocks.count[0], 537);
	expect_int("node 1", zone[2].blocks.count[10], 9);

	/* Not in the order of the text, and not all of them. */
	memcpy(&zone[0], &three_zones[2], sizeof(zone[0]));
	memcpy(&zone[1], &three_zones[0], sizeof(zone[1]));
	expect_int("parsed", parse_buddyinfo(buddyinfo, strlen(buddyinfo), zone, 2), 0);
	expect_int("node 1", zone[0].blocks.count[0], 1);
	expect_int("DMA", zone[1].blocks.count[8], 1);
	expect_int("no zones", parse_buddyinfo(buddyinfo, strlen(buddyinfo), zone, 0), 0);
}

static void block_counts_have_limits(void)
{
	static const struct {
		const char *counts;
		unsigned orders;
		uint64_t first;
	} cases[] = {
		{ "1 2", 2, 1 },
		{ "68719476735", 1, FREE_BLOCKS_MAX },
		{ "68719476736", 0, 0 },
		{ "1 68719476736", 0, 0 },
		{ "99999999999999999999999", 0, 0 },
		{ "-1", 0, 0 },
		{ "1 x", 0, 0 },
		{ ">100000", 0, 0 },
		{ "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", 16, 1 },
		{ "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", 0, 0 },
		{ "", 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct zone zone = { .name = "DMA", .blocks = { { 42 }, 7 } };
		char text[128];

		snprintf(text, sizeof(text), "Node 0, zone DMA %s\n", cases[i].counts);
		expect_int(cases[i].counts, parse_buddyinfo(text, strlen(text), &zone, 1), 0);
		expect_int(cases[i].counts, zone.blocks.n_orders, cases[i].orders);
		expect_int(cases[i].counts, zone.blocks.count[0], cases[i].first);
	}
}

static void buddyinfo_without_a_zone_changes_nothing(void)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "", -ENODATA },
		{ "\n", -EBADMSG },
		{ "Node 0, zone DMA 1 2 3", -EBADMSG },
		{ "Node 0, zone DMA, type Movable 1 2 3\n", -EBADMSG },
		{ "zone DMA 1 2 3\n", -EBADMSG },
		{ "Node 1, zone DMA 1 2 3\n", 0 },
		{ "Node 0, zone DM 1 2 3\n", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct zone zone = { .name = "DMA", .blocks = { { 42 }, 7 } };

		expect_int(cases[i].text,
			parse_buddyinfo(cases[i].text, strlen(cases[i].text), &zone, 1),
			cases[i].want);
		expect_int(cases[i].text, zone.blocks.n_orders, 7);
		expect_int(cases[i].text, zone.blocks.count[0], 42);
	}
}

/* So that a text of nothing but strangers cannot keep us searching. */
static void buddyinfo_has_a_line_a_zone_at_most(void)
{
	static const char stranger[] = "Node 9, zone X 1\n", known[] = "Node 0, zone DMA 5\n";
	const size_t len = sizeof(stranger) - 1;
	char *text = malloc(ZONES_MAX * len + sizeof(known));

	if (!text)
		abort();
	for (size_t n = ZONES_MAX - 1; n <= ZONES_MAX; n++) {
		struct zone zone = { .name = "DMA" };

		for (size_t i = 0; i < n; i++)
			memcpy(text + i * len, stranger, len);
		memcpy(text + n * len, known, sizeof(known));
		expect_int("parsed", parse_buddyinfo(text, strlen(text), &zone, 1), 0);
		expect_int("orders", zone.blocks.n_orders, n < ZONES_MAX ? 1 : 0);
	}
	free(text);
}

static void cut_buddyinfo_gives_whole_lines(void)
{
	struct zone whole[3];

	memcpy(whole, three_zones, sizeof(whole));
	parse_buddyinfo(buddyinfo, strlen(buddyinfo), whole, 3);
	for (size_t len = 0; len < strlen(buddyinfo); len++) {
		char *copy = cut_copy(buddyinfo, len);
		struct zone zone[3];

		memcpy(zone, three_zones, sizeof(zone));
		parse_buddyinfo(copy, len, zone, 3);
		for (size_t z = 0; z < 3; z++)
			expect_true("all orders or none",
				zone[z].blocks.n_orders == 0 ||
					(zone[z].blocks.n_orders == 11 &&
						same_counts(zone[z].blocks.count,
							whole[z].blocks.count)));
		free(copy);
	}
}

/* 5.4 and later: counts are cut at 100000. */
static const char pagetypeinfo[] =
	"Page block order: 9\n"
	"Pages per block:  512\n"
	"\n"
	"Free pages count per migrate type at order       0      1      2 \n"
	"Node    0, zone      DMA, type    Unmovable      1      2      3 \n"
	"Node    0, zone   Normal, type      Movable >100000      0     59 \n"
	"Node    0, zone   Normal, type   HighAtomic      0      0      7 \n"
	"\n"
	"Number of blocks type     Unmovable      Movable   HighAtomic \n"
	"Node 0, zone      DMA            1            7            0 \n"
	"Node 0, zone   Normal           42          439            1 \n"
	"Number of mixed blocks    Unmovable      Movable   HighAtomic \n"
	"Node 0, zone      DMA            0            0            0 \n";

static void migrate_types_are_listed(void)
{
	struct migrate_blocks row[4];
	uint32_t n = 0;

	expect_int("parsed", parse_pagetypeinfo(pagetypeinfo, strlen(pagetypeinfo), row, 4, &n), 0);
	expect_int("rows", n, 3);
	expect_text("zone", row[0].zone, "DMA");
	expect_text("type", row[0].type, "Unmovable");
	expect_int("orders", row[0].n_orders, 3);
	expect_int("count", row[0].count[2], 3);
	expect_int("node", row[1].node, 0);
	expect_text("zone", row[1].zone, "Normal");
	expect_int("at least", row[1].count[0], 100000);
	expect_true("at least", row[1].at_least[0]);
	expect_true("exactly", !row[1].at_least[2]);
	expect_text("type", row[2].type, "HighAtomic");
	expect_int("count", row[2].count[2], 7);
}

static void migrate_rows_beyond_the_room_are_left_out(void)
{
	struct migrate_blocks row[2] = { [1] = { .type = "old" } };
	uint32_t n = 42;

	expect_int("count only",
		parse_pagetypeinfo(pagetypeinfo, strlen(pagetypeinfo), NULL, 0, &n), 0);
	expect_int("counted", n, 3);
	expect_int("one", parse_pagetypeinfo(pagetypeinfo, strlen(pagetypeinfo), row, 1, &n), 0);
	expect_int("rows", n, 1);
	expect_text("first", row[0].type, "Unmovable");
	expect_text("not written", row[1].type, "old");
}

static void absurd_migrate_counts_are_unknown(void)
{
	static const char *const bad[] = {
		"Node 0, zone DMA, type Movable 1 68719476736\n",
		"Node 0, zone DMA, type Movable 1 -1\n",
		"Node 0, zone DMA, type Movable 1 >x\n",
		"Node 0, zone DMA, type Movable 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct migrate_blocks row;
		uint32_t n = 0;

		expect_int(bad[i], parse_pagetypeinfo(bad[i], strlen(bad[i]), &row, 1, &n), 0);
		expect_int(bad[i], n, 1);
		expect_int(bad[i], row.n_orders, 0);
		expect_int(bad[i], row.count[0], 0);
	}
}

static void pagetypeinfo_without_rows_changes_nothing(void)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "", -ENODATA },
		{ "Page block order: 9\n", -EBADMSG },
		{ "Node 0, zone DMA 1 2 3\n", -EBADMSG },
		{ "Node 0, zone DMA, type\n", -EBADMSG },
		{ "Node 0, zone DMA, type Movable 1", -EBADMSG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct migrate_blocks row = { .type = "old" };
		uint32_t n = 42;

		expect_int(cases[i].text,
			parse_pagetypeinfo(cases[i].text, strlen(cases[i].text), &row, 1, &n),
			cases[i].want);
		expect_int(cases[i].text, n, 42);
		expect_text(cases[i].text, row.type, "old");
	}
}

static void cut_pagetypeinfo_gives_whole_rows(void)
{
	struct migrate_blocks whole[3], row[3];
	uint32_t n_whole = 0;

	memset(whole, 0, sizeof(whole));
	parse_pagetypeinfo(pagetypeinfo, strlen(pagetypeinfo), whole, 3, &n_whole);
	for (size_t len = 0; len < strlen(pagetypeinfo); len++) {
		char *copy = cut_copy(pagetypeinfo, len);
		uint32_t n = 0;

		parse_pagetypeinfo(copy, len, row, 3, &n);
		expect_true("rows", n <= n_whole);
		for (uint32_t i = 0; i < n; i++)
			expect_true("same",
				row[i].n_orders == 3 && same_counts(row[i].count, whole[i].count) &&
					strcmp(row[i].type, whole[i].type) == 0);
		free(copy);
	}
}

extern CU_TestInfo parse_blocks_tests[];

CU_TestInfo parse_blocks_tests[] = {
	{ "blocks find their zones", blocks_find_their_zones },
	{ "block counts have limits", block_counts_have_limits },
	{ "buddyinfo without a zone changes nothing", buddyinfo_without_a_zone_changes_nothing },
	{ "buddyinfo has a line a zone at most", buddyinfo_has_a_line_a_zone_at_most },
	{ "cut buddyinfo gives whole lines", cut_buddyinfo_gives_whole_lines },
	{ "migrate types are listed", migrate_types_are_listed },
	{ "migrate rows beyond the room are left out", migrate_rows_beyond_the_room_are_left_out },
	{ "absurd migrate counts are unknown", absurd_migrate_counts_are_unknown },
	{ "pagetypeinfo without rows changes nothing", pagetypeinfo_without_rows_changes_nothing },
	{ "cut pagetypeinfo gives whole rows", cut_pagetypeinfo_gives_whole_rows },
	CU_TEST_INFO_NULL,
};
