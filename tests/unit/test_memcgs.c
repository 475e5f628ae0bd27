/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "cluster.h"
#include "unit.h"

#define MIB CLUSTER_MIB
#define KIB 1024

static void cache_and_swap_count_as_left(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");
	const struct memcg_view *view;

	cart->usage_bytes = 400 * MIB;
	cluster_read(&cluster, cart, 200 * MIB);
	cart->stat_slab_reclaimable_bytes = 40 * MIB;
	cart->stat_mapped_bytes = 70 * MIB;
	cart->stat_shmem_bytes = 20 * MIB;
	cart->stat_dirty_bytes = 30 * MIB;
	cluster.crowd.now.mem.swap_free_kib = 1000 * KIB;
	cart->swap_max_bytes = 100 * MIB;
	cart->swap_bytes = 36 * MIB;
	view = cluster_judge(&cluster, 1);
	expect_true("limited", view->limited);
	expect_int("free", view->free_kib, 112 * KIB);
	expect_int("cache", view->cache_kib, 220 * KIB);
	expect_int("swap", view->swap_kib, 64 * KIB);
	expect_int("left", view->left_kib, (112 + 220 + 64) * KIB);
	expect_int("sure", view->sure_kib, (112 + 200 - 50 - 30 + 64) * KIB);
	expect_int("percent", view->percent, 77);
	expect_true("known", !view->at_least);
	expect_int("binding", view->binding, 1);
	expect_int("level", view->level, LEVEL_OK);
	expect_true("the other is not", !cluster.views[0].limited);
	expect_int("nothing of it", cluster.views[0].left_kib, VALUE_UNKNOWN);
	cluster_free(&cluster);
}

