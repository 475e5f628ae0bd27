/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/killer_room.h"
#include "analysis/systemd_oomd_parts.h"
#include "model/systemd_oomd.h"

/** What of this kind of judging is found on the way. */
struct oomd_state {
	const struct killer_judging *judging;
	const struct systemd_oomd_settings *settings;
	bool swap_monitored, pressure_monitored, rules;
	uint32_t n_pressure_unread;
	bool sure;            /**< of the timer of the cgroup that is nearest */
	int64_t far_permille; /**< how near that one is: 0 at its limit or above */
};

const struct systemd_oomd_cgroup *systemd_oomd_settings_of(
	const struct killer *killer, uint32_t memcg)
{
	const struct systemd_oomd_settings *settings = &killer->systemd_oomd;

	if (memcg == NO_MEMCG)
		return &settings->root;
	return settings->cgroups ? &settings->cgroups[memcg] : NULL;
}

static void note_monitored(struct oomd_state *state, const struct systemd_oomd_cgroup *cgroup)
{
	state->swap_monitored |= cgroup->swap_monitored;
	state->pressure_monitored |= cgroup->pressure_monitored;
	state->rules |= cgroup->rules;
}

static void find_monitored(struct oomd_state *state)
{
	const struct snapshot *now = state->judging->in->now;

	note_monitored(state, &state->settings->root);
	for (uint32_t i = 0; state->settings->cgroups && i < now->n_memcgs; i++)
		note_monitored(state, &state->settings->cgroups[i]);
}

/* In bytes, as it counts. */
static int64_t bytes_of(int64_t kib)
{
	return value_mul(kib, 1024);
}

/** What may still be used up until less than a share is free: in KiB; 0: less is; both sides are
 * strict, so at the very share one byte more is needed. */
static int64_t room_kib(int64_t free_kib, int64_t total_kib, int64_t share_permyriad)
{
	const int64_t threshold = killer_share(bytes_of(total_kib), share_permyriad, PERMYRIAD_ALL);
	const int64_t free = bytes_of(free_kib);

	if (!value_known(free) || !value_known(threshold))
		return VALUE_UNKNOWN;
	return free < threshold ? 0 : (free - threshold) / 1024 + 1;
}

static void never(struct killer_view *view, const char *why)
{
	view->never = true;
	snprintf(view->why_never, sizeof(view->why_never), "%s", why);
}

/* Why the swap rule cannot fire; NULL: it can. */
static const char *no_swap_rule(const struct oomd_state *state)
{
	const struct snapshot *now = state->judging->in->now;

	if (!state->swap_monitored)
		return "no cgroup is watched for swap";
	if (now->mem.swap_total_kib == 0)
		return "its swap rule cannot fire without swap";
	if (state->settings->swap_used_permyriad >= PERMYRIAD_ALL)
		return "its limit is all of swap";
	return NULL;
}

static void judge_swap(const struct oomd_state *state, struct killer_view *view)
{
	const struct meminfo *mem = &state->judging->in->now->mem;
	const int64_t share = PERMYRIAD_ALL - state->settings->swap_used_permyriad;
	const int64_t swap = room_kib(mem->swap_free_kib, mem->swap_total_kib, share);
	const int64_t ram = state->settings->swap_only
		? 0
		: room_kib(mem->mem_available_kib, mem->mem_total_kib, share);

	if (no_swap_rule(state))
		return;
	if (!value_known(swap) || !value_known(ram)) {
		killer_doubt(view, WORTH_UNKNOWN, "free memory or swap could not be read");
		return;
	}
	killer_set_room(state->judging->in->now, ram, swap, view);
}

static const struct pressure *pressure_of(const struct snapshot *now, uint32_t memcg)
{
	return memcg == NO_MEMCG ? &now->pressure : &now->memcgs[memcg].pressure;
}

/* Thousandths of the limit that are missing, and behind all of those that only need time. */
static int64_t far_of(int64_t pressure_centi, int64_t limit_centi)
{
	if (pressure_centi > limit_centi)
		return 0;
	return 1 + 1000 - killer_share(pressure_centi, 1000, value_max(limit_centi, 1));
}

