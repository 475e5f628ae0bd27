/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "scene.h"
#include "ui/actions.h"
#include "unit.h"

static void the_kill_menu_offers_every_signal_and_sysrq_f(void)
{
	struct scene *scene = scene_new();
	unsigned count;
	const struct plan_signal *signals = plan_signals(&count);

	expect_int("rows", actions_menu_rows(), count + 1);
	for (unsigned i = 0; i < count; i++) {
		scene_key(scene, i % 2 ? "k" : "F9");
		expect_int("opens on TERM", scene->state.menu_row, 0);
		for (unsigned k = 0; k < i; k++)
			scene_key(scene, "Down");
		scene_draw(scene, 80, 24);
		expect_true("on the screen", scene_find(scene, "> ") >= 5);
		expect_true("under the cursor",
			strstr(scene_line(scene, scene_find(scene, "> ")), signals[i].name));
		scene_expect_shown(scene, "  sysrq-f  whole host");
		scene_draw(scene, 40, 10);
		expect_true("even there", scene_find(scene, "> ") >= 4);
		scene_key(scene, "Enter");
		expect_int("closed", scene->state.overlay, OVERLAY_NONE);
		expect_int("asks", scene->state.prompt, PROMPT_SIGNAL);
		expect_int(signals[i].name, scene->state.action.plan.signal, signals[i].number);
		scene_key(scene, "Esc");
	}
	scene_key(scene, "F9");
	scene_key(scene, "PgDn");
	expect_int("last", scene->state.menu_row, (int)count);
	scene_key(scene, "Down");
	expect_int("no further", scene->state.menu_row, (int)count);
	scene_draw(scene, 40, 10);
	scene_expect_shown(scene, "> sysrq-f");
	scene_key(scene, "PgUp");
	scene_key(scene, "Up");
	expect_int("first", scene->state.menu_row, 0);
	scene_free(scene);
}

static void the_kill_menu_leaves_room_for_what_its_end_gives_back(void)
{
	static const struct {
		int rows;
		bool lines;
		int signals; /* on the screen; USR1 and USR2 share their words */
	} cases[] = {
		{ 5, false, 1 },
		{ 6, false, 1 },
		{ 7, false, 1 },
		{ 10, false, 2 },
		{ 17, false, 8 },
		{ 18, false, 10 },
		{ 19, true, 8 },
		{ 24, true, 10 },
		{ 30, true, 13 },
		{ 50, true, 13 },
	};
	struct scene *scene = scene_new();
	unsigned count;
	const struct plan_signal *signals = plan_signals(&count);

	scene_key(scene, "F9");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char label[32];
		int shown = 0;

		snprintf(label, sizeof(label), "%d rows", cases[i].rows);
		scene_draw(scene, 80, cases[i].rows);
		for (unsigned k = 0; k < count; k++)
			shown += scene_find(scene, signals[k].help) >= 0;
		expect_int(label, shown, cases[i].signals);
		expect_int(label, scene_find(scene, "gives back   ") >= 0, cases[i].lines);
	}
	scene_free(scene);
}

static void the_kill_menu_closes_without_a_trace(void)
{
	static const char *const keys[] = { "Esc", "q", "F9" };
	struct scene *scene = scene_new();

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		scene_key(scene, "F9");
		expect_int("open", scene->state.overlay, OVERLAY_KILL);
		expect_int("plan", scene->state.action.plan.kind, PLAN_SIGNAL);
		expect_int("not chosen", scene->state.action.plan.signal, 0);
		expect_true("does not quit", !(scene_key(scene, keys[i]) & REACT_QUIT));
		scene_expect_idle(scene, keys[i]);
		expect_int("back", scene->state.selected_pid, 0);
	}
	scene_key(scene, "F9");
	scene_key(scene, "F1");
	expect_int("help", scene->state.overlay, OVERLAY_HELP);
	expect_int("no plan", scene->state.action.plan.kind, PLAN_NONE);
	scene_key(scene, "Esc");
	scene_key(scene, "F9");
	scene_key(scene, "d");
	expect_int("no other prompt", scene->state.prompt, PROMPT_NONE);
	expect_true("F10", scene_key(scene, "F10") & REACT_QUIT);
	scene_free(scene);
}

