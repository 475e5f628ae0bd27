/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/killlog_parts.h"
#include "base/text.h"
#include "parse/iso_time.h"

/** Read of it at once, and in one piece. */
#define READ_BYTES (256u << 10)
#define PIECE_BYTES (16u << 10)

/** How far the clock may be off from the start of this boot as it follows from the uptime. */
#define BOOT_SLACK_MS 5000

static void set_why(struct killlog *killlog)
{
	const char *why = killlog->journal.journal.why;
	struct text text;

	text_init(&text, killlog->kills.past_why, sizeof(killlog->kills.past_why));
	text_add(&text, why ? why : "");
}

void killlog_journal_open(struct killlog *killlog, bool live, bool history)
{
	struct killlog_journal *journal = &killlog->journal;
	const struct journal_choice choice = { .follow = true };

	journal->live = live;
	if ((!live && !history) || killlog->root->host)
		return;
	journal->parser = report_parser_new(&journal->arena);
	if (!journal->parser)
		return;
	if (journal_open(&journal->journal, &choice) < 0) {
		set_why(killlog);
		return;
	}
	journal->lines_fd = memfd_create("oomwatch-journal", MFD_CLOEXEC);
	killlog->kills.journal = live;
	if (!live)
		return;
	journal->gone = true;
	journal_go(&journal->journal);
}

void killlog_journal_close(struct killlog *killlog)
{
	struct killlog_journal *journal = &killlog->journal;

	journal_close(&journal->journal);
	report_parser_free(journal->parser);
	journal->parser = NULL;
	arena_free(&journal->arena);
	if (journal->lines_fd >= 0)
		close(journal->lines_fd);
	journal->lines_fd = -1;
}

void killlog_want_history(struct killlog *killlog)
{
	struct killlog_journal *journal = &killlog->journal;

	if (!killlog->read || journal->live || journal->gone || journal->journal.ended)
		return;
	journal->gone = true;
	killlog->kills.past = PAST_READING;
	journal_go(&journal->journal);
}

/* The moment of what the journal tells, by the time that it has for it. */
static struct kill_moment moment_of(
	const struct killlog *killlog, const char *time, int64_t stamp_us)
{
	struct kill_moment moment = killlog->moment;
	const int64_t boot_ms = value_known(moment.time_ms) && value_known(moment.uptime_ms)
		? moment.time_ms - moment.uptime_ms
		: VALUE_UNKNOWN;
	struct scan scan = scan_of(time ? time : "", time ? strlen(time) : 0);
	int64_t time_ms;

	moment.source = KILL_OF_JOURNAL;
	moment.clear_ms = VALUE_UNKNOWN;
	moment.earlier_boot = true;
	moment.uptime_ms = value_known(stamp_us) ? stamp_us / 1000 : VALUE_UNKNOWN;
	moment.time_ms = VALUE_UNKNOWN;
	if (!iso_time(&scan, &time_ms))
		return moment;
	moment.time_ms = time_ms;
	moment.earlier_boot = !value_known(boot_ms) || time_ms < boot_ms - BOOT_SLACK_MS;
	if (!moment.earlier_boot)
		moment.uptime_ms = time_ms - boot_ms;
	if (!moment.earlier_boot && time_ms >= killlog->opened_ms)
		moment.clear_ms = moment.uptime_ms;
	return moment;
}

/* What the kernel logs now is told by its own log, where that is read. */
static bool is_double(
	const struct killlog *killlog, const struct kill_moment *moment, int64_t stamp_us)
{
	return value_known(moment->clear_ms) && !killlog->journal.live && value_known(stamp_us);
}

static void on_report(const struct oom_report *report, void *context)
{
	struct killlog *killlog = context;
	const struct kill_moment moment = moment_of(killlog, report->time, report->uptime_us);

	if (!is_double(killlog, &moment, report->uptime_us))
		killlog_add_report(killlog, report, &moment);
}

static void on_kill(const struct killer_event *event, void *context)
{
	struct killlog *killlog = context;
	const struct kill_moment moment = moment_of(killlog, event->time, event->uptime_us);

	if (!is_double(killlog, &moment, event->uptime_us))
		kills_add_event(&killlog->kills, event, &moment);
}

/* Without a place to keep them its reports can be listed and not opened. */
static void keep(struct killlog_journal *journal, const char *bytes, size_t len)
{
	while (journal->lines_fd >= 0 && len > 0) {
		const int64_t at = journal->bytes % KILLLOG_LINES_BYTES;
		const size_t room = (size_t)(KILLLOG_LINES_BYTES - at);
		const ssize_t n =
			pwrite(journal->lines_fd, bytes, len < room ? len : room, (off_t)at);

		if (n <= 0) {
			close(journal->lines_fd);
			journal->lines_fd = -1;
			return;
		}
		journal->bytes += n;
		bytes += n;
		len -= (size_t)n;
	}
}

