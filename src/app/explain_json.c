/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis/zones.h"
#include "app/explain_out.h"
#include "app/json_out.h"
#include "app/json_tables.h"

#define BUFFER_BYTES 65536

#define OF(type, member) MEMBER_I64_AS(#member, type, member)

static const struct member mem_members[] = {
	OF(struct report_mem, active_pages),
	OF(struct report_mem, inactive_pages),
	OF(struct report_mem, active_anon_pages),
	OF(struct report_mem, inactive_anon_pages),
	OF(struct report_mem, isolated_anon_pages),
	OF(struct report_mem, active_file_pages),
	OF(struct report_mem, inactive_file_pages),
	OF(struct report_mem, isolated_file_pages),
	OF(struct report_mem, unevictable_pages),
	OF(struct report_mem, dirty_pages),
	OF(struct report_mem, writeback_pages),
	OF(struct report_mem, unstable_pages),
	OF(struct report_mem, slab_pages),
	OF(struct report_mem, slab_reclaimable_pages),
	OF(struct report_mem, slab_unreclaimable_pages),
	OF(struct report_mem, mapped_pages),
	OF(struct report_mem, shmem_pages),
	OF(struct report_mem, pagetables_pages),
	OF(struct report_mem, sec_pagetables_pages),
	OF(struct report_mem, bounce_pages),
	OF(struct report_mem, kernel_misc_reclaimable_pages),
	OF(struct report_mem, free_pages),
	OF(struct report_mem, free_pcp_pages),
	OF(struct report_mem, free_cma_pages),
	OF(struct report_mem, pagecache_pages),
	OF(struct report_mem, swap_cache_pages),
	OF(struct report_mem, highmem_pages),
	OF(struct report_mem, reserved_pages),
	OF(struct report_mem, cma_reserved_pages),
	OF(struct report_mem, hwpoisoned_pages),
	MEMBER_END,
};

/* What follows from them. */
static const struct member memory_members[] = {
	MEMBER_I64_AS("total_pages", struct explained_memory, total),
	MEMBER_I64_AS("free_pages", struct explained_memory, free),
	MEMBER_I64_AS("anon_pages", struct explained_memory, anon),
	MEMBER_I64_AS("locked_pages", struct explained_memory, locked),
	MEMBER_I64_AS("shmem_pages", struct explained_memory, shmem),
	MEMBER_I64_AS("cache_pages", struct explained_memory, cache),
	MEMBER_I64_AS("slab_reclaimable_pages", struct explained_memory, slab_reclaimable),
	MEMBER_I64_AS("slab_unreclaimable_pages", struct explained_memory, slab_unreclaimable),
	MEMBER_I64_AS("page_tables_pages", struct explained_memory, page_tables),
	MEMBER_I64_AS("stacks_pages", struct explained_memory, stacks),
	MEMBER_I64_AS("hugetlb_pages", struct explained_memory, hugetlb),
	MEMBER_I64_AS("hugetlb_free_pages", struct explained_memory, hugetlb_free),
	MEMBER_I64_AS("other_pages", struct explained_memory, other),
	MEMBER_I64_AS("unaccounted_pages", struct explained_memory, unaccounted),
	MEMBER_END,
};

static const struct member victim_members[] = {
	OF(struct report_victim, uid),
	OF(struct report_victim, total_vm_kib),
	OF(struct report_victim, anon_rss_kib),
	OF(struct report_victim, file_rss_kib),
	OF(struct report_victim, shmem_rss_kib),
	OF(struct report_victim, pgtables_kib),
	OF(struct report_victim, oom_score_adj),
	OF(struct report_victim, score),
	MEMBER_END,
};

static const char *text_or_null(const char *text)
{
	return text && text[0] ? text : NULL;
}

static void write_who(struct json *json, const char *name, const struct report_who *who)
{
	if (!value_known(who->pid) && !who->comm[0]) {
		json_put_null(json, name);
		return;
	}
	json_put_object(json, name);
	json_put_int(json, "pid", who->pid);
	json_put_string(json, "comm", text_or_null(who->comm));
	json_end_object(json);
}

static void write_gfp(struct json *json, const struct oom_report *report)
{
	char flags[1024], mask[32];
	struct text text;

	snprintf(mask, sizeof(mask), "0x%" PRIx64, (uint64_t)report->gfp_mask);
	json_put_string(json, "gfp_mask", value_known(report->gfp_mask) ? mask : NULL);
	text_init(&text, flags, sizeof(flags));
	explain_gfp(report, &text);
	if (text.len == 0) {
		json_put_null(json, "gfp_flags");
		return;
	}
	json_put_array(json, "gfp_flags");
	for (char *at = flags, *end; at; at = end) {
		end = strchr(at, '|');
		if (end)
			*end++ = '\0';
		json_put_string(json, NULL, at);
	}
	json_end_array(json);
}

