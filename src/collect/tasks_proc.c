/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/tasks_proc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collect/capture.h"
#include "collect/task_facts.h"
#include "collect/task_fill.h"

#define PIDS_FIRST 256

/** Up to so many processes all are asked for their names. */
#define FEW_PROCESSES 512
#define BUF_BYTES_FIRST 8192

/** Ticks after which nothing read of a process is left unread. */
#define STATUS_TURNS 16
#define CGROUP_TURNS 64
#define HOT_CGROUP_TURNS 16

/** Ticks for which a process that moved is read every time. */
#define ACTIVE_TICKS 8

/** An idle process waits at most so many ticks, and so long, for its turn. */
#define IDLE_TURNS 8
#define IDLE_AGE_MS 10000

/** So many idle processes are read every tick whatever their number. */
#define IDLE_READ_MIN 256

/** Ticks after which the descriptors of a process that nobody wants are closed. */
#define COOL_TICKS 16

/* Growth of the machine that no process explains and that makes us read them all: half
 * of the resolution of oom_score. */
#define MOVED_SHARE 2048
#define MOVED_PAGES_MIN 256

int tasks_proc_init(struct tasks_proc *sampler, struct root *root, bool raise_nofile)
{
	*sampler = (struct tasks_proc){ .turns = 1, .used_pages = VALUE_UNKNOWN };
	sampler->people.root = root;
	sampler->reader = (struct pid_reader){
		.root = root,
		.table = &sampler->table,
		.people = &sampler->people,
		.node_sets = &sampler->node_sets,
		.buf_size = BUF_BYTES_FIRST,
		.uptime_ms = VALUE_UNKNOWN,
	};
	sampler->reader.buf = malloc(BUF_BYTES_FIRST);
	sampler->pids = malloc(PIDS_FIRST * sizeof(*sampler->pids));
	sampler->deferred = malloc(PIDS_FIRST);
	sampler->max_pids = PIDS_FIRST;
	if (!sampler->reader.buf || !sampler->pids || !sampler->deferred ||
		proctab_init(&sampler->table, raise_nofile) < 0) {
		tasks_proc_free(sampler);
		return -ENOMEM;
	}
	return 0;
}

void tasks_proc_free(struct tasks_proc *sampler)
{
	people_free(&sampler->people);
	proctab_free(&sampler->table);
	free(sampler->reader.buf);
	free(sampler->pids);
	free(sampler->deferred);
	*sampler = (struct tasks_proc){ 0 };
}

static int grow_lists(struct tasks_proc *sampler, int count)
{
	const size_t max = (size_t)count + (size_t)count / 4;
	int32_t *pids = realloc(sampler->pids, max * sizeof(*pids));
	uint8_t *deferred;

	if (!pids)
		return -ENOMEM;
	sampler->pids = pids;
	deferred = realloc(sampler->deferred, max);
	if (!deferred)
		return -ENOMEM;
	sampler->deferred = deferred;
	sampler->max_pids = (int)max;
	return 0;
}

/** Number of processes listed, or -errno. */
static int list_pids(struct tasks_proc *sampler)
{
	for (;;) {
		const int count = root_list_numbers(
			sampler->reader.root, "proc", sampler->pids, sampler->max_pids);

		if (count <= sampler->max_pids)
			return count;
		if (grow_lists(sampler, count) < 0)
			return -ENOMEM;
	}
}

size_t tasks_proc_bytes(struct tasks_proc *sampler)
{
	if (sampler->reader.tick == 0)
		(void)list_pids(sampler);
	return (size_t)sampler->max_pids * sizeof(struct task);
}

/** Spreads the turns of processes evenly, whatever the pattern of their pids. */
static uint32_t turn_of(const struct tasks_proc *sampler, const struct proc_entry *entry)
{
	const uint32_t hash = ((uint32_t)entry->task.pid * 2654435761u) >> 16;

	return hash + (uint32_t)sampler->reader.tick;
}

static bool is_hot(const struct tasks_proc *sampler, const struct proc_entry *entry)
{
	return entry->hot_tick >= sampler->reader.tick;
}

static bool is_idle(const struct tasks_proc *sampler, const struct proc_entry *entry)
{
	return entry->task.has & TASK_HAS_STAT &&
		entry->active_tick + ACTIVE_TICKS < sampler->reader.tick;
}

/** Whether its memory was read in this tick. */
static bool is_fresh(const struct tasks_proc *sampler, const struct proc_entry *entry)
{
	const int64_t tick = sampler->reader.tick;

	return entry->stat_tick == tick || entry->status_tick == tick;
}

