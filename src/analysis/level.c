/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/level.h"

#include <stdio.h>

#include "base/value.h"

void level_hold_init(struct level_hold *hold)
{
	*hold = (struct level_hold){ 0 };
	for (unsigned i = 0; i < LEVEL_COUNT; i++)
		hold->deserved_ms[i] = VALUE_UNKNOWN;
}

bool level_recent(int64_t time_ms, int64_t now_ms, int64_t span_ms)
{
	return value_known(time_ms) && time_ms <= now_ms && now_ms - time_ms < span_ms;
}

enum level level_hold(struct level_hold *hold, int64_t now_ms,
	const struct level_deserved *deserved, char *why, size_t size)
{
	enum level held = deserved->level;

	hold->deserved_ms[deserved->level] = now_ms;
	hold->by_forecast[deserved->level] = deserved->by_forecast;
	for (unsigned i = LEVEL_COUNT - 1; i > (unsigned)deserved->level; i--) {
		const bool baseless = hold->by_forecast[i] && !deserved->has_forecast;

		if (level_recent(hold->deserved_ms[i], now_ms,
			    baseless ? LEVEL_HOLD_FORECAST_MS : LEVEL_HOLD_MS)) {
			held = (enum level)i;
			break;
		}
	}
	if (held == deserved->level)
		snprintf(hold->why, sizeof(hold->why), "%s", why);
	else
		snprintf(why, size, "%s", hold->why);
	return held;
}
