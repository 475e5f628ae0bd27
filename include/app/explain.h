/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * --explain: the OOM reports in logs, explained.  Reads any number of bytes in constant memory;
 * no screen, no sampler, and nothing of this machine is looked at.
 */
#ifndef OOMWATCH_APP_EXPLAIN_H
#define OOMWATCH_APP_EXPLAIN_H

#include "app/options.h"

/**
 * Explain what is in options->files ("-", or none: standard input), to stdout.
 *
 * Returns the exit code: EXIT_FAILED if a file could not be read, after a line on stderr that
 * names it (the others are read all the same).  A file without a report is no failure; stderr
 * says so.
 */
int explain_run(const struct options *options);

#endif
