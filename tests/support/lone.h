/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * One process on a machine of 8 GiB, for tests of its score.
 */
#ifndef OOMWATCH_TESTS_LONE_H
#define OOMWATCH_TESTS_LONE_H

#include "analysis/badness.h"

#define LONE_ROOT (CAP_BIT_SYS_ADMIN)
#define LONE_ALL_CAPS (~UINT64_C(0))

struct lone {
	struct snapshot snapshot;
	struct task task;
	struct badness_scope scope;
	struct badness badness; /**< of the last lone_judge() */
};

/** No swap, 2 cpus, 10 hours up; a process started at boot, of which all was read. */
void lone_init(struct lone *lone, const char *release);

/** In pages; all private. */
void lone_set_memory(struct lone *lone, int64_t rss, int64_t swap, int64_t tables);

/** Swap of the machine. */
void lone_set_swap(struct lone *lone, int64_t total_kib, int64_t free_kib);

const struct badness *lone_judge(struct lone *lone);

/** The score itself. */
int64_t lone_total(struct lone *lone);

#endif
