/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "analysis/kept.h"
#include "unit.h"

#define TASKS 200
#define MEMCGS 100

static const struct identity nobody = { .user = "root" };

/* Processes that nothing is known of, in no order; all cgroups below the first. */
struct stage {
	struct snapshot now;
	struct task tasks[TASKS];
	struct memcg memcgs[MEMCGS];
	uint32_t order[TASKS];
	struct memcg_view views[MEMCGS];
	struct killer killers[1];
	struct killer_view killer_views[1];
	struct summary summary;
	struct kept kept;
};

static struct risk blank_risk(void)
{
	return (struct risk){ .where = SCOPE_OF_SYSTEM, .victim = NO_TASK, .filling = NO_TASK };
}

static struct stage *stage_new(void)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	if (!stage)
		abort();
	stage->now = (struct snapshot){ .tasks = stage->tasks, .n_tasks = TASKS };
	for (int i = 0; i < TASKS; i++)
		stage->tasks[i] = (struct task){ .pid = i + 1,
			.rss_stat_pages = VALUE_UNKNOWN,
			.swap_pages = VALUE_UNKNOWN,
			.memcg = NO_MEMCG,
			.who = &nobody };
	for (uint32_t i = 0; i < MEMCGS; i++) {
		stage->memcgs[i] = (struct memcg){ .path = "/",
			.parent = i == 0 ? NO_MEMCG : 0,
			.max_bytes = MEMCG_UNLIMITED,
			.memsw_max_bytes = VALUE_UNKNOWN };
		stage->views[i].forecast_s = VALUE_UNKNOWN;
		stage->views[i].at_least = true;
	}
	stage->summary = (struct summary){ .n_risks = 1, .risks = { blank_risk() } };
	stage->summary.oom = (struct oom){ .scope = SCOPE_OF_SYSTEM,
		.first = NO_TASK,
		.victim = NO_TASK,
		.chosen = NO_TASK,
		.group = NO_MEMCG,
		.victim_at_forecast = NO_TASK,
		.overtaker = NO_TASK,
		.order = stage->order };
	stage->killer_views[0] = (struct killer_view){
		.victim = NO_TASK, .victim_memcg = NO_MEMCG, .watched = NO_MEMCG
	};
	return stage;
}

static void with_memcgs(struct stage *stage)
{
	stage->now.memcgs = stage->memcgs;
	stage->now.n_memcgs = MEMCGS;
	stage->summary.memcgs = stage->views;
}

static void choose(struct stage *stage)
{
	kept_choose(&stage->now, &stage->summary, &stage->kept);
	for (uint32_t i = 1; i < stage->kept.n_tasks; i++)
		expect_true("ascending", stage->kept.tasks[i - 1] < stage->kept.tasks[i]);
	for (uint32_t i = 1; i < stage->kept.n_memcgs; i++)
		expect_true("ascending", stage->kept.memcgs[i - 1] < stage->kept.memcgs[i]);
}

static bool has_task(const struct stage *stage, uint32_t task)
{
	for (uint32_t i = 0; i < stage->kept.n_tasks; i++)
		if (stage->kept.tasks[i] == task)
			return true;
	return false;
}

static bool has_memcg(const struct stage *stage, uint32_t memcg)
{
	for (uint32_t i = 0; i < stage->kept.n_memcgs; i++)
		if (stage->kept.memcgs[i] == memcg)
			return true;
	return false;
}

