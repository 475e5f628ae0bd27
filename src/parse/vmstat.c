/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "parse/scan.h"
#include "parse/system.h"

/** Which suffixes make a line a part of the counter. */
enum variants {
	VARIANTS_NONE,
	VARIANTS_ZONES,     /**< _dma, _normal, …: any, since zones differ by configuration */
	VARIANTS_OLD_ZONES, /**< only zones of kernels up to 3.2 */
	VARIANTS_LRU,       /**< _anon and _file, since 5.9 */
};

/** The counters asked for, and two of kernels up to 3.2 that these are derived from. */
struct values {
	struct vmstat vm;
	int64_t pgsteal;      /**< by kswapd and direct reclaim together */
	int64_t kswapd_steal; /**< kswapd's part of it */
};

struct counter {
	const char *key;
	size_t offset; /**< in struct values */
	enum variants variants;
};

/* clang-format off */
#define COUNTER(name, variants) { #name, offsetof(struct values, vm.name), variants }
static const struct counter counters[] = {
	COUNTER(pgscan_kswapd, VARIANTS_ZONES),
	COUNTER(pgscan_direct, VARIANTS_ZONES),
	COUNTER(pgsteal_kswapd, VARIANTS_ZONES),
	COUNTER(pgsteal_direct, VARIANTS_ZONES),
	COUNTER(allocstall, VARIANTS_ZONES),
	COUNTER(pgscan_direct_throttle, VARIANTS_NONE),
	COUNTER(workingset_refault, VARIANTS_LRU),
	COUNTER(workingset_activate, VARIANTS_LRU),
	COUNTER(workingset_restore, VARIANTS_LRU),
	COUNTER(pswpin, VARIANTS_NONE),
	COUNTER(pswpout, VARIANTS_NONE),
	COUNTER(pgmajfault, VARIANTS_NONE),
	COUNTER(pageoutrun, VARIANTS_NONE),
	COUNTER(kswapd_low_wmark_hit_quickly, VARIANTS_NONE),
	COUNTER(kswapd_high_wmark_hit_quickly, VARIANTS_NONE),
	COUNTER(compact_stall, VARIANTS_NONE),
	COUNTER(compact_fail, VARIANTS_NONE),
	COUNTER(compact_success, VARIANTS_NONE),
	COUNTER(drop_pagecache, VARIANTS_NONE),
	COUNTER(drop_slab, VARIANTS_NONE),
	COUNTER(oom_kill, VARIANTS_NONE),
	{ "pgsteal", offsetof(struct values, pgsteal), VARIANTS_OLD_ZONES },
	{ "kswapd_steal", offsetof(struct values, kswapd_steal), VARIANTS_NONE },
};
#undef COUNTER
/* clang-format on */

static const char *const old_zones[] = { "dma", "dma32", "normal", "high", "movable" };

_Static_assert(ARRAY_SIZE(counters) <= 32, "one bit each in summed_mask");

struct reading {
	struct values plain;           /**< of lines named exactly so */
	struct values summed;          /**< of their variants */
	uint32_t summed_mask;          /**< bit i: variants of counters[i] were seen */
	const struct counter *summing; /**< the last line was a variant of it: more may follow */
	bool any;
};

static int64_t *value_of(struct values *values, const struct counter *counter)
{
	return (int64_t *)(void *)((char *)values + counter->offset);
}

static bool is_suffix(enum variants variants, struct span suffix)
{
	switch (variants) {
	case VARIANTS_ZONES:
		return suffix.len > 0;
	case VARIANTS_OLD_ZONES:
		for (size_t i = 0; i < ARRAY_SIZE(old_zones); i++) {
			if (span_is(suffix, old_zones[i]))
				return true;
		}
		return false;
	case VARIANTS_LRU:
		return span_is(suffix, "anon") || span_is(suffix, "file");
	case VARIANTS_NONE:
	default:
		return false;
	}
}

static bool is_variant(const struct counter *counter, struct span key)
{
	const size_t len = strlen(counter->key);

	if (!span_starts(key, counter->key) || key.len == len || key.at[len] != '_')
		return false;
	return is_suffix(counter->variants, (struct span){ key.at + len + 1, key.len - len - 1 });
}

/* An exact name comes first: pgscan_direct_throttle is no zone of pgscan_direct. */
static const struct counter *find_counter(struct span key, bool *ret_variant)
{
	const struct counter *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(counters); i++) {
		if (*counters[i].key != *key.at)
			continue;
		if (span_is(key, counters[i].key)) {
			*ret_variant = false;
			return &counters[i];
		}
		if (is_variant(&counters[i], key))
			found = &counters[i];
	}
	*ret_variant = true;
	return found;
}

static void read_line(struct scan *line, struct reading *reading)
{
	const struct counter *counter = NULL;
	int64_t value, *sum;
	struct span key;
	bool variant = false;
	uint32_t bit;

	if (scan_word(line, &key))
		counter = find_counter(key, &variant);
	if (!counter || !scan_value(line, INT64_MAX, &value) || !scan_done(line)) {
		reading->summing = NULL;
		return;
	}

	reading->any = true;
	if (!variant) {
		*value_of(&reading->plain, counter) = value;
		reading->summing = NULL;
		return;
	}
	sum = value_of(&reading->summed, counter);
	bit = UINT32_C(1) << (counter - counters);
	*sum = reading->summed_mask & bit ? value_add(*sum, value) : value;
	reading->summed_mask |= bit;
	reading->summing = counter;
}

static void derive_old_steal(struct values *values)
{
	if (value_known(values->vm.pgsteal_kswapd) || value_known(values->vm.pgsteal_direct))
		return;
	values->vm.pgsteal_kswapd = values->kswapd_steal;
	/* The two are not read at one instant, so the difference may fall below 0. */
	if (value_known(values->pgsteal) && value_known(values->kswapd_steal))
		values->vm.pgsteal_direct = value_max(values->pgsteal - values->kswapd_steal, 0);
}

int parse_vmstat(const char *text, size_t len, struct vmstat *ret)
{
	struct scan scan = scan_of(text, len), line;
	struct reading reading = { .summing = NULL };

	if (len == 0)
		return -ENODATA;
	values_forget(&reading.plain, sizeof(reading.plain));
	values_forget(&reading.summed, sizeof(reading.summed));
	while (scan_whole_line(&scan, &line))
		read_line(&line, &reading);
	if (!reading.any)
		return -EBADMSG;

	if (reading.summing)
		*value_of(&reading.summed, reading.summing) = VALUE_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++) {
		int64_t *plain = value_of(&reading.plain, &counters[i]);

		if (!value_known(*plain))
			*plain = *value_of(&reading.summed, &counters[i]);
	}
	derive_old_steal(&reading.plain);

	*ret = reading.plain.vm;
	return 0;
}
