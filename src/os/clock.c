/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "os/clock.h"

#include "base/value.h"

int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	if (clock_gettime(clock, &now) < 0)
		return VALUE_UNKNOWN;
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
