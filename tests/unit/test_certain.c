/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/victim.h"
#include "crowd.h"
#include "unit.h"

/* A crowd of "big" 10 (2 GiB) and "next" 20 (1 GiB), changed in one way. */
struct pair {
	struct crowd crowd;
	struct task *big, *next;
};

static void pair_init(struct pair *pair, const char *release)
{
	crowd_init(&pair->crowd, release);
	pair->big = crowd_add(&pair->crowd, 10, "big", 2 * CROWD_GIB, 0);
	pair->next = crowd_add(&pair->crowd, 20, "next", CROWD_GIB, 0);
}

static void expect_why(struct pair *pair, const char *label, const char *want)
{
	crowd_judge(&pair->crowd);
	expect_text(label, pair->crowd.oom.uncertain_why, want);
	expect_int(label, pair->crowd.oom.certain, want[0] == '\0');
}

static void hide_others(struct pair *pair)
{
	pair->crowd.now.partial = PARTIAL_HIDEPID;
}

static void be_in_container(struct pair *pair)
{
	pair->crowd.now.partial = PARTIAL_PID_NAMESPACE;
}

static void be_in_lxcfs(struct pair *pair)
{
	pair->crowd.now.partial = PARTIAL_LXCFS;
}

static void lose_one(struct pair *pair)
{
	crowd_add(&pair->crowd, 30, "lost", 0, 0)->has = 0;
}

static void forbid_some(struct pair *pair)
{
	pair->crowd.now.facts[FACT_TASK_STAT] = FACT_FORBIDDEN;
}

static void some_vanished(struct pair *pair)
{
	pair->crowd.now.n_tasks_unreadable = 3;
}

static void lose_release(struct pair *pair)
{
	kernel_profile_of("", &pair->crowd.now.kernel);
}

static void be_newer(struct pair *pair)
{
	kernel_profile_of("8.0", &pair->crowd.now.kernel);
}

static void lose_panic_knob(struct pair *pair)
{
	pair->crowd.now.knobs.panic_on_oom = VALUE_UNKNOWN;
}

static void lose_allocating_knob(struct pair *pair)
{
	pair->crowd.now.knobs.oom_kill_allocating_task = VALUE_UNKNOWN;
}

static void lose_adj_of_big(struct pair *pair)
{
	pair->big->has &= ~(uint32_t)TASK_HAS_ADJ;
}

static void lose_adj_of_next(struct pair *pair)
{
	pair->next->has &= ~(uint32_t)TASK_HAS_ADJ;
}

static void lose_tables_of_big(struct pair *pair)
{
	pair->big->pgtables_bytes = VALUE_UNKNOWN;
}

/* At most vsize / 512 + 64 pages, far from what is lacking. */
static void lose_tables_of_next(struct pair *pair)
{
	pair->next->pgtables_bytes = VALUE_UNKNOWN;
}

static void lose_swap_of_next(struct pair *pair, int64_t used_pages)
{
	pair->crowd.now.mem.swap_total_kib = INT64_C(8) * 1024 * 1024;
	pair->crowd.now.mem.swap_free_kib = pair->crowd.now.mem.swap_total_kib - used_pages * 4;
	pair->crowd.now.total_swap_pages = 2 * CROWD_GIB;
	pair->next->swap_pages = VALUE_UNKNOWN;
}

static void lose_swap_within_reach(struct pair *pair)
{
	lose_swap_of_next(pair, CROWD_GIB);
}

static void lose_swap_out_of_reach(struct pair *pair)
{
	lose_swap_of_next(pair, CROWD_GIB - 1);
}

static void be_zombie_with_threads(struct pair *pair)
{
	pair->big->state = 'Z';
}

static void be_dead(struct pair *pair)
{
	pair->big->state = 'X';
}

static void be_exiting(struct pair *pair)
{
	pair->big->flags = 0x4;
}

static void let_next_exit(struct pair *pair)
{
	pair->next->flags = 0x4;
}

static void come_close(struct pair *pair, int64_t behind, int64_t stale_big, int64_t stale_next)
{
	pair->next->rss_stat_pages = pair->big->rss_stat_pages - behind;
	pair->big->stale_pages = stale_big;
	pair->next->stale_pages = stale_next;
}

