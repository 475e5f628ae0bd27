/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse/report_parts.h"

/** Longest comm that the kernel prints. */
#define COMM_MAX 15

/* What a program's own output left in front of the kernel's stamp is none of its comm. */
static struct scan behind_stamp(struct report_parser *parser, struct open_report *open,
	struct scan text, const char *invoked, bool stamped)
{
	const struct scan before = { text.at, invoked };
	const char *stamp = report_find_last(before, "] ");
	struct log_line read;

	if (stamped || !stamp)
		return before;
	while (stamp > text.at && *stamp != '[')
		stamp--;
	log_line_read(stamp, (size_t)(invoked - stamp), &read);
	if (!value_known(read.uptime_us))
		return before;
	open->report.uptime_us = read.uptime_us;
	open->report.time = report_keep(parser, open, read.time);
	return read.text;
}

/* "0x100cca(GFP_HIGHUSER_MOVABLE)", "0x201da" */
static void read_gfp(struct report_parser *parser, struct open_report *open, struct scan text)
{
	struct span flags;
	uint64_t mask;

	(void)scan_literal(&text, "0x");
	if (!scan_hex(&text, &mask))
		return;
	open->report.gfp_mask = mask > INT64_MAX ? INT64_MAX : (int64_t)mask;
	if (scan_literal(&text, "(") && scan_until(&text, ')', &flags))
		open->report.gfp_flags = report_keep(parser, open, flags);
}

void report_read_header(
	struct report_parser *parser, struct open_report *open, const struct report_line *line)
{
	struct oom_report *report = &open->report;
	struct scan text = report_text(line), before;
	const char *invoked = report_invoked(text), *mask;
	struct span list;

	if (!invoked)
		return;
	before = behind_stamp(parser, open, text, invoked, line->stamped);
	report_comm(
		(struct span){ before.at, (size_t)(before.end - before.at) }, report->invoker.comm);

	text.at = invoked;
	mask = report_find(text, "gfp_mask=");
	if (!mask)
		return;
	text.at = mask + strlen("gfp_mask=");
	read_gfp(parser, open, text);
	report_number(text, "order=", &report->order);
	if (report_value(text, "nodemask=", "", &list)) {
		const char *end = report_find(scan_of(list.at, list.len), " order=");

		if (end)
			list.len = (size_t)(end - list.at);
		list = report_trim(list);
		if (list.len > 0 && list.at[list.len - 1] == ',')
			list.len--;
		report->nodemask = report_keep(parser, open, list);
	}
	/* "oom_scoe_adj=" stands in some kernels of RHEL 6. */
	if (!report_number(text, "oom_score_adj=", &report->oom_score_adj))
		report_number(text, "oom_scoe_adj=", &report->oom_score_adj);
	if (!report_number(text, "oom_adj=", &report->oom_adj))
		report_number(text, "oomkilladj=", &report->oom_adj);
	report->compaction_disabled = report_has(text, "COMPACTION is disabled");
}

void report_read_cpuset(
	struct report_parser *parser, struct open_report *open, const struct report_line *line)
{
	const struct scan text = report_text(line);
	const char *cpuset = report_find(text, " cpuset=");
	const char *mems = report_find_last(text, " mems_allowed=");
	struct span list;

	if (!cpuset || !mems || mems < cpuset)
		return;
	cpuset += strlen(" cpuset=");
	if (mems > cpuset)
		open->report.cpuset =
			report_keep(parser, open, (struct span){ cpuset, (size_t)(mems - cpuset) });
	if (report_value((struct scan){ mems, text.end }, "mems_allowed=", " ", &list))
		open->report.mems_allowed = report_keep(parser, open, list);
}

/* The word behind the taint flags that looks like a release: "6.1.0-56-amd64 #1". */
static bool read_release(struct scan text, struct span *ret)
{
	const char *taint = report_find_last(text, "ainted");
	struct span word;

	if (!taint)
		return false;
	text.at = taint;
	while (scan_word(&text, &word)) {
		if (*word.at >= '0' && *word.at <= '9' && memchr(word.at, '.', word.len)) {
			*ret = word;
			return true;
		}
	}
	return false;
}

