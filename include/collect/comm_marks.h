/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * Marks on processes by regular expressions on their names, as earlyoom has them.
 *
 * The expressions are foreign.  glibc takes memory and time without bound for repetition counts
 * (it writes the repeated part out) and for back-references, so patterns with either are refused,
 * as are long and deeply nested ones; without them a match of 15 bytes costs some microseconds.
 * They are compiled for the C locale, in which earlyoom runs, so bytes are characters.
 */
#ifndef OOMWATCH_COLLECT_COMM_MARKS_H
#define OOMWATCH_COLLECT_COMM_MARKS_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMM_PATTERNS 3
#define COMM_PATTERN_MAX 1024
#define COMM_NESTING_MAX 32

/** Of a comm, 15 bytes with the NULs behind it. */
#define COMM_BYTES 16

/** Names matched in one tick at most; the rest is not known in that tick. */
#define COMM_MATCHES_PER_TICK 1024

/** Names matched, and remembered, in all: regexec() keeps states that it was in, up to some KiB
 * for each. */
#define COMM_NAMES_MAX 8192
#define COMM_CACHE (2 * COMM_NAMES_MAX)

struct comm_cached {
	char comm[COMM_BYTES];
	uint8_t marks;
	bool used;
};

/** Zero-initialise. */
struct comm_marks {
	regex_t pattern[COMM_PATTERNS];
	bool compiled[COMM_PATTERNS];
	uint8_t mark[COMM_PATTERNS]; /**< bit of each */
	int left;                    /**< matches that this tick may still have */
	int matched;                 /**< in all */
	struct comm_cached cache[COMM_CACHE];
};

/**
 * Compile one more pattern (POSIX extended, unanchored) for a mark.  Takes memory: not in the
 * sampling thread.  Returns 0, or -EINVAL for one that is refused or wrong, -ENOMEM, -E2BIG for
 * one too many.
 */
int comm_marks_add(struct comm_marks *marks, const char *pattern, size_t len, uint8_t mark);

void comm_marks_free(struct comm_marks *marks);

/** Begin a tick. */
void comm_marks_tick(struct comm_marks *marks);

/**
 * The marks of a name; of a kernel's comm at most 15 bytes count, without an UTF-8 sequence cut
 * at its end, as earlyoom does.  False: not known in this tick.
 */
bool comm_marks_of(struct comm_marks *marks, const char *comm, uint8_t *ret);

#endif
