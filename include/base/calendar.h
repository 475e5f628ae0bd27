/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Days and dates of the Gregorian calendar.
 */
#ifndef OOMWATCH_BASE_CALENDAR_H
#define OOMWATCH_BASE_CALENDAR_H

#include <stdint.h>

/** Days from 1970-01-01 to a date of the years 1 to 9999; month and day count from 1. */
int64_t calendar_days(int64_t year, unsigned month, unsigned day);

/** The date of a day, from the year 1 on: the other way round. */
void calendar_date(int64_t days, int64_t *ret_year, unsigned *ret_month, unsigned *ret_day);

#endif
