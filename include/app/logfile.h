/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * --log: messages and actions of the log tab, also in a file.
 */
#ifndef OOMWATCH_APP_LOGFILE_H
#define OOMWATCH_APP_LOGFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/state.h"

struct logfile {
	int fd;           /**< -1: none */
	const char *name; /**< as the user gave it */
	uint64_t written; /**< lines of the log that are in the file */
	bool failed;      /**< the last write failed: said once */
};

#define LOGFILE_NONE     \
	{                \
		.fd = -1 \
	}

/**
 * Open a file to append to, created for its owner alone; NULL: none is wanted.  Never waits
 * (a pipe without a reader is an error).  Returns 0, or -errno after one line on stderr.
 */
int logfile_open(struct logfile *logfile, const char *name);

/** Append the lines that are new: "2026-11-21T19:41:07Z TEXT".  What cannot be written is
 * said on the message line, once, and is lost. */
void logfile_follow(struct logfile *logfile, struct ui_state *state);

/** Append one line that is not of the log tab, with the time of the clock. */
void logfile_add(struct logfile *logfile, const char *line);

void logfile_close(struct logfile *logfile);

#endif
