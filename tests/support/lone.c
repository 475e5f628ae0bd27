/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lone.h"

#include <string.h>

static const struct identity nobody = { .user = NULL };

void lone_init(struct lone *lone, const char *release)
{
	memset(lone, 0, sizeof(*lone));
	kernel_profile_of(release, &lone->snapshot.kernel);
	lone->snapshot.page_bytes = 4096;
	lone->snapshot.clk_tck = 100;
	lone->snapshot.cpus = 2;
	lone->snapshot.uptime_ms = 36000000;
	lone->snapshot.total_ram_pages = 2097152;
	lone->snapshot.tasks = &lone->task;
	lone->snapshot.n_tasks = 1;
	lone->task.pid = 100;
	lone->task.ppid = 1;
	lone->task.has =
		TASK_HAS_STAT | TASK_HAS_STATUS | TASK_HAS_ADJ | TASK_HAS_CAPS | TASK_HAS_UID;
	lone->task.vsize_pages = 3000000;
	lone->task.rss_status_pages = VALUE_UNKNOWN;
	lone->task.who = &nobody;
	lone->scope.snapshot = &lone->snapshot;
	lone->scope.totalpages = 2097152;
}

void lone_set_memory(struct lone *lone, int64_t rss, int64_t swap, int64_t tables)
{
	lone->task.rss_stat_pages = rss;
	lone->task.rss_anon_pages = rss;
	lone->task.swap_pages = swap;
	lone->task.pgtables_bytes = tables * 4096;
}

void lone_set_swap(struct lone *lone, int64_t total_kib, int64_t free_kib)
{
	lone->snapshot.mem.swap_total_kib = total_kib;
	lone->snapshot.mem.swap_free_kib = free_kib;
	lone->snapshot.total_swap_pages = value_known(total_kib) ? total_kib / 4 : VALUE_UNKNOWN;
}

const struct badness *lone_judge(struct lone *lone)
{
	badness_of(&lone->scope, &lone->task, &lone->badness);
	return &lone->badness;
}

int64_t lone_total(struct lone *lone)
{
	return lone_judge(lone)->total;
}
