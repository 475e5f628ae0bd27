/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "scene.h"
#include "ui/commands.h"
#include "ui/view.h"
#include "unit.h"

static void the_classic_screen_answers_in_order(void)
{
	struct scene *scene = scene_new();

	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 0, "oomwatch web01  19:41:08  up 12d  Linux 6.1.0");
	expect_true("at the right edge", strcmp(scene_line(scene, 0) + 76, "LIVE") == 0);
	scene_expect_begins(scene, 1, level_words(scene->summary.risks[0].level));
	scene_expect_shown(scene, scene->summary.risks[0].text);
	scene_expect_begins(scene, 2, "NEXT     now chrome 4102");
	scene_expect_begins(scene, 3, "FILLING  ");
	scene_expect_begins(scene, 4, "RAM 23.5G  anon 19.5G");
	scene_expect_begins(scene, 5, "SWAP 8.0G  used 7.1G");
	scene_expect_shown(scene, "STALL  full 18.9% (10s)  some 41.2% (10s)");
	scene_expect_row(
		scene, 6, "RECLAIM ? (rates come with the second sample; ! says what is missing)");
	scene_expect_row(scene, 7,
		"ZONE  DMA32 61M, 90M kept back: 0 usable  Normal 58M: min 52M low 65M high 78M");
	scene_expect_row(scene, 8,
		"ORDER Normal 0:7.4k 1:1.9k 2:0 3:464 4:0 5:0 6+:0       order 3 ok, 9 fragmented");
	scene_expect_begins(
		scene, 9, "     #     PID USER     SCORE   ADJ BADNESS    MEM   SWAP    +/s NAME");
	scene_expect_begins(scene, 10, ">    1    4102 alice ");
	scene_expect_begins(scene, 11, "     2   23283 tomcat");
	scene_expect_row(scene, 16, "    3 exempt: init, sshd (adj -1000), 1 kernel thread");
	scene_expect_row(scene, 22,
		"6 of 9 shown                                   order: kill order  scope: machine");
	scene_expect_begins(scene, 23, "F1Help F3Find F4Filter");
	expect_true("pinned", strcmp(scene_line(scene, 23) + 73, "F10Quit") == 0);
	scene_free(scene);
}

static void forty_columns_show_verdict_victims_prompt_and_keys(void)
{
	struct scene *scene = scene_new();

	scene_draw(scene, 40, 10);
	scene_expect_begins(scene, 0, "oomwatch web01  19:41:08");
	expect_true("right edge", strcmp(scene_line(scene, 0) + 36, "LIVE") == 0);
	scene_expect_begins(scene, 2, "NEXT     now chrome 4102");
	scene_expect_begins(scene, 4, "     #     PID   ADJ BADNES   MEM NAME");
	scene_expect_begins(scene, 5, ">    1    4102  +300  10.8G  1.4G chrom");
	scene_expect_begins(scene, 6, "     2   23283     0  10.1G 10.1G tomca");
	scene_expect_begins(scene, 7, "     3    1877     0 ");
	scene_expect_begins(scene, 8, "6 of 9 shown");
	scene_expect_begins(scene, 9, "F1Help");
	expect_true("pinned", strcmp(scene_line(scene, 9) + 33, "F10Quit") == 0);

	scene_draw(scene, 39, 4);
	scene_expect_begins(scene, 0, level_words(scene->summary.risks[0].level));
	scene_expect_begins(scene, 1, ">    1    4102");
	scene_expect_begins(scene, 3, "     3    1877");
	scene_draw(scene, 6, 8);
	scene_expect_row(scene, 7, "F1 F10");
	scene_free(scene);
}

