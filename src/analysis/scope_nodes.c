/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/nodesets.h"
#include "analysis/scope_parts.h"
#include "analysis/victim_parts.h"

void nodesets_all(const struct snapshot *now, struct node_set *ret)
{
	*ret = (struct node_set){ { 0 } };
	for (uint32_t i = 0; i < now->n_zones; i++) {
		if (zone_is_populated(&now->zones[i]))
			nodes_add(ret, now->zones[i].node);
	}
}

const struct node_set *scope_nodes_of(const struct snapshot *now, const struct task *task)
{
	return task->nodes < now->n_node_sets ? &now->node_sets[task->nodes] : NULL;
}

static void keep_common(struct node_set *set, const struct node_set *other)
{
	for (unsigned i = 0; i < NODE_SET_WORDS; i++)
		set->bits[i] &= other->bits[i];
}

void nodesets_with_memory(
	const struct snapshot *now, const struct node_set *nodes, struct node_set *ret)
{
	struct node_set all;

	nodesets_all(now, &all);
	keep_common(&all, nodes);
	*ret = all;
}

bool nodesets_by_cpuset(const struct snapshot *now, const struct node_set *nodes)
{
	struct node_set all;

	nodesets_all(now, &all);
	for (uint32_t i = 0; i < now->n_tasks; i++) {
		const struct task *task = &now->tasks[i];
		const struct node_set *its = scope_nodes_of(now, task);
		struct node_set set;

		if (!its)
			continue;
		set = *its;
		keep_common(&set, &all);
		if (nodes_equal(&set, nodes) && exempt_before_score(now, task) == EXEMPT_NONE)
			return true;
	}
	return false;
}

bool scope_of_nodes(const struct snapshot *now, const struct node_set *nodes, struct scope *ret)
{
	struct scope scope = { .kind = SCOPE_NODES, .memcg = NO_MEMCG };

	nodesets_with_memory(now, nodes, &scope.nodes);
	if (nodes_empty(&scope.nodes)) {
		*ret = (struct scope)SCOPE_OF_SYSTEM;
		return false;
	}
	if (now->told)
		scope.policy = now->told->policy;
	else
		scope.policy = scope_is_part(now, &scope) && !nodesets_by_cpuset(now, &scope.nodes);
	*ret = scope;
	return true;
}

bool scope_is_part(const struct snapshot *now, const struct scope *scope)
{
	struct node_set all;

	if (scope->kind != SCOPE_NODES)
		return false;
	/* A report lists the zones of these nodes alone (show_mem() with a node mask). */
	if (now->told)
		return true;
	nodesets_all(now, &all);
	return !nodes_cover(&scope->nodes, &all);
}

/* oom_cpuset_eligible(): of a cpuset it is enough to have one node in common.  2.6.32..2.6.35
 * (badness() of mm/oom_kill.c) only divide the score of those that have none. */
bool scope_nodes_contain(
	const struct snapshot *now, const struct scope *scope, const struct task *task)
{
	const struct node_set *its = scope_nodes_of(now, task);

	return scope->policy || !its || now->kernel.formula == FORMULA_2_6_32 ||
		nodes_intersect(its, &scope->nodes);
}

/* The span of a node's zones with the holes between them; node_spanned_pages is of the whole node
 * (include/linux/mmzone.h). */
static int64_t spanned_pages(const struct snapshot *now, int node)
{
	int64_t start = INT64_MAX, end = 0;

	for (uint32_t i = 0; i < now->n_zones; i++) {
		const struct zone *zone = &now->zones[i];

		/* Of zones without pages zoneinfo does not print the start. */
		if (zone->node != node || zone->present_pages == 0 || zone->spanned_pages == 0)
			continue;
		if (!value_known(zone->start_pfn) || !value_known(zone->spanned_pages))
			return VALUE_UNKNOWN;
		start = value_min(start, zone->start_pfn);
		end = value_max(end, value_add(zone->start_pfn, zone->spanned_pages));
	}
	return end > start ? end - start : 0;
}

int64_t scope_nodes_pages(const struct snapshot *now, const struct node_set *nodes)
{
	int64_t pages = 0;

	if (now->kernel.nodes_spanned) {
		for (int node = 0; node < NODES_MAX; node++) {
			if (nodes_have(nodes, node))
				pages = value_add(pages, spanned_pages(now, node));
		}
		return pages;
	}
	for (uint32_t i = 0; i < now->n_zones; i++) {
		if (nodes_have(nodes, now->zones[i].node))
			pages = value_add(pages, now->zones[i].present_pages);
	}
	return pages;
}

int64_t scope_managed_pages(const struct snapshot *now, const struct node_set *nodes)
{
	int64_t pages = 0;

	for (uint32_t i = 0; i < now->n_zones; i++) {
		const struct zone *zone = &now->zones[i];

		if (nodes_have(nodes, zone->node) && zone_is_populated(zone))
			pages = value_add(pages,
				value_known(zone->managed_pages) ? zone->managed_pages
								 : zone->present_pages);
	}
	return pages;
}

int64_t scope_anon_pages(const struct snapshot *now, const struct node_set *nodes)
{
	int64_t pages = 0;

	for (uint32_t i = 0; i < now->n_zones; i++) {
		const struct zone *zone = &now->zones[i];

		if (nodes_have(nodes, zone->node) && zone_is_populated(zone))
			pages = value_add(pages,
				value_add(zone->active_anon_pages, zone->inactive_anon_pages));
	}
	return pages;
}
