/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/risks.h"

#include <string.h>

static bool is_machine(const struct standard *it)
{
	return it->kind == SCOPE_SYSTEM;
}

/* While nothing is wrong anywhere it is the machine that people ask for. */
static bool is_worse(const struct standard *a, const struct standard *b)
{
	const int64_t forecast_a = value_or(a->forecast_s, INT64_MAX);
	const int64_t forecast_b = value_or(b->forecast_s, INT64_MAX);

	if (a->level != b->level)
		return a->level > b->level;
	if (a->level == LEVEL_OK && (is_machine(a) || is_machine(b)))
		return is_machine(a);
	if (forecast_a != forecast_b)
		return forecast_a < forecast_b;
	if (a->percent != b->percent)
		return a->percent < b->percent;
	return is_machine(a);
}

void risks_add(struct worst *worst, const struct standard *it)
{
	struct standard *list = worst->list;
	unsigned at = worst->n;

	while (at > 0 && is_worse(it, &list[at - 1]))
		at--;
	if (worst->n < RISKS_MAX) {
		worst->n++;
	} else if (at == RISKS_MAX) {
		return;
	} else if (is_machine(&list[RISKS_MAX - 1])) {
		if (at == RISKS_MAX - 1)
			return;
		list[RISKS_MAX - 2] = list[RISKS_MAX - 1];
	}
	memmove(&list[at + 1], &list[at], (worst->n - 1 - at) * sizeof(*list));
	list[at] = *it;
}

static int64_t percent_of(int64_t left_kib, int64_t total_kib)
{
	if (!value_known(left_kib) || total_kib <= 0)
		return 100;
	return left_kib / value_max(total_kib / 100, 1);
}

static void add_machine(const struct snapshot *now, const struct risk *machine, struct worst *worst)
{
	risks_add(worst,
		&(struct standard){
			.kind = SCOPE_SYSTEM,
			.level = machine->level,
			.forecast_s = machine->forecast_s,
			.percent = percent_of(machine->left.high_kib, now->mem.mem_total_kib),
		});
}

static void add_memcgs(
	const struct snapshot *now, const struct memcg_view *views, struct worst *worst)
{
	for (uint32_t i = 0; views && i < now->n_memcgs; i++) {
		if (views[i].limited || views[i].level > LEVEL_OK)
			risks_add(worst,
				&(struct standard){
					.kind = SCOPE_MEMCG,
					.index = i,
					.level = views[i].level,
					.forecast_s = views[i].forecast_s,
					.percent = value_known(views[i].percent) ? views[i].percent
										 : 100,
				});
	}
}

static void add_nodesets(
	const struct snapshot *now, const struct nodesets *nodesets, struct worst *worst)
{
	for (uint32_t i = 0; i < nodesets->n_sets; i++) {
		const struct nodeset_view *view = &nodesets->sets[i];
		const int64_t pages = scope_managed_pages(now, &view->nodes);

		risks_add(worst,
			&(struct standard){
				.kind = SCOPE_NODES,
				.index = i,
				.level = view->risk.level,
				.forecast_s = view->risk.forecast_s,
				.percent = percent_of(
					view->risk.left.high_kib, snapshot_kib(now, pages)),
			});
	}
}

static void add_killers(
	const struct snapshot *now, const struct killer_view *views, struct worst *worst)
{
	for (uint32_t i = 0; views && i < now->n_killers; i++)
		risks_add(worst,
			&(struct standard){
				.kind = SCOPE_KILLER,
				.index = i,
				.level = views[i].level,
				.forecast_s = views[i].forecast_s,
				.percent = value_known(views[i].room_percent)
					? views[i].room_percent
					: 100,
			});
}

static void fill(const struct snapshot *now, const struct risk *machine,
	const struct summary *summary, const struct standard *it, struct risk *risk)
{
	switch (it->kind) {
	case SCOPE_SYSTEM:
		break;
	case SCOPE_MEMCG:
		memcgs_risk(now, summary->memcgs, it->index, risk);
		break;
	case SCOPE_NODES:
		*risk = summary->nodesets.sets[it->index].risk;
		break;
	case SCOPE_KILLER:
		killers_risk(now, summary->killers, it->index, risk);
		/* What it waits for is the machine's memory. */
		risk->filling = machine->filling;
		risk->filling_bytes_per_s = machine->filling_bytes_per_s;
		risk->filling_percent = machine->filling_percent;
		break;
	}
}

void risks_order(const struct snapshot *now, const struct risk *machine, struct summary *summary)
{
	struct worst worst = { .n = 0 };

	add_machine(now, machine, &worst);
	add_memcgs(now, summary->memcgs, &worst);
	add_nodesets(now, &summary->nodesets, &worst);
	add_killers(now, summary->killers, &worst);
	summary->n_risks = worst.n;
	for (unsigned i = 0; i < worst.n; i++) {
		if (is_machine(&worst.list[i]))
			summary->risks[i] = *machine;
		else
			fill(now, machine, summary, &worst.list[i], &summary->risks[i]);
	}
}
