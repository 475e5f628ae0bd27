/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/scan.h"

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static int hex_digit(char byte)
{
	if (is_digit(byte))
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

static void cut_line(struct scan *scan, const char *newline, struct scan *ret_line)
{
	ret_line->at = scan->at;
	ret_line->end = newline ? newline : scan->end;
	scan->at = newline ? newline + 1 : scan->end;
}

static const char *find(const struct scan *scan, char byte)
{
	if (scan_done(scan))
		return NULL;
	return memchr(scan->at, byte, (size_t)(scan->end - scan->at));
}

bool scan_line(struct scan *scan, struct scan *ret_line)
{
	if (scan_done(scan))
		return false;
	cut_line(scan, find(scan, '\n'), ret_line);
	return true;
}

bool scan_whole_line(struct scan *scan, struct scan *ret_line)
{
	const char *newline = find(scan, '\n');

	if (!newline)
		return false;
	cut_line(scan, newline, ret_line);
	return true;
}

void scan_blanks(struct scan *scan)
{
	while (!scan_done(scan) && is_blank(*scan->at))
		scan->at++;
}

bool scan_word(struct scan *scan, struct span *ret)
{
	const char *start;

	scan_blanks(scan);
	start = scan->at;
	while (!scan_done(scan) && !is_blank(*scan->at) && *scan->at != '\n')
		scan->at++;
	if (scan->at == start)
		return false;

	*ret = (struct span){ start, (size_t)(scan->at - start) };
	return true;
}

bool scan_until(struct scan *scan, char byte, struct span *ret)
{
	const char *found = find(scan, byte);

	if (!found)
		return false;
	*ret = (struct span){ scan->at, (size_t)(found - scan->at) };
	scan->at = found + 1;
	return true;
}

bool scan_component(struct scan *path, struct span *ret)
{
	while (scan_literal(path, "/"))
		continue;
	if (scan_done(path))
		return false;
	if (!scan_until(path, '/', ret)) {
		*ret = (struct span){ path->at, (size_t)(path->end - path->at) };
		path->at = path->end;
	}
	return true;
}

/* Digits at the cursor; steps over all of them even where the value saturates. */
static bool read_digits(struct scan *scan, uint64_t *ret)
{
	const char *start = scan->at;
	uint64_t value = 0;

	for (; !scan_done(scan) && is_digit(*scan->at); scan->at++) {
		const uint64_t digit = (uint64_t)(*scan->at - '0');

		if (__builtin_mul_overflow(value, 10u, &value) ||
			__builtin_add_overflow(value, digit, &value))
			value = UINT64_MAX;
	}
	if (scan->at == start)
		return false;

	*ret = value;
	return true;
}

bool scan_uint(struct scan *scan, uint64_t *ret)
{
	struct scan ahead = *scan;

	scan_blanks(&ahead);
	if (!read_digits(&ahead, ret))
		return false;
	*scan = ahead;
	return true;
}

bool scan_int(struct scan *scan, int64_t *ret)
{
	struct scan ahead = *scan;
	uint64_t magnitude;
	bool negative;
	int64_t value;

	scan_blanks(&ahead);
	negative = scan_literal(&ahead, "-");
	if (!read_digits(&ahead, &magnitude))
		return false;

	value = magnitude > INT64_MAX ? INT64_MAX : (int64_t)magnitude;
	*ret = negative ? -value : value;
	*scan = ahead;
	return true;
}

bool scan_value(struct scan *scan, int64_t max, int64_t *ret)
{
	struct scan ahead = *scan;
	uint64_t magnitude;
	bool negative;

	scan_blanks(&ahead);
	negative = scan_literal(&ahead, "-");
	if (!read_digits(&ahead, &magnitude))
		return false;

	if (negative || magnitude > (uint64_t)max)
		*ret = VALUE_UNKNOWN;
	else
		*ret = (int64_t)magnitude;
	*scan = ahead;
	return true;
}

bool scan_hex(struct scan *scan, uint64_t *ret)
{
	struct scan ahead = *scan;
	const char *start;
	uint64_t value = 0;

	scan_blanks(&ahead);
	start = ahead.at;
	for (; !scan_done(&ahead) && hex_digit(*ahead.at) >= 0; ahead.at++) {
		if (value > UINT64_MAX >> 4)
			value = UINT64_MAX;
		else
			value = value << 4 | (uint64_t)hex_digit(*ahead.at);
	}
	if (ahead.at == start)
		return false;

	*ret = value;
	*scan = ahead;
	return true;
}

bool scan_centi(struct scan *scan, int64_t *ret)
{
	struct scan ahead = *scan;
	uint64_t whole;
	int64_t value;

	if (!scan_uint(&ahead, &whole))
		return false;
	value = whole > INT64_MAX ? INT64_MAX : value_mul((int64_t)whole, 100);

	if (scan_literal(&ahead, ".")) {
		for (int64_t unit = 10; !scan_done(&ahead) && is_digit(*ahead.at); unit /= 10) {
			value = value_add(value, (*ahead.at - '0') * unit);
			ahead.at++;
		}
	}

	*ret = value;
	*scan = ahead;
	return true;
}

bool span_is(struct span span, const char *literal)
{
	return span.len == strlen(literal) && memcmp(span.at, literal, span.len) == 0;
}

bool span_starts(struct span span, const char *literal)
{
	const size_t len = strlen(literal);

	return span.len >= len && memcmp(span.at, literal, len) == 0;
}

void span_copy(struct span span, char *buf, size_t size)
{
	const size_t len = span.len < size ? span.len : size - 1;

	memcpy(buf, span.at, len);
	buf[len] = '\0';
}
