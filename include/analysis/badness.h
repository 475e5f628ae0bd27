/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The kernel's score of one process: oom_badness() of mm/oom_kill.c, by version.
 */
#ifndef OOMWATCH_ANALYSIS_BADNESS_H
#define OOMWATCH_ANALYSIS_BADNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/snapshot.h"

/** Why the killer never takes a process. */
enum exempt {
	EXEMPT_NONE,
	EXEMPT_INIT,
	EXEMPT_KTHREAD,
	EXEMPT_ADJ_MIN,
	EXEMPT_NO_MM,
	EXEMPT_VFORK,
	EXEMPT_OOM_SKIP,
	EXEMPT_OUT_OF_SCOPE,
	EXEMPT_UNREADABLE, /**< not the killer's reason but ours: its files could not be read */
	EXEMPT_COUNT,
};

/** The id used in JSON ("adj_min"), or NULL for EXEMPT_NONE. */
const char *exempt_id(enum exempt exempt);
/** The same in words for the screen ("oom_score_adj is -1000"). */
const char *exempt_words(enum exempt exempt);

/** The terms of badness, in pages unless the formula is older than 3.5. */
struct badness {
	int64_t rss_pages;   /**< R as this kernel's killer reads it; VALUE_UNKNOWN if unread */
	int64_t swap_pages;  /**< S, 0 where the formula does not count it; may be unknown */
	int64_t table_pages; /**< PT, 0 where the formula does not count it; may be unknown */
	int64_t root_pages;  /**< the root discount, <= 0; in points before 3.5 */
	int64_t nodes_pages; /**< the discount for having no node in common, <= 0; 2.6.32..2.6.35 */
	int64_t adj_pages;   /**< what oom_score_adj is worth: adj * (T / 1000), or points */
	int64_t total;       /**< the score; pages from 3.5, points (or raw) before.  With adj
	                          -1000 what the kernel's function returns: 0, from 5.9 on
	                          LONG_MIN */
	int64_t total_pages; /**< total in pages whatever the formula (points * T / 1000) */
	int64_t error_pages; /**< how far total_pages may be off, given how it was read;
	                          VALUE_UNKNOWN: no bound can be given (then known is false) */
	bool known;          /**< false: a term could not be read; the rest is what is known */
};

/** What the score of all depends on. */
struct badness_scope {
	const struct snapshot *snapshot;
	int64_t totalpages; /**< T, at least 1; VALUE_UNKNOWN: the score is memory alone and
	                         not known */
	const int64_t *children_pages; /**< parallel to snapshot->tasks: what children add in
	                                    2.6.32..2.6.35; NULL: looked for task by task */
	const struct node_set *nodes; /**< of an OOM in a cpuset, in which 2.6.32..2.6.35 divide the
	                                   score of who may use none of them; NULL: of no such */
};

/** The score of a process that is not exempt.  Never fails; see badness.known. */
void badness_of(const struct badness_scope *scope, const struct task *task, struct badness *ret);

/**
 * Like badness_of() with memory grown by extra_pages (negative: shrunk, to 0 at most): for
 * forecasts and what-if.
 */
void badness_grown(const struct badness_scope *scope, const struct task *task, int64_t extra_pages,
	struct badness *ret);

/**
 * The score alone (badness.total) of a process under another T than its terms were found with:
 * much cheaper than badness_of().
 *
 * @terms  of badness_of() for the same task
 */
int64_t badness_total(
	const struct badness_scope *scope, const struct task *task, const struct badness *terms);

/**
 * What /proc/PID/oom_score would show for a score under T = totalpages; VALUE_UNKNOWN
 * without T.  Only the machine's own T gives what the kernel shows.
 */
int64_t badness_score(const struct badness_scope *scope, const struct badness *badness);

/** badness in tenths of a thousandth of T ("points" with one decimal); or VALUE_UNKNOWN. */
int64_t badness_points_tenths(const struct badness_scope *scope, const struct badness *badness);

/** Whether two processes are known to use the same memory: the kernel was asked (kcmp). */
bool badness_shares(const struct task *a, const struct task *b);

/**
 * Whether two processes may be using the same memory.  Where the kernel was not asked the
 * same sizes to the page mean yes: a true answer is only a possibility then.
 */
bool badness_may_share(const struct task *a, const struct task *b);

/** What a child adds to the score of its parent in 2.6.32..2.6.35. */
int64_t badness_child_pages(const struct task *parent, const struct task *child);

#endif
