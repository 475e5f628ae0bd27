/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What is kept of a memory cgroup between ticks.  Keyed by path; whoever is in the table has
 * all above it there too.
 */
#ifndef OOMWATCH_COLLECT_CGROUP_TABLE_H
#define OOMWATCH_COLLECT_CGROUP_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/pods.h"
#include "model/facts.h"
#include "model/memcg.h"

/** Cgroups that are not told apart from the one above: deeper ones than this, … */
#define CGROUP_DEPTH_MAX 128

/** … and more than this. */
#define CGROUPS_MAX 16384

/** Files of one cgroup that may be kept open. */
#define CGROUP_FDS 4

/** One cgroup. */
struct cgroup_entry {
	struct cgroup_entry *next;   /**< in its hash bucket */
	struct cgroup_entry *parent; /**< NULL: of the topmost */
	struct memcg memcg;          /**< as last read; its strings live as long as the entry */
	uint32_t hash;
	uint32_t depth;
	uint32_t path_len;
	uint32_t n_tasks;       /**< in it and below, in this tick */
	uint32_t index;         /**< in this tick's snapshot, or NO_MEMCG */
	int64_t used_turn;      /**< last turn with tasks in it or below; 0 never */
	int64_t stat_turn;      /**< last turn in which memory.stat was read; 0 never */
	int fds[CGROUP_FDS];    /**< kept open, or -1 */
	uint32_t absent;        /**< mask of files that it does not have */
	enum fact_state state;  /**< of its usage */
	bool fresh;             /**< nothing was read of it yet, or it is another one now */
	bool rising;            /**< it ran into its limit between the last two readings */
	bool keep;              /**< worth descriptors */
	bool near;              /**< worth a look at its events each tick */
	bool chosen;            /**< memory.stat is read in this tick */
	uint8_t demand;         /**< CGROUP_DEMAND_ of userspace killers for the next tick */
	uint32_t full_permille; /**< of its limit, from where on it is a suspect; else 0 */
	char path[];
};

/** Zero-initialise: empty. */
struct cgroup_table {
	struct pods *pods;             /**< who knows containers by name; NULL: nobody */
	struct cgroup_entry **buckets; /**< n_buckets, a power of two, or NULL */
	uint32_t n_buckets;
	struct cgroup_entry **entries; /**< by path: parents before children */
	uint32_t n_entries, max_entries;
	uint32_t n_sorted; /**< of entries; the others are new */
	uint32_t *order;   /**< max_entries, and as many for sorting */
};

/**
 * The cgroup of a path as /proc/PID/cgroup spells it, made if it is not there yet, with all
 * above it.
 *
 * *ret is NULL for a path that names none that can be seen: removed, outside of the reader's
 * cgroup namespace, or no path at all.  Where there are too many or it lies too deep it is
 * the nearest one above.  0 or -ENOMEM.
 */
int cgroup_table_get(struct cgroup_table *table, const char *path, struct cgroup_entry **ret);

/** Put new ones in their place in entries. */
void cgroup_table_sort(struct cgroup_table *table);

/** Called with each entry that goes. */
typedef void (*cgroup_gone)(struct cgroup_entry *entry, void *context);

/** Free all that were last used before a turn. */
void cgroup_table_sweep(struct cgroup_table *table, int64_t turn, cgroup_gone gone, void *context);

/** Look again for the names of containers. */
void cgroup_table_rename(struct cgroup_table *table);

void cgroup_table_free(struct cgroup_table *table);

/** All that was read of it is unknown again. */
void cgroup_entry_forget(struct cgroup_entry *entry);

#endif
