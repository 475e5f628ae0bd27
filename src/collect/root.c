/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "collect/beneath.h"
#include "collect/capture.h"

#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/** More ticks than anybody records; bounds the search in a hostile tree. */
#define TICKS_MAX 1000000

/** Bytes of directory entries asked for at once. */
#define LIST_BYTES 16384

/** The same where only a few names are expected. */
#define LIST_NAMES_BYTES 4096

#define NAME_BYTES_MAX 255

static void root_clear(struct root *root, const char *dir)
{
	*root = (struct root){ .fd = -1, .top_fd = -1, .proc_fd = -1, .capture_fd = -1 };
	snprintf(root->name, sizeof(root->name), "%s", dir);
}

static bool same_as_root_dir(int fd)
{
	struct stat slash, st;

	return stat("/", &slash) == 0 && fstat(fd, &st) == 0 && slash.st_dev == st.st_dev &&
		slash.st_ino == st.st_ino;
}

int root_open_live(struct root *root, const char *dir)
{
	struct root opened;

	root_clear(&opened, dir);
	opened.fd = open(dir, OPEN_DIR);
	if (opened.fd < 0)
		return -errno;
	opened.proc_fd = openat(opened.fd, "proc", OPEN_DIR);
	opened.live = true;
	opened.host = !same_as_root_dir(opened.fd);
	*root = opened;
	return 0;
}

static void tick_name(char name[24], int tick)
{
	snprintf(name, 24, "tick-%04d", tick);
}

