/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "app/json_out.h"

/** Candidates named in oom.order; the rank of all stands in tasks. */
#define ORDER_MOST 64

void json_out_pid(struct json_out *out, const char *name, uint32_t task)
{
	json_put_int(&out->json, name, task == NO_TASK ? VALUE_UNKNOWN : out->now->tasks[task].pid);
}

void json_out_missing(struct json_out *out, const char *what, const char *why)
{
	json_put_object(&out->json, NULL);
	json_put_string(&out->json, "what", what);
	json_put_string(&out->json, "why", why);
	json_end_object(&out->json);
}

static void write_risk(struct json_out *out, const char *name, const struct risk *risk)
{
	struct json *json = &out->json;

	json_put_object(json, name);
	json_put_string(json, "level", level_id(risk->level));
	json_put_string(json, "scope", risk->scope);
	json_put_string(json, "name", risk->scope_words);
	json_put_string(json, "text", risk->text);
	json_put_string(json, "why", risk->why[0] ? risk->why : NULL);
	json_put_int(json, "left_kib", risk->left.high_kib);
	json_put_int(json, "left_sure_kib", risk->left.low_kib);
	json_put_int(json, "slope_kib_per_s", risk->slope_kib_per_s);
	json_put_int(json, "forecast_s", risk->forecast_s);
	json_put_int(json, "forecast_low_s", risk->forecast_low_s);
	json_put_int(json, "forecast_high_s", risk->forecast_high_s);
	json_out_pid(out, "victim", risk->victim);
	if (risk->filling == NO_TASK) {
		json_put_null(json, "filling");
	} else {
		json_put_object(json, "filling");
		json_out_pid(out, "pid", risk->filling);
		json_put_int(json, "growth_bytes_per_s", risk->filling_bytes_per_s);
		json_put_int(json, "share_percent", risk->filling_percent);
		json_end_object(json);
	}
	json_end_object(json);
	json_out_drain(out);
}

static void write_pids(
	struct json_out *out, const char *name, const uint32_t *tasks, uint32_t count)
{
	json_put_array(&out->json, name);
	for (uint32_t i = 0; i < count; i++) {
		json_out_pid(out, NULL, tasks[i]);
		json_out_drain(out);
	}
	json_end_array(&out->json);
}

static void write_oom(struct json_out *out)
{
	const struct oom *oom = &out->summary->oom;
	struct json *json = &out->json;

	json_put_object(json, "oom");
	json_put_string(json, "scope", oom->scope_name);
	json_put_string(json, "constraint", constraint_id(oom->constraint));
	json_put_int(json, "totalpages", oom->totalpages);
	json_put_string(json, "outcome", outcome_id(oom->outcome));
	json_out_pid(out, "victim", oom->victim);
	write_pids(out, "also", oom->also, oom->n_also);
	json_put_string(
		json, "group", oom->group == NO_MEMCG ? NULL : out->now->memcgs[oom->group].path);
	write_pids(out, "order", oom->order, oom->n_order < ORDER_MOST ? oom->n_order : ORDER_MOST);
	json_put_int(json, "gives_back_kib", oom->gives_back_kib);
	json_out_pid(out, "victim_at_forecast", oom->victim_at_forecast);
	json_put_int(json, "overtaken_in_s", oom->overtaken_in_s);
	json_put_int(json, "margin_pages", oom->margin_pages);
	json_put_bool(json, "certain", oom->certain);
	json_put_string(json, "uncertain_why", oom->uncertain_why[0] ? oom->uncertain_why : NULL);
	json_put_string(json, "reason", oom->reason);
	json_end_object(json);
}

void json_out_risks(struct json_out *out)
{
	write_risk(out, "verdict", &out->summary->risks[0]);
	json_put_array(&out->json, "risks");
	for (unsigned i = 0; i < out->summary->n_risks; i++)
		write_risk(out, NULL, &out->summary->risks[i]);
	json_end_array(&out->json);
	write_oom(out);
}

/* No limit and an unknown one are both null; of the latter "missing" says why. */
static void write_kib(struct json *json, const char *name, int64_t bytes)
{
	const bool has = memcg_is_limit(bytes);

	json_put_int(json, name, has ? bytes / 1024 : VALUE_UNKNOWN);
}

static void write_flag(struct json *json, const char *name, int64_t flag)
{
	if (value_known(flag))
		json_put_bool(json, name, flag != 0);
	else
		json_put_null(json, name);
}

static void write_files(struct json *json, const struct memcg *memcg)
{
	json_put_int(json, "version", memcg->version);
	json_put_int(json, "processes", memcg->n_tasks);
	write_kib(json, "usage_kib", memcg->usage_bytes);
	write_kib(json, "max_kib", memcg->max_bytes);
	write_kib(json, "high_kib", memcg->high_bytes);
	write_kib(json, "swap_kib", memcg->swap_bytes);
	write_kib(json, "swap_max_kib", memcg->swap_max_bytes);
	write_kib(json, "memsw_max_kib", memcg->memsw_max_bytes);
	write_flag(json, "oom_group", memcg->oom_group);
	write_flag(json, "oom_kill_disable", memcg->oom_kill_disable);
	write_flag(json, "under_oom", memcg->under_oom);
	json_put_object(json, "events");
	json_put_int(json, "max", memcg->events_max);
	json_put_int(json, "oom", memcg->events_oom);
	json_put_int(json, "oom_kill", memcg->events_oom_kill);
	json_put_int(json, "high", memcg->events_high);
	json_end_object(json);
	json_put_decimal(json, "full_avg10", memcg->pressure.full.avg10_centi, 2);
}

