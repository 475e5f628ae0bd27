/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/killers_parts.h"
#include "base/hash.h"

/** 100 % of the time, in hundredths of a percent. */
#define ALL_CENTI 10000

/** What is not stalled shrinks by this in each step of 100 ms: e^(-0.1 s / 10 s), as the kernel's
 * EXP_10s does in its steps of 2 s (kernel/sched/psi.c). */
#define STEP_MS 100
#define STEP_PER_100000 99005

/** From 0 to 99.99 % it takes ln(10000) * 10 s. */
#define STEPS_MAX 1000

int64_t killer_score(const struct snapshot *now, const struct oom *machine, uint32_t task)
{
	const struct badness_scope scope = { .snapshot = now,
		.totalpages = machine->totalpages,
		.children_pages = machine->children_pages };
	const struct judged *judged;

	if (!machine->judged || task >= now->n_tasks)
		return VALUE_UNKNOWN;
	judged = &machine->judged[task];
	if (judged->exempt == EXEMPT_UNREADABLE)
		return VALUE_UNKNOWN;
	if (judged->exempt != EXEMPT_NONE)
		return 0;
	return judged->badness.known ? badness_score(&scope, &judged->badness) : VALUE_UNKNOWN;
}

void killer_take_memcg(const struct snapshot *now, uint32_t memcg, struct killer_view *view)
{
	view->victim_memcg = memcg;
	view->n_victims = 0;
	view->gives_back_kib = 0;
	for (uint32_t i = 0; i < now->n_tasks; i++) {
		const struct task *task = &now->tasks[i];

		if (task_is_kthread(task) ||
			!scope_is_within(now, scope_memcg_of(now, task), memcg))
			continue;
		view->n_victims++;
		view->gives_back_kib =
			value_add(view->gives_back_kib, victim_gives_back_kib(now, task));
	}
}

uint64_t killer_key(const struct killer *killer, const char *path)
{
	const uint32_t kind = killer->kind;
	uint64_t key = hash_add(HASH_START, &kind, sizeof(kind));

	key = hash_add(key, &killer->pid, sizeof(killer->pid));
	key = hash_add(key, &killer->start_ticks, sizeof(killer->start_ticks));
	return hash_key(hash_add_text(key, path));
}

int64_t killer_held_ms(
	const struct killer_judging *judging, const char *path, bool above, bool *ret_sure)
{
	const int64_t now_ms = judging->in->now->uptime_ms;
	struct watch *watch = NULL;
	int64_t seen_ms;

	*ret_sure = false;
	if (value_known(now_ms))
		watch = watches_find(
			&judging->in->history->watches, killer_key(judging->killer, path));
	seen_ms = watch ? watch->seen_ms : VALUE_UNKNOWN;
	if (value_known(now_ms) && !watch)
		watch = watches_take(
			&judging->in->history->watches, killer_key(judging->killer, path), now_ms);
	if (!watch)
		return 0;
	watch->seen_ms = now_ms;
	if (!above) {
		watch->since_ms = VALUE_UNKNOWN;
		return 0;
	}
	/* It passed the limit at some time after the sample before, so what is seen is a lower
	 * bound by one sample's length even so. */
	if (!value_known(watch->since_ms) || watch->since_ms > now_ms) {
		watch->since_ms = now_ms;
		watch->since_sure = value_known(seen_ms) && seen_ms < now_ms;
	}
	*ret_sure = watch->since_sure;
	return now_ms - watch->since_ms;
}

/* Until avg10 is above the limit when everything stalls from now on; not more than that. */
static int64_t rise_ms(int64_t avg10_centi, int64_t limit_centi)
{
	const int64_t goal = (ALL_CENTI - limit_centi) << 20;
	int64_t free = (ALL_CENTI - avg10_centi) << 20;
	int64_t steps = 0;

	for (; free > goal && steps < STEPS_MAX; steps++)
		free = free / 100000 * STEP_PER_100000 + free % 100000 * STEP_PER_100000 / 100000;
	return value_max(steps - 1, 0) * STEP_MS;
}

int64_t killer_least_s(
	int64_t avg10_centi, int64_t limit_centi, int64_t held_ms, int64_t duration_ms)
{
	const int64_t left_ms = value_max(value_add(duration_ms, -value_max(held_ms, 0)), 0);

	if (!value_known(avg10_centi) || !value_known(limit_centi) || !value_known(duration_ms) ||
		!value_known(held_ms) || limit_centi >= ALL_CENTI)
		return VALUE_UNKNOWN;
	avg10_centi = value_max(value_min(avg10_centi, ALL_CENTI), 0);
	return (rise_ms(avg10_centi, value_max(limit_centi, 0)) + left_ms) / 1000;
}
