/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/killer_room.h"
#include "analysis/oomd_parts.h"
#include "model/cgroup_pattern.h"

#define ALL PERMYRIAD_ALL

/** What is true of a detector whose clock has yet to run: as far as half. */
#define HALF (PERMYRIAD_ALL / 2)

/** What is short of holding by something that may come at any moment. */
#define NEXT_TO_NOTHING 1

/* Where the product is too large the larger factor loses its last bits: 31 of them stay. */
int64_t oomd_share(int64_t amount, int64_t part, int64_t whole)
{
	return amount <= 0 || part <= 0 || whole <= 0 ? 0 : killer_share(amount, part, whole);
}

static void forget(struct oomd_detected *ret)
{
	*ret = (struct oomd_detected){
		.truth = TRUTH_UNKNOWN,
		.far_permyriad = VALUE_UNKNOWN,
		.room_kib = VALUE_UNKNOWN,
		.room_percent = VALUE_UNKNOWN,
		.pressure_centi = VALUE_UNKNOWN,
		.limit_centi = VALUE_UNKNOWN,
		.sure = true,
		.watched = NO_MEMCG,
	};
}

static void unknown(struct oomd_detected *ret, const char *why)
{
	ret->truth = TRUTH_UNKNOWN;
	ret->far_permyriad = VALUE_UNKNOWN;
	ret->why = why;
}

static void never(struct oomd_detected *ret, const char *why)
{
	ret->truth = TRUTH_NO;
	ret->far_permyriad = OOMD_FAR_NEVER;
	ret->why = why;
}

/* Held for so long, in whole seconds as oomd counts them, or how far from it. */
static void judge_clock(const struct killer_judging *judging, const struct oomd_step *step,
	const char *key, bool above, struct oomd_detected *ret)
{
	ret->duration_ms = value_max(step->duration_ms, 0);
	if (ret->duration_ms > 0)
		ret->held_ms = killer_held_ms(judging, key, above, &ret->sure);
	if (!above) {
		ret->truth = TRUTH_NO;
		ret->sure = true;
	} else if (ret->held_ms >= ret->duration_ms) {
		ret->truth = TRUTH_YES;
		ret->far_permyriad = 0;
	} else {
		ret->truth = TRUTH_NO;
		ret->far_permyriad = value_max(
			oomd_share(HALF, ret->duration_ms - ret->held_ms, ret->duration_ms), 1);
	}
}

/* The line that oomd goes by of all cgroups that match; unread: of one of them it is not known. */
struct strongest {
	struct pressure_line full;
	uint32_t memcg;
	bool any, unread;
};

static int64_t weight_of(const struct pressure_line *full)
{
	return 3 * full->avg10_centi + 2 * value_or(full->avg60_centi, 0) +
		value_or(full->avg300_centi, 0);
}

static void take_stronger(
	const struct pressure_line *full, uint32_t memcg, struct strongest *strongest)
{
	if (!value_known(full->avg10_centi)) {
		strongest->unread = true;
		return;
	}
	if (strongest->any && weight_of(full) <= weight_of(&strongest->full))
		return;
	strongest->full = *full;
	strongest->memcg = memcg;
	strongest->any = true;
}

static void find_strongest(const struct snapshot *now, const char *cgroups, struct strongest *ret)
{
	*ret = (struct strongest){ .memcg = NO_MEMCG };
	if (cgroup_pattern_has_root(cgroups))
		take_stronger(&now->pressure.full, NO_MEMCG, ret);
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		if (cgroup_pattern_match(cgroups, now->memcgs[i].path))
			take_stronger(&now->memcgs[i].pressure.full, i, ret);
	}
	if (!ret->any)
		ret->full = (struct pressure_line){ 0, 0, 0, 0 };
}

