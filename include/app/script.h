/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The program driven by a script instead of a terminal (--script; interface.md).
 */
#ifndef OOMWATCH_APP_SCRIPT_H
#define OOMWATCH_APP_SCRIPT_H

#include "app/app.h"

/** Run the script that the options name.  Returns the exit code. */
int script_run(struct app *app);

#endif
