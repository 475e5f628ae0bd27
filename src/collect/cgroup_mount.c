/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "collect/cgroup_files.h"
#include "parse/scan.h"

/* memory.stat is made in one page (mm/memcontrol.c). */
#define BUF_BYTES 16384

/* A line for each mount of a host with many containers. */
#define MOUNTS_BYTES_MAX (4u << 20)

/** Descriptors kept open. */
#define FDS_MAX 512

/** What the table of processes may take of the other half of all descriptors, with those that
 * it spares (collect/proctab.c). */
#define FDS_OTHERS (1024 + 64)

static uint32_t most_fds(void)
{
	struct rlimit limit;
	uint64_t left;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	left = limit.rlim_cur / 2 > FDS_OTHERS ? limit.rlim_cur / 2 - FDS_OTHERS : 0;
	if (left > limit.rlim_cur / 4)
		left = limit.rlim_cur / 4;
	return left > FDS_MAX ? FDS_MAX : (uint32_t)left;
}

int cgroup_reader_init(struct cgroup_reader *reader, const struct root *root)
{
	*reader = (struct cgroup_reader){
		.root = root,
		.buf_size = BUF_BYTES,
		.max_fds = most_fds(),
		.uptime_ms = VALUE_UNKNOWN,
	};
	reader->buf = malloc(BUF_BYTES);
	return reader->buf ? 0 : -ENOMEM;
}

void cgroup_reader_free(struct cgroup_reader *reader)
{
	free(reader->buf);
	*reader = (struct cgroup_reader){ 0 };
}

/** Read one list of mounts, growing the buffer for it; the bytes of it, or -errno. */
static ssize_t read_mounts(struct cgroup_reader *reader, const char *path)
{
	for (;;) {
		const ssize_t len = root_read(reader->root, path, reader->buf, reader->buf_size);
		char *buf;

		if (len != -EFBIG)
			return len;
		if (reader->buf_size >= MOUNTS_BYTES_MAX)
			return (ssize_t)reader->buf_size;
		buf = realloc(reader->buf, reader->buf_size * 2);
		if (!buf)
			return -ENOMEM;
		reader->buf = buf;
		reader->buf_size *= 2;
	}
}

/** The mount that the lists of mounts tell, of version 0 if none; 0 or -ENOMEM. */
static int find_in_mounts(struct cgroup_reader *reader, struct memcg_mount *ret)
{
	/* Whoever's /proc it is, self is us, and a host's mounts are those of its init. */
	static const char *const paths[] = {
		"proc/1/mountinfo",
		"proc/self/mountinfo",
		"proc/mounts",
	};

	*ret = (struct memcg_mount){ .version = 0 };
	for (size_t i = reader->root->host ? 0 : 1; i < ARRAY_SIZE(paths); i++) {
		const ssize_t len = read_mounts(reader, paths[i]);

		if (len == -ENOMEM)
			return -ENOMEM;
		if (len > 0 && parse_memcg_mount(reader->buf, (size_t)len, ret) == 0)
			break;
	}
	return 0;
}

/** Read a file of the mount's own directory; as root_read(). */
static ssize_t read_at_mount(struct cgroup_reader *reader, const char *file)
{
	char path[sizeof(reader->mount.path) + 32];

	snprintf(path, sizeof(path), "%s/%s", reader->mount.path, file);
	return root_read(reader->root, path, reader->buf, reader->buf_size);
}

/** Whether cgroup.controllers of v2 lists memory. */
static bool lists_memory(const char *text, size_t len)
{
	struct scan scan = scan_of(text, len);
	struct span word;

	while (scan_word(&scan, &word))
		if (span_is(word, "memory"))
			return true;
	return false;
}

/** Look at the mount itself; false if it has no memory controller. */
static bool look_at_mount(struct cgroup_reader *reader)
{
	const bool v1 = reader->mount.version == 1;
	const ssize_t len =
		read_at_mount(reader, v1 ? "memory.usage_in_bytes" : "cgroup.controllers");

	reader->state = len < 0 ? fact_state_of((int)len) : FACT_PRESENT;
	reader->sure = len >= 0 && (v1 || lists_memory(reader->buf, (size_t)len));
	return v1 || len < 0 || reader->sure;
}

/* Recordings often lack the list of mounts. */
static bool probe(struct cgroup_reader *reader, int version, const char *path)
{
	reader->mount = (struct memcg_mount){ .version = version };
	snprintf(reader->mount.path, sizeof(reader->mount.path), "%s", path);
	return look_at_mount(reader) && reader->sure;
}

/** Use what the mounts say, or what lies where it does everywhere. */
static bool settle_mount(struct cgroup_reader *reader)
{
	if (reader->mount.version > 0)
		return look_at_mount(reader);
	return probe(reader, 1, "sys/fs/cgroup/memory") || probe(reader, 2, "sys/fs/cgroup");
}

static void shrink_buf(struct cgroup_reader *reader)
{
	char *buf = reader->buf_size > BUF_BYTES ? realloc(reader->buf, BUF_BYTES) : NULL;

	if (!buf)
		return;
	reader->buf = buf;
	reader->buf_size = BUF_BYTES;
}

int cgroup_reader_find_mount(struct cgroup_reader *reader)
{
	struct memcg_mount mount;
	int error = find_in_mounts(reader, &mount);

	if (error < 0)
		return error;
	reader->mount = mount;
	if (settle_mount(reader)) {
		shrink_buf(reader);
		return 0;
	}
	reader->mount = (struct memcg_mount){ .version = 0 };
	reader->sure = false;
	reader->state = FACT_ABSENT;
	return 0;
}