static void be_one_behind(struct pair *pair)
{
	come_close(pair, 1, 0, 0);
}

static void be_behind_as_the_errors(struct pair *pair)
{
	come_close(pair, 10, 6, 4);
}

static void be_behind_more_than_the_errors(struct pair *pair)
{
	come_close(pair, 11, 6, 4);
}

static void be_stale_in_third_place(struct pair *pair)
{
	crowd_add(&pair->crowd, 30, "third", 5, 0)->stale_pages = 2 * CROWD_GIB - 5;
}

static void be_almost_stale_in_third_place(struct pair *pair)
{
	crowd_add(&pair->crowd, 30, "third", 5, 0)->stale_pages = 2 * CROWD_GIB - 6;
}

static void tie_exactly(struct pair *pair)
{
	come_close(pair, 0, 0, 0);
}

static void tie_within_a_tick(struct pair *pair)
{
	come_close(pair, 0, 0, 0);
	pair->next->start_ticks = pair->big->start_ticks;
}

static void tie_almost_read(struct pair *pair)
{
	come_close(pair, 0, 1, 0);
}

static void share_by_birth(struct pair *pair)
{
	pair->next->vsize_pages = pair->big->vsize_pages;
	pair->next->rss_stat_pages = pair->big->rss_stat_pages;
	pair->next->oom_score_adj = -500;
	pair->next->ppid = 10;
}

static void share_with_parent(struct pair *pair)
{
	share_by_birth(pair);
	pair->next->ppid = 2;
	pair->big->ppid = 20;
}

static void look_alike_only(struct pair *pair)
{
	share_by_birth(pair);
	pair->next->ppid = 2;
}

static void share_with_protected(struct pair *pair)
{
	share_by_birth(pair);
	pair->next->ppid = 2;
	pair->next->oom_score_adj = -1000;
}

static void look_like_kthread(struct pair *pair)
{
	share_by_birth(pair);
	pair->next->flags = TASK_FLAG_KTHREAD;
}

/* 2 of 8 GiB: (1000 + 250) * 2 / 3 = 833 */
static void have_score(struct pair *pair, int64_t score)
{
	pair->big->has |= TASK_HAS_SCORE;
	pair->big->oom_score = score;
}

static void have_right_score(struct pair *pair)
{
	have_score(pair, 833);
}

static void have_late_score(struct pair *pair)
{
	have_score(pair, 853);
}

static void have_wrong_score(struct pair *pair)
{
	have_score(pair, 854);
}

static void have_low_score(struct pair *pair)
{
	have_score(pair, 812);
}

static void have_hostile_score(struct pair *pair)
{
	have_score(pair, INT64_MIN);
}

static void have_early_score(struct pair *pair)
{
	have_score(pair, 813);
}

static void have_wrong_score_of_stale(struct pair *pair)
{
	have_score(pair, 855);
	pair->big->stale_pages = 2098;
}

static void have_score_of_stale(struct pair *pair)
{
	have_score(pair, 854);
	pair->big->stale_pages = 2098;
}

