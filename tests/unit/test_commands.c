/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "scene.h"
#include "ui/commands.h"
#include "ui/keys.h"
#include "unit.h"

static void every_row_of_the_table_is_complete(void)
{
	unsigned count;
	const struct command *all = commands_all(&count);

	for (unsigned i = 0; i < count; i++) {
		expect_true("id", all[i].id && all[i].id[0]);
		expect_true(all[i].id, all[i].help && strlen(all[i].help) >= 5);
		expect_true(all[i].id, all[i].group && all[i].group[0]);
		expect_true(all[i].id, all[i].run);
		expect_true(all[i].id, all[i].keys[0]);
		expect_true(all[i].id, all[i].contexts != 0);
		expect_int(all[i].id, all[i].contexts & ~(unsigned)CONTEXT_ANY, 0);
		for (unsigned k = i + 1; k < count; k++)
			expect_true(all[i].id, strcmp(all[i].id, all[k].id) != 0);
	}
}

static void every_key_has_a_name_that_scripts_can_press(void)
{
	unsigned count;
	const struct command *all = commands_all(&count);

	for (unsigned i = 0; i < count; i++) {
		for (int k = 0; k < COMMAND_KEYS_MAX && all[i].keys[k]; k++) {
			const int code = key_code(all[i].keys[k]);
			char name[16];

			expect_true(all[i].keys[k], code != KEY_NONE);
			key_spell(code, name, sizeof(name));
			expect_text(all[i].id, name, all[i].keys[k]);
		}
	}
}

static void no_key_does_two_things_in_one_context(void)
{
	unsigned count;
	const struct command *all = commands_all(&count);

	for (unsigned i = 0; i < count; i++) {
		for (int k = 0; k < COMMAND_KEYS_MAX && all[i].keys[k]; k++) {
			for (unsigned context = 1; context < CONTEXT_ANY; context <<= 1) {
				if (!(all[i].contexts & context))
					continue;
				/* The first row wins: any other row of the key shows here. */
				expect_true(all[i].keys[k],
					command_of_key(key_code(all[i].keys[k]),
						(enum context)context) == &all[i]);
			}
		}
	}
}

