/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The parts of analysis/killer_systemd_oomd: which cgroup it would take.
 */
#ifndef OOMWATCH_ANALYSIS_SYSTEMD_OOMD_PARTS_H
#define OOMWATCH_ANALYSIS_SYSTEMD_OOMD_PARTS_H

#include "analysis/killers_parts.h"

/** The settings of a cgroup, of the whole hierarchy for NO_MEMCG; NULL: not known. */
const struct systemd_oomd_cgroup *systemd_oomd_settings_of(
	const struct killer *killer, uint32_t memcg);

/** Which rule takes one. */
enum systemd_oomd_rule {
	RULE_SWAP,     /**< of all that are monitored for swap; monitored is NO_MEMCG */
	RULE_PRESSURE, /**< of one that is monitored for pressure */
};

/**
 * Choose, and fill victim_memcg, n_victims, gives_back_kib, tie and reason, or nobody_why; and
 * lower the worth where something is not known.
 *
 * @monitored  of RULE_PRESSURE: the one that fires; NO_MEMCG the whole hierarchy
 * Without memory nobody is chosen.
 */
void systemd_oomd_choose(const struct killer_judging *judging, enum systemd_oomd_rule rule,
	uint32_t monitored, struct killer_view *view);

#endif
