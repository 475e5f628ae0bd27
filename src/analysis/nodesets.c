/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "analysis/nodesets_parts.h"
#include "analysis/risk_parts.h"
#include "analysis/victim_parts.h"

/** A set of the snapshot. */
struct found {
	struct node_set nodes; /**< without those that have no memory */
	uint32_t n_exactly;    /**< processes that can be killed and are confined to just these */
	uint32_t n_tasks;      /**< or to a part of them */
};

struct finding {
	const struct snapshot *now;
	struct found *found;
	uint32_t *number; /**< parallel to snapshot->node_sets: its place in found */
	uint32_t n;
};

static uint32_t number_of(struct finding *finding, const struct node_set *nodes)
{
	uint32_t at = 0;

	while (at < finding->n && !nodes_equal(&finding->found[at].nodes, nodes))
		at++;
	if (at == finding->n)
		finding->found[finding->n++] = (struct found){ .nodes = *nodes };
	return at;
}

static void count_tasks(struct finding *finding)
{
	const struct snapshot *now = finding->now;

	for (uint32_t i = 0; i < now->n_tasks; i++) {
		const struct task *task = &now->tasks[i];

		if (task->nodes < now->n_node_sets && exempt_before_score(now, task) == EXEMPT_NONE)
			finding->found[finding->number[task->nodes]].n_exactly++;
	}
	for (uint32_t i = 0; i < finding->n; i++) {
		for (uint32_t k = 0; k < finding->n; k++) {
			if (nodes_cover(&finding->found[i].nodes, &finding->found[k].nodes))
				finding->found[i].n_tasks += finding->found[k].n_exactly;
		}
	}
}

static int find_sets(struct finding *finding, struct arena *arena)
{
	const struct snapshot *now = finding->now;

	finding->found = arena_array(arena, now->n_node_sets, sizeof(*finding->found));
	finding->number = arena_array(arena, now->n_node_sets, sizeof(*finding->number));
	if (!finding->found || !finding->number)
		return -ENOMEM;
	for (uint32_t i = 0; i < now->n_node_sets; i++) {
		struct node_set nodes;

		nodesets_with_memory(now, &now->node_sets[i], &nodes);
		finding->number[i] = number_of(finding, &nodes);
	}
	count_tasks(finding);
	return 0;
}

/* The one with more processes has the better claim to a place. */
static void keep(struct nodesets *sets, const struct found *found)
{
	uint32_t least = 0;
	struct nodeset_view *view;

	if (sets->n_sets < NODESETS_MAX) {
		view = &sets->sets[sets->n_sets++];
	} else {
		for (uint32_t i = 1; i < NODESETS_MAX; i++) {
			if (sets->sets[i].n_tasks < sets->sets[least].n_tasks)
				least = i;
		}
		if (sets->sets[least].n_tasks >= found->n_tasks)
			return;
		view = &sets->sets[least];
	}
	*view = (struct nodeset_view){ .nodes = found->nodes, .n_tasks = found->n_tasks };
}

static bool stands_before(const struct node_set *a, const struct node_set *b)
{
	for (int node = 0; node < NODES_MAX; node++) {
		if (nodes_have(a, node) != nodes_have(b, node))
			return nodes_have(a, node);
	}
	return false;
}

/* In an order that does not change with the number of processes. */
static void line_up(struct nodesets *sets)
{
	for (uint32_t i = 1; i < sets->n_sets; i++) {
		const struct nodeset_view view = sets->sets[i];
		uint32_t at = i;

		for (; at > 0 && stands_before(&view.nodes, &sets->sets[at - 1].nodes); at--)
			sets->sets[at] = sets->sets[at - 1];
		sets->sets[at] = view;
	}
}

static bool confines(const struct node_set *nodes, const struct node_set *all)
{
	return nodes_intersect(nodes, all) && !nodes_cover(nodes, all);
}

/* On a machine with one node none does. */
static bool any_confines(const struct snapshot *now, const struct node_set *all)
{
	for (uint32_t i = 0; i < now->n_node_sets; i++) {
		if (confines(&now->node_sets[i], all))
			return true;
	}
	return false;
}

static int choose_sets(const struct snapshot *now, struct arena *arena, struct nodesets *sets)
{
	struct finding finding = { .now = now };
	struct node_set all;

	nodesets_all(now, &all);
	if (!any_confines(now, &all))
		return 0;
	if (find_sets(&finding, arena))
		return -ENOMEM;
	for (uint32_t i = 0; i < finding.n; i++) {
		const struct found *found = &finding.found[i];

		if (found->n_exactly > 0 && confines(&found->nodes, &all))
			keep(sets, found);
	}
	line_up(sets);
	return 0;
}

static void begin(const struct snapshot *now, struct nodeset_view *view)
{
	struct risk *risk = &view->risk;
	struct text text;

	risk->where =
		(struct scope){ .kind = SCOPE_NODES, .memcg = NO_MEMCG, .nodes = view->nodes };
	risk->victim = NO_TASK;
	text_init(&text, risk->scope, sizeof(risk->scope));
	scope_id(now, &risk->where, &text);
	text_init(&text, risk->scope_words, sizeof(risk->scope_words));
	scope_words(now, &risk->where, &text);
	risk_find_filling(now, risk);
}

static struct nodeset_growth growth_of(const struct snapshot *now, const struct node_set *nodes)
{
	struct nodeset_growth growth = { 0, 0 };

	for (uint32_t i = 0; i < now->n_tasks; i++) {
		const struct task *task = &now->tasks[i];
		const struct node_set *its = scope_nodes_of(now, task);
		const int64_t bytes_per_s = task->growth_bytes_per_s[GROWTH_10S];
		int64_t *sum = its && nodes_cover(nodes, its) ? &growth.own_bytes_per_s
							      : &growth.others_bytes_per_s;

		if (task->has & TASK_HAS_GROWTH && bytes_per_s > 0)
			*sum = value_add(*sum, bytes_per_s);
	}
	return growth;
}

int nodesets_judge(const struct nodesets_inputs *inputs, struct nodesets *ret)
{
	struct nodeset_signs signs = { .in = inputs };
	struct account account;

	memset(ret, 0, sizeof(*ret));
	if (choose_sets(inputs->now, inputs->arena, ret))
		return -ENOMEM;
	if (ret->n_sets == 0)
		return 0;

	account_of(inputs->now, NULL, &account);
	signs.hugetlb_kib = account.hugetlb_kib;
	for (uint32_t i = 0; i < ret->n_sets; i++) {
		struct nodeset_view *view = &ret->sets[i];

		begin(inputs->now, view);
		signs.growth = growth_of(inputs->now, &view->nodes);
		nodeset_judge_level(&signs, view);
	}
	return nodesets_find_victims(inputs->now, ret, inputs->arena);
}
