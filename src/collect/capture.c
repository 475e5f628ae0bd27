/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/capture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "collect/beneath.h"
#include "os/write.h"

/** Longer than any path the collector reads: cgroups lie deep. */
#define CAPTURE_PATH_MAX PATH_MAX

/** Room for the names of a thousand users. */
#define META_BYTES 65536

/* Command lines and counters of all users' processes: nobody else's business. */
#define CAPTURE_FILE_MODE 0600
#define CAPTURE_DIR_MODE 0700

static int create(int tick_fd, const char *path)
{
	return beneath_open(
		tick_fd, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, CAPTURE_FILE_MODE);
}

/** Make all folders that a file's path names; those that exist are fine. */
static int make_folders(int tick_fd, char *path)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		int error = 0;

		*slash = '\0';
		if (mkdirat(tick_fd, path, CAPTURE_DIR_MODE) < 0 && errno != EEXIST)
			error = -errno;
		*slash = '/';
		if (error < 0)
			return error;
	}
	return 0;
}

int capture_write(int tick_fd, const char *dir, const char *file, const char *bytes, size_t len)
{
	char path[CAPTURE_PATH_MAX];
	const int needed =
		snprintf(path, sizeof(path), "%s%s%s", dir ? dir : "", dir ? "/" : "", file);
	int fd, error;

	if (needed < 0 || (size_t)needed >= sizeof(path))
		return -ENAMETOOLONG;

	fd = create(tick_fd, path);
	if (fd == -ENOENT) {
		error = make_folders(tick_fd, path);
		if (error < 0)
			return error;
		fd = create(tick_fd, path);
	}
	if (fd < 0)
		return fd == -EEXIST ? 0 : fd;

	error = write_all(fd, bytes, len);
	if (close(fd) < 0 && error == 0)
		error = -errno;
	return error;
}

/** Empty an open folder, and close it; the folders in it at most so deep. */
static void empty_folder(int fd, int depth)
{
	DIR *dir = fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		close(fd);
		return;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || unlinkat(fd, entry->d_name, 0) == 0)
			continue;
		if (depth > 0) {
			const int inner = openat(
				fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

			if (inner >= 0)
				empty_folder(inner, depth - 1);
		}
		(void)unlinkat(fd, entry->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
}

void capture_drop_process(int tick_fd, int32_t pid)
{
	char path[24];
	int fd;

	snprintf(path, sizeof(path), "proc/%d", (int)pid);
	fd = beneath_open(tick_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0)
		return;
	/* task/TID/stat */
	empty_folder(fd, 2);
	(void)unlinkat(tick_fd, path, AT_REMOVEDIR);
}

int capture_begin_tick(int capture_dir_fd, int number)
{
	char name[24];

	if (number == 0)
		return fcntl(capture_dir_fd, F_DUPFD_CLOEXEC, 0);
	snprintf(name, sizeof(name), "tick-%04d", number);
	if (mkdirat(capture_dir_fd, name, CAPTURE_DIR_MODE) < 0)
		return -errno;
	return beneath_open(capture_dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
}

static void add_time(struct text *text, int64_t time_ms)
{
	const time_t seconds = (time_t)(time_ms / 1000);
	struct tm tm;

	if (!value_known(time_ms) || !gmtime_r(&seconds, &tm))
		return;
	text_fmt(text, "time=%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\n", tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(time_ms % 1000));
}

static void add_machine(struct text *text, const struct snapshot *snapshot)
{
	const bool initial = snapshot->partial != PARTIAL_PID_NAMESPACE;

	text_fmt(text, "clk_tck=%lld\npage_bytes=%lld\ncpus_online=%d\n",
		(long long)snapshot->clk_tck, (long long)snapshot->page_bytes, (int)snapshot->cpus);
	text_fmt(text, "initial_pid_namespace=%s\ncapabilities=%016llx\n", initial ? "yes" : "no",
		(unsigned long long)snapshot->own_caps);
}

static void add_users(struct text *text, const struct names *names)
{
	for (const struct user_name *user = names->users; user; user = user->next)
		if (!user->guessed && !strchr(user->name, '\n'))
			text_fmt(text, "user.%u=%s\n", user->uid, user->name);
}

int capture_write_meta(
	int tick_fd, int capture_dir_fd, const struct snapshot *snapshot, const struct names *names)
{
	char buf[META_BYTES];
	struct text text;
	int error;

	text_init(&text, buf, sizeof(buf));
	add_time(&text, snapshot->time_ms);
	add_machine(&text, snapshot);
	error = capture_dir_fd < 0 ? 0 : capture_write(capture_dir_fd, NULL, "meta", buf, text.len);
	if (error < 0)
		return error;

	text_fmt(&text, "uptime_ms=%lld\n", (long long)snapshot->uptime_ms);
	add_users(&text, names);
	return capture_write(tick_fd, NULL, "meta", buf, text.len);
}
