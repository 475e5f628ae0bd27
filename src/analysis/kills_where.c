/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/kills_parts.h"
#include "analysis/scope.h"

static int64_t rising(const struct summary *summary, uint32_t memcg)
{
	return summary->memcgs ? summary->memcgs[memcg].rising_oom : VALUE_UNKNOWN;
}

/* "oom" of memory.events rises where the limit is and above (mem_cgroup_out_of_memory(),
 * mm/memcontrol.c), "oom_kill" where the victim is and above: the first with the one on the way
 * up from the other is the one at its limit. */
static uint32_t at_limit(const struct snapshot *now, const struct summary *summary, uint32_t memcg)
{
	while (memcg < now->n_memcgs && !(rising(summary, memcg) > 0))
		memcg = scope_charged_above(now, memcg);
	return memcg < now->n_memcgs ? memcg : NO_MEMCG;
}

/* v1 has no such counter: failures to charge, of one with a limit, come nearest. */
static uint32_t at_limit_v1(
	const struct snapshot *now, const struct summary *summary, uint32_t memcg)
{
	while (memcg < now->n_memcgs &&
		!(summary->memcgs && summary->memcgs[memcg].limited &&
			summary->memcgs[memcg].rising_max > 0))
		memcg = scope_charged_above(now, memcg);
	return memcg < now->n_memcgs ? memcg : NO_MEMCG;
}

bool kills_is_within(const char *path, const char *above)
{
	const size_t len = strlen(above);

	return strncmp(path, above, len) == 0 &&
		(path[len] == '\0' || path[len] == '/' || (len == 1 && *above == '/'));
}

/* Parents stand before their children: the last that fits is the nearest. */
uint32_t kills_memcg_at(const struct snapshot *now, const char *path)
{
	uint32_t found = NO_MEMCG;

	for (uint32_t i = 0; i < now->n_memcgs; i++)
		if (kills_is_within(path, now->memcgs[i].path) &&
			(found == NO_MEMCG ||
				strlen(now->memcgs[i].path) > strlen(now->memcgs[found].path)))
			found = i;
	return found;
}

static bool is_listed(const struct snapshot *now, const char *path)
{
	const uint32_t memcg = kills_memcg_at(now, path);

	return memcg != NO_MEMCG && strcmp(now->memcgs[memcg].path, path) == 0;
}

/* Cgroups with a limit that went with their last process, so that their counters are not seen:
 * how many below one ("" anywhere) and around the victim, and the last of them. */
static unsigned find_vanished(const struct snapshot *before, const struct snapshot *now,
	const char *above, const char *victim, const char **ret_path)
{
	unsigned n = 0;

	for (uint32_t i = 0; before && i < before->n_memcgs; i++) {
		const struct memcg *memcg = &before->memcgs[i];

		if (!memcg_is_limited(memcg) || (*above && !kills_is_within(memcg->path, above)) ||
			(victim && !kills_is_within(victim, memcg->path)) ||
			is_listed(now, memcg->path))
			continue;
		n++;
		*ret_path = memcg->path;
	}
	return n;
}

static void set_seen(const struct snapshot *now, const struct summary *summary, uint32_t limit,
	struct kill_place *ret)
{
	struct text text;

	text_init(&text, ret->words, sizeof(ret->words));
	if (limit != NO_MEMCG) {
		ret->where = KILL_CGROUP;
		scope_path_words(now->memcgs[limit].path, &text);
		ret->hash = kills_hash("cgroup:", now->memcgs[limit].path);
		return;
	}
	ret->hash = kills_hash("system", "");
	ret->where = KILL_MACHINE;
	text_add(&text, "machine");
	if (summary->memcgs && now->n_memcgs > 0)
		return;
	ret->where = KILL_UNTOLD;
	text_init(&text, ret->words, sizeof(ret->words));
	text_add(&text, "?");
}

/* One of several, or the one, if it was not the machine. */
static void set_vanished(unsigned n, const char *path, bool surely, struct kill_place *ret)
{
	struct text text;

	text_init(&text, ret->words, sizeof(ret->words));
	ret->where = surely ? KILL_CGROUP : KILL_UNTOLD;
	ret->hash = n == 1 ? kills_hash("cgroup:", path) : 0;
	if (n > 1) {
		text_add(&text, "?");
		return;
	}
	scope_path_words(path, &text);
	if (!surely)
		text_add(&text, " or machine");
}

/* Where the counters of one without a limit rose, it was that of one below (v2 counts there
 * too); where none rose, it may have been. */
void kills_where(const struct snapshot *before, const struct snapshot *now,
	const struct summary *summary, uint32_t memcg, const char *victim, struct kill_place *ret)
{
	const char *above = memcg < now->n_memcgs ? now->memcgs[memcg].path : "";
	uint32_t limit = at_limit(now, summary, memcg);
	const char *path = NULL;
	unsigned n_vanished;

	if (limit == NO_MEMCG && now->memcg_version == 1)
		limit = at_limit_v1(now, summary, memcg);
	set_seen(now, summary, limit, ret);
	if (limit != NO_MEMCG && memcg_is_limited(&now->memcgs[limit]))
		return;
	n_vanished = find_vanished(before, now, above, victim, &path);
	if (n_vanished > 0)
		set_vanished(n_vanished, path, limit != NO_MEMCG, ret);
}
