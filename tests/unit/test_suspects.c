/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/suspects.h"
#include "unit.h"

static struct suspects suspects;

/* A full table: /p0 has least left, each the next percent more. */
static void fill(int64_t now_ms)
{
	suspects_init(&suspects);
	for (int i = 0; i < SUSPECTS_MAX; i++) {
		char path[16];

		snprintf(path, sizeof(path), "/p%d", i);
		expect_true("room", suspects_take(&suspects, path, i, now_ms));
	}
}

static void what_was_taken_is_found_by_its_path(void)
{
	struct suspect *suspect;

	suspects_init(&suspects);
	expect_true("none", !suspects_find(&suspects, "/a"));
	suspect = suspects_take(&suspects, "/a", 10, 1000);
	expect_true("found", suspects_find(&suspects, "/a") == suspect);
	expect_true("not another", !suspects_find(&suspects, "/b"));
	expect_true("nor a part", !suspects_find(&suspects, "/"));
	expect_int("nothing is known", suspect->kill_ms, VALUE_UNKNOWN);
	expect_int("no point", suspect->left.count, 0);
	expect_true("no key is a free place", suspects_key("") != 0);
}

static void a_full_table_keeps_the_fullest(void)
{
	fill(1000);
	expect_true("no fuller than the emptiest", !suspects_take(&suspects, "/new", 60, 1000));
	expect_true("not by enough", !suspects_take(&suspects, "/new", 53, 1000));
	expect_true("fuller", suspects_take(&suspects, "/new", 52, 1000));
	expect_true("the emptiest has gone", !suspects_find(&suspects, "/p63"));
	expect_true("others stay", suspects_find(&suspects, "/p62"));
}

static void what_is_not_seen_any_more_makes_room(void)
{
	fill(1000);
	for (int i = 1; i < SUSPECTS_MAX; i++)
		suspects.table[i].seen_ms = 2000;
	expect_true("not yet", !suspects_take(&suspects, "/new", 90, 30999));
	expect_true("after 30 s", suspects_take(&suspects, "/new", 90, 31000));
	expect_true("that one", !suspects_find(&suspects, "/p0"));
	fill(1000);
	expect_true("nor when time goes back", suspects_take(&suspects, "/new", 90, 999));
}

static void what_is_shown_is_kept(void)
{
	const struct level_deserved leaking = { .level = LEVEL_WARN };
	char why[96] = "it leaks";

	fill(1000);
	level_hold(&suspects_find(&suspects, "/p63")->hold, 1000, &leaking, why, sizeof(why));
	expect_true("room", suspects_take(&suspects, "/new", 1, 1000));
	expect_true("kept", suspects_find(&suspects, "/p63"));
	expect_true("the next one has gone", !suspects_find(&suspects, "/p62"));
}

static void a_place_given_away_knows_nothing_of_the_last_one(void)
{
	struct suspect *suspect;

	fill(1000);
	suspect = suspects_find(&suspects, "/p63");
	ring_add(&suspect->left, 1000, 5);
	suspect->kill_ms = 1000;
	suspect->held_ms = 1000;
	expect_true("the same place", suspects_take(&suspects, "/new", 1, 1000) == suspect);
	expect_int("points", suspect->left.count, 0);
	expect_int("kill", suspect->kill_ms, VALUE_UNKNOWN);
	expect_int("held", suspect->held_ms, VALUE_UNKNOWN);
}

extern CU_TestInfo suspects_tests[];
CU_TestInfo suspects_tests[] = {
	{ "what was taken is found by its path", what_was_taken_is_found_by_its_path },
	{ "a full table keeps the fullest", a_full_table_keeps_the_fullest },
	{ "what is not seen any more makes room", what_is_not_seen_any_more_makes_room },
	{ "what is shown is kept", what_is_shown_is_kept },
	{ "a place given away knows nothing of the last one",
		a_place_given_away_knows_nothing_of_the_last_one },
	CU_TEST_INFO_NULL,
};
