/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The forms in which an explained report is written to stdout.  A part of app/explain.
 */
#ifndef OOMWATCH_APP_EXPLAIN_OUT_H
#define OOMWATCH_APP_EXPLAIN_OUT_H

#include "analysis/explain.h"
#include "base/arena.h"
#include "base/text.h"

/** One form; what is written is a finding of a file ("-": standard input). */
struct explain_form {
	void (*report)(const char *file, const struct explained *explained, struct arena *arena);
	void (*kill)(const char *file, const struct killer_event *event);
};

extern const struct explain_form explain_form_text;
extern const struct explain_form explain_form_json;
extern const struct explain_form explain_form_brief; /**< --report */

/** Append the names of what was asked for, as printed, or by the mask where a kernel before 4.6
 * prints that alone; nothing if they are not known.  Clean. */
void explain_gfp(const struct oom_report *report, struct text *text);

/** Append the wall time and host of a line, or its uptime; clean. */
void explain_when(const char *time, const char *host, int64_t uptime_us, struct text *text);

/** Append "NAME killed COMM (PID n)" and what it said; clean. */
void explain_kill_words(const struct killer_event *event, struct text *text);

#endif
