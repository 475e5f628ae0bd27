/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/report_parts.h"

#define PAGE_BYTES_USUAL 4096
/** Victims whose row is looked up. */
#define VICTIMS_LOOKED_UP 64

static const struct {
	const char *name;
	enum report_constraint constraint;
} constraints[] = {
	{ "CONSTRAINT_NONE", REPORT_CONSTRAINT_NONE },
	{ "CONSTRAINT_MEMCG", REPORT_CONSTRAINT_MEMCG },
	{ "CONSTRAINT_CPUSET", REPORT_CONSTRAINT_CPUSET },
	{ "CONSTRAINT_MEMORY_POLICY", REPORT_CONSTRAINT_MEMORY_POLICY },
};

static enum report_constraint constraint_of(const struct open_report *open)
{
	const char *name = open->report.constraint_name;
	enum report_constraint constraint = REPORT_CONSTRAINT_UNKNOWN;

	if (name)
		constraint = REPORT_CONSTRAINT_OTHER;
	for (size_t i = 0; name && i < ARRAY_SIZE(constraints); i++) {
		if (strcmp(name, constraints[i].name) == 0)
			constraint = constraints[i].constraint;
	}
	/* 5.0 printed NONE for a memory cgroup; before that nothing was printed. */
	if (open->memcg &&
		(constraint == REPORT_CONSTRAINT_NONE || constraint == REPORT_CONSTRAINT_UNKNOWN))
		return REPORT_CONSTRAINT_MEMCG;
	if (open->bound && constraint == REPORT_CONSTRAINT_UNKNOWN)
		return REPORT_CONSTRAINT_MEMORY_POLICY;
	return constraint;
}

static enum report_trigger trigger_of(const struct open_report *open)
{
	const struct oom_report *report = &open->report;

	if (open->sysrq || report->order == -1)
		return REPORT_TRIGGER_SYSRQ;
	if (report->panic && open->victims.n == 0)
		return REPORT_TRIGGER_PANIC;
	if (open->memcg)
		return REPORT_TRIGGER_MEMCG;
	if (report->header || open->out_of_memory || report->constraint_name)
		return REPORT_TRIGGER_ALLOC;
	return REPORT_TRIGGER_UNKNOWN;
}

static bool is_page_size(int64_t bytes)
{
	return bytes >= 4096 && bytes <= (1 << 20) && (bytes & (bytes - 1)) == 0;
}

/* A victim's memory is in pages in the table and in KiB in its kill line. */
static int64_t page_bytes_of_victims(const struct oom_report *report)
{
	for (uint32_t i = 0; i < report->n_victims && i < 16; i++) {
		const struct report_victim *victim = &report->victims[i];

		for (uint32_t k = 0; k < report->n_tasks; k++) {
			const struct report_task *task = &report->tasks[k];

			if (task->pid != victim->pid || !value_known(task->total_vm_pages) ||
				task->total_vm_pages <= 0 || !value_known(victim->total_vm_kib))
				continue;
			if (victim->total_vm_kib % task->total_vm_pages == 0 &&
				is_page_size(victim->total_vm_kib / task->total_vm_pages * 1024))
				return victim->total_vm_kib / task->total_vm_pages * 1024;
		}
	}
	return VALUE_UNKNOWN;
}

/* The nodes' anonymous memory in KiB is the machine's in pages, but for rounding. */
static int64_t page_bytes_of_nodes(const struct oom_report *report)
{
	const int64_t pages = report->mem.inactive_anon_pages;
	int64_t kib = 0;

	for (uint32_t i = 0; i < report->n_nodes; i++)
		kib = value_add(kib, report->nodes[i].inactive_anon_kib);
	if (!value_known(pages) || !value_known(kib) || pages < 100)
		return VALUE_UNKNOWN;
	for (int64_t bytes = 4096; bytes <= 1 << 18; bytes *= 2) {
		const int64_t wanted = value_mul(pages, bytes / 1024);

		if (kib > wanted - wanted / 16 && kib < wanted + wanted / 16)
			return bytes;
	}
	return VALUE_UNKNOWN;
}

static void settle_pages(struct open_report *open)
{
	struct oom_report *report = &open->report;

	if (!value_known(report->page_bytes))
		report->page_bytes = page_bytes_of_victims(report);
	if (!value_known(report->page_bytes))
		report->page_bytes = page_bytes_of_nodes(report);
	report->page_bytes_known = value_known(report->page_bytes);
	if (!report->page_bytes_known)
		report->page_bytes = PAGE_BYTES_USUAL;
}

