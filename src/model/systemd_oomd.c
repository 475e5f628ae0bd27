/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/systemd_oomd.h"

#include <string.h>

/* Parents stand before their children: what says otherwise has none. */
static uint32_t parent_of(const struct snapshot *snapshot, uint32_t memcg)
{
	const uint32_t parent = snapshot->memcgs[memcg].parent;

	return parent < memcg ? parent : NO_MEMCG;
}

bool systemd_oomd_lists_root(const struct snapshot *snapshot)
{
	return snapshot->n_memcgs > 0 && strcmp(snapshot->memcgs[0].path, "/") == 0;
}

void systemd_oomd_find_inner(const struct snapshot *snapshot, uint8_t *inner)
{
	if (snapshot->n_memcgs > 0)
		memset(inner, 0, snapshot->n_memcgs);
	for (uint32_t i = 0; i < snapshot->n_memcgs; i++) {
		if (parent_of(snapshot, i) != NO_MEMCG)
			inner[parent_of(snapshot, i)] = 1;
	}
}

bool systemd_oomd_is_candidate(
	const struct snapshot *snapshot, const uint8_t *inner, uint32_t memcg, uint32_t monitored)
{
	uint32_t above;

	if (memcg == monitored)
		return memcg != NO_MEMCG && !inner[memcg];
	if (inner[memcg] && snapshot->memcgs[memcg].oom_group != 1)
		return false;
	for (above = parent_of(snapshot, memcg); above != monitored && above != NO_MEMCG;
		above = parent_of(snapshot, above)) {
		if (snapshot->memcgs[above].oom_group == 1)
			return false;
	}
	return above == monitored;
}