/* status is read every STATUS_TURNS and stands in for stat, which is read on the other
 * turns: each shows whether memory moved. */
static unsigned idle_files(const struct tasks_proc *sampler, const struct proc_entry *entry)
{
	const uint32_t turn = turn_of(sampler, entry);

	if (turn % STATUS_TURNS == 0)
		return READ_STATUS | READ_ADJ | (sampler->turns == 1 ? READ_STAT : 0);
	if (turn % sampler->turns == 0)
		return READ_STAT | READ_ADJ;
	/* Without a descriptor of its own its oom_score_adj waits for its turn too. */
	return entry->fd_adj >= 0 ? READ_ADJ : 0;
}

/** What to read of a process that was known before. */
static unsigned due_files(struct tasks_proc *sampler, const struct proc_entry *entry)
{
	const uint32_t turn = turn_of(sampler, entry);
	unsigned mask;

	if (sampler->thorough || entry->stat_tick == 0)
		return READ_ALL;
	if (is_hot(sampler, entry)) {
		mask = READ_STAT | READ_STATUS | READ_ADJ | READ_SCORE;
		return turn % HOT_CGROUP_TURNS == 0 ? mask | READ_CGROUP : mask;
	}
	/* Without a descriptor only stat tells whether it is the same process. */
	if (task_is_kthread(&entry->task))
		return entry->fd_adj >= 0 ? READ_ADJ : READ_STAT | READ_ADJ;

	if (is_idle(sampler, entry)) {
		sampler->n_idle++;
		mask = idle_files(sampler, entry);
	} else {
		mask = READ_STAT | READ_ADJ;
		if (turn % STATUS_TURNS == 0)
			mask |= READ_STATUS;
	}
	return turn % CGROUP_TURNS == 0 ? mask | READ_CGROUP : mask;
}

/** How much of the machine's memory a process that comes or goes stands for. */
static int64_t own_pages(const struct tasks_proc *sampler, const struct proc_entry *entry)
{
	const struct task *task = &entry->task;
	const int64_t shared = value_or(value_add(task->rss_file_pages, task->rss_shmem_pages), 0);
	const int64_t total = value_or(
		task_fill_total_pages(task, sampler->rss_source, sampler->reader.page_bytes), 0);

	return value_max(total - shared, 0);
}

static void account(struct tasks_proc *sampler, struct proc_entry *entry, bool fresh)
{
	const struct pid_reader *reader = &sampler->reader;
	const int64_t pages =
		task_fill_total_pages(&entry->task, sampler->rss_source, reader->page_bytes);

	if (!value_known(pages) || !value_known(reader->uptime_ms))
		return;
	sampler->known_pages = value_add(sampler->known_pages,
		fresh ? own_pages(sampler, entry) : pages - (int64_t)entry->growth.pages);
	if (growth_add(&entry->growth, reader->uptime_ms, pages, reader->page_bytes,
		    entry->task.growth_bytes_per_s)) {
		entry->task.has |= TASK_HAS_GROWTH;
		entry->task.growth_seen_ms =
			(int64_t)(uint32_t)(entry->growth.last_ms - entry->growth.first_ms);
	}
}

static int read_known(struct tasks_proc *sampler, struct proc_entry *entry, unsigned mask)
{
	int error;

	entry->task.has &= ~(unsigned)TASK_HAS_SCORE;
	if (entry->cgroup) /* its name may have come since */
		entry->who.container = entry->cgroup->container;
	error = pid_files_read(&sampler->reader, entry, mask);
	if (error < 0)
		return error;
	if (is_fresh(sampler, entry))
		entry->moved_pages = sampler->moved_pages;
	account(sampler, entry, false);
	return 0;
}

static int read_fresh(struct tasks_proc *sampler, struct proc_entry *entry)
{
	int error;

	task_fill_nothing(&entry->task);
	/* What is there when we start has been there for a while, most likely. */
	entry->active_tick = sampler->reader.tick > 1 ? sampler->reader.tick : -ACTIVE_TICKS;
	error = pid_files_read(&sampler->reader, entry, READ_ALL);
	if (error < 0)
		return error;
	if (!sampler->reader.root->live && sampler->cmdlines)
		pid_files_read_cmdline(&sampler->reader, entry);
	entry->moved_pages = sampler->moved_pages;
	account(sampler, entry, true);
	return 0;
}

/** A process that had the pid is gone; perhaps another one has it. */
static int read_renewed(struct tasks_proc *sampler, struct proc_entry **entry)
{
	struct proc_entry *fresh = proctab_renew(&sampler->table, *entry);

	if (!fresh)
		return -ENOMEM;
	*entry = fresh;
	return read_fresh(sampler, fresh);
}

