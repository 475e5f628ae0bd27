/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/app.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/** How long batch and JSON wait for user names and command lines at most. */
#define IDENTITY_WAIT_MS 1000

/** Rows that the canvas has room for at first, at any width. */
#define CANVAS_ROWS_FIRST 16

static int fail(const char *what, const char *name, int error)
{
	fprintf(stderr, "oomwatch: %s%s%s: %s\n", what, name ? " " : "", name ? name : "",
		strerror(-error));
	return error;
}

static int open_root(struct app *app)
{
	const struct options *options = &app->options;
	const char *dir = options->root ? options->root : options->host ? options->host : "/";
	const int r = options->root ? root_open_recorded(&app->root, dir)
				    : root_open_live(&app->root, dir);

	if (r == -ENOENT && options->root && access(options->root, F_OK) == 0) {
		fprintf(stderr, "oomwatch: --root %s: holds neither proc nor tick-0001\n",
			options->root);
		return r;
	}
	if (r < 0)
		return fail(options->root ? "--root" : "--host", dir, r);
	if (app->root.proc_fd < 0 && app->root.live) {
		fprintf(stderr, "oomwatch: %s: no proc below it (is /proc mounted?)\n",
			app->root.name);
		return -ENOENT;
	}
	return 0;
}

static int open_capture(struct app *app)
{
	const char *dir = app->options.capture;

	if (!dir)
		return 0;
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return fail("--capture", dir, -errno);
	app->capture_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (app->capture_fd < 0)
		return fail("--capture", dir, -errno);
	if (faccessat(app->capture_fd, "proc", F_OK, 0) == 0 ||
		faccessat(app->capture_fd, "tick-0001", F_OK, 0) == 0) {
		fprintf(stderr, "oomwatch: --capture %s: there is a recording already\n", dir);
		return -EEXIST;
	}
	return 0;
}

static bool interactive(const struct options *options)
{
	return !options->batch && !options->json && !options->check && !options->script &&
		!options->capture;
}

static void init_state(struct app *app, const struct options *options)
{
	struct ui_state *state = &app->state;
	char error[160];

	ui_state_init(state);
	state->delay_ms = options->delay_ms;
	state->ascii = options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	state->read_only = options->read_only;
	state->keep_all = options->restore_on_exit;
	state->scope = options->scope;
	state->choice = options->choice;
	/* A filter points into itself, so the copy is parsed again. */
	memset(&state->choice.filter, 0, sizeof(state->choice.filter));
	(void)filter_parse(
		options->choice.filter.source, &state->choice.filter, error, sizeof(error));
}

int app_open(struct app *app, const struct options *options)
{
	const struct collect_options collect = {
		.thorough = options->root || (!interactive(options) && !options->check),
		.cmdlines = !options->capture || options->with_cmdlines,
		.all_names = !interactive(options),
		.identity = !options->root && !options->host,
		.raise_nofile = interactive(options),
	};
	int r;

	memset(app, 0, sizeof(*app));
	app->options = *options;
	app->root.fd = app->root.top_fd = app->root.proc_fd = app->root.capture_fd = -1;
	app->capture_fd = -1;
	app->handle = (struct handle)HANDLE_CLOSED;
	app->logfile = (struct logfile)LOGFILE_NONE;
	app->killlog.kmsg = (struct kmsg)KMSG_CLOSED;
	app->wait_names = !interactive(options);
	app->one_tick = options->iterations == 1 ||
		(options->iterations == 0 && !options->batch && !options->json && !options->script);
	history_init(&app->history);
	init_state(app, options);
	app->view.state = &app->state;
	app->view.history = &app->history;
	app->spare = &app->instants[0];

	r = open_root(app);
	if (r < 0)
		return r;
	r = open_capture(app);
	if (r < 0)
		return r;
	r = logfile_open(&app->logfile, options->log);
	if (r < 0)
		return r;
	r = collector_new(&app->root, &collect, &app->collector);
	if (r < 0)
		return fail("cannot start", NULL, r);
	killlog_open(&app->killlog, &app->root, interactive(options) || options->script);
	app->view.killed = &app->killlog.kills;
	app->canvas_room = (size_t)CANVAS_COLS_MAX * CANVAS_ROWS_FIRST;
	app->canvas.cells = calloc(app->canvas_room, sizeof(struct cell));
	if (!app->canvas.cells)
		return fail("cannot start", NULL, -ENOMEM);
	app->canvas.ascii = app->state.ascii;
	return 0;
}

void app_close(struct app *app)
{
	collector_free(app->collector);
	killlog_close(&app->killlog);
	root_close(&app->root);
	if (app->capture_fd >= 0)
		close(app->capture_fd);
	for (size_t i = 0; i < ARRAY_SIZE(app->instants); i++) {
		arena_free(&app->instants[i].snapshot.arena);
		arena_free(&app->instants[i].summary.arena);
	}
	handle_close(&app->handle);
	logfile_close(&app->logfile);
	arena_free(&app->view.arena);
	arena_free(&app->view.scratch);
	free(app->canvas.cells);
}

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
		return fail("--capture", app->options.capture, r);
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
		return fail(app->capture_fd >= 0 ? "--capture" : "cannot sample",
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

/* The log is read after a sample, and what that foretold comes in last: a kill that is told now
 * is held against the samples before. */
static void follow_log(struct app *app)
{
	struct killlog *killlog = &app->killlog;
	struct snapshot *now = &app->now->snapshot;

	if (!killlog->read)
		return;
	(void)killlog_read(killlog, now);
	now->facts[FACT_KMSG] = killlog->kmsg.state;
	kills_foretell(&killlog->kills, now, &app->now->summary);
}

int app_tick(struct app *app)
{
	const struct snapshot *before = app->now ? &app->now->snapshot : NULL;
	int r = 0;

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
		follow_log(app);
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
	app->now->snapshot.facts[FACT_KMSG] = app->killlog.kmsg.state;
	(void)view_update(&app->view);
	return true;
}

/* The summary is made beside the one that is shown, which stays if there is no memory. */
int app_judge(struct app *app)
{
	struct summary *made = &app->spare->summary;
	struct summary shown;
	int r;

	if (!app->now)
		return 0;
	r = summary_make(&app->now->snapshot, app->before, &app->state.scope, &app->history, made);
	if (r < 0) {
		ui_refuse(&app->state, "not enough memory to judge that: the next sample will");
		return r;
	}
	shown = app->now->summary;
	app->now->summary = *made;
	*made = shown;
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
