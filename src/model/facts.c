/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/facts.h"

#include <errno.h>

struct fact_row {
	const char *name;
	const char *use;
	const char *absent;    /* the sentence for FACT_ABSENT */
	const char *forbidden; /* for FACT_FORBIDDEN; NULL: the common one */
	const char *disabled;  /* for FACT_DISABLED; NULL: the common one */
	const char *failed;    /* for FACT_FAILED; NULL: the common one */
};

#define NO_PROC "not there: /proc is not mounted, or the recorded tree lacks it"
#define HIDDEN \
	"no permission: /proc is mounted with hidepid, or a security module forbids it; run as root"

/* First releases and modes: kernel.md; mm/vmstat.c, fs/proc, kernel/sched/psi.c. */
static const struct fact_row fact_rows[FACT_COUNT] = {
	[FACT_MEMINFO] = {
		.name = "proc/meminfo",
		.use = "the memory totals, and with them badness, risk and forecast",
		.absent = NO_PROC,
	},
	[FACT_VMSTAT] = {
		.name = "proc/vmstat",
		.use = "reclaim, refaults, compaction and the count of kills",
		.absent = NO_PROC,
	},
	[FACT_ZONEINFO] = {
		.name = "proc/zoneinfo",
		.use = "the zones with their watermarks and reserves",
		.absent = NO_PROC,
	},
	[FACT_BUDDYINFO] = {
		.name = "proc/buddyinfo",
		.use = "free blocks by order, and fragmentation",
		.absent = NO_PROC,
	},
	[FACT_PAGETYPEINFO] = {
		.name = "proc/pagetypeinfo",
		.use = "free blocks by migrate type",
		.absent = NO_PROC,
		.forbidden = "no permission: mode 0400 since kernel 5.4; run as root",
	},
	[FACT_SWAPS] = {
		.name = "proc/swaps",
		.use = "the swap areas, and which of them are zram, which takes RAM",
		.absent = "not there: needs CONFIG_SWAP, or the recorded tree lacks it",
	},
	[FACT_PRESSURE] = {
		.name = "proc/pressure/memory",
		.use = "stalls (PSI)",
		.absent = "not there: needs kernel 4.20 or later with CONFIG_PSI "
			  "(and psi=1 where it is off by default)",
		.disabled = "switched off: boot with psi=1",
	},
	[FACT_UPTIME] = {
		.name = "proc/uptime",
		.use = "the clock of all rates, growth and forecasts",
		.absent = NO_PROC,
	},
	[FACT_LOADAVG] = {
		.name = "proc/loadavg",
		.use = "the load averages",
		.absent = NO_PROC,
	},
	[FACT_STAT] = {
		.name = "proc/stat",
		.use = "the number of CPUs, and with it the error of the kernel's counters",
		.absent = NO_PROC,
	},
	[FACT_OSRELEASE] = {
		.name = "proc/sys/kernel/osrelease",
		.use = "the rules of this kernel's OOM killer; the newest are assumed",
		.absent = NO_PROC,
	},
	[FACT_HOSTNAME] = {
		.name = "proc/sys/kernel/hostname",
		.use = "the name of the machine",
		.absent = NO_PROC,
	},
	[FACT_MOUNTS] = {
		.name = "proc/self/mountinfo",
		.use = "whether the view is partial (hidepid, lxcfs)",
		.absent = NO_PROC,
	},
	[FACT_LRU_GEN] = {
		.name = "sys/kernel/mm/lru_gen",
		.use = "whether the kernel may kill while there is page cache left (min_ttl_ms)",
		.absent = "not there: needs kernel 6.1 or later with CONFIG_LRU_GEN",
	},
	[FACT_PROCESSES] = {
		.name = "proc",
		.use = "the processes, and with them the victim and the kill order",
		.absent = NO_PROC,
		.forbidden = "no permission to list it: a security module forbids it; run as root",
	},
	[FACT_TASK_STAT] = {
		.name = "proc/PID/stat",
		.use = "memory, start time and state of processes",
		.absent = "not there for some processes: they ended, or the recorded tree lacks it",
		.forbidden = HIDDEN,
	},
	[FACT_TASK_STATUS] = {
		.name = "proc/PID/status",
		.use = "swap, page tables, owner and rights of processes",
		.absent = "not there for some processes: they ended, or the recorded tree lacks it",
		.forbidden = HIDDEN,
	},
	[FACT_OOM_SCORE_ADJ] = {
		.name = "proc/PID/oom_score_adj",
		.use = "who is protected or exposed",
		.absent = "not there: needs kernel 2.6.36 or later, or the recorded tree lacks it",
		.forbidden = HIDDEN,
	},
	[FACT_OOM_SCORE] = {
		.name = "proc/PID/oom_score",
		.use = "the kernel's own score, a check of ours",
		.absent = "not there for some processes: they ended, or the recorded tree lacks it",
		.forbidden = HIDDEN,
	},
	[FACT_TASK_CGROUP] = {
		.name = "proc/PID/cgroup",
		.use = "memory cgroup, unit and container of processes",
		.absent = "not there: needs CONFIG_CGROUPS, or the recorded tree lacks it",
		.forbidden = HIDDEN,
	},
	[FACT_CGROUPS] = {
		.name = "sys/fs/cgroup: memory files",
		.use = "the limits of memory cgroups, and who would be killed at them",
		.absent = "not there: needs CONFIG_MEMCG with the memory controller mounted and "
			  "enabled, or the recorded tree lacks it",
		.forbidden = "no permission: a security module forbids it; run as root",
	},
	[FACT_RSS_SPLIT] = {
		.name = "proc/PID/status: RssAnon, RssFile, RssShmem",
		.use = "which part of a process's memory is anonymous: what a kill would give back",
		.absent = "not there: needs kernel 4.5 or later",
		.forbidden = HIDDEN,
	},
	[FACT_VMSWAP] = {
		.name = "proc/PID/status: VmSwap",
		.use = "the swap of processes, which is a part of badness",
		.absent = "not there: needs kernel 2.6.34 or later with CONFIG_SWAP",
		.forbidden = HIDDEN,
	},
	[FACT_VMPTE] = {
		.name = "proc/PID/status: VmPTE",
		.use = "the page tables of processes, which are a part of badness",
		.absent = "not there: needs kernel 2.6.10 or later, or the recorded tree lacks it",
		.forbidden = HIDDEN,
	},
	[FACT_CAPEFF] = {
		.name = "proc/PID/status: CapEff",
		.use = "the root discount in badness, before kernel 4.17",
		.absent = "not there: the status files have no such line",
		.forbidden = HIDDEN,
	},
	[FACT_IDENTITY] = {
		.name = "libproc2",
		.use = "user names and command lines",
		.absent = "not asked: names and command lines are known on the live machine only",
		.forbidden = HIDDEN,
		.failed = "libproc2 or its thread could not be started, for lack of memory perhaps",
	},
	[FACT_KMSG] = {
		.name = "dev/kmsg",
		.use = "who was killed, why, and whether that was foretold (tab 4); kills are "
		       "only counted",
		.absent = "not there: needs kernel 3.5 or later; a container has it only if it is "
			  "given to it",
		.forbidden = "no permission: it needs CAP_SYSLOG where kernel.dmesg_restrict is 1, "
			     "and a container must be given the device; run as root",
	},
};

