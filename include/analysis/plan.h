/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A proposed action: what it would do, whether it is refused and why, and the words to
 * confirm it.  Nothing is done here: action/perform does.
 */
#ifndef OOMWATCH_ANALYSIS_PLAN_H
#define OOMWATCH_ANALYSIS_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/victim.h"
#include "base/arena.h"
#include "base/text.h"
#include "model/snapshot.h"
#include "model/surroundings.h"

#define ADJ_LEAST (-1000)
#define ADJ_MOST 1000
/** What one press of F7 or F8 changes: to the next multiple of this. */
#define ADJ_STEP 100

enum plan_kind {
	PLAN_NONE,
	PLAN_ADJ,    /**< write oom_score_adj */
	PLAN_SIGNAL, /**< send a signal, after KILL process_mrelease */
	PLAN_SYSRQ,  /**< let the kernel's OOM killer choose: write f to /proc/sysrq-trigger */
};

/** A process as it was when a prompt opened; nothing else is ever acted on. */
struct target {
	int32_t pid; /**< 0: none */
	uint64_t start_ticks;
	char name[64]; /**< comm, clean */
};

struct plan {
	enum plan_kind kind;
	struct target target; /**< PLAN_SYSRQ: the foretold victim, pid 0 if there is none */
	struct target second; /**< PLAN_SYSRQ: the runner-up; pid 0: none */
	int32_t adj_before;   /**< PLAN_ADJ: what it was when the prompt opened */
	int32_t adj;          /**< PLAN_ADJ: what to write */
	bool undo;            /**< PLAN_ADJ: takes back the last change */
	int32_t undo_wrote;   /**< with undo: what that change wrote */
	int signal;           /**< PLAN_SIGNAL; 0: not chosen yet */
	bool instead; /**< PLAN_SIGNAL: KILL on the foretold victim, as sysrq-f cannot be had */
};

/** What a plan is seen against. */
struct plan_setting {
	const struct snapshot *now;
	const struct oom *oom;
	bool read_only;                           /**< --read-only */
	const struct surroundings *around;        /**< of plan->target; NULL: not known */
	const struct surroundings *around_second; /**< of plan->second; NULL: not known */
	const struct sysrq_access *sysrq;         /**< NULL: not known */
	int64_t last_kill_uptime_ms; /**< when the kernel killed last as far as seen; VALUE_UNKNOWN */
};

#define PLAN_LINES_MAX 16

/** One line of the preview. */
struct plan_line {
	const char *label; /**< at most 12 characters; a static string */
	char text[240];    /**< clean */
	bool bad;          /**< something is missing, or worth a second look */
};

/** A plan in words. */
struct plan_page {
	char what[160];    /**< "ADJ of java 23283: 0 -> -100"; clean */
	char brief[160];   /**< the outcome in half a line: "1st -> 4th, first then: chrome 4102" */
	char refused[200]; /**< why it cannot be done at all; "" it can be tried */
	char confirm
		[96]; /**< what has to be typed, printable ASCII; "" nothing: y or Enter is enough */
	struct plan_line lines[PLAN_LINES_MAX];
	unsigned n_lines;
};

/** The process of an index of now->tasks as a target. */
void plan_target(const struct snapshot *now, uint32_t task, struct target *ret);

/** Its index in a snapshot, NO_TASK if it has gone (or has another start time). */
uint32_t plan_find(const struct snapshot *now, const struct target *target);

/** Whether two targets are the same process. */
bool plan_same_target(const struct target *a, const struct target *b);

/** "java 23283": for messages; clean. */
void plan_name(const struct target *target, struct text *text);

/**
 * The next multiple of ADJ_STEP below (direction < 0: protect) or above adj, within
 * ADJ_LEAST..ADJ_MOST.
 */
int32_t plan_step(int32_t adj, int direction);

/**
 * Fill target and second with whom sysrq-f would take: a global scan in which panic_on_oom
 * (from 4.3 on) and oom_kill_allocating_task do not count (kernel.md 1.2, 5).
 *
 * @arena  scratch
 * Returns 0, -ESRCH if nobody can be killed, -ENOMEM.
 */
int plan_sysrq_victims(const struct snapshot *now, struct arena *arena, struct plan *plan);

/**
 * Everything there is to say before a plan is carried out, in words.
 *
 * PLAN_ADJ: the rank before and after, who is first then, what the adj is worth in bytes,
 * the highest adj at which the process is never first, the right that is missing, who
 * shares it.  PLAN_SIGNAL: what its end gives back, what dies with it, what restarts it.
 * PLAN_SYSRQ: that it acts on the whole host, the foretold victim and the runner-up with
 * all that die, and the pre-flight checks of this kernel.
 *
 * @arena  scratch and nothing else: may be reset afterwards
 * Returns 0 or -ENOMEM; *ret is unchanged then.
 */
int plan_explain(const struct plan_setting *setting, const struct plan *plan, struct arena *arena,
	struct plan_page *ret);

/** Whether the kernel can be asked to kill, in words: what opening its file would meet. */
void plan_sysrq_access(const struct sysrq_access *sysrq, struct text *text);

/** Signals of the kill menu, in its order; the first is TERM, the second KILL. */
struct plan_signal {
	int number;
	const char *name; /**< "TERM" */
	const char *help; /**< one line */
};

const struct plan_signal *plan_signals(unsigned *ret_count);

/** "TERM", or "signal 99". */
void plan_signal_name(int signal, struct text *text);

#endif
