/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Where the memory is: the parts of MemTotal, with the one that nobody explains.
 */
#ifndef OOMWATCH_ANALYSIS_ACCOUNT_H
#define OOMWATCH_ANALYSIS_ACCOUNT_H

#include <stdint.h>

#include "analysis/victim.h"
#include "model/snapshot.h"

/**
 * All in KiB; VALUE_UNKNOWN where a needed line is missing.
 *
 * free + anon + shmem + cache + kernel + hugetlb + unaccounted = total, but where the
 * kernel's counters, read at slightly different moments, add up to more than the total.
 * Lines that older kernels do not print are left out of the sums, so there unaccounted
 * is larger.
 */
struct account {
	int64_t total_kib;
	int64_t free_kib;
	int64_t anon_kib;    /**< anonymous memory of processes, with the swap cache behind it */
	int64_t shmem_kib;   /**< tmpfs and shared memory: no kill of a process frees tmpfs files */
	int64_t cache_kib;   /**< file pages with buffers, without shmem */
	int64_t kernel_kib;  /**< slab, stacks, page tables, percpu, vmalloc, zswap, bounce */
	int64_t hugetlb_kib; /**< reserved for huge pages, used or not */
	int64_t unaccounted_kib; /**< what is left of the total: drivers, GPU, balloons, leaks */
	int64_t swap_total_kib;
	int64_t swap_used_kib;
	/** Private memory and page tables of processes that the killer may take, and of those
	 * that are exempt; of those that could be read. */
	int64_t killable_kib;
	int64_t protected_kib;
};

/** @oom  as of victim_judge(), or NULL: killable and protected stay unknown. */
void account_of(const struct snapshot *snapshot, const struct oom *oom, struct account *ret);

/**
 * Memory that no reclaim and no swapping can take from the kernel, in KiB: unreclaimable
 * slab, stacks, page tables, percpu, huge pages.  VALUE_UNKNOWN without the slab line.
 */
int64_t account_pinned_kib(const struct meminfo *mem);

#endif
