/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Inside of collect/cgroups: files that are read only because a userspace killer looks at them.
 */
#ifndef OOMWATCH_COLLECT_CGROUP_DEMANDS_H
#define OOMWATCH_COLLECT_CGROUP_DEMANDS_H

#include "collect/cgroup_files.h"
#include "collect/cgroup_table.h"

/** Set entry->demand of all, from masks parallel to the last snapshot's memcgs; whether there is
 * any. */
bool cgroup_demands_set(struct cgroup_table *table, const uint8_t *demands);

/** The files that are demanded of one, without memory.stat. */
unsigned cgroup_demanded_files(const struct cgroup_entry *entry, int64_t turn);

/** Read memory.stat of 16 of those of which it is demanded, whoever waited longest first, and
 * forget all demands. */
void cgroup_demands_read_stats(struct cgroup_table *table, struct cgroup_reader *reader);

/** Read at once all that is demanded and was not read in this turn, also into the memcgs of the
 * last snapshot; forget all demands.  Whether anything was read. */
bool cgroup_demands_read(
	struct cgroup_table *table, struct cgroup_reader *reader, struct memcg *memcgs);

#endif
