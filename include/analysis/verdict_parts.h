/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What the sentences of analysis/verdict have in common.
 */
#ifndef OOMWATCH_ANALYSIS_VERDICT_PARTS_H
#define OOMWATCH_ANALYSIS_VERDICT_PARTS_H

#include "analysis/risk.h"

/** A name is cut here, so that what follows it stays on the screen. */
#define VERDICT_NAME_CELLS 28

/** "tomcat.service java 23283". */
void verdict_add_task(const struct snapshot *now, uint32_t task, struct text *text);

/** ", -52M/s", ", steady", or why that is not known. */
void verdict_add_slope(const struct risk *risk, struct text *text);

#endif
