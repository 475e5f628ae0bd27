/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What no file below proc and sys says: the time, the page size, the clock, the rights.
 * Asked of the system on the live machine, of meta files in a recording.
 */
#ifndef OOMWATCH_COLLECT_RECORDING_H
#define OOMWATCH_COLLECT_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/root.h"
#include "model/snapshot.h"

/** Zero-initialise. */
struct recording {
	char *meta; /**< of the tick, then of the whole; malloc'ed */
	size_t meta_len;
	size_t tick_meta_len;    /**< that much of it is the tick's own */
	int64_t first_uptime_ms; /**< of the first tick that had one */
	bool has_first;
};

/** 0 or -ENOMEM; a meta file that cannot be read is none. */
int recording_read_meta(struct recording *recording, const struct root *root);

/** Fill time_ms, uptime_ms (given that of proc/uptime), page_bytes, clk_tck, cpus and
 * own_caps of a recorded tick. */
void recording_fill(struct recording *recording, int64_t uptime_ms, int32_t stat_cpus,
	struct snapshot *snapshot);

/** Whether all processes were visible as far as namespaces go; true if not recorded. */
bool recording_initial_pid_namespace(const struct recording *recording);

void recording_free(struct recording *recording);

#endif
