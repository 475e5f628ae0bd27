/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A machine of two processes and its logs: a packet socket gives a record a read as /dev/kmsg
 * does, a pipe lines as the journal's reader.
 */
#ifndef OOMWATCH_TESTS_KILLLOG_STAGE_H
#define OOMWATCH_TESTS_KILLLOG_STAGE_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "app/killlog_parts.h"

static unsigned n_checks, n_failed;

static inline void check_at(int line, const char *label, bool good)
{
	n_checks++;
	if (good)
		return;
	n_failed++;
	printf("killlog.c:%d: %s\n", line, label);
}
#define check(label, good) check_at(__LINE__, label, good)

/** A machine of two processes, whose victim is the second, and what reads its log. */
struct stage {
	struct killlog killlog;
	int writer, journal_writer;
	struct snapshot now, before;
	struct task tasks[2], tasks_before[2];
	struct identity who;
	struct summary summary;
	bool ticked;
	unsigned n_lines;
	char last_line[4096];
};

static inline void on_line(int64_t uptime_ms, const char *line, size_t len, void *context)
{
	struct stage *stage = context;

	check("a time", uptime_ms > 0);
	check("no newline", !memchr(line, '\n', len));
	stage->n_lines++;
	snprintf(stage->last_line, sizeof(stage->last_line), "%.*s", (int)len, line);
}

static inline void begin(struct stage *stage)
{
	static const char names[][8] = { "java", "chrome" };
	int pair[2] = { -1, -1 };

	memset(stage, 0, sizeof(*stage));
	killlog_init(&stage->killlog);
	stage->killlog.read = true;
	stage->killlog.line = on_line;
	stage->killlog.line_context = stage;
	check("sockets", socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) == 0);
	stage->writer = pair[1];
	stage->journal_writer = -1;
	kmsg_adopt(&stage->killlog.kmsg, pair[0]);
	for (int i = 0; i < 2; i++) {
		stage->tasks[i].pid = i + 1;
		stage->tasks[i].state = 'S';
		stage->tasks[i].who = &stage->who;
		stage->tasks[i].memcg = NO_MEMCG;
		memcpy(stage->tasks[i].comm, names[i], sizeof(names[i]));
	}
	stage->now.tasks = stage->tasks;
	stage->now.n_tasks = 2;
	stage->now.n_memcgs = 0;
	stage->now.vmstat.oom_kill = 0;
	stage->now.uptime_ms = killlog_uptime_ms();
	stage->now.time_ms = (int64_t)time(NULL) * 1000;
	stage->summary.oom.victim = 1;
	stage->summary.oom.certain = true;
	snprintf(stage->summary.oom.scope_name, sizeof(stage->summary.oom.scope_name), "system");
}

static inline void end(struct stage *stage)
{
	killlog_close(&stage->killlog);
	close(stage->writer);
	if (stage->journal_writer >= 0)
		close(stage->journal_writer);
}

static inline void tick(struct stage *stage)
{
	killlog_tick(&stage->killlog, stage->ticked ? &stage->before : NULL, &stage->now,
		&stage->summary);
	stage->ticked = true;
	stage->before = stage->now;
	memcpy(stage->tasks_before, stage->tasks, sizeof(stage->tasks));
	stage->before.tasks = stage->tasks_before;
	stage->summary.reclaim.oom_kills = 0;
	stage->now.uptime_ms = killlog_uptime_ms();
}

static inline void put(const struct stage *stage, const char *record)
{
	check("sent", send(stage->writer, record, strlen(record), 0) == (ssize_t)strlen(record));
}

static inline int64_t stamp_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Header and kill line, now. */
static inline void put_kill(const struct stage *stage, int pid, const char *comm)
{
	char record[400];

	snprintf(record, sizeof(record),
		"4,1,%lld,-;%s invoked oom-killer: gfp_mask=0x140cca"
		"(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0\n",
		(long long)stamp_us(), comm);
	put(stage, record);
	snprintf(record, sizeof(record),
		"3,2,%lld,-;Out of memory: Killed process %d (%s) total-vm:9000kB, "
		"anon-rss:8000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:20kB "
		"oom_score_adj:0\n SUBSYSTEM=x\n DEVICE=+x\n",
		(long long)stamp_us(), pid, comm);
	put(stage, record);
}

static inline bool read_on(struct stage *stage)
{
	return killlog_read(&stage->killlog, &stage->now);
}

static inline const struct kill *newest(const struct stage *stage)
{
	static const struct kill none;
	const struct kill *kill = kills_get(&stage->killlog.kills, 0);

	return kill ? kill : &none;
}

static inline unsigned n_kills(const struct stage *stage)
{
	return kills_count(&stage->killlog.kills);
}

/* The journal's lines come from a pipe in place of its reader. */
static inline void begin_journal(struct stage *stage, bool live)
{
	struct killlog_journal *journal = &stage->killlog.journal;
	int pipes[2] = { -1, -1 };

	begin(stage);
	if (live)
		kmsg_close(&stage->killlog.kmsg);
	check("pipe", pipe2(pipes, O_NONBLOCK | O_CLOEXEC) == 0);
	journal->journal.wake_fd = pipes[0];
	journal->journal.state = FACT_PRESENT;
	journal->journal.ended = false;
	journal->live = live;
	journal->gone = live;
	journal->parser = report_parser_new(&journal->arena);
	journal->lines_fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	stage->killlog.kills.journal = live;
	stage->journal_writer = pipes[1];
}

static inline void put_journal(const struct stage *stage, int64_t ago_s, int64_t stamp, int pid)
{
	const time_t then = (time_t)(stage->killlog.opened_ms / 1000 + 2 - ago_s);
	char date[32], line[500];
	struct tm utc;

	gmtime_r(&then, &utc);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(line, sizeof(line),
		"%s.500000+00:00 h kernel: [%5lld.%06lld] Out of memory: Killed process %d (old) "
		"total-vm:9000kB, anon-rss:8000kB, file-rss:0kB, shmem-rss:0kB, UID:0 "
		"pgtables:20kB oom_score_adj:0\n",
		date, (long long)stamp / 1000000, (long long)stamp % 1000000, pid);
	check("written", write(stage->journal_writer, line, strlen(line)) == (ssize_t)strlen(line));
}

/* What a userspace killer logs, a moment from now. */
static inline void put_daemon(const struct stage *stage)
{
	const time_t then = (time_t)(stage->killlog.opened_ms / 1000 + 2);
	char date[32], line[300];
	struct tm utc;

	gmtime_r(&then, &utc);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(line, sizeof(line),
		"%s.500000+00:00 h systemd-oomd[5]: Killed /user.slice/a.scope due to memory used "
		"(9000) / total (10000) and swap used (9000) / total (10000) being more than "
		"90.00%%\n",
		date);
	check("written", write(stage->journal_writer, line, strlen(line)) == (ssize_t)strlen(line));
}

static inline void settle_journal(struct stage *stage)
{
	const struct timespec nap = { .tv_nsec = (KILLLOG_QUIET_MS + 20) * 1000000 };

	read_on(stage);
	nanosleep(&nap, NULL);
	read_on(stage);
}

#endif
