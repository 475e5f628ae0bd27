/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/cgroup.h"

#include <errno.h>

#include "parse/scan.h"

/* What v1 prints for "no limit": a page less than 2^63 with any size of pages (PAGE_COUNTER_MAX
 * of include/linux/page_counter.h), all 63 bits before 3.19 (RES_COUNTER_MAX). */
#define UNLIMITED_MIN ((uint64_t)INT64_MAX + 1 - (256u << 10))

/** One key of a "key value" file and the member it sets. */
struct field {
	const char *key;
	size_t offset;
};

/* clang-format off */
#define FIELD(key, name) { key, offsetof(struct memcg, name) }
static const struct field events_fields[] = {
	FIELD("high", events_high),
	FIELD("max", events_max),
	FIELD("oom", events_oom),
	FIELD("oom_kill", events_oom_kill),
};

static const struct field oom_control_fields[] = {
	FIELD("oom_kill_disable", oom_kill_disable),
	FIELD("under_oom", under_oom),
	FIELD("oom_kill", events_oom_kill),
};
#undef FIELD

/** What memory.stat says in its own words. */
struct stat_lines {
	int64_t inactive_file, active_file, dirty, writeback, mapped, slab, anon, shmem, pgscan;
};

#define FIELD(key, name) { key, offsetof(struct stat_lines, name) }
static const struct field stat_fields_v2[] = {
	FIELD("anon", anon),
	FIELD("shmem", shmem),
	FIELD("file_mapped", mapped),
	FIELD("file_dirty", dirty),
	FIELD("file_writeback", writeback),
	FIELD("inactive_file", inactive_file),
	FIELD("active_file", active_file),
	FIELD("slab_reclaimable", slab),
	FIELD("pgscan", pgscan),
};

static const struct field stat_fields_v1[] = {
	FIELD("rss", anon),
	FIELD("shmem", shmem),
	FIELD("mapped_file", mapped),
	FIELD("dirty", dirty),
	FIELD("writeback", writeback),
	FIELD("inactive_file", inactive_file),
	FIELD("active_file", active_file),
};
#undef FIELD
/* clang-format on */

/** Set the member that a line "key value" is about; false if it is about none. */
static bool field_line(struct scan line, const struct field *fields, size_t n, void *base)
{
	struct span key;
	int64_t value;

	if (!scan_until(&line, ' ', &key))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!span_is(key, fields[i].key))
			continue;
		if (!scan_value(&line, INT64_MAX, &value) || !scan_done(&line))
			return false;
		*(int64_t *)(void *)((char *)base + fields[i].offset) = value;
		return true;
	}
	return false;
}

static bool is_end(struct scan *scan)
{
	scan_blanks(scan);
	scan_literal(scan, "\n");
	return scan_done(scan);
}

int parse_memcg_size(const char *text, size_t len, int64_t *ret_bytes)
{
	struct scan scan = scan_of(text, len);
	uint64_t bytes = UINT64_MAX;

	if (len == 0)
		return -ENODATA;
	if (!scan_literal(&scan, "max") && !scan_uint(&scan, &bytes))
		return -EBADMSG;
	if (!is_end(&scan))
		return -EBADMSG;

	*ret_bytes = bytes >= UNLIMITED_MIN ? MEMCG_UNLIMITED : (int64_t)bytes;
	return 0;
}

int parse_memcg_events(const char *text, size_t len, struct memcg *ret)
{
	struct scan scan = scan_of(text, len), line;
	struct memcg got = {
		.events_high = VALUE_UNKNOWN,
		.events_max = VALUE_UNKNOWN,
		.events_oom = VALUE_UNKNOWN,
		.events_oom_kill = VALUE_UNKNOWN,
	};
	bool any = false;

	if (len == 0)
		return -ENODATA;
	while (scan_whole_line(&scan, &line))
		any |= field_line(line, events_fields, ARRAY_SIZE(events_fields), &got);
	if (!any)
		return -EBADMSG;

	ret->events_high = got.events_high;
	ret->events_max = got.events_max;
	ret->events_oom = got.events_oom;
	ret->events_oom_kill = got.events_oom_kill;
	return 0;
}

static void put_stat(const struct stat_lines *lines, struct memcg *ret)
{
	ret->stat_file_bytes = value_add(lines->inactive_file, lines->active_file);
	ret->stat_dirty_bytes = value_add(lines->dirty, lines->writeback);
	ret->stat_mapped_bytes = lines->mapped;
	ret->stat_slab_reclaimable_bytes = lines->slab;
	ret->stat_anon_bytes = lines->anon;
	ret->stat_shmem_bytes = lines->shmem;
	ret->stat_pgscan_pages = lines->pgscan;
}

int parse_memcg_stat(const char *text, size_t len, int version, struct memcg *ret)
{
	const struct field *fields = version == 1 ? stat_fields_v1 : stat_fields_v2;
	const size_t n = version == 1 ? ARRAY_SIZE(stat_fields_v1) : ARRAY_SIZE(stat_fields_v2);
	struct scan scan = scan_of(text, len), line;
	struct stat_lines own, total;
	bool any_own = false, any_total = false;

	if (len == 0)
		return -ENODATA;
	values_forget(&own, sizeof(own));
	values_forget(&total, sizeof(total));
	while (scan_whole_line(&scan, &line)) {
		if (version == 1 && scan_literal(&line, "total_"))
			any_total |= field_line(line, fields, n, &total);
		else
			any_own |= field_line(line, fields, n, &own);
	}
	if (!any_own && !any_total)
		return -EBADMSG;

	put_stat(any_total ? &total : &own, ret);
	return 0;
}

/* A switch is off or on. */
static int64_t flag_of(int64_t value)
{
	return value == 0 || value == 1 ? value : VALUE_UNKNOWN;
}

int parse_memcg_oom_control(const char *text, size_t len, struct memcg *ret)
{
	struct scan scan = scan_of(text, len), line;
	struct memcg got = {
		.oom_kill_disable = VALUE_UNKNOWN,
		.under_oom = VALUE_UNKNOWN,
		.events_oom_kill = VALUE_UNKNOWN,
	};
	bool any = false;

	if (len == 0)
		return -ENODATA;
	while (scan_whole_line(&scan, &line))
		any |= field_line(line, oom_control_fields, ARRAY_SIZE(oom_control_fields), &got);
	if (!any)
		return -EBADMSG;

	ret->oom_kill_disable = flag_of(got.oom_kill_disable);
	ret->under_oom = flag_of(got.under_oom);
	ret->events_oom_kill = got.events_oom_kill;
	return 0;
}
