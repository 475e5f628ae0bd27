/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oomd_world.h"

static const char *const paths[] = { "/system.slice", "/system.slice/a", "/system.slice/b",
	"/user.slice", NULL };

enum {
	SYSTEM,
	A,
	B,
	USER
};

static struct oomd_detected detect(struct oomd_world *world, const struct oomd_step *step)
{
	struct oomd_detected detected;

	oomd_detect(&world->judging, step, "key", &detected);
	return detected;
}

static void set_pressure(struct memcg *memcg, int64_t avg10, int64_t avg60, int64_t avg300)
{
	memcg->pressure.full = (struct pressure_line){ avg10, avg60, avg300, 0 };
}

static void shares_do_not_overflow(void)
{
	static const struct {
		int64_t amount, part, whole, want;
	} cases[] = {
		{ 100, 1, 2, 50 },
		{ 100, 0, 2, 0 },
		{ 0, 1, 2, 0 },
		{ 100, 1, 0, 0 },
		{ -1, 1, 2, 0 },
		{ 7, 3, 2, 10 },
		{ INT64_MAX, INT64_MAX / 2, INT64_MAX, INT64_MAX / 2 },
		{ INT64_C(1) << 40, INT64_C(1) << 40, INT64_C(1) << 41, INT64_C(1) << 39 },
		{ INT64_MAX, INT64_MAX, 1, INT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const int64_t got = oomd_share(cases[i].amount, cases[i].part, cases[i].whole);

		/* A millionth may be lost. */
		expect_true("share",
			got <= cases[i].want &&
				cases[i].want - got <= cases[i].want / 1000000 + (i == 6));
	}
}

static void pressure_must_be_above_for_its_time(void)
{
	struct oomd_world world;
	struct oomd_step step = oomd_step_for(OOMD_PRESSURE_ABOVE, "user.slice");
	struct oomd_detected detected;

	oomd_world_init(&world, paths);
	step.threshold_permyriad = 6000;
	step.duration_ms = 2000;
	set_pressure(oomd_memcg(&world, USER), 3000, 0, 0);
	detected = detect(&world, &step);
	expect_int("below", detected.truth, TRUTH_NO);
	expect_int("half way", detected.far_permyriad, 7500);
	expect_int("shown", detected.pressure_centi, 3000);
	expect_int("of", detected.limit_centi, 6000);
	expect_int("there", detected.watched, USER);
	expect_true("sure", detected.sure);

	oomd_world_step(&world, 1000);
	set_pressure(oomd_memcg(&world, USER), 6000, 0, 0);
	detected = detect(&world, &step);
	expect_int("at its limit", detected.truth, TRUTH_NO);
	expect_int("as near as can be", detected.far_permyriad, 5000);

	oomd_world_step(&world, 1000);
	set_pressure(oomd_memcg(&world, USER), 6001, 0, 0);
	detected = detect(&world, &step);
	expect_int("above, not long enough", detected.truth, TRUTH_NO);
	expect_int("its clock", detected.far_permyriad, 5000);
	oomd_world_step(&world, 1999);
	detected = detect(&world, &step);
	expect_int("not yet", detected.truth, TRUTH_NO);
	expect_int("held", detected.held_ms, 1999);
	expect_int("nearly", detected.far_permyriad, 2);
	oomd_world_step(&world, 1);
	detected = detect(&world, &step);
	expect_int("held for its time", detected.truth, TRUTH_YES);
	expect_int("here", detected.far_permyriad, 0);
	expect_true("seen from its start", detected.sure);

	oomd_world_step(&world, 1000);
	set_pressure(oomd_memcg(&world, USER), 5999, 9999, 9999);
	expect_int("fell", detect(&world, &step).truth, TRUTH_NO);
	oomd_world_done(&world);
}

static void the_first_sample_does_not_know_since_when(void)
{
	struct oomd_world world;
	struct oomd_step step = oomd_step_for(OOMD_PRESSURE_ABOVE, "user.slice");
	struct oomd_detected detected;

	oomd_world_init(&world, paths);
	step.threshold_permyriad = 6000;
	step.duration_ms = 1000;
	set_pressure(oomd_memcg(&world, USER), 9000, 0, 0);
	detected = detect(&world, &step);
	expect_int("not known to hold", detected.truth, TRUTH_NO);
	expect_true("not sure", !detected.sure);
	step.duration_ms = 0;
	detected = detect(&world, &step);
	expect_int("no time to hold for", detected.truth, TRUTH_YES);
	expect_true("sure", detected.sure);
	oomd_world_done(&world);
}

static void the_strongest_of_several_counts(void)
{
	static const struct {
		const char *label, *cgroups;
		int64_t a[3], b[3];
		uint32_t want;
	} cases[] = {
		{ "avg10", "system.slice/*", { 200, 0, 0 }, { 100, 100, 99 }, A },
		{ "weights", "system.slice/*", { 200, 0, 0 }, { 100, 100, 101 }, B },
		{ "the first of equals", "system.slice/*", { 200, 0, 0 }, { 100, 100, 100 }, A },
		{ "only what matches", "system.slice/b", { 200, 0, 0 }, { 1, 0, 0 }, B },
		{ "a list", "user.slice,system.slice/b", { 200, 0, 0 }, { 1, 0, 0 }, B },
	};
	struct oomd_world world;
	struct oomd_step step = oomd_step_for(OOMD_PRESSURE_ABOVE, "");

	step.threshold_permyriad = 6000;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		oomd_world_init(&world, paths);
		step.cgroups = cases[i].cgroups;
		set_pressure(oomd_memcg(&world, A), cases[i].a[0], cases[i].a[1], cases[i].a[2]);
		set_pressure(oomd_memcg(&world, B), cases[i].b[0], cases[i].b[1], cases[i].b[2]);
		expect_int(cases[i].label, detect(&world, &step).watched, cases[i].want);
		oomd_world_done(&world);
	}
}

