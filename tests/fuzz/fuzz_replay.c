/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes as a record or a log, from its moments to the canvas: what a hostile recording can do
 * to the screen.  Needs libsys.a and jansson.
 */
#include <errno.h>

#include "analysis/explain.h"
#include "analysis/report_snapshot.h"
#include "base/hash.h"
#include "collect/replay.h"
#include "fuzz.h"
#include "parse/record.h"
#include "ui/view.h"

/** Moments looked at forwards, and then backwards. */
#define FORWARDS_MAX 24
#define BACKWARDS_MAX 6

#define COLS_LEAST 20
#define COLS_SPREAD 180
#define ROWS_LEAST 5
#define ROWS_SPREAD 60

struct player {
	struct replay *replay;
	struct snapshot instants[2], report;
	struct snapshot *before, *now;
	struct summary summary;
	struct history history;
	struct ui_state state;
	struct view view;
	struct canvas canvas;
	struct arena arena;
	int cols, rows;
	uint64_t hashes[FORWARDS_MAX]; /**< of samples as they are written again */
};

/* ---- what must hold of a snapshot ---- */

static void check_tasks(const struct snapshot *now)
{
	for (uint32_t i = 0; i < now->n_tasks; i++) {
		const struct task *task = &now->tasks[i];

		CHECK(i == 0 || task[-1].pid < task->pid);
		CHECK(task->pid >= 0 && task->who);
		CHECK(task->memcg == NO_MEMCG || task->memcg < now->n_memcgs);
		CHECK(task->nodes == NO_NODE_SET || task->nodes < now->n_node_sets);
		CHECK(memchr(task->comm, '\0', sizeof(task->comm)));
		CHECK(task->oom_score_adj >= -1000 && task->oom_score_adj <= 1000);
		CHECK(fuzz_value(task->vsize_pages, INT64_MAX));
		CHECK(task->state > ' ' && task->state < 0x7f);
	}
}

static void check_memcgs(const struct snapshot *now)
{
	for (uint32_t i = 0; i < now->n_memcgs; i++) {
		const struct memcg *memcg = &now->memcgs[i];

		CHECK(memcg->path && memcg->path[0] == '/');
		CHECK(memcg->parent == NO_MEMCG || memcg->parent < i);
		CHECK(memcg->version == 1 || memcg->version == 2);
		CHECK(i == 0 || strcmp(memcg[-1].path, memcg->path) < 0);
	}
}

static void check_snapshot(const struct snapshot *now)
{
	CHECK(now->source == SOURCE_REPLAY && now->own_pid == 0 && !value_known(now->own_uid));
	CHECK(now->page_bytes >= 4096 && (now->page_bytes & (now->page_bytes - 1)) == 0);
	CHECK(now->clk_tck > 0 && now->cpus >= 0 && now->tick > 0);
	CHECK(now->partial <= PARTIAL_KEPT);
	CHECK(now->n_killers <= KILLERS_MAX && now->swaps.n_areas <= SWAPS_MAX);
	CHECK(fuzz_values(&now->mem, sizeof(now->mem), INT64_MAX));
	for (uint32_t i = 0; i < now->n_zones; i++) {
		CHECK(now->zones[i].node >= 0 && now->zones[i].node < NODES_MAX);
		CHECK(now->zones[i].blocks.n_orders <= ORDERS_MAX);
		CHECK(now->zones[i].n_protection <= ZONE_TYPES_MAX);
	}
	check_memcgs(now);
	check_tasks(now);
}

/* ---- the same, however it is come to ---- */

static void add_text(struct text *text, void *context)
{
	uint64_t *hash = context;

	*hash = hash_add(*hash, text->buf, text->len);
	text_init(text, text->buf, text->size);
}

static uint64_t hash_of(const struct snapshot *now)
{
	static char buf[1 << 20];
	static const struct record_choice all = { 0 };
	struct record_writer writer = { 0 };
	uint64_t hash = HASH_START;
	const struct record_sink sink = { add_text, &hash };
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (record_sample(&writer, now, &all, true, &sink, &text) == 0)
		add_text(&text, &hash);
	record_writer_free(&writer);
	return hash;
}

/* ---- the screen ---- */