static void keys_of_top_and_htop_do_what_they_do_there(void)
{
	static const struct {
		const char *key, *id;
	} cases[] = {
		{ "q", "quit-letter" },
		{ "F10", "quit" },
		{ "^C", "quit" },
		{ "F1", "help" },
		{ "h", "help" },
		{ "?", "help" },
		{ "^L", "refresh" },
		{ "z", "pause" },
		{ "Z", "pause" },
		{ "d", "delay" },
		{ "M", "sort-mem" },
		{ "N", "sort-pid" },
		{ "P", "sort-cpu" },
		{ "T", "sort-time" },
		{ "O", "order" },
		{ "F6", "sort" },
		{ "<", "sort" },
		{ ">", "sort" },
		{ "R", "reverse" },
		{ "I", "reverse" },
		{ "F3", "search" },
		{ "/", "search" },
		{ "n", "next" },
		{ "F4", "filter" },
		{ "\\", "filter" },
		{ "=", "clear" },
		{ "u", "user" },
		{ "K", "kernel-threads" },
		{ "g", "group" },
		{ "+", "unfold" },
		{ "-", "fold" },
		{ "F7", "adj-down" },
		{ "]", "adj-down" },
		{ "F8", "adj-up" },
		{ "[", "adj-up" },
		{ "a", "adj" },
		{ "r", "adj" },
		{ "F9", "kill" },
		{ "k", "kill" },
		{ "Backspace", "undo" },
		{ "Enter", "detail" },
		{ "1", "main" },
		{ "2", "zones" },
		{ "3", "cgroups" },
		{ "s", "scope" },
		{ "4", "kills" },
		{ "5", "log" },
		{ "Tab", "tab-next" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct command *command =
			command_of_key(key_code(cases[i].key), CONTEXT_LIST);

		expect_text(cases[i].key, command ? command->id : "(none)", cases[i].id);
	}
}

static void keys_of_later_commands_are_not_taken(void)
{
	static const char *const keys[] = { "F2", "F5", "t", "f", "w", "F", "H", "Space", "c", "U",
		"W", "p", "V" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		expect_true(keys[i], !command_of_key(key_code(keys[i]), CONTEXT_LIST));
}

static void the_past_is_left_by_q_and_esc(void)
{
	struct scene *scene = scene_new();

	expect_int("back", scene_key(scene, "{"), REACT_REDRAW | REACT_BACK);
	expect_int("forth", scene_key(scene, "}"), REACT_REDRAW | REACT_FORTH);
	expect_int("Esc now", scene_key(scene, "Esc"), REACT_REDRAW);
	expect_int("q now", scene_key(scene, "q"), REACT_REDRAW | REACT_QUIT);
	scene->view.opened = true;
	expect_int("Esc", scene_key(scene, "Esc"), REACT_REDRAW | REACT_LEAVE);
	expect_int("q", scene_key(scene, "q"), REACT_REDRAW | REACT_LEAVE);
	expect_int("F10", scene_key(scene, "F10"), REACT_REDRAW | REACT_QUIT);
	scene_key(scene, "F1");
	expect_int("q closes help first", scene_key(scene, "q"), REACT_REDRAW);
	scene_free(scene);
}

static void without_a_kill_none_is_opened(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "4");
	expect_int("Enter", scene_key(scene, "Enter"), REACT_REDRAW);
	expect_text("message", scene->state.message, "no kill is known that could be shown");
	scene_free(scene);
}

static void a_key_without_a_command_says_so(void)
{
	struct scene *scene = scene_new();

	expect_int("reaction", scene_key(scene, "Q"), REACT_REDRAW);
	expect_text("message", scene->state.message, "Q: no such key here; F1 lists them");
	scene_key(scene, "F5");
	expect_text("message", scene->state.message, "F5: no such key here; F1 lists them");
	scene_key(scene, "Esc");
	expect_text("taken away", scene->state.message, "");
	expect_int("not logged", scene->state.log.count, 0);
	scene_free(scene);
}

static void quitting_asks_nothing_but_q_first_closes_what_is_open(void)
{
	struct scene *scene = scene_new();

	expect_true("q", scene_key(scene, "q") & REACT_QUIT);
	expect_true("F10", scene_key(scene, "F10") & REACT_QUIT);
	scene_key(scene, "F1");
	expect_int("help", scene->state.overlay, OVERLAY_HELP);
	expect_true("F10 in help", scene_key(scene, "F10") & REACT_QUIT);
	expect_true("q in help", !(scene_key(scene, "q") & REACT_QUIT));
	expect_int("closed", scene->state.overlay, OVERLAY_NONE);
	scene_key(scene, "F6");
	expect_true("q in menu", !(scene_key(scene, "q") & REACT_QUIT));
	expect_int("closed", scene->state.overlay, OVERLAY_NONE);
	scene_free(scene);
}

static void tabs_go_round_and_digits_go_straight(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "Tab");
	expect_int("Tab", scene->state.tab, TAB_ZONES);
	scene_key(scene, "Tab");
	expect_int("Tab", scene->state.tab, TAB_CGROUPS);
	scene_key(scene, "Tab");
	expect_int("Tab", scene->state.tab, TAB_KILLS);
	scene_key(scene, "Tab");
	scene_key(scene, "Tab");
	expect_int("round", scene->state.tab, TAB_MAIN);
	scene_key(scene, "BackTab");
	expect_int("back", scene->state.tab, TAB_LOG);
	scene_key(scene, "2");
	expect_int("2", scene->state.tab, TAB_ZONES);
	scene_key(scene, "3");
	expect_int("3", scene->state.tab, TAB_CGROUPS);
	scene_key(scene, "4");
	expect_int("4", scene->state.tab, TAB_KILLS);
	scene_key(scene, "2");
	expect_true("m", scene_key(scene, "m") & REACT_COLLECT);
	expect_true("wanted", scene->state.want_migrate);
	scene_key(scene, "F1");
	scene_key(scene, "1");
	expect_int("1 from help", scene->state.tab, TAB_MAIN);
	expect_int("closes help", scene->state.overlay, OVERLAY_NONE);
	expect_true("no more types", !scene->state.want_migrate);
	scene_free(scene);
}

