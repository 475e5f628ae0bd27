/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The files of the system as a whole: which, how often, and what is kept of the slow ones.
 */
#ifndef OOMWATCH_COLLECT_SYSTEM_FILES_H
#define OOMWATCH_COLLECT_SYSTEM_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "collect/root.h"
#include "model/snapshot.h"
#include "parse/system.h"

/** Room for descriptors kept open, at least the rows of the table. */
#define SYSTEM_FILES_MAX 16

/** What to do about pagetypeinfo, which walks the free lists under the zone lock. */
enum pagetypeinfo_use {
	PAGETYPEINFO_NOT,   /**< nobody asks */
	PAGETYPEINFO_AGAIN, /**< what was read last */
	PAGETYPEINFO_READ,
};

struct system_files {
	const struct root *root;
	char *buf; /**< malloc'ed; grows to what the largest file needs */
	size_t buf_size;
	int fds[SYSTEM_FILES_MAX]; /**< kept open on a live root; -1 not (yet) */
	bool all;                  /**< read everything: first tick, recording, capture */
	uint32_t max_zones;        /**< most zones seen */
	char *migrate_text;        /**< pagetypeinfo as read last, malloc'ed; NULL: never */
	ssize_t migrate_len;       /**< of it, or -errno */
	/* What was read last. */
	struct meminfo mem;
	struct vmstat vmstat;
	struct pressure pressure;
	struct knobs knobs;
	struct swaps swaps;
	struct proc_mounts mounts;
	int32_t load_centi[3];
	int32_t stat_cpus;
	int64_t uptime_ms;
	char release[128];
	char hostname[65];
	enum fact_state facts[FACT_COUNT];
};

/** 0 or -ENOMEM. */
int system_files_init(struct system_files *files, const struct root *root);
void system_files_free(struct system_files *files);

/**
 * Read what is due in a tick (counted from 1) and copy everything into the snapshot:
 * mem, vmstat, pressure, knobs, swaps, load_centi, release, hostname, zones, migrate (if
 * used), and the facts about them.
 * Returns 0 or -ENOMEM.
 */
int system_files_collect(
	struct system_files *files, struct snapshot *snapshot, bool all, enum pagetypeinfo_use use);

/**
 * Read the count of OOM kills again, after the processes were read: of a victim that died
 * meanwhile the kill must not be in the next sample only.  0 or -ENOMEM.
 */
int system_files_recount_kills(struct system_files *files, struct snapshot *snapshot);

/** Read what nobody looks at but a capture should have. */
void system_files_capture(struct system_files *files);

#endif
