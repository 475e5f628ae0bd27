/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/report_snapshot.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "analysis/explain_parts.h"
#include "analysis/report_snapshot_parts.h"

static void copy_cut(char *to, size_t size, const char *from)
{
	const size_t len = from ? strnlen(from, size - 1) : 0;

	if (len > 0)
		memcpy(to, from, len);
	to[len] = '\0';
}

/* All that a report does not say. */
static void forget(struct snapshot *snapshot)
{
	values_forget(&snapshot->mem, sizeof(snapshot->mem));
	values_forget(&snapshot->vmstat, sizeof(snapshot->vmstat));
	values_forget(&snapshot->pressure, sizeof(snapshot->pressure));
	values_forget(&snapshot->knobs, sizeof(snapshot->knobs));
	snapshot->time_ms = snapshot->uptime_ms = snapshot->sample_cost_us = VALUE_UNKNOWN;
	snapshot->own_uid = VALUE_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(snapshot->load_centi); i++)
		snapshot->load_centi[i] = -1;
}

static void set_fact(struct snapshot *snapshot, enum fact fact, bool present)
{
	snapshot->facts[fact] = present ? FACT_PRESENT : FACT_UNREAD;
}

static void set_facts(const struct oom_report *report, struct snapshot *snapshot)
{
	const struct report_task *row = report->n_tasks > 0 ? &report->tasks[0] : NULL;

	set_fact(snapshot, FACT_MEMINFO, value_known(snapshot->mem.mem_free_kib));
	set_fact(snapshot, FACT_ZONEINFO, snapshot->n_zones > 0);
	set_fact(snapshot, FACT_BUDDYINFO,
		snapshot->n_zones > 0 && snapshot->zones[0].blocks.n_orders > 0);
	set_fact(snapshot, FACT_UPTIME, value_known(snapshot->uptime_ms));
	set_fact(snapshot, FACT_OSRELEASE, snapshot->release[0]);
	set_fact(snapshot, FACT_HOSTNAME, snapshot->hostname[0]);
	set_fact(snapshot, FACT_CGROUPS, snapshot->n_memcgs > 0);
	set_fact(snapshot, FACT_PROCESSES, row);
	set_fact(snapshot, FACT_TASK_STAT, row);
	set_fact(snapshot, FACT_OOM_SCORE_ADJ,
		row && (value_known(row->oom_score_adj) || value_known(row->oom_adj)));
	set_fact(snapshot, FACT_RSS_SPLIT, row && value_known(row->rss_anon_pages));
	set_fact(snapshot, FACT_VMSWAP, row && value_known(row->swap_pages));
	set_fact(snapshot, FACT_VMPTE,
		row && (value_known(row->pgtables_bytes) || value_known(row->pte_tables)));
}

/* "0-3,5" */
static void read_nodes(const char *list, struct node_set *ret)
{
	*ret = (struct node_set){ { 0 } };
	for (int node = 0; node < NODES_MAX; node++) {
		if (explain_node_listed(list, node))
			nodes_add(ret, node);
	}
}

/* Nodes of which the report lists no zone say nothing of T: the machine stands in then. */
static void choose_scope(const struct explained *explained, const struct snapshot *snapshot,
	struct scope_choice *ret)
{
	struct explain_request request;
	struct scope found;

	*ret = (struct scope_choice){ .kind = SCOPE_SYSTEM };
	explain_request_of(explained->report, &request);
	if (explained->report->constraint == REPORT_CONSTRAINT_MEMCG) {
		ret->kind = SCOPE_MEMCG;
		copy_cut(ret->path, sizeof(ret->path), snapshot->memcgs[0].path);
	} else if (request.nodes) {
		ret->kind = SCOPE_NODES;
		read_nodes(request.nodes, &ret->nodes);
		if (!scope_find(snapshot, ret, &found))
			*ret = (struct scope_choice){ .kind = SCOPE_SYSTEM };
	}
}

/* T as explain has it: swap that is not printed is counted as none. */
static void set_totals(const struct explained *explained, const struct scope_choice *scope,
	struct snapshot *snapshot, struct told *told)
{
	const int64_t swap = value_or(explained->memory.swap_total, 0);

	snapshot->total_swap_pages = swap;
	snapshot->total_ram_pages = explained->memory.total;
	told->total_pages = explained->total_pages;
	told->policy = explained->report->constraint != REPORT_CONSTRAINT_CPUSET;
	if (scope->kind == SCOPE_SYSTEM)
		snapshot->total_ram_pages = value_add(explained->total_pages, -swap);
}

static int fill(const struct explained *explained, struct snapshot *snapshot,
	struct scope_choice *ret_scope)
{
	const struct oom_report *report = explained->report;
	struct told *told = arena_alloc(&snapshot->arena, sizeof(*told));

	if (!told)
		return -ENOMEM;
	snapshot->told = told;
	snapshot->source = SOURCE_REPORT;
	snapshot->tick = 1;
	snapshot->page_bytes = value_max(report->page_bytes, 1024);
	snapshot->kernel = explained->kernel;
	/* The table prints the very counters that were scored. */
	snapshot->kernel.rss_source = RSS_FROM_STAT;
	forget(snapshot);
	if (value_known(report->uptime_us) && report->uptime_us >= 0)
		snapshot->uptime_ms = report->uptime_us / 1000;
	copy_cut(snapshot->release, sizeof(snapshot->release), report->kernel_release);
	copy_cut(snapshot->hostname, sizeof(snapshot->hostname), report->host);
	if (report_machine(explained, snapshot) < 0 || report_memcg(report, snapshot) < 0 ||
		report_tasks(explained, snapshot, told) < 0)
		return -ENOMEM;
	choose_scope(explained, snapshot, ret_scope);
	set_totals(explained, ret_scope, snapshot, told);
	set_facts(report, snapshot);
	return report_words(explained, snapshot, told);
}

static void empty(struct snapshot *snapshot)
{
	struct arena arena = snapshot->arena;

	arena_reset(&arena);
	memset(snapshot, 0, sizeof(*snapshot));
	snapshot->arena = arena;
}

int report_snapshot(
	const struct explained *explained, struct snapshot *ret, struct scope_choice *ret_scope)
{
	struct scope_choice scope;

	empty(ret);
	if (fill(explained, ret, &scope) < 0) {
		empty(ret);
		return -ENOMEM;
	}
	*ret_scope = scope;
	return 0;
}
