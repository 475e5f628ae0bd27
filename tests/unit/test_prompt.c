/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "scene.h"
#include "ui/commands.h"
#include "ui/keys.h"
#include "unit.h"

static void pausing_refreshing_and_the_interval(void)
{
	static const struct {
		const char *typed;
		int64_t ms; /* of the interval afterwards */
		bool open;  /* the prompt is still there */
	} cases[] = {
		{ "0.1", 100, false },
		{ "0.099", 100, true },
		{ "2.5", 2500, false },
		{ "", 2500, false },
		{ "x", 2500, true },
		{ "-1", 2500, true },
		{ "86400", 86400000, false },
		{ "86401", 86400000, true },
		{ "99999999999999999999", 86400000, true },
	};
	struct scene *scene = scene_new();

	scene_key(scene, "z");
	expect_true("paused", scene->state.paused);
	scene_draw(scene, 80, 24);
	expect_int("said", scene_find(scene, "PAUSED"), 0);
	scene_key(scene, "Z");
	expect_true("goes on", !scene->state.paused);
	expect_true("^L", scene_key(scene, "^L") & REACT_COLLECT);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned reaction;

		scene_key(scene, "d");
		expect_int("asks", scene->state.prompt, PROMPT_DELAY);
		scene_type(scene, cases[i].typed);
		reaction = scene_key(scene, "Enter");
		expect_int(cases[i].typed, scene->state.delay_ms, cases[i].ms);
		expect_int(cases[i].typed, scene->state.prompt == PROMPT_DELAY, cases[i].open);
		expect_int(cases[i].typed, scene->state.message[0] != '\0', cases[i].open);
		expect_int(cases[i].typed, (reaction & REACT_TIMER) != 0,
			!cases[i].open && cases[i].typed[0]);
		scene_key(scene, "Esc");
	}
	scene_free(scene);
}

static void a_filter_chooses_rows_and_a_bad_one_says_where(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "F4");
	scene_type(scene, "mem > 1G");
	scene_key(scene, "Enter");
	expect_int("rows", scene->view.list.n_rows, 4);
	scene_draw(scene, 80, 24);
	expect_int("count line", scene_find(scene, "4 of 9 shown  filter: mem > 1G"), 22);

	scene_key(scene, "\\");
	expect_text("to be changed", scene->state.input, "mem > 1G");
	scene_type(scene, " foo =");
	scene_key(scene, "Enter");
	expect_int("still open", scene->state.prompt, PROMPT_FILTER);
	expect_true("says where", strstr(scene->state.message, "column "));
	expect_int("old one holds", scene->view.list.n_rows, 4);
	scene_draw(scene, 80, 24);
	expect_int("both on the line", scene_find(scene, "Filter: mem > 1G foo =  column"), 22);
	scene_key(scene, "Esc");
	expect_int("cancelled", scene->state.prompt, PROMPT_NONE);
	expect_int("old one holds", scene->view.list.n_rows, 4);

	scene_key(scene, "=");
	expect_int("cleared", scene->view.list.n_rows, 6);
	scene_free(scene);
}

static void a_user_is_found_by_name_or_number(void)
{
	static const struct {
		const char *typed;
		uint32_t rows;
		bool open;
	} cases[] = {
		{ "alice", 2, false },
		{ "nobody", 2, true },
		{ "998", 1, false },
		{ "12", 1, true },
		{ "99999999999999999999", 1, true },
		{ "", 6, false },
	};
	struct scene *scene = scene_new();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		scene_key(scene, "u");
		scene_type(scene, cases[i].typed);
		scene_key(scene, "Enter");
		expect_int(cases[i].typed, scene->view.list.n_rows, cases[i].rows);
		expect_int(cases[i].typed, scene->state.prompt == PROMPT_USER, cases[i].open);
		expect_int(cases[i].typed, scene->state.message[0] != '\0', cases[i].open);
		scene_key(scene, "Esc");
	}
	scene_free(scene);
}

static const char *selected_comm(const struct scene *scene)
{
	const uint32_t selected = view_selected(&scene->view);

	return selected == NO_TASK ? "(none)" : scene->now.tasks[selected].comm;
}

static void searching_moves_while_typing_and_esc_goes_back(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "/");
	scene_type(scene, "POST");
	expect_text("while typing", selected_comm(scene), "postgres");
	scene_type(scene, "x");
	expect_text("no match: where it was", selected_comm(scene), "chrome");
	expect_text("said", scene->state.message, "no match in 6 rows");
	scene_key(scene, "Backspace");
	expect_text("again", selected_comm(scene), "postgres");
	scene_key(scene, "Esc");
	expect_text("back", selected_comm(scene), "chrome");

	scene_key(scene, "F3");
	scene_type(scene, "alice");
	scene_key(scene, "Enter");
	expect_text("by user, from here", selected_comm(scene), "chrome");
	scene_key(scene, "n");
	expect_text("next", selected_comm(scene), "bash");
	scene_key(scene, "n");
	expect_text("round", selected_comm(scene), "chrome");
	scene_key(scene, "F3");
	scene_type(scene, "java");
	scene_key(scene, "Enter");
	expect_text("found", selected_comm(scene), "java");
	scene_key(scene, "/");
	scene_key(scene, "Enter");
	expect_text("last one again", selected_comm(scene), "java");
	expect_text("itself is a match", scene->state.message, "");
	scene_key(scene, "/");
	scene_type(scene, "nothing");
	scene_key(scene, "Enter");
	expect_text("stays", selected_comm(scene), "java");
	expect_text("said", scene->state.message, "no match for \"nothing\"");
	scene_free(scene);
}

