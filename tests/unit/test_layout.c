/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "ui/panels.h"
#include "unit.h"

#define COLS_MOST 300
#define ROWS_MOST 100
#define OVERLAYS OVERLAY_COUNT

/** One layout and what to call it when something is wrong. */
struct laid_out {
	int cols, rows;
	enum tab tab;
	enum overlay overlay;
	int action_rows;
	struct layout layout;
	char label[96];
};

static void lay_out_action(struct laid_out *out, int cols, int rows, enum tab tab,
	enum overlay overlay, int action_rows)
{
	out->cols = cols;
	out->rows = rows;
	out->tab = tab;
	out->overlay = overlay;
	out->action_rows = action_rows;
	snprintf(out->label, sizeof(out->label), "%dx%d tab %d overlay %d action %d", cols, rows,
		(int)tab, (int)overlay, action_rows);
	layout_make(cols, rows, tab, overlay, action_rows, &out->layout);
}

static void lay_out(struct laid_out *out, int cols, int rows, enum tab tab, enum overlay overlay)
{
	lay_out_action(out, cols, rows, tab, overlay, 0);
}

/* Millions of checks: one result, and the first layout that is wrong. */
static void expect_of_all_layouts(bool (*good)(const struct laid_out *out))
{
	struct laid_out out;
	char first[sizeof(out.label)] = "all layouts";
	int bad = 0;

	for (int cols = 1; cols <= COLS_MOST; cols++)
		for (int rows = 1; rows <= ROWS_MOST; rows++)
			for (int i = 0; i < TAB_COUNT * OVERLAYS * 2; i++) {
				lay_out_action(&out, cols, rows, (enum tab)(i % TAB_COUNT),
					(enum overlay)(i / TAB_COUNT % OVERLAYS),
					i / TAB_COUNT / OVERLAYS * 9);
				if (!good(&out) && bad++ == 0)
					memcpy(first, out.label, sizeof(first));
			}
	expect_int(first, bad, 0);
}

static bool shown(const struct rect *rect)
{
	return rect->rows > 0 && rect->cols > 0;
}

static bool inside(const struct rect *rect, const struct laid_out *out)
{
	return rect->col >= 0 && rect->row >= 0 && rect->col + rect->cols <= out->cols &&
		rect->row + rect->rows <= out->rows;
}

static bool overlap(const struct rect *a, const struct rect *b)
{
	return a->col < b->col + b->cols && b->col < a->col + a->cols &&
		a->row < b->row + b->rows && b->row < a->row + a->rows;
}

static bool check_geometry(const struct laid_out *out)
{
	const struct rect *where = out->layout.where;
	bool good = true;

	for (int i = 0; i < PANEL_COUNT; i++) {
		if (!shown(&where[i]))
			continue;
		good = good && inside(&where[i], out);
		for (int k = i + 1; k < PANEL_COUNT; k++)
			good = good && !(shown(&where[k]) && overlap(&where[i], &where[k]));
	}
	return good;
}

static void panels_lie_inside_and_never_overlap(void)
{
	expect_of_all_layouts(check_geometry);
}

static bool check_always_there(const struct laid_out *out)
{
	const struct rect *where = out->layout.where;
	bool good = shown(&where[PANEL_VERDICT]) && where[PANEL_VERDICT].row == 0;

	if (out->rows >= 8)
		good = good && shown(&where[PANEL_KEYS]) && where[PANEL_KEYS].row == out->rows - 1;
	if (out->rows >= 7)
		good = good && shown(&where[PANEL_PROMPT]);
	if (out->rows >= 9)
		good = good && where[PANEL_VERDICT].rows == 4;
	if (out->tab == TAB_MAIN && out->overlay == OVERLAY_NONE && out->rows >= 4)
		good = good && where[PANEL_TASKS].rows >= (out->action_rows > 0 ? 1 : 3);
	/* Column titles and three processes. */
	if (out->tab == TAB_MAIN && out->overlay == OVERLAY_NONE && out->rows >= 18)
		good = good && where[PANEL_TASKS].rows >= 4;
	return good;
}

