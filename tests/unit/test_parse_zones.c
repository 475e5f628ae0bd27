/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "cuts.h"
#include "parse/scan.h"
#include "parse/zones.h"
#include "unit.h"

#define PAGESETS                                                                       \
	"  pagesets\n    cpu: 0\n              count: 170\n              high:  186\n" \
	"              batch: 31\n  vm stats threshold: 20\n"

/* 2.6.32..4.7: LRU lists among the zone's statistics, protection behind these. */
static const char zoneinfo_2_6_32[] =
	"Node 0, zone      DMA\n"
	"  pages free     3931\n        min      11\n        low      13\n        high     16\n"
	"        scanned  0\n        spanned  4095\n        present  3840\n"
	"    nr_free_pages 3931\n    nr_inactive_anon 1\n    nr_active_anon 2\n"
	"    nr_inactive_file 3\n    nr_active_file 4\n    nr_unevictable 5\n"
	"        protection: (0, 3000, 4010, 4010)\n" PAGESETS
	"  all_unreclaimable: 1\n  prev_priority:     12\n  start_pfn:         1\n"
	"  inactive_ratio:    1\n"
	"Node 0, zone   Normal\n"
	"  pages free     5000\n        min      700\n        low      875\n        high     1050\n"
	"        scanned  0\n        spanned  262144\n        present  258560\n"
	"    nr_free_pages 5000\n    nr_inactive_anon 10\n    nr_active_anon 20\n"
	"    nr_inactive_file 30\n    nr_active_file 40\n"
	"        protection: (0, 0, 0, 0)\n" PAGESETS
	"  all_unreclaimable: 0\n  prev_priority:     12\n  start_pfn:         1048576\n";

/* 4.8..4.11: node statistics before the first zone of each node. */
static const char zoneinfo_4_9[] =
	"Node 0, zone      DMA\n"
	"  per-node stats\n"
	"      nr_inactive_anon 777771\n      nr_active_anon 777772\n      nr_inactive_file 777773\n"
	"      nr_active_file 777774\n      nr_free_cma  777775\n      min 777776\n"
	"  pages free     3971\n        min      33\n        low      41\n        high     49\n"
	"   node_scanned  0\n        spanned  4095\n        present  3998\n        managed  3977\n"
	"      nr_free_pages 3971\n      nr_zone_inactive_anon 1\n      nr_zone_active_anon 2\n"
	"      nr_zone_inactive_file 3\n      nr_zone_active_file 4\n      nr_free_cma  5\n"
	"        protection: (0, 2892, 3881, 3881)\n" PAGESETS
	"  node_unreclaimable:  1\n  start_pfn:           1\n  node_inactive_ratio: 0\n"
	"Node 1, zone   Normal\n"
	"  per-node stats\n      nr_inactive_file 777773\n"
	"  pages free     88\n        min      44\n        low      55\n        high     66\n"
	"   node_scanned  0\n        spanned  100\n        present  99\n        managed  98\n"
	"      nr_zone_inactive_file 7\n"
	"        protection: (0, 0, 0, 0)\n" PAGESETS "  node_unreclaimable:  0\n";

/* 6.18: protection first, empty zones end behind it, boost, promo and cma. */
static const char zoneinfo_6_18[] =
	"Node 0, zone    DMA32\n"
	"  per-node stats\n      nr_inactive_anon 2563\n      nr_inactive_file 40016\n"
	"      pgpromote_success 0\n      nr_balloon_pages 0\n"
	"  pages free     772917\n        boost    17\n        min      12570\n"
	"        low      15712\n        high     18854\n        promo    21996\n"
	"        spanned  1044480\n        present  782336\n        managed  772918\n"
	"        cma      4096\n        protection: (0, 0, 1024, 1024, 1024)\n"
	"      nr_free_pages 772917\n      nr_free_pages_blocks 771072\n"
	"      nr_zone_inactive_anon 2556\n      nr_zone_active_anon 392\n"
	"      nr_zone_inactive_file 40015\n      nr_zone_active_file 18059\n"
	"      nr_free_cma  4000\n      nr_reserved_highatomic 512\n"
	"  pagesets\n    cpu: 0\n              count:    1560\n              high:     3681\n"
	"              batch:    63\n              high_min: 2664\n"
	"              high_max: 16384\n  vm stats threshold: 20\n"
	"  node_unreclaimable:  0\n  start_pfn:           4096\n"
	"Node 0, zone  Movable\n"
	"  pages free     0\n        boost    0\n        min      32\n        low      32\n"
	"        high     32\n        promo    32\n        spanned  0\n        present  0\n"
	"        managed  0\n        cma      0\n        protection: (0, 0, 0, 0, 0)\n";