static void a_pid_is_gone_to_or_it_is_said_why_not(void)
{
	static const struct {
		const char *typed, *selected, *message;
	} cases[] = {
		{ "1877", "postgres", "" },
		{ "999", "postgres", "no process has PID 999" },
		{ "801", "postgres", "PID 801 is not in the list: oom_score_adj is -1000" },
		{ "23283", "java", "" },
		{ "99999999999", "java", "no process has PID 99999999999" },
	};
	struct scene *scene = scene_new();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		scene_key(scene, ":");
		scene_type(scene, cases[i].typed);
		scene_key(scene, "Enter");
		expect_text(cases[i].typed, scene->state.message, cases[i].message);
		scene_key(scene, "Esc");
		expect_text(cases[i].typed, selected_comm(scene), cases[i].selected);
	}
	scene_key(scene, ":");
	scene_type(scene, "4x");
	expect_text("digits", scene->state.input, "4");
	scene_key(scene, "Esc");
	scene_free(scene);
}

static void input_is_bounded_and_takes_no_hostile_characters(void)
{
	static const int hostile[] = { 1, 7, 0x7f + 1, 0x9f, 0x200b, 0x202e, 0x0301, 0xd800, 0xdfff,
		0x10ffff, KEY_SPECIAL, KEY_SPECIAL + 0x50, KEY_FN(12), -1, -0x7fffffff };
	struct scene *scene = scene_new();
	struct ui_state *state = &scene->state;

	scene_key(scene, "F4");
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++)
		view_key(&scene->view, hostile[i]);
	expect_text("nothing came in", state->input, "");
	view_key(&scene->view, 0x00e9);
	view_key(&scene->view, 0x4e2d);
	expect_text("letters did", state->input, "\xc3\xa9\xe4\xb8\xad");
	scene_key(scene, "Backspace");
	expect_text("a whole one goes", state->input, "\xc3\xa9");
	view_key(&scene->view, 0x7f);
	view_key(&scene->view, 0x7f);
	expect_int("empty", state->input_len, 0);

	for (int i = 0; i < PROMPT_MAX + 50; i++)
		view_key(&scene->view, i % 2 ? 'a' : 0x4e2d);
	expect_true("bounded", state->input_len < PROMPT_MAX);
	expect_int("terminated", strlen(state->input), state->input_len);
	expect_text("said", state->message, "that is all that fits");
	for (int cols = 1; cols < 100; cols++)
		scene_draw(scene, cols, 24);
	scene_draw(scene, 80, 24);
	expect_int("cursor row", scene->canvas.cursor_row, 22);
	expect_true("cursor col", scene->canvas.cursor_col > 8 && scene->canvas.cursor_col < 80);
	view_key(&scene->view, 21);
	expect_text("^U", state->input, "");
	scene_free(scene);
}

static void help_and_quit_work_from_a_prompt(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "F4");
	scene_type(scene, "q");
	expect_text("a letter", scene->state.input, "q");
	expect_true("F10", scene_key(scene, "F10") & REACT_QUIT);
	scene_key(scene, "F1");
	expect_int("closed", scene->state.prompt, PROMPT_NONE);
	expect_int("help", scene->state.overlay, OVERLAY_HELP);
	scene_key(scene, "Esc");
	scene_key(scene, "F4");
	expect_true("^C cancels", !(scene_key(scene, "^C") & REACT_QUIT));
	expect_int("closed", scene->state.prompt, PROMPT_NONE);
	scene_free(scene);
}

extern CU_TestInfo prompt_tests[];
CU_TestInfo prompt_tests[] = {
	{ "pausing, refreshing and the interval", pausing_refreshing_and_the_interval },
	{ "a filter chooses rows, and a bad one says where",
		a_filter_chooses_rows_and_a_bad_one_says_where },
	{ "a user is found by name or number", a_user_is_found_by_name_or_number },
	{ "searching moves while typing, and Esc goes back",
		searching_moves_while_typing_and_esc_goes_back },
	{ "a PID is gone to, or it is said why not", a_pid_is_gone_to_or_it_is_said_why_not },
	{ "input is bounded and takes no hostile characters",
		input_is_bounded_and_takes_no_hostile_characters },
	{ "help and quit work from a prompt", help_and_quit_work_from_a_prompt },
	CU_TEST_INFO_NULL,
};
