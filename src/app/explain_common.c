/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "app/explain_out.h"
#include "base/units.h"
#include "model/gfp.h"

static void add_clean(struct text *text, const char *string)
{
	text_add_clean(text, string, strlen(string));
}

void explain_gfp(const struct oom_report *report, struct text *text)
{
	if (report->gfp_flags)
		add_clean(text, report->gfp_flags);
	else if (value_known(report->gfp_mask))
		gfp_names(report->gfp_mask, report->kernel_release, text);
}

void explain_when(const char *time, const char *host, int64_t uptime_us, struct text *text)
{
	if (time)
		add_clean(text, time);
	if (host) {
		text_add(text, text->len > 0 ? ", host " : "host ");
		add_clean(text, host);
	}
	if (value_known(uptime_us) && uptime_us >= 0) {
		text_add(text, text->len > 0 ? ", " : "");
		units_seconds(text, uptime_us / 1000000);
		text_add(text, " after boot");
	}
}

void explain_kill_words(const struct killer_event *event, struct text *text)
{
	text_add(text, event->name);
	text_add(text, " killed ");
	if (event->victim.comm[0])
		add_clean(text, event->victim.comm);
	else
		add_clean(text, event->cgroup ? event->cgroup : "something");
	if (value_known(event->victim.pid))
		text_fmt(text, " (PID %" PRId64 ")", event->victim.pid);
	if (value_known(event->rss_kib)) {
		text_add(text, ", ");
		units_kib(text, event->rss_kib);
	}
	if (event->signal) {
		text_add(text, ", ");
		add_clean(text, event->signal);
	}
	if (event->reason) {
		text_add(text, ": ");
		add_clean(text, event->reason);
	}
}
