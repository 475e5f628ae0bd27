/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/scope.h"
#include "crowd.h"
#include "unit.h"

#define MIB (INT64_C(1) << 20)

/* / holds init (1) and sshd (10); /shop, 400 MiB, holds 20; /shop/cart holds 30, 31 and, at
 * -1000, 32; /shop/cart/job holds 40; /other holds 50. */
static void shop_init(struct crowd *crowd, const char *release)
{
	crowd_init(crowd, release);
	crowd->now.kernel.tie = TIE_NEWEST;
	crowd_memcg(crowd, "/", NO_MEMCG);
	crowd_memcg(crowd, "/shop", 0);
	crowd_memcg(crowd, "/shop/cart", 1);
	crowd_memcg(crowd, "/shop/cart/job", 2);
	crowd_memcg(crowd, "/other", 0);
	crowd->memcgs[0].oom_group = VALUE_UNKNOWN;
	crowd->memcgs[1].max_bytes = 400 * MIB;
	crowd_add(crowd, 1, "init", 1000, 0)->memcg = 0;
	crowd_add(crowd, 10, "sshd", 500, 0)->memcg = 0;
	crowd_add(crowd, 20, "shopd", 4000, 0)->memcg = 1;
	crowd_add(crowd, 30, "cartd", 3000, 0)->memcg = 2;
	crowd_add(crowd, 31, "small", 100, 0)->memcg = 2;
	crowd_add(crowd, 32, "saved", 9000, -1000)->memcg = 2;
	crowd_add(crowd, 40, "job", 2000, 0)->memcg = 3;
	crowd_add(crowd, 50, "java", 2 * CROWD_GIB, 0)->memcg = 4;
}

static void expect_also(const struct crowd *crowd, const char *label, const char *want)
{
	char buf[128];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	for (uint32_t i = 0; i < crowd->oom.n_also; i++)
		text_fmt(&text, "%s%d", i ? " " : "", crowd_pid(crowd, crowd->oom.also[i]));
	expect_text(label, buf, want);
}

static void only_members_are_candidates(void)
{
	const struct oom *oom;
	struct crowd crowd;

	shop_init(&crowd, "6.1");
	oom = crowd_judge_in(&crowd, 1);
	expect_int("scope", oom->scope.memcg, 1);
	expect_text("name", oom->scope_name, "cgroup:/shop");
	expect_text("words", oom->scope_words, "shop");
	expect_int("constraint", oom->constraint, CONSTRAINT_MEMCG);
	expect_int("T", oom->totalpages, 400 * 256);
	expect_int("outcome", oom->outcome, OUTCOME_KILL);
	crowd_expect_order(&crowd, "order", "20 30 40 31");
	expect_int("victim", crowd_pid(&crowd, oom->victim), 20);
	expect_true("certain", oom->certain);
	expect_text("reason", oom->reason, "most memory of those that can be killed: 16M");
	expect_int("outside", oom->exempt_count[EXEMPT_OUT_OF_SCOPE], 3);
	expect_int("init too", crowd_judged(&crowd, 1)->exempt, EXEMPT_OUT_OF_SCOPE);
	expect_int("adj min", oom->exempt_count[EXEMPT_ADJ_MIN], 1);
	expect_int("rank outside", crowd_judged(&crowd, 50)->rank, 0);
	expect_int("its memory", crowd_judged(&crowd, 50)->mem_pages, 2 * CROWD_GIB);
	expect_int("points of T", crowd_judged(&crowd, 20)->points_tenths, 4000 * 10000 / 102400);
	crowd_free(&crowd);
}

static void adj_is_worth_its_share_of_the_limit(void)
{
	struct crowd crowd;

	shop_init(&crowd, "6.1");
	crowd.tasks[4].oom_score_adj = 50; /* 50 * (102400 / 1000) = 5100 */
	crowd_judge_in(&crowd, 1);
	crowd_expect_order(&crowd, "400 MiB", "31 20 30 40");
	crowd.memcgs[1].max_bytes = 40 * MIB;
	crowd_judge_in(&crowd, 1);
	crowd_expect_order(&crowd, "40 MiB", "20 30 40 31");
	crowd_free(&crowd);
}

