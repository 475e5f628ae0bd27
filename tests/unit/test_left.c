/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/history.h"
#include "analysis/left.h"
#include "unit.h"

/* In KiB: 1,000,000 in all, no zones, no swap. */
static struct snapshot without_zones(void)
{
	struct snapshot now;

	memset(&now, 0, sizeof(now));
	values_forget(&now.mem, sizeof(now.mem));
	values_forget(&now.knobs, sizeof(now.knobs));
	values_forget(&now.vmstat, sizeof(now.vmstat));
	values_forget(&now.pressure, sizeof(now.pressure));
	now.page_bytes = 4096;
	now.uptime_ms = 5000;
	now.mem.mem_total_kib = 1000000;
	now.mem.mem_free_kib = 100000;
	now.mem.active_file_kib = 60000;
	now.mem.inactive_file_kib = 40000;
	now.mem.anon_kib = 300000;
	now.mem.active_anon_kib = 200000;
	now.mem.inactive_anon_kib = 110000;
	now.mem.shmem_kib = 10000;
	now.mem.mapped_kib = 30000;
	now.mem.dirty_kib = 5000;
	now.mem.writeback_kib = 1000;
	now.mem.slab_reclaimable_kib = 8000;
	now.mem.slab_unreclaimable_kib = 9000;
	now.mem.swap_total_kib = 0;
	now.mem.swap_free_kib = 0;
	now.knobs.min_free_kbytes = 4000;
	return now;
}

static struct zone a_zone(int64_t free, int64_t file)
{
	struct zone zone;

	memset(&zone, 0, sizeof(zone));
	strcpy(zone.name, "Normal");
	zone.managed_pages = 250000;
	zone.free_pages = free;
	zone.min_pages = 1000;
	zone.active_file_pages = file;
	zone.n_protection = 1;
	return zone;
}

static void zones_decide_where_there_are_some(void)
{
	struct zone zone = a_zone(26000, 25000);
	struct snapshot now = without_zones();
	struct left left;

	now.zones = &zone;
	now.n_zones = 1;
	left_of_system(&now, NULL, &left);
	expect_int("free above min", left.free_kib, 100000);
	expect_int("cache: file and slab", left.cache_kib, 104000);
	expect_int("high", left.high_kib, 204000);
	expect_int("no swap", left.swap_kib, 0);
	/* 20,000 of 100,000 file pages are mapped, 6,000 dirty: 740 of 1000 are sure */
	expect_int("low", left.low_kib, 100000 + 74000);

	zone.min_pages = VALUE_UNKNOWN;
	left_of_system(&now, NULL, &left);
	expect_int("a broken zoneinfo is as none", left.free_kib, 96000);
}

