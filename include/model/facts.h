/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Every piece of data that may be lacking: its name, and the sentence shown when it is.
 *
 * A fact is a source (a file, or a part of one).  The collector says for each how
 * reading it ended; screen and JSON say it to the user.
 */
#ifndef OOMWATCH_MODEL_FACTS_H
#define OOMWATCH_MODEL_FACTS_H

#include <stddef.h>

#include "base/text.h"

enum fact {
	FACT_MEMINFO,
	FACT_VMSTAT,
	FACT_ZONEINFO,
	FACT_BUDDYINFO,
	FACT_PAGETYPEINFO,
	FACT_SWAPS,
	FACT_PRESSURE,
	FACT_UPTIME,
	FACT_LOADAVG,
	FACT_STAT,
	FACT_OSRELEASE,
	FACT_HOSTNAME,
	FACT_MOUNTS,
	FACT_LRU_GEN,
	FACT_PROCESSES,     /**< the list of /proc itself */
	FACT_TASK_STAT,     /**< /proc/PID/stat of some process */
	FACT_TASK_STATUS,   /**< /proc/PID/status of some process */
	FACT_OOM_SCORE_ADJ, /**< /proc/PID/oom_score_adj of some process */
	FACT_OOM_SCORE,
	FACT_TASK_CGROUP,
	FACT_CGROUPS,   /**< files of memory cgroups */
	FACT_RSS_SPLIT, /**< RssAnon, RssFile, RssShmem of status: 4.5 or later */
	FACT_VMSWAP,    /**< VmSwap of status: 2.6.34 or later */
	FACT_VMPTE,     /**< VmPTE of status: 2.6.10 or later */
	FACT_CAPEFF,    /**< CapEff of status */
	FACT_IDENTITY,  /**< user names and command lines, through libproc2 */
	FACT_KMSG,      /**< the kernel's log; read for a live screen alone */
	FACT_COUNT,
};

/** How reading a fact ended. */
enum fact_state {
	FACT_UNREAD,    /**< not asked for (yet) */
	FACT_PRESENT,   /**< read and understood */
	FACT_ABSENT,    /**< no such file, or no such line in it */
	FACT_FORBIDDEN, /**< EACCES or EPERM */
	FACT_EMPTY,     /**< the file is there and says nothing */
	FACT_MALFORMED, /**< the file is there and is not what it should be */
	FACT_TOO_LARGE, /**< more than we are willing to read */
	FACT_DISABLED,  /**< EOPNOTSUPP: built in, but switched off */
	FACT_FAILED,    /**< any other error */
};

/** The file or part of a file, e.g. "proc/pressure/memory"; a static string. */
const char *fact_name(enum fact fact);

/**
 * Why it is missing and what would change that, e.g. "not there: needs kernel 4.20 or
 * later with CONFIG_PSI".  Appends nothing for FACT_PRESENT and FACT_UNREAD.
 */
void fact_reason(enum fact fact, enum fact_state state, struct text *text);

/** What is lost without it, e.g. "stalls (PSI)"; a static string. */
const char *fact_use(enum fact fact);

/**
 * The state that reading or parsing ended in, of its 0 or -errno: -ENODATA is an empty
 * file, -EBADMSG one that was not understood, -EFBIG one that is too large.
 */
enum fact_state fact_state_of(int error);

#endif
