/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our list of processes against libproc2's: the same processes, with the same parent,
 * resident set, state and start.  libproc2 is asked before and after our sample; only what
 * did not move between the two is compared.  Exit 77 where libproc2 cannot read /proc.
 */
#include <errno.h>
#include <inttypes.h>
#include <libproc2/pids.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/collector.h"

#define EXIT_SKIP 77
#define ROUNDS 5
#define RETRIES 3
#define PIDS_MAX 65536

enum {
	ITEM_PID,
	ITEM_PPID,
	ITEM_RSS,
	ITEM_STATE,
	ITEM_BEGAN,
	ITEMS
};

/** One process as libproc2 saw it. */
struct seen {
	int32_t pid;
	int32_t ppid;
	int64_t rss_pages;
	char state;
	uint64_t start_ticks;
};

struct list {
	struct seen all[PIDS_MAX];
	int n;
};

struct trial {
	struct pids_info *info;
	struct root root;
	struct collector *collector;
	struct snapshot snapshot;
	struct list before, after;
};

enum finding {
	FOUND_EQUAL,
	FOUND_DIFFERENT,
	FOUND_NOTHING, /**< it moved, or came or went */
	FINDINGS,
};

struct tally {
	unsigned processes;
	unsigned long count[FINDINGS];
};