static void verdict_prompt_keys_and_three_victims_stay(void)
{
	expect_of_all_layouts(check_always_there);
}

static bool check_one_body(const struct laid_out *out)
{
	static const enum panel_id over[] = {
		[OVERLAY_HELP] = PANEL_HELP,
		[OVERLAY_RIGHTS] = PANEL_RIGHTS,
		[OVERLAY_SORT] = PANEL_SORT,
		[OVERLAY_DETAIL] = PANEL_DETAIL,
		[OVERLAY_KILL] = PANEL_KILL,
		[OVERLAY_SCOPE] = PANEL_SCOPE,
		[OVERLAY_KILLED] = PANEL_KILLED,
	};
	static const enum panel_id tabs[] = {
		[TAB_MAIN] = PANEL_TASKS,
		[TAB_ZONES] = PANEL_ZONES,
		[TAB_CGROUPS] = PANEL_CGROUPS,
		[TAB_KILLS] = PANEL_KILLS,
		[TAB_LOG] = PANEL_LOG,
	};
	const bool covered = out->overlay != OVERLAY_NONE;
	const enum panel_id body = covered ? over[out->overlay] : tabs[out->tab];
	const bool main = !covered && out->tab == TAB_MAIN;
	bool good = out->rows < 2 || shown(&out->layout.where[body]);

	for (int i = PANEL_EVIDENCE; i <= PANEL_ACTION; i++) {
		const bool of_main = i == PANEL_EVIDENCE || i == PANEL_DETAIL ||
			i == PANEL_EVENTS || i == PANEL_GRAPHS ||
			(i == PANEL_ACTION && out->action_rows > 0);

		if (i != (int)body && !(main && of_main))
			good = good && !shown(&out->layout.where[i]);
	}
	return good;
}

static void a_tab_or_overlay_shows_its_own_panels_only(void)
{
	expect_of_all_layouts(check_one_body);
}

