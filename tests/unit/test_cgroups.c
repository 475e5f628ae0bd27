/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cgroup_world.h"

#define MIB 1048576

/** By path, so that each stands after its parent. */
static void expect_order(const char *label, const struct snapshot *now)
{
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		const struct memcg *memcg = &now->memcgs[i];

		expect_true(label, memcg->parent == NO_MEMCG || memcg->parent < i);
		expect_true(label, i == 0 || strcmp(now->memcgs[i - 1].path, memcg->path) < 0);
	}
}

static const struct tree_file v2_tree[] = {
	MOUNTS_V2,
	CONTROLLERS,
	V2("/system.slice", "104857600\n", "max\n"),
	V2("/system.slice/a.service", "52428800\n", "67108864\n"),
	AT_V2("/system.slice/a.service", "high", "60000000\n"),
	AT_V2("/system.slice/a.service", "swap.current", "4096\n"),
	AT_V2("/system.slice/a.service", "swap.max", "8192\n"),
	AT_V2("/system.slice/a.service", "oom.group", "1\n"),
	AT_V2("/system.slice/a.service", "events",
		"low 0\nhigh 1\nmax 2\noom 3\noom_kill 4\noom_group_kill 5\n"),
	AT_V2("/system.slice/a.service", "stat", "inactive_file 5\nactive_file 6\nanon 7\n"),
	AT_V2("/system.slice/a.service", "pressure",
		"some avg10=1.50 avg60=0.00 avg300=0.00 total=9\n"
		"full avg10=0.00 avg60=0.00 avg300=0.00 total=8\n"),
	V2("/system.slice/b.service", "1\n", "max\n"),
	PLAIN("sys/fs/cgroup/system.slice/b.service/inner/cgroup.procs", ""),
	{ 0 },
};

static void v2_is_read(void)
{
	static const char *const paths[] = { "/system.slice/b.service", "/system.slice/a.service",
		"/system.slice/a.service", "/", "", NULL };
	const struct memcg *memcg;
	const struct snapshot *now;
	struct world world;

	if (world_begin(&world, v2_tree, true)) {
		now = world_tick(&world, false, paths);
		expect_order("order", now);
		expect_int("fact", now->facts[FACT_CGROUPS], FACT_PRESENT);
		expect_int("version", now->memcg_version, 2);
		expect_int("the root has no files", now->n_memcgs, 3);
		memcg = memcg_of(now, "/system.slice/a.service");
		expect_int("version", memcg->version, 2);
		expect_text("unit", memcg->unit, "a.service");
		expect_true("container", !memcg->container);
		expect_text("parent", path_at(now, memcg->parent), "/system.slice");
		expect_int("tasks", memcg->n_tasks, 2);
		expect_int("usage", memcg->usage_bytes, 50 * MIB);
		expect_int("max", memcg->max_bytes, 64 * MIB);
		expect_int("high", memcg->high_bytes, 60000000);
		expect_int("swap", memcg->swap_bytes, 4096);
		expect_int("swap max", memcg->swap_max_bytes, 8192);
		expect_int("group", memcg->oom_group, 1);
		expect_int("high", memcg->events_high, 1);
		expect_int("max", memcg->events_max, 2);
		expect_int("oom", memcg->events_oom, 3);
		expect_int("kill", memcg->events_oom_kill, 4);
		expect_int("v1's", memcg->memsw_bytes, VALUE_UNKNOWN);
		expect_int("v1's", memcg->swappiness, VALUE_UNKNOWN);
		expect_int("83 % of high: a suspect", memcg->stat_file_bytes, 11);
		expect_int("when", memcg->stat_uptime_ms, 1000);
		expect_int("pressure", memcg->pressure.some.avg10_centi, 150);
		memcg = memcg_of(now, "/system.slice");
		expect_text("top", path_at(now, memcg->parent), "");
		expect_int("tasks below", memcg->n_tasks, 3);
		expect_int("no limit", memcg->max_bytes, MEMCG_UNLIMITED);
		expect_int("no file", memcg->high_bytes, VALUE_UNKNOWN);
		expect_int("no file", memcg->events_oom, VALUE_UNKNOWN);
		expect_int("no suspect", memcg->stat_uptime_ms, VALUE_UNKNOWN);
		expect_text("task", path_at(now, now->tasks[2].memcg), "/system.slice/a.service");
		expect_int("in the root", now->tasks[3].memcg, NO_MEMCG);
		expect_int("not known", now->tasks[4].memcg, NO_MEMCG);
	}
	world_end(&world);
}