static void swap_is_bounded_on_the_way_up(void)
{
	static const struct {
		const char *label;
		int64_t swappiness, free, max, above, zswap, want, sure; /* MiB */
	} cases[] = {
		{ "the machine's", 60, 50, 100, 100, 0, 50, 50 },
		{ "its own", 60, 500, 100, 200, 0, 100, 100 },
		{ "one above", 60, 500, 100, 70, 0, 70, 70 },
		{ "forbidden", 60, 500, 0, 70, 0, 0, 0 },
		{ "swappiness 0", 0, 500, 100, 70, 0, 0, 0 },
		{ "zswap is half memory", 60, 40, 100, 70, 1, 20, 0 },
		{ "unread", 60, -1, 100, 70, 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct cluster cluster;
		struct memcg *cart = cluster_init(&cluster, "6.1");
		struct snapshot *now = &cluster.crowd.now;
		const struct memcg_view *view;

		cluster_read(&cluster, cart, 0);
		now->knobs.swappiness = cases[i].swappiness;
		now->knobs.zswap_enabled = cases[i].zswap;
		now->mem.swap_free_kib = cases[i].free < 0 ? VALUE_UNKNOWN : cases[i].free * KIB;
		cart->swap_max_bytes = cases[i].max * MIB;
		cluster.crowd.memcgs[0].swap_max_bytes = cases[i].above * MIB;
		view = cluster_judge(&cluster, 1);
		expect_int(cases[i].label, view->swap_kib, cases[i].want * KIB);
		expect_int(cases[i].label, view->sure_kib, (412 + cases[i].sure) * KIB);
		cluster_free(&cluster);
	}
}

static void memory_and_swap_are_limited_together_on_v1(void)
{
	static const struct {
		const char *label;
		int64_t max, usage, memsw_max, memsw; /* MiB; -1 none */
		int64_t free, cache, swap;
	} cases[] = {
		{ "no memsw", 500, 300, -1, -1, 200, 100, 1000 },
		{ "memsw far", 500, 300, 2000, 300, 200, 100, 1000 },
		{ "memsw above", 500, 300, 600, 300, 200, 100, 100 },
		{ "memsw tighter", 500, 300, 550, 500, 150, 0, 0 },
		{ "memsw equal", 500, 300, 500, 300, 200, 100, 0 },
		{ "memsw exhausted", 500, 300, 500, 500, 100, 0, 0 },
		{ "memsw alone", -1, 300, 500, 300, 300, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct cluster cluster;
		struct memcg *cart = cluster_init(&cluster, "4.9");
		const struct memcg_view *view;

		cart->version = cluster.crowd.memcgs[0].version = 1;
		cart->swappiness = 60;
		cluster.crowd.now.mem.swap_free_kib = 1000 * KIB;
		cart->usage_bytes = cases[i].usage * MIB;
		cart->max_bytes = cases[i].max < 0 ? MEMCG_UNLIMITED : cases[i].max * MIB;
		if (cases[i].memsw >= 0) {
			cart->memsw_bytes = cases[i].memsw * MIB;
			cart->memsw_max_bytes = cases[i].memsw_max * MIB;
		}
		cluster_read(&cluster, cart, 100 * MIB);
		view = cluster_judge(&cluster, 1);
		expect_int(cases[i].label, view->free_kib, cases[i].free * KIB);
		expect_int(cases[i].label, view->cache_kib, cases[i].cache * KIB);
		expect_int(cases[i].label, view->swap_kib, cases[i].swap * KIB);
		expect_true(cases[i].label, view->sure_kib <= view->left_kib);
		cluster_free(&cluster);
	}
}

static void a_limit_below_what_is_used_takes_cache_first(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");
	const struct memcg_view *view;

	cart->usage_bytes = 540 * MIB;
	cluster_read(&cluster, cart, 100 * MIB);
	view = cluster_judge(&cluster, 1);
	expect_int("free", view->free_kib, 0);
	expect_int("cache", view->cache_kib, 72 * KIB);
	cluster_free(&cluster);
}

static void a_tighter_limit_above_binds(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");
	struct memcg *pods = &cluster.crowd.memcgs[0];
	const struct memcg_view *view;

	pods->max_bytes = 1000 * MIB;
	pods->usage_bytes = 995 * MIB;
	cluster_judge(&cluster, 1);
	cluster_pass(&cluster, 1000);
	pods->events_max = cart->events_max = 7;
	cluster_read(&cluster, cart, 0);
	cluster_read(&cluster, pods, 0);
	view = cluster_judge(&cluster, 1);
	expect_int("left", view->left_kib, 5 * KIB);
	expect_int("free", view->free_kib, 5 * KIB);
	expect_int("binding", view->binding, 0);
	expect_int("its own level", view->level, LEVEL_OK);
	expect_int("percent of its own", view->percent, 0);
	expect_int("that of the one above", cluster.views[0].level, LEVEL_CRITICAL);
	expect_int("binding itself", cluster.views[0].binding, 0);

	pods->version = cart->version = 1;
	pods->flat = true;
	view = cluster_judge(&cluster, 1);
	expect_int("not through what is flat", view->left_kib, 412 * KIB);
	cluster_free(&cluster);
}

static void kills_are_news_for_ten_seconds(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");
	const struct memcg_view *view;

	cluster_judge(&cluster, 1);
	cluster_pass(&cluster, 1000);
	cart->events_oom = 1;
	cart->events_oom_kill = 3;
	view = cluster_judge(&cluster, 1);
	expect_int("rising", view->rising_oom_kill, 3);
	expect_int("level", view->level, LEVEL_WARN);
	expect_text("why", view->why, "its limit killed 3 processes 0s ago");
	cluster_pass(&cluster, 10000);
	view = cluster_judge(&cluster, 1);
	expect_text("later", view->why, "its limit killed 3 processes 10s ago");
	cluster_pass(&cluster, 1);
	expect_int("held", cluster_judge(&cluster, 1)->level, LEVEL_WARN);
	cluster_pass(&cluster, 5000);
	expect_int("over", cluster_judge(&cluster, 1)->level, LEVEL_OK);

	cart->events_oom = 2;
	view = cluster_judge(&cluster, 1);
	expect_text("nobody", view->why, "its limit refused memory 0s ago");
	cluster_free(&cluster);
}

static void kills_belong_to_the_limit_that_killed(void)
{
	static const struct {
		const char *label;
		int64_t pods_oom, cart_oom, pods_kill, cart_kill;
		enum level pods, cart;
	} cases[] = {
		{ "cart's limit", 1, 1, 1, 1, LEVEL_OK, LEVEL_WARN },
		{ "that of all pods", 1, 0, 1, 1, LEVEL_WARN, LEVEL_OK },
		{ "both", 2, 1, 2, 2, LEVEL_WARN, LEVEL_WARN },
		{ "the machine", 0, 0, 1, 1, LEVEL_OK, LEVEL_OK },
		{ "one that has gone since", 1, 0, 1, 0, LEVEL_WARN, LEVEL_OK },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct cluster cluster;
		struct memcg *cart = cluster_init(&cluster, "6.1");
		struct memcg *pods = &cluster.crowd.memcgs[0];

		pods->max_bytes = 1000 * MIB;
		cluster_judge(&cluster, 1);
		pods->events_oom = cases[i].pods_oom;
		cart->events_oom = cases[i].cart_oom;
		pods->events_oom_kill = cases[i].pods_kill;
		cart->events_oom_kill = cases[i].cart_kill;
		cluster_pass(&cluster, 1000);
		cluster_judge(&cluster, 1);
		expect_int(cases[i].label, cluster.views[0].level, cases[i].pods);
		expect_int(cases[i].label, cluster.views[1].level, cases[i].cart);
		cluster_free(&cluster);
	}
}

static void v1_counts_kills_where_the_victim_was(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "4.14");
	struct memcg *pods = &cluster.crowd.memcgs[0];

	pods->version = cart->version = 1;
	cluster_judge(&cluster, 1);
	cart->events_oom_kill = 1;
	cluster_pass(&cluster, 1000);
	expect_int("no limit was hit", cluster_judge(&cluster, 1)->level, LEVEL_OK);
	cart->events_oom_kill = 2;
	pods->events_max = 5;
	cluster_pass(&cluster, 1000);
	expect_int("the one above", cluster_judge(&cluster, 1)->level, LEVEL_WARN);
	cluster_free(&cluster);
}

static void counters_that_go_back_are_of_another_cgroup(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");
	const struct memcg_view *view;

	expect_int("first sample", cluster_judge(&cluster, 1)->rising_max, VALUE_UNKNOWN);
	cart->events_max = cart->events_oom = cart->events_oom_kill = 9;
	cluster_judge(&cluster, 1);
	cart->events_max = cart->events_oom = cart->events_oom_kill = 2;
	view = cluster_judge(&cluster, 1);
	expect_int("max", view->rising_max, VALUE_UNKNOWN);
	expect_int("oom", view->rising_oom, VALUE_UNKNOWN);
	expect_int("oom_kill", view->rising_oom_kill, VALUE_UNKNOWN);
	cart->events_max = VALUE_UNKNOWN;
	expect_int("unread", cluster_judge(&cluster, 1)->rising_max, VALUE_UNKNOWN);
	cluster_free(&cluster);
}

/* A service that leaked is restarted: what it took then is no growth of the new one. */
static void the_past_of_another_one_does_not_count(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");

	cart->events_max = 5;
	for (int64_t second = 0; second < 150; second++) {
		cart->usage_bytes = 100 * MIB + second * 2 * MIB;
		cluster_read(&cluster, cart, 0);
		cluster_judge(&cluster, 1);
		cluster_pass(&cluster, 1000);
	}
	expect_true("foretold", value_known(cluster.views[1].forecast_s));
	cart->events_max = 0;
	cart->usage_bytes = 450 * MIB;
	cluster_read(&cluster, cart, 0);
	expect_int("no more", cluster_judge(&cluster, 1)->forecast_s, VALUE_UNKNOWN);
	cluster_free(&cluster);
}

static void cgroups_are_found_again_wherever_they_stand(void)
{
	static const char *const first[] = { "/a", "/b", "/c", "/d", "/e" };
	static const char *const then[] = { "/e", "/b", "/new", "/a", "/d" };
	static const int64_t want[] = { 60, 90, VALUE_UNKNOWN, 100, 70 };
	static struct cluster cluster;
	struct crowd *crowd = &cluster.crowd;

	cluster_init(&cluster, "6.1");
	crowd->now.n_memcgs = 0;
	for (uint32_t i = 0; i < 5; i++)
		crowd->memcgs[crowd_memcg(crowd, first[i], NO_MEMCG)].events_max = i * 10;
	cluster_judge(&cluster, 0);
	crowd->now.n_memcgs = 0;
	for (uint32_t i = 0; i < 5; i++)
		crowd->memcgs[crowd_memcg(crowd, then[i], NO_MEMCG)].events_max = 100;
	cluster_judge(&cluster, 0);
	for (uint32_t i = 0; i < 5; i++)
		expect_int(then[i], cluster.views[i].rising_max, want[i]);
	cluster_free(&cluster);
}

static void the_same_sample_again_changes_nothing(void)
{
	static struct cluster cluster;
	struct memcg *cart = cluster_init(&cluster, "6.1");

	for (int64_t second = 0; second < 200; second++) {
		const struct snapshot before = cluster.before;
		struct memcg memcgs[CROWD_MEMCGS_MAX];
		struct memcg_view first;

		memcpy(memcgs, cluster.before_memcgs, sizeof(memcgs));
		cart->usage_bytes = 100 * MIB + second * 2 * MIB;
		cart->events_max += second > 190;
		cluster_read(&cluster, cart, 0);
		first = *cluster_judge(&cluster, 1);
		cluster.before = before;
		memcpy(cluster.before_memcgs, memcgs, sizeof(memcgs));
		cluster_judge(&cluster, 1);
		expect_int("forecast", cluster.views[1].forecast_s, first.forecast_s);
		expect_int("level", cluster.views[1].level, first.level);
		expect_text("why", cluster.views[1].why, first.why);
		expect_int("slope", cluster.views[1].slope_kib_per_s, first.slope_kib_per_s);
		cluster_pass(&cluster, 1000);
	}
	expect_int("in the end", cluster.views[1].level, LEVEL_CRITICAL);
	cluster_free(&cluster);
}

static void scramble(struct cluster *cluster, uint32_t *random)
{
	static const int64_t values[] = { 0, 1, -1, 4096, INT64_MAX, INT64_MAX - 1, INT64_MIN + 1,
		VALUE_UNKNOWN, 512 * MIB };
	struct memcg *cart = &cluster->crowd.memcgs[1];
	struct snapshot *now = &cluster->crowd.now;
	int64_t *const members[] = { &cart->usage_bytes, &cart->max_bytes, &cart->high_bytes,
		&cart->swap_bytes, &cart->swap_max_bytes, &cart->memsw_bytes,
		&cart->memsw_max_bytes, &cart->swappiness, &cart->events_max, &cart->events_oom,
		&cart->events_oom_kill, &cart->stat_file_bytes, &cart->stat_dirty_bytes,
		&cart->stat_mapped_bytes, &cart->stat_slab_reclaimable_bytes,
		&cart->stat_anon_bytes, &cart->stat_shmem_bytes, &cart->stat_uptime_ms,
		&cart->pressure.full.avg10_centi, &cart->oom_group, &cart->under_oom,
		&cart->oom_kill_disable, &now->mem.swap_free_kib, &now->total_swap_pages,
		&now->uptime_ms };

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		*random = *random * 1664525 + 1013904223;
		if (*random >> 30)
			*members[i] = values[(*random >> 8) % ARRAY_SIZE(values)];
	}
	cart->version = 1 + (int)(*random >> 20) % 2;
}

