/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/systemd_value.h"

#define PERMYRIAD_MAX 10000

/** Digits of a fraction that count: a microsecond of the longest unit would need more, but this
 * is for milliseconds. */
#define FRACTION_DIGITS 6

static bool is_digit(const struct scan *scan)
{
	return !scan_done(scan) && *scan->at >= '0' && *scan->at <= '9';
}

/**
 * "12.345" as a whole number of 10^-decimals, with *ret_cut the digits that do not fit; at least
 * one digit before the point.  False beyond 63 bits, too.
 */
static bool scan_decimal(struct scan *scan, unsigned decimals, int64_t *ret, bool *ret_cut)
{
	int64_t number = 0;
	unsigned found = 0;

	*ret_cut = false;
	if (!is_digit(scan))
		return false;
	for (; is_digit(scan); scan->at++)
		number = value_add(value_mul(number, 10), *scan->at - '0');
	if (scan_literal(scan, ".")) {
		if (!is_digit(scan))
			return false;
		for (; is_digit(scan); scan->at++, found++) {
			if (found < decimals)
				number = value_add(value_mul(number, 10), *scan->at - '0');
			else
				*ret_cut = true;
		}
	}
	for (; found < decimals; found++)
		number = value_mul(number, 10);
	*ret = number;
	return true;
}

bool systemd_permyriad(struct span value, int64_t *ret)
{
	static const struct {
		const char *sign;
		unsigned decimals;
	} units[] = { { "%", 2 }, { "\xe2\x80\xb0", 1 }, { "\xe2\x80\xb1", 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		struct scan scan = scan_of(value.at, value.len);
		int64_t number;
		bool cut;

		if (!scan_decimal(&scan, units[i].decimals, &number, &cut))
			return false;
		/* Without decimals there is no point either. */
		if (cut || !scan_literal(&scan, units[i].sign) || !scan_done(&scan))
			continue;
		if (number > PERMYRIAD_MAX)
			return false;
		*ret = number;
		return true;
	}
	return false;
}

/* In microseconds; a month and a year as systemd.time(7) has them.  0: no such unit. */
static int64_t unit_us(struct span unit)
{
	static const struct {
		const char *name;
		int64_t us;
	} units[] = {
		{ "", 1000000 },
		{ "s", 1000000 },
		{ "sec", 1000000 },
		{ "second", 1000000 },
		{ "seconds", 1000000 },
		{ "us", 1 },
		{ "usec", 1 },
		{ "\xc2\xb5s", 1 },
		{ "\xce\xbcs", 1 },
		{ "ms", 1000 },
		{ "msec", 1000 },
		{ "m", 60000000 },
		{ "min", 60000000 },
		{ "minute", 60000000 },
		{ "minutes", 60000000 },
		{ "h", INT64_C(3600000000) },
		{ "hr", INT64_C(3600000000) },
		{ "hour", INT64_C(3600000000) },
		{ "hours", INT64_C(3600000000) },
		{ "d", INT64_C(86400000000) },
		{ "day", INT64_C(86400000000) },
		{ "days", INT64_C(86400000000) },
		{ "w", INT64_C(604800000000) },
		{ "week", INT64_C(604800000000) },
		{ "weeks", INT64_C(604800000000) },
		{ "M", INT64_C(2629800000000) },
		{ "month", INT64_C(2629800000000) },
		{ "months", INT64_C(2629800000000) },
		{ "y", INT64_C(31557600000000) },
		{ "year", INT64_C(31557600000000) },
		{ "years", INT64_C(31557600000000) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (span_is(unit, units[i].name))
			return units[i].us;
	}
	return 0;
}

static struct span scan_unit(struct scan *scan)
{
	struct span unit = { scan->at, 0 };

	while (!scan_done(scan) && !is_digit(scan) && *scan->at != ' ' && *scan->at != '\t')
		scan->at++;
	unit.len = (size_t)(scan->at - unit.at);
	return unit;
}

/* whole is of 10^-FRACTION_DIGITS units. */
static int64_t span_us(int64_t whole, int64_t us)
{
	const int64_t million = 1000000;

	return value_add(value_mul(whole / million, us),
		us >= million ? value_mul(whole % million, us / million)
			      : whole % million * us / million);
}

bool systemd_timespan_ms(struct span value, int64_t *ret)
{
	struct scan scan = scan_of(value.at, value.len);
	int64_t sum_us = 0;

	scan_blanks(&scan);
	if (scan_done(&scan))
		return false;
	if (scan_literal(&scan, "infinity")) {
		scan_blanks(&scan);
		if (!scan_done(&scan))
			return false;
		*ret = INT64_MAX;
		return true;
	}
	while (!scan_done(&scan)) {
		int64_t number, us;
		bool cut;

		if (!scan_decimal(&scan, FRACTION_DIGITS, &number, &cut))
			return false;
		scan_blanks(&scan);
		us = unit_us(scan_unit(&scan));
		if (us == 0)
			return false;
		sum_us = value_add(sum_us, span_us(number, us));
		scan_blanks(&scan);
	}
	*ret = sum_us == INT64_MAX ? INT64_MAX : sum_us / 1000;
	return true;
}

/* Whatever the case of the letters; word is in small ones. */
static bool is_word(struct span value, const char *word)
{
	size_t i = 0;

	while (i < value.len && word[i] && (value.at[i] | 0x20) == word[i])
		i++;
	return i == value.len && word[i] == '\0';
}

bool systemd_boolean(struct span value, bool *ret)
{
	static const char *const words[2][6] = {
		{ "0", "no", "n", "false", "f", "off" },
		{ "1", "yes", "y", "true", "t", "on" },
	};

	for (unsigned is = 0; is < 2; is++) {
		for (size_t i = 0; i < ARRAY_SIZE(words[is]); i++) {
			if (!is_word(value, words[is][i]))
				continue;
			*ret = is;
			return true;
		}
	}
	return false;
}
