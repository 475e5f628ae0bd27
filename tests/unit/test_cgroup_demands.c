/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cgroup_world.h"

#define CGROUP(path)                                                          \
	AT_V2(path, "current", "4096\n"), AT_V2(path, "max", "max\n"),        \
		AT_V2(path, "pressure",                                       \
			"some avg10=1.00 avg60=0.00 avg300=0.00 total=1\n"    \
			"full avg10=12.34 avg60=0.00 avg300=0.00 total=1\n"), \
		AT_V2(path, "min", "8192\n"), AT_V2(path, "low", "max\n"),    \
		AT_V2(path, "swap.current", "12288\n"),                       \
		AT_V2(path, "stat", "anon 1\nfile_mapped 2\npgscan 77\n")

static const struct tree_file files[] = { MOUNTS_V2, CONTROLLERS, CGROUP("/a"), CGROUP("/b"),
	{ 0 } };
static const char *const both[] = { "/a", "/b", NULL };

static void what_nobody_asks_for_is_not_read(void)
{
	const struct memcg *a;
	struct world world;

	if (!world_begin(&world, files, true))
		return;
	a = memcg_of(world_tick(&world, false, both), "/a");
	expect_int("usage", a->usage_bytes, 4096);
	expect_int("pressure", a->pressure.full.avg10_centi, VALUE_UNKNOWN);
	expect_int("min", a->min_bytes, VALUE_UNKNOWN);
	expect_int("low", a->low_bytes, VALUE_UNKNOWN);
	expect_int("scans", a->stat_pgscan_pages, VALUE_UNKNOWN);
	world_end(&world);
}

