/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The files of the black box on a real file system: hostile folders and links, old files.
 */
#include "app/boxfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/value.h"
#include "folder.h"

#define NOBODY 65534

/* 2026-11-22 06:49:12 UTC. */
#define KILL_MS (INT64_C(1795330152) * 1000 + 999)
#define KILL_NAME "oom-20261122-064912"

static const struct boxfile_bounds bounds = { 20, INT64_C(64) << 20, 1 << 20 };
static const char *in_dir(const char *name)
{
	static char path[4][400];
	static unsigned next;

	next = (next + 1) % ARRAY_SIZE(path);
	snprintf(path[next], sizeof(path[next]), "%s/%s", dir, name);
	return path[next];
}

static void make(const char *name, off_t size)
{
	const int fd = open(in_dir(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	check(name, fd >= 0 && ftruncate(fd, size) == 0);
	close(fd);
}

static bool is_there(const char *name)
{
	struct stat stat;

	return lstat(in_dir(name), &stat) == 0;
}

static mode_t mode_of(const char *path)
{
	struct stat stat;

	return lstat(path, &stat) == 0 ? stat.st_mode : 0;
}

static int open_in(const char *where, struct filer_file *file)
{
	int r;

	*file = (struct filer_file){ .fd = -1, .dir_fd = -1, .time_ms = KILL_MS };
	snprintf(file->dir, sizeof(file->dir), "%s", where);
	r = boxfile_open(file, &bounds);
	if (r == 0)
		close(file->fd);
	return r;
}

static int open_here(struct filer_file *file)
{
	const int r = open_in(dir, file);

	if (r == 0)
		boxfile_release(file);
	return r;
}

static bool refused(const char *where, const char *why)
{
	struct filer_file file;
	const int r = open_in(where, &file);

	if (r == 0 || !strstr(file.why, why))
		printf("boxfile: %s: got %d '%s', want '%s'\n", where, r, file.why, why);
	return r < 0 && strstr(file.why, why) && strcmp(file.name, where) == 0;
}

static void names_are_known_by_their_form(void)
{
	static const struct {
		const char *name;
		bool ours;
	} cases[] = {
		{ KILL_NAME ".oomwatch", true },
		{ KILL_NAME "-2.oomwatch", true },
		{ KILL_NAME "-99.oomwatch", true },
		{ KILL_NAME "-1.oomwatch", false },
		{ KILL_NAME "-02.oomwatch", false },
		{ KILL_NAME "-100.oomwatch", false },
		{ KILL_NAME "-.oomwatch", false },
		{ KILL_NAME ".oomwatch.bak", false },
		{ KILL_NAME "", false },
		{ "oom-2026112-064912.oomwatch", false },
		{ "oom-20261122-06491.oomwatch", false },
		{ "oom-20261122-0649123.oomwatch", false },
		{ "oom-20261122_064912.oomwatch", false },
		{ "Oom-20261122-064912.oomwatch", false },
		{ "my-oom-20261122-064912.oomwatch", false },
		{ "oom-", false },
		{ "", false },
	};
	uint64_t first = 0, second = 0, tenth = 0, later = 0;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t key;

		check(cases[i].name, boxfile_is_ours(cases[i].name, &key) == cases[i].ours);
	}
	(void)boxfile_is_ours(KILL_NAME ".oomwatch", &first);
	(void)boxfile_is_ours(KILL_NAME "-2.oomwatch", &second);
	(void)boxfile_is_ours(KILL_NAME "-10.oomwatch", &tenth);
	(void)boxfile_is_ours("oom-20261122-064913.oomwatch", &later);
	check("in order of age", first < second && second < tenth && tenth < later);
}

static void folder_and_files_are_ours_alone(void)
{
	struct filer_file file;

	folder_fresh(false);
	snprintf(dir + strlen(dir), sizeof(dir) - strlen(dir), "/with/parents");
	check("made", open_here(&file) == 0);
	check("its name", strcmp(file.name, in_dir(KILL_NAME ".oomwatch")) == 0);
	check("0700", mode_of(dir) == (S_IFDIR | 0700));
	check("0600", mode_of(file.name) == (S_IFREG | 0600));
	check("again",
		open_here(&file) == 0 && strcmp(file.name, in_dir(KILL_NAME "-2.oomwatch")) == 0);
	check("and again", open_here(&file) == 0 && is_there(KILL_NAME "-3.oomwatch"));
	check("readable by others is no harm", chmod(dir, 0755) == 0 && open_here(&file) == 0);
	check("discarded", open_in(dir, &file) == 0 && is_there(KILL_NAME "-5.oomwatch"));
	boxfile_discard(&file);
	boxfile_release(&file);
	check("is gone", !is_there(KILL_NAME "-5.oomwatch") && is_there(KILL_NAME "-4.oomwatch"));
}

static void hostile_folders_are_refused(void)
{
	char link_path[120];

	folder_fresh(true);
	snprintf(link_path, sizeof(link_path), "%s-link", dir);
	check("link", symlink(dir, link_path) == 0);
	check("a link", refused(link_path, "it is a link, or no folder"));
	check("nothing behind it", !is_there(KILL_NAME ".oomwatch"));
	make("file", 0);
	check("a file", refused(in_dir("file"), "it is a link, or no folder"));
	check("group", chmod(dir, 0720) == 0 && refused(dir, "others may write there"));
	check("all", chmod(dir, 01702) == 0 && refused(dir, "others may write there"));
	check("none", refused("", "there is no home folder"));
	/* One of root's, or as root somebody else's. */
	if (geteuid() == 0)
		check("owner",
			chmod(dir, 0700) == 0 && chown(dir, NOBODY, (gid_t)-1) == 0 &&
				refused(dir, "it belongs to user 65534"));
	else
		check("owner", refused("/usr", "it belongs to user 0"));
}

static void links_in_the_place_of_the_file_are_passed_by(void)
{
	struct filer_file file;

	folder_fresh(true);
	make("precious", 3);
	check("link", symlink("precious", in_dir(KILL_NAME ".oomwatch")) == 0);
	check("dangling", symlink("nowhere", in_dir(KILL_NAME "-2.oomwatch")) == 0);
	check("made", open_here(&file) == 0 && is_there(KILL_NAME "-3.oomwatch"));
	check("not through the link", !is_there("nowhere"));
	check("which stays", S_ISLNK(mode_of(in_dir(KILL_NAME ".oomwatch"))));
}

static unsigned count_ours(void)
{
	DIR *list = opendir(dir);
	const struct dirent *entry;
	unsigned n = 0;
	uint64_t key;

	while (list && (entry = readdir(list)))
		n += boxfile_is_ours(entry->d_name, &key) &&
			S_ISREG(mode_of(in_dir(entry->d_name)));
	if (list)
		closedir(list);
	return n;
}

static void the_oldest_files_go(void)
{
	struct filer_file file;
	char name[64];

	folder_fresh(true);
	for (int i = 0; i < 25; i++) {
		snprintf(name, sizeof(name), "oom-20250101-0000%02d.oomwatch", i);
		make(name, 10);
	}
	make("notes", 1);
	make("oom-20240101-000000.oomwatch.bak", 1);
	check("folder of that name", mkdir(in_dir("oom-20240101-000000.oomwatch"), 0700) == 0);
	check("link of that name", symlink("notes", in_dir("oom-20240101-000001.oomwatch")) == 0);
	check("made", open_here(&file) == 0);
	check("20 with the new one", count_ours() == 20);
	check("the 6th oldest went", !is_there("oom-20250101-000005.oomwatch"));
	check("the 7th stays", is_there("oom-20250101-000006.oomwatch"));
	check("others stay",
		is_there("notes") && is_there("oom-20240101-000000.oomwatch.bak") &&
			is_there("oom-20240101-000000.oomwatch") &&
			is_there("oom-20240101-000001.oomwatch"));
}

static void the_oldest_go_until_the_size_is_kept(void)
{
	struct filer_file file;

	folder_fresh(true);
	make("oom-20250101-000001.oomwatch", 1);
	make("oom-20250101-000002.oomwatch", 40 << 20);
	make("oom-20250101-000003.oomwatch", 24 << 20);
	check("made", open_here(&file) == 0);
	check("1 and 40 MiB went", count_ours() == 2 && is_there("oom-20250101-000003.oomwatch"));
	make("oom-20250101-000004.oomwatch", 39 << 20);
	check("63 and room for one", open_here(&file) == 0 && count_ours() == 4);
}

/* As somebody whom modes hold up. */
static void a_read_only_folder_is_an_error(void)
{
	struct filer_file file;
	int status = 1;
	pid_t child;

	folder_fresh(true);
	if (geteuid() == 0)
		check("its owner", chown(dir, NOBODY, (gid_t)-1) == 0 && chmod(top, 0711) == 0);
	check("mode", chmod(dir, 0500) == 0);
	child = fork();
	if (child == 0) {
		if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0)
			_exit(2);
		_exit(open_here(&file) == -EACCES && file.why[0] == '\0' ? 0 : 1);
	}
	check("refused", waitpid(child, &status, 0) == child && status == 0);
}

int main(void)
{
	if (!folder_begin("boxfile"))
		return 77;
	a_read_only_folder_is_an_error();
	names_are_known_by_their_form();
	folder_and_files_are_ours_alone();
	hostile_folders_are_refused();
	links_in_the_place_of_the_file_are_passed_by();
	the_oldest_files_go();
	the_oldest_go_until_the_size_is_kept();
	return folder_end();
}
