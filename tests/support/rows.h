/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A small made-up machine whose processes are rows of the task list.
 */
#ifndef OOMWATCH_TESTS_ROWS_H
#define OOMWATCH_TESTS_ROWS_H

#include "ui/columns.h"

#define ROWS_MAX 16
#define ROWS_PAGES_OF_MIB(mib) ((int64_t)(mib)*256)

/** One process in a few words; what is not said is unknown or 0. */
struct row_spec {
	int32_t pid;
	const char *comm;
	const char *user; /**< NULL: not known yet */
	uint32_t uid;
	const char *cmdline;
	const char *unit;
	const char *cgroup;
	int64_t mem_mib; /**< all of it private, in RAM; VALUE_UNKNOWN: could not be read */
	int32_t adj;
	enum exempt exempt;
};

struct rows {
	struct snapshot now;
	struct summary summary;
	struct task tasks[ROWS_MAX];
	struct identity who[ROWS_MAX];
	struct judged judged[ROWS_MAX];
	uint32_t order[ROWS_MAX];
};

/** A machine of 16 GiB without swap, Linux 6.1, up for a day; ranks are in the order of
 * badness. */
void rows_init(struct rows *rows, const struct row_spec *specs, uint32_t count);

struct task_row rows_row(const struct rows *rows, uint32_t index);

#endif