static void write_head(struct json *json, const char *file, const struct oom_report *report)
{
	json_put_string(json, "type", "oom_report");
	json_put_int(json, "version", 1);
	json_put_string(json, "file", file);
	json_put_bool(json, "complete", report->complete);
	json_put_array(json, "lines");
	json_put_int(json, NULL, report->first_line);
	json_put_int(json, NULL, report->last_line);
	json_end_array(json);
	json_put_string(json, "time", report->time);
	json_put_string(json, "host", report->host);
	json_put_decimal(json, "uptime_s", report->uptime_us, 6);
	json_put_string(json, "kernel_release", report->kernel_release);
	json_put_string(json, "trigger", explain_trigger_id(report->trigger));
	write_who(json, "invoker", &report->invoker);
	write_gfp(json, report);
	json_put_int(json, "order", report->order);
	json_put_int(json, "oom_score_adj", report->oom_score_adj);
	json_put_string(json, "nodemask", report->nodemask);
	json_put_string(json, "cpuset", report->cpuset);
	json_put_string(json, "mems_allowed", report->mems_allowed);
	json_put_string(json, "panic", report->panic);
}

/* A limit that is none is null, as in a sample. */
static int64_t limit_of(const struct report_limit *limit)
{
	return limit->limit_kib == REPORT_NO_LIMIT ? VALUE_UNKNOWN : limit->limit_kib;
}

static void write_scope(struct json *json, const struct explained *explained)
{
	const struct oom_report *report = explained->report;

	json_put_string(json, "constraint", explain_constraint_id(report->constraint));
	json_put_string(json, "constraint_name", report->constraint_name);
	json_put_string(json, "memcg", report->memcg);
	json_put_string(json, "task_memcg", report->task_memcg);
	json_put_int(json, "limit_kib", limit_of(&report->memory));
	json_put_int(json, "usage_kib", report->memory.usage_kib);
	json_put_int(json, "swap_limit_kib", limit_of(&report->swap));
	json_put_int(json, "swap_usage_kib", report->swap.usage_kib);
	json_put_int(json, "memsw_limit_kib", limit_of(&report->memory_swap));
	json_put_int(json, "memsw_usage_kib", report->memory_swap.usage_kib);
	json_put_int(json, "kmem_usage_kib", report->kmem.usage_kib);
	json_put_object(json, "memcg_stats");
	for (uint32_t i = 0; i < report->n_stats; i++)
		json_put_int(json, report->stats[i].name, report->stats[i].value);
	json_end_object(json);
	json_put_string(json, "formula", formula_name(explained->kernel.formula));
	json_put_int(json, "totalpages", explained->total_pages);
	json_put_int(json, "totalpages_most", explained->total_most_pages);
}

static void write_zone(struct json *json, const struct explained *explained, uint32_t i,
	const struct zone_view *view)
{
	const struct explained_zone *zone = &explained->zones[i];
	static const char *const answers[ZONE_ANSWER_COUNT] = {
		[ZONE_ANSWER_UNKNOWN] = NULL,
		[ZONE_ANSWER_NOT_ALLOWED] = "not_allowed",
		[ZONE_ANSWER_EMPTY] = "empty",
		[ZONE_ANSWER_BELOW_MIN] = "below_min",
		[ZONE_ANSWER_BELOW_HIGH] = "below_high",
		[ZONE_ANSWER_RESERVED] = "reserved",
		[ZONE_ANSWER_CMA] = "cma",
		[ZONE_ANSWER_HIGHATOMIC] = "highatomic",
		[ZONE_ANSWER_PIECES] = "pieces",
		[ZONE_ANSWER_PASSES] = "passes",
	};

	json_put_object(json, NULL);
	json_zone_members(json, &explained->report->zones[i].zone, view);
	json_put_string(json, "answer", answers[zone->answer]);
	json_put_int(json, "reserve_pages", zone->reserve_pages);
	json_put_int(json, "usable_pages", zone->usable_pages);
	json_end_object(json);
}

/* The zones are judged as those of a sample too, so that both say the same. */
static void write_zones(
	struct json_out *out, const struct explained *explained, struct arena *arena)
{
	const struct oom_report *report = explained->report;
	struct snapshot snapshot = { .kernel = explained->kernel, .n_zones = report->n_zones };
	const struct zone_view *views = NULL;