static int by_pid(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static int fetch(struct pids_info *info, struct list *ret)
{
	const struct pids_fetch *got = procps_pids_reap(info, PIDS_FETCH_TASKS_ONLY);

	if (!got)
		return -errno;
	ret->n = 0;
	for (int i = 0; i < got->counts->total && ret->n < PIDS_MAX; i++) {
		const struct pids_result *of = got->stacks[i]->head;

		ret->all[ret->n++] = (struct seen){
			.pid = of[ITEM_PID].result.s_int,
			.ppid = of[ITEM_PPID].result.s_int,
			.rss_pages = (int64_t)of[ITEM_RSS].result.ul_int,
			.state = of[ITEM_STATE].result.s_ch,
			.start_ticks = of[ITEM_BEGAN].result.ull_int,
		};
	}
	qsort(ret->all, (size_t)ret->n, sizeof(ret->all[0]), by_pid);
	return 0;
}

static const struct seen *find(const struct list *list, int32_t pid)
{
	const struct seen key = { .pid = pid };

	return bsearch(&key, list->all, (size_t)list->n, sizeof(key), by_pid);
}

/** The process of a sample with that pid, whatever its start; or NULL. */
static const struct task *task_of(const struct snapshot *snapshot, int32_t pid)
{
	for (uint32_t i = 0; i < snapshot->n_tasks; i++)
		if (snapshot->tasks[i].pid == pid)
			return &snapshot->tasks[i];
	return NULL;
}

static bool same(const struct seen *a, const struct seen *b)
{
	return a->start_ticks == b->start_ticks && a->ppid == b->ppid &&
		a->rss_pages == b->rss_pages && a->state == b->state;
}

/** What stood still must be in the sample just so; what libproc2 never saw must not be. */
static enum finding compare(const struct trial *trial, int32_t pid)
{
	const struct seen *before = find(&trial->before, pid);
	const struct seen *after = find(&trial->after, pid);
	const struct task *task = task_of(&trial->snapshot, pid);
	struct seen ours;

	if (!before && !after)
		return task ? FOUND_DIFFERENT : FOUND_NOTHING;
	if (!before || !after || !same(before, after) || pid == trial->snapshot.own_pid)
		return FOUND_NOTHING;
	if (!task)
		return FOUND_DIFFERENT;

	/* Of a process whose leader is dead the sampler shows the thread that has its memory. */
	if (before->state == 'Z' && task->state != 'Z' && task->threads > 1)
		return FOUND_NOTHING;

	ours = (struct seen){
		.pid = task->pid,
		.ppid = task->ppid,
		.rss_pages = task->rss_stat_pages,
		.state = task->state,
		.start_ticks = task->start_ticks,
	};
	return same(&ours, before) ? FOUND_EQUAL : FOUND_DIFFERENT;
}

static void print_difference(const struct trial *trial, int32_t pid)
{
	const struct seen *theirs = find(&trial->before, pid);
	const struct task *ours = task_of(&trial->snapshot, pid);

	printf("pid %" PRId32 ":", pid);
	if (ours)
		printf(" ours ppid %" PRId32 " rss %" PRId64 " state %c start %" PRIu64, ours->ppid,
			ours->rss_stat_pages, ours->state, ours->start_ticks);
	if (theirs)
		printf(" libproc2's ppid %" PRId32 " rss %" PRId64 " state %c start %" PRIu64,
			theirs->ppid, theirs->rss_pages, theirs->state, theirs->start_ticks);
	printf("\n");
}

static int sample(struct trial *trial)
{
	int rc = fetch(trial->info, &trial->before);

	if (rc == 0)
		rc = collector_tick(trial->collector, &trial->snapshot);
	if (rc == 0)
		rc = fetch(trial->info, &trial->after);
	return rc;
}

/** A state may flip just for the moment of our sample: three more chances. */
static int retry(struct trial *trial, int32_t pid, struct tally *tally)
{
	enum finding found = FOUND_DIFFERENT;

	for (int i = 0; i < RETRIES && found == FOUND_DIFFERENT; i++) {
		const int rc = sample(trial);

		if (rc < 0)
			return rc;
		found = compare(trial, pid);
	}
	tally->count[found]++;
	if (found == FOUND_DIFFERENT)
		print_difference(trial, pid);
	return 0;
}

static void count(const struct trial *trial, int32_t pid, struct tally *tally, int32_t *again,
	unsigned *n_again)
{
	const enum finding found = compare(trial, pid);

	if (found != FOUND_DIFFERENT)
		tally->count[found]++;
	else if (*n_again < PIDS_MAX)
		again[(*n_again)++] = pid;
}

static int one_round(struct trial *trial, struct tally *tally)
{
	static int32_t again[PIDS_MAX];
	unsigned n_again = 0;
	int rc = sample(trial);

	if (rc < 0)
		return rc;
	if (trial->snapshot.n_tasks > tally->processes)
		tally->processes = trial->snapshot.n_tasks;

	for (int i = 0; i < trial->before.n; i++)
		count(trial, trial->before.all[i].pid, tally, again, &n_again);
	for (uint32_t i = 0; i < trial->snapshot.n_tasks; i++)
		if (!find(&trial->before, trial->snapshot.tasks[i].pid))
			count(trial, trial->snapshot.tasks[i].pid, tally, again, &n_again);
	for (unsigned i = 0; i < n_again && rc == 0; i++)
		rc = retry(trial, again[i], tally);
	return rc;
}

static int open_trial(struct trial *trial)
{
	const struct collect_options options = { .thorough = true };
	const int rc = root_open_live(&trial->root, "/");

	return rc < 0 ? rc : collector_new(&trial->root, &options, &trial->collector);
}

int main(void)
{
	static struct trial trial;
	enum pids_item items[ITEMS] = {
		[ITEM_PID] = PIDS_ID_PID,
		[ITEM_PPID] = PIDS_ID_PPID,
		[ITEM_RSS] = PIDS_RSS,
		[ITEM_STATE] = PIDS_STATE,
		[ITEM_BEGAN] = PIDS_TICS_BEGAN,
	};
	struct tally tally = { 0 };
	int rc = procps_pids_new(&trial.info, items, ITEMS);

	if (rc < 0) {
		printf("procps: skipped: libproc2 cannot read /proc: %s\n", strerror(-rc));
		return EXIT_SKIP;
	}
	rc = open_trial(&trial);
	if (rc < 0) {
		fprintf(stderr, "procps: cannot read this machine: %s\n", strerror(-rc));
		return EXIT_FAILURE;
	}

	for (int i = 0; i < ROUNDS && rc == 0; i++)
		rc = one_round(&trial, &tally);
	if (rc < 0)
		fprintf(stderr, "procps: %s\n", strerror(-rc));

	printf("procps: %u processes, %d samples, %lu equal, %lu different, %lu moved meanwhile\n",
		tally.processes, ROUNDS, tally.count[FOUND_EQUAL], tally.count[FOUND_DIFFERENT],
		tally.count[FOUND_NOTHING]);

	collector_free(trial.collector);
	root_close(&trial.root);
	arena_free(&trial.snapshot.arena);
	procps_pids_unref(&trial.info);
	return rc == 0 && tally.count[FOUND_EQUAL] > 0 && tally.count[FOUND_DIFFERENT] == 0
		? EXIT_SUCCESS
		: EXIT_FAILURE;
}
