/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/recording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parse/scan.h"
#include "parse/system.h"

/** Of one meta file: enough for the names of a thousand users. */
#define META_BYTES 65536

#define PAGE_BYTES_DEFAULT 4096
#define CLK_TCK_DEFAULT 100

/** A meta file's length in the buffer, 0 if there is none. */
static size_t read_meta(const struct root *root, bool top, char *buf)
{
	const ssize_t len = root_read_meta(root, top, buf, META_BYTES);

	if (len == -EFBIG)
		return META_BYTES;
	return len > 0 ? (size_t)len : 0;
}

int recording_read_meta(struct recording *recording, const struct root *root)
{
	size_t len;

	if (!recording->meta) {
		recording->meta = malloc(2 * META_BYTES + 1);
		if (!recording->meta)
			return -ENOMEM;
	}
	len = read_meta(root, false, recording->meta);
	recording->tick_meta_len = len;
	recording->meta[len++] = '\n';
	recording->meta_len = len + read_meta(root, true, recording->meta + len);
	return 0;
}

struct range {
	int64_t low, high;
};

/** A number within its range, or what stands in for it. */
static int64_t meta_number(
	const char *meta, size_t len, const char *key, struct range range, int64_t otherwise)
{
	char text[32];
	struct scan scan;
	int64_t number;

	if (parse_meta(meta, len, key, text, sizeof(text)) < 0)
		return otherwise;
	scan = scan_of(text, strlen(text));
	if (!scan_int(&scan, &number) || number < range.low || number > range.high)
		return otherwise;
	return number;
}

static int64_t time_of(const char *meta, size_t len)
{
	char text[64];
	int64_t time_ms;

	if (parse_meta(meta, len, "time", text, sizeof(text)) < 0 ||
		parse_time(text, strlen(text), &time_ms) < 0)
		return VALUE_UNKNOWN;
	return time_ms;
}

/* Without a time of its own a later tick has that of the recording's beginning, and what
 * the uptime says has passed since. */
static void fill_time(struct recording *recording, struct snapshot *snapshot)
{
	const int64_t own = time_of(recording->meta, recording->tick_meta_len);
	const int64_t begin = time_of(recording->meta, recording->meta_len);

	if (!recording->has_first && value_known(snapshot->uptime_ms)) {
		recording->first_uptime_ms = snapshot->uptime_ms;
		recording->has_first = true;
	}
	snapshot->time_ms = own;
	if (value_known(own) || !value_known(begin))
		return;
	snapshot->time_ms = begin;
	if (value_known(snapshot->uptime_ms))
		snapshot->time_ms =
			value_add(begin, snapshot->uptime_ms - recording->first_uptime_ms);
}

static uint64_t capabilities(const struct recording *recording)
{
	char text[32];
	struct scan scan;
	uint64_t caps;

	if (parse_meta(recording->meta, recording->meta_len, "capabilities", text, sizeof(text)) <
		0)
		return 0;
	scan = scan_of(text, strlen(text));
	return scan_hex(&scan, &caps) ? caps : 0;
}

void recording_fill(struct recording *recording, int64_t uptime_ms, int32_t stat_cpus,
	struct snapshot *snapshot)
{
	static const struct range page_range = { 1024, 1 << 20 };
	static const struct range tick_range = { 1, 1000000 };
	static const struct range cpu_range = { 1, 1 << 20 };
	static const struct range uptime_range = { 0, INT64_MAX / 1000000 };
	const char *meta = recording->meta;
	const size_t len = recording->meta_len;
	const int64_t page_bytes =
		meta_number(meta, len, "page_bytes", page_range, PAGE_BYTES_DEFAULT);

	snapshot->page_bytes = page_bytes & (page_bytes - 1) ? PAGE_BYTES_DEFAULT : page_bytes;
	snapshot->clk_tck = meta_number(meta, len, "clk_tck", tick_range, CLK_TCK_DEFAULT);
	snapshot->cpus = (int32_t)meta_number(meta, len, "cpus_online", cpu_range, stat_cpus);
	/* Only the tick's own: one for all ticks would stop the clock. */
	snapshot->uptime_ms =
		meta_number(meta, recording->tick_meta_len, "uptime_ms", uptime_range, uptime_ms);
	snapshot->own_caps = capabilities(recording);
	fill_time(recording, snapshot);
}

bool recording_initial_pid_namespace(const struct recording *recording)
{
	char text[8];

	if (parse_meta(recording->meta, recording->meta_len, "initial_pid_namespace", text,
		    sizeof(text)) < 0)
		return true;
	return strcmp(text, "no") != 0 && strcmp(text, "0") != 0;
}

void recording_free(struct recording *recording)
{
	free(recording->meta);
	*recording = (struct recording){ 0 };
}
