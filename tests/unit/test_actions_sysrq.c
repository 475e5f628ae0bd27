/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "scene.h"
#include "ui/actions.h"
#include "unit.h"

static void sysrq_wants_the_victim_typed(void)
{
	static const struct {
		const char *typed, *message;
		bool performs;
	} cases[] = {
		{ "chrome 4102", "", true },
		{ "chrome 410", "that is not 'chrome 4102': nothing was done", false },
		{ "chrome 41022", "that is not 'chrome 4102': nothing was done", false },
		{ "chrome  4102", "that is not 'chrome 4102': nothing was done", false },
		{ "Chrome 4102", "that is not 'chrome 4102': nothing was done", false },
		{ "y", "that is not 'chrome 4102': nothing was done", false },
		{ "", "that is not 'chrome 4102': nothing was done", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene *scene = scene_new();

		/* Whoever is selected. */
		scene_key(scene, "Down");
		scene_kill_menu(scene, "sysrq-f");
		scene_key(scene, "Enter");
		expect_int("asks", scene->state.prompt, PROMPT_CONFIRM);
		expect_int("kind", scene->state.action.plan.kind, PLAN_SYSRQ);
		expect_int("victim", scene->state.action.plan.target.pid, 4102);
		expect_int("runner-up", scene->state.action.plan.second.pid, 23283);
		scene_draw(scene, 80, 24);
		scene_expect_begins(
			scene, 22, "Whole host. To let the kernel kill, type 'chrome 4102': ");
		scene_draw(scene, 40, 10);
		scene_expect_shown(scene, "type 'chrome 4102': ");
		scene_type(scene, cases[i].typed);
		expect_int(cases[i].typed, (scene_key(scene, "Enter") & REACT_PERFORM) != 0,
			cases[i].performs);
		expect_text(cases[i].typed, scene->state.message, cases[i].message);
		expect_int("stays", scene->state.prompt, PROMPT_CONFIRM);
		expect_text("stays", scene->state.input, cases[i].typed);
		scene_key(scene, "Esc");
		scene_expect_idle(scene, cases[i].typed);
		expect_int("where it was", scene->state.selected_pid, 23283);
		scene_free(scene);
	}
}

static void another_victim_has_to_be_typed_anew(void)
{
	struct scene *scene = scene_new();

	scene_kill_menu(scene, "sysrq-f");
	scene_key(scene, "Enter");
	scene_type(scene, "chrome 4102");
	scene_set_mem(scene, SCENE_POSTGRES, 15000);
	scene_tick(scene);
	expect_int("not yet", scene->state.action.plan.target.pid, 4102);
	expect_int("not performed", scene_key(scene, "Enter"), REACT_REDRAW);
	expect_text("said", scene->state.message,
		"the foretold victim is now postgres 1877: nothing was done");
	expect_int("asks on", scene->state.prompt, PROMPT_CONFIRM);
	expect_int("about that", scene->state.action.plan.target.pid, 1877);
	expect_text("from the start", scene->state.input, "");
	expect_text("of that", scene->view.page.confirm, "postgres 1877");
	scene_type(scene, "postgres 1877");
	expect_true("performs", scene_key(scene, "Enter") & REACT_PERFORM);
	scene_perform(scene, "the kernel was asked to kill");
	expect_int("watched", scene->state.verify.kind, PLAN_SYSRQ);
	scene_expect_idle(scene, "closed");
	scene_free(scene);
}

static void without_sysrq_the_foretold_victim_can_be_killed_instead(void)
{
	static const int errors[] = { -ENOENT, -EACCES, -EROFS, -EIO };

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct scene *scene = scene_new();
		const struct plan *plan = &scene->state.action.plan;

		scene_key(scene, "End");
		scene_kill_menu(scene, "sysrq-f");
		scene->state.action.sysrq = (struct sysrq_access){ true, errors[i] };
		scene_key(scene, "Enter");
		expect_int("asks", scene->state.prompt, PROMPT_CONFIRM);
		expect_int("kind", plan->kind, PLAN_SIGNAL);
		expect_int("signal", plan->signal, SIGKILL);
		expect_true("instead", plan->instead);
		expect_int("whom", plan->target.pid, 4102);
		scene_draw(scene, 80, 24);
		scene_expect_begins(scene, 22, "No sysrq-f. To KILL instead, type 'chrome 4102': ");
		scene_expect_shown(scene, "KILL to chrome 4102");
		scene_expect_shown(scene, "sysrq-f      ! ");
		scene_type(scene, "y");
		expect_int("y is not enough", scene_key(scene, "Enter"), REACT_REDRAW);
		scene_key(scene, "^U");
		scene_type(scene, "chrome 4102");
		/* Here too the victim may change until Enter. */
		if (errors[i] == -EIO) {
			scene_set_mem(scene, SCENE_JAVA, 15000);
			scene_tick(scene);
			expect_int("changed", scene_key(scene, "Enter"), REACT_REDRAW);
			expect_int("about that", plan->target.pid, 23283);
			expect_true("still instead", plan->instead);
			scene_type(scene, "java 23283");
		}
		expect_true("performs", scene_key(scene, "Enter") & REACT_PERFORM);
		scene_free(scene);
	}
}

