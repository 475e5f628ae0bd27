/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ui/scopes.h"

#include <string.h>

static const struct scope_choice machine = { .kind = SCOPE_SYSTEM };

static bool same_choice(const struct scope_choice *a, const struct scope_choice *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == SCOPE_NODES)
		return nodes_equal(&a->nodes, &b->nodes);
	return a->kind == SCOPE_SYSTEM || strcmp(a->path, b->path) == 0;
}

bool scopes_nodes_of(const struct snapshot *now, const struct task *task, struct node_set *ret)
{
	struct node_set all;

	if (task->nodes >= now->n_node_sets)
		return false;
	nodesets_all(now, &all);
	nodesets_with_memory(now, &now->node_sets[task->nodes], ret);
	return !nodes_cover(ret, &all);
}

const struct risk *scopes_nodes_risk(const struct summary *summary, const struct node_set *nodes)
{
	const struct nodesets *sets = &summary->nodesets;

	for (uint32_t i = 0; i < sets->n_sets; i++)
		if (nodes_equal(&sets->sets[i].nodes, nodes))
			return &sets->sets[i].risk;
	return NULL;
}

static struct scope_choice choice_of_nodes(const struct node_set *nodes)
{
	return (struct scope_choice){ .kind = SCOPE_NODES, .nodes = *nodes };
}

/* False for a path that is longer than there is room for. */
static bool choice_of(const struct snapshot *now, uint32_t memcg, struct scope_choice *ret)
{
	const char *path = now->memcgs[memcg].path;
	const size_t len = strlen(path);

	if (len >= sizeof(ret->path))
		return false;
	ret->kind = SCOPE_MEMCG;
	memcpy(ret->path, path, len + 1);
	return true;
}

static unsigned choose(struct view *view, const struct scope_choice *choice)
{
	struct ui_state *state = view->state;

	if (same_choice(&state->scope, choice))
		return REACT_REDRAW;
	state->scope = *choice;
	return REACT_REDRAW | REACT_JUDGE;
}

static void menu_add(struct scope_menu *menu, const struct scope_choice *choice)
{
	for (unsigned i = 0; i < menu->count; i++)
		if (i != 1 && same_choice(&menu->entries[i], choice))
			return;
	if (menu->count < SCOPE_MENU_MAX)
		menu->entries[menu->count++] = *choice;
}

/* The second entry is the selected process's, whether or not a limit stands on its path: what
 * meets its memory first, a cgroup's limit before the nodes that it is confined to. */
static void menu_add_process(const struct view *view, struct scope_menu *menu)
{
	const uint32_t selected = view_selected(view);
	const struct task *task;
	struct node_set nodes;
	struct text text;
	uint32_t binding;

	menu->count++;
	if (selected == NO_TASK)
		return;
	task = &view->now->tasks[selected];
	text_init(&text, menu->process, sizeof(menu->process));
	text_add_clean(&text, task->comm, strnlen(task->comm, sizeof(task->comm)));
	text_fmt(&text, " %d", (int)task->pid);
	binding = scope_binding(view->now, task);
	if (binding != NO_MEMCG) {
		menu->bound = choice_of(view->now, binding, &menu->entries[1]);
	} else if (scopes_nodes_of(view->now, task, &nodes)) {
		menu->entries[1] = choice_of_nodes(&nodes);
		menu->bound = true;
	}
}

static void menu_fill(const struct view *view, struct scope_menu *menu)
{
	const struct summary *summary = view->summary;

	memset(menu, 0, sizeof(*menu));
	menu_add(menu, &machine);
	menu_add_process(view, menu);
	for (unsigned i = 0; i < summary->n_risks; i++) {
		const struct scope *where = &summary->risks[i].where;
		struct scope_choice choice;

		if (where->kind == SCOPE_NODES)
			choice = choice_of_nodes(&where->nodes);
		else if (where->kind != SCOPE_MEMCG || !choice_of(view->now, where->memcg, &choice))
			continue;
		menu_add(menu, &choice);
	}
	for (uint32_t i = 0; i < summary->nodesets.n_sets; i++) {
		const struct scope_choice choice =
			choice_of_nodes(&summary->nodesets.sets[i].nodes);

		menu_add(menu, &choice);
	}
	menu_add(menu, &view->state->scope);
}

