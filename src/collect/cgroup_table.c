/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/cgroup_table.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/sort.h"
#include "collect/beneath.h"
#include "collect/names.h"
#include "parse/cgroup_name.h"

#define BUCKETS_FIRST 256
#define ENTRIES_FIRST 64

/** Longest unit or container name kept. */
#define NAME_BYTES 256

/** What the kernel puts behind the path of a removed cgroup (v2). */
#define GONE " (deleted)"

static uint32_t hash_of(const char *path, size_t len)
{
	return hash_fold(hash_add(HASH_START, path, len));
}

static struct cgroup_entry **bucket_of(const struct cgroup_table *table, uint32_t hash)
{
	return &table->buckets[hash & (table->n_buckets - 1)];
}

static struct cgroup_entry *find(
	const struct cgroup_table *table, const char *path, size_t len, uint32_t hash)
{
	struct cgroup_entry *entry = *bucket_of(table, hash);

	while (entry &&
		(entry->hash != hash || entry->path_len != len ||
			memcmp(entry->path, path, len) != 0))
		entry = entry->next;
	return entry;
}

/* Without memory for more the lists only get longer. */
static int grow_buckets(struct cgroup_table *table)
{
	const uint32_t n = table->n_buckets > 0 ? table->n_buckets * 2 : BUCKETS_FIRST;
	struct cgroup_entry **buckets = calloc(n, sizeof(struct cgroup_entry *));

	if (!buckets)
		return table->buckets ? 0 : -ENOMEM;
	free(table->buckets);
	table->buckets = buckets;
	table->n_buckets = n;
	for (uint32_t i = 0; i < table->n_entries; i++) {
		struct cgroup_entry *entry = table->entries[i];
		struct cgroup_entry **bucket = bucket_of(table, entry->hash);

		entry->next = *bucket;
		*bucket = entry;
	}
	return 0;
}

static int grow_entries(struct cgroup_table *table)
{
	const uint32_t max = table->max_entries > 0 ? table->max_entries * 2 : ENTRIES_FIRST;
	struct cgroup_entry **entries =
		realloc(table->entries, max * sizeof(struct cgroup_entry *));
	uint32_t *order;

	if (!entries)
		return -ENOMEM;
	table->entries = entries;
	order = realloc(table->order, (size_t)max * 2 * sizeof(*order));
	if (!order)
		return -ENOMEM;
	table->order = order;
	table->max_entries = max;
	return 0;
}

void cgroup_entry_forget(struct cgroup_entry *entry)
{
	struct memcg *memcg = &entry->memcg;

	/* All from there on are numbers. */
	values_forget((char *)memcg + offsetof(struct memcg, usage_bytes),
		sizeof(*memcg) - offsetof(struct memcg, usage_bytes));
	memcg->flat = false;
	entry->absent = 0;
	entry->state = FACT_UNREAD;
	entry->stat_turn = 0;
	entry->rising = false;
	entry->fresh = true;
}

static struct cgroup_entry *entry_new(const char *path, size_t len, struct cgroup_entry *parent)
{
	char whole[PATH_MAX], unit[NAME_BYTES], container[NAME_BYTES];
	size_t unit_len, container_len;
	struct cgroup_entry *entry;
	char *at;

	memcpy(whole, path, len);
	whole[len] = '\0';
	unit_len = cgroup_unit(whole, unit, sizeof(unit));
	container_len = cgroup_container(whole, container, sizeof(container));
	entry = calloc(1, sizeof(*entry) + len + unit_len + container_len + 3);
	if (!entry)
		return NULL;
	memcpy(entry->path, whole, len + 1);
	at = entry->path + len + 1;
	entry->path_len = (uint32_t)len;
	entry->parent = parent;
	entry->depth = parent ? parent->depth + 1 : 0;
	entry->memcg.path = entry->path;
	entry->memcg.unit = names_put(&at, unit, unit_len);
	entry->memcg.container = names_put(&at, container, container_len);
	for (unsigned i = 0; i < CGROUP_FDS; i++)
		entry->fds[i] = -1;
	cgroup_entry_forget(entry);
	return entry;
}

static void rename_one(struct cgroup_table *table, struct cgroup_entry *entry)
{
	struct memcg *memcg = &entry->memcg;

	memcg->container = pods_name_of(table->pods, entry->path, memcg->container);
}

