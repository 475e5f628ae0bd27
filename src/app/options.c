/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "parse/nodes.h"

/** One option.  An apply function gets its argument (NULL if it takes none). */
struct option_row {
	const char *name;
	char letter;     /**< 0: none */
	const char *arg; /**< name of its argument; NULL: takes none */
	size_t offset;   /**< of the bool or const char * that it sets, if apply is NULL */
	int (*apply)(struct options *options, const char *arg);
	const char *help;
};

static int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int complain(const char *format, ...)
{
	va_list args;

	fputs("oomwatch: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("; see --help\n", stderr);
	return -EINVAL;
}

/** A whole number of decimal digits between least and most. */
static bool parse_whole(const char *arg, int64_t least, int64_t most, int64_t *ret)
{
	char *end;
	long long number;

	if (*arg < '0' || *arg > '9')
		return false;
	errno = 0;
	number = strtoll(arg, &end, 10);
	if (errno != 0 || *end != '\0' || number < least || number > most)
		return false;
	*ret = number;
	return true;
}

static int apply_iterations(struct options *options, const char *arg)
{
	if (!parse_whole(arg, 1, INT64_MAX, &options->iterations))
		return complain("--iterations: '%s' is not a number of samples (1 or more)", arg);
	return 0;
}

static int apply_delay(struct options *options, const char *arg)
{
	int64_t delay_ms;

	if (units_parse_ms(arg, &delay_ms) < 0 || delay_ms < DELAY_LEAST_MS ||
		delay_ms > DELAY_MOST_MS)
		return complain("--delay: '%s' is not a number of seconds (0.1 to 86400)", arg);
	options->delay_ms = delay_ms;
	options->delay_given = true;
	return 0;
}

static int apply_sort(struct options *options, const char *arg)
{
	const struct column *column;
	const char *name = arg + (*arg == '+' || *arg == '-');

	if (strcmp(arg, "help") == 0) {
		options->list_columns = true;
		return 0;
	}
	column = column_find(name);
	if (!column)
		return complain("--sort: no column '%s'; -O lists them", name);
	options->choice.sort = column;
	/* As in top: + is from high to low, - from low to high. */
	if (*arg == '+' || *arg == '-')
		options->choice.reverse = column->descending != (*arg == '+');
	return 0;
}

static int apply_pid(struct options *options, const char *arg)
{
	const char *at = arg;

	for (;;) {
		char number[16];
		const size_t len = strcspn(at, ",");
		int64_t pid;

		snprintf(number, sizeof(number), "%.*s", (int)(len < 15 ? len : 15), at);
		if (len > 15 || !parse_whole(number, 1, INT32_MAX, &pid))
			return complain(
				"--pid: '%s' is not a list of process numbers (PID[,PID...])", arg);
		if (options->choice.n_pids == PIDS_MAX)
			return complain("--pid: more than %d processes", PIDS_MAX);
		options->choice.pids[options->choice.n_pids++] = (int32_t)pid;
		if (at[len] == '\0')
			return 0;
		at += len + 1;
	}
}

static int apply_user(struct options *options, const char *arg)
{
	if (*arg == '\0')
		return complain("--user: '' is not a user name or number");
	if (options->n_users == USERS_MAX)
		return complain("--user: more than %d users", USERS_MAX);
	options->users[options->n_users++] = arg;
	return 0;
}

static int apply_filter(struct options *options, const char *arg)
{
	char error[160];

	options->filter_given = true;
	if (filter_parse(arg, &options->choice.filter, error, sizeof(error)) < 0)
		return complain("--filter: '%s': %s", arg, error);
	return 0;
}

/** The path of a cgroup as /proc/PID/cgroup spells it; blanks and colons belong to it. */
static int apply_scope_path(struct options *options, const char *arg, const char *path)
{
	size_t len = strlen(path);

	if (*path != '/')
		return complain(
			"--scope: '%s': the path begins with /, as in /proc/PID/cgroup", arg);
	while (len > 1 && path[len - 1] == '/')
		len--;
	if (len >= sizeof(options->scope.path))
		return complain("--scope: the path is longer than %d bytes", SCOPE_PATH_MAX - 1);
	options->scope.kind = SCOPE_MEMCG;
	memcpy(options->scope.path, path, len);
	options->scope.path[len] = '\0';
	return 0;
}

static int apply_scope_nodes(struct options *options, const char *arg, const char *list)
{
	struct node_set nodes;
	const int error = parse_node_list(list, strlen(list), &nodes);

	if (error == -ERANGE)
		return complain(
			"--scope: '%s': nodes are numbers from 0 to %d", arg, NODES_MAX - 1);
	if (error < 0)
		return complain(
			"--scope: '%s': expected numbers and ranges of nodes, as in nodes:0 or "
			"nodes:1-3,5",
			arg);
	options->scope.kind = SCOPE_NODES;
	options->scope.nodes = nodes;
	return 0;
}

static int apply_scope(struct options *options, const char *arg)
{
	static const char cgroup[] = "cgroup:", nodes[] = "nodes:";

	options->scope_given = true;
	memset(&options->scope, 0, sizeof(options->scope));
	if (strcmp(arg, "system") == 0) {
		options->scope.kind = SCOPE_SYSTEM;
		return 0;
	}
	if (strncmp(arg, cgroup, strlen(cgroup)) == 0)
		return apply_scope_path(options, arg, arg + strlen(cgroup));
	if (strncmp(arg, nodes, strlen(nodes)) == 0)
		return apply_scope_nodes(options, arg, arg + strlen(nodes));
	return complain("--scope: '%s' is none of system, cgroup:PATH and nodes:LIST", arg);
}

static int apply_width(struct options *options, const char *arg)
{
	int64_t cols;

	if (!parse_whole(arg, BATCH_COLS_LEAST, CANVAS_COLS_MAX, &cols))
		return complain("--width: '%s' is not a number of columns (%d to %d)", arg,
			BATCH_COLS_LEAST, CANVAS_COLS_MAX);
	options->width = (int)cols;
	return 0;
}

#define SETS(member) offsetof(struct options, member), NULL
#define APPLIES(function) 0, function

/* clang-format off */
static const struct option_row rows[] = {
	{ "batch",         'b', NULL,         SETS(batch),               "text frames on stdout, without a terminal" },
	{ "json",          0,   NULL,         SETS(json),                "one JSON object a sample, one a line" },
	{ "check",         0,   NULL,         SETS(check),               "the verdict in one line; exit 0 ok, 10 warn, 20 critical" },
	{ "iterations",    'n', "N",          APPLIES(apply_iterations), "stop after N samples" },
	{ "delay",         'd', "SECS",       APPLIES(apply_delay),      "seconds (htop: tenths) between samples, 0.1 or more; 1.0" },
	{ "sort",          'o', "FIELD",      APPLIES(apply_sort),       "sort by FIELD; +FIELD from high to low, -FIELD from low to high" },
	{ "list-columns",  'O', NULL,         SETS(list_columns),        "list the fields for --sort and --filter" },
	{ "pid",           'p', "PID[,PID]",  APPLIES(apply_pid),        "show only these processes" },
	{ "user",          'u', "USER",       APPLIES(apply_user),       "show only processes of this user (name or number)" },
	{ "filter",        0,   "EXPR",       APPLIES(apply_filter),     "show only what matches, e.g. 'mem>1G not user=root'" },
	{ "scope",         0,   "SCOPE",      APPLIES(apply_scope),      "whose OOM is foretold: system, cgroup:PATH at its limit, or nodes:LIST (0, 1-3,5)" },
	{ "width",         'w', "COLS",       APPLIES(apply_width),      "columns of batch output; 512" },
	{ "only-shown",    0,   NULL,         SETS(only_shown),          "in JSON only the processes that would be shown" },
	{ "root",          0,   "DIR",        SETS(root),                "read a recorded tree instead of this machine" },
	{ "host",          0,   "DIR",        SETS(host),                "live, but with /proc and /sys found below DIR" },
	{ "capture",       0,   "DIR",        SETS(capture),             "write a tree of this machine, -n ticks of it; 1" },
	{ "with-cmdlines", 0,   NULL,         SETS(with_cmdlines),       "with --capture: command lines too (they may hold secrets)" },
	{ "record",        0,   "FILE",       SETS(record),              "write the samples to FILE, for --replay" },
	{ "replay",        0,   "FILE",       SETS(replay),              "show a record, a black box or the OOM reports of a log; { and } move in time" },
	{ "explain",       0,   NULL,         SETS(explain),             "explain the OOM reports in FILEs (logs, journals), standard input, or this machine's log" },
	{ "report",        0,   NULL,         SETS(report),              "with --explain: short, to paste into an incident" },
	{ "script",        0,   "FILE",       SETS(script),              "run key presses from FILE, without a terminal" },
	{ "read-only",     0,   NULL,         SETS(read_only),           "no action can be taken: nothing is changed, killed or triggered" },
	{ "log",           0,   "FILE",       SETS(log),                 "append actions and messages to FILE" },
	{ "restore-on-exit", 0, NULL,         SETS(restore_on_exit),     "when leaving, undo every change of oom_score_adj" },
	{ "no-black-box",  0,   NULL,         SETS(no_black_box),        "keep no last ten minutes, and write no file when somebody is killed" },
	{ "no-protect",    0,   NULL,         SETS(no_protect),          "leave oomwatch's own oom_score_adj and memory alone" },
	{ "ascii",         0,   NULL,         SETS(ascii),               "plain ASCII screen" },
	{ "no-color",      0,   NULL,         SETS(no_color),            "no colours (as with NO_COLOR set)" },
	{ "help",          'h', NULL,         SETS(help),                "print this and exit" },
	{ "version",       'V', NULL,         SETS(version),             "print the version and exit" },
};
/* clang-format on */

/** getopt_long() returns this plus the row for options without a letter too. */
#define ROW_BASE 1000

static int apply_row(struct options *options, const struct option_row *row, const char *arg)
{
	char *member = (char *)options + row->offset;

	if (row->apply)
		return row->apply(options, arg);
	if (row->arg)
		*(const char **)(void *)member = arg;
	else
		*(bool *)(void *)member = true;
	return 0;
}

/** What getopt_long() stumbled over, as the user wrote it. */
static int complain_of(int found, char *argv[])
{
	const char *word = argv[optind - 1];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const bool this_one =
			optopt == ROW_BASE + (int)i || (rows[i].letter && optopt == rows[i].letter);

		if (this_one && found == ':')
			return complain(
				"option --%s needs an argument (%s)", rows[i].name, rows[i].arg);
		if (this_one && optopt >= ROW_BASE)
			return complain("option --%s takes no argument", rows[i].name);
	}
	if (optopt > 0 && optopt < 127)
		return complain("unknown option '-%c'", optopt);
	return complain("unknown option '%s'", word);
}

