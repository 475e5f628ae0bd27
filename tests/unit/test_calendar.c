/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/calendar.h"
#include "unit.h"

/* Each day of 800 years follows the one before it. */
static void days_have_dates(void)
{
	static const unsigned lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t year = 1600, got_year;
	unsigned month = 1, day = 1, got_month, got_day, wrong = 0;

	for (int64_t days = -135140; days < -135140 + 2 * 146097; days++) {
		const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

		calendar_date(days, &got_year, &got_month, &got_day);
		wrong += calendar_days(year, month, day) != days;
		wrong += got_year != year || got_month != month || got_day != day;
		if (++day <= lengths[month - 1] + (leap && month == 2))
			continue;
		day = 1;
		month = month % 12 + 1;
		year += month == 1;
	}
	expect_int("wrong", wrong, 0);
	expect_int("to the end", year, 2400);
}

static void known_days_are_right(void)
{
	expect_int("1970", calendar_days(1970, 1, 1), 0);
	expect_int("the day before", calendar_days(1969, 12, 31), -1);
	expect_int("the year 0", calendar_days(0, 3, 1), -719468);
	expect_int("the year 9999", calendar_days(9999, 12, 31), 2932896);
	expect_int("a leap day", calendar_days(2000, 2, 29), 11016);
}

extern CU_TestInfo calendar_tests[];
CU_TestInfo calendar_tests[] = {
	{ "days have dates and dates days", days_have_dates },
	{ "known days are right", known_days_are_right },
	CU_TEST_INFO_NULL,
};
