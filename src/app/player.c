/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/player.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/report_snapshot.h"

/** Moments played before the one that is gone to: what slopes and levels look back at. */
#define LEAD 120

/** A kill and its report are told so far apart at most. */
#define SAME_KILL_MS 3000

struct player {
	struct replay *replay;
	char *bytes;               /**< what it reads, or NULL */
	int64_t number;            /**< of the moment that is shown; -1: none yet */
	int64_t noted;             /**< the kills of moments below this were noted */
	struct instant *last;      /**< the last sample; NULL: none yet */
	struct instant report;     /**< where reports are shown */
	struct history blank;      /**< a report has none */
	struct scope_choice scope; /**< what the user chose, while that of a report is shown */
	bool scope_kept;
	bool shows_report;
	bool failed; /**< for want of memory, while a report was being told */
	struct arena arena;
	struct explained explained;
};

int player_new(struct app *app, struct replay *replay, char *bytes)
{
	struct player *player = calloc(1, sizeof(*player));

	if (!player)
		return -ENOMEM;
	player->replay = replay;
	player->bytes = bytes;
	player->number = -1;
	app->player = player;
	app->view.ticks = replay_count(replay);
	return 0;
}

void player_free(struct app *app)
{
	struct player *player = app->player;

	if (!player)
		return;
	replay_close(player->replay);
	free(player->bytes);
	arena_free(&player->arena);
	arena_free(&player->report.snapshot.arena);
	arena_free(&player->report.summary.arena);
	free(player);
	app->player = NULL;
}

struct history *player_history(struct app *app)
{
	return app->player && app->player->shows_report ? &app->player->blank : &app->history;
}

/* What was foretold in the last sample before is what a kill is held against. */
static struct kill_moment moment_of(const struct app *app, int64_t uptime_ms)
{
	const struct instant *last = app->player->last;
	struct kill_moment moment = {
		.uptime_ms = uptime_ms,
		.time_ms = VALUE_UNKNOWN,
		.source = KILL_OF_LOG,
		.clear_ms = last ? last->snapshot.uptime_ms : VALUE_UNKNOWN,
	};

	if (!value_known(uptime_ms) && last)
		moment.uptime_ms = last->snapshot.uptime_ms;
	if (last && value_known(last->snapshot.time_ms))
		moment.time_ms = value_add(
			last->snapshot.time_ms, moment.uptime_ms - last->snapshot.uptime_ms);
	return moment;
}

static void on_report(const struct oom_report *report, void *context)
{
	struct app *app = context;
	struct player *player = app->player;
	const struct moment *moment = replay_moment(player->replay, player->number);
	const struct kill_moment when = moment_of(app, moment->uptime_ms);

	if (explain_report(report, &player->arena, &player->explained) < 0 ||
		report_snapshot(&player->explained, &player->report.snapshot, &app->state.scope) <
			0) {
		player->failed = true;
		return;
	}
	player->shows_report = true;
	player->report.snapshot.time_ms = when.time_ms;
	if (player->number >= player->noted)
		kills_add_report(&app->killlog.kills, report, &player->explained, &when);
}

static void on_kill(const struct killer_event *event, void *context)
{
	struct app *app = context;
	struct player *player = app->player;
	const struct moment *moment = replay_moment(player->replay, player->number);
	const struct kill_moment when = moment_of(app, moment->uptime_ms);

	if (player->number >= player->noted)
		kills_add_event(&app->killlog.kills, event, &when);
}

static void note_sample(struct app *app)
{
	struct kills *kills = &app->killlog.kills;

	kills_counted(kills, app->before, &app->now->snapshot, &app->now->summary, true);
	kills_foretell(kills, &app->now->snapshot, &app->now->summary);
}

static int show_sample(struct app *app)
{
	struct player *player = app->player;
	struct instant *fresh = app->spare;
	const struct snapshot *before = player->last ? &player->last->snapshot : NULL;
	int r;

	fresh->snapshot.tick = player->number + 1;
	history_add(&app->history, &fresh->snapshot);
	r = summary_make(
		&fresh->snapshot, before, &app->state.scope, &app->history, &fresh->summary);
	if (r < 0)
		return r;
	app->spare = player->last ? player->last : &app->instants[1];
	app->before = before;
	player->last = fresh;
	app->now = fresh;
	if (player->number >= player->noted)
		note_sample(app);
	return 0;
}

static int show_report(struct app *app)
{
	struct player *player = app->player;
	struct instant *report = &player->report;
	int r;

	report->snapshot.tick = player->number + 1;
	history_init(&player->blank);
	r = summary_make(
		&report->snapshot, NULL, &app->state.scope, &player->blank, &report->summary);
	if (r < 0)
		return r;
	app->before = NULL;
	app->now = report;
	return 0;
}

/* A report brings its own scope; afterwards there is the user's again. */
static void restore_scope(struct app *app)
{
	struct player *player = app->player;

	if (player->scope_kept)
		app->state.scope = player->scope;
	player->scope_kept = false;
}

