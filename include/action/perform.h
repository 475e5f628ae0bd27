/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Carries out a plan, through handles that were opened when its prompt opened.
 */
#ifndef OOMWATCH_ACTION_PERFORM_H
#define OOMWATCH_ACTION_PERFORM_H

#include "action/handle.h"
#include "analysis/plan.h"

struct outcome {
	int error;       /**< 0: done; else -errno, and nothing was changed unless words say so */
	int32_t adj;     /**< PLAN_ADJ, done: the value read back */
	bool killed;     /**< PLAN_SIGNAL with KILL, done: process_mrelease may follow */
	char words[240]; /**< what was done, or why not, with the process's name; clean */
};

/** Write oom_score_adj through the handle and read it back.  Every failure in words: gone,
 * EACCES with the right that is missing, EINVAL, EPERM of a security module, a value read
 * back that is not the one written. */
void perform_adj(const struct handle *handle, const struct plan *plan, struct outcome *ret);

/** What oom_score_adj is now, through the handle: 0 and *ret_adj, or -errno (-ESRCH: gone). */
int perform_read_adj(const struct handle *handle, int32_t *ret_adj);

/** Send plan->signal through the pidfd (pidfd_send_signal, Linux 5.1); below --host through the
 * /proc/PID directory, which that call takes too.  Never to PID 1 and never to oomwatch
 * itself, whatever the plan says. */
void perform_signal(const struct handle *handle, const struct plan *plan, struct outcome *ret);

/** Write "f" to sysrq-trigger below proc_fd, after a last look that the foretold victim is still
 * the process it was; victim is not used where plan->target.pid is 0. */
void perform_sysrq(
	int proc_fd, const struct handle *victim, const struct plan *plan, struct outcome *ret);

#endif
