/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What a log says of one OOM: the kernel's report, or what is left of it, and what a userspace
 * killer says of its own kills.
 *
 * Every int64_t is VALUE_UNKNOWN and every string NULL where the log does not tell it.  Strings
 * and arrays live in the parser's arena for as long as the callback that hands them out; they
 * are foreign text and not clean (base/text.h).
 */
#ifndef OOMWATCH_MODEL_REPORT_H
#define OOMWATCH_MODEL_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/value.h"
#include "model/killer.h"
#include "model/zone.h"

/** Room for a comm: 15 bytes of the kernel's, more where a log escapes some; cut beyond. */
#define REPORT_COMM_SIZE 32

/** A limit of a cgroup that is none. */
#define REPORT_NO_LIMIT INT64_MAX

/** Rows that are kept of the task table; more are counted. */
#define REPORT_TASKS_MAX 65536

/** What called the killer; of several the first that fits: sysrq, panic, memcg, alloc. */
enum report_trigger {
	REPORT_TRIGGER_UNKNOWN,
	REPORT_TRIGGER_ALLOC,
	REPORT_TRIGGER_MEMCG,
	REPORT_TRIGGER_SYSRQ,
	REPORT_TRIGGER_PANIC, /**< nobody was killed: the machine panicked */
};

enum report_constraint {
	REPORT_CONSTRAINT_UNKNOWN, /**< not printed (before 5.0), and no memory cgroup's */
	REPORT_CONSTRAINT_NONE,
	REPORT_CONSTRAINT_MEMCG,
	REPORT_CONSTRAINT_CPUSET,
	REPORT_CONSTRAINT_MEMORY_POLICY,
	REPORT_CONSTRAINT_OTHER, /**< printed, with a name of no released kernel */
};

/** A process by its name. */
struct report_who {
	int64_t pid;
	char comm[REPORT_COMM_SIZE]; /**< "" if unknown */
};

/** One row of the task table. */
struct report_task {
	int64_t pid; /**< of a thread, where the leader is gone */
	int64_t tgid;
	int64_t uid;
	int64_t total_vm_pages;
	int64_t rss_pages;
	int64_t rss_anon_pages; /**< this and the next two since 6.8 */
	int64_t rss_file_pages;
	int64_t rss_shmem_pages;
	int64_t swap_pages;     /**< since 3.6 */
	int64_t pgtables_bytes; /**< since 4.15 */
	int64_t pte_tables;     /**< count, 3.6..4.14 */
	int64_t pmd_tables;     /**< count, 4.0..4.14 */
	int64_t oom_adj;        /**< ..3.4 */
	int64_t oom_score_adj;
	char comm[REPORT_COMM_SIZE];
};

/** A process that a kill line names. */
struct report_victim {
	int64_t pid;  /**< of a thread, where the leader is gone */
	int64_t tgid; /**< of its row in the table */
	int64_t uid;
	int64_t total_vm_kib;
	int64_t anon_rss_kib;
	int64_t file_rss_kib;
	int64_t shmem_rss_kib;
	int64_t pgtables_kib; /**< as printed: 5.4.0 prints bytes under that unit */
	int64_t oom_score_adj;
	int64_t score; /**< of the process chosen, ..5.0; raw before 2.6.36, else thousandths */
	int64_t line;  /**< of its kill line */
	int64_t uptime_us;
	char comm[REPORT_COMM_SIZE];
	bool reaped;        /**< the OOM reaper says so */
	bool shares_memory; /**< killed because it uses the victim's memory */
};

/** Mem-Info, in pages; summed over the machine. */
struct report_mem {
	int64_t active_pages; /**< anon and file together, ..2.6.27 */
	int64_t inactive_pages;
	int64_t active_anon_pages;
	int64_t inactive_anon_pages;
	int64_t isolated_anon_pages;
	int64_t active_file_pages;
	int64_t inactive_file_pages;
	int64_t isolated_file_pages;
	int64_t unevictable_pages;
	int64_t dirty_pages;
	int64_t writeback_pages;
	int64_t unstable_pages;
	int64_t slab_pages; /**< reclaimable or not, ..2.6.30 */
	int64_t slab_reclaimable_pages;
	int64_t slab_unreclaimable_pages;
	int64_t mapped_pages;
	int64_t shmem_pages;
	int64_t pagetables_pages;
	int64_t sec_pagetables_pages;
	int64_t bounce_pages;
	int64_t kernel_misc_reclaimable_pages;
	int64_t free_pages;
	int64_t free_pcp_pages;
	int64_t free_cma_pages;
	int64_t pagecache_pages;
	int64_t swap_cache_pages;
	int64_t ram_pages;
	int64_t highmem_pages;
	int64_t reserved_pages;
	int64_t cma_reserved_pages;
	int64_t hwpoisoned_pages;
};

/** One node's line of Mem-Info, since 4.8, in KiB as printed. */
struct report_node {
	int64_t node;
	int64_t active_anon_kib;
	int64_t inactive_anon_kib;
	int64_t active_file_kib;
	int64_t inactive_file_kib;
	int64_t unevictable_kib;
	int64_t mapped_kib;
	int64_t dirty_kib;
	int64_t writeback_kib;
	int64_t shmem_kib;
	int64_t kernel_stack_kib;
	int64_t pagetables_kib;
	int64_t sec_pagetables_kib;
	int64_t balloon_kib;
	bool all_unreclaimable;
};

