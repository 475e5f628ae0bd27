/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/cgroup_files.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "parse/system.h"

/** Room for the longest name of a file. */
#define FILE_BYTES 64

#define USAGE CGROUP_READ_USAGE
#define EVENTS CGROUP_READ_EVENTS
#define MAX CGROUP_READ_MAX
#define LIMITS CGROUP_READ_LIMITS
#define STAT CGROUP_READ_STAT
#define PRESSURE (CGROUP_READ_STAT | CGROUP_READ_PRESSURE)
#define PROTECTION CGROUP_READ_PROTECTION
#define NOT_KEPT (-1)

/** One file of a cgroup; the usage comes first. */
struct memcg_file {
	const char *name;
	unsigned when; /**< CGROUP_READ_ */
	int fd;        /**< which of entry->fds, or NOT_KEPT */
	size_t offset; /**< of the member that one number is for */
	int (*take)(const char *text, size_t len, size_t offset, struct memcg *memcg);
	void (*forget)(struct memcg *memcg); /**< NULL: that member alone */
};

static int64_t *member(struct memcg *memcg, size_t offset)
{
	return (int64_t *)(void *)((char *)memcg + offset);
}

static int take_limit(const char *text, size_t len, size_t offset, struct memcg *memcg)
{
	return parse_memcg_size(text, len, member(memcg, offset));
}

/* A counter that fell below 0 prints as a number near 2^64. */
static int take_usage(const char *text, size_t len, size_t offset, struct memcg *memcg)
{
	int64_t bytes;
	int error = parse_memcg_size(text, len, &bytes);

	if (error == 0 && bytes == MEMCG_UNLIMITED)
		error = -EBADMSG;
	if (error == 0)
		*member(memcg, offset) = bytes;
	return error;
}

static int take_number(const char *text, size_t len, size_t offset, struct memcg *memcg)
{
	int64_t number;
	int error = parse_knob(text, len, &number);

	if (error == 0 && number < 0)
		error = -EBADMSG;
	if (error == 0)
		*member(memcg, offset) = number;
	return error;
}

static int take_switch(const char *text, size_t len, size_t offset, struct memcg *memcg)
{
	int64_t number;
	int error = parse_knob(text, len, &number);

	if (error == 0 && (number < 0 || number > 1))
		error = -EBADMSG;
	if (error == 0)
		*member(memcg, offset) = number;
	return error;
}

static int take_hierarchy(const char *text, size_t len, size_t offset, struct memcg *memcg)
{
	int64_t number;
	int error = parse_knob(text, len, &number);

	(void)offset;
	if (error == 0)
		memcg->flat = number == 0;
	return error;
}

static void forget_hierarchy(struct memcg *memcg)
{
	memcg->flat = false;
}

static int take_events(const char *text, size_t len, size_t offset, struct memcg *memcg)
{
	(void)offset;
	return parse_memcg_events(text, len, memcg);
}

static void forget_events(struct memcg *memcg)
{
	memcg->events_high = VALUE_UNKNOWN;
	memcg->events_max = VALUE_UNKNOWN;
	memcg->events_oom = VALUE_UNKNOWN;
	memcg->events_oom_kill = VALUE_UNKNOWN;
}

static int take_oom_control(const char *text, size_t len, size_t offset, struct memcg *memcg)
{
	(void)offset;
	return parse_memcg_oom_control(text, len, memcg);
}

static void forget_oom_control(struct memcg *memcg)
{
	memcg->oom_kill_disable = VALUE_UNKNOWN;
	memcg->under_oom = VALUE_UNKNOWN;
	memcg->events_oom_kill = VALUE_UNKNOWN;
}

static int take_stat(const char *text, size_t len, size_t offset, struct memcg *memcg)
{
	(void)offset;
	return parse_memcg_stat(text, len, memcg->version, memcg);
}

static void forget_stat(struct memcg *memcg)
{
	memcg->stat_file_bytes = VALUE_UNKNOWN;
	memcg->stat_dirty_bytes = VALUE_UNKNOWN;
	memcg->stat_mapped_bytes = VALUE_UNKNOWN;
	memcg->stat_slab_reclaimable_bytes = VALUE_UNKNOWN;
	memcg->stat_anon_bytes = VALUE_UNKNOWN;
	memcg->stat_shmem_bytes = VALUE_UNKNOWN;
	memcg->stat_pgscan_pages = VALUE_UNKNOWN;
	memcg->stat_uptime_ms = VALUE_UNKNOWN;
}

static int take_pressure(const char *text, size_t len, size_t offset, struct memcg *memcg)
{
	(void)offset;
	return parse_pressure(text, len, &memcg->pressure);
}

static void forget_pressure(struct memcg *memcg)
{
	values_forget(&memcg->pressure, sizeof(memcg->pressure));
}

