/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "cuts.h"
#include "parse/pid.h"
#include "unit.h"

static int stat_of(const char *text, struct pid_stat *ret)
{
	return parse_pid_stat(text, strlen(text), ret);
}

#define STAT_TAIL \
	"S 612 700 701 34816 702 1077936384 11 22 33 44 55 66 77 88 20 -5 3 0 134020 3133440 364 "

/* 6.18 */
static const char stat_6_18[] =
	"6584 (cat) R 6572 6572 3054 0 -1 4194304 99 0 1 0 2 3 0 0 20 0 1 0 134020 3133440 364 "
	"18446744073709551615 94249025560576 94249025580457 140729973429824 0 0 0 0 0 0 0 0 0 17 1 "
	"0 0 0 0 0 94249025596464 94249025598080 94249612226560 140729973434785 140729973434841 "
	"140729973434841 140729973436395 0\n";

/* 2.6.32 has the same fields up to the 44th. */
static const char stat_2_6_32[] =
	"1 (init) S 0 1 1 0 -1 4202752 2043 111321 21 1035 3 112 1287 588 20 0 1 0 3 19734528 377 "
	"18446744073709551615 1 1 0 0 0 0 0 4096 536962595 18446744073709551615 0 0 17 0 0 0 64 0 "
	"0\n";

static void stat_gives_its_fields(void)
{
	struct pid_stat stat;

	expect_int(
		"parsed", stat_of("601 (a b) " STAT_TAIL "18446744073709551615 1 2\n", &stat), 0);
	expect_int("pid", stat.pid, 601);
	expect_text("comm", stat.comm, "a b");
	expect_int("state", stat.state, 'S');
	expect_int("ppid", stat.ppid, 612);
	expect_int("flags", stat.flags, 1077936384);
	expect_int("minflt", stat.minflt, 11);
	expect_int("majflt", stat.majflt, 33);
	expect_int("utime", stat.utime_ticks, 55);
	expect_int("stime", stat.stime_ticks, 66);
	expect_int("nice", stat.nice, -5);
	expect_int("threads", stat.threads, 3);
	expect_int("start", stat.start_ticks, 134020);
	expect_int("vsize", stat.vsize_bytes, 3133440);
	expect_int("rss", stat.rss_pages, 364);
}

static void stat_of_old_and_new_kernels(void)
{
	struct pid_stat stat;

	expect_int("6.18", stat_of(stat_6_18, &stat), 0);
	expect_int("6.18 rss", stat.rss_pages, 364);
	expect_int("6.18 majflt", stat.majflt, 1);
	expect_int("6.18 stime", stat.stime_ticks, 3);
	expect_int("2.6.32", stat_of(stat_2_6_32, &stat), 0);
	expect_text("2.6.32 comm", stat.comm, "init");
	expect_int("2.6.32 ppid", stat.ppid, 0);
	expect_int("2.6.32 rss", stat.rss_pages, 377);
	expect_int("2.6.32 start", stat.start_ticks, 3);
}

static void names_may_hold_anything(void)
{
	static const char *const names[] = {
		"x) Z 1",
		") S 1 2 3 (",
		"((((",
		"))))",
		"",
		"new\nline",
		"tab\there",
		"\\n",
		"\xff\xfe\x80",
		"a) R 1 2 3 4 5",
		"kworker/u256:17-events_unbound_and_more",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct pid_stat stat = { 0 };
		char text[512];

		snprintf(text, sizeof(text), "77 (%s) " STAT_TAIL "1\n", names[i]);
		expect_int(names[i], stat_of(text, &stat), 0);
		expect_text(names[i], stat.comm, names[i]);
		expect_int(names[i], stat.pid, 77);
		expect_int(names[i], stat.state, 'S');
		expect_int(names[i], stat.rss_pages, 364);
	}
}

static void names_are_cut_to_fit(void)
{
	char text[512];
	struct pid_stat stat;

	snprintf(text, sizeof(text), "7 (%0100d) " STAT_TAIL "1\n", 7);
	expect_int("100 bytes", stat_of(text, &stat), 0);
	expect_int("cut", strlen(stat.comm), sizeof(stat.comm) - 1);
	snprintf(text, sizeof(text), "7 (%063d) " STAT_TAIL "1\n", 7);
	expect_int("63 bytes", stat_of(text, &stat), 0);
	expect_int("whole", stat.comm[62], '7');
}

