/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/killers_parts.h"
#include "tree.h"
#include "unit.h"

#define NO VALUE_UNKNOWN

#define NOHANG "/usr/bin/python3\0/usr/sbin/nohang\0--monitor\0--config\0"

#define CONF                                                           \
	"soft_threshold_min_mem = 5 %\nhard_threshold_min_mem = 2 %\n" \
	"soft_threshold_min_swap = 10 %\nhard_threshold_min_swap = 4 %\n"

#define ARGS(text) text, sizeof(text) - 1

static const struct tree_file files[] = {
	{ .path = "proc/meminfo", .content = "" },
	{ .path = "usr/bin/earlyoom",
		.content = "\x7f"
			   "ELF earlyoom v1.7\n" },
	{ .path = "etc/nohang/nohang.conf", .content = CONF },
	{ .path = "etc/nohang/bad.conf", .content = "soft_threshold_min_mem = 5\n" },
	{ .path = "var/lib/kubelet/config.yaml",
		.content = "evictionHard:\n  memory.available: 1Gi\n" },
	{ .path = "var/lib/kubelet/bad.yaml", .content = "evictionHard: *x\n" },
	{ .path = NULL },
};

struct stage {
	char *tree;
	struct root root;
	struct arena arena;
	struct killer killer;
};

static void stage_open(struct stage *stage)
{
	memset(stage, 0, sizeof(*stage));
	stage->tree = tree_make(files);
	if (!stage->tree || root_open_recorded(&stage->root, stage->tree) < 0)
		abort();
}

static void stage_close(struct stage *stage)
{
	root_close(&stage->root);
	tree_remove(stage->tree);
	arena_free(&stage->arena);
}

static const struct killer *load(
	struct stage *stage, const struct killer_part *part, const char *args, size_t len)
{
	/* One NUL more behind the last, as promised to load(). */
	char *copy = calloc(1, len + 1);
	struct killer_process process = { .root = &stage->root, .pid = 7, .args_len = len };

	if (!copy)
		abort();
	memcpy(copy, args, len);
	process.args = copy;
	memset(&stage->killer, 0, sizeof(stage->killer));
	stage->killer.kind = part->kind;
	expect_int("load", part->load(&process, &stage->arena, &stage->killer), 0);
	free(copy);
	return &stage->killer;
}

static void earlyoom_says_it_on_its_command_line(void)
{
	struct stage stage;
	const struct killer *killer;

	stage_open(&stage);
	killer = load(&stage, &killer_part_earlyoom,
		ARGS("earlyoom\0-m\0"
		     "20\0--sort-by-rss\0"));
	expect_int("from", killer->settings, SETTINGS_DAEMON);
	expect_int("limit", killer->earlyoom.mem_permyriad[0], 2000);
	expect_true("by rss", killer->earlyoom.by_rss);
	expect_true("nothing to match", killer->earlyoom.matches_known && !killer->own);
	killer = load(&stage, &killer_part_earlyoom,
		ARGS("earlyoom\0-m\0"
		     "x\0"));
	expect_int("wrong", killer->settings, SETTINGS_UNREAD);
	expect_text(
		"why", killer->settings_why, "its command line has a limit that is not understood");
	killer = load(&stage, &killer_part_earlyoom, ARGS(""));
	expect_int("empty", killer->settings, SETTINGS_UNREAD);
	killer = load(&stage, &killer_part_earlyoom, ARGS("e\0--avoid\0(a)\\1\0"));
	expect_int("a pattern that is refused", killer->settings, SETTINGS_DAEMON);
	expect_true("is not known", !killer->earlyoom.matches_known && !killer->own);
	stage_close(&stage);
}

