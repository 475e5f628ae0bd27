/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Where memory is short: the whole machine, one memory cgroup at its limit, or one set of NUMA
 * nodes; who can be killed there, and what the scores are shares of.
 */
#ifndef OOMWATCH_ANALYSIS_SCOPE_H
#define OOMWATCH_ANALYSIS_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"

enum scope_kind {
	SCOPE_SYSTEM,
	SCOPE_MEMCG,
	SCOPE_NODES,
	SCOPE_KILLER, /**< not the kernel's: a userspace killer at its trigger; of risks alone */
};

#define SCOPE_PATH_MAX 512

/** A scope as the user names it; it need not exist (any more). */
struct scope_choice {
	enum scope_kind kind;
	char path[SCOPE_PATH_MAX]; /**< of the cgroup, as /proc/PID/cgroup spells it */
	struct node_set nodes;     /**< of SCOPE_NODES, else empty */
};

/** A scope of one snapshot. */
struct scope {
	enum scope_kind kind;
	uint32_t memcg;        /**< index in snapshot->memcgs; NO_MEMCG but for SCOPE_MEMCG */
	uint32_t killer;       /**< index in snapshot->killers; valid with SCOPE_KILLER */
	struct node_set nodes; /**< of SCOPE_NODES, else empty */
	bool policy; /**< with SCOPE_NODES: no cpuset is like this, so it would be a memory policy's
	                  OOM, which passes nobody over that can be seen */
};

#define SCOPE_OF_SYSTEM                                 \
	{                                               \
		.kind = SCOPE_SYSTEM, .memcg = NO_MEMCG \
	}

/** Find what was chosen; false if there is no such cgroup in the snapshot, or none of the nodes
 * has memory: *ret is the machine. */
bool scope_find(const struct snapshot *now, const struct scope_choice *choice, struct scope *ret);

/**
 * The scope of a set of nodes, of which those without memory are left out.  False if none has
 * any: *ret is the machine.
 */
bool scope_of_nodes(const struct snapshot *now, const struct node_set *nodes, struct scope *ret);

/** The nodes that a process is confined to by its cpuset; NULL: not known. */
const struct node_set *scope_nodes_of(const struct snapshot *now, const struct task *task);

/** Whether the scope is a set of nodes that leaves out one with memory: an OOM there is not the
 * machine's. */
bool scope_is_part(const struct snapshot *now, const struct scope *scope);

/** Pages that all zones of a set of nodes have for the allocator; VALUE_UNKNOWN if they could not
 * be read. */
int64_t scope_managed_pages(const struct snapshot *now, const struct node_set *nodes);

/** Those of them on the lists of anonymous memory. */
int64_t scope_anon_pages(const struct snapshot *now, const struct node_set *nodes);

/** The cgroup of a process, NO_MEMCG if it is not known. */
uint32_t scope_memcg_of(const struct snapshot *now, const struct task *task);

/** The next one above whose counters what is charged to a cgroup counts in too: its parent,
 * unless that is flat; NO_MEMCG at the top. */
uint32_t scope_charged_above(const struct snapshot *now, uint32_t memcg);

/** Whether a cgroup is another one or lies below it. */
bool scope_is_within(const struct snapshot *now, uint32_t memcg, uint32_t above);

/** Whether the killer looks at a process in that scope (kernel.md 1.4, 9).  A process whose nodes
 * are not known may be anywhere. */
bool scope_contains(const struct snapshot *now, const struct scope *scope, const struct task *task);

/** T: RAM and swap of the machine; by kernel.md 2.3 what the cgroup's own limits and swappiness
 * make of it; swap and what the nodes have (1.3); at least 1.  VALUE_UNKNOWN if one of them could
 * not be read. */
int64_t scope_totalpages(const struct snapshot *now, const struct scope *scope);

bool scope_same(const struct scope *a, const struct scope *b);

/** "system", "cgroup:/path", "nodes:0-1", "killer:earlyoom"; as in JSON. */
void scope_id(const struct snapshot *now, const struct scope *scope, struct text *text);

/** For people: "machine", "node 0", "nodes 0-1", the killer's name, a unit, pod or container name, else the end of the path; never a bare
 * id.  Clean. */
void scope_words(const struct snapshot *now, const struct scope *scope, struct text *text);

/** The end of a cgroup path, with what is above it where that end is an id.  Clean. */
void scope_path_words(const char *path, struct text *text);

/** The cgroup on the way from a process's own to the top that would refuse its memory first: the
 * least headroom (kernel.md 9); NO_MEMCG if none there has a limit. */
uint32_t scope_binding(const struct snapshot *now, const struct task *task);

#endif
