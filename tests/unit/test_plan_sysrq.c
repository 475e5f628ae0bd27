/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "planned.h"
#include "unit.h"

/* "java" 10 of 2 GiB, "chrome" 20 of 1 GiB; foretold as now. */
static void pair_init(struct planned *p, const char *release)
{
	planned_init(p, release);
	crowd_add(&p->crowd, 10, "java", 2 * CROWD_GIB, 0);
	crowd_add(&p->crowd, 20, "chrome", CROWD_GIB, 0);
	p->plan.kind = PLAN_SYSRQ;
	expect_int("victims", plan_sysrq_victims(&p->crowd.now, &p->scratch, &p->plan), 0);
	planned_unit(p, &p->around, 10, "app.service", RESTART_ALWAYS);
	planned_unit(p, &p->around_second, 20, "", RESTART_NO_UNIT);
}

static void the_page_names_victim_and_runner_up(void)
{
	static const struct {
		const char *label, *want;
		bool bad;
	} lines[] = {
		{ "acts on", "the whole host, whatever is selected here", true },
		{ "foretold", "java 10: most memory of all: 2.0G", false },
		{ "certain", "yes, if it is done now", false },
		{ "gives back", "2.0G", false },
		{ "with it die", "no others", false },
		{ "restarts",
			"systemd starts app.service again (Restart=always), if this is its main "
			"process",
			false },
		{ "OOMPolicy", "the rest of app.service goes on (OOMPolicy=continue)", false },
		{ "runner-up", "chrome 20, gives back 1.0G", false },
		{ "file", "/proc/sysrq-trigger can be written; kernel.sysrq does not matter for it",
			false },
		{ "panic", "vm.panic_on_oom is 0: no panic", false },
	};
	struct planned p;

	pair_init(&p, "6.1");
	planned_explain(&p);
	expect_int("target", p.plan.target.pid, 10);
	expect_int("second", p.plan.second.pid, 20);
	expect_text("what", p.page.what, "sysrq-f: the kernel's OOM killer, on the whole host");
	expect_text("brief", p.page.brief, "kills java 10, gives back 2.0G");
	expect_text("refused", p.page.refused, "");
	expect_text("confirm", p.page.confirm, "java 10");
	expect_int("lines", p.page.n_lines, ARRAY_SIZE(lines));
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		expect_text("order", p.page.lines[i].label, lines[i].label);
		expect_text(lines[i].label, planned_line(&p, lines[i].label), lines[i].want);
		expect_int(lines[i].label, planned_bad(&p, lines[i].label), lines[i].bad);
	}
	p.crowd.now.partial = PARTIAL_PID_NAMESPACE;
	planned_explain(&p);
	expect_text("container", planned_line(&p, "acts on"),
		"the whole host, whatever is selected here, and on processes outside this "
		"container");
	expect_text("not certain", planned_line(&p, "certain"),
		"no: only the processes of this PID namespace can be seen");
	expect_true("bad", planned_bad(&p, "certain"));
	expect_text("brief", p.page.brief, "kills java 10 (not certain), gives back 2.0G");
	planned_free(&p);
}

