/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The panels of the screen and their layout.
 */
#ifndef OOMWATCH_UI_PANELS_H
#define OOMWATCH_UI_PANELS_H

#include "ui/canvas.h"
#include "ui/page.h"
#include "ui/view.h"

enum panel_id {
	PANEL_VERDICT,  /**< title line, level, NEXT, FILLING: always visible */
	PANEL_EVIDENCE, /**< memory, swap, stalls, reclaim, zones, free blocks */
	PANEL_TASKS,
	PANEL_DETAIL,  /**< the selected process, badness term by term */
	PANEL_EVENTS,  /**< last lines of the log */
	PANEL_GRAPHS,  /**< sparklines of the last minutes, on very wide screens */
	PANEL_ZONES,   /**< the zones tab */
	PANEL_CGROUPS, /**< the cgroups tab */
	PANEL_KILLS,   /**< the kills tab */
	PANEL_LOG,     /**< the log tab */
	PANEL_HELP,
	PANEL_RIGHTS,
	PANEL_SORT,
	PANEL_KILL,   /**< the kill menu */
	PANEL_SCOPE,  /**< the scope menu */
	PANEL_KILLED, /**< one kill of that tab */
	PANEL_ACTION, /**< the plan in words, above the prompt line while one asks for it */
	PANEL_PROMPT, /**< the one prompt and message line */
	PANEL_KEYS,   /**< the key bar */
	PANEL_COUNT,
};

struct panel {
	enum panel_id id;
	const char *name;
	void (*draw)(struct view *view, struct canvas *canvas, struct rect where);
};

const struct panel *panels_all(void);

/** Where each panel is; rows 0 where it is not shown. */
struct layout {
	struct rect where[PANEL_COUNT];
};

/**
 * Pure: from size and choices.  Rectangles lie inside the screen and never overlap.
 *
 * @action_rows  lines that the pane of a prepared action would like to have; 0: none is open
 */
void layout_make(int cols, int rows, enum tab tab, enum overlay overlay, int action_rows,
	struct layout *ret);

/** Lines that the pane of the prepared action takes at a width, its title included. */
int action_lines(const struct view *view, int cols);

/** The word of a glossary and what it means, for the help screen. */
struct glossary_entry {
	const char *word;
	const char *meaning;
};

/** Every word and abbreviation that any screen uses, but for those of scopes, groups and userspace
 * killers, which have a table of their own. */
const struct glossary_entry *glossary_all(unsigned *ret_count);
const struct glossary_entry *glossary_scopes(unsigned *ret_count);

/** The column titles of a list as wide as line; the sort column is marked. */
void tasks_draw_header(const struct view *view, struct canvas *canvas, struct rect line);

/** One process of now->tasks as a row of such a list, without cursor. */
void tasks_draw_row(
	const struct view *view, struct canvas *canvas, struct rect line, uint32_t index);

/** Which processes are folded away and why: "103 exempt: init, sshd (adj -1000), ...". */
void tasks_exempt_words(const struct view *view, struct text *text);

/** Whether the list is of another scope than the machine; which one, and what the scores are
 * shares of, then goes to text. */
bool tasks_scope_words(const struct view *view, struct text *text);

/** The list's order in words: "kill order", "MEM", "MEM reversed". */
void panel_order_words(const struct list_choice *choice, struct text *text);

void panel_verdict(struct view *view, struct canvas *canvas, struct rect where);
void panel_evidence(struct view *view, struct canvas *canvas, struct rect where);
void panel_tasks(struct view *view, struct canvas *canvas, struct rect where);
void panel_detail(struct view *view, struct canvas *canvas, struct rect where);
/** The selected group of processes, in the place of the detail of one. */
void panel_group(const struct view *view, struct page *page);
void panel_events(struct view *view, struct canvas *canvas, struct rect where);
void panel_graphs(struct view *view, struct canvas *canvas, struct rect where);
void panel_zones(struct view *view, struct canvas *canvas, struct rect where);
void panel_log(struct view *view, struct canvas *canvas, struct rect where);
void panel_help(struct view *view, struct canvas *canvas, struct rect where);
void panel_rights(struct view *view, struct canvas *canvas, struct rect where);
void panel_sort(struct view *view, struct canvas *canvas, struct rect where);
void panel_cgroups(struct view *view, struct canvas *canvas, struct rect where);
void panel_kills(struct view *view, struct canvas *canvas, struct rect where);
void panel_killed(struct view *view, struct canvas *canvas, struct rect where);
void panel_scope(struct view *view, struct canvas *canvas, struct rect where);
void panel_kill(struct view *view, struct canvas *canvas, struct rect where);
void panel_action(struct view *view, struct canvas *canvas, struct rect where);
void panel_prompt(struct view *view, struct canvas *canvas, struct rect where);
void panel_keys(struct view *view, struct canvas *canvas, struct rect where);

#endif
