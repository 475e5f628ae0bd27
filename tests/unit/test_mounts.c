/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>

#include "cuts.h"
#include "parse/system.h"
#include "unit.h"

#define ROOT_MOUNT "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard\n"
#define PROC_MOUNT "22 27 0:21 / /proc rw,relatime - proc proc rw"
#define LXCFS_MOUNT \
	"90 22 0:60 /proc/meminfo /proc/meminfo rw shared:5 master:1 - fuse.lxcfs lxcfs rw\n"

static const struct {
	const char *label;
	const char *text;
	int hidepid;
	bool lxcfs;
} cases[] = {
	{ "mountinfo, nothing hidden", PROC_MOUNT "\n" ROOT_MOUNT, 0, false },
	{ "hidepid=1", PROC_MOUNT ",gid=5,hidepid=1\n", 1, false },
	{ "hidepid=2", PROC_MOUNT ",hidepid=2,gid=5\n", 2, false },
	{ "hidepid=4", PROC_MOUNT ",hidepid=4\n", 4, false },
	{ "hidepid=0", PROC_MOUNT ",hidepid=0\n", 0, false },
	{ "off", PROC_MOUNT ",hidepid=off\n", 0, false },
	{ "noaccess", PROC_MOUNT ",hidepid=noaccess\n", 1, false },
	{ "invisible", PROC_MOUNT ",hidepid=invisible\n", 2, false },
	{ "ptraceable", PROC_MOUNT ",hidepid=ptraceable,subset=pid\n", 4, false },
	{ "unknown word", PROC_MOUNT ",hidepid=22\n", 0, false },
	{ "other option", PROC_MOUNT ",xhidepid=2\n", 0, false },
	{ "optional fields", "22 27 0:21 / /proc rw shared:12 master:3 - proc proc rw,hidepid=2\n",
		2, false },
	{ "a later mount covers it", PROC_MOUNT ",hidepid=2\n" PROC_MOUNT "\n", 0, false },
	{ "and hides", PROC_MOUNT "\n" PROC_MOUNT ",hidepid=2\n", 2, false },
	{ "another file system there",
		PROC_MOUNT ",hidepid=2\n22 27 0:21 / /proc rw - tmpfs none rw,hidepid=2\n", 0,
		false },
	{ "another place", "22 27 0:21 / /srv/proc rw - proc proc rw,hidepid=2\n" ROOT_MOUNT, 0,
		false },
	{ "a path that goes on", "22 27 0:21 / /proc2 rw - proc proc rw,hidepid=2\n", 0, false },
	{ "a path that ends before", "22 27 0:21 / /pro rw - proc proc rw,hidepid=2\n", 0, false },
	{ "octal escapes", "22 27 0:21 / /\\160r\\157c rw - proc proc rw,hidepid=2\n", 2, false },
	{ "an escape at the end", "22 27 0:21 / /pro\\143 rw - proc proc rw,hidepid=2\n", 2,
		false },
	{ "8 is no octal digit", "22 27 0:21 / /\\158roc rw - proc proc rw,hidepid=2\n", 0, false },
	{ "broken escapes", "22 27 0:21 / /proc\\1 rw - proc proc rw,hidepid=2\n", 0, false },
	{ "no octal digits", "22 27 0:21 / /\\1x0roc rw - proc proc rw,hidepid=2\n", 0, false },
	{ "lxcfs", PROC_MOUNT "\n" LXCFS_MOUNT, 0, true },
	{ "lxcfs and hidepid", PROC_MOUNT ",hidepid=2\n" LXCFS_MOUNT, 2, true },
	{ "lxcfs on another file",
		"90 22 0:60 /proc/stat /proc/stat rw - fuse.lxcfs lxcfs rw\n" PROC_MOUNT "\n", 0,
		false },
	{ "proc mounted over lxcfs", LXCFS_MOUNT PROC_MOUNT "\n", 0, false },
	{ "a file bound over meminfo", "90 22 0:60 /x /proc/meminfo rw - ext4 /dev/vda rw\n", 0,
		false },
	{ "mounts", "/dev/vda / ext4 rw 0 0\nproc /proc proc rw,nosuid,hidepid=2 0 0\n", 2, false },
	{ "mounts, by name", "proc /proc proc rw,hidepid=invisible,gid=5 0 0\n", 2, false },
	{ "mounts, source with a blank", "my\\040proc /proc proc rw,hidepid=1 0 0\n", 1, false },
	{ "mounts, lxcfs", "lxcfs /proc/meminfo fuse.lxcfs rw,nosuid 0 0\n", 0, true },
	{ "mounts, source that is a number", "5 /proc proc rw,hidepid=1 0 0\n", 1, false },
	{ "cut", ROOT_MOUNT PROC_MOUNT ",hidepid=2", 0, false },
	{ "hostile lines between", "\n\n- - -\n \n22\n" PROC_MOUNT ",hidepid=2\n\xff\n", 2, false },
};

static void proc_mounts_of_both_formats(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proc_mounts got = { .hidepid = 42 };

		expect_int(cases[i].label, parse_mounts(cases[i].text, strlen(cases[i].text), &got),
			0);
		expect_int(cases[i].label, got.hidepid, cases[i].hidepid);
		expect_int(cases[i].label, got.lxcfs, cases[i].lxcfs);
	}
}

static void what_is_no_list_of_mounts_changes_nothing(void)
{
	static const struct {
		const char *text;
		int want;
	} bad[] = {
		{ "", -ENODATA },
		{ "\n", -EBADMSG },
		{ "hello world\n", -EBADMSG },
		{ "22 27 0:21 / /proc rw,relatime proc proc rw\n", -EBADMSG },
		{ "22 27 0:21 / /proc rw - proc proc\n", -EBADMSG },
		{ "proc /proc proc rw,hidepid=2 0 0", -EBADMSG },
		{ "proc /proc proc rw,hidepid=2\n", -EBADMSG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct proc_mounts got = { .hidepid = 42, .lxcfs = true };

		expect_int(bad[i].text, parse_mounts(bad[i].text, strlen(bad[i].text), &got),
			bad[i].want);
		expect_int(bad[i].text, got.hidepid, 42);
		expect_true(bad[i].text, got.lxcfs);
	}
}

static void cut_mounts_are_read_up_to_the_last_line(void)
{
	static const char text[] = ROOT_MOUNT PROC_MOUNT ",hidepid=2\n" LXCFS_MOUNT;
	const size_t proc_end = (size_t)(strstr(text, "hidepid=2\n") + 10 - text);

	for (size_t len = 1; len < sizeof(text); len++) {
		char *copy = cut_copy(text, len);
		struct proc_mounts got;
		const int rc = parse_mounts(copy, len, &got);

		expect_int("needs a line", rc, len < strlen(ROOT_MOUNT) ? -EBADMSG : 0);
		if (rc == 0) {
			expect_int("hidepid", got.hidepid, len < proc_end ? 0 : 2);
			expect_int("lxcfs", got.lxcfs, len == sizeof(text) - 1);
		}
		free(copy);
	}
}

extern CU_TestInfo mounts_tests[];

CU_TestInfo mounts_tests[] = {
	{ "proc mounts of both formats", proc_mounts_of_both_formats },
	{ "what is no list of mounts changes nothing", what_is_no_list_of_mounts_changes_nothing },
	{ "cut mounts are read up to the last line", cut_mounts_are_read_up_to_the_last_line },
	CU_TEST_INFO_NULL,
};
