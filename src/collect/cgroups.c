/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/cgroups.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/cgroup_demands.h"
#include "collect/cgroup_files.h"

/** Ticks after which a mount that was not found is looked for again. */
#define MOUNT_TURNS 16

/** Ticks after which the limit and the usage of all are read again, and all else of them. */
#define MAX_TURNS 32
#define ALL_TURNS 256

/** The same of those that have limits: the limit and the events of those that are not near it,
 * and all else. */
#define LIMITED_MAX_TURNS 4
#define LIMITED_ALL_TURNS 32

/** Ticks for which a cgroup without processes is remembered. */
#define UNUSED_TURNS 64

/** From where on a cgroup's events are read each tick, and from where on it is a suspect. */
#define NEAR_PERMILLE 500
#define SUSPECT_PERMILLE 750
#define FULL_PERMILLE 1000

/** Suspects looked at in one tick: half of them the fullest, the others in turn. */
#define SUSPECTS 16
#define FULLEST (SUSPECTS / 2)

/** Of the paths of a tick's tasks, which are the same pointer where they are the same. */
#define SEEN 512

struct seen {
	const char *path;
	struct cgroup_entry *entry;
};

struct cgroups {
	struct cgroup_table table;
	struct cgroup_reader reader;
	struct seen seen[SEEN];
	int64_t turn;       /**< ticks, also those that failed */
	int64_t mount_turn; /**< when to look for a mount again */
	bool thorough;
	bool demands;     /**< some entries have one */
	bool killed;      /**< somebody was killed since the tick before, or that cannot be told */
	int64_t oom_kill; /**< the kernel's counter in the tick before */
	char wanted[PATH_MAX];
};

int cgroups_new(const struct root *root, struct cgroups **ret)
{
	struct cgroups *cgroups = calloc(1, sizeof(*cgroups));

	if (!cgroups)
		return -ENOMEM;
	if (cgroup_reader_init(&cgroups->reader, root) < 0) {
		free(cgroups);
		return -ENOMEM;
	}
	*ret = cgroups;
	return 0;
}

static void close_files(struct cgroup_entry *entry, void *context)
{
	cgroup_files_close(context, entry);
}

void cgroups_free(struct cgroups *cgroups)
{
	if (!cgroups)
		return;
	cgroup_table_sweep(&cgroups->table, INT64_MAX, close_files, &cgroups->reader);
	cgroup_table_free(&cgroups->table);
	cgroup_reader_free(&cgroups->reader);
	free(cgroups);
}

void cgroups_set_pods(struct cgroups *cgroups, struct pods *pods)
{
	cgroups->table.pods = pods;
}

void cgroups_rename(struct cgroups *cgroups)
{
	cgroup_table_rename(&cgroups->table);
}

void cgroups_want(struct cgroups *cgroups, const char *path)
{
	snprintf(cgroups->wanted, sizeof(cgroups->wanted), "%s", path);
}

static void forget(struct cgroups *cgroups, struct cgroup_entry *entry)
{
	cgroup_files_close(&cgroups->reader, entry);
	cgroup_entry_forget(entry);
}

static int find_mount(struct cgroups *cgroups)
{
	struct cgroup_reader *reader = &cgroups->reader;
	const struct memcg_mount before = reader->mount;
	const bool lost = before.version == 0 && cgroups->turn >= cgroups->mount_turn;
	int error;

	if (!lost && reader->root->capture_fd < 0)
		return 0;
	error = cgroup_reader_find_mount(reader);
	if (error < 0)
		return error;
	cgroups->mount_turn = cgroups->turn + MOUNT_TURNS;
	if (before.version == reader->mount.version &&
		strcmp(before.path, reader->mount.path) == 0 &&
		strcmp(before.root, reader->mount.root) == 0)
		return 0;
	for (uint32_t i = 0; i < cgroups->table.n_entries; i++)
		forget(cgroups, cgroups->table.entries[i]);
	return 0;
}

/** The cgroup of a path, NULL for none; 0 or -ENOMEM. */
static int entry_of(struct cgroups *cgroups, const char *path, struct cgroup_entry **ret)
{
	struct seen *seen = &cgroups->seen[((uintptr_t)path >> 5) % SEEN];
	int error;

	*ret = NULL;
	if (!path)
		return 0;
	if (seen->path != path) {
		error = cgroup_table_get(&cgroups->table, path, ret);
		if (error < 0)
			return error;
		*seen = (struct seen){ path, *ret };
	}
	*ret = seen->entry;
	return 0;
}

