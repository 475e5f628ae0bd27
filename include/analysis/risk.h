/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * How close: what is left to give, how fast it shrinks, when it is gone, and the level.
 */
#ifndef OOMWATCH_ANALYSIS_RISK_H
#define OOMWATCH_ANALYSIS_RISK_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/account.h"
#include "analysis/forecast.h"
#include "analysis/history.h"
#include "analysis/left.h"
#include "analysis/reclaim.h"
#include "analysis/victim.h"
#include "analysis/zones.h"
#include "model/snapshot.h"

/** "ok", "warn", "critical", for JSON and scripts. */
const char *level_id(enum level level);
/** "OK", "WARN", "CRITICAL", for the screen. */
const char *level_words(enum level level);

/** The risk in one scope. */
struct risk {
	enum level level;
	struct scope where;
	char scope[SCOPE_PATH_MAX + 16]; /**< scope_id(): "system", "cgroup:/path" */
	char scope_words[64];            /**< scope_words(): "machine" */
	struct left left;
	int64_t slope_kib_per_s; /**< of what is left, negative: shrinking; VALUE_UNKNOWN early on */
	int64_t forecast_s;      /**< until nothing is left; VALUE_UNKNOWN: not foretold */
	int64_t forecast_low_s;
	int64_t forecast_high_s;
	char no_forecast_why[96]; /**< "" if there is one */
	uint32_t filling;         /**< task that grows most, or NO_TASK */
	int64_t filling_bytes_per_s;
	int64_t filling_percent; /**< of the growth of all processes; VALUE_UNKNOWN */
	uint32_t victim;         /**< task, or NO_TASK */
	char text[256];          /**< the sentence, plain text without level */
	char why[160];           /**< what raised the level; "" at OK */
	bool by_forecast;        /**< that was a forecast, and nothing else */
};

struct risk_inputs {
	const struct snapshot *now;
	const struct zone_view *views; /**< NULL: no zones */
	const struct oom *oom;
	const struct reclaim *reclaim;
	const struct account *account;
	const struct history *history;
};

/**
 * Judge the machine: all of struct risk but text, which verdict_text() writes.
 *
 * What raises the level, each rule with its reason in risk.c: a forecast with little left;
 * hardly anything left; reclaim that gets nowhere, or full stalls, with little left; a kill
 * in the last 10 s.  What does not by itself: free pages below a watermark, memory used as
 * cache, full swap, stalls, a cgroup at its limit.
 */
void risk_of_system(const struct risk_inputs *in, struct risk *ret);

/**
 * Hold a level: it rises at once, and falls when it was not deserved for 5 s (1.5 s where a
 * forecast was the only reason, and there is none any more).  Also keeps
 * account of how long there has been a forecast.  Call once after risk_of_system(); calling
 * it again with the same instant changes nothing.
 */
void risk_hold(struct history *history, const struct snapshot *now, struct risk *risk);

#endif