static void pressure_that_is_not_read_is_unknown(void)
{
	struct oomd_world world;
	struct oomd_step step = oomd_step_for(OOMD_PRESSURE_ABOVE, "system.slice/*");
	struct oomd_detected detected;

	oomd_world_init(&world, paths);
	step.threshold_permyriad = 6000;
	set_pressure(oomd_memcg(&world, A), VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN);
	detected = detect(&world, &step);
	expect_int("one of them", detected.truth, TRUTH_UNKNOWN);
	expect_int("no distance", detected.far_permyriad, VALUE_UNKNOWN);
	expect_true("why", detected.why);
	set_pressure(oomd_memcg(&world, B), 7000, 0, 0);
	expect_int("enough by another", detect(&world, &step).truth, TRUTH_YES);
	set_pressure(oomd_memcg(&world, B), VALUE_UNKNOWN, 0, 0);
	detected = detect(&world, &step);
	expect_int("all of them", detected.truth, TRUTH_UNKNOWN);
	expect_int("nothing is shown", detected.pressure_centi, VALUE_UNKNOWN);
	step.cgroups = "nobody.slice";
	expect_int("no such cgroup has none", detect(&world, &step).truth, TRUTH_NO);
	step.cgroups = "/";
	oomd_now(&world)->pressure.full = (struct pressure_line){ 6100, 0, 0, 0 };
	detected = detect(&world, &step);
	expect_int("the machine's", detected.truth, TRUTH_YES);
	expect_int("is of no cgroup", detected.watched, NO_MEMCG);
	step.io = true;
	expect_int("io", detect(&world, &step).truth, TRUTH_UNKNOWN);
	step.io = false;
	step.threshold_permyriad = 10000;
	detected = detect(&world, &step);
	expect_int("100%", detected.far_permyriad, OOMD_FAR_NEVER);
	expect_int("100%", detected.truth, TRUTH_NO);
	oomd_world_done(&world);
}

static void rising_pressure_must_not_fall_fast(void)
{
	static const struct {
		const char *label;
		int64_t before10, avg10, avg60;
		enum truth want;
	} cases[] = {
		{ "all above", 7000, 7000, 6001, TRUTH_YES },
		{ "avg60 at its limit", 7000, 7000, 6000, TRUTH_NO },
		{ "avg10 at its limit", 7000, 6000, 7000, TRUTH_NO },
		{ "falling slowly", 8000, 6800, 7000, TRUTH_YES },
		{ "falling fast", 8000, 6799, 7000, TRUTH_NO },
	};
	struct oomd_world world;
	struct oomd_step step = oomd_step_for(OOMD_PRESSURE_RISING_BEYOND, "user.slice");

	step.threshold_permyriad = 6000;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oomd_detected detected;

		oomd_world_init(&world, paths);
		set_pressure(oomd_memcg(&world, USER), cases[i].before10, 0, 0);
		oomd_world_step(&world, 1000);
		set_pressure(oomd_memcg(&world, USER), cases[i].avg10, cases[i].avg60, 0);
		detected = detect(&world, &step);
		expect_int(cases[i].label, detected.truth, cases[i].want);
		expect_true(cases[i].label,
			(detected.far_permyriad == 0) == (detected.truth == TRUTH_YES));
		oomd_world_done(&world);
	}
}

