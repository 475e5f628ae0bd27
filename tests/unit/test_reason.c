/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/reason.h"
#include "crowd.h"
#include "unit.h"

static void knobs_decide_before_the_scan(void)
{
	static const struct {
		const char *label;
		int64_t panic, allocating;
		enum oom_outcome want;
		bool certain;
		const char *reason;
	} cases[] = {
		{ "neither", 0, 0, OUTCOME_KILL, true, "most memory of all: 1.0G" },
		{ "panic 1", 1, 0, OUTCOME_PANIC, true,
			"the kernel would panic: vm.panic_on_oom is 1" },
		{ "panic 2", 2, 0, OUTCOME_PANIC, true,
			"the kernel would panic: vm.panic_on_oom is 2" },
		{ "panic first", 1, 1, OUTCOME_PANIC, true,
			"the kernel would panic: vm.panic_on_oom is 1" },
		{ "allocating", 0, 1, OUTCOME_KILL_ALLOCATING_TASK, false,
			"vm.oom_kill_allocating_task is 1: who asks for memory then is killed" },
		{ "panic unread", VALUE_UNKNOWN, 0, OUTCOME_KILL, false,
			"most memory of all: 1.0G" },
		{ "allocating unread", 0, VALUE_UNKNOWN, OUTCOME_KILL, false,
			"most memory of all: 1.0G" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *label = cases[i].label;
		const bool kill = cases[i].want == OUTCOME_KILL;
		struct crowd crowd;

		crowd_init(&crowd, "6.1");
		crowd_add(&crowd, 10, "it", CROWD_GIB, 0);
		crowd_add(&crowd, 20, "other", 5, 0);
		crowd.now.knobs.panic_on_oom = cases[i].panic;
		crowd.now.knobs.oom_kill_allocating_task = cases[i].allocating;
		crowd_judge(&crowd);
		expect_int(label, crowd.oom.outcome, cases[i].want);
		expect_int(label, crowd.oom.certain, cases[i].certain);
		expect_int(label, crowd.oom.certain, crowd.oom.uncertain_why[0] == '\0');
		expect_text(label, crowd.oom.reason, cases[i].reason);
		expect_int(label, crowd_pid(&crowd, crowd.oom.victim), kill ? 10 : 0);
		expect_int(label, crowd_pid(&crowd, crowd.oom.first), 10);
		expect_int(label, crowd.oom.gives_back_kib, kill ? 1048576 : VALUE_UNKNOWN);
		crowd_expect_order(&crowd, label, "10 20");
		crowd_free(&crowd);
	}
}

static void without_candidates_the_kernel_panics(void)
{
	struct crowd crowd;

	crowd_init(&crowd, "6.1");
	crowd_judge(&crowd);
	expect_int("no processes at all", crowd.oom.outcome, OUTCOME_UNKNOWN);
	expect_text("reason", crowd.oom.reason, "the list of processes could not be read");
	expect_text("why", crowd.oom.uncertain_why, crowd.oom.reason);
	expect_true("not certain", !crowd.oom.certain);
	expect_int("first", crowd.oom.first, NO_TASK);

	crowd_add(&crowd, 1, "init", 500, 0);
	crowd_judge(&crowd);
	expect_int("init alone", crowd.oom.outcome, OUTCOME_PANIC);
	expect_text("reason", crowd.oom.reason, "the kernel would panic: no process can be killed");
	expect_true("certain", crowd.oom.certain);
	expect_int("victim", crowd.oom.victim, NO_TASK);
	expect_int("margin", crowd.oom.margin_pages, VALUE_UNKNOWN);

	crowd.now.partial = PARTIAL_HIDEPID;
	crowd_judge(&crowd);
	expect_int("others are hidden", crowd.oom.outcome, OUTCOME_UNKNOWN);
	expect_text(
		"reason", crowd.oom.reason, "no process that can be seen from here can be killed");
	expect_true("not certain", !crowd.oom.certain);
	crowd.now.partial = PARTIAL_NONE;

	crowd_add(&crowd, 10, "it", 5, 0)->has = 0;
	crowd_judge(&crowd);
	expect_int("one could not be read", crowd.oom.outcome, OUTCOME_UNKNOWN);

	crowd.now.n_tasks = 1;
	crowd.now.kernel.panic_on_no_victim = false;
	crowd_judge(&crowd);
	expect_int("a request of sysrq", crowd.oom.outcome, OUTCOME_NO_VICTIM);
	expect_text("reason", crowd.oom.reason, "no process can be killed");
	crowd_free(&crowd);
}

static void reasons_name_what_decides(void)
{
	static const struct {
		const char *label;
		const char *release;
		int64_t rss[2];
		int32_t adj[2];
		uint64_t caps;
		const char *want;
	} cases[] = {
		{ "memory", "6.1", { 20, 10 }, { 0, 0 }, 0, "most memory of all: 80K" },
		{ "memory and adj", "6.1", { 20, 10 }, { 5, 0 }, 0,
			"most memory of all: 80K, adj +5" },
		{ "memory in spite of adj", "6.1", { 20, 10 }, { -5, -6 }, 0,
			"most memory of all: 80K, adj -5" },
		{ "adj", "6.1", { 10, 20 }, { 1, 0 }, 0, "adj +1 outranks b 20 (80K)" },
		{ "adj of both", "6.1", { 10, 20 }, { 3, 2 }, 0, "adj +3 outranks b 20 (80K)" },
		{ "the other's adj", "6.1", { 10, 20 }, { 0, -1 }, 0,
			"b 20 (80K) is protected by adj -1" },
		{ "both protected", "6.1", { 10, 20 }, { -1, -2 }, 0,
			"b 20 (80K) is protected by adj -2" },
		{ "root", "4.9", { 1000, 1001 }, { 0, 0 }, CAP_BIT_SYS_ADMIN,
			"b 20 (3.9M) is discounted: it runs as root" },
		{ "overflow", "3.0", { 5000, 2200000 }, { 0, 0 }, 0, "highest score of all" },
		{ "tie", "6.1", { 10, 10 }, { 0, 0 }, 0,
			"same score as a 10: this kernel takes the younger" },
		{ "2.6.32", "2.6.32", { 10, 10 }, { 1000, 0 }, 0, "highest score of all" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crowd crowd;
		struct task *other;

		crowd_init(&crowd, cases[i].release);
		crowd_add(&crowd, 10, "a", cases[i].rss[0], cases[i].adj[0]);
		other = crowd_add(&crowd, 20, "b", cases[i].rss[1], cases[i].adj[1]);
		other->cap_effective = cases[i].caps;
		crowd_judge(&crowd);
		expect_text(cases[i].label, crowd.oom.reason, cases[i].want);
		crowd_free(&crowd);
	}
}

static void names_are_made_harmless(void)
{
	static const struct {
		const char *label, *comm, *want;
	} cases[] = {
		{ "escape", "a\033[2Jb\n", "adj +1 outranks a?[2Jb? 20 (80K)" },
		{ "none", "", "adj +1 outranks process 20 (80K)" },
		{ "bad UTF-8", "x\xff", "adj +1 outranks x? 20 (80K)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crowd crowd;

		crowd_init(&crowd, "6.1");
		crowd_add(&crowd, 10, "a", 10, 1);
		crowd_add(&crowd, 20, cases[i].comm, 20, 0);
		crowd_judge(&crowd);
		expect_text(cases[i].label, crowd.oom.reason, cases[i].want);
		crowd_free(&crowd);
	}
}

static void alone_and_protected_reasons(void)
{
	struct crowd crowd;

	crowd_init(&crowd, "6.1");
	crowd_add(&crowd, 1, "init", 99, 0);
	crowd_add(&crowd, 10, "a", 10, 0);
	crowd_judge(&crowd);
	expect_text("alone", crowd.oom.reason, "alone: no other process can be killed");
	expect_int("no runner-up", crowd.oom.margin_pages, VALUE_UNKNOWN);
	expect_true("certain", crowd.oom.certain);
	crowd_add(&crowd, 20, "b", 5, 0);
	crowd_judge(&crowd);
	expect_text(
		"init has more", crowd.oom.reason, "most memory of those that can be killed: 40K");
	crowd_free(&crowd);
}

extern CU_TestInfo reason_tests[];
CU_TestInfo reason_tests[] = {
	{ "knobs decide before the scan", knobs_decide_before_the_scan },
	{ "without candidates the kernel panics", without_candidates_the_kernel_panics },
	{ "reasons name what decides", reasons_name_what_decides },
	{ "names are made harmless", names_are_made_harmless },
	{ "alone and protected reasons", alone_and_protected_reasons },
	CU_TEST_INFO_NULL,
};
