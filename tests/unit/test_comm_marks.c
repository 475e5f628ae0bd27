/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocs.h"
#include "collect/comm_marks.h"
#include "unit.h"

#define PREFER 1
#define AVOID 2
#define IGNORE 4

static struct comm_marks *marks_new(void)
{
	struct comm_marks *marks = calloc(1, sizeof(*marks));

	if (!marks)
		abort();
	comm_marks_tick(marks);
	return marks;
}

static void marks_delete(struct comm_marks *marks)
{
	comm_marks_free(marks);
	free(marks);
}

static void add(struct comm_marks *marks, const char *pattern, uint8_t mark)
{
	expect_int(pattern, comm_marks_add(marks, pattern, strlen(pattern), mark), 0);
}

static void expect_marks(struct comm_marks *marks, const char *comm, uint8_t want)
{
	uint8_t got = 0xff;

	expect_true(comm, comm_marks_of(marks, comm, &got));
	expect_int(comm, got, want);
}

static void patterns_are_extended_and_unanchored(void)
{
	struct comm_marks *marks = marks_new();

	add(marks, "(^|/)(java|chrom.*)$", PREFER);
	add(marks, "ss+h", AVOID);
	add(marks, "[0-9]\\+", IGNORE);
	expect_marks(marks, "java", PREFER);
	expect_marks(marks, "javac", 0);
	expect_marks(marks, "chrome", PREFER);
	expect_marks(marks, "x/java", PREFER);
	expect_marks(marks, "sshd", AVOID);
	expect_marks(marks, "ksssh", AVOID);
	expect_marks(marks, "a5+b", IGNORE);
	expect_marks(marks, "a55b", 0);
	expect_marks(marks, "", 0);
	expect_marks(marks, "chrom/sshd7+", PREFER | AVOID | IGNORE);
	expect_int("one too many", comm_marks_add(marks, "x", 1, 1), -E2BIG);
	marks_delete(marks);
}

static void an_empty_pattern_matches_all(void)
{
	struct comm_marks *marks = marks_new();

	add(marks, "", AVOID);
	expect_marks(marks, "x", AVOID);
	expect_marks(marks, "", AVOID);
	marks_delete(marks);
}

static void only_the_kernels_comm_counts(void)
{
	struct comm_marks *marks = marks_new();

	add(marks, "fgh$", PREFER);
	add(marks, "o$", AVOID);
	add(marks, "^..\xc3\xa9$", IGNORE);
	expect_marks(marks, "123456789012fgh", PREFER);
	expect_marks(marks, "123456789012fghi", PREFER);
	expect_marks(marks, "1234567890123fgh", 0);
	/* What is left of a sequence of UTF-8 that was cut is dropped; whole ones stay. */
	expect_marks(marks, "foo\xc3", AVOID);
	expect_marks(marks, "foo\xe2\x82", AVOID);
	expect_marks(marks, "foo\xf0\x9f\x98", AVOID);
	expect_marks(marks, "fo\xc3\xa9", IGNORE);
	expect_marks(marks, "foo\xe2\x82\xac", 0);
	expect_marks(marks, "foo\xf0\x9f\x98\x80", 0);
	expect_marks(marks, "foo\xff", AVOID);
	expect_marks(marks, "o\xc3", 0);
	marks_delete(marks);
}

static void bytes_are_characters(void)
{
	const bool utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
	struct comm_marks *marks = marks_new();

	expect_true("a locale in which they are not", utf8);
	add(marks, "^.....$", PREFER);
	expect_marks(marks, "foo\xc3\xa9", PREFER);
	expect_marks(marks, "ab\xffgh", PREFER);
	marks_delete(marks);
	setlocale(LC_CTYPE, "C");
}