static void memory_must_be_above_its_threshold(void)
{
	struct oomd_world world;
	struct oomd_step step = oomd_step_for(OOMD_MEMORY_ABOVE, "system.slice/*");
	struct oomd_detected detected;

	oomd_world_init(&world, paths);
	step.threshold_bytes = 400 * MIB;
	oomd_memcg(&world, B)->usage_bytes = 100 * MIB;
	oomd_memcg(&world, A)->usage_bytes = 300 * MIB;
	detected = detect(&world, &step);
	expect_int("the largest", detected.room_kib, 100 * 1024);
	expect_int("of its threshold", detected.room_percent, 25);
	expect_int("below", detected.truth, TRUTH_NO);
	expect_int("far", detected.far_permyriad, 6250);
	oomd_memcg(&world, A)->usage_bytes = 400 * MIB;
	detected = detect(&world, &step);
	expect_int("at it", detected.truth, TRUTH_NO);
	expect_int("not yet", detected.room_kib, 1);
	oomd_memcg(&world, A)->usage_bytes = 400 * MIB + 1;
	detected = detect(&world, &step);
	expect_int("above it", detected.truth, TRUTH_YES);
	expect_int("no room", detected.room_kib, 0);

	step.anon = true;
	detected = detect(&world, &step);
	expect_int("anon", detected.room_kib, 350 * 1024);
	oomd_memcg(&world, A)->stat_anon_bytes = VALUE_UNKNOWN;
	expect_int("anon is not read", detect(&world, &step).truth, TRUTH_UNKNOWN);

	step.anon = false;
	step.threshold_bytes = VALUE_UNKNOWN;
	step.threshold_permyriad = 1000;
	oomd_memcg(&world, A)->usage_bytes = 16 * 1024 * MIB / 10 - MIB;
	detected = detect(&world, &step);
	expect_int("a share of MemTotal", detected.room_kib, 1024 - 1 + 1);
	step.cgroups = "/";
	oomd_now(&world)->mem.mem_free_kib = 0;
	expect_int("the root's", detect(&world, &step).truth, TRUTH_YES);
	oomd_now(&world)->mem.mem_free_kib = VALUE_UNKNOWN;
	expect_int("not known", detect(&world, &step).truth, TRUTH_UNKNOWN);
	oomd_now(&world)->mem.mem_total_kib = VALUE_UNKNOWN;
	expect_int("nor that", detect(&world, &step).truth, TRUTH_UNKNOWN);
	oomd_world_done(&world);
}

static void reclaim_counts_for_its_time(void)
{
	struct oomd_world world;
	struct oomd_step step = oomd_step_for(OOMD_MEMORY_RECLAIM, "system.slice/*");

	oomd_world_init(&world, paths);
	step.duration_ms = 2000;
	expect_int("one sample says nothing", detect(&world, &step).truth, TRUTH_UNKNOWN);
	oomd_world_step(&world, 1000);
	expect_int("nor do two without", detect(&world, &step).truth, TRUTH_UNKNOWN);
	oomd_world_step(&world, 2001);
	expect_int("long enough without", detect(&world, &step).truth, TRUTH_NO);
	oomd_world_step(&world, 1000);
	oomd_memcg(&world, B)->stat_pgscan_pages++;
	expect_int("scanned", detect(&world, &step).truth, TRUTH_YES);
	oomd_world_step(&world, 1000);
	expect_int("just now", detect(&world, &step).truth, TRUTH_YES);
	oomd_world_step(&world, 2000);
	expect_int("at its end", detect(&world, &step).truth, TRUTH_YES);
	oomd_world_step(&world, 1);
	expect_int("over", detect(&world, &step).truth, TRUTH_NO);
	expect_int("may begin at any time", detect(&world, &step).far_permyriad, 1);
	oomd_memcg(&world, A)->stat_pgscan_pages = VALUE_UNKNOWN;
	expect_int("not read", detect(&world, &step).truth, TRUTH_UNKNOWN);
	oomd_world_done(&world);
}