/** Somebody is in it, and so in all above it. */
static void use(struct cgroups *cgroups, struct cgroup_entry *entry)
{
	entry->n_tasks++;
	for (; entry && entry->used_turn != cgroups->turn; entry = entry->parent) {
		/* What it was when somebody was in it before says nothing about now. */
		if (entry->used_turn + 1 < cgroups->turn)
			forget(cgroups, entry);
		entry->used_turn = cgroups->turn;
	}
}

static int find_entries(struct cgroups *cgroups, const struct snapshot *snapshot)
{
	struct cgroup_table *table = &cgroups->table;

	cgroup_table_sweep(table, cgroups->turn - UNUSED_TURNS, close_files, &cgroups->reader);
	for (uint32_t i = 0; i < table->n_entries; i++)
		table->entries[i]->n_tasks = 0;
	memset(cgroups->seen, 0, sizeof(cgroups->seen));
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		struct cgroup_entry *entry;

		if (entry_of(cgroups, snapshot->tasks[i].who->cgroup, &entry) < 0)
			return -ENOMEM;
		if (entry)
			use(cgroups, entry);
	}
	cgroup_table_sort(table);
	for (uint32_t i = table->n_entries; i-- > 0;) {
		const struct cgroup_entry *entry = table->entries[i];

		if (entry->parent)
			entry->parent->n_tasks += entry->n_tasks;
	}
	return 0;
}

static bool is_used(const struct cgroups *cgroups, const struct cgroup_entry *entry)
{
	return entry->used_turn == cgroups->turn;
}

static bool is_wanted(const struct cgroups *cgroups, const struct cgroup_entry *entry)
{
	return strcmp(entry->path, cgroups->wanted) == 0;
}

/** Whether it is worth a look in each tick. */
static bool is_hot(const struct cgroup_entry *entry)
{
	return entry->rising || memcg_is_limited(&entry->memcg) ||
		memcg_is_limit(entry->memcg.high_bytes) ||
		memcg_is_limit(entry->memcg.swap_max_bytes);
}

/**
 * What to read of a cgroup that is used.  Events of those that are far from their limit, and so
 * quiet, are read in turn; but all at once when somebody was killed.
 */
static unsigned due_files(const struct cgroups *cgroups, const struct cgroup_entry *entry)
{
	/* Spreads the turns evenly. */
	const uint64_t turn = (entry->hash >> 8) + (uint64_t)cgroups->turn;
	unsigned due = CGROUP_READ_USAGE;

	if (cgroups->thorough || entry->state == FACT_UNREAD || is_wanted(cgroups, entry) ||
		turn % ALL_TURNS == 0)
		return CGROUP_READ_ALL;
	if (entry->state == FACT_ABSENT)
		return turn % MAX_TURNS == 0 ? CGROUP_READ_ALL : 0;
	if (!entry->keep)
		return turn % MAX_TURNS == 0 ? due | CGROUP_READ_MAX : 0;
	if (turn % LIMITED_ALL_TURNS == 0)
		return CGROUP_READ_ALL;
	if (turn % LIMITED_MAX_TURNS == 0)
		due |= CGROUP_READ_MAX | CGROUP_READ_EVENTS;
	if (entry->near || cgroups->killed)
		due |= CGROUP_READ_EVENTS;
	return due;
}

static int64_t permille(int64_t bytes, int64_t limit)
{
	if (!value_known(bytes) || !memcg_is_limit(limit))
		return 0;
	return limit == 0 ? FULL_PERMILLE : value_mul(bytes, 1000) / limit;
}

/** How full it is, and with that what is worth a look in the ticks to come. */
static void judge_fullness(const struct cgroups *cgroups, struct cgroup_entry *entry)
{
	const struct memcg *memcg = &entry->memcg;
	int64_t full = permille(memcg->usage_bytes, memcg->max_bytes);

	full = value_max(full, permille(memcg->usage_bytes, memcg->high_bytes));
	full = value_max(full, permille(memcg->memsw_bytes, memcg->memsw_max_bytes));
	if (entry->rising)
		full = value_max(full, FULL_PERMILLE);
	entry->near = full >= NEAR_PERMILLE;
	entry->full_permille =
		full < SUSPECT_PERMILLE ? 0 : (uint32_t)value_min(full, UINT32_MAX - 1);
	if (is_wanted(cgroups, entry))
		entry->full_permille = UINT32_MAX;
}

