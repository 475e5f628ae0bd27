/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "analysis/oomd_parts.h"
#include "base/sort.h"
#include "base/units.h"
#include "model/cgroup_pattern.h"

/** Deeper than any cgroup of a snapshot lies. */
#define DEPTH_MAX 128

/** SwapTotal and MemTotal pass through a 32-bit int in KillSwapUsage-inl.h. */
#define INT_KIB_MAX (INT32_MAX / 1024)

/** What one cgroup is ranked by: one part after the other, larger first. */
struct key {
	int64_t part[3];
	bool counts; /**< it is a candidate at all */
	bool big, growing;
};

/** All that choosing needs. */
struct choosing {
	const struct killer_judging *judging;
	const struct snapshot *now;
	const struct oomd_step *action;
	struct oomd_choice *ret;
	struct key *keys;       /**< by memcg; of those that were ranked */
	int64_t *effective;     /**< by memcg: memory.current less what is protected */
	uint32_t *first, *next; /**< by memcg: its first child, the next of the same parent */
	uint32_t before_at;     /**< where the next one is looked for in the sample before */
	uint32_t n_ranked;      /**< among how many the last one was chosen */
	int64_t sum_bytes;      /**< memory.current of them all */
};

static void doubt(struct oomd_choice *choice, enum killer_worth worth, const char *why)
{
	if (worth <= choice->worth)
		return;
	choice->worth = worth;
	choice->worth_why = why;
}

static int preference_of(const struct choosing *choosing, uint32_t memcg)
{
	const int8_t *preference = choosing->judging->killer->oomd.preference;

	return preference ? preference[memcg] : 0;
}

static int compare(uint32_t a, uint32_t b, const void *context)
{
	const struct choosing *choosing = context;
	const struct key *of_a = &choosing->keys[a], *of_b = &choosing->keys[b];

	if (preference_of(choosing, a) != preference_of(choosing, b))
		return preference_of(choosing, a) > preference_of(choosing, b) ? -1 : 1;
	for (unsigned i = 0; i < ARRAY_SIZE(of_a->part); i++) {
		if (of_a->part[i] != of_b->part[i])
			return of_a->part[i] > of_b->part[i] ? -1 : 1;
	}
	return 0;
}

static int by_effective(uint32_t a, uint32_t b, const void *context)
{
	const int64_t *effective = context;

	return effective[a] == effective[b] ? 0 : effective[a] > effective[b] ? -1 : 1;
}

/** Cgroups that are ranked among themselves. */
struct siblings {
	uint32_t *list;
	uint32_t n;
	uint32_t *scratch; /**< room for n */
};

/* The smallest of those that are large enough to be taken for growing. */
static int64_t least_to_grow(const struct choosing *choosing, struct siblings *siblings)
{
	const int64_t above = 100 - value_min(choosing->action->growing_percentile, 100);
	const int64_t n = (siblings->n * above + 99) / 100;

	sort_indexes(
		siblings->list, siblings->n, siblings->scratch, by_effective, choosing->effective);
	return choosing->effective[siblings->list[value_max(n, 1) - 1]];
}

static void rank_by_size(struct choosing *choosing, struct siblings *siblings)
{
	const struct memcg *memcgs = choosing->now->memcgs;
	const int64_t least = least_to_grow(choosing, siblings);
	int64_t enough;

	choosing->sum_bytes = 0;
	for (uint32_t i = 0; i < siblings->n; i++)
		choosing->sum_bytes = value_add(
			choosing->sum_bytes, value_max(memcgs[siblings->list[i]].usage_bytes, 0));
	enough = oomd_share(choosing->sum_bytes, choosing->action->size_permyriad, PERMYRIAD_ALL);

	for (uint32_t i = 0; i < siblings->n; i++) {
		const uint32_t at = siblings->list[i];
		const int64_t growth = value_or(oomd_growth(choosing->judging, at), 0);
		struct key *key = &choosing->keys[at];

		key->big = value_max(memcgs[at].usage_bytes, 0) >= enough;
		key->growing = growth / 100 >= choosing->action->growth_permyriad &&
			choosing->effective[at] >= least;
		key->part[0] = key->big ? choosing->effective[at] : 0;
		key->part[1] = key->growing ? growth : 0;
		key->part[2] = choosing->effective[at];
		key->counts = true;
	}
}