static void hostile_numbers_do_no_harm(void)
{
	uint32_t random = 1, known = 0;

	for (unsigned round = 0; round < 10000; round++) {
		static struct cluster cluster;

		cluster_init(&cluster, round % 2 ? "6.1" : "4.4");
		for (unsigned sample = 0; sample < 3; sample++) {
			const struct memcg_view *view;

			scramble(&cluster, &random);
			view = cluster_judge(&cluster, 1);
			if (!value_known(view->left_kib))
				continue;
			known++;
			expect_true("left", view->left_kib >= 0);
			expect_true(
				"sure", view->sure_kib >= 0 && view->sure_kib <= view->left_kib);
			expect_int("sum", view->left_kib,
				value_add(value_add(view->free_kib, view->cache_kib),
					view->swap_kib));
		}
		cluster_free(&cluster);
	}
	expect_true("some were known", known > 5000);
}

static void nothing_to_judge_is_no_error(void)
{
	static struct cluster cluster;
	int error = 1;

	cluster_init(&cluster, "6.1");
	cluster.crowd.now.n_memcgs = 0;
	expect_true("none",
		!memcgs_judge(&cluster.crowd.now, NULL, &cluster.history, &cluster.arena, &error));
	expect_int("no error", error, 0);
	cluster_free(&cluster);
}

