/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "collect/killers_parts.h"
#include "tree.h"
#include "unit.h"

#define FILE_OF(path, content)   \
	{                        \
		path, content, 0 \
	}

#define RULES(args)                                                                           \
	"{\"rulesets\": [{\"detectors\": [[\"g\", {\"name\": \"pressure_above\", \"args\": {" \
	"\"cgroup\": \"system.slice\", \"resource\": \"memory\", \"threshold\": \"60\", "     \
	"\"duration\": \"1\"}}]], \"actions\": [{\"name\": "                                  \
	"\"kill_by_memory_size_or_growth\", \"args\": {\"cgroup\": \"system.slice/*\"" args   \
	"}}]}]}"

static const struct tree_file files[] = {
	FILE_OF("proc/uptime", "1 1\n"),
	FILE_OF("etc/oomd.json", RULES("")),
	FILE_OF("srv/other.json", RULES(", \"dry\": \"true\"")),
	FILE_OF("srv/bad.json", "{\n\"rulesets\": 5}"),
	FILE_OF("sys/fs/cgroup/system.slice/a/memory.current", "1\n"),
	FILE_OF("sys/fs/cgroup/system.slice/b/memory.current", "1\n"),
	FILE_OF("sys/fs/cgroup/user.slice/memory.current", "1\n"),
	{ NULL, NULL, 0 },
};

static const struct killer_cgroup cgroups[] = { { "/system.slice", NULL },
	{ "/system.slice/a", NULL }, { "/system.slice/b", NULL }, { "/user.slice", NULL } };

enum {
	SYSTEM,
	A,
	B,
	USER,
	N_CGROUPS
};

struct world {
	char *tree;
	struct root root;
	struct arena arena;
	struct killer_process process;
	struct killer killer;
};

static bool begin(struct world *world)
{
	memset(world, 0, sizeof(*world));
	world->tree = tree_make(files);
	if (!expect_true("tree", world->tree) ||
		!expect_int("open", root_open_live(&world->root, world->tree), 0))
		return false;
	world->process = (struct killer_process){
		.root = &world->root,
		.pid = 7,
		.cgroups = cgroups,
		.n_cgroups = N_CGROUPS,
		.memcg_version = 2,
		.mount = { .version = 2, .path = "sys/fs/cgroup" },
	};
	return true;
}

static void end(struct world *world)
{
	if (killer_part_oomd.unload)
		killer_part_oomd.unload(&world->killer);
	arena_free(&world->arena);
	root_close(&world->root);
	tree_remove(world->tree);
}

/* The command line with its NULs; sizeof() counts the last one twice, as it is to be. */
#define LOAD(world, args) load(world, args, sizeof(args) - 1)

static const struct killer *load(struct world *world, const char *args, size_t len)
{
	world->process.args = args;
	world->process.args_len = len;
	arena_reset(&world->arena);
	world->killer = (struct killer){ .kind = KILLER_OOMD, .pid = 7 };
	expect_int(
		"load", killer_part_oomd.load(&world->process, &world->arena, &world->killer), 0);
	return &world->killer;
}

static bool is_other(const struct killer *killer)
{
	return killer->oomd.n_rulesets == 1 && killer->oomd.rulesets[0].actions[0].dry;
}