static int play(struct app *app, int64_t number)
{
	const struct report_listener listener = { on_report, on_kill, app };
	struct player *player = app->player;
	const bool sample = replay_moment(player->replay, number)->kind == MOMENT_SAMPLE;
	int r;

	restore_scope(app);
	player->number = number;
	player->shows_report = player->failed = false;
	arena_reset(&player->arena);
	if (!sample) {
		player->scope = app->state.scope;
		player->scope_kept = true;
	}
	r = replay_read(player->replay, number, &app->spare->snapshot, &listener);
	if (r == 0 && player->failed)
		r = -ENOMEM;
	if (r == 0 && sample)
		r = show_sample(app);
	else if (r == 0 && player->shows_report)
		r = show_report(app);
	if (r == 0)
		player->noted = value_max(player->noted, number + 1);
	return r;
}

static void refuse(struct app *app, int error)
{
	const char *damage = replay_damage(app->player->replay);

	if (error == -EBADMSG && damage[0])
		ui_refuse(&app->state, "%s", damage);
	else
		ui_refuse(&app->state, "moment %lld cannot be shown: %s",
			(long long)app->player->number + 1, strerror(-error));
}

/* In the list of kills, the one that a report is about. */
static void select_kill(struct app *app)
{
	const struct kills *kills = &app->killlog.kills;
	const struct moment *moment = replay_moment(app->player->replay, app->player->number);

	for (unsigned i = 0; i < kills_count(kills); i++) {
		const struct kill *kill = kills_get(kills, i);

		if (kill->pid == moment->pid && value_known(kill->first_us) &&
			kill->first_us / 1000 == moment->uptime_ms)
			app->state.kill_number = kill->number;
	}
}

/* The row that a report is about, and its kill. */
static void select_killed(struct app *app)
{
	const struct snapshot *now = &app->now->snapshot;
	const struct task *task;

	if (now->told)
		select_kill(app);
	if (!now->told || now->told->victim >= now->n_tasks)
		return;
	task = &now->tasks[now->told->victim];
	(void)view_select_task(&app->view, task->pid, task->start_ticks);
}

static int show(struct app *app, int error)
{
	const struct player *player = app->player;

	app->view.now = app->now ? &app->now->snapshot : NULL;
	app->view.summary = app->now ? &app->now->summary : NULL;
	app->view.history = player_history(app);
	app->view.at_end = player->number + 1 >= replay_count(player->replay);
	if (error == 0)
		error = app->now ? view_update(&app->view) : -ENODATA;
	else
		refuse(app, error);
	if (error == 0)
		select_killed(app);
	return error;
}

static bool is_shown(const struct player *player, int64_t number)
{
	return replay_moment(player->replay, number)->kind != MOMENT_EVENT;
}

bool player_shows_something(const struct app *app)
{
	const struct player *player = app->player;

	for (int64_t i = 0; i < replay_count(player->replay); i++)
		if (is_shown(player, i))
			return true;
	return false;
}

/* What a userspace killer says is noted in passing. */
int player_tick(struct app *app)
{
	const struct player *player = app->player;
	const int64_t count = replay_count(player->replay);
	int r = 0;

	if (player->number + 1 >= count)
		return -ENODATA;
	do
		r = play(app, player->number + 1);
	while (r == 0 && !is_shown(player, player->number) && player->number + 1 < count);
	return show(app, r);
}

/* What is noted from sample to sample begins anew. */
static void forget(struct app *app)
{
	struct player *player = app->player;

	history_init(&app->history);
	app->view.noted_tick = 0;
	app->view.kills = 0;
	player->last = NULL;
	app->spare = &app->instants[0];
	app->now = NULL;
}

int player_go(struct app *app, int64_t number)
{
	int64_t from = value_max(number - LEAD, 0);
	int r = 0;

	forget(app);
	/* What is damaged on the way is passed over. */
	for (; from <= number && (r == 0 || r == -EBADMSG); from++)
		r = play(app, from);
	return show(app, r);
}

int player_back(struct app *app)
{
	int64_t number = app->player->number - 1;

	while (number >= 0 && !is_shown(app->player, number))
		number--;
	return number < 0 ? -ENODATA : player_go(app, number);
}

int64_t player_first_kill(const struct app *app)
{
	const struct replay *replay = app->player->replay;

	for (int64_t i = 0; i < replay_count(replay); i++)
		if (replay_moment(replay, i)->kind == MOMENT_REPORT)
			return i;
	return 0;
}

int64_t player_find(const struct app *app, const struct kill *kill)
{
	const struct replay *replay = app->player->replay;

	for (int64_t i = replay_count(replay) - 1; i >= 0; i--) {
		const struct moment *moment = replay_moment(replay, i);

		if (moment->kind == MOMENT_SAMPLE || moment->pid != kill->pid)
			continue;
		if (!value_known(moment->uptime_ms) ||
			llabs(moment->uptime_ms - kill->uptime_ms) <= SAME_KILL_MS)
			return i;
	}
	return -1;
}
