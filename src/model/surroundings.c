/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/surroundings.h"

const char *restart_rule_name(enum restart_rule rule)
{
	static const char *const names[] = {
		[RESTART_UNKNOWN] = "?",
		[RESTART_NO_UNIT] = "?",
		[RESTART_NO] = "no",
		[RESTART_ALWAYS] = "always",
		[RESTART_ON_SUCCESS] = "on-success",
		[RESTART_ON_FAILURE] = "on-failure",
		[RESTART_ON_ABNORMAL] = "on-abnormal",
		[RESTART_ON_WATCHDOG] = "on-watchdog",
		[RESTART_ON_ABORT] = "on-abort",
	};

	return names[rule];
}
