/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The machine that this runs on, sampled, with a clock of its own.
 */
#ifndef OOMWATCH_TESTS_SAMPLED_H
#define OOMWATCH_TESTS_SAMPLED_H

#include <stddef.h>

#include "analysis/summary.h"
#include "collect/collector.h"

struct sampled {
	struct root root;
	struct collector *collector;
	struct snapshot snapshots[2];
	struct summary summaries[2];
	struct history history;
	int64_t begun_ms;
	unsigned frame; /**< the next one's number: its uptime is begun_ms and as many seconds */
	struct snapshot *now;
	struct summary *summary;
};

extern struct sampled machine;

void sampled_open(void);

/** Take the next sample, now; its clock says that a second has passed. */
void sampled_next(void);

/** Samples of a record; -1: it cannot be read, which is printed. */
int64_t sampled_moments(const char *name, bool *ret_cut);
int64_t sampled_moments_in(const char *bytes, size_t len, bool *ret_cut);

#endif
