/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/json_out.h"

static const char *settings_id(enum killer_settings settings)
{
	switch (settings) {
	case SETTINGS_DAEMON:
		return "daemon";
	case SETTINGS_FILES:
		return "files";
	case SETTINGS_DEFAULTS:
		return "defaults";
	case SETTINGS_UNREAD:
		break;
	}
	return NULL;
}

static const char *act_id(enum killer_act act)
{
	switch (act) {
	case ACT_KILL:
		return "kill";
	case ACT_KERNEL:
		return "kernel";
	case ACT_EVICT:
		return "evict";
	case ACT_TERM:
		break;
	}
	return "term";
}

static const char *order_id(enum killer_order order)
{
	switch (order) {
	case KILLER_BEFORE_KERNEL:
		return "before_kernel";
	case KILLER_AFTER_KERNEL:
		return "after_kernel";
	case ORDER_UNTOLD:
		break;
	}
	return NULL;
}

/** A reason, or null where there is none. */
static void write_why(struct json *json, const char *name, const char *why)
{
	json_put_string(json, name, why[0] ? why : NULL);
}

static const char *path_of(const struct snapshot *now, uint32_t memcg)
{
	return memcg < now->n_memcgs ? now->memcgs[memcg].path : NULL;
}

static void write_room(struct json *json, const struct killer_view *view)
{
	const bool known = value_known(view->room_kib);

	json_put_int(json, "room_kib", view->room_kib);
	json_put_int(json, "room_swap_kib", known ? view->room_swap_kib : VALUE_UNKNOWN);
	json_put_int(json, "room_percent", view->room_percent);
	json_put_string(json, "room_of", !known ? NULL : view->room_is_swap ? "swap" : "memory");
	json_put_bool(json, "never", view->never);
	write_why(json, "never_why", view->why_never);
	json_put_int(json, "slope_kib_per_s", view->slope_kib_per_s);
	json_put_int(json, "forecast_s", view->forecast_s);
	json_put_int(json, "forecast_low_s", view->forecast_low_s);
	json_put_int(json, "forecast_high_s", view->forecast_high_s);
	write_why(json, "no_forecast_why", view->no_forecast_why);
}

/** Whose pressure: "system", or the cgroup as in a scope. */
static void write_pressure(struct json_out *out, const struct killer_view *view)
{
	const struct scope where = {
		.kind = view->watched < out->now->n_memcgs ? SCOPE_MEMCG : SCOPE_SYSTEM,
		.memcg = view->watched,
	};
	struct json *json = &out->json;
	char id[SCOPE_PATH_MAX + 16];
	struct text text;

	text_init(&text, id, sizeof(id));
	scope_id(out->now, &where, &text);
	json_put_string(json, "pressure_scope", value_known(view->pressure_centi) ? id : NULL);
	json_put_decimal(json, "pressure_percent", view->pressure_centi, 2);
	json_put_decimal(json, "pressure_limit_percent", view->limit_centi, 2);
	json_put_int(json, "held_ms", view->held_ms);
	json_put_int(json, "duration_ms", view->duration_ms);
	json_put_int(json, "least_s", view->least_s);
}

static void write_victim(struct json_out *out, const struct killer_view *view)
{
	const bool somebody = view->victim != NO_TASK || view->victim_memcg != NO_MEMCG;
	struct json *json = &out->json;

	json_put_string(json, "act", act_id(view->act));
	json_out_pid(out, "victim", view->victim);
	json_put_string(json, "victim_cgroup", path_of(out->now, view->victim_memcg));
	json_put_int(json, "victims", somebody ? (int64_t)view->n_victims : VALUE_UNKNOWN);
	json_put_int(json, "gives_back_kib", view->gives_back_kib);
	json_put_bool(json, "tie", view->tie);
	write_why(json, "nobody_why", view->nobody_why);
	write_why(json, "reason", view->reason);
	json_put_string(json, "order", order_id(view->order));
}

static void write_killer(struct json_out *out, uint32_t index)
{
	const struct killer *killer = &out->now->killers[index];
	const struct killer_view *view = &out->summary->killers[index];
	struct json *json = &out->json;
	char words[256];
	struct text text;

	text_init(&text, words, sizeof(words));
	killer_words(out->now, out->summary->killers, index, &text);
	json_put_object(json, NULL);
	json_put_string(json, "name", killer_name(killer->kind));
	json_put_int(json, "pid", killer->pid);
	json_put_string(json, "text", words);
	json_put_string(json, "settings", settings_id(killer->settings));
	write_why(json, "settings_why", killer->settings_why);
	json_put_string(json, "worth", killer_worth_id(view->worth));
	write_why(json, "worth_why", view->worth_why);
	json_put_string(json, "level", level_id(view->level));
	write_why(json, "why", view->why);
	write_room(json, view);
	write_pressure(out, view);
	write_victim(out, view);
	json_end_object(json);
	json_out_drain(out);
}

void json_out_killers(struct json_out *out)
{
	json_put_array(&out->json, "killers");
	for (uint32_t i = 0; out->summary->killers && i < out->now->n_killers; i++)
		write_killer(out, i);
	json_end_array(&out->json);
}