static int64_t swap_threshold(const struct choosing *choosing)
{
	const struct oomd_step *action = choosing->action;

	if (!value_known(action->threshold_permyriad))
		return action->threshold_bytes;
	return oomd_share(value_mul(value_max(choosing->now->mem.swap_total_kib, 0), 1024),
		action->threshold_permyriad, PERMYRIAD_ALL);
}

static void rank_by_swap(struct choosing *choosing, struct siblings *siblings)
{
	const struct snapshot *now = choosing->now;
	const int64_t threshold = swap_threshold(choosing);

	if ((choosing->action->biased || value_known(choosing->action->threshold_permyriad)) &&
		(now->mem.swap_total_kib > INT_KIB_MAX || now->mem.mem_total_kib > INT_KIB_MAX))
		doubt(choosing->ret, WORTH_UNKNOWN, "oomd miscounts shares of more than 2G");
	for (uint32_t i = 0; i < siblings->n; i++) {
		const uint32_t at = siblings->list[i];
		const int64_t swap = value_max(now->memcgs[at].swap_bytes, 0);
		struct key *key = &choosing->keys[at];
		int64_t spared = 0;

		if (!value_known(now->memcgs[at].swap_bytes))
			doubt(choosing->ret, WORTH_UNKNOWN,
				"memory.swap.current is not read of all");
		if (choosing->action->biased)
			spared = oomd_share(
				value_max(now->memcgs[at].usage_bytes, 0) - choosing->effective[at],
				now->mem.swap_total_kib, now->mem.mem_total_kib);
		key->part[0] = value_max(swap - spared, 0);
		key->counts = swap > threshold;
	}
}

static void rank_by_pressure(struct choosing *choosing, struct siblings *siblings)
{
	for (uint32_t i = 0; i < siblings->n; i++) {
		const uint32_t at = siblings->list[i];
		const struct pressure_line *full = &choosing->now->memcgs[at].pressure.full;

		if (!value_known(full->avg10_centi) || !value_known(full->avg60_centi))
			doubt(choosing->ret, WORTH_UNKNOWN, "memory.pressure is not read of all");
		choosing->keys[at].part[0] = (value_max(full->avg10_centi, 0) / 2 +
						     value_max(full->avg60_centi, 0) / 2) /
			100;
		choosing->keys[at].counts = true;
	}
}

/* Both lists are nearly alike, so that it is near where the last one was found. */
static const struct memcg *find_before(struct choosing *choosing, const char *path)
{
	const struct snapshot *before = choosing->judging->in->before;

	for (uint32_t i = 0; before && i < before->n_memcgs; i++) {
		const uint32_t at = (choosing->before_at + i) % before->n_memcgs;

		if (strcmp(before->memcgs[at].path, path) == 0) {
			choosing->before_at = at + 1;
			return &before->memcgs[at];
		}
	}
	return NULL;
}

static void rank_by_scan(struct choosing *choosing, struct siblings *siblings)
{
	for (uint32_t i = 0; i < siblings->n; i++) {
		const uint32_t at = siblings->list[i];
		const int64_t now = choosing->now->memcgs[at].stat_pgscan_pages;
		const struct memcg *was = find_before(choosing, choosing->now->memcgs[at].path);
		const int64_t before = was ? was->stat_pgscan_pages : VALUE_UNKNOWN;

		if (!value_known(now) || !value_known(before)) {
			doubt(choosing->ret, WORTH_UNKNOWN, "memory.stat is not read of all");
			choosing->keys[at].counts = false;
			continue;
		}
		choosing->keys[at].part[0] = value_max(now - before, 0);
		choosing->keys[at].counts = now > before;
	}
	doubt(choosing->ret, WORTH_ASSUMED, "what was scanned is counted between our samples");
}

static void rank(struct choosing *choosing, struct siblings *siblings)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < siblings->n; i++)
		choosing->keys[siblings->list[i]] = (struct key){ .counts = false };
	if (choosing->action->plugin == OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH)
		rank_by_size(choosing, siblings);
	else if (choosing->action->plugin == OOMD_KILL_BY_SWAP_USAGE)
		rank_by_swap(choosing, siblings);
	else if (choosing->action->plugin == OOMD_KILL_BY_PRESSURE)
		rank_by_pressure(choosing, siblings);
	else
		rank_by_scan(choosing, siblings);
	for (uint32_t i = 0; i < siblings->n; i++) {
		if (choosing->keys[siblings->list[i]].counts)
			siblings->list[n++] = siblings->list[i];
	}
	siblings->n = n;
	sort_indexes(siblings->list, n, siblings->scratch, compare, choosing);
}

