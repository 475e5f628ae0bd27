/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "recorded.h"
#include "unit.h"

static void set_earlyoom(struct recorded *recorded)
{
	struct killer *killer = &recorded->killers[0];

	*killer = (struct killer){ .kind = KILLER_EARLYOOM, .pid = 300, .start_ticks = 8 };
	killer->settings = SETTINGS_DAEMON;
	strcpy(killer->settings_why, "its command line");
	recorded_forget(members_earlyoom, &killer->earlyoom);
	killer->earlyoom.mem_permyriad[0] = 1000;
	killer->earlyoom.dry_run = true;
	killer->marks = recorded->marks;
	recorded->now.killers = recorded->killers;
	recorded->now.n_killers = 1;
}

static void killers_are_told_whole_when_something_changed(void)
{
	struct recorded *recorded = recorded_new();

	recorded_next(recorded);
	set_earlyoom(recorded);
	expect_text("one comes", recorded_next(recorded),
		"{\"type\":\"sample\",\"uptime_ms\":1000,\"killers\":[{\"kind\":\"earlyoom\","
		"\"settings\":\"daemon\",\"pid\":300,\"start_ticks\":8,"
		"\"settings_why\":\"its command line\",\"mem_term_permyriad\":1000,"
		"\"dry_run\":true,\"marks\":[]}]}\n");
	expect_text(
		"no change", recorded_next(recorded), "{\"type\":\"sample\",\"uptime_ms\":1000}\n");
	recorded->marks[2] = KILLER_MARK_AVOID;
	expect_in(recorded_next(recorded), "\"dry_run\":true,\"marks\":[[52,2]]}]}\n");
	recorded->marks[2] = 0;
	expect_in(recorded_next(recorded), "\"marks\":[]}]}\n");
	recorded->killers[0].marks = NULL;
	expect_in(recorded_next(recorded), "\"dry_run\":true}]}\n");
	recorded->now.n_killers = 0;
	expect_in(recorded_next(recorded), "\"uptime_ms\":1000,\"killers\":[]}\n");
	recorded_free(recorded);
}

static void marks_are_of_processes_that_are_kept(void)
{
	static const uint32_t tasks[] = { 2 };
	const struct record_choice choice = { tasks, 1, NULL, 0 };
	struct recorded *recorded = recorded_new();

	set_earlyoom(recorded);
	recorded->marks[1] = KILLER_MARK_PREFER;
	recorded->marks[2] = KILLER_MARK_IGNORE;
	expect_int(
		"one process", recorded_sample(recorded, &choice, false, RECORDED_LINE_BYTES), 0);
	expect_in(recorded->line, "\"marks\":[[52,4]]");
	recorded->marks[1] = 0;
	expect_int("another's mark", recorded_sample(recorded, &choice, false, RECORDED_LINE_BYTES),
		0);
	expect_text("is not told", recorded->line, "{\"type\":\"sample\",\"uptime_ms\":1000}\n");
	recorded_free(recorded);
}

static void systemd_oomd_stands_with_the_cgroups(void)
{
	struct recorded *recorded = recorded_new();
	struct killer *killer = &recorded->killers[0];

	*killer = (struct killer){ .kind = KILLER_SYSTEMD_OOMD, .pid = 9, .start_ticks = 8 };
	killer->settings = SETTINGS_FILES;
	killer->systemd_oomd.swap_used_permyriad = 9000;
	recorded_forget(members_systemd_oomd_cgroup, &killer->systemd_oomd.root);
	killer->systemd_oomd.root.swap_monitored = true;
	recorded->now.killers = recorded->killers;
	recorded->now.n_killers = 1;
	expect_in(recorded_next(recorded),
		"\"killers\":[{\"kind\":\"systemd-oomd\",\"settings\":\"files\",\"pid\":9,"
		"\"start_ticks\":8,\"swap_used_permyriad\":9000,"
		"\"root\":{\"oomd_swap_monitored\":true}}]");
	killer->systemd_oomd.cgroups = recorded->oomd;
	recorded->oomd[1].avoid = true;
	recorded->oomd[1].limit_permyriad = 6000;
	expect_in(recorded_next(recorded), "\"settings\":\"files\",\"cgroups\":true,\"pid\":9");
	expect_in(recorded->line,
		"\"cgroups\":[{\"path\":\"/a/java\",\"oomd_avoid\":true,"
		"\"oomd_limit_permyriad\":6000}]");
	killer->systemd_oomd.root.swap_monitored = false;
	expect_in(recorded_next(recorded), "\"root\":{}}]}\n");
	recorded->now.n_killers = 0;
	expect_in(recorded_next(recorded),
		"\"cgroups\":[{\"path\":\"/a/java\",\"oomd_avoid\":null,"
		"\"oomd_limit_permyriad\":null}]");
	recorded_free(recorded);
}

static void rules_of_oomd_are_not_kept_and_that_is_said(void)
{
	struct recorded *recorded = recorded_new();
	struct killer *killer = &recorded->killers[0];

	*killer = (struct killer){ .kind = KILLER_OOMD, .pid = 9, .start_ticks = 8 };
	killer->settings = SETTINGS_DAEMON;
	recorded->now.killers = recorded->killers;
	recorded->now.n_killers = 1;
	expect_in(recorded_next(recorded),
		"\"killers\":[{\"kind\":\"oomd\",\"settings\":\"unread\",\"pid\":9,"
		"\"start_ticks\":8,\"settings_why\":\"rules are not kept in recordings\"}]");
	expect_int("the snapshot stays as it is", killer->settings, SETTINGS_DAEMON);
	killer->settings = SETTINGS_UNREAD;
	strcpy(killer->settings_why, "no permission");
	expect_in(recorded_next(recorded), "\"settings_why\":\"no permission\"}]");
	recorded_free(recorded);
}

extern CU_TestInfo record_killers_tests[];
CU_TestInfo record_killers_tests[] = {
	{ "killers are told whole when something changed",
		killers_are_told_whole_when_something_changed },
	{ "marks are of processes that are kept", marks_are_of_processes_that_are_kept },
	{ "systemd-oomd stands with the cgroups", systemd_oomd_stands_with_the_cgroups },
	{ "rules of oomd are not kept and that is said",
		rules_of_oomd_are_not_kept_and_that_is_said },
	CU_TEST_INFO_NULL,
};
