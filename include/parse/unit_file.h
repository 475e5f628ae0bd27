/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The settings of a systemd unit file (or of system.conf) that oomwatch needs;
 * systemd.syntax(7).
 */
#ifndef OOMWATCH_PARSE_UNIT_FILE_H
#define OOMWATCH_PARSE_UNIT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/surroundings.h"

/** What a file says; RESTART_UNKNOWN and OOM_POLICY_UNKNOWN where it says nothing. */
struct unit_file {
	enum restart_rule restart;  /**< Restart= in [Service] */
	enum oom_policy oom_policy; /**< OOMPolicy= in [Service] or [Scope], DefaultOOMPolicy= in
	                                 [Manager] */
	bool delegate; /**< Delegate= in [Service] or [Scope] is on: its OOM policy is then continue
	                    where it sets none, whatever DefaultOOMPolicy says */
};

/**
 * Lay the settings of one more file over what files before it said (drop-ins are read
 * after the unit).  The last assignment of a name counts; values that systemd would not
 * understand are passed over, as it does, and so is an empty Restart= or OOMPolicy= (an
 * empty Delegate= means yes).
 */
void parse_unit_file(const char *text, size_t len, struct unit_file *unit);

#endif
