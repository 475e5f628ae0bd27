/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The plugins of oomd's (Meta's) rules, and what they take.  A part of collect/oomd_rules.
 */
#ifndef OOMWATCH_COLLECT_OOMD_ARGS_H
#define OOMWATCH_COLLECT_OOMD_ARGS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/killer.h"

/** One argument of some plugins. */
struct oomd_arg {
	const char *name;
	unsigned plugins;  /**< mask of 1 << enum oomd_plugin */
	unsigned required; /**< the same: those that cannot do without */
	/** 0, or -errno: then the value is none that is expected. */
	int (*take)(const char *value, struct oomd_step *step);
	const char *expected; /**< "a whole number" */
};

/** All of them but cgroup, in the order in which they are to be looked at; a NULL name ends them. */
extern const struct oomd_arg oomd_args[];

/** The plugin of a name, OOMD_UNKNOWN for others. */
enum oomd_plugin oomd_plugin_of(const char *name);

/** A step of a plugin before its arguments: the defaults. */
struct oomd_step oomd_step_of(enum oomd_plugin plugin);

#endif
