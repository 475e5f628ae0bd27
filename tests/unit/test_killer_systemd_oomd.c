/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/xattr.h>

#include "cgroup_world.h"
#include "collect/killers.h"

#define STAT                                                                                 \
	"7 (x) S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 500 1 1 1 1 1 1 1 0 0 0 0 0 0 " \
	"0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
#define PROCESS(args)                                                                       \
	PLAIN("proc/7/stat", STAT),                                                         \
	{                                                                                   \
		"proc/7/cmdline", "/usr/lib/systemd/systemd-oomd\0" args, sizeof(args) + 30 \
	}
#define CGROUP(path) V2(path, "4096\n", "max\n")
#define ETC "etc/systemd/system/"
#define USR "usr/lib/systemd/system/"
#define USER_MANAGER "/user.slice/user-1000.slice/user@1000.service"
#define APP USER_MANAGER "/app.slice/app-x.scope"
#define DAEMON "/system.slice/d.service"

#define CGROUPS                                                                             \
	CGROUP("/user.slice"), CGROUP("/user.slice/user-1000.slice"), CGROUP(USER_MANAGER), \
		CGROUP(USER_MANAGER "/app.slice"), CGROUP(APP), CGROUP("/system.slice"),    \
		CGROUP(DAEMON)
#define BASE MOUNTS_V2, CONTROLLERS, CGROUPS

static const char *const homes[] = { APP, DAEMON, NULL };

struct oomd_place {
	struct world world;
	struct killers *killers;
	const struct snapshot *now;
	const struct systemd_oomd_settings *settings;
};

static const struct killer_part *const parts[] = { &killer_part_systemd_oomd };

/** One more sample; of a recording the settings are there at once. */
static void next(struct oomd_place *place)
{
	struct world *world = &place->world;
	struct snapshot *now = &world->snapshots[world->tick % 2];

	place->now = world_tick(world, false, homes);
	world->tasks[0].pid = 7;
	world->tasks[0].start_ticks = 500;
	world->tasks[0].state = 'S';
	strcpy(world->tasks[0].comm, "systemd-oomd");
	expect_int("filled", killers_fill(place->killers, now->uptime_ms, now), 0);
	expect_int("found", now->n_killers, 1);
	place->settings = &now->killers[0].systemd_oomd;
}

static bool place_begin(struct oomd_place *place, const struct tree_file files[])
{
	if (!world_begin(&place->world, files, false) ||
		!expect_int("new",
			killers_new_with(&place->world.root, place->world.cgroups, parts, 1,
				&place->killers),
			0))
		return false;
	next(place);
	return true;
}

static void place_end(struct oomd_place *place)
{
	killers_free(place->killers);
	world_end(&place->world);
}

static const struct systemd_oomd_cgroup *cgroup(const struct oomd_place *place, const char *path)
{
	static const struct systemd_oomd_cgroup none;

	for (uint32_t i = 0; i < place->now->n_memcgs; i++) {
		if (strcmp(place->now->memcgs[i].path, path) == 0)
			return &place->settings->cgroups[i];
	}
	expect_true(path, false);
	return &none;
}

static void defaults_are_those_that_it_is_built_with(void)
{
	static const struct tree_file files[] = { BASE, PROCESS(""), { 0 } };
	struct oomd_place place;

	if (!place_begin(&place, files))
		return;
	expect_int("settings", place.now->killers[0].settings, SETTINGS_FILES);
	expect_int("swap", place.settings->swap_used_permyriad, 9000);
	expect_int("both count", place.settings->swap_only, false);
	expect_int("acts", place.settings->dry_run, false);
	expect_int("limit", cgroup(&place, "/user.slice")->limit_permyriad, 6000);
	expect_int("duration", cgroup(&place, "/user.slice")->duration_ms, 30000);
	expect_int("not watched", cgroup(&place, "/user.slice")->swap_monitored, false);
	expect_int("not looked at", cgroup(&place, DAEMON)->preference_known, false);
	expect_int("users' managers", place.settings->users_known, false);
	place_end(&place);
}

