/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/preview.h"
#include "planned.h"
#include "unit.h"

/* Brute force: the least value above -1000 at which the process is first, 1001 if none. */
static int32_t least_first(struct planned *p, uint32_t task)
{
	const struct task kept = p->crowd.tasks[task];
	int32_t least = 1001;

	for (int32_t adj = 1000; adj > -1000; adj--) {
		p->crowd.tasks[task].oom_score_adj = adj;
		if (crowd_judge(&p->crowd)->first == task)
			least = adj;
	}
	p->crowd.tasks[task] = kept;
	return least;
}

static uint32_t random_below(uint64_t *state, uint32_t limit)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*state >> 33) % limit;
}

static void fill_randomly(struct planned *p, uint64_t *state)
{
	const uint32_t count = 2 + random_below(state, 6);

	p->crowd.now.total_swap_pages = random_below(state, 2) * CROWD_GIB;
	for (uint32_t i = 0; i < count; i++) {
		/* Equal sizes are frequent, so that ties are. */
		struct task *task = crowd_add(&p->crowd, (int32_t)(10 + 10 * i), "x",
			(1 + random_below(state, 5)) * 200000,
			(int32_t)random_below(state, 5) * 250 - 500);

		task->cap_effective = random_below(state, 3) ? 0 : CAP_BIT_SYS_ADMIN;
		task->vsize_pages = 1000000 + random_below(state, 3) * 500000 + i;
		if (i > 0 && random_below(state, 2))
			task->ppid = (int32_t)(10 + 10 * random_below(state, i));
		if (random_below(state, 6) == 0)
			task->oom_score_adj = -1000;
	}
}

static const char *never_words(int32_t least, char *buf, size_t size)
{
	if (least == -999)
		return "only -1000 spares it";
	if (least > 1000)
		return "at any value";
	if (least == 1)
		return "at or below 0, the others being as now";
	snprintf(buf, size, "at or below %+d, the others being as now", least - 1);
	return buf;
}

static void the_threshold_is_that_of_brute_force(void)
{
	static const char *const releases[] = { "2.6.32", "2.6.36", "2.6.39", "3.4.113", "3.10",
		"4.2", "4.4", "4.8", "4.18", "5.0", "5.15", "6.1", "7.2" };
	uint64_t state = 1;
	unsigned inner = 0;

	for (size_t i = 0; i < ARRAY_SIZE(releases) * 12; i++) {
		struct planned p;
		const char *want;
		char buf[64];
		uint32_t task;
		int32_t least;

		planned_init(&p, releases[i % ARRAY_SIZE(releases)]);
		fill_randomly(&p, &state);
		task = random_below(&state, p.crowd.now.n_tasks);
		least = least_first(&p, task);
		planned_target(&p, PLAN_ADJ, p.crowd.tasks[task].pid);
		p.plan.adj = (int32_t)random_below(&state, 2001) - 1000;
		planned_explain(&p);
		want = never_words(least, buf, sizeof(buf));
		/* Without the words that follow. */
		p.page.lines[3].text[strlen(want)] = '\0';
		expect_text("label", p.page.lines[3].label, "never first");
		expect_text(releases[i % ARRAY_SIZE(releases)], p.page.lines[3].text, want);
		inner += least > -999 && least <= 1000;
		planned_free(&p);
	}
	expect_true("real thresholds among them", inner > 50);
}

/* The planned value, judged as if it had been written. */
static void the_preview_is_what_is_judged_afterwards(void)
{
	static const char *const releases[] = { "2.6.36", "2.6.39", "3.10", "4.2", "4.4", "4.18",
		"5.0", "5.15", "6.1", "7.2" };
	uint64_t state = 7;

	for (size_t i = 0; i < ARRAY_SIZE(releases) * 20; i++) {
		struct planned p;
		char want[64];
		uint32_t task, before, after;

		planned_init(&p, releases[i % ARRAY_SIZE(releases)]);
		fill_randomly(&p, &state);
		task = random_below(&state, p.crowd.now.n_tasks);
		planned_target(&p, PLAN_ADJ, p.crowd.tasks[task].pid);
		p.plan.adj = (int32_t)random_below(&state, 2001) - 1000;
		planned_explain(&p);
		before = p.crowd.oom.first;
		p.crowd.tasks[task].oom_score_adj = p.plan.adj;
		after = crowd_judge(&p.crowd)->first;
		if (after == NO_TASK)
			snprintf(want, sizeof(want), "first then: nobody");
		else
			snprintf(want, sizeof(want), "first then: %sx %d",
				after == before ? "still " : "", p.crowd.tasks[after].pid);
		expect_text(releases[i % ARRAY_SIZE(releases)], strstr(p.page.brief, "first then"),
			want);
		planned_free(&p);
	}
}