static void dangerous_patterns_are_refused(void)
{
	static const char *const wrong[] = {
		"(a)\\1",
		"x\\9",
		"a{255}",
		"((a{1,255}){1,255}){1,255}",
		"((((((((((((((((((((((((((((((((()))))))))))))))))))))))))))))))))",
		"(a",
		"[a",
		"a\\",
		"[[:nope:]]",
	};
	struct comm_marks *marks = marks_new();
	char pattern[COMM_PATTERN_MAX + 2];

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		expect_int(wrong[i], comm_marks_add(marks, wrong[i], strlen(wrong[i]), PREFER),
			-EINVAL);
	memset(pattern, 'a', sizeof(pattern));
	expect_int(
		"too long", comm_marks_add(marks, pattern, COMM_PATTERN_MAX + 1, PREFER), -EINVAL);
	expect_int("with a NUL", comm_marks_add(marks, "a\0b", 3, PREFER), -EINVAL);
	expect_int(
		"just short enough", comm_marks_add(marks, pattern, COMM_PATTERN_MAX, PREFER), 0);
	add(marks, "((((((((((((((((((((((((((((((((a))))))))))))))))))))))))))))))))", AVOID);
	add(marks, "\\(a\\)\\\\\\.", IGNORE);
	expect_marks(marks, "(a)\\.", AVOID | IGNORE);
	marks_delete(marks);
}

static void names_seen_before_cost_nothing(void)
{
	struct comm_marks *marks = marks_new();
	uint8_t got;

	add(marks, "(a|b)*c", PREFER);
	for (int i = 0; i < 2; i++) {
		char comm[32];

		allocs_start();
		for (int j = 0; j < 1000; j++) {
			snprintf(comm, sizeof(comm), "worker%d", j);
			comm_marks_of(marks, comm, &got);
		}
		if (i > 0)
			expect_int("allocations", allocs_stop(), 0);
	}
	expect_int("matches left", marks->left, COMM_MATCHES_PER_TICK - 1000);
	marks_delete(marks);
}

static int known_of(struct comm_marks *marks, int first, int n)
{
	char comm[32];
	uint8_t got;
	int known = 0;

	for (int i = first; i < first + n; i++) {
		snprintf(comm, sizeof(comm), "c%d", i);
		known += comm_marks_of(marks, comm, &got);
	}
	return known;
}

static void a_tick_matches_so_many_at_most(void)
{
	struct comm_marks *marks = marks_new();

	add(marks, "7$", PREFER);
	expect_int("known", known_of(marks, 0, 2 * COMM_MATCHES_PER_TICK), COMM_MATCHES_PER_TICK);
	comm_marks_tick(marks);
	expect_marks(marks, "c2047", PREFER);
	marks_delete(marks);
}

static void no_more_are_matched_than_memory_allows(void)
{
	struct comm_marks *marks = marks_new();
	int known = 0;

	add(marks, "7$", PREFER);
	for (int i = 0; i < COMM_NAMES_MAX / COMM_MATCHES_PER_TICK + 1; i++) {
		comm_marks_tick(marks);
		known += known_of(marks, i * COMM_MATCHES_PER_TICK, COMM_MATCHES_PER_TICK);
	}
	expect_int("known", known, COMM_NAMES_MAX);
	marks_delete(marks);
}

extern CU_TestInfo comm_marks_tests[];
CU_TestInfo comm_marks_tests[] = {
	{ "patterns are extended and unanchored", patterns_are_extended_and_unanchored },
	{ "an empty pattern matches all", an_empty_pattern_matches_all },
	{ "only the kernel's comm counts", only_the_kernels_comm_counts },
	{ "bytes are characters", bytes_are_characters },
	{ "dangerous patterns are refused", dangerous_patterns_are_refused },
	{ "names seen before cost nothing", names_seen_before_cost_nothing },
	{ "a tick matches so many at most", a_tick_matches_so_many_at_most },
	{ "no more are matched than memory allows", no_more_are_matched_than_memory_allows },
	CU_TEST_INFO_NULL,
};
