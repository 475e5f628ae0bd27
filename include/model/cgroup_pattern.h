/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Patterns of cgroups as oomd (Meta) has them in its rules: a comma list of paths relative to
 * the top of the hierarchy, with the wildcards of glob(7), which match within one component:
 * "user.slice/user-*.slice/session-*.scope,system.slice/cron*".  A blank belongs to a name.
 */
#ifndef OOMWATCH_MODEL_CGROUP_PATTERN_H
#define OOMWATCH_MODEL_CGROUP_PATTERN_H

#include <stdbool.h>

/**
 * Whether one of them matches a cgroup.
 *
 * @path  as /proc/PID/cgroup spells it: "/system.slice/cron.service"; "/" is matched by "/" alone
 * Costs at most the product of both lengths.
 */
bool cgroup_pattern_match(const char *patterns, const char *path);

/** Whether one of them is "/", the root: no memory cgroup, but the machine. */
bool cgroup_pattern_has_root(const char *patterns);

#endif