static void only_y_sends(void)
{
	static const struct {
		const char *key;
		bool sends;
	} cases[] = {
		{ "y", true },
		{ "Y", true },
		{ "n", false },
		{ "Enter", false },
		{ "Esc", false },
		{ "Space", false },
		{ "F9", false },
		{ "F1", false },
		{ "k", false },
		{ "^C", false },
		{ "Up", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene *scene = scene_new();
		unsigned reaction;

		scene_key(scene, "Down");
		scene_kill_menu(scene, "KILL");
		expect_int("chosen", scene_key(scene, "Enter"), REACT_REDRAW);
		scene_draw(scene, 80, 24);
		scene_expect_begins(scene, 22, "Send KILL to java 23283? y/N");
		scene_expect_begins(scene, 23, "F1Help ySend EscCancel");
		scene_expect_shown(scene, "KILL to java 23283");
		scene_expect_shown(scene, "gives back   ");
		reaction = scene_key(scene, cases[i].key);
		expect_int(cases[i].key, (reaction & REACT_PERFORM) != 0, cases[i].sends);
		expect_true(cases[i].key, !(reaction & REACT_QUIT));
		if (cases[i].sends) {
			expect_int("signal", scene->state.action.plan.signal, SIGKILL);
			expect_int("whom", scene->state.action.plan.target.pid, 23283);
		} else {
			expect_int(cases[i].key, scene->state.prompt, PROMPT_NONE);
			expect_int(cases[i].key, scene->state.action.plan.kind, PLAN_NONE);
		}
		scene_free(scene);
	}
}

static void typing_ahead_sends_nothing(void)
{
	static const char *const ahead[][6] = {
		{ "F9", "Enter" },
		{ "F9", "Enter", "Enter" },
		{ "F9", "Enter", "Enter", "Enter" },
		{ "k", "k", "k", "k" },
		{ "F9", "End", "Enter", "Enter", "Enter" },
		{ "F9", "End", "Enter", "y", "Enter" },
		{ "F7", "F8", "Enter" },
		{ "a", "Enter", "Enter" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ahead); i++) {
		struct scene *scene = scene_new();
		unsigned reaction = 0;

		for (size_t k = 0; k < 6 && ahead[i][k]; k++)
			reaction |= scene_key(scene, ahead[i][k]);
		expect_true(ahead[i][0], !(reaction & REACT_PERFORM));
		scene_free(scene);
	}
}

static void what_was_sent_is_watched_and_told(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "Down");
	scene_kill_menu(scene, "KILL");
	scene_key(scene, "Enter");
	scene_key(scene, "y");
	scene_perform(scene, "KILL was sent to java 23283");
	expect_int("watched", scene->state.verify.kind, PLAN_SIGNAL);
	scene_expect_idle(scene, "closed");
	expect_int("where it was", scene->state.selected_pid, 23283);
	expect_true("what was foretold is logged",
		strstr(ui_log_line(&scene->state.log, 1)->text, "foretold: gives back "));
	scene_tick(scene);
	expect_text("not yet", scene->state.message, "KILL was sent to java 23283");
	scene_end_task(scene, SCENE_JAVA);
	scene_tick(scene);
	expect_true("told", strstr(scene->state.message, "java 23283"));
	expect_true("in other words", !strstr(scene->state.message, "was sent"));
	expect_true("good", !scene->state.message_bad);
	expect_int("no longer", scene->state.verify.kind, PLAN_NONE);
	expect_text("logged too", ui_log_line(&scene->state.log, 0)->text, scene->state.message);
	scene_free(scene);
}

static void after_a_signal_the_cursor_is_where_it_was(void)
{
	struct scene *scene = scene_new();

	for (int done = 0; done < 2; done++) {
		scene_kill_menu(scene, "TERM");
		expect_int("pinned", scene->state.selected_pid, 4102);
		scene_key(scene, "Enter");
		scene_key(scene, "y");
		actions_done(&scene->view, done, "words");
		expect_int("the first row, whoever it is", scene->state.selected_pid, 0);
	}
	scene_free(scene);
}

static void that_nothing_came_of_it_is_told_but_not_to_one_who_types(void)
{
	for (int typing = 0; typing < 2; typing++) {
		struct scene *scene = scene_new();
		unsigned logged;

		scene_kill_menu(scene, "TERM");
		scene_key(scene, "Enter");
		scene_key(scene, "y");
		scene_perform(scene, "TERM was sent to chrome 4102");
		if (typing)
			scene_key(scene, "/");
		logged = scene->state.log.count;
		for (int i = 0; i <= VERIFY_LIMIT_MS / 1000 && scene->state.verify.kind; i++)
			scene_tick(scene);
		expect_int("ended", scene->state.verify.kind, PLAN_NONE);
		expect_int("logged", scene->state.log.count, logged + 1);
		expect_int("shown", scene->state.message[0] != '\0', !typing);
		expect_true("bad", typing || scene->state.message_bad);
		scene_free(scene);
	}
}

extern CU_TestInfo actions_kill_tests[];
CU_TestInfo actions_kill_tests[] = {
	{ "the kill menu offers every signal and sysrq-f",
		the_kill_menu_offers_every_signal_and_sysrq_f },
	{ "the kill menu leaves room for what its end gives back",
		the_kill_menu_leaves_room_for_what_its_end_gives_back },
	{ "the kill menu closes without a trace", the_kill_menu_closes_without_a_trace },
	{ "only y sends", only_y_sends },
	{ "typing ahead sends nothing", typing_ahead_sends_nothing },
	{ "what was sent is watched and told", what_was_sent_is_watched_and_told },
	{ "after a signal the cursor is where it was", after_a_signal_the_cursor_is_where_it_was },
	{ "that nothing came of it is told, but not to one who types",
		that_nothing_came_of_it_is_told_but_not_to_one_who_types },
	CU_TEST_INFO_NULL,
};
