/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "scene.h"
#include "ui/panels.h"
#include "ui/scopes.h"
#include "unit.h"

static struct scene *scene_with_memcgs(void)
{
	struct scene *scene = scene_new();

	scene_add_memcgs(scene);
	scene_set_memcg_level(scene, SCENE_BROWSER, LEVEL_CRITICAL, "hardly anything is left");
	return scene;
}

/* What the app does for a key. */
static void press(struct scene *scene, const char *key)
{
	if (scene_key(scene, key) & REACT_JUDGE)
		scene_judge(scene);
}

static void the_menu_offers_machine_process_and_risks(void)
{
	struct scene *scene = scene_with_memcgs();

	press(scene, "s");
	expect_int("open", scene->state.overlay, OVERLAY_SCOPE);
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "[scope]");
	scene_expect_begins(scene, 4, "Whose OOM is foretold (Enter chooses, Esc keeps it");
	expect_true("machine", strstr(scene_line(scene, 5), " machine ") != NULL);
	scene_expect_begins(scene, 5, ">=");
	scene_expect_begins(scene, 6, "  CRITICAL of chrome 4102: browser.scope");
	expect_true("left", strstr(scene_line(scene, 6), "16M left to give") != NULL);
	expect_int("each once", (long long)scene->state.scope_menu.count, 5);
	scene_expect_begins(scene, 23, "F1Help");
	press(scene, "Esc");
	expect_int("closed", scene->state.overlay, OVERLAY_NONE);
	expect_int("kept", scene->state.scope.kind, SCOPE_SYSTEM);
	scene_free(scene);
}

static void enter_takes_the_scope_under_the_cursor(void)
{
	struct scene *scene = scene_with_memcgs();

	press(scene, "s");
	press(scene, "Down");
	press(scene, "Enter");
	expect_int("closed", scene->state.overlay, OVERLAY_NONE);
	expect_int("kind", scene->state.scope.kind, SCOPE_MEMCG);
	expect_text("path", scene->state.scope.path, "/user.slice/browser.scope");
	scene_draw(scene, 80, 24);
	scene_expect_begins(
		scene, 9, "as if cgroup browser.scope hit its limit: 2 of 9 eligible, ADJ 1000 = ");
	expect_true("in the prompt line",
		strstr(scene_line(scene, 22), "scope: browser.scope") != NULL);
	scene_expect_begins(scene, 11, ">    1    4102 alice");
	scene_expect_begins(scene, 12, "     2    3390 alice");
	scene_expect_shown(scene, " out of scope");
	expect_int("two rows", scene->view.list.n_rows, 2);

	/* The same again asks for no work. */
	scene_key(scene, "s");
	scene_draw(scene, 80, 24);
	expect_true("marked",
		strstr(scene_line(scene, scene_find(scene, ">=")), "browser.scope") != NULL);
	expect_true("nothing to do", !(scene_key(scene, "Enter") & REACT_JUDGE));
	press(scene, "s");
	press(scene, "Home");
	press(scene, "Enter");
	expect_int("back", scene->state.scope.kind, SCOPE_SYSTEM);
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "scope: machine");
	expect_true("no line of it", scene_find(scene, "as if") < 0);
	expect_int("all", scene->view.list.n_rows, 6);
	scene_free(scene);
}

static void keys_close_it_without_a_choice(void)
{
	static const char *const keys[] = { "s", "Esc", "q" };
	struct scene *scene = scene_with_memcgs();

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		press(scene, "s");
		press(scene, "End");
		press(scene, "Down");
		expect_int("not beyond the last", scene->state.menu_row,
			(int)scene->state.scope_menu.count - 1);
		expect_true("does not quit", !(scene_key(scene, keys[i]) & REACT_QUIT));
		expect_int(keys[i], scene->state.overlay, OVERLAY_NONE);
		expect_int(keys[i], scene->state.scope.kind, SCOPE_SYSTEM);
	}
	scene_free(scene);
}

