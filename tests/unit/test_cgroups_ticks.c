/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allocs.h"
#include "cgroup_world.h"

#define TURNS 32

static void write_one(const struct world *world, const char *file, const char *content)
{
	char path[256];
	const struct tree_file files[] = { PLAIN(path, content), { 0 } };

	snprintf(path, sizeof(path), "sys/fs/cgroup%s", file);
	expect_int(file, tree_write(world->tree, files), 0);
}

static void remove_one(const struct world *world, const char *file)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/sys/fs/cgroup%s", world->tree, file);
	expect_int(file, remove(path), 0);
}

static const struct tree_file ticks_tree[] = {
	MOUNTS_V2,
	CONTROLLERS,
	V2("/limited", "10\n", "1000\n"),
	AT_V2("/limited", "events", "high 0\nmax 0\noom 0\noom_kill 0\n"),
	AT_V2("/limited", "stat", "anon 1\n"),
	V2("/free", "20\n", "max\n"),
	AT_V2("/free", "events", "high 0\nmax 0\noom 0\noom_kill 0\n"),
	AT_V2("/free", "stat", "anon 2\n"),
	{ 0 },
};

static const char *const both[] = { "/limited", "/free", NULL };

/** Ticks until a value is seen that was written before; 0 if it is not within so many. */
static int ticks_until(
	struct world *world, const char *path, size_t offset, int64_t want, int at_most)
{
	for (int tick = 1; tick <= at_most; tick++) {
		const struct snapshot *now = world_tick(world, false, both);
		const struct memcg *memcg = memcg_of(now, path);
		int64_t got;

		memcpy(&got, (const char *)memcg + offset, sizeof(got));
		if (got == want)
			return tick;
	}
	return 0;
}

#define TICKS_UNTIL(world, path, name, want, at_most) \
	ticks_until(world, path, offsetof(struct memcg, name), want, at_most)

static void changes_are_seen_in_time(void)
{
	struct world world;
	int ticks;

	for (int live = 0; live <= 1; live++) {
		if (world_begin(&world, ticks_tree, live == 1)) {
			(void)world_tick(&world, false, both);
			for (int i = 0; i < 5; i++) {
				char usage[16], limit[16];

				snprintf(usage, sizeof(usage), "%d\n", 100 + i);
				snprintf(limit, sizeof(limit), "%d\n", 2000 + i);
				write_one(&world, "/limited/memory.current", usage);
				write_one(&world, "/limited/memory.max", limit);
				expect_int("usage",
					TICKS_UNTIL(&world, "/limited", usage_bytes, 100 + i, 1),
					1);
				ticks = TICKS_UNTIL(&world, "/limited", max_bytes, 2000 + i, TURNS);
				expect_true("limit", ticks > 0 && ticks <= 3);
			}
			write_one(&world, "/free/memory.current", "21\n");
			ticks = TICKS_UNTIL(&world, "/free", usage_bytes, 21, 2 * TURNS);
			expect_true("usage in turn", ticks > 0 && ticks <= TURNS);
			write_one(&world, "/free/memory.max", "3000\n");
			ticks = TICKS_UNTIL(&world, "/free", max_bytes, 3000, 2 * TURNS);
			expect_int("limit in turn, 32 after the one before", ticks, TURNS);
			write_one(&world, "/free/memory.current", "22\n");
			expect_int(
				"limited now", TICKS_UNTIL(&world, "/free", usage_bytes, 22, 1), 1);
		}
		world_end(&world);
	}
}

