/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The rows of the list: which, in which order, and which one is selected.
 */
#ifndef OOMWATCH_UI_TASKLIST_H
#define OOMWATCH_UI_TASKLIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "ui/columns.h"
#include "ui/filter.h"

#define PIDS_MAX 64
#define USERS_MAX 16

/** What the user chose to see. */
struct list_choice {
	const struct column *sort; /**< NULL: kill order */
	bool reverse;              /**< against the useful direction of that order */
	bool kernel_threads;       /**< show them as rows */
	bool exempt;               /**< show other exempt processes as rows (not folded) */
	int32_t pids[PIDS_MAX];    /**< only these, if n_pids > 0 */
	unsigned n_pids;
	uint32_t uids[USERS_MAX]; /**< only these, if n_uids > 0 */
	unsigned n_uids;
	char user[33]; /**< the name given for it, "" none */
	struct filter filter;
};

/** The list as it stands. */
struct tasklist {
	uint32_t *rows; /**< indexes of snapshot->tasks in the order shown; in the arena */
	uint32_t n_rows;
	uint32_t n_hidden_exempt; /**< exempt ones folded into one line */
};

/**
 * Choose and order the rows.  Returns 0 or -ENOMEM.
 *
 * In kill order candidates come by rank; exempt ones, where shown, after them by memory.
 * -p shows the processes it names even if they are exempt.
 */
int tasklist_make(const struct snapshot *now, const struct summary *summary,
	const struct list_choice *choice, struct arena *arena, struct tasklist *ret);

/** Where a process stands in the list, or -1. */
int64_t tasklist_find(
	const struct tasklist *list, const struct snapshot *now, int32_t pid, uint64_t start_ticks);

#endif
