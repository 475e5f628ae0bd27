/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/kills_parts.h"
#include "analysis/scope.h"

static void add_clean(struct text *text, const char *string)
{
	text_add_clean(text, string, strlen(string));
}

/** A log that comes late tells of the same process again within this time. */
#define LATE_MS 60000

/* What was only marked or counted, and is now told in full. */
static struct kill *find_lesser(struct kills *kills, int64_t pid, const struct kill_moment *moment)
{
	for (unsigned i = 0; i < kills->n_kept && value_known(pid); i++) {
		struct kill *kill = &kills->list[kills->order[i]];

		if (kill->source > moment->source && !kill->before && kill->pid == pid &&
			kill->uptime_ms >= moment->uptime_ms - LATE_MS)
			return kill;
	}
	return NULL;
}

static struct kill *take_slot(struct kills *kills, bool past)
{
	const unsigned first = past ? KILLS_MAX : 0;
	uint64_t *n = past ? &kills->n_past : &kills->n_list;
	const unsigned slot = first + (unsigned)(*n % KILLS_MAX);

	if (*n < KILLS_MAX)
		kills->order[kills->n_kept++] = (uint8_t)slot;
	++*n;
	kills->list[slot].number = ++kills->total;
	return &kills->list[slot];
}

struct kill *kills_begin(struct kills *kills, int64_t pid, const struct kill_moment *moment)
{
	const bool before = !value_known(moment->clear_ms);
	struct kill *kill = before ? NULL : find_lesser(kills, pid, moment);

	if (!kill)
		kill = take_slot(kills, before && moment->source == KILL_OF_JOURNAL);
	*kill = (struct kill){
		.number = kill->number,
		.uptime_ms = moment->uptime_ms,
		.time_ms = moment->time_ms,
		.before = before,
		.earlier_boot = moment->earlier_boot,
		.source = moment->source,
		.pid = VALUE_UNKNOWN,
		.gives_back_kib = VALUE_UNKNOWN,
		.first_us = VALUE_UNKNOWN,
		.last_us = VALUE_UNKNOWN,
	};
	return kill;
}

static bool is_newer(const struct kill *a, const struct kill *b)
{
	if (a->earlier_boot != b->earlier_boot)
		return b->earlier_boot;
	if (a->earlier_boot && a->time_ms != b->time_ms)
		return a->time_ms > b->time_ms;
	if (!a->earlier_boot && a->uptime_ms != b->uptime_ms)
		return a->uptime_ms > b->uptime_ms;
	return a->number > b->number;
}

/* The order was right but for one that was added, changed or replaced. */
void kills_settle_order(struct kills *kills)
{
	for (unsigned i = 1; i < kills->n_kept; i++) {
		const uint8_t slot = kills->order[i];
		unsigned at = i;

		for (; at > 0 && is_newer(&kills->list[slot], &kills->list[kills->order[at - 1]]);
			at--)
			kills->order[at] = kills->order[at - 1];
		kills->order[at] = slot;
	}
}

void kills_note_pid(struct kills *kills, int64_t pid, int64_t uptime_ms)
{
	if (value_known(pid))
		kills->told_pids[kills->n_told_pids++ % TOLD_MAX] =
			(struct kill_told){ pid, uptime_ms };
}

bool kills_pid_told(const struct kills *kills, int64_t pid, int64_t uptime_ms)
{
	for (unsigned i = 0; i < TOLD_MAX && i < kills->n_told_pids; i++) {
		const struct kill_told *told = &kills->told_pids[i];

		if (told->pid == pid && told->uptime_ms <= uptime_ms + LATE_MS &&
			told->uptime_ms >= uptime_ms - LATE_MS)
			return true;
	}
	return false;
}

void kills_note_told(struct kills *kills, const struct kill *kill)
{
	if (kill->before || kill->where == KILL_DAEMON)
		return;
	kills->told += kill->n_processes;
	kills_note_pid(kills, kill->pid, kill->uptime_ms);
}

/* A stamp of the kernel's clock on the samples' one; not before the log did not have it. */
static int64_t uptime_of(const struct kill_moment *moment, int64_t stamp_us)
{
	const int64_t stamp_ms = value_add(stamp_us / 1000, moment->suspended_ms);

	if (!value_known(stamp_us) || stamp_us < 0)
		return moment->uptime_ms;
	if (!value_known(moment->clear_ms))
		return stamp_ms;
	return value_min(value_max(stamp_ms, moment->clear_ms), moment->uptime_ms);
}

/* The journal says itself when it was; of the kernel's log its stamps do. */
static void set_time(struct kill *kill, const struct kill_moment *moment, int64_t stamp_us)
{
	if (moment->source != KILL_OF_LOG)
		return;
	kill->uptime_ms = uptime_of(moment, stamp_us);
	if (value_known(kill->time_ms) && value_known(moment->uptime_ms))
		kill->time_ms += value_min(kill->uptime_ms - moment->uptime_ms, 0);
}