static void earlyooms_program_says_its_version(void)
{
	struct stage stage;
	const struct killer *killer;

	stage_open(&stage);
	killer = load(&stage, &killer_part_earlyoom, ARGS("/usr/bin/earlyoom\0"));
	expect_true("1.7", killer->earlyoom.version_known && killer->earlyoom.of_total);
	killer = load(&stage, &killer_part_earlyoom, ARGS("/usr/sbin/earlyoom\0"));
	expect_true("no such file", !killer->earlyoom.version_known);
	killer = load(&stage, &killer_part_earlyoom, ARGS("/../usr/bin/earlyoom\0"));
	expect_true("no such path", !killer->earlyoom.version_known);
	killer = load(&stage, &killer_part_earlyoom, ARGS("usr/bin/earlyoom\0"));
	expect_true("no whole path", !killer->earlyoom.version_known);
	killer = load(&stage, &killer_part_earlyoom, ARGS("/usr/bin/earlyoom\0--sort-by-rss\0"));
	expect_true("an option knows better",
		killer->earlyoom.version_known && !killer->earlyoom.of_total);
	stage_close(&stage);
}

static void what_cannot_be_read_is_said(void)
{
	static const struct killer_part *const parts[] = { &killer_part_earlyoom,
		&killer_part_nohang, &killer_part_kubelet };
	struct stage stage;

	stage_open(&stage);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const struct killer_process process = {
			.root = &stage.root, .args = "", .args_error = -EACCES
		};
		struct killer killer = { .kind = parts[i]->kind };

		expect_int("load", parts[i]->load(&process, &stage.arena, &killer), 0);
		expect_int("unread", killer.settings, SETTINGS_UNREAD);
		expect_true("why", killer.settings_why[0] != '\0');
	}
	stage_close(&stage);
}

static void names_are_marked_tick_by_tick(void)
{
	static const struct {
		int32_t pid, ppid;
		const char *comm;
		uint8_t want;
	} cases[] = {
		{ 1, 0, "java", 0 },
		{ 2, 0, "java", 0 },
		{ 3, 2, "java", 0 },
		{ 10, 1, "java", KILLER_MARK_PREFER },
		{ 11, 1, "sshd", KILLER_MARK_AVOID },
		{ 12, 1, "javasshd", KILLER_MARK_PREFER | KILLER_MARK_AVOID },
		{ 13, 1, "safe", KILLER_MARK_IGNORE },
		{ 14, 1, "x", 0 },
	};
	struct task tasks[ARRAY_SIZE(cases)] = { 0 };
	struct snapshot snapshot = { .tasks = tasks, .n_tasks = ARRAY_SIZE(cases) };
	const struct killer_tick tick = { .snapshot = &snapshot };
	struct stage stage;

	stage_open(&stage);
	load(&stage, &killer_part_earlyoom,
		ARGS("earlyoom\0--prefer\0java\0--avoid=sshd\0--ignore\0^safe$\0"));
	expect_true("known", stage.killer.earlyoom.matches_known && stage.killer.own);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		tasks[i].pid = cases[i].pid;
		tasks[i].ppid = cases[i].ppid;
		snprintf(tasks[i].comm, sizeof(tasks[i].comm), "%s", cases[i].comm);
	}
	for (int i = 0; i < 2; i++) {
		struct killer copy = stage.killer;

		arena_reset(&snapshot.arena);
		expect_int("tick", killer_part_earlyoom.tick(&tick, &copy), 0);
		for (size_t j = 0; copy.marks && j < ARRAY_SIZE(cases); j++)
			expect_int(cases[j].comm, copy.marks[j], cases[j].want);
		expect_true("all are known", copy.marks && copy.earlyoom.matches_known);
	}
	killer_part_earlyoom.unload(&stage.killer);
	expect_true("unloaded", !stage.killer.own);
	killer_part_earlyoom.unload(&stage.killer);
	expect_int("without", killer_part_earlyoom.tick(&tick, &stage.killer), 0);
	expect_true("no marks", !stage.killer.marks);
	arena_free(&snapshot.arena);
	stage_close(&stage);
}