static void thorough_and_wanted_are_read_at_once(void)
{
	const struct snapshot *now;
	struct world world;

	if (world_begin(&world, ticks_tree, true)) {
		now = world_tick(&world, false, both);
		expect_int("no suspect", memcg_of(now, "/free")->stat_anon_bytes, VALUE_UNKNOWN);
		write_one(&world, "/free/memory.current", "23\n");
		write_one(&world, "/free/memory.max", "max\n");
		cgroups_want(world.cgroups, "/free");
		now = world_tick(&world, false, both);
		expect_int("wanted", memcg_of(now, "/free")->usage_bytes, 23);
		expect_int("in full", memcg_of(now, "/free")->stat_anon_bytes, 2);
		expect_int("now", memcg_of(now, "/free")->stat_uptime_ms, 2000);
		cgroups_want(world.cgroups, "");
		now = world_tick(&world, false, both);
		expect_int("stays", memcg_of(now, "/free")->stat_anon_bytes, 2);
		expect_int("with its age", memcg_of(now, "/free")->stat_uptime_ms, 2000);
		expect_int("not", memcg_of(now, "/limited")->stat_uptime_ms, VALUE_UNKNOWN);
		write_one(&world, "/free/memory.current", "24\n");
		now = world_tick(&world, true, both);
		expect_int("thorough", memcg_of(now, "/free")->usage_bytes, 24);
		expect_int("of all with limits", memcg_of(now, "/limited")->stat_anon_bytes, 1);
		expect_int("but not the others", memcg_of(now, "/free")->stat_uptime_ms, 2000);
	}
	world_end(&world);
}

