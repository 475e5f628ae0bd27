/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Whom the kernel's OOM killer marks as victims, by the tracepoint oom/mark_victim (4.14 or
 * later): told at once, also where no log can be read, and of those that no line is logged for.
 *
 * Through perf_event_open(2), one event a CPU, so nothing is left behind when the program ends
 * in whatever way.  Needs tracefs (root) and CAP_PERFMON or CAP_SYS_ADMIN.
 */
#ifndef OOMWATCH_COLLECT_VICTIM_MARKS_H
#define OOMWATCH_COLLECT_VICTIM_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/root.h"
#include "model/facts.h"
#include "parse/trace_format.h"

/** More CPUs than this are not watched: each takes two pages. */
#define VICTIM_MARKS_CPUS_MAX 256

/** VALUE_UNKNOWN is what a kernel does not tell: 5.10 the PID alone; 6.1.0-56 of Debian, 6.12 and
 * 7.2 all of it. */
struct victim_mark {
	int64_t pid; /**< of a thread perhaps; in the first PID namespace */
	int64_t uid;
	int64_t uptime_ms;    /**< CLOCK_BOOTTIME */
	int64_t anon_rss_kib; /**< this and the following in newer kernels */
	int64_t file_rss_kib;
	int64_t shmem_rss_kib;
	int64_t page_tables_kib;
	int64_t total_vm_kib;
	int64_t oom_score_adj;
	char comm[16]; /**< foreign; "": the kernel does not say it */
};

struct victim_marks;

/**
 * Look for the tracepoint of a live root and attach to it.
 *
 * Of a host's tree its tracefs is read; what is watched is the whole machine in any case.  Mounts
 * nothing (but the kernel itself may mount tracefs where it is looked for, below debugfs, if it
 * is not at sys/kernel/tracing).  See victim_marks_stale().
 *
 * Returns 0, or -errno with the state: FACT_ABSENT no such tracepoint (or no tracefs mounted),
 * FACT_FORBIDDEN, FACT_TOO_LARGE more than VICTIM_MARKS_CPUS_MAX CPUs, FACT_MALFORMED, FACT_FAILED.
 */
int victim_marks_open(const struct root *root, struct victim_marks **ret, enum fact_state *state);
void victim_marks_close(struct victim_marks *marks);

/**
 * CPUs came or went since it was opened, or the machine was suspended, which takes all but one
 * offline: the kernel drops the events of a CPU that goes, and does not bring them back with it.
 * After reading what there is, close and open again.  One small read; allocates nothing.
 */
bool victim_marks_stale(const struct victim_marks *marks);

/** Give out what was marked since the last call, oldest first on each CPU.  Never waits and
 * allocates nothing.  Returns how many; *ret_lost is how many did not fit: a CPU has room
 * for 30 or more between two calls, and that some were lost is told with the next one that is
 * not. */
unsigned victim_marks_read(struct victim_marks *marks,
	void (*mark)(const struct victim_mark *mark, void *context), void *context,
	int64_t *ret_lost);

/**
 * What a sample says: its time, and a record of the tracepoint.
 *
 * @suspended_ms  to add to its time, which stands still in suspend
 * Returns 0, or -EBADMSG: cut, or without a PID; *ret is unchanged then.
 */
int victim_mark_parse(const struct trace_format *format, const char *sample, size_t len,
	int64_t suspended_ms, struct victim_mark *ret);

#endif