/* clang-format off */
#define AT(name) offsetof(struct memcg, name)
static const struct memcg_file files_v1[] = {
	{ "memory.usage_in_bytes", USAGE, 0, AT(usage_bytes), take_usage, NULL },
	{ "memory.memsw.usage_in_bytes", EVENTS, 1, AT(memsw_bytes), take_usage, NULL },
	{ "memory.failcnt", EVENTS, 2, AT(events_max), take_number, NULL },
	{ "memory.oom_control", EVENTS, 3, 0, take_oom_control, forget_oom_control },
	{ "memory.limit_in_bytes", MAX, NOT_KEPT, AT(max_bytes), take_limit, NULL },
	{ "memory.memsw.limit_in_bytes", LIMITS, NOT_KEPT, AT(memsw_max_bytes), take_limit, NULL },
	{ "memory.swappiness", LIMITS, NOT_KEPT, AT(swappiness), take_number, NULL },
	{ "memory.use_hierarchy", LIMITS, NOT_KEPT, 0, take_hierarchy, forget_hierarchy },
	{ "memory.stat", STAT, NOT_KEPT, 0, take_stat, forget_stat },
};

static const struct memcg_file files_v2[] = {
	{ "memory.current", USAGE, 0, AT(usage_bytes), take_usage, NULL },
	{ "memory.events", EVENTS, 1, 0, take_events, forget_events },
	{ "memory.swap.current", EVENTS, 2, AT(swap_bytes), take_usage, NULL },
	{ "memory.max", MAX, NOT_KEPT, AT(max_bytes), take_limit, NULL },
	{ "memory.high", LIMITS, NOT_KEPT, AT(high_bytes), take_limit, NULL },
	{ "memory.swap.max", LIMITS, NOT_KEPT, AT(swap_max_bytes), take_limit, NULL },
	{ "memory.oom.group", LIMITS, NOT_KEPT, AT(oom_group), take_switch, NULL },
	{ "memory.stat", STAT, NOT_KEPT, 0, take_stat, forget_stat },
	{ "memory.pressure", PRESSURE, NOT_KEPT, 0, take_pressure, forget_pressure },
	{ "memory.min", PROTECTION, NOT_KEPT, AT(min_bytes), take_limit, NULL },
	{ "memory.low", PROTECTION, NOT_KEPT, AT(low_bytes), take_limit, NULL },
};
#undef AT
/* clang-format on */

static void close_fd(struct cgroup_reader *reader, int *fd)
{
	if (*fd < 0)
		return;
	close(*fd);
	*fd = -1;
	reader->n_fds--;
}

void cgroup_files_close(struct cgroup_reader *reader, struct cgroup_entry *entry)
{
	for (unsigned i = 0; i < CGROUP_FDS; i++)
		close_fd(reader, &entry->fds[i]);
}

/** A path below the root with room for the name of a file behind it. */
struct folder {
	char path[PATH_MAX];
	size_t len;
};

/** The folder of a cgroup, with a slash at its end: 0, -ENOENT outside of what is mounted,
 * -ENAMETOOLONG. */
static int folder_of(
	const struct cgroup_reader *reader, const struct cgroup_entry *entry, struct folder *ret)
{
	const struct memcg_mount *mount = &reader->mount;
	const size_t mount_len = strlen(mount->path), root_len = strlen(mount->root);
	const char *below = entry->path + 1;
	size_t len;

	if (root_len > 0) {
		if (strncmp(below, mount->root, root_len) != 0 ||
			(below[root_len] != '/' && below[root_len] != '\0'))
			return -ENOENT;
		below += root_len + (below[root_len] == '/');
	}
	len = strlen(below);
	if (mount_len + len + 2 + FILE_BYTES > sizeof(ret->path))
		return -ENAMETOOLONG;
	memcpy(ret->path, mount->path, mount_len);
	ret->path[mount_len] = '/';
	memcpy(ret->path + mount_len + 1, below, len);
	ret->len = mount_len + 1 + len;
	if (len > 0)
		ret->path[ret->len++] = '/';
	return 0;
}

/* Single records: the kernel gives all that fits in one read, so less than the buffer is the
 * end. */
static ssize_t read_once(const struct cgroup_reader *reader, int fd)
{
	const ssize_t len = pread(fd, reader->buf, reader->buf_size, 0);

	if (len < 0)
		return -errno;
	return (size_t)len == reader->buf_size ? -EFBIG : len;
}

static ssize_t read_kept(struct cgroup_reader *reader, const char *path, int *fd)
{
	ssize_t len;

	if (*fd < 0 && reader->n_fds < reader->max_fds) {
		*fd = root_open_kept(reader->root, path);
		reader->n_fds += *fd >= 0;
	}
	if (*fd >= 0) {
		len = read_once(reader, *fd);
		if (len >= 0)
			return len;
		/* Of a removed cgroup: fs/kernfs/file.c. */
		reader->replaced |= len == -ENODEV;
		close_fd(reader, fd);
	}
	return root_read(reader->root, path, reader->buf, reader->buf_size);
}

