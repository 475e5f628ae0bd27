/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/memcgs_parts.h"

/** A reading of memory.stat is of this sample (they are 100 ms apart at least), of an earlier
 * one that still tells enough for an alarm, or good for a look only. */
#define FRESH_MS 50
#define HELD_MS 15000
#define STALE_MS 30000

static int64_t at_least_0(int64_t value)
{
	return value_known(value) ? value_max(value, 0) : 0;
}

/* Of two that are not negative. */
static int64_t less(int64_t a, int64_t b)
{
	return a > b ? a - b : 0;
}

int64_t memcg_limit_kib(const struct memcg *memcg)
{
	if (memcg_is_limit(memcg->max_bytes))
		return value_max(memcg->max_bytes, 0) / 1024;
	if (memcg_is_limit(memcg->memsw_max_bytes))
		return value_max(memcg->memsw_max_bytes, 0) / 1024;
	return VALUE_UNKNOWN;
}

static bool within(int64_t time_ms, int64_t now_ms, int64_t span_ms)
{
	if (!value_known(time_ms) || time_ms < 0 || now_ms < 0)
		return false;
	return time_ms > now_ms ? time_ms - now_ms <= FRESH_MS : now_ms - time_ms <= span_ms;
}

/* Half of the reclaimable slab at best: what is in use of it stays. */
static int64_t cache_in_stat(const struct memcg *memcg)
{
	return value_add(at_least_0(memcg->stat_file_bytes),
		at_least_0(memcg->stat_slab_reclaimable_bytes) / 2);
}

/* file_mapped counts shared memory too, so it gives a lower bound of mapped files alone. */
static int64_t sure_in_stat(const struct memcg *memcg)
{
	const int64_t mapped =
		less(at_least_0(memcg->stat_mapped_bytes), at_least_0(memcg->stat_shmem_bytes));

	return less(less(at_least_0(memcg->stat_file_bytes), mapped),
		at_least_0(memcg->stat_dirty_bytes));
}

/* Between two readings of memory.stat what has come is taken for cache: a cgroup must not raise
 * an alarm by reading files. */
static void find_cache(const struct snapshot *now, const struct memcg *memcg,
	const struct suspect *suspect, struct memcg_left *left)
{
	const int64_t usage = at_least_0(memcg->usage_bytes);
	const bool read = value_known(memcg->stat_file_bytes);

	left->fresh = read && within(memcg->stat_uptime_ms, now->uptime_ms, FRESH_MS);
	left->tells = left->fresh;
	if (!left->fresh && suspect && within(suspect->held_ms, now->uptime_ms, HELD_MS)) {
		left->tells = true;
		left->cache = less(usage, suspect->held_used);
		left->sure = value_min(suspect->held_sure, left->cache);
	} else if (left->fresh ||
		(read && within(memcg->stat_uptime_ms, now->uptime_ms, STALE_MS))) {
		left->cache = value_min(cache_in_stat(memcg), usage);
		left->sure = value_min(sure_in_stat(memcg), left->cache);
	} else {
		left->at_least = true;
	}
}

/* Free swap of the machine below every swap.max on the way up.  A cgroup is not swapped at all
 * for its limit where its swappiness is 0 (get_scan_count() of mm/vmscan.c). */
static void find_swap(const struct snapshot *now, uint32_t memcg, struct memcg_left *left)
{
	const struct memcg *it = &now->memcgs[memcg];
	const int64_t swappiness = it->version == 2 ? now->knobs.swappiness : it->swappiness;
	int64_t free_kib, compressed_kib, most;

	if (swappiness == 0 || !left_swap(now, &free_kib, &compressed_kib))
		return;
	left->swap = value_mul(free_kib - compressed_kib / 2, 1024);
	left->sure_swap = value_mul(free_kib - compressed_kib, 1024);
	for (; memcg != NO_MEMCG; memcg = scope_charged_above(now, memcg)) {
		it = &now->memcgs[memcg];
		if (it->version != 2 || !memcg_is_limit(it->swap_max_bytes))
			continue;
		most = less(at_least_0(it->swap_max_bytes), at_least_0(it->swap_bytes));
		left->swap = value_min(left->swap, most);
		left->sure_swap = value_min(left->sure_swap, most);
	}
}

/* No more can go to swap than there is of anonymous memory, and may come. */
static void bound_sure_swap(const struct memcg *memcg, struct memcg_left *left)
{
	const int64_t anon =
		value_add(at_least_0(memcg->stat_anon_bytes), at_least_0(memcg->stat_shmem_bytes));

	if (value_known(memcg->stat_anon_bytes))
		left->sure_swap = value_min(
			left->sure_swap, value_add(anon, value_add(left->free, left->cache)));
	left->sure_swap = value_min(left->sure_swap, left->swap);
}

