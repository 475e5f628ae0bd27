/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Inside of collect/killers: the thread that reads how killers are set up.
 */
#ifndef OOMWATCH_COLLECT_KILLER_WORKER_H
#define OOMWATCH_COLLECT_KILLER_WORKER_H

#include "collect/killers_parts.h"

/** One reading, and what came of it: of the thread from killer_worker_give() on until it is
 * taken back. */
struct killer_job {
	const struct killer_part *part;
	struct root root;              /**< read through; a copy that owns nothing but capture_fd */
	int capture_fd;                /**< the job's own, or -1 */
	int capture_error;             /**< the first error of writing a capture; 0 none */
	bool capture_cmdline;          /**< the command line, too */
	struct killer_process process; /**< pid, start_ticks, cgroups, memcg_version and mount are
	                                    given */
	struct arena arena;            /**< of all below, and of process */
	bool is_one;                   /**< out: the process is such a killer */
	struct killer killer;          /**< out */
};

/** NULL without memory. */
struct killer_job *killer_job_new(void);
/** Forget all but the memory it holds. */
void killer_job_reset(struct killer_job *job);
void killer_job_free(struct killer_job *job);

/** Read in this thread. */
void killer_job_run(struct killer_job *job);

/** Jobs that a thread may have. */
#define KILLER_JOBS_MAX 32

struct killer_worker;

/** 0 or -errno.  The thread starts with the first job. */
int killer_worker_new(const struct root *root, struct killer_worker **ret);

/** Never waits for threads; jobs that were not taken back are freed.  NULL is accepted. */
void killer_worker_free(struct killer_worker *worker);

/** Hand over a job; its root is the worker's, but for capture_fd.  False if it has too many, or
 * there is no thread: three of them hang. */
bool killer_worker_give(struct killer_worker *worker, struct killer_job *job);

/** One that has ended. */
struct killer_answer {
	struct killer_job *job; /**< where it hangs only its address may be looked at: it belongs
	                             to the thread */
	bool hung;              /**< for 2 s: its thread was abandoned */
};

/** Take one back; false if there is none (yet).  A hang is counted from the first call that sees
 * it, by now_ms, a monotonic time.  Never waits. */
bool killer_worker_take(struct killer_worker *worker, int64_t now_ms, struct killer_answer *ret);

#endif