static void all_that_is_named_is_kept(void)
{
	struct stage *stage = stage_new();
	struct summary *summary = &stage->summary;

	choose(stage);
	expect_int("of nothing nothing", stage->kept.n_tasks, 0);
	summary->oom.victim = summary->oom.chosen = 150;
	summary->oom.first = 140;
	summary->oom.victim_at_forecast = 130;
	summary->oom.overtaker = 120;
	summary->n_risks = 2;
	summary->risks[0].victim = 110;
	summary->risks[1] = blank_risk();
	summary->risks[1].filling = 100;
	summary->risks[2] = blank_risk();
	summary->risks[2].victim = 5;
	stage->now.killers = stage->killers;
	stage->now.n_killers = 1;
	stage->killer_views[0].victim = 90;
	summary->killers = stage->killer_views;
	summary->nodesets.n_sets = 1;
	summary->nodesets.sets[0].risk.victim = 80;
	choose(stage);
	expect_int("each once", stage->kept.n_tasks, 8);
	for (uint32_t i = 80; i <= 150; i += 10)
		expect_true("named", has_task(stage, i));
	summary->killers = NULL;
	summary->oom.overtaker = TASKS;
	choose(stage);
	expect_int("not judged, and out of range", stage->kept.n_tasks, 6);
	free(stage);
}

static void the_order_growth_and_size_share_the_room(void)
{
	struct stage *stage = stage_new();

	/* The order goes from the front; the last ones grow, those before them are large. */
	stage->summary.oom.n_order = 180;
	for (uint32_t i = 0; i < 180; i++)
		stage->order[i] = i;
	for (int i = 0; i < 10; i++) {
		struct task *grows = &stage->tasks[199 - i], *large = &stage->tasks[189 - i];

		grows->has |= TASK_HAS_GROWTH;
		grows->growth_bytes_per_s[GROWTH_10S] = i % 2 ? VALUE_UNKNOWN : 1000 - i;
		grows->growth_bytes_per_s[GROWTH_1MIN] = i % 2 ? 1000 - i : VALUE_UNKNOWN;
		large->rss_stat_pages = i % 2 ? VALUE_UNKNOWN : 1000 - i;
		large->swap_pages = i % 2 ? 1000 - i : VALUE_UNKNOWN;
	}
	stage->tasks[100].growth_bytes_per_s[GROWTH_10S] = 5000; /* left from before */
	stage->tasks[101].has |= TASK_HAS_GROWTH;
	stage->tasks[101].growth_bytes_per_s[GROWTH_10S] = -5000;
	choose(stage);
	expect_int("full", stage->kept.n_tasks, KEPT_TASKS);
	expect_true("8 fastest", has_task(stage, 199) && has_task(stage, 192));
	expect_true("not the 9th", !has_task(stage, 191));
	expect_true("8 largest", has_task(stage, 189) && has_task(stage, 182));
	expect_true("not the 9th", !has_task(stage, 181));
	expect_true("34 of the order", has_task(stage, 33) && !has_task(stage, 34));
	expect_true("not what is not known to grow", !has_task(stage, 100));
	expect_true("nor what shrinks", !has_task(stage, 101));
	free(stage);
}

static void of_equals_the_first_are_kept(void)
{
	struct stage *stage = stage_new();

	for (int i = 40; i < 41 + KEPT_GREATEST; i++)
		stage->tasks[i].rss_stat_pages = 7;
	stage->tasks[100].swap_pages = 8;
	choose(stage);
	expect_int("as many as there is room for", stage->kept.n_tasks, KEPT_GREATEST);
	expect_int("the first", stage->kept.tasks[0], 40);
	expect_int("to the last but one", stage->kept.tasks[KEPT_GREATEST - 2], 46);
	expect_int("and who has more", stage->kept.tasks[KEPT_GREATEST - 1], 100);
	free(stage);
}

