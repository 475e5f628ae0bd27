/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/unit_files.h"
#include "tree.h"
#include "unit.h"

#define PLAIN(path, content)     \
	{                        \
		path, content, 0 \
	}
#define SAYS(restart) "[Service]\nRestart=" restart "\n"
#define ETC "etc/systemd/system/"
#define RUN "run/systemd/system/"
#define USR "usr/lib/systemd/system/"
#define PROC PLAIN("proc", NULL)

/** A tree opened as a recording, or as a host that lives. */
struct place {
	char *tree;
	struct root root;
};

static bool place_open(struct place *place, const struct tree_file files[], bool live)
{
	int error;

	place->tree = tree_make(files);
	if (!expect_true("tree", place->tree))
		return false;
	error = live ? root_open_live(&place->root, place->tree)
		     : root_open_recorded(&place->root, place->tree);
	if (expect_int("open", error, 0))
		return true;
	tree_remove(place->tree);
	return false;
}

static void place_close(struct place *place)
{
	root_close(&place->root);
	tree_remove(place->tree);
}

static void put_link(const struct place *place, const char *target, const char *path)
{
	char where[512];

	snprintf(where, sizeof(where), "%s/%s", place->tree, path);
	expect_int(path, symlink(target, where) < 0 ? -errno : 0, 0);
}

/** What a unit's files say about Restart=, or why they say nothing. */
static int restart_of(const struct root *root, const char *name)
{
	struct unit_file unit = { .restart = RESTART_ON_WATCHDOG };
	const int error = unit_files_read(root, name, &unit);

	if (error < 0)
		expect_int("unchanged", unit.restart, RESTART_ON_WATCHDOG);
	return error < 0 ? error : (int)unit.restart;
}

static int restart_in(const struct tree_file files[], const char *name)
{
	struct place place;
	int got;

	if (!place_open(&place, files, false))
		return -EIO;
	got = restart_of(&place.root, name);
	place_close(&place);
	return got;
}

static void places_are_looked_at_in_systemds_order(void)
{
	static const char *const places[] = {
		"etc/systemd/system.control",
		"run/systemd/system.control",
		"run/systemd/transient",
		"run/systemd/generator.early",
		"etc/systemd/system",
		"etc/systemd/system.attached",
		"run/systemd/system",
		"run/systemd/system.attached",
		"run/systemd/generator",
		"usr/local/lib/systemd/system",
		"usr/lib/systemd/system",
		"lib/systemd/system",
		"run/systemd/generator.late",
	};
	char unit[64], dropin[64];

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const char *const next = places[(i + 1) % ARRAY_SIZE(places)];
		const bool last = i + 1 == ARRAY_SIZE(places);
		char unit_next[64], dropin_next[64];
		const struct tree_file units[] = {
			PROC,
			{ unit, SAYS("always"), 0 },
			{ unit_next, SAYS("no"), 0 },
			{ 0 },
		};
		const struct tree_file dropins[] = {
			PROC,
			PLAIN(USR "a.service", "[Unit]\n"),
			{ dropin, SAYS("always"), 0 },
			{ dropin_next, SAYS("no"), 0 },
			{ 0 },
		};

		snprintf(unit, sizeof(unit), "%s/a.service", places[i]);
		snprintf(unit_next, sizeof(unit_next), "%s/a.service", next);
		snprintf(dropin, sizeof(dropin), "%s/a.service.d/x.conf", places[i]);
		snprintf(dropin_next, sizeof(dropin_next), "%s/a.service.d/x.conf", next);
		expect_int(places[i], restart_in(units, "a.service"),
			last ? RESTART_NO : RESTART_ALWAYS);
		expect_int(places[i], restart_in(dropins, "a.service"),
			last ? RESTART_NO : RESTART_ALWAYS);
	}
}