/* What has no processes, or no anonymous memory, is passed over; where that was not read it has
 * some. */
static bool is_takable(const struct memcg *memcg)
{
	return memcg->n_tasks > 0 && memcg->stat_anon_bytes != 0;
}

static bool is_opened(const struct choosing *choosing, uint32_t memcg)
{
	return choosing->action->recursive && choosing->now->memcgs[memcg].oom_group != 1 &&
		choosing->first[memcg] != NO_MEMCG;
}

static int make_siblings(const struct choosing *choosing, uint32_t n, struct siblings *ret)
{
	ret->n = 0;
	ret->list = arena_array(choosing->judging->arena, n, sizeof(*ret->list));
	ret->scratch = arena_array(choosing->judging->arena, n, sizeof(*ret->scratch));
	return ret->list && ret->scratch ? 0 : -ENOMEM;
}

static int children_of(const struct choosing *choosing, uint32_t memcg, struct siblings *ret)
{
	uint32_t n = 0;

	for (uint32_t at = choosing->first[memcg]; at != NO_MEMCG; at = choosing->next[at])
		n++;
	if (make_siblings(choosing, n, ret) < 0)
		return -ENOMEM;
	for (uint32_t at = choosing->first[memcg]; at != NO_MEMCG; at = choosing->next[at])
		ret->list[ret->n++] = at;
	return 0;
}

static int pick(struct choosing *choosing, struct siblings *siblings, unsigned depth);

/* One that may be taken, or the best below one that is opened. */
static int try_one(struct choosing *choosing, uint32_t memcg, uint32_t n_ranked, unsigned depth)
{
	struct siblings children;

	if (!is_opened(choosing, memcg)) {
		if (is_takable(&choosing->now->memcgs[memcg])) {
			choosing->ret->memcg = memcg;
			choosing->n_ranked = n_ranked;
		}
		return 0;
	}
	if (depth >= DEPTH_MAX)
		return 0;
	if (children_of(choosing, memcg, &children) < 0)
		return -ENOMEM;
	return pick(choosing, &children, depth + 1);
}

/* The best of them; where there is nobody, the next. */
static int pick(struct choosing *choosing, struct siblings *siblings, unsigned depth)
{
	rank(choosing, siblings);
	for (uint32_t i = 0; i < siblings->n; i++) {
		const uint32_t at = siblings->list[i];

		if (try_one(choosing, at, siblings->n, depth) < 0)
			return -ENOMEM;
		if (choosing->ret->memcg == NO_MEMCG)
			continue;
		if (i + 1 < siblings->n && compare(at, siblings->list[i + 1], choosing) == 0)
			choosing->ret->tie = true;
		return 0;
	}
	return 0;
}

static int prepare(struct choosing *choosing)
{
	const struct snapshot *now = choosing->now;
	struct arena *arena = choosing->judging->arena;
	bool all;

	choosing->keys = arena_array(arena, now->n_memcgs, sizeof(*choosing->keys));
	choosing->first = arena_array(arena, now->n_memcgs, sizeof(*choosing->first));
	choosing->next = arena_array(arena, now->n_memcgs, sizeof(*choosing->next));
	choosing->effective = oomd_protections(now, arena, &all);
	if (!choosing->keys || !choosing->first || !choosing->next || !choosing->effective)
		return -ENOMEM;
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		choosing->effective[i] =
			value_max(now->memcgs[i].usage_bytes, 0) - choosing->effective[i];
		choosing->first[i] = NO_MEMCG;
	}
	for (uint32_t i = now->n_memcgs; i-- > 0;) {
		const uint32_t parent = now->memcgs[i].parent;

		if (parent >= i)
			continue;
		choosing->next[i] = choosing->first[parent];
		choosing->first[parent] = i;
	}
	if (!all &&
		(choosing->action->biased ||
			choosing->action->plugin == OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH))
		doubt(choosing->ret, WORTH_ASSUMED,
			"memory.min and memory.low are not read of all");
	return 0;
}

