/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/grouplist.h"

#include <errno.h>
#include <string.h>

#include "base/sort.h"

/** Behind every known share. */
#define PERCENT_LAST 101

static int compare_values(int64_t a, int64_t b)
{
	if (a == b)
		return 0;
	return a < b ? -1 : 1;
}

/* Larger first; what is not known comes last, as 0 does. */
static int compare_usage(const struct snapshot *now, uint32_t a, uint32_t b)
{
	return compare_values(
		value_or(now->memcgs[b].usage_bytes, -1), value_or(now->memcgs[a].usage_bytes, -1));
}

static int compare_limited(uint32_t a, uint32_t b, const void *context)
{
	const struct group_row *all = context;
	const struct memcg_view *view_a = &all->summary->memcgs[a];
	const struct memcg_view *view_b = &all->summary->memcgs[b];
	int order;

	if (view_a->level != view_b->level)
		return view_a->level > view_b->level ? -1 : 1;
	order = compare_values(
		value_or(view_a->percent, PERCENT_LAST), value_or(view_b->percent, PERCENT_LAST));
	return order ? order : compare_usage(all->now, a, b);
}

/* Usage is read of few of those without a limit: the number of processes stands in. */
static int compare_unlimited(uint32_t a, uint32_t b, const void *context)
{
	const struct snapshot *now = ((const struct group_row *)context)->now;
	const int order = compare_usage(now, a, b);

	return order ? order : compare_values(now->memcgs[b].n_tasks, now->memcgs[a].n_tasks);
}

int grouplist_make(const struct snapshot *now, const struct summary *summary, struct arena *arena,
	struct grouplist *ret)
{
	const struct group_row all = { now, summary, 0 };
	struct grouplist list = { 0 };
	uint32_t *scratch;

	memset(ret, 0, sizeof(*ret));
	if (now->n_memcgs == 0 || !summary->memcgs)
		return 0;
	list.rows = arena_array(arena, now->n_memcgs, sizeof(uint32_t));
	scratch = arena_array(arena, now->n_memcgs, sizeof(uint32_t));
	if (!list.rows || !scratch)
		return -ENOMEM;
	for (uint32_t i = 0; i < now->n_memcgs; i++)
		if (summary->memcgs[i].limited)
			list.rows[list.n_limited++] = i;
	list.n_rows = list.n_limited;
	for (uint32_t i = 0; i < now->n_memcgs; i++)
		if (!summary->memcgs[i].limited && now->memcgs[i].parent != NO_MEMCG)
			list.rows[list.n_rows++] = i;
	sort_indexes(list.rows, list.n_limited, scratch, compare_limited, &all);
	sort_indexes(list.rows + list.n_limited, list.n_rows - list.n_limited, scratch,
		compare_unlimited, &all);
	*ret = list;
	return 0;
}
