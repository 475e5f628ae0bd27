/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/verdict.h"
#include "crowd.h"
#include "unit.h"

static struct crowd crowd;

/* Bound to node 0: 10 and 11; to node 1: 20, the largest; 30 may use both. */
static void machine_of(const char *release)
{
	crowd_init(&crowd, release);
	crowd_two_nodes(&crowd);
	crowd_confine(&crowd, crowd_add(&crowd, 10, "leak", 40000, 0), 1);
	crowd_confine(&crowd, crowd_add(&crowd, 11, "small", 8000, 0), 1);
	crowd_confine(&crowd, crowd_add(&crowd, 20, "database", 900000, 0), 2);
	crowd_confine(&crowd, crowd_add(&crowd, 30, "shell", 20000, 0), 3);
}

static void who_may_use_none_of_the_nodes_is_out_of_scope(void)
{
	static const char *const releases[] = { "2.6.36", "3.10.0-1160.el7.x86_64", "5.3", "5.4",
		"6.12" };

	for (size_t i = 0; i < ARRAY_SIZE(releases); i++) {
		const struct oom *oom;

		machine_of(releases[i]);
		oom = crowd_judge_nodes(&crowd, 1);
		expect_int(releases[i], oom->constraint, CONSTRAINT_CPUSET);
		expect_int(releases[i], oom->outcome, OUTCOME_KILL);
		expect_int(releases[i], crowd_pid(&crowd, oom->victim), 10);
		crowd_expect_order(&crowd, releases[i], "10 30 11");
		expect_int(releases[i], crowd_judged(&crowd, 20)->exempt, EXEMPT_OUT_OF_SCOPE);
		expect_text(releases[i], oom->scope_name, "nodes:0");
		expect_true(releases[i], oom->certain);

		oom = crowd_judge_nodes(&crowd, 2);
		expect_int(releases[i], crowd_pid(&crowd, oom->victim), 20);
		oom = crowd_judge(&crowd);
		expect_int(releases[i], oom->constraint, CONSTRAINT_NONE);
		expect_int(releases[i], crowd_pid(&crowd, oom->victim), 20);
		crowd_free(&crowd);
	}
}

static void scores_go_by_what_the_nodes_have(void)
{
	const struct oom *oom;

	/* T / 1000 is 1048 there: adj is worth half of what it is on the machine (2097). */
	machine_of("6.12");
	crowd.tasks[1].oom_score_adj = 20;
	oom = crowd_judge_nodes(&crowd, 1);
	expect_int("T", oom->totalpages, 1048000);
	expect_int("adj", crowd_judged(&crowd, 11)->badness.adj_pages, 20 * 1048);
	expect_int("and it is not enough", crowd_pid(&crowd, oom->victim), 10);
	crowd_judge(&crowd);
	expect_int("adj on the machine", crowd_judged(&crowd, 11)->badness.adj_pages, 20 * 2097);
	crowd_free(&crowd);

	machine_of("5.3");
	crowd.tasks[1].oom_score_adj = 30;
	oom = crowd_judge_nodes(&crowd, 1);
	expect_int("spanned", oom->totalpages, 1310719);
	expect_int("of a machine with holes", crowd_pid(&crowd, oom->victim), 11);
	kernel_profile_of("5.4", &crowd.now.kernel);
	oom = crowd_judge_nodes(&crowd, 1);
	expect_int("present", oom->totalpages, 1048000);
	expect_int("no more", crowd_pid(&crowd, oom->victim), 10);
	crowd_free(&crowd);
}

