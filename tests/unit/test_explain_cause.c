/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/explain_parts.h"
#include "explain_scene.h"

static void expect_cause(const char *label, struct scene *scene, enum explain_cause want)
{
	expect_text(label, explain_cause_id(scene_explain(scene)->cause), explain_cause_id(want));
	expect_true(label, scene->explained.n_next > 0);
	scene_end(scene);
}

static void exhausted_zones_and_processes_that_have_it_are_exhaustion(void)
{
	struct scene scene;

	scene_exhausted(&scene, "6.1.0");
	expect_cause("below min", &scene, CAUSE_EXHAUSTED);
	scene_exhausted(&scene, "6.1.0");
	scene.zones[0].zone.free_pages = 1500;
	expect_cause("at high: the last try wants more", &scene, CAUSE_EXHAUSTED);
	scene_exhausted(&scene, "6.1.0");
	scene.zones[0].zone.free_pages = 1000 + SCENE_RAM / 128;
	expect_cause("above high: freed while it was printed", &scene, CAUSE_EXHAUSTED);
	scene_exhausted(&scene, "6.1.0");
	scene.zones[0].zone.free_pages = 1001 + SCENE_RAM / 128;
	expect_int("more than that", scene_explain(&scene)->cause, CAUSE_UNKNOWN);
	expect_true("it says so", scene_says(&scene, "to be had again in zone Normal"));
	scene_end(&scene);
}

static void what_sysrq_and_cgroups_do_needs_no_zones(void)
{
	struct scene scene;

	scene_exhausted(&scene, "6.1.0");
	scene.report.trigger = REPORT_TRIGGER_SYSRQ;
	scene.report.order = -1;
	expect_cause("sysrq", &scene, CAUSE_SYSRQ);
	scene_blank(&scene, "6.1.0");
	scene.report.constraint = REPORT_CONSTRAINT_MEMCG;
	expect_cause("memcg", &scene, CAUSE_MEMCG_LIMIT);
	scene_exhausted(&scene, "6.16.0");
	scene.report.constraint = REPORT_CONSTRAINT_OTHER;
	scene.report.constraint_name = "CONSTRAINT_X";
	expect_cause("a constraint of no released kernel", &scene, CAUSE_UNKNOWN);
	scene_blank(&scene, "6.1.0");
	expect_cause("nothing known", &scene, CAUSE_UNKNOWN);
}

static void large_requests_meet_fragmentation(void)
{
	struct scene scene;
	struct zone *zone;

	scene_exhausted(&scene, "5.10.0");
	zone = &scene.zones[0].zone;
	scene.report.order = 3;
	zone->free_pages = 1008;
	zone->blocks = (struct free_blocks){ .count = { 500, 200, 27 }, .n_orders = 11 };
	expect_int("enough in small pieces", scene_explain(&scene)->cause, CAUSE_FRAGMENTED);
	expect_true("how small", scene_says(&scene, "largest free piece was 16K"));
	expect_int("largest block", scene.explained.zones[0].largest_block_pages, 4);
	scene_end(&scene);

	scene_exhausted(&scene, "5.10.0");
	zone = &scene.zones[0].zone;
	scene.report.order = 3;
	zone->free_pages = 1007;
	zone->blocks = (struct free_blocks){ .count = { 1007 }, .n_orders = 11 };
	expect_cause("not even enough: seven of the eight count", &scene, CAUSE_EXHAUSTED);

	scene_exhausted(&scene, "5.10.0");
	zone = &scene.zones[0].zone;
	scene.report.order = 3;
	zone->free_pages = 1008;
	zone->blocks = (struct free_blocks){ .count = { 1000, 0, 0, 1 }, .n_orders = 11 };
	expect_cause("one block fits", &scene, CAUSE_EXHAUSTED);

	scene_exhausted(&scene, "5.10.0");
	zone = &scene.zones[0].zone;
	scene.report.order = 3;
	zone->free_pages = 1008;
	expect_cause("no free lists: nothing is claimed", &scene, CAUSE_EXHAUSTED);
}

