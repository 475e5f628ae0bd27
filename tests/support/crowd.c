/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "unit.h"

static const struct identity nobody = { .user = NULL };

void crowd_init(struct crowd *crowd, const char *release)
{
	memset(crowd, 0, sizeof(*crowd));
	kernel_profile_of(release, &crowd->now.kernel);
	crowd->now.page_bytes = 4096;
	crowd->now.clk_tck = 100;
	crowd->now.cpus = 2;
	crowd->now.uptime_ms = 100000000;
	crowd->now.total_ram_pages = INT64_C(8) * CROWD_GIB;
	crowd->now.mem.mem_total_kib = crowd->now.total_ram_pages * 4;
	crowd->now.tasks = crowd->tasks;
	crowd->now.memcgs = crowd->memcgs;
}

void crowd_free(struct crowd *crowd)
{
	arena_free(&crowd->arena);
}

struct task *crowd_add(struct crowd *crowd, int32_t pid, const char *comm, int64_t rss_pages,
	int32_t oom_score_adj)
{
	struct task *task = &crowd->tasks[crowd->now.n_tasks];

	if (crowd->now.n_tasks >= CROWD_MAX)
		abort();
	crowd->now.n_tasks++;
	task->pid = pid;
	task->ppid = 2;
	task->start_ticks = (uint64_t)pid * 100;
	task->state = 'S';
	task->threads = 1;
	task->has = TASK_HAS_STAT | TASK_HAS_STATUS | TASK_HAS_ADJ | TASK_HAS_CAPS | TASK_HAS_UID;
	task->uid = 1000;
	task->oom_score_adj = oom_score_adj;
	task->vsize_pages = INT64_C(8) * CROWD_GIB + pid;
	task->rss_stat_pages = rss_pages;
	task->rss_status_pages = rss_pages;
	task->rss_anon_pages = rss_pages;
	task->memcg = NO_MEMCG;
	task->nodes = NO_NODE_SET;
	task->who = &nobody;
	snprintf(task->comm, sizeof(task->comm), "%s", comm);
	return task;
}

uint32_t crowd_memcg(struct crowd *crowd, const char *path, uint32_t parent)
{
	const uint32_t index = crowd->now.n_memcgs;
	struct memcg *memcg = &crowd->memcgs[index];

	if (index >= CROWD_MEMCGS_MAX)
		abort();
	crowd->now.n_memcgs++;
	if (crowd->now.memcg_version == 0)
		crowd->now.memcg_version = 2;
	*memcg = (struct memcg){
		.path = path,
		.parent = parent,
		.version = crowd->now.memcg_version,
		.max_bytes = MEMCG_UNLIMITED,
		.high_bytes = MEMCG_UNLIMITED,
		.swap_max_bytes = MEMCG_UNLIMITED,
		.memsw_bytes = VALUE_UNKNOWN,
		.memsw_max_bytes = VALUE_UNKNOWN,
		.swappiness = VALUE_UNKNOWN,
		.oom_kill_disable = VALUE_UNKNOWN,
		.under_oom = VALUE_UNKNOWN,
		.stat_file_bytes = VALUE_UNKNOWN,
		.stat_dirty_bytes = VALUE_UNKNOWN,
		.stat_mapped_bytes = VALUE_UNKNOWN,
		.stat_slab_reclaimable_bytes = VALUE_UNKNOWN,
		.stat_anon_bytes = VALUE_UNKNOWN,
		.stat_shmem_bytes = VALUE_UNKNOWN,
		.stat_uptime_ms = VALUE_UNKNOWN,
	};
	values_forget(&memcg->pressure, sizeof(memcg->pressure));
	if (memcg->version == 1) {
		memcg->high_bytes = memcg->swap_max_bytes = VALUE_UNKNOWN;
		memcg->oom_group = VALUE_UNKNOWN;
		memcg->events_oom = memcg->events_high = VALUE_UNKNOWN;
		memcg->swappiness = 60;
		memcg->oom_kill_disable = memcg->under_oom = 0;
	}
	return index;
}

