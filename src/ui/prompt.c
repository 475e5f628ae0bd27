/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "ui/actions.h"
#include "ui/commands.h"
#include "ui/keys.h"

#define KEY_CTRL_U 21

/** Digits of the largest uid; PIDs have fewer. */
#define NUMBER_DIGITS_MAX 10

void prompt_label(const struct view *view, struct text *text)
{
	const int64_t delay_ms = view->state->delay_ms;

	switch (view->state->prompt) {
	case PROMPT_FILTER:
		text_add(text, "Filter: ");
		break;
	case PROMPT_SEARCH:
		text_add(text, "Find: ");
		break;
	case PROMPT_USER:
		text_add(text, "User (empty: all): ");
		break;
	case PROMPT_PID:
		text_add(text, "PID: ");
		break;
	case PROMPT_DELAY:
		text_fmt(text,
			"Seconds between samples (now %lld.%03d): ", (long long)(delay_ms / 1000),
			(int)(delay_ms % 1000));
		break;
	case PROMPT_ADJ:
	case PROMPT_SIGNAL:
	case PROMPT_CONFIRM:
		actions_label(view, text);
		break;
	case PROMPT_NONE:
	default:
		break;
	}
}

bool prompt_is_action(enum prompt_kind kind)
{
	return kind == PROMPT_ADJ || kind == PROMPT_SIGNAL || kind == PROMPT_CONFIRM;
}

static void set_input(struct ui_state *state, const char *string)
{
	struct text text;

	text_init(&text, state->input, sizeof(state->input));
	text_add(&text, string);
	state->input_len = (unsigned)text.len;
}

void prompt_keep_selection(struct ui_state *state)
{
	state->before_pid = state->selected_pid;
	state->before_start = state->selected_start;
	state->before_group = state->selected_group;
	memcpy(state->before_open, state->choice.open, sizeof(state->before_open));
	state->before_n_open = state->choice.n_open;
}

unsigned prompt_open(struct view *view, enum prompt_kind kind)
{
	struct ui_state *state = view->state;

	prompt_keep_selection(state);
	prompt_show(state, kind, kind == PROMPT_FILTER ? state->choice.filter.source : "");
	return REACT_REDRAW;
}

void prompt_show(struct ui_state *state, enum prompt_kind kind, const char *input)
{
	state->prompt = kind;
	state->input_fresh = false;
	set_input(state, input);
}

void prompt_close(struct ui_state *state)
{
	prompt_show(state, PROMPT_NONE, "");
}

static void no_memory(struct view *view)
{
	ui_refuse(view->state, "not enough memory to build the list");
}

static void rebuild(struct view *view)
{
	if (view_update(view) < 0)
		no_memory(view);
}

static void show(struct view *view, uint32_t entry)
{
	if (view_show(view, entry) < 0)
		no_memory(view);
}

void prompt_restore_selection(struct view *view)
{
	struct ui_state *state = view->state;

	state->selected_pid = state->before_pid;
	state->selected_start = state->before_start;
	state->selected_group = state->before_group;
	view_follow_selection(view);
}

/* What a search unfolded on its way folds again. */
static void restore(struct view *view)
{
	struct ui_state *state = view->state;
	struct list_choice *choice = &state->choice;
	const bool same = choice->n_open == state->before_n_open &&
		memcmp(choice->open, state->before_open, sizeof(choice->open)) == 0;

	if (!same) {
		memcpy(choice->open, state->before_open, sizeof(choice->open));
		choice->n_open = state->before_n_open;
		rebuild(view);
	}
	prompt_restore_selection(view);
}

static bool group_matches(
	const struct view *view, const struct taskgroup *group, const char *needle)
{
	const struct group_cells cells = { view->now, view->summary, &view->list.groups, group };
	char name[COLUMN_TEXT_MAX];
	struct text text;

	text_init(&text, name, sizeof(name));
	taskgroup_name(&cells, &text);
	return text_contains(name, needle);
}

/* In a group the names that it is made of are its row's, not that of every member. */
static bool task_matches(const struct task *task, bool grouped, const char *needle)
{
	const char *const hays[] = {
		task->comm,
		task->who->cmdline,
		task->who->user,
		grouped ? NULL : task->who->unit,
		grouped ? NULL : task->who->container,
	};

	for (size_t i = 0; i < ARRAY_SIZE(hays); i++)
		if (hays[i] && text_contains(hays[i], needle))
			return true;
	return false;
}