/* Where the controller is not enabled the cgroup above counts their memory. */
static void processes_belong_to_the_nearest_memory_cgroup(void)
{
	static const char *const paths[] = { "/system.slice/b.service/inner",
		"/system.slice/b.service/gone/deep", "/elsewhere", NULL };
	const struct snapshot *now;
	struct world world;

	if (world_begin(&world, v2_tree, false)) {
		now = world_tick(&world, true, paths);
		expect_int("count", now->n_memcgs, 2);
		expect_text("inner", path_at(now, now->tasks[0].memcg), "/system.slice/b.service");
		expect_text("gone", path_at(now, now->tasks[1].memcg), "/system.slice/b.service");
		expect_int("nothing", now->tasks[2].memcg, NO_MEMCG);
		expect_int("tasks", memcg_of(now, "/system.slice/b.service")->n_tasks, 2);
	}
	world_end(&world);
}

static void paths_that_cannot_be_seen_are_none(void)
{
	static const char *const paths[] = { "/..", "/../x", "/../../system.slice/a.service",
		"/system.slice/a.service (deleted)", "/ (deleted)", " (deleted)", "system.slice",
		"/system.slice/", "//", "/system.slice//a.service", "/system.slice/.",
		"/system.slice/../system.slice", "x", NULL };
	const struct snapshot *now;
	struct world world;

	if (world_begin(&world, v2_tree, true)) {
		now = world_tick(&world, false, paths);
		expect_int("count", now->n_memcgs, 0);
		for (uint32_t i = 0; i < now->n_tasks; i++)
			expect_int(paths[i], now->tasks[i].memcg, NO_MEMCG);
		expect_int("the controller is there", now->facts[FACT_CGROUPS], FACT_PRESENT);
	}
	world_end(&world);
}

static void the_root_of_a_container_counts(void)
{
	static const struct tree_file v2[] = { MOUNTS_V2, CONTROLLERS, V2("", "5\n", "10\n"),
		V2("/in", "2\n", "max\n"), { 0 } };
	static const struct tree_file v1[] = { MOUNTS_V1, V1("", "5\n", "10\n"),
		V1("/in", "2\n", NO_LIMIT_V1), { 0 } };
	static const char *const paths[] = { "/in", "/", NULL };

	for (int i = 0; i < 2; i++) {
		const struct snapshot *now;
		struct world world;

		if (world_begin(&world, i == 0 ? v2 : v1, false)) {
			now = world_tick(&world, false, paths);
			expect_int("count", now->n_memcgs, 2);
			expect_text("root", now->memcgs[0].path, "/");
			expect_int("tasks", now->memcgs[0].n_tasks, 2);
			expect_text("parent", path_at(now, memcg_of(now, "/in")->parent), "/");
			expect_text("task", path_at(now, now->tasks[1].memcg), "/");
		}
		world_end(&world);
	}
}

static const struct tree_file v1_tree[] = {
	MOUNTS_V1,
	V1("", "900000\n", NO_LIMIT_V1),
	V1("/docker", "800000\n", NO_LIMIT_V1),
	V1("/docker/0f3a91c2d4", "700000\n", "1000000\n"),
	AT_V1("/docker", "use_hierarchy", "0\n"),
	AT_V1("/docker/0f3a91c2d4", "use_hierarchy", "1\n"),
	AT_V1("/docker/0f3a91c2d4", "memsw.usage_in_bytes", "750000\n"),
	AT_V1("/docker/0f3a91c2d4", "memsw.limit_in_bytes", "900000\n"),
	AT_V1("/docker/0f3a91c2d4", "failcnt", "12\n"),
	AT_V1("/docker/0f3a91c2d4", "swappiness", "60\n"),
	AT_V1("/docker/0f3a91c2d4", "oom_control", "oom_kill_disable 1\nunder_oom 1\noom_kill 3\n"),
	AT_V1("/docker/0f3a91c2d4", "stat",
		"inactive_file 1\ntotal_inactive_file 5\n"
		"total_active_file 6\n"),
	{ 0 },
};