static void nohang_is_read_from_its_file(void)
{
	static const struct {
		const char *args;
		size_t len;
		enum killer_settings settings;
		const char *why;
	} cases[] = {
		{ ARGS(NOHANG "/etc/nohang/nohang.conf\0"), SETTINGS_FILES,
			"/etc/nohang/nohang.conf" },
		{ ARGS(NOHANG "/etc/nohang/bad.conf\0"), SETTINGS_UNREAD,
			"/etc/nohang/bad.conf is not understood" },
		{ ARGS(NOHANG "/no\nne\0"), SETTINGS_UNREAD, "/no?ne: No such file or directory" },
		{ ARGS(NOHANG "/etc/../etc/nohang/nohang.conf\0"), SETTINGS_UNREAD,
			"/etc/../etc/nohang/nohang.conf: Invalid argument" },
		{ ARGS(NOHANG "nohang.conf\0"), SETTINGS_UNREAD,
			"its command line names no file with a whole path" },
		{ ARGS(NOHANG), SETTINGS_UNREAD,
			"its command line names no file with a whole path" },
		{ ARGS("nohang\0--check\0"), SETTINGS_UNREAD,
			"its command line names no file with a whole path" },
	};
	struct stage stage;

	stage_open(&stage);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct killer *killer =
			load(&stage, &killer_part_nohang, cases[i].args, cases[i].len);

		expect_int(cases[i].why, killer->settings, cases[i].settings);
		expect_text("why", killer->settings_why, cases[i].why);
	}
	load(&stage, &killer_part_nohang, cases[0].args, cases[0].len);
	expect_int("soft", stage.killer.nohang.mem_permyriad[0], 500);
	expect_true("is one", killer_part_nohang.is_it(cases[0].args, cases[0].len));
	expect_true("is none", !killer_part_nohang.is_it(ARGS("python3\0x.py\0")));
	stage_close(&stage);
}

static void the_kubelet_is_read_from_flags_and_file(void)
{
	static const struct {
		const char *args;
		size_t len;
		enum killer_settings settings;
		int64_t hard_kib;
		const char *why;
	} cases[] = {
		{ ARGS("kubelet\0"), SETTINGS_DAEMON, 102400, "its command line" },
		{ ARGS("kubelet\0--eviction-hard=memory.available<2Gi\0"), SETTINGS_DAEMON, 2097152,
			"its command line" },
		{ ARGS("kubelet\0--config=/var/lib/kubelet/config.yaml\0"), SETTINGS_FILES, 1048576,
			"/var/lib/kubelet/config.yaml" },
		{ ARGS("kubelet\0--eviction-hard=memory.available<2Gi\0--config\0"
		       "/var/lib/kubelet/config.yaml\0"),
			SETTINGS_FILES, 2097152, "/var/lib/kubelet/config.yaml" },
		{ ARGS("kubelet\0--config-dir=/d\0"), SETTINGS_FILES, 102400,
			"defaults; files of --config-dir are not read" },
		{ ARGS("kubelet\0--config=/var/lib/kubelet/bad.yaml\0"), SETTINGS_UNREAD, 102400,
			"/var/lib/kubelet/bad.yaml is not understood" },
		{ ARGS("kubelet\0--config=/none\0"), SETTINGS_UNREAD, 102400,
			"/none: No such file or directory" },
		{ ARGS("kubelet\0--config=config.yaml\0"), SETTINGS_UNREAD, 102400,
			"config.yaml is no whole path" },
		{ ARGS("kubelet\0--eviction-hard=memory.available<x\0"), SETTINGS_UNREAD, 0,
			"its command line has a threshold that is not understood" },
	};
	struct stage stage;

	stage_open(&stage);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct killer *killer =
			load(&stage, &killer_part_kubelet, cases[i].args, cases[i].len);

		expect_int(cases[i].why, killer->settings, cases[i].settings);
		expect_int(cases[i].why, killer->kubelet.hard_kib, cases[i].hard_kib);
		expect_text("why", killer->settings_why, cases[i].why);
		expect_int("no soft one", killer->kubelet.soft_kib, cases[i].hard_kib ? NO : 0);
	}
	stage_close(&stage);
}

extern CU_TestInfo killer_settings_tests[];
CU_TestInfo killer_settings_tests[] = {
	{ "earlyoom says it on its command line", earlyoom_says_it_on_its_command_line },
	{ "earlyoom's program says its version", earlyooms_program_says_its_version },
	{ "what cannot be read is said", what_cannot_be_read_is_said },
	{ "names are marked tick by tick", names_are_marked_tick_by_tick },
	{ "nohang is read from its file", nohang_is_read_from_its_file },
	{ "the kubelet is read from flags and file", the_kubelet_is_read_from_flags_and_file },
	CU_TEST_INFO_NULL,
};