static void free_swap_must_be_below_its_share(void)
{
	struct oomd_world world;
	struct oomd_step step = oomd_step_for(OOMD_SWAP_FREE, "");
	struct oomd_detected detected;
	struct snapshot *now;

	oomd_world_init(&world, paths);
	now = oomd_now(&world);
	step.threshold_permyriad = 1000;
	now->mem.swap_total_kib = now->mem.swap_free_kib = 1000;
	detected = detect(&world, &step);
	expect_int("all free", detected.far_permyriad, PERMYRIAD_ALL);
	expect_int("room", detected.room_kib, 901);
	expect_true("of swap", detected.room_is_swap);
	now->mem.swap_free_kib = 100;
	detected = detect(&world, &step);
	expect_int("at it", detected.truth, TRUTH_NO);
	expect_int("room", detected.room_kib, 1);
	now->mem.swap_free_kib = 99;
	detected = detect(&world, &step);
	expect_int("below it", detected.truth, TRUTH_YES);
	expect_int("room", detected.room_kib, 0);

	now->swaps.n_areas = 2;
	now->swaps.area[0] = (struct swap_area){ .size_kib = 1000, .used_kib = 1000 };
	now->swaps.area[1] = (struct swap_area){ .size_kib = 1000, .used_kib = 700 };
	expect_int("as in /proc/swaps", detect(&world, &step).room_kib, 101);
	now->swaps.n_areas = 0;

	now->mem.swap_total_kib = now->mem.swap_free_kib = 0;
	detected = detect(&world, &step);
	expect_int("no swap", detected.truth, TRUTH_NO);
	expect_int("never", detected.far_permyriad, OOMD_FAR_NEVER);
	now->mem.swap_total_kib = VALUE_UNKNOWN;
	expect_int("not known", detect(&world, &step).truth, TRUTH_UNKNOWN);
	oomd_world_done(&world);
}

static void swap_must_fill_as_fast_as_asked_for(void)
{
	static const struct {
		const char *label;
		int64_t pages;
		enum truth want;
	} cases[] = {
		{ "slower", 9, TRUTH_NO },
		{ "as fast", 10, TRUTH_YES },
		{ "counted anew", -1, TRUTH_UNKNOWN },
	};
	struct oomd_world world;
	struct oomd_step step = oomd_step_for(OOMD_SWAP_FREE, "");

	step.threshold_permyriad = 1000;
	step.swapout_bytes_per_s = 5 * 4096;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		oomd_world_init(&world, paths);
		oomd_now(&world)->mem.swap_free_kib = 0;
		oomd_now(&world)->vmstat.pswpout = 5;
		expect_int("one sample", detect(&world, &step).truth, TRUTH_UNKNOWN);
		oomd_world_step(&world, 2000);
		oomd_now(&world)->vmstat.pswpout += cases[i].pages;
		expect_int(cases[i].label, detect(&world, &step).truth, cases[i].want);
		oomd_world_done(&world);
	}
}

static void existence_is_only_seen_of_what_has_processes(void)
{
	struct oomd_world world;
	struct oomd_step step = oomd_step_for(OOMD_EXISTS, "system.slice/*");

	oomd_world_init(&world, paths);
	expect_int("there", detect(&world, &step).truth, TRUTH_YES);
	step.negate = true;
	expect_int("not to be there", detect(&world, &step).truth, TRUTH_NO);
	expect_int("never", detect(&world, &step).far_permyriad, OOMD_FAR_NEVER);
	step.cgroups = "nobody.slice";
	expect_int("not seen", detect(&world, &step).truth, TRUTH_UNKNOWN);
	step.negate = false;
	expect_int("not seen", detect(&world, &step).truth, TRUTH_UNKNOWN);
	oomd_world_done(&world);
}

static void the_unknown_never_holds(void)
{
	static const enum oomd_plugin plugins[] = { OOMD_UNKNOWN, OOMD_NR_DYING_DESCENDANTS,
		OOMD_KILL_BY_PRESSURE };
	struct oomd_world world;

	oomd_world_init(&world, paths);
	for (size_t i = 0; i < ARRAY_SIZE(plugins); i++) {
		const struct oomd_step step = oomd_step_for(plugins[i], "system.slice");
		const struct oomd_detected detected = detect(&world, &step);

		expect_int("unknown", detected.truth, TRUTH_UNKNOWN);
		expect_true("why", detected.why);
	}
	oomd_world_done(&world);
}

extern CU_TestInfo oomd_detect_tests[];
CU_TestInfo oomd_detect_tests[] = {
	{ "shares do not overflow", shares_do_not_overflow },
	{ "pressure must be above for its time", pressure_must_be_above_for_its_time },
	{ "the first sample does not know since when", the_first_sample_does_not_know_since_when },
	{ "the strongest of several counts", the_strongest_of_several_counts },
	{ "pressure that is not read is unknown", pressure_that_is_not_read_is_unknown },
	{ "rising pressure must not fall fast", rising_pressure_must_not_fall_fast },
	{ "memory must be above its threshold", memory_must_be_above_its_threshold },
	{ "reclaim counts for its time", reclaim_counts_for_its_time },
	{ "free swap must be below its share", free_swap_must_be_below_its_share },
	{ "swap must fill as fast as asked for", swap_must_fill_as_fast_as_asked_for },
	{ "existence is only seen of what has processes",
		existence_is_only_seen_of_what_has_processes },
	{ "the unknown never holds", the_unknown_never_holds },
	CU_TEST_INFO_NULL,
};
