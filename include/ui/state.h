/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The user's choices, and what a key changes in them.  Plain data; knows no terminal.
 */
#ifndef OOMWATCH_UI_STATE_H
#define OOMWATCH_UI_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis/changes.h"
#include "analysis/plan.h"
#include "analysis/scope.h"
#include "analysis/summary.h"
#include "analysis/verify.h"
#include "model/surroundings.h"
#include "ui/tasklist.h"

enum tab {
	TAB_MAIN,
	TAB_ZONES,
	TAB_CGROUPS,
	TAB_KILLS,
	TAB_LOG,
	TAB_COUNT,
};

/** What lies over the tab. */
enum overlay {
	OVERLAY_NONE,
	OVERLAY_HELP,
	OVERLAY_RIGHTS,
	OVERLAY_SORT, /**< menu of columns */
	OVERLAY_DETAIL,
	OVERLAY_KILL,   /**< menu of signals and sysrq-f */
	OVERLAY_SCOPE,  /**< menu of scopes */
	OVERLAY_KILLED, /**< one kill of the kills tab, explained */
	OVERLAY_COUNT,
};

/** The machine, the selected process's, the risks, all node sets, and the present one. */
#define SCOPE_MENU_MAX (RISKS_MAX + NODESETS_MAX + 3)

/** The menu of scopes as it was when it opened: rows do not move under the cursor. */
struct scope_menu {
	struct scope_choice entries[SCOPE_MENU_MAX];
	unsigned count;
	char process[96]; /**< the process that was selected, clean; "" none */
	bool bound;       /**< entries[1] is a limit on its path, or the nodes that it is confined
	                       to; false: there is neither */
};

/** What the prompt line asks for. */
enum prompt_kind {
	PROMPT_NONE,
	PROMPT_FILTER,
	PROMPT_SEARCH,
	PROMPT_USER,
	PROMPT_PID,
	PROMPT_DELAY,
	PROMPT_ADJ,     /**< a value of oom_score_adj, with its preview; Enter writes it */
	PROMPT_SIGNAL,  /**< y sends, anything else does not */
	PROMPT_CONFIRM, /**< plan_page.confirm has to be typed */
};

/** Limits of the interval between samples. */
#define DELAY_DEFAULT_MS 1000
#define DELAY_LEAST_MS 100
#define DELAY_MOST_MS (INT64_C(24) * 60 * 60 * 1000)

#define PROMPT_MAX 256
#define LOG_LINES 200
#define LOG_LINE_MAX 200

/** One line of the log tab. */
struct log_line {
	int64_t time_ms;         /**< VALUE_UNKNOWN: no clock */
	char text[LOG_LINE_MAX]; /**< clean */
};

struct log {
	struct log_line lines[LOG_LINES];
	unsigned count, next;
	uint64_t total; /**< of all lines ever added: for who copies them elsewhere (--log) */
};

/**
 * The action that a prompt or menu is open for.  The ui makes the plan; the app takes hold of
 * plan.target as soon as there is one, and fills what it finds out about it.
 */
struct action {
	struct plan plan;                  /**< kind PLAN_NONE: no action is prepared */
	struct surroundings around;        /**< of plan.target, when asked */
	struct surroundings around_second; /**< of plan.second, when asked */
	struct sysrq_access sysrq;
};

struct ui_state {
	enum tab tab;
	enum overlay overlay;
	struct scope_choice scope; /**< whose OOM is foretold in ranks and victim */
	struct list_choice choice;
	int64_t delay_ms;
	bool paused;
	bool ascii;
	bool read_only;    /**< --read-only: no action can be taken */
	bool keep_all;     /**< --restore-on-exit: what cannot be remembered is not changed */
	bool want_migrate; /**< the zones tab wants free blocks by migrate type */

	int32_t selected_pid; /**< 0: no process, see selected_group */
	uint64_t selected_start;
	uint64_t selected_group; /**< id of a group of processes; 0 (and no process either): the
	                              first row, whoever it is */
	int64_t selected_row;    /**< where it stood last, to stay near when it is gone */
	int64_t top_row;         /**< first row on the screen */
	int64_t scroll;          /**< of overlays and other tabs */
	int menu_row;            /**< in a menu */
	struct scope_menu scope_menu;
	char group_path[SCOPE_PATH_MAX]; /**< of the cgroup with the cursor in its tab, cut; ""
	                                      the first row, whichever it is */
	int64_t group_row;               /**< where it stood last */
	int64_t group_top;               /**< first row of that tab on the screen */

	uint64_t kill_number; /**< of the kill with the cursor in its tab; 0: the newest */
	int64_t kill_top;     /**< first row of that tab on the screen */

	enum prompt_kind prompt;
	char input[PROMPT_MAX];
	unsigned input_len;
	int32_t before_pid; /**< selection when the prompt was opened, for cancelling */
	uint64_t before_start;
	uint64_t before_group;
	uint64_t before_open[GROUPS_OPEN_MAX]; /**< what was unfolded then */
	unsigned before_n_open;
	char search[PROMPT_MAX];  /**< last one, for "next" */
	char message[PROMPT_MAX]; /**< on the message line; "" none */
	bool message_bad;         /**< it says that something was refused or failed */
	bool input_fresh;         /**< input is a proposal: what is typed replaces it */
	int64_t message_until_ms; /**< uptime; 0: until a key */
	struct log log;

	struct action action;
	struct changes changes;
	struct verify verify; /**< what was done last, until it is known how it ended */

	int list_rows; /**< rows of the list on the screen, set by drawing; for paging */
	int64_t pages; /**< lines of the overlay or tab, set by drawing; for scrolling */
};

/** What must follow a key. */
enum reaction {
	REACT_NOTHING = 0,
	REACT_REDRAW = 1,
	REACT_COLLECT = 2, /**< take a sample now */
	REACT_QUIT = 4,
	REACT_TIMER = 8,    /**< the interval changed */
	REACT_PERFORM = 16, /**< state->action.plan was confirmed: carry it out */
	REACT_JUDGE = 32,   /**< state->scope changed: analyse the present sample again */
	REACT_BACK = 64,    /**< show the moment before */
	REACT_FORTH = 128,  /**< show the next moment */
	REACT_OPEN = 256,   /**< show the selected kill as the machine was then */
	REACT_LEAVE = 512,  /**< back to the live screen that lies below */
};

/** Defaults: main tab, kill order, the machine, 1 s. */
void ui_state_init(struct ui_state *state);

/** Append to the log tab. */
void ui_log(struct ui_state *state, int64_t time_ms, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** A word on what was typed: on the message line, not in the log. */
void ui_hint(struct ui_state *state, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** The same for what was refused. */
void ui_refuse(struct ui_state *state, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** Line number i of the log, 0 being the newest; NULL if there is none. */
const struct log_line *ui_log_line(const struct log *log, unsigned i);

/** Append to the log tab and show on the message line. */
void ui_message(struct ui_state *state, int64_t time_ms, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
