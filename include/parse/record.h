/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Samples as a file keeps them (--record, the black box): text, one JSON object a line, that says
 * of each sample what is not as it was in the sample before.
 *
 *   {"type":"record","version":1,"kept":"all","page_bytes":4096,"clk_tck":100,...}
 *   {"type":"sample","key":true,"uptime_ms":...,"head":{...},...,"tasks":[{...},...]}
 *   {"type":"sample","uptime_ms":...,"head":{"time_ms":...},"memory":{"mem_free_kib":81234},
 *    "tasks":[...],"tasks_gone":[{"pid":812,"start_ticks":99}]}
 *   {"type":"log","uptime_ms":...,"line":"<4>[  130.77] java invoked oom-killer: ..."}
 *
 * The first line of a file is the "record" one; kept is "all" or "first" (the first processes
 * alone: PARTIAL_KEPT).  Lines of another type are passed over, and members of another name.  A
 * log line belongs behind the sample that it follows.
 *
 * Names and units are those of the tables of model/members.  In a sample with "key": true, and of
 * an object of a list that was not in the sample before, what is absent is unknown: VALUE_UNKNOWN
 * of MEMBER_I64, NULL of MEMBER_STRING, and 0, false, "" or none of the types that have no
 * unknown.  Else what is absent is as it was, and null has become unknown (0, false, "" or none
 * where the type has no unknown).
 *
 * A sample has, besides uptime_ms (null: unknown), and each only where something is told in it:
 *   head       object, members_snapshot, and "partial" as one of words_partial (absent in a key:
 *              "none")
 *   facts      object: fact_name() and one of words_fact_state (absent in a key: "unread")
 *   memory, vmstat, pressure, knobs    objects, members_meminfo and so on
 *   swaps      list, members_swap_area; key: name
 *   zones      list, members_zone; keys: node, zone
 *   cgroups    list, members_memcg and, where systemd-oomd's are known, in the same object
 *              members_systemd_oomd_cgroup; key: path; a parent follows from the path
 *   tasks      list, members_task and in the same object members_identity; keys: pid, start_ticks;
 *              "memcg": path of its memory cgroup where that is not its "cgroup", "" where it has
 *              none though its "cgroup" may be listed; null, or absent in a key: the one that has
 *              the path of its "cgroup", if that is listed; "nodes": index in node_sets (null:
 *              NO_NODE_SET)
 *   node_sets  list of strings ("0-1,3"), whole whenever it changed (absent in a key: none)
 *   killers    list of objects, whole whenever anything in it changed (absent in a key: none; in
 *              each object absent is unknown): "kind" as killer_name(), members_killer, "settings"
 *              as one of words_settings, the members of the kind's own table (none of oomd, whose
 *              rules are not kept), "marks": list of [pid, mark], absent where killer.marks is
 *              NULL; of systemd-oomd "root": object, members_systemd_oomd_cgroup, and "cgroups":
 *              true where those of the cgroups are known and told in the section cgroups
 *
 * An object of a list always has its keys; order is by the sample's, but what did not change is
 * not there: tasks are to be put in order of pid, the objects of the other lists that are new
 * behind those that were there, cgroups so that parents come before children.  Those that are
 * gone are named by their keys in swaps_gone, zones_gone, cgroups_gone and tasks_gone, which
 * stand right behind (or in place of) their list; one that is gone may come again later.
 *
 * Not kept: free blocks by migrate type (their fact is "unread"), load averages, what a sample
 * cost, growth_seen_ms where growth in the last minute is 0 (0 then).  Bytes that are no UTF-8 are
 * U+FFFD, each; the screen shows them as '?'.
 */
#ifndef OOMWATCH_PARSE_RECORD_H
#define OOMWATCH_PARSE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "model/snapshot.h"

#define RECORD_VERSION 1

/** What of a sample is kept. */
struct record_choice {
	const uint32_t *tasks; /**< indices, ascending; NULL: all */
	uint32_t n_tasks;
	const uint32_t *memcgs; /**< indices, ascending, with all parents; NULL: all */
	uint32_t n_memcgs;
};

/** What the reader of the lines knows by now.  Zero-initialise; allocates in its arenas alone,
 * which keep their size. */
struct record_writer {
	struct arena arenas[2];
	unsigned current; /**< the arena that tells what was written last */
	void *written;    /**< the same; NULL: nothing, the next sample is a key */
};

/** Where text goes when the buffer is more than half full; NULL for a buffer that must do.  The
 * other half has to hold the longest string, six bytes for each of it at worst. */
struct record_sink {
	void (*drain)(struct text *text, void *context); /**< takes text->len bytes, empties it */
	void *context;
};

/** The first line of a file, with its newline.  all: every process is kept. */
void record_head(const struct snapshot *now, bool all, struct text *text);

/**
 * One sample, with its newline.
 *
 * @key   tell everything, whatever was written before
 * Returns 0; -ENOMEM; -ENOSPC where the text was cut for want of room.  After an error the line
 * is useless and the next sample is a key.
 */
int record_sample(struct record_writer *writer, const struct snapshot *now,
	const struct record_choice *choice, bool key, const struct record_sink *sink,
	struct text *text);

/** One line of a log (without its newline; foreign bytes), with its newline. */
void record_log(int64_t uptime_ms, const char *line, size_t len, struct text *text);

void record_writer_free(struct record_writer *writer);

#endif
