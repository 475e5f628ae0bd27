/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>

#include "base/value.h"

#define BILLION UINT64_C(1000000000)

/* A number with a letter, and from which value of its unit on it has no decimal. */
struct scale {
	const char *letters; /* of step, step^2, … */
	const char *plain;   /* what follows a number below step */
	uint64_t step;       /* 1024 or 1000 */
	unsigned coarse;     /* units up to this one lose their decimal at 10, above at 100 */
};

static const struct scale size_scale = { "KMGTPE", "B", 1024, 2 };
static const struct scale count_scale = { "kmgtpe", "", 1000, 6 };

static uint64_t magnitude_of(int64_t value)
{
	return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

static uint64_t divide_rounded(uint64_t value, uint64_t by)
{
	const uint64_t rest = value % by;

	return value / by + (rest >= by - rest);
}

/* Ten times value / unit, of which there are fewer than 10000. */
static uint64_t tenths_of(uint64_t value, uint64_t unit)
{
	return value / unit * 10 + divide_rounded(value % unit * 10, unit);
}

static void add_scaled(struct text *text, uint64_t value, const struct scale *scale)
{
	uint64_t unit = scale->step;

	if (value < scale->step) {
		text_fmt(text, "%" PRIu64 "%s", value, value == 0 ? "" : scale->plain);
		return;
	}
	for (unsigned i = 0;; i++, unit *= scale->step) {
		const uint64_t tenths = tenths_of(value, unit);
		const uint64_t whole = divide_rounded(value, unit);

		/* Compared after rounding: 1023.9K is 1.0M. */
		if (whole >= scale->step && scale->letters[i + 1])
			continue;
		if (tenths < (i < scale->coarse ? 100 : 1000))
			text_fmt(text, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10, tenths % 10,
				scale->letters[i]);
		else
			text_fmt(text, "%" PRIu64 "%c", whole, scale->letters[i]);
		return;
	}
}

static bool add_unknown(struct text *text, int64_t value)
{
	if (value_known(value))
		return false;
	text_add(text, "?");
	return true;
}

void units_bytes(struct text *text, int64_t bytes)
{
	if (add_unknown(text, bytes))
		return;
	if (bytes < 0)
		text_add(text, "-");
	add_scaled(text, magnitude_of(bytes), &size_scale);
}

void units_kib(struct text *text, int64_t kib)
{
	units_bytes(text, value_mul(kib, 1024));
}

void units_rate(struct text *text, int64_t bytes_per_s)
{
	if (bytes_per_s > 0)
		text_add(text, "+");
	units_bytes(text, bytes_per_s);
}

void units_count(struct text *text, int64_t count)
{
	if (add_unknown(text, count))
		return;
	if (count < 0)
		text_add(text, "-");
	add_scaled(text, magnitude_of(count), &count_scale);
}

/* Spans are named in the largest unit of which there are at least two. */
struct span_unit {
	int64_t seconds;
	int64_t below; /* seconds that are named in it */
	const char *name;
};

static const struct span_unit span_units[] = {
	{ 1, 120, "s" },
	{ 60, INT64_C(120) * 60, "min" },
	{ 3600, INT64_C(48) * 3600, "h" },
	{ 86400, INT64_MAX, "d" },
};

static const struct span_unit *span_unit_of(uint64_t seconds)
{
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(span_units) && seconds >= (uint64_t)span_units[i].below)
		i++;
	return &span_units[i];
}

void units_seconds(struct text *text, int64_t seconds)
{
	const uint64_t span = magnitude_of(seconds);
	const struct span_unit *unit = span_unit_of(span);
	const uint64_t minutes = span / 60 % 60;

	if (add_unknown(text, seconds))
		return;
	text_fmt(text, "%s%" PRIu64 "%s", seconds < 0 ? "-" : "", span / (uint64_t)unit->seconds,
		unit->name);
	if (unit->seconds == 3600 && minutes > 0)
		text_fmt(text, "%" PRIu64 "m", minutes);
}

