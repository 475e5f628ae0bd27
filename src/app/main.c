/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * oomwatch: how close is this machine to running out of memory, whom will the kernel
 * kill, and why?
 *
 * The map of the sources, in the direction in which the data flows:
 *
 * - collect: root (the only door to files), tasks_proc (the processes), collector (one
 *   tick), proctab (what is kept of a process between ticks), identity (who it is,
 *   through libproc2), cgroups (memory cgroups and their limits), capture (the bytes
 *   read, written to a tree), kmsg (the kernel's log as it grows), journal (the same and more
 *   from systemd's), victim_marks (the kernel's tracepoint), replay (what was recorded)
 * - parse: bytes to plain structs, and for records back; scan is the cursor of all parsers
 * - model: snapshot (all that was seen at one instant), members (its numbers by name), kernel
 *   (what this kernel does: the only place that knows versions), facts (what may be lacking)
 * - analysis: badness, scope (whose OOM), victim, zones, account, reclaim, risk, memcgs (each
 *   cgroup judged), nodesets (each set of NUMA nodes), killers (each userspace killer), verdict
 *   (the sentences); summary runs them all
 * - analysis, of what has been: explain (an OOM report: why, whom, by which rule),
 *   report_snapshot (the machine as a report shows it), kept (what the black box keeps)
 * - analysis, of what one may do: plan (an action before it is one), changes (undo), verify
 *   (did what was foretold happen?), kills (what the log tells, held against that)
 * - action: handle (a hold on one process), perform, release
 * - ui: view (what is shown, and what a key does), layout and panel_*, columns,
 *   commands, actions (from a key to a confirmed plan), scopes, grouplist, filter,
 *   canvas (the grid of cells that a screen or a test reads)
 * - app: this file; options, app (one tick), actor (acts for the screen), loop and
 *   screen_curses (the terminal), killlog (kills as they happen), blackbox and recorder (what
 *   is kept), player (what was kept, as samples), opened (the past over the live screen),
 *   logfile, script, output (batch, JSON, check), protect (surviving), explain (--explain)
 * - base: arena, text, units, ring, sort, json
 *
 * ARCHITECTURE.md says which layer may include which.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "app/app.h"
#include "app/explain.h"
#include "app/loop.h"
#include "app/options.h"
#include "app/output.h"
#include "app/protect.h"
#include "app/script.h"

static int run(const struct options *options)
{
	static struct app app;
	int code = EXIT_FAILED;

	if (app_open(&app, options) == 0) {
		if (options->script)
			code = script_run(&app);
		else if (options->batch || options->json || options->check || options->capture)
			code = output_run(&app);
		else
			code = loop_run(&app);
	}
	if (app_close(&app) < 0 && code == EXIT_DONE)
		code = EXIT_FAILED;
	return code;
}

int main(int argc, char *argv[])
{
	static struct options options;

	/* Only this: numbers stay in the C locale. */
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	if (options_parse(argc, argv, &options) < 0)
		return EXIT_USAGE;
	if (options.help) {
		options_usage(stdout);
		return EXIT_DONE;
	}
	if (options.version) {
		puts(PACKAGE_STRING);
		return EXIT_DONE;
	}
	if (options.list_columns) {
		options_list_columns(stdout);
		return EXIT_DONE;
	}
	if (options.explain)
		return explain_run(&options);
	protect_early();
	return run(&options);
}
