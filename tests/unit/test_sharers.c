/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <linux/kcmp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collect/sharers.h"
#include "crowd.h"
#include "unit.h"

static void who_shares_the_memory_dies_too(void)
{
	static const struct {
		const char *label;
		const char *release;
		int32_t compared; /* with whom the sharer was compared */
		bool shared;
		int32_t adj;
		uint32_t want_also;
	} cases[] = {
		{ "known to share", "6.1", 10, true, 0, 1 },
		{ "known not to", "6.1", 10, false, 0, 0 },
		{ "compared with another", "6.1", 99, true, 0, 0 },
		{ "not asked", "6.1", 0, false, 0, 0 },
		{ "at -1000 too", "6.1", 10, true, -1000, 1 },
		{ "but not in 4.7", "4.7", 10, true, -1000, 0 },
		{ "nor in 3.2", "3.2", 10, true, -1000, 0 },
		{ "2.6.36 does not look", "2.6.36", 10, true, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crowd crowd;
		struct task *sharer;

		crowd_init(&crowd, cases[i].release);
		crowd_add(&crowd, 10, "victim", 5000, 0)->vsize_pages = 9000;
		sharer = crowd_add(&crowd, 20, "sharer", 5000, cases[i].adj);
		sharer->vsize_pages = 9000;
		sharer->start_ticks = 1;
		crowd.tasks[0].start_ticks = crowd.now.kernel.tie == TIE_NEWEST ? 2 : 0;
		sharer->ppid = 10;
		sharer->mm_compared = cases[i].compared;
		sharer->mm_shared = cases[i].shared;
		crowd_add(&crowd, 30, "small", 1000, 0);
		crowd_judge(&crowd);
		expect_int(cases[i].label, crowd.oom.n_also, cases[i].want_also);
		if (crowd.oom.n_also > 0)
			expect_int("who", crowd_pid(&crowd, crowd.oom.also[0]), 20);
		crowd_free(&crowd);
	}
}

static int wait_for_signal(void *unused)
{
	(void)unused;
	while (pause() < 0)
		;
	return 0;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void the_kernel_tells_who_shares(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	const pid_t sharer =
		clone(wait_for_signal, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	const pid_t forked = fork();
	struct task tasks[4] = { { .pid = getpid() }, { .pid = forked }, { .pid = sharer },
		{ .pid = INT32_MAX } };
	struct snapshot now = { .tasks = tasks, .n_tasks = 4 };

	if (forked == 0)
		wait_for_signal(NULL);
	/* A snapshot is in order of PIDs, which begin again some time. */
	if (forked < getpid() || sharer < getpid()) {
		printf("skipped: PIDs began again\n");
	} else if (syscall(SYS_kcmp, getpid(), getpid(), KCMP_VM, 0, 0) < 0) {
		printf("skipped: this kernel does not compare (%s)\n", strerror(errno));
	} else {
		for (unsigned i = 0; i < 4; i++)
			tasks[i].vsize_pages = tasks[i].rss_stat_pages = 100;
		sharers_compare(&now, getpid(), 0);
		expect_int("itself", tasks[0].mm_compared, 0);
		expect_int("forked: asked", tasks[1].mm_compared, getpid());
		expect_int("forked", tasks[1].mm_shared, 0);
		expect_int("sharer: asked", tasks[2].mm_compared, getpid());
		expect_int("sharer", tasks[2].mm_shared, 1);
		expect_int("not there", tasks[3].mm_compared, 0);

		tasks[2].mm_compared = 0;
		tasks[2].vsize_pages = 101;
		sharers_compare(&now, getpid(), 0);
		expect_int("of another size", tasks[2].mm_compared, 0);
	}
	end(forked);
	end(sharer);
}

extern CU_TestInfo sharers_tests[];
CU_TestInfo sharers_tests[] = {
	{ "who shares the memory dies too", who_shares_the_memory_dies_too },
	{ "the kernel tells who shares", the_kernel_tells_who_shares },
	CU_TEST_INFO_NULL,
};
