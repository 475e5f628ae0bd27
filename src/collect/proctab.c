/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/proctab.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define BUCKETS_FIRST 1024
#define CHUNK_ENTRIES 64

/** Descriptors left for everything that is not kept here. */
#define FDS_SPARE 64

/* Each stat or status kept open costs the kernel a page of unreclaimable memory. */
#define FDS_HOT_MAX 1024

/** Used when the limit is unlimited or cannot be read. */
#define FDS_ADJ_MAX 262144

struct proc_chunk {
	struct proc_chunk *next;
	struct proc_entry entries[CHUNK_ENTRIES];
};

static uint64_t fd_limit(bool raise)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 256;
	if (raise && limit.rlim_cur < limit.rlim_max) {
		const struct rlimit raised = { limit.rlim_max, limit.rlim_max };

		if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
			limit = raised;
	}
	return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
}

int proctab_init(struct proctab *table, bool raise_nofile)
{
	const uint64_t limit = fd_limit(raise_nofile);
	const uint64_t adj = limit / 2;
	const uint64_t rest = limit - adj > FDS_SPARE ? limit - adj - FDS_SPARE : 0;
	struct proc_entry **buckets = calloc(BUCKETS_FIRST, sizeof(struct proc_entry *));

	if (!buckets)
		return -ENOMEM;
	*table = (struct proctab){ .buckets = buckets, .n_buckets = BUCKETS_FIRST };
	table->fds_adj_max = adj > FDS_ADJ_MAX ? FDS_ADJ_MAX : (uint32_t)adj;
	table->fds_hot_max = rest > FDS_HOT_MAX ? FDS_HOT_MAX : (uint32_t)rest;
	return 0;
}

static struct proc_entry **bucket_of(const struct proctab *table, int32_t pid)
{
	return &table->buckets[(uint32_t)pid & (table->n_buckets - 1)];
}

struct proc_entry *proctab_find(const struct proctab *table, int32_t pid)
{
	struct proc_entry *entry = *bucket_of(table, pid);

	while (entry && entry->task.pid != pid)
		entry = entry->next;
	return entry;
}

static void close_fd(int *fd, uint32_t *count)
{
	if (*fd < 0)
		return;
	close(*fd);
	*fd = -1;
	(*count)--;
}

void proctab_cool(struct proctab *table, struct proc_entry *entry)
{
	close_fd(&entry->fd_stat, &table->fds_hot);
	close_fd(&entry->fd_status, &table->fds_hot);
}

static void close_all(struct proctab *table, struct proc_entry *entry)
{
	proctab_cool(table, entry);
	close_fd(&entry->fd_adj, &table->fds_adj);
}

static int add_chunk(struct proctab *table)
{
	struct proc_chunk *chunk = malloc(sizeof(*chunk));

	if (!chunk)
		return -ENOMEM;
	chunk->next = table->chunks;
	table->chunks = chunk;
	for (unsigned i = CHUNK_ENTRIES; i-- > 0;) {
		chunk->entries[i].cmdline = NULL;
		chunk->entries[i].next = table->free;
		table->free = &chunk->entries[i];
	}
	return 0;
}

static struct proc_entry *take_free(struct proctab *table, int32_t pid)
{
	struct proc_entry *entry;

	if (!table->free && add_chunk(table) < 0)
		return NULL;
	entry = table->free;
	table->free = entry->next;
	free(entry->cmdline);
	*entry = (struct proc_entry){
		.task = { .pid = pid, .state = '?' },
		.fd_adj = -1,
		.fd_stat = -1,
		.fd_status = -1,
	};
	entry->task.who = &entry->who;
	return entry;
}

/* Without memory the lists only get longer. */
static void grow_buckets(struct proctab *table)
{
	const uint32_t n_old = table->n_buckets;
	struct proc_entry **old = table->buckets;
	struct proc_entry **buckets = calloc((size_t)n_old * 2, sizeof(struct proc_entry *));

	if (!buckets)
		return;
	table->buckets = buckets;
	table->n_buckets = n_old * 2;
	for (uint32_t i = 0; i < n_old; i++) {
		while (old[i]) {
			struct proc_entry *entry = old[i];
			struct proc_entry **bucket = bucket_of(table, entry->task.pid);

			old[i] = entry->next;
			entry->next = *bucket;
			*bucket = entry;
		}
	}
	free(old);
}

struct proc_entry *proctab_add(struct proctab *table, int32_t pid)
{
	struct proc_entry *entry = take_free(table, pid);
	struct proc_entry **bucket;

	if (!entry)
		return NULL;
	if (table->n_entries >= table->n_buckets && table->n_buckets < UINT32_MAX / 2)
		grow_buckets(table);
	bucket = bucket_of(table, pid);
	entry->next = *bucket;
	*bucket = entry;
	table->n_entries++;
	return entry;
}

static void unlink_entry(struct proctab *table, struct proc_entry **link)
{
	struct proc_entry *entry = *link;

	*link = entry->next;
	close_all(table, entry);
	entry->next = table->gone;
	table->gone = entry;
	table->n_entries--;
}

void proctab_drop(struct proctab *table, struct proc_entry *entry)
{
	struct proc_entry **link = bucket_of(table, entry->task.pid);

	while (*link != entry)
		link = &(*link)->next;
	unlink_entry(table, link);
}

struct proc_entry *proctab_renew(struct proctab *table, struct proc_entry *entry)
{
	struct proc_entry *fresh = proctab_add(table, entry->task.pid);

	if (fresh)
		proctab_drop(table, entry);
	return fresh;
}

static void sweep_bucket(struct proctab *table, struct proc_entry **link, int64_t tick,
	proctab_gone gone, void *context)
{
	while (*link) {
		if ((*link)->seen_tick >= tick) {
			link = &(*link)->next;
			continue;
		}
		if (gone)
			gone(*link, context);
		unlink_entry(table, link);
	}
}

void proctab_sweep(struct proctab *table, int64_t tick, proctab_gone gone, void *context)
{
	for (uint32_t i = 0; i < table->n_buckets; i++)
		sweep_bucket(table, &table->buckets[i], tick, gone, context);
}

void proctab_recycle(struct proctab *table, int64_t tick)
{
	while (table->gone_before) {
		struct proc_entry *entry = table->gone_before;

		table->gone_before = entry->next;
		names_cgroup_leave(entry->cgroup, tick);
		entry->cgroup = NULL;
		entry->next = table->free;
		table->free = entry;
	}
	table->gone_before = table->gone;
	table->gone = NULL;
}

void proctab_want(struct proctab *table, int32_t pid, uint64_t start_ticks, int64_t tick)
{
	struct proc_entry *entry = proctab_find(table, pid);

	if (entry && entry->task.start_ticks == start_ticks)
		entry->hot_tick = tick;
}

void proctab_free(struct proctab *table)
{
	for (uint32_t i = 0; i < table->n_buckets; i++)
		for (struct proc_entry *entry = table->buckets[i]; entry; entry = entry->next)
			close_all(table, entry);
	while (table->chunks) {
		struct proc_chunk *chunk = table->chunks;

		table->chunks = chunk->next;
		for (unsigned i = 0; i < CHUNK_ENTRIES; i++)
			free(chunk->entries[i].cmdline);
		free(chunk);
	}
	free(table->buckets);
	*table = (struct proctab){ 0 };
}
