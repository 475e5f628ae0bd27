/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "collect/killers_parts.h"
#include "tree.h"
#include "unit.h"

static void arguments_end_with_nuls(void)
{
	static const struct {
		const char *args;
		size_t len;
		const char *want;
	} cases[] = {
		{ "a\0-m\0005\0", 7, "a|-m|5|" },
		{ "a\0\0b\0", 5, "a||b|" },
		{ "", 0, "" },
		{ "\0", 1, "|" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct killer_process process = { .args = cases[i].args,
			.args_len = cases[i].len };
		const char *arg = NULL;
		char got[32] = "";

		while (killer_next_arg(&process, &arg)) {
			strcat(got, arg);
			strcat(got, "|");
		}
		expect_text("arguments", got, cases[i].want);
	}
}

static void folders_lie_below_the_mount(void)
{
	static const struct {
		const char *mount, *root, *path;
		int want;
		const char *folder;
	} cases[] = {
		{ "sys/fs/cgroup", "", "/a/b", 0, "sys/fs/cgroup/a/b" },
		{ "sys/fs/cgroup", "", "/", 0, "sys/fs/cgroup" },
		{ "sys/fs/cgroup", "docker/x", "/docker/x/a", 0, "sys/fs/cgroup/a" },
		{ "sys/fs/cgroup", "docker/x", "/docker/x", 0, "sys/fs/cgroup" },
		{ "sys/fs/cgroup", "docker/x", "/docker/xy", -ENOENT, "" },
		{ "sys/fs/cgroup", "docker/x", "/other", -ENOENT, "" },
		{ "sys/fs/cgroup", "", "/0123456789/0123456789/", -ENAMETOOLONG, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct killer_process process = { .mount = { .version = 2 } };
		char folder[32] = "";

		strcpy(process.mount.path, cases[i].mount);
		strcpy(process.mount.root, cases[i].root);
		expect_int(cases[i].path,
			killer_folder(&process, cases[i].path, folder, sizeof(folder)),
			cases[i].want);
		if (cases[i].want == 0)
			expect_text(cases[i].path, folder, cases[i].folder);
		process.mount.version = 0;
		expect_int("no mount",
			killer_folder(&process, cases[i].path, folder, sizeof(folder)), -ENOENT);
	}
}

static void files_are_read_whole(void)
{
	static const struct tree_file files[] = { { "proc", NULL, 0 },
		{ "etc/oomd.json", "12345", 0 }, { 0 } };
	static const struct {
		const char *path;
		size_t max;
		int want;
	} cases[] = {
		{ "/etc/oomd.json", 5, 0 },
		{ "//etc/oomd.json", 6, 0 },
		{ "/etc/oomd.json", 4, -EFBIG },
		{ "/etc/none", 5, -ENOENT },
		{ "/etc/../etc/oomd.json", 5, -EINVAL },
		{ "/etc", 5, -EISDIR },
		{ "/", 5, -EINVAL },
		{ "", 5, -EINVAL },
	};
	char *tree = tree_make(files);
	struct arena arena = { .used = 0 };
	struct root root;
	const struct killer_process process = { .root = &root };

	if (!expect_true("tree", tree))
		return;
	expect_int("open", root_open_recorded(&root, tree), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char before[] = "before", *text = before;
		size_t len = 4711;

		expect_int(cases[i].path,
			killer_read_file(
				&process, cases[i].path, cases[i].max, &arena, &text, &len),
			cases[i].want);
		expect_text(cases[i].path, text, cases[i].want == 0 ? "12345" : "before");
		expect_int(cases[i].path, (int64_t)len, cases[i].want == 0 ? 5 : 4711);
	}
	arena_free(&arena);
	root_close(&root);
	tree_remove(tree);
}

extern CU_TestInfo killer_files_tests[];
CU_TestInfo killer_files_tests[] = {
	{ "arguments end with NULs", arguments_end_with_nuls },
	{ "folders lie below the mount", folders_lie_below_the_mount },
	{ "files are read whole", files_are_read_whole },
	CU_TEST_INFO_NULL,
};
