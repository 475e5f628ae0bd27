/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/left.h"

#include "analysis/scope.h"

static int64_t known_at_least_0(int64_t value)
{
	return value_known(value) ? value_max(value, 0) : 0;
}

static int64_t file_lru_kib(const struct meminfo *mem)
{
	return value_add(mem->active_file_kib, mem->inactive_file_kib);
}

/**
 * File pages that processes have mapped: text in use above all, which comes back as soon
 * as it is dropped.  Mapped counts shared memory too, so it only gives a lower bound, and
 * so does the largest single process.
 */
static int64_t mapped_file_kib(const struct snapshot *now)
{
	const int64_t mapped = known_at_least_0(now->mem.mapped_kib);
	const int64_t shmem = known_at_least_0(now->mem.shmem_kib);
	int64_t most_pages = 0;

	for (uint32_t i = 0; i < now->n_tasks; i++)
		most_pages = value_max(most_pages, now->tasks[i].rss_file_pages);
	return value_max(mapped - shmem, snapshot_kib(now, most_pages));
}

/** Thousandths of the file LRU that reclaim can take at once. */
static int64_t sure_file_permille(const struct snapshot *now)
{
	const int64_t file = known_at_least_0(file_lru_kib(&now->mem));
	int64_t held = mapped_file_kib(now);

	held = value_add(held, known_at_least_0(now->mem.dirty_kib));
	held = value_add(held, known_at_least_0(now->mem.writeback_kib));
	if (file == 0 || held >= file)
		return 0;

	/* With min_ttl_ms kswapd calls the killer when it cannot keep the working set, cache
	 * or not (lru_gen_age_node() of mm/vmscan.c, 6.1). */
	if (value_or(now->knobs.lru_gen_enabled, 0) > 0 &&
		value_or(now->knobs.lru_gen_min_ttl_ms, 0) > 0)
		return 0;
	if (file > INT64_MAX / 1000)
		return (file - held) / (file / 1000);
	return (file - held) * 1000 / file;
}

static int64_t share_of(int64_t kib, int64_t permille)
{
	return kib / 1000 * permille + kib % 1000 * permille / 1000;
}

/** What of RAM is left, without slab, with a share of the file LRU; unknown if it is. */
static int64_t ram_left_kib(
	const struct snapshot *now, const struct zone_view *views, int64_t file_permille)
{
	const struct zones_left_of of = { .views = views, .with_file_permille = file_permille };
	const int64_t pages = zones_left_pages(now, &of);
	int64_t kib = now->mem.mem_free_kib;

	if (value_known(pages))
		return snapshot_kib(now, pages);
	if (file_permille > 0) {
		const int64_t file = file_lru_kib(&now->mem);

		kib = value_add(kib, value_known(file) ? share_of(file, file_permille) : file);
	}
	if (!value_known(kib))
		return VALUE_UNKNOWN;
	return value_max(known_at_least_0(kib) - known_at_least_0(now->knobs.min_free_kbytes), 0);
}

/**
 * Free memory that no zone has.
 *
 * MemTotal is the sum of all zones' managed pages on every mainline kernel.  Where it is
 * more (seen on a 6.18 guest of a hypervisor that takes free memory back), the kernel counts
 * in MemTotal and MemFree what the host lent away and gives back when it is asked for.
 */
static int64_t lent_kib(const struct snapshot *now)
{
	const int64_t total = now->mem.mem_total_kib;
	int64_t managed = 0, free = 0;

	for (uint32_t i = 0; i < now->n_zones; i++) {
		managed = value_add(managed, now->zones[i].managed_pages);
		free = value_add(free, now->zones[i].free_pages);
	}
	managed = snapshot_kib(now, managed);
	free = snapshot_kib(now, free);
	if (now->n_zones == 0 || now->partial == PARTIAL_LXCFS || managed < 0 || free < 0)
		return 0;
	if (total <= managed || total - managed < total / 100 || now->mem.mem_free_kib <= free)
		return 0;
	return value_min(total - managed, now->mem.mem_free_kib - free);
}

/** Free swap of zram devices, which takes RAM when it is used. */
static int64_t zram_free_kib(const struct swaps *swaps)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < swaps->n_areas && i < SWAPS_MAX; i++) {
		const struct swap_area *area = &swaps->area[i];

		if (area->zram && area->used_kib >= 0 && area->size_kib > area->used_kib)
			sum = value_add(sum, area->size_kib - area->used_kib);
	}
	return sum;
}

