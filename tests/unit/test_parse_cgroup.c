/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "cuts.h"
#include "parse/cgroup.h"
#include "unit.h"

#define PATTERN 0xa5

/** A memcg in which every byte is the same, to see what is not touched. */
static struct memcg patterned(void)
{
	struct memcg memcg;

	memset(&memcg, PATTERN, sizeof(memcg));
	return memcg;
}

static bool is_untouched(const struct memcg *memcg)
{
	const struct memcg pattern = patterned();

	return memcmp(memcg, &pattern, sizeof(pattern)) == 0;
}

static void sizes_are_bytes_or_none(void)
{
	static const struct {
		const char *text;
		int error;
		int64_t bytes;
	} cases[] = {
		{ "0\n", 0, 0 },
		{ "1\n", 0, 1 },
		{ "268435456\n", 0, 268435456 },
		{ "268435456", 0, 268435456 },
		{ " 7 \n", 0, 7 },
		{ "max\n", 0, MEMCG_UNLIMITED },
		{ "max", 0, MEMCG_UNLIMITED },
		{ "9223372036854771712\n", 0, MEMCG_UNLIMITED }, /* pages of 4 KiB */
		{ "9223372036854710272\n", 0, MEMCG_UNLIMITED }, /* of 64 KiB */
		{ "9223372036854513664\n", 0, MEMCG_UNLIMITED }, /* of 256 KiB */
		{ "9223372036854513663\n", 0, INT64_C(9223372036854513663) },
		{ "9223372036854775807\n", 0, MEMCG_UNLIMITED }, /* before 3.19 */
		{ "9223372036854775808\n", 0, MEMCG_UNLIMITED },
		{ "18446744073709551615\n", 0, MEMCG_UNLIMITED },
		{ "99999999999999999999999\n", 0, MEMCG_UNLIMITED },
		{ "", -ENODATA, 42 },
		{ "\n", -EBADMSG, 42 },
		{ "-1\n", -EBADMSG, 42 },
		{ "maximum\n", -EBADMSG, 42 },
		{ "ma", -EBADMSG, 42 },
		{ "MAX\n", -EBADMSG, 42 },
		{ "12k\n", -EBADMSG, 42 },
		{ "12 13\n", -EBADMSG, 42 },
		{ "12\n13\n", -EBADMSG, 42 },
		{ "\xff\n", -EBADMSG, 42 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const size_t len = strlen(cases[i].text);
		char *copy = cut_copy(cases[i].text, len);
		int64_t got = 42;

		expect_int(cases[i].text, parse_memcg_size(copy, len, &got), cases[i].error);
		expect_int(cases[i].text, got, cases[i].bytes);
		free(copy);
	}
}

static const char events[] = "low 1\nhigh 20\nmax 300\noom 4000\noom_kill 50000\n"
			     "oom_group_kill 6\nsock_throttled 7\n";

static void events_are_counted_by_kind(void)
{
	struct memcg got = patterned();
	const struct memcg pattern = got;

	expect_int("rc", parse_memcg_events(events, strlen(events), &got), 0);
	expect_int("high", got.events_high, 20);
	expect_int("max", got.events_max, 300);
	expect_int("oom", got.events_oom, 4000);
	expect_int("oom_kill", got.events_oom_kill, 50000);
	got.events_high = pattern.events_high;
	got.events_max = pattern.events_max;
	got.events_oom = pattern.events_oom;
	got.events_oom_kill = pattern.events_oom_kill;
	expect_true("nothing else", is_untouched(&got));
}

static void absent_events_are_unknown(void)
{
	static const struct {
		const char *text;
		int error;
		int64_t high, max, oom, oom_kill;
	} cases[] = {
#define U VALUE_UNKNOWN
		{ "low 0\nhigh 0\nmax 0\noom 0\n", 0, 0, 0, 0, U }, /* before 4.13 */
		{ "oom_kill 7\n", 0, U, U, U, 7 },
		{ "max -1\noom 3\n", 0, U, U, 3, U },
		{ "max 18446744073709551615\nhigh 2\n", 0, 2, U, U, U },
		{ "max 5 6\nhigh 2\n", 0, 2, U, U, U },
		{ "max 5\nmax 6\n", 0, U, 6, U, U },
		{ "high 2\nmax 5", 0, 2, U, U, U },
		{ "max\n", -EBADMSG, 0, 0, 0, 0 },
		{ "low 1\n", -EBADMSG, 0, 0, 0, 0 },
		{ "max 5", -EBADMSG, 0, 0, 0, 0 },
		{ " max 5\n", -EBADMSG, 0, 0, 0, 0 },
		{ "\n\n", -EBADMSG, 0, 0, 0, 0 },
		{ "", -ENODATA, 0, 0, 0, 0 },
#undef U
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct memcg got = patterned();
		const size_t len = strlen(cases[i].text);
		char *copy = cut_copy(cases[i].text, len);

		expect_int(cases[i].text, parse_memcg_events(copy, len, &got), cases[i].error);
		free(copy);
		if (cases[i].error < 0) {
			expect_true(cases[i].text, is_untouched(&got));
			continue;
		}
		expect_int(cases[i].text, got.events_high, cases[i].high);
		expect_int(cases[i].text, got.events_max, cases[i].max);
		expect_int(cases[i].text, got.events_oom, cases[i].oom);
		expect_int(cases[i].text, got.events_oom_kill, cases[i].oom_kill);
	}
}

static const char stat_v2[] = "anon 1\nfile 2\nkernel_stack 4\nshmem 8\nfile_mapped 16\n"
			      "file_dirty 32\nfile_writeback 64\ninactive_anon 128\n"
			      "active_anon 256\ninactive_file 512\nactive_file 1024\n"
			      "slab_reclaimable 2048\nslab_unreclaimable 4096\n";

static const char stat_v1[] =
	"cache 9\nrss 9\nshmem 9\nmapped_file 9\ndirty 9\nwriteback 9\ninactive_file 9\n"
	"active_file 9\nhierarchical_memory_limit 9\nhierarchical_memsw_limit 9\n"
	"total_cache 3\ntotal_rss 1\ntotal_shmem 8\ntotal_mapped_file 16\ntotal_dirty 32\n"
	"total_writeback 64\ntotal_inactive_file 512\ntotal_active_file 1024\n";

static void expect_stat(const char *label, const struct memcg *got, int64_t slab)
{
	expect_int(label, got->stat_file_bytes, 512 + 1024);
	expect_int(label, got->stat_dirty_bytes, 32 + 64);
	expect_int(label, got->stat_mapped_bytes, 16);
	expect_int(label, got->stat_slab_reclaimable_bytes, slab);
	expect_int(label, got->stat_anon_bytes, 1);
	expect_int(label, got->stat_shmem_bytes, 8);
}

static void stat_of_both_versions(void)
{
	struct memcg got = patterned();
	const struct memcg pattern = got;

	expect_int("v2", parse_memcg_stat(stat_v2, strlen(stat_v2), 2, &got), 0);
	expect_stat("v2", &got, 2048);
	expect_int("v1", parse_memcg_stat(stat_v1, strlen(stat_v1), 1, &got), 0);
	expect_stat("v1", &got, VALUE_UNKNOWN);
	expect_int("when is not told", got.stat_uptime_ms, pattern.stat_uptime_ms);
	expect_int("nor usage", got.usage_bytes, pattern.usage_bytes);
}

static void v1_stat_without_totals_is_its_own(void)
{
	static const char text[] = "rss 5\nmapped_file 6\ninactive_file 7\nactive_file 8\n";
	struct memcg got = patterned();

	expect_int("rc", parse_memcg_stat(text, strlen(text), 1, &got), 0);
	expect_int("file", got.stat_file_bytes, 15);
	expect_int("mapped", got.stat_mapped_bytes, 6);
	expect_int("anon", got.stat_anon_bytes, 5);
	expect_int("dirty", got.stat_dirty_bytes, VALUE_UNKNOWN);
	expect_int("shmem", got.stat_shmem_bytes, VALUE_UNKNOWN);
}

static void half_a_sum_is_unknown(void)
{
	static const char text[] = "anon 5\nactive_file 8\nfile_writeback 3\n";
	static const char huge[] =
		"inactive_file 9223372036854775807\nactive_file 9223372036854775807\n"
		"anon 18446744073709547520\n";
	struct memcg got = patterned();

	expect_int("rc", parse_memcg_stat(text, strlen(text), 2, &got), 0);
	expect_int("anon", got.stat_anon_bytes, 5);
	expect_int("file", got.stat_file_bytes, VALUE_UNKNOWN);
	expect_int("dirty", got.stat_dirty_bytes, VALUE_UNKNOWN);
	expect_int("rc", parse_memcg_stat(huge, strlen(huge), 2, &got), 0);
	expect_int("saturates", got.stat_file_bytes, INT64_MAX);
	expect_int("below 0", got.stat_anon_bytes, VALUE_UNKNOWN);
}

static void keys_of_the_other_version_are_nothing(void)
{
	static const char *const texts[] = { "", "\n", "anon", "anon 5", "cache 5\n", "\xff 1\n" };
	static const char v1_alone[] = "rss 5\nmapped_file 6\n";
	static const char v2_alone[] = "anon 5\nfile_mapped 6\n";
	struct memcg got = patterned();

	expect_int("v1 as v2", parse_memcg_stat(v1_alone, strlen(v1_alone), 2, &got), -EBADMSG);
	expect_int("v2 as v1", parse_memcg_stat(v2_alone, strlen(v2_alone), 1, &got), -EBADMSG);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const int want = texts[i][0] == '\0' ? -ENODATA : -EBADMSG;

		expect_int(texts[i], parse_memcg_stat(texts[i], strlen(texts[i]), 2, &got), want);
		expect_int(texts[i], parse_memcg_stat(texts[i], strlen(texts[i]), 1, &got), want);
	}
	expect_true("untouched", is_untouched(&got));
}

