/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/circle.h"
#include "unit.h"

/* Of exactly its size, so that the sanitizer sees a byte beside it. */
static struct circle circle_new(size_t size)
{
	struct circle circle = { malloc(size), size };

	if (!circle.buf)
		abort();
	memset(circle.buf, '.', size);
	return circle;
}

static void bytes_go_round_the_edge(void)
{
	static const struct {
		const char *label;
		uint64_t at;
		const char *bytes, *want;
	} cases[] = {
		{ "nothing", 3, "", "....." },
		{ "at the start", 0, "ab", "ab..." },
		{ "up to the edge", 3, "ab", "...ab" },
		{ "over it", 4, "ab", "b...a" },
		{ "all of it", 0, "abcde", "abcde" },
		{ "all, from within", 2, "abcde", "deabc" },
		{ "at the edge itself", 5, "ab", "ab..." },
		{ "far on", UINT64_C(5000000000004), "ab", "b...a" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct circle circle = circle_new(5);
		char got[6] = "";

		circle_put(&circle, cases[i].at, cases[i].bytes, strlen(cases[i].bytes));
		memcpy(got, circle.buf, 5);
		expect_text(cases[i].label, got, cases[i].want);
		free(circle.buf);
	}
}

static void pieces_end_at_the_edge(void)
{
	static const struct {
		const char *label;
		uint64_t from, to;
		size_t want_len, want_start;
	} cases[] = {
		{ "nothing", 2, 2, 0, 2 },
		{ "inside", 1, 4, 3, 1 },
		{ "up to the edge", 1, 5, 4, 1 },
		{ "the first of two", 3, 7, 2, 3 },
		{ "the second of two", 5, 7, 2, 0 },
		{ "all", 5, 10, 5, 0 },
		{ "all, from within", 7, 12, 3, 2 },
	};
	struct circle circle = circle_new(5);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *piece = NULL;

		expect_int(cases[i].label,
			circle_piece(&circle, cases[i].from, cases[i].to, &piece),
			cases[i].want_len);
		expect_int(cases[i].label, piece - circle.buf, cases[i].want_start);
	}
	free(circle.buf);
}

static void one_byte_is_a_circle_too(void)
{
	struct circle circle = circle_new(1);
	const char *piece = NULL;

	circle_put(&circle, 7, "a", 1);
	expect_int("it", circle_piece(&circle, 7, 8, &piece), 1);
	expect_int("is there", *piece, 'a');
	free(circle.buf);
}

extern CU_TestInfo circle_tests[];
CU_TestInfo circle_tests[] = {
	{ "bytes go round the edge", bytes_go_round_the_edge },
	{ "pieces end at the edge", pieces_end_at_the_edge },
	{ "one byte is a circle too", one_byte_is_a_circle_too },
	CU_TEST_INFO_NULL,
};