static void write_cgroup(struct json_out *out, uint32_t index)
{
	const struct memcg_view *judged = &out->summary->memcgs[index];
	const struct memcg *memcg = &out->now->memcgs[index];
	const struct scope scope = { .kind = SCOPE_MEMCG, .memcg = index };
	struct json *json = &out->json;
	char words[64];
	struct text text;

	text_init(&text, words, sizeof(words));
	scope_words(out->now, &scope, &text);
	json_put_object(json, NULL);
	json_put_string(json, "path", memcg->path);
	json_put_string(json, "name", words);
	json_put_string(json, "unit", memcg->unit);
	json_put_string(json, "container", memcg->container);
	write_files(json, memcg);
	json_put_string(json, "level", level_id(judged->level));
	json_put_string(json, "why", judged->why[0] ? judged->why : NULL);
	json_put_int(json, "unreclaimable_left_kib", judged->left_kib);
	json_put_int(json, "unreclaimable_left_sure_kib", judged->sure_kib);
	json_put_int(json, "left_percent", judged->percent);
	json_put_int(json, "slope_kib_per_s", judged->slope_kib_per_s);
	json_put_int(json, "forecast_s", judged->forecast_s);
	json_put_int(json, "forecast_low_s", judged->forecast_low_s);
	json_put_int(json, "forecast_high_s", judged->forecast_high_s);
	json_put_bool(json, "throttled", judged->throttled);
	json_out_pid(out, "victim", judged->victim);
	json_put_string(json, "group",
		judged->group == NO_MEMCG ? NULL : out->now->memcgs[judged->group].path);
	json_end_object(json);
	json_out_drain(out);
}

void json_out_cgroups(struct json_out *out)
{
	const struct memcg_view *views = out->summary->memcgs;

	json_put_array(&out->json, "cgroups");
	for (uint32_t i = 0; views && i < out->now->n_memcgs; i++)
		if (views[i].limited)
			write_cgroup(out, i);
	json_end_array(&out->json);
}

/** Figures of a cgroup that may lack, with what brings them. */
static const struct {
	const char *what;
	size_t offset; /* in struct memcg */
	const char *why;
} lacking[] = {
	{ "cgroups[].usage_kib", offsetof(struct memcg, usage_bytes), "could not be read" },
	{ "cgroups[].high_kib", offsetof(struct memcg, high_bytes), "needs cgroup v2" },
	{ "cgroups[].swap_kib", offsetof(struct memcg, swap_bytes),
		"needs swap accounting of cgroups" },
	{ "cgroups[].swap_max_kib", offsetof(struct memcg, swap_max_bytes),
		"needs cgroup v2 with swap accounting" },
	{ "cgroups[].memsw_max_kib", offsetof(struct memcg, memsw_max_bytes),
		"only in cgroup v1 with swap accounting" },
	{ "cgroups[].oom_group", offsetof(struct memcg, oom_group),
		"needs cgroup v2 of Linux 4.19 or later" },
	{ "cgroups[].oom_kill_disable", offsetof(struct memcg, oom_kill_disable),
		"only in cgroup v1" },
	{ "cgroups[].under_oom", offsetof(struct memcg, under_oom), "only in cgroup v1" },
	{ "cgroups[].events.max", offsetof(struct memcg, events_max), "could not be read" },
	{ "cgroups[].events.oom", offsetof(struct memcg, events_oom), "needs cgroup v2" },
	{ "cgroups[].events.oom_kill", offsetof(struct memcg, events_oom_kill),
		"needs Linux 4.13 or later" },
	{ "cgroups[].events.high", offsetof(struct memcg, events_high), "needs cgroup v2" },
	{ "cgroups[].full_avg10", offsetof(struct memcg, pressure.full.avg10_centi),
		"needs cgroup v2 with PSI, Linux 4.20 or later" },
	{ "cgroups[].unreclaimable_left_kib", offsetof(struct memcg, stat_file_bytes),
		"without memory.stat cache counts as memory that cannot be dropped" },
};

static bool some_lacks(const struct json_out *out, size_t offset)
{
	const struct memcg_view *views = out->summary->memcgs;

	for (uint32_t i = 0; views && i < out->now->n_memcgs; i++) {
		const char *memcg = (const char *)&out->now->memcgs[i];

		if (views[i].limited &&
			!value_known(*(const int64_t *)(const void *)(memcg + offset)))
			return true;
	}
	return false;
}

void json_out_missing_cgroups(struct json_out *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(lacking); i++)
		if (some_lacks(out, lacking[i].offset))
			json_out_missing(out, lacking[i].what, lacking[i].why);
}