static int make(const struct crowd *crowd, uint32_t task, int32_t adj, struct arena *arena,
	struct preview *preview)
{
	const struct preview_write write = {
		.now = &crowd->now, .oom = &crowd->oom, .task = task, .adj = adj
	};

	return preview_make(&write, arena, preview);
}

static void a_score_shown_before_says_nothing_of_after(void)
{
	struct crowd crowd;
	struct arena arena = { .block = NULL };
	struct preview preview;

	crowd_init(&crowd, "6.1");
	crowd_add(&crowd, 10, "big", 2 * CROWD_GIB, -1000)->has |= TASK_HAS_SCORE;
	crowd_judge(&crowd);
	expect_int("make", make(&crowd, 0, 0, &arena, &preview), 0);
	expect_int("a candidate", preview.oom.judged[0].exempt, EXEMPT_NONE);
	expect_int("of now unchanged", crowd.tasks[0].oom_score_adj, -1000);
	expect_true("of now unchanged", crowd.tasks[0].has & TASK_HAS_SCORE);
	arena_free(&arena);
	crowd_free(&crowd);
}

static void sharers_move_together_to_the_threshold(void)
{
	struct crowd crowd;
	struct arena arena = { .block = NULL };
	struct preview preview;
	struct preview_threshold threshold;
	struct task *twin;

	crowd_init(&crowd, "5.4");
	crowd_add(&crowd, 10, "big", CROWD_GIB, 0);
	twin = crowd_add(&crowd, 15, "twin", CROWD_GIB, 0);
	twin->mm_compared = 10;
	twin->mm_shared = true;
	crowd_add(&crowd, 20, "huge", 2 * CROWD_GIB, 0);
	crowd_judge(&crowd);
	expect_int("make", make(&crowd, 0, -1000, &arena, &preview), 0);
	expect_int("both", preview.n_moved, 2);
	expect_int("threshold", preview_threshold_of(&preview, &arena, &threshold), 0);
	/* 262144 pages are lacking, 2097 each. */
	expect_int("least", threshold.least, 126);
	expect_true("not alone", !threshold.alone);
	expect_true("itself", !threshold.child_instead);
	arena_free(&arena);
	crowd_free(&crowd);
}

static void a_child_is_first_between_two_values(void)
{
	struct crowd crowd;
	struct arena arena = { .block = NULL };
	struct preview preview;
	struct preview_threshold threshold;

	/* "old" is chosen and its child 20 dies for it, or 30 when that scores more; from some
	 * value on 30 is chosen itself, and its own child 40 dies. */
	crowd_init(&crowd, "4.18");
	crowd_add(&crowd, 10, "old", 2 * CROWD_GIB, 0);
	crowd_add(&crowd, 20, "son", CROWD_GIB, 0)->ppid = 10;
	crowd_add(&crowd, 30, "kid", 1, 0)->ppid = 10;
	crowd_add(&crowd, 40, "baby", 1, 0)->ppid = 30;
	crowd_judge(&crowd);
	expect_int("now", crowd_pid(&crowd, crowd.oom.first), 20);
	expect_int("make", make(&crowd, 2, 500, &arena, &preview), 0);
	expect_int("at 500", crowd_pid(&crowd, preview.oom.first), 40);
	expect_int("threshold", preview_threshold_of(&preview, &arena, &threshold), 0);
	/* 262143 pages and one more, as son is the older. */
	expect_int("least", threshold.least, 126);
	expect_true("itself at first", !threshold.child_instead);
	arena_free(&arena);
	crowd_free(&crowd);
}

extern CU_TestInfo preview_tests[];
CU_TestInfo preview_tests[] = {
	{ "the threshold is that of brute force", the_threshold_is_that_of_brute_force },
	{ "the preview is what is judged afterwards", the_preview_is_what_is_judged_afterwards },
	{ "a score shown before says nothing of after",
		a_score_shown_before_says_nothing_of_after },
	{ "sharers move together to the threshold", sharers_move_together_to_the_threshold },
	{ "a child is first between two values", a_child_is_first_between_two_values },
	CU_TEST_INFO_NULL,
};
