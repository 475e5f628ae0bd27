/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The three sentences at the top of the screen: how close, who dies, who fills it.
 *
 * Plain clean text without the level, meant for 71 cells; where a sentence would be longer,
 * its less important part is left out.  Each wants an empty text.
 */
#ifndef OOMWATCH_ANALYSIS_VERDICT_H
#define OOMWATCH_ANALYSIS_VERDICT_H

#include "analysis/risk.h"
#include "analysis/victim.h"
#include "base/text.h"
#include "model/snapshot.h"

/** Cells that stand behind the level on a screen of 80 columns. */
#define VERDICT_CELLS 71

/** "machine: 1.3G left to give (cache 410M, swap 922M), -52M/s: out in 18-40s" */
void verdict_text(const struct snapshot *now, const struct risk *risk, struct text *text);

/** "now chrome 4102: adj +300 outranks java 23283 (10.1G)", or, where somebody else is first
 * later, "now chrome 4102, 1.3G; from ~13s java 23283, 10.1G" */
void verdict_next(const struct snapshot *now, const struct risk *risk, const struct oom *oom,
	struct text *text);

/** "java 23283 +48M/s, 92% of the growth", or what grows with no process behind it. */
void verdict_filling(const struct snapshot *now, const struct risk *risk,
	const struct history *history, struct text *text);

#endif
