/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/** Longest component that any Linux file system allows. */
#define COMPONENT_MAX 255

static size_t component_length(const char *path)
{
	return strcspn(path, "/");
}

bool beneath_path_ok(const char *path)
{
	if (*path == '\0' || *path == '/')
		return false;

	for (const char *at = path; *at != '\0';) {
		const size_t len = component_length(at);

		if (len == 0 || len > COMPONENT_MAX)
			return false;
		if (at[0] == '.' && (len == 1 || (len == 2 && at[1] == '.')))
			return false;
		at += len;
		if (*at == '/')
			at++;
	}
	return true;
}

static int refuse_link(int fd)
{
	struct stat st;
	int error = 0;

	if (fstat(fd, &st) < 0)
		error = -errno;
	else if (S_ISLNK(st.st_mode))
		error = -ELOOP;
	else if (!S_ISDIR(st.st_mode))
		error = -ENOTDIR;
	return error;
}

/* O_PATH with O_NOFOLLOW opens a link itself: only so can it be told from a plain file. */
static int step_into(int dir_fd, const char *name)
{
	const int fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int error;

	if (fd < 0)
		return -errno;
	error = refuse_link(fd);
	if (error < 0) {
		close(fd);
		return error;
	}
	return fd;
}

static int open_last(int dir_fd, const char *name, int flags, mode_t mode)
{
	struct stat st;
	int fd;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
		return -ELOOP;
	fd = openat(dir_fd, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
	return fd < 0 ? -errno : fd;
}

int beneath_walk(int dir_fd, const char *path, int flags, mode_t mode)
{
	char name[COMPONENT_MAX + 1];
	int at_fd = dir_fd;
	int ret;

	if (!beneath_path_ok(path))
		return -EINVAL;

	for (;;) {
		const size_t len = component_length(path);
		const bool last = path[len] == '\0' || path[len + 1] == '\0';

		memcpy(name, path, len);
		name[len] = '\0';
		ret = last ? open_last(at_fd, name, flags, mode) : step_into(at_fd, name);
		if (at_fd != dir_fd)
			close(at_fd);
		if (last || ret < 0)
			return ret;
		at_fd = ret;
		path += len + 1;
	}
}

int beneath_open(int dir_fd, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (unsigned)flags | O_CLOEXEC,
		.mode = flags & O_CREAT ? mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	if (!beneath_path_ok(path))
		return -EINVAL;

	fd = syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));
	if (fd >= 0)
		return (int)fd;
	/* Seccomp filters that do not know openat2 answer EPERM. */
	if (errno == ENOSYS || errno == EPERM)
		return beneath_walk(dir_fd, path, flags, mode);
	return -errno;
}

int beneath_open_plain(int dir_fd, const char *path)
{
	struct stat st;
	int fd = beneath_open(dir_fd, path, O_PATH | O_NOFOLLOW, 0);
	int error = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		error = -errno;
	else if (S_ISLNK(st.st_mode))
		error = -ELOOP;
	else if (S_ISDIR(st.st_mode))
		error = -EISDIR;
	else if (!S_ISREG(st.st_mode))
		error = -EINVAL;
	close(fd);
	if (error < 0)
		return error;

	/* It may have been exchanged in between, so the same is asked of what was opened. */
	fd = beneath_open(dir_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW, 0);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		error = -errno;
	else if (!S_ISREG(st.st_mode))
		error = -EINVAL;
	if (error < 0) {
		close(fd);
		return error;
	}
	return fd;
}