static bool is_dir(int dir_fd, const char *name)
{
	struct stat st;

	return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static int count_ticks(int top_fd)
{
	char name[24];
	int ticks = 0;

	for (; ticks < TICKS_MAX; ticks++) {
		tick_name(name, ticks + 1);
		if (!is_dir(top_fd, name))
			break;
	}
	return ticks;
}

/* On error nothing of *root changes. */
static int open_tick(struct root *root, int tick)
{
	char name[24];
	int fd;

	tick_name(name, tick);
	fd = beneath_open(root->top_fd, name, OPEN_DIR, 0);
	if (fd < 0)
		return fd;

	if (root->fd >= 0)
		close(root->fd);
	if (root->proc_fd >= 0)
		close(root->proc_fd);
	root->fd = fd;
	root->proc_fd = beneath_open(fd, "proc", OPEN_DIR, 0);
	root->tick = tick;
	return 0;
}

static int open_instant(struct root *root)
{
	if (!is_dir(root->top_fd, "proc") && !is_dir(root->top_fd, "sys"))
		return -ENOENT;
	root->fd = fcntl(root->top_fd, F_DUPFD_CLOEXEC, 0);
	if (root->fd < 0)
		return -errno;
	root->proc_fd = beneath_open(root->fd, "proc", OPEN_DIR, 0);
	root->ticks = 1;
	root->tick = 1;
	return 0;
}

int root_open_recorded(struct root *root, const char *dir)
{
	struct root opened;
	int error;

	root_clear(&opened, dir);
	opened.top_fd = open(dir, OPEN_DIR);
	if (opened.top_fd < 0)
		return -errno;

	opened.ticks = count_ticks(opened.top_fd);
	error = opened.ticks > 0 ? open_tick(&opened, 1) : open_instant(&opened);
	if (error < 0) {
		root_close(&opened);
		return error;
	}
	*root = opened;
	return 0;
}

int root_next(struct root *root)
{
	if (root->tick >= root->ticks)
		return -ENODATA;
	return open_tick(root, root->tick + 1);
}

void root_close(struct root *root)
{
	if (root->fd >= 0)
		close(root->fd);
	if (root->top_fd >= 0)
		close(root->top_fd);
	if (root->proc_fd >= 0)
		close(root->proc_fd);
	root->fd = root->top_fd = root->proc_fd = -1;
}

static ssize_t read_some(int fd, char *buf, size_t size, off_t offset)
{
	ssize_t got;

	do
		got = offset < 0 ? read(fd, buf, size) : pread(fd, buf, size, offset);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

/* Files of /proc come a page or a record at a time, so only 0 bytes mean the end. */
static ssize_t read_all(int fd, char *buf, size_t size, bool kept)
{
	size_t len = 0;
	char more;

	while (len < size) {
		const ssize_t got = read_some(fd, buf + len, size - len, kept ? (off_t)len : -1);

		if (got < 0)
			return got;
		if (got == 0)
			return (ssize_t)len;
		len += (size_t)got;
	}
	return read_some(fd, &more, 1, kept ? (off_t)len : -1) == 0 ? (ssize_t)len : -EFBIG;
}

static int open_file(const struct root *root, int dir_fd, const char *path)
{
	int fd;

	if (!beneath_path_ok(path))
		return -EINVAL;
	if (!root->live)
		return beneath_open_plain(dir_fd, path);
	fd = openat(dir_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static ssize_t read_file(
	const struct root *root, int dir_fd, const char *path, char *buf, size_t size)
{
	const int fd = open_file(root, dir_fd, path);
	ssize_t len;

	if (fd < 0)
		return fd;
	len = read_all(fd, buf, size, false);
	close(fd);
	return len;
}

static void capture(const struct root *root, const char *dir_path, const char *file,
	const char *buf, ssize_t len)
{
	int error;

	if (root->capture_fd < 0 || len < 0)
		return;
	error = capture_write(root->capture_fd, dir_path, file, buf, (size_t)len);
	if (error < 0 && root->capture_error && *root->capture_error == 0)
		*root->capture_error = error;
}

ssize_t root_read(const struct root *root, const char *path, char *buf, size_t size)
{
	const ssize_t len = read_file(root, root->fd, path, buf, size);

	capture(root, NULL, path, buf, len);
	return len;
}

ssize_t root_read_proc(const struct root *root, const char *path, char *buf, size_t size)
{
	const ssize_t len = read_file(root, root->proc_fd, path, buf, size);

	capture(root, "proc", path, buf, len);
	return len;
}

ssize_t root_read_meta(const struct root *root, bool top, char *buf, size_t size)
{
	if (root->live)
		return -ENOENT;
	return read_file(root, top ? root->top_fd : root->fd, "meta", buf, size);
}

int root_open_kept(const struct root *root, const char *path)
{
	return root->live ? open_file(root, root->fd, path) : -EROFS;
}

ssize_t root_read_kept(int fd, char *buf, size_t size)
{
	return read_all(fd, buf, size, true);
}

int root_read_link(const struct root *root, const char *path, char *buf, size_t size)
{
	ssize_t len;

	if (!root->live)
		return -EROFS;
	len = readlinkat(root->fd, path, buf, size - 1);
	if (len < 0)
		return -errno;
	buf[len] = '\0';
	return 0;
}

/** A name that is a number as the kernel prints it, or -1. */
static int32_t number_of_name(const char *name)
{
	int64_t number = 0;

	if (name[0] < '1' || name[0] > '9')
		return -1;
	for (; *name != '\0'; name++) {
		if (*name < '0' || *name > '9')
			return -1;
		number = number * 10 + (*name - '0');
		if (number > INT32_MAX)
			return -1;
	}
	return (int32_t)number;
}

static void sift_down(int32_t *numbers, int count, int at)
{
	for (int child = 2 * at + 1; child < count; child = 2 * at + 1) {
		const int32_t number = numbers[at];

		if (child + 1 < count && numbers[child + 1] > numbers[child])
			child++;
		if (numbers[child] <= number)
			return;
		numbers[at] = numbers[child];
		numbers[child] = number;
		at = child;
	}
}

/* The kernel lists /proc in order; folders of a recording come in any. */
static void sort_numbers(int32_t *numbers, int count)
{
	bool sorted = true;

	for (int i = 1; i < count && sorted; i++)
		sorted = numbers[i - 1] < numbers[i];
	if (sorted)
		return;

	for (int i = count / 2 - 1; i >= 0; i--)
		sift_down(numbers, count, i);
	for (int last = count - 1; last > 0; last--) {
		const int32_t largest = numbers[0];

		numbers[0] = numbers[last];
		numbers[last] = largest;
		sift_down(numbers, last, 0);
	}
}

/** Count the numbered ones of some entries on to count, and store what there is room for. */
static int add_numbers(const char *entries, ssize_t len, int32_t *numbers, int max, int count)
{
	for (ssize_t at = 0; at < len;) {
		const struct dirent64 *entry = (const void *)(entries + at);
		const int32_t number = number_of_name(entry->d_name);

		at += entry->d_reclen;
		if (number < 0)
			continue;
		if (count < max)
			numbers[count] = number;
		if (count < INT32_MAX)
			count++;
	}
	return count;
}

static int list_fd(int fd, int32_t *numbers, int max)
{
	_Alignas(struct dirent64) char buf[LIST_BYTES];
	int count = 0;

	for (;;) {
		const ssize_t len = getdents64(fd, buf, sizeof(buf));

		if (len < 0)
			return -errno;
		if (len == 0)
			break;
		count = add_numbers(buf, len, numbers, max, count);
	}
	sort_numbers(numbers, count < max ? count : max);
	return count;
}

static int open_dir(const struct root *root, const char *path)
{
	int fd;

	if (!root->live)
		return beneath_open(root->fd, path, OPEN_DIR, 0);
	if (!beneath_path_ok(path))
		return -EINVAL;
	fd = openat(root->fd, path, OPEN_DIR);
	return fd < 0 ? -errno : fd;
}

int root_list_numbers(const struct root *root, const char *path, int32_t *numbers, int max)
{
	int fd, count;

	if (strcmp(path, "proc") == 0 && root->proc_fd >= 0) {
		if (lseek(root->proc_fd, 0, SEEK_SET) < 0)
			return -errno;
		return list_fd(root->proc_fd, numbers, max);
	}

	fd = open_dir(root, path);
	if (fd < 0)
		return fd;
	count = list_fd(fd, numbers, max);
	close(fd);
	return count;
}

ssize_t root_xattr(
	const struct root *root, const char *path, const char *name, char *buf, size_t size)
{
	const int fd = open_dir(root, path);
	ssize_t len;

	if (fd < 0)
		return fd;
	/* With size 0 it would tell the length. */
	len = size > 0 ? fgetxattr(fd, name, buf, size) : -1;
	if (len < 0)
		len = size > 0 ? -errno : -ERANGE;
	close(fd);
	return len;
}

int root_owner(const struct root *root, const char *path, uint32_t *ret_uid)
{
	const int fd = open_dir(root, path);
	struct stat st;
	int error = 0;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		error = -errno;
	else
		*ret_uid = st.st_uid;
	close(fd);
	return error;
}

static bool is_name(const char *name)
{
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !strchr(name, '/') &&
		strnlen(name, NAME_BYTES_MAX + 1) <= NAME_BYTES_MAX;
}

/** Tell the names of some entries; false if there are more than may be told. */
static bool tell_names(const char *entries, ssize_t len, root_name tell, void *context, int *count)
{
	for (ssize_t at = 0; at < len;) {
		const struct dirent64 *entry = (const void *)(entries + at);

		at += entry->d_reclen;
		if (!is_name(entry->d_name))
			continue;
		if (++*count > ROOT_NAMES_MAX)
			return false;
		tell(entry->d_name, context);
	}
	return true;
}

int root_list_names(const struct root *root, const char *path, root_name tell, void *context)
{
	_Alignas(struct dirent64) char buf[LIST_NAMES_BYTES];
	const int fd = open_dir(root, path);
	int count = 0, error = 0;

	if (fd < 0)
		return fd;
	while (error == 0) {
		const ssize_t len = getdents64(fd, buf, sizeof(buf));

		if (len == 0)
			break;
		if (len < 0)
			error = -errno;
		else if (!tell_names(buf, len, tell, context, &count))
			error = -E2BIG;
	}
	close(fd);
	return error;
}
