/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/calendar.h"

/** Days of 400 years, after which the calendar repeats itself. */
#define CYCLE_DAYS 146097
/** From 1 March of the year 0, with which the count of leap days begins, to 1970. */
#define EPOCH_DAYS 719468

/* Years begin in March here: the leap day comes last. */
int64_t calendar_days(int64_t year, unsigned month, unsigned day)
{
	const int64_t y = year - (month <= 2);
	const int64_t cycle = y / 400, of_cycle = y % 400;
	const int64_t of_year =
		(int64_t)(153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return cycle * CYCLE_DAYS + of_cycle * 365 + of_cycle / 4 - of_cycle / 100 + of_year -
		EPOCH_DAYS;
}

void calendar_date(int64_t days, int64_t *ret_year, unsigned *ret_month, unsigned *ret_day)
{
	const int64_t all = days + EPOCH_DAYS;
	const int64_t cycle = (all >= 0 ? all : all - (CYCLE_DAYS - 1)) / CYCLE_DAYS;
	const int64_t rest = all - cycle * CYCLE_DAYS;
	const int64_t year = (rest - rest / 1460 + rest / 36524 - rest / (CYCLE_DAYS - 1)) / 365;
	const int64_t of_year = rest - (365 * year + year / 4 - year / 100);
	const int64_t month = (5 * of_year + 2) / 153;

	*ret_day = (unsigned)(of_year - (153 * month + 2) / 5 + 1);
	*ret_month = (unsigned)(month < 10 ? month + 3 : month - 9);
	*ret_year = year + cycle * 400 + (*ret_month <= 2);
}
