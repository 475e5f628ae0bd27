/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From bytes to canvas: the whole core on one machine of a few files (machine.h), as it is
 * seen at some instants, with keys pressed in between.
 *
 * Instants are parted by bytes 0xfe, their sections by 0xff.
 */
#include "analysis/verdict.h"
#include "fuzz.h"
#include "machine.h"
#include "ui/keys.h"

#define INSTANT_END 0xfe
#define INSTANTS_MAX 12
#define INSTANTS_MIN 2
#define KEYS_MAX 24

/* ---- what must hold ---- */

/* What was made clean and cut to fit is whole characters, each of one or two cells. */
static void check_clean(const char *buf, size_t size)
{
	const char *at = buf, *end = memchr(buf, '\0', size);

	CHECK(end);
	while (at < end) {
		const uint32_t code_point = utf8_next(&at, end);

		CHECK(code_point != UTF8_INVALID);
		CHECK(cell_width(code_point) > 0);
	}
}

static void check_order(const struct snapshot *now, const struct oom *oom)
{
	uint32_t ranked = 0;

	CHECK(oom->n_order + oom->n_exempt == now->n_tasks);
	for (uint32_t i = 0; i < oom->n_order; i++) {
		/* Two places of one process would give it two ranks. */
		CHECK(oom->order[i] < now->n_tasks);
		CHECK(oom->judged[oom->order[i]].rank == i + 1);
		CHECK(oom->judged[oom->order[i]].exempt == EXEMPT_NONE);
	}
	for (uint32_t i = 0; i < now->n_tasks; i++)
		ranked += oom->judged[i].rank != 0;
	CHECK(ranked == oom->n_order);
	CHECK(oom->first == (oom->n_order > 0 ? oom->order[0] : NO_TASK));
	CHECK(oom->victim ==
		(oom->outcome == OUTCOME_KILL || oom->outcome == OUTCOME_KILL_GROUP ? oom->first
										    : NO_TASK));
	CHECK(oom->n_also <= now->n_tasks);
	for (uint32_t i = 0; i < oom->n_also; i++)
		CHECK(oom->also[i] < now->n_tasks && oom->also[i] != oom->victim);
	CHECK(oom->group == NO_MEMCG || oom->group < now->n_memcgs);
	CHECK(oom->scope.kind != SCOPE_MEMCG || oom->scope.memcg < now->n_memcgs);
	check_clean(oom->scope_words, sizeof(oom->scope_words));
	CHECK(fuzz_value(oom->gives_back_kib, INT64_MAX));
	check_clean(oom->reason, sizeof(oom->reason));
	check_clean(oom->uncertain_why, sizeof(oom->uncertain_why));
	CHECK(oom->certain == (oom->uncertain_why[0] == '\0'));
}

static void check_risk(const struct snapshot *now, const struct risk *risk)
{
	const bool foretold = value_known(risk->forecast_s);

	CHECK(risk->level == LEVEL_OK || risk->level == LEVEL_WARN ||
		risk->level == LEVEL_CRITICAL);
	CHECK(value_known(risk->forecast_low_s) == foretold);
	CHECK(value_known(risk->forecast_high_s) == foretold);
	if (foretold) {
		CHECK(risk->forecast_low_s >= 0 && risk->forecast_low_s <= risk->forecast_s);
		CHECK(risk->forecast_s <= risk->forecast_high_s);
		CHECK(risk->forecast_s <= FORECAST_HORIZON_S);
	}
	CHECK(fuzz_value(risk->left.low_kib, INT64_MAX));
	CHECK(fuzz_value(risk->left.high_kib, INT64_MAX));
	if (value_known(risk->left.low_kib) && value_known(risk->left.high_kib))
		CHECK(risk->left.low_kib <= risk->left.high_kib);
	CHECK(risk->filling == NO_TASK || risk->filling < now->n_tasks);
	CHECK(risk->victim == NO_TASK || risk->victim < now->n_tasks);
	CHECK(risk->where.kind != SCOPE_MEMCG || risk->where.memcg < now->n_memcgs);
	CHECK(risk->where.kind != SCOPE_KILLER || risk->where.killer < now->n_killers);
	CHECK((risk->where.kind == SCOPE_NODES) == !nodes_empty(&risk->where.nodes));
	check_clean(risk->scope_words, sizeof(risk->scope_words));
	check_clean(risk->text, sizeof(risk->text));
	check_clean(risk->why, sizeof(risk->why));
	check_clean(risk->no_forecast_why, sizeof(risk->no_forecast_why));
}

