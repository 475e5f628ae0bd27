/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key g: rows of groups, their selection and what can be done with them. */
#include <stdio.h>
#include <string.h>

#include "scene.h"
#include "ui/commands.h"
#include "unit.h"

/* chrome, node and bash are in /system.slice, the others in units of their own. */
static struct scene *grouped_scene(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "g");
	return scene;
}

/** The name of the selected row: of a group, or comm of a process. */
static const char *selected(struct scene *scene)
{
	static char name[128];
	const struct view *view = &scene->view;
	const struct group_cells cells = { view->now, view->summary, &view->list.groups,
		view_selected_group(view) };
	struct text text;

	text_init(&text, name, sizeof(name));
	if (cells.group)
		taskgroup_name(&cells, &text);
	else if (view_selected(view) != NO_TASK)
		text_fmt(&text, "(%s)", scene->now.tasks[view_selected(view)].comm);
	return name;
}

static void groups_are_rows_and_their_processes_unfold_below(void)
{
	struct scene *scene = grouped_scene();

	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 10,
		">    1      x3 -          895  +300   10.8G   4.8G   450M      ? + system.slice");
	scene_expect_begins(scene, 11, "     2      x1 tomcat");
	expect_int("name", scene_find(scene, "+ system.slice"), 10);
	expect_int("foot", scene_find(scene, "4 groups, 6 of 9 shown"), 22);
	expect_int("said", scene_find(scene, "order: kill order, grouped"), 22);

	scene_key(scene, "Enter");
	scene_draw(scene, 80, 24);
	expect_int("unfolded", scene_find(scene, "- system.slice"), 10);
	scene_expect_begins(scene, 11, "     1    4102 alice");
	expect_int("indented", scene_find(scene, "?   chrome --type"), 11);
	scene_expect_begins(scene, 12, "     4    2210 deploy");
	scene_expect_begins(scene, 13, "     5    3390 alice");
	scene_expect_begins(scene, 14, "     2      x1 tomcat");
	expect_int("foot", scene_find(scene, "4 groups, 6 of 9 shown"), 22);

	scene_key(scene, "Enter");
	expect_int("folded", scene->view.list.n_rows, 4);
	scene_key(scene, "g");
	expect_int("processes again", scene->view.list.n_rows, 6);
	scene_draw_everywhere(scene);
	scene_key(scene, "g");
	scene_key(scene, "+");
	scene_draw_everywhere(scene);
	scene_free(scene);
}

static void keys_fold_and_unfold_from_wherever_the_cursor_is(void)
{
	struct scene *scene = grouped_scene();

	scene_key(scene, "+");
	expect_int("+", scene->view.list.n_rows, 7);
	scene_key(scene, "Right");
	expect_int("it is already", scene->view.list.n_rows, 7);
	scene_key(scene, "Down");
	scene_key(scene, "Down");
	expect_text("a member", selected(scene), "(node)");
	scene_key(scene, "Right");
	expect_text("nothing to unfold there", selected(scene), "(node)");
	scene_key(scene, "Left");
	expect_int("folds from a member", scene->view.list.n_rows, 4);
	expect_text("to its group", selected(scene), "system.slice");
	scene_key(scene, "-");
	expect_text("nothing to fold", scene->state.message, "");
	scene_key(scene, "Right");
	expect_int("Right", scene->view.list.n_rows, 7);
	scene_key(scene, "g");
	scene_key(scene, "+");
	expect_text(
		"no groups", scene->state.message, "there are no groups to unfold: g makes them");
	scene_key(scene, "g");
	expect_int("remembered", scene->view.list.n_rows, 7);
	scene_free(scene);
}

static void the_selection_follows_its_group(void)
{
	struct scene *scene = grouped_scene();

	scene_key(scene, "Down");
	scene_key(scene, "Down");
	expect_text("third", selected(scene), "postgresql.service");
	scene_set_mem(scene, SCENE_POSTGRES, 15000);
	scene_tick(scene);
	expect_text("first now", selected(scene), "postgresql.service");
	expect_int("row", view_selected_row(&scene->view), 0);
	scene_set_mem(scene, SCENE_POSTGRES, 100);
	scene_tick(scene);
	expect_text("behind others", selected(scene), "postgresql.service");
	expect_int("row", view_selected_row(&scene->view), 2);

	scene_end_task(scene, SCENE_POSTGRES);
	scene_tick(scene);
	expect_int("it is gone, the row stays", view_selected_row(&scene->view), 2);
	expect_text("who is there", selected(scene), "systemd-journald.service");
	scene_key(scene, "Home");
	scene_set_mem(scene, SCENE_JAVA - 1, 20000);
	scene_tick(scene);
	expect_text("the first, whichever it is", selected(scene), "tomcat.service");
	scene_free(scene);
}

