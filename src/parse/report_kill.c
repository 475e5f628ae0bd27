/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/memory.h"
#include "parse/report_parts.h"

#define VICTIM(member) offsetof(struct report_victim, member)

static const struct report_field victim_fields[] = {
	{ "total-vm", VICTIM(total_vm_kib) },
	{ "vsz", VICTIM(total_vm_kib) }, /* 2.6.35 */
	{ "anon-rss", VICTIM(anon_rss_kib) },
	{ "file-rss", VICTIM(file_rss_kib) },
	{ "shmem-rss", VICTIM(shmem_rss_kib) },
	{ "pgtables", VICTIM(pgtables_kib) },
	{ "UID", VICTIM(uid) },
};

/* What may stand behind a COMM; the last of them is meant, as COMM may hold anything. */
static const char *const comm_ends[] = {
	") total-vm",
	") vsz:",
	"), UID",
	") score ",
	") sharing same",
	"),",
};

/** A kill line taken apart. */
struct kill_line {
	struct scan message; /**< "Memory cgroup out of memory"; empty: none */
	int64_t pid;
	int64_t uid;
	struct span comm;
	struct scan rest; /**< behind COMM */
};

static const char *comm_end(struct scan text)
{
	for (size_t i = 0; i < ARRAY_SIZE(comm_ends); i++) {
		const char *end = report_find_last(text, comm_ends[i]);

		if (end)
			return end;
	}
	return scan_done(&text) ? NULL : memrchr(text.at, ')', (size_t)(text.end - text.at));
}

/* "MSG: Killed process 12 (x) …", "Killed process 12, UID 5, (x) …", "… process 12 (x) …" */
static bool read_kill_line(struct scan text, struct kill_line *ret)
{
	const char *process = report_find(text, " process "), *end;
	const char *colon = report_find(text, ": ");

	*ret = (struct kill_line){
		.message = { text.at, text.at }, .uid = VALUE_UNKNOWN, .comm = { text.at, 0 }
	};
	if (!process)
		return false;
	if (colon && colon < process)
		ret->message.end = colon;
	text.at = process + strlen(" process ");
	if (!scan_int(&text, &ret->pid) || ret->pid < 0)
		return false;
	if (scan_literal(&text, ", UID ")) {
		scan_int(&text, &ret->uid);
		(void)scan_literal(&text, ",");
	}
	ret->rest = text;
	scan_blanks(&text);
	if (!scan_literal(&text, "("))
		return true;
	end = comm_end(text);
	if (!end)
		end = text.end;
	ret->comm = (struct span){ text.at, end > text.at ? (size_t)(end - text.at) : 0 };
	ret->rest.at = end;
	(void)scan_literal(&ret->rest, ")");
	return true;
}

/* What the message tells of the OOM. */
static void read_message(struct open_report *open, struct scan message)
{
	if (report_has(message, "oom_kill_allocating_task"))
		open->report.allocating = true;
	if (report_has(message, "emory cgroup out of"))
		open->memcg = true;
	else if (report_has(message, "ut of memory"))
		open->out_of_memory = true;
	else if (report_has(message, "MPOL_BIND"))
		open->bound = open->out_of_memory = true;
}

static bool is_pid(void *item, const void *key)
{
	return ((struct report_victim *)item)->pid == *(const int64_t *)key;
}

/* Whether a kill line adds to a report that has its kill already. */
static bool adds_to(const struct open_report *open, const struct kill_line *kill)
{
	return open->report.group_kill || list_find(&open->victims, is_pid, &kill->pid);
}

/* The report of a kill line; a new one where the rest was not printed, or is lost. */
static struct open_report *report_of(
	struct report_parser *parser, const struct report_line *line, const struct kill_line *kill)
{
	struct open_report *open = report_route(parser, line);
	const bool has_message = kill->message.end > kill->message.at;

	if (!open || (open->failed_alloc && !open->confirmed))
		return report_begin(parser, line);
	/* "Kill process" is followed by "Killed process" without a message. */
	if (line->kind == LINE_KILLED && open->chosen_waits && has_message)
		return report_begin(parser, line);
	if (open->finished && !open->chosen_waits && line->kind != LINE_SHARER &&
		!adds_to(open, kill))
		return report_begin(parser, line);
	if (line->kind == LINE_CHOSEN && open->chosen_waits)
		return report_begin(parser, line);
	return open;
}

static void take_chosen(struct open_report *open, const struct kill_line *kill)
{
	open->chosen_waits = true;
	open->report.chosen.pid = kill->pid;
	report_comm(kill->comm, open->report.chosen.comm);
	report_number(kill->rest, "score ", &open->report.chosen_score);
}

