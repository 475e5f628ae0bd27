/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "planned.h"
#include "unit.h"

#define CAP(bit) (UINT64_C(1) << (bit))

/* "big" 10 (2 GiB), "mid" 20 (1 GiB) and "small" 30 (1 page) on 8 GiB: an adj of 1 is worth
 * 2097 pages, 8.2M. */
static void trio_init(struct planned *p, const char *release, int32_t pid, int32_t adj)
{
	planned_init(p, release);
	crowd_add(&p->crowd, 10, "big", 2 * CROWD_GIB, 0);
	crowd_add(&p->crowd, 20, "mid", CROWD_GIB, 0);
	crowd_add(&p->crowd, 30, "small", 1, 0);
	planned_target(p, PLAN_ADJ, pid);
	p->plan.adj = adj;
}

static void a_preview_says_who_is_first_then(void)
{
	static const struct {
		int32_t pid, adj;
		const char *brief, *rank, *first, *worth, *never;
	} cases[] = {
		{ 10, -100, "stays 1st, first then: still big 10",
			"stays 1st of 3 that can be killed",
			"still big 10: most memory of all: 2.0G, adj -100",
			"-100 is -819M; BADNESS 2.0G -> 1.2G",
			"at or below -126, the others being as now" },
		{ 10, -126, "1st -> 2nd, first then: mid 20", "1st -> 2nd of 3 that can be killed",
			"mid 20: big 10 (2.0G) is protected by adj -126",
			"-126 is -1.0G; BADNESS 2.0G -> 1016M",
			"at or below -126, the others being as now" },
		{ 10, -125, "stays 1st, first then: still big 10", NULL, NULL, NULL, NULL },
		{ 10, -1000, "1st -> never, first then: mid 20",
			"1st -> never of 2 that can be killed",
			"mid 20: most memory of those that can be killed: 1.0G",
			"exempts it: the kernel never chooses it; BADNESS 2.0G -> none",
			"at or below -126, the others being as now" },
		{ 30, 300, "3rd -> 1st, first then: small 30", "3rd -> 1st of 3 that can be killed",
			"small 30: adj +300 outranks big 10 (2.0G)",
			"+300 is +2.4G; BADNESS 4.0K -> 2.4G",
			"at or below +250, the others being as now" },
		{ 20, 0, "stays 2nd, first then: still big 10", NULL, NULL,
			"0 is 0; BADNESS 1.0G -> 1.0G", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct planned p;

		trio_init(&p, "6.1", cases[i].pid, cases[i].adj);
		planned_explain(&p);
		expect_text("refused", p.page.refused, "");
		expect_text("confirm", p.page.confirm, "");
		expect_text("brief", p.page.brief, cases[i].brief);
		if (cases[i].rank)
			expect_text("rank", planned_line(&p, "rank"), cases[i].rank);
		if (cases[i].first)
			expect_text("first then", planned_line(&p, "first then"), cases[i].first);
		if (cases[i].worth)
			expect_text("worth", planned_line(&p, "worth"), cases[i].worth);
		if (cases[i].never)
			expect_text("never", planned_line(&p, "never first"), cases[i].never);
		expect_int("the machine is as it was", p.crowd.tasks[0].oom_score_adj, 0);
		planned_free(&p);
	}
}

static void from_minus_1000_it_comes_back(void)
{
	struct planned p;

	trio_init(&p, "6.1", 10, 0);
	p.crowd.tasks[0].oom_score_adj = p.plan.adj_before = -1000;
	/* The kernel shows 0 for -1000: that says nothing of what is after. */
	p.crowd.tasks[0].has |= TASK_HAS_SCORE;
	p.crowd.tasks[0].oom_score = 0;
	planned_explain(&p);
	expect_text("what", p.page.what, "ADJ of big 10: -1000 -> 0");
	expect_text("brief", p.page.brief, "never -> 1st, first then: big 10");
	expect_text("worth", planned_line(&p, "worth"), "0 is 0; BADNESS none -> 2.0G");
	planned_free(&p);
}

static void who_is_alone_or_far_behind_is_told_so(void)
{
	struct planned p;

	planned_init(&p, "6.1");
	crowd_add(&p.crowd, 10, "big", 9 * CROWD_GIB, 1000);
	crowd_add(&p.crowd, 20, "mid", CROWD_GIB, 0);
	planned_target(&p, PLAN_ADJ, 20);
	planned_explain(&p);
	expect_text("behind", planned_line(&p, "never first"),
		"at any value up to +1000, the others being as now");
	p.crowd.now.tasks[0].oom_score_adj = -1000;
	planned_explain(&p);
	expect_text("alone", planned_line(&p, "never first"),
		"only -1000 spares it: it is alone, no other process can be killed");
	p.plan.adj = -1000;
	planned_explain(&p);
	expect_text("nobody", p.page.brief, "1st -> never, first then: nobody");
	expect_true("bad", planned_bad(&p, "first then"));
	planned_free(&p);

	planned_init(&p, "6.1");
	crowd_add(&p.crowd, 10, "huge", 10 * CROWD_GIB, 0);
	crowd_add(&p.crowd, 20, "mid", CROWD_GIB, 0);
	planned_target(&p, PLAN_ADJ, 10);
	planned_explain(&p);
	expect_text("not alone", planned_line(&p, "never first"), "only -1000 spares it");
	planned_free(&p);
}

static void a_child_may_die_in_its_place(void)
{
	struct planned p;

	trio_init(&p, "4.18", 10, 500);
	p.crowd.tasks[2].ppid = 10;
	planned_explain(&p);
	expect_text("first", planned_line(&p, "first then"),
		"still small 30: a child dies first: big 10 has the highest score");
	expect_text("never", planned_line(&p, "never first"),
		"at any value: this kernel takes a child of it in its place");
	p.crowd.now.kernel.sacrifices_child = false;
	planned_explain(&p);
	expect_text("no more", planned_line(&p, "never first"),
		"at or below -126, the others being as now");
	planned_free(&p);
}

static void points_are_worth_pages_too(void)
{
	static const struct {
		const char *release;
		const char *want;
	} cases[] = {
		{ "2.6.36", "+500 is +4.0G; BADNESS 2.0G -> 6.0G" },
		{ "3.4", "+500 is +4.0G; BADNESS 2.0G -> 6.0G" },
		{ "3.10", "+500 is +4.0G; BADNESS 2.0G -> 6.0G" },
		{ "7.2", "+500 is +4.0G; BADNESS 2.0G -> 6.0G" },
	};
	struct planned p;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		trio_init(&p, cases[i].release, 10, 500);
		planned_explain(&p);
		expect_text(cases[i].release, planned_line(&p, "worth"), cases[i].want);
		planned_free(&p);
	}
	/* Points are thousandths of T; from 3.5 on T / 1000 loses its rest first. */
	trio_init(&p, "3.4", 10, 1000);
	p.crowd.now.total_ram_pages = 1999;
	planned_explain(&p);
	expect_true("points", strstr(planned_line(&p, "worth"), "is +7.8M;") != NULL);
	planned_free(&p);
	trio_init(&p, "3.5", 10, 1000);
	p.crowd.now.total_ram_pages = 1999;
	planned_explain(&p);
	expect_true("pages", strstr(planned_line(&p, "worth"), "is +3.9M;") != NULL);
	planned_free(&p);
	/* oom_badness() divides first: below 1000 pages nothing is left. */
	trio_init(&p, "6.1", 10, 1000);
	p.crowd.now.total_ram_pages = 999;
	planned_explain(&p);
	expect_text("too small", planned_line(&p, "worth"),
		"+1000 changes nothing, the machine is too small; BADNESS 2.0G -> 2.0G");
	planned_free(&p);
}