static void larger_screens_add_zones_detail_events_and_graphs(void)
{
	struct scene *scene = scene_new();

	scene_tick(scene);
	scene_draw(scene, 120, 40);
	scene_expect_begins(scene, 7, "ZONE  DMA     2.0M free  [mlh|");
	scene_expect_begins(scene, 9, "ZONE  Normal  58M free  [==========m|.l.h....]  min 52M");
	scene_expect_begins(scene, 10, "ORDER DMA32 0:");
	scene_expect_begins(scene, 11, "ORDER Normal 0:7.4k");
	expect_true("wide columns", scene_find(scene, "RSS   SWAP  PGTAB") == 12);
	expect_int("detail", scene_find(scene, "PID 4102  chrome"), 24);
	scene_expect_shown(
		scene, "adj +300                9.4G     299.9    process     sleeps, 1 thread");
	scene_expect_shown(scene, "= BADNESS              10.8G     343.2");
	scene_expect_shown(scene, "Last events");
	expect_true("no graphs", scene_find(scene, "Last minutes") < 0);

	scene_draw(scene, 160, 50);
	expect_true("at the right",
		strstr(scene_line(scene, 4), "PID 4102  chrome") == scene->line + 110);
	scene_expect_shown(scene, "Last minutes");
	scene_expect_shown(scene, "MemAvailable  now 420M  over 1s");
	scene_free(scene);
}

/* All free memory in small pieces, and enough of it in each zone. */
static void fragment(struct scene *scene)
{
	for (int i = 0; i < SCENE_ZONES; i++) {
		scene->zones[i].blocks.count[3] = 0;
		scene->zones[i].blocks.count[0] += 60000;
		scene->zones[i].free_pages += 60000;
	}
}

static void use_up_one_zone(struct scene *scene)
{
	scene->zones[2].free_pages = 100;
	scene->zones[1].free_pages += 300000;
}

static void change_nothing(struct scene *scene)
{
	(void)scene;
}

static void few_rows_give_up_order_first_but_not_when_it_is_the_cause(void)
{
	static const struct {
		const char *label;
		int rows; /* of the screen */
		void (*change)(struct scene *scene);
		const char *there; /* first words of the lines from row 4 on */
	} cases[] = {
		{ "one", 12, change_nothing, "SWAP " },
		{ "two", 13, change_nothing, "RAM SWAP " },
		{ "three", 15, change_nothing, "RAM SWAP RECLAIM " },
		{ "four", 17, change_nothing, "RAM SWAP RECLAIM ZONE " },
		{ "five", 19, change_nothing, "RAM SWAP RECLAIM ZONE ORDER " },
		{ "one, fragmented", 12, fragment, "ORDER " },
		{ "two, fragmented", 13, fragment, "SWAP ORDER " },
		{ "one, a zone used up", 12, use_up_one_zone, "ZONE " },
		{ "two, a zone used up", 13, use_up_one_zone, "SWAP ZONE " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene *scene = scene_new();
		char there[128] = "";

		cases[i].change(scene);
		scene_tick(scene);
		scene->summary.risks[0].level = LEVEL_WARN;
		scene_draw(scene, 80, cases[i].rows);
		for (int row = 4; row < scene_find(scene, "BADNESS"); row++) {
			char word[16] = "";

			sscanf(scene_line(scene, row), "%15s", word);
			snprintf(there + strlen(there), sizeof(there) - strlen(there), "%s ", word);
		}
		expect_text(cases[i].label, there, cases[i].there);
		/* It is a cause of something only if there is something. */
		scene->summary.risks[0].level = LEVEL_OK;
		scene_draw(scene, 80, 12);
		expect_int(cases[i].label, scene_find(scene, "SWAP"), 4);
		scene_free(scene);
	}
}

static void the_selection_follows_its_process(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "Down");
	scene_key(scene, "Down");
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 12, ">    3    1877 postgres");
	scene_set_mem(scene, SCENE_POSTGRES, 15000);
	scene_tick(scene);
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 10, ">    1    1877 postgres");
	scene_expect_begins(scene, 11, "     2    4102 alice");
	scene_set_mem(scene, SCENE_POSTGRES, 100);
	scene_tick(scene);
	expect_int("pid", scene->state.selected_pid, 1877);
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 14, ">    5    1877 postgres");
	scene_free(scene);
}