static void suspects_are_the_full_and_those_with_events(void)
{
	static const struct {
		const char *label, *file, *content;
		bool suspect;
	} cases[] = {
		{ "749 of 1000", "/limited/memory.current", "749\n", false },
		{ "750", "/limited/memory.current", "750\n", true },
		{ "over", "/limited/memory.current", "1001\n", true },
		{ "of high", "/limited/memory.high", "13\n", true },
		{ "less of high", "/limited/memory.high", "14\n", false },
		{ "max rose", "/limited/memory.events", "max 1\noom 0\n", true },
		{ "oom rose", "/limited/memory.events", "max 0\noom 1\n", true },
		{ "high alone", "/limited/memory.events", "high 1\nmax 0\noom 0\n", false },
		{ "kills alone", "/limited/memory.events", "max 0\noom 0\noom_kill 1\n", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct snapshot *now;
		struct world world;

		if (world_begin(&world, ticks_tree, true)) {
			now = world_tick(&world, false, both);
			expect_int(cases[i].label, memcg_of(now, "/limited")->stat_uptime_ms,
				VALUE_UNKNOWN);
			write_one(&world, cases[i].file, cases[i].content);
			for (int tick = 0; tick < TURNS; tick++)
				now = world_tick(&world, false, both);
			expect_int(cases[i].label,
				value_known(memcg_of(now, "/limited")->stat_uptime_ms),
				cases[i].suspect);
		}
		world_end(&world);
	}
}

#define MANY 40

/** So many cgroups, each fuller than the one before, from 80 % on. */
static bool begin_many(struct world *world, char names[MANY][16], const char *paths[MANY + 1])
{
	static const struct tree_file files[] = { MOUNTS_V2, CONTROLLERS, { 0 } };

	if (!world_begin(world, files, true))
		return false;
	for (int i = 0; i < MANY; i++) {
		char file[64], usage[16];

		snprintf(names[i], 16, "/m%02d", i);
		paths[i] = names[i];
		snprintf(file, sizeof(file), "%s/memory.current", names[i]);
		snprintf(usage, sizeof(usage), "%d\n", 800 + i);
		write_one(world, file, usage);
		snprintf(file, sizeof(file), "%s/memory.max", names[i]);
		write_one(world, file, "1000\n");
		snprintf(file, sizeof(file), "%s/memory.stat", names[i]);
		write_one(world, file, "anon 1\n");
	}
	paths[MANY] = NULL;
	return true;
}

static void sixteen_suspects_a_tick_take_turns(void)
{
	char names[MANY][16];
	const char *paths[MANY + 1];
	struct world world;

	if (begin_many(&world, names, paths)) {
		for (int64_t tick = 1; tick <= 10; tick++) {
			const struct snapshot *now = world_tick(&world, false, paths);
			int fresh = 0, known = 0, fullest = 0;

			for (int i = 0; i < MANY; i++) {
				const int64_t when = memcg_of(now, names[i])->stat_uptime_ms;

				known += value_known(when);
				fresh += when == tick * 1000;
				fullest += when == tick * 1000 && i >= MANY - 8;
			}
			expect_int("in one tick", fresh, 16);
			expect_int("the fullest always", fullest, 8);
			expect_int("the others in turn", known, value_min(8 + 8 * tick, MANY));
		}
		/* Not more than once in four ticks, but there it is each time. */
		cgroups_want(world.cgroups, "/m00");
		for (int64_t tick = 11; tick <= 14; tick++)
			expect_int("wanted",
				memcg_of(world_tick(&world, false, paths), "/m00")->stat_uptime_ms,
				tick * 1000);
	}
	world_end(&world);
}

static void what_vanishes_comes_back_as_another(void)
{
	const struct snapshot *now;
	struct world world;
	int back = 0;

	if (world_begin(&world, ticks_tree, false)) {
		(void)world_tick(&world, false, both);
		write_one(&world, "/limited/memory.current", "990\n");
		now = world_tick(&world, false, both);
		expect_int("suspect", memcg_of(now, "/limited")->stat_anon_bytes, 1);
		remove_one(&world, "/limited/memory.current");
		now = world_tick(&world, false, both);
		expect_int("gone", now->n_memcgs, 1);
		expect_int("task", now->tasks[0].memcg, NO_MEMCG);
		write_one(&world, "/limited/memory.current", "7\n");
		write_one(&world, "/limited/memory.max", "5000\n");
		for (int tick = 1; tick <= TURNS && !back; tick++) {
			now = world_tick(&world, false, both);
			back = now->n_memcgs == 2 ? tick : 0;
		}
		expect_true("back in time", back > 0);
		expect_int("usage", memcg_of(now, "/limited")->usage_bytes, 7);
		expect_int("limit", memcg_of(now, "/limited")->max_bytes, 5000);
		expect_int("not the old stat", memcg_of(now, "/limited")->stat_anon_bytes,
			VALUE_UNKNOWN);
	}
	world_end(&world);
}

static void counters_that_fall_are_of_another(void)
{
	const struct snapshot *now;
	struct world world;

	if (world_begin(&world, ticks_tree, true)) {
		write_one(&world, "/limited/memory.events", "max 5\noom 5\noom_kill 5\n");
		write_one(&world, "/limited/memory.current", "500\n");
		(void)world_tick(&world, false, both);
		for (int i = 0; i < 4; i++) {
			char limit[16], events[64];

			snprintf(limit, sizeof(limit), "%d\n", 1000 - i);
			write_one(&world, "/limited/memory.max", limit);
			snprintf(events, sizeof(events), "max 5\noom 5\noom_kill %d\n", 4 - i);
			write_one(&world, "/limited/memory.events", events);
			now = world_tick(&world, false, both);
			expect_int("limit", memcg_of(now, "/limited")->max_bytes, 1000 - i);
			expect_int("no rise", memcg_of(now, "/limited")->stat_uptime_ms,
				VALUE_UNKNOWN);
		}
	}
	world_end(&world);
}

static void the_unused_are_read_anew(void)
{
	static const char *const one[] = { "/free", NULL };
	const struct snapshot *now;
	struct world world;

	if (world_begin(&world, ticks_tree, true)) {
		(void)world_tick(&world, false, both);
		now = world_tick(&world, false, one);
		expect_int("not listed", now->n_memcgs, 1);
		write_one(&world, "/limited/memory.max", "7000\n");
		now = world_tick(&world, false, both);
		expect_int("limit", memcg_of(now, "/limited")->max_bytes, 7000);
		for (int tick = 0; tick < 70; tick++)
			(void)world_tick(&world, false, one);
		now = world_tick(&world, false, both);
		expect_int("after being forgotten", memcg_of(now, "/limited")->max_bytes, 7000);
	}
	world_end(&world);
}

/* The snapshot before is compared with the one of now, whatever became of the cgroups. */
static void snapshots_keep_their_strings(void)
{
	static const char *const none[] = { "", NULL };
	char path[32] = "/limited";
	const char *const paths[] = { path, NULL };
	struct snapshot kept;
	struct world world;

	if (world_begin(&world, ticks_tree, true)) {
		kept = *world_tick(&world, false, paths);
		world.snapshots[0] = (struct snapshot){ .n_tasks = 0 };
		for (int tick = 0; tick < 70; tick++)
			(void)world_tick(&world, false, none);
		memset(path, 'x', strlen(path));
		expect_text("path", memcg_of(&kept, "/limited")->path, "/limited");
		expect_int("usage", memcg_of(&kept, "/limited")->usage_bytes, 10);
		arena_free(&kept.arena);
	}
	world_end(&world);
}

static void a_mount_that_comes_later_is_found(void)
{
	static const struct tree_file empty[] = { PLAIN("proc", NULL), { 0 } };
	int found = 0;
	struct world world;

	if (world_begin(&world, empty, true)) {
		expect_int("none", world_tick(&world, false, both)->memcg_version, 0);
		expect_int("write", tree_write(world.tree, ticks_tree), 0);
		for (int tick = 1; tick <= 2 * TURNS && !found; tick++)
			found = world_tick(&world, false, both)->n_memcgs == 2 ? tick : 0;
		expect_int("found", found, 16);
	}
	world_end(&world);
}

static void the_steady_state_allocates_nothing(void)
{
	char names[MANY][16];
	const char *paths[MANY + 1];
	struct world world;

	if (begin_many(&world, names, paths)) {
		for (int tick = 0; tick < 4; tick++)
			(void)world_tick(&world, false, paths);
		allocs_start();
		for (int tick = 0; tick < 40; tick++)
			(void)world_tick(&world, tick % 8 == 0, paths);
		expect_int("allocations", allocs_stop(), 0);
	}
	world_end(&world);
}

/** Whether two snapshots say the same of a cgroup, strings too. */
static void expect_same(const struct memcg *got, const struct memcg *want)
{
	const size_t from = offsetof(struct memcg, usage_bytes);

	expect_text("path", got->path, want->path);
	expect_int(want->path, got->parent, want->parent);
	expect_int(want->path, got->n_tasks, want->n_tasks);
	expect_int(want->path, got->version, want->version);
	expect_int(want->path,
		memcmp((const char *)got + from, (const char *)want + from, sizeof(*got) - from),
		0);
}

/* Captured in a later tick, when the mount is known and files are kept open. */
static void a_capture_shows_the_same(void)
{
	static const struct tree_file empty[] = { PLAIN("proc", NULL), { 0 } };
	struct world world, recorded;

	if (world_begin(&world, ticks_tree, true) && world_begin(&recorded, empty, false)) {
		const struct snapshot *was, *is;

		write_one(&world, "/limited/memory.current", "990\n");
		for (int tick = 0; tick < 3; tick++)
			(void)world_tick(&world, false, both);
		world.root.capture_fd = open(recorded.tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		was = world_tick(&world, true, both);
		close(world.root.capture_fd);
		world.root.capture_fd = -1;
		recorded.tick = world.tick - 1;
		is = world_tick(&recorded, true, both);
		expect_int("fact", is->facts[FACT_CGROUPS], FACT_PRESENT);
		expect_int("version", is->memcg_version, 2);
		if (expect_int("count", is->n_memcgs, was->n_memcgs))
			for (uint32_t i = 0; i < is->n_memcgs; i++)
				expect_same(&is->memcgs[i], &was->memcgs[i]);
		expect_int("stat", memcg_of(is, "/limited")->stat_anon_bytes, 1);
	}
	world_end(&recorded);
	world_end(&world);
}

static int count_fds(void)
{
	int count = 0;

	for (int fd = 0; fd < 4096; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/** Descriptors kept of many cgroups under a limit of all descriptors. */
static int kept_under(rlim_t limit)
{
	char names[MANY][16];
	const char *paths[MANY + 1];
	static const char *const none[] = { "", NULL };
	struct rlimit old, lower;
	struct world world;
	int before, kept = -1;

	getrlimit(RLIMIT_NOFILE, &old);
	lower = (struct rlimit){ limit, old.rlim_max };
	expect_int("limit", setrlimit(RLIMIT_NOFILE, &lower), 0);
	if (begin_many(&world, names, paths)) {
		const struct snapshot *now;

		before = count_fds();
		for (int tick = 0; tick < 3; tick++)
			now = world_tick(&world, false, paths);
		kept = count_fds() - before;
		expect_int("all are read", now->n_memcgs, MANY);
		expect_int("usage", memcg_of(now, "/m39")->usage_bytes, 839);
		(void)world_tick(&world, false, none);
		expect_int("closed where nobody is", count_fds(), before);
	}
	world_end(&world);
	setrlimit(RLIMIT_NOFILE, &old);
	return kept;
}

/* Half of them is for the processes, with 1088 of the other half. */
static void descriptors_are_left_for_others(void)
{
	expect_int("few", kept_under(1024), 0);
	expect_int("just too few", kept_under(2176), 0);
	expect_int("some", kept_under(2 * (1088 + 11)), 11);
	expect_int("enough", kept_under(8192), MANY);
}

/* A real cgroup of v1, where the machine has them and lets us. */
static void real_cgroups_come_and_go(void)
{
	char path[64], dir[128], file[192];
	const char *const paths[] = { path, NULL };
	const struct snapshot *now;
	struct world world;
	FILE *limit;

	snprintf(path, sizeof(path), "/oomwatch-test-%d", (int)getpid());
	snprintf(dir, sizeof(dir), "/sys/fs/cgroup/memory%s", path);
	snprintf(file, sizeof(file), "%s/memory.limit_in_bytes", dir);
	if (mkdir(dir, 0755) < 0)
		return;
	memset(&world, 0, sizeof(world));
	expect_int("open", root_open_live(&world.root, "/"), 0);
	expect_int("new", cgroups_new(&world.root, &world.cgroups), 0);
	/* The second has the name and the files kept open of the first. */
	for (int64_t mib = 8; mib <= 16; mib *= 2) {
		limit = fopen(file, "w");
		if (expect_true("limit", limit)) {
			fprintf(limit, "%lld", (long long)mib << 20);
			expect_int("written", fclose(limit), 0);
		}
		/* Files are kept from the second tick on. */
		for (int tick = mib == 8 ? 0 : 1; tick < 2; tick++)
			now = world_tick(&world, false, paths);
		expect_int("version", now->memcg_version, 1);
		expect_int("max", memcg_of(now, path)->max_bytes, mib << 20);
		expect_true("usage", memcg_of(now, path)->usage_bytes >= 0);
		expect_int("waits", memcg_of(now, path)->under_oom, 0);
		expect_int("remove", rmdir(dir), 0);
		if (mib == 8)
			expect_int("another", mkdir(dir, 0755), 0);
	}
	expect_int("gone", world_tick(&world, false, paths)->tasks[0].memcg, NO_MEMCG);
	world_end(&world);
}

extern CU_TestInfo cgroups_ticks_tests[];

CU_TestInfo cgroups_ticks_tests[] = {
	{ "changes are seen in time", changes_are_seen_in_time },
	{ "thorough and wanted are read at once", thorough_and_wanted_are_read_at_once },
	{ "suspects are the full and those with events",
		suspects_are_the_full_and_those_with_events },
	{ "sixteen suspects a tick take turns", sixteen_suspects_a_tick_take_turns },
	{ "what vanishes comes back as another", what_vanishes_comes_back_as_another },
	{ "counters that fall are of another", counters_that_fall_are_of_another },
	{ "the unused are read anew", the_unused_are_read_anew },
	{ "snapshots keep their strings", snapshots_keep_their_strings },
	{ "a mount that comes later is found", a_mount_that_comes_later_is_found },
	{ "the steady state allocates nothing", the_steady_state_allocates_nothing },
	{ "a capture shows the same", a_capture_shows_the_same },
	{ "descriptors are left for others", descriptors_are_left_for_others },
	{ "real cgroups come and go", real_cgroups_come_and_go },
	CU_TEST_INFO_NULL,
};
