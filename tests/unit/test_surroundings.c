/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/surroundings.h"
#include "parse/pid.h"
#include "tree.h"
#include "unit.h"

#define PLAIN(path, content)     \
	{                        \
		path, content, 0 \
	}
#define SERVICE(more) "[Service]\n" more
#define USR "usr/lib/systemd/system/"
#define CG "sys/fs/cgroup"
#define PID 12
#define START 100
#define STAT(start)                                                                          \
	"12 (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 " start " 0 0 18446744073709551615 " \
	"0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0\n"

/** What surroundings_of() says of a process in a tree whose cgroup was read before. */
static struct surroundings asked(const struct tree_file files[], const char *cgroup, bool live)
{
	const struct identity who = { .cgroup = cgroup };
	const struct task task = { .pid = PID, .start_ticks = START, .who = &who };
	struct surroundings ret;
	struct root root;
	char *tree = tree_make(files);
	int error;

	memset(&ret, 0xa5, sizeof(ret));
	if (!expect_true("tree", tree))
		return ret;
	error = live ? root_open_live(&root, tree) : root_open_recorded(&root, tree);
	if (expect_int("open", error, 0)) {
		surroundings_of(&root, &task, &ret);
		root_close(&root);
	}
	tree_remove(tree);
	expect_int("asked", ret.asked, true);
	expect_int("pid", ret.pid, PID);
	expect_int("start", (int64_t)ret.start_ticks, START);
	return ret;
}

static void nothing_to_read_leaves_all_unknown(void)
{
	static const struct tree_file files[] = { PLAIN("proc", NULL), { 0 } };
	const struct surroundings got = asked(files, NULL, false);

	expect_int("namespace", got.namespace_pid, VALUE_UNKNOWN);
	expect_int("namespaced", got.namespaced, false);
	expect_text("unit", got.unit, "");
	expect_int("user", got.user_unit, false);
	expect_int("restart", got.restart, RESTART_UNKNOWN);
	expect_int("policy", got.oom_policy, OOM_POLICY_UNKNOWN);
	expect_int("group known", got.group_known, false);
	expect_text("group", got.group, "");
}

