/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The interactive screen: waits for keys, the clock and signals, and never for anything
 * else.
 */
#ifndef OOMWATCH_APP_LOOP_H
#define OOMWATCH_APP_LOOP_H

#include "app/app.h"

/** Run until the user leaves.  Returns the exit code. */
int loop_run(struct app *app);

#endif
