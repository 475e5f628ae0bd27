/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The `format` file of a tracepoint: where in its records each field stands, which differs by
 * kernel; and reading a field of a record by it.
 *
 * Records and file are taken for hostile.  Numbers in a record are in the machine's byte order.
 */
#ifndef OOMWATCH_PARSE_TRACE_FORMAT_H
#define OOMWATCH_PARSE_TRACE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

/** Fields of a tracepoint that are kept; more are left out, as are lines not understood. */
#define TRACE_FIELDS_MAX 32

/** Room for the name of a field; fields of longer ones are left out. */
#define TRACE_NAME_SIZE 32

/** A record is not larger (PERF_MAX_TRACE_SIZE of include/linux/trace_events.h). */
#define TRACE_RECORD_MAX 8192

enum trace_kind {
	TRACE_UNSIGNED,
	TRACE_SIGNED,
	TRACE_TEXT,     /**< char[N]: here */
	TRACE_DATA_LOC, /**< __data_loc char[]: elsewhere in the record, here is where and how long */
	TRACE_OTHER, /**< arrays of what is no char, other indirections, odd sizes: not readable */
};

struct trace_field {
	char name[TRACE_NAME_SIZE];
	enum trace_kind kind;
	uint32_t offset; /**< offset + size <= TRACE_RECORD_MAX */
	uint32_t size;   /**< bytes: 1, 2, 4, 8 of a number, 4 of TRACE_DATA_LOC, never 0 */
};

struct trace_format {
	int64_t id; /**< what perf_event_open(2) wants in config; 1..INT32_MAX */
	unsigned n_fields;
	struct trace_field fields[TRACE_FIELDS_MAX];
};

/**
 * Parse `format`.
 *
 * Returns 0, -ENODATA if empty, -EBADMSG without an ID or any field, or if it is cut (no whole
 * line "print fmt:").  *ret is unchanged on error.
 */
int parse_trace_format(const char *text, size_t len, struct trace_format *ret);

/** The first field of that name, or NULL. */
const struct trace_field *trace_field_find(const struct trace_format *format, const char *name);

/** The number in a record; VALUE_UNKNOWN if field is NULL or no number, the record ends before
 * it, or an unsigned one is above INT64_MAX. */
int64_t trace_field_number(const struct trace_field *field, const char *record, size_t len);

/**
 * The text in a record, up to its first NUL, cut to fit and NUL-terminated; foreign bytes.
 *
 * "" if field is NULL or no text, or if it does not lie within the record.
 */
void trace_field_text(
	const struct trace_field *field, const char *record, size_t len, char *buf, size_t size);

#endif