static void the_pid_of_the_innermost_namespace_is_told(void)
{
	static const struct {
		const char *status;
		int64_t pid;
		bool nested;
	} cases[] = {
		{ "Name:\tx\nNSpid:\t12\n", 12, false },
		{ "Name:\tx\nNSpid:\t12\t7\t1\nCapEff:\t0\n", 1, true },
		{ "Name:\tx\n", VALUE_UNKNOWN, false },
		{ "NSpid:\t12\t7", VALUE_UNKNOWN, false },
		{ "NSpid:\t12\t-7\n", VALUE_UNKNOWN, false },
		{ "", VALUE_UNKNOWN, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct tree_file files[] = {
			PLAIN("proc/12/status", cases[i].status),
			{ 0 },
		};
		const struct surroundings got = asked(files, NULL, false);

		expect_int(cases[i].status, got.namespace_pid, cases[i].pid);
		expect_int(cases[i].status, got.namespaced, cases[i].nested);
	}
}

static void the_unit_is_found_in_the_path(void)
{
	static const struct {
		const char *cgroup;
		const char *unit;
		enum restart_rule restart;
		bool user;
	} cases[] = {
		{ "/system.slice/a.service", "a.service", RESTART_ALWAYS, false },
		{ "/system.slice/a.service (deleted)", "a.service", RESTART_ALWAYS, false },
		{ "/system.slice/a.service/payload", "a.service", RESTART_ALWAYS, false },
		{ "/x.slice/x-y.slice/a.service", "a.service", RESTART_ALWAYS, false },
		{ "//system.slice//a.service//", "a.service", RESTART_ALWAYS, false },
		{ "/a.service", "a.service", RESTART_ALWAYS, false },
		{ "/system.slice/_a.service", "a.service", RESTART_ALWAYS, false },
		{ "/system.slice/t@1.service", "t@1.service", RESTART_ON_ABORT, false },
		{ "/system.slice/e\\x2df.service", "e\\x2df.service", RESTART_ON_SUCCESS, false },
		{ "/system.slice/none.service", "none.service", RESTART_UNKNOWN, false },
		{ "/system.slice/masked.service", "masked.service", RESTART_UNKNOWN, false },
		{ "/system.slice/silent.service", "silent.service", RESTART_NO, false },
		{ "/user.slice/user-7.slice/user@7.service/app.slice/a.service", "a.service",
			RESTART_UNKNOWN, true },
		{ "/user.slice/user-7.slice/user@7.service/app.slice/a.scope", "a.scope",
			RESTART_NO_UNIT, true },
		{ "/user.slice/user-7.slice/user@7.service/app.slice/x", "user@7.service",
			RESTART_ON_FAILURE, false },
		{ "/user.slice/user-7.slice/user@7.service/init.scope", "user@7.service",
			RESTART_ON_FAILURE, false },
		{ "/user.slice/user-7.slice/session-3.scope", "session-3.scope", RESTART_NO_UNIT,
			false },
		{ "/machine.slice/m.scope/system.slice/a.service", "a.service", RESTART_UNKNOWN,
			false },
		{ "/docker/0f3a91c2/system.slice/a.service", "a.service", RESTART_UNKNOWN, false },
		{ "/system.slice/docker-0f3a91c2.scope/init.scope", "docker-0f3a91c2.scope",
			RESTART_NO_UNIT, false },
		{ "/init.scope", "", RESTART_NO_UNIT, false },
		{ "/system.slice/tmp.mount", "", RESTART_NO_UNIT, false },
		{ "/system.slice", "", RESTART_NO_UNIT, false },
		{ "/system.slice/.service", "", RESTART_NO_UNIT, false },
		{ "/docker/0f3a91c2", "", RESTART_NO_UNIT, false },
		{ "/", "", RESTART_NO_UNIT, false },
		{ "", "", RESTART_UNKNOWN, false },
		{ "a.service", "", RESTART_UNKNOWN, false },
		{ "/../system.slice/a.service", "", RESTART_UNKNOWN, false },
		{ "/system.slice/a.service/..", "", RESTART_UNKNOWN, false },
		{ "/system.slice/./a.service", "", RESTART_UNKNOWN, false },
	};
	static const struct tree_file files[] = {
		PLAIN("proc", NULL),
		PLAIN(USR "a.service", SERVICE("Restart=always\n")),
		PLAIN(USR "t@.service", SERVICE("Restart=on-abort\n")),
		PLAIN(USR "user@.service", SERVICE("Restart=on-failure\n")),
		PLAIN(USR "e\\x2df.service", SERVICE("Restart=on-success\n")),
		PLAIN(USR "silent.service", "[Unit]\nRestart=always\n"),
		PLAIN(USR "masked.service", ""),
		{ 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct surroundings got = asked(files, cases[i].cgroup, false);

		expect_text(cases[i].cgroup, got.unit, cases[i].unit);
		expect_int(cases[i].cgroup, got.restart, cases[i].restart);
		expect_int(cases[i].cgroup, got.user_unit, cases[i].user);
	}
}

static void long_units_are_shown_cut_but_found_whole(void)
{
	char name[300], path[400], cgroup[400], want[SURROUNDINGS_UNIT_MAX];

	for (int len = 126; len <= 256; len += len == 128 ? 127 : 1) {
		const struct tree_file files[] = {
			PLAIN("proc", NULL),
			{ path, SERVICE("Restart=always\n"), 0 },
			{ 0 },
		};
		struct surroundings got;

		snprintf(name, sizeof(name), "%0*d.service", len - 8, 0);
		snprintf(path, sizeof(path), USR "%s", len <= 255 ? name : "other.service");
		snprintf(cgroup, sizeof(cgroup), "/system.slice/%s", name);
		snprintf(want, sizeof(want), "%.*s", SURROUNDINGS_UNIT_MAX - 1, name);
		got = asked(files, cgroup, false);
		expect_text("cut", got.unit, want);
		expect_int("found", got.restart, len <= 255 ? RESTART_ALWAYS : RESTART_UNKNOWN);
	}
}

static void systemds_own_line_counts_for_the_unit(void)
{
	static const struct {
		const char *text;
		const char *unit;
	} cases[] = {
		{ "4:memory:/\n1:name=systemd:/system.slice/a.service\n", "a.service" },
		{ "4:memory:/system.slice/b.service\n1:name=systemd:/system.slice/a.service\n"
		  "0::/system.slice/c.service\n",
			"a.service" },
		{ "4:memory:/system.slice/b.service\n0::/system.slice/a.service\n", "a.service" },
		{ "0::/system.slice/a.service\n", "a.service" },
		{ "4:memory:/system.slice/a.service\n", "old.service" },
		{ "", "old.service" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct tree_file files[] = {
			PLAIN("proc/12/cgroup", cases[i].text),
			{ 0 },
		};
		const struct surroundings got = asked(files, "/system.slice/old.service", false);

		expect_text(cases[i].text, got.unit, cases[i].unit);
	}
}

static void the_oom_policy_has_its_defaults(void)
{
	static const struct {
		const char *label;
		const char *unit;
		const char *manager; /* NULL none */
		enum oom_policy want, want_scope;
	} cases[] = {
		{ "the unit's own", "OOMPolicy=kill\n", "continue", OOM_POLICY_KILL,
			OOM_POLICY_KILL },
		{ "delegated", "Delegate=yes\n", "kill", OOM_POLICY_CONTINUE, OOM_POLICY_CONTINUE },
		{ "delegated and set", "Delegate=yes\nOOMPolicy=stop\n", "kill", OOM_POLICY_STOP,
			OOM_POLICY_STOP },
		{ "the manager's", "", "kill", OOM_POLICY_KILL, OOM_POLICY_UNKNOWN },
		{ "the manager's nonsense", "", "x", OOM_POLICY_STOP, OOM_POLICY_UNKNOWN },
		{ "systemd's", "", NULL, OOM_POLICY_STOP, OOM_POLICY_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char service[128], scope[128], manager[128];
		const struct tree_file files[] = {
			PLAIN("proc", NULL),
			{ USR "a.service", service, 0 },
			{ "run/systemd/transient/a.scope", scope, 0 },
			{ cases[i].manager ? "etc/systemd/system.conf" : "x", manager, 0 },
			{ 0 },
		};

		snprintf(service, sizeof(service), "[Service]\n%s", cases[i].unit);
		snprintf(scope, sizeof(scope), "[Scope]\n%s", cases[i].unit);
		snprintf(manager, sizeof(manager), "[Manager]\nDefaultOOMPolicy=%s\n",
			cases[i].manager ? cases[i].manager : "");
		expect_int(cases[i].label,
			asked(files, "/system.slice/a.service", false).oom_policy, cases[i].want);
		expect_int(cases[i].label, asked(files, "/system.slice/a.scope", false).oom_policy,
			cases[i].want_scope);
		expect_int("no file", asked(files, "/system.slice/b.service", false).oom_policy,
			OOM_POLICY_UNKNOWN);
		expect_int("nested", asked(files, "/x/a.service", false).oom_policy,
			OOM_POLICY_UNKNOWN);
	}
}

#define GROUP(path, value) PLAIN(CG path "/memory.oom.group", value)

static void the_highest_group_of_v2_counts(void)
{
	static const struct tree_file files[] = {
		PLAIN("proc", NULL),
		GROUP("/a", "0\n"),
		GROUP("/a/b", "1\n"),
		GROUP("/a/b/c", "0\n"),
		GROUP("/a/b/c/d", "1\n"),
		GROUP("/a/x", "0\n"),
		PLAIN(CG "/a/b/c/none/x", "x"),
		GROUP("/odd", "2\n"),
		GROUP("/odd/in", "1\n"),
		GROUP("/empty", ""),
		GROUP("/y", "1\n"),
		{ 0 },
	};
	static const struct {
		const char *cgroup;
		const char *group;
		bool known;
	} cases[] = {
		{ "/a/b/c/d", "/a/b", true },
		{ "/a/b/c", "/a/b", true },
		{ "/a/b", "/a/b", true },
		{ "/a", "", true },
		{ "/a/x", "", true },
		{ "/a/b/c/none", "/a/b", true },
		{ "/y", "/y", true },
		{ "/a/b/c (deleted)", "/a/b", true },
		{ "/none", "", false },
		{ "/odd", "", false },
		{ "/odd/in", "", false },
		{ "/empty", "", false },
		{ "/", "", false },
		{ "", "", false },
		{ "a/b", "", false },
		{ "/../a/b", "", false },
		{ "/a/../a/b", "", false },
		{ "/a/b/..", "", false },
		{ "//a/b", "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct surroundings got = asked(files, cases[i].cgroup, false);

		expect_text(cases[i].cgroup, got.group, cases[i].group);
		expect_int(cases[i].cgroup, got.group_known, cases[i].known);
	}
}

static void the_root_of_a_cgroup_namespace_may_be_a_group(void)
{
	static const struct tree_file files[] = {
		PLAIN("proc/12/cgroup", "0::/a\n"),
		GROUP("", "1\n"),
		GROUP("/a", "1\n"),
		{ 0 },
	};
	static const struct tree_file at_root[] = {
		PLAIN("proc/12/cgroup", "0::/\n"),
		GROUP("", "1\n"),
		{ 0 },
	};

	expect_text("above", asked(files, NULL, false).group, "/");
	expect_text("itself", asked(at_root, NULL, false).group, "/");
}

static void there_are_no_groups_on_v1(void)
{
	static const struct tree_file v1[] = {
		PLAIN("proc/12/cgroup", "4:memory:/a\n1:name=systemd:/b\n"),
		GROUP("/a", "1\n"),
		{ 0 },
	};
	static const struct tree_file hybrid[] = {
		PLAIN("proc/12/cgroup", "4:memory:/a\n1:name=systemd:/b\n0::/b\n"),
		GROUP("/b", "1\n"),
		{ 0 },
	};
	static const struct tree_file by_mount[] = {
		PLAIN("proc", NULL),
		PLAIN(CG "/memory/a/memory.usage_in_bytes", "0\n"),
		GROUP("/a", "1\n"),
		{ 0 },
	};
	const struct tree_file *const trees[] = { v1, hybrid, by_mount };

	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		const struct surroundings got = asked(trees[i], "/a", false);

		expect_int("known", got.group_known, true);
		expect_text("none", got.group, "");
	}
}

static void a_live_kernel_without_the_file_has_no_groups(void)
{
	static const struct tree_file files[] = {
		PLAIN("proc/12/cgroup", "0::/a\n"),
		PLAIN("proc/12/stat", STAT("100")),
		PLAIN(CG "/a/cgroup.controllers", ""),
		{ 0 },
	};
	static const struct tree_file at_root[] = {
		PLAIN("proc/12/cgroup", "0::/\n"),
		PLAIN("proc/12/stat", STAT("100")),
		PLAIN(CG "/cgroup.controllers", "cpu memory\n"),
		{ 0 },
	};

	expect_int("live", asked(files, NULL, true).group_known, true);
	expect_int("the root", asked(at_root, NULL, true).group_known, true);
	expect_int("a recording may lack it", asked(files, NULL, false).group_known, false);
}

static void long_paths_are_unknown(void)
{
	char cgroup[5000], group[620];

	for (int len = 510; len <= 512; len++) {
		struct tree_file files[] = { PLAIN("proc", NULL), { group, "1\n", 0 }, { 0 } };
		char path[560];
		struct surroundings got;

		snprintf(path, sizeof(path), "/%0200d/%0200d/%0*d", 0, 0, len - 403, 0);
		snprintf(group, sizeof(group), CG "%s/memory.oom.group", path);
		got = asked(files, path, false);
		expect_int("length", (int64_t)strlen(path), len);
		expect_int("known", got.group_known, len < SURROUNDINGS_PATH_MAX);
		expect_text("group", got.group, len < SURROUNDINGS_PATH_MAX ? path : "");
	}
	for (size_t len = 4000; len < sizeof(cgroup); len += 48) {
		static const struct tree_file files[] = { PLAIN("proc", NULL), { 0 } };
		struct surroundings got;

		for (size_t i = 0; i < len; i++)
			cgroup[i] = i % 2 ? 'a' : '/';
		cgroup[len] = '\0';
		got = asked(files, cgroup, false);
		expect_int("very long", got.group_known, false);
	}
}

static void another_process_with_the_pid_tells_nothing(void)
{
	static const struct tree_file files[] = {
		PLAIN("proc/12/cgroup", "0::/system.slice/a.service\n"),
		PLAIN("proc/12/status", "NSpid:\t12\n"),
		PLAIN("proc/12/stat", STAT("101")),
		PLAIN(USR "a.service", SERVICE("Restart=always\n")),
		GROUP("/system.slice/a.service", "1\n"),
		{ 0 },
	};
	const struct surroundings got = asked(files, "/system.slice/a.service", true);

	expect_int("namespace", got.namespace_pid, VALUE_UNKNOWN);
	expect_text("unit", got.unit, "");
	expect_int("restart", got.restart, RESTART_UNKNOWN);
	expect_int("group", got.group_known, false);
	expect_int("a recording is one instant", asked(files, NULL, false).restart, RESTART_ALWAYS);
}

static void we_ourselves_are_understood(void)
{
	static const struct identity who = { .cgroup = NULL };
	struct task task = { .pid = getpid(), .who = &who };
	struct pid_stat stat = { 0 };
	struct surroundings got;
	char text[1024];
	struct root root;
	ssize_t len;

	if (!expect_int("open", root_open_live(&root, "/"), 0))
		return;
	len = root_read(&root, "proc/self/stat", text, sizeof(text));
	expect_int("stat", len > 0 ? parse_pid_stat(text, (size_t)len, &stat) : (int)len, 0);
	task.pid = stat.pid;
	task.start_ticks = stat.start_ticks;
	surroundings_of(&root, &task, &got);
	expect_int("innermost", got.namespace_pid, getpid());
	expect_int("nested", got.namespaced, stat.pid != getpid());
	task.start_ticks++;
	surroundings_of(&root, &task, &got);
	expect_int("another", got.namespace_pid, VALUE_UNKNOWN);
	root_close(&root);
}

static int access_in(const struct tree_file files[], bool live, mode_t mode)
{
	struct sysrq_access access = { .asked = false, .error = 1 };
	char *tree = tree_make(files), path[512];
	struct root root;
	int error;

	if (!expect_true("tree", tree))
		return 1;
	snprintf(path, sizeof(path), "%s/proc/sysrq-trigger", tree);
	(void)chmod(path, mode);
	error = live ? root_open_live(&root, tree) : root_open_recorded(&root, tree);
	if (expect_int("open", error, 0)) {
		sysrq_access_of(&root, &access);
		root_close(&root);
	}
	tree_remove(tree);
	expect_int("asked", access.asked, true);
	return access.error;
}

static void access_to_sysrq_is_asked_and_not_tried(void)
{
	static const struct tree_file there[] = { PLAIN("proc/sysrq-trigger", "kept"), { 0 } };
	static const struct tree_file absent[] = { PLAIN("proc", NULL), { 0 } };
	static const struct tree_file no_proc[] = { PLAIN("sys", NULL), { 0 } };

	expect_int("writable", access_in(there, true, 0600), 0);
	expect_int("not so", access_in(there, true, 0400), geteuid() == 0 ? 0 : -EACCES);
	expect_int("absent", access_in(absent, true, 0600), -ENOENT);
	expect_int("no proc", access_in(no_proc, true, 0600), -ENOENT);
	expect_int("recorded", access_in(there, false, 0600), -EROFS);
}

extern CU_TestInfo surroundings_tests[];

CU_TestInfo surroundings_tests[] = {
	{ "nothing to read leaves all unknown", nothing_to_read_leaves_all_unknown },
	{ "the pid of the innermost namespace is told",
		the_pid_of_the_innermost_namespace_is_told },
	{ "the unit is found in the path", the_unit_is_found_in_the_path },
	{ "long units are shown cut but found whole", long_units_are_shown_cut_but_found_whole },
	{ "systemd's own line counts for the unit", systemds_own_line_counts_for_the_unit },
	{ "the OOM policy has its defaults", the_oom_policy_has_its_defaults },
	{ "the highest group of v2 counts", the_highest_group_of_v2_counts },
	{ "the root of a cgroup namespace may be a group",
		the_root_of_a_cgroup_namespace_may_be_a_group },
	{ "there are no groups on v1", there_are_no_groups_on_v1 },
	{ "a live kernel without the file has no groups",
		a_live_kernel_without_the_file_has_no_groups },
	{ "long paths are unknown", long_paths_are_unknown },
	{ "another process with the pid tells nothing",
		another_process_with_the_pid_tells_nothing },
	{ "we ourselves are understood", we_ourselves_are_understood },
	{ "access to sysrq is asked and not tried", access_to_sysrq_is_asked_and_not_tried },
	CU_TEST_INFO_NULL,
};
