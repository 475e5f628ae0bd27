/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "collect/beneath.h"
#include "collect/capture.h"
#include "collect/root.h"
#include "tree.h"
#include "unit.h"

static const struct tree_file small[] = {
	{ "proc/meminfo", "MemTotal: 1 kB\n", 0 },
	{ "proc/empty", "", 0 },
	{ "proc/20/stat", "20", 0 },
	{ "proc/3/stat", "3", 0 },
	{ "proc/100/stat", "100", 0 },
	{ "proc/007/stat", "no pid", 0 },
	{ "proc/12a/stat", "no pid", 0 },
	{ "proc/99999999999/stat", "no pid", 0 },
	{ "secret", "outside of proc", 0 },
	{ 0 },
};

static const char *path_in(const char *tree, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", tree, name);
	return path;
}

/** Open a recorded tree that must be there. */
static bool open_tree(struct root *root, const char *tree)
{
	return expect_int("open", tree ? root_open_recorded(root, tree) : -EIO, 0);
}

static void whole_files_are_read(void)
{
	char *tree = tree_make(small);
	struct root root;
	char buf[64];

	if (open_tree(&root, tree)) {
		expect_int("ticks", root.ticks, 1);
		expect_int("live", root.live, 0);
		expect_int("meminfo", root_read(&root, "proc/meminfo", buf, sizeof(buf)), 15);
		expect_int("content", memcmp(buf, "MemTotal: 1 kB\n", 15), 0);
		expect_int("empty", root_read(&root, "proc/empty", buf, sizeof(buf)), 0);
		expect_int("missing", root_read(&root, "proc/none", buf, sizeof(buf)), -ENOENT);
		expect_int("folder", root_read(&root, "proc/20", buf, sizeof(buf)), -EISDIR);
		expect_int("file as folder", root_read(&root, "proc/empty/x", buf, sizeof(buf)),
			-ENOTDIR);
		root_close(&root);
	}
	tree_remove(tree);
}

static void a_file_larger_than_the_buffer_is_told(void)
{
	char *tree = tree_make(small);
	struct root root;
	char buf[64] = "";

	if (open_tree(&root, tree)) {
		expect_int("one byte more", root_read(&root, "proc/meminfo", buf, 14), -EFBIG);
		expect_int("first bytes", memcmp(buf, "MemTotal: 1 kB", 14), 0);
		expect_int("exact", root_read(&root, "proc/meminfo", buf, 15), 15);
		expect_int("no room", root_read(&root, "proc/meminfo", buf, 0), -EFBIG);
		expect_int("no room needed", root_read(&root, "proc/empty", buf, 0), 0);
		root_close(&root);
	}
	tree_remove(tree);
}

static void paths_cannot_leave_the_tree(void)
{
	static const char *const paths[] = { "", "/etc/passwd", "../secret", "proc/../secret",
		"proc/..", "proc/./meminfo", "proc//meminfo", "." };
	char *tree = tree_make(small);
	struct root root;
	char buf[64];

	if (open_tree(&root, tree)) {
		for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
			expect_int(paths[i], root_read(&root, paths[i], buf, sizeof(buf)), -EINVAL);
		root_close(&root);
	}
	tree_remove(tree);
}

static void links_of_a_recording_are_not_followed(void)
{
	static const char *const paths[] = { "proc/link", "proc/loose", "proc/folder/meminfo",
		"linked/meminfo", "proc/self/stat" };
	char *tree = tree_make(small);
	struct root root;
	char buf[64];

	if (!tree || symlink("meminfo", path_in(tree, "proc/link")) < 0 ||
		symlink("/etc/passwd", path_in(tree, "proc/loose")) < 0 ||
		symlink("../proc", path_in(tree, "proc/folder")) < 0 ||
		symlink("proc", path_in(tree, "linked")) < 0 ||
		symlink("20", path_in(tree, "proc/self")) < 0)
		expect_int("links", errno, 0);
	if (open_tree(&root, tree)) {
		for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
			int fd;

			expect_int(paths[i], root_read(&root, paths[i], buf, sizeof(buf)), -ELOOP);
			fd = beneath_walk(root.fd, paths[i], O_RDONLY, 0);
			expect_int("without openat2", fd, -ELOOP);
		}
		expect_int("list", root_list_numbers(&root, "linked", NULL, 0), -ELOOP);
		root_close(&root);
	}
	tree_remove(tree);
}

