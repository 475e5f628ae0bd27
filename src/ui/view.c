/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/view.h"

#include <string.h>

#include "ui/actions.h"
#include "ui/commands.h"
#include "ui/keys.h"
#include "ui/killed.h"
#include "ui/panels.h"
#include "ui/scopes.h"

/** How long a message stays that no key takes away. */
#define MESSAGE_MS 5000
#define NOTE_MESSAGE_MS 30000

#define DAY_S INT64_C(86400)

void view_clock(const struct view *view, int64_t time_ms, struct text *text)
{
	int64_t second;

	if (!value_known(time_ms)) {
		text_add(text, "?");
		return;
	}
	second = (time_ms / 1000 % DAY_S + view->utc_offset_s % DAY_S + 2 * DAY_S) % DAY_S;
	text_fmt(text, "%02d:%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60),
		(int)(second % 60));
}

void view_show_note(struct view *view, bool bad)
{
	struct ui_state *state = view->state;

	if (state->prompt != PROMPT_NONE)
		return;
	if (bad)
		ui_refuse(state, "%s", ui_log_line(&state->log, 0)->text);
	else
		ui_hint(state, "%s", ui_log_line(&state->log, 0)->text);
	state->message_until_ms = value_add(view->now->uptime_ms, NOTE_MESSAGE_MS);
}

/* After killed_note(), whose message says less. */
static void note_action(struct view *view)
{
	struct verify *verify = &view->state->verify;
	char words[LOG_LINE_MAX];
	enum verify_result result;
	struct text text;

	if (verify->kind == PLAN_NONE)
		return;
	text_init(&text, words, sizeof(words));
	result = verify_sample(verify, view->now, &text);
	if (result == VERIFY_WAITING)
		return;
	ui_log(view->state, view->now->time_ms, "%s", words);
	view_show_note(view, result != VERIFY_AS_FORETOLD);
}

/* A reason does not say of which scope it is, the sentence does. */
static void note_level(struct view *view)
{
	const struct risk *risk = &view->summary->risks[0];
	char why[sizeof(risk->text)];
	struct text text;

	if (view->summary->n_risks == 0)
		return;
	text_init(&text, why, sizeof(why));
	if (risk->why[0] && risk->where.kind != SCOPE_SYSTEM)
		text_fmt(&text, "%s: ", risk->scope_words);
	text_add(&text, risk->why[0] ? risk->why : risk->text);
	if (view->noted_tick != 0 && risk->level != view->noted_level)
		ui_log(view->state, view->now->time_ms, "%s -> %s: %s",
			level_words(view->noted_level), level_words(risk->level), why);
	view->noted_level = risk->level;
}

/* view_update() runs after keys too: each sample is noted once. */
static void note_sample(struct view *view)
{
	const struct snapshot *now = view->now;

	/* A report is no sample: what is noted goes on with the next one. */
	if (now->told || now->tick == view->noted_tick)
		return;
	note_action(view);
	note_level(view);
	if (view->noted_tick == 0 ||
		__builtin_sub_overflow(now->uptime_ms, view->noted_uptime_ms, &view->interval_ms))
		view->interval_ms = 0;
	view->noted_tick = now->tick;
	view->noted_uptime_ms = now->uptime_ms;
}

static void expire_message(struct view *view)
{
	struct ui_state *state = view->state;

	if (state->message_until_ms > 0 && view->now->uptime_ms >= state->message_until_ms) {
		state->message[0] = '\0';
		state->message_until_ms = 0;
	}
}

/* Cut as state->group_path is. */
static bool is_selected_group(const struct view *view, int64_t row)
{
	const char *path = view->now->memcgs[view->groups.rows[row]].path;

	return strncmp(path, view->state->group_path, sizeof(view->state->group_path) - 1) == 0;
}

/* Where several paths are the same up to the cut, the row decides. */
static void follow_group(struct view *view)
{
	struct ui_state *state = view->state;
	const int64_t row = view_group_row(view);

	if (view->groups.n_rows == 0)
		return;
	if (state->group_path[0] == '\0')
		state->group_row = 0;
	if (state->group_path[0] == '\0' || is_selected_group(view, row))
		return;
	for (uint32_t i = 0; i < view->groups.n_rows; i++)
		if (is_selected_group(view, i)) {
			state->group_row = i;
			return;
		}
	view_select_group(view, row);
}

static int make_lists(struct view *view)
{
	struct tasklist list;
	struct grouplist groups;
	int r = tasklist_make(view->now, view->summary, &view->state->choice, &view->arena, &list);

	if (r < 0)
		return r;
	view->list = list;
	view_follow_selection(view);
	r = grouplist_make(view->now, view->summary, &view->arena, &groups);
	if (r < 0)
		return r;
	view->groups = groups;
	follow_group(view);
	return 0;
}

