/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/system.h"

#include <errno.h>

#include "parse/scan.h"

/** One line of a "key value" file and the member it sets. */
struct field {
	const char *key;
	size_t offset;
	bool kib; /* a size with its unit, else a plain count */
};

static int64_t *member(void *base, size_t offset)
{
	return (int64_t *)(void *)((char *)base + offset);
}

/* clang-format off */
#define KIB(key, name) { key, offsetof(struct meminfo, name), true }
#define COUNT(key, name) { key, offsetof(struct meminfo, name), false }
static const struct field meminfo_fields[] = {
	KIB("MemTotal", mem_total_kib),
	KIB("MemFree", mem_free_kib),
	KIB("MemAvailable", mem_available_kib),
	KIB("Buffers", buffers_kib),
	KIB("Cached", cached_kib),
	KIB("SwapCached", swap_cached_kib),
	KIB("Active(anon)", active_anon_kib),
	KIB("Inactive(anon)", inactive_anon_kib),
	KIB("Active(file)", active_file_kib),
	KIB("Inactive(file)", inactive_file_kib),
	KIB("Unevictable", unevictable_kib),
	KIB("Mlocked", mlocked_kib),
	KIB("SwapTotal", swap_total_kib),
	KIB("SwapFree", swap_free_kib),
	KIB("Zswap", zswap_kib),
	KIB("Zswapped", zswapped_kib),
	KIB("Dirty", dirty_kib),
	KIB("Writeback", writeback_kib),
	KIB("AnonPages", anon_kib),
	KIB("Mapped", mapped_kib),
	KIB("Shmem", shmem_kib),
	KIB("KReclaimable", kreclaimable_kib),
	KIB("Slab", slab_kib),
	KIB("SReclaimable", slab_reclaimable_kib),
	KIB("SUnreclaim", slab_unreclaimable_kib),
	KIB("KernelStack", kernel_stack_kib),
	KIB("PageTables", page_tables_kib),
	KIB("SecPageTables", sec_page_tables_kib),
	KIB("Bounce", bounce_kib),
	KIB("CommitLimit", commit_limit_kib),
	KIB("Committed_AS", committed_as_kib),
	KIB("VmallocUsed", vmalloc_used_kib),
	KIB("Percpu", percpu_kib),
	KIB("HardwareCorrupted", hardware_corrupted_kib),
	KIB("AnonHugePages", anon_huge_kib),
	KIB("CmaTotal", cma_total_kib),
	KIB("CmaFree", cma_free_kib),
	KIB("Unaccepted", unaccepted_kib),
	KIB("Balloon", balloon_kib),
	COUNT("HugePages_Total", huge_pages_total),
	COUNT("HugePages_Free", huge_pages_free),
	KIB("Hugepagesize", huge_page_kib),
	KIB("Hugetlb", hugetlb_kib),
};
#undef KIB
#undef COUNT
/* clang-format on */

static const struct field *meminfo_field(struct span key)
{
	for (size_t i = 0; i < ARRAY_SIZE(meminfo_fields); i++) {
		if (span_is(key, meminfo_fields[i].key))
			return &meminfo_fields[i];
	}
	return NULL;
}

static bool meminfo_line(struct scan *line, struct meminfo *mem)
{
	const struct field *field;
	struct span key;
	int64_t value;

	if (!scan_until(line, ':', &key))
		return false;
	field = meminfo_field(key);
	if (!field)
		return false;
	if (!scan_value(line, field->kib ? SCAN_KIB_MAX : INT64_MAX, &value))
		return false;
	if (field->kib && !scan_literal(line, " kB"))
		return false;
	if (!scan_done(line))
		return false;

	*member(mem, field->offset) = value;
	return true;
}

int parse_meminfo(const char *text, size_t len, struct meminfo *ret)
{
	struct scan scan = scan_of(text, len), line;
	struct meminfo mem;
	bool any = false;

	if (len == 0)
		return -ENODATA;
	values_forget(&mem, sizeof(mem));
	while (scan_whole_line(&scan, &line))
		any |= meminfo_line(&line, &mem);
	if (!any)
		return -EBADMSG;

	*ret = mem;
	return 0;
}

static bool pressure_line(struct scan *line, struct pressure_line *ret)
{
	struct pressure_line got;

	if (!scan_literal(line, " avg10=") || !scan_centi(line, &got.avg10_centi) ||
		!scan_literal(line, " avg60=") || !scan_centi(line, &got.avg60_centi) ||
		!scan_literal(line, " avg300=") || !scan_centi(line, &got.avg300_centi) ||
		!scan_literal(line, " total=") || !scan_value(line, INT64_MAX, &got.total_us))
		return false;
	*ret = got;
	return true;
}

