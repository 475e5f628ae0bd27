/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/account.h"

#include <stddef.h>

/** a - b, saturating; unknown if one of them is. */
static int64_t minus(int64_t a, int64_t b)
{
	int64_t rest;

	if (!value_known(a) || !value_known(b))
		return VALUE_UNKNOWN;
	if (__builtin_sub_overflow(a, b, &rest))
		return a > 0 ? INT64_MAX : INT64_MIN + 1;
	return rest;
}

/** a - b of a part that cannot be less than nothing. */
static int64_t rest_of(int64_t a, int64_t b)
{
	const int64_t rest = minus(a, b);

	return value_known(rest) ? value_max(rest, 0) : rest;
}

/** The sum of the known ones; 0 if none is. */
static int64_t sum_known(const int64_t *values, size_t count)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum = value_add(sum, value_or(values[i], 0));
	return sum;
}

static int64_t slab_kib(const struct meminfo *mem)
{
	if (value_known(mem->slab_kib))
		return mem->slab_kib;
	return value_add(mem->slab_reclaimable_kib, mem->slab_unreclaimable_kib);
}

static int64_t hugetlb_kib(const struct meminfo *mem)
{
	if (value_known(mem->hugetlb_kib))
		return mem->hugetlb_kib;
	return value_mul(mem->huge_pages_total, mem->huge_page_kib);
}

/**
 * Pages in the swap cache that no process has mapped.
 *
 * A mapped page of the swap cache is in AnonPages too, so SwapCached must not simply be
 * added.  The anon LRU lists hold both kinds and shmem: what they hold beyond AnonPages
 * and Shmem is not mapped.  (Locked pages are on the unevictable list, so this is a lower
 * bound.)
 */
static int64_t unmapped_swap_cache_kib(const struct meminfo *mem)
{
	const int64_t lru = value_add(mem->active_anon_kib, mem->inactive_anon_kib);
	const int64_t beyond = rest_of(lru, value_add(mem->anon_kib, mem->shmem_kib));

	if (!value_known(mem->swap_cached_kib) || !value_known(beyond))
		return 0;
	return value_min(mem->swap_cached_kib, beyond);
}

/** Stacks of tasks are vmalloc memory where VMAP_STACK is set, and have their own line. */
static int64_t vmalloc_kib(const struct snapshot *snapshot)
{
	if (!snapshot->kernel.vmalloc_used_pages)
		return VALUE_UNKNOWN;
	return rest_of(snapshot->mem.vmalloc_used_kib, value_or(snapshot->mem.kernel_stack_kib, 0));
}

static int64_t kernel_kib(const struct snapshot *snapshot)
{
	const struct meminfo *mem = &snapshot->mem;
	const int64_t optional[] = {
		/* KReclaimable is SReclaimable and what drivers can give back besides. */
		rest_of(mem->kreclaimable_kib, mem->slab_reclaimable_kib),
		mem->kernel_stack_kib,
		mem->page_tables_kib,
		mem->sec_page_tables_kib,
		mem->percpu_kib,
		vmalloc_kib(snapshot),
		mem->zswap_kib,
		mem->bounce_kib,
		mem->hardware_corrupted_kib,
	};

	return value_add(slab_kib(mem), sum_known(optional, ARRAY_SIZE(optional)));
}

int64_t account_pinned_kib(const struct meminfo *mem)
{
	const int64_t optional[] = {
		mem->kernel_stack_kib,
		mem->page_tables_kib,
		mem->percpu_kib,
		hugetlb_kib(mem),
	};

	return value_add(mem->slab_unreclaimable_kib, sum_known(optional, ARRAY_SIZE(optional)));
}

static void account_tasks(
	const struct snapshot *snapshot, const struct oom *oom, struct account *account)
{
	for (uint32_t i = 0; i < snapshot->n_tasks; i++) {
		const enum exempt exempt = oom->judged[i].exempt;
		int64_t *sum =
			exempt == EXEMPT_NONE ? &account->killable_kib : &account->protected_kib;
		int64_t kib;

		if (exempt == EXEMPT_KTHREAD || exempt == EXEMPT_UNREADABLE)
			continue;
		kib = victim_gives_back_kib(snapshot, &snapshot->tasks[i]);
		if (value_known(kib))
			*sum = value_add(value_or(*sum, 0), kib);
	}
}

void account_of(const struct snapshot *snapshot, const struct oom *oom, struct account *ret)
{
	const struct meminfo *mem = &snapshot->mem;
	int64_t known;

	*ret = (struct account){
		.total_kib = mem->mem_total_kib,
		.free_kib = mem->mem_free_kib,
		.anon_kib = value_add(mem->anon_kib, unmapped_swap_cache_kib(mem)),
		.shmem_kib = mem->shmem_kib,
		.cache_kib = rest_of(value_add(mem->buffers_kib, mem->cached_kib), mem->shmem_kib),
		.kernel_kib = kernel_kib(snapshot),
		.hugetlb_kib = hugetlb_kib(mem),
		.swap_total_kib = mem->swap_total_kib,
		.swap_used_kib = rest_of(mem->swap_total_kib, mem->swap_free_kib),
		.killable_kib = VALUE_UNKNOWN,
		.protected_kib = VALUE_UNKNOWN,
	};

	known = value_add(value_add(ret->free_kib, ret->anon_kib),
		value_add(ret->shmem_kib, value_add(ret->cache_kib, ret->kernel_kib)));
	known = value_add(known, value_or(ret->hugetlb_kib, 0));
	ret->unaccounted_kib = rest_of(ret->total_kib, known);

	/* Sums over a part of the processes are not the machine's. */
	if (oom && oom->judged && snapshot->partial != PARTIAL_KEPT)
		account_tasks(snapshot, oom, ret);
}
