/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/width.h"

void text_init(struct text *text, char *buf, size_t size)
{
	text->buf = buf;
	text->size = size;
	text->len = 0;
	text->cut = false;
	buf[0] = '\0';
}

/* The longest prefix of at most len bytes that cuts no character; bytes[len] is readable. */
static size_t utf8_boundary(const char *bytes, size_t len)
{
	for (unsigned i = 0; i < 3 && len > 0 && (bytes[len] & 0xC0) == 0x80; i++)
		len--;
	return len;
}

void text_add_bytes(struct text *text, const char *bytes, size_t len)
{
	const size_t room = text->size - 1 - text->len;

	/* What was cut stays a prefix: nothing shorter may follow behind the gap. */
	if (text->cut)
		return;
	if (len > room) {
		len = utf8_boundary(bytes, room);
		text->cut = true;
	}
	memcpy(text->buf + text->len, bytes, len);
	text->len += len;
	text->buf[text->len] = '\0';
}

void text_add(struct text *text, const char *string)
{
	text_add_bytes(text, string, strlen(string));
}

/* The start of the last character of a string, if that character is incomplete. */
static size_t utf8_complete(const char *bytes, size_t len)
{
	const char *at = bytes + (len > 3 ? len - 3 : 0);
	const char *end = bytes + len;

	while (at < end) {
		const unsigned char lead = (unsigned char)*at;
		const size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;

		if (need > (size_t)(end - at))
			return (size_t)(at - bytes);
		at++;
	}
	return len;
}

void text_fmt(struct text *text, const char *format, ...)
{
	const size_t room = text->size - text->len;
	va_list args;
	int len;

	if (text->cut)
		return;
	va_start(args, format);
	len = vsnprintf(text->buf + text->len, room, format, args);
	va_end(args);

	if (len < 0) {
		text->cut = true;
	} else if ((size_t)len >= room) {
		text->cut = true;
		text->len += utf8_complete(text->buf + text->len, room - 1);
	} else {
		text->len += (size_t)len;
	}
	text->buf[text->len] = '\0';
}

static bool is_control(uint32_t code_point)
{
	return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
}

static bool is_private(uint32_t code_point)
{
	return (code_point >= 0xE000 && code_point <= 0xF8FF) || code_point >= 0xF0000;
}

void text_add_clean(struct text *text, const char *bytes, size_t len)
{
	const char *at = bytes, *end = bytes + len;

	while (at < end && !text->cut) {
		const char *start = at;
		const uint32_t code_point = utf8_next(&at, end);

		if (code_point == UTF8_INVALID || is_control(code_point))
			text_add_bytes(text, "?", 1);
		else if (cell_width(code_point) > 0 && !is_private(code_point))
			text_add_bytes(text, start, (size_t)(at - start));
	}
}

