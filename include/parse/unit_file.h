/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The settings of a systemd unit file (or of system.conf, oomd.conf) that oomwatch needs;
 * systemd.syntax(7).
 */
#ifndef OOMWATCH_PARSE_UNIT_FILE_H
#define OOMWATCH_PARSE_UNIT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/surroundings.h"

/** ManagedOOMSwap=, ManagedOOMMemoryPressure=. */
enum managed_oom {
	MANAGED_OOM_UNSET,
	MANAGED_OOM_AUTO,
	MANAGED_OOM_KILL,
};

/** ManagedOOMPreference=. */
enum managed_preference {
	MANAGED_PREFERENCE_UNSET,
	MANAGED_PREFERENCE_NONE,
	MANAGED_PREFERENCE_AVOID,
	MANAGED_PREFERENCE_OMIT,
};

/** What systemd-oomd is to do with a unit; of [Service], [Scope] and [Slice]. */
struct managed {
	enum managed_oom swap, pressure;
	enum managed_preference preference;
	int64_t limit_permyriad; /**< 0: the default */
	int64_t duration_ms;     /**< 0: the default */
	bool rules;              /**< OOMRules= names some (v261) */
};

/** [OOM] of oomd.conf; also as v247 spelt it. */
struct oomd_conf {
	bool has_swap_used;
	int64_t swap_used_permyriad; /**< SwapUsedLimit; valid with has_swap_used */
	bool has_limit;
	int64_t limit_permyriad; /**< DefaultMemoryPressureLimit; valid with has_limit */
	int64_t duration_ms;     /**< DefaultMemoryPressureDurationSec; 0: the default */
	bool old_spelling;       /**< SwapUsedLimitPercent: of v247 */
};

/** What a file says; RESTART_UNKNOWN and OOM_POLICY_UNKNOWN where it says nothing. */
struct unit_file {
	enum restart_rule restart;  /**< Restart= in [Service] */
	enum oom_policy oom_policy; /**< OOMPolicy= in [Service] or [Scope], DefaultOOMPolicy= in
	                                 [Manager] */
	bool delegate; /**< Delegate= in [Service] or [Scope] is on: its OOM policy is then continue
	                    where it sets none, whatever DefaultOOMPolicy says */
	struct managed managed;
	struct oomd_conf oomd;
};

/**
 * Lay the settings of one more file over what files before it said (drop-ins are read
 * after the unit).  The last assignment of a name counts; values that systemd would not
 * understand are passed over, as it does, and so is an empty Restart= or OOMPolicy= (an
 * empty Delegate= means yes).
 */
void parse_unit_file(const char *text, size_t len, struct unit_file *unit);

#endif
