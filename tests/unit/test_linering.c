/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/linering.h"
#include "unit.h"

#define SIZE 40

struct place {
	struct linering ring;
	char *buf;
	char text[4096]; /* what expect_kept() and kept() read */
};

static void place_init(struct place *place, size_t size)
{
	/* Of exactly its size, so that the sanitizer sees a byte beside it. */
	place->buf = malloc(size);
	if (!place->buf)
		abort();
	linering_init(&place->ring, place->buf, size);
}

static const char *joined(struct place *place, const char *pieces[2], const size_t lens[2])
{
	memcpy(place->text, pieces[0], lens[0]);
	memcpy(place->text + lens[0], pieces[1], lens[1]);
	place->text[lens[0] + lens[1]] = '\0';
	return place->text;
}

static const char *kept(struct place *place)
{
	const char *pieces[2];
	size_t lens[2];

	linering_text(&place->ring, pieces, lens);
	return joined(place, pieces, lens);
}

static const char *last(struct place *place)
{
	const char *pieces[2];
	size_t lens[2];

	linering_last(&place->ring, pieces, lens);
	return joined(place, pieces, lens);
}

/* A capital letter begins a group. */
static bool add(struct place *place, const char *line, int64_t time_ms)
{
	linering_open(&place->ring, *line >= 'A' && *line <= 'Z');
	linering_put(&place->ring, line, strlen(line));
	return linering_commit(&place->ring, time_ms);
}

static void the_oldest_group_goes_whole(void)
{
	struct place place;

	place_init(&place, SIZE);
	expect_text("nothing at first", kept(&place), "");
	expect_text("and no last line", last(&place), "");
	expect_true("a group", add(&place, "A234567\n", 1));
	expect_true("of two", add(&place, "a234567\n", 2));
	expect_true("the second group", add(&place, "B234567\n", 3));
	expect_true("of two", add(&place, "b234567\n", 4));
	expect_true("up to the last byte", add(&place, "b234567\n", 5));
	expect_text("all", kept(&place), "A234567\na234567\nB234567\nb234567\nb234567\n");
	expect_true("one more byte", add(&place, "c\n", 6));
	expect_text("both lines went", kept(&place), "B234567\nb234567\nb234567\nc\n");
	expect_text("last", last(&place), "c\n");
	expect_int("bytes of the newest", linering_group_len(&place.ring), 26);
	expect_true("round the edge", add(&place, "D234567\n", 7));
	expect_text("last in two pieces", last(&place), "D234567\n");
	expect_text("in order", kept(&place), "B234567\nb234567\nb234567\nc\nD234567\n");
	expect_int("of the newest alone", linering_group_len(&place.ring), 8);
	free(place.buf);
}

static void what_builds_on_others_needs_them(void)
{
	struct place place;

	place_init(&place, SIZE);
	expect_true("no group yet", !add(&place, "a\n", 1));
	expect_text("nothing", kept(&place), "");
	expect_true("a group", add(&place, "A23456789\n", 1));
	for (int i = 0; i < 3; i++)
		expect_true("fits", add(&place, "a23456789\n", 2));
	expect_true("the only group does not go for its own line", !add(&place, "a\n", 3));
	expect_int("all stays",
		linering_text(&place.ring, (const char *[2]){ 0 }, (size_t[2]){ 0 }), SIZE);
	expect_true("but for a new one it does", add(&place, "B\n", 4));
	expect_text("it", kept(&place), "B\n");
	free(place.buf);
}

static void a_line_takes_a_quarter_at_most(void)
{
	struct place place;

	place_init(&place, SIZE);
	expect_true("a group", add(&place, "A\n", 1));
	expect_true("11 of 40 bytes", !add(&place, "B234567890\n", 2));
	expect_text("nothing went for it", kept(&place), "A\n");
	expect_true("10 of 40", add(&place, "B23456789\n", 3));
	linering_open(&place.ring, false);
	linering_put(&place.ring, "1234567", 7);
	linering_put(&place.ring, "8901", 4);
	linering_put(&place.ring, "\n", 1);
	expect_true("in parts", !linering_commit(&place.ring, 4));
	expect_text("stays", kept(&place), "A\nB23456789\n");
	linering_open(&place.ring, false);
	linering_put(&place.ring, "1234567", 7);
	linering_put(&place.ring, "89", 2);
	linering_put(&place.ring, "\n", 1);
	expect_true("to the byte", linering_commit(&place.ring, 5));
	expect_text("kept", kept(&place), "A\nB23456789\n123456789\n");
	free(place.buf);
}