static bool entry_matches(const struct view *view, uint32_t entry, const char *needle)
{
	if (entry & TASKLIST_GROUP)
		return group_matches(
			view, &view->list.groups.groups[entry & ~TASKLIST_GROUP], needle);
	return task_matches(&view->now->tasks[entry], view->state->choice.grouped, needle);
}

bool prompt_search(struct view *view, const char *needle, bool here)
{
	const struct tasklist *list = &view->list;
	uint32_t from = 0;

	if (!view->now || list->n_rows == 0 || needle[0] == '\0')
		return false;
	while (list->all[from] != list->rows[view_selected_row(view)])
		from++;
	for (uint32_t i = 0; i < list->n_all; i++) {
		const uint32_t entry = list->all[(from + i + !here) % list->n_all];

		if (!entry_matches(view, entry, needle))
			continue;
		show(view, entry);
		return true;
	}
	return false;
}

static void search_typed(struct view *view)
{
	struct ui_state *state = view->state;

	restore(view);
	if (state->input_len > 0 && !prompt_search(view, state->input, true))
		ui_refuse(state, "no match in %u rows", (unsigned)view->list.n_all);
}

static int64_t typed_number(const struct ui_state *state)
{
	int64_t number = 0;

	if (state->input_len == 0 || state->input_len > NUMBER_DIGITS_MAX)
		return -1;
	for (unsigned i = 0; i < state->input_len; i++) {
		if (state->input[i] < '0' || state->input[i] > '9')
			return -1;
		number = number * 10 + (state->input[i] - '0');
	}
	return number;
}

static bool select_pid(struct view *view, int64_t pid)
{
	const struct tasklist *list = &view->list;

	for (uint32_t i = 0; view->now && i < list->n_all; i++) {
		if (list->all[i] & TASKLIST_GROUP || view->now->tasks[list->all[i]].pid != pid)
			continue;
		show(view, list->all[i]);
		return true;
	}
	return false;
}

static void pid_typed(struct view *view)
{
	restore(view);
	(void)select_pid(view, typed_number(view->state));
}

static void typed(struct view *view)
{
	if (view->state->prompt == PROMPT_SEARCH)
		search_typed(view);
	else if (view->state->prompt == PROMPT_PID)
		pid_typed(view);
}

static void accept_filter(struct view *view)
{
	struct ui_state *state = view->state;
	char error[PROMPT_MAX];

	if (filter_parse(state->input, &state->choice.filter, error, sizeof(error)) < 0) {
		ui_refuse(state, "%s", error);
		return;
	}
	prompt_close(state);
	rebuild(view);
}

static void accept_search(struct view *view)
{
	struct ui_state *state = view->state;
	const bool here = state->input_len > 0;

	/* Nothing typed: the last one again, as in less; else the match found while typing. */
	if (here)
		memcpy(state->search, state->input, sizeof(state->search));
	if (state->search[0] && !prompt_search(view, state->search, here))
		ui_refuse(state, "no match for \"%s\"", state->search);
	prompt_close(state);
}

static void accept_pid(struct view *view)
{
	struct ui_state *state = view->state;
	const int64_t pid = typed_number(state);

	if (state->input_len == 0 || select_pid(view, pid)) {
		prompt_close(state);
		return;
	}
	for (uint32_t i = 0; view->now && view->summary && i < view->now->n_tasks; i++) {
		const enum exempt exempt = view->summary->oom.judged[i].exempt;

		if (view->now->tasks[i].pid != pid)
			continue;
		if (exempt != EXEMPT_NONE)
			ui_refuse(state, "PID %s is not in the list: %s", state->input,
				exempt_words(exempt));
		else
			ui_refuse(
				state, "PID %s is hidden by a filter (= clears all)", state->input);
		return;
	}
	ui_refuse(state, "no process has PID %s", state->input);
}

static bool find_user(const struct view *view, uint32_t *ret_uid)
{
	const int64_t number = typed_number(view->state);

	for (uint32_t i = 0; view->now && i < view->now->n_tasks; i++) {
		const struct task *task = &view->now->tasks[i];

		if (!(task->has & TASK_HAS_UID))
			continue;
		if ((task->who->user && strcmp(task->who->user, view->state->input) == 0) ||
			task->uid == number) {
			*ret_uid = task->uid;
			return true;
		}
	}
	return false;
}

