/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/arguments.h"

/** Digits before the point that always fit, in millionths; exponents beyond it are as good as
 * infinite. */
#define EXPONENT_MAX 64

bool arguments_next(struct scan *args, struct span *ret)
{
	if (scan_done(args))
		return false;
	if (!scan_until(args, '\0', ret)) {
		*ret = (struct span){ args->at, (size_t)(args->end - args->at) };
		args->at = args->end;
	}
	return true;
}

struct span arguments_base(struct span path)
{
	for (size_t i = path.len; i > 0; i--) {
		if (path.at[i - 1] == '/')
			return (struct span){ path.at + i, path.len - i };
	}
	return path;
}

static bool is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct span span_strip(struct span text)
{
	while (text.len > 0 && is_space(*text.at)) {
		text.at++;
		text.len--;
	}
	while (text.len > 0 && is_space(text.at[text.len - 1]))
		text.len--;
	return text;
}

static bool is_digit_at(const struct scan *scan)
{
	return !scan_done(scan) && *scan->at >= '0' && *scan->at <= '9';
}

/* The digits around the point; false if there are none. */
static bool read_mantissa(struct scan *scan, int64_t *ret)
{
	int64_t value = 0, unit = MICRO;
	bool any = false;

	for (; is_digit_at(scan); scan->at++, any = true)
		value = value_add(value_mul(value, 10), *scan->at - '0');
	value = value_mul(value, MICRO);
	if (!scan_done(scan) && *scan->at == '.' &&
		(any || (scan->end - scan->at > 1 && scan->at[1] >= '0' && scan->at[1] <= '9'))) {
		scan->at++;
		for (; is_digit_at(scan); scan->at++, any = true) {
			unit /= 10;
			value = value_add(value, (*scan->at - '0') * unit);
		}
	}
	*ret = value;
	return any;
}

/* Without digits the "e" is no exponent, but what follows the number. */
static int64_t read_exponent(struct scan *scan)
{
	struct scan ahead = *scan;
	int64_t value = 0;
	bool negative;

	if (!scan_literal(&ahead, "e") && !scan_literal(&ahead, "E"))
		return 0;
	negative = scan_literal(&ahead, "-");
	if (!negative)
		scan_literal(&ahead, "+");
	if (!is_digit_at(&ahead))
		return 0;
	for (; is_digit_at(&ahead); ahead.at++)
		value = value_min(value * 10 + (*ahead.at - '0'), EXPONENT_MAX);
	*scan = ahead;
	return negative ? -value : value;
}

bool scan_micro(struct scan *scan, int64_t *ret)
{
	struct scan ahead = *scan;
	int64_t value, exponent;
	bool negative;

	while (!scan_done(&ahead) && is_space(*ahead.at))
		ahead.at++;
	negative = scan_literal(&ahead, "-");
	if (!negative)
		scan_literal(&ahead, "+");
	if (!read_mantissa(&ahead, &value))
		return false;
	exponent = read_exponent(&ahead);
	for (; exponent > 0; exponent--)
		value = value_mul(value, 10);
	/* What did not fit without its exponent is not known with it either. */
	if (value == INT64_MAX || (negative && value > 0))
		return false;
	for (; exponent < 0; exponent++)
		value /= 10;
	*ret = value;
	*scan = ahead;
	return true;
}

bool span_micro(struct span text, int64_t *ret)
{
	struct scan scan = scan_of(text.at, text.len);
	int64_t value;

	if (!scan_micro(&scan, &value) || !scan_done(&scan))
		return false;
	*ret = value;
	return true;
}