/**
 * Read one process.  0, with *ret NULL if it is gone; or -ENOMEM.
 */
static int read_pid(
	struct tasks_proc *sampler, int32_t pid, struct proc_entry **ret, uint8_t *deferred)
{
	struct proc_entry *entry = proctab_find(&sampler->table, pid);
	int error;

	*ret = NULL;
	if (entry) {
		error = read_known(sampler, entry, due_files(sampler, entry));
		if (error == -ESRCH || error == -ESTALE)
			error = read_renewed(sampler, &entry);
	} else {
		entry = proctab_add(&sampler->table, pid);
		if (!entry)
			return -ENOMEM;
		error = read_fresh(sampler, entry);
	}
	if (error == -ENOMEM)
		return error;
	if (error < 0) {
		proctab_drop(&sampler->table, entry);
		return 0;
	}
	entry->seen_tick = sampler->reader.tick;
	*deferred = !is_fresh(sampler, entry) && !task_is_kthread(&entry->task);
	*ret = entry;
	return 0;
}

static void put_task(
	struct tasks_proc *sampler, struct proc_entry *entry, bool deferred, struct task *ret)
{
	struct task *task = &entry->task;

	if (!entry->settled)
		people_settle(&sampler->people, entry);
	task->stale_pages = deferred ? sampler->moved_pages - entry->moved_pages : 0;
	*ret = *task;
}

static bool is_readable(const struct proc_entry *entry)
{
	return entry->task.has & (TASK_HAS_STAT | TASK_HAS_STATUS | TASK_HAS_ADJ | TASK_HAS_SCORE);
}

static int read_pids(struct tasks_proc *sampler, struct snapshot *snapshot, int count)
{
	const int capture_fd = sampler->reader.root->capture_fd;

	for (int i = 0; i < count; i++) {
		const uint32_t at = snapshot->n_tasks;
		struct proc_entry *entry;
		int error = read_pid(sampler, sampler->pids[i], &entry, &sampler->deferred[at]);

		if (error < 0)
			return error;
		if (!entry && capture_fd >= 0)
			capture_drop_process(capture_fd, sampler->pids[i]);
		if (!entry)
			continue;
		if (capture_fd >= 0)
			pid_files_capture(&sampler->reader, entry->task.pid);
		task_facts_note(entry, snapshot->facts);
		if (!is_readable(entry)) {
			snapshot->n_tasks_unreadable++;
			continue;
		}
		if (entry->hot_tick + COOL_TICKS < sampler->reader.tick && entry->fd_stat >= 0)
			proctab_cool(&sampler->table, entry);
		put_task(sampler, entry, sampler->deferred[at], &snapshot->tasks[at]);
		snapshot->n_tasks++;
	}
	return 0;
}

/* Second pass: memory moved and none of those that were read moved it. */
static int read_deferred(struct tasks_proc *sampler, struct snapshot *snapshot)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		struct task *task = &snapshot->tasks[i];
		struct proc_entry *entry = proctab_find(&sampler->table, task->pid);
		int error = 0;

		if (entry && sampler->deferred[i]) {
			error = read_known(sampler, entry, READ_STAT | READ_ADJ);
			if (error == -ENOMEM)
				return error;
			if (error < 0)
				proctab_drop(&sampler->table, entry);
			else
				put_task(sampler, entry, false, task);
		}
		if (error == 0)
			snapshot->tasks[kept++] = *task;
	}
	snapshot->n_tasks = kept;
	return 0;
}

/** What processes can make grow, as the machine's own counters have it. */
static int64_t used_pages(const struct snapshot *snapshot)
{
	const struct meminfo *mem = &snapshot->mem;
	int64_t kib = value_add(mem->anon_kib, mem->mapped_kib);

	if (!value_known(mem->swap_total_kib) || !value_known(mem->swap_free_kib))
		return VALUE_UNKNOWN;
	kib = value_add(kib, mem->page_tables_kib);
	kib = value_add(kib, mem->swap_total_kib - mem->swap_free_kib);
	return value_known(kib) ? value_mul(kib, 1024) / snapshot->page_bytes : VALUE_UNKNOWN;
}

static void forget_gone(struct proc_entry *entry, void *context)
{
	struct tasks_proc *sampler = context;

	sampler->known_pages = value_add(sampler->known_pages, -own_pages(sampler, entry));
}

