/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "scene.h"
#include "ui/panels.h"
#include "unit.h"

static void set_levels(struct scene *scene)
{
	scene_set_memcg_level(scene, SCENE_BROWSER, LEVEL_CRITICAL, "hardly anything is left");
	scene_set_memcg_level(scene, SCENE_DATABASE, LEVEL_WARN, "little is left");
}

static struct scene *scene_with_memcgs(void)
{
	struct scene *scene = scene_new();

	scene_add_memcgs(scene);
	set_levels(scene);
	scene_key(scene, "3");
	return scene;
}

static void the_worst_stands_first_and_its_victim_beside_it(void)
{
	struct scene *scene = scene_with_memcgs();

	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "[3 cgroups]");
	scene_expect_begins(
		scene, 4, "  LEVEL      LEFT LEFT%    MAX    +/s DIES                 NAME");
	scene_expect_begins(scene, 5, "> CRITICAL    16M    1%   1.5G ");
	scene_expect_begins(scene, 6, "  WARN       1.0G   12%   8.0G ");
	scene_expect_begins(scene, 7, "  OK         8.0G   50%  16.0G ");
	expect_true("chrome dies", strstr(scene_line(scene, 5), " chrome 4102 ") != NULL);
	expect_true("by its unit", strstr(scene->line, " ..slice/browser.scope") != NULL);
	expect_true("postgres dies", strstr(scene_line(scene, 6), " postgres 1877 ") != NULL);
	expect_true("java dies", strstr(scene_line(scene, 7), " java 23283 ") != NULL);
	scene_free(scene);
}

static void those_without_a_limit_come_last_and_only_where_there_is_room(void)
{
	struct scene *scene = scene_with_memcgs();

	scene_draw(scene, 120, 24);
	scene_expect_begins(scene, 8, "  -             -     -   none ");
	expect_true("the slice", strstr(scene_line(scene, 8), "/system.slice") != NULL);
	expect_int("dimmed", scene->cells[8 * 120 + 2].style, STYLE_DIM);
	scene_expect_row(scene, 9, "");
	expect_int("all", view_group_rows(&scene->view), 4);
	scene_draw(scene, 40, 10);
	expect_int("three rows", view_group_rows(&scene->view), 3);
	scene_expect_begins(scene, 7, "  OK         8.0G   50%");
	scene_free(scene);
}