static void sysrq_that_can_be_had_stays_sysrq(void)
{
	struct scene *scene = scene_new();

	scene_kill_menu(scene, "sysrq-f");
	scene->state.action.sysrq = (struct sysrq_access){ true, 0 };
	scene_key(scene, "Enter");
	expect_int("kind", scene->state.action.plan.kind, PLAN_SYSRQ);
	scene_key(scene, "Esc");
	/* Nobody is left to be killed. */
	for (uint32_t i = 0; i < scene->now.n_tasks; i++)
		scene->tasks[i].oom_score_adj = -1000;
	scene_key(scene, "x");
	scene_tick(scene);
	scene_kill_menu(scene, "sysrq-f");
	scene_key(scene, "Enter");
	expect_true("said", strstr(scene->state.message, "no process can be killed"));
	expect_int("the menu stays", scene->state.overlay, OVERLAY_KILL);
	scene_free(scene);
}

/* Before 4.3 it does so where vm.panic_on_oom is set. */
static void sysrq_that_would_panic_is_refused(void)
{
	struct scene *scene = scene_new();

	kernel_profile_of("3.16.0", &scene->now.kernel);
	scene->now.knobs.panic_on_oom = 1;
	scene_tick(scene);
	scene_kill_menu(scene, "sysrq-f");
	scene->state.action.sysrq = (struct sysrq_access){ true, 0 };
	expect_int("refused", scene_key(scene, "Enter"), REACT_REDRAW);
	expect_int("the menu stays", scene->state.overlay, OVERLAY_KILL);
	expect_int("its plan too", scene->state.action.plan.target.pid, 4102);
	expect_true("said why", strstr(scene->state.message, "vm.panic_on_oom"));
	scene_free(scene);
}

static void make_recording(struct scene *scene)
{
	scene->now.source = SOURCE_ROOT;
}

static void make_read_only(struct scene *scene)
{
	scene->state.read_only = true;
}

static void recordings_and_read_only_show_the_plan_and_refuse(void)
{
	static const struct {
		const char *label;
		void (*make)(struct scene *scene);
		const char *word; /* in the refusal */
	} cases[] = {
		{ "recording", make_recording, "recording" },
		{ "read-only", make_read_only, "--read-only" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene *scene = scene_new();

		cases[i].make(scene);
		scene->state.action.sysrq = (struct sysrq_access){ true, -EACCES };
		scene_tick(scene);
		scene_key(scene, "F7");
		scene_draw(scene, 80, 24);
		scene_expect_shown(scene, "ADJ of chrome 4102: +300 -> +200");
		scene_expect_shown(scene, "refused      ! ");
		expect_int(cases[i].label, scene_key(scene, "Enter"), REACT_REDRAW);
		expect_true(cases[i].label, strstr(scene->state.message, cases[i].word));
		scene_key(scene, "Esc");

		scene_key(scene, "F9");
		expect_int(cases[i].label, scene_key(scene, "Enter"), REACT_REDRAW);
		expect_true(cases[i].label, strstr(scene->state.message, cases[i].word));
		expect_int("menu stays", scene->state.overlay, OVERLAY_KILL);
		scene_key(scene, "End");
		scene_key(scene, "Enter");
		expect_int("not turned into KILL", scene->state.action.plan.kind, PLAN_SYSRQ);
		scene_type(scene, "chrome 4102");
		expect_int(cases[i].label, scene_key(scene, "Enter"), REACT_REDRAW);
		expect_true(cases[i].label, strstr(scene->state.message, cases[i].word));
		scene_key(scene, "Esc");
		scene_key(scene, "!");
		scene_draw(scene, 120, 40);
		scene_expect_shown(scene, "none: ");
		scene_free(scene);
	}
}

static void init_and_oomwatch_itself_get_no_signal(void)
{
	struct scene *scene = scene_new();

	scene->now.own_pid = 4102;
	scene_tick(scene);
	scene_key(scene, "F9");
	expect_int("itself", scene_key(scene, "Enter"), REACT_REDRAW);
	expect_true("said", scene->state.message[0]);
	expect_int("not chosen", scene->state.action.plan.signal, 0);
	scene_key(scene, "Esc");
	scene_key(scene, "x");
	scene_select(scene, "1");
	scene_kill_menu(scene, "KILL");
	expect_int("init", scene->state.action.plan.target.pid, 1);
	expect_int("init", scene_key(scene, "Enter"), REACT_REDRAW);
	expect_int("menu stays", scene->state.overlay, OVERLAY_KILL);
	expect_true("said", scene->state.message[0]);
	scene_free(scene);
}

extern CU_TestInfo actions_sysrq_tests[];
CU_TestInfo actions_sysrq_tests[] = {
	{ "sysrq-f wants the victim typed", sysrq_wants_the_victim_typed },
	{ "another victim has to be typed anew", another_victim_has_to_be_typed_anew },
	{ "without sysrq-f the foretold victim can be killed instead",
		without_sysrq_the_foretold_victim_can_be_killed_instead },
	{ "sysrq-f that can be had stays sysrq-f", sysrq_that_can_be_had_stays_sysrq },
	{ "sysrq-f that would panic is refused", sysrq_that_would_panic_is_refused },
	{ "recordings and --read-only show the plan and refuse",
		recordings_and_read_only_show_the_plan_and_refuse },
	{ "init and oomwatch itself get no signal", init_and_oomwatch_itself_get_no_signal },
	CU_TEST_INFO_NULL,
};
