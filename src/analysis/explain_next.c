/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/explain_parts.h"

/* What helps whom has just read why; the nearest first. */
static const char *const next_steps[CAUSE_COUNT][EXPLAIN_NEXT_MAX] = {
	[CAUSE_UNKNOWN] = {
		"Find the whole report: from \"invoked oom-killer\" to \"Killed process\".",
	},
	[CAUSE_EXHAUSTED] = {
		"Which process grew? It need not be the one that was killed.",
		"Give the service that grows a limit of its own (MemoryMax=), so that the others live.",
		"Without swap, or with little, the kernel has nowhere to put memory that nobody uses.",
	},
	[CAUSE_FRAGMENTED] = {
		"Which driver or protocol asks for so many pages in one piece? See its call trace.",
		"For now, 1 in /proc/sys/vm/compact_memory moves what is in use together.",
		"A larger vm.min_free_kbytes leaves more large pieces.",
	},
	[CAUSE_MEMCG_LIMIT] = {
		"Is the limit right for what runs there? Or does something in it leak?",
		"Files in tmpfs and shared memory are charged to it too; no kill removes those.",
		"memory.events of the cgroup (v1: memory.failcnt) counts how often it met its limit.",
	},
	[CAUSE_LOW_ZONE] = {
		"Which driver needs low memory? On 32 bits the kernel itself lives in it: use 64 bits.",
		"vm.lowmem_reserve_ratio says what low zones keep for such requests: a smaller number, more.",
	},
	[CAUSE_CMA] = {
		"CmaTotal and CmaFree in /proc/meminfo: how much is set aside, and is it ever used?",
		"Is cma= (or the device tree's pool) larger than the devices need?",
	},
	[CAUSE_SLAB] = {
		"slabtop, or /proc/slabinfo: which cache grows?",
		"Killing processes does not give this back: look for a leak in the kernel or a module.",
	},
	[CAUSE_HUGETLB] = {
		"Is vm.nr_hugepages what the programs that use them need?",
		"HugePages_Free in /proc/meminfo is idle: a lower vm.nr_hugepages gives it back at once.",
	},
	[CAUSE_SHMEM] = {
		"df -t tmpfs, and ipcs -m: whose files and segments are these?",
		"No kill removes files in tmpfs: set its size= or remove them.",
	},
	[CAUSE_UNACCOUNTED] = {
		"Drivers, GPUs, network buffers and a virtual machine's balloon are listed nowhere.",
		"CONFIG_MEM_ALLOC_PROFILING (6.10) or page_owner tell who has it.",
	},
	[CAUSE_SYSRQ] = {
		"Who wrote f to /proc/sysrq-trigger, or pressed the keys? A userspace killer may, too.",
	},
};

/* Of a report whose zones are all there, and had memory again. */
static const char *const next_after_all[EXPLAIN_NEXT_MAX] = {
	"What was killed or freed just before? The zones are printed a moment after the choice.",
};

/* Of a request that was bound to some nodes: the machine may have memory elsewhere. */
static const char *const next_bound[EXPLAIN_NEXT_MAX] = {
	"Is it meant that this may use those nodes alone (numactl, a cpuset, NUMAMask=)?",
	"Which process grew there? It need not be the one that was killed.",
	"numastat -m shows what every node has.",
};

static bool is_bound(const struct oom_report *report)
{
	return report->constraint == REPORT_CONSTRAINT_MEMORY_POLICY ||
		report->constraint == REPORT_CONSTRAINT_CPUSET;
}

void explain_next(struct explained *explained)
{
	const char *const *steps = next_steps[explained->cause];

	if (explained->cause == CAUSE_EXHAUSTED && is_bound(explained->report))
		steps = next_bound;
	if (explained->cause == CAUSE_UNKNOWN && explained->report->n_zones > 0)
		steps = next_after_all;
	explained->n_next = 0;
	for (unsigned i = 0; i < EXPLAIN_NEXT_MAX && steps[i]; i++)
		explained->next[explained->n_next++] = steps[i];
}