static void before_2_6_36_who_is_elsewhere_counts_an_eighth(void)
{
	const struct oom *oom;

	machine_of("2.6.32");
	for (unsigned i = 0; i < 4; i++)
		crowd.tasks[i].vsize_pages = (int64_t[]){ 40000, 1000, 300000, 2000 }[i];
	crowd_judge_nodes(&crowd, 1);
	crowd_expect_order(&crowd, "an eighth of 300000 is less", "10 20 30 11");
	expect_int("nobody is out", crowd_judged(&crowd, 20)->exempt, EXEMPT_NONE);
	expect_int("an eighth", crowd_judged(&crowd, 20)->badness.total * 8,
		crowd_judged(&crowd, 20)->badness.total -
			crowd_judged(&crowd, 20)->badness.nodes_pages);
	expect_int("of those there all", crowd_judged(&crowd, 10)->badness.nodes_pages, 0);

	crowd.tasks[2].vsize_pages = 330000;
	oom = crowd_judge_nodes(&crowd, 1);
	expect_int("an eighth is still more", crowd_pid(&crowd, oom->victim), 20);
	oom = crowd_judge(&crowd);
	expect_int("all of it on the machine", crowd_judged(&crowd, 20)->badness.nodes_pages, 0);
	crowd.tasks[2].vsize_pages = 300000;
	oom = crowd_judge(&crowd);
	expect_int("where it is the victim", crowd_pid(&crowd, oom->victim), 20);
	crowd_free(&crowd);
}

static void a_memory_policy_passes_nobody_over_and_is_never_certain(void)
{
	const struct oom *oom;

	machine_of("6.12");
	crowd_confine(&crowd, &crowd.tasks[0], 3);
	crowd_confine(&crowd, &crowd.tasks[1], 3);
	oom = crowd_judge_nodes(&crowd, 1);
	expect_int("constraint", oom->constraint, CONSTRAINT_MEMORY_POLICY);
	crowd_expect_order(&crowd, "all", "20 10 30 11");
	expect_int("T is that of the nodes", oom->totalpages, 1048000);
	expect_true("not certain", !oom->certain);
	expect_text("why", oom->uncertain_why, "memory policies of processes cannot be seen");

	kernel_profile_of("2.6.35", &crowd.now.kernel);
	oom = crowd_judge_nodes(&crowd, 1);
	expect_int("then who allocates", oom->outcome, OUTCOME_KILL_ALLOCATING_TASK);
	expect_int("nobody that is known", oom->victim, NO_TASK);
	expect_text("reason", oom->reason,
		"this kernel scans nobody for a memory policy: who asks for memory then is killed");
	kernel_profile_of("2.6.36", &crowd.now.kernel);
	oom = crowd_judge_nodes(&crowd, 1);
	expect_int("later a scan", oom->outcome, OUTCOME_KILL);
	crowd_free(&crowd);
}

static void a_process_of_unknown_nodes_may_be_the_victim(void)
{
	const struct oom *oom;

	machine_of("6.12");
	crowd.tasks[3].nodes = NO_NODE_SET;
	oom = crowd_judge_nodes(&crowd, 1);
	expect_true("it is not, whether it is there or not", oom->certain);
	crowd_expect_order(&crowd, "but it may be there", "10 30 11");

	crowd.tasks[3].rss_stat_pages = crowd.tasks[3].rss_anon_pages = 50000;
	oom = crowd_judge_nodes(&crowd, 1);
	expect_int("it would be", crowd_pid(&crowd, oom->victim), 30);
	expect_true("but not certainly", !oom->certain);
	expect_text("why", oom->uncertain_why, "shell 30: the nodes that it may use are not known");

	crowd.tasks[3].nodes = 77;
	oom = crowd_judge_nodes(&crowd, 1);
	expect_true("a set that does not exist is unknown", !oom->certain);
	oom = crowd_judge_nodes(&crowd, 3);
	expect_int("all nodes are the machine", oom->constraint, CONSTRAINT_NONE);
	expect_true("where it does not matter", oom->certain);
	crowd_free(&crowd);
}