int view_update(struct view *view)
{
	int r;

	arena_reset(&view->arena);
	view->list = (struct tasklist){ 0 };
	view->groups = (struct grouplist){ 0 };
	if (!view->now || !view->summary)
		return 0;
	killed_note(view);
	note_sample(view);
	expire_message(view);
	scopes_follow(view);
	r = make_lists(view);
	actions_follow(view);
	return r;
}

int64_t view_group_rows(const struct view *view)
{
	const int64_t limited = view->groups.n_limited;

	return value_min(view->groups.n_rows, value_max(limited, view->state->list_rows));
}

int64_t view_group_row(const struct view *view)
{
	return value_max(value_min(view->state->group_row, view_group_rows(view) - 1), 0);
}

void view_select_group(struct view *view, int64_t row)
{
	const int64_t last = view_group_rows(view) - 1;
	struct ui_state *state = view->state;
	const char *path;
	size_t len;

	if (last < 0)
		return;
	state->group_row = value_max(value_min(row, last), 0);
	path = view->now->memcgs[view->groups.rows[state->group_row]].path;
	len = strnlen(path, sizeof(state->group_path) - 1);
	memcpy(state->group_path, path, len);
	state->group_path[len] = '\0';
}

/* Panels that scroll know how long they are only after they were drawn. */
static void draw_scrolled(
	struct view *view, struct canvas *canvas, const struct panel *panel, struct rect where)
{
	struct ui_state *state = view->state;
	int64_t last;

	panel->draw(view, canvas, where);
	last = value_max(state->pages - where.rows, 0);
	if (state->scroll > last || state->scroll < 0) {
		state->scroll = value_max(value_min(state->scroll, last), 0);
		canvas_fill(canvas, where, STYLE_NORMAL);
		panel->draw(view, canvas, where);
	}
	state->list_rows = where.rows;
}

static bool is_scrolled(const struct ui_state *state, enum panel_id id)
{
	switch (id) {
	case PANEL_DETAIL:
		return state->overlay == OVERLAY_DETAIL;
	case PANEL_ZONES:
	case PANEL_LOG:
	case PANEL_HELP:
	case PANEL_RIGHTS:
	case PANEL_KILLED:
		return true;
	case PANEL_VERDICT:
	case PANEL_EVIDENCE:
	case PANEL_TASKS:
	case PANEL_EVENTS:
	case PANEL_GRAPHS:
	case PANEL_CGROUPS:
	case PANEL_KILLS:
	case PANEL_SORT:
	case PANEL_KILL:
	case PANEL_SCOPE:
	case PANEL_ACTION:
	case PANEL_PROMPT:
	case PANEL_KEYS:
	case PANEL_COUNT:
	default:
		return false;
	}
}

static int action_rows(const struct view *view, int cols)
{
	if (!prompt_is_action(view->state->prompt) || view->state->action.plan.kind == PLAN_NONE)
		return 0;
	return action_lines(view, cols);
}

void view_draw(struct view *view, struct canvas *canvas, int cols, int rows)
{
	const struct panel *panels = panels_all();
	struct ui_state *state = view->state;
	struct layout layout;

	canvas_clear(canvas, cols, rows);
	layout_make(canvas->cols, canvas->rows, state->tab, state->overlay,
		action_rows(view, canvas->cols), &layout);
	/* A question that nobody sees cannot be answered: it takes the last line if need be. */
	if (state->prompt != PROMPT_NONE && layout.where[PANEL_PROMPT].rows == 0 &&
		canvas->rows > 0)
		layout.where[PANEL_PROMPT] = (struct rect){ 0, canvas->rows - 1, canvas->cols, 1 };
	state->list_rows = 0;
	for (int i = 0; i < PANEL_COUNT; i++) {
		const struct rect where = layout.where[i];

		if (where.rows < 1 || where.cols < 1)
			continue;
		if (i == PANEL_PROMPT)
			canvas_fill(canvas, where, STYLE_NORMAL);
		if (is_scrolled(state, panels[i].id))
			draw_scrolled(view, canvas, &panels[i], where);
		else
			panels[i].draw(view, canvas, where);
	}
}

unsigned view_key(struct view *view, int key)
{
	struct ui_state *state = view->state;
	const struct command *command;
	unsigned reaction = REACT_REDRAW;

	if (key == KEY_NONE)
		return REACT_NOTHING;
	if (key == KEY_RESIZED)
		return REACT_REDRAW;
	state->message[0] = '\0';
	state->message_until_ms = 0;
	if (state->prompt != PROMPT_NONE) {
		reaction |= prompt_key(view, key);
	} else {
		command = command_of_key(key, command_context(state));
		if (command) {
			reaction |= command->run(view);
		} else {
			char name[16];

			key_spell(key, name, sizeof(name));
			ui_refuse(state, "%s: no such key here; F1 lists them",
				name[0] ? name : "that");
		}
	}
	if (state->message[0] && state->prompt == PROMPT_NONE && state->message_until_ms == 0 &&
		view->now)
		state->message_until_ms = value_add(view->now->uptime_ms, MESSAGE_MS);
	return reaction;
}
