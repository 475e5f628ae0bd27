/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "analysis/killers_parts.h"

/** What is left before it acts, in percent of what it starts from. */
#define CRITICAL_PERCENT 1
#define WARN_PERCENT 3

/** A kill by pressure may come so soon. */
#define CRITICAL_S 10

typedef void (*judge_part)(const struct killer_judging *judging, struct killer_view *view);

static const judge_part parts[KILLER_KINDS] = {
	[KILLER_SYSTEMD_OOMD] = killer_judge_systemd_oomd,
	[KILLER_EARLYOOM] = killer_judge_earlyoom,
	[KILLER_OOMD] = killer_judge_oomd,
	[KILLER_NOHANG] = killer_judge_nohang,
	[KILLER_KUBELET] = killer_judge_kubelet,
};

const char *killer_worth_id(enum killer_worth worth)
{
	switch (worth) {
	case WORTH_EXACT:
		return "exact";
	case WORTH_ASSUMED:
		return "assumed";
	case WORTH_LOWER_BOUND:
		return "lower_bound";
	case WORTH_UNKNOWN:
		break;
	}
	return "unknown";
}

static void forget(struct killer_view *view)
{
	*view = (struct killer_view){
		.worth = WORTH_UNKNOWN,
		.room_kib = VALUE_UNKNOWN,
		.room_percent = VALUE_UNKNOWN,
		.pressure_centi = VALUE_UNKNOWN,
		.limit_centi = VALUE_UNKNOWN,
		.held_ms = VALUE_UNKNOWN,
		.duration_ms = VALUE_UNKNOWN,
		.least_s = VALUE_UNKNOWN,
		.watched = NO_MEMCG,
		.slope_kib_per_s = VALUE_UNKNOWN,
		.forecast_s = VALUE_UNKNOWN,
		.forecast_low_s = VALUE_UNKNOWN,
		.forecast_high_s = VALUE_UNKNOWN,
		.act = ACT_KILL,
		.victim = NO_TASK,
		.victim_memcg = NO_MEMCG,
		.gives_back_kib = VALUE_UNKNOWN,
	};
}

static void judge_part_of(const struct killer_judging *judging, struct killer_view *view)
{
	const struct killer *killer = judging->killer;

	if (killer->settings != SETTINGS_UNREAD && killer->kind < KILLER_KINDS) {
		parts[killer->kind](judging, view);
		return;
	}
	snprintf(view->worth_why, sizeof(view->worth_why), "%s",
		killer->settings_why[0] ? killer->settings_why : "its settings are not read yet");
	snprintf(view->nobody_why, sizeof(view->nobody_why), "its settings are not known");
}

static bool is_above(const struct killer_view *view)
{
	return value_known(view->pressure_centi) && value_known(view->limit_centi) &&
		view->pressure_centi > view->limit_centi;
}

static void foretell(
	const struct killer_judging *judging, struct killer_view *view, struct forecast *ret)
{
	const struct left left = {
		.low_kib = view->room_kib,
		.high_kib = view->never ? VALUE_UNKNOWN : view->room_kib,
		.cache_kib = 0,
		.swap_kib = view->room_swap_kib,
		.free_kib = value_add(view->room_kib, -view->room_swap_kib),
	};

	*ret = (struct forecast){ .early_s = VALUE_UNKNOWN,
		.slope_kib_per_s = VALUE_UNKNOWN,
		.seconds = VALUE_UNKNOWN,
		.low_s = VALUE_UNKNOWN,
		.high_s = VALUE_UNKNOWN };
	if (judging->watch)
		watch_note(judging->watch, judging->in->now->uptime_ms, &left, ret);
	view->slope_kib_per_s = ret->slope_kib_per_s;
	view->forecast_s = ret->seconds;
	view->forecast_low_s = ret->low_s;
	view->forecast_high_s = ret->high_s;
	snprintf(view->no_forecast_why, sizeof(view->no_forecast_why), "%s",
		judging->watch ? ret->why_none : "its history is not kept");
}