static void a_process_without_a_limit_on_its_path_says_so(void)
{
	struct scene *scene = scene_with_memcgs();

	scene_select(scene, "2210");
	press(scene, "s");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "of node 2210: no limit on its path");
	press(scene, "Down");
	press(scene, "Enter");
	expect_text(
		"why", scene->state.message, "node 2210: no limit on its path, only the machine's");
	expect_int("still open", scene->state.overlay, OVERLAY_SCOPE);
	expect_int("not chosen", scene->state.scope.kind, SCOPE_SYSTEM);
	scene_free(scene);
}

static void rows_of_the_menu_do_not_move_under_the_cursor(void)
{
	struct scene *scene = scene_with_memcgs();
	char want[SCOPE_PATH_MAX];

	press(scene, "s");
	press(scene, "Down");
	press(scene, "Down");
	snprintf(want, sizeof(want), "%s", scene->state.scope_menu.entries[2].path);
	scene->memcgs[SCENE_TOMCAT].usage_bytes = scene->memcgs[SCENE_TOMCAT].max_bytes;
	scene->memcgs[SCENE_BROWSER].usage_bytes = 0;
	scene_tick(scene);
	scene_tick(scene);
	press(scene, "Enter");
	expect_text("the one that was there", scene->state.scope.path, want);
	scene_free(scene);
}

static void forget_browser(struct scene *scene)
{
	scene->now.n_memcgs = SCENE_BROWSER;
	scene->tasks[SCENE_CHROME].memcg = scene->tasks[SCENE_BASH].memcg = NO_MEMCG;
}

static void a_cgroup_that_is_gone_cannot_be_chosen(void)
{
	struct scene *scene = scene_with_memcgs();

	press(scene, "s");
	press(scene, "Down");
	forget_browser(scene);
	scene_tick(scene);
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "gone: /user.slice/browser.scope");
	scene_draw_everywhere(scene);
	press(scene, "Enter");
	expect_text("why", scene->state.message, "that cgroup is gone");
	expect_int("machine", scene->state.scope.kind, SCOPE_SYSTEM);
	scene_free(scene);
}

static void when_the_scope_goes_the_machine_is_shown(void)
{
	struct scene *scene = scene_with_memcgs();

	press(scene, "s");
	press(scene, "Down");
	press(scene, "Enter");
	expect_int("chosen", scene->state.scope.kind, SCOPE_MEMCG);
	forget_browser(scene);
	scene_tick(scene);
	expect_text("said", scene->state.message, "that cgroup is gone: the machine is shown");
	expect_int("logged", scene->state.log.count > 0, 1);
	expect_int("machine", scene->state.scope.kind, SCOPE_SYSTEM);
	scene_draw(scene, 80, 24);
	expect_true("all again", scene->view.list.n_rows == 6);
	scene_key(scene, "Esc");
	scene_tick(scene);
	expect_text("said once", scene->state.message, "");
	scene_free(scene);
}

static void enter_in_the_cgroups_tab_makes_it_the_scope(void)
{
	struct scene *scene = scene_with_memcgs();

	scene_select(scene, "1877");
	press(scene, "3");
	scene_draw(scene, 80, 24);
	press(scene, "Down");
	press(scene, "Enter");
	expect_int("main tab", scene->state.tab, TAB_MAIN);
	expect_text("path", scene->state.scope.path, "/system.slice/postgresql.service");
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 9, "as if cgroup postgresql.service hit its limit: 1 of 9");
	scene_expect_begins(scene, 11, ">    1    1877 ");
	press(scene, "3");
	scene_draw(scene, 80, 24);
	expect_true("marked", scene_find(scene, ">=OK ") > 4);
	scene_expect_shown(scene, "path     /system.slice/postgresql.service");
	/* One without a limit can be looked at: nobody is killed there. */
	press(scene, "End");
	press(scene, "Enter");
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 9, "cgroup system.slice has no limit itself: 2 of 9 eligible");
	scene_free(scene);
}

