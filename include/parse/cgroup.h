/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The files of a memory cgroup, v1 and v2 (kernel.md 9).
 *
 * As the parsers of parse/system.h: outputs are completely set on success and unchanged on
 * error; -ENODATA for an empty text, -EBADMSG for one that holds nothing that belongs there.
 */
#ifndef OOMWATCH_PARSE_CGROUP_H
#define OOMWATCH_PARSE_CGROUP_H

#include <stddef.h>

#include "model/memcg.h"

/**
 * One size: a number of bytes or "max".  v1 has no "max": a limit of 2^63 less a page (any
 * page size) or more is none.  MEMCG_UNLIMITED then.
 */
int parse_memcg_size(const char *text, size_t len, int64_t *ret_bytes);

/** memory.events: sets the events_ members alone. */
int parse_memcg_events(const char *text, size_t len, struct memcg *ret);

/** memory.stat of either version (v1: the total_ lines, which include what is below; without
 * them its own): sets the stat_ members but stat_uptime_ms. */
int parse_memcg_stat(const char *text, size_t len, int version, struct memcg *ret);

/** v1's memory.oom_control: sets oom_kill_disable, under_oom, events_oom_kill (4.13). */
int parse_memcg_oom_control(const char *text, size_t len, struct memcg *ret);

/** Where the memory controller is mounted. */
struct memcg_mount {
	int version;    /**< 1, 2; 0: not mounted */
	char path[128]; /**< below the root, without leading "/": "sys/fs/cgroup" */
	char root[512]; /**< which part of the hierarchy is mounted there, without leading "/"; ""
	                     all of it, elsewhere the cgroup of a container */
};

/**
 * From /proc/self/mountinfo or /proc/mounts.  A v1 hierarchy with the memory controller
 * counts before v2 (hybrid); cgroup2 counts whether or not memory is enabled there: that is
 * seen in its files.  Mounts that show what lies outside of the reader's cgroup namespace do
 * not count.
 */
int parse_memcg_mount(const char *text, size_t len, struct memcg_mount *ret);

#endif
