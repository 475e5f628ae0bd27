/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Every memory cgroup judged: what it can still give before its limit kills, how fast that
 * shrinks, and who would die there.
 */
#ifndef OOMWATCH_ANALYSIS_MEMCGS_H
#define OOMWATCH_ANALYSIS_MEMCGS_H

#include "analysis/history.h"
#include "analysis/risk.h"
#include "analysis/scope.h"
#include "analysis/victim.h"
#include "base/arena.h"

/**
 * Of one cgroup; parallel to snapshot->memcgs.
 *
 * What raises the level: a forecast with little left; hardly anything left while its limit is
 * hit, or while everything in it stalls; a kill or a refusal by its own limit in the last 10 s;
 * full stalls over memory.high; tasks that wait, as v1's memory.oom_control disables the killer.
 * What does not: a limit that is reached with cache that reclaim can take, an idle cgroup that
 * is nearly full, whatever is only known as long as memory.stat was not read; a limit further
 * up that is tighter (that one has its own level).
 */
struct memcg_view {
	bool limited;     /**< it has a limit of its own; the rest is only set if so, but for level,
	                        why, throttled and the events */
	int64_t left_kib; /**< what is left at best below the tightest limit on its path: max -
	                        (usage - file LRU - half of the reclaimable slab), and swap it may
	                        still use; VALUE_UNKNOWN */
	int64_t sure_kib; /**< the same without mapped and dirty files, slab, zram and zswap */
	int64_t free_kib; /**< of left_kib: below the limit */
	int64_t cache_kib; /**< of left_kib: what reclaim can take */
	int64_t swap_kib; /**< of left_kib: swap, bounded by every swap.max above and by the machine's */
	bool at_least;           /**< memory.stat was not read lately: cache is not in left_kib */
	uint32_t binding;        /**< memcg whose limit is the tightest: itself, or one above */
	int64_t percent;         /**< left_kib of max */
	int64_t slope_kib_per_s; /**< VALUE_UNKNOWN early on */
	int64_t forecast_s, forecast_low_s, forecast_high_s; /**< VALUE_UNKNOWN: none */
	char no_forecast_why[96];                            /**< "" if there is one */
	enum level level;
	char why[96];     /**< what raised the level, "" at OK */
	bool by_forecast; /**< that was a forecast, and nothing else */
	bool throttled;   /**< over memory.high: it is slowed down, nobody is killed for that */
	bool stalls;      /**< v1 oom_kill_disable: nobody dies, its tasks wait */
	int64_t rising_max, rising_oom, rising_oom_kill; /**< events since the sample before */
	int64_t totalpages;                              /**< T of its own OOM; VALUE_UNKNOWN */
	uint32_t victim;  /**< task that would be killed at its limit, NO_TASK */
	uint32_t group;   /**< memcg that dies whole (memory.oom.group), NO_MEMCG */
	uint32_t filling; /**< task in it that grows most, NO_TASK */
	int64_t filling_bytes_per_s;
	int64_t growth_bytes_per_s; /**< of all that grow in it */
};

/**
 * views, parallel to now->memcgs, from the arena; NULL without memory (or none: *ret_error 0).
 *
 * @before  the sample before, or NULL
 * history->suspects is updated; the same instant again changes nothing.
 */
struct memcg_view *memcgs_judge(const struct snapshot *now, const struct snapshot *before,
	struct history *history, struct arena *arena, int *ret_error);

/** Fill a risk of a cgroup: all of struct risk but text. */
void memcgs_risk(const struct snapshot *now, const struct memcg_view *views, uint32_t memcg,
	struct risk *ret);

/** Its limit in KiB, of memory, or else of memory and swap; VALUE_UNKNOWN without. */
int64_t memcg_limit_kib(const struct memcg *memcg);

#endif
