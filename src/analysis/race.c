/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/race.h"

#include "analysis/standing.h"
#include "analysis/victim_parts.h"

void race_init(struct race *race)
{
	*race = (struct race){ .first = NO_TASK, .child = NO_TASK };
}

static bool wins(const struct snapshot *now, uint32_t task, int64_t total, const struct race *race)
{
	if (race->first == NO_TASK || total != race->total)
		return race->first == NO_TASK || total > race->total;
	return standing_wins_tie(now, task, race->first);
}

void race_enter(const struct snapshot *now, uint32_t task, int64_t total, struct race *race)
{
	if (!wins(now, task, total, race))
		return;
	race->first = task;
	race->total = total;
}

void race_enter_child(const struct snapshot *now, uint32_t task, int64_t total, struct race *race)
{
	if (race->child != NO_TASK &&
		!standing_child_wins(now, task, total, race->child, race->child_total))
		return;
	race->child = task;
	race->child_total = total;
}

uint32_t race_victim(const struct snapshot *now, const struct scope *scope, int64_t totalpages,
	const struct race *race)
{
	const struct outcome_inputs in = { .scope = scope,
		.totalpages = totalpages,
		.candidates = race->first != NO_TASK,
		.unreadable = race->unreadable };

	if (outcome_in(now, &in) != OUTCOME_KILL)
		return NO_TASK;
	return race->child != NO_TASK ? race->child : race->first;
}
