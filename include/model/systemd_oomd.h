/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Which cgroups systemd-oomd chooses from, as far as snapshot->memcgs tells: one without
 * processes in or below it is not listed, so whatever has only such ones below it looks like a
 * leaf.
 */
#ifndef OOMWATCH_MODEL_SYSTEMD_OOMD_H
#define OOMWATCH_MODEL_SYSTEMD_OOMD_H

#include "model/snapshot.h"

/** Whether the whole hierarchy is a memcg of its own ("/"): in a container. */
bool systemd_oomd_lists_root(const struct snapshot *snapshot);

/** Mark those that have others below them: inner[i] 1, else 0; room for n_memcgs. */
void systemd_oomd_find_inner(const struct snapshot *snapshot, uint8_t *inner);

/**
 * Whether a cgroup would be killed for a monitored one (NO_MEMCG: the whole hierarchy): it lies
 * below it, is a leaf or has memory.oom.group 1, and none between them has that; itself only if
 * it is a leaf.  recursively_get_cgroup_context() of systemd's oomd-manager.c.
 */
bool systemd_oomd_is_candidate(
	const struct snapshot *snapshot, const uint8_t *inner, uint32_t memcg, uint32_t monitored);

#endif