static void accept_user(struct view *view)
{
	struct ui_state *state = view->state;
	struct list_choice *choice = &state->choice;
	uint32_t uid = 0;

	if (state->input_len > 0 && !find_user(view, &uid)) {
		ui_refuse(state, "no process of a user '%s'", state->input);
		return;
	}
	choice->n_uids = state->input_len > 0;
	choice->uids[0] = uid;
	snprintf(choice->user, sizeof(choice->user), "%.32s", state->input);
	prompt_close(state);
	rebuild(view);
}

static unsigned accept_delay(struct view *view)
{
	struct ui_state *state = view->state;
	int64_t delay_ms;

	if (state->input_len == 0) {
		prompt_close(state);
		return REACT_NOTHING;
	}
	if (units_parse_ms(state->input, &delay_ms) < 0) {
		ui_refuse(state, "'%s' is not a number of seconds", state->input);
		return REACT_NOTHING;
	}
	if (delay_ms < DELAY_LEAST_MS || delay_ms > DELAY_MOST_MS) {
		ui_refuse(state, "seconds from 0.1 to 86400");
		return REACT_NOTHING;
	}
	state->delay_ms = delay_ms;
	prompt_close(state);
	return REACT_TIMER;
}

static unsigned accept(struct view *view)
{
	switch (view->state->prompt) {
	case PROMPT_FILTER:
		accept_filter(view);
		break;
	case PROMPT_SEARCH:
		accept_search(view);
		break;
	case PROMPT_USER:
		accept_user(view);
		break;
	case PROMPT_PID:
		accept_pid(view);
		break;
	case PROMPT_DELAY:
		return accept_delay(view);
	case PROMPT_ADJ:
	case PROMPT_SIGNAL:
	case PROMPT_CONFIRM:
	case PROMPT_NONE:
	default:
		break;
	}
	return REACT_NOTHING;
}

static void cancel(struct view *view)
{
	if (prompt_is_action(view->state->prompt)) {
		actions_cancel(view, NULL);
		return;
	}
	if (view->state->prompt == PROMPT_SEARCH || view->state->prompt == PROMPT_PID)
		restore(view);
	prompt_close(view->state);
}

static void erase(struct ui_state *state)
{
	const char *at = state->input, *end = state->input + state->input_len, *last = at;

	while (at < end) {
		last = at;
		utf8_next(&at, end);
	}
	state->input_len = (unsigned)(last - state->input);
	state->input[state->input_len] = '\0';
}

static void insert(struct ui_state *state, int key)
{
	char bytes[4];
	size_t len;

	/* Controls, surrogates and what is combined take no cell: not to be seen or erased. */
	if (key < KEY_SPACE || key >= KEY_SPECIAL || cell_width((uint32_t)key) == 0)
		return;
	if (state->prompt == PROMPT_PID && (key < '0' || key > '9')) {
		ui_refuse(state, "digits only");
		return;
	}
	len = utf8_put((uint32_t)key, bytes);
	if (state->input_len + len >= sizeof(state->input)) {
		ui_refuse(state, "that is all that fits");
		return;
	}
	memcpy(state->input + state->input_len, bytes, len);
	state->input_len += (unsigned)len;
	state->input[state->input_len] = '\0';
}

void prompt_edit(struct ui_state *state, int key)
{
	state->input_fresh = false;
	if (key == KEY_ERASE || key == KEY_DELETE_KEY || key == '\b' || key == 0x7f)
		erase(state);
	else if (key == KEY_CTRL_U)
		set_input(state, "");
	else
		insert(state, key);
}

static unsigned edit(struct view *view, int key)
{
	struct ui_state *state = view->state;

	if (key == KEY_FN(3) && state->prompt == PROMPT_SEARCH)
		return prompt_search(view, state->input, false) ? REACT_REDRAW : REACT_NOTHING;
	prompt_edit(state, key);
	typed(view);
	return REACT_REDRAW;
}

unsigned prompt_key(struct view *view, int key)
{
	switch (key) {
	case KEY_FN(1):
		cancel(view);
		view->state->overlay = OVERLAY_HELP;
		view->state->scroll = 0;
		return REACT_REDRAW;
	case KEY_FN(10):
		return REACT_QUIT;
	default:
		break;
	}
	if (prompt_is_action(view->state->prompt))
		return actions_key(view, key);
	switch (key) {
	case KEY_RETURN:
	case '\n':
		return REACT_REDRAW | accept(view);
	case KEY_ESCAPE:
	case KEY_CTRL_C:
		cancel(view);
		return REACT_REDRAW;
	default:
		return edit(view, key);
	}
}