static bool is_nearer(const struct killer_view *view, int64_t far_permille, int64_t least_s,
	int64_t nearest_permille)
{
	if (!value_known(view->limit_centi))
		return true;
	if (far_permille > 0 || nearest_permille > 0)
		return far_permille < nearest_permille;
	return value_or(least_s, INT64_MAX) < value_or(view->least_s, INT64_MAX);
}

static void judge_pressure_of(struct oomd_state *state, uint32_t memcg,
	const struct systemd_oomd_cgroup *cgroup, struct killer_view *view)
{
	const struct snapshot *now = state->judging->in->now;
	const int64_t pressure = pressure_of(now, memcg)->full.avg10_centi;
	/* Hundredths of a percent of the time are what a permyriad is. */
	const int64_t limit = cgroup->limit_permyriad;
	int64_t held_ms, far_permille, least_s;
	bool sure;

	if (!value_known(pressure)) {
		state->n_pressure_unread++;
		return;
	}
	held_ms = killer_held_ms(state->judging, memcg == NO_MEMCG ? "/" : now->memcgs[memcg].path,
		pressure > limit, &sure);
	least_s = killer_least_s(pressure, limit, held_ms, cgroup->duration_ms);
	far_permille = far_of(pressure, limit);
	if (!is_nearer(view, far_permille, least_s, state->far_permille))
		return;
	state->far_permille = far_permille;
	state->sure = sure || pressure <= limit;
	view->pressure_centi = pressure;
	view->limit_centi = limit;
	view->held_ms = held_ms;
	view->duration_ms = cgroup->duration_ms;
	view->least_s = least_s;
	view->watched = memcg;
}

static void judge_pressure(struct oomd_state *state, struct killer_view *view)
{
	const struct snapshot *now = state->judging->in->now;

	if (state->settings->root.pressure_monitored && !systemd_oomd_lists_root(now))
		judge_pressure_of(state, NO_MEMCG, &state->settings->root, view);
	for (uint32_t i = 0; state->settings->cgroups && i < now->n_memcgs; i++) {
		if (state->settings->cgroups[i].pressure_monitored)
			judge_pressure_of(state, i, &state->settings->cgroups[i], view);
	}
	if (state->n_pressure_unread > 0)
		killer_doubt(view, WORTH_UNKNOWN, "memory.pressure of what it watches is not read");
	else if (value_known(view->limit_centi) && !state->sure)
		killer_doubt(view, WORTH_LOWER_BOUND, "its timer was not seen from its start");
}

/* What cannot be: neither rule can fire. */
static void judge_never(const struct oomd_state *state, struct killer_view *view)
{
	const char *no_swap = no_swap_rule(state);

	if (state->settings->dry_run)
		never(view, "it runs with --dry-run");
	else if (state->pressure_monitored || state->rules || !no_swap)
		return;
	else if (!state->settings->users_known)
		killer_doubt(view, WORTH_UNKNOWN,
			"no unit of the system is watched; users' own are not read");
	else if (state->swap_monitored)
		never(view, no_swap);
	else
		never(view, "no unit has ManagedOOMSwap= or ManagedOOMMemoryPressure=kill");
}

/* Which of both is nearer, in thousandths of the way. */
static bool is_swap_nearer(const struct oomd_state *state, const struct killer_view *view)
{
	if (!value_known(view->room_kib))
		return false;
	if (!value_known(view->limit_centi) || view->room_kib == 0)
		return true;
	return value_mul(view->room_percent, 10) < state->far_permille;
}

void killer_judge_systemd_oomd(const struct killer_judging *judging, struct killer_view *view)
{
	struct oomd_state state = {
		.judging = judging, .settings = &judging->killer->systemd_oomd, .sure = true
	};

	killer_begin(judging->in->now, judging->killer, view);
	view->act = ACT_KILL;
	find_monitored(&state);
	judge_swap(&state, view);
	judge_pressure(&state, view);
	judge_never(&state, view);
	if (state.rules)
		killer_doubt(view, WORTH_UNKNOWN, "OOMRules= are not followed here");
	if (is_swap_nearer(&state, view))
		systemd_oomd_choose(judging, RULE_SWAP, NO_MEMCG, view);
	else if (value_known(view->limit_centi))
		systemd_oomd_choose(judging, RULE_PRESSURE, view->watched, view);
	else
		snprintf(view->nobody_why, sizeof(view->nobody_why), "%s",
			view->never ? view->why_never : view->worth_why);
}
