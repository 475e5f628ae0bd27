/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Reading the files of one memory cgroup into its entry.
 */
#ifndef OOMWATCH_COLLECT_CGROUP_FILES_H
#define OOMWATCH_COLLECT_CGROUP_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/cgroup_table.h"
#include "collect/root.h"
#include "parse/cgroup.h"

/** Which files. */
#define CGROUP_READ_USAGE (1u << 0)
#define CGROUP_READ_EVENTS (1u << 1) /**< what else moves: events, swap */
#define CGROUP_READ_MAX (1u << 2)    /**< the limit */
#define CGROUP_READ_LIMITS (1u << 3) /**< what else only administrators change */
#define CGROUP_READ_STAT (1u << 4)   /**< what costs the kernel a flush: stat, pressure */
#define CGROUP_READ_PRESSURE (1u << 5)
#define CGROUP_READ_PROTECTION (1u << 6) /**< memory.min, memory.low */
#define CGROUP_READ_ALL \
	(CGROUP_READ_USAGE | CGROUP_READ_EVENTS | CGROUP_READ_MAX | CGROUP_READ_LIMITS)

/** What reading needs to know; one for all cgroups. */
struct cgroup_reader {
	const struct root *root;
	struct memcg_mount mount;
	bool sure;     /**< the mount does have the memory controller */
	bool replaced; /**< a file kept open was one of a cgroup that has been removed */
	char *buf;     /**< malloc'ed */
	size_t buf_size;
	int64_t turn;
	int64_t uptime_ms;
	uint32_t n_fds, max_fds; /**< descriptors kept open */
	enum fact_state state;   /**< of the mount */
};

/** 0 or -ENOMEM. */
int cgroup_reader_init(struct cgroup_reader *reader, const struct root *root);
void cgroup_reader_free(struct cgroup_reader *reader);

/** Find out where the memory controller is mounted; reader->mount.version is 0 if it is
 * nowhere.  0, or -ENOMEM: what was known stays. */
int cgroup_reader_find_mount(struct cgroup_reader *reader);

/**
 * Read files of a mask.  What cannot be read is unknown then.
 *
 * entry->state says how reading the usage ended: FACT_ABSENT where the path has no memory
 * cgroup of its own (v2 without the controller there, the root), or not any more.
 */
void cgroup_files_read(struct cgroup_reader *reader, struct cgroup_entry *entry, unsigned mask);

/** Close all descriptors of a cgroup that nobody is in. */
void cgroup_files_close(struct cgroup_reader *reader, struct cgroup_entry *entry);

#endif