static void a_nul_in_a_name_ends_it(void)
{
	static const char text[] = "7 (a\0b) " STAT_TAIL "1\n";
	struct pid_stat stat;

	expect_int("parsed", parse_pid_stat(text, sizeof(text) - 1, &stat), 0);
	expect_text("comm", stat.comm, "a");
	expect_int("rss", stat.rss_pages, 364);
}

static void absurd_numbers_in_stat_saturate_or_are_unknown(void)
{
	struct pid_stat stat;

	expect_int("kernel's -1",
		stat_of("7 (x) S 1 2 3 4 5 4294967296 1 1 99999999999999999999 1 1 1 1 1 1 "
			"-9999999999 5000000000 0 8 18446744073709551615 18446744073709551615 1\n",
			&stat),
		0);
	expect_int("flags", stat.flags, UINT32_MAX);
	expect_true("majflt", stat.majflt == UINT64_MAX);
	expect_int("nice", stat.nice, INT32_MIN);
	expect_int("threads", stat.threads, UINT32_MAX);
	expect_int("vsize", stat.vsize_bytes, INT64_MAX);
	expect_int("rss", stat.rss_pages, VALUE_UNKNOWN);
	expect_int("negative",
		stat_of("7 (x) S 1 2 3 4 5 6 1 1 1 1 1 1 1 1 1 0 1 0 8 9223372036854775807 -20 1\n",
			&stat),
		0);
	expect_int("largest vsize", stat.vsize_bytes, INT64_MAX);
	expect_int("rss < 0", stat.rss_pages, VALUE_UNKNOWN);
}

