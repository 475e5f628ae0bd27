/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What unit tests share: checks that print what they saw, and the list of suites.
 */
#ifndef OOMWATCH_TESTS_UNIT_H
#define OOMWATCH_TESTS_UNIT_H

#include <CUnit/CUnit.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/value.h"

/* Each prints label, both values and the place on failure, and counts it in CUnit. */
#define expect_int(label, got, want) \
	expect_int_at(__FILE__, __LINE__, label, (int64_t)(got), (int64_t)(want))
#define expect_text(label, got, want) expect_text_at(__FILE__, __LINE__, label, got, want)
#define expect_true(label, condition) expect_int_at(__FILE__, __LINE__, label, !!(condition), 1)

bool expect_int_at(const char *file, unsigned line, const char *label, int64_t got, int64_t want);
bool expect_text_at(
	const char *file, unsigned line, const char *label, const char *got, const char *want);

#endif
