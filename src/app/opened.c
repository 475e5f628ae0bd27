/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/opened.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/player.h"
#include "ui/killed.h"

struct app *opened_top(struct app *app)
{
	return app->opened ? app->opened : app;
}

void opened_close(struct app *app)
{
	if (!app->opened)
		return;
	(void)app_close(app->opened);
	free(app->opened);
	app->opened = NULL;
}

/* What the user chose on the live screen holds there too, but not the scope. */
static struct app *make(struct app *app, char *bytes, size_t len)
{
	struct options options = app->options;
	struct app *opened = calloc(1, sizeof(*opened));
	struct replay *replay;
	char error[256];

	memset(&options.scope, 0, sizeof(options.scope));
	options.script = NULL;
	if (!opened ||
		replay_open_memory("black box", bytes, len, &replay, error, sizeof(error)) < 0) {
		free(bytes);
		free(opened);
		return NULL;
	}
	if (app_open_replay(opened, &options, replay, bytes) < 0) {
		(void)app_close(opened);
		free(opened);
		return NULL;
	}
	opened->view.utc_offset_s = app->view.utc_offset_s;
	opened->state.choice.sort = app->state.choice.sort;
	opened->state.ascii = opened->canvas.ascii = app->state.ascii;
	return opened;
}

/* Bytes are made's afterwards.  kill NULL: the last moment. */
static bool open_at(struct app *app, char *bytes, size_t len, const struct kill *kill)
{
	struct app *opened = bytes ? make(app, bytes, len) : NULL;
	int64_t number;

	if (!opened)
		return false;
	number = kill ? player_find(opened, kill) : opened->view.ticks - 1;
	if (number < 0 || player_go(opened, number) < 0 || !opened->now) {
		(void)app_close(opened);
		free(opened);
		return false;
	}
	opened_close(app);
	app->opened = opened;
	ui_hint(&opened->state, "the past: { back, } forth, e explains, q or Esc: back to now");
	return true;
}

static bool open_kept(struct app *app, const struct kill *kill)
{
	size_t len = 0;
	char *bytes = app->blackbox ? blackbox_copy(app->blackbox, &len) : NULL;

	return open_at(app, bytes, len, kill);
}

/* The log itself knows of no samples. */
static bool open_logged(struct app *app, const struct kill *kill, const char **ret_why)
{
	size_t len = 0;
	char *bytes = killlog_text(&app->killlog, kill, &len, ret_why);

	return open_at(app, bytes, len, kill);
}

static void open_kill(struct app *app)
{
	struct app *top = opened_top(app);
	const struct kill *kill = killed_selected(&top->view);
	const char *why = "it cannot be shown as the machine was: this is what is known";
	int64_t number;

	if (!kill)
		return;
	if (!top->player) {
		if (!open_kept(app, kill) && !open_logged(app, kill, &why)) {
			(void)killed_explain(&top->view);
			ui_hint(&top->state, "%s", why);
		}
		return;
	}
	number = player_find(top, kill);
	if (number < 0 || player_go(top, number) < 0) {
		ui_refuse(&top->state, "the recording has no report of it");
		return;
	}
	top->state.tab = TAB_MAIN;
}

static void go_back(struct app *app)
{
	struct app *top = opened_top(app);

	if (top->player) {
		if (player_back(top) == -ENODATA)
			ui_hint(&top->state, "this is the first moment");
		return;
	}
	if (!app->root.live)
		ui_refuse(&app->state, "a recorded tree goes forward alone: } or wait");
	else if (!open_kept(app, NULL))
		ui_refuse(&app->state, "there is nothing to look back at: no black box is kept");
}

static void go_forth(struct app *app)
{
	struct app *top = opened_top(app);
	int r;

	if (!top->player && app->root.live) {
		ui_refuse(&app->state, "this is now: { goes back");
		return;
	}
	r = app_tick(top);
	if (r == -ENODATA) {
		top->view.at_end = true;
		ui_hint(&top->state, "this is the last moment");
	}
}

void opened_follow(struct app *app, unsigned reaction)
{
	if (reaction & REACT_LEAVE)
		opened_close(app);
	if (reaction & REACT_OPEN)
		open_kill(app);
	if (reaction & REACT_BACK)
		go_back(app);
	if (reaction & REACT_FORTH)
		go_forth(app);
}

void opened_note(struct app *app)
{
	struct ui_state *above = app->opened ? &app->opened->state : NULL;

	if (above && app->state.message_bad && app->state.message[0] && !above->message[0] &&
		above->prompt == PROMPT_NONE)
		ui_refuse(above, "now: %s", app->state.message);
}
