/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/pid_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect/capture.h"
#include "collect/task_fill.h"
#include "parse/pid.h"

/** Room for "2147483647/task/2147483647/oom_score_adj". */
#define PATH_BYTES 64

/* A process may be in 65536 groups, whose numbers stand in status before the memory. */
#define BUF_BYTES_MAX (1u << 20)

/** Threads looked at to find one that still has the memory. */
#define THREADS_TRIED 64

/** Longest cgroup path kept. */
#define CGROUP_BYTES 4096

static void path_of(char path[PATH_BYTES], int32_t pid, const char *file)
{
	char digits[12];
	char *at = digits + sizeof(digits);
	size_t len;

	/* snprintf() would be a tenth of what an idle process costs. */
	do
		*--at = (char)('0' + pid % 10);
	while ((pid /= 10) > 0);
	len = (size_t)(digits + sizeof(digits) - at);
	memcpy(path, at, len);
	path[len++] = '/';
	snprintf(path + len, PATH_BYTES - len, "%s", file);
}

static int grow_buf(struct pid_reader *reader)
{
	char *buf;

	if (reader->buf_size >= BUF_BYTES_MAX)
		return -EFBIG;
	buf = realloc(reader->buf, reader->buf_size * 2);
	if (!buf)
		return -ENOMEM;
	reader->buf = buf;
	reader->buf_size *= 2;
	return 0;
}

/* These files are single records: the kernel gives all that fits in one read, so less than
 * the buffer is the end. */
static ssize_t read_once(const struct pid_reader *reader, int fd)
{
	const ssize_t len = pread(fd, reader->buf, reader->buf_size, 0);

	if (len < 0)
		return -errno;
	return (size_t)len == reader->buf_size ? -EFBIG : len;
}

