/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The rows of the list: which, and in which order.
 */
#ifndef OOMWATCH_UI_TASKLIST_H
#define OOMWATCH_UI_TASKLIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "ui/columns.h"
#include "ui/filter.h"
#include "ui/taskgroups.h"

#define PIDS_MAX 64
#define USERS_MAX 16

/** Groups that can be unfolded at a time. */
#define GROUPS_OPEN_MAX 64

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
	bool grouped;                   /**< rows are groups of processes */
	uint64_t open[GROUPS_OPEN_MAX]; /**< ids of those that are unfolded, oldest first */
	unsigned n_open;
};

/** Bit of a row that is a group: the rest is its number in tasklist.groups. */
#define TASKLIST_GROUP 0x80000000u

/** The list as it stands; in the arena. */
struct tasklist {
	uint32_t *rows; /**< indexes of snapshot->tasks, or groups, in the order shown */
	uint32_t n_rows;
	uint32_t *all; /**< the same as if every group were unfolded */
	uint32_t n_all;
	uint32_t n_tasks;         /**< processes that were chosen, in folded groups too */
	uint32_t n_hidden_exempt; /**< exempt ones folded into one line */
	struct taskgroups groups; /**< none unless they were asked for */
};

/**
 * Choose and order the rows.  Returns 0 or -ENOMEM.
 *
 * In kill order candidates come by rank; exempt ones, where shown, after them by memory.
 * -p shows the processes it names even if they are exempt.
 */
int tasklist_make(const struct snapshot *now, const struct summary *summary,
	const struct list_choice *choice, struct arena *arena, struct tasklist *ret);

/** The group that a row is; NULL: it is a process. */
const struct taskgroup *tasklist_group(const struct tasklist *list, int64_t row);

/** The process of a row; of a group, the member that dies first. */
uint32_t tasklist_task(const struct tasklist *list, int64_t row);

/** Where a group stands in the list, or -1. */
int64_t tasklist_find_group(const struct tasklist *list, uint64_t id);

/** Unfold a group from now on, or fold it.  The one unfolded longest ago folds where that makes
 * too many. */
void tasklist_open(struct list_choice *choice, uint64_t id, bool open);

/** Where a process has a row in the list, or -1. */
int64_t tasklist_find(
	const struct tasklist *list, const struct snapshot *now, int32_t pid, uint64_t start_ticks);

#endif
