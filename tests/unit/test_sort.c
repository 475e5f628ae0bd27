/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/sort.h"
#include "unit.h"

#define ITEMS_MAX 3000

struct items {
	int32_t key[ITEMS_MAX];
	uint32_t compares;
};

static int by_key(uint32_t a, uint32_t b, const void *context)
{
	const struct items *items = context;

	return items->key[a] < items->key[b] ? -1 : items->key[a] > items->key[b];
}

static uint32_t *compare_counter;

static int by_key_counted(uint32_t a, uint32_t b, const void *context)
{
	++*compare_counter;
	return by_key(a, b, context);
}

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* In order, stable, and a permutation of 0..count-1. */
static void expect_sorted(
	const char *label, const struct items *items, const uint32_t *indexes, size_t count)
{
	static bool seen[ITEMS_MAX];
	bool good = true;

	for (size_t i = 0; i < count; i++)
		seen[i] = false;
	for (size_t i = 0; i < count; i++) {
		if (indexes[i] >= count || seen[indexes[i]]) {
			good = false;
			break;
		}
		seen[indexes[i]] = true;
		if (i > 0) {
			const int order = by_key(indexes[i - 1], indexes[i], items);

			good &= order < 0 || (order == 0 && indexes[i - 1] < indexes[i]);
		}
	}
	expect_true(label, good);
}

static void every_length_is_sorted_and_stable(void)
{
	static struct items items;
	static uint32_t indexes[ITEMS_MAX], scratch[ITEMS_MAX];
	uint32_t random = 1;

	for (size_t count = 0; count <= ITEMS_MAX; count += count < 150 ? 1 : 271) {
		for (uint32_t kinds = 1; kinds <= 100000; kinds *= 10) {
			for (uint32_t i = 0; i < count; i++) {
				items.key[i] = (int32_t)(next_random(&random) % kinds);
				indexes[i] = i;
			}
			sort_indexes(indexes, count, scratch, by_key, &items);
			expect_sorted("random", &items, indexes, count);
		}
	}
}

static void patterns_are_sorted(void)
{
	static struct items items;
	static uint32_t indexes[ITEMS_MAX], scratch[ITEMS_MAX];

	for (uint32_t i = 0; i < ITEMS_MAX; i++) {
		items.key[i] = -(int32_t)i;
		indexes[i] = i;
	}
	sort_indexes(indexes, ITEMS_MAX, scratch, by_key, &items);
	expect_sorted("backwards", &items, indexes, ITEMS_MAX);

	for (uint32_t i = 0; i < ITEMS_MAX; i++) {
		items.key[i] = i % 2 ? INT32_MAX : INT32_MIN;
		indexes[i] = i;
	}
	sort_indexes(indexes, ITEMS_MAX, scratch, by_key, &items);
	expect_sorted("saw", &items, indexes, ITEMS_MAX);
}

static void nearly_sorted_input_is_cheap(void)
{
	static struct items items;
	static uint32_t indexes[ITEMS_MAX], scratch[ITEMS_MAX];
	uint32_t compares = 0;

	compare_counter = &compares;
	for (uint32_t i = 0; i < ITEMS_MAX; i++) {
		items.key[i] = (int32_t)i;
		indexes[i] = i;
	}
	sort_indexes(indexes, ITEMS_MAX, scratch, by_key_counted, &items);
	expect_true("sorted: about one comparison an item", compares < ITEMS_MAX + 10);

	compares = 0;
	items.key[2900] = 100; /* one process that grew */
	sort_indexes(indexes, ITEMS_MAX, scratch, by_key_counted, &items);
	expect_sorted("one moved", &items, indexes, ITEMS_MAX);
	expect_true("one moved: less than four comparisons an item", compares < 4 * ITEMS_MAX);
}

extern CU_TestInfo sort_tests[];

CU_TestInfo sort_tests[] = {
	{ "every length is sorted and stable", every_length_is_sorted_and_stable },
	{ "patterns are sorted", patterns_are_sorted },
	{ "nearly sorted input is cheap", nearly_sorted_input_is_cheap },
	CU_TEST_INFO_NULL,
};
