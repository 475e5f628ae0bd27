/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A made-up machine on which systemd-oomd runs, sample by sample.
 */
#ifndef OOMWATCH_TESTS_SYSTEMD_OOMD_STAGE_H
#define OOMWATCH_TESTS_SYSTEMD_OOMD_STAGE_H

#include <stdio.h>
#include <string.h>

#include "analysis/killers_parts.h"
#include "crowd.h"
#include "unit.h"

#define NO VALUE_UNKNOWN
#define GIB (INT64_C(1) << 20)
#define MIB_BYTES (INT64_C(1) << 20)

/** Cgroups by their index; a, b and c are what is chosen from. */
enum {
	SYSTEM, /**< /system.slice */
	DAEMON, /**< /system.slice/d.service */
	USER,   /**< /user.slice, monitored */
	A,
	B,
	C,
	INSIDE, /**< /user.slice/c.service/x, below C */
	MEMCGS,
};

struct stage {
	struct crowd crowd;
	struct snapshot before;
	struct memcg before_memcgs[CROWD_MEMCGS_MAX];
	struct systemd_oomd_cgroup cgroups[CROWD_MEMCGS_MAX];
	struct killer killer;
	struct history history;
	struct risk machine;
	struct arena arena;
	struct killer_view *view;
};

/* 8 GiB of RAM and 4 of swap, half of each free; a process of a GiB in each cgroup that is a leaf;
 * /user.slice is watched for both. */
static inline void stage_init(struct stage *stage)
{
	static const char *const paths[MEMCGS] = { "/system.slice", "/system.slice/d.service",
		"/user.slice", "/user.slice/a.service", "/user.slice/b.service",
		"/user.slice/c.service", "/user.slice/c.service/x" };
	static const uint32_t parents[MEMCGS] = { NO_MEMCG, SYSTEM, NO_MEMCG, USER, USER, USER, C };
	static const uint32_t homes[] = { DAEMON, A, B, INSIDE };
	struct snapshot *now = &stage->crowd.now;

	memset(stage, 0, sizeof(*stage));
	crowd_init(&stage->crowd, "6.1.0");
	history_init(&stage->history);
	for (uint32_t i = 0; i < MEMCGS; i++) {
		struct memcg *memcg =
			&stage->crowd.memcgs[crowd_memcg(&stage->crowd, paths[i], parents[i])];

		memcg->usage_bytes = memcg->swap_bytes = 1024 * MIB_BYTES;
		memcg->oom_group = 0;
		stage->cgroups[i].preference_known = true;
	}
	for (uint32_t i = 0; i < ARRAY_SIZE(homes); i++) {
		struct task *task =
			crowd_add(&stage->crowd, 100 + (int32_t)i, "worker", CROWD_GIB, 0);

		task->memcg = homes[i];
		task->ppid = 1;
	}
	now->uptime_ms = 1000000;
	now->mem.mem_total_kib = 8 * GIB;
	now->mem.mem_available_kib = 4 * GIB;
	now->mem.swap_total_kib = 4 * GIB;
	now->mem.swap_free_kib = 2 * GIB;
	now->killers = &stage->killer;
	now->n_killers = 1;
	stage->killer = (struct killer){ .kind = KILLER_SYSTEMD_OOMD,
		.pid = 700,
		.settings = SETTINGS_FILES,
		.systemd_oomd = { .swap_used_permyriad = 9000,
			.cgroups = stage->cgroups,
			.users_known = true } };
	stage->cgroups[USER].swap_monitored = true;
	stage->cgroups[USER].pressure_monitored = true;
	stage->cgroups[USER].limit_permyriad = 6000;
	stage->cgroups[USER].duration_ms = 30000;
	stage->crowd.memcgs[USER].pressure.full.avg10_centi = 0;
	stage->machine = (struct risk){ .left = { .high_kib = 5 * GIB }, .forecast_s = NO };
}

static inline void stage_free(struct stage *stage)
{
	arena_free(&stage->arena);
	crowd_free(&stage->crowd);
}

static inline const struct killer_view *judge(struct stage *stage)
{
	const struct killers_inputs inputs = { .now = &stage->crowd.now,
		.before = stage->before.n_memcgs > 0 ? &stage->before : NULL,
		.machine = crowd_judge(&stage->crowd),
		.machine_risk = &stage->machine,
		.history = &stage->history };
	int error = 1;

	arena_reset(&stage->arena);
	stage->view = killers_judge(&inputs, &stage->arena, &error);
	expect_int("judged", error, 0);
	return stage->view;
}

/* The sample is over; the next one is a second later. */
static inline void pass(struct stage *stage)
{
	stage->before = stage->crowd.now;
	memcpy(stage->before_memcgs, stage->crowd.memcgs, sizeof(stage->before_memcgs));
	stage->before.memcgs = stage->before_memcgs;
	stage->crowd.now.uptime_ms += 1000;
}

static inline void set_pressure(struct stage *stage, int64_t centi)
{
	stage->crowd.memcgs[USER].pressure.full.avg10_centi = centi;
}

/** Memory and swap are at 10 % and a bit less. */
static inline void run_low(struct stage *stage)
{
	stage->crowd.now.mem.mem_available_kib = GIB / 2;
	stage->crowd.now.mem.swap_free_kib = GIB / 4;
}

#endif
