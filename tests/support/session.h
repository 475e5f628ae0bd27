/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Sampling a recorded tree tick by tick, and the files of its processes as the kernel
 * prints them.
 */
#ifndef OOMWATCH_TESTS_SESSION_H
#define OOMWATCH_TESTS_SESSION_H

#include "collect/collector.h"
#include "tree.h"

/** A row of a tree that is text. */
#define PLAIN(path, content)     \
	{                        \
		path, content, 0 \
	}

/** What varies in a line of /proc/PID/stat; state, threads and start have defaults. */
struct stat_line {
	int pid;
	const char *comm;
	char state;
	unsigned flags;
	int minflt;
	int utime;
	int threads;
	int start;
	long vsize;
	long rss;
};

/** The line; valid until the sixteenth next call. */
const char *stat_text(struct stat_line s);

#define STAT(id, name, ...) \
	stat_text((struct stat_line){ .pid = (id), .comm = (name), ##__VA_ARGS__ })

#define STATUS_MEMORY                                                                    \
	"VmSize:\t  4000 kB\nVmRSS:\t  400 kB\nRssAnon:\t  200 kB\nRssFile:\t  120 kB\n" \
	"RssShmem:\t  80 kB\nVmPTE:\t  60 kB\nVmSwap:\t  40 kB\n"
#define STATUS_HEAD "Name:\tx\nTgid:\t5\nPid:\t5\nUid:\t1000\t1001\t1000\t1000\nThreads:\t3\n"
#define STATUS STATUS_HEAD STATUS_MEMORY "CapEff:\t0000000000200000\n"

struct session {
	char *tree;
	struct root root;
	struct collector *collector;
	struct snapshot snapshots[2];
	struct snapshot *now;
};

/** Write the tree and open it; false, with a failed check, if that did not work. */
bool session_begin(struct session *session, const struct tree_file files[]);

/** Sample the first or the next tick; the snapshot before it stays valid. */
const struct snapshot *session_tick(struct session *session);

void session_end(struct session *session);

/** A task that must be there; an empty one, and a failed check, if it is not. */
const struct task *session_task(const struct snapshot *snapshot, int32_t pid);

/** Sample the first tick of a tree; the caller frees the arena, whatever is returned. */
bool session_once(const char *tree, struct snapshot *snapshot);

#endif