static uint32_t zoneinfo_of(const char *text, struct zone *zones, uint32_t max)
{
	uint32_t n = 0;

	expect_int("parsed", parse_zoneinfo(text, strlen(text), zones, max, &n), 0);
	return n;
}

/* The int64_t members of a zone, which stand in one row. */
static bool zone_agrees(const struct zone *cut, const struct zone *whole)
{
	const size_t start = offsetof(struct zone, free_pages);
	const size_t end = offsetof(struct zone, n_protection);

	return cut->node == whole->node && strcmp(cut->name, whole->name) == 0 &&
		known_agree(&cut->free_pages, &whole->free_pages, end - start) &&
		(cut->n_protection == 0 || cut->n_protection == whole->n_protection) &&
		(!cut->node_unreclaimable || whole->node_unreclaimable);
}

static void zones_of_2_6_32(void)
{
	struct zone zone[4];

	expect_int("zones", zoneinfo_of(zoneinfo_2_6_32, zone, 4), 2);
	expect_text("name", zone[0].name, "DMA");
	expect_int("node", zone[0].node, 0);
	expect_int("free", zone[0].free_pages, 3931);
	expect_int("min", zone[0].min_pages, 11);
	expect_int("low", zone[0].low_pages, 13);
	expect_int("high is the watermark", zone[0].high_pages, 16);
	expect_int("spanned", zone[0].spanned_pages, 4095);
	expect_int("start", zone[0].start_pfn, 1);
	expect_int("start of the second", zone[1].start_pfn, 1048576);
	expect_int("present", zone[0].present_pages, 3840);
	expect_int("managed", zone[0].managed_pages, VALUE_UNKNOWN);
	expect_int("boost", zone[0].boost_pages, VALUE_UNKNOWN);
	expect_int("promo", zone[0].promo_pages, VALUE_UNKNOWN);
	expect_int("cma", zone[0].cma_free_pages, VALUE_UNKNOWN);
	expect_int("highatomic", zone[0].highatomic_pages, VALUE_UNKNOWN);
	expect_int("inactive anon", zone[0].inactive_anon_pages, 1);
	expect_int("active anon", zone[0].active_anon_pages, 2);
	expect_int("inactive file", zone[0].inactive_file_pages, 3);
	expect_int("active file", zone[0].active_file_pages, 4);
	expect_int("protections", zone[0].n_protection, 4);
	expect_int("protection", zone[0].protection_pages[2], 4010);
	expect_int("beyond", zone[0].protection_pages[4], VALUE_UNKNOWN);
	expect_true("gave up", zone[0].node_unreclaimable);
	expect_int("blocks", zone[0].blocks.n_orders, 0);
	expect_text("second", zone[1].name, "Normal");
	expect_int("second free", zone[1].free_pages, 5000);
	expect_int("second file", zone[1].inactive_file_pages, 30);
	expect_true("second goes on", !zone[1].node_unreclaimable);
}

