/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "cluster.h"
#include "unit.h"

#define MIB CLUSTER_MIB

static uint32_t roll(uint32_t *random, uint32_t below)
{
	*random = *random * 1664525 + 1013904223;
	return (*random >> 8) % below;
}

static void random_memcgs(struct crowd *crowd, uint32_t *random)
{
	static const char *const paths[] = { "/", "/a", "/b", "/c", "/d", "/e", "/f", "/g" };
	static const int64_t limits[] = { MEMCG_UNLIMITED, VALUE_UNKNOWN, 0, 64 * MIB, 400 * MIB,
		9000 * MIB };

	crowd->now.memcg_version = 1 + (int)roll(random, 2);
	for (uint32_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const uint32_t parent = i == 0 || roll(random, 5) == 0 ? NO_MEMCG : roll(random, i);
		struct memcg *memcg = &crowd->memcgs[crowd_memcg(crowd, paths[i], parent)];

		memcg->max_bytes = limits[roll(random, ARRAY_SIZE(limits))];
		if (memcg->version == 2)
			memcg->oom_group = roll(random, 4) == 0;
		else
			memcg->oom_kill_disable = roll(random, 5) == 0;
		memcg->flat = memcg->version == 1 && roll(random, 3) == 0;
	}
}

static void random_tasks(struct crowd *crowd, uint32_t *random)
{
	static const int32_t adjs[] = { 0, 0, 0, 0, -1000, -999, -500, 100, 1000 };

	for (int32_t pid = 1; pid <= CROWD_MAX; pid++) {
		struct task *task = crowd_add(crowd, pid, "it", roll(random, 8) * 700,
			adjs[roll(random, ARRAY_SIZE(adjs))]);

		task->memcg = roll(random, 9) == 0 ? NO_MEMCG : roll(random, 8);
		task->ppid = (int32_t)roll(random, CROWD_MAX) + 1;
		task->start_ticks = roll(random, 4);
		task->swap_pages = roll(random, 3) * 500;
		task->pgtables_bytes = roll(random, 3) * 8192;
		task->cap_effective = roll(random, 2) ? CAP_BIT_SYS_ADMIN : 0;
		if (roll(random, 8) == 0)
			task->has |= TASK_HAS_SCORE;
		if (roll(random, 12) == 0)
			task->flags = TASK_FLAG_KTHREAD;
		if (roll(random, 12) == 0)
			task->vsize_pages = task->rss_stat_pages = 0;
		if (roll(random, 20) == 0)
			task->has = TASK_HAS_ADJ;
	}
}

static void one_pass_finds_what_each_scope_judged_alone_finds(void)
{
	static const char *const releases[] = { "2.6.32", "2.6.36", "3.0", "3.4", "3.10", "4.4",
		"4.8", "4.14", "4.19", "5.4", "6.1", "6.18" };
	uint32_t random = 7, victims = 0, groups = 0, children = 0;

	for (unsigned round = 0; round < 6000; round++) {
		static struct cluster cluster;
		struct crowd *crowd = &cluster.crowd;
		char label[64];

		cluster_init(&cluster, releases[round % ARRAY_SIZE(releases)]);
		crowd->now.n_tasks = crowd->now.n_memcgs = 0;
		memset(crowd->tasks, 0, sizeof(crowd->tasks));
		crowd->now.total_swap_pages = roll(&random, 2) * 100000;
		crowd->now.knobs.panic_on_oom = roll(&random, 8) == 0 ? 2 : 0;
		random_memcgs(crowd, &random);
		random_tasks(crowd, &random);
		cluster_judge(&cluster, 0);
		for (uint32_t i = 0; i < crowd->now.n_memcgs; i++) {
			const struct memcg_view *view = &cluster.views[i];

			if (!memcg_is_limited(&crowd->memcgs[i])) {
				expect_int("unlimited", view->victim, NO_TASK);
				continue;
			}
			crowd_judge_in(crowd, i);
			snprintf(label, sizeof(label), "round %u memcg %u", round, i);
			expect_int(label, view->victim, crowd->oom.victim);
			expect_int(label, view->group, crowd->oom.group);
			expect_int(label, view->totalpages, crowd->oom.totalpages);
			victims += view->victim != NO_TASK;
			groups += view->group != NO_MEMCG;
			children += view->victim != crowd->oom.chosen;
		}
		cluster_free(&cluster);
	}
	expect_true("there were victims", victims > 5000);
	expect_true("and groups", groups > 500);
	expect_true("and children", children > 500);
}

static void the_fastest_grower_is_found_by_cgroup(void)
{
	static struct cluster cluster;
	const struct memcg *cart = cluster_init(&cluster, "6.1");
	struct crowd *crowd = &cluster.crowd;
	struct risk risk;

	crowd->memcgs[0].max_bytes = 1000 * MIB;
	crowd_add(crowd, 30, "slow", 10, 0)->memcg = 1;
	crowd_add(crowd, 40, "shrinks", 10, 0)->memcg = 1;
	crowd_add(crowd, 50, "above", 10, 0)->memcg = 0;
	crowd_add(crowd, 60, "elsewhere", 10, 0);
	for (uint32_t i = 0; i < crowd->now.n_tasks; i++)
		crowd->tasks[i].has |= TASK_HAS_GROWTH;
	crowd->tasks[0].growth_bytes_per_s[GROWTH_10S] = 3 * MIB;
	crowd->tasks[1].growth_bytes_per_s[GROWTH_10S] = 1 * MIB;
	crowd->tasks[2].growth_bytes_per_s[GROWTH_10S] = -90 * MIB;
	crowd->tasks[3].growth_bytes_per_s[GROWTH_10S] = 4 * MIB;
	crowd->tasks[4].growth_bytes_per_s[GROWTH_10S] = 99 * MIB;
	cluster_judge(&cluster, 1);
	memcgs_risk(&crowd->now, cluster.views, 1, &risk);
	expect_int("cart", crowd_pid(crowd, risk.filling), 20);
	expect_int("rate", risk.filling_bytes_per_s, 3 * MIB);
	expect_int("share", risk.filling_percent, 75);
	expect_text("scope", risk.scope, "cgroup:/pods/cart");
	expect_text("words", risk.scope_words, "cart");
	expect_int("victim", crowd_pid(crowd, risk.victim), 20);
	expect_int("left", risk.left.high_kib, (cart->max_bytes - cart->usage_bytes) / 1024);
	memcgs_risk(&crowd->now, cluster.views, 0, &risk);
	expect_int("pods", crowd_pid(crowd, risk.filling), 50);
	expect_int("share of all below", risk.filling_percent, 50);

	crowd->tasks[0].growth_bytes_per_s[GROWTH_10S] = 256 * 1024 - 1;
	crowd->tasks[1].growth_bytes_per_s[GROWTH_10S] = 0;
	cluster_judge(&cluster, 1);
	memcgs_risk(&crowd->now, cluster.views, 1, &risk);
	expect_int("too little", risk.filling, NO_TASK);
	expect_int("no rate", risk.filling_bytes_per_s, VALUE_UNKNOWN);
	cluster_free(&cluster);
}

extern CU_TestInfo memcg_victims_tests[];
CU_TestInfo memcg_victims_tests[] = {
	{ "one pass finds what each scope judged alone finds",
		one_pass_finds_what_each_scope_judged_alone_finds },
	{ "the fastest grower is found by cgroup", the_fastest_grower_is_found_by_cgroup },
	CU_TEST_INFO_NULL,
};
