/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/app.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/player.h"

/** How long batch and JSON wait for user names and command lines at most. */
#define IDENTITY_WAIT_MS 1000

/** Local time for the clock on the screen; recordings are shown in UTC, so that a test
 * or a colleague elsewhere sees the same. */
static void set_clock(struct app *app)
{
	const time_t now = time(NULL);
	struct tm local;

	app->view.utc_offset_s = 0;
	if (app->root.live && localtime_r(&now, &local))
		app->view.utc_offset_s = (int32_t)local.tm_gmtoff;
}

/* One instant stands in DIR itself, several in folders of their own. */
static int begin_capture(struct app *app)
{
	const int number = app->one_tick ? 0 : app->captured + 1;
	const int r = collector_capture_tick(app->collector, app->capture_fd, number);

	if (r < 0)
		return app_fail("--capture", app->options.capture, r);
	app->captured++;
	return 0;
}

static int sample(struct app *app)
{
	const struct scope_choice *scope = &app->state.scope;
	int r = app->capture_fd >= 0 ? begin_capture(app) : 0;

	if (r < 0)
		return r;
	if (!app->root.live && app->started) {
		r = root_next(&app->root);
		if (r < 0)
			return r;
	}
	app->started = true;
	app->before = NULL;
	collector_want_scope(app->collector, scope->kind == SCOPE_MEMCG ? scope->path : "");
	r = collector_tick(app->collector, &app->spare->snapshot);
	if (r < 0 && r != -ENOMEM)
		return app_fail(app->capture_fd >= 0 ? "--capture" : "cannot sample",
			app->options.capture, r);
	if (r == 0 && app->wait_names)
		collector_wait_identity(app->collector, IDENTITY_WAIT_MS);
	return r;
}

/** Tell the collector whose figures must be fresh in the next tick. */
static void want_first(struct app *app)
{
	const struct snapshot *now = &app->now->snapshot;
	const struct killer_view *killers = app->now->summary.killers;
	const struct oom *oom = &app->now->summary.oom;

	for (uint32_t i = 0; i < oom->n_order && i < 64; i++)
		collector_want(app->collector, &now->tasks[oom->order[i]]);
	for (uint32_t i = 0; killers && i < now->n_killers; i++)
		if (killers[i].victim != NO_TASK)
			collector_want(app->collector, &now->tasks[killers[i].victim]);
	if (oom->first != NO_TASK)
		collector_compare_with(app->collector, &now->tasks[oom->first]);
}

static void show(struct app *app)
{
	struct instant *fresh = app->spare;

	app->before = app->now ? &app->now->snapshot : NULL;
	app->spare = app->now ? app->now : &app->instants[1];
	app->now = fresh;
	app->view.now = &fresh->snapshot;
	app->view.summary = &fresh->summary;
	app->view.stale = false;
	app->view.at_end = !app->root.live && app->root.tick >= app->root.ticks;
	app->view.ticks = app->root.ticks;
	want_first(app);
}

static void say(struct app *app, bool bad, const char *words)
{
	ui_log(&app->state, app->now->snapshot.time_ms, "%s", words);
	if (bad)
		view_show_note(&app->view, true);
}

/* Whoever is killed from now on, by whomever: what led to it is kept. */
static void keep_kills(struct app *app)
{
	const struct kills *kills = &app->killlog.kills;

	for (unsigned i = 0; app->blackbox && i < kills_count(kills); i++) {
		const struct kill *kill = kills_get(kills, i);

		if (kill->number > app->kept_kill && !kill->before)
			blackbox_dump(app->blackbox, kill->time_ms);
	}
	app->kept_kill = kills->total;
}

static void keep(struct app *app)
{
	const struct snapshot *now = &app->now->snapshot;
	char words[256];
	bool bad;

	recorder_add(app->recorder, now);
	if (recorder_said(app->recorder, words, sizeof(words)))
		say(app, true, words);
	if (app->blackbox) {
		blackbox_add(app->blackbox, now, &app->now->summary);
		if (blackbox_said(app->blackbox, words, sizeof(words), &bad))
			say(app, bad, words);
	}
	killlog_tick(&app->killlog, app->before, &app->now->snapshot, &app->now->summary);
	keep_kills(app);
}

