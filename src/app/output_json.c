/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/json_out.h"
#include "app/json_tables.h"
#include "app/output.h"

/** Written to stdout whenever a task is complete; a task takes about 1 KiB. */
#define BUFFER_BYTES 65536
#define DRAIN_BYTES 32768

static void drain(struct json_out *out, size_t above)
{
	if (out->text.len <= above)
		return;
	fwrite(out->text.buf, 1, out->text.len, stdout);
	text_init(&out->text, out->text.buf, out->text.size);
}

void json_out_drain(struct json_out *out)
{
	drain(out, DRAIN_BYTES);
}

/** The year 9999 is the last that the format has room for. */
static bool time_is_known(int64_t time_ms)
{
	return value_known(time_ms) && time_ms >= 0 && time_ms <= INT64_C(253402300799999);
}

void json_out_time(struct json_out *out, int64_t time_ms)
{
	const time_t seconds = (time_t)(time_ms / 1000);
	char date[32], whole[64];
	struct tm utc;

	if (!time_is_known(time_ms) || !gmtime_r(&seconds, &utc)) {
		json_put_null(&out->json, "time");
		return;
	}
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(whole, sizeof(whole), "%s.%03dZ", date, (int)(time_ms % 1000));
	json_put_string(&out->json, "time", whole);
}

static void write_head(struct json_out *out)
{
	const struct snapshot *now = out->now;
	struct json *json = &out->json;

	json_put_string(json, "type", "sample");
	json_put_int(json, "version", 1);
	json_out_time(out, out->now->time_ms);
	json_put_int(json, "uptime_ms", now->uptime_ms);
	json_put_string(json, "host", now->hostname[0] ? now->hostname : NULL);
	json_put_object(json, "kernel");
	json_put_string(json, "release", now->release[0] ? now->release : NULL);
	json_put_int(json, "page_bytes", now->page_bytes);
	json_put_string(json, "formula", formula_name(now->kernel.formula));
	json_end_object(json);
	json_put_string(json, "source", source_id(now->source));
	json_put_string(json, "sampler", "proc");
	json_put_string(
		json, "partial", now->partial == PARTIAL_NONE ? NULL : words_partial[now->partial]);
}

static void write_pressure_line(
	struct json *json, const char *name, const struct pressure_line *line)
{
	json_put_object(json, name);
	json_put_decimal(json, "avg10", line->avg10_centi, 2);
	json_put_decimal(json, "avg60", line->avg60_centi, 2);
	json_put_decimal(json, "avg300", line->avg300_centi, 2);
	json_put_int(json, "total_us", line->total_us);
	json_end_object(json);
}

static void write_system(struct json_out *out)
{
	const struct account *account = &out->summary->account;
	struct json *json = &out->json;

	json_put_object(json, "memory");
	json_members(json, members_meminfo, &out->now->mem);
	json_put_int(json, "file_kib", account->cache_kib);
	json_put_int(json, "unaccounted_kib", account->unaccounted_kib);
	json_put_int(json, "killable_kib", account->killable_kib);
	json_put_int(json, "protected_kib", account->protected_kib);
	json_end_object(json);
	json_put_object(json, "knobs");
	json_members(json, members_knobs, &out->now->knobs);
	json_end_object(json);
	json_out_risks(out);
	json_put_object(json, "reclaim");
	json_members(json, json_reclaim, &out->summary->reclaim);
	json_end_object(json);
	json_put_object(json, "pressure");
	write_pressure_line(json, "some", &out->now->pressure.some);
	write_pressure_line(json, "full", &out->now->pressure.full);
	json_end_object(json);
	json_put_object(json, "vmstat");
	json_members(json, members_vmstat, &out->now->vmstat);
	json_end_object(json);
}

static void write_zone(struct json_out *out, const struct zone *zone, const struct zone_view *view)
{
	json_put_object(&out->json, NULL);
	json_zone_members(&out->json, zone, view);
	json_end_object(&out->json);
	json_out_drain(out);
}

