/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/cgroup_demands.h"

#include "collect/cgroups.h"

/** Ticks after which memory.min and low are read again. */
#define PROTECTION_TURNS 16

/** memory.stat makes the kernel flush its statistics. */
#define STATS_MAX 16

bool cgroup_demands_set(struct cgroup_table *table, const uint8_t *demands)
{
	bool any = false;

	for (uint32_t i = 0; i < table->n_entries; i++) {
		struct cgroup_entry *entry = table->entries[i];

		entry->demand = entry->index == NO_MEMCG ? 0 : demands[entry->index];
		any |= entry->demand != 0;
	}
	return any;
}

unsigned cgroup_demanded_files(const struct cgroup_entry *entry, int64_t turn)
{
	unsigned files = 0;

	if (entry->state == FACT_ABSENT)
		return 0;
	if (entry->demand & CGROUP_DEMAND_PRESSURE)
		files |= CGROUP_READ_PRESSURE;
	if (!(entry->demand & CGROUP_DEMAND_USAGE))
		return files;
	files |= CGROUP_READ_USAGE | CGROUP_READ_EVENTS;
	if (!value_known(entry->memcg.low_bytes) ||
		(entry->hash + (uint64_t)turn) % PROTECTION_TURNS == 0)
		files |= CGROUP_READ_PROTECTION;
	return files;
}

static struct cgroup_entry *next_of(const struct cgroup_table *table, int64_t turn)
{
	struct cgroup_entry *best = NULL;

	for (uint32_t i = 0; i < table->n_entries; i++) {
		struct cgroup_entry *entry = table->entries[i];

		if (!(entry->demand & CGROUP_DEMAND_STAT) || entry->used_turn != turn ||
			entry->stat_turn == turn || entry->state == FACT_ABSENT)
			continue;
		if (!best || entry->stat_turn < best->stat_turn)
			best = entry;
	}
	return best;
}

static void forget(struct cgroup_table *table)
{
	for (uint32_t i = 0; i < table->n_entries; i++)
		table->entries[i]->demand = 0;
}

void cgroup_demands_read_stats(struct cgroup_table *table, struct cgroup_reader *reader)
{
	for (unsigned n = 0; n < STATS_MAX; n++) {
		struct cgroup_entry *entry = next_of(table, reader->turn);

		if (!entry)
			break;
		cgroup_files_read(reader, entry, CGROUP_READ_STAT);
	}
	forget(table);
}

/* The strings of a snapshot are its own. */
static void put_numbers(const struct memcg *from, struct memcg *to)
{
	const struct memcg before = *to;

	*to = *from;
	to->path = before.path;
	to->unit = before.unit;
	to->container = before.container;
	to->parent = before.parent;
	to->n_tasks = before.n_tasks;
}

bool cgroup_demands_read(
	struct cgroup_table *table, struct cgroup_reader *reader, struct memcg *memcgs)
{
	bool any = false;

	for (uint32_t i = 0; i < table->n_entries; i++) {
		struct cgroup_entry *entry = table->entries[i];
		unsigned files;

		if (entry->index == NO_MEMCG)
			continue;
		files = cgroup_demanded_files(entry, reader->turn);
		if (entry->demand & CGROUP_DEMAND_STAT && entry->stat_turn != reader->turn)
			files |= CGROUP_READ_STAT;
		files &= ~(CGROUP_READ_USAGE | CGROUP_READ_EVENTS);
		if (!files)
			continue;
		cgroup_files_read(reader, entry, files);
		put_numbers(&entry->memcg, &memcgs[entry->index]);
		any = true;
	}
	forget(table);
	return any;
}