static void node_statistics_are_not_the_zones(void)
{
	struct zone zone[4];

	expect_int("zones", zoneinfo_of(zoneinfo_4_9, zone, 4), 2);
	expect_int("inactive anon", zone[0].inactive_anon_pages, 1);
	expect_int("active anon", zone[0].active_anon_pages, 2);
	expect_int("inactive file", zone[0].inactive_file_pages, 3);
	expect_int("active file", zone[0].active_file_pages, 4);
	expect_int("cma", zone[0].cma_free_pages, 5);
	expect_int("min", zone[0].min_pages, 33);
	expect_int("managed", zone[0].managed_pages, 3977);
	expect_true("gave up", zone[0].node_unreclaimable);
	expect_int("node", zone[1].node, 1);
	expect_int("file of the second", zone[1].inactive_file_pages, 7);
	expect_int("anon of the second", zone[1].inactive_anon_pages, VALUE_UNKNOWN);
	expect_true("second goes on", !zone[1].node_unreclaimable);
}

static void zones_of_6_18(void)
{
	struct zone zone[4];

	expect_int("zones", zoneinfo_of(zoneinfo_6_18, zone, 4), 2);
	expect_int("boost", zone[0].boost_pages, 17);
	expect_int("promo", zone[0].promo_pages, 21996);
	expect_int("high", zone[0].high_pages, 18854);
	expect_int("managed", zone[0].managed_pages, 772918);
	expect_int("cma", zone[0].cma_pages, 4096);
	expect_int("cma free", zone[0].cma_free_pages, 4000);
	expect_int("highatomic", zone[0].highatomic_pages, 512);
	expect_int("protections", zone[0].n_protection, 5);
	expect_int("protection", zone[0].protection_pages[4], 1024);
	expect_int("inactive file", zone[0].inactive_file_pages, 40015);
	expect_text("empty zone", zone[1].name, "Movable");
	expect_int("managed", zone[1].managed_pages, 0);
	expect_int("min all the same", zone[1].min_pages, 32);
	expect_int("no statistics", zone[1].inactive_file_pages, VALUE_UNKNOWN);
	expect_int("not of the zone before", zone[1].cma_free_pages, VALUE_UNKNOWN);
}

static void zones_beyond_the_room_are_left_out(void)
{
	struct zone zone[2] = { [1] = { .free_pages = 42 } };
	uint32_t n = 42;

	expect_int("one", zoneinfo_of(zoneinfo_6_18, zone, 1), 1);
	expect_text("first", zone[0].name, "DMA32");
	expect_int("not overwritten", zone[0].managed_pages, 772918);
	expect_int("not written", zone[1].free_pages, 42);
	expect_int("counted", zoneinfo_of(zoneinfo_6_18, NULL, 0), 2);
	expect_int("no room at all",
		parse_zoneinfo(zoneinfo_6_18, strlen(zoneinfo_6_18), zone, 0, &n), -EBADMSG);
	expect_int("unchanged", n, 42);
}

