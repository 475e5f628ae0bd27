/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What app/killlog is made of.
 */
#ifndef OOMWATCH_APP_KILLLOG_PARTS_H
#define OOMWATCH_APP_KILLLOG_PARTS_H

#include "app/killlog.h"

/** Quiet for so long: what was being printed is complete. */
#define KILLLOG_QUIET_MS 100

/* killlog.c */
/** The clock of samples: /proc/uptime counts suspend too. */
int64_t killlog_uptime_ms(void);
/** Explain a report, and keep it. */
void killlog_add_report(
	struct killlog *killlog, const struct oom_report *report, const struct kill_moment *moment);

/* killlog_journal.c */
void killlog_journal_open(struct killlog *killlog, bool live, bool history);
void killlog_journal_close(struct killlog *killlog);
/** Read on; the present is killlog->moment's. */
void killlog_journal_read(struct killlog *killlog);
/** All that was kept of its lines, oldest first; malloc'ed, NULL: nothing, or no memory. */
char *killlog_journal_lines(const struct killlog *killlog, size_t *ret_len);

/* killlog_marks.c */
/** Take what the tracepoint marked since the sample before. */
void killlog_take_marks(struct killlog *killlog, const struct snapshot *before,
	const struct snapshot *now, const struct summary *summary);
/** Tell those that no line of the log came for. */
void killlog_tell_marks(struct killlog *killlog);
/** A mark, with what the samples say of it. */
void killlog_wait(struct killlog *killlog, const struct kill_mark *mark);

#endif
