/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fuzz.h"
#include "parse/cgroup.h"

/* Every parser's answer: 0, or an error that fits and leaves the output as it was. */
static bool parsed(int rc, size_t size, const void *output, size_t output_size)
{
	CHECK(rc == 0 || rc == -ENODATA || rc == -EBADMSG);
	CHECK((rc == -ENODATA) == (size == 0));
	if (rc != 0)
		CHECK(fuzz_unchanged(output, output_size));
	return rc == 0;
}

static void run_size(const char *text, size_t size)
{
	int64_t bytes;

	fuzz_fill(&bytes, sizeof(bytes));
	if (parsed(parse_memcg_size(text, size, &bytes), size, &bytes, sizeof(bytes)))
		CHECK(bytes >= 0);
}

static void run_events(const char *text, size_t size)
{
	struct memcg memcg;

	fuzz_fill(&memcg, sizeof(memcg));
	if (parsed(parse_memcg_events(text, size, &memcg), size, &memcg, sizeof(memcg))) {
		CHECK(fuzz_values(&memcg.events_high, 4 * sizeof(int64_t), INT64_MAX));
		CHECK(fuzz_unchanged(&memcg.usage_bytes, sizeof(int64_t)));
	}
	fuzz_fill(&memcg, sizeof(memcg));
	if (parsed(parse_memcg_oom_control(text, size, &memcg), size, &memcg, sizeof(memcg))) {
		CHECK(fuzz_value(memcg.oom_kill_disable, 1));
		CHECK(fuzz_value(memcg.under_oom, 1));
		CHECK(fuzz_value(memcg.events_oom_kill, INT64_MAX));
	}
}

static void run_stat(const char *text, size_t size, int version)
{
	struct memcg memcg;

	fuzz_fill(&memcg, sizeof(memcg));
	if (!parsed(parse_memcg_stat(text, size, version, &memcg), size, &memcg, sizeof(memcg)))
		return;
	CHECK(fuzz_values(&memcg.stat_file_bytes, 6 * sizeof(int64_t), INT64_MAX));
	CHECK(fuzz_unchanged(&memcg.stat_uptime_ms, sizeof(int64_t)));
}

static void run_mount(const char *text, size_t size)
{
	struct memcg_mount mount;

	fuzz_fill(&mount, sizeof(mount));
	if (!parsed(parse_memcg_mount(text, size, &mount), size, &mount, sizeof(mount)))
		return;
	CHECK(mount.version >= 0 && mount.version <= 2);
	CHECK(memchr(mount.path, '\0', sizeof(mount.path)));
	CHECK(memchr(mount.root, '\0', sizeof(mount.root)));
	CHECK((mount.version == 0) == (mount.path[0] == '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, false);

	run_size(text, size);
	run_events(text, size);
	run_stat(text, size, 1);
	run_stat(text, size, 2);
	run_mount(text, size);
	free(text);
	return 0;
}
