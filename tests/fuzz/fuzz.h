/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * What fuzz targets share.  Each defines LLVMFuzzerTestOneInput and links either with
 * libFuzzer or with replay.c.
 */
#ifndef OOMWATCH_TESTS_FUZZ_H
#define OOMWATCH_TESTS_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): it must hold in builds with NDEBUG too. */
#define CHECK(condition) fuzz_check(condition, __FILE__, __LINE__, #condition)

static inline void fuzz_check(bool good, const char *file, int line, const char *condition)
{
	if (good)
		return;
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, condition);
	abort();
}

/** The input, and a NUL if asked for, in memory of just that size, so that a sanitizer sees
 * what reads beyond it.  The caller frees it. */
static inline char *fuzz_copy(const uint8_t *data, size_t size, bool with_nul)
{
	char *copy = malloc(size + with_nul > 0 ? size + with_nul : 1);

	if (!copy)
		abort();
	if (size > 0)
		memcpy(copy, data, size);
	if (with_nul)
		copy[size] = '\0';
	return copy;
}

/** A number that a parser gave is unknown or within its range. */
static inline bool fuzz_value(int64_t value, int64_t max)
{
	return !value_known(value) || (value >= 0 && value <= max);
}

/** The same for a struct of int64_t members. */
static inline bool fuzz_values(const void *values, size_t size, int64_t max)
{
	const int64_t *value = values;

	for (size_t i = 0; i < size / sizeof(*value); i++) {
		if (!fuzz_value(value[i], max))
			return false;
	}
	return true;
}

#define FUZZ_PATTERN 0xa5

/** Fill an output before a call, to see that an error leaves it alone. */
static inline void fuzz_fill(void *output, size_t size)
{
	memset(output, FUZZ_PATTERN, size);
}

static inline bool fuzz_unchanged(const void *output, size_t size)
{
	const uint8_t *bytes = output;

	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != FUZZ_PATTERN)
			return false;
	}
	return true;
}

#endif