static void order_is_by_level_then_share_left_then_usage(void)
{
	static const struct {
		const char *path;
		int64_t usage_mib, max_mib;
	} cases[] = {
		{ "/a", 97, 100 },
		{ "/b", 50, 100 },
		{ "/c", 99, 100 },
		{ "/d", 500, 1000 },
		{ "/e", 90, 100 },
		{ "/f", 10, 100 },
	};
	static const char *const want[] = { "/c", "/a", "/e", "/d", "/b", "/f" };
	struct scene *scene = scene_new();

	scene_add_memcg(scene, "/", NO_MEMCG, 1000, -1);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		scene_add_memcg(scene, cases[i].path, 0, cases[i].usage_mib, cases[i].max_mib);
	scene_tick(scene);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		scene->summary.memcgs[i + 1].level =
			cases[i].usage_mib * 100 / cases[i].max_mib > 95 ? LEVEL_CRITICAL
									 : LEVEL_OK;
	scene->summary.memcgs[1].percent = 3;
	expect_int("update", view_update(&scene->view), 0);
	expect_int("limited", scene->view.groups.n_limited, ARRAY_SIZE(want));
	expect_int("the top has no row", scene->view.groups.n_rows, ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		expect_text(want[i], scene->memcgs[scene->view.groups.rows[i]].path, want[i]);
	/* What is not known does not push itself forward within its level. */
	scene->summary.memcgs[3].percent = VALUE_UNKNOWN;
	expect_int("update", view_update(&scene->view), 0);
	expect_text("known first", scene->memcgs[scene->view.groups.rows[0]].path, "/a");
	scene_free(scene);
}

static void every_column_has_its_figure(void)
{
	static const struct {
		const char *label;
		int rising;
		const char *want;
	} events[] = { { "calm", 0, "12/3/1" }, { "rising", 1, "12+/3+/1+" } };
	struct scene *scene = scene_with_memcgs();
	struct memcg *browser = &scene->memcgs[SCENE_BROWSER];
	struct memcg_view *judged;

	browser->swap_bytes = 7 << 20;
	browser->swap_max_bytes = MEMCG_UNLIMITED;
	browser->events_max = 12;
	browser->events_oom = 3;
	browser->events_oom_kill = 1;
	browser->pressure.full.avg10_centi = 1890;
	scene_tick(scene);
	judged = &scene->summary.memcgs[SCENE_BROWSER];
	judged->slope_kib_per_s = -2048;
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		judged->rising_max = judged->rising_oom = judged->rising_oom_kill =
			events[i].rising;
		scene_draw(scene, 160, 24);
		expect_true(events[i].label, strstr(scene_line(scene, 5), events[i].want) != NULL);
	}
	expect_true("slope", strstr(scene->line, " -2.0M ") != NULL);
	expect_true("swap", strstr(scene->line, " 7.0M ") != NULL);
	expect_true("stall", strstr(scene->line, " 18.9% ") != NULL);
	/* v1 has neither the count of oom nor pressure. */
	browser->events_oom = browser->pressure.full.avg10_centi = VALUE_UNKNOWN;
	scene_draw(scene, 160, 24);
	expect_true("one unknown", strstr(scene_line(scene, 5), " 12+/?+/1+ ") != NULL);
	browser->events_max = browser->events_oom_kill = VALUE_UNKNOWN;
	scene_draw(scene, 160, 24);
	expect_true("all unknown", strstr(scene_line(scene, 5), "+/") == NULL);
	scene_free(scene);
}

static void it_says_who_dies(void)
{
	static const struct {
		const char *label;
		bool stalls, group, nobody;
		const char *comm;
		const char *want;
	} cases[] = {
		{ "one", false, false, false, "chrome", "chrome 4102" },
		{ "a long name gives way", false, false, false, "a-name-of-15-ch",
			"a-name-of-15-ch 4102" },
		{ "wide characters", false, false, false, "\xe4\xb8\x80\xe4\xb8\x80",
			"\xe4\xb8\x80\xe4\xb8\x80 4102" },
		{ "all of it", false, true, false, "chrome", "whole cgroup: 2" },
		{ "v1 without a killer", true, false, true, "chrome", "nobody: tasks wait" },
		{ "nobody", false, false, true, "chrome", "-" },
	};
	struct scene *scene = scene_with_memcgs();
	struct memcg_view *judged = &scene->summary.memcgs[SCENE_BROWSER];
	const struct group_row row = { &scene->now, &scene->summary, SCENE_BROWSER };
	char buf[64];
	struct text text;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(scene->tasks[SCENE_CHROME].comm, sizeof(scene->tasks[0].comm), "%s",
			cases[i].comm);
		judged->stalls = cases[i].stalls;
		judged->group = cases[i].group ? (uint32_t)SCENE_BROWSER : NO_MEMCG;
		judged->victim = cases[i].nobody ? NO_TASK : (uint32_t)SCENE_CHROME;
		text_init(&text, buf, sizeof(buf));
		group_dies(&row, 20, &text);
		expect_text(cases[i].label, buf, cases[i].want);
	}
	judged->victim = SCENE_CHROME;
	judged->stalls = false;
	text_init(&text, buf, sizeof(buf));
	group_dies(&row, 8, &text);
	expect_text("the pid stays", buf, "chr 4102");
	text_init(&text, buf, sizeof(buf));
	group_dies(&row, 4, &text);
	expect_text("alone if need be", buf, "4102");
	scene_free(scene);
}