/* "CPU: 5 PID: 13536 Comm: java Not tainted …", "Pid: 4903, comm: java Not tainted …" */
static void read_who(struct scan text, struct report_who *ret)
{
	const char *comm = report_find(text, " Comm: ");
	const char *end = report_find_last(text, " Not tainted");
	int64_t pid;

	if (!comm)
		comm = report_find(text, " comm: ");
	if (!comm || (!report_number(text, " PID: ", &pid) && !report_number(text, "Pid: ", &pid)))
		return;
	comm += strlen(" Comm: ");
	if (!end)
		end = report_find_last(text, " Tainted: ");
	if (report_find(text, " Kdump: loaded") && report_find(text, " Kdump: loaded") > comm)
		end = report_find(text, " Kdump: loaded");
	if (!end || end < comm)
		end = text.end;
	ret->pid = pid;
	report_comm((struct span){ comm, (size_t)(end - comm) }, ret->comm);
}

void report_read_cpu(
	struct report_parser *parser, struct open_report *open, const struct report_line *line)
{
	const struct scan text = report_text(line);
	struct report_who who = { .pid = VALUE_UNKNOWN };
	struct span release;

	read_who(text, &who);
	/* Another process's stack may have come in between. */
	if (open->report.header && who.comm[0] != '\0' &&
		strncmp(who.comm, open->report.invoker.comm, COMM_MAX) != 0 && !open->finished)
		return;
	open->cpu_line = true;
	if (!open->finished && !value_known(open->cpu.pid))
		open->cpu = who;
	if (!open->report.kernel_release && read_release(text, &release))
		open->report.kernel_release = report_keep(parser, open, release);
}

void report_read_trace(struct open_report *open, const struct report_line *line)
{
	const struct scan text = report_text(line);

	open->stack = true;
	if (report_has(text, "oom_kill_process") || report_has(text, "dump_header") ||
		report_has(text, "out_of_memory"))
		open->oom_stack = true;
	if (report_has(text, "mem_cgroup_out_of_memory") && !report_has(text, "? "))
		open->memcg = true;
	if (report_has(text, "moom_callback") && open->oom_stack)
		open->sysrq = true;
}

static struct span between(const char *from, const char *end)
{
	return (struct span){ from, end > from ? (size_t)(end - from) : 0 };
}

/*
 * "…,oom_memcg=PATH,task_memcg=PATH,task=COMM,pid=N,uid=N": paths and COMM may hold commas and
 * equal signs, so pid and uid are read from the right.
 */
static void read_task_part(struct report_parser *parser, struct open_report *open, struct scan text)
{
	const char *task = report_find_last(text, ",task=");
	const char *pid = report_find_last(text, ",pid=");
	const char *uid = report_find_last(text, ",uid=");
	const char *task_memcg = report_find(text, ",task_memcg=");
	const char *oom_memcg = report_find(text, ",oom_memcg=");

	if (task && pid && uid && task < pid && pid < uid) {
		const struct scan from_pid = { pid, uid }, from_uid = { uid, text.end };

		report_number(from_pid, ",pid=", &open->report.chosen.pid);
		report_number(from_uid, ",uid=", &open->kill_uid);
		report_comm(between(task + strlen(",task="), pid), open->report.chosen.comm);
	}
	if (!task)
		task = text.end;
	if (task_memcg)
		open->report.task_memcg = report_keep(
			parser, open, between(task_memcg + strlen(",task_memcg="), task));
	if (oom_memcg) {
		open->memcg = true;
		open->report.memcg = report_keep(parser, open,
			between(oom_memcg + strlen(",oom_memcg="), task_memcg ? task_memcg : task));
	}
}

void report_read_oom_kill(
	struct report_parser *parser, struct open_report *open, const struct report_line *line)
{
	static const char *const after_mems[] = { ",oom_memcg=", ",global_oom",
		",task_memcg=", ",task=" };
	struct scan text = report_text(line);
	const char *nodemask = report_find(text, ",nodemask=");
	const char *cpuset = report_find(text, ",cpuset="),
		   *mems = report_find(text, ",mems_allowed=");
	const char *end = NULL;
	struct span name;

	if (report_value(text, "constraint=", ",", &name))
		open->report.constraint_name = report_keep(parser, open, name);
	for (size_t i = 0; !end && i < ARRAY_SIZE(after_mems); i++)
		end = report_find(text, after_mems[i]);
	if (!end)
		end = text.end;
	if (nodemask)
		open->report.nodemask = report_keep(parser, open,
			between(nodemask + strlen(",nodemask="), cpuset ? cpuset : end));
	if (cpuset)
		open->report.cpuset = report_keep(
			parser, open, between(cpuset + strlen(",cpuset="), mems ? mems : end));
	if (mems)
		open->report.mems_allowed =
			report_keep(parser, open, between(mems + strlen(",mems_allowed="), end));
	read_task_part(parser, open, text);
}
