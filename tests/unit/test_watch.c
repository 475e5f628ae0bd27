/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/watch.h"
#include "unit.h"

#define KIB_PER_MIB INT64_C(1024)

static struct watches watches;

static void one_is_kept_by_its_key(void)
{
	struct watch *first, *second;

	watches_init(&watches);
	first = watches_take(&watches, 5, 1000);
	second = watches_take(&watches, 6, 1000);
	expect_true("both", first && second && first != second);
	expect_true("again", watches_take(&watches, 5, 2000) == first);
	expect_int("seen", first->seen_ms, 2000);
	expect_int("not seen", second->seen_ms, 1000);
	expect_int("nothing foretold", first->forecast_since_ms, VALUE_UNKNOWN);
	expect_int("no condition", first->since_ms, VALUE_UNKNOWN);
	expect_int("nothing kept", first->left.count, 0);
}

static void the_longest_unseen_makes_room(void)
{
	struct watch *places[WATCHES_MAX], *taken;

	watches_init(&watches);
	for (uint64_t i = 0; i < WATCHES_MAX; i++)
		places[i] = watches_take(&watches, i + 1, 1000 + (int64_t)i);
	expect_true("all have one", places[WATCHES_MAX - 1] != NULL);
	watches_take(&watches, 1, 5000);
	taken = watches_take(&watches, 99, 5000);
	expect_true("that of 2", taken == places[1]);
	expect_true("99 has it", watches_take(&watches, 99, 5000) == taken);
	expect_true("2 gets another", watches_take(&watches, 2, 5000) == places[2]);
}

static void nobody_of_this_sample_loses_its_place(void)
{
	watches_init(&watches);
	for (uint64_t i = 0; i < WATCHES_MAX; i++)
		watches_take(&watches, i + 1, 1000);
	expect_true("no room", !watches_take(&watches, 99, 1000));
	expect_true("but for those there", watches_take(&watches, 1, 1000) != NULL);
	expect_true("later there is", watches_take(&watches, 99, 1001) != NULL);
}

static struct left left_of(int64_t kib)
{
	return (struct left){ .low_kib = kib, .high_kib = kib, .free_kib = kib };
}

static void a_series_that_shrinks_is_foretold(void)
{
	struct forecast forecast;
	struct watch *watch;
	struct left left;

	watches_init(&watches);
	watch = watches_take(&watches, 1, 0);
	for (int64_t second = 0; second < 8; second++) {
		left = left_of((100 - 10 * second) * KIB_PER_MIB);
		watch_note(watch, second * 1000, &left, &forecast);
	}
	expect_int("slope", forecast.slope_kib_per_s, -10 * KIB_PER_MIB);
	expect_true("range", forecast.low_s <= 3 && forecast.high_s >= 3);
	expect_int("points", watch->left.count, 8);
	expect_true("lasting", watch_lasting(watch, 7000));
	expect_true("not in its first sample", !watch_lasting(watch, watch->forecast_since_ms));

	watch_note(watch, 7000, &left, &forecast);
	expect_int("the same instant adds nothing", watch->left.count, 8);
	expect_int("and says the same", forecast.slope_kib_per_s, -10 * KIB_PER_MIB);

	left.high_kib = VALUE_UNKNOWN;
	watch_note(watch, 8000, &left, &forecast);
	expect_int("unknown is not noted", watch->left.count, 8);
	expect_int("nor foretold", forecast.seconds, VALUE_UNKNOWN);
	expect_int("nor lasting", watch->forecast_since_ms, VALUE_UNKNOWN);
	expect_true("indeed", !watch_lasting(watch, 9000));
}

extern CU_TestInfo watch_tests[];
CU_TestInfo watch_tests[] = {
	{ "one is kept by its key", one_is_kept_by_its_key },
	{ "the longest unseen makes room", the_longest_unseen_makes_room },
	{ "nobody of this sample loses its place", nobody_of_this_sample_loses_its_place },
	{ "a series that shrinks is foretold", a_series_that_shrinks_is_foretold },
	CU_TEST_INFO_NULL,
};
