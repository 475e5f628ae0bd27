/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "cuts.h"
#include "parse/pid.h"
#include "parse/scan.h"
#include "unit.h"

static int status_of(const char *text, struct pid_status *ret)
{
	return parse_pid_status(text, strlen(text), ret);
}

/* 6.18: all that matters, and lines that only look like it. */
static const char status_6_18[] = "Name:\tcat\n"
				  "Umask:\t0022\n"
				  "State:\tR (running)\n"
				  "Tgid:\t6584\n"
				  "Ngid:\t0\n"
				  "Pid:\t6585\n"
				  "PPid:\t6572\n"
				  "TracerPid:\t0\n"
				  "Uid:\t1000\t1001\t1002\t1003\n"
				  "Gid:\t0\t0\t0\t0\n"
				  "FDSize:\t256\n"
				  "Groups:\t4 24 27 30 46 \n"
				  "NStgid:\t6584\n"
				  "Kthread:\t0\n"
				  "VmPeak:\t    3060 kB\n"
				  "VmSize:\t    3059 kB\n"
				  "VmLck:\t       0 kB\n"
				  "VmPin:\t       1 kB\n"
				  "VmHWM:\t    1633 kB\n"
				  "VmRSS:\t    1632 kB\n"
				  "RssAnon:\t     112 kB\n"
				  "RssFile:\t    1520 kB\n"
				  "RssShmem:\t       4 kB\n"
				  "VmData:\t     360 kB\n"
				  "VmStk:\t     132 kB\n"
				  "VmExe:\t      20 kB\n"
				  "VmLib:\t    1528 kB\n"
				  "VmPTE:\t      44 kB\n"
				  "VmSwap:\t     300 kB\n"
				  "HugetlbPages:\t       0 kB\n"
				  "CoreDumping:\t0\n"
				  "THP_enabled:\t1\n"
				  "untag_mask:\t0xffffffffffffffff\n"
				  "Threads:\t17\n"
				  "SigQ:\t0/96365\n"
				  "CapInh:\t0000000000000000\n"
				  "CapPrm:\t000001fffeffffff\n"
				  "CapEff:\t0000000000200000\n"
				  "CapBnd:\t000001fffeffffff\n"
				  "Cpus_allowed:\t3\n"
				  "Cpus_allowed_list:\t0-1\n"
				  "Mems_allowed:\t00000000,00000005\n"
				  "Mems_allowed_list:\t0,2\n"
				  "voluntary_ctxt_switches:\t9\n";

static void status_gives_its_lines(void)
{
	struct pid_status status;

	expect_int("parsed", status_of(status_6_18, &status), 0);
	expect_int("tgid", status.tgid, 6584);
	expect_int("effective uid", status.uid, 1001);
	expect_int("threads", status.threads, 17);
	expect_int("VmSize", status.vm_size_kib, 3059);
	expect_int("VmRSS", status.vm_rss_kib, 1632);
	expect_int("RssAnon", status.rss_anon_kib, 112);
	expect_int("RssFile", status.rss_file_kib, 1520);
	expect_int("RssShmem", status.rss_shmem_kib, 4);
	expect_int("VmSwap", status.vm_swap_kib, 300);
	expect_int("VmPTE", status.vm_pte_kib, 44);
	expect_int("no VmPMD", status.vm_pmd_kib, VALUE_UNKNOWN);
	expect_true("caps", status.cap_known);
	expect_int("CapEff", status.cap_effective, CAP_BIT_SYS_ADMIN);
	expect_true("Mems_allowed_list",
		status.nodes_known && nodes_have(&status.nodes, 0) &&
			!nodes_have(&status.nodes, 1) && nodes_have(&status.nodes, 2));
}

static void status_of_old_kernels_lacks_lines(void)
{
	struct pid_status status;

	expect_int("2.6.32",
		status_of("Name:\tinit\nState:\tS (sleeping)\nTgid:\t1\nPid:\t1\nPPid:\t0\n"
			  "TracerPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nUtrace:\t0\n"
			  "FDSize:\t64\nGroups:\t\nVmPeak:\t   19280 kB\nVmSize:\t   19272 kB\n"
			  "VmLck:\t       0 kB\nVmHWM:\t    1516 kB\nVmRSS:\t    1508 kB\n"
			  "VmData:\t     200 kB\nVmStk:\t      88 kB\nVmExe:\t     140 kB\n"
			  "VmLib:\t    2348 kB\nVmPTE:\t      60 kB\nThreads:\t1\n"
			  "CapEff:\tffffffffffffffff\n",
			&status),
		0);
	expect_int("rss", status.vm_rss_kib, 1508);
	expect_int("pte", status.vm_pte_kib, 60);
	expect_int("no swap", status.vm_swap_kib, VALUE_UNKNOWN);
	expect_int("no anon", status.rss_anon_kib, VALUE_UNKNOWN);
	expect_true("all caps", status.cap_effective == UINT64_MAX);

	expect_int("4.4", status_of("VmPTE:\t     104 kB\nVmPMD:\t      12 kB\n", &status), 0);
	expect_int("4.4 pmd", status.vm_pmd_kib, 12);
	expect_true("caps unknown", !status.cap_known);
}

