/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What is kept of a process between ticks: descriptors, last readings, growth, identity.
 * Keyed by pid and start time.
 */
#ifndef OOMWATCH_COLLECT_PROCTAB_H
#define OOMWATCH_COLLECT_PROCTAB_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/growth.h"
#include "collect/names.h"
#include "model/facts.h"
#include "model/task.h"

/** The files of a process that are read. */
enum proc_file {
	PROC_STAT,
	PROC_STATUS,
	PROC_ADJ,
	PROC_SCORE,
	PROC_CGROUP,
	PROC_FILES,
};

/** One process. */
struct proc_entry {
	struct proc_entry *next; /**< in its hash bucket, or in a list of unused ones */
	struct task task;        /**< as last seen */
	struct identity who;     /**< task.who points here */
	struct growth growth;
	uint64_t minflt, majflt; /**< of the stat before */
	int64_t stat_time_ms;    /**< uptime when stat was read last */
	int64_t moved_pages;     /**< the sampler's account of movement at that time */
	int64_t seen_tick;
	int64_t stat_tick;   /**< when stat was read last; 0 never */
	int64_t status_tick; /**< when status was read last; 0 never */
	int64_t cgroup_tick;
	int64_t hot_tick;    /**< last tick for which somebody asked for it: a candidate or on
	                          the screen */
	int64_t active_tick; /**< last tick in which its memory or CPU time moved */
	int fd_adj, fd_stat, fd_status; /**< kept open, or -1 */
	uint8_t state[PROC_FILES];      /**< enum fact_state of reading each file last */
	bool identity_asked;
	bool settled;               /**< nothing about its identity is left to find out */
	bool legacy_adj;            /**< only oom_adj exists */
	bool status_due;            /**< stat moved since status was read */
	bool stat_due;              /**< status moved since stat was read */
	bool memory_elsewhere;      /**< the leader is gone; its memory is read of another thread */
	char *cmdline;              /**< malloc'ed, or NULL */
	struct cgroup_name *cgroup; /**< or NULL */
};

struct proc_chunk;

struct proctab {
	struct proc_entry **buckets; /**< n_buckets, a power of two */
	uint32_t n_buckets;
	uint32_t n_entries;
	struct proc_chunk *chunks;
	struct proc_entry *free; /**< for reuse */
	/** Processes that are gone: snapshots still point to their names. */
	struct proc_entry *gone, *gone_before;
	uint32_t fds_adj, fds_hot; /**< descriptors kept open */
	uint32_t fds_adj_max, fds_hot_max;
};

/** 0 or -ENOMEM.  Raises the soft limit of descriptors to the hard one when asked to. */
int proctab_init(struct proctab *table, bool raise_nofile);
void proctab_free(struct proctab *table);

/** The entry of a pid (whatever its start time), or NULL. */
struct proc_entry *proctab_find(const struct proctab *table, int32_t pid);

/** A fresh entry for a pid that has none.  NULL without memory. */
struct proc_entry *proctab_add(struct proctab *table, int32_t pid);

/**
 * Another process has this pid now: a fresh entry in place of the old one, which stays
 * readable for two ticks more.  NULL without memory; then the old one is unchanged.
 */
struct proc_entry *proctab_renew(struct proctab *table, struct proc_entry *entry);

/** Take one out, as if it had not been seen. */
void proctab_drop(struct proctab *table, struct proc_entry *entry);

/** Called with each entry that goes. */
typedef void (*proctab_gone)(struct proc_entry *entry, void *context);

/** Drop all entries not seen since tick. */
void proctab_sweep(struct proctab *table, int64_t tick, proctab_gone gone, void *context);

/** A tick succeeded: what went two ticks ago may be reused. */
void proctab_recycle(struct proctab *table, int64_t tick);

/** Mark as wanted fresh (oom_score and status each tick): first candidates, shown rows. */
void proctab_want(struct proctab *table, int32_t pid, uint64_t start_ticks, int64_t tick);

/** Close stat and status of a process that nobody wants any more. */
void proctab_cool(struct proctab *table, struct proc_entry *entry);

#endif
