/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A made-up machine on which earlyoom runs.
 */
#ifndef OOMWATCH_TESTS_EARLYOOM_STAGE_H
#define OOMWATCH_TESTS_EARLYOOM_STAGE_H

#include <string.h>

#include "analysis/killers_parts.h"
#include "crowd.h"
#include "unit.h"

#define NO VALUE_UNKNOWN
#define MIB INT64_C(1024)
#define GIB (1024 * MIB)

struct stage {
	struct crowd crowd;
	struct killer killer;
	uint8_t marks[CROWD_MAX];
	struct history history;
	struct killer_view view;
};

/* 8 GiB, 4 GiB available, 4 GiB of anonymous memory, no swap; earlyoom with its defaults. */
static inline void stage_init(struct stage *stage)
{
	memset(stage, 0, sizeof(*stage));
	crowd_init(&stage->crowd, "6.1.0");
	history_init(&stage->history);
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
	const struct killers_inputs inputs = { .now = &stage->crowd.now,
		.machine = crowd_judge(&stage->crowd),
		.history = &stage->history };
	const struct killer_judging judging = {
		.in = &inputs, .killer = &stage->killer, .arena = &stage->crowd.arena
	};

	stage->view = (struct killer_view){ .room_kib = NO,
		.room_percent = NO,
		.least_s = NO,
		.victim = NO_TASK,
		.victim_memcg = NO_MEMCG,
		.gives_back_kib = NO };
	killer_judge_earlyoom(&judging, &stage->view);
	crowd_free(&stage->crowd);
	stage->crowd.arena = (struct arena){ .used = 0 };
	return &stage->view;
}

static inline int32_t victim_of(struct stage *stage)
{
	return crowd_pid(&stage->crowd, judge(stage)->victim);
}

#endif