/* Any of those that were not read may have made all of it. */
static void add_movement(struct tasks_proc *sampler, struct snapshot *snapshot, int64_t moved)
{
	sampler->moved_pages += moved;
	for (uint32_t i = 0; i < snapshot->n_tasks; i++)
		if (sampler->deferred[i])
			snapshot->tasks[i].stale_pages += moved;
}

/** Judge whether memory moved that the first pass did not see move. */
static int look_closer(struct tasks_proc *sampler, struct snapshot *snapshot)
{
	const int64_t now = used_pages(snapshot);
	const int64_t before = sampler->used_pages;
	const int64_t share = value_or(snapshot->total_ram_pages, 0) / MOVED_SHARE;
	int64_t moved;

	sampler->used_pages = now;
	if (!value_known(now) || !value_known(before))
		return sampler->turns > 1 ? read_deferred(sampler, snapshot) : 0;
	moved = value_add(now - before, -sampler->known_pages);
	if (moved > value_max(share, MOVED_PAGES_MIN))
		return read_deferred(sampler, snapshot);
	if (moved > 0)
		add_movement(sampler, snapshot, moved);
	return 0;
}

/** How many ticks the idle processes of the next tick take turns over. */
static void plan_turns(struct tasks_proc *sampler, int64_t tick_ms)
{
	const uint32_t by_number = sampler->n_idle / IDLE_READ_MIN;
	const int64_t by_time = tick_ms > 0 ? IDLE_AGE_MS / tick_ms : 1;
	int64_t turns = value_min(value_min(by_number, by_time), IDLE_TURNS);

	if (!value_known(sampler->used_pages))
		turns = 1;
	sampler->turns = (uint32_t)value_max(turns, 1);
}

static void begin_tick(struct tasks_proc *sampler, const struct snapshot *snapshot)
{
	struct pid_reader *reader = &sampler->reader;
	const struct root *root = reader->root;
	const int64_t tick_ms = value_known(snapshot->uptime_ms) && value_known(reader->uptime_ms)
		? snapshot->uptime_ms - reader->uptime_ms
		: 0;

	plan_turns(sampler, tick_ms);
	reader->tick = snapshot->tick;
	reader->uptime_ms = snapshot->uptime_ms;
	reader->page_bytes = snapshot->page_bytes;
	reader->clk_tck = snapshot->clk_tck;
	reader->keep = root->live && root->capture_fd < 0;
	sampler->rss_source = snapshot->kernel.rss_source;
	sampler->n_idle = 0;
	sampler->known_pages = 0;
	people_merge(&sampler->people, &sampler->table);
}

int tasks_proc_collect(struct tasks_proc *sampler, struct snapshot *snapshot)
{
	const int count = list_pids(sampler);
	int error;

	begin_tick(sampler, snapshot);
	sampler->people.everybody = sampler->all_names || count <= FEW_PROCESSES;
	if (count == -ENOMEM)
		return count;
	snapshot->facts[FACT_PROCESSES] = count < 0 ? fact_state_of(count)
		: count == 0                        ? FACT_EMPTY
						    : FACT_PRESENT;
	/* Room for all that the lists have room for, so that the arena need not grow with
	 * every new process; where memory is short, for those that there are. */
	snapshot->tasks =
		arena_array(&snapshot->arena, (size_t)sampler->max_pids, sizeof(struct task));
	if (!snapshot->tasks)
		snapshot->tasks = arena_array(
			&snapshot->arena, (size_t)value_max(count, 1), sizeof(struct task));
	if (!snapshot->tasks)
		return -ENOMEM;

	error = read_pids(sampler, snapshot, count);
	if (error < 0)
		return error;
	if (sampler->table.n_entries > snapshot->n_tasks + snapshot->n_tasks_unreadable)
		proctab_sweep(&sampler->table, snapshot->tick, forget_gone, sampler);
	error = look_closer(sampler, snapshot);
	if (error == 0)
		error = node_sets_publish(&sampler->node_sets, snapshot);
	if (error < 0)
		return error;
	task_facts_note_lines(&sampler->reader, snapshot->facts);
	proctab_recycle(&sampler->table, snapshot->tick);
	names_sweep(&sampler->people.names, snapshot->tick - 2);
	return 0;
}

uint32_t tasks_proc_settle(struct tasks_proc *sampler)
{
	uint32_t unasked = 0;

	for (uint32_t i = 0; i < sampler->table.n_buckets; i++) {
		for (struct proc_entry *entry = sampler->table.buckets[i]; entry;
			entry = entry->next) {
			if (!entry->settled)
				people_settle(&sampler->people, entry);
			unasked += !entry->identity_asked;
		}
	}
	return unasked;
}
