/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/report_parts.h"

const char *report_find(struct scan text, const char *literal)
{
	if (scan_done(&text))
		return NULL;
	return memmem(text.at, (size_t)(text.end - text.at), literal, strlen(literal));
}

const char *report_find_last(struct scan text, const char *literal)
{
	const size_t len = strlen(literal), all = (size_t)(text.end - text.at);

	for (size_t i = all < len ? 0 : all - len + 1; i-- > 0;) {
		if (text.at[i] == *literal && memcmp(text.at + i, literal, len) == 0)
			return text.at + i;
	}
	return NULL;
}

bool report_has(struct scan text, const char *literal)
{
	return report_find(text, literal) != NULL;
}

const char *report_invoked(struct scan text)
{
	const char *found = report_find(text, " invoked oom");
	struct scan rest;

	if (!found)
		return NULL;
	rest = (struct scan){ found + strlen(" invoked oom"), text.end };
	return scan_literal(&rest, "-killer") || scan_literal(&rest, ":") ? found : NULL;
}

bool report_value(struct scan text, const char *key, const char *ends, struct span *ret)
{
	const char *found = report_find(text, key);
	const char *end;

	if (!found)
		return false;
	found += strlen(key);
	end = found;
	while (end < text.end && !(*end && strchr(ends, *end)))
		end++;
	*ret = (struct span){ found, (size_t)(end - found) };
	return true;
}

bool report_number(struct scan text, const char *key, int64_t *ret)
{
	const char *found = report_find(text, key);

	if (!found)
		return false;
	text.at = found + strlen(key);
	return scan_int(&text, ret);
}

struct span report_trim(struct span span)
{
	while (span.len > 0 && (*span.at == ' ' || *span.at == '\t')) {
		span.at++;
		span.len--;
	}
	while (span.len > 0 && (span.at[span.len - 1] == ' ' || span.at[span.len - 1] == '\t'))
		span.len--;
	return span;
}

const char *report_keep(struct report_parser *parser, struct open_report *open, struct span span)
{
	const char *copy;

	span = report_trim(span);
	if (span.len == 0)
		return NULL;
	copy = arena_text(&open->arena, span.at, span.len);
	if (!copy)
		parser->lost = true;
	return copy;
}

void report_comm(struct span span, char comm[REPORT_COMM_SIZE])
{
	span_copy(report_trim(span), comm, REPORT_COMM_SIZE);
}

static bool is_separator(char byte)
{
	return byte == ' ' || byte == '\t' || byte == ',' || byte == '\n';
}

/* ASCII case ignored for the first letter: "Active_anon:" before 2.6.31. */
static bool is_field(struct span name, const char *field)
{
	return name.len > 0 && name.len == strlen(field) && (*name.at | 0x20) == (*field | 0x20) &&
		memcmp(name.at + 1, field + 1, name.len - 1) == 0;
}

static const struct report_field *field_of(
	struct span name, const struct report_field *fields, size_t n_fields)
{
	for (size_t i = 0; i < n_fields; i++) {
		if (is_field(name, fields[i].name))
			return &fields[i];
	}
	return NULL;
}

/* The next "name:"; false at the end. */
static bool next_name(struct scan *text, struct span *ret)
{
	const char *start = text->at;

	for (; !scan_done(text); text->at++) {
		if (is_separator(*text->at)) {
			start = text->at + 1;
		} else if (*text->at == ':') {
			*ret = (struct span){ start, (size_t)(text->at - start) };
			text->at++;
			return true;
		}
	}
	return false;
}

void report_fields(struct scan text, const struct report_field *fields, size_t n_fields, void *base)
{
	struct span name;

	while (next_name(&text, &name)) {
		const struct report_field *field = field_of(name, fields, n_fields);
		int64_t value;

		if (!field || !scan_int(&text, &value))
			continue;
		/* No counter is negative; one that fell below 0 is printed as a huge number. */
		if (value < 0 || value > SCAN_PAGES_MAX)
			value = VALUE_UNKNOWN;
		*(int64_t *)(void *)((char *)base + field->offset) = value;
	}
}