static void v1_is_read(void)
{
	static const char *const paths[] = { "/docker/0f3a91c2d4", "/", NULL };
	const struct memcg *memcg;
	const struct snapshot *now;
	struct world world;

	if (world_begin(&world, v1_tree, true)) {
		now = world_tick(&world, false, paths);
		expect_order("order", now);
		expect_int("version", now->memcg_version, 1);
		expect_int("without the root", now->n_memcgs, 2);
		expect_int("in the root", now->tasks[1].memcg, NO_MEMCG);
		memcg = memcg_of(now, "/docker/0f3a91c2d4");
		expect_text("container", memcg->container, "docker:0f3a91c2");
		expect_int("version", memcg->version, 1);
		expect_int("flat", memcg->flat, false);
		expect_int("usage", memcg->usage_bytes, 700000);
		expect_int("max", memcg->max_bytes, 1000000);
		expect_int("memsw", memcg->memsw_bytes, 750000);
		expect_int("memsw max", memcg->memsw_max_bytes, 900000);
		expect_int("swap", memcg->swap_bytes, 50000);
		expect_int("swappiness", memcg->swappiness, 60);
		expect_int("disabled", memcg->oom_kill_disable, 1);
		expect_int("waits", memcg->under_oom, 1);
		expect_int("failcnt", memcg->events_max, 12);
		expect_int("kills", memcg->events_oom_kill, 3);
		expect_int("v2's", memcg->events_oom, VALUE_UNKNOWN);
		expect_int("v2's", memcg->high_bytes, VALUE_UNKNOWN);
		expect_int("v2's", memcg->oom_group, VALUE_UNKNOWN);
		expect_int("83 % of memsw: a suspect", memcg->stat_file_bytes, 11);
		memcg = memcg_of(now, "/docker");
		expect_int("flat", memcg->flat, true);
		expect_int("no memsw", memcg->memsw_bytes, VALUE_UNKNOWN);
		expect_int("no swap", memcg->swap_bytes, VALUE_UNKNOWN);
		expect_int("no control", memcg->oom_kill_disable, VALUE_UNKNOWN);
		expect_int("tasks", memcg->n_tasks, 1);
	}
	world_end(&world);
}

/* Docker without a cgroup namespace mounts its own part, and tells the whole path. */
static void a_mount_of_a_part_is_seen_as_that(void)
{
	static const struct tree_file files[] = {
		PLAIN("proc/self/mountinfo",
			"35 31 0:32 /docker/0f /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"),
		V1("", "5\n", "10\n"),
		V1("/in", "2\n", NO_LIMIT_V1),
		V1("/docker/0f", "3\n", "4\n"),
		{ 0 },
	};
	static const char *const paths[] = { "/docker/0f", "/docker/0f/in", "/docker/0fe", "/in",
		NULL };
	const struct snapshot *now;
	struct world world;

	if (world_begin(&world, files, false)) {
		now = world_tick(&world, false, paths);
		expect_int("count", now->n_memcgs, 2);
		expect_text("top", now->memcgs[0].path, "/docker/0f");
		expect_int("top", now->memcgs[0].usage_bytes, 5);
		expect_int("below", memcg_of(now, "/docker/0f/in")->usage_bytes, 2);
		expect_int("beside", now->tasks[2].memcg, NO_MEMCG);
		expect_int("elsewhere", now->tasks[3].memcg, NO_MEMCG);
	}
	world_end(&world);
}

