/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A made-up machine on which earlyoom runs.
 */
#ifndef OOMWATCH_TESTS_EARLYOOM_STAGE_H
#define OOMWATCH_TESTS_EARLYOOM_STAGE_H

#include "killer_stage.h"

/* 8 GiB, 4 GiB available, 4 GiB of anonymous memory, no swap; earlyoom with its defaults. */
static inline void stage_init(struct stage *stage)
{
	stage_begin(stage);
	stage->crowd.now.mem.mem_available_kib = 4 * GIB;
	stage->crowd.now.mem.anon_kib = 4 * GIB;
	stage->killer = (struct killer){ .kind = KILLER_EARLYOOM,
		.pid = 900,
		.settings = SETTINGS_DAEMON,
		.earlyoom = { .mem_permyriad = { 1000, 500 },
			.swap_permyriad = { 1000, 500 },
			.mem_kib = { NO, NO },
			.swap_kib = { NO, NO },
			.matches_known = true,
			.version_known = true } };
}

static inline struct task *add(struct stage *stage, int32_t pid, const char *comm, int64_t mib)
{
	struct task *task = crowd_add(&stage->crowd, pid, comm, mib * 256, 0);

	task->ppid = 1;
	return task;
}

static inline void mark(struct stage *stage, uint8_t bits)
{
	stage->marks[stage->crowd.now.n_tasks - 1] = bits;
	stage->killer.marks = stage->marks;
}

static inline const struct killer_view *judge(struct stage *stage)
{
	return stage_judge(stage, killer_judge_earlyoom);
}

static inline int32_t victim_of(struct stage *stage)
{
	return crowd_pid(&stage->crowd, judge(stage)->victim);
}

#endif
