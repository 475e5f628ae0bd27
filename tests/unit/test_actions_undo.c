/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scene.h"
#include "ui/actions.h"
#include "unit.h"

static void undo_goes_back_change_by_change(void)
{
	struct scene *scene = scene_new();
	const struct plan *plan = &scene->state.action.plan;

	scene_key(scene, "5");
	expect_int("nothing", scene_key(scene, "Backspace"), REACT_REDRAW);
	expect_text("said", scene->state.message, "nothing to undo");
	expect_int("there", scene->state.tab, TAB_LOG);
	scene_draw(scene, 80, 24);
	expect_true("nothing to take back", scene_find(scene, "Backspace takes back") < 0);
	scene_key(scene, "1");
	scene_change_adj(scene, "-50");
	scene_change_adj(scene, "10");
	expect_int("remembered", scene->state.changes.count, 2);
	scene_select(scene, "23283");
	scene_change_adj(scene, "-200");

	/* java, the last one; the cursor goes to whom it is about. */
	scene_key(scene, "Home");
	scene_key(scene, "Backspace");
	expect_int("asks", scene->state.prompt, PROMPT_ADJ);
	expect_true("undo", plan->undo);
	expect_int("whom", plan->target.pid, scene->state.selected_pid);
	expect_int("from", plan->adj_before, -200);
	expect_int("wrote", plan->undo_wrote, -200);
	expect_int("to", plan->adj, 0);
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 22, "Undo: ADJ of java 23283 back to 0");
	scene_expect_begins(scene, 23, "F1Help EnterUndo EscKeep");
	scene_type(scene, "5");
	expect_text("not edited", scene->state.input, "0");
	expect_text("said", scene->state.message, "Enter takes it back, Esc keeps it");
	scene_key(scene, "F7");
	expect_int("nor stepped", plan->adj, 0);
	scene_key(scene, "Esc");
	expect_int("kept", scene->state.changes.count, 3);

	/* From the log tab the prompt opens where its pane is. */
	scene_key(scene, "5");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "Backspace takes back the last change of ADJ");
	scene_key(scene, "Backspace");
	expect_int("main tab", scene->state.tab, TAB_MAIN);
	expect_true("confirmed", scene_key(scene, "Enter") & REACT_PERFORM);
	scene_perform(scene, "ADJ of java 23283: -200 -> 0");
	scene_tick(scene);
	expect_int("forgotten", scene->state.changes.count, 2);
	scene_key(scene, "Backspace");
	expect_int("next one", plan->target.pid, 4102);
	expect_int("from", plan->adj_before, 10);
	expect_int("to", plan->adj, -50);
	scene_key(scene, "Enter");
	scene_perform(scene, "ADJ of chrome 4102: 10 -> -50");
	scene_tick(scene);
	scene_key(scene, "Backspace");
	expect_int("the first of all", plan->adj, 300);
	scene_key(scene, "Enter");
	scene_perform(scene, "ADJ of chrome 4102: -50 -> 300");
	scene_tick(scene);
	expect_int("as it was", scene->tasks[SCENE_CHROME].oom_score_adj, 300);
	scene_key(scene, "Backspace");
	expect_text("no more", scene->state.message, "nothing to undo");
	scene_free(scene);
}

static void a_failed_undo_is_still_there_to_be_tried(void)
{
	struct scene *scene = scene_new();

	scene_change_adj(scene, "-50");
	scene_key(scene, "Backspace");
	scene_key(scene, "Enter");
	actions_done(&scene->view, false, "not permitted");
	expect_int("remembered", scene->state.changes.count, 1);
	scene_free(scene);
}

static void undo_passes_over_those_that_ended_or_are_back(void)
{
	struct scene *scene = scene_new();

	scene_change_adj(scene, "-50");
	scene_select(scene, "1877");
	scene_change_adj(scene, "-300");
	scene_select(scene, "23283");
	scene_change_adj(scene, "-200");
	scene_end_task(scene, SCENE_JAVA);
	scene->tasks[SCENE_POSTGRES].oom_score_adj = 0;
	scene_tick(scene);
	scene_key(scene, "Backspace");
	expect_int("the one below", scene->state.action.plan.target.pid, 4102);
	expect_int("one is left", scene->state.changes.count, 1);
	expect_text("said", scene->state.message,
		"postgres 1877 has its old ADJ again: its change needs no undo");
	expect_text("logged", ui_log_line(&scene->state.log, 1)->text,
		"java 23283 has ended: its change needs no undo");
	/* The same pid, but another process. */
	scene_key(scene, "Esc");
	scene->tasks[SCENE_CHROME].start_ticks++;
	scene_tick(scene);
	scene_key(scene, "Backspace");
	expect_int("none is left", scene->state.changes.count, 0);
	expect_text(
		"said", scene->state.message, "chrome 4102 has ended: its change needs no undo");
	scene_expect_idle(scene, "nothing to ask");
	scene_free(scene);
}

static void what_cannot_be_restored_is_not_changed(void)
{
	const struct change change = { .target = { .pid = 640, .start_ticks = 1640 } };
	struct scene *scene = scene_new();

	while (!changes_full(&scene->state.changes))
		expect_int("add", changes_add(&scene->state.changes, &change), 0);
	scene->state.keep_all = true;
	scene_key(scene, "F7");
	scene_expect_idle(scene, "full");
	expect_text("said", scene->state.message,
		"256 changes are kept for --restore-on-exit, there is no room for another");
	/* Without --restore-on-exit it is done, and said that no key takes it back. */
	scene->state.keep_all = false;
	scene_change_adj(scene, "-50");
	expect_int("as many", scene->state.changes.count, CHANGES_MAX);
	expect_text("logged", ui_log_line(&scene->state.log, 1)->text,
		"256 changes are remembered: this one cannot be taken back by key");
	scene_free(scene);
}

extern CU_TestInfo actions_undo_tests[];
CU_TestInfo actions_undo_tests[] = {
	{ "undo goes back change by change", undo_goes_back_change_by_change },
	{ "a failed undo is still there to be tried", a_failed_undo_is_still_there_to_be_tried },
	{ "undo passes over those that ended or are back",
		undo_passes_over_those_that_ended_or_are_back },
	{ "what cannot be restored is not changed", what_cannot_be_restored_is_not_changed },
	CU_TEST_INFO_NULL,
};
