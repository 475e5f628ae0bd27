/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/iso_time.h"

#include "base/calendar.h"

#define DAY_MS INT64_C(86400000)

/* Exactly so many digits. */
static bool digits(struct scan *scan, unsigned n, int64_t *ret)
{
	int64_t value = 0;

	if ((size_t)(scan->end - scan->at) < n)
		return false;
	for (unsigned i = 0; i < n; i++) {
		const char byte = scan->at[i];

		if (byte < '0' || byte > '9')
			return false;
		value = value * 10 + (byte - '0');
	}
	scan->at += n;
	*ret = value;
	return true;
}

static bool date(struct scan *scan, int64_t *ret_days)
{
	int64_t year, month, day, back_year;
	unsigned back_month, back_day;

	if (!digits(scan, 4, &year) || !scan_literal(scan, "-") || !digits(scan, 2, &month) ||
		!scan_literal(scan, "-") || !digits(scan, 2, &day) || month < 1 || month > 12 ||
		day < 1)
		return false;
	*ret_days = calendar_days(year, (unsigned)month, (unsigned)day);
	calendar_date(*ret_days, &back_year, &back_month, &back_day);
	return back_month == month && back_day == day;
}

/* A leap second stands as :60. */
static bool clock_ms(struct scan *scan, int64_t *ret_ms)
{
	int64_t hour, minute, second, digit, ms = 0;

	if (!digits(scan, 2, &hour) || !scan_literal(scan, ":") || !digits(scan, 2, &minute) ||
		!scan_literal(scan, ":") || !digits(scan, 2, &second) || hour > 23 || minute > 59 ||
		second > 60)
		return false;
	if (scan_literal(scan, "."))
		for (int64_t unit = 100; digits(scan, 1, &digit); unit /= 10)
			ms += digit * unit;
	*ret_ms = ((hour * 60 + minute) * 60 + second) * 1000 + ms;
	return true;
}

static bool zone(struct scan *scan, int64_t *ret_ms)
{
	const bool west = !scan_done(scan) && *scan->at == '-';
	int64_t hours, minutes;

	*ret_ms = 0;
	if (scan_literal(scan, "Z"))
		return true;
	if ((!scan_literal(scan, "+") && !scan_literal(scan, "-")) || !digits(scan, 2, &hours))
		return false;
	(void)scan_literal(scan, ":");
	if (!digits(scan, 2, &minutes))
		return false;
	*ret_ms = (hours * 60 + minutes) * 60000 * (west ? -1 : 1);
	return true;
}

bool iso_time(struct scan *scan, int64_t *ret_ms)
{
	struct scan ahead = *scan;
	int64_t days, ms, offset_ms;

	if (!date(&ahead, &days) || !scan_literal(&ahead, "T") || !clock_ms(&ahead, &ms) ||
		!zone(&ahead, &offset_ms))
		return false;
	*ret_ms = days * DAY_MS + ms - offset_ms;
	*scan = ahead;
	return true;
}
