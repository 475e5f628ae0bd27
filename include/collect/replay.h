/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What was recorded, moment by moment: samples of a record (parse/record.h) and the OOM reports
 * among its log lines; or the reports of a plain log.
 *
 * Files are foreign: nothing in them is believed but by its form, and no more is read at once
 * than a line of REPLAY_LINE_MAX.  Allocates.
 */
#ifndef OOMWATCH_COLLECT_REPLAY_H
#define OOMWATCH_COLLECT_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"
#include "parse/report.h"

/** Bytes of a line of a record. */
#define REPLAY_LINE_MAX (256u << 20)

struct replay;

enum moment_kind {
	MOMENT_SAMPLE,
	MOMENT_REPORT, /**< an OOM report */
	MOMENT_EVENT,  /**< a userspace killer says that it killed */
};

struct moment {
	enum moment_kind kind;
	int64_t uptime_ms; /**< of a report its stamp; VALUE_UNKNOWN */
	int64_t pid;       /**< of a report's first victim, of an event's; else VALUE_UNKNOWN */
};

/**
 * Open a file ("-": standard input) and find its moments.
 *
 * Returns 0, or -errno with one line in error that names the file, and the line where its form
 * is wrong.  -ENODATA: there is no moment in it.
 */
int replay_open(const char *name, struct replay **ret, char *error, size_t size);

/** The same with bytes in memory, which stay the caller's and must live as long; name is for
 * messages. */
int replay_open_memory(const char *name, const char *bytes, size_t len, struct replay **ret,
	char *error, size_t size);

/** Accepts NULL. */
void replay_close(struct replay *replay);

int64_t replay_count(const struct replay *replay);

/** Moment number (from 0, below replay_count()). */
const struct moment *replay_moment(const struct replay *replay, int64_t number);

/**
 * Read a moment.  A sample fills *ret (its arena is reset first, or begun): all it points to
 * lives there.  A report or event goes to the listener.  Quick where number follows the one read
 * before; else reading starts at the key before it.
 *
 * Returns 0, -ENOMEM, -EIO and the like, or -EBADMSG: the file is not what it was when opened.
 */
int replay_read(struct replay *replay, int64_t number, struct snapshot *ret,
	const struct report_listener *listener);

/** What of the sample that the last replay_read() refused with -EBADMSG is wrong, with the file's
 * name and the line: "FILE:12: tasks: pid: out of range"; else "". */
const char *replay_damage(const struct replay *replay);

/** Whether something at its end could not be understood (it was cut while being written). */
bool replay_is_cut(const struct replay *replay);

#endif
