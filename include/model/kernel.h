/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What this kernel does: the only place that knows version numbers.
 *
 * Built from the release string and from what was found in its files; everything else
 * reads the members.  Sources: mm/oom_kill.c and fs/proc/base.c of the versions named.
 */
#ifndef OOMWATCH_MODEL_KERNEL_H
#define OOMWATCH_MODEL_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/value.h"

/** Rows of oom_badness() by the first release that has it. */
enum badness_formula {
	FORMULA_2_6_32, /**< total_vm heuristic; ..2.6.35 */
	FORMULA_2_6_36, /**< (R+S)*1000/T, root -30; ..2.6.38 */
	FORMULA_2_6_39, /**< (R+PT+S)*1000/T in 32-bit int; ..3.1 */
	FORMULA_3_2,    /**< the same in long; ..3.4, RHEL 6 */
	FORMULA_3_5,    /**< pages; root adj -= 30; ..3.13 */
	FORMULA_3_14,   /**< pages; root -3%; ..4.16, RHEL 7, 3.10.65 */
	FORMULA_4_17,   /**< pages; no root bonus; floor 1; ..5.8, RHEL 8 */
	FORMULA_5_9,    /**< pages, signed */
	FORMULA_COUNT,
};

/** How /proc/PID/oom_score is made of badness. */
enum score_scale {
	SCORE_RAW,        /**< badness itself */
	SCORE_PER_MILLE,  /**< badness * 1000 / T */
	SCORE_TWO_THIRDS, /**< (1000 + badness * 1000 / T) * 2 / 3 */
};

/** Who wins among equal scores. */
enum tie_rule {
	TIE_OLDEST,
	TIE_NEWEST,
};

/** From where the killer's resident set can be read exactly. */
enum rss_source {
	RSS_FROM_STAT,   /**< field 24 of stat */
	RSS_FROM_STATUS, /**< RssAnon + RssFile + RssShmem */
};

/** Whom a write of oom_score_adj changes besides the process itself. */
enum adj_reach {
	ADJ_REACHES_ONE,     /**< ..4.7: nobody */
	ADJ_REACHES_SHARERS, /**< 4.8..5.9: all who use its memory */
	ADJ_REACHES_CLONES,  /**< 5.10+: those of them that clone(CLONE_VM) made */
};

/** What mem_cgroup_get_limit(), later mem_cgroup_get_max(), makes of a cgroup's limits: the T of
 * its OOMs.  (From 5.10 on, in (5.8..5.12), it is written otherwise and gives the same.) */
enum memcg_total {
	MEMCG_TOTAL_2_6_36, /**< min(limit + swap, memsw limit), the limits in bytes and swap in
	                         pages; ..2.6.36 */
	MEMCG_TOTAL_2_6_37, /**< the same all in one unit; seen in 3.6 */
	MEMCG_TOTAL_3_7,    /**< the limit alone where swappiness is 0 */
	MEMCG_TOTAL_4_6,    /**< and swap is counted up to the cgroup's swap.max */
};

struct kernel_profile {
	int major, minor, patch; /**< of the release string; -1 each if it is not in it */
	bool release_known;
	bool vendor; /**< RHEL: rules of its own */
	enum badness_formula formula;
	enum score_scale score_scale;
	enum tie_rule tie;
	enum rss_source rss_source;
	bool counts_swap;            /**< S is part of the memory term */
	bool counts_pgtables;        /**< PT is part of the memory term */
	bool adj_min_shared_mm;      /**< 2.6.37..3.1: -1000 protects all that share the mm */
	bool skips_vfork;            /**< 4.8+ */
	bool has_oom_skip;           /**< 4.7+ */
	bool exiting_aborts;         /**< ..4.5: an exiting process with memory stops the scan */
	bool sacrifices_child;       /**< ..5.0 but RHEL 8: a child of the chosen dies instead */
	bool kills_sharers;          /**< 2.6.37+: who uses the victim's memory dies too */
	bool spares_adj_min_sharers; /**< 3.2..4.7: but not at oom_score_adj -1000 */
	bool score_sees_skip;        /**< 5.9+: oom_score 0 reveals skip or vfork */
	bool nodes_spanned;          /**< ..5.3: node sets count spanned pages */
	bool percpu_counters;        /**< 6.2+: rss counters are per CPU, approximate */
	bool swap_counter_exact; /**< status shows exact swap while the killer reads an approximate
	                               one: 6.17..6.19, and 6.12 stable by backport */
	bool thread_cached_counters; /**< 2.6.34..6.1 */
	bool psi_expected;           /**< 4.20+ */
	bool vmalloc_used_pages; /**< VmallocUsed counts pages in use (5.3+), not address space */
	enum adj_reach adj_reach;
	bool sysrq_spares_panic; /**< 4.3+: sysrq-f never panics: neither for panic_on_oom nor when
	                              nobody can be killed */
	bool sysrq_passes_dying; /**< 3.4+: sysrq-f does not wait for a victim that still dies */
	bool panic_on_no_victim; /**< always true but for sysrq; what differs is the words */
	enum memcg_total memcg_total;
	bool has_oom_group;    /**< 4.19+: memory.oom.group (v2) */
	bool release_is_newer; /**< above 7.x: newer than anything that was read */
};

/**
 * The profile of a release string such as "6.1.0-56-amd64" or "3.10.0-1160.el7.x86_64".
 *
 * A string that starts with no version gives the newest rules and release_known false.
 * Never fails; *ret is completely set.
 */
void kernel_profile_of(const char *release, struct kernel_profile *ret);

/** The formula's name as in interface.md: "5.9", "2.6.36", …; a static string. */
const char *formula_name(enum badness_formula formula);

/**
 * How far one approximate per-CPU counter may be off, in pages: (batch - 1) * cpus with
 * batch = max(32, 2 * cpus) (lib/percpu_counter.c).  0 where counters are not per CPU;
 * VALUE_UNKNOWN where they are and cpus is not positive.
 */
int64_t kernel_counter_error(const struct kernel_profile *kernel, int cpus);

#endif