static void raise_level(struct killer_view *view, enum level level, const char *why)
{
	if (level <= view->level)
		return;
	view->level = level;
	snprintf(view->why, sizeof(view->why), "%s", why);
}

static void judge_room(struct killer_view *view)
{
	const int64_t percent = value_or(view->room_percent, 100);

	if (!value_known(view->room_kib))
		return;
	if (view->room_kib <= 0)
		raise_level(view, LEVEL_CRITICAL, "its limits are reached: it acts now");
	else if (percent < CRITICAL_PERCENT)
		raise_level(view, LEVEL_CRITICAL, "less than 1% is left until it acts");
	else if (percent < WARN_PERCENT)
		raise_level(view, LEVEL_WARN, "less than 3% is left until it acts");
}

static void judge_pressure(struct killer_view *view)
{
	if (!is_above(view))
		return;
	if (value_known(view->least_s) && view->least_s <= CRITICAL_S)
		raise_level(view, LEVEL_CRITICAL,
			"memory pressure is above its limit: may kill within 10s");
	else
		raise_level(view, LEVEL_WARN, "memory pressure is above its limit");
}

/* A timer without a pressure: the kubelet's soft threshold with its grace period. */
static void judge_timer(struct killer_view *view)
{
	if (value_known(view->limit_centi) || !value_known(view->least_s))
		return;
	raise_level(view, view->least_s <= CRITICAL_S ? LEVEL_CRITICAL : LEVEL_WARN,
		"memory is below its soft threshold");
}

static void judge_forecast(const struct killer_judging *judging, const struct forecast *forecast,
	struct killer_view *view)
{
	const enum level before = view->level;
	enum level level;

	if (!judging->watch)
		return;
	level = forecast_level(forecast, watch_lasting(judging->watch, judging->in->now->uptime_ms),
		value_or(view->room_percent, 100));
	raise_level(view, level, "it acts soon if memory goes on to be used up like this");
	view->by_forecast = before == LEVEL_OK && view->level > LEVEL_OK;
}

static void hold(const struct killer_judging *judging, struct killer_view *view)
{
	const struct level_deserved deserved = {
		.level = view->level,
		.by_forecast = view->by_forecast,
		.has_forecast = value_known(view->forecast_s),
	};
	const enum level level = view->level;

	if (!judging->watch)
		return;
	view->level = level_hold(&judging->watch->hold, judging->in->now->uptime_ms, &deserved,
		view->why, sizeof(view->why));
	if (view->level != level)
		view->by_forecast = judging->watch->hold.by_forecast[view->level];
}

/* Which comes first by what both have left; of the same thing, as what is left to the kernel
 * contains all that a killer starts from. */
static enum killer_order order_by_room(const struct killer_view *view, const struct risk *machine)
{
	if (!value_known(view->room_kib))
		return ORDER_UNTOLD;
	if (view->room_kib <= 0)
		return KILLER_BEFORE_KERNEL;
	if (value_known(view->forecast_s) && value_known(machine->forecast_s))
		return view->forecast_s <= machine->forecast_s ? KILLER_BEFORE_KERNEL
							       : KILLER_AFTER_KERNEL;
	if (!value_known(machine->left.high_kib))
		return ORDER_UNTOLD;
	return view->room_kib < machine->left.high_kib ? KILLER_BEFORE_KERNEL : KILLER_AFTER_KERNEL;
}

/* Below its limit nothing says when it would be passed. */
static enum killer_order order_by_pressure(
	const struct killer_view *view, const struct risk *machine)
{
	if (!is_above(view) || !value_known(view->least_s))
		return ORDER_UNTOLD;
	if (value_known(machine->forecast_s) && view->least_s > machine->forecast_s)
		return KILLER_AFTER_KERNEL;
	return KILLER_BEFORE_KERNEL;
}