static void a_missing_right_is_said(void)
{
	static const struct {
		const char *label;
		int64_t own_uid;
		uint64_t caps;
		bool userns;
		int32_t from, to;
		const char *want;
	} cases[] = {
		{ "root", 0, ~UINT64_C(0), false, 0, -100, "" },
		{ "lowering without it", 1000, 0, false, 0, -1,
			"lowering needs CAP_SYS_RESOURCE, which oomwatch does not have: the kernel "
			"will most likely refuse" },
		{ "as root without it", 0, ~CAP(24), false, 100, 99,
			"lowering needs CAP_SYS_RESOURCE, which oomwatch does not have: the kernel "
			"will most likely refuse" },
		{ "raising", 1000, 0, false, 0, 1, "" },
		{ "the same", 1000, 0, false, 0, 0, "" },
		{ "in a user namespace", 0, ~UINT64_C(0), true, 0, -1,
			"root in a user namespace: lowering needs CAP_SYS_RESOURCE on the host, "
			"the kernel will most likely refuse" },
		{ "raising there", 0, ~UINT64_C(0), true, 0, 1, "" },
		{ "another's", 1001, 0, false, 0, 1, "it belongs to UID 1000: needs root" },
		{ "another's, DAC_OVERRIDE", 1001, CAP(1), false, 0, 1, "" },
		{ "root without any", 0, 0, false, 0, 1, "" },
		{ "who we are is not known", VALUE_UNKNOWN, 0, false, 0, 1, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct planned p;

		trio_init(&p, "6.1", 10, cases[i].to);
		p.crowd.tasks[0].oom_score_adj = p.plan.adj_before = cases[i].from;
		p.crowd.now.own_uid = cases[i].own_uid;
		p.crowd.now.own_caps = cases[i].caps;
		p.crowd.now.own_userns = cases[i].userns;
		planned_explain(&p);
		expect_text(cases[i].label, planned_line(&p, "right"), cases[i].want);
		expect_int(cases[i].label, planned_bad(&p, "right"), cases[i].want[0] != '\0');
		expect_text("tried all the same", p.page.refused, "");
		planned_free(&p);
	}
}

static void who_cannot_be_chosen_gains_nothing(void)
{
	static const struct {
		const char *label;
		int32_t pid;
		uint32_t flags;
		char state;
		const char *brief, *refused;
	} cases[] = {
		{ "init", 1, 0, 'S', "no effect on it: init is never killed", "" },
		{ "kernel thread", 2, TASK_FLAG_KTHREAD, 'S', "no effect on it: kernel thread",
			"refused: a kernel thread has no memory that could be freed" },
		{ "zombie", 3, 0, 'Z', "no effect on it: has no memory of its own",
			"refused: it has ended and has no memory any more (zombie)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct planned p;
		struct task *task;

		planned_init(&p, "6.1");
		task = crowd_add(&p.crowd, cases[i].pid, "x", cases[i].state == 'Z' ? 0 : 5, 0);
		task->flags = cases[i].flags;
		task->state = cases[i].state;
		task->vsize_pages = cases[i].state == 'Z' ? 0 : 10;
		crowd_add(&p.crowd, 10, "big", CROWD_GIB, 0);
		planned_target(&p, PLAN_ADJ, cases[i].pid);
		planned_explain(&p);
		expect_text(cases[i].label, p.page.brief, cases[i].brief);
		expect_text(cases[i].label, p.page.refused, cases[i].refused);
		expect_true(cases[i].label, planned_bad(&p, "effect"));
		planned_free(&p);
	}
}

static void what_cannot_be_written_is_refused(void)
{
	struct planned p;

	trio_init(&p, "6.1", 10, 1001);
	planned_explain(&p);
	expect_text("above", p.page.refused, "refused: oom_score_adj goes from -1000 to +1000");
	p.plan.adj = -1001;
	planned_explain(&p);
	expect_text("below", p.page.refused, "refused: oom_score_adj goes from -1000 to +1000");
	planned_free(&p);

	trio_init(&p, "2.6.32", 10, 0);
	p.crowd.tasks[0].has |= TASK_HAS_LEGACY_ADJ;
	p.crowd.tasks[0].oom_adj = -16;
	planned_explain(&p);
	expect_text("old kernel", p.page.refused,
		"refused: this kernel has only oom_adj (before 2.6.36), here -16");
	planned_free(&p);
}

static void sharers_change_where_the_kernel_does_so(void)
{
	static const struct {
		const char *release, *brief, *line;
		bool bad;
	} cases[] = {
		{ "4.4", "1st -> 2nd, first then: twin 15",
			"twin 15 uses the same memory and keeps its own value", true },
		{ "4.8", "stays 2nd, first then: mid 20",
			"twin 15 uses the same memory: the kernel changes it too", false },
		{ "5.9", "stays 2nd, first then: mid 20",
			"twin 15 uses the same memory: the kernel changes it too", false },
		{ "5.10", "stays 2nd, first then: mid 20",
			"twin 15 uses the same memory and may change too", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct planned p;
		struct task *twin;

		planned_init(&p, cases[i].release);
		crowd_add(&p.crowd, 10, "big", 2 * CROWD_GIB, 0);
		twin = crowd_add(&p.crowd, 15, "twin", 2 * CROWD_GIB, 0);
		twin->mm_compared = 10;
		twin->mm_shared = true;
		crowd_add(&p.crowd, 20, "mid", CROWD_GIB, 0);
		planned_target(&p, PLAN_ADJ, 10);
		p.plan.adj = -500;
		planned_explain(&p);
		expect_text(cases[i].release, strstr(p.page.brief, "first then"),
			strstr(cases[i].brief, "first then"));
		expect_text(cases[i].release, planned_line(&p, "shared"), cases[i].line);
		expect_int(cases[i].release, planned_bad(&p, "shared"), cases[i].bad);
		planned_free(&p);
	}
}

static void undo_says_what_became_of_the_change(void)
{
	struct planned p;

	trio_init(&p, "6.1", 10, 0);
	p.plan.undo = true;
	p.plan.undo_wrote = p.plan.adj_before = p.crowd.tasks[0].oom_score_adj = -100;
	planned_explain(&p);
	expect_text("what", p.page.what, "undo ADJ of big 10: -100 -> 0");
	expect_text("as left", planned_line(&p, "undo"), "oomwatch wrote -100");
	expect_true("good", !planned_bad(&p, "undo"));
	expect_text("unchanged", planned_line(&p, "changed"), "");
	p.plan.adj_before = 50;
	planned_explain(&p);
	expect_text("changed before", planned_line(&p, "undo"),
		"oomwatch wrote -100; somebody else changed it since, to +50");
	expect_true("bad", planned_bad(&p, "undo"));
	expect_text("changed meanwhile", planned_line(&p, "changed"),
		"it was +50 when this prompt opened, and is -100 now");
	planned_free(&p);
}

static void it_lasts_until_a_restart(void)
{
	struct planned p;

	trio_init(&p, "6.1", 10, 0);
	planned_explain(&p);
	expect_text("no unit", planned_line(&p, "lasts"),
		"children started from now on inherit it; a restart loses it");
	planned_unit(&p, &p.around, 10, "db\033.service", RESTART_ALWAYS);
	planned_explain(&p);
	expect_text("unit", planned_line(&p, "lasts"),
		"children started from now on inherit it; a restart of db?.service loses it");
	p.around.start_ticks++;
	planned_explain(&p);
	expect_text("unit of another", planned_line(&p, "lasts"),
		"children started from now on inherit it; a restart loses it");
	planned_free(&p);
}

static void what_is_not_known_is_not_guessed(void)
{
	struct planned p;

	trio_init(&p, "6.1", 10, -100);
	p.crowd.now.total_ram_pages = VALUE_UNKNOWN;
	planned_explain(&p);
	expect_text("no total", p.page.brief, "rank not known");
	expect_true("bad", planned_bad(&p, "rank"));
	expect_text("no threshold", planned_line(&p, "never first"), "");
	planned_free(&p);

	trio_init(&p, "6.1", 10, 100);
	p.crowd.tasks[0].has &= ~(uint32_t)TASK_HAS_ADJ;
	p.plan.adj_before = 0;
	p.crowd.tasks[0].pgtables_bytes = VALUE_UNKNOWN;
	planned_explain(&p);
	expect_text("no badness", planned_line(&p, "worth"), "+100 is +819M; BADNESS ? -> ?");
	expect_true("says so",
		strstr(planned_line(&p, "first then"), "(not certain: big 10: not all that") !=
			NULL);
	planned_free(&p);

	trio_init(&p, "6.1", 10, 100);
	p.crowd.tasks[0].has = 0;
	planned_explain(&p);
	expect_text("unreadable", p.page.brief, "effect not known: its files could not be read");
	planned_free(&p);
}

static void hostile_figures_and_names_do_no_harm(void)
{
	static const int64_t figures[] = { VALUE_UNKNOWN, INT64_MIN + 1, -1, 0, INT64_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(figures) * 4; i++) {
		const int64_t figure = figures[i % ARRAY_SIZE(figures)];
		struct planned p;
		struct task *task;

		trio_init(&p, i % 2 ? "6.1" : "2.6.39", 10, INT32_MIN + (int32_t)i);
		if (i % 3)
			p.plan.adj = 1000;
		task = &p.crowd.tasks[0];
		memset(task->comm, i % 2 ? '\xff' : '\033', sizeof(task->comm));
		task->oom_score_adj = INT32_MAX;
		p.plan.adj_before = INT32_MIN;
		task->rss_stat_pages = task->vsize_pages = task->swap_pages = figure;
		task->pgtables_bytes = figure;
		p.crowd.now.total_ram_pages = i / 5 % 2 ? figure : 5;
		plan_target(&p.crowd.now, 0, &p.plan.target);
		planned_explain(&p);
		planned_free(&p);
	}
}

extern CU_TestInfo plan_adj_tests[];
CU_TestInfo plan_adj_tests[] = {
	{ "a preview says who is first then", a_preview_says_who_is_first_then },
	{ "from -1000 it comes back", from_minus_1000_it_comes_back },
	{ "who is alone or far behind is told so", who_is_alone_or_far_behind_is_told_so },
	{ "a child may die in its place", a_child_may_die_in_its_place },
	{ "points are worth pages too", points_are_worth_pages_too },
	{ "a missing right is said", a_missing_right_is_said },
	{ "who cannot be chosen gains nothing", who_cannot_be_chosen_gains_nothing },
	{ "what cannot be written is refused", what_cannot_be_written_is_refused },
	{ "sharers change where the kernel does so", sharers_change_where_the_kernel_does_so },
	{ "undo says what became of the change", undo_says_what_became_of_the_change },
	{ "it lasts until a restart", it_lasts_until_a_restart },
	{ "what is not known is not guessed", what_is_not_known_is_not_guessed },
	{ "hostile figures and names do no harm", hostile_figures_and_names_do_no_harm },
	CU_TEST_INFO_NULL,
};