void cgroup_table_rename(struct cgroup_table *table)
{
	for (uint32_t i = 0; i < table->n_entries; i++)
		rename_one(table, table->entries[i]);
}

static int add(struct cgroup_table *table, const char *path, size_t len,
	struct cgroup_entry *parent, struct cgroup_entry **ret)
{
	struct cgroup_entry *entry;
	struct cgroup_entry **bucket;

	if (table->n_entries >= table->max_entries && grow_entries(table) < 0)
		return -ENOMEM;
	if (table->n_entries >= table->n_buckets)
		(void)grow_buckets(table);
	entry = entry_new(path, len, parent);
	if (!entry)
		return -ENOMEM;
	rename_one(table, entry);
	entry->hash = hash_of(path, len);
	bucket = bucket_of(table, entry->hash);
	entry->next = *bucket;
	*bucket = entry;
	table->entries[table->n_entries++] = entry;
	*ret = entry;
	return 0;
}

/** Of a path that is fine, and not in the table yet. */
static int add_with_parents(struct cgroup_table *table, const char *path, struct cgroup_entry **ret)
{
	struct cgroup_entry *above = NULL;
	size_t len = 1;

	for (;;) {
		struct cgroup_entry *entry = find(table, path, len, hash_of(path, len));

		if (!entry && above &&
			(table->n_entries >= CGROUPS_MAX || above->depth >= CGROUP_DEPTH_MAX))
			break;
		if (!entry && add(table, path, len, above, &entry) < 0)
			return -ENOMEM;
		above = entry;
		if (path[len] == '\0')
			break;
		if (path[len] == '/')
			len++;
		len += strcspn(path + len, "/");
	}
	*ret = above;
	return 0;
}

static bool can_be_seen(const char *path, size_t len)
{
	if (path[0] != '/')
		return false;
	if (len == 1)
		return true;
	if (len >= PATH_MAX || path[len - 1] == '/' || !beneath_path_ok(path + 1))
		return false;
	return len < strlen(GONE) || strcmp(path + len - strlen(GONE), GONE) != 0;
}

int cgroup_table_get(struct cgroup_table *table, const char *path, struct cgroup_entry **ret)
{
	const size_t len = strlen(path);

	if (!table->buckets && grow_buckets(table) < 0)
		return -ENOMEM;
	*ret = find(table, path, len, hash_of(path, len));
	if (*ret || !can_be_seen(path, len))
		return 0;
	return add_with_parents(table, path, ret);
}

static int compare(uint32_t a, uint32_t b, const void *context)
{
	const struct cgroup_table *table = context;

	return strcmp(table->entries[a]->path, table->entries[b]->path);
}

void cgroup_table_sort(struct cgroup_table *table)
{
	const uint32_t n = table->n_entries;
	uint32_t *order = table->order;

	if (table->n_sorted == n)
		return;
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	sort_indexes(order, n, order + table->max_entries, compare, table);
	/* Each to where it belongs, a cycle at a time: the order is used up. */
	for (uint32_t i = 0; i < n; i++) {
		struct cgroup_entry *first = table->entries[i];
		uint32_t at = i;

		while (order[at] != i) {
			const uint32_t from = order[at];

			table->entries[at] = table->entries[from];
			order[at] = at;
			at = from;
		}
		table->entries[at] = first;
		order[at] = at;
	}
	table->n_sorted = n;
}

static void take_out(struct cgroup_table *table, struct cgroup_entry *entry)
{
	struct cgroup_entry **link = bucket_of(table, entry->hash);

	while (*link != entry)
		link = &(*link)->next;
	*link = entry->next;
}

/* Nobody is used after those above it, so these go after or with it. */
void cgroup_table_sweep(struct cgroup_table *table, int64_t turn, cgroup_gone gone, void *context)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < table->n_entries; i++) {
		struct cgroup_entry *entry = table->entries[i];

		if (entry->used_turn >= turn) {
			table->entries[kept++] = entry;
			continue;
		}
		gone(entry, context);
		take_out(table, entry);
		free(entry);
	}
	if (kept < table->n_entries)
		table->n_sorted = table->n_sorted == table->n_entries ? kept : 0;
	table->n_entries = kept;
}

void cgroup_table_free(struct cgroup_table *table)
{
	for (uint32_t i = 0; i < table->n_entries; i++)
		free(table->entries[i]);
	free(table->entries);
	free(table->buckets);
	free(table->order);
	*table = (struct cgroup_table){ 0 };
}