extern CU_TestInfo memcgs_tests[];
CU_TestInfo memcgs_tests[] = {
	{ "cache and swap count as left", cache_and_swap_count_as_left },
	{ "swap is bounded on the way up", swap_is_bounded_on_the_way_up },
	{ "memory and swap are limited together on v1",
		memory_and_swap_are_limited_together_on_v1 },
	{ "a limit below what is used takes cache first",
		a_limit_below_what_is_used_takes_cache_first },
	{ "a tighter limit above binds", a_tighter_limit_above_binds },
	{ "kills are news for ten seconds", kills_are_news_for_ten_seconds },
	{ "kills belong to the limit that killed", kills_belong_to_the_limit_that_killed },
	{ "v1 counts kills where the victim was", v1_counts_kills_where_the_victim_was },
	{ "counters that go back are of another cgroup",
		counters_that_go_back_are_of_another_cgroup },
	{ "the past of another one does not count", the_past_of_another_one_does_not_count },
	{ "cgroups are found again wherever they stand",
		cgroups_are_found_again_wherever_they_stand },
	{ "the same sample again changes nothing", the_same_sample_again_changes_nothing },
	{ "hostile numbers do no harm", hostile_numbers_do_no_harm },
	{ "nothing to judge is no error", nothing_to_judge_is_no_error },
	CU_TEST_INFO_NULL,
};
