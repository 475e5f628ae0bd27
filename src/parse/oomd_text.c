/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/oomd_text.h"

#include <errno.h>
#include <string.h>

#include "model/killer.h"
#include "parse/scan.h"

static bool is_blank(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/** A text while its comments are removed. */
struct cleaning {
	char *at;
	char *end;
	int line;
	unsigned depth, n_values;
};

/* Up to behind its closing quote; false if it has none.  A string never spans lines in JSON. */
static bool skip_string(struct cleaning *text)
{
	for (text->at++; text->at < text->end && *text->at != '\n'; text->at++) {
		if (*text->at == '"') {
			text->at++;
			return true;
		}
		if (*text->at == '\\' && text->end - text->at > 1 && text->at[1] != '\n')
			text->at++;
	}
	return false;
}

static void blank_line(struct cleaning *text)
{
	while (text->at < text->end && *text->at != '\n')
		*text->at++ = ' ';
}

/* False if it has no end. */
static bool blank_block(struct cleaning *text)
{
	text->at[0] = text->at[1] = ' ';
	for (text->at += 2; text->at < text->end; text->at++) {
		if (*text->at == '*' && text->end - text->at > 1 && text->at[1] == '/') {
			text->at[0] = text->at[1] = ' ';
			text->at += 2;
			return true;
		}
		if (*text->at == '\n')
			text->line++;
		else
			*text->at = ' ';
	}
	return false;
}

static bool count_value(struct cleaning *text, char byte)
{
	if (byte == '[' || byte == '{')
		text->depth++;
	else if ((byte == ']' || byte == '}') && text->depth > 0)
		text->depth--;
	text->n_values += byte == '[' || byte == '{' || byte == ',';
	return text->depth <= OOMD_TEXT_DEPTH_MAX && text->n_values <= OOMD_TEXT_VALUES_MAX;
}

/* Step over one text, comment or byte. */
static int clean_one(struct cleaning *left)
{
	const char byte = *left->at;
	char next = '\0';

	if (left->end - left->at > 1)
		next = left->at[1];
	if (byte == '"')
		return skip_string(left) ? 0 : -EBADMSG;
	if (byte == '/' && next == '*')
		return blank_block(left) ? 0 : -EBADMSG;
	if (byte == '/' && next == '/') {
		blank_line(left);
		return 0;
	}
	left->at++;
	left->line += byte == '\n';
	return count_value(left, byte) ? 0 : -E2BIG;
}

int oomd_uncomment(char *text, size_t len, int *ret_line)
{
	struct cleaning left = { .line = 1 };

	left.at = text;
	left.end = text + len;
	while (left.at < left.end) {
		const int begin = left.line, error = clean_one(&left);

		if (error < 0) {
			*ret_line = begin;
			return error;
		}
	}
	return 0;
}

/* parseSize(): blanks anywhere do not count. */
static char next_byte(struct scan *scan)
{
	while (!scan_done(scan) && is_blank(*scan->at))
		scan->at++;
	if (scan_done(scan))
		return '\0';
	return *scan->at;
}

static int unit_shift(char byte)
{
	static const char units[] = "kmgt";
	const char *const unit = byte ? strchr(units, (unsigned char)byte | 0x20) : NULL;

	return unit ? 10 * (int)(unit - units + 1) : -1;
}

/** A number with decimals, of which six count. */
struct decimal {
	int64_t whole;
	int64_t millionths;
};

static bool scan_decimal(struct scan *scan, struct decimal *ret)
{
	int64_t place = 100000;
	bool any = false;
	char byte;

	*ret = (struct decimal){ 0, 0 };
	for (byte = next_byte(scan); is_digit(byte); byte = next_byte(scan)) {
		ret->whole = value_add(value_mul(ret->whole, 10), byte - '0');
		scan->at++;
		any = true;
	}
	if (byte != '.')
		return any;
	scan->at++;
	for (byte = next_byte(scan); is_digit(byte); byte = next_byte(scan)) {
		ret->millionths += place * (byte - '0');
		place /= 10;
		scan->at++;
		any = true;
	}
	return any;
}

/* Numbers with units one behind the other: their sum. */
static int parse_sum(struct scan scan, int64_t *ret)
{
	bool negative = false;
	int64_t sum = 0;

	if (next_byte(&scan) == '+' || next_byte(&scan) == '-')
		negative = *scan.at++ == '-';
	while (next_byte(&scan)) {
		struct decimal number;
		int shift = 0;

		if (!scan_decimal(&scan, &number))
			return -EINVAL;
		if (next_byte(&scan)) {
			shift = unit_shift(next_byte(&scan));
			if (shift < 0)
				return -EINVAL;
			scan.at++;
		}
		sum = value_add(sum, value_mul(number.whole, INT64_C(1) << shift));
		sum = value_add(sum, number.millionths * (INT64_C(1) << shift) / 1000000);
	}
	if (sum == INT64_MAX)
		return -ERANGE;
	*ret = negative ? -sum : sum;
	return 0;
}

/* What is left behind a number is what stoi() stops at. */
static int scan_whole(struct scan *scan, int64_t *ret)
{
	bool negative = false;
	int64_t number = 0;

	while (!scan_done(scan) && is_blank(*scan->at))
		scan->at++;
	if (!scan_done(scan) && (*scan->at == '+' || *scan->at == '-'))
		negative = *scan->at++ == '-';
	if (scan_done(scan) || !is_digit(*scan->at))
		return -EINVAL;
	for (; !scan_done(scan) && is_digit(*scan->at); scan->at++)
		number = value_add(value_mul(number, 10), *scan->at - '0');
	if (number == INT64_MAX)
		return -ERANGE;
	*ret = negative ? -number : number;
	return 0;
}

static int parse_percent(struct scan scan, int64_t *ret)
{
	int64_t percent;
	int error = scan_whole(&scan, &percent);

	if (error == 0 && (percent < 0 || percent > 100))
		error = -EINVAL;
	if (error == 0)
		*ret = percent * 100;
	return error;
}

int oomd_parse_size(const char *string, struct oomd_size *ret)
{
	const struct scan text = scan_of(string, strlen(string));
	struct oomd_size size = { VALUE_UNKNOWN, VALUE_UNKNOWN };
	struct scan scan = text;
	int64_t number;
	int error;

	if (text.end > text.at && text.end[-1] == '%') {
		error = parse_percent((struct scan){ text.at, text.end - 1 }, &size.permyriad);
	} else {
		error = scan_whole(&scan, &number);
		if (error == 0 && scan_done(&scan))
			size.bytes = value_mul(number, INT64_C(1) << 20);
		else if (error == 0)
			error = parse_sum(text, &size.bytes);
	}
	if (error == 0 && size.bytes == INT64_MAX)
		error = -ERANGE;
	if (error == 0)
		*ret = size;
	return error;
}

int oomd_parse_int(const char *string, int64_t *ret)
{
	struct scan scan = scan_of(string, strlen(string));
	int64_t number;
	int error = scan_whole(&scan, &number);

	if (error == 0 && (number > INT32_MAX || number < INT32_MIN))
		error = -ERANGE;
	if (error == 0)
		*ret = number;
	return error;
}

int oomd_parse_fraction(const char *string, int64_t *ret_permyriad)
{
	struct scan scan = scan_of(string, strlen(string));
	struct decimal number;

	while (!scan_done(&scan) && is_blank(*scan.at))
		scan.at++;
	if (scan_done(&scan) || !scan_decimal(&scan, &number))
		return -EINVAL;
	if (number.whole > INT32_MAX)
		return -ERANGE;
	*ret_permyriad = number.whole * PERMYRIAD_ALL + number.millionths / 100;
	return 0;
}

int oomd_parse_bool(const char *string, bool *ret)
{
	static const char *const words[] = { "false", "False", "0", "true", "True", "1" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(string, words[i]) == 0) {
			*ret = i >= 3;
			return 0;
		}
	}
	return -EINVAL;
}
