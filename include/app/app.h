/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The program's state, and one tick of it: sample, analyse, swap.
 */
#ifndef OOMWATCH_APP_APP_H
#define OOMWATCH_APP_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "action/handle.h"
#include "analysis/summary.h"
#include "app/blackbox.h"
#include "app/killlog.h"
#include "app/logfile.h"
#include "app/options.h"
#include "app/recorder.h"
#include "collect/collector.h"
#include "collect/replay.h"
#include "collect/root.h"
#include "ui/canvas.h"
#include "ui/view.h"

/** One instant with what follows from it. */
struct instant {
	struct snapshot snapshot;
	struct summary summary;
};

struct player;

struct app {
	struct options options;
	struct root root;
	struct collector *collector;
	struct instant instants[2];
	struct instant *now;           /**< the last good one; NULL before the first */
	struct instant *spare;         /**< where the next one is made */
	const struct snapshot *before; /**< the sample before now; NULL: none, or overwritten */
	bool spare_sampled; /**< spare holds a sample whose analysis failed: that is tried again
	                            first, since sampling further would free what it points to */
	bool wait_names;    /**< a sample waits for user names and command lines */
	bool started;       /**< a recording's first tick has been read */
	bool one_tick;      /**< --capture writes one instant only */
	int captured;       /**< ticks written by --capture */
	int capture_fd;     /**< the --capture directory; -1 none */
	struct app *opened; /**< the past, over this one on the screen (app/opened); NULL */
	struct blackbox *blackbox; /**< of the interactive screen; NULL: none */
	struct recorder *recorder; /**< --record; NULL: none */
	uint64_t kept_kill;        /**< number of the newest kill that blackbox knows of */
	struct player *player;     /**< moments of a replay instead of a collector; NULL */
	struct handle handle;      /**< on the process that a prompt is open for (app/actor) */
	struct logfile logfile;
	struct killlog killlog; /**< the kernel's log, while a screen is shown */
	struct history history;
	struct ui_state state;
	struct view view;
	struct canvas canvas;
	size_t canvas_room; /**< cells that canvas.cells has room for */
};

/**
 * Open the root and make the collector.
 *
 * Returns 0, or -errno after one line on stderr.  app_close() frees what there is in
 * either case.
 */
int app_open(struct app *app, const struct options *options);

/**
 * The same for a replay, which is the app's afterwards, as bytes is (malloc'ed: what it reads;
 * NULL: a file).  Returns as app_open().
 */
int app_open_replay(
	struct app *app, const struct options *options, struct replay *replay, char *bytes);

/** Free all.  Returns 0, or -errno (said on stderr): a record could not be written whole. */
int app_close(struct app *app);

/** Say on stderr what failed, in one line ("WHAT NAME: why").  Returns error. */
int app_fail(const char *what, const char *name, int error);

/**
 * Take the next sample and analyse it.
 *
 * Returns 0; -ENODATA: the recording has no more ticks; -ENOMEM: the last good sample
 * stays and app->view.stale is set; other -errno: the capture could not be written, said
 * on stderr.
 */
int app_tick(struct app *app);

/** Read on in the kernel's log, and note on the view what it tells.  Returns whether it told
 * of a kill. */
bool app_read_log(struct app *app);

/** After a key: what is looked at for the first time and takes long is begun. */
void app_look(struct app *app);

/**
 * The scope changed: analyse the present sample again.
 *
 * Returns 0 or -ENOMEM: what was there stays, the next sample has the new scope.
 */
int app_judge(struct app *app);

/** After the first sample: user names of -u to numbers; -p must match something.
 * Returns 0, -EINVAL for a user that does not exist or -ENOENT for processes that do not,
 * after one line on stderr. */
int app_resolve_choice(struct app *app);

/** Make room on the canvas for a size; where memory is short it keeps what it has and cuts
 * the rows.  Nothing is allocated while the size does not grow. */
void app_fit_canvas(struct app *app, int cols, int *rows);

/** Sleep until the next sample is due; for runs without a terminal. */
void app_sleep(const struct app *app);

#endif