static void rules_are_those_of_its_command_line(void)
{
	struct world world;
	const struct killer *killer;

	if (!begin(&world))
		return;
	killer = LOAD(&world, "oomd\0");
	expect_int("the default", killer->settings, SETTINGS_DAEMON);
	expect_text("its name", killer->settings_why, "/etc/oomd.json");
	expect_int("read", killer->oomd.n_rulesets, 1);
	expect_true("that one", !is_other(killer));
	expect_int("every 5s", killer->oomd.interval_ms, 5000);

	expect_true("-C", is_other(LOAD(&world, "oomd\0-C\0/srv/other.json\0")));
	expect_true("-CFILE", is_other(LOAD(&world, "oomd\0-C/srv/other.json\0")));
	expect_true("--config", is_other(LOAD(&world, "oomd\0--config\0/srv/other.json\0")));
	killer = LOAD(&world,
		"oomd\0--interval\0"
		"1\0--config=/srv/other.json\0");
	expect_true("--config=", is_other(killer));
	expect_int("--interval", killer->oomd.interval_ms, 1000);
	expect_text("its name", killer->settings_why, "/srv/other.json");
	killer = LOAD(&world, "oomd\0-i2\0-C\0");
	expect_true("no value", !is_other(killer) && killer->oomd.n_rulesets == 1);
	expect_int("-i2", killer->oomd.interval_ms, 2000);
	expect_int("-i 0",
		LOAD(&world,
			"oomd\0-i\0"
			"0\0")
			->oomd.interval_ms,
		5000);
	killer = LOAD(&world, "oomd\0-f\0/srv\0");
	expect_int("other cgroups", killer->settings, SETTINGS_UNREAD);
	expect_true("said", strstr(killer->settings_why, "--cgroup-fs"));
	expect_int(
		"the same", LOAD(&world, "oomd\0-f\0/sys/fs/cgroup\0")->settings, SETTINGS_DAEMON);
	end(&world);
}

static void what_may_be_otherwise_is_said(void)
{
	struct world world;
	const struct killer *killer;

	if (!begin(&world))
		return;
	killer = LOAD(&world, "oomd\0-w\0/etc/oomd.d\0");
	expect_int("drop-ins", killer->settings, SETTINGS_FILES);
	expect_text("said", killer->settings_why,
		"/etc/oomd.json; drop-ins are not followed: /etc/oomd.d");
	world.process.args_error = -EACCES;
	killer = LOAD(&world, "");
	expect_int("no command line", killer->settings, SETTINGS_FILES);
	expect_text("said", killer->settings_why,
		"/etc/oomd.json, as its command line could not be read");
	world.process.args_error = 0;
	killer = LOAD(&world, "oomd\0-C\0/srv/bad.json\0");
	expect_int("not understood", killer->settings, SETTINGS_UNREAD);
	expect_text("said", killer->settings_why, "bad.json:2: rulesets: expected a list");
	killer = LOAD(&world, "oomd\0-C\0/srv/\x1b[1m\0");
	expect_int("not there", killer->settings, SETTINGS_UNREAD);
	expect_text("said", killer->settings_why, "/srv/?[1m: No such file or directory");
	end(&world);
}

static bool set(const struct world *world, const char *folder, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/sys/fs/cgroup/%s", world->tree, folder);
	return setxattr(path, name, "", 0, 0) == 0;
}

static struct killer_tick tick_of(struct snapshot *snapshot, struct memcg *memcgs, uint8_t *demands)
{
	static const uint32_t known[] = { SYSTEM, A, NO_MEMCG, USER };

	memset(snapshot, 0, sizeof(*snapshot));
	memset(demands, 0, N_CGROUPS);
	for (uint32_t i = 0; i < N_CGROUPS; i++)
		memcgs[i] = (struct memcg){ .path = cgroups[i].path,
			.parent = i == A || i == B ? SYSTEM : NO_MEMCG };
	snapshot->memcgs = memcgs;
	snapshot->n_memcgs = N_CGROUPS;
	snapshot->own_caps = CAP_BIT_SYS_ADMIN;
	return (struct killer_tick){ .snapshot = snapshot, .known = known, .demands = demands };
}