/** What a process without memory of its own has: none, which is known. */
static int64_t memory_of(const struct judged *judged, int64_t value)
{
	const bool none = judged->exempt == EXEMPT_KTHREAD || judged->exempt == EXEMPT_NO_MM;

	return none && !value_known(value) ? 0 : value;
}

static void write_task_memory(
	struct json *json, const struct task *task, const struct judged *judged)
{
	const struct badness *badness = &judged->badness;
	const bool candidate = judged->exempt == EXEMPT_NONE;

	json_put_int(json, "rss_anon_pages", memory_of(judged, task->rss_anon_pages));
	json_put_int(json, "rss_file_pages", memory_of(judged, task->rss_file_pages));
	json_put_int(json, "rss_shmem_pages", memory_of(judged, task->rss_shmem_pages));
	json_put_int(json, "swap_pages", memory_of(judged, task->swap_pages));
	json_put_int(json, "pgtables_bytes", memory_of(judged, task->pgtables_bytes));
	json_put_int(json, "rss_scored_pages", memory_of(judged, badness->rss_pages));
	json_put_int(json, "badness_pages",
		candidate && badness->known ? badness->total_pages : VALUE_UNKNOWN);
	json_put_int(json, "error_pages", candidate ? badness->error_pages : VALUE_UNKNOWN);
	json_put_decimal(json, "points", judged->points_tenths, 1);
	json_put_int(json, "rank", judged->rank ? (int64_t)judged->rank : VALUE_UNKNOWN);
	json_put_string(json, "exempt", exempt_id(judged->exempt));
	json_put_int(json, "growth_bytes_per_s",
		task->has & TASK_HAS_GROWTH ? task->growth_bytes_per_s[GROWTH_10S] : VALUE_UNKNOWN);
}

/** Mems_allowed, as the kernel prints the list. */
static void write_nodes(struct json_out *out, const struct task *task)
{
	char list[NODES_MAX * 4];
	struct text text;

	if (task->nodes >= out->now->n_node_sets) {
		json_put_null(&out->json, "mems_allowed");
		return;
	}
	text_init(&text, list, sizeof(list));
	nodes_words(&out->now->node_sets[task->nodes], &text);
	json_put_string(&out->json, "mems_allowed", list);
}

static void write_task(struct json_out *out, uint32_t index)
{
	const struct task *task = &out->now->tasks[index];
	const char state[2] = { task->state, '\0' };
	struct json *json = &out->json;

	json_put_object(json, NULL);
	json_put_int(json, "pid", task->pid);
	json_put_int(json, "ppid", task->has & TASK_HAS_STAT ? task->ppid : VALUE_UNKNOWN);
	json_put_int(json, "start_ticks",
		task->has & TASK_HAS_STAT ? (int64_t)task->start_ticks : VALUE_UNKNOWN);
	json_put_int(json, "uid", task->has & TASK_HAS_UID ? (int64_t)task->uid : VALUE_UNKNOWN);
	json_put_string(json, "user", task->who->user);
	json_put_string(json, "comm", task->comm);
	json_put_string(json, "cgroup", task->who->cgroup);
	json_put_string(json, "unit", task->who->unit);
	json_put_string(json, "container", task->who->container);
	json_put_string(json, "state", task->state && task->state != '?' ? state : NULL);
	json_put_int(json, "threads", task->threads ? (int64_t)task->threads : VALUE_UNKNOWN);
	json_put_int(
		json, "oom_score", task->has & TASK_HAS_SCORE ? task->oom_score : VALUE_UNKNOWN);
	json_put_int(json, "oom_score_adj",
		task->has & TASK_HAS_ADJ ? task->oom_score_adj : VALUE_UNKNOWN);
	write_nodes(out, task);
	write_task_memory(json, task, &out->summary->oom.judged[index]);
	json_end_object(json);
	json_out_drain(out);
}

static void write_missing_facts(struct json_out *out)
{
	for (int fact = 0; fact < FACT_COUNT; fact++) {
		const enum fact_state state = out->now->facts[fact];
		char why[256];
		struct text text;

		if (state == FACT_PRESENT || state == FACT_UNREAD)
			continue;
		text_init(&text, why, sizeof(why));
		fact_reason((enum fact)fact, state, &text);
		json_out_missing(out, fact_name((enum fact)fact), why);
	}
}

