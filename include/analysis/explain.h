/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What one OOM report means: why memory could not be had, who was chosen and by which rule, and
 * what would have changed that.
 *
 * Everything is worked out again from the report's own figures by the rules of the kernel that
 * printed it; what they do not show stays unknown.
 */
#ifndef OOMWATCH_ANALYSIS_EXPLAIN_H
#define OOMWATCH_ANALYSIS_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/badness.h"
#include "base/arena.h"
#include "model/kernel.h"
#include "model/report.h"

/** What lacked, or who had it. */
enum explain_cause {
	CAUSE_UNKNOWN,
	CAUSE_EXHAUSTED,   /**< nothing is left, and nobody but processes has more */
	CAUSE_FRAGMENTED,  /**< enough is free, but not in one piece */
	CAUSE_MEMCG_LIMIT, /**< a memory cgroup met its limit */
	CAUSE_LOW_ZONE,    /**< memory is left in zones that the request may not use */
	CAUSE_CMA,         /**< what is free is CMA, which the request may not use */
	CAUSE_SLAB,        /**< the kernel's own objects have more than processes */
	CAUSE_HUGETLB,     /**< huge pages that were set aside have more */
	CAUSE_SHMEM,       /**< tmpfs and shared memory have more */
	CAUSE_UNACCOUNTED, /**< more is gone than the report lists */
	CAUSE_SYSRQ,       /**< nothing lacked: somebody asked for a kill */
	CAUSE_COUNT,
};

/** Yes, no, or it cannot be told. */
enum explain_answer {
	ANSWER_UNKNOWN,
	ANSWER_YES,
	ANSWER_NO,
};

/** What a zone had for the request when the report was printed. */
enum zone_answer {
	ZONE_ANSWER_UNKNOWN,
	ZONE_ANSWER_NOT_ALLOWED, /**< above the request's highest zone, or of another node */
	ZONE_ANSWER_EMPTY,       /**< has no pages at all */
	ZONE_ANSWER_BELOW_MIN,   /**< nothing above min */
	ZONE_ANSWER_BELOW_HIGH,  /**< below high, which the last try before a kill wants */
	ZONE_ANSWER_RESERVED,    /**< what is above min is kept back for requests that can use
	                              nothing else */
	ZONE_ANSWER_CMA,         /**< what is above is CMA */
	ZONE_ANSWER_HIGHATOMIC,  /**< what is above is kept for atomic requests */
	ZONE_ANSWER_PIECES,      /**< enough, but no block is large enough */
	ZONE_ANSWER_PASSES,      /**< could have served it at that moment */
	ZONE_ANSWER_COUNT,
};

/** Of one zone; parallel to report->zones. */
struct explained_zone {
	enum zone_answer answer;
	int64_t reserve_pages;       /**< lowmem_reserve against this request; VALUE_UNKNOWN */
	int64_t usable_pages;        /**< above min and reserve for it, at least 0; VALUE_UNKNOWN */
	int64_t largest_block_pages; /**< VALUE_UNKNOWN without free lists */
};

/** Of one row of the task table; parallel to report->tasks. */
struct explained_task {
	struct badness badness; /**< with the discount for root taken for granted where uid is 0 */
	int64_t least, most;    /**< the score with and without that discount */
	enum exempt exempt;
	uint32_t rank; /**< 1 = first; 0: exempt, or not known */
};

/** Where the machine's memory was, in pages; VALUE_UNKNOWN where the report does not say. */
struct explained_memory {
	int64_t total;  /**< what the kernel could hand out: RAM without what it reserved */
	int64_t free;   /**< with what lies on per-CPU lists */
	int64_t anon;   /**< private memory of processes (no tmpfs) */
	int64_t locked; /**< locked into memory: mlock(), ramfs */
	int64_t shmem;  /**< tmpfs and shared memory */
	int64_t cache;  /**< file pages */
	int64_t slab_reclaimable;
	int64_t slab_unreclaimable;
	int64_t page_tables;  /**< with those of virtual machines */
	int64_t stacks;       /**< kernel stacks */
	int64_t hugetlb;      /**< set aside for huge pages */
	int64_t hugetlb_free; /**< of that, not in use */
	int64_t other; /**< bounce buffers, balloon, compressed swap, reclaimable kernel memory */
	int64_t unaccounted; /**< the rest of total */
	int64_t swap_total;
	int64_t swap_free;
	int64_t cma_free;
};

