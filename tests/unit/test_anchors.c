/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "parse/anchors.h"
#include "unit.h"

static void lines_that_matter_are_found_wherever_they_stand(void)
{
	static const char *const lines[] = {
		"java invoked oom-killer: gfp_mask=0xd0, order=0",
		"oom-killer: gfp_mask=0xd0",
		"main invoked oom: gfp_mask=0x100dca",
		"oom-kill:constraint=CONSTRAINT_NONE",
		"Out of memory: Kill process 12 (x) score 1 or sacrifice child",
		"Killed process 12 (x)",
		"Out of memory and no killable processes...",
		"No available memory (MPOL_BIND): kill process 12 (x) score 1 or a child",
		"Out of memory (oom_kill_allocating_task): Kill process 12 (x)",
		"Kernel panic - not syncing: System is deadlocked on memory",
		"Kernel panic - not syncing: out of memory. panic_on_oom is selected",
		"Memory cgroup out of memory: Killed process 12 (x)",
		"oom_reaper: reaped process 12 (x)",
		"[ pid ]   uid  tgid total_vm      rss nr_ptes name",
		"Task in /a killed as a result of limit of /a",
		"Tasks in /a are going to be killed due to memory.oom.group set",
		"sysrq: SysRq : Manual OOM execution",
		"oomd kill: 1.00 1.00 1.00 a.slice 5",
		"systemd-oomd[5]: Killed /a due to memory",
		"sending SIGTERM to process 12 uid 0 \"x\": badness 5",
		"  Sending SIGTERM to the victim",
		"  PID: 12, Name: x, badness: 5",
		"eviction manager: attempting to reclaim memory",
		"lowmemorykiller: Killing 'x' (12), adj 705,",
		"Kill 'x' (12), uid 5, oom_score_adj 900 to free 1kB",
	};
	struct anchors anchors;
	char buf[256];

	anchors_init(&anchors);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const size_t len = strlen(lines[i]);

		for (size_t before = 0; before < 20; before++) {
			memset(buf, '.', sizeof(buf));
			memcpy(buf + before, lines[i], len);
			expect_true(lines[i], anchors_find(&anchors, buf, before + len));
		}
	}
}

static void other_text_holds_none(void)
{
	static const char *const lines[] = {
		"",
		"oom-kil",
		"room-mate killed time with processes of memory",
		"invoked the killer of oom",
		"total vm 5, oom score 7",
		"Out of memor",
	};
	struct anchors anchors;

	anchors_init(&anchors);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		expect_true(lines[i], !anchors_find(&anchors, lines[i], strlen(lines[i])));
}

static void nothing_beyond_the_end_is_read(void)
{
	static const char text[] = "...oom-killer";
	struct anchors anchors;

	anchors_init(&anchors);
	expect_true("cut", !anchors_find(&anchors, text, 10));
	expect_true("whole", anchors_find(&anchors, text, 11) == text + 3);
}

extern CU_TestInfo anchors_tests[];
CU_TestInfo anchors_tests[] = {
	{ "lines that matter are found wherever they stand",
		lines_that_matter_are_found_wherever_they_stand },
	{ "other text holds none", other_text_holds_none },
	{ "nothing beyond the end is read", nothing_beyond_the_end_is_read },
	CU_TEST_INFO_NULL,
};