static void the_controller_is_found_wherever_it_is(void)
{
#define X_V2 V2("/x", "5\n", "10\n")
#define X_V1 V1("/x", "6\n", "10\n")
	static const struct tree_file v2_probe[] = { CONTROLLERS, X_V2, { 0 } };
	static const struct tree_file v1_probe[] = { V1("", "1\n", NO_LIMIT_V1), X_V1, CONTROLLERS,
		X_V2, { 0 } };
	static const struct tree_file mounts[] = {
		PLAIN("proc/mounts", "c /cg cgroup2 rw 0 0\n"),
		PLAIN("cg/x/memory.current", "7\n"),
		{ 0 },
	};
	static const struct tree_file hybrid[] = { MOUNTS_V1, X_V1, { 0 } };
	static const struct tree_file elsewhere[] = { MOUNTS_V2, X_V2,
		PLAIN("sys/fs/cgroup/cgroup.controllers", "cpu pids\n"), { 0 } };
	static const struct tree_file unsure[] = { MOUNTS_V2, X_V2, { 0 } };
	static const struct tree_file only_mounts[] = { MOUNTS_V2, { 0 } };
	static const struct tree_file nothing[] = { PLAIN("proc", NULL), X_V2, { 0 } };
	static const struct tree_file of_init[] = {
		PLAIN("proc/1/mountinfo", "31 23 0:28 / /cg rw - cgroup2 cgroup2 rw\n"),
		MOUNTS_V2,
		PLAIN("cg/x/memory.current", "8\n"),
		X_V2,
		{ 0 },
	};
	static const struct {
		const char *label;
		const struct tree_file *files;
		int version;
		int64_t usage;
		enum fact_state fact;
		bool live;
	} cases[] = {
		{ "probed v2", v2_probe, 2, 5, FACT_PRESENT, false },
		{ "probed v1", v1_probe, 1, 6, FACT_PRESENT, false },
		{ "mounts", mounts, 2, 7, FACT_PRESENT, false },
		{ "hybrid", hybrid, 1, 6, FACT_PRESENT, false },
		{ "v2 without memory", elsewhere, 0, VALUE_UNKNOWN, FACT_ABSENT, false },
		{ "v2, who knows", unsure, 2, 5, FACT_PRESENT, false },
		{ "an old recording", only_mounts, 0, VALUE_UNKNOWN, FACT_ABSENT, false },
		{ "nothing", nothing, 0, VALUE_UNKNOWN, FACT_ABSENT, false },
		{ "a recording's self", of_init, 2, 5, FACT_PRESENT, false },
		{ "a host's init", of_init, 2, 8, FACT_PRESENT, true },
	};
	static const char *const paths[] = { "/x", NULL };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const bool any = cases[i].version > 0;
		const struct snapshot *now;
		struct world world;

		if (world_begin(&world, cases[i].files, cases[i].live)) {
			now = world_tick(&world, false, paths);
			expect_int(cases[i].label, now->memcg_version, cases[i].version);
			expect_int(cases[i].label, now->facts[FACT_CGROUPS], cases[i].fact);
			expect_int(cases[i].label, now->n_memcgs, any);
			expect_int(cases[i].label, now->tasks[0].memcg, any ? 0 : NO_MEMCG);
			expect_int(
				cases[i].label, memcg_of(now, "/x")->usage_bytes, cases[i].usage);
		}
		world_end(&world);
	}
}

static void hostile_files_are_unknown(void)
{
	static const struct tree_file files[] = {
		MOUNTS_V2,
		V2("/a", "-5\n", "12k\n"),
		AT_V2("/a", "high", ""),
		AT_V2("/a", "oom.group", "2\n"),
		AT_V2("/a", "events", "\xff\xfe\n"),
		AT_V2("/a", "swap.current", "18446744073709547520\n"),
		V2("/b", "max\n", "4096\n"),
		V2("/c", "4096\n", "0\n"),
		AT_V2("/c", "stat", "anon -1\nfile_mapped 1\n"),
		AT_V2("/d", "current/x", ""),
		{ 0 },
	};
	static const char *const paths[] = { "/a", "/b", "/c", "/d", NULL };
	const struct memcg *memcg;
	const struct snapshot *now;
	struct world world;

	if (world_begin(&world, files, false)) {
		now = world_tick(&world, false, paths);
		expect_int("count", now->n_memcgs, 4);
		memcg = memcg_of(now, "/a");
		expect_int("usage", memcg->usage_bytes, VALUE_UNKNOWN);
		expect_int("max", memcg->max_bytes, VALUE_UNKNOWN);
		expect_int("high", memcg->high_bytes, VALUE_UNKNOWN);
		expect_int("group", memcg->oom_group, VALUE_UNKNOWN);
		expect_int("events", memcg->events_max, VALUE_UNKNOWN);
		expect_int("below 0", memcg->swap_bytes, VALUE_UNKNOWN);
		expect_int("max is no usage", memcg_of(now, "/b")->usage_bytes, VALUE_UNKNOWN);
		expect_int("a limit of 0", memcg_of(now, "/c")->stat_mapped_bytes, 1);
		expect_int("negative", memcg_of(now, "/c")->stat_anon_bytes, VALUE_UNKNOWN);
		expect_text("a folder", memcg_of(now, "/d")->path, "/d");
	}
	world_end(&world);
}

static void hostile_names_are_only_names(void)
{
	static const struct tree_file files[] = {
		MOUNTS_V2,
		V2("/a b\tc", "1\n", "max\n"),
		V2("/new\\012line", "2\n", "max\n"),
		V2("/%s%n", "3\n", "max\n"),
		V2("/...", "4\n", "max\n"),
		V2("/\xff\x1b[31m", "5\n", "max\n"),
		{ 0 },
	};
	static const char *const paths[] = { "/a b\tc", "/new\\012line", "/%s%n", "/...",
		"/\xff\x1b[31m", NULL };
	const struct snapshot *now;
	struct world world;

	if (world_begin(&world, files, false)) {
		now = world_tick(&world, false, paths);
		expect_int("count", now->n_memcgs, 5);
		for (uint32_t i = 0; i < now->n_tasks; i++)
			expect_int(paths[i], memcg_of(now, paths[i])->usage_bytes, i + 1);
	}
	world_end(&world);
}

