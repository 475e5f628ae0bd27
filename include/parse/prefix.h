/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A line of a log without what loggers, mailers and people put in front of it.
 *
 * By structure: quote marks, indentation, a time that contains hh:mm:ss, a host, a program's
 * tag, a level, the kernel's own stamp and caller, a /dev/kmsg header, a container runtime's
 * columns.  No list of formats.
 */
#ifndef OOMWATCH_PARSE_PREFIX_H
#define OOMWATCH_PARSE_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parse/scan.h"

struct log_line {
	struct scan text; /**< what was logged, leading blanks skipped */
	struct span time; /**< wall time as printed; length 0: none */
	struct span host;
	struct span tag;   /**< the program that logged it: "kernel", "earlyoom" */
	int64_t uptime_us; /**< the kernel's stamp, or VALUE_UNKNOWN */
	int64_t caller;    /**< thread id, or -1 - cpu (CONFIG_PRINTK_CALLER); VALUE_UNKNOWN */
	unsigned quotes;   /**< how often it is quoted ("> > ") */
	bool stamped;      /**< a time, tag, level or stamp: a record begins here */
	bool kernel;       /**< the kernel's: by tag, level or stamp */
	bool escaped;      /**< a kmsg record: its text has \xHH escapes */
};

/** Take a line (without its newline) apart; never fails, spans point into it. */
void log_line_read(const char *line, size_t len, struct log_line *ret);

/** Whether what is read is a program's own words, not the kernel's. */
static inline bool log_line_foreign(const struct log_line *line)
{
	return line->tag.len > 0 && !line->kernel;
}

/**
 * The message in a line of JSON: journalctl -o json ("MESSAGE"), Docker's json-file ("log").
 *
 * @buf   out: "TIME HOST TAG: text" as far as known, newlines in it as they are; NUL-terminated
 * Returns its length, cut to size - 1, or 0 if the line is no such thing.
 */
size_t log_json_read(const char *line, size_t len, char *buf, size_t size);

#endif