static void set_words(char *buf, size_t size, const char *foreign)
{
	struct text text;

	text_init(&text, buf, size);
	add_clean(&text, foreign);
}

static enum kill_where where_of(const struct oom_report *report)
{
	if (report->trigger == REPORT_TRIGGER_SYSRQ)
		return KILL_SYSRQ;
	if (report->constraint == REPORT_CONSTRAINT_MEMCG ||
		report->trigger == REPORT_TRIGGER_MEMCG)
		return KILL_CGROUP;
	if (report->constraint == REPORT_CONSTRAINT_CPUSET ||
		report->constraint == REPORT_CONSTRAINT_MEMORY_POLICY)
		return KILL_NODES;
	return KILL_MACHINE;
}

static const char *nodes_of(const struct oom_report *report)
{
	return report->constraint == REPORT_CONSTRAINT_CPUSET ? report->mems_allowed
							      : report->nodemask;
}

static void scope_of(const struct oom_report *report, struct kill *kill)
{
	const char *nodes = nodes_of(report);
	struct text text;

	text_init(&text, kill->scope, sizeof(kill->scope));
	switch (kill->where) {
	case KILL_CGROUP:
		if (report->memcg)
			scope_path_words(report->memcg, &text);
		else
			text_add(&text, "?");
		break;
	case KILL_NODES:
		text_add(&text, "nodes ");
		add_clean(&text, nodes ? nodes : "?");
		break;
	case KILL_SYSRQ:
		text_add(&text, "machine (sysrq-f)");
		break;
	case KILL_MACHINE:
	case KILL_DAEMON:
	case KILL_UNTOLD:
	default:
		text_add(&text, "machine");
		break;
	}
}

/* As scope_id() spells it; 0: none that is watched. */
static uint64_t scope_hash(const struct oom_report *report, enum kill_where where)
{
	switch (where) {
	case KILL_MACHINE:
	case KILL_SYSRQ:
		return kills_hash("system", "");
	case KILL_CGROUP:
		return report->memcg ? kills_hash("cgroup:", report->memcg) : 0;
	case KILL_NODES:
		return nodes_of(report) ? kills_hash("nodes:", nodes_of(report)) : 0;
	case KILL_DAEMON:
	case KILL_UNTOLD:
	default:
		return 0;
	}
}

/* The kernel chooses one and may kill another (a child), or name a thread of it. */
static bool is_same(const struct oom_report *report, int64_t pid)
{
	const struct report_victim *victim = &report->victims[0];

	return victim->pid == pid || victim->tgid == pid || report->chosen.pid == pid;
}

static void copy_sentences(const struct explained *explained, struct kill *kill)
{
	size_t len = 0;

	for (unsigned i = 0; i < explained->n_words && i < KILL_SENTENCES_MAX; i++) {
		const size_t more = strlen(explained->sentences[i]);

		if (len + more + 2 > sizeof(kill->sentences))
			return;
		memcpy(kill->sentences + len, explained->sentences[i], more);
		len += more;
		kill->sentences[len++] = '\n';
		kill->sentences[len] = '\0';
	}
}

/* The same was read from the kernel's own log: its stamps are the same to the microsecond, though
 * one log may have more of the report's lines than the other. */
static bool is_known(const struct kills *kills, int64_t pid, int64_t first_us, int64_t last_us)
{
	for (unsigned i = 0; i < kills->n_kept && value_known(first_us); i++) {
		const struct kill *kill = &kills->list[kills->order[i]];

		if (!kill->earlier_boot && kill->pid == pid &&
			(kill->first_us == first_us || kill->last_us == last_us))
			return true;
	}
	return false;
}

static int64_t last_stamp(const struct oom_report *report)
{
	int64_t last_us = report->uptime_us;

	for (uint32_t i = 0; i < report->n_victims; i++)
		last_us = value_max(report->victims[i].uptime_us, last_us);
	return last_us;
}

/* What the last sample said while the log was clear; or, if that named the victim, the last that
 * began before the kernel's stamp: by its end the victim may have been gone. */
static const struct foretold *foretold_of(const struct kills *kills, const struct kill *kill,
	const struct oom_report *report, const struct kill_moment *moment)
{
	const uint64_t scope = scope_hash(report, kill->where);
	const struct foretold *later = value_known(moment->clear_ms)
		? kills_foretold(kills, scope, kill->uptime_ms)
		: NULL;

	return later && is_same(report, later->pid)
		? later
		: kills_foretold(kills, scope, moment->clear_ms);
}

