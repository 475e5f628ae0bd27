/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/killlog_parts.h"
#include "parse/iso_time.h"
#include "parse/prefix.h"

/** Beyond this a report's lines are cut. */
#define TEXT_BYTES_MAX (8u << 20)

/** What comes so long behind its kill (the reaper's line) belongs to a report. */
#define AFTER_US 200000

/** How far the journal's clock may go from the report's first line to its last. */
#define REPORT_MS 60000

/** Reads that fail before a log is given up: it may be overwritten while it is read. */
#define FAILURES_MAX 16

struct lines {
	const struct kill *kill;
	char *buf;
	size_t len, size;
	bool lacks_memory;
};

static bool is_in_report(const struct kill *kill, int64_t stamp_us)
{
	return value_known(stamp_us) && value_known(kill->first_us) && stamp_us >= kill->first_us &&
		stamp_us <= kill->last_us + AFTER_US;
}

static void add(struct lines *lines, const char *line, size_t len)
{
	if (lines->lacks_memory || lines->len + len + 1 > TEXT_BYTES_MAX)
		return;
	if (!lines->buf || lines->len + len + 1 > lines->size) {
		const size_t size = (lines->size + len + 1) * 2;
		char *grown = realloc(lines->buf, size);

		if (!grown) {
			lines->lacks_memory = true;
			return;
		}
		lines->buf = grown;
		lines->size = size;
	}
	memcpy(lines->buf + lines->len, line, len);
	lines->len += len;
	lines->buf[lines->len++] = '\n';
}

/* The record without what stands behind its text. */
static void add_record(struct lines *lines, const char *record, size_t len)
{
	const char *end = memchr(record, '\n', len);
	struct log_line line;

	if (end)
		len = (size_t)(end - record);
	log_line_read(record, len, &line);
	if (is_in_report(lines->kill, line.uptime_us))
		add(lines, record, len);
}

static void read_kmsg(const struct killlog *killlog, struct lines *lines)
{
	char record[KMSG_RECORD_MAX];
	const int fd = killlog->reopen(killlog->root);
	unsigned failures = 0;
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = read(fd, record, sizeof(record))) != 0 && failures < FAILURES_MAX) {
		if (n > 0)
			add_record(lines, record, (size_t)n);
		else if (errno == EAGAIN)
			break;
		else
			failures++;
	}
	close(fd);
}

/* Stamps are the same in several boots: the time decides too. */
static bool is_journal_line(const struct kill *kill, const struct scan *text)
{
	struct scan scan = *text;
	struct log_line line;
	int64_t time_ms;

	if (!iso_time(&scan, &time_ms) || !value_known(kill->time_ms) ||
		time_ms < kill->time_ms - REPORT_MS || time_ms > kill->time_ms + REPORT_MS)
		return false;
	log_line_read(text->at, (size_t)(text->end - text->at), &line);
	if (value_known(kill->first_us))
		return is_in_report(kill, line.uptime_us);
	return time_ms >= kill->time_ms - AFTER_US / 1000 &&
		time_ms <= kill->time_ms + AFTER_US / 1000;
}

static void read_journal(const struct killlog *killlog, struct lines *lines)
{
	size_t len = 0;
	char *all = killlog_journal_lines(killlog, &len);
	struct scan scan = scan_of(all ? all : "", len), line;

	while (scan_line(&scan, &line))
		if (is_journal_line(lines->kill, &line))
			add(lines, line.at, (size_t)(line.end - line.at));
	free(all);
}

char *killlog_text(
	struct killlog *killlog, const struct kill *kill, size_t *ret_len, const char **why)
{
	struct lines lines = { .kill = kill };

	if (kill->source == KILL_OF_LOG) {
		*why = "the kernel's log does not have it any more";
		read_kmsg(killlog, &lines);
	} else if (kill->source == KILL_OF_JOURNAL) {
		*why = "the journal's lines of it are not kept any more";
		read_journal(killlog, &lines);
	} else {
		*why = "no log has a report of it";
	}
	if (lines.lacks_memory || lines.len == 0) {
		if (lines.lacks_memory)
			*why = "there is not enough memory to read it";
		free(lines.buf);
		return NULL;
	}
	*ret_len = lines.len;
	return lines.buf;
}