static void sorting_marks_its_column_and_comes_back_to_kill_order(void)
{
	static const struct {
		const char *key, *order;
		enum scene_task first;
	} cases[] = {
		{ "M", "order: MEM ", SCENE_JAVA },
		{ "N", "order: PID ", SCENE_JOURNALD },
		{ "R", "order: PID reversed", SCENE_JAVA },
		{ "I", "order: PID ", SCENE_JOURNALD },
		{ "O", "order: kill order", SCENE_CHROME },
	};
	struct scene *scene = scene_new();

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		scene_key(scene, cases[i].key);
		scene_draw(scene, 80, 24);
		expect_true(cases[i].order, scene_find(scene, cases[i].order) == 22);
		expect_int(cases[i].key, scene->view.list.rows[0], cases[i].first);
	}
	scene_free(scene);
}

static void the_sort_menu_offers_every_column(void)
{
	struct scene *scene = scene_new();
	unsigned count;
	const struct column *columns = columns_all(&count);

	for (unsigned i = 0; i <= count; i++) {
		const struct column *want = i > 0 ? &columns[i - 1] : NULL;

		scene_key(scene, "F6");
		scene_key(scene, "Home");
		for (unsigned k = 0; k < i; k++)
			scene_key(scene, "Down");
		scene_draw(scene, 80, 24);
		expect_true("on the screen", scene_find(scene, ">") >= 5);
		scene_key(scene, "Enter");
		expect_true(want ? want->id : "kill order", scene->state.choice.sort == want);
		expect_int("closed", scene->state.overlay, OVERLAY_NONE);
	}
	scene_key(scene, "F6");
	scene_key(scene, "End");
	scene_key(scene, "Down");
	scene_key(scene, "Enter");
	expect_text("not beyond the last", scene->state.choice.sort->id, columns[count - 1].id);
	scene_key(scene, "F6");
	scene_key(scene, "Up");
	scene_key(scene, "Esc");
	expect_text("Esc keeps", scene->state.choice.sort->id, columns[count - 1].id);
	scene_free(scene);
}

static void no_key_crashes_before_the_first_sample(void)
{
	unsigned count;
	const struct command *all = commands_all(&count);
	struct scene *scene = scene_new();

	scene->view.now = NULL;
	scene->view.summary = NULL;
	expect_int("update", view_update(&scene->view), 0);
	for (unsigned i = 0; i < count; i++) {
		for (int k = 0; k < COMMAND_KEYS_MAX && all[i].keys[k]; k++) {
			scene->state.tab = TAB_MAIN;
			scene->state.overlay = OVERLAY_NONE;
			scene_key(scene, all[i].keys[k]);
			scene_type(scene, "1");
			scene_key(scene, "Enter");
			scene_draw(scene, 80, 24);
			scene_key(scene, "Esc");
			scene_key(scene, "Esc");
		}
	}
	expect_true("nothing is selected", view_selected(&scene->view) == NO_TASK);
	scene_free(scene);
}

extern CU_TestInfo commands_tests[];
CU_TestInfo commands_tests[] = {
	{ "every row of the table is complete", every_row_of_the_table_is_complete },
	{ "every key has a name that scripts can press",
		every_key_has_a_name_that_scripts_can_press },
	{ "no key does two things in one context", no_key_does_two_things_in_one_context },
	{ "keys of top and htop do what they do there",
		keys_of_top_and_htop_do_what_they_do_there },
	{ "keys of later commands are not taken", keys_of_later_commands_are_not_taken },
	{ "the past is left by q and Esc", the_past_is_left_by_q_and_esc },
	{ "without a kill none is opened", without_a_kill_none_is_opened },
	{ "a key without a command says so", a_key_without_a_command_says_so },
	{ "quitting asks nothing, but q first closes what is open",
		quitting_asks_nothing_but_q_first_closes_what_is_open },
	{ "tabs go round, and digits go straight", tabs_go_round_and_digits_go_straight },
	{ "sorting marks its column and comes back to kill order",
		sorting_marks_its_column_and_comes_back_to_kill_order },
	{ "the sort menu offers every column", the_sort_menu_offers_every_column },
	{ "no key crashes before the first sample", no_key_crashes_before_the_first_sample },
	CU_TEST_INFO_NULL,
};