/** --batch and --json go together, as --json implies --batch; the other ways to run do not. */
static int check_ways(const struct options *options)
{
	const bool printed = options->batch || options->json;

	if (printed && options->script)
		return complain("--script cannot be used with --batch or --json");
	if (options->check && (printed || options->script))
		return complain("--check cannot be used with --batch, --json or --script");
	return 0;
}

static bool printed_only(const struct options *options)
{
	return options->batch || options->json || options->check;
}

/** What reads a log looks at no machine. */
static int check_explain(const struct options *options)
{
	const bool sampled = options->batch || options->check || options->script || options->root ||
		options->host || options->capture || options->record || options->replay ||
		options->iterations > 0 || options->delay_given || options->log;
	const bool chosen = options->choice.n_pids > 0 || options->n_users > 0 ||
		options->choice.sort || options->scope_given || options->filter_given ||
		options->only_shown || options->width > 0;

	if (options->report && !options->explain)
		return complain("--report is only of use with --explain");
	if (options->report && options->json)
		return complain("--report and --json are two forms of one thing");
	if (options->explain && (sampled || chosen))
		return complain(
			"--explain reads logs: of the other options only --json and --report go with it");
	return 0;
}

/** Options on acting, where nothing can be done or nobody is there to do it. */
static int check_acting(const struct options *options)
{
	const char *name = options->log ? "--log" : "--restore-on-exit";

	if (!options->log && !options->restore_on_exit)
		return 0;
	if (printed_only(options) || options->capture)
		return complain(
			"%s is only of use on the interactive screen and with --script", name);
	if (options->restore_on_exit && (options->root || options->replay || options->read_only))
		return complain("--restore-on-exit: with %s nothing is ever changed",
			options->root             ? "--root"
				: options->replay ? "--replay"
						  : "--read-only");
	return 0;
}

