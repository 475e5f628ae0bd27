/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the sampler saves work on a live root: a host's tree that only the test changes. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "session.h"
#include "unit.h"

/** Enough for idle processes to take turns. */
#define PROCESSES 540
#define FIRST_PID 10

/** The first of them are those that tests change. */
#define CHANGED 60

/** Pages of anonymous memory that the tree's meminfo starts with. */
#define ANON_PAGES 100000

struct host {
	char *tree;
	struct root root;
	struct collector *collector;
	struct snapshot snapshot;
};

static void write_file(const struct host *host, const char *path, const char *content)
{
	const struct tree_file files[] = { PLAIN(path, content), { 0 } };

	expect_int(path, tree_write(host->tree, files), 0);
}

static void write_stat(const struct host *host, int pid, int minflt, long rss)
{
	char path[64];

	snprintf(path, sizeof(path), "proc/%d/stat", pid);
	write_file(host, path, STAT(pid, "x", .minflt = minflt, .vsize = 1 << 30, .rss = rss));
}

/* So that stat alone tells of memory. */
static void write_empty_status(const struct host *host, int pid)
{
	char path[64];

	snprintf(path, sizeof(path), "proc/%d/status", pid);
	write_file(host, path, "");
}

static void write_adj(const struct host *host, int pid, const char *adj)
{
	char path[64];

	snprintf(path, sizeof(path), "proc/%d/oom_score_adj", pid);
	write_file(host, path, adj);
}

static void write_meminfo(const struct host *host, long anon_pages)
{
	char text[256];

	snprintf(text, sizeof(text),
		"MemTotal: 4194304 kB\nAnonPages: %ld kB\nMapped: 0 kB\nPageTables: 0 kB\n"
		"SwapTotal: 0 kB\nSwapFree: 0 kB\n",
		anon_pages * 4);
	write_file(host, "proc/meminfo", text);
}

static const struct snapshot *next(struct host *host)
{
	usleep(2000); /* time must pass for turns to be planned */
	expect_int("tick", collector_tick(host->collector, &host->snapshot), 0);
	return &host->snapshot;
}

static bool begin(struct host *host)
{
	static const struct tree_file empty[] = { PLAIN("proc", NULL), { 0 } };
	static const struct collect_options options = { .raise_nofile = true };

	*host = (struct host){ .tree = tree_make(empty) };
	if (!expect_true("tree", host->tree != NULL))
		return false;
	for (int pid = FIRST_PID; pid < FIRST_PID + PROCESSES; pid++) {
		write_stat(host, pid, 0, 100);
		write_empty_status(host, pid);
	}
	for (int i = 0; i < CHANGED; i++)
		write_adj(host, FIRST_PID + i, "0\n");
	write_meminfo(host, ANON_PAGES);
	if (!expect_int("open", root_open_live(&host->root, host->tree), 0) ||
		!expect_int("new", collector_new(&host->root, &options, &host->collector), 0))
		return false;
	for (int i = 0; i < 4; i++)
		(void)next(host);
	return expect_int("all", host->snapshot.n_tasks, PROCESSES);
}

static void end(struct host *host)
{
	collector_free(host->collector);
	arena_free(&host->snapshot.arena);
	root_close(&host->root);
	tree_remove(host->tree);
}

/** How many of the changed processes show that resident set. */
static int showing(const struct snapshot *snapshot, long rss)
{
	int count = 0;

	for (int i = 0; i < CHANGED; i++)
		count += session_task(snapshot, FIRST_PID + i)->rss_stat_pages == rss;
	return count;
}

static void wait_for_turns(struct host *host)
{
	int first;

	for (int i = 0; i < CHANGED; i++)
		write_stat(host, FIRST_PID + i, 1, 101);
	first = showing(next(host), 101);
	expect_true("some are read at once", first > 0);
	expect_true("not all", first < CHANGED);
	for (int tick = 1; tick < 16; tick++)
		(void)next(host);
	expect_int("all after 16 ticks", showing(&host->snapshot, 101), CHANGED);
}