static void what_the_host_took_back_counts_at_best(void)
{
	static const struct {
		const char *label;
		int64_t managed_pages, mem_free;
		enum partial_view partial;
		int64_t want; /* beyond what the zone has */
	} cases[] = {
		{ "the zone has it all", 250000, 104000, PARTIAL_NONE, 0 },
		{ "half of the memory is lent", 125000, 604000, PARTIAL_NONE, 500000 },
		{ "and some of it is back", 125000, 404000, PARTIAL_NONE, 300000 },
		{ "all of it", 125000, 104000, PARTIAL_NONE, 0 },
		{ "a hundredth", 247500, 154000, PARTIAL_NONE, 10000 },
		{ "less is a matter of rounding", 247501, 154000, PARTIAL_NONE, 0 },
		{ "lxcfs shows totals of its own", 125000, 604000, PARTIAL_LXCFS, 0 },
		{ "before 3.10", VALUE_UNKNOWN, 604000, PARTIAL_NONE, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct zone zone = a_zone(26000, 25000);
		struct snapshot now = without_zones();
		struct left left;

		zone.managed_pages = cases[i].managed_pages;
		zone.present_pages = 250000;
		now.zones = &zone;
		now.n_zones = 1;
		now.mem.mem_free_kib = cases[i].mem_free;
		now.partial = cases[i].partial;
		left_of_system(&now, NULL, &left);
		expect_int(cases[i].label, left.free_kib, 100000 + cases[i].want);
		expect_int(cases[i].label, left.high_kib, 204000 + cases[i].want);
		expect_int("not sure", left.low_kib, 100000 + 74000);
	}
}

static void meminfo_is_the_stand_in(void)
{
	struct snapshot now = without_zones();
	struct left left;

	left_of_system(&now, NULL, &left);
	expect_int("free", left.free_kib, 96000);
	expect_int("high", left.high_kib, 200000);

	now.knobs.min_free_kbytes = VALUE_UNKNOWN;
	left_of_system(&now, NULL, &left);
	expect_int("min unknown", left.free_kib, 100000);

	now.knobs.min_free_kbytes = 150000;
	left_of_system(&now, NULL, &left);
	expect_int("less free than min", left.free_kib, 0);
	expect_int("cache makes up for it", left.high_kib, 54000);

	now.mem.inactive_file_kib = VALUE_UNKNOWN;
	left_of_system(&now, NULL, &left);
	expect_int("no LRU lines", left.high_kib, VALUE_UNKNOWN);
	expect_int("no LRU lines", left.low_kib, VALUE_UNKNOWN);

	now = without_zones();
	now.mem.mem_free_kib = VALUE_UNKNOWN;
	left_of_system(&now, NULL, &left);
	expect_int("no MemFree", left.high_kib, VALUE_UNKNOWN);
}

static void low_counts_only_clean_unmapped_cache(void)
{
	static const struct {
		const char *label;
		int64_t mapped, shmem, dirty, rss_file_pages, min_ttl_ms;
		int64_t want; /* of the 100,000 KiB file LRU */
	} cases[] = {
		{ "nothing held", 0, 0, 0, 0, 0, 100000 },
		{ "mapped", 30000, 0, 0, 0, 0, 70000 },
		{ "mapped, of it shmem", 30000, 10000, 0, 0, 0, 80000 },
		{ "mapped is all shmem, but one maps files", 30000, 90000, 0, 5000, 0, 80000 },
		{ "dirty", 0, 0, 30000, 0, 0, 70000 },
		{ "everything dirty", 0, 0, 100000, 0, 0, 0 },
		{ "more dirty than files", 0, 0, INT64_MAX, 0, 0, 0 },
		{ "unknown holds nothing", VALUE_UNKNOWN, 0, VALUE_UNKNOWN, VALUE_UNKNOWN, 0,
			100000 },
		{ "MGLRU keeps the working set", 0, 0, 0, 0, 1000, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct task task = { .rss_file_pages = cases[i].rss_file_pages };
		struct snapshot now = without_zones();
		struct left left;

		now.tasks = &task;
		now.n_tasks = 1;
		now.mem.mapped_kib = cases[i].mapped;
		now.mem.shmem_kib = cases[i].shmem;
		now.mem.dirty_kib = cases[i].dirty;
		now.mem.writeback_kib = 0;
		now.mem.slab_reclaimable_kib = 0;
		now.knobs.min_free_kbytes = 0;
		now.knobs.lru_gen_enabled = 7;
		now.knobs.lru_gen_min_ttl_ms = cases[i].min_ttl_ms;
		left_of_system(&now, NULL, &left);
		expect_int(
			cases[i].label, (left.low_kib - 100000 + 200) / 1000, cases[i].want / 1000);
		expect_int("high has all", left.high_kib, 200000);
	}
}

static void swap_counts_as_far_as_it_is_not_ram(void)
{
	static const struct {
		const char *label;
		int64_t free, cached, zram_size, zram_used, zswap, anon;
		int64_t want_low, want_swap; /* beyond the machine without swap */
	} cases[] = {
		{ "a disk", 200000, 0, 0, 0, 0, 310000, 200000, 200000 },
		{ "little to put there", 900000, 0, 0, 0, 0, 10000, 210000, 900000 },
		{ "zram", 200000, 0, 300000, 100000, 0, 310000, 0, 100000 },
		{ "zram and a disk", 200000, 0, 50000, 0, 0, 310000, 150000, 175000 },
		{ "zswap before a disk", 200000, 0, 0, 0, 1, 310000, 0, 100000 },
		{ "zswap off", 200000, 0, 0, 0, 0, 310000, 200000, 200000 },
		{ "full", 0, 0, 0, 0, 0, 310000, 0, 0 },
		{ "full, but for the swap cache", 0, 7000, 0, 0, 0, 310000, 0, 7000 },
		{ "not printed", VALUE_UNKNOWN, 0, 0, 0, 0, 310000, 0, VALUE_UNKNOWN },
		{ "zram fuller than it is", 200000, 0, 100, 200, 0, 310000, 200000, 200000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot now = without_zones();
		struct left without, left;

		left_of_system(&now, NULL, &without);
		now.mem.swap_free_kib = cases[i].free;
		now.mem.swap_cached_kib = cases[i].cached;
		now.mem.active_anon_kib = cases[i].anon;
		now.mem.inactive_anon_kib = 0;
		now.knobs.zswap_enabled = cases[i].zswap;
		now.swaps.n_areas = 1;
		now.swaps.area[0] = (struct swap_area){ .zram = cases[i].zram_size > 0,
			.size_kib = cases[i].zram_size,
			.used_kib = cases[i].zram_used };
		left_of_system(&now, NULL, &left);
		expect_int(cases[i].label, left.swap_kib, cases[i].want_swap);
		expect_int(cases[i].label, left.low_kib - without.low_kib, cases[i].want_low);
		expect_int(cases[i].label, left.high_kib,
			without.high_kib + value_or(cases[i].want_swap, 0));
	}
}

static void absurd_figures_stay_in_order(void)
{
	struct snapshot now = without_zones();
	struct left left;

	now.mem.mem_free_kib = INT64_MAX;
	now.mem.active_file_kib = INT64_MAX;
	now.mem.swap_free_kib = INT64_MAX;
	now.mem.swap_cached_kib = INT64_MAX;
	now.mem.kreclaimable_kib = INT64_MAX;
	left_of_system(&now, NULL, &left);
	expect_true("low", left.low_kib >= 0 && left.low_kib <= left.high_kib);
	expect_int("high saturates", left.high_kib, INT64_MAX);
}

static void history_follows_memory_into_swap(void)
{
	static struct history history;
	struct snapshot now = without_zones();

	history_init(&history);
	history_add(&history, &now);
	expect_int("anon and shmem", ring_at(&history.anon, 0).value, 310000);
	expect_int("left", ring_at(&history.left, 0).value, 200000);
	expect_int("slab", ring_at(&history.slab, 0).value, 9000);
	expect_int("MemAvailable is not there", history.available.count, 0);
	expect_int("nor is PSI", history.full_avg10.count, 0);

	now.uptime_ms = 6000;
	now.mem.anon_kib = 250000;
	now.mem.swap_total_kib = 500000;
	now.mem.swap_free_kib = 440000;
	now.mem.swap_cached_kib = 10000; /* in AnonPages too */
	history_add(&history, &now);
	expect_int("swapped out", ring_at(&history.anon, 1).value, 310000);

	now.mem.mem_available_kib = 123;
	now.pressure.full.avg10_centi = 456;
	now.uptime_ms = VALUE_UNKNOWN;
	history_add(&history, &now);
	expect_int("no time, no point", history.anon.count, 2);
	now.uptime_ms = 7000;
	history_add(&history, &now);
	expect_int("available", ring_at(&history.available, 0).value, 123);
	expect_int("PSI", ring_at(&history.full_avg10, 0).value, 456);
}

static void history_sees_kills(void)
{
	static const struct {
		const char *label;
		int64_t count, want_ms, want_kills;
	} ticks[] = {
		{ "first sight is no news", 7, VALUE_UNKNOWN, 0 },
		{ "the same", 7, VALUE_UNKNOWN, 0 },
		{ "two more", 9, 7000, 2 },
		{ "not printed", VALUE_UNKNOWN, 7000, 2 },
		{ "one more", 10, 9000, 1 },
		{ "back after a reboot", 0, 9000, 1 },
	};
	static struct history history;

	history_init(&history);
	for (size_t i = 0; i < ARRAY_SIZE(ticks); i++) {
		struct snapshot now = without_zones();

		now.uptime_ms = 5000 + 1000 * (int64_t)i;
		now.vmstat.oom_kill = ticks[i].count;
		history_add(&history, &now);
		expect_int(ticks[i].label, history.kill_ms, ticks[i].want_ms);
		expect_int(ticks[i].label, history.kills, ticks[i].want_kills);
	}
}

/* Node 0: 26000 pages free and 25000 of files; node 1: 6000 and 1000, and 40000 anonymous. */
static void nodes_give_what_their_zones_have_and_swap(void)
{
	struct zone zones[2] = { a_zone(26000, 25000), a_zone(6000, 1000) };
	const struct node_set first = { { 1 } }, second = { { 2 } }, absent = { { 4 } };
	struct snapshot now = without_zones();
	struct left left;

	zones[1].node = 1;
	zones[1].inactive_anon_pages = 40000;
	now.zones = zones;
	now.n_zones = 2;
	left_of_nodes(&now, NULL, &first, &left);
	expect_int("free above min", left.free_kib, 25000 * 4);
	expect_int("cache, no slab", left.cache_kib, 25000 * 4);
	expect_int("high", left.high_kib, 50000 * 4);
	expect_int("no swap", left.swap_kib, 0);
	/* Of 100,000 KiB of files 26,000 are mapped, dirty or written back: 74 % are sure. */
	expect_int("low", left.low_kib, (25000 + 18500) * 4);
	left_of_nodes(&now, NULL, &second, &left);
	expect_int("node 1", left.high_kib, 6000 * 4);

	now.mem.swap_total_kib = now.mem.swap_free_kib = 5000000;
	left_of_nodes(&now, NULL, &second, &left);
	expect_int("swap at best", left.swap_kib, 5000000);
	expect_int("high with it", left.high_kib, 5000000 + 24000);
	expect_int(
		"surely only what is there", left.low_kib, (5000 + 740) * 4 + 40000 * 4 + 6000 * 4);
	now.mem.swap_cached_kib = 1000000;
	left_of_nodes(&now, NULL, &second, &left);
	expect_int("and copies only of what is there", left.swap_kib, 5000000 + 160000);

	left_of_nodes(&now, NULL, &absent, &left);
	expect_int("no such node", left.high_kib, VALUE_UNKNOWN);
	zones[1].free_pages = VALUE_UNKNOWN;
	left_of_nodes(&now, NULL, &second, &left);
	expect_int("not read", left.high_kib, VALUE_UNKNOWN);
	left_of_nodes(&now, NULL, &first, &left);
	expect_true("of another node", value_known(left.high_kib));
}

extern CU_TestInfo left_tests[];
CU_TestInfo left_tests[] = {
	{ "zones decide where there are some", zones_decide_where_there_are_some },
	{ "what the host took back counts at best", what_the_host_took_back_counts_at_best },
	{ "meminfo is the stand-in", meminfo_is_the_stand_in },
	{ "low counts only clean unmapped cache", low_counts_only_clean_unmapped_cache },
	{ "swap counts as far as it is not RAM", swap_counts_as_far_as_it_is_not_ram },
	{ "absurd figures stay in order", absurd_figures_stay_in_order },
	{ "history follows memory into swap", history_follows_memory_into_swap },
	{ "history sees kills", history_sees_kills },
	{ "nodes give what their zones have and swap", nodes_give_what_their_zones_have_and_swap },
	CU_TEST_INFO_NULL,
};
