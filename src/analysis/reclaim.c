/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/reclaim.h"

/* Below this many pages a second a ratio of two counters says nothing. */
#define NOTEWORTHY_PAGES_PER_S 250

/** How much a counter rose; unknown if it went back (another boot, or a torn reading). */
static int64_t risen(int64_t now, int64_t before)
{
	if (!value_known(now) || !value_known(before) || now < before || before < 0)
		return VALUE_UNKNOWN;
	return now - before;
}

static int64_t per_s(int64_t count, int64_t ms)
{
	int64_t scaled;

	if (!value_known(count))
		return VALUE_UNKNOWN;
	if (__builtin_mul_overflow(count, 1000, &scaled))
		return count / ms >= INT64_MAX / 1000 ? INT64_MAX : count / ms * 1000;
	return value_add(scaled, ms / 2) / ms;
}

/** Of two counters that are added, one may not exist on this kernel. */
static int64_t sum_of_either(int64_t a, int64_t b)
{
	if (!value_known(a))
		return b;
	return value_known(b) ? value_add(a, b) : a;
}

static int64_t efficiency_of(const struct vmstat *now, const struct vmstat *before)
{
	const int64_t scanned = sum_of_either(risen(now->pgscan_kswapd, before->pgscan_kswapd),
		risen(now->pgscan_direct, before->pgscan_direct));
	const int64_t stolen = sum_of_either(risen(now->pgsteal_kswapd, before->pgsteal_kswapd),
		risen(now->pgsteal_direct, before->pgsteal_direct));

	if (!value_known(scanned) || !value_known(stolen) || scanned == 0)
		return VALUE_UNKNOWN;
	if (stolen >= scanned)
		return 100;
	return scanned > INT64_MAX / 100 ? stolen / (scanned / 100) : stolen * 100 / scanned;
}

static int64_t interval_ms(const struct snapshot *now, const struct snapshot *before)
{
	if (!before || !value_known(now->uptime_ms) || !value_known(before->uptime_ms))
		return 0;
	if (before->uptime_ms < 0 || now->uptime_ms <= before->uptime_ms)
		return 0;
	return now->uptime_ms - before->uptime_ms;
}

void reclaim_of(const struct snapshot *now, const struct snapshot *before, struct reclaim *ret)
{
	const int64_t ms = interval_ms(now, before);
	const struct vmstat *a = &now->vmstat;
	const struct vmstat *b;

	values_forget(ret, sizeof(*ret));
	if (ms <= 0)
		return;

	b = &before->vmstat;
	ret->kswapd_scan_per_s = per_s(risen(a->pgscan_kswapd, b->pgscan_kswapd), ms);
	ret->direct_scan_per_s = per_s(risen(a->pgscan_direct, b->pgscan_direct), ms);
	ret->direct_stalls_per_s = per_s(risen(a->allocstall, b->allocstall), ms);
	ret->efficiency_percent = efficiency_of(a, b);
	ret->refaults_per_s = per_s(risen(a->workingset_refault, b->workingset_refault), ms);
	ret->swap_in_per_s = per_s(risen(a->pswpin, b->pswpin), ms);
	ret->swap_out_per_s = per_s(risen(a->pswpout, b->pswpout), ms);
	ret->major_faults_per_s = per_s(risen(a->pgmajfault, b->pgmajfault), ms);
	ret->compact_stalls_per_s = per_s(risen(a->compact_stall, b->compact_stall), ms);
	ret->compact_fails_per_s = per_s(risen(a->compact_fail, b->compact_fail), ms);
	ret->oom_kills = risen(a->oom_kill, b->oom_kill);
}

enum reclaim_stage reclaim_stage_of(const struct reclaim *reclaim)
{
	const int64_t kswapd = value_or(reclaim->kswapd_scan_per_s, 0);
	const int64_t direct = value_or(reclaim->direct_scan_per_s, 0);
	const int64_t back = sum_of_either(reclaim->refaults_per_s, reclaim->swap_in_per_s);
	const int64_t scanned = value_add(kswapd, direct);
	const int64_t taken = scanned / 100 * value_or(reclaim->efficiency_percent, 0);

	if (!value_known(reclaim->kswapd_scan_per_s) && !value_known(reclaim->direct_scan_per_s))
		return RECLAIM_UNKNOWN;
	if (direct <= 0 && value_or(reclaim->direct_stalls_per_s, 0) <= 0)
		return kswapd > 0 ? RECLAIM_KSWAPD : RECLAIM_IDLE;

	if (direct >= NOTEWORTHY_PAGES_PER_S && value_or(reclaim->efficiency_percent, 100) < 5)
		return RECLAIM_NO_PROGRESS;
	if (value_or(back, 0) >= NOTEWORTHY_PAGES_PER_S && value_or(back, 0) >= taken / 2)
		return RECLAIM_THRASHING;
	return RECLAIM_DIRECT;
}

const char *reclaim_stage_words(enum reclaim_stage stage)
{
	static const char *const words[] = {
		[RECLAIM_UNKNOWN] = "not known yet",
		[RECLAIM_IDLE] = "idle",
		[RECLAIM_KSWAPD] = "kswapd, in the background",
		[RECLAIM_DIRECT] = "direct: allocations wait for it",
		[RECLAIM_THRASHING] = "thrashing: what it drops comes back",
		[RECLAIM_NO_PROGRESS] = "no progress: it scans in vain",
	};

	return (size_t)stage < ARRAY_SIZE(words) ? words[stage] : words[RECLAIM_UNKNOWN];
}