static void walking_opens_what_openat2_opens(void)
{
	char *tree = tree_make(small);
	struct root root;

	if (open_tree(&root, tree)) {
		int fd = beneath_walk(root.fd, "proc/20/stat", O_RDONLY, 0);
		char byte = 0;

		expect_int("read", fd < 0 ? fd : read(fd, &byte, 1), 1);
		expect_int("byte", byte, '2');
		if (fd >= 0)
			close(fd);
		expect_int("missing", beneath_walk(root.fd, "proc/20/none", O_RDONLY, 0), -ENOENT);
		expect_int(
			"no folder", beneath_walk(root.fd, "proc/none/stat", O_RDONLY, 0), -ENOENT);
		expect_int("file as folder", beneath_walk(root.fd, "proc/empty/x", O_RDONLY, 0),
			-ENOTDIR);
		expect_int("up", beneath_walk(root.fd, "proc/../secret", O_RDONLY, 0), -EINVAL);
		root_close(&root);
	}
	tree_remove(tree);
}

static void make_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (!expect_true("short path", strlen(path) < sizeof(address.sun_path)))
		return;
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	expect_int("socket", bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

static void what_is_no_plain_file_is_refused_without_waiting(void)
{
	char *tree = tree_make(small);
	struct root root;
	char buf[64];

	if (open_tree(&root, tree)) {
		expect_int("make pipe", mkfifo(path_in(tree, "proc/pipe"), 0600), 0);
		make_socket(path_in(tree, "proc/socket"));
		expect_int("pipe", root_read(&root, "proc/pipe", buf, sizeof(buf)), -EINVAL);
		expect_int("socket", root_read(&root, "proc/socket", buf, sizeof(buf)), -EINVAL);
		if (mknod(path_in(tree, "proc/zero"), S_IFCHR | 0600, 0x105) == 0)
			expect_int(
				"device", root_read(&root, "proc/zero", buf, sizeof(buf)), -EINVAL);
		root_close(&root);
	}
	tree_remove(tree);
}

static void processes_are_listed_in_order(void)
{
	static const int32_t want[] = { 3, 20, 100 };
	char *tree = tree_make(small);
	struct root root;
	int32_t numbers[4] = { 0 };

	if (open_tree(&root, tree)) {
		expect_int("count", root_list_numbers(&root, "proc", numbers, 4), 3);
		for (size_t i = 0; i < ARRAY_SIZE(want); i++)
			expect_int("number", numbers[i], want[i]);
		expect_int("again", root_list_numbers(&root, "proc", numbers, 4), 3);
		numbers[1] = 77;
		expect_int(
			"counted beyond the room", root_list_numbers(&root, "proc", numbers, 1), 3);
		expect_int("not stored", numbers[1], 77);
		expect_int("empty folder", root_list_numbers(&root, "proc/20", numbers, 4), 0);
		expect_int("missing", root_list_numbers(&root, "proc/none", numbers, 4), -ENOENT);
		expect_int("file", root_list_numbers(&root, "proc/meminfo", numbers, 4), -ENOTDIR);
		root_close(&root);
	}
	tree_remove(tree);
}

static void many_processes_in_any_order_are_sorted(void)
{
	enum {
		COUNT = 300
	};
	struct tree_file files[COUNT + 1] = { 0 };
	char names[COUNT][32];
	int32_t numbers[COUNT] = { 0 };
	struct root root;
	char *tree;

	for (int i = 0; i < COUNT; i++) {
		snprintf(names[i], sizeof(names[i]), "proc/%d/stat", 1 + i * 7919 % 65521);
		files[i] = (struct tree_file){ names[i], "x", 0 };
	}
	tree = tree_make(files);
	if (open_tree(&root, tree)) {
		int disorder = 0;

		expect_int("count", root_list_numbers(&root, "proc", numbers, COUNT), COUNT);
		for (int i = 1; i < COUNT; i++)
			disorder += numbers[i - 1] >= numbers[i];
		expect_int("out of order", disorder, 0);
		root_close(&root);
	}
	tree_remove(tree);
}

static void ticks_are_contiguous_from_the_first(void)
{
	static const struct tree_file files[] = {
		{ "tick-0001/proc/uptime", "1", 0 },
		{ "tick-0002/proc/uptime", "2", 0 },
		{ "tick-0003", "a file", 0 },
		{ "tick-0004/proc/uptime", "4", 0 },
		{ "meta", "time=now", 0 },
		{ 0 },
	};
	char *tree = tree_make(files);
	struct root root;
	char buf[16];

	if (open_tree(&root, tree)) {
		expect_int("ticks", root.ticks, 2);
		expect_int("tick", root.tick, 1);
		expect_int("first", root_read(&root, "proc/uptime", buf, 16), 1);
		expect_int("of the first", buf[0], '1');
		expect_int("next", root_next(&root), 0);
		expect_int("second", root_read(&root, "proc/uptime", buf, 16), 1);
		expect_int("of the second", buf[0], '2');
		expect_int("end", root_next(&root), -ENODATA);
		expect_int("stays at", root.tick, 2);
		expect_int("still open", root_read(&root, "proc/uptime", buf, 16), 1);
		expect_int("meta of all", root_read_meta(&root, true, buf, 16), 8);
		expect_int("none of the tick", root_read_meta(&root, false, buf, 16), -ENOENT);
		root_close(&root);
	}
	tree_remove(tree);
}

static void what_is_no_recording_cannot_be_opened(void)
{
	static const struct tree_file files[] = { { "readme", "no tree", 0 }, { 0 } };
	char *tree = tree_make(files);
	struct root root = { .fd = 77 };

	if (!tree)
		return;
	expect_int("nothing in it", root_open_recorded(&root, tree), -ENOENT);
	expect_int("a file", root_open_recorded(&root, path_in(tree, "readme")), -ENOTDIR);
	expect_int("nothing there", root_open_recorded(&root, path_in(tree, "none")), -ENOENT);
	expect_int("nothing live", root_open_live(&root, path_in(tree, "none")), -ENOENT);
	expect_int("unchanged", root.fd, 77);
	expect_int("link as proc", symlink("/proc", path_in(tree, "proc")), 0);
	expect_int("a link is no tree", root_open_recorded(&root, tree), -ENOENT);
	tree_remove(tree);
}

static void the_live_root_reads_the_machine(void)
{
	struct root root;
	char buf[65536], link[64];
	int fd;

	if (!expect_int("open", root_open_live(&root, "/"), 0))
		return;
	expect_int("live", root.live, 1);
	expect_int("host", root.host, 0);
	expect_true("meminfo", root_read(&root, "proc/meminfo", buf, sizeof(buf)) > 100);
	expect_true("through a link", root_read(&root, "proc/self/stat", buf, sizeof(buf)) > 10);
	expect_true("several pages", root_read(&root, "proc/vmstat", buf, sizeof(buf)) > 1000);
	expect_int("link", root_read_link(&root, "proc/self", link, sizeof(link)), 0);
	fd = root_open_kept(&root, "proc/meminfo");
	expect_true("kept", fd >= 0);
	expect_true("first", root_read_kept(fd, buf, sizeof(buf)) > 100);
	expect_true("again", root_read_kept(fd, buf, sizeof(buf)) > 100);
	expect_int("from the start", memcmp(buf, "MemTotal", 8), 0);
	expect_int("too large", root_read_kept(fd, buf, 100), -EFBIG);
	close(fd);
	root_close(&root);
}

static void a_host_is_live_but_not_our_own(void)
{
	char *tree = tree_make(small);
	struct root root;
	char buf[64];

	if (tree && expect_int("open", root_open_live(&root, tree), 0)) {
		expect_int("live", root.live, 1);
		expect_int("host", root.host, 1);
		expect_int("read", root_read(&root, "proc/meminfo", buf, sizeof(buf)), 15);
		root_close(&root);
	}
	tree_remove(tree);
}

static void a_capture_writes_plain_files_once(void)
{
	static const struct tree_file empty[] = { { "out", NULL, 0 }, { 0 } };
	char *tree = tree_make(small), *copy = tree_make(empty);
	struct root root, copied;
	int error = 0;
	char buf[64];

	if (copy && open_tree(&root, tree)) {
		root.capture_fd = open(copy, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		root.capture_error = &error;
		(void)root_read(&root, "proc/meminfo", buf, sizeof(buf));
		(void)root_read(&root, "proc/none", buf, sizeof(buf));
		(void)root_read_proc(&root, "20/stat", buf, sizeof(buf));
		tree_write(tree, (struct tree_file[]){ { "proc/meminfo", "changed", 0 }, { 0 } });
		(void)root_read(&root, "proc/meminfo", buf, sizeof(buf));
		expect_int("error", error, 0);
		if (open_tree(&copied, copy)) {
			expect_int(
				"first content", root_read(&copied, "proc/meminfo", buf, 64), 15);
			expect_int("of a process", root_read(&copied, "proc/20/stat", buf, 64), 2);
			expect_int("missing", root_read(&copied, "proc/none", buf, 64), -ENOENT);
			root_close(&copied);
		}
		close(root.capture_fd);
		root_close(&root);
	}
	tree_remove(copy);
	tree_remove(tree);
}

static void a_capture_neither_follows_links_nor_overwrites(void)
{
	static const struct tree_file files[] = { { "out", NULL, 0 }, { "other/x", "x", 0 },
		{ 0 } };
	char *tree = tree_make(files);
	struct root root;
	char buf[8];
	int fd;

	if (!tree)
		return;
	expect_int("link", symlink("../other", path_in(tree, "out/proc")), 0);
	fd = open(path_in(tree, "out"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	expect_int("folder is a link", capture_write(fd, "proc", "x", "bad", 3), -ELOOP);
	expect_int("file is a link", capture_write(fd, NULL, "proc", "bad", 3), 0);
	expect_int("first tick", close(capture_begin_tick(fd, 1)), 0);
	expect_int("never twice", capture_begin_tick(fd, 1), -EEXIST);
	close(fd);
	expect_int("open", root_open_live(&root, tree), 0);
	expect_int("untouched", root_read(&root, "other/x", buf, sizeof(buf)), 1);
	root_close(&root);
	tree_remove(tree);
}

static void a_process_is_taken_back_from_a_capture(void)
{
	static const struct tree_file files[] = {
		{ "proc/12/stat", "x", 0 },
		{ "proc/12/task/13/status", "x", 0 },
		{ "proc/123/stat", "x", 0 },
		{ 0 },
	};
	char *tree = tree_make(files);
	int fd;

	if (!tree)
		return;
	fd = open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	capture_drop_process(fd, 12);
	expect_int("gone with its threads", faccessat(fd, "proc/12", F_OK, 0), -1);
	expect_int("another stays", faccessat(fd, "proc/123/stat", F_OK, 0), 0);
	capture_drop_process(fd, 77);
	close(fd);
	tree_remove(tree);
}

/** What root_list_names() told. */
struct told_capture {
	int names, a_conf, dots, longest;
};

static void tell(const char *name, void *context)
{
	struct told_capture *told = context;
	const int len = (int)strlen(name);

	told->names++;
	told->a_conf += strcmp(name, "a.conf") == 0;
	told->dots += strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
	told->longest = len > told->longest ? len : told->longest;
}

static void names_are_listed(void)
{
	char path[300];
	const struct tree_file files[] = { { "proc/d/a.conf", "x", 0 }, { "proc/d/.b", "x", 0 },
		{ "proc/d/c/x", "x", 0 }, { path, "x", 0 }, { "proc/empty", NULL, 0 }, { 0 } };
	struct told_capture told = { 0 }, nothing = { 0 };
	struct root root;
	char *tree;

	snprintf(path, sizeof(path), "proc/d/%0255d", 0);
	tree = tree_make(files);
	if (tree && symlink("d", path_in(tree, "proc/link")) < 0)
		expect_int("link", errno, 0);
	if (open_tree(&root, tree)) {
		expect_int("list", root_list_names(&root, "proc/d", tell, &told), 0);
		expect_int("names", told.names, 4);
		expect_int("one of them", told.a_conf, 1);
		expect_int("dots", told.dots, 0);
		expect_int("longest", told.longest, 255);
		expect_int("empty", root_list_names(&root, "proc/empty", tell, &nothing), 0);
		expect_int("none", root_list_names(&root, "proc/x", tell, &nothing), -ENOENT);
		expect_int("a file", root_list_names(&root, "proc/d/.b", tell, &nothing), -ENOTDIR);
		expect_int("link", root_list_names(&root, "proc/link", tell, &nothing), -ELOOP);
		expect_int("up", root_list_names(&root, "proc/..", tell, &nothing), -EINVAL);
		expect_int("told nothing", nothing.names, 0);
		root_close(&root);
	}
	tree_remove(tree);
}

static void too_many_names_are_not_told(void)
{
	const struct tree_file files[] = { { "proc/d", NULL, 0 }, { 0 } };
	char *tree = tree_make(files), name[64];
	struct told_capture told = { 0 };
	struct root root;

	if (open_tree(&root, tree)) {
		for (int i = 0; i <= ROOT_NAMES_MAX; i++) {
			snprintf(name, sizeof(name), "proc/d/%d", i);
			close(open(path_in(tree, name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
			if (i < ROOT_NAMES_MAX - 1)
				continue;
			told.names = 0;
			expect_int("list", root_list_names(&root, "proc/d", tell, &told),
				i < ROOT_NAMES_MAX ? 0 : -E2BIG);
			expect_int("names", told.names, ROOT_NAMES_MAX);
		}
		root_close(&root);
	}
	tree_remove(tree);
}

extern CU_TestInfo root_tests[];
CU_TestInfo root_tests[] = {
	{ "whole files are read", whole_files_are_read },
	{ "a file larger than the buffer is told", a_file_larger_than_the_buffer_is_told },
	{ "paths cannot leave the tree", paths_cannot_leave_the_tree },
	{ "links of a recording are not followed", links_of_a_recording_are_not_followed },
	{ "walking opens what openat2 opens", walking_opens_what_openat2_opens },
	{ "what is no plain file is refused", what_is_no_plain_file_is_refused_without_waiting },
	{ "processes are listed in order", processes_are_listed_in_order },
	{ "many processes are sorted", many_processes_in_any_order_are_sorted },
	{ "ticks are contiguous from the first", ticks_are_contiguous_from_the_first },
	{ "what is no recording cannot be opened", what_is_no_recording_cannot_be_opened },
	{ "the live root reads the machine", the_live_root_reads_the_machine },
	{ "a host is live but not our own", a_host_is_live_but_not_our_own },
	{ "a capture writes plain files once", a_capture_writes_plain_files_once },
	{ "a process is taken back from a capture", a_process_is_taken_back_from_a_capture },
	{ "a capture follows no links", a_capture_neither_follows_links_nor_overwrites },
	{ "names are listed", names_are_listed },
	{ "too many names are not told", too_many_names_are_not_told },
	CU_TEST_INFO_NULL,
};
