/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "action/handle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "parse/pid.h"
#include "parse/scan.h"

/* Linux 5.3; libc's headers may be older.  The number of include/uapi/asm-generic/unistd.h. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

/** Room for a stat line up to its 24th field, and for the fdinfo of a pidfd. */
#define FILE_BYTES 2048

/** Bytes of a small file of the kernel, or -errno. */
static ssize_t read_small(int dir_fd, const char *path, char buf[FILE_BYTES])
{
	const int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, buf, FILE_BYTES);
	if (len < 0)
		len = -errno;
	close(fd);
	return len;
}

/* The first thread may have exited and wait as a zombie for the others, which still hold the
 * memory (pthread_exit() in main): that process has not ended. */
static bool has_ended(const struct pid_stat *stat)
{
	const bool dead = stat->state == 'Z' || stat->state == 'X' || stat->state == 'x';

	return dead && stat->threads <= 1;
}

/* Without the process, files below its directory give ENOENT when opened and ESRCH when read
 * (proc_pident_lookup and proc_single_show in fs/proc/base.c, 6.12). */
int handle_check(const struct handle *handle)
{
	char buf[FILE_BYTES];
	struct pid_stat stat;
	ssize_t len;
	int error;

	if (handle->pid <= 0 || handle->dir_fd < 0)
		return -ESRCH;
	len = read_small(handle->dir_fd, "stat", buf);
	if (len == -ENOENT)
		return -ESRCH;
	if (len < 0)
		return (int)len;
	error = parse_pid_stat(buf, (size_t)len, &stat);
	if (error < 0)
		return error;
	if (stat.start_ticks != handle->start_ticks || has_ended(&stat))
		return -ESRCH;
	return 0;
}

static int open_dir(int proc_fd, struct handle *handle)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", handle->pid);
	handle->dir_fd = openat(proc_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (handle->dir_fd >= 0)
		return 0;
	return errno == ENOENT ? -ESRCH : -errno;
}

/* pidfd_open() counts in the namespace of the caller, a /proc in the one it was mounted in: a
 * container may have the host's /proc on its own.  fdinfo tells a pidfd's number as that /proc
 * counts (pidfd_show_fdinfo in kernel/fork.c, 5.3). */
static bool is_counted_alike(int proc_fd, const struct handle *handle)
{
	char path[40], buf[FILE_BYTES];
	struct scan text, line;
	int64_t pid;
	ssize_t len;

	snprintf(path, sizeof(path), "self/fdinfo/%d", handle->pid_fd);
	len = read_small(proc_fd, path, buf);
	text = scan_of(buf, len > 0 ? (size_t)len : 0);
	while (scan_whole_line(&text, &line)) {
		if (scan_literal(&line, "Pid:") && scan_int(&line, &pid))
			return pid == handle->pid;
	}
	return false;
}

static int open_pidfd(int proc_fd, struct handle *handle)
{
	int error;

	handle->pid_fd = (int)syscall(SYS_pidfd_open, handle->pid, 0);
	if (handle->pid_fd < 0)
		handle->pid_fd = -errno;
	if (handle->pid_fd == -EMFILE || handle->pid_fd == -ENFILE || handle->pid_fd == -ENOMEM)
		return handle->pid_fd;

	/* If the process lives still, its PID was its own when the pidfd was opened. */
	error = handle_check(handle);
	if (error < 0)
		return error;
	if (handle->pid_fd == -ESRCH)
		handle->pid_fd = -EXDEV;
	if (handle->pid_fd < 0 || is_counted_alike(proc_fd, handle))
		return 0;
	close(handle->pid_fd);
	handle->pid_fd = -EXDEV;
	return 0;
}

int handle_open(int proc_fd, bool foreign, const struct target *target, struct handle *ret)
{
	struct handle handle = HANDLE_CLOSED;
	int error;

	*ret = handle;
	if (target->pid <= 0)
		return -ESRCH;
	handle.pid = target->pid;
	handle.start_ticks = target->start_ticks;
	handle.pid_fd = -EXDEV;

	error = open_dir(proc_fd, &handle);
	if (error == 0)
		error = handle_check(&handle);
	if (error == 0 && !foreign)
		error = open_pidfd(proc_fd, &handle);
	if (error < 0)
		handle_close(&handle);
	*ret = handle;
	return error;
}

bool handle_is_of(const struct handle *handle, const struct target *target)
{
	return handle->pid > 0 && handle->pid == target->pid &&
		handle->start_ticks == target->start_ticks;
}

bool handle_gone(const struct handle *handle)
{
	return handle_check(handle) == -ESRCH;
}

void handle_close(struct handle *handle)
{
	if (handle->pid > 0 && handle->dir_fd >= 0)
		close(handle->dir_fd);
	if (handle->pid > 0 && handle->pid_fd >= 0)
		close(handle->pid_fd);
	*handle = (struct handle)HANDLE_CLOSED;
}
