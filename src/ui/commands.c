/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/commands.h"

#include <string.h>

#include "ui/actions.h"
#include "ui/keys.h"
#include "ui/killed.h"
#include "ui/moves.h"
#include "ui/scopes.h"
#include "ui/tabs.h"

static unsigned rebuild(struct view *view)
{
	if (view_update(view) < 0)
		ui_refuse(view->state, "not enough memory to build the list");
	return REACT_REDRAW;
}

static unsigned run_quit(struct view *view)
{
	(void)view;
	return REACT_QUIT;
}

static unsigned run_leave(struct view *view)
{
	return view->opened ? REACT_LEAVE : REACT_QUIT;
}

static unsigned run_back(struct view *view)
{
	(void)view;
	return REACT_BACK;
}

static unsigned run_forth(struct view *view)
{
	(void)view;
	return REACT_FORTH;
}

static unsigned run_open(struct view *view)
{
	if (killed_selected(view))
		return REACT_OPEN;
	ui_refuse(view->state, "no kill is known that could be shown");
	return REACT_REDRAW;
}

static unsigned toggle_overlay(struct view *view, enum overlay overlay)
{
	struct ui_state *state = view->state;
	const bool was_open = state->overlay == overlay;

	/* Who leaves the kill menu by whatever key gives up its plan. */
	if (state->overlay == OVERLAY_KILL)
		actions_cancel(view, NULL);
	state->overlay = was_open ? OVERLAY_NONE : overlay;
	state->scroll = 0;
	return REACT_REDRAW;
}

static unsigned run_help(struct view *view)
{
	return toggle_overlay(view, OVERLAY_HELP);
}

static unsigned run_rights(struct view *view)
{
	return toggle_overlay(view, OVERLAY_RIGHTS);
}

static unsigned fold(struct view *view, bool open)
{
	if (!view->state->choice.grouped)
		ui_refuse(view->state, "there are no groups to %s: g makes them",
			open ? "unfold" : "fold");
	else if (view_fold(view, open) < 0)
		ui_refuse(view->state, "not enough memory to build the list");
	return REACT_REDRAW;
}

static unsigned run_unfold(struct view *view)
{
	return fold(view, true);
}

static unsigned run_fold(struct view *view)
{
	return fold(view, false);
}

/* Back in the plain list the cursor is on the group's member that dies first. */
static unsigned run_group(struct view *view)
{
	const struct taskgroup *group = view_selected_group(view);
	struct ui_state *state = view->state;

	if (group && state->selected_group != 0) {
		state->selected_group = 0;
		state->selected_pid = view->now->tasks[group->first].pid;
		state->selected_start = view->now->tasks[group->first].start_ticks;
	}
	state->choice.grouped = !state->choice.grouped;
	return rebuild(view);
}

static unsigned run_detail(struct view *view)
{
	const struct taskgroup *group = view_selected_group(view);

	if (group)
		return fold(view, !group->open);
	if (view_need_process(view) == NO_TASK)
		return REACT_REDRAW;
	return toggle_overlay(view, OVERLAY_DETAIL);
}

static unsigned run_close(struct view *view)
{
	return toggle_overlay(view, view->state->overlay);
}

/* view_key() has taken the message away already. */
static unsigned run_dismiss(struct view *view)
{
	return view->opened ? REACT_LEAVE : REACT_REDRAW;
}

static unsigned run_refresh(struct view *view)
{
	(void)view;
	return REACT_COLLECT;
}

static unsigned run_pause(struct view *view)
{
	view->state->paused = !view->state->paused;
	return REACT_REDRAW;
}

static unsigned run_delay(struct view *view)
{
	return prompt_open(view, PROMPT_DELAY);
}

static unsigned run_migrate(struct view *view)
{
	view->state->want_migrate = !view->state->want_migrate;
	return view->state->want_migrate ? REACT_COLLECT : REACT_REDRAW;
}

static unsigned sort_by(struct view *view, const struct column *column)
{
	view->state->choice.sort = column;
	view->state->choice.reverse = false;
	return rebuild(view);
}

static unsigned run_sort_kill(struct view *view)
{
	return sort_by(view, NULL);
}

static unsigned run_sort_mem(struct view *view)
{
	return sort_by(view, column_find("mem"));
}

static unsigned run_sort_pid(struct view *view)
{
	return sort_by(view, column_find("pid"));
}

static unsigned run_sort_cpu(struct view *view)
{
	return sort_by(view, column_find("cpu"));
}

static unsigned run_sort_time(struct view *view)
{
	return sort_by(view, column_find("time"));
}

static unsigned run_reverse(struct view *view)
{
	view->state->choice.reverse = !view->state->choice.reverse;
	return rebuild(view);
}

