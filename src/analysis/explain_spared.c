/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/explain_parts.h"

/** The least oom_score_adj at which a process can still be chosen. */
#define ADJ_KILLABLE (-999)

/* With the least T that it may have been, or the most. */
static bool still_first(const struct explained *explained, int32_t adj)
{
	const uint32_t first = explained->choice.first, second = explained->choice.second;
	const int64_t other = explained->report->tasks[second].oom_score_adj;

	return explain_before(explained, first, explain_score_at(explained, first, adj), second,
		explain_score_at(explained, second, (int32_t)value_or(other, 0)));
}

static bool total_open(const struct explained *explained)
{
	return explained->total_pages != explained->total_most_pages;
}

/* The value that is low enough whatever T was.  What memory decides takes most where adj is
 * worth least; where the other one has more memory, its own adj is enough under any T. */
static int32_t under_any_total(const struct explained *explained, int32_t adj)
{
	const uint32_t first = explained->choice.first, second = explained->choice.second;
	const int64_t other = value_or(explained->report->tasks[second].oom_score_adj, 0);

	if (!total_open(explained) ||
		explain_row_memory(explained, first) >= explain_row_memory(explained, second))
		return adj;
	return (int32_t)value_min(adj, other);
}

void explain_spared(struct explained *explained)
{
	const struct explained_choice *choice = &explained->choice;
	struct explained_spared *spared = &explained->spared;
	int32_t yields = ADJ_KILLABLE, stays;

	*spared = (struct explained_spared){ .instead = EXPLAIN_NO_ROW };
	/* What another value would do is only known where this one is understood, and where it
	 * is the one chosen that died. */
	if (explained->report->allocating || value_known(explained->report->chosen.pid) ||
		choice->agrees != ANSWER_YES || choice->first == EXPLAIN_NO_ROW ||
		choice->first != choice->target || !value_known(explained->total_pages) ||
		!explain_terms_known(explained, choice->first) ||
		!value_known(explained->report->tasks[choice->first].oom_score_adj))
		return;

	spared->known = true;
	spared->who_known = !total_open(explained);
	spared->instead = choice->second;
	if (choice->second == EXPLAIN_NO_ROW)
		return;
	stays = (int32_t)explained->report->tasks[choice->first].oom_score_adj;
	if (stays <= ADJ_KILLABLE || still_first(explained, yields)) {
		/* Another T may let another value do. */
		spared->known = !total_open(explained);
		return;
	}

	/* The score falls with adj: halve the range that holds the first value to yield. */
	while (stays - yields > 1) {
		const int32_t middle = yields + (stays - yields) / 2;

		if (still_first(explained, middle))
			stays = middle;
		else
			yields = middle;
	}
	spared->possible = true;
	spared->adj = under_any_total(explained, yields);
}