static enum killer_order order_of(const struct killer_view *view, const struct risk *machine)
{
	const enum killer_order room = order_by_room(view, machine);
	enum killer_order pressure;

	if (view->never)
		return KILLER_AFTER_KERNEL;
	if (!value_known(view->limit_centi))
		return room;
	pressure = order_by_pressure(view, machine);
	if (room == KILLER_BEFORE_KERNEL || pressure == KILLER_BEFORE_KERNEL)
		return KILLER_BEFORE_KERNEL;
	/* A second trigger that cannot be told may come first after all. */
	return pressure;
}

static void judge_one(struct killer_judging *judging, struct killer_view *view)
{
	struct forecast forecast;

	judge_part_of(judging, view);
	foretell(judging, view, &forecast);
	if (!view->never) {
		judge_room(view);
		judge_pressure(view);
		judge_timer(view);
		judge_forecast(judging, &forecast, view);
	}
	hold(judging, view);
	view->order = order_of(view, judging->in->machine_risk);
}

static struct watch *own_watch(const struct killers_inputs *inputs, const struct killer *killer)
{
	if (!value_known(inputs->now->uptime_ms) || !inputs->history)
		return NULL;
	return watches_take(
		&inputs->history->watches, killer_key(killer, ""), inputs->now->uptime_ms);
}

struct killer_view *killers_judge(
	const struct killers_inputs *inputs, struct arena *arena, int *ret_error)
{
	const struct snapshot *now = inputs->now;
	struct killer_judging judgings[KILLERS_MAX];
	const uint32_t n = now->n_killers < KILLERS_MAX ? now->n_killers : KILLERS_MAX;
	struct killer_view *views;

	*ret_error = 0;
	if (n == 0)
		return NULL;
	views = arena_array(arena, now->n_killers, sizeof(*views));
	if (!views) {
		*ret_error = -ENOMEM;
		return NULL;
	}
	/* Their own come first: the cgroups that they watch share what is left of the places. */
	for (uint32_t i = 0; i < n; i++)
		judgings[i] = (struct killer_judging){ .in = inputs,
			.killer = &now->killers[i],
			.watch = own_watch(inputs, &now->killers[i]),
			.arena = arena };
	for (uint32_t i = 0; i < now->n_killers; i++)
		forget(&views[i]);
	for (uint32_t i = 0; i < n; i++)
		judge_one(&judgings[i], &views[i]);
	return views;
}

void killers_risk(const struct snapshot *now, const struct killer_view *views, uint32_t killer,
	struct risk *ret)
{
	const struct killer_view *view = &views[killer];
	struct text text;

	memset(ret, 0, sizeof(*ret));
	ret->level = view->level;
	ret->where = (struct scope){ .kind = SCOPE_KILLER, .memcg = NO_MEMCG, .killer = killer };
	text_init(&text, ret->scope, sizeof(ret->scope));
	scope_id(now, &ret->where, &text);
	text_init(&text, ret->scope_words, sizeof(ret->scope_words));
	scope_words(now, &ret->where, &text);
	ret->left = (struct left){ .low_kib = view->room_kib,
		.high_kib = view->room_kib,
		.cache_kib = VALUE_UNKNOWN,
		.swap_kib = view->room_swap_kib,
		.free_kib = value_add(view->room_kib, -view->room_swap_kib) };
	ret->slope_kib_per_s = view->slope_kib_per_s;
	ret->forecast_s = view->forecast_s;
	ret->forecast_low_s = view->forecast_low_s;
	ret->forecast_high_s = view->forecast_high_s;
	snprintf(ret->no_forecast_why, sizeof(ret->no_forecast_why), "%s", view->no_forecast_why);
	snprintf(ret->why, sizeof(ret->why), "%s", view->why);
	ret->by_forecast = view->by_forecast;
	ret->filling = NO_TASK;
	ret->filling_bytes_per_s = VALUE_UNKNOWN;
	ret->filling_percent = VALUE_UNKNOWN;
	ret->victim = view->victim;
}
