/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/killlog.h"

#include <time.h>

/** Read of the log at once; a few ms. */
#define READ_BYTES (256u << 10)

/** Quiet for so long: what was being printed is complete.  Where it never gets quiet, a report is
 * told after the second. */
#define QUIET_MS 100
#define NOISY_MS 1000

/** The clock of samples: /proc/uptime counts suspend too. */
static int64_t uptime_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void killlog_open(struct killlog *killlog, const struct root *root, bool wanted)
{
	killlog->kmsg = (struct kmsg)KMSG_CLOSED;
	killlog->moment.clear_ms = VALUE_UNKNOWN;
	killlog->unsettled_since_ms = VALUE_UNKNOWN;
	killlog->read = wanted && root->live;
	if (killlog->read)
		kmsg_open(&killlog->kmsg, root);
}

void killlog_close(struct killlog *killlog)
{
	kmsg_close(&killlog->kmsg);
	arena_free(&killlog->arena);
}

static void on_report(const struct oom_report *report, void *context)
{
	struct killlog *killlog = context;
	struct explained explained;
	int r;

	arena_reset(&killlog->arena);
	r = explain_report(report, &killlog->arena, &explained);
	killlog->kills.lacked_memory |= r < 0;
	kills_add_report(&killlog->kills, report, r == 0 ? &explained : NULL, &killlog->moment);
}

static void on_kill(const struct killer_event *event, void *context)
{
	struct killlog *killlog = context;

	kills_add_event(&killlog->kills, event, &killlog->moment);
}

/* What the log had when it was opened is history, and waits for nothing. */
static bool may_settle(struct killlog *killlog, unsigned records, int64_t now_ms)
{
	if (!killlog->kmsg.at_end)
		return false;
	return records == 0 || !value_known(killlog->moment.clear_ms) ||
		(value_known(killlog->unsettled_since_ms) &&
			now_ms - killlog->unsettled_since_ms >= NOISY_MS);
}

bool killlog_read(struct killlog *killlog, const struct snapshot *now)
{
	const struct report_listener listener = { on_report, on_kill, killlog };
	const uint64_t before = killlog->kills.total;
	const int64_t now_ms = uptime_ms();
	unsigned records;

	if (killlog->kmsg.fd < 0 || !now)
		return false;
	killlog->moment.uptime_ms = now_ms;
	killlog->moment.time_ms = value_known(now->uptime_ms)
		? value_add(now->time_ms, now_ms - now->uptime_ms)
		: now->time_ms;
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
	return killlog->kills.total != before;
}

int killlog_fd(const struct killlog *killlog)
{
	return value_known(killlog->unsettled_since_ms) ? -1 : killlog->kmsg.fd;
}

int killlog_timeout_ms(const struct killlog *killlog)
{
	return killlog->kmsg.fd >= 0 && value_known(killlog->unsettled_since_ms) ? QUIET_MS : -1;
}
