/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/standing.h"

/** How far growth is drawn out. */
#define HORIZON_S 3600

/** Where scores have a ceiling, or wrap, a process may be ahead for a while only. */
#define STEP_S 60

/* Whether a task is ahead of the one that is chosen now, some seconds from now. */
static bool is_ahead(const struct standing *now, uint32_t task, int64_t seconds)
{
	struct standing later = *now;

	later.seconds = seconds;
	return standing_before(&later, task, now->oom->chosen);
}

/* The first second, behind low and up to high, in which the task is ahead, given that it
 * is at high and is not at low. */
static int64_t crossing(const struct standing *now, uint32_t task, int64_t low, int64_t high)
{
	while (high - low > 1) {
		const int64_t middle = low + (high - low) / 2;

		if (is_ahead(now, task, middle))
			high = middle;
		else
			low = middle;
	}
	return high;
}

/* Seconds until a task overtakes, at most limit; or VALUE_UNKNOWN. */
static int64_t overtakes_in(const struct standing *now, uint32_t task, int64_t limit)
{
	const enum badness_formula formula = now->snapshot->kernel.formula;
	const bool bounded = formula >= FORMULA_2_6_36 && formula <= FORMULA_3_2;
	const int64_t step = bounded ? STEP_S : limit;

	for (int64_t low = 0; low < limit; low += step) {
		const int64_t high = value_min(low + step, limit);

		if (is_ahead(now, task, high))
			return crossing(now, task, low, high);
	}
	return VALUE_UNKNOWN;
}

/* A process that does not grow cannot overtake one that does not shrink, but where the
 * score of what grows may wrap. */
static bool can_overtake(const struct snapshot *snapshot, uint32_t task, uint32_t chosen)
{
	const int64_t its_growth = standing_growth(&snapshot->tasks[task]);
	const int64_t growth = standing_growth(&snapshot->tasks[chosen]);

	return its_growth > 0 || growth < 0 ||
		(growth > 0 && snapshot->kernel.formula == FORMULA_2_6_39);
}

static void find_overtaker(const struct standing *now, struct oom *oom)
{
	int64_t soonest = HORIZON_S;

	for (uint32_t i = 0; i < oom->n_order; i++) {
		const uint32_t task = oom->order[i];
		struct standing then = *now;
		int64_t seconds;

		if (task == oom->chosen || !can_overtake(now->snapshot, task, oom->chosen))
			continue;
		seconds = overtakes_in(now, task, soonest);
		if (!value_known(seconds))
			continue;

		then.seconds = seconds;
		if (oom->overtaker == NO_TASK || seconds < soonest ||
			standing_before(&then, task, oom->overtaker)) {
			oom->overtaker = task;
			oom->overtaken_in_s = seconds;
			soonest = seconds;
		}
	}
}

void victim_foretell(const struct snapshot *snapshot, int64_t forecast_s, struct oom *oom)
{
	struct standing standing = { .snapshot = snapshot, .oom = oom };
	uint32_t first, child;

	oom->victim_at_forecast = NO_TASK;
	oom->overtaker = NO_TASK;
	oom->overtaken_in_s = VALUE_UNKNOWN;
	if (oom->victim == NO_TASK)
		return;

	find_overtaker(&standing, oom);
	if (!value_known(forecast_s))
		return;

	standing.seconds = value_max(forecast_s, 0);
	first = standing_first(&standing);
	child = standing_child(&standing, first);
	oom->victim_at_forecast = child == NO_TASK ? first : child;
}
