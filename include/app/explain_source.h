/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Where --explain reads from: a file, standard input, or a journal.  A part of app/explain.
 */
#ifndef OOMWATCH_APP_EXPLAIN_SOURCE_H
#define OOMWATCH_APP_EXPLAIN_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "collect/journal.h"

struct explain_source {
	int fd; /**< -1: it is the journal */
	struct journal journal;
	const char *why; /**< what went wrong, or NULL: errno says it */
};

/** Open a file ("-": standard input), which may be a journal or a folder of journals; NULL: the
 * journal of this machine.  0 or -errno with source->why. */
int explain_source_open(struct explain_source *source, const char *file);

/** Read on, waiting.  Bytes, 0 at the end, or -errno with source->why. */
ssize_t explain_source_read(struct explain_source *source, char *buf, size_t size);

void explain_source_close(struct explain_source *source);

#endif
