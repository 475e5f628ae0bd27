/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/killlog.h"

#include <time.h>

#include "app/killlog_parts.h"
#include "os/clock.h"
#include "parse/scan.h"

/** Read of the log at once; a few ms. */
#define READ_BYTES (256u << 10)

/** Where it never gets quiet, a report is told after the second. */
#define NOISY_MS 1000

int64_t killlog_uptime_ms(void)
{
	return clock_ms(CLOCK_BOOTTIME);
}

static int open_kmsg(const struct root *root)
{
	return root_open_kept(root, "dev/kmsg");
}

void killlog_init(struct killlog *killlog)
{
	*killlog = (struct killlog){
		.kmsg = KMSG_CLOSED,
		.journal = { .journal = JOURNAL_CLOSED,
			.lines_fd = -1,
			.unsettled_since_ms = VALUE_UNKNOWN },
		.moment = { .clear_ms = VALUE_UNKNOWN },
		.unsettled_since_ms = VALUE_UNKNOWN,
		.counted = VALUE_UNKNOWN,
		.counted_ms = VALUE_UNKNOWN,
		.reopen = open_kmsg,
		.opened_ms = clock_ms(CLOCK_REALTIME),
	};
	log_window_init(&killlog->window);
}

void killlog_open(struct killlog *killlog, const struct root *root, enum killlog_use use)
{
	killlog_init(killlog);
	killlog->root = root;
	killlog->read = use != KILLLOG_OFF && root->live;
	killlog->waits = use == KILLLOG_LIVE;
	if (!killlog->read)
		return;
	kmsg_open(&killlog->kmsg, root);
	killlog_journal_open(killlog, killlog->kmsg.fd < 0, use == KILLLOG_HISTORY);
	(void)victim_marks_open(root, &killlog->marks, &killlog->marks_state);
	killlog->kills.tracepoint = killlog->marks;
}

void killlog_close(struct killlog *killlog)
{
	kmsg_close(&killlog->kmsg);
	killlog_journal_close(killlog);
	if (killlog->marks)
		victim_marks_close(killlog->marks);
	killlog->marks = NULL;
	arena_free(&killlog->arena);
}

void killlog_add_report(
	struct killlog *killlog, const struct oom_report *report, const struct kill_moment *moment)
{
	struct explained explained;
	int r;

	arena_reset(&killlog->arena);
	r = explain_report(report, &killlog->arena, &explained);
	killlog->kills.lacked_memory |= r < 0;
	kills_add_report(&killlog->kills, report, r == 0 ? &explained : NULL, moment);
}

static void on_report(const struct oom_report *report, void *context)
{
	struct killlog *killlog = context;

	killlog_add_report(killlog, report, &killlog->moment);
}

static void on_kill(const struct killer_event *event, void *context)
{
	struct killlog *killlog = context;

	kills_add_event(&killlog->kills, event, &killlog->moment);
}

/* The stamp in "PRI,SEQ,USEC,FLAGS;TEXT". */
static int64_t stamp_of(const char *record, size_t len)
{
	struct scan scan = scan_of(record, len);
	struct span skipped;
	int64_t stamp_us;

	for (int i = 0; i < 2; i++)
		if (!scan_until(&scan, ',', &skipped))
			return VALUE_UNKNOWN;
	return scan_value(&scan, INT64_MAX / 2, &stamp_us) ? stamp_us : VALUE_UNKNOWN;
}

/* What the log had when it was opened is history, and for nobody who records. */
static void on_record(const char *record, size_t len, void *context)
{
	struct killlog *killlog = context;

	if (!killlog->line || !value_known(killlog->moment.clear_ms))
		return;
	if (log_window_keeps(&killlog->window, record, len, stamp_of(record, len)))
		killlog->line(killlog->moment.uptime_ms, record, len, killlog->line_context);
}

/* What the log had when it was opened waits for nothing. */
static bool may_settle(struct killlog *killlog, unsigned records, int64_t now_ms)
{
	if (!killlog->kmsg.at_end)
		return false;
	return records == 0 || !value_known(killlog->moment.clear_ms) ||
		(value_known(killlog->unsettled_since_ms) &&
			now_ms - killlog->unsettled_since_ms >= NOISY_MS);
}

