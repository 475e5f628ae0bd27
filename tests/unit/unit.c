/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool report(bool good, const char *file, unsigned line, const char *message)
{
	if (!good)
		fprintf(stderr, "%s:%u: %s\n", file, line, message);
	CU_assertImplementation(good, line, message, file, "", CU_FALSE);
	return good;
}

bool expect_int_at(const char *file, unsigned line, const char *label, int64_t got, int64_t want)
{
	char message[256];

	snprintf(message, sizeof(message), "%s: got %" PRId64 ", want %" PRId64, label, got, want);
	return report(got == want, file, line, message);
}

bool expect_text_at(
	const char *file, unsigned line, const char *label, const char *got, const char *want)
{
	char message[1024];

	snprintf(message, sizeof(message), "%s: got \"%s\", want \"%s\"", label,
		got ? got : "(null)", want ? want : "(null)");
	return report(got && want && strcmp(got, want) == 0, file, line, message);
}