	if (report->n_zones > 0)
		snapshot.zones = arena_array(arena, report->n_zones, sizeof(*snapshot.zones));
	for (uint32_t i = 0; snapshot.zones && i < report->n_zones; i++)
		snapshot.zones[i] = report->zones[i].zone;
	if (snapshot.zones)
		views = zones_judge(&snapshot, arena);
	json_put_array(&out->json, "zones");
	for (uint32_t i = 0; views && i < report->n_zones; i++) {
		write_zone(&out->json, explained, i, &views[i]);
		json_out_drain(out);
	}
	json_end_array(&out->json);
}

static void write_memory(struct json *json, const struct explained *explained)
{
	const struct oom_report *report = explained->report;

	json_put_object(json, "mem");
	json_members(json, mem_members, &report->mem);
	json_end_object(json);
	json_put_object(json, "memory");
	json_members(json, memory_members, &explained->memory);
	json_end_object(json);
	json_put_int(json, "swap_total_kib", report->swap_total_kib);
	json_put_int(json, "swap_free_kib", report->swap_free_kib);
	json_put_int(json, "ram_pages", report->mem.ram_pages);
	json_put_int(json, "page_bytes", report->page_bytes);
	json_put_bool(json, "page_bytes_known", report->page_bytes_known);
}

static void write_lists(struct json_out *out, const struct oom_report *report)
{
	struct json *json = &out->json;

	json_put_array(json, "hugetlb");
	for (uint32_t i = 0; i < report->n_huge; i++) {
		json_put_object(json, NULL);
		json_put_int(json, "node", report->huge[i].node);
		json_put_int(json, "size_kib", report->huge[i].size_kib);
		json_put_int(json, "total", report->huge[i].total);
		json_put_int(json, "free", report->huge[i].free);
		json_put_int(json, "surplus", report->huge[i].surplus);
		json_end_object(json);
		json_out_drain(out);
	}
	json_end_array(json);
	json_put_array(json, "slabs");
	for (uint32_t i = 0; i < report->n_slabs; i++) {
		json_put_object(json, NULL);
		json_put_string(json, "name", report->slabs[i].name);
		json_put_int(json, "used_kib", report->slabs[i].used_kib);
		json_put_int(json, "total_kib", report->slabs[i].total_kib);
		json_end_object(json);
		json_out_drain(out);
	}
	json_end_array(json);
	json_put_array(json, "allocations");
	for (uint32_t i = 0; i < report->n_allocations; i++) {
		json_put_object(json, NULL);
		json_put_string(json, "where", report->allocations[i].where);
		json_put_int(json, "bytes", report->allocations[i].bytes);
		json_put_int(json, "count", report->allocations[i].count);
		json_end_object(json);
		json_out_drain(out);
	}
	json_end_array(json);
}

static void write_task(struct json *json, const struct explained *explained, uint32_t row)
{
	const struct report_task *task = &explained->report->tasks[row];
	const struct explained_task *judged = &explained->tasks[row];
	const bool scored =
		judged->rank > 0 && judged->badness.known && value_known(explained->total_pages);

	json_put_object(json, NULL);
	json_put_int(json, "pid", task->pid);
	json_put_int(json, "tgid", task->tgid);
	json_put_int(json, "uid", task->uid);
	json_put_string(json, "comm", text_or_null(task->comm));
	json_put_int(json, "total_vm_pages", task->total_vm_pages);
	json_put_int(json, "rss_pages", task->rss_pages);
	json_put_int(json, "rss_anon_pages", task->rss_anon_pages);
	json_put_int(json, "rss_file_pages", task->rss_file_pages);
	json_put_int(json, "rss_shmem_pages", task->rss_shmem_pages);
	json_put_int(json, "swap_pages", task->swap_pages);
	json_put_int(json, "pgtables_bytes", task->pgtables_bytes);
	json_put_int(json, "page_tables_pages",
		explained->kernel.counts_pgtables ? judged->badness.table_pages : VALUE_UNKNOWN);
	json_put_int(json, "oom_adj", task->oom_adj);
	json_put_int(json, "oom_score_adj", task->oom_score_adj);
	json_put_int(json, "badness_pages", scored ? judged->badness.total_pages : VALUE_UNKNOWN);
	json_put_int(json, "rank", judged->rank ? (int64_t)judged->rank : VALUE_UNKNOWN);
	json_put_string(json, "exempt", exempt_id(judged->exempt));
	json_end_object(json);
}