static void oom_control_says_whether_tasks_wait(void)
{
	static const struct {
		const char *text;
		int error;
		int64_t disable, under, killed;
	} cases[] = {
#define U VALUE_UNKNOWN
		{ "oom_kill_disable 0\nunder_oom 0\noom_kill 12\n", 0, 0, 0, 12 },
		{ "oom_kill_disable 1\nunder_oom 1\n", 0, 1, 1, U }, /* before 4.13 */
		{ "oom_kill_disable 2\nunder_oom 0\n", 0, U, 0, U },
		{ "under_oom -1\noom_kill 3\n", 0, U, U, 3 },
		{ "oom_kill_disable 1\nunder_oom 1", 0, 1, U, U },
		{ "oom_kill_disable x\n", -EBADMSG, 0, 0, 0 },
		{ "1\n", -EBADMSG, 0, 0, 0 },
		{ "", -ENODATA, 0, 0, 0 },
#undef U
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct memcg got = patterned();

		expect_int(cases[i].text,
			parse_memcg_oom_control(cases[i].text, strlen(cases[i].text), &got),
			cases[i].error);
		if (cases[i].error < 0) {
			expect_true(cases[i].text, is_untouched(&got));
			continue;
		}
		expect_int(cases[i].text, got.oom_kill_disable, cases[i].disable);
		expect_int(cases[i].text, got.under_oom, cases[i].under);
		expect_int(cases[i].text, got.events_oom_kill, cases[i].killed);
	}
}

