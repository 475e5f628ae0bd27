/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <string.h>

#include "planned.h"
#include "unit.h"

/* "java" 10 of 2 GiB in app.service, with a child and 3 threads. */
static void java_init(struct planned *p, int signal)
{
	planned_init(p, "6.1");
	crowd_add(&p->crowd, 10, "java", 2 * CROWD_GIB, 0)->threads = 3;
	crowd_add(&p->crowd, 20, "child", 5, 0)->ppid = 10;
	planned_target(p, PLAN_SIGNAL, 10);
	p->plan.signal = signal;
	planned_unit(p, &p->around, 10, "app.service", RESTART_NO);
}

static void each_restart_rule_follows_its_table(void)
{
	static const struct {
		enum restart_rule rule;
		bool clean, unclean;
		const char *name;
	} cases[] = {
		{ RESTART_NO, false, false, "(Restart=no)" },
		{ RESTART_ALWAYS, true, true, "(Restart=always)" },
		{ RESTART_ON_SUCCESS, true, false, "(Restart=on-success)" },
		{ RESTART_ON_FAILURE, false, true, "(Restart=on-failure)" },
		{ RESTART_ON_ABNORMAL, false, true, "(Restart=on-abnormal)" },
		{ RESTART_ON_ABORT, false, true, "(Restart=on-abort)" },
		{ RESTART_ON_WATCHDOG, false, false, "(Restart=on-watchdog)" },
	};
	static const struct {
		int signal;
		bool clean;
	} signals[] = {
		{ SIGTERM, true },
		{ SIGHUP, true },
		{ SIGINT, true },
		{ SIGPIPE, true },
		{ SIGKILL, false },
		{ SIGABRT, false },
		{ SIGSEGV, false },
		{ SIGQUIT, false },
		{ SIGUSR1, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(signals); j++) {
			const bool again = signals[j].clean ? cases[i].clean : cases[i].unclean;
			struct planned p;
			const char *line;

			java_init(&p, signals[j].signal);
			p.around.restart = cases[i].rule;
			planned_explain(&p);
			line = planned_line(&p, "restarts");
			expect_int(cases[i].name, !strncmp(line, "systemd starts app.service", 26),
				again);
			expect_int(cases[i].name,
				!strncmp(line, "systemd does not start app.service", 34), !again);
			expect_true(cases[i].name, strstr(line, cases[i].name) != NULL);
			expect_int(cases[i].name,
				strstr(p.page.brief, "; systemd starts it again") != NULL, again);
			planned_free(&p);
		}
	}
}

