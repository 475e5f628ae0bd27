/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The three sentences at the top of the screen: how close, who dies, who fills it.
 *
 * Plain clean text without the level, meant for 71 cells; where a sentence would be longer,
 * its less important part is left out.  Each wants an empty text.
 */
#ifndef OOMWATCH_ANALYSIS_VERDICT_H
#define OOMWATCH_ANALYSIS_VERDICT_H

#include "analysis/killers.h"
#include "analysis/risk.h"
#include "analysis/victim.h"
#include "base/text.h"
#include "model/snapshot.h"

/** Cells that stand behind the level on a screen of 80 columns. */
#define VERDICT_CELLS 71

/** "machine: 1.3G left to give (cache 410M, swap 922M), -52M/s: out in 18-40s"; of any scope but a
 * userspace killer. */
void verdict_text(const struct snapshot *now, const struct risk *risk, struct text *text);

/** "now chrome 4102: adj +300 outranks java 23283 (10.1G)", or, where somebody else is first
 * later, "now chrome 4102, 1.3G; from ~13s java 23283, 10.1G" */
void verdict_next(const struct snapshot *now, const struct risk *risk, const struct oom *oom,
	struct text *text);

/** "java 23283 +48M/s, 92% of the growth", or what grows with no process behind it. */
void verdict_filling(const struct snapshot *now, const struct risk *risk,
	const struct history *history, struct text *text);

/** No index of snapshot->killers. */
#define NO_KILLER UINT32_MAX

/** The userspace killers that run, the nearest to its trigger first; those that cannot act, or of
 * which nothing is known, are the last.  Returns how many. */
unsigned verdict_killers(
	const struct snapshot *now, const struct killer_view *views, uint32_t ret[KILLERS_MAX]);

/** "earlyoom: 1.2G until it acts, -52M/s: in 18-40s"; "systemd-oomd: user.slice stalls 64% (limit
 * 60%), kills in 12s": the sentence of a risk that is a killer's. */
void verdict_killer_text(const struct snapshot *now, const struct killer_view *views,
	const struct risk *risk, struct text *text);

/**
 * The killer whose victim NEXT is about, instead of the kernel's: that of the risk, or, where the
 * machine is in danger, the nearest that acts before the kernel.  NO_KILLER: none does.
 */
uint32_t verdict_killer_first(
	const struct snapshot *now, const struct killer_view *views, const struct risk *risk);

/**
 * NEXT of such a killer: "earlyoom sends SIGTERM to java 23283, before the kernel: most memory",
 * or, where the kernel would take another one, "... before the kernel (chrome 4102)".
 *
 * @oom  what the kernel would do on the machine
 */
void verdict_killer_next(const struct snapshot *now, const struct killer_view *views,
	uint32_t killer, const struct oom *oom, struct text *text);

#endif