static void cut_texts_give_true_numbers_or_none(void)
{
	struct memcg whole = patterned();

	expect_int("whole", parse_memcg_events(events, strlen(events), &whole), 0);
	expect_int("whole", parse_memcg_stat(stat_v2, strlen(stat_v2), 2, &whole), 0);
	for (size_t len = 0; len < strlen(events); len++) {
		char *copy = cut_copy(events, len);
		struct memcg cut = patterned();

		if (parse_memcg_events(copy, len, &cut) == 0)
			expect_true("events",
				known_agree(
					&cut.events_high, &whole.events_high, 4 * sizeof(int64_t)));
		else
			expect_true("events", is_untouched(&cut));
		free(copy);
	}
	for (size_t len = 0; len < strlen(stat_v2); len++) {
		char *copy = cut_copy(stat_v2, len);
		struct memcg cut = patterned();

		if (parse_memcg_stat(copy, len, 2, &cut) == 0)
			expect_true("stat",
				known_agree(&cut.stat_file_bytes, &whole.stat_file_bytes,
					6 * sizeof(int64_t)));
		else
			expect_true("stat", is_untouched(&cut));
		free(copy);
	}
}

#define V2 "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
#define V1 "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:15 - cgroup cgroup rw,memory\n"
#define V1_CPU "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
#define UNIFIED "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
#define OTHER "22 27 0:21 / /proc rw - proc proc rw\n"
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define MOUNT_AT(root, point) "35 31 0:32 " root " " point " rw - cgroup cgroup rw,memory\n"

