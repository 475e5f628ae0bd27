/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What analysis/explain is made of, in the order in which it is done.
 */
#ifndef OOMWATCH_ANALYSIS_EXPLAIN_PARTS_H
#define OOMWATCH_ANALYSIS_EXPLAIN_PARTS_H

#include "analysis/explain.h"
#include "base/text.h"

/** What an allocation may use, by bits of its mask that never moved (include/linux/gfp.h). */
struct explain_request {
	bool known;
	bool movable; /**< may use CMA */
	bool high;    /**< __GFP_HIGH: half of min is open to it */
	int highest;  /**< the highest zone type: 0 DMA, 1 DMA32, 2 Normal, 3 HighMem, 4 Movable */
	unsigned order;
	bool old_rule;     /**< larger orders are judged as up to 4.3 */
	const char *nodes; /**< list of nodes that it is bound to; NULL: any */
};

/** Bits of a mask. */
#define GFP_BIT_MOVABLE 0x08
#define GFP_BIT_HIGH 0x20

void explain_request_of(const struct oom_report *report, struct explain_request *ret);

/** Whether a list such as "0-3,5" has a node in it. */
bool explain_node_listed(const char *list, int64_t node);

/** The rules: kernel and kernel_by. */
void explain_kernel(struct explained *explained);

/** T: total_pages, total_most_pages, total_from.  Needs kernel and memory. */
void explain_total(struct explained *explained);

/** Where memory is. */
void explain_memory(struct explained *explained);

/** The zones against the request; 0 or -ENOMEM. */
int explain_zones(struct explained *explained, struct arena *arena);

/** Needs memory and zones. */
void explain_find_cause(struct explained *explained);

/** Scores and ranks of the rows; 0 or -ENOMEM. */
int explain_rank(struct explained *explained, struct arena *arena);

/** Whether the row's process is who a kill line names. */
uint32_t explain_row_of(const struct oom_report *report, int64_t pid);

/** Held against what the kernel did. */
void explain_choice(struct explained *explained);

/** Whether all that counts of a row is in the table. */
bool explain_terms_known(const struct explained *explained, uint32_t row);

/** Needs choice. */
void explain_spared(struct explained *explained);

/** The score of a row with another oom_score_adj. */
int64_t explain_score_at(const struct explained *explained, uint32_t row, int32_t adj);

/** Whether a row comes before another one, given both scores. */
bool explain_before(const struct explained *explained, uint32_t a, int64_t score_a, uint32_t b,
	int64_t score_b);

/** The first process killed, or NULL. */
const struct report_victim *explain_victim(const struct oom_report *report);

/** Writing: sentences of *explained; they live in the arena. */
struct explain_writer {
	struct explained *explained;
	struct arena *arena;
	bool lost; /**< no memory */
	char buf[512];
	struct text text; /**< of the sentence that is being written */
};

/** Begin a sentence in writer->text. */
struct text *explain_say(struct explain_writer *writer);
/** End it: it is kept unless it is empty. */
void explain_said(struct explain_writer *writer);
/** Append words that begin with a capital. */
void explain_add_sentence(struct text *text, const char *words);
/** "java (PID 23283)". */
void explain_name(struct text *text, const char *comm, int64_t pid);

/** A size, of pages. */
void explain_add_pages(struct text *text, const struct explained *explained, int64_t pages);

/** Who has it, where that is not processes; why memory could not be had; where it was. */
void explain_say_holder(struct explain_writer *writer);
void explain_say_why(struct explain_writer *writer);
void explain_say_memory(struct explain_writer *writer);

/** The words for everybody. */
void explain_words(struct explain_writer *writer);
/** The details. */
void explain_details(struct explain_writer *writer);
/** What to look at next. */
void explain_next(struct explained *explained);

#endif