static void panic_on_oom_of_1_is_for_the_whole_machine(void)
{
	static const struct {
		int64_t knob;
		uint64_t nodes;
		enum oom_outcome want;
	} cases[] = {
		{ 0, 1, OUTCOME_KILL },
		{ 1, 1, OUTCOME_KILL },
		{ 2, 1, OUTCOME_PANIC },
		{ 1, 3, OUTCOME_PANIC },
		{ 2, 3, OUTCOME_PANIC },
	};

	machine_of("6.12");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		crowd.now.knobs.panic_on_oom = cases[i].knob;
		expect_int("outcome", crowd_judge_nodes(&crowd, cases[i].nodes)->outcome,
			cases[i].want);
	}
	crowd_free(&crowd);
}

static void expect_next(const char *label, const struct oom *oom, const char *want)
{
	const struct risk risk = { .forecast_s = VALUE_UNKNOWN };
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	verdict_next(&crowd.now, &risk, oom, &text);
	expect_text(label, buf, want);
}

static void with_nobody_to_kill_the_kernel_panics(void)
{
	struct scope scope;

	machine_of("6.12");
	crowd.now.knobs.panic_on_oom = 1;
	scope = crowd_nodes(&crowd, 1);
	for (unsigned i = 0; i < 4; i++)
		crowd.tasks[i].oom_score_adj = i == 2 ? 0 : -1000;
	expect_int("judged", victim_judge_in(&crowd.now, &scope, &crowd.arena, &crowd.oom), 0);
	expect_int("outcome", crowd.oom.outcome, OUTCOME_PANIC);
	expect_text("not for the knob", crowd.oom.reason,
		"the kernel would panic: no process can be killed");
	expect_next("nor in NEXT", &crowd.oom, "nobody can be killed: the kernel would panic");
	crowd_free(&crowd);
}

static void the_allocating_task_is_killed_there_too(void)
{
	machine_of("6.12");
	crowd.now.knobs.oom_kill_allocating_task = 1;
	expect_int("node 0", crowd_judge_nodes(&crowd, 1)->outcome, OUTCOME_KILL_ALLOCATING_TASK);
	crowd.now.knobs.panic_on_oom = 2;
	expect_int("unless it panics", crowd_judge_nodes(&crowd, 1)->outcome, OUTCOME_PANIC);
	crowd_free(&crowd);
}

static void next_says_what_happens_on_the_nodes(void)
{
	machine_of("6.12");
	crowd.now.knobs.overcommit_memory = 2;
	expect_next("a kill, and no ENOMEM before it", crowd_judge_nodes(&crowd, 1),
		"now leak 10: most memory of those that may use node 0: 156M");
	crowd.now.knobs.overcommit_memory = 0;
	crowd.now.knobs.panic_on_oom = 1;
	for (unsigned i = 1; i < 4; i++)
		crowd_confine(&crowd, &crowd.tasks[i], 2);
	crowd.tasks[0].nodes = crowd.tasks[1].nodes;
	crowd_confine(&crowd, crowd_add(&crowd, 40, "x", 1, 0), 1);
	expect_next("1 is for the machine", crowd_judge_nodes(&crowd, 1),
		"now x 40: alone: no other process can be killed");
	crowd.now.knobs.panic_on_oom = 2;
	expect_next("2 for all", crowd_judge_nodes(&crowd, 1),
		"the kernel would panic, not kill (vm.panic_on_oom=2); first in line is x 40");
	crowd.now.knobs.panic_on_oom = 0;
	crowd.now.knobs.oom_kill_allocating_task = 1;
	expect_next("who allocates", crowd_judge_nodes(&crowd, 1),
		"whoever allocates then (vm.oom_kill_allocating_task=1); else x 40");
	crowd_free(&crowd);

	machine_of("2.6.32");
	crowd_confine(&crowd, &crowd.tasks[0], 3);
	crowd_confine(&crowd, &crowd.tasks[1], 3);
	crowd.tasks[2].vsize_pages *= 2;
	expect_next("for a policy", crowd_judge_nodes(&crowd, 1),
		"whoever allocates then; else database 20");
	crowd_free(&crowd);
}

