/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analysis/explain.h"

#include <errno.h>

#include "analysis/explain_parts.h"

const char *explain_cause_id(enum explain_cause cause)
{
	static const char *const ids[CAUSE_COUNT] = {
		[CAUSE_UNKNOWN] = "unknown",
		[CAUSE_EXHAUSTED] = "exhausted",
		[CAUSE_FRAGMENTED] = "fragmented",
		[CAUSE_MEMCG_LIMIT] = "memcg_limit",
		[CAUSE_LOW_ZONE] = "low_zone",
		[CAUSE_CMA] = "cma",
		[CAUSE_SLAB] = "slab",
		[CAUSE_HUGETLB] = "hugetlb",
		[CAUSE_SHMEM] = "shmem",
		[CAUSE_UNACCOUNTED] = "unaccounted",
		[CAUSE_SYSRQ] = "sysrq",
	};

	return (unsigned)cause < CAUSE_COUNT ? ids[cause] : "unknown";
}

const char *explain_cause_words(enum explain_cause cause)
{
	static const char *const words[CAUSE_COUNT] = {
		[CAUSE_UNKNOWN] = "cannot be told from the report",
		[CAUSE_EXHAUSTED] = "memory exhausted",
		[CAUSE_FRAGMENTED] = "memory fragmented: free, but not in one piece",
		[CAUSE_MEMCG_LIMIT] = "limit of a memory cgroup",
		[CAUSE_LOW_ZONE] = "free memory lies in zones that the request may not use",
		[CAUSE_CMA] = "free memory is CMA, which the request may not use",
		[CAUSE_SLAB] = "the kernel's own objects (slab)",
		[CAUSE_HUGETLB] = "memory set aside for huge pages",
		[CAUSE_SHMEM] = "tmpfs and shared memory",
		[CAUSE_UNACCOUNTED] = "memory that the report does not account for",
		[CAUSE_SYSRQ] = "asked for by hand (sysrq-f)",
	};

	return words[(unsigned)cause < CAUSE_COUNT ? cause : CAUSE_UNKNOWN];
}

const char *explain_zone_words(enum zone_answer answer)
{
	static const char *const words[ZONE_ANSWER_COUNT] = {
		[ZONE_ANSWER_UNKNOWN] = "?",
		[ZONE_ANSWER_NOT_ALLOWED] = "not for this request",
		[ZONE_ANSWER_EMPTY] = "empty",
		[ZONE_ANSWER_BELOW_MIN] = "nothing above min",
		[ZONE_ANSWER_BELOW_HIGH] = "below high",
		[ZONE_ANSWER_RESERVED] = "the rest is kept back",
		[ZONE_ANSWER_CMA] = "the rest is CMA",
		[ZONE_ANSWER_HIGHATOMIC] = "the rest is for atomic use",
		[ZONE_ANSWER_PIECES] = "no block large enough",
		[ZONE_ANSWER_PASSES] = "enough at this moment",
	};

	return words[(unsigned)answer < ZONE_ANSWER_COUNT ? answer : ZONE_ANSWER_UNKNOWN];
}

const char *explain_constraint_id(enum report_constraint constraint)
{
	static const char *const ids[] = {
		[REPORT_CONSTRAINT_UNKNOWN] = NULL,
		[REPORT_CONSTRAINT_NONE] = "none",
		[REPORT_CONSTRAINT_MEMCG] = "memcg",
		[REPORT_CONSTRAINT_CPUSET] = "cpuset",
		[REPORT_CONSTRAINT_MEMORY_POLICY] = "memory_policy",
		[REPORT_CONSTRAINT_OTHER] = NULL,
	};

	return (unsigned)constraint < ARRAY_SIZE(ids) ? ids[constraint] : NULL;
}

const char *explain_trigger_id(enum report_trigger trigger)
{
	static const char *const ids[] = {
		[REPORT_TRIGGER_UNKNOWN] = NULL,
		[REPORT_TRIGGER_ALLOC] = "alloc",
		[REPORT_TRIGGER_MEMCG] = "memcg",
		[REPORT_TRIGGER_SYSRQ] = "sysrq",
		[REPORT_TRIGGER_PANIC] = "panic",
	};

	return (unsigned)trigger < ARRAY_SIZE(ids) ? ids[trigger] : NULL;
}

int64_t explain_kib(const struct oom_report *report, int64_t pages)
{
	return value_mul(pages, value_max(report->page_bytes / 1024, 1));
}

const struct report_victim *explain_victim(const struct oom_report *report)
{
	return report->n_victims > 0 ? &report->victims[0] : NULL;
}

/* What all that were killed had for themselves; unknown if one of them does not say.  5.4.0
 * prints page tables in bytes under the unit kB: the sum is left without them then. */
static int64_t gives_back(const struct explained *explained)
{
	const struct oom_report *report = explained->report;
	const bool odd = explained->kernel.major == 5 && explained->kernel.minor == 4;
	int64_t kib = 0;

	if (report->n_victims == 0 || report->n_victims_left_out > 0)
		return VALUE_UNKNOWN;
	for (uint32_t i = 0; i < report->n_victims; i++) {
		const struct report_victim *victim = &report->victims[i];

		if (victim->shares_memory)
			continue;
		kib = value_add(kib, victim->anon_rss_kib);
		if (!odd)
			kib = value_add(kib, value_or(victim->pgtables_kib, 0));
	}
	return kib;
}

int explain_report(const struct oom_report *report, struct arena *arena, struct explained *ret)
{
	struct explained explained = { .report = report };
	struct explain_writer writer = { .explained = &explained, .arena = arena };

	explain_kernel(&explained);
	explain_memory(&explained);
	explain_total(&explained);
	if (explain_zones(&explained, arena) < 0 || explain_rank(&explained, arena) < 0)
		return -ENOMEM;
	explain_find_cause(&explained);
	explain_choice(&explained);
	explain_spared(&explained);
	explained.gives_back_kib = gives_back(&explained);
	explain_words(&writer);
	explained.n_words = explained.n_sentences;
	explain_details(&writer);
	explain_next(&explained);
	if (writer.lost)
		return -ENOMEM;

	*ret = explained;
	return 0;
}