/* avg60 counts where the pressure is to be rising beyond. */
static bool is_beyond(const struct killer_judging *judging, const struct oomd_step *step,
	const struct strongest *strongest, bool *ret_falling)
{
	const int64_t limit = step->threshold_permyriad;
	struct strongest before;

	*ret_falling = false;
	if (step->plugin == OOMD_PRESSURE_ABOVE)
		return strongest->full.avg10_centi > limit;
	if (judging->in->before) {
		find_strongest(judging->in->before, step->cgroups, &before);
		*ret_falling = strongest->full.avg10_centi <
			oomd_share(before.full.avg10_centi, step->fast_fall_permyriad, ALL);
	}
	return value_or(strongest->full.avg60_centi, 0) > limit;
}

static void detect_pressure(const struct killer_judging *judging, const struct oomd_step *step,
	const char *key, struct oomd_detected *ret)
{
	const int64_t limit = step->threshold_permyriad;
	struct strongest strongest;
	bool above, falling;

	if (step->io) {
		unknown(ret, "io pressure is not read");
		return;
	}
	if (!value_known(limit) || limit >= ALL) {
		never(ret, "pressure never is above 100%");
		return;
	}
	find_strongest(judging->in->now, step->cgroups, &strongest);
	above = is_beyond(judging, step, &strongest, &falling);
	ret->trigger = TRIGGER_PRESSURE;
	ret->pressure_centi = strongest.full.avg10_centi;
	ret->limit_centi = value_max(limit, 0);
	ret->watched = strongest.memcg;
	ret->far_permyriad =
		HALF + oomd_share(HALF, limit - strongest.full.avg10_centi, value_max(limit, 1));
	judge_clock(judging, step, key, above, ret);
	if (ret->truth == TRUTH_YES && (falling || strongest.full.avg10_centi <= limit)) {
		ret->truth = TRUTH_NO;
		ret->far_permyriad = NEXT_TO_NOTHING;
	}
	if (!strongest.unread || above)
		return;
	if (!strongest.any)
		ret->pressure_centi = VALUE_UNKNOWN;
	unknown(ret, "memory.pressure of its cgroups is not read");
}

static int64_t usage_of(const struct memcg *memcg, bool anon)
{
	return anon ? memcg->stat_anon_bytes : memcg->usage_bytes;
}

/* What oomd takes for the root's: Fs::readRootMemcurrent(). */
static int64_t usage_of_root(const struct meminfo *mem, bool anon)
{
	if (anon)
		return value_mul(mem->anon_kib, 1024);
	if (!value_known(mem->mem_total_kib) || !value_known(mem->mem_free_kib))
		return VALUE_UNKNOWN;
	return value_mul(mem->mem_total_kib - mem->mem_free_kib, 1024);
}

static void take_larger(int64_t bytes, int64_t *most, bool *unread)
{
	if (!value_known(bytes))
		*unread = true;
	else
		*most = value_max(*most, bytes);
}

/* A share of MemTotal or a size. */
static int64_t threshold_of(const struct oomd_step *step, int64_t total_kib)
{
	if (!value_known(step->threshold_permyriad))
		return step->threshold_bytes;
	if (!value_known(total_kib))
		return VALUE_UNKNOWN;
	return oomd_share(value_mul(total_kib, 1024), step->threshold_permyriad, ALL);
}

static void fill_room(int64_t used, int64_t threshold, struct oomd_detected *ret)
{
	const int64_t room = value_max(value_add(threshold, -used), 0);

	ret->trigger = TRIGGER_ROOM;
	ret->room_kib = used > threshold ? 0 : value_max(room / 1024, 1);
	ret->room_percent = oomd_share(100, room, value_max(threshold, 1));
	ret->far_permyriad = HALF + oomd_share(HALF, room, value_max(threshold, 1));
}