static int64_t anon_kib(const struct meminfo *mem)
{
	const int64_t lru = value_add(mem->active_anon_kib, mem->inactive_anon_kib);

	return value_known(lru) ? lru : value_add(mem->anon_kib, mem->shmem_kib);
}

/** Memory that can go to swap whatever grows: what is anonymous now, and what may still
 * become so.  The rest is the kernel's, or locked (and so not on these lists). */
static int64_t swappable_kib(int64_t anon, int64_t ram_kib)
{
	return value_known(anon) ? value_add(value_max(anon, 0), ram_kib) : INT64_MAX;
}

bool left_swap(const struct snapshot *now, int64_t *ret_free_kib, int64_t *ret_compressed_kib)
{
	const int64_t free = known_at_least_0(now->mem.swap_free_kib);

	if (!value_known(now->mem.swap_free_kib))
		return false;
	*ret_free_kib = free;
	*ret_compressed_kib =
		now->knobs.zswap_enabled == 1 ? free : value_min(zram_free_kib(&now->swaps), free);
	return true;
}

/* The memory that could be swapped out: how much is anonymous, and how much of that may have its
 * copy on disk. */
static void add_swap(const struct snapshot *now, int64_t anon, int64_t cached, struct left *left)
{
	const int64_t ram_kib = left->high_kib;
	int64_t free, compressed;

	if (!left_swap(now, &free, &compressed))
		return;

	/* Compressed pages stay in RAM at a third to a half of their size.  zswap writes
	 * them out when its pool is full, which no file tells beforehand. */
	left->swap_kib = free - compressed / 2;
	left->low_kib = value_add(
		left->low_kib, value_min(free - compressed, swappable_kib(anon, ram_kib)));

	/* Pages of the swap cache have their copy on disk: they can be dropped. */
	left->swap_kib = value_add(left->swap_kib, known_at_least_0(cached));
	left->high_kib = value_add(left->high_kib, left->swap_kib);
}

void left_of_system(const struct snapshot *now, const struct zone_view *views, struct left *ret)
{
	const int64_t ram = ram_left_kib(now, views, 1000);
	/*
	 * Of reclaimable slab half at best: what is in use stays, and the kernel does not wait
	 * for the rest: should_reclaim_retry() counts LRU pages alone (mm/page_alloc.c, 6.12).
	 */
	const int64_t slab = known_at_least_0(value_known(now->mem.kreclaimable_kib)
					     ? now->mem.kreclaimable_kib
					     : now->mem.slab_reclaimable_kib) /
		2;

	values_forget(ret, sizeof(*ret));
	if (!value_known(ram))
		return;

	ret->free_kib = ram_left_kib(now, views, 0);
	ret->cache_kib = value_add(ram - ret->free_kib, slab);
	ret->free_kib = value_add(ret->free_kib, lent_kib(now));
	ret->high_kib = value_add(ret->free_kib, ret->cache_kib);
	ret->low_kib = ram_left_kib(now, views, sure_file_permille(now));
	add_swap(now, anon_kib(&now->mem), now->mem.swap_cached_kib, ret);
	ret->low_kib = value_min(ret->low_kib, ret->high_kib);
}

void left_of_nodes(const struct snapshot *now, const struct zone_view *views,
	const struct node_set *nodes, struct left *ret)
{
	struct zones_left_of of = { .views = views, .nodes = nodes };
	const int64_t free = zones_left_pages(now, &of);
	const int64_t anon = snapshot_kib(now, scope_anon_pages(now, nodes));
	int64_t ram;

	of.with_file_permille = 1000;
	ram = snapshot_kib(now, zones_left_pages(now, &of));
	values_forget(ret, sizeof(*ret));
	if (!value_known(ram) || !value_known(free))
		return;

	ret->free_kib = snapshot_kib(now, free);
	ret->cache_kib = ram - ret->free_kib;
	ret->high_kib = ram;
	/* Dirty and mapped pages are known of the whole machine only. */
	of.with_file_permille = sure_file_permille(now);
	ret->low_kib = snapshot_kib(now, zones_left_pages(now, &of));
	add_swap(now, anon, value_min(now->mem.swap_cached_kib, value_or(anon, 0)), ret);
	ret->low_kib = value_min(ret->low_kib, ret->high_kib);
}
