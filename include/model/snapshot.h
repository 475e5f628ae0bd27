/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * All that was seen at one instant.  Filled by the collector, const for everybody else;
 * everything reachable from it lives in its arena or outlives it.
 */
#ifndef OOMWATCH_MODEL_SNAPSHOT_H
#define OOMWATCH_MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/facts.h"
#include "model/kernel.h"
#include "model/killer.h"
#include "model/memcg.h"
#include "model/memory.h"
#include "model/nodes.h"
#include "model/task.h"
#include "model/zone.h"

/** Where a snapshot came from. */
enum source_kind {
	SOURCE_LIVE,
	SOURCE_ROOT,   /**< a recorded tree */
	SOURCE_REPLAY, /**< a sample of a record */
	SOURCE_REPORT, /**< an OOM report */
};

/** Why not all processes, or not the true totals, can be seen. */
enum partial_view {
	PARTIAL_NONE,
	PARTIAL_HIDEPID,
	PARTIAL_PID_NAMESPACE,
	PARTIAL_LXCFS,
	PARTIAL_KEPT, /**< a record that has the first processes alone */
};

/**
 * What an OOM report says that no sample can.  All text is clean; it lives in the arena of the
 * snapshot.
 */
struct told {
	const char *time;   /**< as printed in front of it; "" unknown */
	const char *head;   /**< "KILLED", "PANIC", "NOBODY", "OOM": what came of it */
	const char *killed; /**< who was killed, why memory was short, what that gave back */
	const char *why;    /**< why this one, and whether the rules of its kernel agree */
	const char *spared; /**< what would have spared it; "" nobody was killed */
	const char *agrees; /**< how the choice goes with the table; "" nothing can be said */
	const char *const *sentences; /**< all of the explanation */
	const char *const *next;      /**< what to look at */
	uint32_t n_sentences, n_next;
	bool chosen_first;     /**< who was chosen is the first of the table */
	bool policy;           /**< a memory policy's, not a cpuset's */
	int64_t total_pages;   /**< T, where the OOM is not the machine's; VALUE_UNKNOWN */
	const uint32_t *ranks; /**< parallel to tasks: as analysis/explain ranks them; 0: it cannot
	                            be told */
	uint32_t victim; /**< the first that was killed, an index of tasks; UINT32_MAX: none */
};

struct snapshot {
	struct arena arena;
	enum source_kind source;
	enum partial_view partial;
	int64_t time_ms;       /**< wall clock, Unix epoch; VALUE_UNKNOWN if not recorded */
	int64_t uptime_ms;     /**< since boot; the clock of all rates */
	int64_t tick;          /**< number of this sample, from 1 */
	int64_t page_bytes;    /**< 4096, 16384, 65536 */
	int64_t clk_tck;       /**< ticks a second of start_ticks and CPU times */
	int32_t cpus;          /**< online; 0 unknown */
	int32_t load_centi[3]; /**< load averages, hundredths; -1 unknown */
	char release[128];     /**< foreign text, "" unknown */
	char hostname[65];     /**< foreign text, "" unknown */
	struct kernel_profile kernel;
	struct meminfo mem;
	struct vmstat vmstat;
	struct pressure pressure;
	struct knobs knobs;
	struct swaps swaps;
	int64_t total_ram_pages; /**< totalram: of sysinfo(2) on the live machine, else MemTotal */
	int64_t total_swap_pages;
	int64_t own_pid;   /**< oomwatch itself, live only; else 0 */
	uint64_t own_caps; /**< CapEff of oomwatch, or as recorded; 0 if unknown */
	int64_t own_uid;   /**< effective uid of oomwatch, live only; else VALUE_UNKNOWN */
	bool own_userns;   /**< in a user namespace of its own: capabilities do not count for
	                        oom_score_adj, which asks the initial one; live only */
	int64_t sample_cost_us; /**< CPU time that taking this sample took; VALUE_UNKNOWN in recordings */
	struct zone *zones;
	uint32_t n_zones;
	struct migrate_blocks *migrate; /**< only when asked for */
	uint32_t n_migrate;
	struct memcg *memcgs; /**< parents before children */
	uint32_t n_memcgs;
	int32_t memcg_version; /**< 1 or 2: of the hierarchy that has the memory controller; 0 none */
	struct killer *killers;     /**< userspace killers that run */
	struct node_set *node_sets; /**< those that processes are confined to, each once */
	uint32_t n_killers;
	uint32_t n_node_sets;

	struct task *tasks; /**< in order of pid */
	uint32_t n_tasks;
	uint32_t n_tasks_unreadable; /**< listed, but gone or forbidden */
	enum fact_state facts[FACT_COUNT];
	const struct told *told; /**< of SOURCE_REPORT; else NULL */
};

/** Whether what is shown runs: on all else nothing can be done. */
static inline bool snapshot_is_live(const struct snapshot *snapshot)
{
	return snapshot->source == SOURCE_LIVE;
}

/** "live", "root", "replay", "report". */
const char *source_id(enum source_kind source);

/** What is shown instead of a live machine: "a recording is shown", "a report is shown". */
const char *source_words(enum source_kind source);

/** Index of a process in snapshot->tasks, or -1 if it is not there. */
int64_t snapshot_find(const struct snapshot *snapshot, int32_t pid, uint64_t start_ticks);

/** pages * page size in bytes; VALUE_UNKNOWN stays so. */
int64_t snapshot_bytes(const struct snapshot *snapshot, int64_t pages);

/** KiB of pages; VALUE_UNKNOWN stays so. */
int64_t snapshot_kib(const struct snapshot *snapshot, int64_t pages);

#endif
