/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What analysis/kills is made of.
 */
#ifndef OOMWATCH_ANALYSIS_KILLS_PARTS_H
#define OOMWATCH_ANALYSIS_KILLS_PARTS_H

#include "analysis/kills.h"

/* kills.c */
/** A new one, or that of the same live process which was only marked or counted, emptied but for
 * its number.
 * @pid  VALUE_UNKNOWN: surely a new one */
struct kill *kills_begin(struct kills *kills, int64_t pid, const struct kill_moment *moment);
/** Its time is known: put it in its place. */
void kills_settle_order(struct kills *kills);
/** So many were told as killed by the kernel while oomwatch runs; not to be counted again. */
void kills_note_told(struct kills *kills, const struct kill *kill);
void kills_note_pid(struct kills *kills, int64_t pid, int64_t uptime_ms);
/** Whether that process was told lately. */
bool kills_pid_told(const struct kills *kills, int64_t pid, int64_t uptime_ms);

/* kills_foretell.c */
/** Parts of a scope's id one after the other. */
uint64_t kills_hash(const char *kind, const char *rest);
/** What was foretold for a scope in the last sample up to then; NULL: nothing. */
const struct foretold *kills_foretold(const struct kills *kills, uint64_t scope, int64_t clear_ms);
/** Hold it against that, and keep the score. */
void kills_compare(
	struct kills *kills, struct kill *kill, const struct foretold *foretold, bool same);

/* kills_where.c */
/**
 * Where an OOM was that took a process of a cgroup, by the counters that rose with it.
 *
 * @before  NULL: none
 * @memcg   in now, or NO_MEMCG: anywhere
 * @victim  the path of the cgroup that it was in itself; NULL: it is not known, so any below memcg
 */
void kills_where(const struct snapshot *before, const struct snapshot *now,
	const struct summary *summary, uint32_t memcg, const char *victim, struct kill_place *ret);
/** The cgroup of that path in a snapshot, or the next one above it that is there. */
uint32_t kills_memcg_at(const struct snapshot *now, const char *path);
/** Whether a path is another one or lies below it. */
bool kills_is_within(const char *path, const char *above);

#endif
