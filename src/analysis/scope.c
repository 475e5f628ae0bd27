/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/scope.h"

#include <string.h>

#include "analysis/scope_parts.h"

static bool find_memcg(const struct snapshot *now, const char *path, struct scope *ret)
{
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		if (strncmp(now->memcgs[i].path, path, SCOPE_PATH_MAX) == 0) {
			*ret = (struct scope){ .kind = SCOPE_MEMCG, .memcg = i };
			return true;
		}
	}
	return false;
}

bool scope_find(const struct snapshot *now, const struct scope_choice *choice, struct scope *ret)
{
	*ret = (struct scope)SCOPE_OF_SYSTEM;
	switch (choice->kind) {
	case SCOPE_SYSTEM:
		return true;
	case SCOPE_MEMCG:
		return find_memcg(now, choice->path, ret);
	case SCOPE_NODES:
		return scope_of_nodes(now, &choice->nodes, ret);
	case SCOPE_KILLER:
		break;
	}
	return false;
}

bool scope_same(const struct scope *a, const struct scope *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case SCOPE_SYSTEM:
		break;
	case SCOPE_MEMCG:
		return a->memcg == b->memcg;
	case SCOPE_NODES:
		return nodes_equal(&a->nodes, &b->nodes);
	case SCOPE_KILLER:
		return a->killer == b->killer;
	}
	return true;
}

uint32_t scope_memcg_of(const struct snapshot *now, const struct task *task)
{
	return task->memcg < now->n_memcgs ? task->memcg : NO_MEMCG;
}

/* Parents stand before their children: what says otherwise has none. */
uint32_t scope_parent(const struct snapshot *now, uint32_t memcg)
{
	const uint32_t parent = now->memcgs[memcg].parent;

	return parent < memcg ? parent : NO_MEMCG;
}

uint32_t scope_charged_above(const struct snapshot *now, uint32_t memcg)
{
	const uint32_t parent = scope_parent(now, memcg);

	return parent == NO_MEMCG || now->memcgs[parent].flat ? NO_MEMCG : parent;
}

bool scope_is_within(const struct snapshot *now, uint32_t memcg, uint32_t above)
{
	if (memcg >= now->n_memcgs)
		return false;
	while (memcg != NO_MEMCG && memcg > above)
		memcg = scope_parent(now, memcg);
	return memcg == above;
}

bool scope_contains(const struct snapshot *now, const struct scope *scope, const struct task *task)
{
	const uint32_t memcg = scope_memcg_of(now, task);

	if (scope->kind == SCOPE_NODES)
		return scope_nodes_contain(now, scope, task);
	if (scope->kind != SCOPE_MEMCG)
		return true;
	if (memcg == NO_MEMCG || scope->memcg >= now->n_memcgs)
		return false;
	if (now->memcgs[scope->memcg].flat)
		return memcg == scope->memcg;
	return scope_is_within(now, memcg, scope->memcg);
}

static int64_t page_bytes(const struct snapshot *now)
{
	return value_max(now->page_bytes, 1);
}

/* PAGE_COUNTER_MAX, what "no limit" is to the kernel, is LONG_MAX / PAGE_SIZE: the same. */
static int64_t limit_pages(const struct snapshot *now, int64_t bytes)
{
	return value_max(bytes, 0) / page_bytes(now);
}

/* Where the kernel does not account for swap there is neither file, and no limit either. */
static int64_t or_none(int64_t limit_bytes, int64_t usage_bytes)
{
	return value_known(limit_bytes) || value_known(usage_bytes) ? limit_bytes : MEMCG_UNLIMITED;
}

