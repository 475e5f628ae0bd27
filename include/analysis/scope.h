/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Where memory is short: the whole machine, or one memory cgroup at its limit; who can be
 * killed there, and what the scores are shares of.
 */
#ifndef OOMWATCH_ANALYSIS_SCOPE_H
#define OOMWATCH_ANALYSIS_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"

enum scope_kind {
	SCOPE_SYSTEM,
	SCOPE_MEMCG,
};

#define SCOPE_PATH_MAX 512

/** A scope as the user names it; it need not exist (any more). */
struct scope_choice {
	enum scope_kind kind;
	char path[SCOPE_PATH_MAX]; /**< of the cgroup, as /proc/PID/cgroup spells it */
};

/** A scope of one snapshot. */
struct scope {
	enum scope_kind kind;
	uint32_t memcg; /**< index in snapshot->memcgs, NO_MEMCG for the machine */
};

#define SCOPE_OF_SYSTEM                                 \
	{                                               \
		.kind = SCOPE_SYSTEM, .memcg = NO_MEMCG \
	}

/** Find what was chosen; false if there is no such cgroup in the snapshot: *ret is the machine. */
bool scope_find(const struct snapshot *now, const struct scope_choice *choice, struct scope *ret);

/** The cgroup of a process, NO_MEMCG if it is not known. */
uint32_t scope_memcg_of(const struct snapshot *now, const struct task *task);

/** The next one above whose counters what is charged to a cgroup counts in too: its parent,
 * unless that is flat; NO_MEMCG at the top. */
uint32_t scope_charged_above(const struct snapshot *now, uint32_t memcg);

/** Whether a cgroup is another one or lies below it. */
bool scope_is_within(const struct snapshot *now, uint32_t memcg, uint32_t above);

/** Whether the killer looks at a process in that scope (kernel.md 1.4, 9). */
bool scope_contains(const struct snapshot *now, const struct scope *scope, const struct task *task);

/** T: RAM and swap of the machine, or by kernel.md 2.3 what the cgroup's own limits and
 * swappiness make of it, at least 1; VALUE_UNKNOWN if one of them could not be read. */
int64_t scope_totalpages(const struct snapshot *now, const struct scope *scope);

/** "system", "cgroup:/path"; as in JSON. */
void scope_id(const struct snapshot *now, const struct scope *scope, struct text *text);

/** For people: "machine", a unit, pod or container name, else the end of the path; never a bare
 * id.  Clean. */
void scope_words(const struct snapshot *now, const struct scope *scope, struct text *text);

/** The cgroup on the way from a process's own to the top that would refuse its memory first: the
 * least headroom (kernel.md 9); NO_MEMCG if none there has a limit. */
uint32_t scope_binding(const struct snapshot *now, const struct task *task);

#endif