static void a_flat_cgroup_is_alone(void)
{
	struct crowd crowd;

	shop_init(&crowd, "4.9");
	for (uint32_t i = 0; i < crowd.now.n_memcgs; i++)
		crowd.memcgs[i].version = 1;
	crowd.memcgs[1].flat = true;
	crowd_judge_in(&crowd, 1);
	crowd_expect_order(&crowd, "order", "20");
	expect_text("reason", crowd.oom.reason, "alone: no other process can be killed");
	crowd_free(&crowd);
}

static void the_kernels_score_goes_by_the_whole_machine(void)
{
	struct crowd crowd;

	shop_init(&crowd, "6.1");
	/* (1000 + 4000 * 1000 / 2097152) * 2 / 3 */
	crowd.tasks[2].has |= TASK_HAS_SCORE;
	crowd.tasks[2].oom_score = 667;
	crowd_judge_in(&crowd, 1);
	expect_true("certain", crowd.oom.certain);
	crowd.tasks[2].oom_score = 900;
	crowd_judge_in(&crowd, 1);
	expect_text(
		"not", crowd.oom.uncertain_why, "shopd 20: the kernel's oom_score says otherwise");

	/* 0 means never, though of so small a limit its share is large. */
	crowd.tasks[2].oom_score = 0;
	crowd_judge_in(&crowd, 1);
	expect_int("skipped", crowd_judged(&crowd, 20)->exempt, EXEMPT_OOM_SKIP);
	crowd.now.kernel.formula = FORMULA_4_17;
	crowd.now.kernel.score_scale = SCORE_PER_MILLE;
	crowd.now.kernel.score_sees_skip = false;
	crowd_judge_in(&crowd, 1);
	expect_int("little of the machine", crowd_judged(&crowd, 20)->exempt, EXEMPT_NONE);
	crowd_free(&crowd);
}

static void ties_in_a_cgroup_are_not_certain(void)
{
	struct crowd crowd;

	shop_init(&crowd, "6.1");
	crowd.tasks[3].rss_stat_pages = 4000;
	crowd_judge_in(&crowd, 1);
	expect_true("not certain", !crowd.oom.certain);
	expect_text("why", crowd.oom.uncertain_why,
		"shopd 20 has the same score, and their order is not known");
	expect_text("reason", crowd.oom.reason,
		"same score as shopd 20: their order in a cgroup is not known");
	crowd.tasks[7].rss_stat_pages = 4000;
	crowd_judge(&crowd);
	expect_true("the machine's order is", crowd.oom.certain);
	crowd_free(&crowd);
}