static void read_changes(struct cgroups *cgroups)
{
	struct cgroup_reader *reader = &cgroups->reader;

	for (uint32_t i = 0; i < cgroups->table.n_entries; i++) {
		struct cgroup_entry *entry = cgroups->table.entries[i];
		unsigned due;

		if (!is_used(cgroups, entry)) {
			cgroup_files_close(reader, entry);
			continue;
		}
		due = due_files(cgroups, entry);
		if (cgroups->demands)
			due |= cgroup_demanded_files(entry, cgroups->turn);
		if (due)
			cgroup_files_read(reader, entry, due);
		entry->keep = is_hot(entry) || entry->demand & CGROUP_DEMAND_USAGE;
		if (!entry->keep)
			cgroup_files_close(reader, entry);
		judge_fullness(cgroups, entry);
		entry->chosen = false;
	}
}

/* Whoever waited longest comes first where it is not how full they are that counts. */
static bool comes_before(
	const struct cgroup_entry *a, const struct cgroup_entry *b, bool by_fullness)
{
	return by_fullness ? a->full_permille > b->full_permille : a->stat_turn < b->stat_turn;
}

static struct cgroup_entry *next_suspect(const struct cgroups *cgroups, bool by_fullness)
{
	struct cgroup_entry *best = NULL;

	for (uint32_t i = 0; i < cgroups->table.n_entries; i++) {
		struct cgroup_entry *entry = cgroups->table.entries[i];

		if (!is_used(cgroups, entry) || entry->chosen || entry->full_permille == 0 ||
			entry->state == FACT_ABSENT)
			continue;
		if (!best || comes_before(entry, best, by_fullness))
			best = entry;
	}
	return best;
}

void cgroups_demand(struct cgroups *cgroups, const uint8_t *demands)
{
	cgroups->demands = demands && cgroup_demands_set(&cgroups->table, demands);
}

bool cgroups_demand_now(struct cgroups *cgroups, const uint8_t *demands, struct snapshot *snapshot)
{
	return cgroups->thorough && demands && cgroup_demands_set(&cgroups->table, demands) &&
		cgroup_demands_read(&cgroups->table, &cgroups->reader, snapshot->memcgs);
}

const struct memcg_mount *cgroups_mount(const struct cgroups *cgroups)
{
	return &cgroups->reader.mount;
}

static void read_stats(struct cgroups *cgroups)
{
	struct cgroup_reader *reader = &cgroups->reader;

	for (unsigned n = 0; n < SUSPECTS; n++) {
		struct cgroup_entry *entry = next_suspect(cgroups, n < FULLEST);

		if (!entry)
			break;
		entry->chosen = true;
		cgroup_files_read(reader, entry, CGROUP_READ_STAT);
	}
	for (uint32_t i = 0; cgroups->thorough && i < cgroups->table.n_entries; i++) {
		struct cgroup_entry *entry = cgroups->table.entries[i];

		if (is_used(cgroups, entry) && entry->keep && !entry->chosen &&
			entry->state != FACT_ABSENT)
			cgroup_files_read(reader, entry, CGROUP_READ_STAT);
	}
}

/** Whether it is one for the snapshot: v1's root has no limit but where it is a container's. */
static bool is_listed(const struct cgroups *cgroups, const struct cgroup_entry *entry)
{
	if (!is_used(cgroups, entry) || entry->state == FACT_ABSENT)
		return false;
	return entry->memcg.version == 2 || entry->parent || memcg_is_limited(&entry->memcg);
}

static uint32_t index_of(const struct cgroup_entry *entry)
{
	while (entry && entry->index == NO_MEMCG)
		entry = entry->parent;
	return entry ? entry->index : NO_MEMCG;
}

