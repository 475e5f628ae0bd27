/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A small JSON writer: one value after the other into a bounded buffer.
 *
 * Commas and quoting are its business; the output is valid UTF-8.  The caller
 * drains the buffer (json->text) between values, which is how a sample of many
 * thousand tasks is written without being built in memory.
 *
 * The names keep clear of those of libjansson, which the program is linked with.
 */
#ifndef OOMWATCH_BASE_JSON_H
#define OOMWATCH_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/** Less than this many objects and arrays in each other; deeper ones cut the text. */
#define JSON_DEPTH_MAX 16

struct json {
	struct text *text;
	unsigned depth;
	bool any[JSON_DEPTH_MAX]; /**< [depth]: a member was written already */
};

void json_init(struct json *json, struct text *text);

/* A NULL name is for members of arrays and for the outermost value. */
void json_put_object(struct json *json, const char *name);
void json_put_array(struct json *json, const char *name);
void json_end_object(struct json *json);
void json_end_array(struct json *json);
void json_put_bool(struct json *json, const char *name, bool value);
void json_put_null(struct json *json, const char *name);

/** An integer, or null for VALUE_UNKNOWN. */
void json_put_int(struct json *json, const char *name, int64_t value);

/** A number with decimals (18 at most): value / 10^decimals, or null for VALUE_UNKNOWN. */
void json_put_decimal(struct json *json, const char *name, int64_t value, unsigned decimals);

/**
 * A string, or null where string is NULL.  Control characters are escaped; a byte
 * that is not valid UTF-8 becomes U+FFFD; all else, bidi controls included, is kept
 * but written as \uXXXX where it is not printable.
 */
void json_put_string(struct json *json, const char *name, const char *string);

/** The same of so many bytes; a NUL among them becomes U+FFFD. */
void json_put_bytes(struct json *json, const char *name, const char *bytes, size_t len);

#endif