static void the_cursor_stays_with_its_cgroup(void)
{
	struct scene *scene = scene_with_memcgs();

	scene_draw(scene, 80, 24);
	scene_key(scene, "Down");
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 6, "> WARN");
	scene_expect_shown(scene, "path     /system.slice/postgresql.service");
	/* It becomes the worst. */
	scene->memcgs[SCENE_DATABASE].usage_bytes = scene->memcgs[SCENE_DATABASE].max_bytes;
	scene->memcgs[SCENE_BROWSER].usage_bytes = 0;
	scene_tick(scene);
	scene_set_memcg_level(scene, SCENE_DATABASE, LEVEL_CRITICAL, "nothing is left");
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 5, "> CRITICAL ");
	scene_expect_shown(scene, "path     /system.slice/postgresql.service");
	scene_key(scene, "End");
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 8, "> -");
	scene_key(scene, "Down");
	expect_int("not beyond", view_group_row(&scene->view), 3);
	scene_key(scene, "PgUp");
	expect_int("first", view_group_row(&scene->view), 0);
	scene_key(scene, "PgDn");
	expect_int("last", view_group_row(&scene->view), 3);
	scene_key(scene, "Home");
	scene_key(scene, "Up");
	expect_int("not above", view_group_row(&scene->view), 0);
	/* It goes: the row stays. */
	scene_key(scene, "Home");
	scene_key(scene, "Down");
	scene->now.n_memcgs = SCENE_BROWSER;
	scene->tasks[SCENE_CHROME].memcg = scene->tasks[SCENE_BASH].memcg = NO_MEMCG;
	scene_tick(scene);
	scene_draw(scene, 80, 24);
	expect_int("still there", view_group_row(&scene->view), 1);
	scene_free(scene);
}

static void long_lists_scroll(void)
{
	static char paths[30][24];
	struct scene *scene = scene_new();

	scene_add_memcg(scene, "/", NO_MEMCG, 1000, -1);
	for (int i = 0; i < 30; i++) {
		snprintf(paths[i], sizeof(paths[i]), "/group%02d", i);
		scene_add_memcg(scene, paths[i], 0, 10 + i, 1000);
	}
	scene_tick(scene);
	scene_key(scene, "3");
	scene_draw(scene, 80, 24);
	expect_int("rows", scene->state.list_rows, 11);
	scene_expect_shown(scene, "/group29");
	for (int i = 0; i < 11; i++)
		scene_key(scene, "Down");
	scene_draw(scene, 80, 24);
	expect_int("one on", scene->state.group_top, 1);
	expect_int("cursor at the end", scene_find(scene, "> OK"), 15);
	scene_key(scene, "PgDn");
	scene_draw(scene, 80, 24);
	expect_int("a page on", scene->state.group_top, 12);
	scene_key(scene, "End");
	scene_draw(scene, 80, 24);
	expect_int("to the end", scene->state.group_top, 19);
	scene_draw(scene, 80, 60);
	expect_int("all of it", scene->state.group_top, 0);
	scene_free(scene);
}

static void the_lines_below_tell_limits_and_what_binds(void)
{
	struct scene *scene = scene_with_memcgs();
	struct memcg *browser = &scene->memcgs[SCENE_BROWSER];

	scene_draw(scene, 80, 24);
	scene_expect_row(scene, 16, "path     /user.slice/browser.scope");
	scene_expect_row(scene, 17, "limits   max 1.5G, high none, swap max 0, oom.group: no");
	scene_expect_row(scene, 18, "bound by its own limit is the first to refuse memory");
	scene_expect_begins(scene, 19, "why      hardly anything is left");
	browser->high_bytes = 1 << 30;
	browser->oom_group = 1;
	scene_tick(scene);
	scene_draw(scene, 80, 24);
	scene_expect_row(scene, 17,
		"limits   throttled: it is over memory.high, max 1.5G, high 1.0G, swap max 0,");
	/* A parent with less room refuses first. */
	scene->memcgs[SCENE_SLICE].max_bytes = scene->memcgs[SCENE_SLICE].usage_bytes + 4096;
	scene_tick(scene);
	scene_key(scene, "Down");
	scene_key(scene, "Down");
	while (scene->view.groups.rows[view_group_row(&scene->view)] != SCENE_TOMCAT &&
		view_group_row(&scene->view) > 0)
		scene_key(scene, "Up");
	scene_draw(scene, 120, 40);
	scene_expect_shown(scene, "path     /system.slice/tomcat.service");
	scene_expect_shown(scene, "/system.slice above it is the first to refuse memory");
	scene_draw(scene, 30, 14);
	scene_expect_shown(scene, "path     ..lice/tomcat.service");
	scene_free(scene);
}