/* Behind the time: "HOST TAG: ...". */
static bool is_kernels(struct scan scan)
{
	struct span host;

	for (int i = 0; i < 2; i++)
		if (!scan_until(&scan, ' ', &host))
			return false;
	return scan_literal(&scan, "kernel:");
}

/* The kernel's come from its own log, where that is read. */
static void give_line(struct killlog *killlog)
{
	struct killlog_journal *journal = &killlog->journal;
	struct scan scan = scan_of(journal->line, journal->line_len);
	int64_t time_ms;

	if (!killlog->line || !iso_time(&scan, &time_ms) || time_ms < killlog->opened_ms)
		return;
	if (!journal->live && is_kernels(scan))
		return;
	killlog->line(
		killlog->moment.uptime_ms, journal->line, journal->line_len, killlog->line_context);
}

static void split_lines(struct killlog *killlog, const char *bytes, size_t len)
{
	struct killlog_journal *journal = &killlog->journal;

	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != '\n') {
			if (journal->line_len < sizeof(journal->line))
				journal->line[journal->line_len++] = bytes[i];
			continue;
		}
		give_line(killlog);
		journal->line_len = 0;
	}
}

static size_t read_piece(struct killlog *killlog, const struct report_listener *listener)
{
	struct killlog_journal *journal = &killlog->journal;
	char piece[PIECE_BYTES];
	const ssize_t n = journal_read(&journal->journal, piece, sizeof(piece));

	if (n <= 0)
		return 0;
	keep(journal, piece, (size_t)n);
	split_lines(killlog, piece, (size_t)n);
	if (report_parser_feed(journal->parser, piece, (size_t)n, listener) < 0)
		killlog->kills.lacked_memory = true;
	return (size_t)n;
}

/* How reading it went, for the list. */
static void note_state(struct killlog *killlog)
{
	const struct journal *journal = &killlog->journal.journal;
	struct kills *kills = &killlog->kills;

	kills->past_cut = journal->cut;
	set_why(killlog);
	if (killlog->journal.live)
		kills->journal = !journal->ended && journal->state <= FACT_PRESENT;
	if (kills->past == PAST_READING && journal->caught_up)
		kills->past = PAST_READ;
	else if (kills->past == PAST_READING && journal->ended)
		kills->past = journal->state == FACT_PRESENT || journal->state == FACT_EMPTY
			? PAST_READ
			: PAST_FAILED;
}

void killlog_journal_read(struct killlog *killlog)
{
	const struct report_listener listener = { on_report, on_kill, killlog };
	struct killlog_journal *journal = &killlog->journal;
	const int64_t now_ms = killlog->moment.uptime_ms;
	size_t taken = 0, n;

	if (!journal->gone || !journal->parser)
		return;
	do
		taken += n = read_piece(killlog, &listener);
	while (n > 0 && taken < READ_BYTES);
	if (taken > 0)
		journal->unsettled_since_ms = now_ms;
	note_state(killlog);
	if (journal->journal.ended ||
		(value_known(journal->unsettled_since_ms) &&
			now_ms - journal->unsettled_since_ms >= KILLLOG_QUIET_MS)) {
		if (report_parser_settle(journal->parser, &listener) < 0)
			killlog->kills.lacked_memory = true;
		journal->unsettled_since_ms = VALUE_UNKNOWN;
	}
	if (!journal->journal.ended)
		return;
	(void)report_parser_end(journal->parser, &listener);
	journal->gone = false;
	journal_close(&journal->journal);
}

char *killlog_journal_lines(const struct killlog *killlog, size_t *ret_len)
{
	const struct killlog_journal *journal = &killlog->journal;
	const int64_t kept = value_min(journal->bytes, KILLLOG_LINES_BYTES);
	const int64_t at = journal->bytes > kept ? journal->bytes % KILLLOG_LINES_BYTES : 0;
	char *lines;

	if (journal->lines_fd < 0 || kept == 0)
		return NULL;
	lines = malloc((size_t)kept);
	if (!lines)
		return NULL;
	if (pread(journal->lines_fd, lines, (size_t)(kept - at), (off_t)at) != kept - at ||
		pread(journal->lines_fd, lines + (kept - at), (size_t)at, 0) != at) {
		free(lines);
		return NULL;
	}
	*ret_len = (size_t)kept;
	return lines;
}
