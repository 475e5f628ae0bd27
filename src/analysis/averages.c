/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/averages.h"

#include <stddef.h>
#include <string.h>

#include "analysis/suspects.h"
#include "base/value.h"

/** After so many ticks an average is what is used, to 1/10000. */
#define TICKS_MAX 32

void averages_begin(struct averages *averages, const struct averages_clock *clock)
{
	if (averages->owner == clock->owner && averages->begun_ms <= clock->now_ms)
		return;
	memset(averages, 0, sizeof(*averages));
	averages->owner = clock->owner;
	averages->begun_ms = clock->now_ms;
}

static void add_ticks(struct average *average, int64_t ticks, int64_t bytes)
{
	for (int64_t i = 0; i < ticks && i < TICKS_MAX; i++)
		average->bytes += bytes / 4 - average->bytes / 4;
	if (ticks >= TICKS_MAX)
		average->bytes = bytes;
}

static void begin(struct average *average, const struct averages *averages,
	const struct averages_clock *clock, int64_t bytes)
{
	int64_t ticks = TICKS_MAX;

	average->bytes = 0;
	average->tick_ms = clock->now_ms;
	if (averages->begun_ms < clock->now_ms)
		ticks = 1;
	else if (value_known(clock->age_ms))
		ticks = value_max(clock->age_ms, 0) / clock->interval_ms + 1;
	add_ticks(average, ticks, bytes);
}

/* The place of a cgroup; another one's that may go, with its key still in it; NULL. */
static struct average *find(struct averages *averages, uint64_t key, int64_t now_ms)
{
	struct average *const set = averages->table[key % AVERAGES_SETS];
	struct average *oldest = &set[0];

	for (unsigned i = 0; i < AVERAGES_WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].key == 0)
			set[i].seen_ms = INT64_MIN;
		if (set[i].seen_ms < oldest->seen_ms)
			oldest = &set[i];
	}
	return oldest->seen_ms < now_ms ? oldest : NULL;
}

int64_t averages_add(struct averages *averages, const struct averages_clock *clock,
	const char *path, int64_t bytes)
{
	const uint64_t key = suspects_key(path);
	struct average *average;
	int64_t ticks;

	if (!value_known(bytes) || bytes < 0)
		return VALUE_UNKNOWN;
	average = find(averages, key, clock->now_ms);
	if (!average)
		return VALUE_UNKNOWN;
	if (average->key != key) {
		average->key = key;
		begin(average, averages, clock, bytes);
	}
	ticks = (clock->now_ms - average->tick_ms) / clock->interval_ms;
	if (ticks > 0) {
		add_ticks(average, ticks, bytes);
		average->tick_ms += ticks * clock->interval_ms;
	}
	average->seen_ms = clock->now_ms;
	return average->bytes;
}
