/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "scene.h"
#include "ui/actions.h"
#include "unit.h"

static void steps_and_numbers_of_adj_are_planned_and_enter_performs(void)
{
	static const struct {
		const char *label;
		const char *keys[5];
		const char *typed, *input;
		int32_t adj;
	} cases[] = {
		/* clang-format off */
		{ "down", { "F7" }, "", "-100", -100 },
		{ "down by letter", { "]" }, "", "-100", -100 },
		{ "up", { "F8" }, "", "100", 100 },
		{ "up by letter", { "[" }, "", "100", 100 },
		{ "down twice", { "F7", "F7" }, "", "-200", -200 },
		{ "down, up, up", { "F7", "F8", "[" }, "", "100", 100 },
		{ "its own", { "a" }, "", "0", 0 },
		{ "another letter", { "r" }, "", "0", 0 },
		{ "a number replaces what is proposed", { "a" }, "-300", "-300", -300 },
		{ "after a step too", { "F7" }, "55", "55", 55 },
		{ "with a plus", { "a" }, "+7", "+7", 7 },
		{ "the least", { "a" }, "-1000", "-1000", -1000 },
		{ "the most", { "a" }, "1000", "1000", 1000 },
		{ "beyond the most", { "a" }, "1001", "100", 100 },
		{ "beyond the least", { "a" }, "-1001", "-100", -100 },
		{ "letters are refused", { "a" }, "x-2y0z", "-20", -20 },
		{ "a sign in the middle is refused", { "a" }, "2-0+", "20", 20 },
		{ "no more digits than it takes", { "a" }, "000012", "0000", 0 },
		{ "a step from what was typed", { "a", "^U", "5", "F8" }, "", "100", 100 },
		{ "down from the least", { "a", "^U", "-", "F7" }, "", "-100", -100 },
		{ "cleared", { "a", "^U" }, "", "", 0 },
		{ "only a sign", { "a" }, "-", "-", 0 },
		{ "edited", { "F7", "Backspace", "Backspace" }, "50", "-150", -150 },
		/* clang-format on */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene *scene = scene_new();
		const struct plan *plan = &scene->state.action.plan;

		scene_key(scene, "Down");
		for (size_t k = 0; k < 5 && cases[i].keys[k]; k++)
			expect_int(
				cases[i].label, scene_key(scene, cases[i].keys[k]), REACT_REDRAW);
		scene_type(scene, cases[i].typed);
		expect_int(cases[i].label, scene->state.prompt, PROMPT_ADJ);
		expect_text(cases[i].label, scene->state.input, cases[i].input);
		expect_int(cases[i].label, plan->kind, PLAN_ADJ);
		expect_int(cases[i].label, plan->target.pid, 23283);
		expect_int(cases[i].label, plan->adj, cases[i].adj);
		expect_int(cases[i].label, plan->adj_before, 0);
		expect_true(cases[i].label, scene->view.page.brief[0]);
		expect_int(cases[i].label, (scene_key(scene, "Enter") & REACT_PERFORM) != 0,
			cases[i].adj != 0);
		expect_true(cases[i].label, cases[i].adj != 0 || scene->state.message[0]);
		scene_key(scene, "Esc");
		scene_expect_idle(scene, cases[i].label);
		scene_free(scene);
	}
}

static void steps_go_from_the_present_value_and_end_at_the_ends(void)
{
	static const struct {
		int32_t adj;
		const char *key, *input, *message;
	} cases[] = {
		{ 300, "F7", "200", "" },
		{ 301, "F7", "300", "" },
		{ -250, "F7", "-300", "" },
		{ -950, "F7", "-1000", "" },
		{ 950, "F8", "1000", "" },
		{ 1000, "F8", "1000", "ADJ is 1000 already" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene *scene = scene_new();

		scene->tasks[SCENE_CHROME].oom_score_adj = cases[i].adj;
		scene_tick(scene);
		scene_select(scene, "4102");
		scene_key(scene, cases[i].key);
		expect_text(cases[i].input, scene->state.input, cases[i].input);
		expect_int(cases[i].input, scene->state.action.plan.adj_before, cases[i].adj);
		scene_key(scene, "Enter");
		expect_text(cases[i].input, scene->state.message, cases[i].message);
		scene_free(scene);
	}
}

static void enter_refuses_what_is_no_number_or_is_there_already(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "a");
	expect_text("proposed", scene->state.input, "300");
	expect_int("already", scene_key(scene, "Enter"), REACT_REDRAW);
	expect_text("said", scene->state.message, "ADJ is 300 already");
	scene_key(scene, "x");
	expect_text("said", scene->state.message, "a number from -1000 to 1000");
	expect_text("kept", scene->state.input, "300");
	scene_key(scene, "^U");
	expect_int("nothing typed", scene_key(scene, "Enter"), REACT_REDRAW);
	expect_text("said", scene->state.message, "a number from -1000 to 1000");
	scene_type(scene, "-");
	expect_int("a sign only", scene_key(scene, "Enter"), REACT_REDRAW);
	/* Somebody else sets the very value meanwhile. */
	scene_type(scene, "20");
	scene->tasks[SCENE_CHROME].oom_score_adj = -20;
	scene_tick(scene);
	expect_int("set by somebody else", scene_key(scene, "Enter"), REACT_REDRAW);
	expect_text("said", scene->state.message, "ADJ is -20 already");
	expect_int("before", scene->state.action.plan.adj_before, 300);
	scene_key(scene, "Esc");
	expect_text("cancelled", scene->state.message, "nothing was done");
	scene_expect_idle(scene, "cancelled");
	expect_int("the first row again, whoever it is", scene->state.selected_pid, 0);
	scene_free(scene);
}