static void old_kernels_halve_the_mark_for_each_order(void)
{
	struct scene scene;

	/* Without the single pages 8 are left, which is not more than half of min. */
	for (int late = 0; late < 2; late++) {
		scene_exhausted(&scene, late ? "4.4.0" : "4.3.0");
		scene.report.order = 1;
		scene.zones[0].zone.free_pages = 2008;
		scene.zones[0].zone.high_pages = 5000;
		scene.zones[0].zone.blocks =
			(struct free_blocks){ .count = { 2000, 4 }, .n_orders = 11 };
		expect_cause(
			late ? "4.4" : "4.3", &scene, late ? CAUSE_EXHAUSTED : CAUSE_FRAGMENTED);
	}
}

static void cma_is_for_movable_requests_alone(void)
{
	static const struct {
		const char *label;
		int64_t free, cma, mask;
		enum explain_cause want;
	} cases[] = {
		{ "kernel memory, the rest is CMA", 30000, 29500, 0xcc0, CAUSE_CMA },
		{ "user memory may have it", 30000, 29500, 0x100cca, CAUSE_UNKNOWN },
		{ "with all CMA it would be short as well", 1400, 1000, 0xcc0, CAUSE_EXHAUSTED },
		{ "just above high with it", 1501, 1000, 0xcc0, CAUSE_CMA },
		{ "enough without it", 30000, 20000, 0xcc0, CAUSE_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;

		scene_exhausted(&scene, "5.15.0");
		scene.zones[0].zone.free_pages = scene.report.mem.free_pages = cases[i].free;
		scene.zones[0].zone.cma_free_pages = scene.report.mem.free_cma_pages = cases[i].cma;
		scene.report.gfp_mask = cases[i].mask;
		expect_cause(cases[i].label, &scene, cases[i].want);
	}
}

static void lower_zones_can_be_full_while_others_are_not(void)
{
	struct scene scene;
	struct report_zone *zone;

	scene_exhausted(&scene, "4.19.0");
	scene.report.gfp_mask = 0x6000c0;
	scene_zone(&scene, "HighMem", SCENE_RAM / 32 + 1, 128);
	expect_int("HighMem is free", scene_explain(&scene)->cause, CAUSE_LOW_ZONE);
	expect_true("it may not go there",
		scene_says(&scene, "use the zones of RAM up to Normal alone"));
	scene_end(&scene);

	scene_exhausted(&scene, "4.19.0");
	scene.report.gfp_mask = 0x6000c0;
	scene_zone(&scene, "HighMem", SCENE_RAM / 32, 128);
	expect_cause("not worth blaming", &scene, CAUSE_EXHAUSTED);

	scene_exhausted(&scene, "4.19.0");
	scene.report.gfp_mask = 0x6000c0;
	zone = scene_zone(&scene, "HighMem", 0, 128);
	zone->zone.active_file_pages = SCENE_RAM / 16;
	expect_cause("cache that reclaim there could drop", &scene, CAUSE_LOW_ZONE);

	scene_exhausted(&scene, "6.6.0");
	scene.report.gfp_mask = 0xcc4;
	strcpy(scene.zones[0].zone.name, "DMA32");
	scene.report.mem.free_pages = 900 + SCENE_RAM / 8;
	expect_int("zones above are not printed since 6.0", scene_explain(&scene)->cause,
		CAUSE_LOW_ZONE);
	expect_true("it may not go there",
		scene_says(&scene, "use the zones of RAM up to DMA32 alone"));
	scene_end(&scene);

	scene_exhausted(&scene, "6.6.0");
	zone = scene_zone(&scene, "DMA32", 20000, 1000);
	zone->zone.protection_pages[3] = 30000;
	expect_int("kept back for others", scene_explain(&scene)->cause, CAUSE_LOW_ZONE);
	expect_true("it might go there", scene_says(&scene, "or kept back there for requests"));
	scene_end(&scene);
}

static void who_has_more_than_processes_is_the_cause(void)
{
	static const struct {
		const char *label;
		size_t offset;
		int64_t anon, pages;
		enum explain_cause want;
		const char *words;
	} cases[] = {
		{ "slab", offsetof(struct report_mem, slab_unreclaimable_pages), 40000, 200000,
			CAUSE_SLAB, "(slab) had 781M of 1000M of RAM, more than all processes" },
		{ "slab equal to processes", offsetof(struct report_mem, slab_unreclaimable_pages),
			120000, 120000, CAUSE_EXHAUSTED, "Nothing was left above" },
		{ "shmem", offsetof(struct report_mem, shmem_pages), 230000, 200000, CAUSE_SHMEM,
			"Files in RAM (tmpfs) and shared memory had 781M of 1000M of RAM" },
		{ "nobody: unaccounted", offsetof(struct report_mem, bounce_pages), 20000, 0,
			CAUSE_UNACCOUNTED, "of 1000M of RAM are nowhere in the report" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;

		scene_exhausted(&scene, "6.1.0");
		scene.report.mem.active_anon_pages = cases[i].anon;
		scene.report.mem.inactive_anon_pages = 0;
		scene.report.mem.pagetables_pages = 0;
		scene.report.mem.shmem_pages = 0;
		*(int64_t *)((char *)&scene.report.mem + cases[i].offset) = cases[i].pages;
		expect_int(cases[i].label, scene_explain(&scene)->cause, cases[i].want);
		expect_true(cases[i].label, scene_says(&scene, cases[i].words));
		scene_end(&scene);
	}
}

static void huge_pages_that_were_set_aside_count_as_taken(void)
{
	const struct report_huge huge[] = { { 0, 2048, 300, 290, 0 }, { 1, 1048576, 0, 0, 0 } };
	struct scene scene;

	scene_exhausted(&scene, "5.4.0");
	scene.report.mem.active_anon_pages = 40000;
	scene.report.mem.inactive_anon_pages = 0;
	scene.report.huge = huge;
	scene.report.n_huge = 2;
	scene_explain(&scene);
	expect_int("hugetlb", scene.explained.cause, CAUSE_HUGETLB);
	expect_int("pages of both sizes", scene.explained.memory.hugetlb, 300 * 512);
	expect_true("they lie idle", scene_says(&scene, "580M of the memory set aside"));
	expect_true(
		"who has it", scene_says(&scene, "600M of 1000M of RAM were set aside for huge"));
	scene_end(&scene);
}

static void nodes_are_judged_by_their_own_zones(void)
{
	struct scene scene;
	struct report_zone *zone;

	scene_exhausted(&scene, "6.1.0");
	zone = scene_zone(&scene, "Normal", 100000, 1000);
	zone->zone.node = 1;
	expect_cause("any node will do", &scene, CAUSE_UNKNOWN);

	scene_exhausted(&scene, "6.1.0");
	zone = scene_zone(&scene, "Normal", 100000, 1000);
	zone->zone.node = 1;
	scene.report.constraint = REPORT_CONSTRAINT_MEMORY_POLICY;
	scene.report.nodemask = "0,2-3";
	expect_cause("bound to node 0", &scene, CAUSE_EXHAUSTED);
}

static void node_lists_are_read(void)
{
	static const struct {
		const char *list;
		int64_t node;
		bool want;
	} cases[] = {
		{ "0", 0, true },
		{ "0", 1, false },
		{ "0-3,5", 3, true },
		{ "0-3,5", 4, false },
		{ "0-3,5", 5, true },
		{ "0-3,5", 6, false },
		{ "", 0, false },
		{ "(null)", 0, false },
		{ "1-", 1, false },
		{ "1,,2", 2, false },
		{ "99999999999999999999", 1, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int(cases[i].list, explain_node_listed(cases[i].list, cases[i].node),
			cases[i].want);
}

static void memory_adds_up(void)
{
	const struct explained_memory *memory;
	struct scene scene;

	scene_exhausted(&scene, "6.1.0");
	memory = &scene_explain(&scene)->memory;
	expect_int("total without what is reserved", memory->total, SCENE_RAM);
	expect_int("anon without tmpfs", memory->anon, 239000);
	expect_int("the rest", memory->unaccounted,
		SCENE_RAM - 239000 - 1000 - 20 - 2000 - 4000 - 1000 - 900);
	scene_end(&scene);

	scene_exhausted(&scene, "6.1.0");
	scene.report.mem.ram_pages = VALUE_UNKNOWN;
	scene.report.n_zones = 0;
	memory = &scene_explain(&scene)->memory;
	expect_int("no total", memory->total, VALUE_UNKNOWN);
	expect_int("no rest", memory->unaccounted, VALUE_UNKNOWN);
	expect_int("then no cause", scene.explained.cause, CAUSE_UNKNOWN);
	scene_end(&scene);

	scene_exhausted(&scene, "6.1.0");
	scene.report.mem.shmem_pages = -5;
	scene.report.mem.free_cma_pages = -159;
	memory = &scene_explain(&scene)->memory;
	expect_int("less than none", memory->shmem, VALUE_UNKNOWN);
	expect_int("less than none", memory->cma_free, VALUE_UNKNOWN);
	expect_int("taken for none", memory->anon, 240000);
	scene_end(&scene);

	scene_exhausted(&scene, "6.1.0");
	scene.report.mem.unevictable_pages = 5000;
	scene.report.mem.active_anon_pages = 600;
	scene.report.mem.inactive_anon_pages = 0;
	memory = &scene_explain(&scene)->memory;
	expect_int("locked tmpfs is tmpfs", memory->locked, 4600);
	scene_end(&scene);

	scene_exhausted(&scene, "6.1.0");
	scene.report.n_zones = 0;
	expect_cause("without zones by what is free", &scene, CAUSE_EXHAUSTED);
	scene_exhausted(&scene, "6.1.0");
	scene.report.n_zones = 0;
	scene.report.mem.free_pages = SCENE_RAM / 16;
	expect_cause("too much is free for that", &scene, CAUSE_UNKNOWN);
}

static void zones_say_why_they_were_no_use(void)
{
	static const struct {
		const char *label;
		int64_t free, atomic, free_atomic, cma, reserve, mask;
		enum zone_answer want;
	} cases[] = {
		{ "at min", 1000, 0, VALUE_UNKNOWN, 0, 0, 0xcc0, ZONE_ANSWER_BELOW_MIN },
		{ "one above", 1001, 0, VALUE_UNKNOWN, 0, 0, 0xcc0, ZONE_ANSWER_BELOW_HIGH },
		{ "half of min is open to __GFP_HIGH", 501, 0, VALUE_UNKNOWN, 0, 0, 0xce0,
			ZONE_ANSWER_BELOW_HIGH },
		{ "atomic reserve", 2000, 1000, VALUE_UNKNOWN, 0, 0, 0xcc0,
			ZONE_ANSWER_HIGHATOMIC },
		{ "only what is free of it", 2000, 1000, 10, 0, 0, 0xcc0, ZONE_ANSWER_PASSES },
		{ "CMA", 2000, 0, VALUE_UNKNOWN, 1000, 0, 0xcc0, ZONE_ANSWER_CMA },
		{ "movable", 2000, 0, VALUE_UNKNOWN, 1000, 0, 0x100cca, ZONE_ANSWER_PASSES },
		{ "kept back", 2000, 0, VALUE_UNKNOWN, 0, 1000, 0x100cca, ZONE_ANSWER_RESERVED },
		{ "all of it", 2501, 0, VALUE_UNKNOWN, 0, 1000, 0x100cca, ZONE_ANSWER_PASSES },
		{ "free unknown", VALUE_UNKNOWN, 0, 0, 0, 0, 0xcc0, ZONE_ANSWER_UNKNOWN },
		{ "hostile", INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, 0xcc0,
			ZONE_ANSWER_HIGHATOMIC },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		struct report_zone *zone;

		scene_exhausted(&scene, "6.12.0");
		zone = &scene.zones[0];
		zone->zone.free_pages = cases[i].free;
		zone->zone.highatomic_pages = cases[i].atomic;
		zone->free_highatomic_pages = cases[i].free_atomic;
		zone->zone.cma_free_pages = cases[i].cma;
		for (unsigned k = 0; k < zone->zone.n_protection; k++)
			zone->zone.protection_pages[k] = cases[i].reserve;
		scene.report.gfp_mask = cases[i].mask;
		expect_int(cases[i].label, scene_explain(&scene)->zones[0].answer, cases[i].want);
		scene_end(&scene);
	}
}

static void requests_know_their_zones(void)
{
	static const struct {
		const char *zone;
		int64_t mask;
		bool allowed;
	} cases[] = {
		{ "DMA", 0xcc1, true },
		{ "DMA32", 0xcc1, false },
		{ "DMA32", 0xcc4, true },
		{ "Normal", 0xcc4, false },
		{ "Normal", 0xcc0, true },
		{ "HighMem", 0xcc0, false },
		{ "HighMem", 0xcc2, true },
		{ "Movable", 0xcc2, false },
		{ "Movable", 0x100cca, true },
		{ "Device", 0x100cca, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;

		scene_exhausted(&scene, "6.1.0");
		scene.report.gfp_mask = cases[i].mask;
		snprintf(scene.zones[0].zone.name, sizeof(scene.zones[0].zone.name), "%s",
			cases[i].zone);
		expect_int(cases[i].zone,
			scene_explain(&scene)->zones[0].answer != ZONE_ANSWER_NOT_ALLOWED,
			cases[i].allowed);
		scene_end(&scene);
	}
}

static void the_reserve_is_that_of_the_highest_zone(void)
{
	static const struct {
		const char *label;
		int64_t mask;
		int64_t want;
	} cases[] = {
		{ "DMA", 0xcc1, 0 },
		{ "DMA32", 0xcc4, 10 },
		{ "Normal", 0xcc0, 20 },
		{ "user memory", 0x100cca, 30 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene scene;
		struct report_zone *zone;

		scene_exhausted(&scene, "6.1.0");
		zone = scene_zone(&scene, "DMA", 5000, 10);
		memcpy(zone->zone.protection_pages, (int64_t[]){ 0, 10, 20, 30 },
			4 * sizeof(int64_t));
		scene_zone(&scene, "DMA32", 5000, 10);
		scene.report.gfp_mask = cases[i].mask;
		expect_int(cases[i].label, scene_explain(&scene)->zones[1].reserve_pages,
			cases[i].want);
		scene_end(&scene);
	}
}

extern CU_TestInfo explain_cause_tests[];
CU_TestInfo explain_cause_tests[] = {
	{ "exhausted zones, and processes that have it, are exhaustion",
		exhausted_zones_and_processes_that_have_it_are_exhaustion },
	{ "what sysrq and cgroups do needs no zones", what_sysrq_and_cgroups_do_needs_no_zones },
	{ "large requests meet fragmentation", large_requests_meet_fragmentation },
	{ "old kernels halve the mark for each order", old_kernels_halve_the_mark_for_each_order },
	{ "CMA is for movable requests alone", cma_is_for_movable_requests_alone },
	{ "lower zones can be full while others are not",
		lower_zones_can_be_full_while_others_are_not },
	{ "who has more than processes is the cause", who_has_more_than_processes_is_the_cause },
	{ "huge pages that were set aside count as taken",
		huge_pages_that_were_set_aside_count_as_taken },
	{ "nodes are judged by their own zones", nodes_are_judged_by_their_own_zones },
	{ "node lists are read", node_lists_are_read },
	{ "memory adds up", memory_adds_up },
	{ "zones say why they were no use", zones_say_why_they_were_no_use },
	{ "requests know their zones", requests_know_their_zones },
	{ "the reserve is that of the highest zone", the_reserve_is_that_of_the_highest_zone },
	CU_TEST_INFO_NULL,
};
