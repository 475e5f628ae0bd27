/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * How the candidates stand to each other, now or some seconds from now.  A part of
 * analysis/victim, which judges what is, and of its foretelling, which looks ahead.
 */
#ifndef OOMWATCH_ANALYSIS_STANDING_H
#define OOMWATCH_ANALYSIS_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/victim.h"

/** The tasks of snapshot and their scores in oom->judged, at one moment. */
struct standing {
	const struct snapshot *snapshot;
	const struct oom *oom;
	int64_t seconds; /**< from now; 0: as judged */
};

/** Growth in bytes a second: the slope of 10 s if it is positive, else of a minute; 0 if
 * neither is known. */
int64_t standing_growth(const struct task *task);

/** The score in the formula's own unit, with the growth until then. */
int64_t standing_total(const struct standing *standing, uint32_t task);

/** Whether the scan prefers a to b: by score, then by order of creation. */
bool standing_before(const struct standing *standing, uint32_t a, uint32_t b);

/** Which of two equal scores the scan prefers: a. */
bool standing_wins_tie(const struct snapshot *snapshot, uint32_t a, uint32_t b);

/** Which of two children with those scores dies for its parent: a. */
bool standing_child_wins(
	const struct snapshot *snapshot, uint32_t a, int64_t total_a, uint32_t b, int64_t total_b);

/** The candidate that the scan chooses, or NO_TASK. */
uint32_t standing_first(const struct standing *standing);

/** The child that dies instead of the chosen task, or NO_TASK (kernels before 5.1). */
uint32_t standing_child(const struct standing *standing, uint32_t chosen);

/** Whether a task is a child that could be killed for its parent. */
bool standing_is_child(const struct standing *standing, uint32_t chosen, uint32_t task);

#endif