unsigned scopes_menu(struct view *view)
{
	struct ui_state *state = view->state;
	struct scope_menu *menu = &state->scope_menu;

	if (!view->now || !view->summary) {
		ui_refuse(state, "there is no sample yet");
		return REACT_REDRAW;
	}
	if (view->now->told) {
		ui_refuse(state, "a report is shown: it is of one scope alone");
		return REACT_REDRAW;
	}
	menu_fill(view, menu);
	state->overlay = OVERLAY_SCOPE;
	state->menu_row = 0;
	for (unsigned i = 0; i < menu->count; i++)
		if (i != 1 && same_choice(&menu->entries[i], &state->scope))
			state->menu_row = (int)i;
	return REACT_REDRAW;
}

bool scopes_entry(const struct view *view, unsigned entry, struct scope *ret)
{
	const struct scope_menu *menu = &view->state->scope_menu;

	*ret = (struct scope)SCOPE_OF_SYSTEM;
	if (entry >= menu->count || (entry == 1 && !menu->bound))
		return false;
	return menu->entries[entry].kind == SCOPE_SYSTEM ||
		scope_find(view->now, &menu->entries[entry], ret);
}

unsigned scopes_menu_choose(struct view *view)
{
	struct ui_state *state = view->state;
	const struct scope_menu *menu = &state->scope_menu;
	const unsigned entry = (unsigned)state->menu_row;
	struct scope scope;

	if (!view->now || scopes_entry(view, entry, &scope)) {
		state->overlay = OVERLAY_NONE;
		return view->now ? choose(view, &menu->entries[entry]) : REACT_REDRAW;
	}
	if (entry != 1 || menu->bound)
		ui_refuse(state,
			menu->entries[entry].kind == SCOPE_NODES ? "those nodes are gone"
								 : "that cgroup is gone");
	else if (menu->process[0])
		ui_refuse(state, "%s: no limit on its path, only the machine's", menu->process);
	else
		ui_refuse(state, "no process is selected");
	return REACT_REDRAW;
}

unsigned scopes_choose_group(struct view *view)
{
	struct ui_state *state = view->state;
	struct scope_choice choice;

	if (view_group_rows(view) == 0) {
		ui_refuse(state, "no cgroup is selected");
		return REACT_REDRAW;
	}
	if (!choice_of(view->now, view->groups.rows[view_group_row(view)], &choice)) {
		ui_refuse(state, "its path is too long: more than %d bytes", SCOPE_PATH_MAX - 1);
		return REACT_REDRAW;
	}
	state->tab = TAB_MAIN;
	view_select_first(view);
	return choose(view, &choice);
}

void scopes_follow(struct view *view)
{
	struct ui_state *state = view->state;
	const bool nodes = state->scope.kind == SCOPE_NODES;

	if (!view->summary->scope_gone || state->scope.kind == SCOPE_SYSTEM)
		return;
	state->scope = machine;
	ui_message(state, view->now->time_ms,
		nodes ? "none of those nodes has memory: the machine is shown"
		      : "that cgroup is gone: the machine is shown");
}

const char *scopes_words(const struct view *view)
{
	return view->summary->oom.scope_words;
}

static unsigned count_nodes(const struct node_set *nodes)
{
	unsigned count = 0;

	for (int node = 0; node < NODES_MAX; node++)
		count += nodes_have(nodes, node);
	return count;
}

void scopes_as_if(const struct view *view, struct text *text)
{
	const struct oom *oom = &view->summary->oom;
	const char *words = scopes_words(view);

	if (view->now->told) {
		text_fmt(text, "OOM of %s%s%s", oom->scope.kind == SCOPE_MEMCG ? "cgroup " : "",
			words,
			oom->constraint == CONSTRAINT_MEMORY_POLICY ? " (memory policy)" : "");
		return;
	}
	if (oom->scope.kind == SCOPE_NODES)
		text_fmt(text, "as if %s %s full%s", words,
			count_nodes(&oom->scope.nodes) == 1 ? "was" : "were",
			oom->constraint == CONSTRAINT_MEMORY_POLICY ? " (memory policy)" : "");
	else if (oom->scope.memcg < view->now->n_memcgs &&
		memcg_is_limited(&view->now->memcgs[oom->scope.memcg]))
		text_fmt(text, "as if cgroup %s hit its limit", words);
	else
		text_fmt(text, "cgroup %s has no limit itself", words);
}