static void each_doubt_is_named(void)
{
	static const struct {
		const char *label;
		const char *release;
		void (*change)(struct pair *pair);
		const char *want;
	} cases[] = {
		{ "hidepid", "6.1", hide_others, "processes of other users are hidden (hidepid)" },
		{ "container", "6.1", be_in_container,
			"only the processes of this PID namespace can be seen" },
		{ "lxcfs", "6.1", be_in_lxcfs, "the totals seen here are the container's (lxcfs)" },
		{ "one unreadable", "6.1", lose_one, "some processes could not be read" },
		{ "some forbidden", "6.1", forbid_some, "some processes could not be read" },
		{ "some gone meanwhile", "6.1", some_vanished, "" },
		{ "release", "6.1", lose_release, "the kernel's release is unknown" },
		{ "future", "6.1", be_newer, "this kernel is newer than the rules known here" },
		{ "panic knob", "6.1", lose_panic_knob, "vm.panic_on_oom could not be read" },
		{ "allocating knob", "6.1", lose_allocating_knob,
			"vm.oom_kill_allocating_task could not be read" },
		{ "adj of the first", "6.1", lose_adj_of_big,
			"big 10: not all that counts could be read" },
		{ "adj of the second", "6.1", lose_adj_of_next,
			"next 20: not all that counts could be read" },
		{ "tables of the first", "6.1", lose_tables_of_big,
			"big 10: not all that counts could be read" },
		{ "tables of the second, bound", "6.1", lose_tables_of_next, "" },
		{ "swap of the second, reaches", "6.1", lose_swap_within_reach,
			"next 20: not all that counts could be read" },
		{ "swap of the second, does not", "6.1", lose_swap_out_of_reach, "" },
		{ "dead leader", "6.1", be_zombie_with_threads,
			"big 10: its main thread has exited" },
		{ "dead", "6.1", be_dead, "big 10 is already exiting" },
		{ "exiting", "6.1", be_exiting, "big 10 is already exiting" },
		{ "another exiting", "4.6", let_next_exit, "" },
		{ "another exiting, waited for", "4.5", let_next_exit,
			"next 20 is exiting: the killer waits for it" },
		{ "one page behind, exact", "6.1", be_one_behind, "" },
		{ "behind by the errors", "6.1", be_behind_as_the_errors,
			"next 20 is too close: within the error of reading" },
		{ "behind by more", "6.1", be_behind_more_than_the_errors, "" },
		{ "the third in reach", "6.1", be_stale_in_third_place,
			"third 30 is too close: within the error of reading" },
		{ "the third just not", "6.1", be_almost_stale_in_third_place, "" },
		{ "tie", "6.1", tie_exactly, "" },
		{ "tie, 4.19", "4.19", tie_exactly, "" },
		{ "tie, RHEL 7", "3.10.0-1160.el7", tie_exactly, "" },
		{ "tie, RHEL 8", "4.18.0-147.el8", tie_exactly,
			"next 20 has the same score, and their order is not known" },
		{ "tie in one tick", "6.1", tie_within_a_tick,
			"big 10 has the same score, and their order is not known" },
		{ "tie that may be none", "6.1", tie_almost_read,
			"big 10 is too close: within the error of reading" },
		{ "child of the same size", "6.1", share_by_birth,
			"it may share its memory with next 20" },
		{ "parent of the same size", "6.1", share_with_parent,
			"it may share its memory with next 20" },
		{ "same size by chance", "6.1", look_alike_only, "" },
		{ "protected sharer", "6.1", share_with_protected, "" },
		{ "protects sharers", "3.1", share_with_protected,
			"it may share its memory with next 20" },
		{ "no more", "3.2", share_with_protected, "" },
		{ "not so a kernel thread", "6.1", look_like_kthread, "" },
		{ "right score", "6.1", have_right_score, "" },
		{ "somewhat early", "6.1", have_early_score, "" },
		{ "late, and too much so", "6.1", have_wrong_score_of_stale,
			"big 10: the kernel's oom_score says otherwise" },
		{ "somewhat late", "6.1", have_late_score, "" },
		{ "other score", "6.1", have_wrong_score,
			"big 10: the kernel's oom_score says otherwise" },
		{ "lower score", "6.1", have_low_score,
			"big 10: the kernel's oom_score says otherwise" },
		{ "hostile score", "6.1", have_hostile_score,
			"big 10: the kernel's oom_score says otherwise" },
		{ "score of what was read late", "6.1", have_score_of_stale, "" },
		{ "score of 2.6.32 is of another kind", "2.6.32", have_right_score, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pair pair;

		pair_init(&pair, cases[i].release);
		cases[i].change(&pair);
		/* 2.6.32 goes by age: all are as old as each other, but for their order. */
		for (uint32_t t = 0; t < pair.crowd.now.n_tasks; t++)
			pair.crowd.tasks[t].start_ticks += 9990000;
		expect_why(&pair, cases[i].label, cases[i].want);
		crowd_free(&pair.crowd);
	}
}

static void counters_of_6_18_leave_a_margin(void)
{
	static const struct {
		const char *label;
		const char *release;
		int cpus;
		int64_t swapped, behind;
		bool certain;
	} cases[] = {
		{ "no swap used", "6.18", 2, 0, 1, true },
		{ "within 62 each", "6.18", 2, 1, 124, false },
		{ "behind more", "6.18", 2, 1, 125, true },
		{ "64 cpus", "6.18", 64, 1, 16256, false },
		{ "64 cpus, behind more", "6.18", 64, 1, 16257, true },
		{ "7.2 sums up", "7.2", 64, 1, 1, true },
		{ "6.1 has no parts", "6.1", 64, 1, 1, true },
		{ "6.16 shows what it reads", "6.16", 64, 1, 1, true },
		{ "cpus unknown", "6.18", 0, 1, CROWD_GIB, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pair pair;

		pair_init(&pair, cases[i].release);
		come_close(&pair, cases[i].behind, 0, 0);
		for (uint32_t t = 0; t < 2; t++) {
			struct task *task = &pair.crowd.tasks[t];

			task->rss_anon_pages = task->rss_stat_pages;
		}
		pair.crowd.now.cpus = cases[i].cpus;
		pair.crowd.now.total_swap_pages = CROWD_GIB;
		pair.crowd.now.mem.swap_total_kib = 4 * CROWD_GIB;
		pair.crowd.now.mem.swap_free_kib = 4 * (CROWD_GIB - cases[i].swapped);
		crowd_judge(&pair.crowd);
		expect_int(cases[i].label, crowd_pid(&pair.crowd, pair.crowd.oom.victim), 10);
		expect_int(cases[i].label, pair.crowd.oom.certain, cases[i].certain);
		crowd_free(&pair.crowd);
	}
}

static void points_are_compared_with_their_errors(void)
{
	static const struct {
		const char *label;
		int64_t big, next, stale;
		bool certain;
	} cases[] = {
		/* A point is 2097.152 pages. */
		{ "same point, exact: the older", 4000, 3000, 0, true },
		{ "same point, within it", 4000, 3000, 100, true },
		{ "next point, exact", 4195, 4194, 0, true },
		{ "next point, may be the same", 4195, 4194, 1, false },
		{ "next point, far from the edges", 5000, 3000, 500, true },
		{ "at the ceiling", 2097152, 2097152, 0, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pair pair;

		pair_init(&pair, "3.4");
		pair.big->rss_stat_pages = cases[i].big;
		pair.next->rss_stat_pages = cases[i].next;
		pair.big->stale_pages = cases[i].stale;
		crowd_judge(&pair.crowd);
		expect_int(cases[i].label, crowd_pid(&pair.crowd, pair.crowd.oom.victim), 10);
		expect_int(cases[i].label, pair.crowd.oom.certain, cases[i].certain);
		crowd_free(&pair.crowd);
	}
}

static void points_of_few_pages_are_compared_as_points(void)
{
	struct pair pair;

	pair_init(&pair, "3.4");
	pair.crowd.now.total_ram_pages = 500;
	pair.big->rss_stat_pages = pair.next->rss_stat_pages = 250;
	pair.big->oom_score_adj = 1;
	pair.next->start_ticks = pair.big->start_ticks;
	crowd_judge(&pair.crowd);
	expect_int("the same in pages", pair.crowd.oom.margin_pages, 0);
	expect_true("but not in points", pair.crowd.oom.certain);
	crowd_free(&pair.crowd);
}

static void a_long_name_is_cut(void)
{
	struct pair pair;

	pair_init(&pair, "6.1");
	memset(pair.big->comm, 'x', sizeof(pair.big->comm) - 1);
	pair.big->state = 'Z';
	crowd_judge(&pair.crowd);
	expect_true("not certain", !pair.crowd.oom.certain);
	expect_int("cut or not, a string", strnlen(pair.crowd.oom.uncertain_why, 96) < 96, 1);
	memset(pair.big->comm, '\xff', sizeof(pair.big->comm));
	crowd_judge(&pair.crowd);
	expect_int("unterminated", strnlen(pair.crowd.oom.uncertain_why, 96) < 96, 1);
	crowd_free(&pair.crowd);
}

extern CU_TestInfo certain_tests[];
CU_TestInfo certain_tests[] = {
	{ "each doubt is named", each_doubt_is_named },
	{ "counters of 6.18 leave a margin", counters_of_6_18_leave_a_margin },
	{ "points are compared with their errors", points_are_compared_with_their_errors },
	{ "points of few pages are compared as points",
		points_of_few_pages_are_compared_as_points },
	{ "a long name is cut", a_long_name_is_cut },
	CU_TEST_INFO_NULL,
};