/** One zone's lines of Mem-Info; all in pages. */
struct report_zone {
	struct zone zone; /**< highatomic_pages is what is reserved, cma_free_pages free_cma */
	int64_t unevictable_pages;
	int64_t writepending_pages;
	int64_t mlocked_pages;
	int64_t shmem_pages;
	int64_t slab_reclaimable_pages;
	int64_t slab_unreclaimable_pages;
	int64_t kernel_stack_pages;
	int64_t pagetables_pages;
	int64_t bounce_pages;
	int64_t free_pcp_pages;
	int64_t free_highatomic_pages;
	int64_t zspages_pages;
};

/** Huge pages of one size of one node, since 3.10. */
struct report_huge {
	int64_t node;
	int64_t size_kib;
	int64_t total; /**< counts */
	int64_t free;
	int64_t surplus;
};

/** One row of "Unreclaimable slab info". */
struct report_slab {
	const char *name;
	int64_t used_kib;
	int64_t total_kib;
};

/** One row of "Memory allocations": who in the kernel holds most, 6.12+. */
struct report_allocation {
	const char *where; /**< file, line, module and function as printed */
	int64_t bytes;
	int64_t count;
};

/** One value of the memory cgroup's statistics. */
struct report_stat {
	const char *name;
	int64_t value; /**< bytes, or a count where the name is one's */
};

/** A counter of a memory cgroup with its limit (REPORT_NO_LIMIT: none). */
struct report_limit {
	int64_t usage_kib;
	int64_t limit_kib;
	int64_t failures;
};

struct oom_report {
	/* What is left of it in the log. */
	int64_t first_line, last_line; /**< from 1 */
	bool complete; /**< from the header to a kill or panic, and nothing visibly missing */
	bool elided;   /**< somebody cut something out and says so ("[...]") */
	bool header;   /**< its first line is there */
	/* And what else is either so or not. */
	bool compaction_disabled; /**< the kernel says that it cannot compact */
	bool page_bytes_known;    /**< page_bytes follows from the report */
	bool group_kill;          /**< memory.oom.group: a whole cgroup */
	bool no_victim;           /**< "no killable processes" */
	bool allocating;          /**< vm.oom_kill_allocating_task chose: who asked */
	enum report_trigger trigger;

	const char *time; /**< wall time as printed in front of its first line */
	const char *host;
	int64_t uptime_us;          /**< the kernel's stamp of its first line */
	const char *kernel_release; /**< "6.1.0-56-amd64"; of another report of the same boot, if
	                                 this one does not say it */

	struct report_who invoker;
	int64_t gfp_mask;
	const char *gfp_flags; /**< as printed (4.6+): names joined by '|' */
	int64_t order;         /**< -1: sysrq */
	int64_t oom_adj;       /**< of the invoker, ..3.6; oomkilladj before 2.6.31 */
	int64_t oom_score_adj; /**< of the invoker */
	const char *nodemask;  /**< "(null)" or a list, 4.9+ */
	const char *cpuset;    /**< of the invoker */
	const char *mems_allowed;

	const char *constraint_name; /**< as printed, 5.0+ */
	const char *memcg;           /**< whose limit was hit */
	const char *task_memcg;      /**< where the chosen process is */
	struct report_limit memory, swap, memory_swap, kmem;

	int64_t page_bytes; /**< of the machine; 4096 where it cannot be told */
	struct report_mem mem;
	int64_t swap_total_kib;
	int64_t swap_free_kib;

	struct report_who
		chosen;       /**< where not the process killed; pid VALUE_UNKNOWN if the same */
	int64_t chosen_score; /**< as struct report_victim's */
	const char *group;    /**< the cgroup that group_kill is about */
	const char *panic;    /**< what the kernel said when it panicked for want of memory */

	/* In the order of the log. */
	const struct report_stat *stats; /**< of the memory cgroup */
	const struct report_node *nodes;
	const struct report_zone *zones;
	const struct report_huge *huge;
	const struct report_slab *slabs;
	const struct report_allocation *allocations;
	const struct report_task *tasks;
	const struct report_victim *victims;
	uint32_t n_stats;
	uint32_t n_nodes;
	uint32_t n_zones;
	uint32_t n_huge;
	uint32_t n_slabs;
	uint32_t n_allocations;
	uint32_t n_tasks;
	uint32_t n_tasks_left_out; /**< rows beyond REPORT_TASKS_MAX, or for want of memory */
	uint32_t n_victims;
	uint32_t n_victims_left_out;
	uint32_t n_kill_lines; /**< as oom_kill in vmstat counts: a group's victim twice */
	enum report_constraint constraint; /**< MEMCG also where a kernel prints NONE for it */
};

/** A kill that a userspace killer (or Android's in the kernel) announces. */
struct killer_event {
	enum killer_kind kind; /**< KILLER_KINDS for one that oomwatch does not know as a daemon */
	const char *name;      /**< "earlyoom", "lmkd", …; a static string */
	int64_t line;
	const char *time, *host;
	int64_t uptime_us;
	struct report_who victim; /**< of a process; pid VALUE_UNKNOWN for a cgroup or pod */
	int64_t uid;
	int64_t processes; /**< how many died, where it says so */
	int64_t score;     /**< the killer's own, or oom_score */
	int64_t rss_kib;
	const char *cgroup; /**< path, unit or pod */
	const char *signal; /**< "SIGTERM", "SIGKILL" */
	const char *reason; /**< in its own words */
};

#endif