static const struct report_task *task_of(const struct oom_report *report, int64_t pid)
{
	for (uint32_t i = 0; i < report->n_tasks; i++) {
		if (report->tasks[i].pid == pid)
			return &report->tasks[i];
	}
	return NULL;
}

/* What a kill line does not say stands in other lines. */
static void settle_victims(
	const struct open_report *open, struct oom_report *report, struct report_victim *victims)
{
	for (uint32_t i = 0; i < report->n_victims && i < VICTIMS_LOOKED_UP; i++) {
		struct report_victim *victim = &victims[i];
		const struct report_task *task = task_of(report, victim->pid);

		if (task)
			victim->tgid = task->tgid;
		if (value_known(victim->uid))
			continue;
		if (victim->pid == report->chosen.pid)
			victim->uid = open->kill_uid;
		if (!value_known(victim->uid) && task)
			victim->uid = task->uid;
	}
	/* Of a process whose leader is gone the killer names a thread that still has its memory. */
	if (report->n_victims > 0 &&
		(victims[0].pid == report->chosen.pid || victims[0].tgid == report->chosen.pid)) {
		report->chosen.pid = VALUE_UNKNOWN;
		report->chosen.comm[0] = '\0';
	}
}

/* From the header to the kill or panic, and nothing visibly missing between. */
static bool is_complete(const struct open_report *open)
{
	const struct oom_report *report = &open->report;

	if (!report->header || report->elided || open->tasks.left_out > 0 ||
		(report->n_victims == 0 && !report->panic && !report->no_victim))
		return false;
	if (!open->cpu_line && !open->stack)
		return false;
	if (report->n_tasks > 0 && (open->n_columns == 0 || open->columns_guessed))
		return false;
	if (open->memcg)
		return value_known(report->memory.usage_kib);
	return report->n_zones > 0 &&
		(value_known(report->mem.ram_pages) || value_known(report->swap_total_kib));
}

/* A report that does not say its kernel is of the one before it, unless the machine was
 * started in between. */
static void settle_release(struct report_parser *parser, struct open_report *open)
{
	struct oom_report *report = &open->report;

	if (report->kernel_release) {
		struct span release = { report->kernel_release, strlen(report->kernel_release) };

		span_copy(release, parser->release, sizeof(parser->release));
		memcpy(parser->release_host, open->host, sizeof(open->host));
		parser->release_uptime_us = report->uptime_us;
	} else if (parser->release[0] && strcmp(parser->release_host, open->host) == 0 &&
		value_known(report->uptime_us) && value_known(parser->release_uptime_us) &&
		report->uptime_us >= parser->release_uptime_us) {
		report->kernel_release = parser->release;
		parser->release_uptime_us = report->uptime_us;
	}
}

static void *flatten(struct report_parser *parser, struct open_report *open,
	struct report_list *list, uint32_t *ret_n)
{
	void *all = list_flatten(list, &open->arena);

	if (list->left_out > 0 && list->n < list->max)
		parser->lost = true;
	*ret_n = list->n;
	return all;
}

void report_finish(struct report_parser *parser, struct open_report *open)
{
	struct oom_report *report = &open->report;
	struct report_victim *victims;
	struct report_zone *zones;

	report->nodes = flatten(parser, open, &open->nodes, &report->n_nodes);
	report->huge = flatten(parser, open, &open->huge, &report->n_huge);
	report->slabs = flatten(parser, open, &open->slabs, &report->n_slabs);
	report->allocations = flatten(parser, open, &open->allocations, &report->n_allocations);
	report->stats = flatten(parser, open, &open->stats, &report->n_stats);
	report->victims = victims = flatten(parser, open, &open->victims, &report->n_victims);
	zones = flatten(parser, open, &open->zones, &report->n_zones);
	report->zones = zones;
	report->tasks = flatten(parser, open, &open->tasks, &report->n_tasks);
	report->n_tasks_left_out = open->tasks.left_out;
	report->n_victims_left_out = open->victims.left_out;

	settle_release(parser, open);
	settle_pages(open);
	for (uint32_t i = 0; i < report->n_zones; i++)
		report_zone_pages(&zones[i], report->page_bytes);
	settle_victims(open, report, victims);
	/* Who printed the stack is who asked for memory, if it is the killer's stack. */
	if (report->header || open->oom_stack) {
		report->invoker.pid = open->cpu.pid;
		if (report->invoker.comm[0] == '\0')
			memcpy(report->invoker.comm, open->cpu.comm, sizeof(open->cpu.comm));
	}
	report->constraint = constraint_of(open);
	report->trigger = trigger_of(open);
	report->complete = is_complete(open);
}
