/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A made-up machine on which a userspace killer runs that is judged by its processes alone.
 */
#ifndef OOMWATCH_TESTS_KILLER_STAGE_H
#define OOMWATCH_TESTS_KILLER_STAGE_H

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

static inline void stage_begin(struct stage *stage)
{
	memset(stage, 0, sizeof(*stage));
	crowd_init(&stage->crowd, "6.1.0");
	history_init(&stage->history);
}

static inline const struct killer_view *stage_judge(struct stage *stage,
	void (*part)(const struct killer_judging *judging, struct killer_view *view))
{
	const struct killers_inputs inputs = { .now = &stage->crowd.now,
		.machine = crowd_judge(&stage->crowd),
		.history = &stage->history };
	const struct killer_judging judging = {
		.in = &inputs, .killer = &stage->killer, .arena = &stage->crowd.arena
	};

	stage->view = (struct killer_view){ .room_kib = NO,
		.room_percent = NO,
		.pressure_centi = NO,
		.limit_centi = NO,
		.held_ms = NO,
		.duration_ms = NO,
		.least_s = NO,
		.victim = NO_TASK,
		.victim_memcg = NO_MEMCG,
		.gives_back_kib = NO };
	part(&judging, &stage->view);
	crowd_free(&stage->crowd);
	stage->crowd.arena = (struct arena){ .used = 0 };
	return &stage->view;
}

#endif