static bool width_find(const struct width_range *ranges, size_t count, uint32_t code_point)
{
	size_t low = 0, high = count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (code_point > ranges[middle].last)
			low = middle + 1;
		else if (code_point < ranges[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

int cell_width(uint32_t code_point)
{
	if (code_point < 0x7F)
		return code_point >= 0x20;
	if (code_point > 0x10FFFF)
		return 0;
	if (width_find(width_zero, width_zero_count, code_point))
		return 0;
	return width_find(width_two, width_two_count, code_point) ? 2 : 1;
}

/* A byte of no character will be shown as a mark of one cell. */
static size_t next_cells(const char **at, const char *end)
{
	const uint32_t code_point = utf8_next(at, end);

	return code_point == UTF8_INVALID ? 1 : (size_t)cell_width(code_point);
}

size_t text_cells(const char *string)
{
	const char *at = string, *end = string + strlen(string);
	size_t cells = 0;

	while (at < end)
		cells += next_cells(&at, end);
	return cells;
}

size_t text_fit(const char *string, size_t cells)
{
	const char *at = string, *end = string + strlen(string);

	while (at < end) {
		const char *start = at;
		const size_t width = next_cells(&at, end);

		if (width > cells)
			return (size_t)(start - string);
		cells -= width;
	}
	return (size_t)(at - string);
}

/* Bytes that follow a lead byte, and the least code point that needs as many. */
static unsigned utf8_lead(unsigned char lead, uint32_t *ret_bits, uint32_t *ret_least)
{
	if (lead >= 0xC2 && lead <= 0xDF) {
		*ret_bits = lead & 0x1F;
		*ret_least = 0x80;
		return 1;
	}
	if (lead >= 0xE0 && lead <= 0xEF) {
		*ret_bits = lead & 0x0F;
		*ret_least = 0x800;
		return 2;
	}
	if (lead >= 0xF0 && lead <= 0xF4) {
		*ret_bits = lead & 0x07;
		*ret_least = 0x10000;
		return 3;
	}
	return 0;
}

uint32_t utf8_next(const char **at, const char *end)
{
	const char *byte = *at;
	const unsigned char lead = (unsigned char)*byte++;
	uint32_t code_point = 0, least = 0;
	unsigned follow;

	*at = byte;
	if (lead < 0x80)
		return lead;
	follow = utf8_lead(lead, &code_point, &least);
	if (follow == 0 || (size_t)(end - byte) < follow)
		return UTF8_INVALID;

	for (unsigned i = 0; i < follow; i++, byte++) {
		if (((unsigned char)*byte & 0xC0) != 0x80)
			return UTF8_INVALID;
		code_point = code_point << 6 | ((unsigned char)*byte & 0x3F);
	}
	if (code_point < least || code_point > 0x10FFFF)
		return UTF8_INVALID;
	if (code_point >= 0xD800 && code_point <= 0xDFFF)
		return UTF8_INVALID;
	*at = byte;
	return code_point;
}

size_t utf8_put(uint32_t code_point, char *buf)
{
	if (code_point < 0x80) {
		buf[0] = (char)code_point;
		return 1;
	}
	if (code_point < 0x800) {
		buf[0] = (char)(0xC0 | code_point >> 6);
		buf[1] = (char)(0x80 | (code_point & 0x3F));
		return 2;
	}
	if (code_point < 0x10000) {
		buf[0] = (char)(0xE0 | code_point >> 12);
		buf[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
		buf[2] = (char)(0x80 | (code_point & 0x3F));
		return 3;
	}
	buf[0] = (char)(0xF0 | code_point >> 18);
	buf[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
	buf[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
	buf[3] = (char)(0x80 | (code_point & 0x3F));
	return 4;
}

static uint32_t fold(uint32_t c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

bool text_contains(const char *hay, const char *needle)
{
	for (;; hay++) {
		size_t i = 0;

		while (needle[i] && fold((unsigned char)hay[i]) == fold((unsigned char)needle[i]))
			i++;
		if (!needle[i])
			return true;
		if (!*hay)
			return false;
	}
}

/* One character, folded; a byte of no character stands for itself. */
static uint32_t next_char(const char **at, const char *end)
{
	const unsigned char byte = (unsigned char)**at;
	const uint32_t c = utf8_next(at, end);

	return c == UTF8_INVALID ? 0x80000000u | byte : fold(c);
}

/* One character of a pattern, which a backslash may precede. */
static uint32_t next_literal(const char **at, const char *end)
{
	if (**at == '\\' && *at + 1 < end)
		++*at;
	return next_char(at, end);
}

static bool in_range(uint32_t c, uint32_t first, uint32_t last)
{
	return c >= first && c <= last;
}

/*
 * A bracket expression against c.  *at stands behind "["; on success it is moved behind "]".
 * Returns false where there is no "]": then "[" stands for itself.
 */
static bool match_bracket(const char **at, const char *end, uint32_t c, bool *ret_matches)
{
	const char *p = *at;
	const bool negated = p < end && *p == '!';
	const char *first_member;
	bool found = false;

	p += negated;
	first_member = p;
	while (p < end && (*p != ']' || p == first_member)) {
		const uint32_t first = next_literal(&p, end);
		uint32_t last = first;

		if (end - p >= 2 && p[0] == '-' && p[1] != ']') {
			p++;
			last = next_literal(&p, end);
		}
		found |= in_range(c, first, last);
	}
	if (p >= end)
		return false;
	*at = p + 1;
	*ret_matches = found != negated;
	return true;
}

/* The pattern's next element against c; moves *at behind the element. */
static bool match_one(const char **at, const char *end, uint32_t c)
{
	bool matches;

	if (**at == '?') {
		++*at;
		return true;
	}
	if (**at == '[') {
		const char *inside = *at + 1;

		if (match_bracket(&inside, end, c, &matches)) {
			*at = inside;
			return matches;
		}
	}
	return next_literal(at, end) == c;
}

/* Only the last star is ever tried again, so the cost is at most the product of the lengths. */
bool text_match(const char *pattern, const char *string)
{
	const char *pattern_end = pattern + strlen(pattern);
	const char *end = string + strlen(string);
	const char *star = NULL, *retry = NULL;

	while (string < end || pattern < pattern_end) {
		const char *next = string;

		if (pattern < pattern_end && *pattern == '*') {
			star = ++pattern;
			retry = string;
			continue;
		}
		if (pattern < pattern_end && string < end &&
			match_one(&pattern, pattern_end, next_char(&next, end))) {
			string = next;
			continue;
		}
		if (!star || retry >= end)
			return false;
		next_char(&retry, end);
		string = retry;
		pattern = star;
	}
	return true;
}

bool text_ends(const char *string, const char *end)
{
	const size_t len = strlen(string), end_len = strlen(end);

	return len >= end_len && strcmp(string + len - end_len, end) == 0;
}
