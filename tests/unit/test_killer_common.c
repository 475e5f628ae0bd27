/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/killers_parts.h"
#include "crowd.h"
#include "unit.h"

#define NO VALUE_UNKNOWN
#define PATH "/user.slice"

static void least_time_is_that_of_a_full_stall(void)
{
	static const struct {
		const char *label;
		int64_t avg10, limit, held_ms, duration_ms, want;
	} cases[] = {
		/* 10 s * ln(100/40) = 9.16 s */
		{ "from nothing to 60 %", 0, 6000, 0, 30000, 39 },
		{ "without duration", 0, 6000, 0, 0, 9 },
		/* 10 s * ln(100/50) = 6.93 s */
		{ "50 %", 0, 5000, 0, 20000, 26 },
		/* 10 s * ln(60/40) = 4.05 s */
		{ "from 40 to 60 %", 4000, 6000, 0, 30000, 34 },
		{ "at the limit", 6000, 6000, 0, 30000, 30 },
		{ "above it", 6001, 6000, 0, 30000, 30 },
		{ "above it for some time", 6001, 6000, 29999, 30000, 0 },
		{ "for all of it", 9000, 6000, 30000, 30000, 0 },
		{ "for longer", 9000, 6000, 90000, 30000, 0 },
		/* 10 s * ln(10000) = 92.1 s */
		{ "nearly all", 0, 9999, 0, 0, 92 },
		{ "all is never passed", 5000, 10000, 0, 30000, NO },
		{ "more than all", 5000, 10001, 0, 30000, NO },
		{ "absurd pressure", 20000, 6000, 0, 1000, 1 },
		{ "limit 0", 0, 0, 0, 1000, 1 },
		{ "unknown pressure", NO, 6000, 0, 30000, NO },
		{ "unknown limit", 0, NO, 0, 30000, NO },
		{ "unknown time", 0, 6000, NO, 30000, NO },
		{ "unknown duration", 0, 6000, 0, NO, NO },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int(cases[i].label,
			killer_least_s(cases[i].avg10, cases[i].limit, cases[i].held_ms,
				cases[i].duration_ms),
			cases[i].want);
}

struct clock {
	struct crowd crowd;
	struct killer killer;
	struct history history;
	bool sure;
};

static void clock_init(struct clock *clock)
{
	memset(clock, 0, sizeof(*clock));
	crowd_init(&clock->crowd, "6.1.0");
	history_init(&clock->history);
	clock->killer = (struct killer){ .kind = KILLER_OOMD, .pid = 7 };
}

static int64_t held_at(struct clock *clock, int64_t now_ms, const char *path, bool above)
{
	const struct killers_inputs inputs = { .now = &clock->crowd.now,
		.history = &clock->history };
	const struct killer_judging judging = { .in = &inputs, .killer = &clock->killer };

	clock->crowd.now.uptime_ms = now_ms;
	clock->sure = false;
	return killer_held_ms(&judging, path, above, &clock->sure);
}

static void a_timer_runs_while_it_is_above(void)
{
	static const struct {
		const char *label;
		int64_t now_ms;
		bool above;
		int64_t want_ms;
		bool want_sure;
	} samples[] = {
		{ "below", 1000, false, 0, false },
		{ "begins", 2000, true, 0, true },
		{ "the same instant again", 2000, true, 0, true },
		{ "goes on", 5500, true, 3500, true },
		{ "ends", 6500, false, 0, false },
		{ "begins anew", 7500, true, 0, true },
		{ "goes on again", 8500, true, 1000, true },
		{ "time goes back: another recording", 3000, true, 0, false },
	};
	struct clock clock;

	clock_init(&clock);
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		expect_int(samples[i].label,
			held_at(&clock, samples[i].now_ms, PATH, samples[i].above),
			samples[i].want_ms);
		expect_int(samples[i].label, clock.sure, samples[i].want_sure);
	}
	crowd_free(&clock.crowd);
}

static void a_timer_first_seen_above_is_a_lower_bound(void)
{
	struct clock clock;

	clock_init(&clock);
	expect_int("first", held_at(&clock, 1000, PATH, true), 0);
	expect_int("not sure", clock.sure, false);
	expect_int("later", held_at(&clock, 4000, PATH, true), 3000);
	expect_int("still not", clock.sure, false);
	(void)held_at(&clock, 5000, PATH, false);
	(void)held_at(&clock, 6000, PATH, true);
	expect_int("seen to begin", clock.sure, true);
	crowd_free(&clock.crowd);
}