int parse_pressure(const char *text, size_t len, struct pressure *ret)
{
	struct scan scan = scan_of(text, len), line;
	struct pressure pressure;
	bool any = false;

	if (len == 0)
		return -ENODATA;
	values_forget(&pressure, sizeof(pressure));
	while (scan_whole_line(&scan, &line)) {
		if (scan_literal(&line, "some"))
			any |= pressure_line(&line, &pressure.some);
		else if (scan_literal(&line, "full"))
			any |= pressure_line(&line, &pressure.full);
	}
	if (!any)
		return -EBADMSG;

	*ret = pressure;
	return 0;
}

/* /dev/zram0, or /dev/block/zram0 on Android. */
static bool is_zram(struct span path)
{
	struct scan scan = { path.at, path.at + path.len };
	struct span above;

	while (scan_until(&scan, '/', &above))
		continue;
	return scan_literal(&scan, "zram");
}

static bool swaps_line(struct scan *line, struct swap_area *ret)
{
	struct swap_area area;
	struct span name, type;

	if (!scan_word(line, &name) || !scan_word(line, &type) ||
		!scan_value(line, SCAN_KIB_MAX, &area.size_kib) ||
		!scan_value(line, SCAN_KIB_MAX, &area.used_kib) || !scan_int(line, &area.priority))
		return false;
	span_copy(name, area.name, sizeof(area.name));
	area.zram = is_zram(name);
	*ret = area;
	return true;
}

int parse_swaps(const char *text, size_t len, struct swaps *ret)
{
	struct scan scan = scan_of(text, len), line;
	struct swaps swaps;

	if (len == 0)
		return -ENODATA;
	if (!scan_whole_line(&scan, &line) || !scan_literal(&line, "Filename"))
		return -EBADMSG;
	memset(&swaps, 0, sizeof(swaps));
	while (swaps.n_areas < SWAPS_MAX && scan_whole_line(&scan, &line))
		swaps.n_areas += swaps_line(&line, &swaps.area[swaps.n_areas]);

	*ret = swaps;
	return 0;
}

static bool knob_value(struct scan *scan, int64_t *ret)
{
	uint64_t mask;

	if (scan_literal(scan, "Y"))
		*ret = 1;
	else if (scan_literal(scan, "N"))
		*ret = 0;
	else if (!scan_literal(scan, "0x"))
		return scan_int(scan, ret);
	else if (scan_hex(scan, &mask))
		*ret = mask > INT64_MAX ? INT64_MAX : (int64_t)mask;
	else
		return false;
	return true;
}

int parse_knob(const char *text, size_t len, int64_t *ret)
{
	struct scan scan = scan_of(text, len);
	int64_t value;

	if (len == 0)
		return -ENODATA;
	if (!knob_value(&scan, &value))
		return -EBADMSG;
	scan_blanks(&scan);
	scan_literal(&scan, "\n");
	if (!scan_done(&scan))
		return -EBADMSG;

	*ret = value;
	return 0;
}

/* A decimal that something follows, so that it is not cut. */
static bool whole_centi(struct scan *scan, int64_t *ret)
{
	return scan_centi(scan, ret) && (scan_literal(scan, " ") || scan_literal(scan, "\n"));
}

int parse_uptime(const char *text, size_t len, int64_t *ret_ms)
{
	struct scan scan = scan_of(text, len);
	int64_t centi_s;

	if (len == 0)
		return -ENODATA;
	if (!whole_centi(&scan, &centi_s))
		return -EBADMSG;

	*ret_ms = value_mul(centi_s, 10);
	return 0;
}

int parse_loadavg(const char *text, size_t len, int32_t ret_centi[3])
{
	struct scan scan = scan_of(text, len);
	int64_t load[3];

	if (len == 0)
		return -ENODATA;
	for (int i = 0; i < 3; i++) {
		if (!whole_centi(&scan, &load[i]))
			return -EBADMSG;
	}

	for (int i = 0; i < 3; i++)
		ret_centi[i] = (int32_t)value_min(load[i], INT32_MAX);
	return 0;
}

static bool is_cpu_line(struct scan line)
{
	return scan_literal(&line, "cpu") && !scan_done(&line) && *line.at >= '0' &&
		*line.at <= '9';
}

