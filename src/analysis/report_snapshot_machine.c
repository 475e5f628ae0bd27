/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "analysis/report_snapshot_parts.h"

static int64_t kib_of_pages(const struct oom_report *report, int64_t pages)
{
	return pages < 0 ? VALUE_UNKNOWN : explain_kib(report, pages);
}

static int64_t counted(int64_t value)
{
	return value < 0 ? VALUE_UNKNOWN : value;
}

static int64_t bytes_of_kib(int64_t kib)
{
	if (kib == REPORT_NO_LIMIT)
		return MEMCG_UNLIMITED;
	return kib < 0 ? VALUE_UNKNOWN : value_min(value_mul(kib, 1024), MEMCG_UNLIMITED - 1);
}

/* The lists say where memory is, as in explain/memory: what is locked is on a list of its own,
 * which on a live machine counts as anonymous or file memory. */
static void set_meminfo(const struct explained *explained, struct meminfo *mem)
{
	const struct oom_report *report = explained->report;
	const struct explained_memory *memory = &explained->memory;
	const struct report_mem *printed = &report->mem;
	const struct {
		int64_t *to;
		int64_t pages;
	} sizes[] = {
		{ &mem->mem_total_kib, memory->total },
		{ &mem->mem_free_kib, memory->free },
		{ &mem->cached_kib, value_add(memory->cache, value_or(memory->shmem, 0)) },
		{ &mem->swap_cached_kib, printed->swap_cache_pages },
		{ &mem->active_anon_kib, printed->active_anon_pages },
		{ &mem->inactive_anon_kib, printed->inactive_anon_pages },
		{ &mem->active_file_kib, printed->active_file_pages },
		{ &mem->inactive_file_kib, printed->inactive_file_pages },
		{ &mem->unevictable_kib, printed->unevictable_pages },
		{ &mem->dirty_kib, printed->dirty_pages },
		{ &mem->writeback_kib, printed->writeback_pages },
		{ &mem->anon_kib, value_add(memory->anon, value_or(memory->locked, 0)) },
		{ &mem->mapped_kib, printed->mapped_pages },
		{ &mem->shmem_kib, memory->shmem },
		{ &mem->kreclaimable_kib,
			value_add(memory->slab_reclaimable,
				value_max(printed->kernel_misc_reclaimable_pages, 0)) },
		{ &mem->slab_kib, printed->slab_pages },
		{ &mem->slab_reclaimable_kib, memory->slab_reclaimable },
		{ &mem->slab_unreclaimable_kib, memory->slab_unreclaimable },
		{ &mem->kernel_stack_kib, memory->stacks },
		{ &mem->page_tables_kib, printed->pagetables_pages },
		{ &mem->sec_page_tables_kib, printed->sec_pagetables_pages },
		{ &mem->bounce_kib, printed->bounce_pages },
		{ &mem->cma_total_kib, printed->cma_reserved_pages },
		{ &mem->cma_free_kib, memory->cma_free },
		{ &mem->hardware_corrupted_kib, printed->hwpoisoned_pages },
		{ &mem->hugetlb_kib, memory->hugetlb },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		*sizes[i].to = kib_of_pages(report, sizes[i].pages);
	/* Buffers are in the count of file pages. */
	mem->buffers_kib = value_known(mem->cached_kib) ? 0 : VALUE_UNKNOWN;
	mem->swap_total_kib = counted(report->swap_total_kib);
	mem->swap_free_kib = counted(report->swap_free_kib);
}

/* Where all huge pages are of one size, that is what meminfo counts. */
static void set_huge(const struct oom_report *report, struct meminfo *mem)
{
	int64_t total = 0, free = 0;

	if (report->n_huge == 0)
		return;
	for (uint32_t i = 0; i < report->n_huge; i++) {
		if (report->huge[i].size_kib != report->huge[0].size_kib)
			return;
		total = value_add(total, counted(report->huge[i].total));
		free = value_add(free, counted(report->huge[i].free));
	}
	mem->huge_page_kib = counted(report->huge[0].size_kib);
	mem->huge_pages_total = total;
	mem->huge_pages_free = free;
}

static bool gave_up(const struct oom_report *report, int node)
{
	for (uint32_t i = 0; i < report->n_nodes; i++) {
		if (report->nodes[i].node == node)
			return report->nodes[i].all_unreclaimable;
	}
	return false;
}

static int set_zones(const struct oom_report *report, struct snapshot *snapshot)
{
	if (report->n_zones == 0)
		return 0;
	snapshot->zones = arena_array(&snapshot->arena, report->n_zones, sizeof(struct zone));
	if (!snapshot->zones)
		return -ENOMEM;
	for (uint32_t i = 0; i < report->n_zones && i < ZONES_MAX; i++) {
		struct zone *zone = &snapshot->zones[snapshot->n_zones++];

		*zone = report->zones[i].zone;
		if (gave_up(report, zone->node))
			zone->node_unreclaimable = true;
	}
	return 0;
}

int report_machine(const struct explained *explained, struct snapshot *snapshot)
{
	set_meminfo(explained, &snapshot->mem);
	set_huge(explained->report, &snapshot->mem);
	return set_zones(explained->report, snapshot);
}

/** The sum of the statistics of some names, as v2 and v1 have them. */
static int64_t stat_sum(const struct oom_report *report, const char *const *names)
{
	int64_t sum = VALUE_UNKNOWN;

	for (; *names; names++) {
		for (uint32_t i = 0; i < report->n_stats; i++) {
			if (strcmp(report->stats[i].name, *names) != 0 ||
				!value_known(report->stats[i].value))
				continue;
			sum = value_add(value_or(sum, 0), report->stats[i].value);
			break;
		}
	}
	return sum;
}

static void set_stats(
	const struct oom_report *report, const struct snapshot *snapshot, struct memcg *memcg)
{
	static const char *const file[] = { "inactive_file", "active_file", NULL };
	static const char *const dirty[] = { "file_dirty", "file_writeback", "dirty", "writeback",
		NULL };
	static const char *const mapped[] = { "file_mapped", "mapped_file", NULL };
	static const char *const slab[] = { "slab_reclaimable", NULL };
	static const char *const anon[] = { "anon", "rss", NULL };
	static const char *const shmem[] = { "shmem", NULL };

	memcg->stat_file_bytes = stat_sum(report, file);
	memcg->stat_dirty_bytes = stat_sum(report, dirty);
	memcg->stat_mapped_bytes = stat_sum(report, mapped);
	memcg->stat_slab_reclaimable_bytes = stat_sum(report, slab);
	memcg->stat_anon_bytes = stat_sum(report, anon);
	memcg->stat_shmem_bytes = stat_sum(report, shmem);
	memcg->stat_uptime_ms = snapshot->uptime_ms;
}

/* Only v1 counts memory and swap together, only v2 swap alone (mem_cgroup_print_oom_meminfo()). */
static int32_t version_of(const struct oom_report *report)
{
	return value_known(report->memory_swap.usage_kib) ||
			value_known(report->memory_swap.limit_kib)
		? 1
		: 2;
}

static void set_counters(const struct oom_report *report, struct memcg *memcg)
{
	memcg->usage_bytes = bytes_of_kib(report->memory.usage_kib);
	memcg->max_bytes = bytes_of_kib(report->memory.limit_kib);
	memcg->events_max = counted(report->memory.failures);
	memcg->oom_group =
		report->group_kill && report->group && strcmp(report->group, memcg->path) == 0
		? 1
		: VALUE_UNKNOWN;
	if (memcg->version == 2) {
		memcg->swap_bytes = bytes_of_kib(report->swap.usage_kib);
		memcg->swap_max_bytes = bytes_of_kib(report->swap.limit_kib);
		return;
	}
	memcg->memsw_bytes = bytes_of_kib(report->memory_swap.usage_kib);
	memcg->memsw_max_bytes = bytes_of_kib(report->memory_swap.limit_kib);
	if (value_known(memcg->memsw_bytes) && value_known(memcg->usage_bytes))
		memcg->swap_bytes = value_max(memcg->memsw_bytes - memcg->usage_bytes, 0);
}

/* A path is cut as those of scopes are, so that it can be found. */
static const char *path_of(const struct oom_report *report, struct arena *arena)
{
	const char *path = report->memcg && report->memcg[0] ? report->memcg : "(not named)";

	return arena_text(arena, path, strnlen(path, SCOPE_PATH_MAX - 1));
}

int report_memcg(const struct oom_report *report, struct snapshot *snapshot)
{
	struct memcg *memcg;

	if (report->constraint != REPORT_CONSTRAINT_MEMCG)
		return 0;
	memcg = arena_alloc(&snapshot->arena, sizeof(*memcg));
	if (!memcg)
		return -ENOMEM;
	/* All from there on are numbers. */
	values_forget((char *)memcg + offsetof(struct memcg, usage_bytes),
		sizeof(*memcg) - offsetof(struct memcg, usage_bytes));
	memcg->path = path_of(report, &snapshot->arena);
	if (!memcg->path)
		return -ENOMEM;
	memcg->parent = NO_MEMCG;
	memcg->version = version_of(report);
	set_counters(report, memcg);
	set_stats(report, snapshot, memcg);
	snapshot->memcgs = memcg;
	snapshot->n_memcgs = 1;
	snapshot->memcg_version = memcg->version;
	return 0;
}
