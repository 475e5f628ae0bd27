/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/forecast.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis/history.h"
#include "base/units.h"

/* What is needed before anything is said. */
#define POINTS_MIN 5
#define HISTORY_MIN_MS 3000

/* What is said before that must end within so long, seen over so long. */
#define EARLY_S 15
#define EARLY_MIN_MS 400

/* A window shorter than this is jittery, and not used beside longer ones. */
#define SETTLED_MS 9000

/* Shrinking that nothing accounts for must last this long. */
#define UNEXPLAINED_MS 30000

/* Three samples of a second. */
#define RECENT_MIN_MS 2500

/* How far back to look for a recovery from as little as there is now. */
#define RECOVERY_MS 120000

/** The shrinking as the windows show it, in KiB a second, all > 0 where count is. */
struct shrinking {
	int64_t shortest; /**< median of the shortest window */
	int64_t longest;  /**< median of the longest one */
	int64_t fast;     /**< quartiles, the extremes over the windows */
	int64_t slow;
	int64_t span_ms; /**< of the longest window */
	unsigned count;
};

/** Why a window says nothing, in the order of how near it came. */
enum verdict {
	SAYS_NOTHING,
	NOT_STEADY,
	UNEXPLAINED,
	TOO_YOUNG,
	USABLE,
};

/** A window that does not reach behind the last kill, which gave memory back at once. */
static int64_t since_kill(const struct forecast_series *series, int64_t window_ms)
{
	const struct ring *ring = series->left;

	if (!value_known(series->since_ms) || ring->count == 0)
		return window_ms;
	return value_min(
		window_ms, value_max(ring_at(ring, ring->count - 1).time_ms - series->since_ms, 0));
}

static int64_t window_slope(const struct ring *ring, int64_t window_ms)
{
	struct slope slope;

	return ring_slope(ring, window_ms, &slope) == 0 ? slope.per_s : VALUE_UNKNOWN;
}

/**
 * Whether the newest part of a window still shrinks: a sixth of it, or less where the end is
 * near, so that a warm-up that has stopped is soon known to have.
 */
static bool goes_on(
	const struct ring *left, int64_t left_kib, int64_t window_ms, const struct slope *slope)
{
	const int64_t until_ms = value_mul(left_kib / -slope->per_s, 1000);
	const int64_t part_ms = value_min(window_ms / 6, until_ms / 8);
	const int64_t recent = window_slope(left, value_max(part_ms, RECENT_MIN_MS));

	return !value_known(recent) || recent <= slope->per_s / 4;
}

static bool explained(
	const struct forecast_series *series, int64_t window_ms, const struct slope *slope)
{
	int64_t anon, pinned;

	if (!series->anon || !series->pinned || slope->span_ms >= UNEXPLAINED_MS)
		return true;
	anon = window_slope(series->anon, window_ms);
	pinned = window_slope(series->pinned, window_ms);
	return value_add(value_or(anon, 0), value_or(pinned, 0)) >= -(slope->per_s / 2);
}

static enum verdict judge_window(const struct forecast_series *series, int64_t left_kib,
	int64_t window_ms, struct slope *ret)
{
	struct slope slope;

	window_ms = since_kill(series, window_ms);
	if (ring_slope(series->left, window_ms, &slope) < 0)
		return SAYS_NOTHING;
	*ret = slope;
	if (slope.per_s >= 0 || left_kib / -slope.per_s > FORECAST_HORIZON_S)
		return SAYS_NOTHING;
	if (slope.span_ms < 1900 || slope.high >= 0 || slope.low < value_mul(slope.high, 4))
		return NOT_STEADY;
	if (!goes_on(series->left, left_kib, window_ms, &slope))
		return NOT_STEADY;
	if (!explained(series, window_ms, &slope))
		return UNEXPLAINED;
	/* Within the window a twentieth of what is left must have gone. */
	if (value_mul(-slope.per_s, slope.span_ms) / 50 < left_kib)
		return TOO_YOUNG;
	return USABLE;
}

static void take(struct shrinking *all, const struct slope *slope)
{
	const int64_t rate = -slope->per_s;

	if (all->count > 0 && slope->span_ms == all->span_ms)
		return; /* history is shorter than the window: the same points again */
	if (all->count > 0 && (rate > all->shortest * 2 || rate < all->shortest / 2))
		return; /* growth has changed since: the newer window is right */
	if (all->count > 0 && all->span_ms < SETTLED_MS && slope->span_ms >= SETTLED_MS)
		all->count = 0;

	if (all->count++ == 0) {
		*all = (struct shrinking){ rate, rate, -slope->low, -slope->high, slope->span_ms,
			1 };
		return;
	}
	all->longest = rate;
	all->fast = value_max(all->fast, -slope->low);
	all->slow = value_min(all->slow, -slope->high);
	all->span_ms = slope->span_ms;
}