static void set_victim(struct kills *kills, struct kill *kill, const struct oom_report *report,
	const struct kill_moment *moment)
{
	const struct report_victim *victim = &report->victims[0];
	const struct foretold *foretold = foretold_of(kills, kill, report, moment);

	kill->pid = victim->pid;
	kill->n_processes = report->n_victims + report->n_victims_left_out;
	set_words(kill->victim, sizeof(kill->victim), victim->comm);
	kills_compare(kills, kill, foretold, foretold && is_same(report, foretold->pid));
	kills_note_told(kills, kill);
	/* The kernel counts a group's victim twice, and who shares its memory not at all. */
	if (!kill->before)
		kills->told += (int64_t)report->n_kill_lines - kill->n_processes;
	for (uint32_t i = 0; !kill->before && i < report->n_victims && i < TOLD_MAX; i++)
		kills_note_pid(kills, report->victims[i].tgid, kill->uptime_ms);
}

/* What it replaces was told and scored by less. */
static void forget_lesser(struct kills *kills, int64_t pid, const struct kill_moment *moment)
{
	const struct kill *kill =
		value_known(moment->clear_ms) ? find_lesser(kills, pid, moment) : NULL;

	if (!kill)
		return;
	kills->told -= kill->n_processes;
	kills->n_compared -= kill->foretold != KILL_NOT_WATCHED;
	kills->n_foretold -= kill->foretold == KILL_FORETOLD;
}

void kills_add_report(struct kills *kills, const struct oom_report *report,
	const struct explained *explained, const struct kill_moment *moment)
{
	const int64_t pid = report->n_victims > 0 ? report->victims[0].pid : VALUE_UNKNOWN;
	struct kill *kill;

	if (report->n_victims == 0 && !report->no_victim)
		return;
	if (moment->source == KILL_OF_JOURNAL && !moment->earlier_boot &&
		is_known(kills, pid, report->uptime_us, last_stamp(report)))
		return;
	forget_lesser(kills, pid, moment);
	kill = kills_begin(kills, pid, moment);
	set_time(kill, moment, report->uptime_us);
	kill->first_us = report->uptime_us;
	kill->last_us = last_stamp(report);
	kill->where = where_of(report);
	memcpy(kill->killer, "kernel", sizeof("kernel"));
	scope_of(report, kill);
	if (explained) {
		kill->gives_back_kib = explained->gives_back_kib;
		copy_sentences(explained, kill);
	}
	if (report->n_victims > 0)
		set_victim(kills, kill, report, moment);
	kills_settle_order(kills);
}

static void set_ended(struct kill *kill, const struct killer_event *event)
{
	struct text text;

	text_init(&text, kill->victim, sizeof(kill->victim));
	if (event->victim.comm[0])
		add_clean(&text, event->victim.comm);
	else if (event->cgroup)
		scope_path_words(event->cgroup, &text);
	if (!event->reason)
		return;
	text_init(&text, kill->sentences, sizeof(kill->sentences));
	add_clean(&text, event->reason);
}

void kills_add_event(
	struct kills *kills, const struct killer_event *event, const struct kill_moment *moment)
{
	struct kill *kill;

	if (moment->source == KILL_OF_JOURNAL && !moment->earlier_boot &&
		is_known(kills, event->victim.pid, event->uptime_us, event->uptime_us))
		return;
	kill = kills_begin(kills, VALUE_UNKNOWN, moment);
	set_time(kill, moment, event->uptime_us);
	kill->first_us = kill->last_us = event->uptime_us;
	kill->where = KILL_DAEMON;
	set_words(kill->killer, sizeof(kill->killer), event->name);
	kill->gives_back_kib = event->rss_kib;
	kill->pid = event->victim.pid;
	kill->n_processes = value_known(event->processes) && event->processes > 0
		? (uint32_t)value_min(event->processes, UINT32_MAX)
		: 1;
	memcpy(kill->scope, "its own rule", sizeof("its own rule"));
	set_ended(kill, event);
	if (value_known(event->victim.pid)) {
		const struct foretold *foretold =
			kills_foretold(kills, kills_hash("killer:", event->name), moment->clear_ms);

		kills_compare(
			kills, kill, foretold, foretold && foretold->pid == event->victim.pid);
	}
	kills_settle_order(kills);
}

unsigned kills_count(const struct kills *kills)
{
	return kills->n_kept;
}

const struct kill *kills_get(const struct kills *kills, unsigned i)
{
	return i < kills->n_kept ? &kills->list[kills->order[i]] : NULL;
}

int64_t kills_find(const struct kills *kills, uint64_t number)
{
	for (unsigned i = 0; i < kills->n_kept; i++)
		if (kills->list[kills->order[i]].number == number)
			return i;
	return -1;
}
