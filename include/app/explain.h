/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * --explain: the OOM reports in logs, explained.  Reads any number of bytes in constant memory;
 * no screen, no sampler, and nothing of this machine is looked at but, where nobody names a log,
 * its own.
 */
#ifndef OOMWATCH_APP_EXPLAIN_H
#define OOMWATCH_APP_EXPLAIN_H

#include "app/options.h"

/**
 * Explain what is in options->files ("-": standard input; also journal files and folders of
 * them), to stdout.  Without files: standard input, or, if that is a terminal, this machine's
 * journal, and where that cannot be read what its kernel still has in its log; stderr says which.
 *
 * Returns the exit code: EXIT_FAILED if a file could not be read, after a line on stderr that
 * names it (the others are read all the same).  A file without a report is no failure; stderr
 * says so.
 */
int explain_run(const struct options *options);

#endif
