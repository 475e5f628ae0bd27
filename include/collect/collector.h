/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * One tick: read through the root, parse, fill a snapshot.
 */
#ifndef OOMWATCH_COLLECT_COLLECTOR_H
#define OOMWATCH_COLLECT_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/root.h"
#include "model/snapshot.h"

/** What one wants of the collector beyond the usual. */
struct collect_options {
	bool thorough;     /**< read every file of every process every tick: JSON, batch, captures,
	                          recordings */
	bool cmdlines;     /**< command lines may be read and, in a capture, written */
	bool all_names;    /**< of all processes, not only of those that are looked at: for those
	                          who wait for names, sort or search by them */
	bool identity;     /**< ask libproc2 (live only; ignored elsewhere) */
	bool pagetypeinfo; /**< wanted; read again every 10 s at most, the last one meanwhile */
	bool raise_nofile; /**< may raise the soft limit of descriptors */
};

struct collector;

/**
 * Create a collector for an open root; the root must outlive it.
 * Returns 0 or -errno; *ret is freed with collector_free().
 */
int collector_new(struct root *root, const struct collect_options *options, struct collector **ret);
void collector_free(struct collector *collector);

/** Change options between ticks (pagetypeinfo). */
struct collect_options *collector_options(struct collector *collector);

/**
 * Take one sample.  Resets snapshot->arena first.
 *
 * Strings of the tasks stay valid until the second next tick, so a snapshot and the one
 * before it can be compared.
 * Returns 0; -ENOMEM: *snapshot must not be used, the one before stays valid; in a tick
 * that is captured also what writing failed with (-ENOSPC, -EDQUOT, …).  A file that cannot
 * be read is no error but a fact.
 */
int collector_tick(struct collector *collector, struct snapshot *snapshot);

/** Processes wanted fresh in the next tick: the first candidates and the shown rows. */
void collector_want(struct collector *collector, const struct task *task);

/** Whom to look for sharers of in the next tick: the first candidate. */
void collector_compare_with(struct collector *collector, const struct task *task);

/** The cgroup on the screen, by its path: read in full in each tick from the next on; "" for
 * none. */
void collector_want_scope(struct collector *collector, const char *path);

/** Wait until user names and command lines of all known processes, and the settings of userspace
 * killers arrived, at most timeout_ms; then later ticks have them.  For batch and JSON. */
void collector_wait_identity(struct collector *collector, int timeout_ms);

/** Begin a new folder tick-NNNN below an open capture directory; the next tick is written
 * there; number 0: into that directory itself.  0 or -errno.  Links to none; existing
 * ticks are never overwritten (-EEXIST). */
int collector_capture_tick(struct collector *collector, int capture_dir_fd, int number);

#endif