static void what_comes_and_goes_is_not_kept(void)
{
	struct stage *stage = stage_new();

	stage->now.clk_tck = 100;
	stage->now.uptime_ms = 60000;
	stage->now.total_ram_pages = 1024 * 1000;
	stage->summary.oom.n_order = 30;
	for (uint32_t i = 0; i < 30; i++) {
		stage->order[i] = i;
		stage->tasks[i].start_ticks = 5600; /* 4 s ago */
	}
	for (uint32_t i = 20; i < 20 + KEPT_GREATEST; i++)
		stage->tasks[i].rss_stat_pages = 100000;
	stage->tasks[10].start_ticks = 5501;
	stage->tasks[11].start_ticks = 5500;
	stage->tasks[12].rss_stat_pages = 1000;
	stage->tasks[13].swap_pages = 1000;
	stage->tasks[14].swap_pages = 999;
	choose(stage);
	expect_int("5, an old one, two and the largest", stage->kept.n_tasks, 16);
	expect_true("the first ones", has_task(stage, 4) && !has_task(stage, 5));
	expect_true("5 s old", has_task(stage, 11) && !has_task(stage, 10));
	expect_true(
		"a thousandth", has_task(stage, 12) && has_task(stage, 13) && !has_task(stage, 14));
	stage->now.total_ram_pages = VALUE_UNKNOWN;
	choose(stage);
	expect_int("small cannot be told", stage->kept.n_tasks, 30);
	free(stage);
}

static void cgroups_come_with_their_parents(void)
{
	struct stage *stage = stage_new();

	with_memcgs(stage);
	choose(stage);
	expect_int("none without a reason", stage->kept.n_memcgs, 0);
	stage->memcgs[7].parent = 6;
	stage->memcgs[6].max_bytes = 1 << 20;
	stage->tasks[3].memcg = 7;
	stage->summary.oom.victim = 3;
	choose(stage);
	expect_int("the limit around the victim, and its parent", stage->kept.n_memcgs, 2);
	expect_true("both", has_memcg(stage, 6) && has_memcg(stage, 0));
	stage->summary.risks[0].where = (struct scope){ .kind = SCOPE_MEMCG, .memcg = 7 };
	choose(stage);
	expect_int("the one of a risk", stage->kept.n_memcgs, 3);
	stage->views[20].limited = stage->views[21].limited = stage->views[22].limited = true;
	stage->views[20].at_least = false;
	stage->views[21].forecast_s = 60;
	stage->views[23].level = LEVEL_WARN;
	stage->views[24].at_least = false;
	stage->views[25].forecast_s = 60;
	choose(stage);
	expect_int("near their limits", stage->kept.n_memcgs, 6);
	expect_true("read, foretold, bad",
		has_memcg(stage, 20) && has_memcg(stage, 21) && has_memcg(stage, 23));
	free(stage);
}

static void of_too_many_cgroups_the_worse_are_kept(void)
{
	struct stage *stage = stage_new();

	with_memcgs(stage);
	for (uint32_t i = 1; i < MEMCGS; i++) {
		stage->views[i].limited = true;
		stage->views[i].at_least = false;
	}
	stage->views[99].level = LEVEL_CRITICAL;
	stage->memcgs[99].parent = 98;
	choose(stage);
	expect_int("full", stage->kept.n_memcgs, KEPT_MEMCGS);
	expect_true("the worst with its parent", has_memcg(stage, 99) && has_memcg(stage, 98));
	expect_true("then the first", has_memcg(stage, 61) && !has_memcg(stage, 62));
	/* One place is left for a pair of which neither is there. */
	stage->views[99].level = LEVEL_OK;
	for (uint32_t i = 63; i < MEMCGS; i++)
		stage->views[i].limited = false;
	stage->views[99].limited = true;
	choose(stage);
	expect_int("not without its parent", stage->kept.n_memcgs, KEPT_MEMCGS - 1);
	expect_true("neither", !has_memcg(stage, 98) && !has_memcg(stage, 99));
	free(stage);
}

extern CU_TestInfo kept_tests[];
CU_TestInfo kept_tests[] = {
	{ "all that is named is kept", all_that_is_named_is_kept },
	{ "the order, growth and size share the room", the_order_growth_and_size_share_the_room },
	{ "of equals the first are kept", of_equals_the_first_are_kept },
	{ "what comes and goes is not kept", what_comes_and_goes_is_not_kept },
	{ "cgroups come with their parents", cgroups_come_with_their_parents },
	{ "of too many cgroups the worse are kept", of_too_many_cgroups_the_worse_are_kept },
	CU_TEST_INFO_NULL,
};
