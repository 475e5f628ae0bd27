/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/verify.h"
#include "planned.h"
#include "unit.h"

#define MIB (INT64_C(1) << 20)

/* java 10 outside; cartd 20 and job 30 in a cart of 400 MiB; the cart is on the screen. */
static void cart_init(struct planned *p)
{
	planned_init(p, "6.1");
	crowd_memcg(&p->crowd, "/", NO_MEMCG);
	crowd_memcg(&p->crowd, "/cart", 0);
	p->crowd.memcgs[1].max_bytes = 400 * MIB;
	crowd_add(&p->crowd, 10, "java", 2 * CROWD_GIB, 0)->memcg = 0;
	crowd_add(&p->crowd, 20, "cartd", 3000, 0)->memcg = 1;
	crowd_add(&p->crowd, 30, "job", 2000, 0)->memcg = 1;
	p->in_memcg = true;
	p->memcg = 1;
}

static void adj_is_previewed_in_the_scope_on_the_screen(void)
{
	struct planned p;

	cart_init(&p);
	planned_target(&p, PLAN_ADJ, 20);
	p.plan.adj = -100;
	planned_explain(&p);
	expect_text("rank", planned_line(&p, "rank"), "1st -> 2nd of 2 that can be killed");
	expect_true("first then", strstr(planned_line(&p, "first then"), "job 30") != NULL);
	/* -100 * (102400 / 1000) pages */
	expect_true("worth", strstr(planned_line(&p, "worth"), "-100 is -40M") != NULL);

	p.in_memcg = false;
	planned_explain(&p);
	expect_true("the machine's", strstr(planned_line(&p, "first then"), "java 10") != NULL);
	planned_free(&p);
}

static void adj_of_what_is_outside_has_no_effect_there(void)
{
	struct planned p;

	cart_init(&p);
	planned_target(&p, PLAN_ADJ, 10);
	p.plan.adj = -100;
	planned_explain(&p);
	expect_text("effect", planned_line(&p, "effect"), "no effect on it: outside this scope");
	planned_free(&p);
}

static void sysrq_acts_on_the_machine_whatever_the_scope(void)
{
	struct planned p;

	cart_init(&p);
	planned_target(&p, PLAN_SYSRQ, 10);
	planned_explain(&p);
	expect_true("foretold", strstr(planned_line(&p, "foretold"), "java 10") != NULL);
	expect_true("runner-up", strstr(planned_line(&p, "runner-up"), "cartd 20") != NULL);
	expect_text("with it", planned_line(&p, "with it die"), "no others");
	expect_text("changed", planned_line(&p, "changed"), "");
	planned_free(&p);
}

static void sysrq_names_the_group_that_dies(void)
{
	static const struct identity who = { .cgroup = "/cart" };
	struct planned p;

	cart_init(&p);
	p.crowd.memcgs[1].oom_group = 1;
	p.crowd.tasks[0].memcg = 1;
	crowd_add(&p.crowd, 40, "sshd", 100, 0)->memcg = 0;
	for (uint32_t i = 0; i < 3; i++)
		p.crowd.tasks[i].who = &who;
	planned_target(&p, PLAN_SYSRQ, 10);
	planned_explain(&p);
	expect_true("with it die",
		strstr(planned_line(&p, "with it die"), "3 processes (memory.oom.group): /cart"));
	expect_true(
		"a runner-up that lives", strstr(planned_line(&p, "runner-up"), "sshd 40") != NULL);

	p.crowd.memcgs[1].oom_group = VALUE_UNKNOWN;
	planned_explain(&p);
	expect_text("unread", planned_line(&p, "with it die"),
		"not known: memory.oom.group has not been read");
	planned_free(&p);
}

static void the_watch_after_sysrq_ignores_a_cgroup_on_the_screen(void)
{
	struct verify verify = { .kind = PLAN_NONE };
	struct planned p;

	cart_init(&p);
	planned_target(&p, PLAN_SYSRQ, 10);
	crowd_judge_in(&p.crowd, 1);
	verify_begin(&verify, &p.plan, &p.crowd.now, &p.crowd.oom);
	expect_int("the target alone", verify.n_candidates, 1);
	expect_int("is watched", verify.candidates[0].pid, 10);
	expect_true("not called certain", !verify.certain);
	crowd_judge(&p.crowd);
	verify_begin(&verify, &p.plan, &p.crowd.now, &p.crowd.oom);
	expect_int("all of the machine", verify.n_candidates, 3);
	expect_true("certain", verify.certain);
	planned_free(&p);
}

extern CU_TestInfo plan_scope_tests[];
CU_TestInfo plan_scope_tests[] = {
	{ "adj is previewed in the scope on the screen",
		adj_is_previewed_in_the_scope_on_the_screen },
	{ "adj of what is outside has no effect there",
		adj_of_what_is_outside_has_no_effect_there },
	{ "sysrq acts on the machine whatever the scope",
		sysrq_acts_on_the_machine_whatever_the_scope },
	{ "sysrq names the group that dies", sysrq_names_the_group_that_dies },
	{ "the watch after sysrq ignores a cgroup on the screen",
		the_watch_after_sysrq_ignores_a_cgroup_on_the_screen },
	CU_TEST_INFO_NULL,
};