static void ties_are_settled_as_on_the_machine(void)
{
	static const struct {
		const char *release;
		int32_t want;
	} cases[] = { { "5.2", 10 }, { "5.3", 11 }, { "6.12", 11 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct oom *oom;

		machine_of(cases[i].release);
		crowd.now.cpus = 1;
		crowd.now.kernel.percpu_counters = crowd.now.kernel.swap_counter_exact = false;
		crowd.tasks[1].rss_stat_pages = crowd.tasks[1].rss_anon_pages = 40000;
		crowd.tasks[1].rss_status_pages = 40000;
		oom = crowd_judge_nodes(&crowd, 1);
		expect_int(cases[i].release, crowd_pid(&crowd, oom->victim), cases[i].want);
		expect_true(cases[i].release, oom->certain);
		crowd_free(&crowd);
	}
}

static void the_reason_names_the_nodes(void)
{
	const struct oom *oom;

	machine_of("6.12");
	oom = crowd_judge_nodes(&crowd, 1);
	expect_text("most", oom->reason, "most memory of those that may use node 0: 156M");
	crowd.tasks[1].oom_score_adj = 500;
	oom = crowd_judge_nodes(&crowd, 1);
	expect_text("adj", oom->reason, "adj +500 outranks leak 10 (156M)");
	crowd.zones[1].present_pages = VALUE_UNKNOWN;
	oom = crowd_judge_nodes(&crowd, 1);
	expect_int("no T", oom->outcome, OUTCOME_UNKNOWN);
	expect_text("why", oom->reason, "the size of these nodes could not be read");
	crowd_free(&crowd);
}

static void a_child_dies_for_its_parent_only_if_it_is_there(void)
{
	const struct oom *oom;

	machine_of("4.18");
	crowd.tasks[2].ppid = 10;
	crowd.tasks[1].ppid = 10;
	oom = crowd_judge_nodes(&crowd, 1);
	expect_int("chosen", crowd_pid(&crowd, oom->chosen), 10);
	expect_int("not 20, which is larger", crowd_pid(&crowd, oom->victim), 11);
	crowd.tasks[2].nodes = NO_NODE_SET;
	crowd.tasks[2].rss_stat_pages = crowd.tasks[2].rss_anon_pages = 9000;
	oom = crowd_judge_nodes(&crowd, 1);
	expect_int("which may be there", crowd_pid(&crowd, oom->victim), 20);
	expect_text("and may not", oom->uncertain_why,
		"database 20: the nodes that it may use are not known");
	crowd_free(&crowd);
}

extern CU_TestInfo victim_nodes_tests[];
CU_TestInfo victim_nodes_tests[] = {
	{ "who may use none of the nodes is out of scope",
		who_may_use_none_of_the_nodes_is_out_of_scope },
	{ "scores go by what the nodes have", scores_go_by_what_the_nodes_have },
	{ "before 2.6.36 who is elsewhere counts an eighth",
		before_2_6_36_who_is_elsewhere_counts_an_eighth },
	{ "a memory policy passes nobody over and is never certain",
		a_memory_policy_passes_nobody_over_and_is_never_certain },
	{ "a process of unknown nodes may be the victim",
		a_process_of_unknown_nodes_may_be_the_victim },
	{ "panic_on_oom of 1 is for the whole machine",
		panic_on_oom_of_1_is_for_the_whole_machine },
	{ "with nobody to kill the kernel panics", with_nobody_to_kill_the_kernel_panics },
	{ "the allocating task is killed there too", the_allocating_task_is_killed_there_too },
	{ "next says what happens on the nodes", next_says_what_happens_on_the_nodes },
	{ "ties are settled as on the machine", ties_are_settled_as_on_the_machine },
	{ "the reason names the nodes", the_reason_names_the_nodes },
	{ "a child dies for its parent only if it is there",
		a_child_dies_for_its_parent_only_if_it_is_there },
	CU_TEST_INFO_NULL,
};