static void the_first_file_is_the_unit(void)
{
	static const struct tree_file files[] = {
		PROC,
		PLAIN(ETC "masked.service", ""),
		PLAIN(USR "masked.service", SAYS("always")),
		PLAIN(USR "masked.service.d/x.conf", SAYS("always")),
		PLAIN(ETC "folder.service/x", "x"),
		PLAIN(USR "folder.service", SAYS("on-abort")),
		PLAIN(USR "silent.service", "[Service]\nExecStart=/bin/x\n"),
		PLAIN(USR "dropin.service.d/x.conf", SAYS("always")),
		PLAIN(USR "x.scope", "[Scope]\nOOMPolicy=stop\n"),
		{ 0 },
	};

	expect_int("masked", restart_in(files, "masked.service"), -ENODATA);
	expect_int("a folder is none", restart_in(files, "folder.service"), RESTART_ON_ABORT);
	expect_int("nothing said", restart_in(files, "silent.service"), RESTART_UNKNOWN);
	expect_int("only a drop-in", restart_in(files, "dropin.service"), -ENOENT);
	expect_int("none", restart_in(files, "none.service"), -ENOENT);
	expect_int("scope", restart_in(files, "x.scope"), RESTART_UNKNOWN);
}

static void templates_stand_in_for_their_instances(void)
{
	static const struct tree_file files[] = {
		PROC,
		PLAIN(ETC "a@.service", SAYS("always")),
		PLAIN(USR "a@own.service", SAYS("no")),
		PLAIN(USR "a@two@at.service", SAYS("on-abort")),
		PLAIN(RUN "a@masked.service", ""),
		PLAIN(RUN "a.service", SAYS("on-success")),
		PLAIN(USR "a@more.service.d/x.conf", SAYS("on-failure")),
		PLAIN(ETC "b@.service", SAYS("always")),
		PLAIN(USR "b@.service.d/20.conf", SAYS("on-failure")),
		PLAIN(USR "b@x.service.d/10.conf", SAYS("no")),
		PLAIN(USR "b@y.service.d/20.conf", SAYS("no")),
		{ 0 },
	};

	expect_int("template", restart_in(files, "a@b.service"), RESTART_ALWAYS);
	expect_int("empty instance", restart_in(files, "a@.service"), RESTART_ALWAYS);
	expect_int("own file", restart_in(files, "a@own.service"), RESTART_NO);
	expect_int("at sign in it", restart_in(files, "a@two@at.service"), RESTART_ON_ABORT);
	expect_int("masked", restart_in(files, "a@masked.service"), -ENODATA);
	expect_int("own drop-in", restart_in(files, "a@more.service"), RESTART_ON_FAILURE);
	expect_int("template's drop-in is later", restart_in(files, "b@x.service"),
		RESTART_ON_FAILURE);
	expect_int("own one masks it", restart_in(files, "b@y.service"), RESTART_NO);
}

static void drop_ins_count_in_order_of_their_names(void)
{
	static const struct tree_file files[] = {
		PROC,
		PLAIN(USR "a.service", SAYS("no")),
		PLAIN(USR "a.service.d/20-x.conf", SAYS("always")),
		PLAIN(ETC "a.service.d/10-x.conf", SAYS("on-abort")),
		PLAIN(USR "a.service.d/30-x.conf.bak", SAYS("no")),
		PLAIN(USR "a.service.d/.hidden.conf", SAYS("no")),
		PLAIN(USR "a.service.d/zz.conf/file", SAYS("no")),
		PLAIN(USR "b.service", SAYS("no")),
		PLAIN(USR "b.service.d/x.conf", SAYS("always")),
		PLAIN(ETC "b.service.d/x.conf", ""),
		PLAIN(USR "b.service.d/.y.conf", SAYS("always")),
		PLAIN(USR "c.service", SAYS("no")),
		PLAIN(ETC "service.d/x.conf", SAYS("always")),
		PLAIN(USR "d.service", SAYS("no")),
		PLAIN(USR "d.service.d/x.conf", SAYS("on-abort")),
		PLAIN(USR "e.scope", "[Scope]\n"),
		{ 0 },
	};

	expect_int("the last name", restart_in(files, "a.service"), RESTART_ALWAYS);
	expect_int("masked", restart_in(files, "b.service"), RESTART_NO);
	expect_int("of the type", restart_in(files, "c.service"), RESTART_ALWAYS);
	expect_int("a unit's own masks it", restart_in(files, "d.service"), RESTART_ON_ABORT);
	expect_int("not of another type", restart_in(files, "e.scope"), RESTART_UNKNOWN);
}