static void what_is_not_committed_is_not_there(void)
{
	struct place place;

	place_init(&place, SIZE);
	linering_put(&place.ring, "x", 1);
	expect_true("none is open at first", !linering_commit(&place.ring, 1));
	add(&place, "A\n", 1);
	linering_open(&place.ring, false);
	linering_put(&place.ring, "gone", 4);
	expect_text("not yet", kept(&place), "A\n");
	expect_text("nor as the last", last(&place), "A\n");
	linering_open(&place.ring, false);
	linering_put(&place.ring, "b\n", 2);
	expect_true("another", linering_commit(&place.ring, 1));
	expect_text("that alone", kept(&place), "A\nb\n");
	expect_true("once", !linering_commit(&place.ring, 1));
	expect_text("as it was", kept(&place), "A\nb\n");
	free(place.buf);
}

static void what_is_too_old_goes_by_groups(void)
{
	struct place place;

	place_init(&place, SIZE);
	linering_forget(&place.ring, 100);
	add(&place, "A\n", 10);
	add(&place, "a\n", 15);
	add(&place, "B\n", 20);
	add(&place, "C\n", 30);
	linering_forget(&place.ring, 19);
	expect_text("its last line may be newer", kept(&place), "A\na\nB\nC\n");
	linering_forget(&place.ring, 20);
	expect_text("all of it older", kept(&place), "B\nC\n");
	linering_forget(&place.ring, INT64_MAX);
	expect_text("the newest stays", kept(&place), "C\n");
	free(place.buf);
}

static void there_are_only_so_many_groups(void)
{
	struct place place;
	char line[16], want[LINERING_GROUPS * 4 + 1] = "";

	place_init(&place, 4000);
	for (int i = 0; i < LINERING_GROUPS + 3; i++) {
		snprintf(line, sizeof(line), "A%02d\n", i);
		expect_true(line, add(&place, line, i));
		if (i >= 3)
			strcat(want, line);
	}
	expect_text("the oldest went", kept(&place), want);
	free(place.buf);
}

/* The same told simply: lines in a list, room by dropping from its front. */
struct plain {
	char lines[400][12];
	unsigned begin, end;
	size_t bytes;
};

static void plain_drop_group(struct plain *plain)
{
	do
		plain->bytes -= strlen(plain->lines[plain->begin++]);
	while (plain->begin < plain->end && plain->lines[plain->begin][0] != 'A');
}

static unsigned plain_groups(const struct plain *plain)
{
	unsigned n = 0;

	for (unsigned i = plain->begin; i < plain->end; i++)
		n += plain->lines[i][0] == 'A';
	return n;
}

static bool plain_add(struct plain *plain, const char *line)
{
	const bool first = line[0] == 'A';

	if (!first && plain_groups(plain) == 0)
		return false;
	while (plain->bytes + strlen(line) > SIZE && plain_groups(plain) > (first ? 0u : 1u))
		plain_drop_group(plain);
	if (plain->bytes + strlen(line) > SIZE)
		return false;
	strcpy(plain->lines[plain->end++], line);
	plain->bytes += strlen(line);
	return true;
}

static void any_order_is_as_a_plain_list(void)
{
	struct place place;
	struct plain plain = { .begin = 0 };
	uint32_t random = 1;

	place_init(&place, SIZE);
	for (unsigned i = 0; i < 400; i++) {
		char line[12], want[SIZE + 1] = "";
		size_t len;

		random = random * 1103515245u + 12345u;
		len = random >> 16 & 7;
		memset(line, (int)('a' + i % 26), sizeof(line));
		if ((random >> 24 & 3) == 0)
			line[0] = 'A';
		line[len + 1] = '\n';
		line[len + 2] = '\0';
		expect_int(line, add(&place, line, i), plain_add(&plain, line));
		for (unsigned k = plain.begin; k < plain.end; k++)
			strcat(want, plain.lines[k]);
		expect_text("all", kept(&place), want);
	}
	expect_true("it went round often", place.ring.end > (uint64_t)20 * SIZE);
	free(place.buf);
}

extern CU_TestInfo linering_tests[];
CU_TestInfo linering_tests[] = {
	{ "the oldest group goes whole", the_oldest_group_goes_whole },
	{ "what builds on others needs them", what_builds_on_others_needs_them },
	{ "a line takes a quarter at most", a_line_takes_a_quarter_at_most },
	{ "what is not committed is not there", what_is_not_committed_is_not_there },
	{ "what is too old goes by groups", what_is_too_old_goes_by_groups },
	{ "there are only so many groups", there_are_only_so_many_groups },
	{ "any order is as a plain list", any_order_is_as_a_plain_list },
	CU_TEST_INFO_NULL,
};
