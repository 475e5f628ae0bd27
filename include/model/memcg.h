/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * One memory cgroup as it was seen at one instant.
 *
 * Listed are those that hold processes, and all above them; a cgroup without processes has
 * nobody who could be killed.  Parents stand before their children.
 */
#ifndef OOMWATCH_MODEL_MEMCG_H
#define OOMWATCH_MODEL_MEMCG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/value.h"
#include "model/memory.h"

/** No limit: "max", or v1's 9223372036854771712. */
#define MEMCG_UNLIMITED INT64_MAX

/** No cgroup: a task whose cgroup is not known, the parent of the topmost. */
#define NO_MEMCG UINT32_MAX

/** Bytes; VALUE_UNKNOWN where not read, or where this version has no such file. */
struct memcg {
	const char *path;      /**< as /proc/PID/cgroup spells it; foreign text, never NULL */
	const char *unit;      /**< systemd unit of the path, NULL if none */
	const char *container; /**< container or pod of the path, NULL if none */
	uint32_t parent;       /**< index in snapshot->memcgs, or NO_MEMCG */
	uint32_t n_tasks;      /**< processes in it and below */
	int32_t version;       /**< 1 or 2 */
	bool flat; /**< v1 without memory.use_hierarchy: what is below does not count here */
	int64_t usage_bytes;     /**< memory.current, memory.usage_in_bytes */
	int64_t max_bytes;       /**< memory.max, memory.limit_in_bytes; or MEMCG_UNLIMITED */
	int64_t high_bytes;      /**< memory.high (v2); or MEMCG_UNLIMITED */
	int64_t swap_bytes;      /**< memory.swap.current; v1: memsw usage - usage */
	int64_t swap_max_bytes;  /**< memory.swap.max (v2); or MEMCG_UNLIMITED */
	int64_t memsw_bytes;     /**< v1: memory.memsw.usage_in_bytes */
	int64_t memsw_max_bytes; /**< v1: memory.memsw.limit_in_bytes; or MEMCG_UNLIMITED */
	int64_t swappiness; /**< v1: memory.swappiness; v2: VALUE_UNKNOWN, vm.swappiness counts */
	int64_t min_bytes, low_bytes; /**< memory.min, memory.low (v2), read where a killer looks at
	                                   them; or MEMCG_UNLIMITED */
	int64_t oom_group;            /**< v2: 0 or 1 */
	int64_t oom_kill_disable;     /**< v1: 0 or 1 */
	int64_t under_oom;            /**< v1: 0 or 1: its tasks wait now */

	/* Counters since it was made; v1: failcnt is events_max, oom_kill of oom_control. */
	int64_t events_high, events_max, events_oom, events_oom_kill;

	/* memory.stat and memory.pressure flush statistics: read of suspects alone (near a limit,
	 * events rising, on the screen); hierarchical values. */
	int64_t stat_file_bytes;  /**< inactive_file + active_file */
	int64_t stat_dirty_bytes; /**< file_dirty + file_writeback */
	int64_t stat_mapped_bytes;
	int64_t stat_slab_reclaimable_bytes;
	int64_t stat_anon_bytes;
	int64_t stat_shmem_bytes;
	int64_t stat_pgscan_pages; /**< pages scanned by reclaim, a counter; v2 */
	int64_t stat_uptime_ms;    /**< when memory.stat was read; VALUE_UNKNOWN never */
	struct pressure pressure;
};

/** Whether what was read of a file with a limit is one. */
static inline bool memcg_is_limit(int64_t bytes)
{
	return value_known(bytes) && bytes != MEMCG_UNLIMITED;
}

static inline bool memcg_is_limited(const struct memcg *memcg)
{
	return memcg_is_limit(memcg->max_bytes) || memcg_is_limit(memcg->memsw_max_bytes);
}

#endif