static void without_a_limit_it_says_so_and_without_files_why(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "3");
	scene_draw(scene, 80, 24);
	scene_expect_row(scene, 4, "no memory cgroup here has a limit");
	scene_expect_begins(scene, 5, "  LEVEL");
	scene_key(scene, "Enter");
	expect_text("Enter", scene->state.message, "no cgroup is selected");
	scene->now.facts[FACT_CGROUPS] = FACT_FORBIDDEN;
	scene_draw(scene, 80, 24);
	expect_true("not a claim", scene_find(scene, "has a limit") < 0);
	scene_expect_begins(scene, 4, "memory cgroups: ");
	scene_add_memcg(scene, "/", NO_MEMCG, 1000, -1);
	scene_add_memcg(scene, "/free", 0, 900, -1);
	scene->now.facts[FACT_CGROUPS] = FACT_PRESENT;
	scene_tick(scene);
	scene_draw(scene, 80, 24);
	scene_expect_row(scene, 4, "no memory cgroup here has a limit");
	scene_expect_shown(scene, "/free");
	scene_free(scene);
}

static void the_most_important_columns_stay(void)
{
	static const struct {
		int cols;
		const char *shown;
		int name_cols;
	} cases[] = {
		{ 1, "LEVEL LEFT NAME ", 0 },
		{ 33, "LEVEL LEFT NAME ", 15 },
		{ 39, "LEVEL LEFT NAME ", 21 },
		{ 40, "LEVEL LEFT LEFT% NAME ", 16 },
		{ 47, "LEVEL LEFT LEFT% +/s NAME ", 16 },
		{ 54, "LEVEL LEFT LEFT% MAX +/s NAME ", 16 },
		{ 74, "LEVEL LEFT LEFT% MAX +/s NAME ", 36 },
		{ 75, "LEVEL LEFT LEFT% MAX +/s DIES NAME ", 16 },
		{ 80, "LEVEL LEFT LEFT% MAX +/s DIES NAME ", 21 },
		{ 82, "LEVEL LEFT LEFT% MAX USAGE +/s DIES NAME ", 16 },
		{ 120, "LEVEL LEFT LEFT% MAX USAGE +/s SWAP EVENTS STALL DIES NAME ", 27 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct group_column *shown[GROUP_COLUMNS_MAX];
		char label[16], got[128] = "";
		unsigned count;
		int name_cols;

		snprintf(label, sizeof(label), "%d", cases[i].cols);
		count = group_columns_fit(cases[i].cols, shown, &name_cols);
		for (unsigned k = 0; k < count; k++)
			snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s ",
				shown[k]->title);
		expect_text(label, got, cases[i].shown);
		expect_int(label, name_cols, cases[i].name_cols);
	}
}

static void expect_printable(struct scene *scene, int cells)
{
	for (int i = 0; i < cells; i++) {
		const uint32_t code_point = scene->cells[i].code_point;

		if (code_point < ' ' || code_point > '~')
			expect_int("not printable", code_point, ' ');
	}
}

