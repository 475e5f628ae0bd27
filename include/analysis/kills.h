/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The kills that a log tells of, newest last, each held against what was foretold for its scope
 * in the last sample before it.
 *
 * All that is kept is copied, clean and bounded.
 */
#ifndef OOMWATCH_ANALYSIS_KILLS_H
#define OOMWATCH_ANALYSIS_KILLS_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/explain.h"
#include "analysis/summary.h"
#include "base/text.h"
#include "model/report.h"

/** Kills that are kept; older ones go. */
#define KILLS_MAX 64

/** Of an explanation: its first sentences, as far as they fit. */
#define KILL_SENTENCES_MAX 6
#define KILL_TEXT_MAX 1024

/** Samples and scopes whose foretold victim is remembered. */
#define FORETOLD_SAMPLES 4
#define FORETOLD_SCOPES 128

/** What was foretold of a kill, held against it. */
enum kill_foretold {
	KILL_NOT_WATCHED, /**< it was before oomwatch ran, or in a scope that it knew nothing of */
	KILL_FORETOLD,
	KILL_OTHER,     /**< somebody else was named */
	KILL_UNCERTAIN, /**< somebody else was, and was said to be uncertain */
};

/** Whose memory was short. */
enum kill_where {
	KILL_MACHINE,
	KILL_SYSRQ,
	KILL_CGROUP,
	KILL_NODES,
	KILL_DAEMON, /**< a userspace killer's own rule */
};

struct kill {
	uint64_t number; /**< from 1, in the order in which they were told */
	int64_t uptime_ms;
	int64_t time_ms; /**< wall clock; VALUE_UNKNOWN */
	bool before;     /**< it happened before oomwatch ran */
	enum kill_where where;
	enum kill_foretold foretold;
	char killer[24];  /**< "kernel", "earlyoom", … */
	char scope[64];   /**< in words */
	char victim[64];  /**< name of the process, or the cgroup that a daemon ended; "" nobody */
	char instead[48]; /**< who was foretold, with its PID; "" the same, or nobody */
	int64_t pid;      /**< VALUE_UNKNOWN: none is told */
	uint32_t n_processes;          /**< that died, as far as told; the victim is one */
	int64_t gives_back_kib;        /**< VALUE_UNKNOWN */
	char sentences[KILL_TEXT_MAX]; /**< one a line */
};

/** What one sample foretold for one scope. */
struct foretold {
	uint64_t scope; /**< a hash of its id */
	int32_t pid;
	bool certain; /**< false: it was said that it may be another one */
	char name[32];
};

/** Of one sample. */
struct foretold_sample {
	int64_t uptime_ms;
	unsigned n;
	struct foretold scopes[FORETOLD_SCOPES];
};

/** Zero-initialise. */
struct kills {
	struct kill list[KILLS_MAX];
	uint64_t total; /**< ever told of */
	unsigned n_foretold, n_compared;
	int64_t n_lost;     /**< times that a part of the log was overwritten before it was read */
	bool lacked_memory; /**< something was left out for want of memory */
	struct foretold_sample samples[FORETOLD_SAMPLES];
	uint64_t n_samples; /**< ever */
};

/** When something was told. */
struct kill_moment {
	int64_t uptime_ms;
	int64_t time_ms;  /**< wall clock; VALUE_UNKNOWN */
	int64_t clear_ms; /**< uptime when the log did not have it yet; VALUE_UNKNOWN: it is older
	                       than oomwatch, and its own stamp says when it was */
};

/** Remember whom a sample names for the machine, node sets, limited cgroups (those in danger
 * first) and userspace killers. */
void kills_foretell(struct kills *kills, const struct snapshot *now, const struct summary *summary);

/** Add a report; not one that says neither whom it killed nor that there was nobody to kill.
 * @explained  NULL: it could not be explained */
void kills_add_report(struct kills *kills, const struct oom_report *report,
	const struct explained *explained, const struct kill_moment *moment);

/** Add what a userspace killer says of its own. */
void kills_add_event(
	struct kills *kills, const struct killer_event *event, const struct kill_moment *moment);

/** How many are kept. */
unsigned kills_count(const struct kills *kills);

/** Kill i of those that are kept, 0 being the newest; NULL if there is none. */
const struct kill *kills_get(const struct kills *kills, unsigned i);

/** "foretold 3 of 4"; nothing before there was one to compare. */
void kills_score(const struct kills *kills, struct text *text);

/** "foretold", "not foretold: java 23283 was", "not certain, and said so: java 23283 was named",
 * "not watched". */
void kill_foretold_words(const struct kill *kill, struct text *text);

/** One sentence: "KILLED java 23283 by the kernel (cgroup shop/cart at its limit): foretold". */
void kill_words(const struct kill *kill, struct text *text);

#endif
