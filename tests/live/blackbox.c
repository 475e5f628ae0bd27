/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The black box on the running kernel: ten minutes in short, what is read back of them, kills, and
 * what a program that is killed while it writes leaves behind.
 */
#include "app/blackbox.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/value.h"
#include "collect/replay.h"
#include "counting.h"
#include "folder.h"
#include "sampled.h"

#define KILL_MS INT64_C(1795330152000)
#define SAMPLES 660
#define WARM_SAMPLES 130

static struct blackbox *box_must(void)
{
	struct blackbox *box = NULL;

	must("black box", blackbox_new(dir, &box) == 0);
	return box;
}

static void add_samples(struct blackbox *box, int count)
{
	const struct timespec nap = { .tv_nsec = 3000000 };

	for (int i = 0; i < count; i++) {
		sampled_next();
		blackbox_add(box, machine.now, machine.summary);
		nanosleep(&nap, NULL);
	}
}

static const char *file_number(unsigned number)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/oom-20261122-064912%s%.0u.oomwatch", dir,
		number > 1 ? "-" : "", number > 1 ? number : 0);
	return path;
}

/* What is said once a file is closed. */
static void expect_said(struct blackbox *box, const char *label, const char *want)
{
	const struct timespec nap = { .tv_nsec = 5000000 };
	char said[400] = "";
	bool is_bad = false;

	for (int i = 0; i < 1000 && !blackbox_said(box, said, sizeof(said), &is_bad); i++)
		nanosleep(&nap, NULL);
	if (!strstr(said, want))
		printf("blackbox: %s: '%s', want '%s'\n", label, said, want);
	check(label, strstr(said, want));
	check("good or bad", is_bad == (strncmp(said, "kept in /", 9) != 0));
}

static void a_kill_is_kept_with_what_follows(void)
{
	static const char line[] = "<3>[ 130.77] Out of memory: Killed process 7 (x)";
	struct blackbox *box;
	char said[400];
	bool cut = true, is_bad;

	folder_fresh(false);
	box = box_must();
	blackbox_log(box, 0, line, strlen(line));
	blackbox_dump(box, KILL_MS);
	check("nothing to keep yet", !blackbox_said(box, said, sizeof(said), &is_bad));
	add_samples(box, 1);
	check("the first sample makes a file", !blackbox_said(box, said, sizeof(said), &is_bad));
	add_samples(box, 5);
	blackbox_dump(box, KILL_MS + 5000);
	add_samples(box, 9);
	check("goes on for the second kill", !blackbox_said(box, said, sizeof(said), &is_bad));
	add_samples(box, 1);
	expect_said(box, "kept", "kept in /");
	check("in its name", strstr(file_number(1), "oom-20261122-064912.oomwatch"));
	check("1, 5 and 10 samples", sampled_moments(file_number(1), &cut) == 16 && !cut);
	add_samples(box, 5);
	blackbox_dump(box, KILL_MS);
	add_samples(box, 10);
	expect_said(box, "another", "-2.oomwatch");
	check("with what was before", sampled_moments(file_number(2), &cut) == 31 && !cut);
	blackbox_free(box);
}

static void a_file_ends_with_the_program(void)
{
	struct blackbox *box;
	bool cut = true;

	folder_fresh(false);
	box = box_must();
	add_samples(box, 3);
	blackbox_dump(box, KILL_MS);
	add_samples(box, 2);
	blackbox_free(box);
	check("all of it", sampled_moments(file_number(1), &cut) == 5 && !cut);
}

static void what_cannot_be_kept_is_said(void)
{
	struct blackbox *box;

	folder_fresh(false);
	check("link", symlink("/tmp", dir) == 0);
	box = box_must();
	add_samples(box, 1);
	blackbox_dump(box, KILL_MS);
	expect_said(box, "refused", "it is a link, or no folder");
	check("away", unlink(dir) == 0);
	blackbox_dump(box, KILL_MS);
	add_samples(box, 11);
	expect_said(box, "the next is", "kept in /");
	blackbox_free(box);
}

/* The child adds for ever; it is killed once the first part is in its file. */
static void a_program_that_is_killed_leaves_a_file(void)
{
	const struct timespec nap = { .tv_nsec = 20000000 };
	struct stat stat = { .st_size = 0 };
	bool cut;
	pid_t child;

	folder_fresh(false);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct blackbox *box;

		sampled_open();
		box = box_must();
		add_samples(box, 20);
		blackbox_dump(box, KILL_MS);
		for (;;) {
			/* Time stands still: the aftermath does not end. */
			machine.frame--;
			add_samples(box, 1);
		}
	}
	for (int i = 0; i < 500 && stat.st_size == 0; i++) {
		nanosleep(&nap, NULL);
		(void)lstat(file_number(1), &stat);
	}
	nanosleep(&nap, NULL);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	check("20 samples at least", sampled_moments(file_number(1), &cut) >= 20);
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void expect_copy(const struct blackbox *box)
{
	struct replay *replay;
	size_t len = 0, keys = 0;
	char error[256], *copy = blackbox_copy(box, &len);
	int64_t count;

	check("copied", copy && len > 0);
	if (!copy)
		return;
	check("begins with the head", strncmp(copy, "{\"type\":\"record\",", 17) == 0);
	for (const char *at = copy; (at = strstr(at, "\"type\":\"sample\",\"key\":true")); at++)
		keys++;
	check("eleven minutes are ten of groups", keys == 11 || keys == 10);
	check("bounded", len <= BLACKBOX_BYTES + 4096);
	if (replay_open_memory("copy", copy, len, &replay, error, sizeof(error)) == 0) {
		count = replay_count(replay);
		check("ten minutes and less than eleven", count > 600 && count <= 660);
		check("to the last",
			replay_moment(replay, count - 1)->uptime_ms == machine.now->uptime_ms);
		replay_close(replay);
	} else {
		check(error, false);
	}
	printf("blackbox: %zu bytes for %d samples of %u processes\n", len, SAMPLES,
		machine.now->n_tasks);
	free(copy);
}

static void ten_minutes_cost_little(void)
{
	const struct timespec nap = { .tv_nsec = 5000000 };
	static int64_t costs[SAMPLES];
	struct blackbox *box;

	folder_fresh(false);
	box = box_must();
	for (int i = 0; i < SAMPLES; i++) {
		int64_t begun;

		sampled_next();
		counting = i >= WARM_SAMPLES;
		begun = now_ns();
		blackbox_add(box, machine.now, machine.summary);
		costs[i] = now_ns() - begun;
		counting = false;
		nanosleep(&nap, NULL);
	}
	expect_copy(box);
	qsort(costs, SAMPLES, sizeof(*costs), by_value);
	printf("blackbox: us a sample: median %lld, 99%% %lld, most %lld; %lu allocations\n",
		(long long)costs[SAMPLES / 2] / 1000, (long long)costs[SAMPLES * 99 / 100] / 1000,
		(long long)costs[SAMPLES - 1] / 1000, allocations);
	/* An arena may meet more than ever before once. */
	check("allocates nothing", allocations <= 4);
	check("touches no file", access(dir, F_OK) < 0);
	blackbox_free(box);
}

int main(void)
{
	if (!folder_begin("blackbox"))
		return 77;
	/* First what forks: there are no threads yet. */
	a_program_that_is_killed_leaves_a_file();
	sampled_open();
	a_kill_is_kept_with_what_follows();
	a_file_ends_with_the_program();
	what_cannot_be_kept_is_said();
	ten_minutes_cost_little();
	return folder_end();
}
