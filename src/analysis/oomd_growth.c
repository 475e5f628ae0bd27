/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/oomd_parts.h"
#include "model/cgroup_pattern.h"

static int64_t age_of(const struct killer_judging *judging)
{
	const struct snapshot *now = judging->in->now;
	const uint64_t ticks = judging->killer->start_ticks;
	int64_t started_ms;

	if (now->clk_tck <= 0 || ticks == 0 || ticks > INT64_MAX / 1000)
		return VALUE_UNKNOWN;
	started_ms = (int64_t)ticks * 1000 / now->clk_tck;
	return started_ms <= now->uptime_ms ? now->uptime_ms - started_ms : VALUE_UNKNOWN;
}

static bool begin(const struct killer_judging *judging, struct averages_clock *ret)
{
	const int64_t interval_ms = judging->killer->oomd.interval_ms;

	if (!judging->in->history || !value_known(judging->in->now->uptime_ms))
		return false;
	*ret = (struct averages_clock){
		.owner = killer_key(judging->killer, ""),
		.now_ms = judging->in->now->uptime_ms,
		.age_ms = age_of(judging),
		.interval_ms = interval_ms > 0 ? interval_ms : 5000,
	};
	averages_begin(&judging->in->history->averages, ret);
	return true;
}

int64_t oomd_growth(const struct killer_judging *judging, uint32_t memcg)
{
	const struct memcg *it = &judging->in->now->memcgs[memcg];
	struct averages_clock clock;
	int64_t average;

	if (!begin(judging, &clock))
		return VALUE_UNKNOWN;
	average = averages_add(&judging->in->history->averages, &clock, it->path, it->usage_bytes);
	return value_known(average) ? oomd_share(1000000, it->usage_bytes, value_max(average, 1))
				    : VALUE_UNKNOWN;
}

void oomd_note_averages(const struct killer_judging *judging, const struct oomd_step *action)
{
	const struct snapshot *now = judging->in->now;
	bool *within = NULL;

	if (action->recursive)
		within = arena_array(judging->arena, now->n_memcgs, sizeof(*within));
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		const uint32_t parent = now->memcgs[i].parent;
		const bool is_below = within && parent < i && within[parent];
		const bool is_meant =
			is_below || cgroup_pattern_match(action->cgroups, now->memcgs[i].path);

		if (is_meant)
			(void)oomd_growth(judging, i);
		if (within)
			within[i] = is_meant;
	}
}

static int64_t own_protection(const struct memcg *memcg, bool *all)
{
	if (!value_known(memcg->usage_bytes) || !value_known(memcg->min_bytes) ||
		!value_known(memcg->low_bytes)) {
		*all = false;
		return 0;
	}
	return value_max(
		value_min(memcg->usage_bytes, value_max(memcg->min_bytes, memcg->low_bytes)), 0);
}

/* What is protected of a cgroup is its part of what its parent has of it. */
int64_t *oomd_protections(const struct snapshot *now, struct arena *arena, bool *ret_all)
{
	int64_t *protection = arena_array(arena, now->n_memcgs, sizeof(*protection));
	int64_t *sum = arena_array(arena, now->n_memcgs, sizeof(*sum));

	*ret_all = true;
	if (!protection || !sum)
		return NULL;
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		const uint32_t parent = now->memcgs[i].parent;

		protection[i] = own_protection(&now->memcgs[i], ret_all);
		if (parent < i)
			sum[parent] = value_add(sum[parent], protection[i]);
	}
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		const uint32_t parent = now->memcgs[i].parent;

		if (parent < i && protection[parent] < sum[parent])
			protection[i] = oomd_share(protection[i], protection[parent], sum[parent]);
	}
	return protection;
}