static bool stdout_is_free(const struct options *options)
{
	return (options->capture || options->script) && !options->batch && !options->json;
}

/** What goes with what was recorded, and what with recording it. */
static int check_replay(const struct options *options)
{
	const struct {
		const char *name;
		bool given;
	} others[] = {
		{ "--root", options->root },
		{ "--host", options->host },
		{ "--capture", options->capture },
		{ "--record", options->record },
		{ "--check", options->check },
		{ "--log", options->log },
	};

	for (size_t i = 0; options->replay && i < ARRAY_SIZE(others); i++)
		if (others[i].given)
			return complain("--replay and %s cannot be used together", others[i].name);
	if (options->record && options->check)
		return complain("--record cannot be used with --check");
	if (options->record && strcmp(options->record, "-") == 0 && !stdout_is_free(options))
		return complain("--record=-: standard output is taken; name a file");
	return 0;
}

static int check_together(const struct options *options)
{
	if (check_replay(options) < 0)
		return -EINVAL;
	if (options->root && options->host)
		return complain("--root and --host cannot be used together");
	if (options->root && options->capture)
		return complain("--capture records this machine: not with --root");
	if (check_explain(options) < 0 || check_ways(options) < 0 || check_acting(options) < 0)
		return -EINVAL;
	if (options->with_cmdlines && !options->capture)
		return complain("--with-cmdlines is only of use with --capture");
	if (options->only_shown && !options->json)
		return complain("--only-shown is only of use with --json");
	return 0;
}