static void check_zones(const struct snapshot *now, const struct zone_view *views)
{
	for (uint32_t i = 0; views && i < now->n_zones; i++) {
		CHECK(views[i].n_orders <= ORDERS_MAX);
		CHECK(fuzz_value(views[i].usable_kernel_pages, INT64_MAX));
		CHECK(fuzz_value(views[i].usable_movable_pages, INT64_MAX));
		for (unsigned k = 0; k < views[i].n_orders; k++) {
			CHECK(views[i].fragmentation_permille[k] >= -1000);
			CHECK(views[i].fragmentation_permille[k] <= 1000);
			CHECK(views[i].unusable_permille[k] >= 0);
			CHECK(views[i].unusable_permille[k] <= 1000);
		}
	}
}

static void check_memcgs(const struct snapshot *now, const struct memcg_view *views)
{
	for (uint32_t i = 0; views && i < now->n_memcgs; i++) {
		CHECK(views[i].level < LEVEL_COUNT);
		CHECK(views[i].victim == NO_TASK || views[i].victim < now->n_tasks);
		CHECK(views[i].group == NO_MEMCG || views[i].group < now->n_memcgs);
		check_clean(views[i].why, sizeof(views[i].why));
	}
}

static void check_groups(const struct view *view)
{
	const struct grouplist *groups = &view->groups;

	CHECK(groups->n_limited <= groups->n_rows && groups->n_rows <= view->now->n_memcgs);
	for (uint32_t i = 0; i < groups->n_rows; i++) {
		CHECK(view->summary->memcgs[groups->rows[i]].limited == (i < groups->n_limited));
		for (uint32_t k = 0; k < i; k++)
			CHECK(groups->rows[k] != groups->rows[i]);
	}
	CHECK(view_group_row(view) == 0 || view_group_row(view) < view_group_rows(view));
}

static void check_group(const struct view *view, const struct taskgroup *group)
{
	const struct group_cells cells = { view->now, view->summary, &view->list.groups, group };
	char name[COLUMN_TEXT_MAX];
	bool has_first = false;
	struct text text;

	CHECK(group->count > 0);
	for (uint32_t i = 0; i < group->count; i++)
		has_first |= group->members[i] == group->first;
	CHECK(has_first);
	text_init(&text, name, sizeof(name));
	taskgroup_name(&cells, &text);
	check_clean(name, sizeof(name));
	CHECK(name[0]);
}

static void check_list(const struct view *view)
{
	const struct tasklist *list = &view->list;

	CHECK(list->n_tasks <= view->now->n_tasks);
	CHECK(list->n_all == list->n_tasks + list->groups.count && list->n_rows <= list->n_all);
	for (uint32_t i = 0; i < list->n_rows; i++) {
		CHECK(tasklist_task(list, i) < view->now->n_tasks);
		for (uint32_t k = 0; k < i; k++)
			CHECK(list->rows[k] != list->rows[i]);
	}
	CHECK((view_selected(view) == NO_TASK) == (list->n_rows == 0 || view_selected_group(view)));
	for (uint32_t i = 0; i < list->groups.count; i++)
		check_group(view, &list->groups.groups[i]);
}

static void check_canvas(const struct canvas *canvas)
{
	CHECK(canvas->cursor_col < canvas->cols && canvas->cursor_row < canvas->rows);
	for (int i = 0; i < canvas->cols * canvas->rows; i++) {
		const struct cell *cell = &canvas->cells[i];

		CHECK(cell->style < STYLE_COUNT);
		if (cell->code_point == 0) {
			CHECK(i % canvas->cols > 0 && cell_width(cell[-1].code_point) == 2);
			continue;
		}
		/* No control, bidi or combining character has a width. */
		CHECK(cell_width(cell->code_point) > 0);
		CHECK(!canvas->ascii || (cell->code_point >= ' ' && cell->code_point <= '~'));
		if (cell_width(cell->code_point) == 2)
			CHECK(i % canvas->cols + 1 < canvas->cols && cell[1].code_point == 0);
	}
}

static void check_state(const struct ui_state *state)
{
	check_clean(state->message, sizeof(state->message));
	CHECK(memchr(state->input, '\0', sizeof(state->input)));
	CHECK(state->input_len == strlen(state->input));
	CHECK(state->tab < TAB_COUNT);
	for (unsigned i = 0; i < state->log.count; i++)
		check_clean(ui_log_line(&state->log, i)->text, LOG_LINE_MAX);
}

/* ---- the screen ---- */