static void small_screens_have_the_scope_in_the_prompt_line(void)
{
	struct scene *scene = scene_with_memcgs();

	press(scene, "s");
	press(scene, "Down");
	press(scene, "Enter");
	scene_draw(scene, 40, 10);
	expect_true("no line of it", scene_find(scene, "as if") < 0);
	expect_true("a part of the name", strstr(scene_line(scene, 8), "scope: ") != NULL);
	scene_draw_everywhere(scene);
	scene_free(scene);
}

static void the_verdict_counts_other_scopes_in_danger(void)
{
	struct scene *scene = scene_with_memcgs();
	struct summary *summary = &scene->summary;

	for (unsigned i = 0; i < summary->n_risks; i++)
		summary->risks[i].level = i < 3 ? LEVEL_WARN : LEVEL_OK;
	snprintf(summary->risks[0].text, sizeof(summary->risks[0].text), "shop/cart: 12M left");
	summary->risks[0].why[0] = '\0';
	scene_draw(scene, 80, 24);
	scene_expect_row(scene, 1, "WARN     shop/cart: 12M left  (+2 more: 3)");
	for (unsigned i = 1; i < summary->n_risks; i++)
		summary->risks[i].level = LEVEL_OK;
	scene_draw(scene, 80, 24);
	scene_expect_row(scene, 1, "WARN     shop/cart: 12M left");
	scene_free(scene);
}

static void detail_tells_the_limit_of_a_process(void)
{
	struct scene *scene = scene_with_memcgs();

	press(scene, "Enter");
	scene_draw(scene, 80, 40);
	scene_expect_shown(scene, "limit       16M left of 1.5G in browser.scope");
	press(scene, "Esc");
	scene_select(scene, "2210");
	press(scene, "Enter");
	scene_draw(scene, 80, 40);
	expect_true("none on its path", scene_find(scene, "left of") < 0);
	scene_free(scene);
}

static void detail_tells_that_the_whole_cgroup_dies(void)
{
	struct scene *scene = scene_with_memcgs();

	scene->memcgs[SCENE_BROWSER].oom_group = 1;
	scene_tick(scene);
	press(scene, "s");
	press(scene, "Down");
	press(scene, "Enter");
	expect_int("outcome", scene->summary.oom.outcome, OUTCOME_KILL_GROUP);
	press(scene, "Enter");
	scene_draw(scene, 80, 40);
	scene_expect_shown(scene, "with it die its whole cgroup, 1 more: bash 3390");
	/* The kernel's oom_score is of the machine, and not compared with this scope's. */
	expect_true("no recomputed score", scene_find(scene, "recomputed") < 0);
	scene_free(scene);
}

extern CU_TestInfo scope_menu_tests[];
CU_TestInfo scope_menu_tests[] = {
	{ "the menu offers machine, process and risks", the_menu_offers_machine_process_and_risks },
	{ "Enter takes the scope under the cursor", enter_takes_the_scope_under_the_cursor },
	{ "keys close it without a choice", keys_close_it_without_a_choice },
	{ "a process without a limit on its path says so",
		a_process_without_a_limit_on_its_path_says_so },
	{ "rows of the menu do not move under the cursor",
		rows_of_the_menu_do_not_move_under_the_cursor },
	{ "a cgroup that is gone cannot be chosen", a_cgroup_that_is_gone_cannot_be_chosen },
	{ "when the scope goes, the machine is shown", when_the_scope_goes_the_machine_is_shown },
	{ "Enter in the cgroups tab makes it the scope",
		enter_in_the_cgroups_tab_makes_it_the_scope },
	{ "small screens have the scope in the prompt line",
		small_screens_have_the_scope_in_the_prompt_line },
	{ "the verdict counts other scopes in danger", the_verdict_counts_other_scopes_in_danger },
	{ "detail tells the limit of a process", detail_tells_the_limit_of_a_process },
	{ "detail tells that the whole cgroup dies", detail_tells_that_the_whole_cgroup_dies },
	CU_TEST_INFO_NULL,
};