static void detect_memory(const struct killer_judging *judging, const struct oomd_step *step,
	const char *key, struct oomd_detected *ret)
{
	const struct snapshot *now = judging->in->now;
	const int64_t threshold = threshold_of(step, now->mem.mem_total_kib);
	int64_t most = 0;
	bool unread = false;

	if (cgroup_pattern_has_root(step->cgroups))
		take_larger(usage_of_root(&now->mem, step->anon), &most, &unread);
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		if (cgroup_pattern_match(step->cgroups, now->memcgs[i].path))
			take_larger(usage_of(&now->memcgs[i], step->anon), &most, &unread);
	}
	if (!value_known(threshold)) {
		unknown(ret, "MemTotal is not known");
		return;
	}
	fill_room(most, threshold, ret);
	judge_clock(judging, step, key, most > threshold, ret);
	if (unread && ret->truth != TRUTH_YES)
		unknown(ret, "the memory use of its cgroups is not read");
}

static void add_counter(int64_t value, int64_t *sum, bool *unread)
{
	if (!value_known(value))
		*unread = true;
	else
		*sum = value_add(*sum, value);
}

/* VALUE_UNKNOWN if it was not read of one of them. */
static int64_t scanned(const struct snapshot *snapshot, const char *cgroups)
{
	int64_t sum = 0;
	bool unread = false;

	if (cgroup_pattern_has_root(cgroups))
		add_counter(
			value_add(snapshot->vmstat.pgscan_kswapd, snapshot->vmstat.pgscan_direct),
			&sum, &unread);
	for (uint32_t i = 0; i < snapshot->n_memcgs; i++) {
		if (cgroup_pattern_match(cgroups, snapshot->memcgs[i].path))
			add_counter(snapshot->memcgs[i].stat_pgscan_pages, &sum, &unread);
	}
	return unread ? VALUE_UNKNOWN : sum;
}

/* The clock runs while nothing is scanned: the detector holds for duration after it was. */
static void detect_reclaim(const struct killer_judging *judging, const struct oomd_step *step,
	const char *key, struct oomd_detected *ret)
{
	const int64_t now = scanned(judging->in->now, step->cgroups);
	const int64_t before =
		judging->in->before ? scanned(judging->in->before, step->cgroups) : VALUE_UNKNOWN;
	const bool known = value_known(now) && value_known(before);
	bool sure = false;
	int64_t idle_ms = 0;

	if (known && step->duration_ms > 0)
		idle_ms = killer_held_ms(judging, key, now <= before, &sure);
	if (!known) {
		unknown(ret, "whether its cgroups are being reclaimed is not read");
	} else if (now > before ||
		(step->duration_ms > 0 && idle_ms <= step->duration_ms && sure)) {
		ret->truth = TRUTH_YES;
		ret->far_permyriad = 0;
	} else if (idle_ms > step->duration_ms || step->duration_ms <= 0) {
		ret->truth = TRUTH_NO;
		ret->far_permyriad = NEXT_TO_NOTHING;
	} else {
		unknown(ret, "when its cgroups were reclaimed last was not seen");
	}
}

static void sum_swap(const struct snapshot *now, int64_t *ret_total, int64_t *ret_free)
{
	int64_t total = 0, used = 0;

	*ret_total = now->mem.swap_total_kib;
	*ret_free = now->mem.swap_free_kib;
	if (now->swaps.n_areas == 0 || now->swaps.n_areas >= SWAPS_MAX)
		return;
	for (unsigned i = 0; i < now->swaps.n_areas; i++) {
		total = value_add(total, now->swaps.area[i].size_kib);
		used = value_add(used, now->swaps.area[i].used_kib);
	}
	if (!value_known(total) || !value_known(used))
		return;
	*ret_total = total;
	*ret_free = value_max(total - used, 0);
}

/* As it was between the last two samples, where oomd looks at its own ticks. */
static enum truth swaps_out(const struct killer_judging *judging, const struct oomd_step *step)
{
	const struct snapshot *now = judging->in->now, *before = judging->in->before;
	int64_t pages, ms;