static void draw(struct machine *machine)
{
	const int cols = 1 + machine_look(machine, LOOK_COLS),
		  rows = 1 + machine_look(machine, LOOK_ROWS);

	/* Of just that size, so that a sanitizer sees what is drawn outside. */
	machine->canvas.cells =
		malloc((size_t)cols * (size_t)rows * sizeof(*machine->canvas.cells));
	if (!machine->canvas.cells)
		abort();
	view_draw(&machine->view, &machine->canvas, cols, rows);
	CHECK(machine->canvas.cols == cols && machine->canvas.rows == rows);
	check_canvas(&machine->canvas);
	check_list(&machine->view);
	check_groups(&machine->view);
	check_state(&machine->state);
	free(machine->canvas.cells);
}

/** A byte as a key: ASCII is itself, the others are keys without a character. */
static int key_of(uint8_t byte)
{
	static const int special[] = { KEY_UP_ARROW, KEY_DOWN_ARROW, KEY_LEFT_ARROW,
		KEY_RIGHT_ARROW, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME_KEY, KEY_END_KEY, KEY_ERASE,
		KEY_DELETE_KEY, KEY_BACK_TAB, KEY_RESIZED, KEY_FN(1), KEY_FN(2), KEY_FN(3),
		KEY_FN(4), KEY_FN(5), KEY_FN(6), KEY_FN(7), KEY_FN(8), KEY_FN(9), KEY_FN(10),
		KEY_FN(12), KEY_ESCAPE, KEY_RETURN, KEY_TAB_CHAR, 0xe4, 0x202e, 0x4e00, 0x301,
		0x10ffff };

	return byte < 0x80 ? byte : special[(byte - 0x80) % ARRAY_SIZE(special)];
}

static void judge(struct machine *machine)
{
	if (summary_make(machine->now, machine->before, &machine->state.scope, &machine->history,
		    &machine->summary) < 0)
		abort();
	check_order(machine->now, &machine->summary.oom);
	CHECK(machine->summary.n_risks >= 1 && machine->summary.n_risks <= RISKS_MAX);
	for (unsigned i = 0; i < machine->summary.n_risks; i++)
		check_risk(machine->now, &machine->summary.risks[i]);
	check_memcgs(machine->now, machine->summary.memcgs);
}

static void press_keys(struct machine *machine)
{
	const struct piece *look = &machine->sections[SECTION_LOOK];

	for (size_t i = LOOK_KEYS; i < look->len && i < LOOK_KEYS + KEYS_MAX; i++) {
		const unsigned reaction = view_key(&machine->view, key_of((uint8_t)look->at[i]));

		if (reaction & REACT_JUDGE) {
			judge(machine);
			CHECK(!machine->summary.scope_gone);
			if (view_update(&machine->view) < 0)
				abort();
		}
		draw(machine);
	}
}

static void show_instant(struct machine *machine)
{
	const uint8_t flags = machine_look(machine, LOOK_FLAGS);
	struct view *view = &machine->view;

	machine_take(machine);
	history_add(&machine->history, machine->now);
	judge(machine);
	check_zones(machine->now, machine->summary.views);
	check_clean(machine->summary.next_text, sizeof(machine->summary.next_text));
	check_clean(machine->summary.filling_text, sizeof(machine->summary.filling_text));
	check_clean(machine->history.hold.why, sizeof(machine->history.hold.why));

	machine->state.ascii = machine->canvas.ascii = flags & FLAG_ASCII;
	view->now = machine->now;
	view->summary = &machine->summary;
	view->stale = flags & FLAG_STALE;
	view->stale_since_ms = machine->now->uptime_ms;
	if (view_update(view) < 0)
		abort();
	draw(machine);
	press_keys(machine);
	machine_turn(machine);
}

static void run(struct machine *machine, const char *at, const char *end)
{
	for (int i = 0; i < INSTANTS_MAX && (at < end || i < INSTANTS_MIN); i++) {
		const char *stop = at < end ? memchr(at, INSTANT_END, (size_t)(end - at)) : NULL;

		if (!stop)
			stop = end;
		machine_split(machine, at, stop);
		show_instant(machine);
		at = stop < end ? stop + 1 : end;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, false);
	struct machine *machine = calloc(1, sizeof(*machine));

	if (!machine)
		abort();
	for (int i = 0; i < SECTIONS; i++)
		machine->sections[i].at = text;
	machine->now = &machine->instants[0];
	machine->uptime_ms = 3600 * 1000;
	machine->view.state = &machine->state;
	machine->view.history = &machine->history;
	history_init(&machine->history);
	ui_state_init(&machine->state);
	run(machine, text, text + size);
	arena_free(&machine->instants[0].arena);
	arena_free(&machine->instants[1].arena);
	arena_free(&machine->summary.arena);
	arena_free(&machine->view.arena);
	arena_free(&machine->view.scratch);
	free(machine);
	free(text);
	return 0;
}