static void drop_ins_are_laid_over_its_file(void)
{
	static const struct tree_file files[] = { BASE, PROCESS("--dry-run"),
		PLAIN("etc/systemd/oomd.conf",
			"[OOM]\nSwapUsedLimit=80%\nDefaultMemoryPressureLimit=50%\n"),
		PLAIN("usr/lib/systemd/oomd.conf", "[OOM]\nSwapUsedLimit=10%\n"),
		PLAIN("usr/lib/systemd/oomd.conf.d/10-a.conf",
			"[OOM]\nDefaultMemoryPressureDurationSec=20s\n"),
		PLAIN("etc/systemd/oomd.conf.d/20-b.conf", "[OOM]\nSwapUsedLimit=85%\n"),
		PLAIN("usr/lib/systemd/oomd.conf.d/20-b.conf", "[OOM]\nSwapUsedLimit=1%\n"),
		{ 0 } };
	struct oomd_place place;

	if (!place_begin(&place, files))
		return;
	expect_int("swap", place.settings->swap_used_permyriad, 8500);
	expect_int("dry run", place.settings->dry_run, true);
	expect_int("limit", cgroup(&place, DAEMON)->limit_permyriad, 5000);
	expect_int("duration", cgroup(&place, DAEMON)->duration_ms, 20000);
	place_end(&place);
}

static void v247_looks_at_swap_alone(void)
{
	static const struct tree_file files[] = { BASE, PROCESS(""),
		PLAIN("etc/systemd/oomd.conf", "[OOM]\nSwapUsedLimitPercent=70%\n"), { 0 } };
	struct oomd_place place;

	if (!place_begin(&place, files))
		return;
	expect_int("swap", place.settings->swap_used_permyriad, 7000);
	expect_int("alone", place.settings->swap_only, true);
	place_end(&place);
}

static void units_of_all_kinds_are_read(void)
{
	static const struct tree_file files[] = { BASE, PROCESS(""),
		PLAIN(USR "-.slice.d/10.conf", "[Slice]\nManagedOOMSwap=kill\n"),
		PLAIN(USR "user@.service",
			"[Service]\nManagedOOMMemoryPressure=kill\n"
			"ManagedOOMMemoryPressureLimit=50%\n"),
		PLAIN(ETC "user@.service.d/x.conf",
			"[Service]\nManagedOOMMemoryPressureDurationSec=20s\n"),
		PLAIN("run/systemd/system.control/d.service.d/50-ManagedOOMSwap.conf",
			"[Service]\nManagedOOMSwap=kill\n"),
		PLAIN(USR "d.service", "[Service]\nOOMRules=a\n"),
		PLAIN(ETC "app-x.scope.d/x.conf", "[Scope]\nManagedOOMSwap=kill\n"),
		PLAIN(ETC "user-.slice.d/x.conf", "[Slice]\nManagedOOMPreference=avoid\n"), { 0 } };
	struct oomd_place place;

	if (!place_begin(&place, files))
		return;
	expect_int("-.slice", place.settings->root.swap_monitored, true);
	expect_int("-.slice", place.settings->root.pressure_monitored, false);
	expect_int("template", cgroup(&place, USER_MANAGER)->pressure_monitored, true);
	expect_int("its limit", cgroup(&place, USER_MANAGER)->limit_permyriad, 5000);
	expect_int("its duration", cgroup(&place, USER_MANAGER)->duration_ms, 20000);
	expect_int("set-property", cgroup(&place, DAEMON)->swap_monitored, true);
	expect_int("rules", cgroup(&place, DAEMON)->rules, true);
	expect_int("a user's own unit", cgroup(&place, APP)->swap_monitored, false);
	/* In a recording attributes are those that the unit would have set. */
	expect_int("preference", cgroup(&place, "/user.slice/user-1000.slice")->avoid, true);
	expect_int("read", cgroup(&place, DAEMON)->preference_known, true);
	place_end(&place);
}

static void preferences_are_attributes_of_folders(void)
{
	static const struct tree_file files[] = { BASE, PROCESS(""),
		PLAIN(USR "user.slice", "[Slice]\nManagedOOMMemoryPressure=kill\n"), { 0 } };
	struct oomd_place place;
	char path[512];
	bool can;

	if (!place_begin(&place, files))
		return;
	snprintf(path, sizeof(path), "%s/sys/fs/cgroup" APP, place.world.tree);
	can = setxattr(path, "user.oomd_omit", "1", 1, 0) == 0 &&
		setxattr(path, "user.oomd_avoid", "no", 2, 0) == 0;
	next(&place);
	expect_int("omit", cgroup(&place, APP)->omit, can);
	expect_int("a boolean that says no", cgroup(&place, APP)->avoid, false);
	expect_int("known", cgroup(&place, APP)->preference_known, true);
	expect_int("the one that is watched, too", cgroup(&place, "/user.slice")->preference_known,
		true);
	expect_int("not of another tree", cgroup(&place, DAEMON)->preference_known, false);
	place_end(&place);
}

