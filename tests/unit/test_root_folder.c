/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "collect/root.h"
#include "tree.h"
#include "unit.h"

#define FOLDER "sys/fs/cgroup/a.slice"

static const struct tree_file files[] = {
	{ "proc/meminfo", "x", 0 },
	{ FOLDER "/memory.current", "1\n", 0 },
	{ 0 },
};

static void attributes_are_the_folders_own(void)
{
	char path[256], value[8] = "";

	for (int live = 0; live < 2; live++) {
		char *tree = tree_make(files);
		struct root root;
		bool can;

		if (!expect_true("tree", tree))
			return;
		expect_int("open",
			live ? root_open_live(&root, tree) : root_open_recorded(&root, tree), 0);
		snprintf(path, sizeof(path), "%s/" FOLDER, tree);
		can = setxattr(path, "user.oomd_omit", "1", 1, 0) == 0;
		expect_int("set", root_xattr(&root, FOLDER, "user.oomd_omit", value, 8),
			can ? 1 : -EOPNOTSUPP);
		expect_int("value", value[0], can ? '1' : '\0');
		expect_int("not set", root_xattr(&root, FOLDER, "user.oomd_avoid", value, 8),
			can ? -ENODATA : -EOPNOTSUPP);
		expect_int(
			"no room", root_xattr(&root, FOLDER, "user.oomd_omit", value, 0), -ERANGE);
		expect_int("no folder", root_xattr(&root, "sys/none", "user.x", value, 8), -ENOENT);
		expect_int("out of it", root_xattr(&root, "../x", "user.x", value, 8), -EINVAL);
		expect_int("a file",
			root_xattr(&root, FOLDER "/memory.current", "user.x", value, 8), -ENOTDIR);
		root_close(&root);
		tree_remove(tree);
		value[0] = '\0';
	}
}

static void folders_have_owners(void)
{
	char path[256];
	struct root root;
	uint32_t uid = 4711;
	char *tree = tree_make(files);

	if (!expect_true("tree", tree))
		return;
	expect_int("open", root_open_recorded(&root, tree), 0);
	expect_int("owner", root_owner(&root, FOLDER, &uid), 0);
	expect_int("ours", uid, geteuid());
	snprintf(path, sizeof(path), "%s/sys/link", tree);
	expect_int("link", symlink("fs", path), 0);
	uid = 4711;
	expect_int("links are not followed", root_owner(&root, "sys/link", &uid), -ELOOP);
	expect_int("none", root_owner(&root, "sys/none", &uid), -ENOENT);
	expect_int("unchanged", uid, 4711);
	root_close(&root);
	tree_remove(tree);
}

extern CU_TestInfo root_folder_tests[];
CU_TestInfo root_folder_tests[] = {
	{ "attributes are the folder's own", attributes_are_the_folders_own },
	{ "folders have owners", folders_have_owners },
	CU_TEST_INFO_NULL,
};
