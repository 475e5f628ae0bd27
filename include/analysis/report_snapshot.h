/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * An OOM report as a snapshot of the machine at that moment, so that the screen shows it as it
 * shows a live machine: the same list, columns and keys.
 *
 * To show one: explain_report(), report_snapshot(), put the scope in state->scope, then
 * summary_make(snapshot, NULL, &scope, &history, &summary) with a history of its own that was
 * just initialised, view_update(), and view_select_task() with tasks[told->victim].  What is said
 * in place of a forecast is in snapshot->told.
 */
#ifndef OOMWATCH_ANALYSIS_REPORT_SNAPSHOT_H
#define OOMWATCH_ANALYSIS_REPORT_SNAPSHOT_H

#include "analysis/explain.h"
#include "analysis/scope.h"
#include "model/snapshot.h"

/**
 * Fill a snapshot from a report; its arena is reset first and owns all that it points to, so the
 * report may go.  Its tasks rank as explained->tasks do.
 *
 * Their start_ticks are their rows in the table, from 1: that is all a report says of their age.
 * Rows that are no process's (PIDs that cannot be) or repeat one are left out and counted in
 * n_tasks_unreadable; processes that only a kill line names are added.  time_ms is unknown; tick
 * is 1.
 *
 * @ret_scope  whose OOM it was
 * Returns 0 or -ENOMEM: then the snapshot is an empty one, and *ret_scope is unchanged.
 */
int report_snapshot(
	const struct explained *explained, struct snapshot *ret, struct scope_choice *ret_scope);

#endif
