/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explains every report of a folder of logs.  "explain DIR" prints for each what was found; where
 * a report has a task table and a kill, choosing again by the kernel's rule must give the same
 * process, or the table below must say why not.  Exit 77 without DIR.
 */
#include "analysis/explain.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "parse/report.h"

#define SKIPPED 77
#define LOGS_MAX 1024
/** Cells of a sentence, names and paths included. */
#define SENTENCE_CELLS 120

/** What cannot agree, by the words that are said of it. */
static const struct {
	const char *file;
	unsigned report;
	const char *why;
} known[] = {
	{ "2.6.32-NONE-el6-controller.log", 1,
		"the report is cut: the table has no row of the process that was killed" },
	{ "2.6.32-NONE-el6-phpfpm-kills-mysqld-big-table.log", 1,
		"the table does not show swap and page tables, which count" },
	{ "4.19-NONE-64K-quoted-panic-then-kill.log", 1,
		"nobody was found, though the table has some: they may be dying already" },
	{ "5.18-MEMORY_POLICY-patched-nrss-column.log", 1,
		"the first may be dying already; or this kernel (not named) has another rule" },
	{ "5.4-NONE-arm64-64K-compulsory-panic.log", 1, "the kernel panicked instead of choosing" },
	{ "5.4-NONE-arm64-cma-panic-on-oom.log", 1, "the kernel panicked instead of choosing" },
	{ "5.8-NONE-no-killable-panic.log", 1,
		"nobody was found, though the table has some: they may be dying already" },
	{ "6.8-NONE-arm32-nfsd-panic-slab-table.log", 2,
		"nobody was found, though the table has some: they may be dying already" },
};

struct tally {
	const char *file;
	unsigned report;
	unsigned reports, tables, agree, open, differ;
	unsigned causes[CAUSE_COUNT];
	unsigned failed;
	struct arena arena;
};

static bool is_known(const struct tally *tally, const char *why)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].file, tally->file) == 0 && known[i].report == tally->report &&
			strcmp(known[i].why, why) == 0)
			return true;
	}
	return false;
}

static void fail(struct tally *tally, const char *what, const char *why)
{
	printf("FAILS: %s report %u: %s%s%s\n", tally->file, tally->report, what,
		why[0] ? ": " : "", why);
	tally->failed++;
}

static void check_sentences(struct tally *tally, const struct explained *explained)
{
	if (explained->n_words == 0 || explained->n_next == 0)
		fail(tally, "nothing is said", "");
	for (unsigned i = 0; i < explained->n_sentences; i++) {
		const char *sentence = explained->sentences[i];

		if (text_cells(sentence) > SENTENCE_CELLS)
			fail(tally, "too long", sentence);
		if (strpbrk(sentence, "\n\t\x1b"))
			fail(tally, "not clean", sentence);
	}
}

static void check_choice(struct tally *tally, const struct explained *explained)
{
	const struct explained_choice *choice = &explained->choice;

	tally->tables++;
	if (!choice->why[0])
		fail(tally, "no reason is given", "");
	if (choice->agrees == ANSWER_YES) {
		tally->agree++;
		return;
	}
	if (choice->agrees == ANSWER_UNKNOWN)
		tally->open++;
	else
		tally->differ++;
	if (!is_known(tally, choice->why))
		fail(tally, choice->agrees == ANSWER_NO ? "differs" : "cannot be told",
			choice->why);
}

static void on_report(const struct oom_report *report, void *context)
{
	static const char *const answers[] = { "open", "agrees", "DIFFERS" };
	struct tally *tally = context;
	struct explained explained;

	tally->report++;
	tally->reports++;
	arena_reset(&tally->arena);
	if (explain_report(report, &tally->arena, &explained) < 0) {
		fail(tally, "no memory", "");
		return;
	}
	tally->causes[explained.cause]++;
	check_sentences(tally, &explained);
	printf("%s report %u: %s, %u rows, %s: %s\n", tally->file, tally->report,
		explain_cause_id(explained.cause), report->n_tasks,
		answers[explained.choice.agrees], explained.choice.why);
	if (report->n_tasks > 0)
		check_choice(tally, &explained);
}

static void read_log(struct tally *tally, const char *dir, const char *name)
{
	const struct report_listener listener = { .report = on_report, .context = tally };
	struct arena arena = { 0 };
	struct report_parser *parser = report_parser_new(&arena);
	char path[4096], buf[65536];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "rb");
	if (!file || !parser) {
		fprintf(stderr, "explain: %s: %s\n", path, strerror(errno));
		exit(EXIT_FAILURE);
	}
	tally->file = name;
	tally->report = 0;
	while ((n = fread(buf, 1, sizeof(buf), file)) > 0)
		report_parser_feed(parser, buf, n, &listener);
	report_parser_end(parser, &listener);
	fclose(file);
	report_parser_free(parser);
	arena_free(&arena);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t list_logs(DIR *dir, char *names[LOGS_MAX])
{
	const struct dirent *entry;
	size_t n = 0;

	while ((entry = readdir(dir)) && n < LOGS_MAX) {
		const size_t len = strlen(entry->d_name);

		if (len < 4 || strcmp(entry->d_name + len - 4, ".log") != 0)
			continue;
		names[n] = strdup(entry->d_name);
		if (!names[n])
			exit(EXIT_FAILURE);
		n++;
	}
	qsort(names, n, sizeof(names[0]), by_name);
	return n;
}

int main(int argc, char **argv)
{
	static char *names[LOGS_MAX];
	static struct tally tally;
	DIR *dir = argc > 1 ? opendir(argv[1]) : NULL;
	size_t n;

	if (!dir) {
		printf("explain: no folder of logs\n");
		return SKIPPED;
	}
	n = list_logs(dir, names);
	closedir(dir);
	for (size_t i = 0; i < n; i++) {
		read_log(&tally, argv[1], names[i]);
		free(names[i]);
	}
	for (int cause = 0; cause < CAUSE_COUNT; cause++)
		printf("explain: %u %s\n", tally.causes[cause],
			explain_cause_id((enum explain_cause)cause));
	printf("explain: %u reports, %u with a table: %u agree, %u cannot be told, %u differ\n",
		tally.reports, tally.tables, tally.agree, tally.open, tally.differ);
	arena_free(&tally.arena);
	return tally.failed == 0 && tally.agree > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