static size_t bytes_of(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static const char *put_text(char **at, const char *text)
{
	const size_t bytes = bytes_of(text);
	char *copy = *at;

	if (!text)
		return NULL;
	memcpy(copy, text, bytes);
	*at += bytes;
	return copy;
}

static int put_memcgs(struct cgroups *cgroups, struct snapshot *snapshot)
{
	const struct cgroup_table *table = &cgroups->table;
	size_t n = 0, bytes = 0;
	char *at;

	for (uint32_t i = 0; i < table->n_entries; i++) {
		struct cgroup_entry *entry = table->entries[i];
		const struct memcg *memcg = &entry->memcg;

		entry->index = NO_MEMCG;
		if (!is_listed(cgroups, entry))
			continue;
		entry->index = (uint32_t)n++;
		bytes += bytes_of(memcg->path) + bytes_of(memcg->unit) + bytes_of(memcg->container);
	}
	if (n == 0)
		return 0;
	snapshot->memcgs = arena_array(&snapshot->arena, n, sizeof(struct memcg));
	at = arena_alloc(&snapshot->arena, bytes);
	if (!snapshot->memcgs || !at)
		return -ENOMEM;
	for (uint32_t i = 0; i < table->n_entries; i++) {
		const struct cgroup_entry *entry = table->entries[i];
		struct memcg *memcg = &snapshot->memcgs[snapshot->n_memcgs];

		if (entry->index == NO_MEMCG)
			continue;
		*memcg = entry->memcg;
		memcg->path = put_text(&at, entry->memcg.path);
		memcg->unit = put_text(&at, entry->memcg.unit);
		memcg->container = put_text(&at, entry->memcg.container);
		memcg->parent = index_of(entry->parent);
		memcg->n_tasks = entry->n_tasks;
		snapshot->n_memcgs++;
	}
	return 0;
}

static int put_tasks(struct cgroups *cgroups, struct snapshot *snapshot)
{
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		struct cgroup_entry *entry;

		if (entry_of(cgroups, snapshot->tasks[i].who->cgroup, &entry) < 0)
			return -ENOMEM;
		snapshot->tasks[i].memcg = index_of(entry);
	}
	return 0;
}

static enum fact_state state_of(const struct cgroups *cgroups)
{
	enum fact_state state = cgroups->reader.state;

	if (cgroups->reader.sure)
		return FACT_PRESENT;
	for (uint32_t i = 0; i < cgroups->table.n_entries; i++) {
		const struct cgroup_entry *entry = cgroups->table.entries[i];

		if (!is_used(cgroups, entry) || entry->state == FACT_ABSENT)
			continue;
		if (entry->state == FACT_PRESENT)
			return FACT_PRESENT;
		state = entry->state;
	}
	return state;
}

static void put_nothing(struct snapshot *snapshot)
{
	snapshot->memcgs = NULL;
	snapshot->n_memcgs = 0;
	snapshot->memcg_version = 0;
	for (uint32_t i = 0; i < snapshot->n_tasks; i++)
		snapshot->tasks[i].memcg = NO_MEMCG;
}

int cgroups_fill(struct cgroups *cgroups, bool thorough, struct snapshot *snapshot)
{
	struct cgroup_reader *reader = &cgroups->reader;
	int error;

	cgroups->turn++;
	cgroups->thorough = thorough;
	cgroups->killed = cgroups->oom_kill != snapshot->vmstat.oom_kill ||
		!value_known(snapshot->vmstat.oom_kill);
	cgroups->oom_kill = snapshot->vmstat.oom_kill;
	reader->turn = cgroups->turn;
	reader->uptime_ms = snapshot->uptime_ms;
	put_nothing(snapshot);
	error = find_mount(cgroups);
	if (error < 0)
		return error;
	snapshot->facts[FACT_CGROUPS] = reader->state;
	if (reader->mount.version == 0)
		return 0;
	error = find_entries(cgroups, snapshot);
	if (error < 0)
		return error;
	read_changes(cgroups);
	read_stats(cgroups);
	if (cgroups->demands)
		cgroup_demands_read_stats(&cgroups->table, reader);
	cgroups->demands = false;
	error = put_memcgs(cgroups, snapshot);
	if (error == 0)
		error = put_tasks(cgroups, snapshot);
	snapshot->facts[FACT_CGROUPS] = state_of(cgroups);
	if (snapshot->facts[FACT_CGROUPS] == FACT_PRESENT)
		snapshot->memcg_version = reader->mount.version;
	return error;
}
