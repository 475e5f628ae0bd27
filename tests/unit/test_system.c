/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "cuts.h"
#include "parse/scan.h"
#include "parse/system.h"
#include "unit.h"

/* 6.18, lines that matter and some that do not. */
static const char meminfo_6_18[] = "MemTotal:       24684092 kB\n"
				   "MemFree:        24290260 kB\n"
				   "MemAvailable:   24346128 kB\n"
				   "Buffers:            4480 kB\n"
				   "Cached:           236676 kB\n"
				   "SwapCached:            1 kB\n"
				   "Active:            73804 kB\n"
				   "Inactive:         170416 kB\n"
				   "Active(anon):       1568 kB\n"
				   "Inactive(anon):    10352 kB\n"
				   "Active(file):      72236 kB\n"
				   "Inactive(file):   160064 kB\n"
				   "Unevictable:       21044 kB\n"
				   "Mlocked:           19956 kB\n"
				   "SwapTotal:       1048572 kB\n"
				   "SwapFree:        1048000 kB\n"
				   "Zswap:                 2 kB\n"
				   "Zswapped:              3 kB\n"
				   "Dirty:               176 kB\n"
				   "Writeback:             4 kB\n"
				   "AnonPages:         24164 kB\n"
				   "Mapped:            10692 kB\n"
				   "Shmem:              8856 kB\n"
				   "KReclaimable:      57213 kB\n"
				   "Slab:              79688 kB\n"
				   "SReclaimable:      57212 kB\n"
				   "SUnreclaim:        22476 kB\n"
				   "KernelStack:        1524 kB\n"
				   "PageTables:         2032 kB\n"
				   "SecPageTables:         5 kB\n"
				   "NFS_Unstable:          0 kB\n"
				   "Bounce:                6 kB\n"
				   "WritebackTmp:          0 kB\n"
				   "CommitLimit:    12342044 kB\n"
				   "Committed_AS:      72900 kB\n"
				   "VmallocTotal:   34359738367 kB\n"
				   "VmallocUsed:       14300 kB\n"
				   "VmallocChunk:          0 kB\n"
				   "Percpu:              688 kB\n"
				   "HardwareCorrupted:     7 kB\n"
				   "AnonHugePages:         8 kB\n"
				   "CmaTotal:              9 kB\n"
				   "CmaFree:              10 kB\n"
				   "Unaccepted:           11 kB\n"
				   "Balloon:              12 kB\n"
				   "HugePages_Total:      13\n"
				   "HugePages_Free:       14\n"
				   "HugePages_Rsvd:       99\n"
				   "HugePages_Surp:       99\n"
				   "Hugepagesize:       2048 kB\n"
				   "Hugetlb:              15 kB\n"
				   "DirectMap4k:       28672 kB\n";

static int meminfo_of(const char *text, struct meminfo *ret)
{
	return parse_meminfo(text, strlen(text), ret);
}

static void meminfo_gives_every_member(void)
{
	/* In the order of the struct. */
	static const int64_t want[] = { 24684092, 24290260, 24346128, 4480, 236676, 1, 1568, 10352,
		72236, 160064, 21044, 19956, 1048572, 1048000, 2, 3, 176, 4, 24164, 10692, 8856,
		57213, 79688, 57212, 22476, 1524, 2032, 5, 6, 12342044, 72900, 14300, 688, 7, 8, 9,
		10, 11, 12, 13, 14, 2048, 15 };
	struct meminfo mem;
	const int64_t *got = &mem.mem_total_kib;

	expect_int("members", sizeof(mem), sizeof(want));
	expect_int("parsed", meminfo_of(meminfo_6_18, &mem), 0);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		char label[16];

		snprintf(label, sizeof(label), "member %zu", i);
		expect_int(label, got[i], want[i]);
	}
}

static void meminfo_of_old_kernels_leaves_members_unknown(void)
{
	struct meminfo mem;

	expect_int("2.6.32",
		meminfo_of("MemTotal:        1020832 kB\nMemFree:          810512 kB\n"
			   "HighTotal:             0 kB\nSwapTotal:             0 kB\n"
			   "HugePages_Total:       0\nHugepagesize:       2048 kB\n",
			&mem),
		0);
	expect_int("total", mem.mem_total_kib, 1020832);
	expect_int("zero is zero", mem.swap_total_kib, 0);
	expect_int("available", mem.mem_available_kib, VALUE_UNKNOWN);
	expect_int("shmem", mem.shmem_kib, VALUE_UNKNOWN);
	expect_int("huge pages", mem.huge_pages_total, 0);
	expect_int("hugetlb", mem.hugetlb_kib, VALUE_UNKNOWN);
}

