/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What the child that reads the journal is made of.  A part of collect/journal.
 */
#ifndef OOMWATCH_COLLECT_JOURNAL_PARTS_H
#define OOMWATCH_COLLECT_JOURNAL_PARTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/journal.h"
#include "parse/scan.h"

/** In memory that both processes share. */
struct journal_word {
	atomic_int state; /**< enum fact_state */
	atomic_bool cut;
	atomic_bool caught_up;
};

/** Room for a line with what stands in front of it. */
#define JOURNAL_LINE_MAX 8192
/** Lines of one message; more are left out. */
#define JOURNAL_LINES_MAX 256

/** An entry of the journal; nothing in it is to be trusted but the member that says so. */
struct journal_entry {
	struct span message;
	struct span host;
	const char *tag;   /**< of a killer, ours; NULL: the kernel (the journal vouches for it) */
	int64_t pid;       /**< of a killer, or VALUE_UNKNOWN */
	int64_t real_us;   /**< since 1970 */
	int64_t uptime_us; /**< the kernel's stamp, or VALUE_UNKNOWN */
};

/** Where lines go; each ends with a newline.  0 or -errno. */
typedef int journal_put(const char *line, size_t len, void *context);

/**
 * The entry as lines of a log, each line of the message with what stands in front of a line.
 *
 * Control characters become '?', and a killer's words cannot pass for the kernel's.
 * Returns 0, or what put() returned.
 */
int journal_lines(const struct journal_entry *entry, journal_put *put, void *context);

/** Lines on their way to the parent: held up to a limit until the first flush, if so wanted. */
struct journal_pipe {
	int fd;
	char *buf;
	size_t size, len;
	bool holds; /**< when it is full, the oldest are dropped, and not written */
	bool cut;   /**< some were */
};

/** @held  bytes that are held until the first flush; 0: none.  0 or -ENOMEM. */
int journal_pipe_init(struct journal_pipe *pipe, int fd, size_t held);
void journal_pipe_free(struct journal_pipe *pipe);

/** Append a line (at most JOURNAL_LINE_MAX bytes).  0 or -errno of write(2). */
int journal_pipe_put(struct journal_pipe *pipe, const char *line, size_t len);

/** Write all; from now on nothing is held. */
int journal_pipe_flush(struct journal_pipe *pipe);

/** Read the journal until its end, or for ever; says in *word how that goes.  The exit code. */
int journal_entries(
	const struct journal_choice *choice, struct journal_pipe *pipe, struct journal_word *word);

/** The whole life of the child. */
_Noreturn void journal_child(
	const struct journal_choice *choice, int go_fd, int lines_fd, struct journal_word *word);

#endif
