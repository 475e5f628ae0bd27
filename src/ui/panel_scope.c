/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/units.h"
#include "ui/panels.h"
#include "ui/scopes.h"

/** Cells of the marks, of "CRITICAL " and of the names. */
#define MARK_COLS 2
#define LEVEL_COLS 9
#define NAME_COLS 36

static const struct risk *system_risk(const struct summary *summary)
{
	for (unsigned i = 0; i < summary->n_risks; i++)
		if (summary->risks[i].where.kind == SCOPE_SYSTEM)
			return &summary->risks[i];
	return NULL;
}

/** What the menu says of a scope besides its name. */
struct standing {
	const char *level;
	int64_t left_kib, slope_kib_per_s;
};

/* The machine, or a node set that confines processes; others are not judged. */
static const struct risk *risk_of(const struct summary *summary, const struct scope *scope)
{
	return scope->kind == SCOPE_SYSTEM ? system_risk(summary)
					   : scopes_nodes_risk(summary, &scope->nodes);
}

static struct standing standing_of(const struct view *view, const struct scope *scope)
{
	const struct summary *summary = view->summary;
	struct standing standing = { "-", VALUE_UNKNOWN, VALUE_UNKNOWN };

	if (scope->kind != SCOPE_MEMCG) {
		const struct risk *risk = risk_of(summary, scope);

		if (risk)
			standing = (struct standing){ level_words(risk->level), risk->left.high_kib,
				risk->slope_kib_per_s };
	} else if (summary->memcgs && summary->memcgs[scope->memcg].limited) {
		const struct memcg_view *judged = &summary->memcgs[scope->memcg];

		standing = (struct standing){ level_words(judged->level), judged->left_kib,
			judged->slope_kib_per_s };
	}
	return standing;
}

static void add_name(
	const struct view *view, unsigned entry, const struct scope *scope, struct text *text)
{
	const struct scope_menu *menu = &view->state->scope_menu;
	const char *process = menu->process[0] ? menu->process : "no process is selected";

	if (entry != 1) {
		scope_words(view->now, scope, text);
		return;
	}
	text_fmt(text, "of %s: ", process);
	if (menu->bound)
		scope_words(view->now, scope, text);
	else
		text_add(text, menu->process[0] ? "no limit on its path" : "-");
}

static void add_figures(const struct standing *standing, struct text *text)
{
	units_kib(text, standing->left_kib);
	text_add(text, " left to give");
	if (value_known(standing->slope_kib_per_s)) {
		text_add(text, ", ");
		units_rate(text, value_mul(standing->slope_kib_per_s, 1024));
		text_add(text, "/s");
	}
}

static void draw_there(const struct view *view, struct canvas *canvas, struct rect line,
	unsigned entry, const struct scope *scope)
{
	const struct standing standing = standing_of(view, scope);
	int col = line.col + MARK_COLS, end = line.col + line.cols;
	char buf[160];
	struct text text;

	canvas_text(canvas, line.row, col, end - col, STYLE_NORMAL, standing.level);
	col += LEVEL_COLS;
	text_init(&text, buf, sizeof(buf));
	add_name(view, entry, scope, &text);
	col += (int)value_max(
		canvas_text(canvas, line.row, col, end - col, STYLE_NORMAL, buf), NAME_COLS);
	text_init(&text, buf, sizeof(buf));
	if (scope->kind == SCOPE_NODES && !risk_of(view->summary, scope))
		text_add(&text, "nobody is confined to it");
	else
		add_figures(&standing, &text);
	canvas_text(canvas, line.row, col + 2, end - col - 2, STYLE_DIM, buf);
}

/* One that cannot be chosen: it is gone, or the process has no limit on its path. */
static void draw_missing(
	const struct view *view, struct canvas *canvas, struct rect line, unsigned entry)
{
	const struct scope_menu *menu = &view->state->scope_menu;
	const struct scope nowhere = SCOPE_OF_SYSTEM;
	char buf[SCOPE_PATH_MAX + 16];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (entry == 1 && !menu->bound) {
		add_name(view, entry, &nowhere, &text);
	} else {
		const struct scope_choice *gone = &menu->entries[entry];

		text_add(&text, "gone: ");
		if (gone->kind == SCOPE_NODES) {
			text_add(&text, "nodes ");
			nodes_words(&gone->nodes, &text);
		} else {
			text_add_clean(&text, gone->path, strnlen(gone->path, SCOPE_PATH_MAX));
		}
	}
	canvas_text(canvas, line.row, line.col + MARK_COLS, LEVEL_COLS, STYLE_DIM, "-");
	canvas_text(canvas, line.row, line.col + MARK_COLS + LEVEL_COLS,
		line.cols - MARK_COLS - LEVEL_COLS, STYLE_DIM, buf);
}

static bool is_present(const struct view *view, unsigned entry, const struct scope *scope)
{
	return entry != 1 && scope_same(scope, &view->summary->oom.scope);
}

static void draw_entry(
	const struct view *view, struct canvas *canvas, struct rect line, unsigned entry)
{
	struct scope scope;

	if (scopes_entry(view, entry, &scope)) {
		draw_there(view, canvas, line, entry, &scope);
		if (is_present(view, entry, &scope))
			canvas_text(canvas, line.row, line.col + 1, 1, STYLE_NORMAL, "=");
	} else {
		draw_missing(view, canvas, line, entry);
	}
	if ((int)entry == view->state->menu_row) {
		canvas_text(canvas, line.row, line.col, 1, STYLE_NORMAL, ">");
		canvas_style(canvas, line.row, line.col, line.cols, STYLE_SELECTED);
	}
}

void panel_scope(struct view *view, struct canvas *canvas, struct rect where)
{
	const int count = (int)view->state->scope_menu.count;
	struct rect line = where;
	int top;

	if (!view->now || !view->summary || where.rows < 1)
		return;
	line.rows = 1;
	canvas_text(canvas, line.row, line.col, line.cols, STYLE_TITLE,
		"Whose OOM is foretold (Enter chooses, Esc keeps it; 3 lists all cgroups)");
	top = (int)value_max(view->state->menu_row - (where.rows - 2), 0);
	for (int entry = top; entry < count && entry - top < where.rows - 1; entry++) {
		line.row++;
		draw_entry(view, canvas, line, (unsigned)entry);
	}
}