static int read_one(struct cgroup_reader *reader, struct cgroup_entry *entry,
	const struct memcg_file *file, struct folder *folder)
{
	const bool keep = file->fd != NOT_KEPT && reader->root->live &&
		reader->root->capture_fd < 0 && entry->keep;
	ssize_t len;

	memcpy(folder->path + folder->len, file->name, strlen(file->name) + 1);
	len = keep ? read_kept(reader, folder->path, &entry->fds[file->fd])
		   : root_read(reader->root, folder->path, reader->buf, reader->buf_size);
	if (len >= 0)
		len = file->take(reader->buf, (size_t)len, file->offset, &entry->memcg);
	if (len >= 0 && file->take == take_stat)
		entry->memcg.stat_uptime_ms = reader->uptime_ms;
	if (len >= 0)
		return 0;
	if (file->forget)
		file->forget(&entry->memcg);
	else
		*member(&entry->memcg, file->offset) = VALUE_UNKNOWN;
	return (int)len;
}

static const struct memcg_file *files_of(int version, size_t *ret_n)
{
	*ret_n = version == 1 ? ARRAY_SIZE(files_v1) : ARRAY_SIZE(files_v2);
	return version == 1 ? files_v1 : files_v2;
}

static void read_files(
	struct cgroup_reader *reader, struct cgroup_entry *entry, unsigned mask, struct folder *in)
{
	size_t n;
	const struct memcg_file *files = files_of(reader->mount.version, &n);

	for (size_t i = 0; i < n; i++) {
		int error;

		if (!(files[i].when & mask) || entry->absent & 1u << i)
			continue;
		error = read_one(reader, entry, &files[i], in);
		if (i == 0)
			entry->state = error == -ENODEV ? FACT_ABSENT : fact_state_of(error);
		if (i == 0 && entry->state == FACT_ABSENT)
			return;
		if (error == -ENOENT)
			entry->absent |= 1u << i;
	}
}

static bool is_reset(int64_t before, int64_t now)
{
	return value_known(before) && value_known(now) && now < before;
}

/* Counters only fall where there is another cgroup of the same name. */
static bool is_another(const struct cgroup_entry *entry, const struct memcg *before)
{
	const struct memcg *now = &entry->memcg;

	return is_reset(before->events_max, now->events_max) ||
		is_reset(before->events_oom, now->events_oom) ||
		is_reset(before->events_oom_kill, now->events_oom_kill);
}

static bool has_risen(int64_t before, int64_t now)
{
	return value_known(before) && value_known(now) && now > before;
}

/** Read again from the beginning what may have taken the place of a removed cgroup. */
static void read_anew(
	struct cgroup_reader *reader, struct cgroup_entry *entry, unsigned mask, struct folder *in)
{
	cgroup_files_close(reader, entry);
	cgroup_entry_forget(entry);
	read_files(reader, entry, mask | CGROUP_READ_ALL, in);
}

static void read_changes(
	struct cgroup_reader *reader, struct cgroup_entry *entry, unsigned mask, struct folder *in)
{
	struct memcg *memcg = &entry->memcg;
	const struct memcg before = *memcg;
	const bool fresh = entry->fresh;

	reader->replaced = false;
	read_files(reader, entry, fresh ? mask | CGROUP_READ_ALL : mask, in);
	if (entry->state != FACT_ABSENT && !fresh &&
		(reader->replaced || is_another(entry, &before)))
		read_anew(reader, entry, mask, in);
	if (entry->state == FACT_ABSENT) {
		cgroup_files_close(reader, entry);
		cgroup_entry_forget(entry);
		entry->state = FACT_ABSENT;
		return;
	}
	/* Not where it was read anew: fresh still. */
	entry->rising = !fresh && !entry->fresh &&
		(has_risen(before.events_max, memcg->events_max) ||
			has_risen(before.events_oom, memcg->events_oom));
	entry->fresh = false;
	if (reader->mount.version == 1)
		memcg->swap_bytes =
			value_known(memcg->memsw_bytes) && value_known(memcg->usage_bytes)
			? value_max(memcg->memsw_bytes - memcg->usage_bytes, 0)
			: VALUE_UNKNOWN;
}

void cgroup_files_read(struct cgroup_reader *reader, struct cgroup_entry *entry, unsigned mask)
{
	struct folder folder;
	int error = folder_of(reader, entry, &folder);

	entry->memcg.version = reader->mount.version;
	if (error < 0) {
		entry->state = fact_state_of(error);
		return;
	}
	if (mask & LIMITS)
		entry->absent = 0;
	if (mask & (USAGE | EVENTS))
		read_changes(reader, entry, mask, &folder);
	else
		read_files(reader, entry, mask, &folder);
	if (mask & STAT)
		entry->stat_turn = reader->turn;
}
