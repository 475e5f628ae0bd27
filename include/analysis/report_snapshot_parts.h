/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What analysis/report_snapshot is made of.
 */
#ifndef OOMWATCH_ANALYSIS_REPORT_SNAPSHOT_PARTS_H
#define OOMWATCH_ANALYSIS_REPORT_SNAPSHOT_PARTS_H

#include "analysis/report_snapshot.h"

/** The processes: tasks, n_tasks, n_tasks_unreadable, told->ranks and told->victim.  Of a memory
 * cgroup's OOM memcgs[0] must be there.  0 or -ENOMEM. */
int report_tasks(const struct explained *explained, struct snapshot *snapshot, struct told *told);

/** meminfo, zones, totals. */
int report_machine(const struct explained *explained, struct snapshot *snapshot);

/** The cgroup whose limit was met, where there is one.  0 or -ENOMEM. */
int report_memcg(const struct oom_report *report, struct snapshot *snapshot);

/** All texts of told.  Needs its victim.  0 or -ENOMEM. */
int report_words(const struct explained *explained, struct snapshot *snapshot, struct told *told);

#endif
