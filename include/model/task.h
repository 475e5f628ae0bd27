/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * One process as it was seen at one instant.
 */
#ifndef OOMWATCH_MODEL_TASK_H
#define OOMWATCH_MODEL_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/value.h"

/** Bit of field 9 of /proc/PID/stat that marks kernel threads (PF_KTHREAD). */
#define TASK_FLAG_KTHREAD 0x00200000u

/** Bit of the same that marks a process on its way out (PF_EXITING). */
#define TASK_FLAG_EXITING 0x00000004u

/** Bit of CapEff: CAP_SYS_ADMIN, CAP_SYS_RAWIO, CAP_SYS_RESOURCE. */
#define CAP_BIT_SYS_RAWIO (UINT64_C(1) << 17)
#define CAP_BIT_SYS_ADMIN (UINT64_C(1) << 21)
#define CAP_BIT_SYS_RESOURCE (UINT64_C(1) << 24)

/** What of a struct task was really read. */
enum task_has {
	TASK_HAS_STAT = 1 << 0,
	TASK_HAS_STATUS = 1 << 1,
	TASK_HAS_ADJ = 1 << 2,
	TASK_HAS_SCORE = 1 << 3, /**< oom_score, in this very tick */
	TASK_HAS_CAPS = 1 << 4,
	TASK_HAS_UID = 1 << 5,
	TASK_HAS_GROWTH = 1 << 6,     /**< growth[] is not empty */
	TASK_HAS_CPU = 1 << 7,        /**< cpu_permille */
	TASK_HAS_LEGACY_ADJ = 1 << 8, /**< the kernel has only oom_adj (before 2.6.36): that is in
	                                   oom_adj, and oom_score_adj is made of it */
};

/** Windows of growth. */
enum growth_window {
	GROWTH_10S,
	GROWTH_1MIN,
	GROWTH_10MIN,
	GROWTH_WINDOWS,
};

/**
 * Who a process is, for people.  Foreign text: clean it before it is shown.  Strings
 * are never NULL but for those said to be; they live as long as the snapshot.
 */
struct identity {
	const char *user;      /**< login name, or the number as text; NULL if not known yet */
	const char *cmdline;   /**< arguments joined by blanks; NULL if not known (yet) or none */
	const char *cgroup;    /**< memory cgroup path (v1 memory line, else v2); NULL if unknown */
	const char *unit;      /**< systemd unit of the path; NULL if none */
	const char *container; /**< short container or pod name of the path; NULL if none */
	bool blocked;          /**< reading its command line hung: waits for its mmap lock */
};

/** Pages are of the system's size; VALUE_UNKNOWN where not read. */
struct task {
	int32_t pid; /**< thread group id */
	int32_t ppid;
	uint64_t start_ticks; /**< field 22 of stat; with pid the identity of a process */
	uint32_t has;         /**< mask of enum task_has */
	uint32_t flags;       /**< PF_* of field 9 of stat */
	uint32_t uid;         /**< effective */
	uint32_t threads;
	int32_t oom_score_adj; /**< -1000..1000, valid with TASK_HAS_ADJ */
	int32_t oom_adj;       /**< -17..15, valid with TASK_HAS_LEGACY_ADJ */
	int32_t nice;
	int64_t oom_score; /**< the kernel's, valid with TASK_HAS_SCORE (raw badness <= 2.6.35) */
	char state;        /**< R S D Z T t X I, '?' unknown */
	char comm[64];     /**< foreign bytes, NUL-terminated, cut at 63 */
	uint64_t cap_effective;
	uint64_t utime_ticks;
	uint64_t stime_ticks;
	int64_t vsize_pages;    /**< total_vm */
	int64_t rss_stat_pages; /**< field 24 of stat: the counters as the killer reads them <= 6.18 */
	int64_t rss_status_pages; /**< VmRSS of status */
	int64_t rss_anon_pages;   /**< RssAnon of status, since 4.5 */
	int64_t rss_file_pages;
	int64_t rss_shmem_pages;
	int64_t swap_pages;     /**< VmSwap of status */
	int64_t pgtables_bytes; /**< VmPTE, with VmPMD where the kernel prints it */
	int64_t stale_pages; /**< how far rss, swap and page tables may have moved since read; 0 if
	                             all were read together in this tick */
	int64_t growth_bytes_per_s[GROWTH_WINDOWS]; /**< robust slope of rss + swap + page tables */
	int64_t growth_seen_ms; /**< how long growth has been watched; 0: not told */
	int32_t cpu_permille;   /**< of one CPU since the tick before */
	int32_t mm_compared; /**< pid of the process whose memory it was compared with; 0: none */
	bool mm_shared;      /**< it uses the memory of that process */
	bool killed;         /**< an OOM report says that it was; false in all samples */
	uint32_t memcg;      /**< index in snapshot->memcgs, or NO_MEMCG */
	uint32_t nodes;      /**< index in snapshot->node_sets (Mems_allowed of its main thread), or
	                          NO_NODE_SET: not known */
	const struct identity *who; /**< never NULL */
};

static inline bool task_is_kthread(const struct task *task)
{
	return task->flags & TASK_FLAG_KTHREAD;
}

/** Whether two tasks, of two instants perhaps, are the same process. */
static inline bool task_same(const struct task *a, const struct task *b)
{
	return a->pid == b->pid && a->start_ticks == b->start_ticks;
}

/** Whether two processes have the same sizes to the page: only then may they share memory. */
static inline bool task_same_size(const struct task *a, const struct task *b)
{
	return value_known(a->vsize_pages) && a->vsize_pages > 0 &&
		a->vsize_pages == b->vsize_pages && value_known(a->rss_stat_pages) &&
		a->rss_stat_pages == b->rss_stat_pages;
}

#endif