/* The menu's first row is kill order, row i + 1 is column i. */
static unsigned run_sort_menu(struct view *view)
{
	const struct column *sort = view->state->choice.sort;
	unsigned count;

	view->state->menu_row = sort ? (int)(sort - columns_all(&count)) + 1 : 0;
	return toggle_overlay(view, OVERLAY_SORT);
}

static unsigned run_sort_choose(struct view *view)
{
	unsigned count;
	const struct column *all = columns_all(&count);
	const int row = view->state->menu_row;

	view->state->overlay = OVERLAY_NONE;
	return sort_by(view, row > 0 && row <= (int)count ? &all[row - 1] : NULL);
}

static unsigned run_adj_down(struct view *view)
{
	return actions_adj(view, -1);
}

static unsigned run_adj_up(struct view *view)
{
	return actions_adj(view, 1);
}

static unsigned run_adj(struct view *view)
{
	return actions_adj(view, 0);
}

/* Its prompt and pane belong to the main tab. */
static unsigned run_undo(struct view *view)
{
	const unsigned reaction = actions_undo(view);

	if (view->state->prompt != PROMPT_NONE && view->state->tab != TAB_MAIN)
		tabs_go(view, TAB_MAIN);
	return reaction;
}

static unsigned run_search(struct view *view)
{
	return prompt_open(view, PROMPT_SEARCH);
}

static unsigned run_next(struct view *view)
{
	struct ui_state *state = view->state;

	if (state->search[0] == '\0')
		ui_refuse(state, "nothing to find yet: / asks for it");
	else if (!prompt_search(view, state->search, false))
		ui_refuse(state, "no match for \"%s\"", state->search);
	return REACT_REDRAW;
}

static unsigned run_pid(struct view *view)
{
	return prompt_open(view, PROMPT_PID);
}

static unsigned run_filter(struct view *view)
{
	return prompt_open(view, PROMPT_FILTER);
}

static unsigned run_user(struct view *view)
{
	return prompt_open(view, PROMPT_USER);
}

static unsigned run_clear(struct view *view)
{
	struct list_choice *choice = &view->state->choice;

	memset(&choice->filter, 0, sizeof(choice->filter));
	choice->n_pids = 0;
	choice->n_uids = 0;
	choice->user[0] = '\0';
	ui_hint(view->state, "all filters cleared");
	return rebuild(view);
}

static unsigned run_kernel_threads(struct view *view)
{
	view->state->choice.kernel_threads = !view->state->choice.kernel_threads;
	return rebuild(view);
}

static unsigned run_exempt(struct view *view)
{
	view->state->choice.exempt = !view->state->choice.exempt;
	return rebuild(view);
}

#define TABS (CONTEXT_LIST | CONTEXT_SCROLL | CONTEXT_ZONES | CONTEXT_GROUPS | CONTEXT_KILLED)
#define MENUS (CONTEXT_MENU | CONTEXT_KILL | CONTEXT_SCOPE)
#define SCROLLED (CONTEXT_SCROLL | CONTEXT_ZONES | CONTEXT_OVERLAY)

/* In the order of the help screen, and of the key bar as far as it has room.
 *
 * Digits are tabs here, so htop's search by typing a PID has a key of its own: ":" as for a line
 * number in less and vi.
 * "#" stays free for hiding the evidence, as in htop. */