static void write_victims(struct json_out *out, const struct oom_report *report)
{
	struct json *json = &out->json;

	write_who(json, "chosen", &report->chosen);
	json_put_array(json, "victims");
	for (uint32_t i = 0; i < report->n_victims; i++) {
		json_put_object(json, NULL);
		json_put_int(json, "pid", report->victims[i].pid);
		json_put_string(json, "comm", text_or_null(report->victims[i].comm));
		json_members(json, victim_members, &report->victims[i]);
		json_put_bool(json, "reaped", report->victims[i].reaped);
		json_put_bool(json, "shares_memory", report->victims[i].shares_memory);
		json_end_object(json);
		json_out_drain(out);
	}
	json_end_array(json);
	json_put_int(json, "victims_left_out", report->n_victims_left_out);
	json_put_bool(json, "group_kill", report->group_kill);
	json_put_string(json, "group", report->group);
}

static int64_t pid_of(const struct explained *explained, uint32_t row)
{
	return row == EXPLAIN_NO_ROW ? VALUE_UNKNOWN : explained->report->tasks[row].pid;
}

static void write_judgement(struct json *json, const struct explained *explained)
{
	const struct explained_choice *choice = &explained->choice;
	const struct explained_spared *spared = &explained->spared;

	json_put_object(json, "recomputed");
	json_put_int(json, "pid", pid_of(explained, choice->first));
	if (choice->agrees == ANSWER_UNKNOWN)
		json_put_null(json, "agrees");
	else
		json_put_bool(json, "agrees", choice->agrees == ANSWER_YES);
	json_put_string(json, "why", choice->why);
	json_put_int(json, "score", choice->score);
	json_end_object(json);
	if (spared->known) {
		json_put_object(json, "spared");
		json_put_int(json, "oom_score_adj",
			spared->possible ? (int64_t)spared->adj : VALUE_UNKNOWN);
		json_put_int(json, "instead",
			spared->who_known ? pid_of(explained, spared->instead) : VALUE_UNKNOWN);
		json_end_object(json);
	} else {
		json_put_null(json, "spared");
	}
	json_put_int(json, "gives_back_kib", explained->gives_back_kib);
	json_put_string(json, "cause", explain_cause_id(explained->cause));
	json_put_array(json, "explanation");
	for (unsigned i = 0; i < explained->n_sentences; i++)
		json_put_string(json, NULL, explained->sentences[i]);
	json_end_array(json);
	json_put_array(json, "next");
	for (unsigned i = 0; i < explained->n_next; i++)
		json_put_string(json, NULL, explained->next[i]);
	json_end_array(json);
}

static void finish(struct json_out *out)
{
	text_add(&out->text, "\n");
	fwrite(out->text.buf, 1, out->text.len, stdout);
}

static void write_report(const char *file, const struct explained *explained, struct arena *arena)
{
	static char buffer[BUFFER_BYTES];
	struct json_out out = { .app = NULL };
	const struct oom_report *report = explained->report;

	text_init(&out.text, buffer, sizeof(buffer));
	json_init(&out.json, &out.text);
	json_put_object(&out.json, NULL);
	write_head(&out.json, file, report);
	write_scope(&out.json, explained);
	json_out_drain(&out);
	write_memory(&out.json, explained);
	write_zones(&out, explained, arena);
	write_lists(&out, report);
	json_put_array(&out.json, "tasks");
	for (uint32_t i = 0; i < report->n_tasks; i++) {
		write_task(&out.json, explained, i);
		json_out_drain(&out);
	}
	json_end_array(&out.json);
	json_put_int(&out.json, "tasks_left_out", report->n_tasks_left_out);
	write_victims(&out, report);
	write_judgement(&out.json, explained);
	json_end_object(&out.json);
	finish(&out);
}

static void write_kill(const char *file, const struct killer_event *event)
{
	char buffer[16384];
	struct json_out out = { .app = NULL };
	struct json *json = &out.json;

	text_init(&out.text, buffer, sizeof(buffer));
	json_init(json, &out.text);
	json_put_object(json, NULL);
	json_put_string(json, "type", "killer_event");
	json_put_int(json, "version", 1);
	json_put_string(json, "file", file);
	json_put_int(json, "line", event->line);
	json_put_string(json, "time", event->time);
	json_put_string(json, "host", event->host);
	json_put_decimal(json, "uptime_s", event->uptime_us, 6);
	json_put_string(json, "killer", event->name);
	write_who(json, "victim", &event->victim);
	json_put_int(json, "uid", event->uid);
	json_put_int(json, "processes", event->processes);
	json_put_int(json, "score", event->score);
	json_put_int(json, "rss_kib", event->rss_kib);
	json_put_string(json, "cgroup", event->cgroup);
	json_put_string(json, "signal", event->signal);
	json_put_string(json, "reason", event->reason);
	json_end_object(json);
	finish(&out);
}

const struct explain_form explain_form_json = { write_report, write_kill };
