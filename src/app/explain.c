/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/explain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/explain_out.h"
#include "parse/report.h"

#define BLOCK_BYTES (256 * 1024)

/** What the parser's findings go through. */
struct explain {
	const struct explain_form *form;
	const char *file;
	struct arena arena; /**< of one explanation at a time */
	bool found;         /**< something is in the file that is read */
	bool lacked_memory;
};

static void on_report(const struct oom_report *report, void *context)
{
	struct explain *explain = context;
	struct explained explained;

	explain->found = true;
	arena_reset(&explain->arena);
	if (explain_report(report, &explain->arena, &explained) < 0)
		explain->lacked_memory = true;
	else
		explain->form->report(explain->file, &explained, &explain->arena);
}

static void on_kill(const struct killer_event *event, void *context)
{
	struct explain *explain = context;

	explain->found = true;
	explain->form->kill(explain->file, event);
}

static bool is_stdin(const char *file)
{
	return strcmp(file, "-") == 0;
}

static const char *shown(const char *file)
{
	return is_stdin(file) ? "standard input" : file;
}

/* Whether it begins as gzip, xz, zstd and bzip2 files do. */
static bool is_packed(const char *bytes, size_t len)
{
	static const char *const begins[] = { "\x1f\x8b", "\xfd\x37zXZ", "\x28\xb5\x2f\xfd",
		"BZh" };

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
		if (len >= strlen(begins[i]) && memcmp(bytes, begins[i], strlen(begins[i])) == 0)
			return true;
	}
	return false;
}

/* Read all of it; 0 or -errno. */
static int read_all(struct explain *explain, int fd, struct report_parser *parser, bool *ret_packed)
{
	static char block[BLOCK_BYTES];
	const struct report_listener listener = { on_report, on_kill, explain };
	bool first = true;

	for (;;) {
		const ssize_t n = read(fd, block, sizeof(block));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		if (first)
			*ret_packed = is_packed(block, (size_t)n);
		first = false;
		if (report_parser_feed(parser, block, (size_t)n, &listener) < 0)
			explain->lacked_memory = true;
		if (ferror(stdout))
			return 0; /* nobody reads any more */
	}
	report_parser_end(parser, &listener);
	return 0;
}

static int explain_file(struct explain *explain, const char *file)
{
	const int fd = is_stdin(file) ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	struct report_parser *parser;
	struct arena arena = { 0 };
	bool packed = false;
	int r = fd < 0 ? -errno : 0;

	explain->file = file;
	explain->found = false;
	if (r == 0) {
		parser = report_parser_new(&arena);
		r = parser ? read_all(explain, fd, parser, &packed) : -ENOMEM;
		report_parser_free(parser);
		arena_free(&arena);
	}
	if (fd > STDIN_FILENO)
		close(fd);
	if (r < 0) {
		fprintf(stderr, "oomwatch: %s: %s\n", shown(file), strerror(-r));
		return r;
	}
	if (!explain->found && !ferror(stdout))
		fprintf(stderr, "oomwatch: %s: no OOM report in it%s\n", shown(file),
			packed ? " (it is compressed: unpack it first)" : "");
	return 0;
}

static const struct explain_form *form_of(const struct options *options)
{
	if (options->json)
		return &explain_form_json;
	return options->report ? &explain_form_brief : &explain_form_text;
}

int explain_run(const struct options *options)
{
	char dash[] = "-";
	char *const standard_input[] = { dash };
	char *const *files = options->n_files > 0 ? options->files : standard_input;
	const int n_files = options->n_files > 0 ? options->n_files : 1;
	struct explain explain = { .form = form_of(options) };
	int code = EXIT_DONE;

	for (int i = 0; i < n_files && !ferror(stdout); i++) {
		if (explain_file(&explain, files[i]) < 0)
			code = EXIT_FAILED;
	}
	arena_free(&explain.arena);
	if (explain.lacked_memory) {
		fputs("oomwatch: not enough memory: something was left out\n", stderr);
		code = EXIT_FAILED;
	}
	if (fflush(stdout) != 0 && errno != EPIPE) {
		fprintf(stderr, "oomwatch: stdout: %s\n", strerror(errno));
		code = EXIT_FAILED;
	}
	return code;
}