	if (step->swapout_bytes_per_s <= 0)
		return TRUTH_YES;
	if (!before || !value_known(now->vmstat.pswpout) || !value_known(before->vmstat.pswpout) ||
		!value_known(now->uptime_ms) || !value_known(before->uptime_ms))
		return TRUTH_UNKNOWN;
	pages = now->vmstat.pswpout - before->vmstat.pswpout;
	ms = now->uptime_ms - before->uptime_ms;
	if (pages < 0 || ms <= 0)
		return TRUTH_UNKNOWN;
	return oomd_share(value_mul(pages, now->page_bytes), 1000, ms) >= step->swapout_bytes_per_s
		? TRUTH_YES
		: TRUTH_NO;
}

static void detect_swap(const struct killer_judging *judging, const struct oomd_step *step,
	struct oomd_detected *ret)
{
	const enum truth swapping = swaps_out(judging, step);
	int64_t total_kib, free_kib, threshold;

	sum_swap(judging->in->now, &total_kib, &free_kib);
	if (!value_known(total_kib) || !value_known(free_kib)) {
		unknown(ret, "swap is not known");
		return;
	}
	threshold = oomd_share(total_kib, step->threshold_permyriad, ALL);
	if (threshold <= 0) {
		never(ret,
			total_kib <= 0 ? "there is no swap that could run out"
				       : "its limit of free swap is 0");
		return;
	}
	ret->trigger = TRIGGER_ROOM;
	ret->room_is_swap = true;
	ret->room_kib = free_kib < threshold ? 0 : free_kib - threshold + 1;
	ret->room_percent = oomd_share(100, ret->room_kib, total_kib);
	ret->far_permyriad =
		oomd_share(ALL, ret->room_kib, value_max(total_kib - threshold, ret->room_kib));
	ret->truth = ret->room_kib > 0 ? TRUTH_NO : swapping;
	if (ret->truth == TRUTH_NO && ret->room_kib == 0)
		ret->far_permyriad = NEXT_TO_NOTHING;
	if (ret->truth == TRUTH_UNKNOWN)
		unknown(ret, "how fast swap fills is not known yet");
}

/* Cgroups without processes are not in the snapshot, so that one may exist all the same. */
static void detect_exists(const struct killer_judging *judging, const struct oomd_step *step,
	struct oomd_detected *ret)
{
	const struct snapshot *now = judging->in->now;
	bool found = cgroup_pattern_has_root(step->cgroups);

	for (uint32_t i = 0; i < now->n_memcgs && !found; i++)
		found = cgroup_pattern_match(step->cgroups, now->memcgs[i].path);
	if (!found) {
		unknown(ret, "a cgroup that it asks for may exist without processes");
	} else if (step->negate) {
		never(ret, "a cgroup exists that must not");
	} else {
		ret->truth = TRUTH_YES;
		ret->far_permyriad = 0;
	}
}

void oomd_detect(const struct killer_judging *judging, const struct oomd_step *step,
	const char *key, struct oomd_detected *ret)
{
	forget(ret);
	switch (step->plugin) {
	case OOMD_PRESSURE_ABOVE:
	case OOMD_PRESSURE_RISING_BEYOND:
		detect_pressure(judging, step, key, ret);
		return;
	case OOMD_MEMORY_ABOVE:
		detect_memory(judging, step, key, ret);
		return;
	case OOMD_MEMORY_RECLAIM:
		detect_reclaim(judging, step, key, ret);
		return;
	case OOMD_SWAP_FREE:
		detect_swap(judging, step, ret);
		return;
	case OOMD_EXISTS:
		detect_exists(judging, step, ret);
		return;
	case OOMD_CONTINUE:
		ret->truth = TRUTH_YES;
		ret->far_permyriad = 0;
		return;
	case OOMD_NR_DYING_DESCENDANTS:
		unknown(ret, "nr_dying_descendants is not read");
		return;
	case OOMD_UNKNOWN:
	case OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH:
	case OOMD_KILL_BY_SWAP_USAGE:
	case OOMD_KILL_BY_PRESSURE:
	case OOMD_KILL_BY_IO_COST:
	case OOMD_KILL_BY_PG_SCAN:
		break;
	}
	unknown(ret, "one of its detectors is not known to oomwatch");
}