static void each_outcome_of_a_cgroup(void)
{
	static const struct {
		const char *label;
		int64_t panic, allocating, disable;
		int version;
		enum oom_outcome want;
		const char *reason;
	} cases[] = {
		{ "plain", 0, 0, 0, 2, OUTCOME_KILL, NULL },
		{ "panic_on_oom 1 is for the machine", 1, 0, 0, 2, OUTCOME_KILL, NULL },
		{ "panic_on_oom 2", 2, 0, 0, 2, OUTCOME_PANIC,
			"the kernel would panic: vm.panic_on_oom is 2" },
		{ "the allocating task", 0, 1, 0, 2, OUTCOME_KILL, NULL },
		{ "v1", 0, 0, 0, 1, OUTCOME_KILL, NULL },
		{ "v1, disabled", 0, 0, 1, 1, OUTCOME_NO_VICTIM,
			"its tasks wait: memory.oom_control disables the killer" },
		{ "v1, disabled, panic_on_oom 2", 2, 0, 1, 1, OUTCOME_NO_VICTIM,
			"its tasks wait: memory.oom_control disables the killer" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *label = cases[i].label;
		struct crowd crowd;

		shop_init(&crowd, "6.1");
		crowd.memcgs[1].version = cases[i].version;
		crowd.memcgs[1].swappiness = 60;
		crowd.now.knobs.panic_on_oom = cases[i].panic;
		crowd.now.knobs.oom_kill_allocating_task = cases[i].allocating;
		crowd.memcgs[1].oom_kill_disable = cases[i].disable;
		crowd_judge_in(&crowd, 1);
		expect_int(label, crowd.oom.outcome, cases[i].want);
		expect_int(label, crowd_pid(&crowd, crowd.oom.victim),
			cases[i].want == OUTCOME_KILL ? 20 : 0);
		expect_int(label, crowd_pid(&crowd, crowd.oom.first), 20);
		if (cases[i].reason)
			expect_text(label, crowd.oom.reason, cases[i].reason);
		expect_true(label, crowd.oom.certain);
		crowd_free(&crowd);
	}
}

static void a_cgroup_without_candidates_does_not_panic(void)
{
	struct crowd crowd;

	shop_init(&crowd, "6.1");
	for (uint32_t i = 2; i < 7; i++)
		crowd.tasks[i].oom_score_adj = -1000;
	crowd_judge_in(&crowd, 1);
	expect_int("outcome", crowd.oom.outcome, OUTCOME_NO_VICTIM);
	expect_text("reason", crowd.oom.reason, "no process can be killed");
	crowd.tasks[2].has = TASK_HAS_ADJ;
	crowd.tasks[2].oom_score_adj = 0;
	crowd.tasks[2].vsize_pages = crowd.tasks[2].rss_stat_pages = VALUE_UNKNOWN;
	crowd_judge_in(&crowd, 1);
	expect_int("unreadable", crowd.oom.outcome, OUTCOME_UNKNOWN);
	crowd.tasks[2].memcg = 4;
	crowd_judge_in(&crowd, 1);
	expect_int("but outside", crowd.oom.outcome, OUTCOME_NO_VICTIM);
	crowd_free(&crowd);
}

static void without_a_limit_nobody_dies(void)
{
	struct crowd crowd;

	shop_init(&crowd, "6.1");
	crowd_judge_in(&crowd, 2);
	expect_int("no limit", crowd.oom.outcome, OUTCOME_NO_VICTIM);
	expect_text(
		"reason", crowd.oom.reason, "this cgroup has no limit: nobody is killed for it");
	crowd.memcgs[2].max_bytes = VALUE_UNKNOWN;
	crowd_judge_in(&crowd, 2);
	expect_int("unread", crowd.oom.outcome, OUTCOME_UNKNOWN);
	expect_text("reason", crowd.oom.reason, "the limit of this cgroup could not be read");
	expect_int("T", crowd.oom.totalpages, VALUE_UNKNOWN);
	crowd_free(&crowd);
}

/* What /proc/PID/cgroup says of a process that is in none of the listed ones. */
static const struct {
	const char *label;
	const char *path;
	bool certain;
} elsewhere[] = {
	{ "in the root", "/", true },
	{ "without the controller", "/init.scope", true },
	{ "removed", "/shop/web (deleted)", false },
	{ "almost", " (deleted)", false },
	{ "removed at the top", "/ (deleted)", false },
	{ "outside", "/../other", false },
	{ "empty", "", false },
};

static void who_is_in_no_cgroup_hides_no_member_if_its_path_says_so(void)
{
	struct crowd crowd;

	shop_init(&crowd, "6.1");
	crowd.tasks[7].memcg = NO_MEMCG;
	for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++) {
		const struct identity who = { .cgroup = elsewhere[i].path };

		crowd.tasks[7].who = &who;
		crowd_judge_in(&crowd, 1);
		expect_int(elsewhere[i].label, crowd.oom.certain, elsewhere[i].certain);
	}
	crowd_free(&crowd);
}

static void what_hides_members_is_not_certain(void)
{
	struct crowd crowd;

	shop_init(&crowd, "6.1");
	crowd.tasks[7].memcg = NO_MEMCG;
	crowd_judge_in(&crowd, 1);
	expect_text("no cgroup", crowd.oom.uncertain_why,
		"the cgroup of some processes could not be read");
	crowd.tasks[7].flags = TASK_FLAG_KTHREAD;
	crowd_judge_in(&crowd, 1);
	expect_true("a kernel thread", crowd.oom.certain);
	crowd.now.knobs.oom_kill_allocating_task = VALUE_UNKNOWN;
	crowd_judge_in(&crowd, 1);
	expect_true("does not count", crowd.oom.certain);
	crowd.memcgs[1].version = 1;
	crowd_judge_in(&crowd, 1);
	expect_text("oom_control", crowd.oom.uncertain_why, "memory.oom_control could not be read");
	crowd_free(&crowd);
}