static void kernel_threads_have_no_memory_lines(void)
{
	struct pid_status status;

	expect_int("parsed",
		status_of("Name:\tkthreadd\nTgid:\t2\nUid:\t0\t0\t0\t0\nThreads:\t1\n", &status),
		0);
	expect_int("threads", status.threads, 1);
	expect_int("rss", status.vm_rss_kib, VALUE_UNKNOWN);
	expect_int("swap", status.vm_swap_kib, VALUE_UNKNOWN);
}

static void absurd_numbers_in_status_are_unknown(void)
{
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "VmRSS:\t9007199254740991 kB\n", SCAN_KIB_MAX },
		{ "VmRSS:\t9007199254740992 kB\n", VALUE_UNKNOWN },
		{ "VmRSS:\t18446744073709551612 kB\n", VALUE_UNKNOWN },
		{ "VmRSS:\t-4 kB\n", VALUE_UNKNOWN },
		{ "VmRSS:\t4\n", VALUE_UNKNOWN },
		{ "VmRSS:\t4 MB\n", VALUE_UNKNOWN },
		{ "VmRSS:\t4 kB x\n", VALUE_UNKNOWN },
		{ "VmRSS:\t kB\n", VALUE_UNKNOWN },
		{ "VmRSS:\n", VALUE_UNKNOWN },
		{ "VmRSS:\t4 kB", VALUE_UNKNOWN },
		{ " VmRSS:\t4 kB\n", VALUE_UNKNOWN },
		{ "XVmRSS:\t4 kB\n", VALUE_UNKNOWN },
		{ "vmRSS:\t4 kB\n", VALUE_UNKNOWN },
		{ "V\nVm\nVmR\nVmRSS\nVmRSS:\t5 kB\n", 5 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pid_status status;
		char text[128];

		snprintf(text, sizeof(text), "Tgid:\t1\n%s", cases[i].text);
		expect_int(cases[i].text, status_of(text, &status), 0);
		expect_int(cases[i].text, status.vm_rss_kib, cases[i].want);
	}
}

static void identity_numbers_have_their_own_ranges(void)
{
	struct pid_status status;

	expect_int("largest",
		status_of("Uid:\t0\t4294967295\t0\t0\nThreads:\t2147483647\n", &status), 0);
	expect_int("uid", status.uid, UINT32_MAX);
	expect_int("threads", status.threads, INT32_MAX);
	expect_int("beyond",
		status_of("Uid:\t0\t4294967296\t0\t0\nThreads:\t2147483648\n", &status), 0);
	expect_int("uid", status.uid, VALUE_UNKNOWN);
	expect_int("threads", status.threads, VALUE_UNKNOWN);
	expect_int("one uid only", status_of("Tgid:\t1\nUid:\t7\n", &status), 0);
	expect_int("uid", status.uid, VALUE_UNKNOWN);
}

static void the_nodes_are_those_of_the_list_or_else_of_the_mask(void)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "Tgid:\t1\nMems_allowed:\t00000000,00000003\nMems_allowed_list:\t0-1\n", "0-1" },
		{ "Tgid:\t1\nMems_allowed:\t00000000,00000001\nMems_allowed_list:\t3\n", "3" },
		{ "Tgid:\t1\nMems_allowed_list:\t0-1,3\nMems_allowed_list:\t9\n", "0-1,3" },
		{ "Tgid:\t1\nMems_allowed:\t00000001,00000002\n", "1,32" },
		{ "Tgid:\t1\nMems_allowed:\t6\nMems_allowed_list:\t0-", "1-2" },
		{ "Tgid:\t1\nMems_allowed:\t6\nMems_allowed_list:\t9-0\n", "1-2" },
		{ "Tgid:\t1\nMems_allowed:\t00000000,00000003", "" },
		{ "Tgid:\t1\nMems_allowed_list:\t1024\n", "" },
		{ "Tgid:\t1\nMems_allowed_list:\t\n", "" },
		{ "Tgid:\t1\nMems_allowed_list: 0\n", "" },
		{ "Tgid:\t1\n", "" },
		{ "Mems_allowed_list:\t0\n", "0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pid_status status;
		char buf[64];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		expect_int(cases[i].text, status_of(cases[i].text, &status), 0);
		expect_int(cases[i].text, status.nodes_known, cases[i].want[0] != '\0');
		nodes_words(&status.nodes, &text);
		expect_text(cases[i].text, buf, cases[i].want);
	}
}