/* v1's limit of memory and swap together: swapping out does not help there. */
static void bound_by_memsw(const struct memcg *memcg, struct memcg_left *left)
{
	int64_t most, ram;

	if (memcg->version == 2 || !memcg_is_limit(memcg->memsw_max_bytes) ||
		!value_known(memcg->memsw_bytes))
		return;
	most = less(value_add(at_least_0(memcg->memsw_max_bytes), left->cache),
		at_least_0(memcg->memsw_bytes));
	ram = value_min(value_add(left->free, left->cache), most);
	left->free = value_min(left->free, ram);
	left->cache = ram - left->free;
	left->sure = value_min(left->sure, left->cache);
	left->swap = value_min(left->swap, most - ram);
	left->sure_swap = value_min(left->sure_swap, left->swap);
}

void memcg_left_of(const struct snapshot *now, uint32_t memcg, const struct suspect *suspect,
	struct memcg_left *ret)
{
	const struct memcg *it = &now->memcgs[memcg];
	const int64_t limit =
		memcg_is_limit(it->max_bytes) ? value_max(it->max_bytes, 0) : INT64_MAX;
	const int64_t usage = at_least_0(it->usage_bytes);
	int64_t over;

	*ret = (struct memcg_left){ .free = VALUE_UNKNOWN };
	if (!memcg_is_limited(it) || !value_known(it->usage_bytes))
		return;
	find_cache(now, it, suspect, ret);
	ret->free = less(limit, usage);
	/* Lowered below what is used, a limit first takes from the cache. */
	over = less(usage, limit);
	ret->cache = less(ret->cache, over);
	ret->sure = value_min(less(ret->sure, over), ret->cache);
	find_swap(now, memcg, ret);
	bound_sure_swap(it, ret);
	bound_by_memsw(it, ret);
}

static int64_t kib(int64_t bytes)
{
	return bytes / 1024;
}

static void forecast(const struct memcg_left *left, struct suspect *suspect)
{
	const struct forecast_series series = { .left = &suspect->left,
		.since_ms = suspect->begun_ms };
	struct left kinds = { .free_kib = kib(left->free),
		.cache_kib = kib(left->cache),
		.swap_kib = kib(left->swap) };

	kinds.high_kib = value_add(value_add(kinds.free_kib, kinds.cache_kib), kinds.swap_kib);
	kinds.low_kib = value_min(
		kinds.high_kib, kib(value_add(value_add(left->free, left->sure), left->sure_swap)));
	forecast_of_series(&series, &kinds, NULL, &suspect->forecast);
}

void memcg_note_left(const struct snapshot *now, const struct memcg *memcg,
	const struct memcg_left *left, struct suspect *suspect)
{
	const int64_t now_ms = now->uptime_ms;
	const int64_t kinds = kib(left->free) + kib(left->cache);

	suspect->held_ms = now_ms;
	suspect->held_sure = left->sure;
	suspect->held_used = less(at_least_0(memcg->usage_bytes), cache_in_stat(memcg));
	ring_add(&suspect->left, now_ms, value_add(kinds, kib(left->swap)));

	forecast(left, suspect);
	suspect->forecast_ms = now_ms;
	forecast_note(value_known(suspect->forecast.seconds), now_ms, &suspect->forecast_since_ms);
}

static int64_t percent_of(int64_t part, int64_t whole)
{
	return part > INT64_MAX / 100 ? part / value_max(whole / 100, 1)
				      : part * 100 / value_max(whole, 1);
}

static uint32_t limited_above(const struct memcgs_judging *judging, uint32_t memcg)
{
	do {
		memcg = scope_charged_above(judging->now, memcg);
	} while (memcg != NO_MEMCG && !judging->views[memcg].limited);
	return memcg;
}

void memcg_fill_left(
	const struct memcgs_judging *judging, uint32_t memcg, const struct memcg_left *left)
{
	struct memcg_view *view = &judging->views[memcg];
	const uint32_t above = limited_above(judging, memcg);
	const struct memcg_view *bound = above == NO_MEMCG ? NULL : &judging->views[above];

	view->binding = memcg;
	if (!value_known(left->free))
		return;
	view->free_kib = kib(left->free);
	view->cache_kib = kib(left->cache);
	view->swap_kib = kib(left->swap);
	view->at_least = left->at_least;
	view->left_kib = value_add(value_add(view->free_kib, view->cache_kib), view->swap_kib);
	view->sure_kib = value_min(view->left_kib,
		value_add(value_add(view->free_kib, kib(left->sure)), kib(left->sure_swap)));

	if (bound && value_known(bound->left_kib) && bound->left_kib < view->left_kib) {
		view->binding = bound->binding;
		view->at_least = bound->at_least;
		view->left_kib = bound->left_kib;
		view->sure_kib = value_min(view->sure_kib, bound->sure_kib);
		view->swap_kib = value_min(view->swap_kib, view->left_kib);
		view->cache_kib = value_min(view->cache_kib, view->left_kib - view->swap_kib);
		view->free_kib = view->left_kib - view->swap_kib - view->cache_kib;
	}
	view->percent = percent_of(view->left_kib, memcg_limit_kib(&judging->now->memcgs[memcg]));
}
