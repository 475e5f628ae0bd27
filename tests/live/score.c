/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our recomputed score of every process against the running kernel's own oom_score.
 *
 * A process moves while it is read, so oom_score is read before and after each sample and
 * anything between the two is right; what differs still is read again, three times.
 * "score [SAMPLES]"; exit 77 where it cannot run.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis/victim.h"
#include "collect/collector.h"
#include "parse/pid.h"

#define EXIT_SKIP 77
#define SAMPLES_DEFAULT 20
#define RETRIES 3
#define PIDS_MAX 65536

/** oom_score of one pid, around a sample. */
struct reading {
	int32_t pid;
	int64_t before, after; /**< VALUE_UNKNOWN: not readable */
};

struct bench {
	struct root root;
	struct collector *collector;
	struct snapshot snapshot;
	struct arena arena;
	struct oom oom;
	int32_t pids[PIDS_MAX];
	struct reading readings[PIDS_MAX];
	int n_readings;
};

enum finding {
	FOUND_EQUAL,
	FOUND_WITHIN_ERROR,
	FOUND_DIFFERENT,
	FOUND_NOTHING, /**< gone, or unknown to us: nothing to compare */
	FINDINGS,
};

struct tally {
	unsigned long count[FINDINGS];
	unsigned long noticed; /**< comparisons that would have seen a score wrong by 2% */
};

static int64_t read_score(const struct bench *bench, int32_t pid)
{
	char path[64], text[64];
	int64_t score;
	ssize_t n;

	snprintf(path, sizeof(path), "proc/%" PRId32 "/oom_score", pid);
	n = root_read(&bench->root, path, text, sizeof(text));
	if (n <= 0 || parse_pid_number(text, (size_t)n, &score) < 0)
		return VALUE_UNKNOWN;
	return score;
}

/** One sample with the kernel's scores before and after it.  0 or -errno. */
static int sample(struct bench *bench)
{
	int rc;

	bench->n_readings = root_list_numbers(&bench->root, "proc", bench->pids, PIDS_MAX);
	if (bench->n_readings < 0)
		return bench->n_readings;
	if (bench->n_readings > PIDS_MAX)
		return -E2BIG;

	for (int i = 0; i < bench->n_readings; i++) {
		bench->readings[i].pid = bench->pids[i];
		bench->readings[i].before = read_score(bench, bench->pids[i]);
	}
	rc = collector_tick(bench->collector, &bench->snapshot);
	if (rc < 0)
		return rc;
	for (int i = 0; i < bench->n_readings; i++)
		bench->readings[i].after = read_score(bench, bench->pids[i]);

	arena_reset(&bench->arena);
	return victim_judge(&bench->snapshot, &bench->arena, &bench->oom);
}

