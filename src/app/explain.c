/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/explain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/explain_out.h"
#include "app/explain_source.h"
#include "collect/kmsg.h"
#include "parse/report.h"

#define BLOCK_BYTES (256u << 10)

/** What the parser's findings go through. */
struct explain {
	const struct explain_form *form;
	const char *file;
	struct arena arena;    /**< of one explanation at a time */
	const char *announced; /**< to be said when the first bytes are there; NULL: nothing */
	bool found;            /**< something is in the file that is read */
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
static int read_all(struct explain *explain, struct explain_source *source,
	struct report_parser *parser, bool *ret_packed)
{
	static char block[BLOCK_BYTES];
	const struct report_listener listener = { on_report, on_kill, explain };
	bool first = true;

	for (;;) {
		const ssize_t n = explain_source_read(source, block, sizeof(block));

		if (n < 0)
			return (int)n;
		if (n == 0)
			break;
		if (first)
			*ret_packed = is_packed(block, (size_t)n);
		if (explain->announced)
			fprintf(stderr, "oomwatch: %s\n", explain->announced);
		explain->announced = NULL;
		first = false;
		if (report_parser_feed(parser, block, (size_t)n, &listener) < 0)
			explain->lacked_memory = true;
		if (ferror(stdout))
			return 0; /* nobody reads any more */
	}
	report_parser_end(parser, &listener);
	return 0;
}

/* Explain what the source has; 0 or -errno, and why. */
static int explain_source(
	struct explain *explain, const char *file, bool *ret_packed, const char **ret_why)
{
	struct explain_source source;
	struct report_parser *parser;
	struct arena arena = { 0 };
	int r = explain_source_open(&source, file);

	explain->found = false;
	if (r == 0) {
		parser = report_parser_new(&arena);
		r = parser ? read_all(explain, &source, parser, ret_packed) : -ENOMEM;
		report_parser_free(parser);
		arena_free(&arena);
	}
	explain_source_close(&source);
	*ret_why = source.why ? source.why : strerror(-r);
	return r;
}

static void say_nothing_found(const struct explain *explain, bool packed)
{
	if (!explain->found && !ferror(stdout))
		fprintf(stderr, "oomwatch: %s: no OOM report in it%s\n", shown(explain->file),
			packed ? " (it is compressed: unpack it first)" : "");
}

static int explain_file(struct explain *explain, const char *file)
{
	bool packed = false;
	const char *why;
	int r;

	explain->file = file;
	r = explain_source(explain, file, &packed, &why);
	if (r < 0)
		fprintf(stderr, "oomwatch: %s: %s\n", shown(file), why);
	else
		say_nothing_found(explain, packed);
	return r;
}

static void say_neither(const char *why_no_journal, enum fact_state kmsg)
{
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	fact_reason(FACT_KMSG, kmsg, &text);
	fprintf(stderr, "oomwatch: this machine's log cannot be read: journal: %s; /dev/kmsg: %s\n",
		why_no_journal, buf);
}

/* All that the kernel still has, without waiting for more. */
static int explain_kmsg(struct explain *explain, const char *why_no_journal)
{
	const struct report_listener listener = { on_report, on_kill, explain };
	static struct kmsg kmsg;
	struct root root;
	int r = root_open_live(&root, "/");

	if (r < 0)
		return r;
	kmsg_open(&kmsg, &root);
	if (kmsg.fd >= 0) {
		fprintf(stderr, "oomwatch: reading %s of this machine (not the journal: %s)\n",
			explain->file, why_no_journal);
		do
			kmsg_read(&kmsg, BLOCK_BYTES, &listener);
		while (!kmsg.at_end && !ferror(stdout));
		if (kmsg.parser)
			report_parser_end(kmsg.parser, &listener);
		explain->lacked_memory |= kmsg.lacked_memory;
	}
	r = kmsg.state == FACT_PRESENT ? 0 : -EIO;
	if (r < 0)
		say_neither(why_no_journal, kmsg.state);
	kmsg_close(&kmsg);
	root_close(&root);
	return r;
}

/* The log of this machine, of which the journal has most. */
static int explain_machine(struct explain *explain)
{
	bool packed = false;
	const char *why;
	int r;

	explain->file = "journal";
	explain->announced = "reading the journal of this machine";
	r = explain_source(explain, NULL, &packed, &why);
	if (r < 0 && explain->announced) {
		explain->announced = NULL;
		explain->file = "/dev/kmsg";
		r = explain_kmsg(explain, why);
	} else if (r < 0) {
		fprintf(stderr, "oomwatch: journal: %s\n", why);
	}
	if (r == 0)
		say_nothing_found(explain, false);
	return r;
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
	int n_files = options->n_files > 0 ? options->n_files : 1;
	struct explain explain = { .form = form_of(options) };
	int code = EXIT_DONE;

	/* Nobody types a log. */
	if (options->n_files == 0 && isatty(STDIN_FILENO)) {
		n_files = 0;
		if (explain_machine(&explain) < 0)
			code = EXIT_FAILED;
	}
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
