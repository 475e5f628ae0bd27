/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "ui/commands.h"
#include "ui/panels.h"

/* One entry of the bar; returns the cells it takes, 0 if it does not fit. */
static int draw_entry(
	struct canvas *canvas, struct rect line, int col, const char *key, const char *word)
{
	const int key_cols = (int)text_cells(key), word_cols = (int)text_cells(word);
	const int left = line.col + line.cols - col;

	if (key_cols + word_cols > left)
		return 0;
	canvas_text(canvas, line.row, col, key_cols, STYLE_KEY, key);
	canvas_text(canvas, line.row, col + key_cols, word_cols, STYLE_KEY_WORD, word);
	return key_cols + word_cols;
}

static const struct command *command_by_key(const char *key)
{
	unsigned count;
	const struct command *all = commands_all(&count);

	for (unsigned i = 0; i < count; i++)
		if (all[i].keys[0] && strcmp(all[i].keys[0], key) == 0)
			return &all[i];
	return NULL;
}

/** A key and its word on the bar. */
struct bar_entry {
	const char *key, *word;
};

static int draw_entries(struct canvas *canvas, struct rect line, int col,
	const struct bar_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const int cells = draw_entry(canvas, line, col, entries[i].key, entries[i].word);

		if (cells == 0)
			return col;
		col += cells + 1;
	}
	return col;
}

/* Where time can be moved in, these come before the others. */
static int draw_past(const struct view *view, struct canvas *canvas, struct rect line, int col)
{
	static const struct bar_entry past[] = { { "{", "Back" }, { "}", "Forth" },
		{ "q", "Now" } };
	const bool moves = view->now &&
		(view->now->source == SOURCE_REPLAY || view->now->source == SOURCE_REPORT) &&
		view->state->overlay == OVERLAY_NONE;

	return moves ? draw_entries(canvas, line, col, past,
			       view->opened ? ARRAY_SIZE(past) : ARRAY_SIZE(past) - 1)
		     : col;
}

static void draw_commands(struct canvas *canvas, struct rect line, int col, unsigned contexts)
{
	unsigned count;
	const struct command *all = commands_all(&count);

	for (unsigned i = 0; i < count; i++) {
		int cells;

		if (!all[i].bar || !(all[i].contexts & contexts) ||
			strcmp(all[i].keys[0], "F1") == 0 || strcmp(all[i].keys[0], "F10") == 0)
			continue;
		cells = draw_entry(canvas, line, col, all[i].keys[0], all[i].bar);
		if (cells == 0)
			return;
		col += cells + 1;
	}
}

static void draw_prompt_keys(
	const struct ui_state *state, struct canvas *canvas, struct rect line, int col)
{
	static const struct bar_entry ended[] = { { "Esc", "Close" } };
	static const struct bar_entry undo[] = { { "Enter", "Undo" }, { "Esc", "Keep" } };
	static const struct bar_entry adj[] = { { "Enter", "Write" }, { "Esc", "Cancel" },
		{ "F7", "Adj-" }, { "F8", "Adj+" }, { "^U", "Clear" } };
	static const struct bar_entry send[] = { { "y", "Send" }, { "Esc", "Cancel" } };
	static const struct bar_entry other[] = { { "Enter", "Accept" }, { "Esc", "Cancel" },
		{ "^U", "Clear" } };

	if (prompt_is_action(state->prompt) && state->action.plan.kind == PLAN_NONE)
		(void)draw_entries(canvas, line, col, ended, ARRAY_SIZE(ended));
	else if (state->prompt == PROMPT_ADJ && state->action.plan.undo)
		(void)draw_entries(canvas, line, col, undo, ARRAY_SIZE(undo));
	else if (state->prompt == PROMPT_ADJ)
		(void)draw_entries(canvas, line, col, adj, ARRAY_SIZE(adj));
	else if (state->prompt == PROMPT_SIGNAL)
		(void)draw_entries(canvas, line, col, send, ARRAY_SIZE(send));
	else
		(void)draw_entries(canvas, line, col, other, ARRAY_SIZE(other));
}

/* F1 and F10 are pinned: whoever sees nothing else finds help and the way out. */
void panel_keys(struct view *view, struct canvas *canvas, struct rect where)
{
	const struct command *help = command_by_key("F1"), *quit = command_by_key("F10");
	struct rect middle = where;
	int quit_cols, help_cols;

	if (where.rows < 1 || !help || !quit)
		return;
	quit_cols = (int)(strlen(quit->keys[0]) + strlen(quit->bar));
	help_cols = draw_entry(canvas, where, where.col, help->keys[0], help->bar);
	middle.cols = where.cols - quit_cols - 1;
	if (middle.cols < help_cols) {
		/* Too narrow for both words: the keys alone. */
		canvas_fill(canvas, where, STYLE_NORMAL);
		canvas_text(canvas, where.row, where.col, where.cols, STYLE_KEY, "F1 F10");
		return;
	}
	canvas_text(canvas, where.row, where.col + where.cols - quit_cols, quit_cols, STYLE_KEY,
		quit->keys[0]);
	canvas_text(canvas, where.row, where.col + where.cols - (int)strlen(quit->bar),
		(int)strlen(quit->bar), STYLE_KEY_WORD, quit->bar);
	if (view->state->prompt != PROMPT_NONE)
		draw_prompt_keys(view->state, canvas, middle, where.col + help_cols + 1);
	else
		draw_commands(canvas, middle,
			draw_past(view, canvas, middle, where.col + help_cols + 1),
			command_context(view->state));
}
