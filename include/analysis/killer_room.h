/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What killers of processes by limits of memory and swap have in common (earlyoom, nohang): how
 * far they are from acting, and how they say whom they take.  A part of analysis/killers.
 */
#ifndef OOMWATCH_ANALYSIS_KILLER_ROOM_H
#define OOMWATCH_ANALYSIS_KILLER_ROOM_H

#include "analysis/killers.h"

/** At or below both it acts. */
struct killer_limit {
	int64_t mem_kib;
	int64_t swap_kib;
};

/** a * b / c, rounded down, for KiB and permyriads; VALUE_UNKNOWN where one of them is, or c is
 * 0. */
int64_t killer_share(int64_t a, int64_t b, int64_t c);

/** The smaller of two limits, of which one may be unknown: not given. */
int64_t killer_smaller(int64_t a, int64_t b);

/** Fill all of the room of a killer that acts when both memory and swap are used up so far:
 * neither may be negative. */
void killer_set_room(const struct snapshot *now, int64_t mem_room_kib, int64_t swap_room_kib,
	struct killer_view *view);

/**
 * Fill the room and act.
 *
 * @limits  of SIGTERM, of SIGKILL
 * Returns false, and fills nothing, where a number is unknown.
 */
bool killer_room(const struct snapshot *now, int64_t available_kib,
	const struct killer_limit limits[2], struct killer_view *view);

/** Take one process: fills victim, n_victims and gives_back_kib. */
void killer_take_task(const struct snapshot *now, uint32_t task, struct killer_view *view);

/** Whom the kernel would kill now; NO_TASK if nobody. */
uint32_t killer_of_kernel(const struct oom *machine);

/** Lower worth to this, and say why; a worth that is lower already stays. */
void killer_doubt(struct killer_view *view, enum killer_worth worth, const char *why);

/** How much is known before its own affairs are looked at: where its settings are from, and
 * whether all processes can be seen. */
void killer_begin(
	const struct snapshot *now, const struct killer *killer, struct killer_view *view);

#endif
