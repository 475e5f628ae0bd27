/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * The system's clocks in the unit of this program.
 */
#ifndef OOMWATCH_OS_CLOCK_H
#define OOMWATCH_OS_CLOCK_H

#include <stdint.h>
#include <time.h>

/** What a clock of clock_gettime(2) shows, in ms; VALUE_UNKNOWN if there is no such clock. */
int64_t clock_ms(clockid_t clock);

#endif
