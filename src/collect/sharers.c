/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect/sharers.h"

#include <linux/kcmp.h>
#include <sys/syscall.h>
#include <unistd.h>

void sharers_compare(struct snapshot *snapshot, int32_t pid, uint64_t start_ticks)
{
	const int64_t at = snapshot_find(snapshot, pid, start_ticks);
	int asked = 0;

	if (at < 0)
		return;
	for (uint32_t i = 0; i < snapshot->n_tasks && asked < SHARERS_ASKED_MAX; i++) {
		struct task *task = &snapshot->tasks[i];
		long order;

		if ((int64_t)i == at || !task_same_size(&snapshot->tasks[at], task))
			continue;
		asked++;
		order = syscall(SYS_kcmp, pid, task->pid, KCMP_VM, 0, 0);
		if (order < 0)
			continue;
		task->mm_compared = pid;
		task->mm_shared = order == 0;
	}
}
