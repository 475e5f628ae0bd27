/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "app/opened.h"
#include "app/player.h"

/** Rows that the canvas has room for at first, at any width. */
#define CANVAS_ROWS_FIRST 16

int app_fail(const char *what, const char *name, int error)
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
		return app_fail(options->root ? "--root" : "--host", dir, r);
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
		return app_fail("--capture", dir, -errno);
	app->capture_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (app->capture_fd < 0)
		return app_fail("--capture", dir, -errno);
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

/* What all sources have in common. */
static int begin(struct app *app, const struct options *options)
{
	memset(app, 0, sizeof(*app));
	app->options = *options;
	app->root.fd = app->root.top_fd = app->root.proc_fd = app->root.capture_fd = -1;
	app->capture_fd = -1;
	app->handle = (struct handle)HANDLE_CLOSED;
	app->logfile = (struct logfile)LOGFILE_NONE;
	killlog_init(&app->killlog);
	app->wait_names = !interactive(options);
	app->one_tick = options->iterations == 1 ||
		(options->iterations == 0 && !options->batch && !options->json && !options->script);
	history_init(&app->history);
	init_state(app, options);
	app->view.state = &app->state;
	app->view.history = &app->history;
	app->view.killed = &app->killlog.kills;
	app->spare = &app->instants[0];
	app->canvas_room = (size_t)CANVAS_COLS_MAX * CANVAS_ROWS_FIRST;
	app->canvas.cells = calloc(app->canvas_room, sizeof(struct cell));
	app->canvas.ascii = app->state.ascii;
	return app->canvas.cells ? 0 : -ENOMEM;
}

/* What the log tells belongs to what is kept. */
static void on_line(int64_t uptime_ms, const char *line, size_t len, void *context)
{
	struct app *app = context;

	recorder_log(app->recorder, uptime_ms, line, len);
	if (app->blackbox)
		blackbox_log(app->blackbox, uptime_ms, line, len);
}

/* Without a black box the screen is as good, but for the past. */
static void open_blackbox(struct app *app)
{
	char dir[PATH_MAX];

	if (!interactive(&app->options) || app->options.no_black_box || !app->root.live)
		return;
	blackbox_default_dir(dir, sizeof(dir));
	if (blackbox_new(dir, &app->blackbox) < 0)
		app->blackbox = NULL;
}

static int open_kept(struct app *app)
{
	const struct options *options = &app->options;
	const int r = recorder_open(options->record, !interactive(options), &app->recorder);

	if (r < 0)
		return r;
	open_blackbox(app);
	app->killlog.line = on_line;
	app->killlog.line_context = app;
	return 0;
}

static enum killlog_use killlog_use(const struct options *options)
{
	if (interactive(options) || options->script)
		return KILLLOG_HISTORY;
	return options->json || options->record ? KILLLOG_LIVE : KILLLOG_OFF;
}

static int open_machine(struct app *app)
{
	const struct options *options = &app->options;
	const struct collect_options collect = {
		.thorough = options->root || (!interactive(options) && !options->check),
		.cmdlines = !options->capture || options->with_cmdlines,
		.all_names = !interactive(options),
		.identity = !options->root && !options->host,
		.raise_nofile = interactive(options),
	};
	int r = open_root(app);

	if (r < 0)
		return r;
	r = open_capture(app);
	if (r < 0)
		return r;
	r = logfile_open(&app->logfile, options->log);
	if (r < 0)
		return r;
	/* It forks, so before there are threads. */
	killlog_open(&app->killlog, &app->root, killlog_use(options));
	r = open_kept(app);
	if (r < 0)
		return r;
	r = collector_new(&app->root, &collect, &app->collector);
	return r < 0 ? app_fail("cannot start", NULL, r) : 0;
}

/* What was read from standard input leaves it at its end: keys come from the terminal, as in
 * less(1). */
static void take_keys_from_terminal(void)
{
	const int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	dup2(fd, STDIN_FILENO);
	close(fd);
}

static int open_file(struct app *app)
{
	const char *name = app->options.replay;
	struct replay *replay;
	char error[512];
	int r = replay_open(name, &replay, error, sizeof(error));

	if (r < 0) {
		fprintf(stderr, "oomwatch: --replay: %s\n", error);
		return r;
	}
	if (strcmp(name, "-") == 0 && interactive(&app->options))
		take_keys_from_terminal();
	r = player_new(app, replay, NULL);
	if (r < 0) {
		replay_close(replay);
		return app_fail("--replay", name, r);
	}
	if (!player_shows_something(app)) {
		fprintf(stderr,
			"oomwatch: --replay %s: neither a sample nor an OOM report of the kernel's "
			"in it\n",
			name);
		return -ENODATA;
	}
	return 0;
}

int app_open(struct app *app, const struct options *options)
{
	const int r = begin(app, options);

	if (r < 0)
		return app_fail("cannot start", NULL, r);
	return options->replay ? open_file(app) : open_machine(app);
}

int app_open_replay(
	struct app *app, const struct options *options, struct replay *replay, char *bytes)
{
	int r = begin(app, options);

	app->view.opened = true;
	if (r == 0)
		r = player_new(app, replay, bytes);
	if (r < 0) {
		replay_close(replay);
		free(bytes);
	}
	return r;
}

int app_close(struct app *app)
{
	const int r = recorder_close(app->recorder);

	opened_close(app);
	player_free(app);
	blackbox_free(app->blackbox);
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
	return r;
}