static void the_highest_group_below_the_scope_dies(void)
{
	static const struct {
		const char *label;
		uint32_t scope; /* NO_MEMCG: the machine */
		bool group[5];
		uint32_t want;
		const char *also;
		int64_t gives_back_pages;
	} cases[] = {
		{ "none", 1, { 0, 0, 0, 0, 0 }, NO_MEMCG, "", 4000 },
		{ "the scope itself", 1, { 0, 1, 0, 0, 0 }, 1, "30 31 40", 9100 },
		{ "below the victim's", 1, { 0, 0, 1, 1, 0 }, NO_MEMCG, "", 4000 },
		{ "the machine, java", NO_MEMCG, { 0, 1, 1, 0, 0 }, NO_MEMCG, "", 2 * CROWD_GIB },
		{ "the machine, java's", NO_MEMCG, { 0, 1, 1, 0, 1 }, 4, "", 2 * CROWD_GIB },
		{ "job alone, above it", 3, { 0, 1, 1, 0, 0 }, NO_MEMCG, "", 2000 },
		{ "job alone, itself", 3, { 0, 1, 1, 1, 0 }, 3, "", 2000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *label = cases[i].label;
		struct crowd crowd;

		shop_init(&crowd, "6.1");
		crowd.memcgs[3].max_bytes = 100 * MIB;
		for (uint32_t j = 1; j < 5; j++)
			crowd.memcgs[j].oom_group = cases[i].group[j];
		if (cases[i].scope == NO_MEMCG)
			crowd_judge(&crowd);
		else
			crowd_judge_in(&crowd, cases[i].scope);
		expect_int(label, crowd.oom.group, cases[i].want);
		expect_int(label, crowd.oom.outcome,
			cases[i].want == NO_MEMCG ? OUTCOME_KILL : OUTCOME_KILL_GROUP);
		expect_also(&crowd, label, cases[i].also);
		expect_int(label, crowd.oom.gives_back_kib, cases[i].gives_back_pages * 4);
		expect_true(label, crowd.oom.also_known);
		expect_true(label, crowd.oom.certain);
		crowd_free(&crowd);
	}
}

static void the_highest_of_several_groups_counts(void)
{
	struct crowd crowd;

	shop_init(&crowd, "6.1");
	crowd.tasks[7].memcg = 3; /* java is a job now */
	crowd.memcgs[2].oom_group = crowd.memcgs[3].oom_group = 1;
	crowd_judge(&crowd);
	expect_int("victim", crowd_pid(&crowd, crowd.oom.victim), 50);
	expect_int("cart", crowd.oom.group, 2);
	expect_also(&crowd, "cart", "30 31 40");
	crowd.memcgs[1].oom_group = 1;
	crowd_judge(&crowd);
	expect_int("shop", crowd.oom.group, 1);
	expect_also(&crowd, "shop", "20 30 31 40");

	crowd.memcgs[1].oom_group = VALUE_UNKNOWN;
	crowd_judge(&crowd);
	expect_int("cart at least", crowd.oom.group, 2);
	expect_true("not all is known", !crowd.oom.also_known);
	expect_true("the victim is", crowd.oom.certain);
	crowd.memcgs[1].oom_group = 1;
	crowd.memcgs[2].oom_group = VALUE_UNKNOWN;
	crowd_judge(&crowd);
	expect_true("below does not matter", crowd.oom.also_known);

	for (uint32_t i = 0; i < 5; i++)
		crowd.memcgs[i].version = 1;
	crowd_judge(&crowd);
	expect_int("not on v1", crowd.oom.group, NO_MEMCG);
	crowd_free(&crowd);
}

static void what_is_not_known_of_groups_is_said(void)
{
	struct crowd crowd;

	shop_init(&crowd, "6.1");
	crowd.memcgs[4].oom_group = VALUE_UNKNOWN;
	crowd_judge(&crowd);
	expect_true("unread", !crowd.oom.also_known);
	crowd.now.kernel.has_oom_group = false;
	crowd_judge(&crowd);
	expect_true("before 4.19", crowd.oom.also_known);
	crowd.now.kernel.has_oom_group = true;
	crowd.tasks[7].memcg = NO_MEMCG;
	crowd_judge(&crowd);
	expect_true("no cgroup", !crowd.oom.also_known);
	crowd.tasks[7].memcg = 0;
	crowd_judge(&crowd);
	expect_true("the root has none", crowd.oom.also_known);
	expect_int("nor a group", crowd.oom.group, NO_MEMCG);
	crowd_free(&crowd);
}

static void init_and_the_protected_outlive_their_group(void)
{
	struct crowd crowd;

	shop_init(&crowd, "6.1");
	crowd.tasks[0].memcg = 2; /* init */
	crowd.tasks[6].has = TASK_HAS_ADJ;
	crowd.tasks[6].vsize_pages = crowd.tasks[6].rss_stat_pages = VALUE_UNKNOWN;
	crowd.tasks[4].flags = TASK_FLAG_KTHREAD;
	crowd.memcgs[1].oom_group = 1;
	crowd_judge_in(&crowd, 1);
	expect_also(&crowd, "unreadable ones die", "30 40");
	crowd.now.partial = PARTIAL_PID_NAMESPACE;
	crowd_judge_in(&crowd, 1);
	expect_also(&crowd, "a container's init dies", "1 30 40");
	crowd.tasks[3].rss_anon_pages = VALUE_UNKNOWN;
	crowd_judge_in(&crowd, 1);
	expect_int("not known what it gives", crowd.oom.gives_back_kib, VALUE_UNKNOWN);
	crowd_free(&crowd);
}

static void sharers_of_members_die_and_give_once(void)
{
	struct crowd crowd;

	shop_init(&crowd, "6.1");
	crowd.memcgs[1].oom_group = 1;
	/* 31 in the group and 10 outside use the memory of 30. */
	for (int i = 0; i < 2; i++) {
		struct task *task = &crowd.tasks[i ? 1 : 4];

		task->mm_compared = 30;
		task->mm_shared = true;
		task->rss_anon_pages = 3000;
	}
	crowd_judge_in(&crowd, 1);
	expect_also(&crowd, "also", "10 30 31 40");
	expect_int("once", crowd.oom.gives_back_kib, (4000 + 3000 + 2000) * 4);
	crowd.tasks[3].mm_compared = 31;
	crowd.tasks[3].mm_shared = true;
	crowd_judge_in(&crowd, 1);
	expect_int("compared both ways", crowd.oom.gives_back_kib, (4000 + 3000 + 2000) * 4);
	crowd_free(&crowd);
}

static void a_child_is_sacrificed_within_the_cgroup(void)
{
	struct crowd crowd;

	shop_init(&crowd, "4.9");
	crowd.tasks[7].ppid = 20; /* outside */
	crowd.tasks[6].ppid = 20;
	crowd.tasks[4].ppid = 20;
	crowd_judge_in(&crowd, 1);
	expect_int("chosen", crowd_pid(&crowd, crowd.oom.chosen), 20);
	expect_int("victim", crowd_pid(&crowd, crowd.oom.victim), 40);
	crowd_free(&crowd);
}

extern CU_TestInfo victim_memcg_tests[];
CU_TestInfo victim_memcg_tests[] = {
	{ "only members are candidates", only_members_are_candidates },
	{ "adj is worth its share of the limit", adj_is_worth_its_share_of_the_limit },
	{ "a flat cgroup is alone", a_flat_cgroup_is_alone },
	{ "the kernel's score goes by the whole machine",
		the_kernels_score_goes_by_the_whole_machine },
	{ "ties in a cgroup are not certain", ties_in_a_cgroup_are_not_certain },
	{ "each outcome of a cgroup", each_outcome_of_a_cgroup },
	{ "a cgroup without candidates does not panic",
		a_cgroup_without_candidates_does_not_panic },
	{ "without a limit nobody dies", without_a_limit_nobody_dies },
	{ "what hides members is not certain", what_hides_members_is_not_certain },
	{ "who is in no cgroup hides no member if its path says so",
		who_is_in_no_cgroup_hides_no_member_if_its_path_says_so },
	{ "the highest group below the scope dies", the_highest_group_below_the_scope_dies },
	{ "the highest of several groups counts", the_highest_of_several_groups_counts },
	{ "what is not known of groups is said", what_is_not_known_of_groups_is_said },
	{ "init and the protected outlive their group",
		init_and_the_protected_outlive_their_group },
	{ "sharers of members die and give once", sharers_of_members_die_and_give_once },
	{ "a child is sacrificed within the cgroup", a_child_is_sacrificed_within_the_cgroup },
	CU_TEST_INFO_NULL,
};