static void each_kernel_has_its_pre_flight(void)
{
	static const struct {
		const char *release;
		bool spares;
	} cases[] = {
		{ "2.6.32", false },
		{ "2.6.36", false },
		{ "3.10", false },
		{ "4.2", false },
		{ "4.3", true },
		{ "4.4", true },
		{ "4.18", true },
		{ "5.0", true },
		{ "5.15", true },
		{ "6.1", true },
		{ "7.2", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *release = cases[i].release;
		struct planned p;

		pair_init(&p, release);
		p.crowd.now.knobs.oom_kill_allocating_task = 1;
		expect_int(release, plan_sysrq_victims(&p.crowd.now, &p.scratch, &p.plan), 0);
		planned_explain(&p);
		expect_text(release, p.page.refused, "");
		expect_true(release, p.plan.target.pid > 0);

		p.crowd.now.knobs.panic_on_oom = VALUE_UNKNOWN;
		planned_explain(&p);
		expect_text(release, p.page.refused, "");
		expect_int(release, planned_bad(&p, "panic"), !cases[i].spares);

		p.crowd.now.knobs.panic_on_oom = 2;
		expect_int(release, plan_sysrq_victims(&p.crowd.now, &p.scratch, &p.plan),
			cases[i].spares ? 0 : -ESRCH);
		planned_explain(&p);
		expect_text(release, p.page.refused,
			cases[i].spares ? ""
					: "refused: vm.panic_on_oom is 2, sysrq-f would panic this "
					  "kernel (before 4.3)");
		expect_int(release, planned_bad(&p, "panic"), !cases[i].spares);
		expect_text(release, planned_line(&p, "eligible"), "");

		p.crowd.now.knobs.panic_on_oom = 0;
		p.crowd.tasks[0].oom_score_adj = p.crowd.tasks[1].oom_score_adj = -1000;
		expect_int(release, plan_sysrq_victims(&p.crowd.now, &p.scratch, &p.plan), -ESRCH);
		planned_explain(&p);
		expect_text(release, p.page.refused,
			cases[i].spares
				? "refused: no process can be killed: the kernel would do nothing"
				: "refused: no process can be killed: this kernel would panic "
				  "(before 4.3)");
		expect_true(release, planned_bad(&p, "eligible"));
		planned_free(&p);
	}
}

static void why_the_file_cannot_be_had_is_said(void)
{
	static const struct {
		int error;
		const char *want;
	} cases[] = {
		{ -ENOENT,
			"this kernel has no /proc/sysrq-trigger (CONFIG_MAGIC_SYSRQ is off), "
			"or it is hidden in a container" },
		{ -EACCES, "/proc/sysrq-trigger needs root" },
		{ -EPERM, "/proc/sysrq-trigger needs root" },
		{ -EROFS, "/proc/sysrq-trigger is mounted read-only, as in containers" },
		{ -5, "/proc/sysrq-trigger cannot be opened for writing (errno 5)" },
	};
	struct planned p;

	pair_init(&p, "6.1");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		p.sysrq.error = cases[i].error;
		planned_explain(&p);
		expect_text("line", planned_line(&p, "file"), cases[i].want);
		expect_true("bad", planned_bad(&p, "file"));
		expect_text("refused", p.page.refused + 9, cases[i].want);
		expect_text("foretold all the same", planned_line(&p, "foretold"),
			"java 10: most memory of all: 2.0G");
	}
	p.sysrq.asked = false;
	planned_explain(&p);
	expect_text("not asked", planned_line(&p, "file"),
		"whether /proc/sysrq-trigger can be written is not known yet");
	expect_text("may be tried", p.page.refused, "");
	p.setting.sysrq = NULL;
	planned_explain(&p);
	expect_true("the same", planned_bad(&p, "file"));
	planned_free(&p);
}

