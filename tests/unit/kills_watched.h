/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A machine that is watched while a log tells of kills: for tests of analysis/kills.
 */
#ifndef OOMWATCH_TESTS_KILLS_WATCHED_H
#define OOMWATCH_TESTS_KILLS_WATCHED_H

#include <stdio.h>
#include <string.h>

#include "analysis/kills.h"
#include "unit.h"

enum {
	JAVA,
	CHROME,
	NODE,
	N_TASKS
};

/** Three processes, a cgroup with a limit, a node set, and what is kept of kills. */
struct watched {
	struct snapshot now;
	struct summary summary;
	struct task tasks[N_TASKS];
	struct identity who[N_TASKS];
	struct memcg memcgs[2];
	struct memcg_view views[2];
	struct killer killer;
	struct killer_view killer_view;
	struct kills kills;
	struct kill_moment moment;
	struct oom_report report;
	struct report_victim victim;
};

/* The machine's victim is chrome, for sure; the cgroup's java; the nodes' and earlyoom's node. */
static inline void watch(struct watched *w)
{
	static const int32_t pids[] = { 100, 200, 300 };
	static const char *const names[] = { "java", "chrome", "node" };

	memset(w, 0, sizeof(*w));
	for (int i = 0; i < N_TASKS; i++) {
		w->tasks[i].pid = pids[i];
		w->tasks[i].who = &w->who[i];
		w->tasks[i].memcg = NO_MEMCG;
		memcpy(w->tasks[i].comm, names[i], strlen(names[i]) + 1);
	}
	w->memcgs[0].path = "/";
	w->memcgs[1].path = "/shop/cart";
	w->views[1] = (struct memcg_view){ .limited = true, .victim = JAVA };
	w->killer.kind = KILLER_EARLYOOM;
	w->killer_view.victim = NODE;
	w->now = (struct snapshot){
		.uptime_ms = 5000,
		.tasks = w->tasks,
		.n_tasks = N_TASKS,
		.memcgs = w->memcgs,
		.n_memcgs = 2,
		.killers = &w->killer,
		.n_killers = 1,
	};
	w->summary.memcgs = w->views;
	w->summary.killers = &w->killer_view;
	w->summary.oom.victim = CHROME;
	w->summary.oom.certain = true;
	snprintf(w->summary.oom.scope_name, sizeof(w->summary.oom.scope_name), "system");
	w->summary.nodesets.n_sets = 1;
	w->summary.nodesets.sets[0].risk.victim = NODE;
	snprintf(w->summary.nodesets.sets[0].risk.scope,
		sizeof(w->summary.nodesets.sets[0].risk.scope), "nodes:0-1");
	w->moment = (struct kill_moment){ .uptime_ms = 5900, .time_ms = 1000900, .clear_ms = 5100 };
	w->victim = (struct report_victim){ .pid = 200, .tgid = 200, .comm = "chrome" };
	w->report = (struct oom_report){
		.trigger = REPORT_TRIGGER_ALLOC,
		.constraint = REPORT_CONSTRAINT_NONE,
		.chosen.pid = VALUE_UNKNOWN,
		.uptime_us = 5800000,
		.victims = &w->victim,
		.n_victims = 1,
		.n_kill_lines = 1,
	};
}

static inline const struct kill *add(struct watched *w)
{
	kills_add_report(&w->kills, &w->report, NULL, &w->moment);
	return kills_get(&w->kills, 0);
}

/* Add, and find by pid: the order is that of time.  One that is not there is a kill of nobody. */
static inline const struct kill *find_pid(struct watched *w, int64_t pid)
{
	static const struct kill none;

	add(w);
	for (unsigned i = 0; i < kills_count(&w->kills); i++)
		if (kills_get(&w->kills, i)->pid == pid)
			return kills_get(&w->kills, i);
	expect_int("a kill", 0, pid);
	return &none;
}

static inline void expect_words(const char *label, const struct kill *kill, const char *want)
{
	char buf[256];
	struct text text;

	text_init(&text, buf, sizeof(buf));
	kill_words(kill, &text);
	expect_text(label, buf, want);
}

#endif
