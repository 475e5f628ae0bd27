/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What the system's own files say about memory.  Every number is VALUE_UNKNOWN until
 * it was read.
 */
#ifndef OOMWATCH_MODEL_MEMORY_H
#define OOMWATCH_MODEL_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/value.h"

/** /proc/meminfo, in KiB but for the two page counts. */
struct meminfo {
	int64_t mem_total_kib;
	int64_t mem_free_kib;
	int64_t mem_available_kib; /**< since 3.14 */
	int64_t buffers_kib;
	int64_t cached_kib; /**< page cache with shmem, without buffers and swap cache */
	int64_t swap_cached_kib;
	int64_t active_anon_kib;
	int64_t inactive_anon_kib;
	int64_t active_file_kib;
	int64_t inactive_file_kib;
	int64_t unevictable_kib;
	int64_t mlocked_kib;
	int64_t swap_total_kib;
	int64_t swap_free_kib;
	int64_t zswap_kib;    /**< RAM that compressed pages take */
	int64_t zswapped_kib; /**< what they were before */
	int64_t dirty_kib;
	int64_t writeback_kib;
	int64_t anon_kib; /**< AnonPages */
	int64_t mapped_kib;
	int64_t shmem_kib;
	int64_t kreclaimable_kib;
	int64_t slab_kib;
	int64_t slab_reclaimable_kib;
	int64_t slab_unreclaimable_kib;
	int64_t kernel_stack_kib;
	int64_t page_tables_kib;
	int64_t sec_page_tables_kib;
	int64_t bounce_kib;
	int64_t commit_limit_kib;
	int64_t committed_as_kib;
	int64_t vmalloc_used_kib;
	int64_t percpu_kib;
	int64_t hardware_corrupted_kib;
	int64_t anon_huge_kib;
	int64_t cma_total_kib;
	int64_t cma_free_kib;
	int64_t unaccepted_kib;
	int64_t balloon_kib;
	int64_t huge_pages_total; /**< count, of the default size */
	int64_t huge_pages_free;  /**< count */
	int64_t huge_page_kib;    /**< default size */
	int64_t hugetlb_kib;      /**< of all sizes, since 4.15 */
};

/** /proc/vmstat: counters since boot, summed over zones and variants. */
struct vmstat {
	int64_t pgscan_kswapd;  /**< pages */
	int64_t pgscan_direct;  /**< pages */
	int64_t pgsteal_kswapd; /**< pages */
	int64_t pgsteal_direct; /**< pages */
	int64_t allocstall;     /**< entries into direct reclaim */
	int64_t pgscan_direct_throttle;
	int64_t workingset_refault; /**< pages, anon and file */
	int64_t workingset_activate;
	int64_t workingset_restore;
	int64_t pswpin;  /**< pages */
	int64_t pswpout; /**< pages */
	int64_t pgmajfault;
	int64_t pageoutrun; /**< kswapd runs */
	int64_t kswapd_low_wmark_hit_quickly;
	int64_t kswapd_high_wmark_hit_quickly;
	int64_t compact_stall;
	int64_t compact_fail;
	int64_t compact_success;
	int64_t drop_pagecache; /**< writes to drop_caches */
	int64_t drop_slab;
	int64_t oom_kill; /**< processes killed by any OOM, since 4.13 */
};

/** One line of /proc/pressure/memory. */
struct pressure_line {
	int64_t avg10_centi; /**< hundredths of a percent of time */
	int64_t avg60_centi;
	int64_t avg300_centi;
	int64_t total_us; /**< microseconds since boot */
};

/** /proc/pressure/memory. */
struct pressure {
	struct pressure_line some;
	struct pressure_line full;
};

/** /proc/sys/vm and friends, one number each. */
struct knobs {
	int64_t panic_on_oom;
	int64_t oom_kill_allocating_task;
	int64_t oom_dump_tasks;
	int64_t overcommit_memory;
	int64_t overcommit_ratio;
	int64_t overcommit_kbytes;
	int64_t swappiness;
	int64_t min_free_kbytes;
	int64_t watermark_scale_factor;
	int64_t watermark_boost_factor;
	int64_t extfrag_threshold;
	int64_t admin_reserve_kbytes;
	int64_t user_reserve_kbytes;
	int64_t nr_hugepages;
	int64_t lru_gen_enabled;    /**< bit mask, /sys/kernel/mm/lru_gen/enabled */
	int64_t lru_gen_min_ttl_ms; /**< > 0: kswapd may call the killer with cache left */
	int64_t zswap_enabled;      /**< 0 or 1, /sys/module/zswap/parameters/enabled */
};

#define SWAPS_MAX 32

/** One line of /proc/swaps. */
struct swap_area {
	char name[64]; /**< path as printed, foreign text */
	int64_t size_kib;
	int64_t used_kib;
	int64_t priority;
	bool zram; /**< a zram device: what it holds takes RAM */
};

struct swaps {
	struct swap_area area[SWAPS_MAX];
	unsigned n_areas;
};

/** Set every number of a struct of int64_t members (size bytes of it) to VALUE_UNKNOWN. */
void values_forget(void *values, size_t size);

#endif
