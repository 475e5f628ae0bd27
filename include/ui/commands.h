/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Everything a key can do: one row of a table each.  Help screen and key bar are made
 * of it.
 */
#ifndef OOMWATCH_UI_COMMANDS_H
#define OOMWATCH_UI_COMMANDS_H

#include "ui/view.h"

/** Where a command is valid: keys go to exactly one of these at a time. */
enum context {
	CONTEXT_LIST = 1,     /**< main tab */
	CONTEXT_SCROLL = 2,   /**< log tab */
	CONTEXT_MENU = 4,     /**< sort menu */
	CONTEXT_ZONES = 8,    /**< zones tab */
	CONTEXT_OVERLAY = 16, /**< help, rights, detail */
	CONTEXT_KILL = 32,    /**< kill menu */
	CONTEXT_GROUPS = 64,  /**< cgroups tab */
	CONTEXT_SCOPE = 128,  /**< scope menu */
	CONTEXT_KILLED = 256, /**< kills tab */
	CONTEXT_ANY = 511,
};

#define COMMAND_KEYS_MAX 4

struct command {
	const char *id;
	const char *keys[COMMAND_KEYS_MAX]; /**< names as on the help screen; NULL ends */
	unsigned contexts;                  /**< mask of enum context */
	const char *group;                  /**< heading on the help screen */
	const char *help;                   /**< one line */
	const char *bar;                    /**< word on the key bar; NULL: not on it */
	unsigned (*run)(struct view *view); /**< returns a mask of enum reaction */
};

const struct command *commands_all(unsigned *ret_count);

/** The command of a key in a context, or NULL. */
const struct command *command_of_key(int key, enum context context);

/** Where keys go while no prompt is open. */
enum context command_context(const struct ui_state *state);

/** Open the prompt line. */
unsigned prompt_open(struct view *view, enum prompt_kind kind);

/** Whether it asks for the confirmation of an action. */
bool prompt_is_action(enum prompt_kind kind);

/** Put it on the screen for an action, the selection left alone. */
void prompt_show(struct ui_state *state, enum prompt_kind kind, const char *input);

/** Take it away. */
void prompt_close(struct ui_state *state);

/** A key at the end of the input: a character, Backspace or ^U; others do nothing. */
void prompt_edit(struct ui_state *state, int key);

/** Remember what is selected, and which groups are unfolded. */
void prompt_keep_selection(struct ui_state *state);

/** Select again what was selected when the prompt was opened. */
void prompt_restore_selection(struct view *view);

/** A key while the prompt line is open. */
unsigned prompt_key(struct view *view, int key);

/** The question of an open prompt, e.g. "Filter: ". */
void prompt_label(const struct view *view, struct text *text);

/**
 * Select the next row that matches, going round; false if there is none.  Groups match by their
 * names, and those that are folded are looked into: the one with the match is unfolded.
 *
 * @here  the selected row itself is the first to be looked at
 */
bool prompt_search(struct view *view, const char *needle, bool here);

#endif