static bool some_zone_lacks(const struct snapshot *now, const struct member *member)
{
	for (uint32_t i = 0; i < now->n_zones; i++)
		if (!value_known(member_i64(member, &now->zones[i])))
			return true;
	return false;
}

/** Each figure that some zone lacks, once. */
static void write_missing_zones(struct json_out *out)
{
	const struct snapshot *now = out->now;

	for (const struct member *member = members_zone_pages; member->name; member++) {
		char what[80];

		if (!some_zone_lacks(now, member))
			continue;
		snprintf(what, sizeof(what), "zones[].%s", member->name);
		json_out_missing(
			out, what, "/proc/zoneinfo does not show it for every zone of this kernel");
	}
	for (uint32_t i = 0; out->summary->views && i < now->n_zones; i++)
		if (out->summary->views[i].state == ZONE_UNKNOWN) {
			json_out_missing(
				out, "zones[].state", "a zone without pages or marks has none");
			return;
		}
}

/** What follows from the sample and is null for want of something in it. */
static void write_missing_results(struct json_out *out)
{
	const struct summary *summary = out->summary;
	const struct risk *risk = &summary->risks[0];

	if (out->now->tick <= 1)
		json_out_missing(out, "rates and growth", "need a second sample");
	else if (!value_known(summary->reclaim.efficiency_percent))
		json_out_missing(out, "reclaim.efficiency_percent",
			"nothing was scanned since the sample before");
	if (!value_known(risk->slope_kib_per_s))
		json_out_missing(out, "verdict.slope_kib_per_s", "needs three samples");
	if (!value_known(risk->forecast_s) && risk->no_forecast_why[0])
		json_out_missing(out, "verdict.forecast_s", risk->no_forecast_why);
	if (!value_known(summary->account.killable_kib))
		json_out_missing(out, "memory.killable_kib",
			"needs RssAnon in /proc/PID/status (4.5 or later)");
	if (!time_is_known(out->now->time_ms))
		json_out_missing(out, "time", "the recording has no time in its meta");
}

static void write_missing(struct json_out *out)
{
	struct json *json = &out->json;

	json_put_array(json, "missing");
	write_missing_facts(out);
	json_missing_members(json, "memory", members_meminfo, &out->now->mem,
		"no such line in this kernel's /proc/meminfo");
	json_missing_members(json, "knobs", members_knobs, &out->now->knobs,
		"this kernel has no such setting, or it could not be read");
	json_missing_members(json, "vmstat", members_vmstat, &out->now->vmstat,
		"no such counter in this kernel's /proc/vmstat");
	write_missing_zones(out);
	json_out_missing_cgroups(out);
	write_missing_results(out);
	json_end_array(json);
}

static bool shown(const struct app *app, uint32_t index)
{
	if (!app->options.only_shown)
		return true;
	return tasklist_find(&app->view.list, app->view.now, app->view.now->tasks[index].pid,
		       app->view.now->tasks[index].start_ticks) >= 0;
}

int output_json(const struct app *app)
{
	static char buffer[BUFFER_BYTES];
	struct json_out out = {
		.app = app,
		.now = &app->now->snapshot,
		.summary = &app->now->summary,
	};

	text_init(&out.text, buffer, sizeof(buffer));
	json_init(&out.json, &out.text);
	json_put_object(&out.json, NULL);
	write_head(&out);
	write_system(&out);
	json_put_array(&out.json, "zones");
	for (uint32_t i = 0; out.summary->views && i < out.now->n_zones; i++)
		write_zone(&out, &out.now->zones[i], &out.summary->views[i]);
	json_end_array(&out.json);
	json_out_cgroups(&out);
	json_out_killers(&out);
	json_out_kills(&out);
	json_put_array(&out.json, "tasks");
	for (uint32_t i = 0; i < out.now->n_tasks; i++)
		if (shown(app, i))
			write_task(&out, i);
	json_end_array(&out.json);
	write_missing(&out);
	json_end_object(&out.json);
	text_add(&out.text, "\n");
	drain(&out, 0);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : -errno;
}
