/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The kills that are known, newest first, each held against what was foretold for its scope in
 * the last sample before it: what a log tells, what the tracepoint marks, and what the kernel
 * only counts.
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

/** Kills that are kept; older ones go.  Of those that the journal has from before oomwatch ran as
 * many again, so that they push nothing out. */
#define KILLS_MAX 64
#define KILLS_KEPT (2 * KILLS_MAX)

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
	KILL_UNTOLD, /**< the machine's, or that of a cgroup that cannot be seen */
};

/** Who tells of it. */
enum kill_source {
	KILL_OF_LOG, /**< the kernel's, from /dev/kmsg */
	KILL_OF_JOURNAL,
	KILL_OF_TRACEPOINT,
	KILL_OF_COUNTER,
};

struct kill {
	uint64_t number;   /**< from 1, in the order in which they were told */
	int64_t uptime_ms; /**< VALUE_UNKNOWN where an earlier boot's log does not say it */
	int64_t time_ms;   /**< wall clock; VALUE_UNKNOWN */
	bool before;       /**< it happened before oomwatch ran */
	bool earlier_boot; /**< and before this boot; uptime_ms is that boot's then */
	enum kill_source source;
	enum kill_where where;
	enum kill_foretold foretold;
	char killer[24];  /**< "kernel", "earlyoom", … */
	char scope[64];   /**< in words */
	char victim[64];  /**< name of the process, or the cgroup that a daemon ended; "" nobody */
	char instead[48]; /**< who was foretold, with its PID; "" the same, or nobody */
	int64_t pid;      /**< VALUE_UNKNOWN: none is told */
	uint32_t n_processes;      /**< that died, as far as told; the victim is one */
	uint32_t n_gone;           /**< counted: more are gone than were killed, so many; else 0 */
	int64_t first_us, last_us; /**< the kernel's stamps of its report; VALUE_UNKNOWN */
	int64_t gives_back_kib;    /**< VALUE_UNKNOWN */
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

/** Whose memory was short, as far as it is known without a log. */
struct kill_place {
	enum kill_where where;
	uint64_t hash;  /**< struct foretold's scope; 0: none */
	char words[64]; /**< struct kill's scope */
};

/** Processes that are gone, and cgroups whose counters rose, that are kept of one sample. */
#define GONE_MAX 16
#define COUNTED_MAX 4

/** A process that the sample before had. */
struct gone {
	int32_t pid;
	uint64_t start_ticks;
	unsigned scope; /**< of kill_count.scopes */
	char name[32];
};

/** Kills that one counter tells of. */
struct counted_scope {
	int64_t kills;
	struct kill_place place;
	int64_t foretold;          /**< pid; VALUE_UNKNOWN */
	unsigned n_gone;           /**< of its processes */
	char path[SCOPE_PATH_MAX]; /**< the victims are in this cgroup or below; "" any other */
};

/** What a sample counted and nobody told of yet. */
struct kill_count {
	int64_t kills;   /**< 0: nothing */
	int64_t settled; /**< of them, told by somebody by now */
	int64_t uptime_ms, time_ms, before_ms;
	bool partial; /**< not all processes are seen, but all kills are counted */
	unsigned n_scopes, n_gone;
	struct counted_scope scopes[COUNTED_MAX + 1];
	struct gone gone[GONE_MAX];
};

/** A process that was told as killed, so that it is not counted again. */
struct kill_told {
	int64_t pid, uptime_ms;
};

#define TOLD_MAX 32

/** How the journal's kills of before oomwatch ran are to be had. */
enum kills_past {
	PAST_NONE, /**< it is not asked for */
	PAST_READING,
	PAST_READ,
	PAST_FAILED, /**< past_why says it */
};

/** Zero-initialise. */
struct kills {
	struct kill list[KILLS_KEPT]; /**< the journal's past in the second half */
	uint8_t order[KILLS_KEPT];    /**< the newest first */
	unsigned n_kept;
	uint64_t n_list, n_past; /**< ever put into each half */
	uint64_t total;          /**< ever told of: the highest number */
	unsigned n_foretold, n_compared;
	int64_t n_lost; /**< times that a part of the log was overwritten before it was read */
	int64_t n_marks_lost; /**< marks of the tracepoint for which there was no room */
	bool lacked_memory;   /**< something was left out for want of memory */
	bool journal;         /**< read from there as it grows, the kernel's log being closed */
	bool tracepoint;      /**< that is watched */
	enum kills_past past;
	bool past_cut;      /**< the journal had more than was read */
	char past_why[160]; /**< foreign text that was cleaned */
	struct foretold_sample samples[FORETOLD_SAMPLES];
	uint64_t n_samples; /**< ever */
	/* Kills are counted and told, in either order, a sample apart at most. */
	int64_t told,
		told_before; /**< told in this sample and the one before, and not counted yet */
	struct kill_told told_pids[TOLD_MAX];
	unsigned n_told_pids; /**< ever */
	struct kill_count count;
};

/** When something was told, and by whom. */
struct kill_moment {
	int64_t uptime_ms;
	int64_t time_ms;  /**< wall clock; VALUE_UNKNOWN */
	int64_t clear_ms; /**< uptime when the log did not have it yet; VALUE_UNKNOWN: it is older
	                       than oomwatch, and its own stamp says when it was */
	int64_t suspended_ms; /**< how much the samples' clock is ahead of the kernel's stamps */
	enum kill_source source;
	bool earlier_boot;
};

/** A process that the tracepoint told of. */
struct kill_mark {
	int64_t pid; /**< of the process where it is known, else of a thread */
	int64_t uptime_ms;
	int64_t before_ms; /**< uptime of the last sample before it */
	int64_t counted;   /**< the kernel's counter of kills in that one; VALUE_UNKNOWN */
	int64_t gives_back_kib;
	struct kill_place place;
	char name[64]; /**< "" unknown */
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

/** Whom the tracepoint marked and where, as the samples around it tell; foreign names are cleaned.
 * @before  NULL: none
 * @comm    the kernel's word, "" if it has none */
void kills_mark(const struct snapshot *before, const struct snapshot *now,
	const struct summary *summary, int64_t pid, const char *comm, struct kill_mark *ret);

/** Whether a log told of that process already, within some seconds of the mark. */
bool kills_has_marked(const struct kills *kills, const struct kill_mark *mark);

/** A mark came, which is a kill that need not be counted, whoever tells of it in the end. */
void kills_note_mark(struct kills *kills);

/** Add a mark that no log tells of. */
void kills_add_mark(
	struct kills *kills, const struct kill_mark *mark, const struct kill_moment *moment);

/**
 * Once a sample, when what its log tells is added: what the kernel
 * counts and nobody tells of becomes a kill too, named after who is gone, as far as that is sure.
 *
 * Comes a sample late where a log might still tell, or where who is gone is not clear yet.
 * @before  NULL: none, and nothing is counted
 * @logged  a log or the tracepoint is being read
 */
void kills_counted(struct kills *kills, const struct snapshot *before, const struct snapshot *now,
	const struct summary *summary, bool logged);

/** How many are kept. */
unsigned kills_count(const struct kills *kills);

/** Kill i of those that are kept, 0 being the newest, those of earlier boots last; NULL if there
 * is none. */
const struct kill *kills_get(const struct kills *kills, unsigned i);

/** Which one has that number, or -1. */
int64_t kills_find(const struct kills *kills, uint64_t number);

/** "foretold 3 of 4"; nothing before there was one to compare. */
void kills_score(const struct kills *kills, struct text *text);

/** "foretold", "not foretold: java 23283 was", "not certain, and said so: java 23283 was named",
 * "not watched". */
void kill_foretold_words(const struct kill *kill, struct text *text);

/** One sentence: "KILLED java 23283 by the kernel (cgroup shop/cart at its limit): foretold". */
void kill_words(const struct kill *kill, struct text *text);

/** Who tells of it, where it is not the kernel's log; nothing else. */
void kill_source_words(const struct kill *kill, struct text *text);

#endif
