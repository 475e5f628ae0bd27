/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/history.h"

#include "analysis/account.h"
#include "analysis/left.h"

void history_init(struct history *history)
{
	ring_init(&history->left, history->left_points, HISTORY_POINTS);
	ring_init(&history->anon, history->anon_points, HISTORY_POINTS);
	ring_init(&history->pinned, history->pinned_points, HISTORY_POINTS);
	ring_init(&history->available, history->available_points, HISTORY_POINTS);
	ring_init(&history->full_avg10, history->full_points, HISTORY_POINTS);
	ring_init(&history->shmem, history->shmem_points, HISTORY_SHORT_POINTS);
	ring_init(&history->slab, history->slab_points, HISTORY_SHORT_POINTS);
	ring_init(&history->hugetlb, history->hugetlb_points, HISTORY_SHORT_POINTS);
	ring_init(&history->other, history->other_points, HISTORY_SHORT_POINTS);

	history->oom_kill = VALUE_UNKNOWN;
	history->kill_ms = VALUE_UNKNOWN;
	history->kills = 0;
	history->forecast_since_ms = VALUE_UNKNOWN;
	level_hold_init(&history->hold);
	suspects_init(&history->suspects);
	watches_init(&history->watches);
}

static void add_known(struct ring *ring, int64_t time_ms, int64_t value)
{
	if (value_known(value))
		ring_add(ring, time_ms, value);
}

/** Anonymous and shared memory wherever it is: what is swapped in and still has its slot
 * must not count twice. */
static int64_t anon_anywhere_kib(const struct meminfo *mem)
{
	const int64_t in_ram = value_add(mem->anon_kib, mem->shmem_kib);
	int64_t swapped = 0;

	if (value_known(mem->swap_total_kib) && value_known(mem->swap_free_kib))
		swapped = value_max(mem->swap_total_kib, 0) - value_max(mem->swap_free_kib, 0);
	if (value_known(mem->swap_cached_kib))
		swapped = value_max(swapped, 0) - value_max(mem->swap_cached_kib, 0);
	return value_add(in_ram, value_max(swapped, 0));
}

static void note_kills(struct history *history, const struct snapshot *now)
{
	const int64_t count = now->vmstat.oom_kill;

	if (count < 0)
		return; /* not printed */
	if (value_known(history->oom_kill) && count > history->oom_kill) {
		history->kill_ms = now->uptime_ms;
		history->kills = count - history->oom_kill;
	}
	history->oom_kill = count;
}

void history_add(struct history *history, const struct snapshot *now)
{
	const int64_t ms = now->uptime_ms;
	struct account account;
	struct left left;

	if (ms < 0)
		return; /* not known */

	left_of_system(now, NULL, &left);
	account_of(now, NULL, &account);
	add_known(&history->left, ms, left.high_kib);
	add_known(&history->anon, ms, anon_anywhere_kib(&now->mem));
	add_known(&history->pinned, ms, account_pinned_kib(&now->mem));
	add_known(&history->available, ms, now->mem.mem_available_kib);
	add_known(&history->full_avg10, ms, now->pressure.full.avg10_centi);
	add_known(&history->shmem, ms, now->mem.shmem_kib);
	add_known(&history->slab, ms, now->mem.slab_unreclaimable_kib);
	add_known(&history->hugetlb, ms, account.hugetlb_kib);
	add_known(&history->other, ms, account.unaccounted_kib);
	note_kills(history, now);
}
