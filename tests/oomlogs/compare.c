/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads every log of a folder with an INDEX.tsv that says what is in it (one row a report, in
 * the order of the log), and compares.  "compare DIR" prints what differs and how much agrees;
 * differences that are known, with their reasons below, do not fail.  Exit 77 without DIR.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse/report.h"

#define REPORTS_MAX 64
#define COLUMNS 14
#define SKIPPED 77

enum column {
	FILE_NAME,
	SOURCE,
	RELEASE,
	CONSTRAINT,
	INVOKER,
	GFP,
	ORDER,
	PID,
	COMM,
	ANON,
	SCORE,
	ROWS,
	COMPLETE,
	PECULIARITY,
};

/** What a report says, as INDEX.tsv would. */
struct seen {
	char text[COLUMNS][256];
	bool memcg;
	bool constraint_printed;
};

struct log {
	struct seen reports[REPORTS_MAX];
	unsigned n;
};

struct tally {
	unsigned agree, known, differ;
	const char *file;
	unsigned report;
};

static const struct {
	const char *file;
	enum column column;
	const char *why;
} known[] = {
	{ "5.0-MEMCG-printed-as-NONE-series.log", FILE_NAME,
		"the row is of the first of four headers and two kills without one" },
	{ "5.10-NONE-syzkaller-wrapped-elided.log", RELEASE,
		"printed by the next report of the log alone" },
	{ "6.1-NONE-el9-nfsd-sd-pam.log", RELEASE, "printed by the next report of the log alone" },
	{ "6.7-MEMCG-v2-rsync-nofail.log", RELEASE, "printed by the next report of the log alone" },
	{ "6.8-NONE-arm32-nfsd-panic-slab-table.log", RELEASE,
		"printed by the next report of the log alone" },
	{ "x-MIXED-raw-kmsg-lines-in-nohang-docstring.log", FILE_NAME,
		"the row is of four events" },
};

static void number(char *buf, size_t size, int64_t value)
{
	if (value_known(value))
		snprintf(buf, size, "%" PRId64, value);
	else
		snprintf(buf, size, "-");
}

static void see_victim(const struct oom_report *report, struct seen *seen)
{
	const struct report_victim *victim = report->n_victims > 0 ? &report->victims[0] : NULL;

	number(seen->text[PID], 256, victim ? victim->pid : report->chosen.pid);
	snprintf(seen->text[COMM], 256, "%s", victim ? victim->comm : report->chosen.comm);
	number(seen->text[ANON], 256, victim ? victim->anon_rss_kib : VALUE_UNKNOWN);
	number(seen->text[SCORE], 256, report->chosen_score);
}

static void see(const struct oom_report *report, void *context)
{
	struct log *log = context;
	struct seen *seen = &log->reports[log->n];

	if (log->n == REPORTS_MAX)
		return;
	log->n++;
	snprintf(seen->text[RELEASE], 256, "%s",
		report->kernel_release ? report->kernel_release : "");
	snprintf(seen->text[CONSTRAINT], 256, "%s",
		report->constraint_name ? report->constraint_name : "");
	seen->memcg = report->constraint == REPORT_CONSTRAINT_MEMCG;
	snprintf(seen->text[INVOKER], 256, "%s", report->header ? report->invoker.comm : "");
	if (!value_known(report->gfp_mask))
		snprintf(seen->text[GFP], 256, "-");
	else if (report->gfp_flags || report->gfp_mask == 0)
		snprintf(seen->text[GFP], 256, "0x%" PRIx64 "(%s)", (uint64_t)report->gfp_mask,
			report->gfp_flags ? report->gfp_flags : "");
	else
		snprintf(seen->text[GFP], 256, "0x%" PRIx64, (uint64_t)report->gfp_mask);
	number(seen->text[ORDER], 256, report->order);
	see_victim(report, seen);
	number(seen->text[ROWS], 256, report->n_tasks);
	snprintf(seen->text[COMPLETE], 256, "%s", report->complete ? "yes" : "no");
}

static int read_log(const char *dir, const char *name, struct log *log)
{
	const struct report_listener listener = { .report = see, .context = log };
	struct arena arena = { 0 };
	struct report_parser *parser = report_parser_new(&arena);
	char path[4096], buf[1000];
	size_t n;
	FILE *file;

	log->n = 0;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "rb");
	if (!file || !parser) {
		fprintf(stderr, "compare: %s: %s\n", path, strerror(errno));
		exit(EXIT_FAILURE);
	}
	/* Pieces that end anywhere. */
	while ((n = fread(buf, 1, sizeof(buf), file)) > 0)
		report_parser_feed(parser, buf, n, &listener);
	report_parser_end(parser, &listener);
	fclose(file);
	report_parser_free(parser);
	arena_free(&arena);
	return 0;
}

static void judge(struct tally *tally, enum column column, const char *label, const char *want,
	const char *got)
{
	if (strcmp(want, got) == 0) {
		tally->agree++;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].column == column && strcmp(known[i].file, tally->file) == 0) {
			printf("known: %s report %u %s: INDEX \"%s\", read \"%s\": %s\n",
				tally->file, tally->report, label, want, got, known[i].why);
			tally->known++;
			return;
		}
	}
	printf("DIFFERS: %s report %u %s: INDEX \"%s\", read \"%s\"\n", tally->file, tally->report,
		label, want, got);
	tally->differ++;
}