static void the_selection_stays_on_its_row_when_its_process_ends(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "Down");
	expect_int("java", scene->state.selected_pid, 23283);
	scene_end_task(scene, SCENE_JAVA);
	scene_tick(scene);
	expect_int("second row still", view_selected_row(&scene->view), 1);
	expect_int("who is there now", scene->state.selected_pid, 1877);
	scene_key(scene, "End");
	expect_int("last", scene->state.selected_pid, 640);
	scene_end_task(scene, SCENE_JOURNALD);
	scene_tick(scene);
	expect_int("the new last", view_selected_row(&scene->view), 3);
	/* The same pid again, but another process: it does not inherit the cursor. */
	scene_key(scene, "Home");
	scene_key(scene, "Down");
	scene->tasks[3].start_ticks++;
	expect_int("postgres", scene->state.selected_pid, 1877);
	scene_tick(scene);
	expect_int("row", view_selected_row(&scene->view), 1);
	expect_true("start", scene->state.selected_start == scene->tasks[3].start_ticks);
	scene_free(scene);
}

static void the_first_row_stays_selected_whoever_it_is_until_one_chooses(void)
{
	struct scene *scene = scene_new();

	scene_set_mem(scene, SCENE_POSTGRES, 15000);
	scene_tick(scene);
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 10, ">    1    1877 postgres");
	scene_free(scene);
}

static void the_list_scrolls_with_the_cursor(void)
{
	struct scene *scene = scene_new();

	scene_add_tasks(scene, 40);
	scene_tick(scene);
	scene_draw(scene, 80, 24);
	expect_int("rows", scene->state.list_rows, 11);
	for (int i = 0; i < 11; i++)
		scene_key(scene, "Down");
	scene_draw(scene, 80, 24);
	expect_int("one line on", scene->state.top_row, 1);
	scene_expect_begins(scene, 20, ">   12   ");
	scene_key(scene, "PgDn");
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 20, ">   23   ");
	scene_key(scene, "End");
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 20, ">   46   ");
	scene_key(scene, "PgUp");
	scene_key(scene, "PgUp");
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 10, ">   24   ");
	scene_key(scene, "Home");
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 10, ">    1    4102");
	scene_key(scene, "Up");
	expect_int("not above the first", view_selected_row(&scene->view), 0);
	scene_free(scene);
}

static void the_title_says_what_is_shown(void)
{
	struct scene *scene = scene_new();

	scene->view.utc_offset_s = -3600;
	scene->view.stale = true;
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "STALE since 18:41:08");
	scene->view.utc_offset_s = -20 * 3600;
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "STALE since 23:41:08");
	scene->view.utc_offset_s = 14 * 3600;
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "STALE since 09:41:08");
	scene->view.stale = false;
	scene->now.source = SOURCE_ROOT;
	scene->view.ticks = 10;
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "RECORDING tick 1/10");
	scene->view.at_end = true;
	scene->now.time_ms = VALUE_UNKNOWN;
	scene->now.partial = PARTIAL_HIDEPID;
	scene_draw(scene, 80, 24);
	scene_expect_begins(scene, 0, "oomwatch web01  up 288:00:01");
	scene_expect_shown(scene, "tick 1/10 END");
	scene_expect_shown(scene, "PARTIAL: hidepid");
	scene_free(scene);
}

static void kills_and_levels_are_noted_once(void)
{
	struct scene *scene = scene_new();

	scene->now.vmstat.oom_kill += 2;
	scene_tick(scene);
	scene_tick(scene); /* who is gone may come a sample late */
	scene_key(scene, "R");
	scene_key(scene, "R");
	expect_int("kills", scene->view.kills, 2);
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "2 killed, last 19:41:09");
	scene_key(scene, "5");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "19:41:09  the OOM killer took 2 processes");
	scene_tick(scene);
	expect_int("not counted again", scene->view.kills, 2);
	scene_free(scene);
}

static void a_kill_is_shown_for_a_while_but_not_to_one_who_types(void)
{
	struct scene *scene = scene_new();

	scene->now.vmstat.oom_kill++;
	scene_tick(scene);
	scene_tick(scene);
	expect_text("shown", scene->state.message,
		"the OOM killer took 1 process; nobody that oomwatch saw is gone");
	for (int i = 0; i < 29; i++)
		scene_tick(scene);
	expect_true("still", scene->state.message[0]);
	scene_tick(scene);
	expect_text("gone", scene->state.message, "");
	scene_key(scene, "F4");
	scene->now.vmstat.oom_kill++;
	scene_tick(scene);
	scene_tick(scene);
	expect_text("not in the way", scene->state.message, "");
	expect_int("but counted", scene->view.kills, 2);
	scene_free(scene);
}