static void draw(struct player *player)
{
	struct canvas *canvas = &player->canvas;
	const size_t cells = (size_t)player->cols * (size_t)player->rows;

	/* Of just that size, so that a sanitizer sees what is drawn outside. */
	canvas->cells = malloc(cells * sizeof(*canvas->cells));
	if (!canvas->cells)
		abort();
	view_draw(&player->view, canvas, player->cols, player->rows);
	for (size_t i = 0; i < cells; i++) {
		const uint32_t code_point = canvas->cells[i].code_point;

		CHECK(code_point == 0 || cell_width(code_point) > 0);
	}
	free(canvas->cells);
}

static void show(struct player *player, const struct snapshot *now, const struct snapshot *before)
{
	static const char tabs[] = "1234567\r";

	if (summary_make(now, before, &player->state.scope, &player->history, &player->summary) < 0)
		abort();
	player->view.now = now;
	player->view.summary = &player->summary;
	if (view_update(&player->view) < 0)
		abort();
	draw(player);
	for (const char *key = tabs; *key; key++) {
		(void)view_key(&player->view, *key);
		draw(player);
	}
}

static void on_report(const struct oom_report *report, void *context)
{
	struct player *player = context;
	struct scope_choice scope = player->state.scope;
	struct explained explained;

	CHECK(report->last_line >= report->first_line);
	arena_reset(&player->arena);
	if (explain_report(report, &player->arena, &explained) < 0 ||
		report_snapshot(&explained, &player->report, &player->state.scope) < 0)
		abort();
	show(player, &player->report, NULL);
	player->state.scope = scope;
}

static void on_kill(const struct killer_event *event, void *context)
{
	(void)context;
	CHECK(event->name);
}

static void play(struct player *player, int64_t number, bool again)
{
	const struct report_listener listener = { on_report, on_kill, player };
	const bool sample = replay_moment(player->replay, number)->kind == MOMENT_SAMPLE;
	struct snapshot *spare =
		player->now == &player->instants[0] ? &player->instants[1] : &player->instants[0];
	const int error = replay_read(player->replay, number, spare, &listener);

	CHECK(error == 0 || error == -EBADMSG);
	CHECK((error == -EBADMSG) == (replay_damage(player->replay)[0] != '\0'));
	CHECK(error == 0 || sample);
	if (again)
		CHECK((error < 0 || !sample ? 0 : hash_of(spare)) == player->hashes[number]);
	if (error < 0 || !sample)
		return;
	check_snapshot(spare);
	if (!again)
		player->hashes[number] = hash_of(spare);
	player->before = player->now;
	player->now = spare;
	history_add(&player->history, spare);
	show(player, spare, player->before);
}

static void play_all(struct player *player)
{
	const int64_t count = value_min(replay_count(player->replay), FORWARDS_MAX);

	CHECK(count > 0);
	for (int64_t i = 0; i < count; i++)
		play(player, i, false);
	history_init(&player->history);
	for (int64_t i = count - 1; i >= 0 && i >= count - BACKWARDS_MAX; i--)
		play(player, i, true);
}

static void free_player(struct player *player)
{
	arena_free(&player->instants[0].arena);
	arena_free(&player->instants[1].arena);
	arena_free(&player->report.arena);
	arena_free(&player->summary.arena);
	arena_free(&player->view.arena);
	arena_free(&player->view.scratch);
	arena_free(&player->arena);
	free(player);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = fuzz_copy(data, size, false);
	struct player *player = calloc(1, sizeof(*player));
	char error[64];
	int r;

	if (!player)
		abort();
	fuzz_fill(error, sizeof(error));
	r = replay_open_memory("input", bytes, size, &player->replay, error, sizeof(error));
	if (r == 0) {
		player->cols = COLS_LEAST + (int)(size % COLS_SPREAD);
		player->rows = ROWS_LEAST + (int)(size / 3 % ROWS_SPREAD);
		player->view.state = &player->state;
		player->view.history = &player->history;
		history_init(&player->history);
		ui_state_init(&player->state);
		play_all(player);
		replay_close(player->replay);
	} else {
		CHECK(memchr(error, '\0', sizeof(error)) && error[0]);
		CHECK(r == -ENODATA || r == -EBADMSG || r == -EPROTO);
	}
	free_player(player);
	free(bytes);
	return 0;
}
