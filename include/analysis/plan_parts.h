/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A plan's page under construction, and what its kinds have in common.  A part of
 * analysis/plan.
 */
#ifndef OOMWATCH_ANALYSIS_PLAN_PARTS_H
#define OOMWATCH_ANALYSIS_PLAN_PARTS_H

#include "analysis/plan.h"

struct plan_draft {
	const struct plan_setting *setting;
	const struct plan *plan;
	struct arena *arena;
	uint32_t task; /**< of plan->target in setting->now, or NO_TASK */
	struct plan_page page;
	char spare[sizeof(((struct plan_line *)0)->text)]; /**< what has no room on the page */
};

/** Begin another line; static label. */
struct text plan_line(struct plan_draft *draft, const char *label, bool bad);

/** Begin the words of refusal, after "refused: "; only the first one is kept. */
struct text plan_refuse(struct plan_draft *draft);

/** Whether oomwatch itself holds a capability. */
bool plan_holds(const struct snapshot *now, unsigned capability);

#define PLAN_CAP_DAC_OVERRIDE 1
#define PLAN_CAP_KILL 5
#define PLAN_CAP_SYS_RESOURCE 24

/** "1st of 12", or "never" for rank 0. */
void plan_rank(uint32_t rank, struct text *text);

/** What has to be typed for a target: printable ASCII. */
void plan_confirm(const struct target *target, struct text *text);

/** The pages of one kind: each fills draft->page; 0 or -ENOMEM. */
int plan_explain_adj(struct plan_draft *draft);
int plan_explain_signal(struct plan_draft *draft);
int plan_explain_sysrq(struct plan_draft *draft);

/** What a signal does to a process that does not handle it. */
enum signal_effect {
	SIGNAL_ENDS,    /**< meant to end it */
	SIGNAL_MAY_END, /**< ends it unless it has a use for it, which is common */
	SIGNAL_STAYS,   /**< does not end it */
};

enum signal_effect plan_signal_effect(int signal);

/** How a process ends, as systemd sees it. */
enum plan_end {
	PLAN_END_CLEAN,   /**< by a signal that counts as a clean exit */
	PLAN_END_UNCLEAN, /**< by another signal; the kernel's killer sends KILL */
};

/** A process that is about to end, and what is known of what follows. */
struct plan_after {
	const struct snapshot *now;
	uint32_t task;
	const struct surroundings *around; /**< of this very process; NULL: not known */
};

/** Around is dropped where it was not read, or belongs to another process. */
struct plan_after plan_after_of(
	const struct snapshot *now, uint32_t task, const struct surroundings *around);

/** Whether systemd is known to start it again. */
bool plan_restarts(const struct plan_after *after, enum plan_end end);

/** What a manager does when it ends: "systemd starts x.service again (Restart=always)". */
void plan_say_restart(const struct plan_after *after, enum plan_end end, struct text *text);

/** plan_say_restart() where the signal has not been chosen yet. */
void plan_say_restart_either(const struct plan_after *after, struct text *text);

/** OOMPolicy= of its unit after an OOM kill, as a line of its own, if there is anything to say. */
void plan_line_policy(struct plan_draft *draft, const struct plan_after *after);

/** Its container's manager may start it again, as a line of its own, if it is in one. */
void plan_line_container(struct plan_draft *draft, const struct plan_after *after);

/** Whether it is the init of a PID namespace, all of which dies with it. */
bool plan_is_container_init(const struct plan_after *after);

/** Whether it may be that, as nobody can tell. */
bool plan_may_be_container_init(const struct plan_after *after);

#endif
