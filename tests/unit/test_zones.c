/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "analysis/zones.h"
#include "unit.h"

static void index_says_why_a_request_fails(void)
{
	static const struct {
		const char *label;
		struct free_blocks blocks;
		unsigned order;
		int want;
	} cases[] = {
		{ "nothing free", { { 0 }, 11 }, 0, 0 },
		{ "exact fit", { { 0, 0, 0, 2 }, 11 }, 3, FRAG_INDEX_FITS },
		{ "bigger block fits", { { 0, 0, 0, 0, 1 }, 11 }, 3, FRAG_INDEX_FITS },
		{ "only smaller ones", { { 0, 0, 2 }, 11 }, 3, 0 },
		{ "one small block", { { 1 }, 11 }, 1, -500 },
		{ "four small blocks", { { 4 }, 11 }, 1, 250 },
		{ "dust", { { 100000 }, 11 }, 10, 1000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int32_t got = 1;

		expect_int(cases[i].label, frag_index(&cases[i].blocks, cases[i].order, &got), 0);
		expect_int(cases[i].label, got, cases[i].want);
	}
}

static void unusable_is_the_share_in_small_blocks(void)
{
	static const struct {
		const char *label;
		struct free_blocks blocks;
		unsigned order;
		int want;
	} cases[] = {
		{ "nothing free", { { 0 }, 11 }, 0, 1000 },
		{ "order 0 uses all", { { 7, 3 }, 11 }, 0, 0 },
		{ "half in single pages", { { 2, 1 }, 11 }, 1, 500 },
		{ "exact fit", { { 0, 0, 0, 2 }, 11 }, 3, 0 },
		{ "one order too small", { { 0, 0, 2 }, 11 }, 3, 1000 },
		{ "a third, rounded down", { { 1, 1 }, 11 }, 1, 333 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int32_t got = -1;

		expect_int(
			cases[i].label, frag_unusable(&cases[i].blocks, cases[i].order, &got), 0);
		expect_int(cases[i].label, got, cases[i].want);
	}
}

static void largest_counts_do_not_overflow(void)
{
	struct free_blocks blocks = { .n_orders = ORDERS_MAX };
	int32_t got = 1;

	for (unsigned i = 0; i + 1 < ORDERS_MAX; i++)
		blocks.count[i] = FREE_BLOCKS_MAX;

	expect_int("top order", frag_index(&blocks, ORDERS_MAX - 1, &got), 0);
	expect_int("index", got, 934); /* by hand, in exact arithmetic */
	expect_int("unusable", frag_unusable(&blocks, ORDERS_MAX - 1, &got), 0);
	expect_int("all of it", got, 1000);

	blocks.count[ORDERS_MAX - 1] = FREE_BLOCKS_MAX;
	expect_int("with the top order", frag_unusable(&blocks, ORDERS_MAX - 1, &got), 0);
	expect_int("just under half", got, 499);
}

static void unknown_order_is_refused_and_changes_nothing(void)
{
	const struct free_blocks blocks = { { 1 }, 11 };
	const struct free_blocks lying = { { 1 }, ORDERS_MAX + 1 };
	int32_t got = 42;

	expect_int("index, 11 of 11", frag_index(&blocks, 11, &got), -ERANGE);
	expect_int("unusable, 11 of 11", frag_unusable(&blocks, 11, &got), -ERANGE);
	expect_int("more orders than room", frag_index(&lying, 0, &got), -ERANGE);
	expect_int("result", got, 42);
}

/* A zone of the machine in kernel.md 6.2: 6.18, 24 GiB, no HighMem. */
static struct zone zone_of(const char *name, int64_t free, int64_t min)
{
	struct zone zone;

	memset(&zone, 0, sizeof(zone));
	strncpy(zone.name, name, sizeof(zone.name) - 1);
	zone.free_pages = free;
	zone.min_pages = min;
	zone.low_pages = value_add(min, min / 4);
	zone.high_pages = value_add(min, min / 2);
	zone.managed_pages = 100000;
	zone.present_pages = 100000;
	zone.cma_free_pages = VALUE_UNKNOWN;
	zone.highatomic_pages = VALUE_UNKNOWN;
	zone.boost_pages = VALUE_UNKNOWN;
	zone.inactive_file_pages = 300;
	zone.active_file_pages = 100;
	zone.n_protection = 5;
	return zone;
}

static void protect(struct zone *zone, int64_t dma32, int64_t normal, int64_t rest)
{
	const int64_t values[5] = { 0, dma32, normal, rest, rest };

	memcpy(zone->protection_pages, values, sizeof(values));
}

static struct snapshot snapshot_of(struct zone *zones, uint32_t n_zones)
{
	struct snapshot snapshot;

	memset(&snapshot, 0, sizeof(snapshot));
	snapshot.page_bytes = 4096;
	snapshot.zones = zones;
	snapshot.n_zones = n_zones;
	return snapshot;
}

static struct zone_view judge_one(struct zone zone)
{
	struct snapshot snapshot = snapshot_of(&zone, 1);
	struct arena arena = { 0 };
	struct zone_view view = { 0 };
	const struct zone_view *views = zones_judge(&snapshot, &arena);

	expect_true("judged", views);
	if (views)
		view = *views;
	arena_free(&arena);
	return view;
}

static void state_follows_the_marks(void)
{
	static const struct {
		int64_t free;
		enum zone_state want;
		const char *id;
	} cases[] = {
		{ 0, ZONE_BELOW_MIN, "below_min" },
		{ 100, ZONE_BELOW_MIN, "below_min" },
		{ 101, ZONE_BELOW_LOW, "below_low" },
		{ 125, ZONE_BELOW_LOW, "below_low" },
		{ 126, ZONE_BELOW_HIGH, "below_high" },
		{ 150, ZONE_BELOW_HIGH, "below_high" },
		{ 151, ZONE_OK, "ok" },
		{ VALUE_UNKNOWN, ZONE_UNKNOWN, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct zone_view view = judge_one(zone_of("Normal", cases[i].free, 100));

		expect_int("state", view.state, cases[i].want);
		if (cases[i].id)
			expect_text("id", zone_state_id(view.state), cases[i].id);
		else
			expect_true("unknown is null", !zone_state_id(view.state));
	}
}

static void empty_zone_has_no_state_and_gives_nothing(void)
{
	struct zone zone = zone_of("Movable", 500, 32);
	struct zone_view view;

	zone.managed_pages = 0;
	view = judge_one(zone);
	expect_true("not populated", !view.populated);
	expect_int("state", view.state, ZONE_UNKNOWN);
	expect_int("usable", view.usable_movable_pages, 0);

	zone.managed_pages = VALUE_UNKNOWN;
	expect_true("present decides before 3.10", judge_one(zone).populated);
	zone.present_pages = 0;
	expect_true("nothing present", !judge_one(zone).populated);
	zone.present_pages = VALUE_UNKNOWN;
	expect_true("free decides last", judge_one(zone).populated);
}

static void usable_is_what_lies_above_min_and_reserve(void)
{
	static const struct {
		const char *label;
		int64_t free, min, reserve, cma, highatomic;
		int64_t want_kernel, want_movable;
	} cases[] = {
		{ "plenty", 1000, 100, 300, VALUE_UNKNOWN, VALUE_UNKNOWN, 600, 500 },
		{ "at the mark it fails", 400, 100, 300, 0, 0, 0, 0 },
		{ "one above", 401, 100, 300, 0, 0, 1, 0 },
		{ "far below", 3, 100, 300, 0, 0, 0, 0 },
		{ "CMA is not for the kernel", 1000, 100, 300, 200, 0, 400, 500 },
		{ "more CMA than free", 1000, 100, 300, 2000, 0, 0, 500 },
		{ "high atomic for neither", 1000, 100, 300, 0, 50, 550, 450 },
		{ "free unknown", VALUE_UNKNOWN, 100, 300, 0, 0, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ "min unknown", 1000, VALUE_UNKNOWN, 300, 0, 0, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ "largest", INT64_MAX, 0, 0, 0, 0, INT64_MAX, INT64_MAX - 100 },
		{ "largest mark", 1000, INT64_MAX, INT64_MAX, 0, 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct zone zones[2] = { zone_of("DMA32", cases[i].free, cases[i].min),
			zone_of("DMA", 0, 0) };
		struct snapshot snapshot = snapshot_of(zones, 2);
		struct arena arena = { 0 };
		const struct zone_view *views;

		protect(&zones[0], 0, cases[i].reserve, value_add(cases[i].reserve, 100));
		zones[0].cma_free_pages = cases[i].cma;
		zones[0].highatomic_pages = cases[i].highatomic;
		views = zones_judge(&snapshot, &arena);
		expect_true(cases[i].label, views);
		if (views) {
			expect_int(
				cases[i].label, views[0].usable_kernel_pages, cases[i].want_kernel);
			expect_int(cases[i].label, views[0].usable_movable_pages,
				cases[i].want_movable);
		}
		arena_free(&arena);
	}
}

/* Each name is a type that this kernel has; where Normal stands depends on them. */
static void reserve_is_found_by_the_class_of_the_request(void)
{
	static const struct {
		const char *label;
		const char *names[6];
		int64_t protection[ZONE_TYPES_MAX];
		unsigned n_protection;
		int64_t want_kernel, want_movable;
	} cases[] = {
		{ "x86-64, 4.12+", { "DMA", "DMA32", "Normal", "Movable", "Device" },
			{ 0, 10, 20, 30, 30 }, 5, 20, 30 },
		{ "x86-64, 2.6.32, Movable not printed", { "DMA", "DMA32", "Normal" },
			{ 0, 10, 20, 30 }, 4, 20, 30 },
		{ "256 MiB, 4.4: Normal not printed", { "DMA", "DMA32" }, { 0, 10, 20, 30 }, 4, 20,
			30 },
		{ "x86-32", { "DMA", "Normal", "HighMem", "Movable" }, { 0, 10, 20, 30 }, 4, 10,
			30 },
		{ "arm64", { "DMA", "DMA32", "Normal", "Movable" }, { 0, 10, 20, 30 }, 4, 20, 30 },
		{ "ppc64: DMA is all there is", { "DMA" }, { 0, 10, 20 }, 3, 10, 20 },
		{ "no DMA at all", { "Normal", "Movable" }, { 0, 10 }, 2, 0, 10 },
		{ "two nodes print the same names", { "DMA", "DMA32", "Normal", "Normal" },
			{ 0, 10, 20, 30, 30 }, 5, 20, 30 },
		{ "fewer entries than zones", { "DMA", "DMA32", "Normal" }, { 5, 6 }, 2, 6, 6 },
		{ "no protection line", { "DMA", "Normal" }, { 0 }, 0, VALUE_UNKNOWN,
			VALUE_UNKNOWN },
		{ "a name from nowhere", { "Foo", "DMA", "Normal" }, { 0, 10, 20 }, 3, 10, 20 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct zone zones[6];
		struct arena arena = { 0 };
		struct snapshot snapshot;
		const struct zone_view *views;
		uint32_t n = 0;

		for (; n < 6 && cases[i].names[n]; n++) {
			zones[n] = zone_of(cases[i].names[n], 1000, 10);
			zones[n].n_protection = cases[i].n_protection;
			memcpy(zones[n].protection_pages, cases[i].protection,
				sizeof(zones[n].protection_pages));
		}
		snapshot = snapshot_of(zones, n);
		views = zones_judge(&snapshot, &arena);
		expect_true(cases[i].label, views);
		if (views) {
			expect_int(cases[i].label, views[0].reserve_kernel_pages,
				cases[i].want_kernel);
			expect_int(cases[i].label, views[0].reserve_movable_pages,
				cases[i].want_movable);
		}
		arena_free(&arena);
	}
}

static void kernel_requests_get_nothing_from_higher_zones(void)
{
	static const struct {
		const char *name;
		bool kernel, movable;
	} cases[] = {
		{ "DMA", true, true },
		{ "Normal", true, true },
		{ "HighMem", false, true },
		{ "Movable", false, true },
		{ "Device", false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct zone_view view = judge_one(zone_of(cases[i].name, 1000, 10));

		expect_int(cases[i].name, view.usable_kernel_pages, cases[i].kernel ? 990 : 0);
		expect_int(cases[i].name, view.usable_movable_pages, cases[i].movable ? 990 : 0);
	}
}

static void orders_tell_too_little_from_fragmented(void)
{
	static const struct {
		const char *label;
		int64_t free;
		struct free_blocks blocks;
		unsigned order;
		enum order_state want;
	} cases[] = {
		{ "order 0", 1000, { { 1000 }, 11 }, 0, ORDER_OK },
		{ "order 0 at the mark", 100, { { 100 }, 11 }, 0, ORDER_LOW },
		{ "order 3 fits", 1000, { { 8, 0, 0, 1 }, 11 }, 3, ORDER_OK },
		{ "a larger block does", 1000, { { 8, 0, 0, 0, 1 }, 11 }, 3, ORDER_OK },
		{ "order 3 in dust", 1000, { { 900 }, 11 }, 3, ORDER_FRAGMENTED },
		{ "7 pages must be left over: not", 107, { { 3, 0, 0, 13 }, 11 }, 3, ORDER_LOW },
		{ "7 pages must be left over: so", 108, { { 4, 0, 0, 13 }, 11 }, 3, ORDER_OK },
		{ "beyond what is printed", 1000, { { 1000 }, 2 }, 2, ORDER_UNKNOWN },
		{ "no buddyinfo", 1000, { { 0 }, 0 }, 0, ORDER_UNKNOWN },
		{ "free unknown", VALUE_UNKNOWN, { { 1000 }, 11 }, 0, ORDER_UNKNOWN },
		{ "more orders than room", 1000, { { 1000 }, ORDERS_MAX + 1 }, 0, ORDER_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct zone zone = zone_of("Normal", cases[i].free, 100);

		zone.blocks = cases[i].blocks;
		expect_int(cases[i].label, judge_one(zone).orders[cases[i].order], cases[i].want);
	}
	expect_text("id", order_state_id(ORDER_FRAGMENTED), "fragmented");
	expect_text("id", order_state_id(ORDER_LOW), "low");
	expect_true("unknown is null", !order_state_id(ORDER_UNKNOWN));
}

static int64_t left_pages(
	const struct snapshot *now, const struct zone_view *views, int64_t file_permille)
{
	const struct zones_left_of of = { .views = views, .with_file_permille = file_permille };

	return zones_left_pages(now, &of);
}

static void what_is_left_is_summed_zone_by_zone(void)
{
	struct zone zones[5] = { zone_of("DMA", 1000, 100), zone_of("DMA32", 50, 100),
		zone_of("Normal", 2000, 100), zone_of("Movable", 9000, 32),
		zone_of("Device", 7000, 0) };
	const struct snapshot snapshot = snapshot_of(zones, 5);
	const struct snapshot none = snapshot_of(zones, 0);
	struct arena arena = { 0 };
	const struct zone_view *views;

	zones[3].managed_pages = 0;
	protect(&zones[0], 10, 20, 500);
	views = zones_judge(&snapshot, &arena);

	/* 1000 - 100 - 500, nothing of 50 - 100, 2000 - 100 */
	expect_int("free", left_pages(&snapshot, views, 0), 2300);
	/* 400 file pages in each; DMA32 has 350 left then */
	expect_int("with cache", left_pages(&snapshot, views, 1000), 3450);
	expect_int("with half of it", left_pages(&snapshot, views, 500), 2850);
	expect_int("without views", left_pages(&snapshot, NULL, 1000), 3450);
	expect_int("without zones", left_pages(&none, NULL, 1000), VALUE_UNKNOWN);

	zones[2].active_file_pages = VALUE_UNKNOWN;
	expect_int("file unknown", left_pages(&snapshot, views, 1000), VALUE_UNKNOWN);
	expect_int("but not needed", left_pages(&snapshot, views, 0), 2300);
	zones[2].min_pages = VALUE_UNKNOWN;
	expect_int("min unknown", left_pages(&snapshot, views, 0), VALUE_UNKNOWN);
	zones[2].min_pages = 0;
	zones[2].free_pages = INT64_MAX;
	expect_int("saturates", left_pages(&snapshot, views, 0), INT64_MAX);
	arena_free(&arena);
}

static void what_is_left_of_some_nodes_is_theirs_alone(void)
{
	struct zone zones[3] = { zone_of("DMA32", 1000, 100), zone_of("Normal", 2000, 100),
		zone_of("Normal", 4000, 100) };
	const struct snapshot snapshot = snapshot_of(zones, 3);
	static const struct {
		const char *label;
		struct node_set nodes;
		int64_t want;
	} cases[] = {
		{ "node 0", { { 1 } }, 2800 },
		{ "node 1", { { 2 } }, 3900 },
		{ "both", { { 3 } }, 6700 },
		{ "and one that is not there", { { 6 } }, 3900 },
		{ "none that is there", { { 4 } }, VALUE_UNKNOWN },
		{ "none", { { 0 } }, VALUE_UNKNOWN },
	};

	zones[2].node = 1;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct zones_left_of of = { .nodes = &cases[i].nodes };

		expect_int(cases[i].label, zones_left_pages(&snapshot, &of), cases[i].want);
	}
	zones[0].free_pages = VALUE_UNKNOWN;
	expect_int("of another node",
		zones_left_pages(&snapshot, &(struct zones_left_of){ .nodes = &cases[1].nodes }),
		3900);
	zones[2].managed_pages = 0;
	expect_int("nothing populated",
		zones_left_pages(&snapshot, &(struct zones_left_of){ .nodes = &cases[1].nodes }),
		VALUE_UNKNOWN);
}

static void no_zones_give_no_views(void)
{
	const struct snapshot snapshot = snapshot_of(NULL, 0);
	struct arena arena = { 0 };

	expect_true("null", !zones_judge(&snapshot, &arena));
	arena_free(&arena);
}

extern CU_TestInfo zones_tests[];
CU_TestInfo zones_tests[] = {
	{ "index says why a request fails", index_says_why_a_request_fails },
	{ "unusable is the share in small blocks", unusable_is_the_share_in_small_blocks },
	{ "largest counts do not overflow", largest_counts_do_not_overflow },
	{ "unknown order is refused", unknown_order_is_refused_and_changes_nothing },
	{ "state follows the marks", state_follows_the_marks },
	{ "empty zone has no state", empty_zone_has_no_state_and_gives_nothing },
	{ "usable lies above min and reserve", usable_is_what_lies_above_min_and_reserve },
	{ "reserve is found by the class", reserve_is_found_by_the_class_of_the_request },
	{ "higher zones are not for the kernel", kernel_requests_get_nothing_from_higher_zones },
	{ "orders tell too little from fragmented", orders_tell_too_little_from_fragmented },
	{ "what is left is summed zone by zone", what_is_left_is_summed_zone_by_zone },
	{ "what is left of some nodes is theirs alone",
		what_is_left_of_some_nodes_is_theirs_alone },
	{ "no zones give no views", no_zones_give_no_views },
	CU_TEST_INFO_NULL,
};