static enum verdict look(
	const struct forecast_series *series, int64_t left_kib, struct shrinking *ret)
{
	static const int64_t windows_ms[] = { RECENT_MIN_MS, 5000, 10000, 20000, 60000, 180000,
		600000 };
	enum verdict best = SAYS_NOTHING;

	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < ARRAY_SIZE(windows_ms); i++) {
		struct slope slope;
		const enum verdict verdict = judge_window(series, left_kib, windows_ms[i], &slope);

		if (verdict == USABLE)
			take(ret, &slope);
		if (verdict > best)
			best = verdict;
	}
	return best;
}

static bool recovered_from(const struct forecast_series *series, int64_t left_kib, int64_t span_ms)
{
	const struct ring *ring = series->left;
	const int64_t newest_ms = ring_at(ring, ring->count - 1).time_ms;

	for (uint32_t i = ring->count; i-- > 0;) {
		const struct ring_point point = ring_at(ring, i);

		if (point.time_ms < newest_ms - RECOVERY_MS)
			break;
		/* What came back because of a kill is no sign that it will again. */
		if (value_known(series->since_ms) && point.time_ms <= series->since_ms)
			break;
		if (point.time_ms < newest_ms - span_ms && point.value <= left_kib / 10 * 11)
			return true;
	}
	return false;
}

static int64_t mean(int64_t a, int64_t b)
{
	return a / 2 + b / 2 + (a % 2 + b % 2) / 2;
}

static int64_t seconds(int64_t kib, int64_t kib_per_s)
{
	return kib / value_max(kib_per_s, 1);
}

/**
 * The range.  Its width: quartiles of the slopes, the band of what is left, a tenth more on
 * both sides, and at the far end 3 s, as the kernel retries up to 16 rounds and drops and
 * rereads text before it kills.
 *
 * Swap is written at the speed of its device, so growth slows down where it begins: until
 * swapping is seen in the slope, swap counts more at the far end.
 *
 * A range wider than one to four says nothing, so both ends are bounded: mapped file pages
 * and compressed swap are worth something after all.
 */
static void foretell(const struct shrinking *all, const struct left *left,
	const struct reclaim *reclaim, struct forecast *ret)
{
	const bool swapping = reclaim && value_or(reclaim->swap_out_per_s, 0) > 0;
	const int64_t swap = value_or(left->swap_kib, 0);
	const int64_t ram = left->high_kib - swap;
	const int64_t least = value_max(left->low_kib, left->high_kib / 3);
	const int64_t likely = value_add(ram, swapping ? swap : value_mul(swap, 3) / 2);
	const int64_t most = value_add(ram, value_mul(swap, swapping ? 3 : 6) / 2);
	const int64_t rate = mean(all->shortest, all->longest);

	const int64_t soonest = seconds(least / 11 * 10, all->fast);

	ret->high_s = value_add(seconds(value_mul(most, 11) / 10, all->slow), 3);
	ret->low_s = value_max(soonest - 1, 0);
	ret->high_s = value_min(ret->high_s, value_add(value_mul(soonest, 4), 5));
	ret->seconds = seconds(least / 4 + likely / 4 * 3, rate);
	ret->seconds = value_max(ret->low_s, value_min(ret->seconds, ret->high_s));
	ret->swift = all->span_ms < SETTLED_MS;
}

static void refuse(struct forecast *forecast, const char *why)
{
	snprintf(forecast->why_none, sizeof(forecast->why_none), "%s", why);
}

/** With long delays between samples 10 s hold too few. */
static int64_t present_slope(const struct forecast_series *series)
{
	static const int64_t windows_ms[] = { 10000, 60000, 600000 };
	int64_t slope = VALUE_UNKNOWN;

	for (size_t i = 0; i < ARRAY_SIZE(windows_ms) && !value_known(slope); i++)
		slope = window_slope(series->left, since_kill(series, windows_ms[i]));
	return slope;
}

static int64_t history_span_ms(const struct ring *ring)
{
	if (ring->count == 0)
		return 0;
	return ring_at(ring, ring->count - 1).time_ms - ring_at(ring, 0).time_ms;
}

static void refuse_for(struct forecast *forecast, enum verdict verdict)
{
	switch (verdict) {
	case SAYS_NOTHING:
		refuse(forecast,
			forecast->slope_kib_per_s >= 0 ? "nothing shrinks"
						       : "too slow: more than an hour away");
		break;
	case NOT_STEADY:
		refuse(forecast, "growth is not steady");
		break;
	case UNEXPLAINED:
		refuse(forecast, "no cause seen: needs 30 s of samples");
		break;
	case TOO_YOUNG:
		refuse(forecast, "too early: it must last longer");
		break;
	case USABLE:
		refuse(forecast, "more than an hour away");
		break;
	}
}

/* By how much a series has risen in so long. */
static int64_t risen(const struct ring *ring, int64_t since_ms)
{
	struct ring_point newest, oldest;

	if (!ring || ring->count < 2)
		return 0;
	newest = oldest = ring_at(ring, ring->count - 1);
	for (uint32_t i = ring->count; i-- > 0 && ring_at(ring, i).time_ms >= since_ms;)
		oldest = ring_at(ring, i);
	return value_add(newest.value, -oldest.value);
}

