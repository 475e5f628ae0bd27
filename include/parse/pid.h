/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The files of one process below /proc/PID.  Hot: called for every process every tick.
 */
#ifndef OOMWATCH_PARSE_PID_H
#define OOMWATCH_PARSE_PID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/nodes.h"
#include "model/task.h"

/**
 * What /proc/PID/stat says.  Numbers that do not fit saturate.
 */
struct pid_stat {
	int32_t pid;
	int32_t ppid;
	char state;
	char comm[64];
	uint32_t flags;
	uint32_t threads;
	int32_t nice;
	uint64_t minflt;
	uint64_t majflt;
	uint64_t utime_ticks;
	uint64_t stime_ticks;
	uint64_t start_ticks;
	int64_t vsize_bytes;
	int64_t rss_pages; /**< field 24; VALUE_UNKNOWN if negative or above SCAN_PAGES_MAX */
};

/**
 * Parse /proc/PID/stat; the name ends at the last ')', and is cut to fit.
 * Returns 0, -ENODATA if empty, -EBADMSG if a field up to the 24th is missing, or may be
 * cut (nothing follows it); *ret is unchanged on error.
 */
int parse_pid_stat(const char *text, size_t len, struct pid_stat *ret);

/** What /proc/PID/status says; VALUE_UNKNOWN where it has no such line, or an absurd one. */
struct pid_status {
	int64_t tgid;
	int64_t uid; /**< effective */
	int64_t threads;
	int64_t vm_size_kib;
	int64_t vm_rss_kib;
	int64_t rss_anon_kib;
	int64_t rss_file_kib;
	int64_t rss_shmem_kib;
	int64_t vm_swap_kib;
	int64_t vm_pte_kib;
	int64_t vm_pmd_kib; /**< 4.0..4.14 */
	bool cap_known;
	uint64_t cap_effective;
	bool nodes_known;
	struct node_set nodes; /**< Mems_allowed_list, or else the mask Mems_allowed; never empty */
};

/**
 * Parse /proc/PID/status.  Names may hold newlines only as \n escapes, so keys are safe to
 * find by line.  Reads no further than Mems_allowed_list, the last line of interest in every
 * kernel; a last line without newline is ignored, since it may be cut.
 * Returns 0, -ENODATA if empty, -EBADMSG if nothing known is in it; *ret unchanged then.
 */
int parse_pid_status(const char *text, size_t len, struct pid_status *ret);

/**
 * oom_score (any 64-bit), oom_score_adj and oom_adj: one signed number, saturating.
 * Returns 0, -ENODATA if empty, -EBADMSG if it is anything else.
 */
int parse_pid_number(const char *text, size_t len, int64_t *ret);

/** oom_score_adj of a legacy oom_adj (-17..15, others as the nearest of these) as 3.10 and
 * later map it (fs/proc/base.c, oom_adj_write). */
int32_t adj_of_oom_adj(int64_t oom_adj);

/**
 * The memory cgroup of /proc/PID/cgroup: the path of the line that lists "memory" (v1),
 * else of "0::" (v2), as printed (" (deleted)" may follow).  Copied NUL-terminated, foreign
 * bytes; -ENOENT if neither is there, -ENODATA if the text is empty, -ENAMETOOLONG if it
 * does not fit; buf is unchanged on error.
 */
int parse_pid_cgroup(const char *text, size_t len, char *buf, size_t size);

/**
 * The same of another v1 hierarchy, by controller or name ("name=systemd": where systemd
 * put the process, whatever its memory cgroup); *ret_v1: it was a line of v1 that lists it.
 */
int parse_pid_cgroup_of(
	const char *text, size_t len, const char *controller, bool *ret_v1, char *buf, size_t size);

/** NSpid of /proc/PID/status, since 4.1. */
struct pid_namespace {
	int64_t innermost_pid; /**< in its own PID namespace */
	bool nested;           /**< that is not the namespace that /proc shows */
};

/**
 * Find NSpid in /proc/PID/status.  Apart from parse_pid_status(), which is hot.
 * Returns 0, -ENODATA if it is not there (or may be cut), -EBADMSG if it is no list of
 * numbers from 1 on; *ret is unchanged then.
 */
int parse_pid_namespace(const char *text, size_t len, struct pid_namespace *ret);

/** Command line with NULs and newlines as blanks (as libproc2 does), trailing ones removed, cut to fit and NUL-terminated;
 * returns bytes in buf (0 for kernel threads and zombies). */
size_t parse_pid_cmdline(const char *text, size_t len, char *buf, size_t size);

#endif
