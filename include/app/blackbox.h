/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The black box: the system's values and the first processes of the last ten minutes, in memory
 * that does not grow, and written to a file when somebody is killed.
 *
 * The form is that of records (parse/record.h).  Taking a sample allocates nothing and touches
 * no file; writing is a thread's business, so that a slow disk costs no sample.
 */
#ifndef OOMWATCH_APP_BLACKBOX_H
#define OOMWATCH_APP_BLACKBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analysis/summary.h"
#include "model/snapshot.h"

/** How far back it reaches, and for how many processes. */
#define BLACKBOX_MS (INT64_C(10) * 60 * 1000)
#define BLACKBOX_TASKS 50

/** Bytes that are kept at most; what is oldest goes first. */
#define BLACKBOX_BYTES (2u << 20)

/** Files that are kept, and their size together. */
#define BLACKBOX_FILES 20
#define BLACKBOX_FILES_BYTES (INT64_C(64) << 20)

struct blackbox;

/**
 * Get the memory, and the thread.
 *
 * @dir  where files go, "": nowhere.  It is made when the first one is written.
 * Returns 0 or -errno: there is no black box then.
 */
int blackbox_new(const char *dir, struct blackbox **ret);

/** Waits for a file that is being written, two seconds at most.  Accepts NULL. */
void blackbox_free(struct blackbox *box);

/** The folder for files: $XDG_STATE_HOME/oomwatch or ~/.local/state/oomwatch; of root
 * /var/log/oomwatch; "" if it cannot be told. */
void blackbox_default_dir(char *buf, size_t size);

/** Keep a sample.  The end of a file is by the clock of samples, so it comes with one. */
void blackbox_add(struct blackbox *box, const struct snapshot *now, const struct summary *summary);

/** Keep a line of the kernel's log, behind the last sample; before the first it is lost. */
void blackbox_log(struct blackbox *box, int64_t uptime_ms, const char *line, size_t len);

/**
 * Write all that is kept to a new file, and what is added within the next seconds.  A kill within
 * them goes to the same file.
 */
void blackbox_dump(struct blackbox *box, int64_t time_ms);

/**
 * How that went.  Returns true once a dump that ended or failed, with one line on it for the log:
 * "kept in FILE", or why not.  To be asked after each sample: another file can only begin then.
 */
bool blackbox_said(struct blackbox *box, char *buf, size_t size, bool *ret_bad);

/** All that is kept, as the text of a record.  The caller frees it; NULL without memory. */
char *blackbox_copy(const struct blackbox *box, size_t *ret_len);

#endif