static void absurd_numbers_of_zones_are_unknown(void)
{
	static const struct {
		const char *line;
		int64_t want;
	} cases[] = {
		{ "        min      35184372088831\n", SCAN_PAGES_MAX },
		{ "        min      35184372088832\n", VALUE_UNKNOWN },
		{ "        min      18446744073709551615\n", VALUE_UNKNOWN },
		{ "        min      -1\n", VALUE_UNKNOWN },
		{ "        min      1 2\n", VALUE_UNKNOWN },
		{ "        min      1x\n", VALUE_UNKNOWN },
		{ "        min\n", VALUE_UNKNOWN },
		{ "        min:     1\n", VALUE_UNKNOWN },
		{ "        min      1", VALUE_UNKNOWN },
		{ "min 1  \n", 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct zone zone[1];
		char text[256];

		snprintf(text, sizeof(text), "Node 0, zone DMA\n  pages free 9\n%s", cases[i].line);
		expect_int(cases[i].line, zoneinfo_of(text, zone, 1), 1);
		expect_int(cases[i].line, zone[0].min_pages, cases[i].want);
		expect_int(cases[i].line, zone[0].free_pages, 9);
	}
}

static void protections_keep_what_fits(void)
{
	static const struct {
		const char *line;
		unsigned n;
		int64_t first;
		int64_t last;
	} cases[] = {
		{ "protection: (1, 2, 3, 4, 5, 6, 7, 8)\n", 8, 1, 8 },
		{ "protection: (1, 2, 3, 4, 5, 6, 7, 8, 9)\n", 8, 1, 8 },
		{ "protection: (-1, 5)\n", 2, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ "protection: (7)\n", 1, 7, VALUE_UNKNOWN },
		{ "protection: ()\n", 0, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ "protection: 7\n", 0, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ "protection: (7,", 0, VALUE_UNKNOWN, VALUE_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct zone zone[1];
		char text[256];

		snprintf(text, sizeof(text), "Node 0, zone DMA\n%s", cases[i].line);
		expect_int(cases[i].line, zoneinfo_of(text, zone, 1), 1);
		expect_int(cases[i].line, zone[0].n_protection, cases[i].n);
		expect_int(cases[i].line, zone[0].protection_pages[0], cases[i].first);
		expect_int(cases[i].line, zone[0].protection_pages[7], cases[i].last);
	}
}

static void headings_are_checked(void)
{
	static const struct {
		const char *text;
		int rc;
		const char *name;
	} cases[] = {
		{ "", -ENODATA, NULL },
		{ "\n", -EBADMSG, NULL },
		{ "  pages free 5\n", -EBADMSG, NULL },
		{ "Node 0, zone DMA", -EBADMSG, NULL },
		{ "Node 0, zone\n", -EBADMSG, NULL },
		{ "Node x, zone DMA\n", -EBADMSG, NULL },
		{ "Node -1, zone DMA\n", -EBADMSG, NULL },
		{ "Node 1024, zone DMA\n", -EBADMSG, NULL },
		{ "Node 99999999999999999999, zone DMA\n", -EBADMSG, NULL },
		{ "Node 0, zone DMA 1 2 3\n", -EBADMSG, NULL },
		{ "Node 0, zone DMA, type Movable\n", -EBADMSG, NULL },
		{ "Node 1023, zone DMA\n", 0, "DMA" },
		{ "Node 0, zone ,\n", -EBADMSG, NULL },
		{ "Node 0, zone 123456789012345\n", 0, "123456789012345" },
		{ "Node 0, zone 1234567890123456\n", 0, "123456789012345" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct zone zone[1] = { { .name = "old" } };
		uint32_t n = 42;

		expect_int(cases[i].text,
			parse_zoneinfo(cases[i].text, strlen(cases[i].text), zone, 1, &n),
			cases[i].rc);
		expect_int(cases[i].text, n, cases[i].rc == 0 ? 1 : 42);
		expect_text(cases[i].text, zone[0].name, cases[i].name ? cases[i].name : "old");
	}
}

static void cut_zoneinfo_gives_no_wrong_number(void)
{
	static const char *const texts[] = { zoneinfo_2_6_32, zoneinfo_4_9, zoneinfo_6_18 };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct zone whole[4], cut[4];
		const uint32_t n_whole = zoneinfo_of(texts[i], whole, 4);

		for (size_t len = 0; len < strlen(texts[i]); len++) {
			char *copy = cut_copy(texts[i], len);
			uint32_t n = 0;

			if (parse_zoneinfo(copy, len, cut, 4, &n) == 0)
				expect_true("zones", n > 0 && n <= n_whole);
			for (uint32_t z = 0; z < n; z++)
				expect_true("agrees", zone_agrees(&cut[z], &whole[z]));
			free(copy);
		}
	}
}

extern CU_TestInfo parse_zones_tests[];

CU_TestInfo parse_zones_tests[] = {
	{ "zones of 2.6.32", zones_of_2_6_32 },
	{ "node statistics are not the zones'", node_statistics_are_not_the_zones },
	{ "zones of 6.18", zones_of_6_18 },
	{ "zones beyond the room are left out", zones_beyond_the_room_are_left_out },
	{ "absurd numbers of zones are unknown", absurd_numbers_of_zones_are_unknown },
	{ "protections keep what fits", protections_keep_what_fits },
	{ "headings are checked", headings_are_checked },
	{ "cut zoneinfo gives no wrong number", cut_zoneinfo_gives_no_wrong_number },
	CU_TEST_INFO_NULL,
};
