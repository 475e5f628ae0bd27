/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The rules of oomd (Meta): JSON with comments, read with jansson (docs/configuration.md and
 * docs/core_plugins.md of oomd 0.5).
 */
#ifndef OOMWATCH_COLLECT_OOMD_RULES_H
#define OOMWATCH_COLLECT_OOMD_RULES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "model/killer.h"

/** More than anybody has; what is beyond is refused as a whole. */
#define OOMD_RULES_BYTES_MAX (UINT32_C(1024) * 1024)
#define OOMD_RULESETS_MAX 64
#define OOMD_MEMBERS_MAX 32   /**< groups or actions of a ruleset, detectors of a group */
#define OOMD_STEPS_MAX 512    /**< detectors and actions in all */
#define OOMD_NAME_MAX 255     /**< bytes of a name, */
#define OOMD_CGROUPS_MAX 4095 /**< and of a list of patterns */

/**
 * Read rules into rulesets, n_rulesets and prekill_hooks; everything is copied into the arena.
 *
 * Plugins that are not known here are kept by their names; their arguments are not looked at, nor
 * are those of others that change nothing here.
 *
 * @text  comments in it become blanks
 * @file  for messages: its name
 * @why   appended to on -EBADMSG and -E2BIG: file, line, and what was expected; clean
 * Returns 0, -EBADMSG for what oomd would refuse (or jansson, which knows no trailing commas),
 * -E2BIG beyond the limits above, or -ENOMEM; *ret is unchanged then.
 */
int oomd_rules_read(char *text, size_t len, const char *file, struct arena *arena,
	struct oomd_settings *ret, struct text *why);

#endif
