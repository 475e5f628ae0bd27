/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/explain_parts.h"

static int64_t minus(int64_t a, int64_t b)
{
	return value_known(b) ? value_add(a, -b) : VALUE_UNKNOWN;
}

/* What no kernel counts is not known; an unknown value is negative too. */
static int64_t counted(int64_t value)
{
	return value < 0 ? VALUE_UNKNOWN : value;
}

static int64_t pages_of_kib(const struct oom_report *report, int64_t kib)
{
	return kib >= 0 ? kib / value_max(report->page_bytes / 1024, 1) : VALUE_UNKNOWN;
}

/* The sum of those that are known; unknown if none is. */
static int64_t sum3(int64_t a, int64_t b, int64_t c)
{
	if (a < 0 && b < 0 && c < 0)
		return VALUE_UNKNOWN;
	return value_add(value_max(a, 0), value_add(value_max(b, 0), value_max(c, 0)));
}

/* "pages RAM" are the present pages of all zones, "pages reserved" those of them that the
 * allocator never got (lib/show_mem.c).  Poisoned pages stay in the kernel's total. */
static int64_t total_pages(const struct oom_report *report)
{
	const int64_t total =
		minus(counted(report->mem.ram_pages), counted(report->mem.reserved_pages));
	int64_t managed = 0;

	if (value_known(total) && total > 0)
		return total;
	/* Zones that the request cannot use, and nodes, may be left out of the list. */
	for (uint32_t i = 0; i < report->n_zones; i++)
		managed = value_add(managed, report->zones[i].zone.managed_pages);
	return report->n_zones > 0 && !value_known(report->mem.ram_pages) && managed > 0
		? managed
		: VALUE_UNKNOWN;
}

static int64_t stack_pages(const struct oom_report *report)
{
	int64_t nodes = VALUE_UNKNOWN, zones = VALUE_UNKNOWN;

	for (uint32_t i = 0; i < report->n_nodes; i++)
		nodes = sum3(nodes, report->nodes[i].kernel_stack_kib, VALUE_UNKNOWN);
	if (value_known(nodes))
		return pages_of_kib(report, nodes);
	for (uint32_t i = 0; i < report->n_zones; i++)
		zones = sum3(zones, report->zones[i].kernel_stack_pages, VALUE_UNKNOWN);
	return zones;
}

static void add_hugetlb(const struct oom_report *report, struct explained_memory *memory)
{
	int64_t total = 0, free = 0;

	if (report->n_huge == 0)
		return;
	for (uint32_t i = 0; i < report->n_huge; i++) {
		const struct report_huge *huge = &report->huge[i];

		total = value_add(total, value_mul(counted(huge->total), counted(huge->size_kib)));
		free = value_add(free, value_mul(counted(huge->free), counted(huge->size_kib)));
	}
	memory->hugetlb = pages_of_kib(report, total);
	memory->hugetlb_free = pages_of_kib(report, free);
}

static int64_t other_pages(const struct oom_report *report)
{
	int64_t pages =
		sum3(report->mem.bounce_pages, report->mem.kernel_misc_reclaimable_pages, 0);

	for (uint32_t i = 0; i < report->n_nodes; i++)
		pages = value_add(
			pages, value_or(pages_of_kib(report, report->nodes[i].balloon_kib), 0));
	for (uint32_t i = 0; i < report->n_zones; i++)
		pages = value_add(pages, value_max(report->zones[i].zspages_pages, 0));
	return pages;
}

static int64_t unaccounted(const struct explained_memory *memory)
{
	const int64_t listed[] = { memory->free, memory->anon, memory->locked, memory->shmem,
		memory->cache, memory->slab_reclaimable, memory->slab_unreclaimable,
		memory->page_tables, memory->stacks, memory->hugetlb, memory->other };
	int64_t rest = memory->total;

	if (!value_known(memory->total) || !value_known(memory->free) ||
		!value_known(memory->anon) || !value_known(memory->slab_unreclaimable))
		return VALUE_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(listed); i++)
		rest = minus(rest, value_or(listed[i], 0));
	return value_max(rest, 0);
}

/* Locked shared memory is on the list of what cannot be evicted, and in shmem too: at least what
 * the lists of anonymous memory have no room for. */
static int64_t locked_pages(int64_t unevictable, int64_t shmem, int64_t anon_lru)
{
	const int64_t beyond = minus(shmem, anon_lru);

	if (!value_known(unevictable) || !value_known(beyond))
		return unevictable;
	return value_max(minus(unevictable, value_max(beyond, 0)), 0);
}

void explain_memory(struct explained *explained)
{
	const struct oom_report *report = explained->report;
	const struct report_mem *mem = &report->mem;
	struct explained_memory *memory = &explained->memory;
	const int64_t anon_lru =
		sum3(mem->active_anon_pages, mem->inactive_anon_pages, mem->isolated_anon_pages);

	*memory = (struct explained_memory){ .hugetlb = VALUE_UNKNOWN,
		.hugetlb_free = VALUE_UNKNOWN };
	memory->total = total_pages(report);
	memory->free = sum3(mem->free_pages, mem->free_pcp_pages, VALUE_UNKNOWN);
	memory->shmem = counted(mem->shmem_pages);
	/* tmpfs and shared memory are on the lists of anonymous memory (mm/swap.c). */
	memory->anon = value_known(anon_lru)
		? value_max(minus(anon_lru, value_or(memory->shmem, 0)), 0)
		: VALUE_UNKNOWN;
	memory->locked = locked_pages(counted(mem->unevictable_pages), memory->shmem, anon_lru);
	memory->cache =
		sum3(mem->active_file_pages, mem->inactive_file_pages, mem->isolated_file_pages);
	memory->slab_reclaimable = counted(mem->slab_reclaimable_pages);
	memory->slab_unreclaimable = counted(mem->slab_unreclaimable_pages);
	memory->page_tables = sum3(mem->pagetables_pages, mem->sec_pagetables_pages, VALUE_UNKNOWN);
	memory->stacks = stack_pages(report);
	add_hugetlb(report, memory);
	memory->other = other_pages(report);
	memory->swap_total = pages_of_kib(report, report->swap_total_kib);
	memory->swap_free = pages_of_kib(report, report->swap_free_kib);
	memory->cma_free = counted(mem->free_cma_pages);
	memory->unaccounted = unaccounted(memory);
}