/** What was asked for is read in the tick after. */
static int64_t low_of(struct oomd_place *place, const char *path)
{
	return memcg_of(place->now, path)->low_bytes;
}

static void only_what_it_looks_at_is_read(void)
{
	static const struct tree_file files[] = { BASE, PROCESS(""), AT_V2(APP, "low", "1\n"),
		AT_V2(APP, "min", "1\n"), AT_V2(DAEMON, "low", "1\n"),
		AT_V2("/user.slice", "pressure",
			"full avg10=25.00 avg60=0.00 avg300=0.00 total=1\n"),
		AT_V2(DAEMON, "pressure", "full avg10=9.00 avg60=0.00 avg300=0.00 total=1\n"),
		PLAIN(USR "user.slice",
			"[Slice]\nManagedOOMMemoryPressure=kill\n"
			"ManagedOOMMemoryPressureLimit=50%\n"),
		{ 0 } };
	static const struct tree_file higher[] = {
		AT_V2("/user.slice", "pressure",
			"full avg10=25.01 avg60=0.00 avg300=0.00 total=1\n"),
		{ 0 }
	};
	struct oomd_place place;

	if (!place_begin(&place, files))
		return;
	next(&place);
	expect_int("pressure of what is watched",
		memcg_of(place.now, "/user.slice")->pressure.full.avg10_centi, 2500);
	expect_int("no other's", memcg_of(place.now, DAEMON)->pressure.full.avg10_centi,
		VALUE_UNKNOWN);
	next(&place);
	expect_int("half of the limit is not above it", low_of(&place, APP), VALUE_UNKNOWN);
	expect_int("higher", tree_write(place.world.tree, higher), 0);
	next(&place);
	next(&place);
	expect_int("candidates", low_of(&place, APP), 1);
	expect_int("not what is elsewhere", low_of(&place, DAEMON), VALUE_UNKNOWN);
	expect_int("not what is no leaf", low_of(&place, USER_MANAGER), VALUE_UNKNOWN);
	place_end(&place);
}

static void hostile_files_do_no_harm(void)
{
	static char junk[70000];
	const struct tree_file files[] = { BASE, PROCESS(""),
		{ "etc/systemd/oomd.conf", junk, sizeof(junk) },
		{ ETC "d.service", "[Service]\nManagedOOMSwap=k\0ill\n", 30 },
		PLAIN(ETC "user.slice", "[Slice\nManagedOOMSwap=kill\n]"), { 0 } };
	struct oomd_place place;

	memset(junk, '[', sizeof(junk));
	if (!place_begin(&place, files))
		return;
	expect_int("defaults", place.now->killers[0].settings, SETTINGS_DEFAULTS);
	expect_text("why", place.now->killers[0].settings_why,
		"defaults: oomd.conf could not be read: File too large");
	expect_int("swap", place.settings->swap_used_permyriad, 9000);
	expect_int("nothing", cgroup(&place, DAEMON)->swap_monitored, false);
	expect_int("nothing", cgroup(&place, "/user.slice")->swap_monitored, false);
	place_end(&place);
}

static void units_that_cannot_be_read_are_counted(void)
{
	static char junk[70000];
	const struct tree_file files[] = { BASE, PROCESS(""),
		{ ETC "d.service", junk, sizeof(junk) }, { 0 } };
	struct oomd_place place;

	memset(junk, '#', sizeof(junk));
	if (!place_begin(&place, files))
		return;
	expect_text("why", place.now->killers[0].settings_why,
		"its files; units whose files could not be read: 1");
	place_end(&place);
}

extern CU_TestInfo killer_systemd_oomd_tests[];
CU_TestInfo killer_systemd_oomd_tests[] = {
	{ "defaults are those that it is built with", defaults_are_those_that_it_is_built_with },
	{ "drop-ins are laid over its file", drop_ins_are_laid_over_its_file },
	{ "v247 looks at swap alone", v247_looks_at_swap_alone },
	{ "units of all kinds are read", units_of_all_kinds_are_read },
	{ "preferences are attributes of folders", preferences_are_attributes_of_folders },
	{ "only what it looks at is read", only_what_it_looks_at_is_read },
	{ "hostile files do no harm", hostile_files_do_no_harm },
	{ "units that cannot be read are counted", units_that_cannot_be_read_are_counted },
	CU_TEST_INFO_NULL,
};
