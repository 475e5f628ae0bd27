/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/value.h"

void json_init(struct json *json, struct text *text)
{
	memset(json, 0, sizeof(*json));
	json->text = text;
}

static void add_escaped(struct text *text, uint32_t code_point)
{
	if (code_point >= 0x10000) {
		add_escaped(text, 0xD800 + ((code_point - 0x10000) >> 10));
		add_escaped(text, 0xDC00 + ((code_point - 0x10000) & 0x3FF));
		return;
	}
	text_fmt(text, "\\u%04x", (unsigned)code_point);
}

static void add_quoted(struct text *text, const char *bytes, size_t len)
{
	const char *at = bytes, *end = bytes + len;

	text_add(text, "\"");
	while (at < end) {
		const char *start = at;
		const uint32_t code_point = utf8_next(&at, end);

		/* Many readers refuse a NUL, even one that is escaped. */
		if (code_point == UTF8_INVALID || code_point == 0)
			text_add(text, "\xEF\xBF\xBD");
		else if (code_point == '"' || code_point == '\\')
			text_fmt(text, "\\%c", (int)code_point);
		else if (code_point == '\n')
			text_add(text, "\\n");
		else if (code_point == '\t')
			text_add(text, "\\t");
		else if (cell_width(code_point) == 0)
			add_escaped(text, code_point);
		else
			text_add_bytes(text, start, (size_t)(at - start));
	}
	text_add(text, "\"");
}

static void begin_value(struct json *json, const char *name)
{
	bool *any = &json->any[json->depth < JSON_DEPTH_MAX ? json->depth : JSON_DEPTH_MAX - 1];

	if (json->depth > 0 && *any)
		text_add(json->text, ",");
	*any = true;
	if (name) {
		add_quoted(json->text, name, strlen(name));
		text_add(json->text, ":");
	}
}

static void open_value(struct json *json, const char *name, const char *bracket)
{
	begin_value(json, name);
	/* Too deep to keep count of commas: better a text that is known to be cut. */
	if (json->depth + 1 >= JSON_DEPTH_MAX)
		json->text->cut = true;
	text_add(json->text, bracket);
	json->depth++;
	if (json->depth < JSON_DEPTH_MAX)
		json->any[json->depth] = false;
}

static void close_value(struct json *json, const char *bracket)
{
	if (json->depth > 0)
		json->depth--;
	text_add(json->text, bracket);
}

void json_put_object(struct json *json, const char *name)
{
	open_value(json, name, "{");
}

void json_put_array(struct json *json, const char *name)
{
	open_value(json, name, "[");
}

void json_end_object(struct json *json)
{
	close_value(json, "}");
}

void json_end_array(struct json *json)
{
	close_value(json, "]");
}

void json_put_bool(struct json *json, const char *name, bool value)
{
	begin_value(json, name);
	text_add(json->text, value ? "true" : "false");
}

void json_put_null(struct json *json, const char *name)
{
	begin_value(json, name);
	text_add(json->text, "null");
}

void json_put_int(struct json *json, const char *name, int64_t value)
{
	json_put_decimal(json, name, value, 0);
}

void json_put_decimal(struct json *json, const char *name, int64_t value, unsigned decimals)
{
	const uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
	uint64_t scale = 1;

	if (!value_known(value)) {
		json_put_null(json, name);
		return;
	}
	for (unsigned i = 0; i < decimals; i++)
		scale *= 10;

	begin_value(json, name);
	text_fmt(json->text, "%s%" PRIu64, value < 0 ? "-" : "", magnitude / scale);
	if (decimals > 0)
		text_fmt(json->text, ".%0*" PRIu64, (int)decimals, magnitude % scale);
}

void json_put_string(struct json *json, const char *name, const char *string)
{
	if (string)
		json_put_bytes(json, name, string, strlen(string));
	else
		json_put_null(json, name);
}

void json_put_bytes(struct json *json, const char *name, const char *bytes, size_t len)
{
	begin_value(json, name);
	add_quoted(json->text, bytes, len);
}
