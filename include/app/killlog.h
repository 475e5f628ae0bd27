/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The kills as they happen: from the kernel's log, else from the journal, from the tracepoint, and
 * from the kernel's counters; and those that the journal has of earlier boots.
 */
#ifndef OOMWATCH_APP_KILLLOG_H
#define OOMWATCH_APP_KILLLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/kills.h"
#include "collect/journal.h"
#include "collect/kmsg.h"
#include "collect/victim_marks.h"
#include "model/snapshot.h"
#include "parse/log_window.h"

/** Marks that wait for their line in the log; more are told at once. */
#define KILLLOG_MARKS_MAX 32

/** Bytes of the journal's lines that are kept for opening its reports; the oldest go. */
#define KILLLOG_LINES_BYTES (INT64_C(8) << 20)

enum killlog_use {
	KILLLOG_OFF,     /**< counters alone */
	KILLLOG_LIVE,    /**< what happens while the program runs; nobody waits for its log between
	                    two samples, so that a tick waits until it is quiet */
	KILLLOG_HISTORY, /**< and, when it is asked for, what the journal has of before */
};

/** The journal's lines, as far as they are read. */
struct killlog_journal {
	struct journal journal;
	struct arena arena;
	struct report_parser *parser; /**< NULL: not opened, or no memory */
	int lines_fd;  /**< a file in memory: the bytes that were read, in a circle; -1 none */
	int64_t bytes; /**< ever written to it */
	bool live;     /**< the source of what happens now, as the kernel's log cannot be read */
	bool gone;     /**< journal_go() was called */
	int64_t unsettled_since_ms; /**< something was read and may go on; VALUE_UNKNOWN */
	size_t line_len;
	char line[REPORT_LINE_MAX];
};

struct killlog {
	struct kmsg kmsg;
	struct killlog_journal journal;
	struct victim_marks *marks; /**< NULL: not to be had */
	enum fact_state marks_state;
	struct kills kills;
	struct arena arena;         /**< of one explanation */
	struct kill_moment moment;  /**< of what is being told; clear_ms: when the log was last
	                                 read to its end with all told */
	int64_t unsettled_since_ms; /**< something was read and may go on; VALUE_UNKNOWN: not so */
	bool waits;                 /**< a tick waits until the log is quiet */
	bool read;                  /**< a log is meant to be read: kmsg.state says how that went */
	const struct root *root;
	int (*reopen)(const struct root *root); /**< the kernel's log, from its start; a descriptor
	                                             or -errno; replaced in tests */
	int64_t opened_ms;                      /**< wall clock */
	struct log_window window;
	int64_t counted, counted_ms; /**< the kernel's counter of kills in the last sample, and its
	                                  uptime; VALUE_UNKNOWN */
	struct kill_mark waiting[KILLLOG_MARKS_MAX];
	unsigned n_waiting;
	uint64_t tick_first; /**< numbers of the kills told up to the tick before the last, */
	uint64_t tick_last;  /**< and up to the last */

	/** What the log tells from now on of what may be a kill, a line at a time without its
	 * newline (of /dev/kmsg a record as it stands there); NULL: nobody wants it. */
	void (*line)(int64_t uptime_ms, const char *line, size_t len, void *context);
	void *line_context;
};

/**
 * Open what there is of a live root; to be closed in any case.
 *
 * May fork (the journal's reader): before threads exist and memory is locked.  The root must
 * outlive it.
 */
void killlog_open(struct killlog *killlog, const struct root *root, enum killlog_use use);
void killlog_close(struct killlog *killlog);

/** All closed; killlog_open() does it too. */
void killlog_init(struct killlog *killlog);

/**
 * Read on, a bounded amount.  Reports are told when the log was quiet for a moment, so that one
 * is not told while it is being printed.
 *
 * @now  the last sample, for the wall clock; NULL: none yet, and nothing is read
 * Returns whether a kill was added.
 */
bool killlog_read(struct killlog *killlog, const struct snapshot *now);

/**
 * Once a sample, when it was judged: read on, take the tracepoint's marks, tell what was only
 * counted, and remember what the sample foretells.  Also without a log, and of recordings.
 *
 * @before  the sample before, or NULL
 */
void killlog_tick(struct killlog *killlog, const struct snapshot *before, struct snapshot *now,
	const struct summary *summary);

/** Somebody looks at the list: read what the journal has, if that was not done yet, and go on with
 * what it gets.  Done by itself where a userspace killer runs. */
void killlog_want_history(struct killlog *killlog);

/** What to wait for until killlog_read() should be called again: descriptors to become readable
 * (-1: none), or milliseconds (-1: for ever). */
int killlog_fd(const struct killlog *killlog);
int killlog_journal_fd(const struct killlog *killlog);
int killlog_timeout_ms(const struct killlog *killlog);

/**
 * The lines of the log with the report of a kill, as they stand there.  The caller frees them.
 *
 * @why  set where NULL is returned: a static string
 */
char *killlog_text(
	struct killlog *killlog, const struct kill *kill, size_t *ret_len, const char **why);

#endif