static void the_pane_tells_what_a_change_comes_to(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "Down");
	scene_key(scene, "F7");
	scene_draw(scene, 80, 24);
	expect_int("title", scene_find(scene, "ADJ of java 23283: 0 -> -100"), 15);
	scene_expect_begins(scene, 16, "rank         stays 2nd of 6 that can be killed");
	expect_true("question and outcome",
		strstr(scene_line(scene, 22), "ADJ of java 23283: -100  stays 2nd") == scene->line);
	expect_int("cursor", scene->canvas.cursor_col, 23);
	scene_expect_begins(scene, 5, "     1    4102 alice");
	scene_expect_begins(scene, 23, "F1Help EnterWrite EscCancel F7Adj- F8Adj+");
	/* A refusal goes before the outcome. */
	scene_key(scene, "x");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "-100  a number from -1000 to 1000");
	/* The next sample is explained too. */
	scene_end_task(scene, SCENE_CHROME);
	scene_tick(scene);
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "of 5 that can be killed");
	scene_free(scene);
}

static void lines_that_matter_are_marked_not_by_colour_alone(void)
{
	struct scene *scene = scene_new();
	int row;

	scene->now.own_caps = 0;
	scene->now.own_uid = 1000;
	scene_key(scene, "F7");
	scene_draw(scene, 80, 24);
	row = scene_find(scene, "right        ! ");
	expect_true("marked", row > 0);
	if (row > 0)
		expect_int("and coloured", scene->cells[row * 80 + 13].style, STYLE_WARN);
	scene_free(scene);
}

static void the_cursor_stays_with_the_process_that_is_asked_about(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "F8");
	expect_int("pinned", scene->state.selected_pid, 4102);
	scene_set_mem(scene, SCENE_POSTGRES, 15000);
	scene_tick(scene);
	expect_int("not whoever is first", scene->state.selected_pid, 4102);
	expect_int("moved", view_selected_row(&scene->view), 1);
	expect_int("plan", scene->state.action.plan.target.pid, 4102);
	scene_key(scene, "Enter");
	scene_perform(scene, "ADJ of chrome 4102: 300 -> 400");
	expect_int("to go on with", scene->state.selected_pid, 4102);
	expect_text("said", scene->state.message, "ADJ of chrome 4102: 300 -> 400");
	expect_true("not bad", !scene->state.message_bad);
	for (int i = 0; i < 29; i++)
		scene_tick(scene);
	expect_true("stays for half a minute", scene->state.message[0]);
	scene_tick(scene);
	expect_text("gone", scene->state.message, "");
	scene_free(scene);
}

static void a_failure_is_said_and_logged_and_nothing_is_remembered(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "F7");
	scene_key(scene, "Enter");
	actions_done(&scene->view, false, "chrome 4102: lowering ADJ is not permitted");
	expect_text("said", scene->state.message, "chrome 4102: lowering ADJ is not permitted");
	expect_true("bad", scene->state.message_bad);
	expect_int("logged", scene->state.log.count, 1);
	expect_int("nothing to undo", scene->state.changes.count, 0);
	expect_int("nothing to watch", scene->state.verify.kind, PLAN_NONE);
	scene_expect_idle(scene, "closed");
	scene_free(scene);
}

static void what_cannot_be_read_is_not_planned(void)
{
	struct scene *scene = scene_new();

	scene->tasks[SCENE_CHROME].has &= ~(uint32_t)TASK_HAS_ADJ;
	scene_key(scene, "F7");
	scene_expect_idle(scene, "no ADJ");
	expect_text(
		"said", scene->state.message, "ADJ of chrome 4102 could not be read: ! says why");
	scene->now.n_tasks = 0;
	scene_tick(scene);
	scene_key(scene, "F7");
	expect_text("nobody", scene->state.message, "no process is selected");
	scene_key(scene, "F9");
	expect_text("nobody", scene->state.message, "no process is selected");
	scene_expect_idle(scene, "nobody");
	scene_free(scene);
}

extern CU_TestInfo actions_adj_tests[];
CU_TestInfo actions_adj_tests[] = {
	{ "steps and numbers of ADJ are planned, and Enter performs",
		steps_and_numbers_of_adj_are_planned_and_enter_performs },
	{ "steps go from the present value and end at the ends",
		steps_go_from_the_present_value_and_end_at_the_ends },
	{ "Enter refuses what is no number, or is there already",
		enter_refuses_what_is_no_number_or_is_there_already },
	{ "the pane tells what a change comes to", the_pane_tells_what_a_change_comes_to },
	{ "lines that matter are marked, not by colour alone",
		lines_that_matter_are_marked_not_by_colour_alone },
	{ "the cursor stays with the process that is asked about",
		the_cursor_stays_with_the_process_that_is_asked_about },
	{ "a failure is said and logged, and nothing is remembered",
		a_failure_is_said_and_logged_and_nothing_is_remembered },
	{ "what cannot be read is not planned", what_cannot_be_read_is_not_planned },
	CU_TEST_INFO_NULL,
};