static void the_selection_goes_into_groups_and_out_again(void)
{
	struct scene *scene = scene_new();

	scene_select(scene, "3390");
	scene_key(scene, "g");
	expect_text("folded into", selected(scene), "system.slice");
	scene_key(scene, "g");
	expect_text("who dies first of them", selected(scene), "(chrome)");
	scene_key(scene, "g");
	scene_key(scene, "+");
	scene_key(scene, "Down");
	scene_key(scene, "Down");
	expect_text("a member", selected(scene), "(node)");
	scene_key(scene, "g");
	expect_text("stays", selected(scene), "(node)");
	scene_key(scene, "g");
	expect_text("its group is open", selected(scene), "(node)");
	/* It moves to another cgroup, which is folded. */
	scene->who[SCENE_NODE].unit = "tomcat.service";
	scene_tick(scene);
	expect_text("follows", selected(scene), "tomcat.service");
	scene_free(scene);
}

static void actions_want_a_process(void)
{
	static const char *const keys[] = { "F7", "F8", "]", "[", "a", "r", "F9", "k" };
	struct scene *scene = grouped_scene();

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		scene_key(scene, keys[i]);
		expect_text(keys[i], scene->state.message,
			"a group is selected: Enter shows its processes");
		scene_expect_idle(scene, keys[i]);
	}
	scene_key(scene, "Enter");
	expect_int("no detail", scene->state.overlay, OVERLAY_NONE);
	scene_key(scene, "F7");
	expect_text("open", scene->state.message, "a group is selected: its processes stand below");
	scene_key(scene, "Down");
	scene_key(scene, "F7");
	expect_int("of a member", scene->state.prompt, PROMPT_ADJ);
	expect_int("chrome", scene->state.action.plan.target.pid, 4102);
	scene_key(scene, "Esc");
	scene_key(scene, "Enter");
	expect_int("its detail", scene->state.overlay, OVERLAY_DETAIL);
	scene_key(scene, "Esc");
	scene_key(scene, "F4");
	scene_type(scene, "mem>100G");
	scene_key(scene, "Enter");
	scene_key(scene, "F7");
	expect_text("nothing at all", scene->state.message, "no process is selected");
	scene_free(scene);
}

static void an_action_on_a_folded_process_leaves_the_groups_alone(void)
{
	struct scene *scene = scene_new();

	scene_select(scene, "3390");
	scene_change_adj(scene, "100");
	scene_key(scene, "g");
	scene_key(scene, "End");
	expect_text("elsewhere", selected(scene), "systemd-journald.service");
	scene_key(scene, "Backspace");
	expect_int("undo", scene->state.action.plan.target.pid, 3390);
	expect_text("its group", selected(scene), "system.slice");
	scene_key(scene, "Esc");
	expect_text("back", selected(scene), "systemd-journald.service");
	expect_int("all folded", scene->view.list.n_rows, 4);
	scene_free(scene);
}

static void searches_look_into_folded_groups(void)
{
	struct scene *scene = grouped_scene();

	scene_key(scene, "/");
	scene_type(scene, "tomcat");
	expect_text("a group by its name", selected(scene), "tomcat.service");
	expect_int("not unfolded for it", scene->view.list.n_rows, 4);
	scene_key(scene, "^U");
	scene_type(scene, "nod");
	expect_text("a folded process", selected(scene), "(node)");
	expect_int("unfolded", scene->view.list.n_rows, 7);
	scene_type(scene, "x");
	expect_int("folded again", scene->view.list.n_rows, 4);
	expect_text("where it was", selected(scene), "system.slice");
	expect_text("said", scene->state.message, "no match in 10 rows");
	scene_key(scene, "Backspace");
	scene_key(scene, "Esc");
	expect_int("Esc folds it", scene->view.list.n_rows, 4);
	expect_text("back", selected(scene), "system.slice");

	scene_key(scene, "/");
	scene_type(scene, "alice");
	scene_key(scene, "Enter");
	expect_text("by user", selected(scene), "(chrome)");
	scene_key(scene, "n");
	expect_text("next", selected(scene), "(bash)");
	scene_key(scene, "n");
	expect_text("round", selected(scene), "(chrome)");
	scene_key(scene, "F3");
	scene_type(scene, "postgres");
	scene_key(scene, "Enter");
	expect_text("the group first", selected(scene), "postgresql.service");
	scene_key(scene, "n");
	expect_text("then its process", selected(scene), "(postgres)");
	scene_key(scene, "F3");
	scene_type(scene, "tomcat.service");
	scene_key(scene, "Enter");
	scene_key(scene, "n");
	expect_text("the unit is the group's name, not its members'", selected(scene),
		"tomcat.service");
	scene_free(scene);
}

static void a_pid_is_found_in_a_folded_group(void)
{
	struct scene *scene = grouped_scene();

	scene_key(scene, ":");
	scene_type(scene, "3390");
	expect_text("while typing", selected(scene), "(bash)");
	scene_type(scene, "9");
	expect_text("no such", selected(scene), "system.slice");
	expect_int("folded again", scene->view.list.n_rows, 4);
	scene_key(scene, "Backspace");
	scene_key(scene, "Enter");
	expect_text("there", selected(scene), "(bash)");
	expect_int("unfolded", scene->view.list.n_rows, 7);
	scene_free(scene);
}