static void malformed_stat_is_refused_and_changes_nothing(void)
{
	static const struct {
		const char *label;
		const char *text;
		int want;
	} cases[] = {
		{ "empty", "", -ENODATA },
		{ "newline", "\n", -EBADMSG },
		{ "no parentheses", "7 x " STAT_TAIL "1\n", -EBADMSG },
		{ "unclosed", "7 (x " STAT_TAIL "1\n", -EBADMSG },
		{ "no pid", "(x) " STAT_TAIL "1\n", -EBADMSG },
		{ "negative pid", "-7 (x) " STAT_TAIL "1\n", -EBADMSG },
		{ "pid beyond int", "2147483648 (x) " STAT_TAIL "1\n", -EBADMSG },
		{ "state of two letters", "7 (x) SS 1 2 3 4 5 6 1 1 1 1 1 1 1 1 1 0 1 0 8 1 2 1\n",
			-EBADMSG },
		{ "state a digit", "7 (x) 0 1 2 3 4 5 6 1 1 1 1 1 1 1 1 1 0 1 0 8 1 2 1\n",
			-EBADMSG },
		{ "23 fields", "7 (x) S 1 2 3 4 5 6 1 1 1 1 1 1 1 1 1 0 1 0 8 1\n", -EBADMSG },
		{ "24th may be cut", "7 (x) S 1 2 3 4 5 6 1 1 1 1 1 1 1 1 1 0 1 0 8 1 2",
			-EBADMSG },
		{ "negative flags", "7 (x) S 1 2 3 4 5 -6 1 1 1 1 1 1 1 1 1 0 1 0 8 1 2 1\n",
			-EBADMSG },
		{ "negative vsize", "7 (x) S 1 2 3 4 5 6 1 1 1 1 1 1 1 1 1 0 1 0 8 -1 2 1\n",
			-EBADMSG },
		{ "word for a number", "7 (x) S 1 2 3 4 5 6 1 1 x 1 1 1 1 1 1 0 1 0 8 1 2 1\n",
			-EBADMSG },
		{ "stray letters in rss", "7 (x) S 1 2 3 4 5 6 1 1 1 1 1 1 1 1 1 0 1 0 8 1 2x 1\n",
			-EBADMSG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pid_stat stat = { .pid = 42, .rss_pages = 43 };

		expect_int(cases[i].label, stat_of(cases[i].text, &stat), cases[i].want);
		expect_int(cases[i].label, stat.pid, 42);
		expect_int(cases[i].label, stat.rss_pages, 43);
	}
}

static void cut_stat_is_refused_or_right(void)
{
	struct pid_stat whole;
	unsigned good = 0;

	memset(&whole, 0, sizeof(whole));
	expect_int("whole", stat_of(stat_6_18, &whole), 0);
	for (size_t len = 0; len < sizeof(stat_6_18); len++) {
		char *copy = cut_copy(stat_6_18, len);
		struct pid_stat stat;

		memset(&stat, 0, sizeof(stat));
		if (parse_pid_stat(copy, len, &stat) == 0) {
			good++;
			expect_int("same rss", stat.rss_pages, whole.rss_pages);
			expect_int("same start", stat.start_ticks, whole.start_ticks);
			expect_text("same name", stat.comm, whole.comm);
		}
		free(copy);
	}
	expect_int("good from the 24th field on", good,
		sizeof(stat_6_18) - (size_t)(strstr(stat_6_18, " 364 ") + 5 - stat_6_18));
}

static void numbers_are_one_and_signed(void)
{
	static const struct {
		const char *text;
		int rc;
		int64_t want;
	} cases[] = {
		{ "0\n", 0, 0 },
		{ "-1000\n", 0, -1000 },
		{ "1000", 0, 1000 },
		{ "666\n", 0, 666 },
		{ "18446744073709551615\n", 0, INT64_MAX }, /* 2.6.32 in swapoff */
		{ "-99999999999999999999\n", 0, -INT64_MAX },
		{ "", -ENODATA, 42 },
		{ "\n", -EBADMSG, 42 },
		{ "x\n", -EBADMSG, 42 },
		{ "1 2\n", -EBADMSG, 42 },
		{ "1\n2\n", -EBADMSG, 42 },
		{ "1x", -EBADMSG, 42 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = 42;

		expect_int(cases[i].text,
			parse_pid_number(cases[i].text, strlen(cases[i].text), &got), cases[i].rc);
		expect_int(cases[i].text, got, cases[i].want);
	}
}

static void legacy_adj_maps_as_the_kernel_does(void)
{
	static const struct {
		int64_t oom_adj;
		int32_t want;
	} cases[] = {
		{ 0, 0 },
		{ 1, 58 },
		{ -1, -58 },
		{ 8, 470 },
		{ 14, 823 },
		{ 15, 1000 },
		{ 16, 1000 },
		{ INT64_MAX, 1000 },
		{ -16, -941 },
		{ -17, -1000 },
		{ -18, -1000 },
		{ VALUE_UNKNOWN, -1000 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_int("oom_adj", adj_of_oom_adj(cases[i].oom_adj), cases[i].want);
}

static void the_memory_cgroup_is_found(void)
{
	static const struct {
		const char *label;
		const char *text;
		int rc;
		const char *want;
	} cases[] = {
		{ "v2", "0::/system.slice/ssh.service\n", 0, "/system.slice/ssh.service" },
		{ "v2 root", "0::/\n", 0, "/" },
		{ "v1", "9:name=systemd:/a\n4:memory:/b\n1:cpu:/c\n", 0, "/b" },
		{ "v1, several controllers", "5:cpu,memory,pids:/d\n", 0, "/d" },
		{ "memory last", "5:cpu,memory:/e\n", 0, "/e" },
		{ "memory first", "5:memory,cpu:/f\n", 0, "/f" },
		{ "hybrid, memory on v1", "1:name=systemd:/s\n4:memory:/m\n0::/u\n", 0, "/m" },
		{ "hybrid, v2 line first", "0::/u\n4:memory:/m\n", 0, "/m" },
		{ "hybrid, memory on v2", "1:name=systemd:/s\n2:cpu:/c\n0::/u\n", 0, "/u" },
		{ "colons in the path", "0::/a:b::c\n", 0, "/a:b::c" },
		{ "outside the namespace", "0::/../x\n", 0, "/../x" },
		{ "removed", "0::/x (deleted)\n", 0, "/x (deleted)" },
		{ "hierarchy 10", "10::/x\n", -ENOENT, "old" },
		{ "a name like it", "5:name=memory:/x\n6:memory2:/y\n7:xmemory:/z\n", -ENOENT,
			"old" },
		{ "one colon", "0:/x\n", -ENOENT, "old" },
		{ "cut", "0::/x", -ENOENT, "old" },
		{ "empty", "", -ENODATA, "old" },
		{ "16 bytes with NUL", "0::/23456789012345\n", 0, "/23456789012345" },
		{ "17 bytes with NUL", "0::/234567890123456\n", -ENAMETOOLONG, "old" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char small[16] = "old", buf[64] = "old";
		const bool tight = strstr(cases[i].label, "NUL");

		expect_int(cases[i].label,
			parse_pid_cgroup(cases[i].text, strlen(cases[i].text), tight ? small : buf,
				tight ? sizeof(small) : sizeof(buf)),
			cases[i].rc);
		expect_text(cases[i].label, tight ? small : buf, cases[i].want);
	}
}

static void the_cgroup_of_another_hierarchy_is_found(void)
{
	static const struct {
		const char *text;
		int rc;
		bool v1;
		const char *want;
	} cases[] = {
		{ "4:memory:/m\n1:name=systemd:/s\n0::/u\n", 0, true, "/s" },
		{ "0::/u\n1:name=systemd:/s\n", 0, true, "/s" },
		{ "4:memory:/m\n0::/u\n", 0, false, "/u" },
		{ "4:memory:/m\n1:name=systemd2:/s\n", -ENOENT, false, "old" },
		{ "1:name=systemd:/s", -ENOENT, false, "old" },
		{ "1:name=systemd:/2345678\n", -ENAMETOOLONG, false, "old" },
		{ "", -ENODATA, false, "old" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[8] = "old";
		bool v1 = !cases[i].v1;

		expect_int(cases[i].text,
			parse_pid_cgroup_of(cases[i].text, strlen(cases[i].text), "name=systemd",
				&v1, buf, sizeof(buf)),
			cases[i].rc);
		expect_text(cases[i].text, buf, cases[i].want);
		expect_int(cases[i].text, v1, cases[i].rc == 0 ? cases[i].v1 : !cases[i].v1);
	}
}

static void command_lines_become_one_line(void)
{
	static const struct {
		const char *label;
		const char *text;
		size_t len;
		size_t size;
		const char *want;
	} cases[] = {
		{ "arguments", "cat\0-n\0file\0", 12, 64, "cat -n file" },
		{ "no final NUL", "cat\0-n", 6, 64, "cat -n" },
		{ "empty argument", "a\0\0b\0", 5, 64, "a  b" },
		{ "newlines", "sh\0-c\0a\nb\n\0", 11, 64, "sh -c a b" },
		{ "rewritten title", "postgres: writer\0\0\0\0", 20, 64, "postgres: writer" },
		{ "trailing blanks", "x  \0", 4, 64, "x" },
		{ "kernel thread", "", 0, 64, "" },
		{ "only NULs", "\0\0\0", 3, 64, "" },
		{ "fits exactly", "abcdefg", 7, 8, "abcdefg" },
		{ "cut by one", "abcdefgh", 8, 8, "abcdefg" },
		{ "no room", "abc", 3, 1, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = cut_copy(cases[i].text, cases[i].len);
		char buf[64];

		memset(buf, 'x', sizeof(buf));
		expect_int(cases[i].label,
			parse_pid_cmdline(text, cases[i].len, buf, cases[i].size),
			strlen(cases[i].want));
		expect_text(cases[i].label, buf, cases[i].want);
		free(text);
	}
}

extern CU_TestInfo pid_tests[];

CU_TestInfo pid_tests[] = {
	{ "stat gives its fields", stat_gives_its_fields },
	{ "stat of old and new kernels", stat_of_old_and_new_kernels },
	{ "names may hold anything", names_may_hold_anything },
	{ "names are cut to fit", names_are_cut_to_fit },
	{ "a NUL in a name ends it", a_nul_in_a_name_ends_it },
	{ "absurd numbers in stat saturate or are unknown",
		absurd_numbers_in_stat_saturate_or_are_unknown },
	{ "malformed stat is refused and changes nothing",
		malformed_stat_is_refused_and_changes_nothing },
	{ "cut stat is refused or right", cut_stat_is_refused_or_right },
	{ "numbers are one and signed", numbers_are_one_and_signed },
	{ "legacy adj maps as the kernel does", legacy_adj_maps_as_the_kernel_does },
	{ "the memory cgroup is found", the_memory_cgroup_is_found },
	{ "the cgroup of another hierarchy is found", the_cgroup_of_another_hierarchy_is_found },
	{ "command lines become one line", command_lines_become_one_line },
	CU_TEST_INFO_NULL,
};