/* "-" in INDEX.tsv is nothing here; a number may be followed by words, a list is of parts. */
static void want_part(const char *field, unsigned part, bool is_number, char *buf, size_t size)
{
	size_t len;

	for (; part > 0 && strchr(field, ';'); part--)
		field = strchr(field, ';') + 1;
	field += strspn(field, " ");
	len = strcspn(field, is_number ? "; (" : ";");
	snprintf(buf, size, "%.*s", (int)len, field);
	if (strcmp(buf, "N/A") == 0 || (is_number && buf[0] == '\0'))
		snprintf(buf, size, "-");
	if (!is_number && strcmp(buf, "-") == 0)
		buf[0] = '\0';
}

static void compare_constraint(struct tally *tally, const char *want, const struct seen *seen)
{
	const char *got = seen->text[CONSTRAINT];

	if (strcmp(want, "inferred:MEMCG") == 0)
		judge(tally, CONSTRAINT, "constraint", want,
			seen->memcg && !*got ? "inferred:MEMCG"
				: *got       ? got
					     : "none");
	else if (strcmp(want, "inferred:NONE") == 0)
		judge(tally, CONSTRAINT, "constraint", want,
			!seen->memcg && !*got ? "inferred:NONE"
				: *got        ? got
					      : "MEMCG");
	else if (strncmp(want, "inferred:", 9) != 0)
		judge(tally, CONSTRAINT, "constraint", want, got);
}

static void compare(struct tally *tally, char *row[COLUMNS], const struct seen *seen)
{
	static const struct {
		enum column column;
		const char *label;
		bool is_number;
	} plain[] = {
		{ INVOKER, "invoker", false },
		{ GFP, "gfp", true },
		{ ORDER, "order", true },
		{ PID, "pid", true },
		{ COMM, "comm", false },
		{ ANON, "anon-rss", true },
		{ SCORE, "score", true },
		{ ROWS, "rows", true },
		{ COMPLETE, "complete", false },
	};
	char want[256];

	if (!strstr(row[RELEASE], "not printed") && !strstr(row[RELEASE], "named in"))
		judge(tally, RELEASE, "release", row[RELEASE], seen->text[RELEASE]);
	compare_constraint(tally, row[CONSTRAINT], seen);
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		if (plain[i].column == GFP)
			snprintf(want, sizeof(want), "%s", row[GFP]);
		else
			want_part(row[plain[i].column], 0, plain[i].is_number, want, sizeof(want));
		judge(tally, plain[i].column, plain[i].label, want, seen->text[plain[i].column]);
	}
}

/* One row for a file with kills of three reports, and the header of a fourth. */
static void compare_mixed(struct tally *tally, char *row[COLUMNS], const struct log *log)
{
	static const enum column of_kill[] = { PID, COMM, ANON, SCORE };
	static const enum column of_header[] = { INVOKER, GFP, ORDER };
	char want[256];

	for (unsigned part = 0; part < 3 && part < log->n; part++) {
		for (size_t i = 0; i < ARRAY_SIZE(of_kill); i++) {
			want_part(row[of_kill[i]], part, of_kill[i] != COMM, want, sizeof(want));
			judge(tally, of_kill[i], "of a kill", want,
				log->reports[part].text[of_kill[i]]);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(of_header) && log->n == 4; i++)
		judge(tally, of_header[i], "of the header", row[of_header[i]],
			log->reports[3].text[of_header[i]]);
}

static unsigned split(char *line, char *row[COLUMNS])
{
	unsigned n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	while (n < COLUMNS) {
		row[n++] = line;
		line = strchr(line, '\t');
		if (!line)
			break;
		*line++ = '\0';
	}
	return n;
}

/* The rows of one file are told by their count alone. */
static void compare_count(struct tally *tally, unsigned rows, unsigned reports)
{
	char want[16], got[16];

	snprintf(want, sizeof(want), "%u", rows);
	snprintf(got, sizeof(got), "%u", reports);
	tally->report = 0;
	judge(tally, FILE_NAME, "number of reports", want, got);
}

static int run(const char *dir, FILE *index)
{
	static struct log log;
	struct tally tally = { .file = "" };
	char line[8192], name[256] = "";
	char *row[COLUMNS];
	unsigned rows = 0;
	bool none = false;

	while (fgets(line, sizeof(line), index)) {
		if (split(line, row) != COLUMNS || strcmp(row[FILE_NAME], "file") == 0)
			continue;
		if (strcmp(row[FILE_NAME], name) != 0) {
			if (name[0])
				compare_count(&tally, none ? 0 : rows, log.n);
			snprintf(name, sizeof(name), "%s", row[FILE_NAME]);
			tally.file = name;
			rows = 0;
			read_log(dir, name, &log);
		}
		none = strcmp(row[COMPLETE], "not OOM") == 0;
		tally.report = ++rows;
		if (none)
			continue;
		if (strchr(row[PID], ';'))
			compare_mixed(&tally, row, &log);
		else if (rows <= log.n)
			compare(&tally, row, &log.reports[rows - 1]);
		else
			judge(&tally, FILE_NAME, "report", "there", "missing");
	}
	if (name[0])
		compare_count(&tally, none ? 0 : rows, log.n);
	printf("compare: %u of %u values agree, %u differences are known, %u are not\n",
		tally.agree, tally.agree + tally.known + tally.differ, tally.known, tally.differ);
	return tally.differ == 0 && tally.agree > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	char path[4096];
	FILE *index;
	int rc;

	snprintf(path, sizeof(path), "%s/INDEX.tsv", argc > 1 ? argv[1] : ".");
	index = fopen(path, "r");
	if (!index) {
		printf("compare: no %s\n", path);
		return SKIPPED;
	}
	rc = run(argv[1], index);
	fclose(index);
	return rc;
}
