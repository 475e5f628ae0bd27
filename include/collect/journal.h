/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * OOM reports and kills in the systemd journal: this boot and earlier ones.
 *
 * Reading is a child process's business: the journal is large, its files may be damaged, and the
 * library maps what this process must not lock into memory.  The child writes those parts that
 * may be about a kill (parse/log_window) as lines of a log to a pipe, and ends, or follows:
 *
 *	2026-11-21T20:57:17.123456+01:00 host kernel: [ 2360.001459] TEXT
 *	2026-11-21T20:57:18.000001+01:00 host earlyoom[812]: TEXT
 *
 * The time is when the journal received it, in the local zone; the stamp in brackets is the
 * kernel's own.  What is no kernel message never looks like one.  An empty line comes first, as
 * soon as it is known that the journal can be read, so that somebody who waits learns it.
 *
 * The pipe is the bound: a reader that lags stops the child, and nothing is lost.
 */
#ifndef OOMWATCH_COLLECT_JOURNAL_H
#define OOMWATCH_COLLECT_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/facts.h"

/** Bytes of found lines that are kept until the end is first reached; the oldest are left out.
 * The journal is read forwards all the same: which lines matter is known from those before. */
#define JOURNAL_BYTES_MAX (16u << 20)
/** Older entries are not looked at: they explain nothing that is seen now, and looking costs. */
#define JOURNAL_DAYS 30

/** What is read of it. */
struct journal_choice {
	const char *path; /**< a journal file or a folder of them; NULL: this machine's */
	bool follow;      /**< go on when the end is reached */
	/** without the kernel's lines of this boot: /dev/kmsg has them; killers' are read */
	bool earlier_only;
	bool all; /**< from its beginning, each line as it is found: no limit above */
};

/** What the child tells; shared with it. */
struct journal_word;

struct journal {
	pid_t child; /**< 0: none */
	int wake_fd; /**< readable when there is more, or when the child ended; -1: none */
	int go_fd;   /**< the child waits at its other end; -1: it does not */
	/** FACT_UNREAD until the child found out; FACT_PRESENT while it reads and afterwards */
	enum fact_state state;
	bool ended;      /**< nothing more will come */
	bool caught_up;  /**< it has read, and told, all that there was */
	bool cut;        /**< there was more than JOURNAL_BYTES_MAX */
	const char *why; /**< why it cannot be read, a static string; "" */
	struct journal_word *word;
};

#define JOURNAL_CLOSED                                               \
	{                                                            \
		.wake_fd = -1, .go_fd = -1, .ended = true, .why = "" \
	}

/** Whether this program was built with it. */
bool journal_built(void);

/** Whether a file is a journal (by its first bytes), or a folder with journals. */
bool journal_is(const char *path);

/**
 * Start the child.  Forks: to be called before threads exist and memory is locked.  It opens
 * nothing until journal_go().
 *
 * Returns 0 or -errno (-EOPNOTSUPP: built without libsystemd) with journal->state and ->why;
 * journal_close() is needed in any case.
 */
int journal_open(struct journal *journal, const struct journal_choice *choice);
void journal_go(struct journal *journal);

/** Ends the child.  state, cut and why stay. */
void journal_close(struct journal *journal);

/** Read lines found so far, never waiting; they may be cut anywhere.  0: no more yet, or ever:
 * journal->ended.  Refreshes state, cut and why. */
ssize_t journal_read(struct journal *journal, char *buf, size_t size);

#endif