/** Write "/a/a/a…" of so many levels, each with its usage, into a path and a tree. */
static void make_deep(const struct world *world, unsigned levels, char *path)
{
	char file[1024], usage[16];
	const struct tree_file files[] = { PLAIN(file, usage), { 0 } };

	for (unsigned i = 0; i < levels; i++) {
		memcpy(path + (size_t)2 * i, "/a", 3);
		snprintf(file, sizeof(file), "sys/fs/cgroup%s/memory.current", path);
		snprintf(usage, sizeof(usage), "%u\n", i + 1);
		expect_int("level", tree_write(world->tree, files), 0);
	}
}

static void those_too_deep_belong_to_the_one_above(void)
{
	static const struct tree_file files[] = { MOUNTS_V2, CONTROLLERS, { 0 } };
	static const unsigned levels[] = { 1, 100, 128, 129, 200 };

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		const uint32_t want = levels[i] < 128 ? levels[i] : 128;
		char path[512] = "";
		const char *const paths[] = { path, NULL };
		const struct snapshot *now;
		struct world world;

		if (world_begin(&world, files, false)) {
			make_deep(&world, levels[i], path);
			now = world_tick(&world, false, paths);
			expect_order("order", now);
			expect_int("count", now->n_memcgs, want);
			expect_int("task", now->tasks[0].memcg, want - 1);
			expect_int("deepest", now->memcgs[want - 1].usage_bytes, want);
			expect_int("tasks", now->memcgs[0].n_tasks, 1);
		}
		world_end(&world);
	}
}

static void long_paths_are_unknown_but_there(void)
{
	static const struct tree_file files[] = { MOUNTS_V2, CONTROLLERS, { 0 } };
	char long_name[258], too_long_name[258], long_path[4096], file[320];
	const struct tree_file named[] = { PLAIN(file, "7\n"), { 0 } };
	const char *const paths[] = { long_name, too_long_name, long_path, NULL };
	const struct snapshot *now;
	struct world world;

	memset(too_long_name, 'n', sizeof(too_long_name));
	too_long_name[0] = '/';
	too_long_name[257] = '\0';
	memcpy(long_name, too_long_name, sizeof(long_name));
	long_name[256] = '\0';
	memset(long_path, 'p', sizeof(long_path));
	for (unsigned i = 0; i < sizeof(long_path); i += 256)
		long_path[i] = '/';
	long_path[4090] = '\0';
	snprintf(file, sizeof(file), "sys/fs/cgroup%s/memory.current", long_name);
	if (world_begin(&world, files, false)) {
		expect_int("write", tree_write(world.tree, named), 0);
		now = world_tick(&world, false, paths);
		expect_int("count", now->n_memcgs, 2);
		expect_int("255 bytes", memcg_of(now, long_name)->usage_bytes, 7);
		expect_int("256 bytes", now->tasks[1].memcg, NO_MEMCG);
		expect_true("there", strcmp(memcg_of(now, long_path)->path, long_path) == 0);
		expect_int("unknown", memcg_of(now, long_path)->usage_bytes, VALUE_UNKNOWN);
	}
	world_end(&world);
}

extern CU_TestInfo cgroups_tests[];

CU_TestInfo cgroups_tests[] = {
	{ "v2 is read", v2_is_read },
	{ "processes belong to the nearest memory cgroup",
		processes_belong_to_the_nearest_memory_cgroup },
	{ "paths that cannot be seen are none", paths_that_cannot_be_seen_are_none },
	{ "the root of a container counts", the_root_of_a_container_counts },
	{ "v1 is read", v1_is_read },
	{ "a mount of a part is seen as that", a_mount_of_a_part_is_seen_as_that },
	{ "the controller is found wherever it is", the_controller_is_found_wherever_it_is },
	{ "hostile files are unknown", hostile_files_are_unknown },
	{ "hostile names are only names", hostile_names_are_only_names },
	{ "those too deep belong to the one above", those_too_deep_belong_to_the_one_above },
	{ "long paths are unknown but there", long_paths_are_unknown_but_there },
	CU_TEST_INFO_NULL,
};
