/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The terminal.  Drawing never waits for it: what a frame sends is kept in memory and
 * written as far as the terminal takes it; while something is left, frames are skipped.
 */
#ifndef OOMWATCH_APP_SCREEN_H
#define OOMWATCH_APP_SCREEN_H

#include <stdbool.h>

#include "ui/canvas.h"

struct screen;

/**
 * Take over the terminal of stdin and stdout.
 *
 * Returns 0, or -errno after one line on stderr; -ENOTTY where there is no terminal.
 */
int screen_open(bool color, struct screen **ret);

/** Give the terminal back as it was; accepts NULL. */
void screen_close(struct screen *screen);

/** The size now, also after a change of it. */
void screen_size(struct screen *screen, int *ret_cols, int *ret_rows);

/** Bring the terminal to show the canvas; only cells that changed are sent.  False if the
 * frame was skipped because the one before is still on its way. */
bool screen_draw(struct screen *screen, const struct canvas *canvas);

/** Forget what the terminal shows: the next frame is sent whole. */
void screen_forget(struct screen *screen);

/** Write what is pending, without waiting.  True if something is left. */
bool screen_flush(struct screen *screen);

/** The descriptor to poll for writing while something is left. */
int screen_fd(const struct screen *screen);

/** The next key (ui/keys.h), or KEY_NONE.  Never waits. */
int screen_key(struct screen *screen);

/** Give the terminal back while the program is stopped, and take it again. */
void screen_suspend(struct screen *screen);
void screen_resume(struct screen *screen);

#endif