static void hostile_paths_stay_in_their_cells(void)
{
	static char endless[5000];
	struct scene *scene = scene_with_memcgs();

	memset(endless, 'x', sizeof(endless) - 1);
	endless[0] = '/';
	scene->memcgs[SCENE_BROWSER].path = "/a\x1b[2J\n\xff\xe2\x80\xae/%s%n";
	scene->memcgs[SCENE_BROWSER].unit = "ev\x1bil\n.scope";
	scene->memcgs[SCENE_DATABASE].path = endless;
	scene->memcgs[SCENE_DATABASE].unit = NULL;
	scene->memcgs[SCENE_TOMCAT].container = "\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80\xe4\xb8\x80";
	scene_tick(scene);
	scene_draw_everywhere(scene);
	scene_draw(scene, 160, 50);
	expect_printable(scene, 160 * 50);
	/* The one whose path is too long can be looked at, but not chosen. */
	scene_key(scene, "Down");
	scene_key(scene, "Down");
	scene_key(scene, "Up");
	expect_int("on it", view_group_row(&scene->view), 1);
	expect_true("refused", !(scene_key(scene, "Enter") & REACT_JUDGE));
	expect_text("why", scene->state.message, "its path is too long: more than 511 bytes");
	expect_int("stays", scene->state.tab, TAB_CGROUPS);
	scene_free(scene);
}

static void two_paths_that_are_the_same_up_to_the_cut_do_not_hold_the_cursor(void)
{
	static char paths[3][SCOPE_PATH_MAX + 8];
	struct scene *scene = scene_new();

	scene_add_memcg(scene, "/", NO_MEMCG, 1000, -1);
	for (int i = 0; i < 3; i++) {
		memset(paths[i], 'y', sizeof(paths[i]) - 2);
		paths[i][0] = '/';
		paths[i][sizeof(paths[i]) - 2] = (char)('a' + i);
		scene_add_memcg(scene, paths[i], 0, 100 + i, 1000);
	}
	scene_tick(scene);
	scene_key(scene, "3");
	scene_draw(scene, 80, 24);
	scene_key(scene, "Down");
	scene_tick(scene);
	expect_int("second", view_group_row(&scene->view), 1);
	scene_key(scene, "Down");
	scene_tick(scene);
	expect_int("third", view_group_row(&scene->view), 2);
	scene_free(scene);
}

static void unknown_figures_are_question_marks(void)
{
	struct scene *scene = scene_with_memcgs();
	struct memcg *browser = &scene->memcgs[SCENE_BROWSER];

	values_forget(&browser->usage_bytes,
		offsetof(struct memcg, pressure) - offsetof(struct memcg, usage_bytes));
	browser->max_bytes = 1 << 30;
	scene_tick(scene);
	scene_draw(scene, 160, 24);
	scene_expect_shown(scene, "    ?     ?   1.0G      ?      ?      ?            ?");
	scene_draw_everywhere(scene);
	scene_free(scene);
}

extern CU_TestInfo panel_cgroups_tests[];
CU_TestInfo panel_cgroups_tests[] = {
	{ "the worst stands first, and its victim beside it",
		the_worst_stands_first_and_its_victim_beside_it },
	{ "those without a limit come last, and only where there is room",
		those_without_a_limit_come_last_and_only_where_there_is_room },
	{ "order is by level, then share left, then usage",
		order_is_by_level_then_share_left_then_usage },
	{ "every column has its figure", every_column_has_its_figure },
	{ "it says who dies", it_says_who_dies },
	{ "the cursor stays with its cgroup", the_cursor_stays_with_its_cgroup },
	{ "long lists scroll", long_lists_scroll },
	{ "the lines below tell limits and what binds",
		the_lines_below_tell_limits_and_what_binds },
	{ "without a limit it says so, and without files why",
		without_a_limit_it_says_so_and_without_files_why },
	{ "the most important columns stay", the_most_important_columns_stay },
	{ "hostile paths stay in their cells", hostile_paths_stay_in_their_cells },
	{ "two paths that are the same up to the cut do not hold the cursor",
		two_paths_that_are_the_same_up_to_the_cut_do_not_hold_the_cursor },
	{ "unknown figures are question marks", unknown_figures_are_question_marks },
	CU_TEST_INFO_NULL,
};
