/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "analysis/kills_parts.h"

static const struct task *find_pid(const struct snapshot *snapshot, int64_t pid)
{
	for (uint32_t i = 0; snapshot && i < snapshot->n_tasks; i++)
		if (snapshot->tasks[i].pid == pid)
			return &snapshot->tasks[i];
	return NULL;
}

static void set_place(const struct snapshot *before, const struct snapshot *now,
	const struct summary *summary, const char *path, struct kill_place *ret)
{
	kills_where(before, now, summary, kills_memcg_at(now, path), path, ret);
}

void kills_mark(const struct snapshot *before, const struct snapshot *now,
	const struct summary *summary, int64_t pid, const char *comm, struct kill_mark *ret)
{
	const struct task *task = find_pid(before, pid);
	const struct snapshot *seen = before;
	struct text text;

	if (!task) {
		task = find_pid(now, pid);
		seen = now;
	}
	*ret = (struct kill_mark){
		.pid = pid,
		.before_ms = before ? before->uptime_ms : VALUE_UNKNOWN,
		.counted = before ? before->vmstat.oom_kill : VALUE_UNKNOWN,
		.gives_back_kib = VALUE_UNKNOWN,
		.place = { .where = KILL_UNTOLD, .words = "?" },
	};
	if (task && seen && task->memcg < seen->n_memcgs)
		set_place(before, now, summary, seen->memcgs[task->memcg].path, &ret->place);
	if (task && !comm[0])
		comm = task->comm;
	text_init(&text, ret->name, sizeof(ret->name));
	text_add_clean(&text, comm, strlen(comm));
}

bool kills_has_marked(const struct kills *kills, const struct kill_mark *mark)
{
	return kills_pid_told(kills, mark->pid, mark->uptime_ms);
}

void kills_note_mark(struct kills *kills)
{
	kills->told++;
}

void kills_add_mark(
	struct kills *kills, const struct kill_mark *mark, const struct kill_moment *moment)
{
	const struct foretold *foretold = mark->place.where == KILL_UNTOLD
		? NULL
		: kills_foretold(kills, mark->place.hash, mark->before_ms);
	struct kill *kill = kills_begin(kills, mark->pid, moment);

	kill->uptime_ms = mark->uptime_ms;
	if (value_known(kill->time_ms))
		kill->time_ms += value_min(mark->uptime_ms - moment->uptime_ms, 0);
	kill->where = mark->place.where;
	kill->pid = mark->pid;
	kill->n_processes = 1;
	kill->gives_back_kib = mark->gives_back_kib;
	memcpy(kill->killer, "kernel", sizeof("kernel"));
	memcpy(kill->scope, mark->place.words, sizeof(kill->scope));
	memcpy(kill->victim, mark->name, sizeof(kill->victim));
	kills_compare(kills, kill, foretold, foretold && foretold->pid == mark->pid);
	kills_note_pid(kills, kill->pid, kill->uptime_ms);
	kills_settle_order(kills);
}
