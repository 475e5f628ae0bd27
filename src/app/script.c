/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/script.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/actor.h"
#include "app/opened.h"
#include "ui/keys.h"

#define LINE_MAX_BYTES 1024

struct script {
	struct app *app;
	const char *name;
	int line;
	int cols, rows;
	bool quit;
};

/** One kind of line: its word, what follows, and what it does. */
struct script_command {
	const char *word;
	const char *expected; /**< for the error message */
	int (*run)(struct script *script, char *rest);
};

static int complain(const struct script *script, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int complain(const struct script *script, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "oomwatch: %s:%d: ", script->name, script->line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return -EINVAL;
}

static void draw(struct script *script)
{
	opened_note(script->app);
	app_fit_canvas(script->app, script->cols, &script->rows);
	view_draw(&opened_top(script->app)->view, &script->app->canvas, script->cols, script->rows);
}

static int next_sample(struct script *script)
{
	int r;

	if (script->app->collector)
		collector_options(script->app->collector)->pagetypeinfo =
			script->app->state.want_migrate;
	r = app_tick(script->app);
	if (r == -ENODATA) {
		script->app->view.at_end = true;
		return complain(script, "the recording has no more ticks (%d in all)",
			(int)script->app->view.ticks);
	}
	if (r < 0 && r != -ENOMEM)
		return r;
	actor_note(script->app);
	logfile_follow(&script->app->logfile, &script->app->state);
	draw(script);
	return 0;
}

static int run_size(struct script *script, char *rest)
{
	int cols, rows;
	char more;

	if (sscanf(rest, "%dx%d%c", &cols, &rows, &more) != 2 || cols < 1 || rows < 1 ||
		cols > CANVAS_COLS_MAX || rows > CANVAS_ROWS_MAX)
		return complain(script, "'%s' is not a size (COLSxROWS, at most %dx%d)", rest,
			CANVAS_COLS_MAX, CANVAS_ROWS_MAX);
	script->cols = cols;
	script->rows = rows;
	draw(script);
	return 0;
}

static int press(struct script *script, int key)
{
	struct app *top = opened_top(script->app);
	const unsigned reaction = actor_follow(top, view_key(&top->view, key));

	if (reaction & REACT_QUIT)
		script->quit = true;
	if (reaction & REACT_JUDGE)
		(void)app_judge(top);
	opened_follow(script->app, reaction);
	app_look(script->app);
	logfile_follow(&script->app->logfile, &script->app->state);
	draw(script);
	if (reaction & (REACT_COLLECT | REACT_PERFORM) && script->app->root.live)
		return next_sample(script);
	return 0;
}

static int run_key(struct script *script, char *rest)
{
	const int key = key_code(rest);

	if (key == KEY_NONE)
		return complain(
			script, "no key is called '%s'; the help screen has the names", rest);
	return press(script, key);
}

static int run_text(struct script *script, char *rest)
{
	const char *at = rest;
	const char *end = rest + strlen(rest);

	while (at < end && !script->quit) {
		const uint32_t code_point = utf8_next(&at, end);
		const int r = press(script, code_point == UTF8_INVALID ? '?' : (int)code_point);

		if (r < 0)
			return r;
	}
	return 0;
}

static int run_tick(struct script *script, char *rest)
{
	char *end;
	const long count = *rest ? strtol(rest, &end, 10) : 1;

	if (count < 1 || (*rest && *end))
		return complain(script, "'%s' is not a number of samples (1 or more)", rest);
	for (long i = 0; i < count; i++) {
		int r;

		app_sleep(script->app);
		r = next_sample(script);
		if (r < 0)
			return r;
	}
	return 0;
}

static int run_save(struct script *script, char *rest)
{
	const struct canvas *canvas = &script->app->canvas;
	const bool to_stdout = strcmp(rest, "-") == 0;
	FILE *file;
	bool good;

	if (*rest == '\0')
		return complain(script, "save needs a file name");
	file = to_stdout ? stdout : fopen(rest, "we");
	good = file;
	for (int row = 0; good && row < canvas->rows; row++) {
		char line[CANVAS_COLS_MAX * 4 + 1];

		canvas_row_text(canvas, row, line, sizeof(line));
		good = fprintf(file, "%s\n", line) > 0;
	}
	if (file && (to_stdout ? fflush(file) : fclose(file)) != 0)
		good = false;
	return good ? 0 : complain(script, "cannot write %s: %s", rest, strerror(errno));
}

static int run_wait_message(struct script *script, char *rest)
{
	char *seconds = strrchr(rest, ' ');
	char pattern[LINE_MAX_BYTES];
	int64_t until_ms, limit_s;
	char *end = NULL;

	limit_s = seconds ? strtol(seconds + 1, &end, 10) : 0;
	if (!seconds || limit_s < 1 || *end)
		return complain(script, "'%s' is not a pattern and a number of seconds", rest);
	snprintf(pattern, sizeof(pattern), "*%.*s*", (int)(seconds - rest), rest);
	until_ms = script->app->view.now->uptime_ms + limit_s * 1000;
	while (!text_match(pattern, script->app->state.message)) {
		int r;

		if (script->app->view.now->uptime_ms >= until_ms)
			return complain(script, "no message '%s' within %lld s; the last one: '%s'",
				pattern, (long long)limit_s, script->app->state.message);
		app_sleep(script->app);
		r = next_sample(script);
		if (r < 0)
			return r;
	}
	return 0;
}

static const struct script_command commands[] = {
	{ "size", "COLSxROWS", run_size },
	{ "key", "NAME", run_key },
	{ "text", "WORDS", run_text },
	{ "tick", "[N]", run_tick },
	{ "save", "FILE", run_save },
	{ "wait-message", "PATTERN SECS", run_wait_message },
};

static int run_line(struct script *script, char *line)
{
	char *rest;

	line += strspn(line, " \t");
	line[strcspn(line, "\r\n")] = '\0';
	if (*line == '\0' || *line == '#')
		return 0;
	rest = line + strcspn(line, " \t");
	if (*rest)
		*rest++ = '\0';
	rest += strspn(rest, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(line, commands[i].word) == 0)
			return commands[i].run(script, rest);
	return complain(
		script, "no command '%s' (size, key, text, tick, save or wait-message)", line);
}

int script_run(struct app *app)
{
	struct script script = { .app = app, .name = app->options.script, .cols = 80, .rows = 24 };
	const bool from_stdin = strcmp(script.name, "-") == 0;
	FILE *file = from_stdin ? stdin : fopen(script.name, "re");
	char line[LINE_MAX_BYTES];
	int r;

	if (!file) {
		fprintf(stderr, "oomwatch: --script %s: %s\n", script.name, strerror(errno));
		return EXIT_FAILED;
	}
	r = app_tick(app);
	if (r == 0)
		r = app_resolve_choice(app);
	if (r == 0)
		draw(&script);
	while (r == 0 && !script.quit && fgets(line, sizeof(line), file)) {
		script.line++;
		r = run_line(&script, line);
	}
	if (!from_stdin)
		fclose(file);
	if (!actor_leave(app))
		return EXIT_FAILED;
	return r < 0 ? EXIT_FAILED : EXIT_DONE;
}
