/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The userspace killers that run: how far each is from its trigger, whom it would take, and
 * whether it comes before the kernel.
 */
#ifndef OOMWATCH_ANALYSIS_KILLERS_H
#define OOMWATCH_ANALYSIS_KILLERS_H

#include "analysis/history.h"
#include "analysis/risk.h"
#include "analysis/victim.h"
#include "base/arena.h"
#include "model/killer.h"

/** How much a prediction is worth. */
enum killer_worth {
	WORTH_EXACT,       /**< all was read, the settings from the daemon itself */
	WORTH_ASSUMED,     /**< by files or defaults */
	WORTH_LOWER_BOUND, /**< a timer was not seen from its start */
	WORTH_UNKNOWN,
};

/** "exact", "assumed", "lower_bound", "unknown". */
const char *killer_worth_id(enum killer_worth worth);

/** Which acts first if things go on as they do. */
enum killer_order {
	ORDER_UNTOLD, /**< cannot be told */
	KILLER_BEFORE_KERNEL,
	KILLER_AFTER_KERNEL, /**< or never: its trigger cannot be reached */
};

/** What it does to those it takes. */
enum killer_act {
	ACT_TERM,   /**< SIGTERM, SIGKILL later */
	ACT_KILL,   /**< SIGKILL */
	ACT_KERNEL, /**< sysrq-f: the kernel chooses */
	ACT_EVICT,  /**< a pod is ended */
};

/** Of one killer; parallel to snapshot->killers. */
struct killer_view {
	enum killer_worth worth;
	char worth_why[96]; /**< "" where exact */

	/* By memory and swap. */
	int64_t room_kib;      /**< what may still be used up before it acts; 0: it acts now;
	                           VALUE_UNKNOWN: no such trigger, or not known */
	int64_t room_swap_kib; /**< of room_kib: swap, which has to be used up as well */
	int64_t room_percent;  /**< of RAM, and of swap where room_swap_kib is not 0 */
	bool room_is_swap;     /**< all of it is swap: memory is at its limit already */
	bool never;            /**< its trigger cannot be reached: why in why_never */
	char why_never[96];

	/* By pressure: that of the cgroup nearest to its limit. */
	int64_t pressure_centi, limit_centi; /**< full avg10 in percent; VALUE_UNKNOWN: no such */
	int64_t held_ms, duration_ms;        /**< above its limit for so long, of so long */
	int64_t least_s;  /**< until a kill at the soonest; VALUE_UNKNOWN: no such */
	uint32_t watched; /**< memcg whose pressure that is; NO_MEMCG: the machine */

	int64_t slope_kib_per_s;                             /**< of room_kib */
	int64_t forecast_s, forecast_low_s, forecast_high_s; /**< VALUE_UNKNOWN: none */
	char no_forecast_why[96];

	enum level level;
	char why[96];     /**< what raised the level; "" at OK */
	bool by_forecast; /**< that was a forecast, and nothing else */

	enum killer_act act;
	uint32_t victim;        /**< task that it would take, NO_TASK: none or not known */
	uint32_t victim_memcg;  /**< cgroup that it would take whole, NO_MEMCG */
	uint32_t n_victims;     /**< processes that end */
	int64_t gives_back_kib; /**< VALUE_UNKNOWN */
	bool tie;               /**< another one would do as well */
	char nobody_why[96];    /**< where there is no victim */
	char reason[160]; /**< why that one, and where the kernel would choose otherwise, why */
	enum killer_order order;
};

/** What killers are judged by. */
struct killers_inputs {
	const struct snapshot *now;
	const struct snapshot *before; /**< or NULL */
	const struct oom *machine;     /**< the kernel's choice for the machine */
	const struct risk *machine_risk;
	struct history
		*history; /**< its watches are updated; the same instant again changes nothing */
};

/** views, parallel to now->killers, from the arena; NULL without memory (or none: *ret_error 0). */
struct killer_view *killers_judge(
	const struct killers_inputs *inputs, struct arena *arena, int *ret_error);

/** Fill a risk of a killer: all of struct risk but text. */
void killers_risk(const struct snapshot *now, const struct killer_view *views, uint32_t killer,
	struct risk *ret);

/** In words, without its name: "acts at 9.8% available, 1.2G away"; "pressure 41% of 60%, held 3
 * of 20s". */
void killer_words(const struct snapshot *now, const struct killer_view *views, uint32_t killer,
	struct text *text);

/** Whom it would take: "java 4102 (SIGTERM)"; "app-x.scope: 41 processes, 3.1G"; or why nobody. */
void killer_victim_words(const struct snapshot *now, const struct killer_view *views,
	uint32_t killer, struct text *text);

#endif