static ssize_t read_path(const struct pid_reader *reader, const char *path)
{
	ssize_t len;
	int fd;

	if (!reader->keep)
		return root_read_proc(reader->root, path, reader->buf, reader->buf_size);
	fd = openat(reader->root->proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read_once(reader, fd);
	close(fd);
	return len;
}

/** Read a file of a process into the buffer, growing that if needed. */
static ssize_t read_file(struct pid_reader *reader, int32_t pid, const char *file)
{
	char path[PATH_BYTES];

	path_of(path, pid, file);
	for (;;) {
		const ssize_t len = read_path(reader, path);
		int error;

		if (len != -EFBIG)
			return len;
		error = grow_buf(reader);
		if (error < 0)
			return error;
	}
}

/** Open a file of a process to be kept, if the share of descriptors allows it. */
static int open_kept(const struct pid_reader *reader, int32_t pid, const char *file,
	uint32_t *count, uint32_t max)
{
	char path[PATH_BYTES];
	int fd;

	if (!reader->keep || *count >= max)
		return -1;
	path_of(path, pid, file);
	fd = openat(reader->root->proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		(*count)++;
	return fd;
}

/** Read stat or status, through its own descriptor where somebody wants it each tick. */
static ssize_t read_hot(
	struct pid_reader *reader, const struct proc_entry *entry, const char *file, int *fd)
{
	struct proctab *table = reader->table;

	if (*fd < 0 && entry->hot_tick >= reader->tick)
		*fd = open_kept(reader, entry->task.pid, file, &table->fds_hot, table->fds_hot_max);
	if (*fd >= 0 && reader->keep) {
		const ssize_t len = read_once(reader, *fd);

		if (len != -EFBIG)
			return len;
	}
	return read_file(reader, entry->task.pid, file);
}

static bool is_gone(const struct pid_reader *reader, ssize_t error)
{
	return reader->root->live && (error == -ESRCH || error == -ENOENT);
}

static void note(struct proc_entry *entry, enum proc_file file, int64_t result)
{
	entry->state[file] = (uint8_t)(result < 0 ? fact_state_of((int)result) : FACT_PRESENT);
}

static int read_stat(struct pid_reader *reader, struct proc_entry *entry)
{
	struct pid_stat stat;
	const ssize_t len = read_hot(reader, entry, "stat", &entry->fd_stat);
	int error;

	if (len == -ENOMEM)
		return -ENOMEM;
	if (is_gone(reader, len))
		return -ESRCH;
	error = len < 0 ? (int)len : parse_pid_stat(reader->buf, (size_t)len, &stat);
	note(entry, PROC_STAT, error);
	if (error < 0) {
		entry->task.has &= ~(unsigned)(TASK_HAS_STAT | TASK_HAS_CPU);
		return 0;
	}
	if (entry->stat_tick > 0 && stat.start_ticks != entry->task.start_ticks)
		return -ESTALE;
	task_fill_stat(reader, entry, &stat);
	return 0;
}

static int read_status(struct pid_reader *reader, struct proc_entry *entry)
{
	struct pid_status status;
	const ssize_t len = read_hot(reader, entry, "status", &entry->fd_status);
	int error;

	if (len == -ENOMEM)
		return -ENOMEM;
	if (is_gone(reader, len))
		return -ESRCH;
	error = len < 0 ? (int)len : parse_pid_status(reader->buf, (size_t)len, &status);
	note(entry, PROC_STATUS, error);
	if (error < 0) {
		entry->task.has &= ~(unsigned)TASK_HAS_STATUS;
		entry->task.nodes = NO_NODE_SET;
		return 0;
	}
	task_fill_status(reader, entry, &status);
	return 0;
}

/** Take the memory of one thread; false if it has none. */
static bool read_thread(struct pid_reader *reader, struct proc_entry *entry, int32_t tid)
{
	char file[PATH_BYTES];
	struct pid_stat stat;
	struct pid_status status;
	ssize_t len;
	bool found = false;

	snprintf(file, sizeof(file), "task/%d/stat", tid);
	len = read_file(reader, entry->task.pid, file);
	if (len > 0 && parse_pid_stat(reader->buf, (size_t)len, &stat) == 0 &&
		stat.vsize_bytes > 0) {
		task_fill_thread_stat(reader, entry, &stat);
		found = true;
	}
	snprintf(file, sizeof(file), "task/%d/status", tid);
	len = read_file(reader, entry->task.pid, file);
	if (len > 0 && parse_pid_status(reader->buf, (size_t)len, &status) == 0 &&
		value_known(status.vm_rss_kib)) {
		task_fill_thread_status(reader, entry, &status);
		found = true;
	}
	return found;
}

/* When the first thread exits, /proc/PID shows no memory though the others still have
 * it, and the killer scores through any of them. */
static void read_living_thread(struct pid_reader *reader, struct proc_entry *entry)
{
	char path[PATH_BYTES];
	int32_t tids[THREADS_TRIED];
	int count;

	snprintf(path, sizeof(path), "proc/%d/task", entry->task.pid);
	count = root_list_numbers(reader->root, path, tids, THREADS_TRIED);
	if (count > THREADS_TRIED)
		count = THREADS_TRIED;
	for (int i = 0; i < count; i++)
		if (tids[i] != entry->task.pid && read_thread(reader, entry, tids[i]))
			return;
}

static void read_cgroup(struct pid_reader *reader, struct proc_entry *entry)
{
	char path[CGROUP_BYTES];
	const ssize_t len = read_file(reader, entry->task.pid, "cgroup");
	struct cgroup_name *cgroup;
	int error = len < 0 ? (int)len : 0;

	if (error == 0)
		error = parse_pid_cgroup(reader->buf, (size_t)len, path, sizeof(path));
	if (!is_gone(reader, error))
		note(entry, PROC_CGROUP, error);
	entry->cgroup_tick = reader->tick;
	if (error != 0 || (entry->cgroup && strcmp(entry->cgroup->path, path) == 0))
		return;

	cgroup = names_cgroup(&reader->people->names, path);
	if (!cgroup)
		return;
	names_cgroup_leave(entry->cgroup, reader->tick);
	entry->cgroup = cgroup;
	entry->who.cgroup = cgroup->path;
	entry->who.unit = cgroup->unit;
	entry->who.container = cgroup->container;
}

static void read_score(struct pid_reader *reader, struct proc_entry *entry)
{
	const ssize_t len = read_file(reader, entry->task.pid, "oom_score");
	int64_t score = 0;
	int error = len < 0 ? (int)len : 0;

	if (error == 0)
		error = parse_pid_number(reader->buf, (size_t)len, &score);
	if (!is_gone(reader, error))
		note(entry, PROC_SCORE, error);
	if (error < 0)
		return;
	entry->task.oom_score = score;
	entry->task.has |= TASK_HAS_SCORE;
}

/** Open oom_score_adj or, on kernels before 2.6.36, oom_adj to be kept. */
static void open_adj(struct pid_reader *reader, struct proc_entry *entry)
{
	struct proctab *table = reader->table;
	const int32_t pid = entry->task.pid;

	entry->fd_adj =
		open_kept(reader, pid, "oom_score_adj", &table->fds_adj, table->fds_adj_max);
	if (entry->fd_adj >= 0 || !reader->keep || errno != ENOENT)
		return;
	entry->fd_adj = open_kept(reader, pid, "oom_adj", &table->fds_adj, table->fds_adj_max);
	entry->legacy_adj = entry->fd_adj >= 0;
}

static ssize_t read_adj_text(struct pid_reader *reader, struct proc_entry *entry)
{
	ssize_t len;

	if (entry->fd_adj >= 0 && reader->keep)
		return read_once(reader, entry->fd_adj);
	len = read_file(reader, entry->task.pid, "oom_score_adj");
	entry->legacy_adj = len == -ENOENT;
	return entry->legacy_adj ? read_file(reader, entry->task.pid, "oom_adj") : len;
}

static void set_adj(struct proc_entry *entry, int64_t adj)
{
	struct task *task = &entry->task;

	task->has &= ~(unsigned)(TASK_HAS_ADJ | TASK_HAS_LEGACY_ADJ);
	if (entry->legacy_adj) {
		task->has |= TASK_HAS_LEGACY_ADJ;
		task->oom_adj = (int32_t)value_max(-17, value_min(adj, 15));
		adj = adj_of_oom_adj(adj);
	}
	task->has |= TASK_HAS_ADJ;
	task->oom_score_adj = (int32_t)adj;
}

static int read_adj(struct pid_reader *reader, struct proc_entry *entry)
{
	const ssize_t len = read_adj_text(reader, entry);
	int64_t adj = 0;
	int error = len < 0 ? (int)len : 0;

	if (error == -ENOMEM)
		return error;
	if (error == -ESRCH && reader->root->live)
		return -ESRCH;
	if (error == 0)
		error = parse_pid_number(reader->buf, (size_t)len, &adj);
	if (error == 0 && !entry->legacy_adj && (adj < -1000 || adj > 1000))
		error = -EBADMSG;
	note(entry, PROC_ADJ, error);
	if (error == 0)
		set_adj(entry, adj);
	else
		entry->task.has &= ~(unsigned)(TASK_HAS_ADJ | TASK_HAS_LEGACY_ADJ);
	return 0;
}

/** What stands in for a stat that cannot be read. */
static void read_comm(struct pid_reader *reader, struct proc_entry *entry)
{
	struct task *task = &entry->task;
	const ssize_t len = read_file(reader, task->pid, "comm");
	size_t n = len > 0 ? (size_t)len : 0;

	if (n > 0 && reader->buf[n - 1] == '\n')
		n--;
	if (n >= sizeof(task->comm))
		n = sizeof(task->comm) - 1;
	memcpy(task->comm, reader->buf, n);
	task->comm[n] = '\0';
}

static int read_both(struct pid_reader *reader, struct proc_entry *entry, unsigned mask)
{
	int error = 0;

	if (mask & READ_STAT)
		error = read_stat(reader, entry);
	if (error == 0 && (mask & READ_STATUS || entry->status_due))
		error = read_status(reader, entry);
	if (error == 0 && entry->stat_due && !(mask & READ_STAT))
		error = read_stat(reader, entry);
	entry->stat_due = false;
	return error;
}

static int read_memory(struct pid_reader *reader, struct proc_entry *entry, unsigned mask)
{
	struct task *task = &entry->task;
	int error;

	/* The memory of another thread is put over what its own stat says. */
	if (entry->memory_elsewhere)
		mask |= READ_STAT | READ_STATUS;
	error = read_both(reader, entry, mask);
	if (error < 0)
		return error;
	if (!(task->has & TASK_HAS_STAT) && task->comm[0] == '\0')
		read_comm(reader, entry);
	entry->memory_elsewhere = task_fill_lacks_memory(task);
	if (entry->memory_elsewhere)
		read_living_thread(reader, entry);
	return 0;
}

int pid_files_read(struct pid_reader *reader, struct proc_entry *entry, unsigned mask)
{
	int error;

	if (mask & READ_ADJ && entry->fd_adj < 0)
		open_adj(reader, entry);
	if (mask & (READ_STAT | READ_STATUS)) {
		error = read_memory(reader, entry, mask);
		if (error < 0)
			return error;
	}
	if (mask & READ_CGROUP)
		read_cgroup(reader, entry);
	if (mask & READ_SCORE)
		read_score(reader, entry);
	return mask & READ_ADJ ? read_adj(reader, entry) : 0;
}

void pid_files_capture(struct pid_reader *reader, int32_t pid)
{
	(void)read_file(reader, pid, "comm");
	(void)read_file(reader, pid, "statm");
}

void pid_files_read_cmdline(struct pid_reader *reader, struct proc_entry *entry)
{
	char text[4096];
	char path[PATH_BYTES];
	ssize_t len;

	path_of(path, entry->task.pid, "cmdline");
	len = read_path(reader, path);
	if (len == -EFBIG)
		len = (ssize_t)reader->buf_size;
	if (len <= 0 || parse_pid_cmdline(reader->buf, (size_t)len, text, sizeof(text)) == 0)
		return;
	entry->cmdline = strdup(text);
	entry->who.cmdline = entry->cmdline;
}
