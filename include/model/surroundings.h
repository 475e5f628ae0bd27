/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What becomes of a process's surroundings when it ends: read only when somebody is about
 * to act on it.
 */
#ifndef OOMWATCH_MODEL_SURROUNDINGS_H
#define OOMWATCH_MODEL_SURROUNDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/value.h"

/** Restart= of the systemd unit, systemd.service(5). */
enum restart_rule {
	RESTART_UNKNOWN, /**< a unit, but its file was not found or not understood */
	RESTART_NO_UNIT, /**< in no service: nothing of systemd's restarts it */
	RESTART_NO,
	RESTART_ALWAYS,
	RESTART_ON_SUCCESS,
	RESTART_ON_FAILURE,
	RESTART_ON_ABNORMAL,
	RESTART_ON_WATCHDOG,
	RESTART_ON_ABORT,
};

/** As a unit file spells it ("on-failure"); "?" where there is no rule. */
const char *restart_rule_name(enum restart_rule rule);

/** OOMPolicy= of the systemd unit: what happens after the kernel's killer took one of it. */
enum oom_policy {
	OOM_POLICY_UNKNOWN,
	OOM_POLICY_CONTINUE, /**< nothing more */
	OOM_POLICY_STOP,     /**< systemd stops the whole unit */
	OOM_POLICY_KILL,     /**< memory.oom.group: the kernel kills the whole cgroup */
};

#define SURROUNDINGS_UNIT_MAX 128
#define SURROUNDINGS_PATH_MAX 512

struct surroundings {
	bool asked; /**< false: nothing below has been read (yet) */
	int32_t pid;
	uint64_t start_ticks; /**< of whom this is */
	int64_t namespace_pid; /**< its pid in its innermost PID namespace, NSpid of status since 4.1;
	                            VALUE_UNKNOWN if not readable */
	bool namespaced;       /**< that is not the namespace that /proc shows */
	char unit[SURROUNDINGS_UNIT_MAX]; /**< service unit; foreign text, "" none */
	bool user_unit; /**< of a user's own systemd, whose unit files are not looked for */
	enum restart_rule restart;
	enum oom_policy oom_policy; /**< as set; DefaultOOMPolicy where the unit sets none */
	bool group_known; /**< memory.oom.group could be read (cgroup v2), or cannot be there */
	char group[SURROUNDINGS_PATH_MAX]; /**< highest cgroup above it with memory.oom.group 1, as
	                                        /proc/PID/cgroup spells it; foreign text, "" none */
};

/** Whether the kernel can be asked to kill: access to /proc/sysrq-trigger. */
struct sysrq_access {
	bool asked;
	int error; /**< 0: it can be written; else what opening it for writing would fail with,
	                -ENOENT, -EACCES, -EROFS, … */
};

#endif