static void absurd_meminfo_is_unknown(void)
{
	static const struct {
		const char *line;
		int64_t want;
	} cases[] = {
		{ "Shmem: 9007199254740991 kB\n", SCAN_KIB_MAX },
		{ "Shmem: 9007199254740992 kB\n", VALUE_UNKNOWN },
		{ "Shmem: 18446744073709551612 kB\n", VALUE_UNKNOWN },
		{ "Shmem: 99999999999999999999999 kB\n", VALUE_UNKNOWN },
		{ "Shmem: -4 kB\n", VALUE_UNKNOWN },
		{ "Shmem: 4\n", VALUE_UNKNOWN },
		{ "Shmem: 4 MB\n", VALUE_UNKNOWN },
		{ "Shmem: 4 kBytes\n", VALUE_UNKNOWN },
		{ "Shmem: kB\n", VALUE_UNKNOWN },
		{ "Shmem 4 kB\n", VALUE_UNKNOWN },
		{ "shmem: 4 kB\n", VALUE_UNKNOWN },
		{ "Shmem: 4 kB", VALUE_UNKNOWN },
		{ "Shmem:4 kB\n", 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct meminfo mem;
		char text[128];

		snprintf(text, sizeof(text), "MemTotal: 8 kB\n%s", cases[i].line);
		expect_int(cases[i].line, meminfo_of(text, &mem), 0);
		expect_int(cases[i].line, mem.shmem_kib, cases[i].want);
	}
}

static void malformed_meminfo_changes_nothing(void)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "", -ENODATA },
		{ "\n", -EBADMSG },
		{ ":\n", -EBADMSG },
		{ "hello\n", -EBADMSG },
		{ "Unknown: 4 kB\n", -EBADMSG },
		{ "MemTotal: 4 kB", -EBADMSG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct meminfo mem = { .mem_total_kib = 42 };

		expect_int(cases[i].text, meminfo_of(cases[i].text, &mem), cases[i].want);
		expect_int(cases[i].text, mem.mem_total_kib, 42);
	}
}

static void cut_meminfo_gives_no_wrong_number(void)
{
	struct meminfo whole;

	expect_int("whole", meminfo_of(meminfo_6_18, &whole), 0);
	for (size_t len = 0; len < sizeof(meminfo_6_18); len++) {
		char *copy = cut_copy(meminfo_6_18, len);
		struct meminfo mem;

		if (parse_meminfo(copy, len, &mem) == 0)
			expect_true("agrees", known_agree(&mem, &whole, sizeof(mem)));
		free(copy);
	}
}

static void pressure_is_read_in_hundredths(void)
{
	static const char text[] = "some avg10=41.20 avg60=3.05 avg300=0.00 total=123456789\n"
				   "full avg10=0.99 avg60=100.00 avg300=12.34 total=18\n";
	struct pressure pressure;

	expect_int("parsed", parse_pressure(text, sizeof(text) - 1, &pressure), 0);
	expect_int("some 10", pressure.some.avg10_centi, 4120);
	expect_int("some 60", pressure.some.avg60_centi, 305);
	expect_int("some 300", pressure.some.avg300_centi, 0);
	expect_int("some total", pressure.some.total_us, 123456789);
	expect_int("full 10", pressure.full.avg10_centi, 99);
	expect_int("full 60", pressure.full.avg60_centi, 10000);
	expect_int("full 300", pressure.full.avg300_centi, 1234);
	expect_int("full total", pressure.full.total_us, 18);

	for (size_t len = 0; len < sizeof(text); len++) {
		char *copy = cut_copy(text, len);
		struct pressure cut;

		if (parse_pressure(copy, len, &cut) == 0)
			expect_true("cut", known_agree(&cut, &pressure, sizeof(cut)));
		else
			expect_true("only within the first line", len < 56);
		free(copy);
	}
}

