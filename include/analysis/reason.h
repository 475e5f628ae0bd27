/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Why this victim, and how sure that is.  A part of analysis/victim.
 */
#ifndef OOMWATCH_ANALYSIS_REASON_H
#define OOMWATCH_ANALYSIS_REASON_H

#include "analysis/victim.h"

/** "java 23283": the command's name, made harmless, and the PID. */
void reason_name(const struct task *task, struct text *text);

/** Fill oom->reason; all else but certain has been judged. */
void reason_of(const struct snapshot *snapshot, struct oom *oom);

/**
 * Fill oom->certain and oom->uncertain_why; all else has been judged.
 *
 * Certain is what nothing that was read badly, or that /proc does not show, could change,
 * if the killer ran now.
 */
void certain_judge(const struct snapshot *snapshot, struct oom *oom);

#endif
