/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/trace_format.h"

#include <errno.h>
#include <string.h>

#include "parse/scan.h"

static bool is_name(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
		(byte >= '0' && byte <= '9') || byte == '_';
}

static bool is_char(struct span type)
{
	struct scan scan = { type.at, type.at + type.len };
	struct span word;

	/* "const char", "unsigned char" */
	while (scan_word(&scan, &word)) {
		if (span_is(word, "char"))
			return true;
	}
	return false;
}

static bool is_number_size(uint32_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* What the declaration says; type is what stands before the name. */
static enum trace_kind kind_of(struct span type, bool array, bool is_signed, uint32_t size)
{
	if (span_starts(type, "__data_loc "))
		return size == 4 && memmem(type.at, type.len, " char[] ", 8) ? TRACE_DATA_LOC
									     : TRACE_OTHER;
	if (span_starts(type, "__rel_loc ") || memchr(type.at, '[', type.len))
		return TRACE_OTHER;
	if (array)
		return is_char(type) ? TRACE_TEXT : TRACE_OTHER;
	if (!is_number_size(size))
		return TRACE_OTHER;
	return is_signed ? TRACE_SIGNED : TRACE_UNSIGNED;
}

/* "TYPE NAME" or "TYPE NAME[N]": from behind, as a type may be of many words. */
static bool split(
	struct span declaration, struct span *ret_type, struct span *ret_name, bool *ret_array)
{
	const char *end = declaration.at + declaration.len, *start;

	*ret_array = declaration.len > 0 && end[-1] == ']';
	if (*ret_array) {
		end = memchr(declaration.at, '[', declaration.len);
		/* "TYPE[2] NAME[N]" is not written by any kernel. */
		if (!end)
			return false;
	}
	for (start = end; start > declaration.at && is_name(start[-1]); start--)
		continue;
	if (start == end || start == declaration.at)
		return false;
	*ret_type = (struct span){ declaration.at, (size_t)(start - declaration.at) };
	*ret_name = (struct span){ start, (size_t)(end - start) };
	return true;
}

/* "\tNAME:NUMBER;" */
static bool read_property(struct scan *line, const char *name, uint64_t max, uint32_t *ret)
{
	uint64_t value;

	scan_blanks(line);
	if (!scan_literal(line, name) || !scan_uint(line, &value) || value > max ||
		!scan_literal(line, ";"))
		return false;
	*ret = (uint32_t)value;
	return true;
}

/* "TYPE NAME;\toffset:8;\tsize:4;\tsigned:1;" */
static bool read_field(struct scan *line, struct trace_field *ret)
{
	struct span declaration, type, name;
	struct trace_field field = { 0 };
	uint32_t is_signed;
	bool array;

	if (!scan_until(line, ';', &declaration) || !split(declaration, &type, &name, &array) ||
		!read_property(line, "offset:", TRACE_RECORD_MAX, &field.offset) ||
		!read_property(line, "size:", TRACE_RECORD_MAX - field.offset, &field.size) ||
		!read_property(line, "signed:", 1, &is_signed))
		return false;
	/* Of a flexible array the size is 0. */
	if (field.size == 0 || name.len >= sizeof(field.name))
		return false;
	span_copy(name, field.name, sizeof(field.name));
	field.kind = kind_of(type, array, is_signed, field.size);
	*ret = field;
	return true;
}

/* A line above the format's end; false: it is not what it should be. */
static bool take_line(struct scan *line, struct trace_format *format)
{
	if (scan_literal(line, "ID:"))
		return scan_int(line, &format->id) && scan_done(line);
	scan_blanks(line);
	if (scan_literal(line, "field:") && format->n_fields < TRACE_FIELDS_MAX &&
		read_field(line, &format->fields[format->n_fields]))
		format->n_fields++;
	return true;
}

int parse_trace_format(const char *text, size_t len, struct trace_format *ret)
{
	struct scan scan = scan_of(text, len), line;
	struct trace_format format = { 0 };

	if (len == 0)
		return -ENODATA;
	for (;;) {
		if (!scan_whole_line(&scan, &line))
			return -EBADMSG;
		if (scan_literal(&line, "print fmt:"))
			break;
		if (!take_line(&line, &format))
			return -EBADMSG;
	}
	if (format.id < 1 || format.id > INT32_MAX || format.n_fields == 0)
		return -EBADMSG;

	*ret = format;
	return 0;
}

const struct trace_field *trace_field_find(const struct trace_format *format, const char *name)
{
	for (unsigned i = 0; i < format->n_fields; i++) {
		if (strcmp(format->fields[i].name, name) == 0)
			return &format->fields[i];
	}
	return NULL;
}

static bool is_within(uint32_t offset, uint32_t size, size_t len)
{
	return offset <= len && size <= len - offset;
}

static int64_t read_signed(const char *at, uint32_t size)
{
	int8_t s8;
	int16_t s16;
	int32_t s32;
	int64_t s64;

	switch (size) {
	case 1:
		memcpy(&s8, at, sizeof(s8));
		return s8;
	case 2:
		memcpy(&s16, at, sizeof(s16));
		return s16;
	case 4:
		memcpy(&s32, at, sizeof(s32));
		return s32;
	default:
		memcpy(&s64, at, sizeof(s64));
		return s64;
	}
}

int64_t trace_field_number(const struct trace_field *field, const char *record, size_t len)
{
	int64_t value;

	if (!field || (field->kind != TRACE_SIGNED && field->kind != TRACE_UNSIGNED) ||
		!is_within(field->offset, field->size, len))
		return VALUE_UNKNOWN;
	value = read_signed(record + field->offset, field->size);
	if (field->kind == TRACE_SIGNED)
		return value;
	if (field->size < sizeof(value))
		return value & (((int64_t)1 << (field->size * 8)) - 1);
	return value < 0 ? VALUE_UNKNOWN : value;
}

void trace_field_text(
	const struct trace_field *field, const char *record, size_t len, char *buf, size_t size)
{
	struct span text;
	uint32_t where = 0;

	buf[0] = '\0';
	if (!field || (field->kind != TRACE_TEXT && field->kind != TRACE_DATA_LOC) ||
		!is_within(field->offset, field->size, len))
		return;
	text = (struct span){ record + field->offset, field->size };
	if (field->kind == TRACE_DATA_LOC) {
		/* Length and offset, a half each (include/trace/trace_events.h). */
		memcpy(&where, text.at, sizeof(where));
		if (!is_within(where & 0xffff, where >> 16, len))
			return;
		text = (struct span){ record + (where & 0xffff), where >> 16 };
	}
	span_copy(text, buf, size);
}
