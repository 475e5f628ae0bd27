/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/watch.h"

#include <string.h>

void watches_init(struct watches *watches)
{
	for (unsigned i = 0; i < WATCHES_MAX; i++)
		watches->table[i].key = 0;
}

static void begin(struct watch *watch, uint64_t key)
{
	watch->key = key;
	ring_init(&watch->left, watch->points, WATCH_POINTS);
	watch->forecast_since_ms = VALUE_UNKNOWN;
	watch->since_ms = VALUE_UNKNOWN;
	watch->since_sure = false;
	level_hold_init(&watch->hold);
}

struct watch *watches_find(struct watches *watches, uint64_t key)
{
	for (unsigned i = 0; i < WATCHES_MAX; i++) {
		if (watches->table[i].key == key)
			return &watches->table[i];
	}
	return NULL;
}

struct watch *watches_take(struct watches *watches, uint64_t key, int64_t now_ms)
{
	struct watch *oldest = NULL;

	for (unsigned i = 0; i < WATCHES_MAX; i++) {
		struct watch *watch = &watches->table[i];

		if (watch->key == key) {
			watch->seen_ms = now_ms;
			return watch;
		}
		if (watch->key == 0)
			watch->seen_ms = INT64_MIN;
		if (!oldest || watch->seen_ms < oldest->seen_ms)
			oldest = watch;
	}
	if (oldest->seen_ms >= now_ms)
		return NULL;
	begin(oldest, key);
	oldest->seen_ms = now_ms;
	return oldest;
}

void watch_note(struct watch *watch, int64_t now_ms, const struct left *left, struct forecast *ret)
{
	const struct forecast_series series = { .left = &watch->left, .since_ms = VALUE_UNKNOWN };

	if (value_known(left->high_kib))
		ring_add(&watch->left, now_ms, left->high_kib);
	forecast_of_series(&series, left, NULL, ret);
	forecast_note(value_known(ret->seconds), now_ms, &watch->forecast_since_ms);
}

bool watch_lasting(const struct watch *watch, int64_t now_ms)
{
	return forecast_lasting(watch->forecast_since_ms, now_ms);
}
