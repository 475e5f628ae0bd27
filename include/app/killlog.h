/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The kills that the kernel's log tells of, read while the screen is up.
 */
#ifndef OOMWATCH_APP_KILLLOG_H
#define OOMWATCH_APP_KILLLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/kills.h"
#include "collect/kmsg.h"
#include "model/snapshot.h"

struct killlog {
	struct kmsg kmsg;
	struct kills kills;
	struct arena arena;         /**< of one explanation */
	struct kill_moment moment;  /**< of what is being told; clear_ms: when the log was last
	                                 read to its end with all told */
	int64_t unsettled_since_ms; /**< something was read and may go on; VALUE_UNKNOWN: not so */
	bool read;                  /**< a log is meant to be read: kmsg.state says how that went */
};

/** Open the log of a live root, unless it is not wanted; to be closed in any case. */
void killlog_open(struct killlog *killlog, const struct root *root, bool wanted);
void killlog_close(struct killlog *killlog);

/**
 * Read on, a bounded amount.  Reports are told when the log was quiet for a moment, so that one
 * is not told while it is being printed.
 *
 * @now  the last sample, for the wall clock; NULL: none yet, and nothing is read
 * Returns whether a kill was added.
 */
bool killlog_read(struct killlog *killlog, const struct snapshot *now);

/** What to wait for until killlog_read() should be called again: a descriptor to become readable
 * (-1: none), or milliseconds (-1: for ever). */
int killlog_fd(const struct killlog *killlog);
int killlog_timeout_ms(const struct killlog *killlog);

#endif