void units_seconds_range(struct text *text, int64_t low_s, int64_t high_s)
{
	const struct span_unit *unit;
	int64_t low, high;

	if (!value_known(low_s) || !value_known(high_s)) {
		text_add(text, "?");
		return;
	}
	low_s = value_max(low_s, 0);
	high_s = value_max(high_s, low_s);
	unit = span_unit_of((uint64_t)high_s);
	low = low_s / unit->seconds;
	/* Outwards, so that the range does not promise more than is known. */
	high = high_s / unit->seconds + (high_s % unit->seconds != 0);
	if (low < high)
		text_fmt(text, "%" PRId64 "-", low);
	text_fmt(text, "%" PRId64 "%s", high, unit->name);
}

void units_percent(struct text *text, int64_t centi_percent)
{
	uint64_t tenths;

	if (add_unknown(text, centi_percent))
		return;
	tenths = divide_rounded(magnitude_of(centi_percent), 10);
	text_fmt(text, "%s%" PRIu64 ".%" PRIu64 "%%", centi_percent < 0 && tenths > 0 ? "-" : "",
		tenths / 10, tenths % 10);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number with a fraction. */
struct decimal {
	uint64_t whole;     /* saturating */
	uint64_t billionth; /* below one billion */
};

static uint64_t multiply_add(uint64_t value, uint64_t by, uint64_t add)
{
	if (__builtin_mul_overflow(value, by, &value) || __builtin_add_overflow(value, add, &value))
		return UINT64_MAX;
	return value;
}

/* Digits with an optional fraction; *at is moved behind them. */
static int parse_decimal(const char **at, struct decimal *ret)
{
	uint64_t unit = BILLION;
	const char *p = *at;
	bool any = false;

	*ret = (struct decimal){ 0 };
	for (; is_digit(*p); p++, any = true)
		ret->whole = multiply_add(ret->whole, 10, (uint64_t)(*p - '0'));
	if (*p == '.') {
		for (p++; is_digit(*p); p++, any = true) {
			unit /= 10;
			ret->billionth += (uint64_t)(*p - '0') * unit;
		}
	}
	if (!any)
		return -EINVAL;
	*at = p;
	return 0;
}

static void multiply(struct decimal *value, uint64_t by)
{
	const uint64_t billionths = value->billionth * by;

	value->whole = multiply_add(value->whole, by, billionths / BILLION);
	value->billionth = billionths % BILLION;
}

/* The power of 1024 that a suffix stands for, or -1. */
static int parse_suffix(const char *suffix)
{
	static const char letters[] = "KMGTPE";
	int power = 0;

	for (int i = 0; letters[i] && power == 0; i++) {
		if (*suffix == letters[i] || *suffix == letters[i] - 'A' + 'a')
			power = i + 1;
	}
	if (power > 0)
		suffix++;
	if (power > 0 && suffix[0] == 'i' && suffix[1] == 'B')
		suffix++;
	if (*suffix == 'B')
		suffix++;
	return *suffix ? -1 : power;
}

int units_parse_bytes(const char *string, int64_t *ret)
{
	const bool negative = *string == '-';
	struct decimal value;
	int power, error;

	string += negative;
	error = parse_decimal(&string, &value);
	if (error)
		return error;
	power = parse_suffix(string);
	if (power < 0)
		return -EINVAL;

	for (; power > 0; power--)
		multiply(&value, 1024);
	if (value.whole > INT64_MAX)
		return -ERANGE;
	*ret = negative ? -(int64_t)value.whole : (int64_t)value.whole;
	return 0;
}

int units_parse_ms(const char *string, int64_t *ret_ms)
{
	struct decimal value;
	const int error = parse_decimal(&string, &value);

	if (error)
		return error;
	if (*string)
		return -EINVAL;
	multiply(&value, 1000);
	if (value.whole > INT64_MAX)
		return -ERANGE;
	*ret_ms = (int64_t)value.whole;
	return 0;
}
