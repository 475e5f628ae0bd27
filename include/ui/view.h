/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Everything that drawing and keys may look at.
 */
#ifndef OOMWATCH_UI_VIEW_H
#define OOMWATCH_UI_VIEW_H

#include "analysis/kills.h"
#include "analysis/summary.h"
#include "ui/canvas.h"
#include "ui/grouplist.h"
#include "ui/state.h"
#include "ui/tasklist.h"

struct view {
	const struct snapshot *now;    /**< NULL before the first sample */
	const struct summary *summary; /**< NULL before the first sample */
	const struct history *history;
	const struct kills *killed; /**< what the kernel's log told of; NULL: as if it was empty */
	struct tasklist list;
	struct grouplist groups;
	struct arena arena; /**< owns the rows of both; reset by view_update() */
	struct ui_state *state;
	struct plan_page page;   /**< state->action.plan in words; made by view_update() and keys */
	struct arena scratch;    /**< of plan_explain() */
	bool stale;              /**< the last tick failed; now is older */
	int64_t stale_since_ms;  /**< uptime of now when stale */
	bool opened;             /**< it lies over the live screen, which Esc and q go back to */
	bool at_end;             /**< the last tick of a recording is shown */
	char own_protection[96]; /**< what oomwatch did for its own survival, in words */
	int32_t utc_offset_s;    /**< of local time, for clocks on the screen; 0: UTC */
	int64_t ticks;           /**< of the whole recording; 0 unknown or live */

	/* What view_update() notes from sample to sample; zero-initialise. */
	int64_t noted_tick;      /**< number of the sample noted last; 0 none yet */
	int64_t noted_uptime_ms; /**< its uptime */
	int64_t interval_ms;     /**< between the two samples noted last; 0 unknown */
	int64_t kills;           /**< OOM kills counted by the kernel since the first sample */
	int64_t last_kill_ms;    /**< wall clock when that was noted last; VALUE_UNKNOWN: none */
	int64_t last_kill_uptime_ms; /**< the same on the clock of samples, valid with kills > 0 */
	uint64_t noted_kill;         /**< number of the kill of the log noted last */
	enum level noted_level;      /**< level of the verdict noted last */
};

/**
 * Rebuild the list and move selection and scrolling along.  0 or -ENOMEM (then the list is
 * empty).
 *
 * The selection stays with its process or group when ranks change, goes to the group that a
 * process is folded into, and stays on its row when what was selected is gone.  Kills and changes
 * of level since the sample before go to the log.
 */
int view_update(struct view *view);

/** Index of the selected task, or NO_TASK: nothing is selected, or a group. */
uint32_t view_selected(const struct view *view);

/** The selected group of processes, or NULL. */
const struct taskgroup *view_selected_group(const struct view *view);

/** The same as view_selected() for what can be done to a process alone; says what is missing. */
uint32_t view_need_process(struct view *view);

/** Row of the selection in the list; 0 where that is empty. */
int64_t view_selected_row(const struct view *view);

/** Select a row of the list, cut to its ends, and scroll to it. */
void view_select_row(struct view *view, int64_t row);

/** Select the first row, whoever it will be. */
void view_select_first(struct view *view);

/** Select a process if it is in the list, or the group that it is folded into; false if neither. */
bool view_select_task(struct view *view, int32_t pid, uint64_t start_ticks);

/** Select an entry of list.all; a process that is folded into its group is unfolded.  0 or
 * -ENOMEM (then the list is empty). */
int view_show(struct view *view, uint32_t entry);

/** Unfold or fold the group of the selected row, of a process the one that it is in, and select
 * the group.  0 or -ENOMEM (then the list is empty). */
int view_fold(struct view *view, bool open);

/** Put the cursor where the selection is now; view_update() does it too. */
void view_follow_selection(struct view *view);

/** Rows that the cursor of the cgroups tab can be on: those without a limit only as far as the
 * screen drawn last had room for them. */
int64_t view_group_rows(const struct view *view);

/** Row of that cursor, cut to the ends; 0 where there is none. */
int64_t view_group_row(const struct view *view);

/** Put it on a row, cut to the ends. */
void view_select_group(struct view *view, int64_t row);

/** A wall clock time as "19:41:07" (with utc_offset_s), "?" if it is unknown. */
void view_clock(const struct view *view, int64_t time_ms, struct text *text);

/** Show the newest line of the log on the message line for a while, where it is not in the way of
 * somebody who is typing. */
void view_show_note(struct view *view, bool bad);

/** Draw the whole screen of that size.  Sets state->list_rows and state->pages. */
void view_draw(struct view *view, struct canvas *canvas, int cols, int rows);

/** A key was pressed.  Returns a mask of enum reaction. */
unsigned view_key(struct view *view, int key);

#endif
