/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "simulator.h"

#include <string.h>

/* Text in use that reclaim drops last, and that is read again at once. */
#define TEXT_KIB (3 * MIB)

int64_t machine_random(struct machine *m, int64_t limit)
{
	m->random = m->random * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (int64_t)((m->random >> 33) % (uint64_t)limit);
}

void machine_boot(struct machine *m, int64_t ram_mib, int64_t swap_mib)
{
	memset(m, 0, sizeof(*m));
	m->total = ram_mib * MIB;
	m->min = m->total / 350;
	m->fixed = m->total / 100 + 12 * MIB;
	m->pinned = m->total / 100 + 8 * MIB;
	m->slab = m->total / 100 + 3 * MIB;
	m->anon = m->total / 50 + 6 * MIB;
	m->shmem = 1 * MIB;
	m->file = m->total / 30 + 10 * MIB;
	m->mapped = m->file / 2;
	m->free = m->total - m->fixed - m->pinned - m->slab - m->anon - m->shmem - m->file;
	m->swap_total = swap_mib * MIB;
	m->ms = 100000;
	m->died_ms = VALUE_UNKNOWN;
	m->random = 12345;
	history_init(&m->history);
}

static int64_t at_most(int64_t value, int64_t limit)
{
	return value < limit ? value : limit;
}

static void drop(struct machine *m, int64_t *from, int64_t kib)
{
	*from -= kib;
	m->free += kib;
	m->steal += kib / 4;
}

/* Cache first, then anonymous memory, then text, as the kernel's balance roughly is. */
static void reclaim_up_to(struct machine *m, int64_t want)
{
	const int64_t clean = value_max(m->file - m->dirty - m->mapped, 0);
	int64_t kib = at_most(want - m->free, clean);

	m->scan_kswapd += (want - m->free) / 2;
	if (kib > 0)
		drop(m, &m->file, kib);
	kib = at_most(want - m->free, m->swap_total - m->swap_used);
	kib = at_most(kib, m->anon);
	if (kib > 0) {
		m->swap_used += kib;
		m->swap_out += kib / 4;
		drop(m, &m->anon, kib);
	}
	kib = at_most(want - m->free, m->slab - 2 * MIB);
	if (kib > 0)
		drop(m, &m->slab, kib);
	if (m->free >= want)
		return;
	m->stalls += 20;
	m->scan_direct += 5000;
	m->refaults += 1000;
	m->full_centi = at_most(m->full_centi + 300, 6000);
	m->dirty = 0;
	kib = at_most(want - m->free, m->file - TEXT_KIB);
	if (kib > 0)
		drop(m, &m->file, kib);
}

void machine_grow(struct machine *m, int64_t *kind, int64_t kib)
{
	if (m->free - kib < m->min * 5 / 4)
		reclaim_up_to(m, m->min * 3 / 2 + kib);
	if (m->free - kib < m->min) {
		if (!value_known(m->died_ms))
			m->died_ms = m->ms;
		return;
	}
	m->free -= kib;
	*kind += kib;
}

void machine_copy_files(struct machine *m, int64_t kib)
{
	machine_grow(m, &m->file, kib);
	m->dirty = value_max(0, at_most(m->file - m->mapped, m->total / 10)) *
		(50 + machine_random(m, 50)) / 100;
	machine_grow(m, &m->slab, machine_random(m, 400) - 150);
}

static void take_picture(struct machine *m)
{
	struct snapshot *now = &m->now;

	m->before = m->now;
	memset(now, 0, sizeof(*now));
	values_forget(&now->mem, sizeof(now->mem));
	values_forget(&now->vmstat, sizeof(now->vmstat));
	values_forget(&now->knobs, sizeof(now->knobs));
	now->uptime_ms = m->ms;
	now->page_bytes = 4096;
	now->total_ram_pages = m->total / 4;
	now->mem.mem_total_kib = m->total;
	now->mem.mem_free_kib = m->free;
	now->mem.anon_kib = m->anon;
	now->mem.shmem_kib = m->shmem;
	now->mem.buffers_kib = 0;
	now->mem.cached_kib = m->file + m->shmem;
	now->mem.active_file_kib = m->file / 2;
	now->mem.inactive_file_kib = m->file - m->file / 2;
	now->mem.active_anon_kib = 0;
	now->mem.inactive_anon_kib = m->anon + m->shmem;
	now->mem.mapped_kib = m->mapped;
	now->mem.dirty_kib = m->dirty;
	now->mem.writeback_kib = 0;
	now->mem.slab_kib = m->slab + m->pinned;
	now->mem.slab_reclaimable_kib = m->slab;
	now->mem.slab_unreclaimable_kib = m->pinned;
	now->mem.swap_total_kib = m->swap_total;
	now->mem.swap_free_kib = m->swap_total - m->swap_used;
	now->mem.swap_cached_kib = 0;
	now->vmstat.pgscan_kswapd = m->scan_kswapd;
	now->vmstat.pgscan_direct = m->scan_direct;
	now->vmstat.pgsteal_kswapd = m->steal;
	now->vmstat.pgsteal_direct = 0;
	now->vmstat.allocstall = m->stalls;
	now->vmstat.workingset_refault = m->refaults;
	now->vmstat.pswpin = m->swap_in;
	now->vmstat.pswpout = m->swap_out;
	now->vmstat.oom_kill = m->kills;
	now->pressure.full.avg10_centi = m->full_centi;
	m->zone = (struct zone){ .name = "Normal",
		.free_pages = m->free / 4,
		.min_pages = m->min / 4,
		.low_pages = m->min * 5 / 16,
		.high_pages = m->min * 3 / 8,
		.managed_pages = m->total / 4,
		.cma_free_pages = VALUE_UNKNOWN,
		.highatomic_pages = VALUE_UNKNOWN,
		.inactive_file_pages = m->file / 8,
		.active_file_pages = m->file / 8,
		.n_protection = 1 };
	now->zones = &m->zone;
	now->n_zones = 1;
}

void machine_look(struct machine *m)
{
	const struct oom oom = { .victim = NO_TASK };
	struct reclaim reclaim;
	struct account account;
	const struct risk_inputs inputs = { .now = &m->now,
		.oom = &oom,
		.reclaim = &reclaim,
		.account = &account,
		.history = &m->history };

	take_picture(m);
	history_add(&m->history, &m->now);
	reclaim_of(&m->now, m->before.uptime_ms ? &m->before : NULL, &reclaim);
	account_of(&m->now, NULL, &account);
	risk_of_system(&inputs, &m->risk);
	risk_hold(&m->history, &m->now, &m->risk);
}
