/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * --record: all samples of a session with all processes, in a file (parse/record.h).
 *
 * A thread writes.  Where waiting is not allowed (the interactive screen) samples are left out
 * while the disk is too slow, and the next one that is written tells everything.
 */
#ifndef OOMWATCH_APP_RECORDER_H
#define OOMWATCH_APP_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/snapshot.h"

struct recorder;

/**
 * Make a file that does not exist yet, for its owner alone; "-" is standard output; NULL: none is
 * wanted, *ret is NULL, which the functions below accept.
 *
 * @may_wait  for a slow disk: nothing is left out then
 * Returns 0, or -errno after one line on stderr.
 */
int recorder_open(const char *name, bool may_wait, struct recorder **ret);

/** Record a sample. */
void recorder_add(struct recorder *recorder, const struct snapshot *now);

/** Record a line of a log, without its newline. */
void recorder_log(struct recorder *recorder, int64_t uptime_ms, const char *line, size_t len);

/** Whether something is to be said: that samples were left out, once others were recorded again,
 * or that nothing more can be recorded. */
bool recorder_said(struct recorder *recorder, char *buf, size_t size);

/** Write what is left, ten seconds at most where waiting is not allowed.  Returns 0, or -errno
 * (and where samples were left out, 0) after one line on stderr; a reader of standard output that
 * is gone is -EPIPE without a line. */
int recorder_close(struct recorder *recorder);

#endif