/* Swap that may be counted, in pages: 0 where the cgroup is not swapped. */
static int64_t swap_pages(const struct snapshot *now, const struct memcg *memcg)
{
	const enum memcg_total rule = now->kernel.memcg_total;
	const int64_t total = now->total_swap_pages;
	const int64_t max = or_none(memcg->swap_max_bytes, memcg->swap_bytes);

	if (total == 0)
		return 0;
	if (memcg->version != 2 || rule < MEMCG_TOTAL_4_6)
		return value_known(total) ? value_max(total, 0) : total;
	if (!value_known(total) || !value_known(max))
		return VALUE_UNKNOWN;
	return value_max(value_min(limit_pages(now, max), total), 0);
}

static int64_t memcg_totalpages(const struct snapshot *now, const struct memcg *memcg)
{
	const enum memcg_total rule = now->kernel.memcg_total;
	const int64_t swappiness = memcg->version == 2 ? now->knobs.swappiness : memcg->swappiness;
	int64_t memsw = MEMCG_UNLIMITED, swap;

	if (!value_known(memcg->max_bytes))
		return VALUE_UNKNOWN;
	if (memcg->version != 2)
		memsw = or_none(memcg->memsw_max_bytes, memcg->memsw_bytes);
	swap = swap_pages(now, memcg);
	if (rule == MEMCG_TOTAL_2_6_36) {
		/* Bytes and pages are added as if they were the same. */
		const int64_t sum = value_add(value_max(memcg->max_bytes, 0), swap);

		if (!value_known(sum) || !value_known(memsw))
			return VALUE_UNKNOWN;
		return value_min(sum, value_max(memsw, 0)) / page_bytes(now);
	}

	if (swap != 0 && rule >= MEMCG_TOTAL_3_7 && !value_known(swappiness))
		return VALUE_UNKNOWN;
	if (rule >= MEMCG_TOTAL_3_7 && swappiness == 0)
		return limit_pages(now, memcg->max_bytes);
	if (!value_known(swap) || !value_known(memsw))
		return VALUE_UNKNOWN;
	return value_min(
		value_add(limit_pages(now, memcg->max_bytes), swap), limit_pages(now, memsw));
}

int64_t scope_totalpages(const struct snapshot *now, const struct scope *scope)
{
	int64_t total;

	/* By a limit or by nodes alone that of a report cannot be worked out again. */
	if (now->told && scope->kind != SCOPE_SYSTEM)
		return now->told->total_pages;
	if (scope->kind == SCOPE_MEMCG) {
		if (scope->memcg >= now->n_memcgs)
			return VALUE_UNKNOWN;
		total = memcg_totalpages(now, &now->memcgs[scope->memcg]);
		return value_known(total) ? value_max(total, 1) : VALUE_UNKNOWN;
	}
	total = scope_is_part(now, scope) ? scope_nodes_pages(now, &scope->nodes)
					  : now->total_ram_pages;
	total = value_add(total, now->total_swap_pages);
	return total > 0 ? total : VALUE_UNKNOWN;
}

/* How much may still be charged before its own counters refuse; VALUE_UNKNOWN without limit. */
static int64_t headroom_bytes(const struct memcg *memcg)
{
	int64_t room = VALUE_UNKNOWN;

	if (memcg_is_limit(memcg->max_bytes) && value_known(memcg->usage_bytes))
		room = value_max(value_add(memcg->max_bytes, -memcg->usage_bytes), 0);
	if (memcg_is_limit(memcg->memsw_max_bytes) && value_known(memcg->memsw_bytes)) {
		const int64_t memsw =
			value_max(value_add(memcg->memsw_max_bytes, -memcg->memsw_bytes), 0);

		room = value_known(room) ? value_min(room, memsw) : memsw;
	}
	return room;
}

uint32_t scope_binding(const struct snapshot *now, const struct task *task)
{
	uint32_t binding = NO_MEMCG;
	int64_t least = INT64_MAX;

	for (uint32_t i = scope_memcg_of(now, task); i != NO_MEMCG;
		i = scope_charged_above(now, i)) {
		const int64_t room = headroom_bytes(&now->memcgs[i]);

		if (!value_known(room) || (binding != NO_MEMCG && room >= least))
			continue;
		binding = i;
		least = room;
	}
	return binding;
}