static void sizes_of_the_mock_ups_have_their_panels(void)
{
	static const struct {
		const char *label;
		int cols, rows;
		int verdict, evidence, tasks, detail, events, graphs, prompt, keys; /* rows */
		int detail_cols;
	} cases[] = {
		{ "1x1", 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0 },
		{ "40x4", 40, 4, 1, 0, 3, 0, 0, 0, 0, 0, 0 },
		{ "40x5", 40, 5, 2, 0, 3, 0, 0, 0, 0, 0, 0 },
		{ "40x7", 40, 7, 3, 0, 3, 0, 0, 0, 1, 0, 0 },
		{ "40x8", 40, 8, 3, 0, 3, 0, 0, 0, 1, 1, 0 },
		{ "40x9", 40, 9, 4, 0, 3, 0, 0, 0, 1, 1, 0 },
		{ "40x10", 40, 10, 4, 0, 4, 0, 0, 0, 1, 1, 0 },
		{ "80x24", 80, 24, 4, 5, 13, 0, 0, 0, 1, 1, 0 },
		{ "79x36", 79, 36, 4, 8, 22, 0, 0, 0, 1, 1, 0 },
		{ "120x40", 120, 40, 4, 8, 12, 10, 4, 0, 1, 1, 120 },
		{ "159x50", 159, 50, 4, 8, 22, 10, 4, 0, 1, 1, 159 },
		{ "160x50", 160, 50, 4, 8, 36, 22, 11, 11, 1, 1, 50 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct laid_out out;
		const struct rect *where = out.layout.where;

		lay_out(&out, cases[i].cols, cases[i].rows, TAB_MAIN, OVERLAY_NONE);
		expect_int(cases[i].label, where[PANEL_VERDICT].rows, cases[i].verdict);
		expect_int(cases[i].label, where[PANEL_EVIDENCE].rows, cases[i].evidence);
		expect_int(cases[i].label, where[PANEL_TASKS].rows, cases[i].tasks);
		expect_int(cases[i].label, where[PANEL_DETAIL].rows, cases[i].detail);
		expect_int(cases[i].label, where[PANEL_EVENTS].rows, cases[i].events);
		expect_int(cases[i].label, where[PANEL_GRAPHS].rows, cases[i].graphs);
		expect_int(cases[i].label, where[PANEL_PROMPT].rows, cases[i].prompt);
		expect_int(cases[i].label, where[PANEL_KEYS].rows, cases[i].keys);
		expect_int(cases[i].label, where[PANEL_DETAIL].cols, cases[i].detail_cols);
	}
}

static void an_action_takes_rows_of_the_evidence_first(void)
{
	static const struct {
		const char *label;
		int cols, rows, wanted;
		int action, evidence, tasks, detail; /* rows */
	} cases[] = {
		{ "40x2", 40, 2, 9, 0, 0, 1, 0 },
		{ "40x4", 40, 4, 9, 2, 0, 1, 0 },
		{ "40x10", 40, 10, 9, 3, 0, 1, 0 },
		{ "40x14", 40, 14, 9, 6, 0, 2, 0 },
		{ "80x24, one line", 80, 24, 1, 1, 5, 12, 0 },
		{ "80x24, few lines", 80, 24, 5, 5, 1, 12, 0 },
		{ "80x24", 80, 24, 9, 9, 0, 9, 0 },
		{ "80x24, all there is", 80, 24, 14, 14, 0, 4, 0 },
		{ "80x24, more than there is", 80, 24, 40, 14, 0, 4, 0 },
		{ "120x40", 120, 40, 9, 9, 8, 17, 0 },
		{ "160x50", 160, 50, 9, 9, 8, 27, 17 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct laid_out out;
		const struct rect *where = out.layout.where;

		lay_out_action(&out, cases[i].cols, cases[i].rows, TAB_MAIN, OVERLAY_NONE,
			cases[i].wanted);
		expect_int(cases[i].label, where[PANEL_ACTION].rows, cases[i].action);
		expect_int(cases[i].label, where[PANEL_EVIDENCE].rows, cases[i].evidence);
		expect_int(cases[i].label, where[PANEL_TASKS].rows, cases[i].tasks);
		expect_int(cases[i].label, where[PANEL_DETAIL].rows, cases[i].detail);
		if (cases[i].action > 0) {
			expect_int(cases[i].label, where[PANEL_ACTION].cols, cases[i].cols);
			expect_int(cases[i].label,
				where[PANEL_ACTION].row + where[PANEL_ACTION].rows,
				cases[i].rows - where[PANEL_PROMPT].rows - where[PANEL_KEYS].rows);
		}
	}
}

static void no_screen_at_all_has_no_panels(void)
{
	static const int sizes[][2] = { { 0, 0 }, { 0, 24 }, { 80, 0 }, { -1, -1 } };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct laid_out out;

		lay_out(&out, sizes[i][0], sizes[i][1], TAB_MAIN, OVERLAY_NONE);
		for (int k = 0; k < PANEL_COUNT; k++)
			expect_true(out.label, !shown(&out.layout.where[k]));
	}
}

static void the_table_of_panels_is_complete(void)
{
	const struct panel *panels = panels_all();

	for (int i = 0; i < PANEL_COUNT; i++) {
		expect_int("id", panels[i].id, i);
		expect_true("name", panels[i].name && panels[i].name[0]);
		expect_true("draw", panels[i].draw);
	}
}

extern CU_TestInfo layout_tests[];
CU_TestInfo layout_tests[] = {
	{ "panels lie inside and never overlap", panels_lie_inside_and_never_overlap },
	{ "verdict, prompt, keys and three victims stay",
		verdict_prompt_keys_and_three_victims_stay },
	{ "a tab or overlay shows its own panels only",
		a_tab_or_overlay_shows_its_own_panels_only },
	{ "sizes of the mock-ups have their panels", sizes_of_the_mock_ups_have_their_panels },
	{ "an action takes rows of the evidence first",
		an_action_takes_rows_of_the_evidence_first },
	{ "no screen at all has no panels", no_screen_at_all_has_no_panels },
	{ "the table of panels is complete", the_table_of_panels_is_complete },
	CU_TEST_INFO_NULL,
};
