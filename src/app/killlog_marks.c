/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/killlog_parts.h"

/** A line of the log that comes later than this after a mark is none of it. */
#define LINE_MS 2000

/** What a mark is read with. */
struct taking {
	struct killlog *killlog;
	const struct snapshot *before, *now;
	const struct summary *summary;
};

static bool is_waiting(const struct killlog *killlog, int64_t pid)
{
	for (unsigned i = 0; i < killlog->n_waiting; i++)
		if (killlog->waiting[i].pid == pid)
			return true;
	return false;
}

/* A mark was made before the last log was read to its end: then a line of it would be there. */
static bool is_logged_by_now(const struct killlog *killlog, const struct kill_mark *mark)
{
	const bool logged = killlog->kmsg.fd >= 0 || killlog->kills.journal;
	int64_t read_ms = killlog->moment.uptime_ms;

	if (killlog->kmsg.fd >= 0)
		read_ms = value_or(killlog->moment.clear_ms, mark->uptime_ms);
	return !logged || read_ms - mark->uptime_ms >= LINE_MS;
}

/* The kernel counts a kill before it marks.  A process that was ending already, by whomever, is
 * marked too, so that it may use the reserves, and neither logged nor counted. */
enum mark_count {
	MARK_NOT_KNOWN, /**< whether it was counted: the next sample after it will tell */
	MARK_COUNTED,   /**< or it cannot be told */
	MARK_NOT_COUNTED,
};

static enum mark_count count_of(const struct killlog *killlog, const struct kill_mark *mark)
{
	if (!value_known(mark->counted) || !value_known(killlog->counted))
		return MARK_COUNTED;
	if (killlog->counted > mark->counted)
		return MARK_COUNTED;
	return killlog->counted_ms > mark->uptime_ms ? MARK_NOT_COUNTED : MARK_NOT_KNOWN;
}

static void tell(struct killlog *killlog, const struct kill_mark *mark)
{
	struct kill_moment moment = killlog->moment;

	/* Seen as it happened, whatever is known of a log. */
	moment.clear_ms = mark->uptime_ms;
	moment.source = KILL_OF_TRACEPOINT;
	kills_add_mark(&killlog->kills, mark, &moment);
}

void killlog_wait(struct killlog *killlog, const struct kill_mark *mark)
{
	if (is_waiting(killlog, mark->pid) || kills_has_marked(&killlog->kills, mark))
		return;
	kills_note_mark(&killlog->kills);
	if (killlog->n_waiting < KILLLOG_MARKS_MAX)
		killlog->waiting[killlog->n_waiting++] = *mark;
	else
		tell(killlog, mark);
}

static void on_mark(const struct victim_mark *mark, void *context)
{
	struct taking *taking = context;
	struct kill_mark kill;

	kills_mark(taking->before, taking->now, taking->summary, mark->pid, mark->comm, &kill);
	kill.uptime_ms = mark->uptime_ms;
	kill.gives_back_kib = value_add(mark->anon_rss_kib, mark->page_tables_kib);
	killlog_wait(taking->killlog, &kill);
}

void killlog_take_marks(struct killlog *killlog, const struct snapshot *before,
	const struct snapshot *now, const struct summary *summary)
{
	struct taking taking = { killlog, before, now, summary };
	int64_t lost = 0;

	if (!killlog->marks)
		return;
	(void)victim_marks_read(killlog->marks, on_mark, &taking, &lost);
	killlog->kills.n_marks_lost += lost;
	if (victim_marks_stale(killlog->marks)) {
		victim_marks_close(killlog->marks);
		killlog->marks = NULL;
		(void)victim_marks_open(killlog->root, &killlog->marks, &killlog->marks_state);
		killlog->kills.tracepoint = killlog->marks;
	}
}

void killlog_tell_marks(struct killlog *killlog)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < killlog->n_waiting; i++) {
		const struct kill_mark mark = killlog->waiting[i];
		const enum mark_count count = count_of(killlog, &mark);

		if (kills_has_marked(&killlog->kills, &mark) || count == MARK_NOT_COUNTED)
			continue;
		if (count == MARK_COUNTED && is_logged_by_now(killlog, &mark))
			tell(killlog, &mark);
		else
			killlog->waiting[kept++] = mark;
	}
	killlog->n_waiting = kept;
}
