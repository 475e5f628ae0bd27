/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The command line: one row of a table an option; usage, man page check and shell
 * completion follow it.
 */
#ifndef OOMWATCH_APP_OPTIONS_H
#define OOMWATCH_APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ui/canvas.h"
#include "ui/state.h"
#include "ui/tasklist.h"

/** Exit codes; --check has its own besides. */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1, /**< at run time */
	EXIT_USAGE = 2,  /**< the command line is wrong */
	EXIT_WARN = 10,
	EXIT_CRITICAL = 20,
};

/** Width of batch output without -w, as top has it. */
#define BATCH_COLS 512
#define BATCH_COLS_LEAST 20

struct options {
	bool batch;
	bool json;
	bool check;
	bool list_columns;
	bool help;
	bool version;
	bool with_cmdlines;
	bool only_shown;
	bool no_protect;
	bool read_only;
	bool restore_on_exit;
	bool ascii;
	bool no_color;
	bool filter_given;
	bool scope_given;
	bool no_black_box;
	bool explain;
	bool report;        /**< with explain: a text for an incident */
	int64_t iterations; /**< 0: no limit */
	int64_t delay_ms;
	bool delay_given;
	int width; /**< cells of batch output; 0: not given */
	const char *root;
	const char *host;
	const char *capture;
	const char *script;
	const char *log;
	const char *record;
	const char *replay;
	char **files; /**< of --explain; "-" is standard input */
	int n_files;
	const char *users[USERS_MAX]; /**< names or numbers, not resolved yet */
	unsigned n_users;
	struct list_choice choice; /**< sort, pids, filter */
	struct scope_choice scope;
};

/**
 * Read the command line.
 *
 * Returns 0, or -EINVAL after one line on stderr that names the option, the value and
 * what was expected.  *ret is to be used on success only; it points into argv.
 */
int options_parse(int argc, char *argv[], struct options *ret);

/** What --help prints. */
void options_usage(FILE *out);

/** What -O prints: id, unit and help of every column. */
void options_list_columns(FILE *out);

#endif