static void pressure_may_lack_a_line(void)
{
	static const struct {
		const char *text;
		int rc;
		int64_t some;
		int64_t full;
	} cases[] = {
		{ "some avg10=1.00 avg60=0.00 avg300=0.00 total=0\n", 0, 100, VALUE_UNKNOWN },
		{ "full avg10=1.00 avg60=0.00 avg300=0.00 total=0\n", 0, VALUE_UNKNOWN, 100 },
		{ "some avg10=1.00\n", -EBADMSG, 42, 42 },
		{ "some avg10=-1.00 avg60=0.00 avg300=0.00 total=0\n", -EBADMSG, 42, 42 },
		{ "many avg10=1.00 avg60=0.00 avg300=0.00 total=0\n", -EBADMSG, 42, 42 },
		{ "", -ENODATA, 42, 42 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pressure got = { .some.avg10_centi = 42, .full.avg10_centi = 42 };

		expect_int(cases[i].text,
			parse_pressure(cases[i].text, strlen(cases[i].text), &got), cases[i].rc);
		expect_int(cases[i].text, got.some.avg10_centi, cases[i].some);
		expect_int(cases[i].text, got.full.avg10_centi, cases[i].full);
	}
}

#define SWAPS_HEADING "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"

static void swaps_lists_its_areas(void)
{
	static const char text[] = SWAPS_HEADING
		"/dev/sda2                               partition\t2097148\t\t1024\t\t-2\n"
		"/swap\\040file                           file\t\t524284\t\t0\t\t5\n"
		"/dev/zram0                              partition\t1000000\t\t999\t\t100\n"
		"/home/zram.img                          file\t1\t0\t-3\n"
		"/dev/block/zram1                        partition\t2\t0\t-4\n"
		"/home/zram/swap                         file\t3\t0\t-5\n";
	static const bool zram[] = { false, false, true, true, true, false };
	struct swaps swaps;

	expect_int("parsed", parse_swaps(text, sizeof(text) - 1, &swaps), 0);
	expect_int("areas", swaps.n_areas, 6);
	expect_text("name", swaps.area[0].name, "/dev/sda2");
	expect_int("size", swaps.area[0].size_kib, 2097148);
	expect_int("used", swaps.area[0].used_kib, 1024);
	expect_int("priority", swaps.area[0].priority, -2);
	expect_text("blank in a name", swaps.area[1].name, "/swap\\040file");
	for (size_t i = 0; i < ARRAY_SIZE(zram); i++)
		expect_int(swaps.area[i].name, swaps.area[i].zram, zram[i]);

	for (size_t len = 0; len < sizeof(text); len++) {
		char *copy = cut_copy(text, len);
		struct swaps cut;

		if (parse_swaps(copy, len, &cut) == 0 && cut.n_areas > 0) {
			expect_true("cut", cut.n_areas <= swaps.n_areas);
			expect_int("size of the last one", cut.area[cut.n_areas - 1].size_kib,
				swaps.area[cut.n_areas - 1].size_kib);
		}
		free(copy);
	}
}

static void swaps_without_areas_is_no_error(void)
{
	struct swaps swaps = { .n_areas = 42 };

	expect_int("empty", parse_swaps("", 0, &swaps), -ENODATA);
	expect_int("no heading", parse_swaps("/dev/sda2 partition 1 0 -2\n", 27, &swaps), -EBADMSG);
	expect_int("cut heading", parse_swaps("Filename\t\t", 10, &swaps), -EBADMSG);
	expect_int("unchanged", swaps.n_areas, 42);
	expect_int("heading", parse_swaps(SWAPS_HEADING, strlen(SWAPS_HEADING), &swaps), 0);
	expect_int("none", swaps.n_areas, 0);
}

static void more_swap_areas_than_room_are_left_out(void)
{
	char text[4096] = SWAPS_HEADING;
	struct swaps swaps;

	for (unsigned i = 0; i < SWAPS_MAX + 3; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			"/dev/sd%u file %u 0 -1\n", i, i);
	expect_int("parsed", parse_swaps(text, strlen(text), &swaps), 0);
	expect_int("areas", swaps.n_areas, SWAPS_MAX);
	expect_int("last", swaps.area[SWAPS_MAX - 1].size_kib, SWAPS_MAX - 1);
}

static void knobs_are_single_numbers(void)
{
	static const struct {
		const char *text;
		int rc;
		int64_t want;
	} cases[] = {
		{ "60\n", 0, 60 },
		{ "60", 0, 60 },
		{ "-1\n", 0, -1 },
		{ "0x0007\n", 0, 7 },
		{ "0xffffffffffffffff\n", 0, INT64_MAX },
		{ "9223372036854775808\n", 0, INT64_MAX },
		{ "Y\n", 0, 1 },
		{ "N\n", 0, 0 },
		{ "10 \n", 0, 10 },
		{ "", -ENODATA, 42 },
		{ "\n", -EBADMSG, 42 },
		{ "0x\n", -EBADMSG, 42 },
		{ "yes\n", -EBADMSG, 42 },
		{ "YES\n", -EBADMSG, 42 },
		{ "256\t256\t32\n", -EBADMSG, 42 },
		{ "[always] never\n", -EBADMSG, 42 },
		{ "1\n2\n", -EBADMSG, 42 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = 42;

		expect_int(cases[i].text, parse_knob(cases[i].text, strlen(cases[i].text), &got),
			cases[i].rc);
		expect_int(cases[i].text, got, cases[i].want);
	}
}

static void uptime_is_in_milliseconds(void)
{
	static const struct {
		const char *text;
		int rc;
		int64_t want;
	} cases[] = {
		{ "1340.20 2647.95\n", 0, 1340200 },
		{ "0.00 0.00\n", 0, 0 },
		{ "100\n", 0, 100000 },
		{ "92233720368547758.07 1\n", 0, INT64_MAX },
		{ "", -ENODATA, 42 },
		{ "1340.2", -EBADMSG, 42 },
		{ "-1.00 1\n", -EBADMSG, 42 },
		{ "x\n", -EBADMSG, 42 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = 42;

		expect_int(cases[i].text, parse_uptime(cases[i].text, strlen(cases[i].text), &got),
			cases[i].rc);
		expect_int(cases[i].text, got, cases[i].want);
	}
}

static void load_averages_are_in_hundredths(void)
{
	int32_t load[3] = { 42, 42, 42 };

	expect_int("cut", parse_loadavg("0.25 1.00 12.3", 14, load), -EBADMSG);
	expect_int("empty", parse_loadavg("", 0, load), -ENODATA);
	expect_int("two", parse_loadavg("0.25 1.00\n", 10, load), -EBADMSG);
	expect_int("unchanged", load[0], 42);
	expect_int("parsed", parse_loadavg("0.25 1.00 12.34 1/93 6581\n", 26, load), 0);
	expect_int("1 min", load[0], 25);
	expect_int("5 min", load[1], 100);
	expect_int("15 min", load[2], 1234);
	expect_int("huge",
		parse_loadavg("21474836.47 21474836.48 99999999999999999999 x\n", 47, load), 0);
	expect_int("largest", load[0], INT32_MAX);
	expect_int("beyond", load[1], INT32_MAX);
	expect_int("far beyond", load[2], INT32_MAX);
}

static void stat_counts_cpus_and_tells_the_boot_time(void)
{
	static const char text[] = "cpu  993 0 1417 264795 253 0 27 5 0 0\n"
				   "cpu0 229 0 557 132900 4 0 10 1 0 0\n"
				   "cpu12 764 0 859 131895 249 0 17 3 0 0\n"
				   "intr 34 0 0\nctxt 4711\nbtime 1795290000\nprocesses 6581\n";
	const size_t cpus_len = (size_t)(strstr(text, "intr") - text);
	int32_t cpus = 42;
	int64_t btime = 42;

	expect_int("empty", parse_stat_cpus("", 0, &cpus), -ENODATA);
	expect_int("none", parse_stat_cpus("cpu  1 2\nintr 1\n", 16, &cpus), -EBADMSG);
	expect_int("cut in the list", parse_stat_cpus(text, cpus_len - 1, &cpus), -EBADMSG);
	expect_int("unchanged", cpus, 42);
	expect_int("cut behind", parse_stat_cpus(text, cpus_len + 9, &cpus), 0);
	expect_int("cpus", cpus, 2);

	expect_int("no btime", parse_stat_btime(text, cpus_len, &btime), -EBADMSG);
	expect_int("cut btime",
		parse_stat_btime(text, (size_t)(strstr(text, "\nproc") - text), &btime), -EBADMSG);
	expect_int("absurd btime", parse_stat_btime("btime -5\n", 9, &btime), -EBADMSG);
	expect_int("empty", parse_stat_btime("", 0, &btime), -ENODATA);
	expect_int("unchanged", btime, 42);
	expect_int("parsed", parse_stat_btime(text, sizeof(text) - 1, &btime), 0);
	expect_int("btime", btime, 1795290000);
}

extern CU_TestInfo system_tests[];

CU_TestInfo system_tests[] = {
	{ "meminfo gives every member", meminfo_gives_every_member },
	{ "meminfo of old kernels leaves members unknown",
		meminfo_of_old_kernels_leaves_members_unknown },
	{ "absurd meminfo is unknown", absurd_meminfo_is_unknown },
	{ "malformed meminfo changes nothing", malformed_meminfo_changes_nothing },
	{ "cut meminfo gives no wrong number", cut_meminfo_gives_no_wrong_number },
	{ "pressure is read in hundredths", pressure_is_read_in_hundredths },
	{ "pressure may lack a line", pressure_may_lack_a_line },
	{ "swaps lists its areas", swaps_lists_its_areas },
	{ "swaps without areas is no error", swaps_without_areas_is_no_error },
	{ "more swap areas than room are left out", more_swap_areas_than_room_are_left_out },
	{ "knobs are single numbers", knobs_are_single_numbers },
	{ "uptime is in milliseconds", uptime_is_in_milliseconds },
	{ "load averages are in hundredths", load_averages_are_in_hundredths },
	{ "stat counts CPUs and tells the boot time", stat_counts_cpus_and_tells_the_boot_time },
	CU_TEST_INFO_NULL,
};