static void demands_are_for_the_next_tick(void)
{
	static const struct {
		uint8_t demand;
		int64_t pressure, min, low, scans;
	} cases[] = {
		{ CGROUP_DEMAND_PRESSURE, 1234, VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN },
		{ CGROUP_DEMAND_USAGE, VALUE_UNKNOWN, 8192, MEMCG_UNLIMITED, VALUE_UNKNOWN },
		/* With memory.stat comes the pressure. */
		{ CGROUP_DEMAND_STAT, 1234, VALUE_UNKNOWN, VALUE_UNKNOWN, 77 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const uint8_t demands[] = { 0, cases[i].demand };
		const struct snapshot *now;
		const struct memcg *b;
		struct world world;

		if (!world_begin(&world, files, true))
			return;
		(void)world_tick(&world, false, both);
		cgroups_demand(world.cgroups, demands);
		now = world_tick(&world, false, both);
		b = memcg_of(now, "/b");
		expect_int("pressure", b->pressure.full.avg10_centi, cases[i].pressure);
		expect_int("min", b->min_bytes, cases[i].min);
		expect_int("low", b->low_bytes, cases[i].low);
		expect_int("scans", b->stat_pgscan_pages, cases[i].scans);
		expect_int("the other", memcg_of(now, "/a")->min_bytes, VALUE_UNKNOWN);
		expect_int("the other", memcg_of(now, "/a")->stat_pgscan_pages, VALUE_UNKNOWN);
		world_end(&world);
	}
}

static void usage_is_read_in_each_tick_that_asks(void)
{
	static const struct tree_file more[] = { AT_V2("/b", "current", "8192\n"),
		AT_V2("/b", "swap.current", "0\n"), { 0 } };
	static const uint8_t demands[] = { 0, CGROUP_DEMAND_USAGE };
	struct world world;

	if (!world_begin(&world, files, true))
		return;
	(void)world_tick(&world, false, both);
	cgroups_demand(world.cgroups, demands);
	(void)world_tick(&world, false, both);
	expect_int("changed", tree_write(world.tree, more), 0);
	cgroups_demand(world.cgroups, demands);
	expect_int("usage", memcg_of(world_tick(&world, false, both), "/b")->usage_bytes, 8192);
	expect_int("swap", memcg_of(&world.snapshots[0], "/b")->swap_bytes, 0);
	world_end(&world);
}

static void sixteen_are_read_in_a_tick_in_turns(void)
{
	enum {
		N = 40
	};
	static char paths[N][16];
	static char names[N * 2][64];
	struct tree_file many[N * 2 + 3] = { MOUNTS_V2, CONTROLLERS };
	const char *list[N + 1] = { NULL };
	uint8_t demands[N];
	struct world world;
	int read[4] = { 0 };

	memset(demands, CGROUP_DEMAND_STAT, sizeof(demands));
	for (int i = 0; i < N; i++) {
		snprintf(paths[i], sizeof(paths[i]), "/c%02d", i);
		list[i] = paths[i];
		snprintf(names[2 * i], 64, "sys/fs/cgroup%s/memory.current", paths[i]);
		snprintf(names[2 * i + 1], 64, "sys/fs/cgroup%s/memory.stat", paths[i]);
		many[2 + 2 * i] = (struct tree_file){ names[2 * i], "1\n", 0 };
		many[3 + 2 * i] = (struct tree_file){ names[2 * i + 1], "anon 1\npgscan 5\n", 0 };
	}
	if (!world_begin(&world, many, true))
		return;
	(void)world_tick(&world, false, list);
	for (int t = 0; t < 4; t++) {
		const struct snapshot *now;

		if (t < 3)
			cgroups_demand(world.cgroups, demands);
		now = world_tick(&world, false, list);
		for (uint32_t i = 0; i < now->n_memcgs; i++)
			read[t] += now->memcgs[i].stat_uptime_ms == now->uptime_ms;
		if (t == 2)
			for (uint32_t i = 0; i < now->n_memcgs; i++)
				expect_int("each was", now->memcgs[i].stat_pgscan_pages, 5);
	}
	expect_int("first", read[0], 16);
	expect_int("second", read[1], 16);
	expect_int("third", read[2], 16);
	expect_int("nobody asked", read[3], 0);
	world_end(&world);
}

static void where_all_is_read_it_is_at_once(void)
{
	static const uint8_t demands[] = { 0,
		CGROUP_DEMAND_USAGE | CGROUP_DEMAND_STAT | CGROUP_DEMAND_PRESSURE };
	static const uint8_t none[] = { 0, 0 };
	struct snapshot *now;
	struct world world;

	if (!world_begin(&world, files, false))
		return;
	(void)world_tick(&world, true, both);
	now = &world.snapshots[0];
	expect_int("nothing", cgroups_demand_now(world.cgroups, none, now), false);
	expect_int("read", cgroups_demand_now(world.cgroups, demands, now), true);
	expect_int("pressure", now->memcgs[1].pressure.full.avg10_centi, 1234);
	expect_int("min", now->memcgs[1].min_bytes, 8192);
	expect_int("scans", now->memcgs[1].stat_pgscan_pages, 77);
	expect_text("its own name", now->memcgs[1].path, "/b");
	expect_int("its processes", now->memcgs[1].n_tasks, 1);
	expect_int("the other", now->memcgs[0].stat_pgscan_pages, VALUE_UNKNOWN);
	now = &world.snapshots[1];
	(void)world_tick(&world, false, both);
	expect_int("else it is for later", cgroups_demand_now(world.cgroups, demands, now), false);
	world_end(&world);
}

extern CU_TestInfo cgroup_demands_tests[];
CU_TestInfo cgroup_demands_tests[] = {
	{ "what nobody asks for is not read", what_nobody_asks_for_is_not_read },
	{ "demands are for the next tick", demands_are_for_the_next_tick },
	{ "usage is read in each tick that asks", usage_is_read_in_each_tick_that_asks },
	{ "sixteen are read in a tick, in turns", sixteen_are_read_in_a_tick_in_turns },
	{ "where all is read it is at once", where_all_is_read_it_is_at_once },
	CU_TEST_INFO_NULL,
};