static const struct reading *reading_of(const struct bench *bench, int32_t pid)
{
	int low = 0, high = bench->n_readings;

	while (low < high) {
		const int middle = low + (high - low) / 2;

		if (bench->readings[middle].pid == pid)
			return &bench->readings[middle];
		if (bench->readings[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/** What oom_score would show if the score were that many pages higher. */
static int64_t score_with(const struct bench *bench, const struct badness *badness, int64_t pages)
{
	const struct badness_scope scope = {
		.snapshot = &bench->snapshot,
		.totalpages = bench->oom.totalpages,
	};
	struct badness moved = *badness;

	/* Formulas before 3.5 count points: there pages move nothing. */
	if (moved.total == moved.total_pages)
		moved.total += pages;
	moved.total_pages += pages;
	return badness_score(&scope, &moved);
}

static enum finding compare(const struct bench *bench, uint32_t index, struct tally *tally)
{
	const struct task *task = &bench->snapshot.tasks[index];
	const struct judged *judged = &bench->oom.judged[index];
	const struct badness *badness = &judged->badness;
	const struct reading *reading = reading_of(bench, task->pid);
	int64_t least, most, score;

	if (!reading || !value_known(reading->before) || !value_known(reading->after))
		return FOUND_NOTHING;
	least = value_min(reading->before, reading->after);
	most = value_max(reading->before, reading->after);

	if (judged->exempt == EXEMPT_UNREADABLE)
		return FOUND_NOTHING;
	if (judged->exempt != EXEMPT_NONE)
		return least == 0 ? FOUND_EQUAL : FOUND_DIFFERENT;
	if (!badness->known)
		return FOUND_NOTHING;

	score = score_with(bench, badness, 0);
	if (score_with(bench, badness, bench->oom.totalpages / 50) > most)
		tally->noticed++;
	if (score == reading->before || score == reading->after)
		return FOUND_EQUAL;
	if (score_with(bench, badness, -badness->error_pages) <= most &&
		score_with(bench, badness, badness->error_pages) >= least)
		return FOUND_WITHIN_ERROR;
	return FOUND_DIFFERENT;
}

static void print_difference(const struct bench *bench, uint32_t index)
{
	const struct task *task = &bench->snapshot.tasks[index];
	const struct judged *judged = &bench->oom.judged[index];
	const struct reading *reading = reading_of(bench, task->pid);

	printf("pid %" PRId32 " adj %" PRId32 " state %c: ours %" PRId64 " (%s, %" PRId64
	       " pages, error %" PRId64 "), kernel %" PRId64 " before, %" PRId64 " after\n",
		task->pid, task->oom_score_adj, task->state,
		judged->exempt == EXEMPT_NONE ? score_with(bench, &judged->badness, 0) : 0,
		judged->exempt == EXEMPT_NONE ? "candidate" : exempt_id(judged->exempt),
		judged->badness.total_pages, judged->badness.error_pages,
		reading ? reading->before : -1, reading ? reading->after : -1);
}

/** Sample again until a process agrees or has had its three chances. */
static int retry(struct bench *bench, int32_t pid, uint64_t start_ticks, struct tally *tally)
{
	enum finding found = FOUND_DIFFERENT;
	int64_t index = -1;

	for (int i = 0; i < RETRIES && found == FOUND_DIFFERENT; i++) {
		const int rc = sample(bench);

		if (rc < 0)
			return rc;
		index = snapshot_find(&bench->snapshot, pid, start_ticks);
		found = index < 0 ? FOUND_NOTHING : compare(bench, (uint32_t)index, tally);
	}
	tally->count[found]++;
	if (found == FOUND_DIFFERENT)
		print_difference(bench, (uint32_t)index);
	return 0;
}

/** One sample, all processes compared.  Returns how many, or -errno. */
static int round_of(struct bench *bench, struct tally *tally)
{
	static struct {
		int32_t pid;
		uint64_t start_ticks;
	} again[PIDS_MAX];
	unsigned n_again = 0;
	int n, rc = sample(bench);

	if (rc < 0)
		return rc;
	n = (int)bench->snapshot.n_tasks;

	for (uint32_t i = 0; i < bench->snapshot.n_tasks; i++) {
		const enum finding found = compare(bench, i, tally);

		if (found != FOUND_DIFFERENT) {
			tally->count[found]++;
		} else if (n_again < PIDS_MAX) {
			again[n_again].pid = bench->snapshot.tasks[i].pid;
			again[n_again++].start_ticks = bench->snapshot.tasks[i].start_ticks;
		}
	}
	for (unsigned i = 0; i < n_again; i++) {
		rc = retry(bench, again[i].pid, again[i].start_ticks, tally);
		if (rc < 0)
			return rc;
	}
	return n;
}

static int open_bench(struct bench *bench)
{
	const struct collect_options options = { .thorough = true };
	int rc = root_open_live(&bench->root, "/");

	return rc < 0 ? rc : collector_new(&bench->root, &options, &bench->collector);
}

/** Whether this machine can answer at all; the reason is printed if not. */
static bool can_run(struct bench *bench)
{
	const int rc = sample(bench);

	if (rc < 0)
		printf("score: skipped: %s\n", strerror(-rc));
	else if (!value_known(read_score(bench, 1)))
		printf("score: skipped: /proc/1/oom_score cannot be read\n");
	else if (bench->snapshot.partial == PARTIAL_LXCFS)
		printf("score: skipped: /proc/meminfo is not the kernel's\n");
	else if (bench->oom.totalpages <= 0)
		printf("score: skipped: the total of pages is not known\n");
	else
		return true;
	return false;
}

int main(int argc, char **argv)
{
	static struct bench bench;
	const struct timespec pause = { .tv_nsec = 20 * 1000000L };
	const int samples = argc > 1 ? atoi(argv[1]) : SAMPLES_DEFAULT;
	struct tally tally = { 0 };
	int processes = 0, rc = open_bench(&bench);

	if (rc < 0) {
		fprintf(stderr, "score: cannot read this machine: %s\n", strerror(-rc));
		return EXIT_FAILURE;
	}
	if (!can_run(&bench))
		return EXIT_SKIP;

	for (int i = 0; i < samples && rc >= 0; i++) {
		rc = round_of(&bench, &tally);
		if (rc > processes)
			processes = rc;
		nanosleep(&pause, NULL);
	}
	if (rc < 0)
		fprintf(stderr, "score: %s\n", strerror(-rc));

	printf("score: %d processes, %d samples, %lu equal, %lu within the stated error, "
	       "%lu different, %lu not comparable, %lu would show an error of 2%%\n",
		processes, samples, tally.count[FOUND_EQUAL], tally.count[FOUND_WITHIN_ERROR],
		tally.count[FOUND_DIFFERENT], tally.count[FOUND_NOTHING], tally.noticed);

	collector_free(bench.collector);
	root_close(&bench.root);
	arena_free(&bench.snapshot.arena);
	arena_free(&bench.arena);
	return rc >= 0 && tally.count[FOUND_DIFFERENT] == 0 && tally.count[FOUND_EQUAL] > 0 &&
			tally.noticed > 0
		? EXIT_SUCCESS
		: EXIT_FAILURE;
}