static void prefixes_with_dashes_have_drop_ins(void)
{
	static const struct {
		const char *folder;
		const char *unit;
		bool reached;
	} cases[] = {
		{ "foo-.service.d", "foo-bar-baz.service", true },
		{ "foo-bar-.service.d", "foo-bar-baz.service", true },
		{ "foo-bar.service.d", "foo-bar-baz.service", false },
		{ "foo.service.d", "foo-bar.service", false },
		{ "bar-.service.d", "foo-bar-baz.service", false },
		{ "foo-.scope.d", "foo-bar.service", false },
		{ "-.service.d", "-foo.service", false },
		{ "foo--.service.d", "foo--bar.service", true },
		{ "foo-.service.d", "foo--bar.service", true },
		{ "foo-.service.d", "foo-bar@x-y.service", true },
		{ "foo-@.service.d", "foo-bar@x-y.service", true },
		{ "foo-@x-y.service.d", "foo-bar@x-y.service", true },
		{ "foo-.service.d", "foo-@x.service", false },
		{ "foo-bar@x-.service.d", "foo-bar@x-y.service", false },
	};
	static const struct tree_file order[] = {
		PROC,
		PLAIN(USR "a-b-c.service", SAYS("no")),
		PLAIN(USR "a-.service.d/x.conf", SAYS("always")),
		PLAIN(USR "a-b-.service.d/x.conf", SAYS("on-abort")),
		{ 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char unit[64], dropin[64];
		const struct tree_file files[] = {
			PROC,
			{ unit, SAYS("no"), 0 },
			{ dropin, SAYS("always"), 0 },
			{ 0 },
		};

		snprintf(unit, sizeof(unit), USR "%s", cases[i].unit);
		snprintf(dropin, sizeof(dropin), RUN "%s/x.conf", cases[i].folder);
		expect_int(cases[i].folder, restart_in(files, cases[i].unit),
			cases[i].reached ? RESTART_ALWAYS : RESTART_NO);
	}
	expect_int("the nearest masks", restart_in(order, "a-b-c.service"), RESTART_ON_ABORT);
}

static void names_that_are_none_are_refused(void)
{
	static const struct tree_file files[] = {
		PROC,
		PLAIN("etc/systemd/secret.service", SAYS("always")),
		PLAIN(ETC "a.socket", SAYS("always")),
		{ 0 },
	};
	static const char *const names[] = { "", ".", "..", "a", ".service", "@.service",
		"@x.service", "../secret.service", "a/b.service", "/a.service", "a.socket",
		"a.service.d", "a.service/" };
	char name[300];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		expect_int(names[i], restart_in(files, names[i]), -EINVAL);
	expect_int("format", restart_in(files, "%s%n@%n.service"), -ENOENT);
	expect_int("control bytes", restart_in(files, "\x1b[31m\n\xff.service"), -ENOENT);
	for (size_t len = 250; len <= 257; len++) {
		memset(name, '-', len);
		strcpy(name + len - 8, ".service");
		expect_int("dashes", restart_in(files, name), len <= 255 ? -ENOENT : -EINVAL);
	}
}

static void long_names_have_their_files(void)
{
	char path[400], name[300];
	struct tree_file files[] = { PROC, { path, SAYS("always"), 0 }, { 0 } };

	/* No file system has room for ".d" behind the longest. */
	for (int len = 252; len <= 255; len++) {
		memset(name, '-', sizeof(name));
		snprintf(name, sizeof(name), "a%.*s.service", len - 9,
			"---------------------------------------------------------------------"
			"---------------------------------------------------------------------"
			"---------------------------------------------------------------------"
			"---------------------------------------------------------------------");
		expect_int("length", (int)strlen(name), len);
		snprintf(path, sizeof(path), USR "%s", name);
		expect_int("found", restart_in(files, name), RESTART_ALWAYS);
	}
}

static void what_cannot_be_read_leaves_all_unknown(void)
{
	static const struct tree_file files[] = {
		PROC,
		PLAIN(USR "a.service", SAYS("always")),
		PLAIN(ETC "dir/x", "x"),
		PLAIN(USR "b.service", SAYS("always")),
		PLAIN(ETC "b.service.d", NULL),
		PLAIN(USR "c.service", SAYS("always")),
		PLAIN(USR "d.service", SAYS("always")),
		{ 0 },
	};
	struct place place;

	if (!place_open(&place, files, false))
		return;
	put_link(&place, "../../../usr/lib/systemd/system/a.service", ETC "a.service");
	put_link(&place, "/dev/null", ETC "b.service.d/x.conf");
	put_link(&place, "/", ETC "c.service.d");
	expect_int("a link in a recording", restart_of(&place.root, "a.service"), -ELOOP);
	expect_int("a drop-in that is one", restart_of(&place.root, "b.service"), -ELOOP);
	expect_int("a folder that is one", restart_of(&place.root, "c.service"), -ELOOP);
	expect_int("others", restart_of(&place.root, "d.service"), RESTART_ALWAYS);
	put_link(&place, "usr/lib", "lib");
	expect_int("lib may be one", restart_of(&place.root, "d.service"), RESTART_ALWAYS);
	expect_int("and hold nothing", restart_of(&place.root, "e.service"), -ENOENT);
	place_close(&place);
}

static void links_of_a_live_tree_are_followed(void)
{
	static const struct tree_file files[] = {
		PROC,
		PLAIN(USR "a.service", SAYS("always")),
		PLAIN(USR "b.service", SAYS("always")),
		PLAIN("opt/c.service", SAYS("on-abort")),
		PLAIN("opt/c.service.d/x.conf", SAYS("no")),
		PLAIN(ETC "x", "x"),
		{ 0 },
	};
	struct place place;
	char fifo[512];

	if (!place_open(&place, files, true))
		return;
	put_link(&place, "usr/lib", "lib");
	put_link(&place, "/dev/null", ETC "b.service");
	put_link(&place, "../../../opt/c.service", ETC "c.service");
	put_link(&place, "nowhere.service", ETC "a.service");
	expect_int(
		"a link to nothing is none", restart_of(&place.root, "a.service"), RESTART_ALWAYS);
	expect_int("masked", restart_of(&place.root, "b.service"), -ENODATA);
	expect_int("linked", restart_of(&place.root, "c.service"), RESTART_ON_ABORT);
	put_link(&place, "../../../opt/c.service.d", ETC "c.service.d");
	expect_int("linked drop-ins", restart_of(&place.root, "c.service"), RESTART_NO);
	snprintf(fifo, sizeof(fifo), "%s/" ETC "p.service", place.tree);
	expect_int("fifo", mkfifo(fifo, 0600), 0);
	expect_int("no waiting for a pipe", restart_of(&place.root, "p.service"), -ENODATA);
	place_close(&place);
}

static void too_much_leaves_all_unknown(void)
{
	enum {
		LARGE = 65536
	};
	static const struct tree_file files[] = { PROC, PLAIN(USR "a.service", SAYS("always")),
		PLAIN(USR "b.service", SAYS("always")), PLAIN(USR "c.service", SAYS("always")),
		{ 0 } };
	char *large = malloc(LARGE + 2), path[300];
	struct tree_file file[] = { { path, SAYS("on-abort"), 0 }, { 0 } };
	struct place place;

	if (!large || !place_open(&place, files, false)) {
		free(large);
		return;
	}
	for (int i = 0; i < 65; i++) {
		snprintf(path, sizeof(path), USR "a.service.d/%02d.conf", i);
		expect_int("write", tree_write(place.tree, file), 0);
		if (i == 63)
			expect_int("64", restart_of(&place.root, "a.service"), RESTART_ON_ABORT);
	}
	expect_int("65", restart_of(&place.root, "a.service"), -E2BIG);

	snprintf(path, sizeof(path), USR "b.service.d/%0122d.conf", 0);
	expect_int("write", tree_write(place.tree, file), 0);
	expect_int("127 bytes", restart_of(&place.root, "b.service"), RESTART_ON_ABORT);
	snprintf(path, sizeof(path), USR "b.service.d/%0123d.conf", 0);
	expect_int("write", tree_write(place.tree, file), 0);
	expect_int("128 bytes", restart_of(&place.root, "b.service"), -E2BIG);

	memset(large, '\n', LARGE + 1);
	memcpy(large, SAYS("no"), sizeof(SAYS("no")) - 1);
	for (size_t len = LARGE; len <= LARGE + 1; len++) {
		snprintf(path, sizeof(path), USR "c.service.d/x.conf");
		file[0].content = large;
		file[0].len = len;
		expect_int("write", tree_write(place.tree, file), 0);
		expect_int("64 KiB", restart_of(&place.root, "c.service"),
			len == LARGE ? RESTART_NO : -EFBIG);
	}
	place_close(&place);
	free(large);
}

static int policy_in(const struct tree_file files[])
{
	struct unit_file manager = { .oom_policy = OOM_POLICY_UNKNOWN };
	struct place place;
	int error;

	if (!place_open(&place, files, false))
		return -EIO;
	error = unit_files_read_manager(&place.root, &manager);
	place_close(&place);
	return error < 0 ? error : (int)manager.oom_policy;
}

#define DEFAULTS(policy) "[Manager]\nDefaultOOMPolicy=" policy "\n"

static void the_managers_own_settings_are_found(void)
{
	static const struct tree_file nothing[] = { PROC, { 0 } };
	static const struct tree_file silent[] = {
		PROC,
		PLAIN("etc/systemd/system.conf", "[Manager]\n#DefaultOOMPolicy=kill\n"),
		{ 0 },
	};
	static const struct tree_file main_file[] = {
		PROC,
		PLAIN("etc/systemd/system.conf", DEFAULTS("kill")),
		PLAIN("usr/lib/systemd/system.conf", DEFAULTS("stop")),
		{ 0 },
	};
	static const struct tree_file usr_only[] = {
		PROC,
		PLAIN("usr/lib/systemd/system.conf", DEFAULTS("stop")),
		{ 0 },
	};
	static const struct tree_file dropins[] = {
		PROC,
		PLAIN("etc/systemd/system.conf", DEFAULTS("kill")),
		PLAIN("usr/lib/systemd/system.conf.d/20.conf", DEFAULTS("continue")),
		PLAIN("etc/systemd/system.conf.d/10.conf", DEFAULTS("stop")),
		PLAIN("run/systemd/system.conf.d/30", DEFAULTS("stop")),
		PLAIN("etc/systemd/user.conf.d/30.conf", DEFAULTS("stop")),
		{ 0 },
	};
	static const struct tree_file masked[] = {
		PROC,
		PLAIN("etc/systemd/system.conf", DEFAULTS("kill")),
		PLAIN("usr/lib/systemd/system.conf.d/20.conf", DEFAULTS("continue")),
		PLAIN("run/systemd/system.conf.d/20.conf", ""),
		{ 0 },
	};

	expect_int("nothing", policy_in(nothing), OOM_POLICY_UNKNOWN);
	expect_int("silent", policy_in(silent), OOM_POLICY_UNKNOWN);
	expect_int("the main file", policy_in(main_file), OOM_POLICY_KILL);
	expect_int("of the vendor", policy_in(usr_only), OOM_POLICY_STOP);
	expect_int("drop-ins", policy_in(dropins), OOM_POLICY_CONTINUE);
	expect_int("a masked one", policy_in(masked), OOM_POLICY_KILL);
}

extern CU_TestInfo unit_files_tests[];

CU_TestInfo unit_files_tests[] = {
	{ "places are looked at in systemd's order", places_are_looked_at_in_systemds_order },
	{ "the first file is the unit", the_first_file_is_the_unit },
	{ "templates stand in for their instances", templates_stand_in_for_their_instances },
	{ "drop-ins count in order of their names", drop_ins_count_in_order_of_their_names },
	{ "prefixes with dashes have drop-ins", prefixes_with_dashes_have_drop_ins },
	{ "names that are none are refused", names_that_are_none_are_refused },
	{ "long names have their files", long_names_have_their_files },
	{ "what cannot be read leaves all unknown", what_cannot_be_read_leaves_all_unknown },
	{ "links of a live tree are followed", links_of_a_live_tree_are_followed },
	{ "too much leaves all unknown", too_much_leaves_all_unknown },
	{ "the manager's own settings are found", the_managers_own_settings_are_found },
	CU_TEST_INFO_NULL,
};