static const struct command commands[] = {
	/* clang-format off */
	{ "help", { "F1", "h", "?" }, CONTEXT_ANY, "Everywhere",
		"this help", "Help", run_help },
	{ "quit", { "F10", "^C" }, CONTEXT_ANY, "Everywhere",
		"leave oomwatch", "Quit", run_quit },
	{ "quit-letter", { "q" }, TABS, "Everywhere",
		"leave oomwatch; in help, menus and details: close them; from the past: back to now",
		NULL, run_leave },
	{ "close", { "Esc", "q", "Enter" }, CONTEXT_OVERLAY, "Everywhere",
		"close help, rights or details", "Close", run_close },
	{ "dismiss", { "Esc" }, TABS, "Everywhere",
		"take the message away; from the past: back to now", NULL, run_dismiss },
	{ "back", { "{" }, TABS, "Everywhere",
		"the moment before; on the live screen: the last ten minutes, from the black box",
		NULL, run_back },
	{ "forth", { "}" }, TABS, "Everywhere",
		"the next moment of a recording", NULL, run_forth },

	{ "search", { "F3", "/" }, CONTEXT_LIST, "List",
		"find in name, command, unit, container and user, while typing", "Find", run_search },
	{ "filter", { "F4", "\\" }, CONTEXT_LIST, "List",
		"show only rows that match: words, field op value, and, or, not, ( )", "Filter",
		run_filter },
	{ "sort", { "F6", "<", ">" }, CONTEXT_LIST, "Order",
		"choose the sort column from a menu", "Sort", run_sort_menu },
	{ "adj-down", { "F7", "]" }, CONTEXT_LIST, "Actions",
		"ADJ down to the next hundred: protect; shown first, done by Enter", "Adj-",
		run_adj_down },
	{ "adj-up", { "F8", "[" }, CONTEXT_LIST, "Actions",
		"ADJ up to the next hundred: expose; shown first, done by Enter", "Adj+",
		run_adj_up },
	{ "kill", { "F9", "k" }, CONTEXT_LIST, "Actions",
		"kill menu: what its end gives back and who restarts it; signals, sysrq-f", "Kill",
		actions_kill_menu },
	{ "group-choose", { "Enter" }, CONTEXT_GROUPS, "Cgroups",
		"make it the scope and go to the main tab", "Choose", scopes_choose_group },
	{ "kill-open", { "Enter" }, CONTEXT_KILLED, "Kills",
		"the machine as it was at the kill, in the same list; { and } move in time, q ends it",
		"Open", run_open },
	{ "killed", { "e" }, CONTEXT_KILLED, "Kills",
		"explain the kill: why, whom, what would have spared it", "Explain", killed_explain },
	{ "killed-last", { "e" }, CONTEXT_LIST, "Kills",
		"the same of the kill that was told last, or is shown", NULL, killed_explain },
	{ "scope", { "s" }, TABS, "Everywhere",
		"choose whose OOM is foretold: the machine's, a memory cgroup's, a node set's", "Scope",
		scopes_menu },
	{ "adj", { "a", "r" }, CONTEXT_LIST, "Actions",
		"type a value of ADJ, -1000 to 1000", NULL, run_adj },
	{ "undo", { "Backspace" }, CONTEXT_LIST | CONTEXT_SCROLL | CONTEXT_GROUPS | CONTEXT_KILLED, "Actions",
		"take back the last change of ADJ; shown first, done by Enter", NULL, run_undo },
	{ "detail", { "Enter" }, CONTEXT_LIST, "List",
		"why the selected process scores what it does, what its end gives back; unfold a group",
		"Detail", run_detail },
	{ "user", { "u" }, CONTEXT_LIST, "List",
		"show one user's processes only, by name or number", "User", run_user },
	{ "pause", { "z", "Z" }, CONTEXT_ANY, "Everywhere",
		"pause: no new samples until pressed again", "Pause", run_pause },
	{ "main", { "1" }, TABS | CONTEXT_OVERLAY, "Tabs",
		"main: evidence and kill order", "Main", tabs_main },
	{ "zones", { "2" }, TABS | CONTEXT_OVERLAY, "Tabs",
		"zones: marks, reserves, free blocks, fragmentation", "Zones", tabs_zones },
	{ "cgroups", { "3" }, TABS | CONTEXT_OVERLAY, "Tabs",
		"cgroups: what is left below each limit, and who dies there", "Cgroups",
		tabs_cgroups },
	{ "kills", { "4" }, TABS | CONTEXT_OVERLAY, "Tabs",
		"kills: those of this boot that the kernel's log tells of, and who was foretold", "Kills",
		tabs_kills },
	{ "log", { "5" }, TABS | CONTEXT_OVERLAY, "Tabs",
		"log of messages, kills, actions and changes of level", "Log", tabs_log },
	{ "migrate", { "m" }, CONTEXT_ZONES, "Zones",
		"free blocks by migrate type too (pagetypeinfo)", "Types", run_migrate },
	{ "tab-next", { "Tab" }, TABS | CONTEXT_OVERLAY, "Tabs",
		"next tab", NULL, tabs_next },
	{ "tab-before", { "BackTab" }, TABS | CONTEXT_OVERLAY, "Tabs",
		"tab before", NULL, tabs_before },
	{ "rights", { "!" }, CONTEXT_ANY & ~MENUS, "Everywhere",
		"what can be seen from here and what not, and the userspace killers that run", "Rights",
		run_rights },
	{ "refresh", { "^L" }, CONTEXT_ANY, "Everywhere",
		"take a sample now and draw the whole screen", NULL, run_refresh },
	{ "delay", { "d" }, CONTEXT_ANY & ~MENUS, "Everywhere",
		"seconds between samples (htop counts tenths; these are seconds)", NULL, run_delay },

	{ "next", { "n" }, CONTEXT_LIST, "List",
		"next match of the last search", NULL, run_next },
	{ "pid", { ":" }, CONTEXT_LIST, "List",
		"go to a PID", NULL, run_pid },
	{ "group", { "g" }, CONTEXT_LIST, "List",
		"a row for each container, unit, session or cgroup, with sums; again: processes",
		NULL, run_group },
	{ "unfold", { "+", "Right" }, CONTEXT_LIST, "List",
		"show the processes of the group too", NULL, run_unfold },
	{ "fold", { "-", "Left" }, CONTEXT_LIST, "List",
		"show the group alone again", NULL, run_fold },
	{ "clear", { "=" }, CONTEXT_LIST, "List",
		"clear all filters: expression, user, PIDs", NULL, run_clear },
	{ "kernel-threads", { "K" }, CONTEXT_LIST, "List",
		"show kernel threads as rows too", NULL, run_kernel_threads },
	{ "exempt", { "x" }, CONTEXT_LIST, "List",
		"show exempt processes as rows too", NULL, run_exempt },
	{ "order", { "O" }, CONTEXT_LIST, "Order",
		"kill order: whom the kernel would take first, second, third", NULL, run_sort_kill },
	{ "sort-mem", { "M" }, CONTEXT_LIST, "Order",
		"by MEM", NULL, run_sort_mem },
	{ "sort-pid", { "N" }, CONTEXT_LIST, "Order",
		"by PID", NULL, run_sort_pid },
	{ "sort-cpu", { "P" }, CONTEXT_LIST, "Order",
		"by CPU", NULL, run_sort_cpu },
	{ "sort-time", { "T" }, CONTEXT_LIST, "Order",
		"by CPU time", NULL, run_sort_time },
	{ "reverse", { "R", "I" }, CONTEXT_LIST, "Order",
		"reverse the order", NULL, run_reverse },

	{ "menu-choose", { "Enter" }, CONTEXT_MENU, "Menu",
		"sort by this column", "Sort", run_sort_choose },
	{ "menu-close", { "Esc", "q", "F6" }, CONTEXT_MENU, "Menu",
		"close the menu, keep the order", "Close", run_close },
	{ "kill-choose", { "Enter" }, CONTEXT_KILL, "Menu",
		"go on with this signal, or sysrq-f: it asks again before anything is done",
		"Choose", actions_kill_choose },
	{ "kill-close", { "Esc", "q", "F9" }, CONTEXT_KILL, "Menu",
		"close the menu, nothing is sent", "Close", run_close },
	{ "scope-choose", { "Enter" }, CONTEXT_SCOPE, "Menu",
		"foretell the OOM of this scope", "Choose", scopes_menu_choose },
	{ "scope-close", { "Esc", "q", "s" }, CONTEXT_SCOPE, "Menu",
		"close the menu, keep the scope", "Close", run_close },
	{ "menu-up", { "<" }, MENUS, "Menu",
		"row above", NULL, move_up },
	{ "menu-down", { ">" }, MENUS, "Menu",
		"row below", NULL, move_down },

	{ "up", { "Up" }, CONTEXT_ANY, "Moving",
		"row above, line up", NULL, move_up },
	{ "down", { "Down" }, CONTEXT_ANY, "Moving",
		"row below, line down", NULL, move_down },
	{ "page-up", { "PgUp" }, CONTEXT_ANY, "Moving",
		"a screen up; in a menu its first row", NULL, move_page_up },
	{ "page-down", { "PgDn" }, CONTEXT_ANY, "Moving",
		"a screen down; in a menu its last row", NULL, move_page_down },
	{ "page-down-space", { "Space" }, CONTEXT_GROUPS | CONTEXT_KILLED | SCROLLED, "Moving",
		"a screen down, but in the list", NULL, move_page_down },
	{ "home", { "Home" }, CONTEXT_ANY, "Moving",
		"the first row, whoever it will be; the top", NULL, move_home },
	{ "end", { "End" }, CONTEXT_ANY, "Moving",
		"the last row; the end", NULL, move_end },
	/* clang-format on */
};

const struct command *commands_all(unsigned *ret_count)
{
	*ret_count = ARRAY_SIZE(commands);
	return commands;
}

const struct command *command_of_key(int key, enum context context)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!(commands[i].contexts & (unsigned)context))
			continue;
		for (size_t k = 0; k < COMMAND_KEYS_MAX && commands[i].keys[k]; k++)
			if (key_code(commands[i].keys[k]) == key)
				return &commands[i];
	}
	return NULL;
}

enum context command_context(const struct ui_state *state)
{
	if (state->overlay == OVERLAY_SORT)
		return CONTEXT_MENU;
	if (state->overlay == OVERLAY_KILL)
		return CONTEXT_KILL;
	if (state->overlay == OVERLAY_SCOPE)
		return CONTEXT_SCOPE;
	if (state->overlay != OVERLAY_NONE)
		return CONTEXT_OVERLAY;
	if (state->tab == TAB_ZONES)
		return CONTEXT_ZONES;
	if (state->tab == TAB_CGROUPS)
		return CONTEXT_GROUPS;
	if (state->tab == TAB_KILLS)
		return CONTEXT_KILLED;
	return state->tab == TAB_MAIN ? CONTEXT_LIST : CONTEXT_SCROLL;
}
