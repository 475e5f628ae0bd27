/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The kernel's OOM reports in a log of any size, as it streams by; Linux 2.6.18 to 7.x.
 *
 * By fields, and by the task table's own head, never by a pattern for a version.  Lines of
 * other subsystems may stand between, reports may be cut at either end, quoted, indented or
 * hard-wrapped, and two may be mixed (of several hosts or callers).  What no report is made of
 * is passed over at the speed of a text search.
 *
 * Memory: the window below and the few reports that are open, whatever the log's size.
 */
#ifndef OOMWATCH_PARSE_REPORT_H
#define OOMWATCH_PARSE_REPORT_H

#include <stddef.h>

#include "base/arena.h"
#include "model/report.h"

/** Bytes of a line that are looked at; the rest is passed over. */
#define REPORT_LINE_MAX 8192

struct report_parser;

/** Where findings go; what they point to is valid during the call alone. */
struct report_listener {
	void (*report)(const struct oom_report *report, void *context);
	void (*kill)(const struct killer_event *event, void *context); /**< NULL: not wanted */
	void *context;
};

/** A parser for one log, in the arena; NULL without memory. */
struct report_parser *report_parser_new(struct arena *arena);

/** Release what the parser holds beside the arena; accepts NULL. */
void report_parser_free(struct report_parser *parser);

/**
 * Read on: any number of bytes, cut anywhere.
 *
 * Returns 0, or -ENOMEM if something had to be left out of a report for want of memory (it is
 * told nevertheless, and the parser goes on).
 */
int report_parser_feed(struct report_parser *parser, const char *bytes, size_t len,
	const struct report_listener *listener);

/**
 * The log is quiet: tell what is open and has its kill or panic.  Of a log that still grows;
 * lines that come later (the reaper's, further kills of a group) make a report of their own or
 * are lost.  Returns as report_parser_feed().
 */
int report_parser_settle(struct report_parser *parser, const struct report_listener *listener);

/** The end of the log: tell all that is open.  Afterwards the parser can read another log.
 * Returns as report_parser_feed(). */
int report_parser_end(struct report_parser *parser, const struct report_listener *listener);

#endif
