/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "fuzz.h"
#include "parse/scan.h"
#include "parse/system.h"

/* Every parser's answer: 0, or an error that fits and leaves the output as it was. */
static bool parsed(int rc, size_t size, const void *output, size_t output_size)
{
	CHECK(rc == 0 || rc == -ENODATA || rc == -EBADMSG);
	CHECK((rc == -ENODATA) == (size == 0));
	if (rc != 0)
		CHECK(fuzz_unchanged(output, output_size));
	return rc == 0;
}

static void run_memory(const char *text, size_t size)
{
	struct meminfo mem;
	struct vmstat vmstat;
	struct pressure pressure;

	fuzz_fill(&mem, sizeof(mem));
	if (parsed(parse_meminfo(text, size, &mem), size, &mem, sizeof(mem))) {
		CHECK(fuzz_values(&mem, sizeof(mem), INT64_MAX));
		CHECK(fuzz_value(mem.mem_total_kib, SCAN_KIB_MAX));
		CHECK(fuzz_value(mem.hugetlb_kib, SCAN_KIB_MAX));
	}
	fuzz_fill(&vmstat, sizeof(vmstat));
	if (parsed(parse_vmstat(text, size, &vmstat), size, &vmstat, sizeof(vmstat)))
		CHECK(fuzz_values(&vmstat, sizeof(vmstat), INT64_MAX));
	fuzz_fill(&pressure, sizeof(pressure));
	if (parsed(parse_pressure(text, size, &pressure), size, &pressure, sizeof(pressure)))
		CHECK(fuzz_values(&pressure, sizeof(pressure), INT64_MAX));
}

static void run_swaps(const char *text, size_t size)
{
	struct swaps swaps;

	fuzz_fill(&swaps, sizeof(swaps));
	if (!parsed(parse_swaps(text, size, &swaps), size, &swaps, sizeof(swaps)))
		return;
	CHECK(swaps.n_areas <= SWAPS_MAX);
	for (unsigned i = 0; i < swaps.n_areas; i++) {
		const struct swap_area *area = &swaps.area[i];

		CHECK(memchr(area->name, '\0', sizeof(area->name)));
		CHECK(fuzz_value(area->size_kib, SCAN_KIB_MAX));
		CHECK(fuzz_value(area->used_kib, SCAN_KIB_MAX));
		CHECK(value_known(area->priority));
	}
}

static void run_numbers(const char *text, size_t size)
{
	int64_t number;
	int32_t load[3], cpus;

	fuzz_fill(&number, sizeof(number));
	if (parsed(parse_knob(text, size, &number), size, &number, sizeof(number)))
		CHECK(value_known(number));
	fuzz_fill(&number, sizeof(number));
	if (parsed(parse_uptime(text, size, &number), size, &number, sizeof(number)))
		CHECK(number >= 0);
	fuzz_fill(&number, sizeof(number));
	if (parsed(parse_stat_btime(text, size, &number), size, &number, sizeof(number)))
		CHECK(number >= 0);
	fuzz_fill(&number, sizeof(number));
	if (parsed(parse_time(text, size, &number), size, &number, sizeof(number))) {
		/* Year 1 to 9999, less or more a day of offset. */
		CHECK(number >= -62135596800000 - 86400000);
		CHECK(number < 253402300800000 + 86400000);
	}
	fuzz_fill(load, sizeof(load));
	if (parsed(parse_loadavg(text, size, load), size, load, sizeof(load)))
		CHECK(load[0] >= 0 && load[1] >= 0 && load[2] >= 0);
	fuzz_fill(&cpus, sizeof(cpus));
	if (parsed(parse_stat_cpus(text, size, &cpus), size, &cpus, sizeof(cpus)))
		CHECK(cpus > 0);
}

static void run_words(const char *text, size_t size)
{
	struct proc_mounts mounts;
	char value[32];
	int rc;

	fuzz_fill(&mounts, sizeof(mounts));
	if (parsed(parse_mounts(text, size, &mounts), size, &mounts, sizeof(mounts)))
		CHECK(mounts.hidepid == 0 || mounts.hidepid == 1 || mounts.hidepid == 2 ||
			mounts.hidepid == 4);
	fuzz_fill(value, sizeof(value));
	rc = parse_meta(text, size, "time", value, sizeof(value));
	CHECK(rc == 0 || rc == -ENOENT || rc == -ENAMETOOLONG);
	if (rc == 0)
		CHECK(memchr(value, '\0', sizeof(value)));
	else
		CHECK(fuzz_unchanged(value, sizeof(value)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, false);

	run_memory(text, size);
	run_swaps(text, size);
	run_numbers(text, size);
	run_words(text, size);
	free(text);
	return 0;
}