static const struct {
	const char *label;
	const char *text;
	int version;
	const char *path;
	const char *root;
} mounts[] = {
	{ "v2", OTHER V2, 2, "sys/fs/cgroup", "" },
	{ "v1", OTHER V1_CPU V1, 1, "sys/fs/cgroup/memory", "" },
	{ "hybrid", UNIFIED V1_CPU V1, 1, "sys/fs/cgroup/memory", "" },
	{ "hybrid, the other way round", V1 V1_CPU UNIFIED, 1, "sys/fs/cgroup/memory", "" },
	{ "v1 without memory beside v2", V1_CPU UNIFIED, 2, "sys/fs/cgroup/unified", "" },
	{ "none", OTHER V1_CPU, 0, "", "" },
	{ "mounted together", "35 31 0:32 / /cg rw - cgroup none rw,cpu,memory,pids\n", 1, "cg",
		"" },
	{ "a name that holds the word",
		"35 31 0:32 / /cg rw - cgroup none rw,name=memory,memory_x,xmemory\n", 0, "", "" },
	{ "the options of the mount do not count", "35 31 0:32 / /cg rw,memory - cgroup none rw\n",
		0, "", "" },
	{ "another type", "35 31 0:32 / /cg rw - cgroupx none rw,memory\n", 0, "", "" },
	{ "a container's part", MOUNT_AT("/docker/0f3a91c2", "/sys/fs/cgroup/memory"), 1,
		"sys/fs/cgroup/memory", "docker/0f3a91c2" },
	{ "the whole before a part",
		MOUNT_AT("/docker/0f3a91c2", "/a") MOUNT_AT("/", "/b") MOUNT_AT("/", "/c"), 1, "b",
		"" },
	{ "the first of two parts", MOUNT_AT("/x", "/a") MOUNT_AT("/y", "/b"), 1, "a", "x" },
	{ "outside of the namespace", MOUNT_AT("/../..", "/a"), 0, "", "" },
	{ "just outside", MOUNT_AT("/..", "/a") UNIFIED, 2, "sys/fs/cgroup/unified", "" },
	{ "two dots begin a name too", MOUNT_AT("/..a", "/a"), 1, "a", "..a" },
	{ "octal escapes", MOUNT_AT("/", "/my\\040cg/\\155emory"), 1, "my cg/memory", "" },
	{ "slashes at the end", MOUNT_AT("/x/", "/a//"), 1, "a", "x" },
	{ "over everything", MOUNT_AT("/", "/"), 0, "", "" },
	{ "no path", MOUNT_AT("x", "/a") MOUNT_AT("/", "a"), 0, "", "" },
	{ "a NUL in the path", MOUNT_AT("/", "/a\\000b"), 0, "", "" },
	{ "127 bytes",
		MOUNT_AT("/",
			"/" A64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"),
		1, A64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "" },
	{ "128 bytes", MOUNT_AT("/", "/" A64 A64), 0, "", "" },
	{ "mounts, v1",
		"tmpfs /sys/fs/cgroup tmpfs rw 0 0\n"
		"cgroup /sys/fs/cgroup/memory cgroup rw,nosuid,memory 0 0\n",
		1, "sys/fs/cgroup/memory", "" },
	{ "mounts, v2", "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n", 2, "sys/fs/cgroup", "" },
	{ "cut", V2 "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", 2,
		"sys/fs/cgroup", "" },
	{ "hostile lines between", "\n- - -\n\xff\n" V1 "\n22\n", 1, "sys/fs/cgroup/memory", "" },
};

static void the_memory_controller_is_found(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		const size_t len = strlen(mounts[i].text);
		char *copy = cut_copy(mounts[i].text, len);
		struct memcg_mount got = { .version = 42 };

		expect_int(mounts[i].label, parse_memcg_mount(copy, len, &got), 0);
		expect_int(mounts[i].label, got.version, mounts[i].version);
		expect_text(mounts[i].label, got.path, mounts[i].path);
		expect_text(mounts[i].label, got.root, mounts[i].root);
		free(copy);
	}
}

static void what_lists_no_mounts_changes_nothing(void)
{
	static const struct {
		const char *text;
		int error;
	} cases[] = {
		{ "", -ENODATA },
		{ "\n", -EBADMSG },
		{ "memory\n", -EBADMSG },
		{ "31 23 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", -EBADMSG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct memcg_mount got = { .version = 42, .path = "x", .root = "y" };

		expect_int(cases[i].text,
			parse_memcg_mount(cases[i].text, strlen(cases[i].text), &got),
			cases[i].error);
		expect_int(cases[i].text, got.version, 42);
		expect_text(cases[i].text, got.path, "x");
		expect_text(cases[i].text, got.root, "y");
	}
}

extern CU_TestInfo parse_cgroup_tests[];

CU_TestInfo parse_cgroup_tests[] = {
	{ "sizes are bytes or none", sizes_are_bytes_or_none },
	{ "events are counted by kind", events_are_counted_by_kind },
	{ "absent events are unknown", absent_events_are_unknown },
	{ "stat of both versions", stat_of_both_versions },
	{ "v1 stat without totals is its own", v1_stat_without_totals_is_its_own },
	{ "half a sum is unknown", half_a_sum_is_unknown },
	{ "keys of the other version are nothing", keys_of_the_other_version_are_nothing },
	{ "oom_control says whether tasks wait", oom_control_says_whether_tasks_wait },
	{ "cut texts give true numbers or none", cut_texts_give_true_numbers_or_none },
	{ "the memory controller is found", the_memory_controller_is_found },
	{ "what lists no mounts changes nothing", what_lists_no_mounts_changes_nothing },
	CU_TEST_INFO_NULL,
};