static void the_menu_tells_kill_from_term(void)
{
	static const struct {
		enum restart_rule rule;
		const char *want, *brief;
	} cases[] = {
		{ RESTART_NO, "systemd does not start app.service again (Restart=no)",
			"gives back 2.0G" },
		{ RESTART_ALWAYS,
			"systemd starts app.service again (Restart=always), if this is its main "
			"process",
			"gives back 2.0G; systemd starts it again" },
		{ RESTART_ON_FAILURE,
			"systemd starts app.service again after KILL, not after TERM "
			"(Restart=on-failure)",
			"gives back 2.0G" },
		{ RESTART_ON_SUCCESS,
			"systemd starts app.service again after TERM, not after KILL "
			"(Restart=on-success)",
			"gives back 2.0G" },
		{ RESTART_UNKNOWN, "not known, because the file of app.service was not found",
			"gives back 2.0G" },
		{ RESTART_NO_UNIT, "not by systemd: it is in no service", "gives back 2.0G" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct planned p;

		java_init(&p, 0);
		p.around.restart = cases[i].rule;
		planned_explain(&p);
		expect_text("what", p.page.what, "a signal to java 10");
		expect_text("restarts", planned_line(&p, "restarts"), cases[i].want);
		expect_text("brief", p.page.brief, cases[i].brief);
		planned_free(&p);
	}
}

static void what_was_not_read_is_not_known(void)
{
	struct planned p;

	java_init(&p, SIGTERM);
	p.around.restart = RESTART_ON_FAILURE;
	planned_explain(&p);
	expect_text("clean", planned_line(&p, "restarts"),
		"systemd does not start app.service again (Restart=on-failure), if it ends "
		"cleanly");
	p.around.user_unit = true;
	p.around.restart = RESTART_ALWAYS;
	planned_explain(&p);
	expect_text("user unit", planned_line(&p, "restarts"),
		"not known: app.service is of a user's own systemd, whose files are not read");
	expect_text("brief", p.page.brief, "gives back 2.0G");
	p.around.start_ticks++;
	planned_explain(&p);
	expect_text("another's", planned_line(&p, "restarts"),
		"not known: its unit has not been looked at");
	p.around.start_ticks--;
	p.around.asked = false;
	planned_explain(&p);
	expect_text("not asked", planned_line(&p, "restarts"),
		"not known: its unit has not been looked at");
	p.setting.around = NULL;
	planned_explain(&p);
	expect_text(
		"none", planned_line(&p, "restarts"), "not known: its unit has not been looked at");
	p.plan.signal = 0;
	planned_explain(&p);
	expect_text("none in the menu", planned_line(&p, "restarts"),
		"not known: its unit has not been looked at");
	planned_free(&p);
}

static void only_private_memory_comes_back(void)
{
	struct planned p;

	java_init(&p, SIGKILL);
	p.crowd.tasks[0].pgtables_bytes = 4 << 20;
	planned_explain(&p);
	expect_text("what", p.page.what, "KILL to java 10");
	expect_text("private", planned_line(&p, "gives back"),
		"2.0G of private memory and page tables");
	p.crowd.tasks[0].rss_shmem_pages = 2560;
	p.crowd.tasks[0].rss_file_pages = 5120;
	p.crowd.tasks[0].swap_pages = CROWD_GIB;
	planned_explain(&p);
	expect_text("and the rest", planned_line(&p, "gives back"),
		"2.0G of private memory and page tables; not shared 10M, files 20M, swap 1.0G");
	p.crowd.tasks[0].rss_shmem_pages = 0;
	p.crowd.tasks[0].rss_file_pages = VALUE_UNKNOWN;
	planned_explain(&p);
	expect_text("swap alone", planned_line(&p, "gives back"),
		"2.0G of private memory and page tables; not swap 1.0G");
	p.plan.signal = SIGHUP;
	planned_explain(&p);
	expect_text("may end", planned_line(&p, "gives back"),
		"if it ends: 2.0G of private memory and page tables; not swap 1.0G");
	p.plan.signal = SIGKILL;
	p.crowd.tasks[0].rss_anon_pages = VALUE_UNKNOWN;
	planned_explain(&p);
	expect_text("unknown", planned_line(&p, "gives back"),
		"not known: its private memory could not be read");
	expect_text("brief", p.page.brief, "gives back ?");
	planned_free(&p);
}

static void stopping_gives_nothing_back(void)
{
	static const int signals[] = { SIGSTOP, SIGCONT };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		struct planned p;

		java_init(&p, signals[i]);
		planned_explain(&p);
		expect_text("gives back", planned_line(&p, "gives back"),
			"nothing: it does not end, and keeps its memory");
		expect_text("brief", p.page.brief, "gives nothing back");
		expect_text("nobody dies", planned_line(&p, "with it die"), "");
		expect_text("no restart", planned_line(&p, "restarts"), "");
		expect_text("may be tried", p.page.refused, "");
		planned_free(&p);
	}
}

static void who_dies_with_it_is_said(void)
{
	static struct identity who = { .container = "docker:0f3a91c2" };
	struct planned p;

	java_init(&p, SIGTERM);
	planned_explain(&p);
	expect_text("child", planned_line(&p, "with it die"),
		"no others, only its 3 threads; 1 child lives on");
	crowd_add(&p.crowd, 30, "child", 5, 0)->ppid = 10;
	p.crowd.tasks[0].threads = 1;
	planned_explain(&p);
	expect_text("children", planned_line(&p, "with it die"), "no others; 2 children live on");
	expect_true("good", !planned_bad(&p, "with it die"));

	p.around.namespaced = true;
	p.around.namespace_pid = 1;
	planned_explain(&p);
	expect_text("init of a container", planned_line(&p, "with it die"),
		"all of its container: it is the init of a PID namespace");
	expect_true("bad", planned_bad(&p, "with it die"));
	expect_text("handler", planned_line(&p, "handler"),
		"the init of a container gets this signal only if it handles it");
	expect_text("brief", p.page.brief, "gives back 2.0G; all of its container dies");
	p.plan.signal = SIGKILL;
	planned_explain(&p);
	expect_text("but KILL does", planned_line(&p, "handler"), "");
	p.around.namespace_pid = 2;
	planned_explain(&p);
	expect_text(
		"another of it", planned_line(&p, "with it die"), "no others; 2 children live on");
	p.around.namespace_pid = VALUE_UNKNOWN;
	planned_explain(&p);
	expect_text("nobody can tell", planned_line(&p, "with it die"),
		"no others; 2 children live on; but if it is the init of its container, all of "
		"that dies");
	p.around.namespaced = false;
	planned_explain(&p);
	expect_text(
		"no container", planned_line(&p, "with it die"), "no others; 2 children live on");
	p.crowd.tasks[0].who = &who;
	planned_explain(&p);
	expect_true("bad", planned_bad(&p, "with it die"));
	expect_text("container", planned_line(&p, "container"),
		"its manager (docker, kubelet, ...) may start docker:0f3a91c2 again");
	planned_free(&p);
}