/** What getopt_long() wants to know of the rows. */
struct getopt_rows {
	struct option longs[ARRAY_SIZE(rows) + 1];
	char letters[2 * ARRAY_SIZE(rows) + 2];
};

static void describe_rows(struct getopt_rows *ret)
{
	size_t n_letters = 0;

	memset(ret, 0, sizeof(*ret));
	ret->letters[n_letters++] = ':'; /* a missing argument is told from an unknown option */
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ret->longs[i].name = rows[i].name;
		ret->longs[i].has_arg = rows[i].arg ? required_argument : no_argument;
		ret->longs[i].val = ROW_BASE + (int)i;
		if (rows[i].letter)
			ret->letters[n_letters++] = rows[i].letter;
		if (rows[i].letter && rows[i].arg)
			ret->letters[n_letters++] = ':';
	}
}

/** The row that getopt_long() found, or NULL for its ':' and '?'. */
static const struct option_row *row_of(int found)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (found == ROW_BASE + (int)i || (rows[i].letter && found == rows[i].letter))
			return &rows[i];
	return NULL;
}

int options_parse(int argc, char *argv[], struct options *ret)
{
	struct getopt_rows known;
	int found;

	memset(ret, 0, sizeof(*ret));
	ret->delay_ms = DELAY_DEFAULT_MS;
	describe_rows(&known);
	opterr = 0;
	while ((found = getopt_long(argc, argv, known.letters, known.longs, NULL)) != -1) {
		const struct option_row *row = row_of(found);

		if (!row)
			return complain_of(found, argv);
		if (apply_row(ret, row, optarg) < 0)
			return -EINVAL;
	}
	if (optind < argc && !ret->explain)
		return complain("unexpected argument '%s'", argv[optind]);
	ret->files = argv + optind;
	ret->n_files = argc - optind;
	return check_together(ret);
}

void options_usage(FILE *out)
{
	fputs("Usage: oomwatch [OPTION]...\n"
	      "       oomwatch --explain [--json | --report] [FILE]...\n"
	      "Watch how close this machine is to running out of memory, whom the kernel's OOM\n"
	      "killer would take, and why.  Without options: the interactive screen; F1 is help.\n\n",
		out);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char left[48];

		snprintf(left, sizeof(left), "%c%c%s --%s%s%s", rows[i].letter ? '-' : ' ',
			rows[i].letter ? rows[i].letter : ' ', rows[i].letter ? "," : " ",
			rows[i].name, rows[i].arg ? "=" : "", rows[i].arg ? rows[i].arg : "");
		fprintf(out, "  %-26s %s\n", left, rows[i].help);
	}
	fputs("\nExit codes: 0 done, 1 failed, 2 wrong command line; --check: 0 ok, 10 warn, 20 critical.\n",
		out);
}

void options_list_columns(FILE *out)
{
	unsigned count;
	const struct column *columns = columns_all(&count);

	for (unsigned i = 0; i < count; i++)
		fprintf(out, "%-10s %-10s %-12s %s\n", columns[i].id, columns[i].title,
			columns[i].unit, columns[i].help);
}