static struct zone zone_of(int node, const char *name, int64_t start, int64_t spanned)
{
	struct zone zone;

	memset(&zone, 0, sizeof(zone));
	zone.node = node;
	snprintf(zone.name, sizeof(zone.name), "%s", name);
	zone.start_pfn = start;
	zone.spanned_pages = zone.present_pages = zone.managed_pages = zone.free_pages = spanned;
	zone.n_protection = 1;
	return zone;
}

void crowd_two_nodes(struct crowd *crowd)
{
	crowd->zones[0] = zone_of(0, "DMA", 1, 4000);
	/* With a hole of 262144 pages below 4 GiB. */
	crowd->zones[1] = zone_of(0, "Normal", 4096, 1044000);
	crowd->zones[1].spanned_pages = 1306624;
	crowd->zones[2] = zone_of(1, "Normal", 1310720, 1048576);
	crowd->now.zones = crowd->zones;
	crowd->now.n_zones = 3;
	crowd->now.node_sets = crowd->node_sets;
	crowd->now.n_node_sets = 0;
}

void crowd_confine(struct crowd *crowd, struct task *task, uint64_t nodes)
{
	const struct node_set set = { { nodes } };
	uint32_t at = 0;

	while (at < crowd->now.n_node_sets && !nodes_equal(&crowd->node_sets[at], &set))
		at++;
	if (at == CROWD_NODE_SETS_MAX)
		abort();
	if (at == crowd->now.n_node_sets)
		crowd->node_sets[crowd->now.n_node_sets++] = set;
	task->nodes = at;
}

static const struct oom *judge_in(struct crowd *crowd, const struct scope *scope)
{
	arena_reset(&crowd->arena);
	memset(&crowd->oom, 0xff, sizeof(crowd->oom));
	expect_int("victim_judge_in",
		victim_judge_in(&crowd->now, scope, &crowd->arena, &crowd->oom), 0);
	return &crowd->oom;
}

struct scope crowd_nodes(const struct crowd *crowd, uint64_t nodes)
{
	const struct node_set set = { { nodes } };
	struct scope scope;

	expect_true("scope_of_nodes", scope_of_nodes(&crowd->now, &set, &scope));
	return scope;
}

const struct oom *crowd_judge_nodes(struct crowd *crowd, uint64_t nodes)
{
	const struct scope scope = crowd_nodes(crowd, nodes);

	return judge_in(crowd, &scope);
}

const struct oom *crowd_judge_in(struct crowd *crowd, uint32_t memcg)
{
	const struct scope scope = { .kind = SCOPE_MEMCG, .memcg = memcg };

	return judge_in(crowd, &scope);
}

const struct oom *crowd_judge(struct crowd *crowd)
{
	arena_reset(&crowd->arena);
	memset(&crowd->oom, 0xff, sizeof(crowd->oom));
	expect_int("victim_judge", victim_judge(&crowd->now, &crowd->arena, &crowd->oom), 0);
	return &crowd->oom;
}

int32_t crowd_pid(const struct crowd *crowd, uint32_t task)
{
	return task == NO_TASK ? 0 : crowd->tasks[task].pid;
}

const struct judged *crowd_judged(const struct crowd *crowd, int32_t pid)
{
	for (uint32_t i = 0; i < crowd->now.n_tasks; i++) {
		if (crowd->tasks[i].pid == pid)
			return &crowd->oom.judged[i];
	}
	abort();
}

void crowd_expect_order(const struct crowd *crowd, const char *label, const char *want)
{
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	for (uint32_t i = 0; i < crowd->oom.n_order; i++)
		text_fmt(&text, "%s%d", i ? " " : "", crowd_pid(crowd, crowd->oom.order[i]));
	expect_text(label, buf, want);
}