static void each_cgroup_of_each_killer_has_its_own_timer(void)
{
	struct clock clock;

	clock_init(&clock);
	(void)held_at(&clock, 1000, PATH, true);
	(void)held_at(&clock, 1000, "/other", false);
	expect_int("one", held_at(&clock, 3000, PATH, true), 2000);
	expect_int("other", held_at(&clock, 3000, "/other", true), 0);
	clock.killer.start_ticks++;
	expect_int("restarted killer", held_at(&clock, 4000, PATH, true), 0);
	crowd_free(&clock.crowd);
}

static void without_a_place_or_a_time_nothing_is_held(void)
{
	struct clock clock;
	char path[16];

	clock_init(&clock);
	for (int i = 0; i < WATCHES_MAX; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		(void)held_at(&clock, 1000, path, true);
	}
	expect_int("one too many", held_at(&clock, 1000, "/more", true), 0);
	expect_int("not sure", clock.sure, false);
	expect_int("the others stay", held_at(&clock, 2000, "/0", true), 1000);
	expect_int("no time", held_at(&clock, NO, "/0", true), 0);
	crowd_free(&clock.crowd);
}

static void a_cgroup_is_taken_with_all_below_it(void)
{
	struct killer_view view = { .victim_memcg = NO_MEMCG };
	struct crowd crowd;

	crowd_init(&crowd, "6.1.0");
	crowd_memcg(&crowd, "/a", NO_MEMCG);
	crowd_memcg(&crowd, "/a/b", 0);
	crowd_memcg(&crowd, "/c", NO_MEMCG);
	crowd_add(&crowd, 10, "above", 256, 0)->memcg = 0;
	crowd_add(&crowd, 11, "below", 512, 0)->memcg = 1;
	crowd_add(&crowd, 12, "beside", 1024, 0)->memcg = 2;
	crowd_add(&crowd, 13, "nowhere", 1024, 0)->memcg = NO_MEMCG;
	crowd_add(&crowd, 14, "kernel", 0, 0)->memcg = 0;
	crowd.tasks[4].flags = TASK_FLAG_KTHREAD;
	killer_take_memcg(&crowd.now, 0, &view);
	expect_int("cgroup", view.victim_memcg, 0);
	expect_int("processes", view.n_victims, 2);
	expect_int("memory", view.gives_back_kib,
		victim_gives_back_kib(&crowd.now, &crowd.tasks[0]) +
			victim_gives_back_kib(&crowd.now, &crowd.tasks[1]));
	crowd.tasks[1].rss_anon_pages = NO;
	crowd.tasks[1].rss_stat_pages = NO;
	crowd.tasks[1].pgtables_bytes = NO;
	killer_take_memcg(&crowd.now, 0, &view);
	expect_int("one is not known", view.gives_back_kib, NO);
	crowd_free(&crowd);
}

static void a_score_is_the_kernels(void)
{
	const struct oom *oom;
	struct crowd crowd;

	crowd_init(&crowd, "6.1.0");
	crowd_add(&crowd, 10, "half", CROWD_GIB * 4, 0);
	crowd_add(&crowd, 11, "exempt", CROWD_GIB, -1000);
	crowd_add(&crowd, 12, "unknown", CROWD_GIB, 0)->has &= ~(uint32_t)TASK_HAS_ADJ;
	oom = crowd_judge(&crowd);
	/* (1000 + 500) * 2/3 */
	expect_int("half of it", killer_score(&crowd.now, oom, 0), 1000);
	expect_int("never taken", killer_score(&crowd.now, oom, 1), 0);
	expect_int("not read", killer_score(&crowd.now, oom, 2), NO);
	expect_int("nobody", killer_score(&crowd.now, oom, 3), NO);
	crowd_free(&crowd);
}

extern CU_TestInfo killer_common_tests[];
CU_TestInfo killer_common_tests[] = {
	{ "least time is that of a full stall", least_time_is_that_of_a_full_stall },
	{ "a timer runs while it is above", a_timer_runs_while_it_is_above },
	{ "a timer first seen above is a lower bound", a_timer_first_seen_above_is_a_lower_bound },
	{ "each cgroup of each killer has its own timer",
		each_cgroup_of_each_killer_has_its_own_timer },
	{ "without a place or a time nothing is held", without_a_place_or_a_time_nothing_is_held },
	{ "a cgroup is taken with all below it", a_cgroup_is_taken_with_all_below_it },
	{ "a score is the kernel's", a_score_is_the_kernels },
	CU_TEST_INFO_NULL,
};
