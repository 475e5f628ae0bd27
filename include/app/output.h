/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What goes to stdout where there is no screen: text frames, JSON, the verdict.
 */
#ifndef OOMWATCH_APP_OUTPUT_H
#define OOMWATCH_APP_OUTPUT_H

#include "app/app.h"

/**
 * Run the mode that the options ask for: --batch, --json, --check or --capture alone.
 * Returns the exit code.
 */
int output_run(struct app *app);

/** One sample as a line of JSON (interface.md).  0, or -errno of writing (-EPIPE too). */
int output_json(const struct app *app);

/** One text frame.  0, or -errno of writing. */
int output_frame(struct app *app);

#endif