const char *fact_name(enum fact fact)
{
	return fact_rows[fact].name;
}

const char *fact_use(enum fact fact)
{
	return fact_rows[fact].use;
}

static const char *either(const char *own, const char *common)
{
	return own ? own : common;
}

void fact_reason(enum fact fact, enum fact_state state, struct text *text)
{
	const struct fact_row *row = &fact_rows[fact];

	switch (state) {
	case FACT_UNREAD:
	case FACT_PRESENT:
		break;
	case FACT_ABSENT:
		text_add(text, row->absent);
		break;
	case FACT_FORBIDDEN:
		text_add(text, either(row->forbidden, "no permission: run as root"));
		break;
	case FACT_EMPTY:
		text_add(text, "there, but empty");
		break;
	case FACT_MALFORMED:
		text_add(text,
			"not understood: it is cut, or in a form that oomwatch does not know");
		break;
	case FACT_TOO_LARGE:
		text_add(text, "larger than what oomwatch reads of one file");
		break;
	case FACT_DISABLED:
		text_add(text, either(row->disabled, "built into this kernel, but switched off"));
		break;
	case FACT_FAILED:
		text_add(text, either(row->failed, "there, but reading it failed"));
		break;
	}
}

enum fact_state fact_state_of(int error)
{
	switch (-error) {
	case 0:
		return FACT_PRESENT;
	case ENOENT:
	case ENOTDIR:
	case ESRCH: /* reading a file of a process that ended */
		return FACT_ABSENT;
	case EACCES:
	case EPERM:
		return FACT_FORBIDDEN;
	case ENODATA:
		return FACT_EMPTY;
	case EBADMSG:
	case ENAMETOOLONG:
		return FACT_MALFORMED;
	case EFBIG:
		return FACT_TOO_LARGE;
	case EOPNOTSUPP:
		return FACT_DISABLED;
	default:
		return FACT_FAILED;
	}
}