static void read_adj(struct scan text, struct report_victim *victim)
{
	int64_t adj;

	if (report_number(text, " oom_score_adj:", &adj))
		victim->oom_score_adj = adj >= -1000 && adj <= 1000 ? adj : VALUE_UNKNOWN;
}

static void take_victim(struct report_parser *parser, struct open_report *open,
	const struct report_line *line, const struct kill_line *kill)
{
	struct report_victim *victim = list_find(&open->victims, is_pid, &kill->pid);

	open->report.n_kill_lines += line->kind != LINE_SHARER;
	if (!victim) {
		victim = list_add(&open->victims, &open->arena);
		if (!victim) {
			if (open->victims.n < open->victims.max)
				parser->lost = true;
			open->finished = true;
			return;
		}
		values_forget(victim, offsetof(struct report_victim, comm));
	}
	victim->pid = kill->pid;
	victim->line = line->number;
	victim->uptime_us = line->uptime_us;
	report_comm(kill->comm, victim->comm);
	report_fields(kill->rest, victim_fields, ARRAY_SIZE(victim_fields), victim);
	read_adj(kill->rest, victim);
	if (value_known(kill->uid))
		victim->uid = kill->uid;
	else
		report_number(kill->rest, "UID ", &victim->uid);
	if (line->kind == LINE_SHARER) {
		victim->shares_memory = true;
		return;
	}
	if (open->chosen_waits)
		victim->score = open->report.chosen_score;
	open->chosen_waits = false;
	open->finished = true;
}

static void take_kill(struct report_parser *parser, const struct report_line *line)
{
	struct open_report *open;
	struct kill_line kill;

	if (!read_kill_line(report_text(line), &kill))
		return;
	open = report_of(parser, line, &kill);
	open->confirmed = true;
	open->failed_alloc = false;
	report_note(open, line);
	read_message(open, kill.message);
	if (line->kind == LINE_CHOSEN)
		take_chosen(open, &kill);
	else
		take_victim(parser, open, line, &kill);
}

/* "oom_reaper: reaped process 12 (x), now anon-rss:0kB, …"; printed by another thread. */
static void take_reaped(struct report_parser *parser, const struct report_line *line)
{
	struct scan text = report_text(line);
	int64_t pid;

	if (!report_number(text, " process ", &pid))
		return;
	for (size_t i = 0; i < OPEN_REPORTS; i++) {
		struct open_report *open = &parser->open[i];
		struct report_victim *victim;

		if (!open->used ||
			(open->host[0] && line->host.len > 0 && !span_is(line->host, open->host)))
			continue;
		victim = list_find(&open->victims, is_pid, &pid);
		if (victim) {
			victim->reaped = true;
			open->report.last_line = line->last;
			return;
		}
	}
}

/* "Tasks in PATH are going to be killed due to memory.oom.group set" */
static void take_group(struct report_parser *parser, const struct report_line *line)
{
	struct open_report *open = report_route(parser, line);
	struct scan text = report_text(line);
	const char *end = report_find(text, " are going to be killed");

	if (!open)
		open = report_begin(parser, line);
	open->confirmed = true;
	open->report.group_kill = true;
	report_note(open, line);
	if (scan_literal(&text, "Tasks in ") && end && end > text.at)
		open->report.group = report_keep(
			parser, open, (struct span){ text.at, (size_t)(end - text.at) });
}

/* Nobody to kill, or no leave to kill: the machine panics. */
static void take_panic(struct report_parser *parser, const struct report_line *line)
{
	struct open_report *open = report_route(parser, line);
	const struct scan text = report_text(line);
	const char *words = report_find(text, ": ");

	if (!open || (open->failed_alloc && !open->confirmed))
		open = report_begin(parser, line);
	open->confirmed = true;
	report_note(open, line);
	if (report_has(text, "no killable processes"))
		open->report.no_victim = true;
	/* The panic's own line comes after this one since 4.19. */
	if (line->kind == LINE_NO_VICTIM) {
		open->finished = true;
		return;
	}
	if (!words)
		words = report_find(text, "syncing");
	if (!open->report.panic)
		open->report.panic = report_keep(parser, open,
			(struct span){ words ? words + 2 : text.at,
				(size_t)(text.end - (words ? words + 2 : text.at)) });
	open->finished = true;
}

void report_read_kill(struct report_parser *parser, const struct report_line *line)
{
	if (line->kind == LINE_REAPED)
		take_reaped(parser, line);
	else if (line->kind == LINE_GROUP)
		take_group(parser, line);
	else if (line->kind == LINE_NO_VICTIM || line->kind == LINE_PANIC)
		take_panic(parser, line);
	else
		take_kill(parser, line);
}