static void set_moment(struct killlog *killlog, const struct snapshot *now)
{
	const int64_t now_ms = killlog_uptime_ms();

	killlog->moment.uptime_ms = now_ms;
	killlog->moment.time_ms = value_known(now->uptime_ms)
		? value_add(now->time_ms, now_ms - now->uptime_ms)
		: now->time_ms;
	killlog->moment.suspended_ms = now_ms - clock_ms(CLOCK_MONOTONIC);
}

static void read_kmsg(struct killlog *killlog)
{
	const struct report_listener listener = { on_report, on_kill, killlog };
	const int64_t now_ms = killlog->moment.uptime_ms;
	unsigned records;

	killlog->kmsg.line = on_record;
	killlog->kmsg.line_context = killlog;
	records = kmsg_read(&killlog->kmsg, READ_BYTES, &listener);
	killlog->kills.n_lost = killlog->kmsg.n_lost;
	if (may_settle(killlog, records, now_ms)) {
		kmsg_settle(&killlog->kmsg, &listener);
		killlog->moment.clear_ms = now_ms;
		killlog->unsettled_since_ms = VALUE_UNKNOWN;
	} else if (!value_known(killlog->unsettled_since_ms)) {
		killlog->unsettled_since_ms = now_ms;
	}
	killlog->kills.lacked_memory |= killlog->kmsg.lacked_memory;
}

bool killlog_read(struct killlog *killlog, const struct snapshot *now)
{
	const uint64_t before = killlog->kills.total;

	if (!killlog->read || !now)
		return false;
	set_moment(killlog, now);
	if (killlog->kmsg.fd >= 0)
		read_kmsg(killlog);
	killlog_journal_read(killlog);
	killlog_tell_marks(killlog);
	return killlog->kills.total != before;
}

/* A report is printed in some ms, but one that began is told when it is complete. */
static void wait_for_quiet(struct killlog *killlog, const struct snapshot *now)
{
	const struct timespec nap = { .tv_nsec = KILLLOG_QUIET_MS * 1000000L };

	for (int i = 0; i < NOISY_MS / KILLLOG_QUIET_MS && killlog_timeout_ms(killlog) >= 0; i++) {
		nanosleep(&nap, NULL);
		(void)killlog_read(killlog, now);
	}
}

/* A kill that is told now may have come after the sample began: what that foretells counts, too. */
void killlog_tick(struct killlog *killlog, const struct snapshot *before, struct snapshot *now,
	const struct summary *summary)
{
	struct kills *kills = &killlog->kills;

	kills_foretell(kills, now, summary);
	/* Of what userspace killers do the journal alone tells. */
	if (now->n_killers > 0)
		killlog_want_history(killlog);
	killlog->counted = now->vmstat.oom_kill;
	killlog->counted_ms = now->uptime_ms;
	(void)killlog_read(killlog, now);
	if (killlog->waits)
		wait_for_quiet(killlog, now);
	if (killlog->read) {
		now->facts[FACT_KMSG] = killlog->kmsg.state;
		killlog_take_marks(killlog, before, now, summary);
		killlog_tell_marks(killlog);
	}
	kills_counted(kills, before, now, summary,
		killlog->kmsg.fd >= 0 || kills->journal || killlog->marks);
	killlog->tick_first = killlog->tick_last;
	killlog->tick_last = kills->total;
}

int killlog_fd(const struct killlog *killlog)
{
	return value_known(killlog->unsettled_since_ms) ? -1 : killlog->kmsg.fd;
}

int killlog_journal_fd(const struct killlog *killlog)
{
	const struct killlog_journal *journal = &killlog->journal;

	return journal->gone && !journal->journal.ended ? journal->journal.wake_fd : -1;
}

int killlog_timeout_ms(const struct killlog *killlog)
{
	const bool waits = (killlog->kmsg.fd >= 0 && value_known(killlog->unsettled_since_ms)) ||
		value_known(killlog->journal.unsettled_since_ms);

	return waits ? KILLLOG_QUIET_MS : -1;
}
