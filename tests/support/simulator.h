/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A machine's memory, moved step by step, with oomwatch's risk analysis looking at it.
 *
 * One zone, no processes.  Reclaim takes cache, then swaps, then drops slab and text, as
 * the kernel roughly does; the machine dies when an allocation finds nothing.
 */
#ifndef OOMWATCH_TESTS_SIMULATOR_H
#define OOMWATCH_TESTS_SIMULATOR_H

#include <stdint.h>

#include "analysis/risk.h"

#define MIB 1024
#define GIB (1024 * 1024)

#define STEPS_PER_S 10
#define STEP_MS (1000 / STEPS_PER_S)

/** Sizes in KiB; counters as in vmstat. */
struct machine {
	int64_t total, fixed, free, anon, shmem, file, mapped, dirty, slab, pinned, min;
	int64_t swap_total, swap_used;
	int64_t scan_kswapd, scan_direct, steal, stalls, refaults, swap_in, swap_out, kills;
	int64_t full_centi;
	int64_t ms;      /**< uptime */
	int64_t died_ms; /**< VALUE_UNKNOWN while it lives */
	uint64_t random;
	struct snapshot now, before;
	struct zone zone;
	struct history history;
	struct risk risk;
};

/** A machine that just booted. */
void machine_boot(struct machine *m, int64_t ram_mib, int64_t swap_mib);

/** 0 .. limit - 1, the same sequence in each run. */
int64_t machine_random(struct machine *m, int64_t limit);

/** Allocate to a kind of memory, a member of m; negative gives back. */
void machine_grow(struct machine *m, int64_t *kind, int64_t kib);

/** Read and write files: cache grows, dirty pages and slab jitter. */
void machine_copy_files(struct machine *m, int64_t kib);

/** Take a sample and judge it into m->risk. */
void machine_look(struct machine *m);

#endif