static void change_adj(struct host *host)
{
	int seen = 0;

	for (int i = 0; i < CHANGED; i++)
		write_adj(host, FIRST_PID + i, "-300\n");
	(void)next(host);
	for (int i = 0; i < CHANGED; i++)
		seen += session_task(&host->snapshot, FIRST_PID + i)->oom_score_adj == -300;
	expect_int("changed adj", seen, CHANGED);
}

static void every_process_has_its_turn_but_for_its_adj(void)
{
	struct host host;

	if (begin(&host)) {
		wait_for_turns(&host);
		change_adj(&host);
		end(&host);
	}
}

static int32_t rss_of_first(const struct host *host)
{
	return (int32_t)session_task(&host->snapshot, FIRST_PID)->rss_stat_pages;
}

static void wanted_and_moving_processes_are_read_every_tick(void)
{
	struct host host;

	if (begin(&host)) {
		collector_want(host.collector, session_task(&host.snapshot, FIRST_PID));
		write_stat(&host, FIRST_PID, 1, 777);
		(void)next(&host);
		expect_int("wanted", rss_of_first(&host), 777);
		for (int tick = 2; tick < 10; tick++) {
			write_stat(&host, FIRST_PID, tick, 777 + tick);
			(void)next(&host);
			expect_int("moving", rss_of_first(&host), 777 + tick);
		}
		end(&host);
	}
}

static void say_what_may_be_missed(struct host *host)
{
	int stale = 0, fresh = 0;

	write_meminfo(host, ANON_PAGES + 200);
	(void)next(host);
	for (uint32_t i = 0; i < host->snapshot.n_tasks; i++) {
		stale += host->snapshot.tasks[i].stale_pages == 200;
		fresh += host->snapshot.tasks[i].stale_pages == 0;
	}
	expect_int("either", stale + fresh, PROCESSES);
	expect_true("some wait for their turn", stale > PROCESSES / 4);
	expect_true("some had it", fresh > PROCESSES / 4);
}

static void read_all_when_memory_moves(struct host *host)
{
	int stale = 0;

	for (int i = 0; i < CHANGED; i++)
		write_stat(host, FIRST_PID + i, 1, 1100);
	write_meminfo(host, ANON_PAGES + CHANGED * 1000);
	expect_int("at once", showing(next(host), 1100), CHANGED);
	for (uint32_t i = 0; i < host->snapshot.n_tasks; i++)
		stale += host->snapshot.tasks[i].stale_pages != 0;
	expect_int("stale", stale, 0);
}

static void memory_that_moves_unexplained_is_looked_for(void)
{
	struct host host;

	if (begin(&host)) {
		say_what_may_be_missed(&host);
		read_all_when_memory_moves(&host);
		end(&host);
	}
}

static void without_meminfo_nobody_waits(void)
{
	struct host host;

	if (begin(&host)) {
		write_file(&host, "proc/meminfo", "MemTotal: 4194304 kB\n");
		for (int i = 0; i < 3; i++)
			(void)next(&host);
		for (int i = 0; i < CHANGED; i++)
			write_stat(&host, FIRST_PID + i, 1, 101);
		expect_int("at once", showing(next(&host), 101), CHANGED);
		end(&host);
	}
}

extern CU_TestInfo tasks_turns_tests[];
CU_TestInfo tasks_turns_tests[] = {
	{ "every process has its turn", every_process_has_its_turn_but_for_its_adj },
	{ "the wanted and the moving are read every tick",
		wanted_and_moving_processes_are_read_every_tick },
	{ "unexplained movement is looked for", memory_that_moves_unexplained_is_looked_for },
	{ "without meminfo nobody waits", without_meminfo_nobody_waits },
	CU_TEST_INFO_NULL,
};
