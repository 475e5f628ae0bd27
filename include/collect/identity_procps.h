/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Inside of collect/identity: how its threads read, so that tests can put another reader
 * in place of libproc2.
 */
#ifndef OOMWATCH_COLLECT_IDENTITY_PROCPS_H
#define OOMWATCH_COLLECT_IDENTITY_PROCPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/identity.h"

/** Processes in one call of libproc2: it takes 255 at most (FILL_ID_MAX in its pids.c). */
#define IDENTITY_BATCH 200

/** A process that is asked for, and what is known of it so far. */
struct identity_question {
	int32_t pid;
	uint64_t start_ticks;
	uint32_t uid;
	char user[33];
	bool has_user;
	bool gone; /**< no such process any more, or another one with that PID */
};

/** A way to read; every thread opens a handle of its own and is the only one to use it. */
struct identity_reader {
	/** 0 or -errno. */
	int (*open)(void **ret_handle);
	void (*close)(void *handle);

	/** Fill in users, or gone, of count questions (IDENTITY_BATCH at most).  0 or -errno;
	 * then the questions are unchanged. */
	int (*users)(void *handle, struct identity_question *questions, uint32_t count);

	/** The command line, "" if it has none, cut to fit.  0 or -errno: -ESRCH if it is
	 * gone.  May hang. */
	int (*cmdline)(
		void *handle, const struct identity_question *question, char *buf, size_t size);
};

/** Through libproc2. */
extern const struct identity_reader identity_procps;

/** identity_start() with another reader, which must outlive the threads. */
int identity_start_with(
	const struct identity_reader *reader, bool cmdlines, struct identity_service **ret);

#endif
