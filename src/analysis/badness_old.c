/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/badness_old.h"

/* int_sqrt() of lib/int_sqrt.c: rounded down. */
static uint64_t root_of(uint64_t value)
{
	uint64_t root = 0;

	for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1) {
		if ((root + bit) * (root + bit) <= value)
			root += bit;
	}
	return root;
}

/* oom_adj of the oom_score_adj it is kept as: a * 1000 / 17, but 15 is 1000. */
static int64_t oom_adj_of(int64_t adj)
{
	if (adj >= 1000)
		return 15;
	return adj >= 0 ? (adj * 17 + 999) / 1000 : -((-adj * 17 + 999) / 1000);
}

static int64_t divided(int64_t points, uint64_t divisor)
{
	return divisor ? (int64_t)((uint64_t)points / divisor) : points;
}

static int64_t shifted(int64_t points, int64_t oom_adj)
{
	if (oom_adj > 0)
		return value_mul(value_max(points, 1), INT64_C(1) << oom_adj);
	return points >> -oom_adj;
}

static uint64_t ticks_ms(const struct snapshot *snapshot, uint64_t ticks)
{
	const uint64_t clk_tck = snapshot->clk_tck > 0 ? (uint64_t)snapshot->clk_tck : 100;

	return ticks / clk_tck * 1000 + ticks % clk_tck * 1000 / clk_tck;
}

void old_gather(const struct snapshot *snapshot, const struct task *task, int64_t children_pages,
	struct old_task *ret)
{
	const uint64_t start_ms = ticks_ms(snapshot, task->start_ticks);
	struct old_task old = { .children_pages = children_pages };

	old.known = task->has & TASK_HAS_STAT && value_known(snapshot->uptime_ms);
	old.cpu_ms = ticks_ms(snapshot, task->utime_ticks + task->stime_ticks);
	if (value_known(snapshot->uptime_ms) && snapshot->uptime_ms > 0 &&
		(uint64_t)snapshot->uptime_ms > start_ms)
		old.age_s = (uint64_t)snapshot->uptime_ms / 1000 - start_ms / 1000;
	old.niced = task->nice > 0;
	old.caps_unknown = !(task->has & TASK_HAS_CAPS);
	if (!old.caps_unknown) {
		old.admin = task->cap_effective & (CAP_BIT_SYS_ADMIN | CAP_BIT_SYS_RESOURCE);
		old.rawio = task->cap_effective & CAP_BIT_SYS_RAWIO;
	}

	*ret = old;
}

/* All but capabilities and adj. */
static int64_t base_score(const struct old_task *old, int64_t vm_pages, int64_t period_ms)
{
	int64_t points = value_add(value_max(vm_pages, 0), old->children_pages);

	points = divided(points, root_of(old->cpu_ms / (uint64_t)period_ms));
	points = divided(points, root_of(root_of(old->age_s >> 10)));
	return old->niced ? value_mul(points, 2) : points;
}

static int64_t discounted(const struct old_task *old, int64_t points)
{
	return points / (old->admin ? 4 : 1) / (old->rawio ? 4 : 1);
}

/* "it may still help to kill p because p may have allocated or otherwise mapped memory on this
 * node before": badness() of 2.6.32. */
static int64_t far_off(const struct old_task *old, int64_t points)
{
	return points / (old->away ? 8 : 1);
}

int64_t old_score(const struct old_task *old, int64_t vm_pages, int64_t adj, int64_t period_ms)
{
	const int64_t points = discounted(old, base_score(old, vm_pages, period_ms));

	return shifted(far_off(old, points), oom_adj_of(adj));
}

void old_terms(const struct old_task *old, int64_t vm_pages, int64_t adj, struct old_terms *ret)
{
	const int64_t base = base_score(old, vm_pages, OLD_PERIOD_USUAL);
	const int64_t points = discounted(old, base);
	const int64_t near = far_off(old, points);

	*ret = (struct old_terms){ .root = points - base,
		.nodes = near - points,
		.adj = shifted(near, oom_adj_of(adj)) - near };
}

int64_t old_error(const struct old_task *old, int64_t least_pages, int64_t most_pages, int64_t adj,
	int64_t score)
{
	struct old_task poorest = *old;
	int64_t low, high;

	if (old->caps_unknown)
		poorest.admin = poorest.rawio = true;
	low = old_score(&poorest, least_pages, adj, OLD_PERIOD_SHORT);
	high = old_score(old, most_pages, adj, OLD_PERIOD_LONG);

	return value_max(value_max(score - low, high - score), 0);
}