/**
 * Two or three samples are no forecast, but all that --check has.  What goes within seconds,
 * and is explained, is said all the same.
 */
static void look_early(const struct forecast_series *series, int64_t left_kib, struct forecast *ret)
{
	const struct ring *left = series->left;
	const int64_t span_ms = history_span_ms(left);
	int64_t since_ms, gone;

	if (left->count < 2 || span_ms < EARLY_MIN_MS || value_known(series->since_ms))
		return;
	since_ms = ring_at(left, 0).time_ms;
	gone = value_mul(risen(left, since_ms), -1);
	if (gone <= 0)
		return;
	if (series->anon && series->pinned &&
		value_add(risen(series->anon, since_ms), risen(series->pinned, since_ms)) <
			gone / 2)
		return;
	ret->early_s = seconds(value_mul(left_kib, span_ms) / 1000, gone);
	ret->slope_kib_per_s = -(value_mul(gone, 1000) / span_ms);
}

void forecast_of_series(const struct forecast_series *series, const struct left *left,
	const struct reclaim *reclaim, struct forecast *ret)
{
	struct shrinking all;
	enum verdict verdict;

	*ret = (struct forecast){ .slope_kib_per_s = present_slope(series),
		.seconds = VALUE_UNKNOWN,
		.low_s = VALUE_UNKNOWN,
		.high_s = VALUE_UNKNOWN,
		.early_s = VALUE_UNKNOWN };
	if (!value_known(left->high_kib)) {
		refuse(ret, "what is left is not known");
		return;
	}
	if (series->left->count < POINTS_MIN || history_span_ms(series->left) < HISTORY_MIN_MS) {
		refuse(ret, "too early: needs 5 samples over 3 s");
		look_early(series, left->high_kib, ret);
		return;
	}

	verdict = look(series, left->high_kib, &all);
	if (all.count > 0) {
		ret->slope_kib_per_s = -mean(all.shortest, all.longest);
		foretell(&all, left, reclaim, ret);
		ret->was_here = recovered_from(series, left->high_kib, all.span_ms);
	}
	if (all.count == 0 || ret->seconds > FORECAST_HORIZON_S) {
		ret->seconds = ret->low_s = ret->high_s = VALUE_UNKNOWN;
		refuse_for(ret, verdict);
	}
}

void forecast_of(const struct history *history, const struct left *left,
	const struct reclaim *reclaim, struct forecast *ret)
{
	const struct forecast_series series = { .left = &history->left,
		.anon = &history->anon,
		.pinned = &history->pinned,
		.since_ms = history->kill_ms };

	forecast_of_series(&series, left, reclaim, ret);
}

void forecast_note(bool has_forecast, int64_t now_ms, int64_t *since_ms)
{
	if (!has_forecast)
		*since_ms = VALUE_UNKNOWN;
	else if (!value_known(*since_ms) || *since_ms > now_ms)
		*since_ms = now_ms;
}

bool forecast_lasting(int64_t since_ms, int64_t now_ms)
{
	return value_known(since_ms) && since_ms < now_ms;
}

static enum level level_of_range(const struct forecast *forecast, int64_t percent)
{
	/* The latest possible end is within the minute an operator needs to act; or the machine
	 * is small or the growth fast: a minute before its end such a machine is still empty. */
	if ((forecast->high_s <= 60 && percent < 25) || (forecast->seconds <= 15 && percent < 30))
		return LEVEL_CRITICAL;
	/* Slow, and three quarters are gone: a plain warm-up would have ended. */
	if ((forecast->seconds <= 120 && percent < 36) ||
		(forecast->seconds <= 600 && percent < 25))
		return LEVEL_WARN;
	return LEVEL_OK;
}

enum level forecast_level(const struct forecast *forecast, bool lasting, int64_t percent)
{
	if (value_known(forecast->early_s))
		return forecast->early_s <= EARLY_S && percent < 20 ? LEVEL_CRITICAL : LEVEL_OK;
	if (!value_known(forecast->seconds))
		return LEVEL_OK;

	/* One odd sample must not raise an alarm, unless the next may come too late. */
	if (!lasting && forecast->seconds > 3)
		return LEVEL_OK;
	/* A build's jobs come and go: they took as much a moment ago and gave it back. */
	if (forecast->swift && forecast->was_here)
		return LEVEL_OK;
	return level_of_range(forecast, percent);
}

void forecast_why(const struct forecast *forecast, int64_t percent, struct text *text)
{
	text_add(text, "out in ");
	if (value_known(forecast->seconds))
		units_seconds_range(text, forecast->low_s, forecast->high_s);
	else
		units_seconds(text, forecast->early_s);
	text_fmt(text, " at this rate, %" PRId64 "%% left", percent);
}
