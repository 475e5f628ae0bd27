/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report_shown.h"
#include "ui/view.h"

/** A report on a screen. */
struct screen {
	struct scene scene;
	struct shown *shown;
	struct ui_state state;
	struct view view;
	struct canvas canvas;
	struct cell cells[CANVAS_COLS_MAX * CANVAS_ROWS_MAX];
};

static void begin(struct screen *screen)
{
	screen->shown = shown_new(&screen->scene);
	ui_state_init(&screen->state);
	screen->state.scope = screen->shown->scope;
	screen->view.now = &screen->shown->now;
	screen->view.summary = &screen->shown->summary;
	screen->view.history = &screen->shown->history;
	screen->view.state = &screen->state;
	screen->canvas.cells = screen->cells;
	expect_int("updated", view_update(&screen->view), 0);
}

static struct screen *screen_new(void)
{
	struct screen *screen = calloc(1, sizeof(*screen));

	if (!screen)
		abort();
	return screen;
}

static void finish(struct screen *screen)
{
	arena_free(&screen->view.arena);
	arena_free(&screen->view.scratch);
	shown_end(&screen->scene, screen->shown);
	free(screen);
}

static bool shows(struct screen *screen, int cols, int rows, const char *needle)
{
	char line[CANVAS_COLS_MAX * 4 + 1];

	view_draw(&screen->view, &screen->canvas, cols, rows);
	for (int i = 0; i < screen->canvas.rows; i++) {
		canvas_row_text(&screen->canvas, i, line, sizeof(line));
		if (strstr(line, needle))
			return true;
	}
	return false;
}

static void expect_shown(struct screen *screen, const char *needle)
{
	expect_true(needle, shows(screen, 80, 24, needle));
}

static void expect_absent(struct screen *screen, const char *needle)
{
	expect_true(needle, !shows(screen, 200, 60, needle));
}

static void press(struct screen *screen, int key)
{
	view_key(&screen->view, key);
	expect_int("after a key", view_update(&screen->view), 0);
}

static void what_was_said_stands_for_the_forecast(void)
{
	struct screen *screen = screen_new();

	shown_many(&screen->scene, "6.1.0");
	screen->scene.report.time = "Nov 21 19:41:10";
	screen->scene.report.host = "web01";
	begin(screen);
	expect_shown(screen, "oomwatch web01  Nov 21 19:41:10");
	expect_shown(screen, "REPORT");
	expect_shown(screen, "KILLED   task31 31: memory exhausted");
	expect_shown(screen, "WHY      ");
	expect_shown(screen, "SPARED   ");
	expect_shown(screen, "KILLED task31");
	expect_absent(screen, "LIVE");
	expect_absent(screen, "NEXT");
	expect_absent(screen, "FILLING");
	expect_absent(screen, "KILLED task20");
	finish(screen);
}

static void rates_and_growth_are_not_made_up(void)
{
	struct screen *screen = screen_new();

	shown_many(&screen->scene, "6.1.0");
	begin(screen);
	expect_shown(screen, "RECLAIM ? (a report has no rates)");
	expect_absent(screen, "0/s");
	expect_absent(screen, "STALL");
	press(screen, '\n');
	expect_absent(screen, "growth");
	expect_absent(screen, "parent -1");
	expect_absent(screen, "0 threads");
	finish(screen);
}

static void a_cgroup_stands_where_the_machine_is_not_told(void)
{
	struct screen *screen = screen_new();

	shown_memcg(&screen->scene, "6.1.0");
	scene_unknown(&screen->scene.report.mem, sizeof(screen->scene.report.mem));
	screen->scene.report.swap_total_kib = VALUE_UNKNOWN;
	screen->scene.report.swap_free_kib = VALUE_UNKNOWN;
	screen->scene.report.swap = (struct report_limit){ 1024, 2048, 0 };
	screen->scene.report.n_zones = 0;
	begin(screen);
	expect_shown(screen, "KILLED   task31 31: cgroup cart at its limit 512M");
	expect_shown(screen, "CGROUP 511M of 512M");
	expect_shown(screen, "SWAP of the cgroup 1.0M of 2.0M");
	expect_shown(screen, "ZONE  ? (not in this report)");
	expect_shown(screen, "OOM of cgroup cart:");
	press(screen, 's');
	expect_text(
		"one scope", screen->state.message, "a report is shown: it is of one scope alone");
	finish(screen);
}

/* Who may not be killed is folded away, but not who was. */
static void who_was_killed_is_never_folded_away(void)
{
	struct screen *screen = screen_new();

	shown_many(&screen->scene, "6.1.0");
	scene_victim(&screen->scene, 30);
	begin(screen);
	expect_shown(screen, "KILLED task30");
	expect_shown(screen, "1 exempt: init");
	finish(screen);
}

static void nothing_can_be_done_to_a_report(void)
{
	struct screen *screen = screen_new();

	shown_many(&screen->scene, "6.1.0");
	begin(screen);
	press(screen, 'k');
	expect_shown(screen, "a report is shown, nothing can be changed");
	finish(screen);
}

static void an_empty_table_says_so(void)
{
	struct screen *screen = screen_new();

	scene_exhausted(&screen->scene, "6.1.0");
	begin(screen);
	expect_shown(screen, "OOM      who was killed is not in this report");
	expect_shown(screen, "this report lists no processes");
	finish(screen);
}

static void the_whole_explanation_is_in_the_log(void)
{
	struct screen *screen = screen_new();

	shown_many(&screen->scene, "6.1.0");
	begin(screen);
	press(screen, '5');
	expect_shown(screen, "What the report says");
	expect_shown(screen, "- The kernel killed task31 (PID 31)");
	press(screen, '!');
	expect_shown(screen, "an OOM report: what the kernel printed");
	expect_shown(screen, "none: a report is shown, nothing can be changed");
	finish(screen);
}

static void it_is_drawn_at_every_size(void)
{
	static const char tabs[] = "12345";
	struct screen *screen = screen_new();

	shown_memcg(&screen->scene, "4.9.0");
	begin(screen);
	for (size_t i = 0; tabs[i]; i++) {
		press(screen, tabs[i]);
		for (int rows = 1; rows < 60; rows += 3) {
			for (int cols = 1; cols < 200; cols += 7)
				view_draw(&screen->view, &screen->canvas, cols, rows);
		}
	}
	expect_int("the last size", screen->canvas.rows, 58);
	finish(screen);
}

extern CU_TestInfo report_view_tests[];

CU_TestInfo report_view_tests[] = {
	{ "what was said stands for the forecast", what_was_said_stands_for_the_forecast },
	{ "rates and growth are not made up", rates_and_growth_are_not_made_up },
	{ "a cgroup stands where the machine is not told",
		a_cgroup_stands_where_the_machine_is_not_told },
	{ "who was killed is never folded away", who_was_killed_is_never_folded_away },
	{ "nothing can be done to a report", nothing_can_be_done_to_a_report },
	{ "an empty table says so", an_empty_table_says_so },
	{ "the whole explanation is in the log", the_whole_explanation_is_in_the_log },
	{ "it is drawn at every size", it_is_drawn_at_every_size },
	CU_TEST_INFO_NULL,
};