static void preferences_are_found_by_presence(void)
{
	struct snapshot snapshot;
	struct memcg memcgs[N_CGROUPS];
	uint8_t demands[N_CGROUPS];
	struct killer_tick tick;
	struct world world;

	if (!begin(&world))
		return;
	tick = tick_of(&snapshot, memcgs, demands);
	if (!set(&world, "system.slice", "user.oomd_avoid")) {
		/* A file system without them: nothing is preferred, and nothing fails. */
		(void)LOAD(&world, "oomd\0");
		expect_int("tick", killer_part_oomd.tick(&tick, &world.killer), 0);
		expect_int("none", world.killer.oomd.preference[SYSTEM], 0);
		arena_free(&snapshot.arena);
		end(&world);
		return;
	}
	set(&world, "system.slice/a", "user.oomd_avoid");
	set(&world, "system.slice/a", "user.oomd_prefer");
	set(&world, "system.slice/b", "user.oomd_avoid");
	(void)LOAD(&world, "oomd\0");
	expect_int("tick", killer_part_oomd.tick(&tick, &world.killer), 0);
	expect_int("avoid", world.killer.oomd.preference[SYSTEM], -1);
	expect_int("prefer wins", world.killer.oomd.preference[A], 1);
	expect_int("a new one is not known", world.killer.oomd.preference[B], 0);
	expect_int("none", world.killer.oomd.preference[USER], 0);
	expect_true("all could be read", !world.killer.oomd.trusted_unreadable);
	snapshot.own_caps = 0;
	expect_int("tick", killer_part_oomd.tick(&tick, &world.killer), 0);
	expect_true("trusted.* could not", world.killer.oomd.trusted_unreadable);
	if (set(&world, "user.slice", "trusted.oomd_avoid")) {
		(void)LOAD(&world, "oomd\0");
		expect_int("tick", killer_part_oomd.tick(&tick, &world.killer), 0);
		expect_int("trusted", world.killer.oomd.preference[USER], -1);
	}
	arena_free(&snapshot.arena);
	end(&world);
}

static void only_what_its_rules_name_is_read(void)
{
	struct snapshot snapshot;
	struct memcg memcgs[N_CGROUPS];
	uint8_t demands[N_CGROUPS];
	struct killer_tick tick;
	struct world world;

	if (!begin(&world))
		return;
	tick = tick_of(&snapshot, memcgs, demands);
	(void)LOAD(&world, "oomd\0");
	expect_int("tick", killer_part_oomd.tick(&tick, &world.killer), 0);
	expect_int("detector, and above those that are ranked", demands[SYSTEM],
		CGROUP_DEMAND_PRESSURE | CGROUP_DEMAND_USAGE);
	expect_int("ranked", demands[A], CGROUP_DEMAND_USAGE);
	expect_int("ranked", demands[B], CGROUP_DEMAND_USAGE);
	expect_int("shares what is protected", demands[USER], CGROUP_DEMAND_USAGE);
	arena_free(&snapshot.arena);

	tick = tick_of(&snapshot, memcgs, demands);
	world.killer.oomd.rulesets[0].actions[0].plugin = OOMD_KILL_BY_PG_SCAN;
	expect_int("tick", killer_part_oomd.tick(&tick, &world.killer), 0);
	expect_int("detector alone", demands[SYSTEM], CGROUP_DEMAND_PRESSURE);
	expect_int("scans", demands[A], CGROUP_DEMAND_STAT);
	expect_int("nothing", demands[USER], 0);
	arena_free(&snapshot.arena);

	tick = tick_of(&snapshot, memcgs, demands);
	world.killer.oomd.rulesets[0].actions[0].recursive = true;
	world.killer.oomd.rulesets[0].actions[0].cgroups = "*.slice";
	expect_int("tick", killer_part_oomd.tick(&tick, &world.killer), 0);
	expect_int("all below", demands[B], CGROUP_DEMAND_STAT);
	arena_free(&snapshot.arena);
	end(&world);
}

extern CU_TestInfo killer_oomd_read_tests[];
CU_TestInfo killer_oomd_read_tests[] = {
	{ "rules are those of its command line", rules_are_those_of_its_command_line },
	{ "what may be otherwise is said", what_may_be_otherwise_is_said },
	{ "preferences are found by presence", preferences_are_found_by_presence },
	{ "only what its rules name is read", only_what_its_rules_name_is_read },
	CU_TEST_INFO_NULL,
};