/** No row of the task table. */
#define EXPLAIN_NO_ROW UINT32_MAX

/** What the killer's choice looks like when it is made again. */
struct explained_choice {
	uint32_t first;  /**< rank 1, or EXPLAIN_NO_ROW */
	uint32_t second; /**< rank 2, or EXPLAIN_NO_ROW */
	uint32_t target; /**< the row of the process that the kernel chose, or EXPLAIN_NO_ROW */
	enum explain_answer agrees;
	char why[200]; /**< clean */
	int64_t score; /**< of the process chosen as "score N" of kernels up to 5.0 would say;
	                      VALUE_UNKNOWN */
	bool by_adj;   /**< another one had more memory: oom_score_adj decided */
	uint32_t most_memory; /**< whose memory was the largest of those that could be killed, or
	                           EXPLAIN_NO_ROW */
};

/** The least change of the victim's oom_score_adj that would have spared it. */
struct explained_spared {
	bool known;       /**< false: the rest means nothing */
	bool possible;    /**< false: at -999 it is still first; -1000 alone spares it */
	int32_t adj;      /**< at this value or less ... */
	bool who_known;   /**< false: T is open, and who is first then depends on it */
	uint32_t instead; /**< ... this row would have been first; EXPLAIN_NO_ROW: nobody */
};

/** Sentences: the first are for everybody, the others are details. */
#define EXPLAIN_SENTENCES_MAX 48
#define EXPLAIN_NEXT_MAX 6

struct explained {
	const struct oom_report *report;
	struct kernel_profile kernel;
	const char *kernel_by; /**< how the kernel's rules were found, where its release is not in
	                            the report; a static string; NULL: by its release */
	bool kernel_found;     /**< false: the newest rules are taken for want of any sign */
	int64_t total_pages;   /**< T of the kill, the least that it can be; VALUE_UNKNOWN */
	int64_t total_most_pages; /**< the most; equal where T is known; VALUE_UNKNOWN: no bound */
	const char *total_from;   /**< what T was made of; a static string */
	enum explain_cause cause;
	struct explained_memory memory;
	struct explained_zone *zones;
	struct explained_task *tasks;
	uint32_t *order; /**< rows by rank, those without one behind, by memory */
	uint32_t n_ranked;
	struct explained_choice choice;
	struct explained_spared spared;
	int64_t gives_back_kib; /**< private memory and page tables of all that were killed */
	const char *sentences[EXPLAIN_SENTENCES_MAX]; /**< clean, about 100 cells each at most */
	unsigned n_sentences;
	unsigned n_words; /**< the first ones, for somebody who has never seen a report */
	const char *next[EXPLAIN_NEXT_MAX]; /**< what to look at; static strings */
	unsigned n_next;
};

/**
 * Explain a report.
 *
 * @arena  owns what *ret points to, besides the report itself
 * Returns 0 or -ENOMEM; *ret is unchanged then.
 */
int explain_report(const struct oom_report *report, struct arena *arena, struct explained *ret);

/** The ids of interface.md ("memcg_limit"). */
const char *explain_cause_id(enum explain_cause cause);
/** The same in a few words, never NULL. */
const char *explain_cause_words(enum explain_cause cause);
/** What a zone had, in a few words, never NULL. */
const char *explain_zone_words(enum zone_answer answer);
/** "none", "memcg", …; NULL for unknown. */
const char *explain_constraint_id(enum report_constraint constraint);
/** "alloc", "memcg", …; NULL for unknown. */
const char *explain_trigger_id(enum report_trigger trigger);

/** What a row counts: R + S + PT as far as the kernel's formula has them. */
int64_t explain_row_memory(const struct explained *explained, uint32_t row);

/** KiB of pages of the report's machine; VALUE_UNKNOWN stays so. */
int64_t explain_kib(const struct oom_report *report, int64_t pages);

#endif