static void filters_choose_who_is_counted(void)
{
	struct scene *scene = grouped_scene();

	scene_key(scene, "u");
	scene_type(scene, "alice");
	scene_key(scene, "Enter");
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 10, ">    1      x2 alice");
	expect_int("one group", scene_find(scene, "1 group, 2 of 9 shown  user: alice"), 22);
	scene_key(scene, "=");
	scene_key(scene, "x");
	scene_draw(scene, 80, 24);
	expect_int("exempt ones where they are shown", scene_find(scene, "+ ssh.service"), 15);
	scene_key(scene, "K");
	scene_draw(scene, 80, 24);
	expect_int("kernel threads", scene_find(scene, "+ (none)"), 16);
	expect_int("none is folded away", scene_find(scene, " exempt: "), -1);
	scene_free(scene);
}

static void groups_are_sorted_by_their_sums(void)
{
	struct scene *scene = grouped_scene();

	scene_set_mem(scene, SCENE_NODE, 9000);
	scene_tick(scene);
	scene_key(scene, "M");
	scene_draw(scene, 80, 24);
	expect_int("the sum of three", scene_find(scene, "+ system.slice"), 10);
	expect_int("one large process", scene_find(scene, "+ tomcat.serv"), 11);
	expect_int("said", scene_find(scene, "order: MEM, grouped"), 22);
	scene_key(scene, "+");
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 11, "     3    2210 deploy");
	scene_key(scene, "R");
	scene_draw(scene, 80, 24);
	expect_int("reversed", scene_find(scene, "+ systemd-journ"), 10);
	scene_expect_begins(scene, 14, "     5    3390 alice");
	scene_key(scene, "O");
	scene_key(scene, "R");
	scene_draw(scene, 80, 24);
	expect_int("kill order reversed", scene_find(scene, "+ systemd-journ"), 10);
	scene_expect_begins(scene, 16, "     1    4102 alice");
	scene_free(scene);
}

static void wide_screens_tell_what_a_group_is(void)
{
	struct scene *scene = scene_new();

	scene_add_memcgs(scene);
	scene_key(scene, "g");
	scene_draw(scene, 120, 40);
	expect_true("heading", scene_find(scene, "browser.scope  2 processes") > 20);
	scene_expect_shown(scene, "dies first chrome 4102: 1 of 6 in kill order");
	scene_expect_shown(scene, "sum        MEM 1.8G: RSS 1.7G, SWAP 150M, PGTAB 3.4M; ");
	scene_expect_shown(scene, "cgroup     1.5G charged of 1.5G: /user.slice/browser.scope");
	scene_expect_shown(scene, "Enter shows its processes");
	scene_key(scene, "Enter");
	scene_draw(scene, 120, 40);
	scene_expect_shown(scene, "Enter hides its processes");
	scene->who[SCENE_BASH].cgroup = "/elsewhere";
	scene->tasks[SCENE_BASH].memcg = NO_MEMCG;
	scene_tick(scene);
	scene_draw(scene, 120, 40);
	expect_true("of one", scene_find(scene, "browser.scope  1 process ") < 0);
	scene_expect_shown(scene, "browser.scope  1 process");
	scene_free(scene);
}

static void only_so_many_groups_stay_unfolded(void)
{
	struct list_choice choice = { .grouped = true };

	for (uint64_t id = 1; id <= GROUPS_OPEN_MAX + 1; id++)
		tasklist_open(&choice, id, true);
	expect_int("full", choice.n_open, GROUPS_OPEN_MAX);
	expect_int("the oldest is folded", (int64_t)choice.open[0], 2);
	expect_int("the newest", (int64_t)choice.open[GROUPS_OPEN_MAX - 1], GROUPS_OPEN_MAX + 1);
	tasklist_open(&choice, 7, true);
	expect_int("no more for one that is open", choice.n_open, GROUPS_OPEN_MAX);
	tasklist_open(&choice, 7, false);
	tasklist_open(&choice, 7, false);
	expect_int("folded", choice.n_open, GROUPS_OPEN_MAX - 1);
	expect_int("the next moves up", (int64_t)choice.open[5], 8);
}

extern CU_TestInfo grouped_tests[];
CU_TestInfo grouped_tests[] = {
	{ "groups are rows, and their processes unfold below",
		groups_are_rows_and_their_processes_unfold_below },
	{ "keys fold and unfold from wherever the cursor is",
		keys_fold_and_unfold_from_wherever_the_cursor_is },
	{ "the selection follows its group", the_selection_follows_its_group },
	{ "the selection goes into groups and out again",
		the_selection_goes_into_groups_and_out_again },
	{ "actions want a process", actions_want_a_process },
	{ "an action on a folded process leaves the groups alone",
		an_action_on_a_folded_process_leaves_the_groups_alone },
	{ "searches look into folded groups", searches_look_into_folded_groups },
	{ "a PID is found in a folded group", a_pid_is_found_in_a_folded_group },
	{ "filters choose who is counted", filters_choose_who_is_counted },
	{ "groups are sorted by their sums", groups_are_sorted_by_their_sums },
	{ "wide screens tell what a group is", wide_screens_tell_what_a_group_is },
	{ "only so many groups stay unfolded", only_so_many_groups_stay_unfolded },
	CU_TEST_INFO_NULL,
};
