/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ui/panels.h"

/** Rows of the header block of a text frame: verdict, then evidence. */
#define VERDICT_ROWS 4
#define EVIDENCE_ROWS 8

static int write_row(const struct canvas *canvas, int row)
{
	char line[CANVAS_COLS_MAX * 4 + 2];
	const size_t len = canvas_row_text(canvas, row, line, sizeof(line) - 1);

	line[len] = '\n';
	return fwrite(line, 1, len + 1, stdout) == len + 1 ? 0 : -EIO;
}

/** Draw one panel on a canvas of its own size and print the rows that hold something. */
static void write_panel(struct app *app, int cols, int rows,
	void (*draw)(struct view *, struct canvas *, struct rect))
{
	canvas_clear(&app->canvas, cols, rows);
	draw(&app->view, &app->canvas, (struct rect){ 0, 0, cols, rows });
	for (int row = 0; row < rows; row++) {
		char line[CANVAS_COLS_MAX * 4 + 1];

		if (canvas_row_text(&app->canvas, row, line, sizeof(line)) > 0)
			(void)write_row(&app->canvas, row);
	}
}

static void write_scope(struct app *app, int cols)
{
	char buf[512];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (!tasks_scope_words(&app->view, &text))
		return;
	canvas_clear(&app->canvas, cols, 1);
	canvas_text(&app->canvas, 0, 0, cols, STYLE_NORMAL, buf);
	(void)write_row(&app->canvas, 0);
}

int output_frame(struct app *app)
{
	const struct tasklist *list = &app->view.list;
	const int cols = app->options.width ? app->options.width : BATCH_COLS;
	/* The header block is prose: wider than this nobody reads it. */
	const int head_cols = cols < 160 ? cols : 160;

	write_panel(app, head_cols, VERDICT_ROWS, panel_verdict);
	write_panel(app, head_cols, EVIDENCE_ROWS, panel_evidence);
	fputc('\n', stdout);
	write_scope(app, cols);
	canvas_clear(&app->canvas, cols, 1);
	tasks_draw_header(&app->view, &app->canvas, (struct rect){ 0, 0, cols, 1 });
	(void)write_row(&app->canvas, 0);
	for (uint32_t i = 0; i < list->n_rows; i++) {
		canvas_clear(&app->canvas, cols, 1);
		tasks_draw_row(
			&app->view, &app->canvas, (struct rect){ 0, 0, cols, 1 }, list->rows[i]);
		(void)write_row(&app->canvas, 0);
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : -errno;
}

static int write_check(const struct app *app)
{
	const struct summary *summary = &app->now->summary;
	const struct risk *risk = &summary->risks[0];

	printf("%s %s", level_words(risk->level), risk->text);
	if (risk->why[0])
		printf(" (%s)", risk->why);
	printf("; next: %s\n", summary->next_text);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : -errno;
}

static int check_exit(const struct app *app)
{
	static const int codes[LEVEL_COUNT] = {
		[LEVEL_OK] = EXIT_DONE,
		[LEVEL_WARN] = EXIT_WARN,
		[LEVEL_CRITICAL] = EXIT_CRITICAL,
	};

	return codes[app->now->summary.risks[0].level];
}

/** Samples to take: 0 is without end. */
static int64_t samples_wanted(const struct options *options)
{
	if (options->iterations > 0)
		return options->iterations;
	if (options->check)
		return 2;
	return options->capture && !options->batch && !options->json ? 1 : 0;
}

static int write_sample(struct app *app, int64_t number)
{
	if (app->options.json)
		return output_json(app);
	if (!app->options.batch)
		return 0;
	if (number > 1)
		fputc('\n', stdout);
	return output_frame(app);
}

/** What failing to write to stdout means for the exit code. */
static int write_failed(int error)
{
	if (error == -EPIPE)
		return EXIT_DONE; /* the reader has seen enough */
	fprintf(stderr, "oomwatch: stdout: %s\n", strerror(-error));
	return EXIT_FAILED;
}

static int tick_failed(const struct app *app, int error)
{
	if (error == -ENOMEM)
		fputs("oomwatch: not enough memory to take a sample\n", stderr);
	if (error == -ENODATA && app->now)
		return EXIT_DONE; /* the recording is over */
	if (app->player && app->state.message[0])
		fprintf(stderr, "oomwatch: --replay %s: %s\n", app->options.replay,
			app->state.message);
	return EXIT_FAILED;
}

/** What was asked for cannot be answered, from the start or any more. */
static bool scope_is_gone(const struct app *app)
{
	const struct scope_choice *scope = &app->options.scope;
	char nodes[128];
	struct text text;

	if (!app->now->summary.scope_gone)
		return false;
	text_init(&text, nodes, sizeof(nodes));
	nodes_words(&scope->nodes, &text);
	if (scope->kind == SCOPE_NODES)
		fprintf(stderr, "oomwatch: --scope: no node of '%s' has memory here\n", nodes);
	else
		fprintf(stderr,
			"oomwatch: --scope: no memory cgroup '%s' with processes in it here\n",
			scope->path);
	return true;
}

static int choice_failed(int error)
{
	return error == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
}

static int run_samples(struct app *app)
{
	const int64_t wanted = samples_wanted(&app->options);

	for (int64_t number = 1; wanted == 0 || number <= wanted; number++) {
		int r;

		if (number > 1)
			app_sleep(app);
		r = app_tick(app);
		if (r < 0)
			return tick_failed(app, r);
		if (scope_is_gone(app))
			return EXIT_FAILED;
		if (number == 1)
			r = app_resolve_choice(app);
		if (r < 0)
			return choice_failed(r);
		r = write_sample(app, number);
		if (r < 0)
			return write_failed(r);
	}
	return EXIT_DONE;
}

int output_run(struct app *app)
{
	int code = run_samples(app);
	int r;

	if (code != EXIT_DONE)
		return code;
	if (app->options.check) {
		r = write_check(app);
		return r < 0 ? write_failed(r) : check_exit(app);
	}
	if (app->options.capture)
		fprintf(stderr, "oomwatch: %d tick%s of this machine written to %s\n",
			app->captured, app->captured == 1 ? "" : "s", app->options.capture);
	return EXIT_DONE;
}
