/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/suspects.h"

#include <string.h>

#include "base/hash.h"

/** One that was not seen for so long has gone, or is suspected no more. */
#define GONE_MS 30000

/** So much fuller must one be than another whose place it takes. */
#define FULLER_PERCENT 10

uint64_t suspects_key(const char *path)
{
	return hash_key(hash_add_text(HASH_START, path));
}

void suspects_init(struct suspects *suspects)
{
	memset(suspects->keys, 0, sizeof(suspects->keys));
}

struct suspect *suspects_find(struct suspects *suspects, const char *path)
{
	const uint64_t key = suspects_key(path);

	for (unsigned i = 0; i < SUSPECTS_MAX; i++) {
		if (suspects->keys[i] == key)
			return &suspects->table[i];
	}
	return NULL;
}

static void clear(struct suspect *suspect)
{
	memset(suspect, 0, offsetof(struct suspect, points));
	ring_init(&suspect->left, suspect->points, SUSPECT_POINTS);
	suspect->held_ms = VALUE_UNKNOWN;
	suspect->begun_ms = VALUE_UNKNOWN;
	suspect->forecast_ms = VALUE_UNKNOWN;
	suspect->forecast_since_ms = VALUE_UNKNOWN;
	suspect->kill_ms = VALUE_UNKNOWN;
	level_hold_init(&suspect->hold);
}

static bool is_shown(const struct suspect *suspect, int64_t now_ms)
{
	return level_recent(suspect->hold.deserved_ms[LEVEL_WARN], now_ms, LEVEL_KILL_NEWS_MS) ||
		level_recent(suspect->hold.deserved_ms[LEVEL_CRITICAL], now_ms, LEVEL_KILL_NEWS_MS);
}

/* The place to give away, or SUSPECTS_MAX. */
static unsigned find_place(const struct suspects *suspects, int64_t percent, int64_t now_ms)
{
	unsigned emptiest = SUSPECTS_MAX;

	for (unsigned i = 0; i < SUSPECTS_MAX; i++) {
		const struct suspect *suspect = &suspects->table[i];

		if (suspects->keys[i] == 0 || !level_recent(suspect->seen_ms, now_ms, GONE_MS))
			return i;
		if (!is_shown(suspect, now_ms) &&
			(emptiest == SUSPECTS_MAX ||
				suspect->percent > suspects->table[emptiest].percent))
			emptiest = i;
	}
	if (emptiest < SUSPECTS_MAX &&
		suspects->table[emptiest].percent <= value_add(percent, FULLER_PERCENT))
		return SUSPECTS_MAX;
	return emptiest;
}

struct suspect *suspects_take(
	struct suspects *suspects, const char *path, int64_t percent, int64_t now_ms)
{
	const unsigned place = find_place(suspects, percent, now_ms);

	if (place == SUSPECTS_MAX)
		return NULL;
	suspects->keys[place] = suspects_key(path);
	clear(&suspects->table[place]);
	suspects->table[place].seen_ms = now_ms;
	suspects->table[place].percent = percent;
	return &suspects->table[place];
}