static int start(struct choosing *choosing, struct siblings *ret)
{
	const struct snapshot *now = choosing->now;
	const bool root = cgroup_pattern_has_root(choosing->action->cgroups);

	if (make_siblings(choosing, now->n_memcgs, ret) < 0)
		return -ENOMEM;
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		if ((root && now->memcgs[i].parent == NO_MEMCG) ||
			cgroup_pattern_match(choosing->action->cgroups, now->memcgs[i].path))
			ret->list[ret->n++] = i;
	}
	return 0;
}

static void say_size(const struct choosing *choosing, uint32_t memcg, struct text *text)
{
	const struct key *key = &choosing->keys[memcg];
	const int64_t bytes = value_max(choosing->now->memcgs[memcg].usage_bytes, 0);

	if (key->big) {
		text_fmt(text, "%d%% of what it looks at",
			(int)oomd_share(100, bytes, choosing->sum_bytes));
	} else if (key->growing) {
		text_fmt(text, "grew to %d%% of its average, the most",
			(int)value_min(key->part[1] / 10000, 100000));
	} else {
		text_add(text, "the largest, ");
		units_bytes(text, choosing->effective[memcg]);
	}
}

static void say_why(const struct choosing *choosing, struct oomd_choice *ret)
{
	const uint32_t at = ret->memcg;
	const int preference = preference_of(choosing, at);
	struct text text;

	text_init(&text, ret->reason, sizeof(ret->reason));
	if (choosing->action->plugin == OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH) {
		say_size(choosing, at, &text);
	} else if (choosing->action->plugin == OOMD_KILL_BY_SWAP_USAGE) {
		text_add(&text, "most swap, ");
		units_bytes(&text, choosing->keys[at].part[0]);
	} else if (choosing->action->plugin == OOMD_KILL_BY_PRESSURE) {
		text_fmt(&text, "stalls most, %d%%", (int)choosing->keys[at].part[0]);
	} else {
		text_add(&text, "scanned most by reclaim");
	}
	if (preference > 0)
		text_add(&text, "; oomd_prefer");
	else if (preference < 0)
		text_add(&text, "; all others are oomd_avoid too, or cannot be taken");
}

static void judge_worth(const struct choosing *choosing, struct oomd_choice *ret)
{
	const struct oomd_settings *settings = &choosing->judging->killer->oomd;

	if (!settings->preference)
		doubt(ret, WORTH_UNKNOWN, "whom it prefers or avoids is not read");
	else if (settings->trusted_unreadable)
		doubt(ret, WORTH_ASSUMED, "trusted.oomd_prefer and _avoid could not be read");
	if (choosing->action->plugin == OOMD_KILL_BY_MEMORY_SIZE_OR_GROWTH &&
		ret->memcg != NO_MEMCG && !choosing->keys[ret->memcg].big && choosing->n_ranked > 1)
		doubt(ret, WORTH_ASSUMED, "growth is estimated: its averages cannot be seen");
}

/* Why an action cannot be foretold at all; NULL: it can. */
static const char *untold(const struct oomd_step *action)
{
	if (action->plugin == OOMD_KILL_BY_IO_COST)
		return "it ranks by io cost, which is not read";
	if (action->plugin == OOMD_KILL_BY_PRESSURE && action->io)
		return "it ranks by io pressure, which is not read";
	if (!action->recursive && cgroup_pattern_has_root(action->cgroups))
		return "its rule names the root cgroup itself";
	return NULL;
}

int oomd_choose(const struct killer_judging *judging, const struct oomd_step *action,
	struct oomd_choice *ret)
{
	struct choosing choosing = {
		.judging = judging, .now = judging->in->now, .action = action, .ret = ret
	};
	struct siblings siblings = { .n = 0 };
	bool any;
	int error;

	*ret = (struct oomd_choice){ .memcg = NO_MEMCG, .nobody = untold(action) };
	if (ret->nobody) {
		doubt(ret, WORTH_UNKNOWN, ret->nobody);
		return 0;
	}
	if (choosing.now->n_memcgs == 0) {
		ret->nobody = "no cgroups are known";
		return 0;
	}
	error = prepare(&choosing);
	if (error == 0)
		error = start(&choosing, &siblings);
	if (error < 0)
		return error;
	any = siblings.n > 0;
	error = any ? pick(&choosing, &siblings, 0) : 0;
	judge_worth(&choosing, ret);
	if (ret->memcg != NO_MEMCG)
		say_why(&choosing, ret);
	else
		ret->nobody = any ? "no cgroup that it may take qualifies"
				  : "no cgroup with processes that it may take exists";
	return error;
}
