/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/boxfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/value.h"

#define NAME_START "oom-"
#define NAME_END ".oomwatch"

/** Files of one second. */
#define NUMBER_MAX 99u

/** Rounds of removing: of whatever somebody put there, not all goes at once. */
#define ROUNDS_MAX 1000

/** 9999-12-31 23:59:59: later than the name has digits for. */
#define TIME_MAX_S INT64_C(253402300799)

__attribute__((format(printf, 3, 4))) static int refuse(
	struct filer_file *file, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(file->why, sizeof(file->why), format, args);
	va_end(args);
	return error;
}

/* Exactly so many digits; moves *at behind them. */
static bool take_digits(const char **at, unsigned count, uint64_t *value)
{
	for (; count > 0; count--, ++*at) {
		if (**at < '0' || **at > '9')
			return false;
		*value = *value * 10 + (uint64_t)(**at - '0');
	}
	return true;
}

bool boxfile_is_ours(const char *name, uint64_t *ret_age_key)
{
	const char *at = name + strlen(NAME_START);
	uint64_t key = 0, number = 1;

	if (strncmp(name, NAME_START, strlen(NAME_START)) != 0 || !take_digits(&at, 8, &key) ||
		*at++ != '-' || !take_digits(&at, 6, &key))
		return false;
	if (*at == '-') {
		at++;
		number = 0;
		if (*at == '0' || !take_digits(&at, 1, &number) ||
			(*at != '.' && !take_digits(&at, 1, &number)) || number < 2)
			return false;
	}
	if (strcmp(at, NAME_END) != 0)
		return false;
	*ret_age_key = key * (NUMBER_MAX + 1) + number;
	return true;
}

struct found {
	unsigned files;
	int64_t bytes;
	char oldest[NAME_MAX + 1];
	uint64_t oldest_key;
};

static void look_at(int dir_fd, const char *name, struct found *found)
{
	struct stat stat;
	uint64_t key;

	if (!boxfile_is_ours(name, &key) || fstatat(dir_fd, name, &stat, AT_SYMLINK_NOFOLLOW) < 0 ||
		!S_ISREG(stat.st_mode) || stat.st_uid != geteuid())
		return;
	if (found->files == 0 || key < found->oldest_key) {
		snprintf(found->oldest, sizeof(found->oldest), "%s", name);
		found->oldest_key = key;
	}
	found->files++;
	found->bytes = value_add(found->bytes, stat.st_size);
}

static int look_around(int dir_fd, struct found *found)
{
	const int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	const int error = -errno;

	*found = (struct found){ 0 };
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return error;
	}
	/* This thread alone reads there. NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while ((entry = readdir(dir)))
		look_at(dir_fd, entry->d_name, found);
	closedir(dir);
	return 0;
}

/* What cannot be removed stays: a new file is worth more than the bounds. */
static void make_room(int dir_fd, const struct boxfile_bounds *bounds)
{
	struct found found;

	for (int round = 0; round < ROUNDS_MAX; round++) {
		if (look_around(dir_fd, &found) < 0 || found.files == 0)
			return;
		if (found.files < bounds->files && found.bytes <= bounds->bytes - bounds->new_bytes)
			return;
		if (unlinkat(dir_fd, found.oldest, 0) < 0)
			return;
	}
}

/* The folder and all above it that is missing. */
static int make_folders(const char *dir)
{
	char path[PATH_MAX];
	char *slash = path;

	snprintf(path, sizeof(path), "%s", dir);
	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int check_folder(struct filer_file *file)
{
	struct stat stat;

	if (fstat(file->dir_fd, &stat) < 0)
		return -errno;
	if (stat.st_uid != geteuid())
		return refuse(file, -EPERM, "it belongs to user %u", (unsigned)stat.st_uid);
	if (stat.st_mode & (S_IWGRP | S_IWOTH))
		return refuse(file, -EPERM, "others may write there");
	return 0;
}

static int open_folder(struct filer_file *file)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int r;

	file->dir_fd = open(file->dir, flags);
	if (file->dir_fd < 0 && errno == ENOENT) {
		r = make_folders(file->dir);
		if (r < 0)
			return r;
		file->dir_fd = open(file->dir, flags);
	}
	/* Of a link the kernel says ENOTDIR here, as of a file (O_DIRECTORY and O_NOFOLLOW,
	 * Linux 6.1 fs/namei.c). */
	if (file->dir_fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		return refuse(file, -errno, "it is a link, or no folder");
	if (file->dir_fd < 0)
		return -errno;
	r = check_folder(file);
	if (r < 0)
		close(file->dir_fd);
	return r;
}

static void stamp(int64_t time_ms, char *buf, size_t size)
{
	int64_t seconds = value_known(time_ms) ? time_ms / 1000 : (int64_t)time(NULL);
	struct tm utc = { 0 };
	time_t second;

	seconds = value_min(value_max(seconds, 0), TIME_MAX_S);
	second = (time_t)seconds;
	gmtime_r(&second, &utc);
	strftime(buf, size, "%Y%m%d-%H%M%S", &utc);
}

static int create(struct filer_file *file, char *name, size_t size)
{
	char time[32];

	stamp(file->time_ms, time, sizeof(time));
	for (unsigned number = 1; number <= NUMBER_MAX; number++) {
		if (number == 1)
			snprintf(name, size, NAME_START "%s" NAME_END, time);
		else
			snprintf(name, size, NAME_START "%s-%u" NAME_END, time, number);
		/* O_EXCL: no link is followed, whatever it points to. */
		file->fd = openat(file->dir_fd, name,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (file->fd >= 0)
			return 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

int boxfile_open(struct filer_file *file, const struct boxfile_bounds *bounds)
{
	char name[64];
	int r;

	if (file->dir[0] == '\0')
		return refuse(file, -ENOENT, "there is no home folder");
	snprintf(file->name, sizeof(file->name), "%s", file->dir);
	r = open_folder(file);
	if (r < 0)
		return r;
	make_room(file->dir_fd, bounds);
	r = create(file, name, sizeof(name));
	if (r < 0) {
		close(file->dir_fd);
		return r;
	}
	/* So that the name is there too after a crash; where that does not work it is no loss. */
	(void)fsync(file->dir_fd);
	if ((size_t)snprintf(file->name, sizeof(file->name), "%s/%s", file->dir, name) >=
		sizeof(file->name))
		snprintf(file->name, sizeof(file->name), "%s", name);
	return 0;
}

void boxfile_discard(struct filer_file *file)
{
	const char *slash = strrchr(file->name, '/');

	(void)unlinkat(file->dir_fd, slash ? slash + 1 : file->name, 0);
}

void boxfile_release(struct filer_file *file)
{
	close(file->dir_fd);
}
