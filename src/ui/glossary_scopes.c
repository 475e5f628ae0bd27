/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/panels.h"

/* clang-format off */
static const struct glossary_entry entries[] = {
	{ "scope", "whose OOM is foretold: machine is a shortage of the whole machine; a memory cgroup has one of its own when it hits its limit, and a node set when its memory is used up, however much the machine has free. s, 3 and --scope choose it" },
	{ "cgroup", "memory cgroup: a group of processes (a container, a systemd unit) whose memory is counted together, and limited" },
	{ "node set", "NUMA nodes that processes are confined to, by a cpuset (Mems_allowed) or a memory policy: they meet an OOM when those nodes have nothing left, and whoever may use one of them can be killed" },
	{ "as if", "ranks, BADNESS and NEXT are those of the scope: only processes in that cgroup, or that may use those nodes, are eligible. ADJ 1000 = 1.5G: what that ADJ is worth there" },
	{ "(memory policy)", "no cpuset has exactly these nodes, so an OOM there comes from a memory policy (mbind, numactl)" },
	{ "NUMA nodes", "the nodes whose memory the process may use, where that is not all (Mems_allowed)" },
	{ "more: 3 s !", "so many other scopes are in danger too: key 3 lists the cgroups, s all scopes, ! the userspace killers" },
	{ "whole cgroup", "memory.oom.group is 1: all processes of the cgroup are killed together" },
	{ "tasks wait", "oom_kill_disable (cgroup v1): nobody is killed at the limit, who needs memory stops until some is given back" },
	{ "throttled", "over memory.high: its processes are slowed down and made to reclaim; nobody is killed for that" },
	{ "bound by", "the cgroup on the way to the top that has the least room, so refuses memory first" },
	{ "group", "key g: a row for each container or pod, else systemd unit that is a service, else session or slice of a user, else cgroup; (none): kernel threads and the root cgroup. It shows sums (? if a part is not known) of what is shown, and of its first to die rank, SCORE, ADJ and BADNESS. What processes share is counted once for each of them" },
	{ "charged", "what a cgroup is charged for, cache and shared memory once: it can differ from the sum of its processes" },
	{ "KILLERS", "userspace killers that run, the nearest to its trigger first, and whom it would take then; ! has all of it" },
	{ "killer", "a program that kills before the kernel does, by rules of its own: systemd-oomd, earlyoom, oomd, nohang; the kubelet evicts pods" },
	{ "before the kernel", "of NEXT: that killer comes first, by what both were seen to do; in brackets is the one that the kernel would take, if it is another" },
	{ "acts in", "so much memory (or swap) may still be used up before the killer acts: both must be low for earlyoom" },
	{ "pressure", "share of time in which all tasks of a cgroup stalled for memory, of the limit at which a killer acts. held: so long above that limit, of so long" },
	{ "SIGTERM", "asks a process to end, which may take a while; earlyoom and nohang send SIGKILL later" },
	{ "evicts", "a pod is ended by the kubelet: which one follows from requests and priorities, which cannot be seen from here" },
	{ "takes", "whom a userspace killer would take now, and what that gives back" },
	{ "prediction", "what is foretold of a killer is exact (its settings are those it runs with), assumed (from files, or as built), a lower bound (a timer began before oomwatch did) or unknown" },
	{ "settings", "where the settings of a killer are from: its command line, files that may be newer than what it runs with, or what it is built with" },
	{ "KILLER, MEM", "of the kills tab: the kernel, or the program that says that it killed; what the kill gave back: private memory and page tables of all that died" },
	{ "kernel count", "of the kills tab: only the kernel's counter tells of it; named is who is gone, with ? where more are gone than were killed" },
	{ "kernel trace", "of the kills tab: the tracepoint oom/mark_victim tells of it, and no log" },
	{ "earlier boot", "of the kills tab: it was before this boot, and the journal has it" },
	{ "FORETOLD", "whether the last sample before the kill named that process for that scope: yes; no: who was named; unsure: who was, and it was said that it may be another one; - not watched (before oomwatch ran, or a scope that it did not know)" },
};
/* clang-format on */

const struct glossary_entry *glossary_scopes(unsigned *ret_count)
{
	*ret_count = ARRAY_SIZE(entries);
	return entries;
}
