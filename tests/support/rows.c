/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rows.h"

#include <string.h>

#define PAGE_BYTES 4096
#define MACHINE_MIB 16384
#define THOUSANDTH_MIB 16

static void add_task(struct rows *rows, uint32_t i, const struct row_spec *spec)
{
	struct task *task = &rows->tasks[i];
	struct judged *judged = &rows->judged[i];
	const int64_t mem_pages = value_mul(spec->mem_mib, ROWS_PAGES_OF_MIB(1));

	rows->who[i] = (struct identity){
		.user = spec->user,
		.cmdline = spec->cmdline,
		.cgroup = spec->cgroup,
		.unit = spec->unit,
	};
	*task = (struct task){
		.pid = spec->pid,
		.ppid = 1,
		.start_ticks = 100,
		.has = TASK_HAS_STAT | TASK_HAS_STATUS | TASK_HAS_ADJ | TASK_HAS_UID,
		.uid = spec->uid,
		.threads = 1,
		.oom_score_adj = spec->adj,
		.state = 'S',
		.vsize_pages = mem_pages,
		.rss_stat_pages = mem_pages,
		.rss_status_pages = mem_pages,
		.rss_anon_pages = mem_pages,
		.growth_bytes_per_s = { VALUE_UNKNOWN, VALUE_UNKNOWN, VALUE_UNKNOWN },
		.who = &rows->who[i],
	};
	strncpy(task->comm, spec->comm, sizeof(task->comm) - 1);

	judged->exempt = spec->exempt;
	judged->mem_pages = mem_pages;
	judged->points_tenths = VALUE_UNKNOWN;
	judged->badness.known = value_known(mem_pages);
	judged->badness.total_pages =
		value_or(mem_pages, 0) + spec->adj * ROWS_PAGES_OF_MIB(THOUSANDTH_MIB);
	if (spec->exempt == EXEMPT_NONE)
		judged->points_tenths =
			judged->badness.total_pages * 10 / ROWS_PAGES_OF_MIB(THOUSANDTH_MIB);
}

/* By insertion: each one goes behind those that are at least as bad. */
static void rank_all(struct rows *rows)
{
	struct oom *oom = &rows->summary.oom;

	for (uint32_t i = 0; i < rows->now.n_tasks; i++) {
		uint32_t at = oom->n_order;

		if (rows->judged[i].exempt != EXEMPT_NONE)
			continue;
		while (at > 0 &&
			rows->judged[oom->order[at - 1]].badness.total_pages <
				rows->judged[i].badness.total_pages) {
			oom->order[at] = oom->order[at - 1];
			at--;
		}
		oom->order[at] = i;
		oom->n_order++;
	}
	for (uint32_t rank = 0; rank < oom->n_order; rank++)
		rows->judged[oom->order[rank]].rank = rank + 1;
}

void rows_init(struct rows *rows, const struct row_spec *specs, uint32_t count)
{
	memset(rows, 0, sizeof(*rows));
	rows->now.page_bytes = PAGE_BYTES;
	rows->now.clk_tck = 100;
	rows->now.uptime_ms = 86400 * 1000;
	rows->now.total_ram_pages = ROWS_PAGES_OF_MIB(MACHINE_MIB);
	kernel_profile_of("6.1.0", &rows->now.kernel);
	rows->now.tasks = rows->tasks;
	rows->now.n_tasks = count < ROWS_MAX ? count : ROWS_MAX;
	rows->summary.oom.judged = rows->judged;
	rows->summary.oom.order = rows->order;
	rows->summary.oom.totalpages = rows->now.total_ram_pages;
	for (uint32_t i = 0; i < rows->now.n_tasks; i++)
		add_task(rows, i, &specs[i]);
	rank_all(rows);
}

struct task_row rows_row(const struct rows *rows, uint32_t index)
{
	return (struct task_row){ &rows->now, &rows->summary, index };
}