int app_tick(struct app *app)
{
	const struct snapshot *before = app->now ? &app->now->snapshot : NULL;
	int r = 0;

	if (app->player)
		return player_tick(app);
	set_clock(app);
	if (!app->spare_sampled) {
		r = sample(app);
		app->spare_sampled = r == 0;
		if (r == 0)
			history_add(&app->history, &app->spare->snapshot);
	}
	if (r == 0)
		r = summary_make(&app->spare->snapshot, before, &app->state.scope, &app->history,
			&app->spare->summary);
	if (r == 0) {
		app->spare_sampled = false;
		show(app);
		keep(app);
		r = view_update(&app->view);
	}
	if (r == -ENOMEM && app->now && !app->view.stale) {
		app->view.stale = true;
		app->view.stale_since_ms = app->now->snapshot.uptime_ms;
	}
	return r;
}

bool app_read_log(struct app *app)
{
	if (!app->now || !killlog_read(&app->killlog, &app->now->snapshot))
		return false;
	keep_kills(app);
	(void)view_update(&app->view);
	return true;
}

void app_look(struct app *app)
{
	if (app->state.tab == TAB_KILLS)
		killlog_want_history(&app->killlog);
}

/* The summary is made beside the one that is shown, which stays if there is no memory. */
int app_judge(struct app *app)
{
	struct summary *made = &app->spare->summary;
	struct summary shown;
	int r;

	if (!app->now)
		return 0;
	r = summary_make(
		&app->now->snapshot, app->before, &app->state.scope, player_history(app), made);
	if (r < 0) {
		ui_refuse(&app->state, "not enough memory to judge that: the next sample will");
		return r;
	}
	shown = app->now->summary;
	app->now->summary = *made;
	*made = shown;
	if (app->collector)
		want_first(app);
	return view_update(&app->view);
}

static bool user_matches(const struct task *task, const char *name, const char *number)
{
	if (!(task->has & TASK_HAS_UID))
		return false;
	if (task->who->user && strcmp(task->who->user, name) == 0)
		return true;
	return strcmp(number, name) == 0;
}

/** The number of a user: from the processes seen, else from this machine's users. */
static bool find_user(const struct app *app, const char *name, uint32_t *ret_uid)
{
	const struct snapshot *now = &app->now->snapshot;
	char *end;
	unsigned long number;

	for (uint32_t i = 0; i < now->n_tasks; i++) {
		char digits[16];

		snprintf(digits, sizeof(digits), "%u", now->tasks[i].uid);
		if (user_matches(&now->tasks[i], name, digits)) {
			*ret_uid = now->tasks[i].uid;
			return true;
		}
	}
	errno = 0;
	number = strtoul(name, &end, 10);
	if (*name >= '0' && *name <= '9' && *end == '\0' && errno == 0 && number < UINT32_MAX) {
		*ret_uid = (uint32_t)number;
		return true;
	}
	if (app->root.live && !app->root.host) {
		const struct passwd *entry = getpwnam(name);

		if (entry)
			*ret_uid = entry->pw_uid;
		return entry;
	}
	return false;
}

static bool any_pid_seen(const struct app *app)
{
	const struct list_choice *choice = &app->state.choice;
	const struct snapshot *now = &app->now->snapshot;

	for (uint32_t i = 0; i < now->n_tasks; i++)
		for (unsigned k = 0; k < choice->n_pids; k++)
			if (now->tasks[i].pid == choice->pids[k])
				return true;
	return choice->n_pids == 0;
}

int app_resolve_choice(struct app *app)
{
	struct list_choice *choice = &app->state.choice;

	for (unsigned i = 0; i < app->options.n_users; i++) {
		if (!find_user(app, app->options.users[i], &choice->uids[choice->n_uids])) {
			fprintf(stderr, "oomwatch: --user: no user '%s' here\n",
				app->options.users[i]);
			return -EINVAL;
		}
		choice->n_uids++;
		snprintf(choice->user, sizeof(choice->user), "%s", app->options.users[i]);
	}
	if (!any_pid_seen(app)) {
		fputs("oomwatch: --pid: no process with such a number\n", stderr);
		return -ENOENT;
	}
	return view_update(&app->view);
}

void app_fit_canvas(struct app *app, int cols, int *rows)
{
	const size_t need = (size_t)cols * (size_t)*rows;
	struct cell *cells;

	if (need <= app->canvas_room)
		return;
	cells = realloc(app->canvas.cells, need * sizeof(*cells));
	if (cells) {
		app->canvas.cells = cells;
		app->canvas_room = need;
	} else {
		*rows = (int)(app->canvas_room / (size_t)cols);
	}
}

void app_sleep(const struct app *app)
{
	struct timespec rest = {
		.tv_sec = app->state.delay_ms / 1000,
		.tv_nsec = app->state.delay_ms % 1000 * 1000000,
	};

	/* A recording's time is its own: nothing to wait for. */
	if (!app->root.live)
		return;
	while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
		;
}
