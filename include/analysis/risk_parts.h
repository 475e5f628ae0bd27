/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The parts of analysis/risk that other scopes are judged by, too.
 */
#ifndef OOMWATCH_ANALYSIS_RISK_PARTS_H
#define OOMWATCH_ANALYSIS_RISK_PARTS_H

#include "analysis/risk.h"

/** A level that is deserved, and why; nothing if it is not above the one so far. */
__attribute__((format(printf, 3, 4))) void risk_deserve(
	struct risk *risk, enum level level, const char *why, ...);

/** Copy slope and forecast into a risk. */
void risk_set_forecast(struct risk *risk, const struct forecast *forecast);

/** What a forecast deserves: @percent  of what may be used at all is left. */
void risk_by_forecast(
	struct risk *risk, const struct forecast *forecast, bool lasting, int64_t percent);

/** What it deserves that hardly anything is left, of total_kib. */
void risk_by_amount(struct risk *risk, int64_t total_kib);

/**
 * What of the memory may be used at all, as far as what is used for it now tells.
 *
 * @hugetlb_kib  set aside for huge pages; unknown: none
 * @used_kib     what processes have, and what is left of RAM
 */
int64_t risk_usable_kib(int64_t total_kib, int64_t hugetlb_kib, int64_t used_kib);

int64_t risk_percent(int64_t part, int64_t whole);

/** Fill filling* with the process that grows most, by so much, if that matters among all that
 * grow, by so much together. */
void risk_set_filling(struct risk *risk, uint32_t task, int64_t most_per_s, int64_t all_per_s);

/** Fill filling*: the process of risk->where that grows most, if it matters. */
void risk_find_filling(const struct snapshot *now, struct risk *risk);

#endif