static void a_victim_that_still_dies_is_in_the_way(void)
{
	static const struct {
		const char *label, *release;
		int64_t ago_ms;
		const char *want;
	} cases[] = {
		{ "just now", "6.1", 0,
			"the kernel killed less than 5 s ago: that victim may be chosen again, "
			"then nothing more happens" },
		{ "almost 5 s", "6.1", 4999,
			"the kernel killed less than 5 s ago: that victim may be chosen again, "
			"then nothing more happens" },
		{ "5 s", "6.1", 5000, "" },
		{ "in the future", "6.1", -1, "" },
		{ "3.4", "3.4", 1,
			"the kernel killed less than 5 s ago: that victim may be chosen again, "
			"then nothing more happens" },
		{ "3.3", "3.3", 1,
			"the kernel killed less than 5 s ago: this kernel waits for that victim "
			"and kills nobody meanwhile" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct planned p;

		pair_init(&p, cases[i].release);
		p.setting.last_kill_uptime_ms = p.crowd.now.uptime_ms - cases[i].ago_ms;
		planned_explain(&p);
		expect_text(cases[i].label, planned_line(&p, "dying"), cases[i].want);
		expect_text("may be tried", p.page.refused, "");
		p.setting.last_kill_uptime_ms = VALUE_UNKNOWN;
		planned_explain(&p);
		expect_text("unknown", planned_line(&p, "dying"), "");
		planned_free(&p);
	}
}

static void who_is_exiting_or_passed_over_is_named(void)
{
	struct planned p;

	pair_init(&p, "6.1");
	p.crowd.tasks[1].flags = TASK_FLAG_EXITING;
	planned_explain(&p);
	expect_text("exiting", planned_line(&p, "dying"),
		"chrome 20 is still dying: that victim may be chosen again, then nothing more "
		"happens");
	p.crowd.tasks[1].flags = 0;
	p.crowd.tasks[1].has |= TASK_HAS_SCORE;
	p.crowd.tasks[1].oom_score = 0;
	planned_explain(&p);
	expect_text("skipped", planned_line(&p, "dying"),
		"chrome 20 is still dying: an OOM kill has taken its memory, the kernel passes it "
		"over");
	expect_text("nobody else", planned_line(&p, "runner-up"),
		"nobody: no other process can be killed");
	planned_free(&p);
}

static void another_victim_needs_another_confirmation(void)
{
	struct planned p;

	pair_init(&p, "6.1");
	p.crowd.tasks[1].rss_stat_pages = 3 * CROWD_GIB;
	planned_explain(&p);
	expect_text("typed is what was foretold", p.page.confirm, "java 10");
	expect_text("refused", p.page.refused,
		"refused: it would be chrome 20 now, no longer java 10: open the menu again");
	p.crowd.tasks[1].rss_stat_pages = CROWD_GIB;
	planned_explain(&p);
	expect_text("as before", p.page.refused, "");
	p.crowd.tasks[0].start_ticks++;
	planned_explain(&p);
	expect_text("another with its pid", p.page.refused,
		"refused: it would be java 10 now, no longer java 10: open the menu again");
	p.plan.target = (struct target){ .pid = 0 };
	planned_explain(&p);
	expect_text("nobody was foretold", p.page.refused,
		"refused: it would be java 10 now: open the menu again");
	expect_text("nothing to type", p.page.confirm, "");
	planned_free(&p);
}

static void all_of_a_group_die_with_it(void)
{
	static struct identity in = { .cgroup = "/a/db.service" },
			       below = { .cgroup = "/a/db.service/worker" },
			       beside = { .cgroup = "/a/db.service2" }, unread = { .unit = NULL };
	struct planned p;

	planned_init(&p, "6.1");
	crowd_add(&p.crowd, 10, "db", 2 * CROWD_GIB, 0)->who = &in;
	crowd_add(&p.crowd, 20, "db", CROWD_GIB, 0)->who = &below;
	crowd_add(&p.crowd, 30, "other", CROWD_GIB / 2, 0)->who = &beside;
	crowd_add(&p.crowd, 40, "db", CROWD_GIB, -1000)->who = &in;
	p.plan.kind = PLAN_SYSRQ;
	expect_int("victims", plan_sysrq_victims(&p.crowd.now, &p.scratch, &p.plan), 0);
	planned_unit(&p, &p.around, 10, "db.service", RESTART_NO);
	p.around.oom_policy = OOM_POLICY_KILL;
	strcpy(p.around.group, "/a/db.service");
	planned_explain(&p);
	expect_text("group", planned_line(&p, "with it die"),
		"all of its cgroup, 2 processes (memory.oom.group): /a/db.service; 1 of it exempt");
	expect_true("bad", planned_bad(&p, "with it die"));
	expect_text("sum", planned_line(&p, "gives back"), "3.0G");
	expect_text("brief", p.page.brief, "kills db 10, gives back 3.0G");
	expect_text("policy", planned_line(&p, "OOMPolicy"),
		"all of db.service is killed with it (OOMPolicy=kill)");
	strcpy(p.around.group, "/a/db.service/");
	planned_explain(&p);
	expect_text("a slash more", planned_line(&p, "gives back"), "3.0G");
	p.crowd.tasks[2].who = &unread;
	planned_explain(&p);
	expect_text("not all are read", planned_line(&p, "gives back"), "at least 3.0G");
	expect_true("at least", strstr(planned_line(&p, "with it die"), "at least 2") != NULL);
	p.crowd.tasks[2].who = &beside;
	p.crowd.tasks[1].rss_anon_pages = VALUE_UNKNOWN;
	planned_explain(&p);
	expect_text("not all is known", planned_line(&p, "gives back"), "at least 2.0G");
	strcpy(p.around.group, "/");
	planned_explain(&p);
	expect_true("root", strstr(planned_line(&p, "with it die"), "3 processes") != NULL);
	memset(p.around.group, '\033', sizeof(p.around.group));
	planned_explain(&p);
	planned_free(&p);
}

static void others_that_die_are_said(void)
{
	static struct identity contained = { .container = "docker:0f3a91c2" };
	struct planned p;

	pair_init(&p, "6.1");
	for (int32_t pid = 30; pid < 80; pid += 10) {
		struct task *task = crowd_add(&p.crowd, pid, "twin", 3 * CROWD_GIB / 2, 0);

		task->mm_compared = 10;
		task->mm_shared = true;
	}
	planned_explain(&p);
	expect_text("sharers", planned_line(&p, "with it die"),
		"twin 30, twin 40, twin 50 and 2 more, which use its memory");
	expect_text("they are no runners-up", planned_line(&p, "runner-up"),
		"chrome 20, gives back 1.0G");
	p.crowd.now.n_tasks = 3;
	planned_explain(&p);
	expect_text("one", planned_line(&p, "with it die"), "twin 30, which uses its memory");
	p.crowd.now.n_tasks = 2;
	p.around.group_known = false;
	planned_explain(&p);
	expect_text("not read", planned_line(&p, "with it die"),
		"not known: memory.oom.group has not been read");
	expect_true("bad", planned_bad(&p, "with it die"));
	p.setting.around = NULL;
	planned_explain(&p);
	expect_true("nor its surroundings", planned_bad(&p, "with it die"));
	p.setting.around = &p.around;
	p.around.namespaced = true;
	p.around.namespace_pid = 1;
	p.around.oom_policy = OOM_POLICY_STOP;
	p.crowd.tasks[0].who = &contained;
	planned_explain(&p);
	expect_text("init of a container", planned_line(&p, "with it die"),
		"all of its container: it is the init of a PID namespace");
	expect_text("manager", planned_line(&p, "container"),
		"its manager (docker, kubelet, ...) may start docker:0f3a91c2 again");
	expect_text("stop", planned_line(&p, "OOMPolicy"),
		"systemd then stops all of app.service (OOMPolicy=stop)");
	expect_true("bad", planned_bad(&p, "OOMPolicy"));
	p.around_second.restart = RESTART_ON_FAILURE;
	p.around_second.namespaced = true;
	p.around_second.namespace_pid = 1;
	planned_explain(&p);
	expect_text("runner-up", planned_line(&p, "runner-up"),
		"chrome 20, gives back 1.0G; with it die all of its container: it is the init of a "
		"PID namespace; systemd starts it again");
	planned_free(&p);
}

static void the_runner_up_is_who_would_be_next(void)
{
	struct planned p;

	/* 4.18 takes children: 20 for 10, then 30 for it. */
	planned_init(&p, "4.18");
	crowd_add(&p.crowd, 10, "old", 2 * CROWD_GIB, 0);
	crowd_add(&p.crowd, 20, "son", CROWD_GIB, 0)->ppid = 10;
	crowd_add(&p.crowd, 30, "kid", 5, 0)->ppid = 10;
	expect_int("victims", plan_sysrq_victims(&p.crowd.now, &p.scratch, &p.plan), 0);
	expect_int("first", p.plan.target.pid, 20);
	expect_int("second", p.plan.second.pid, 30);
	p.crowd.now.n_tasks = 1;
	expect_int("victims", plan_sysrq_victims(&p.crowd.now, &p.scratch, &p.plan), 0);
	expect_int("alone", p.plan.target.pid, 10);
	expect_int("no second", p.plan.second.pid, 0);
	p.crowd.now.n_tasks = 0;
	expect_int("nobody", plan_sysrq_victims(&p.crowd.now, &p.scratch, &p.plan), -ESRCH);
	expect_int("unchanged", p.plan.target.pid, 10);
	planned_free(&p);
}

static void what_cannot_be_foretold_is_refused(void)
{
	struct planned p;

	pair_init(&p, "6.1");
	p.crowd.now.total_ram_pages = VALUE_UNKNOWN;
	planned_explain(&p);
	expect_text("no total", p.page.refused,
		"refused: who would be killed is not known: the total of memory and swap could not "
		"be read");
	expect_text("brief", p.page.brief, "kills nobody that can be foretold");
	p.crowd.now.n_tasks = 0;
	planned_explain(&p);
	expect_text("no list", p.page.refused,
		"refused: who would be killed is not known: the list of processes could not be "
		"read");
	planned_free(&p);
}

extern CU_TestInfo plan_sysrq_tests[];
CU_TestInfo plan_sysrq_tests[] = {
	{ "the page names victim and runner-up", the_page_names_victim_and_runner_up },
	{ "each kernel has its pre-flight", each_kernel_has_its_pre_flight },
	{ "why the file cannot be had is said", why_the_file_cannot_be_had_is_said },
	{ "a victim that still dies is in the way", a_victim_that_still_dies_is_in_the_way },
	{ "who is exiting or passed over is named", who_is_exiting_or_passed_over_is_named },
	{ "another victim needs another confirmation", another_victim_needs_another_confirmation },
	{ "all of a group die with it", all_of_a_group_die_with_it },
	{ "others that die are said", others_that_die_are_said },
	{ "the runner-up is who would be next", the_runner_up_is_who_would_be_next },
	{ "what cannot be foretold is refused", what_cannot_be_foretold_is_refused },
	CU_TEST_INFO_NULL,
};