static void an_oom_policy_is_not_for_signals(void)
{
	static const struct {
		int signal;
		enum oom_policy policy;
		bool said;
	} cases[] = {
		{ SIGKILL, OOM_POLICY_STOP, true },
		{ SIGKILL, OOM_POLICY_KILL, true },
		{ SIGKILL, OOM_POLICY_CONTINUE, false },
		{ SIGKILL, OOM_POLICY_UNKNOWN, false },
		{ SIGTERM, OOM_POLICY_STOP, false },
		{ 0, OOM_POLICY_STOP, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct planned p;

		java_init(&p, cases[i].signal);
		p.around.oom_policy = cases[i].policy;
		planned_explain(&p);
		expect_text("policy", planned_line(&p, "OOMPolicy"),
			cases[i].said ? "does not apply, a signal is no OOM kill: the rest of "
					"app.service goes on"
				      : "");
		planned_free(&p);
	}
}

static void some_are_never_ended(void)
{
	static const struct {
		const char *label;
		int32_t pid;
		uint32_t flags;
		char state;
		int64_t vsize;
		int signal;
		const char *want;
	} cases[] = {
		{ "init", 1, 0, 'S', 9, SIGTERM, "refused: init is never ended from here" },
		{ "init, menu", 1, 0, 'S', 9, 0, "refused: init is never ended from here" },
		{ "kernel thread", 2, TASK_FLAG_KTHREAD, 'S', 0, SIGKILL,
			"refused: a kernel thread obeys no signals" },
		{ "itself", 77, 0, 'R', 9, SIGKILL, "refused: that is oomwatch itself, q ends it" },
		{ "zombie", 10, 0, 'Z', 0, SIGKILL,
			"refused: it has ended already (zombie): its parent has yet to take note" },
		{ "dead leader with threads", 10, 0, 'Z', 9, SIGKILL, "" },
		{ "unknown signal", 10, 0, 'S', 9, 99, "refused: no such signal here: 99" },
		{ "negative", 10, 0, 'S', 9, -1, "refused: no such signal here: -1" },
		{ "all right", 10, 0, 'S', 9, SIGUSR2, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct planned p;
		struct task *task;

		planned_init(&p, "6.1");
		p.crowd.now.own_pid = 77;
		task = crowd_add(&p.crowd, cases[i].pid, "x", cases[i].vsize, 0);
		task->flags = cases[i].flags;
		task->state = cases[i].state;
		task->vsize_pages = cases[i].vsize;
		planned_target(&p, PLAN_SIGNAL, cases[i].pid);
		p.plan.signal = cases[i].signal;
		planned_explain(&p);
		expect_text(cases[i].label, p.page.refused, cases[i].want);
		planned_free(&p);
	}
}

static void a_session_that_ends_is_foretold(void)
{
	struct planned p;

	java_init(&p, SIGTERM);
	crowd_add(&p.crowd, 30, "oomwatch", 5, 0)->ppid = 20;
	planned_explain(&p);
	expect_text("not live", planned_line(&p, "session"), "");
	p.crowd.now.own_pid = 30;
	planned_explain(&p);
	expect_text("grandparent", planned_line(&p, "session"),
		"oomwatch runs below it: your session may end with it");
	p.crowd.tasks[1].ppid = 2;
	planned_explain(&p);
	expect_text("no ancestor", planned_line(&p, "session"), "");
	p.crowd.tasks[1].ppid = 30;
	planned_explain(&p);
	expect_text("a ring ends", planned_line(&p, "session"), "");
	planned_target(&p, PLAN_SIGNAL, 30);
	planned_explain(&p);
	expect_true("itself is another matter", p.page.refused[0] != '\0');
	planned_free(&p);
}

static void its_state_and_rights_are_said(void)
{
	static const struct {
		const char *label;
		char state;
		uint32_t flags;
		int signal;
		const char *want;
	} cases[] = {
		{ "runs", 'R', 0, SIGTERM, "" },
		{ "waits", 'D', 0, SIGKILL,
			"it waits in the kernel (state D): no signal is heard until that ends" },
		{ "stopped", 'T', 0, SIGTERM, "it is stopped: only KILL and CONT are heard" },
		{ "stopped, KILL", 'T', 0, SIGKILL, "" },
		{ "stopped, CONT", 'T', 0, SIGCONT, "" },
		{ "exiting", 'R', TASK_FLAG_EXITING, SIGKILL, "it is already on its way out" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct planned p;

		java_init(&p, cases[i].signal);
		p.crowd.tasks[0].state = cases[i].state;
		p.crowd.tasks[0].flags = cases[i].flags;
		planned_explain(&p);
		expect_text(cases[i].label, planned_line(&p, "state"), cases[i].want);
		expect_text("root", planned_line(&p, "right"), "");
		p.crowd.now.own_uid = 1000;
		planned_explain(&p);
		expect_text("own", planned_line(&p, "right"), "");
		p.crowd.now.own_uid = 1001;
		planned_explain(&p);
		expect_text("another's", planned_line(&p, "right"),
			"it belongs to UID 1000: most likely needs root");
		p.crowd.now.own_caps = UINT64_C(1) << 5;
		planned_explain(&p);
		expect_text("CAP_KILL", planned_line(&p, "right"), "");
		planned_free(&p);
	}
}

static void in_place_of_sysrq_it_is_typed(void)
{
	struct planned p;

	java_init(&p, SIGKILL);
	planned_explain(&p);
	expect_text("y is enough", p.page.confirm, "");
	p.plan.instead = true;
	planned_explain(&p);
	expect_text("what", p.page.what, "KILL to java 10, in place of sysrq-f");
	expect_text("typed", p.page.confirm, "java 10");
	p.crowd.tasks[1].mm_compared = 10;
	p.crowd.tasks[1].mm_shared = true;
	planned_explain(&p);
	expect_text("shared", planned_line(&p, "shared"),
		"child 20 uses the same memory: it stays until that ends too");
	planned_free(&p);
}

static void hostile_text_stays_bounded(void)
{
	static char text[4096];
	static struct identity who = { .container = text, .unit = text, .cgroup = text };
	struct planned p;

	memset(text, '\033', sizeof(text) - 1);
	java_init(&p, SIGTERM);
	p.crowd.tasks[0].who = &who;
	memset(p.crowd.tasks[0].comm, '\n', sizeof(p.crowd.tasks[0].comm));
	memset(p.around.unit, '\033', sizeof(p.around.unit));
	p.around.restart = RESTART_ALWAYS;
	plan_target(&p.crowd.now, 0, &p.plan.target);
	planned_explain(&p);
	expect_true("what matters is still there",
		strstr(planned_line(&p, "restarts"), "(Restart=always), if this is its main") !=
			NULL);
	planned_free(&p);
}

extern CU_TestInfo plan_kill_tests[];
CU_TestInfo plan_kill_tests[] = {
	{ "each restart rule follows its table", each_restart_rule_follows_its_table },
	{ "the menu tells KILL from TERM", the_menu_tells_kill_from_term },
	{ "what was not read is not known", what_was_not_read_is_not_known },
	{ "only private memory comes back", only_private_memory_comes_back },
	{ "stopping gives nothing back", stopping_gives_nothing_back },
	{ "who dies with it is said", who_dies_with_it_is_said },
	{ "an OOM policy is not for signals", an_oom_policy_is_not_for_signals },
	{ "some are never ended", some_are_never_ended },
	{ "a session that ends is foretold", a_session_that_ends_is_foretold },
	{ "its state and rights are said", its_state_and_rights_are_said },
	{ "in place of sysrq it is typed", in_place_of_sysrq_it_is_typed },
	{ "hostile text stays bounded", hostile_text_stays_bounded },
	CU_TEST_INFO_NULL,
};