static void malformed_status_is_refused_and_changes_nothing(void)
{
	static const struct {
		const char *text;
		int want;
	} cases[] = {
		{ "", -ENODATA },
		{ "\n", -EBADMSG },
		{ "\n\n\n", -EBADMSG },
		{ "Name:\tx\nState:\tS\n", -EBADMSG },
		{ "Tgid:\t1", -EBADMSG },
		{ "CapEff:\tx\n", -EBADMSG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pid_status status = { .tgid = 42, .cap_effective = 43 };

		expect_int(cases[i].text, status_of(cases[i].text, &status), cases[i].want);
		expect_int(cases[i].text, status.tgid, 42);
		expect_int(cases[i].text, status.cap_effective, 43);
	}
}

static void a_name_cannot_fake_a_line(void)
{
	struct pid_status status;

	/* The kernel prints a newline in a name as backslash and n. */
	expect_int("parsed",
		status_of("Name:\tx\\nVmRSS:\t 9 kB\nTgid:\t5\nVmRSS:\t      7 kB\n", &status), 0);
	expect_int("rss", status.vm_rss_kib, 7);
}

static void nuls_in_status_do_no_harm(void)
{
	static const char text[] = "Name:\t\0\nTgid:\t5\nVmRSS:\t 7\0 kB\nVmSwap:\t 8 kB\n";
	struct pid_status status;

	expect_int("parsed", parse_pid_status(text, sizeof(text) - 1, &status), 0);
	expect_int("tgid", status.tgid, 5);
	expect_int("rss", status.vm_rss_kib, VALUE_UNKNOWN);
	expect_int("swap", status.vm_swap_kib, 8);
}

static void cut_status_gives_no_wrong_number(void)
{
	struct pid_status whole;

	expect_int("whole", status_of(status_6_18, &whole), 0);
	for (size_t len = 0; len < sizeof(status_6_18); len++) {
		char *copy = cut_copy(status_6_18, len);
		struct pid_status status;

		if (parse_pid_status(copy, len, &status) == 0) {
			expect_true("numbers",
				known_agree(
					&status, &whole, offsetof(struct pid_status, cap_known)));
			expect_true("caps",
				!status.cap_known || status.cap_effective == whole.cap_effective);
			expect_true("nodes",
				!status.nodes_known || nodes_equal(&status.nodes, &whole.nodes));
		}
		free(copy);
	}
}

static void the_innermost_pid_is_the_last_one(void)
{
	static const struct {
		const char *text;
		int rc;
		int64_t pid;
		bool nested;
	} cases[] = {
		{ "Name:\tx\nNStgid:\t5\t1\nNSpid:\t5\n", 0, 5, false },
		{ "NSpid:\t5\t1\nNSpgid:\t5\t2\n", 0, 1, true },
		{ "NSpid:\t5\t6\t7\n", 0, 7, true },
		{ "NSpid:\t2147483647\n", 0, INT32_MAX, false },
		{ "NSpid:\t2147483648\n", -EBADMSG, 0, false },
		{ "NSpid:\t0\n", -EBADMSG, 0, false },
		{ "NSpid:\t5\t-1\n", -EBADMSG, 0, false },
		{ "NSpid:\t5\tx\n", -EBADMSG, 0, false },
		{ "NSpid:\n", -EBADMSG, 0, false },
		{ "Name:\tNSpid: 4\nxNSpid:\t3\n", -ENODATA, 0, false },
		{ "NSpid:\t5\t1", -ENODATA, 0, false },
		{ "", -ENODATA, 0, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const size_t len = strlen(cases[i].text);
		struct pid_namespace got = { .innermost_pid = 99, .nested = !cases[i].nested };
		char *text = cut_copy(cases[i].text, len);

		expect_int(cases[i].text, parse_pid_namespace(text, len, &got), cases[i].rc);
		expect_int(cases[i].text, got.innermost_pid, cases[i].rc ? 99 : cases[i].pid);
		expect_int(cases[i].text, got.nested, cases[i].nested ^ (cases[i].rc != 0));
		free(text);
	}
}

extern CU_TestInfo pid_status_tests[];

CU_TestInfo pid_status_tests[] = {
	{ "status gives its lines", status_gives_its_lines },
	{ "status of old kernels lacks lines", status_of_old_kernels_lacks_lines },
	{ "kernel threads have no memory lines", kernel_threads_have_no_memory_lines },
	{ "absurd numbers in status are unknown", absurd_numbers_in_status_are_unknown },
	{ "identity numbers have their own ranges", identity_numbers_have_their_own_ranges },
	{ "the nodes are those of the list or else of the mask",
		the_nodes_are_those_of_the_list_or_else_of_the_mask },
	{ "malformed status is refused and changes nothing",
		malformed_status_is_refused_and_changes_nothing },
	{ "a name cannot fake a line", a_name_cannot_fake_a_line },
	{ "NULs in status do no harm", nuls_in_status_do_no_harm },
	{ "cut status gives no wrong number", cut_status_gives_no_wrong_number },
	{ "the innermost pid is the last one", the_innermost_pid_is_the_last_one },
	CU_TEST_INFO_NULL,
};
