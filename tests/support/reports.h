/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What parse/report tells of a text, kept for looking at.
 */
#ifndef OOMWATCH_TESTS_REPORTS_H
#define OOMWATCH_TESTS_REPORTS_H

#include "parse/report.h"

#define REPORTS_KEPT 8

struct reports {
	struct oom_report report[REPORTS_KEPT]; /**< strings and arrays are copies */
	unsigned n;                             /**< may be more than are kept */
	struct killer_event kill[REPORTS_KEPT];
	unsigned n_kills;
	int rc; /**< of the last feed */
	struct arena arena;
};

/** Read a text, so many bytes at a time (0: all at once). */
void reports_read(struct reports *reports, const char *text, size_t len, size_t chunk);

void reports_free(struct reports *reports);

#endif