/* The sanitizers do the checking; the verdict must be there in the end. */
static void every_tab_and_overlay_draws_at_every_size(void)
{
	struct scene *scene = scene_new();

	scene_add_tasks(scene, 30);
	scene_tick(scene);
	for (int tab = 0; tab < TAB_COUNT; tab++) {
		for (int over = OVERLAY_NONE; over < OVERLAY_COUNT; over++) {
			scene->state.tab = (enum tab)tab;
			scene->state.overlay = (enum overlay)over;
			scene_draw_everywhere(scene);
			scene->state.scroll = 100000;
			scene_draw(scene, 80, 24);
			scene_expect_begins(scene, 2, "NEXT     now chrome 4102");
		}
	}
	scene->state.tab = TAB_MAIN;
	scene->state.overlay = OVERLAY_NONE;
	scene->state.ascii = scene->canvas.ascii = false;
	for (int rows = 1; rows <= 70; rows++)
		for (int cols = 1; cols <= 200; cols++)
			scene_draw(scene, cols, rows);
	scene_expect_begins(scene, 2, "NEXT     now chrome 4102");
	for (int prompt = PROMPT_NONE; prompt <= PROMPT_DELAY; prompt++) {
		prompt_open(&scene->view, (enum prompt_kind)prompt);
		scene_draw_everywhere(scene);
	}
	scene_free(scene);
}

static void a_prompt_is_seen_on_the_smallest_screen(void)
{
	struct scene *scene = scene_new();

	scene_key(scene, "/");
	scene_type(scene, "ja");
	scene_draw(scene, 30, 3);
	scene_expect_row(scene, 2, "Find: ja");
	expect_int("cursor", scene->canvas.cursor_col, 8);
	expect_int("cursor", scene->canvas.cursor_row, 2);
	scene_free(scene);
}

static void before_the_first_sample_it_says_that_it_reads(void)
{
	struct scene *scene = scene_new();

	scene->view.now = NULL;
	scene->view.summary = NULL;
	expect_int("update", view_update(&scene->view), 0);
	for (int over = OVERLAY_NONE; over < OVERLAY_COUNT; over++) {
		scene->state.overlay = (enum overlay)over;
		scene_draw_everywhere(scene);
	}
	scene->state.overlay = OVERLAY_NONE;
	scene_draw(scene, 80, 24);
	scene_expect_row(scene, 0, "oomwatch  reading...");
	scene_expect_begins(scene, 23, "F1Help");
	scene_free(scene);
}

extern CU_TestInfo view_tests[];
CU_TestInfo view_tests[] = {
	{ "the classic screen answers in order", the_classic_screen_answers_in_order },
	{ "forty columns show verdict, victims, prompt and keys",
		forty_columns_show_verdict_victims_prompt_and_keys },
	{ "larger screens add zones, detail, events and graphs",
		larger_screens_add_zones_detail_events_and_graphs },
	{ "few rows give up order first, but not when it is the cause",
		few_rows_give_up_order_first_but_not_when_it_is_the_cause },
	{ "the selection follows its process", the_selection_follows_its_process },
	{ "the selection stays on its row when its process ends",
		the_selection_stays_on_its_row_when_its_process_ends },
	{ "the first row stays selected, whoever it is, until one chooses",
		the_first_row_stays_selected_whoever_it_is_until_one_chooses },
	{ "the list scrolls with the cursor", the_list_scrolls_with_the_cursor },
	{ "the title says what is shown", the_title_says_what_is_shown },
	{ "kills and levels are noted once", kills_and_levels_are_noted_once },
	{ "a kill is shown for a while, but not to one who types",
		a_kill_is_shown_for_a_while_but_not_to_one_who_types },
	{ "every tab and overlay draws at every size", every_tab_and_overlay_draws_at_every_size },
	{ "a prompt is seen on the smallest screen", a_prompt_is_seen_on_the_smallest_screen },
	{ "before the first sample it says that it reads",
		before_the_first_sample_it_says_that_it_reads },
	CU_TEST_INFO_NULL,
};