int parse_stat_cpus(const char *text, size_t len, int32_t *ret_cpus)
{
	struct scan scan = scan_of(text, len), line;
	int32_t cpus = 0;
	bool within = false;

	if (len == 0)
		return -ENODATA;
	while (cpus < INT32_MAX && scan_whole_line(&scan, &line)) {
		within = is_cpu_line(line);
		cpus += within;
	}
	if (cpus == 0 || (within && scan_literal(&scan, "c")))
		return -EBADMSG;

	*ret_cpus = cpus;
	return 0;
}

int parse_stat_btime(const char *text, size_t len, int64_t *ret_s)
{
	struct scan scan = scan_of(text, len), line;
	int64_t seconds;

	if (len == 0)
		return -ENODATA;
	while (scan_whole_line(&scan, &line)) {
		if (!scan_literal(&line, "btime ") || !scan_value(&line, INT64_MAX, &seconds))
			continue;
		if (!value_known(seconds))
			break;
		*ret_s = seconds;
		return 0;
	}
	return -EBADMSG;
}

int parse_meta(const char *text, size_t len, const char *key, char *buf, size_t size)
{
	struct scan scan = scan_of(text, len), line;

	while (scan_line(&scan, &line)) {
		struct span name;

		if (!scan_until(&line, '=', &name) || !span_is(name, key))
			continue;
		if ((size_t)(line.end - line.at) >= size)
			return -ENAMETOOLONG;
		span_copy((struct span){ line.at, (size_t)(line.end - line.at) }, buf, size);
		return 0;
	}
	return -ENOENT;
}

/* Exactly that many digits. */
static bool time_digits(struct scan *scan, int count, int64_t *ret)
{
	int64_t value = 0;

	for (int i = 0; i < count; i++, scan->at++) {
		if (scan_done(scan) || *scan->at < '0' || *scan->at > '9')
			return false;
		value = value * 10 + (*scan->at - '0');
	}
	*ret = value;
	return true;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar; years count from March, so
 * that the leap day is the last one. */
static int64_t days_of_date(int64_t year, int64_t month, int64_t day)
{
	const int64_t y = month > 2 ? year : year - 1;
	const int64_t m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static bool time_date(struct scan *scan, int64_t *ret_days)
{
	int64_t year, month, day, next_month;

	if (!time_digits(scan, 4, &year) || !scan_literal(scan, "-") ||
		!time_digits(scan, 2, &month) || !scan_literal(scan, "-") ||
		!time_digits(scan, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1)
		return false;
	next_month = month < 12 ? days_of_date(year, month + 1, 1) : days_of_date(year + 1, 1, 1);
	*ret_days = days_of_date(year, month, day);
	return *ret_days < next_month;
}

static bool time_clock(struct scan *scan, int64_t *ret_ms)
{
	int64_t hour, minute, second, ms = 0, digit;

	if (!time_digits(scan, 2, &hour) || !scan_literal(scan, ":") ||
		!time_digits(scan, 2, &minute) || !scan_literal(scan, ":") ||
		!time_digits(scan, 2, &second) || hour > 23 || minute > 59 || second > 60)
		return false;
	if (scan_literal(scan, ".")) {
		if (!time_digits(scan, 1, &digit))
			return false;
		ms = digit * 100;
		for (int unit = 10; time_digits(scan, 1, &digit); unit /= 10)
			ms += digit * unit;
	}
	*ret_ms = ((hour * 60 + minute) * 60 + second) * 1000 + ms;
	return true;
}

static bool time_offset(struct scan *scan, int64_t *ret_ms)
{
	int64_t hours, minutes, sign = 1;

	if (scan_literal(scan, "Z") || scan_literal(scan, "z")) {
		*ret_ms = 0;
		return true;
	}
	if (scan_literal(scan, "-"))
		sign = -1;
	else if (!scan_literal(scan, "+"))
		return false;
	if (!time_digits(scan, 2, &hours) || !scan_literal(scan, ":") ||
		!time_digits(scan, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*ret_ms = sign * (hours * 60 + minutes) * 60000;
	return true;
}

int parse_time(const char *text, size_t len, int64_t *ret_ms)
{
	struct scan scan = scan_of(text, len);
	int64_t days, clock_ms, offset_ms;

	if (len == 0)
		return -ENODATA;
	if (!time_date(&scan, &days))
		return -EBADMSG;
	if (!scan_literal(&scan, "T") && !scan_literal(&scan, "t") && !scan_literal(&scan, " "))
		return -EBADMSG;
	if (!time_clock(&scan, &clock_ms) || !time_offset(&scan, &offset_ms))
		return -EBADMSG;
	scan_literal(&scan, "\n");
	if (!scan_done(&scan))
		return -EBADMSG;

	*ret_ms = days * 86400000 + clock_ms - offset_ms;
	return 0;
}
