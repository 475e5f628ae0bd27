/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A plan on a made-up machine, put in words.
 */
#ifndef OOMWATCH_TESTS_PLANNED_H
#define OOMWATCH_TESTS_PLANNED_H

#include "analysis/plan.h"
#include "crowd.h"

struct planned {
	struct crowd crowd;
	struct plan plan;
	struct plan_setting setting;
	struct surroundings around, around_second;
	struct sysrq_access sysrq;
	struct arena scratch;
	struct plan_page page; /**< of the last planned_explain() */
	bool in_memcg;         /**< the scope on the screen is that cgroup, not the machine */
	uint32_t memcg;
};

/** Nobody there, root, live; sysrq-trigger can be written; surroundings are not known. */
void planned_init(struct planned *planned, const char *release);
void planned_free(struct planned *planned);

/** Make the target of a plan of the process with this pid. */
void planned_target(struct planned *planned, enum plan_kind kind, int32_t pid);

/** The process of this pid is in a service, about which all was read. */
void planned_unit(struct planned *planned, struct surroundings *around, int32_t pid,
	const char *unit, enum restart_rule rule);

/** Judge the crowd and explain the plan, which must succeed; checks that the page is clean. */
void planned_explain(struct planned *planned);

/** Text of the first line with this label, "" if there is none. */
const char *planned_line(const struct planned *planned, const char *label);

/** Whether that line is marked as bad. */
bool planned_bad(const struct planned *planned, const char *label);

#endif
