/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * A machine whose processes end from sample to sample, and counters that rise: for tests of what
 * analysis/kills makes of them.
 */
#ifndef OOMWATCH_TESTS_KILLS_WORLD_H
#define OOMWATCH_TESTS_KILLS_WORLD_H

#include <stdio.h>
#include <string.h>

#include "analysis/kills.h"
#include "unit.h"

#define TASKS_MAX 64

enum {
	TOP,
	SHOP,
	CART, /**< below SHOP, with a limit */
	N_MEMCGS
};

/** One instant. */
struct instant {
	struct snapshot now;
	struct task tasks[TASKS_MAX];
	struct memcg memcgs[N_MEMCGS];
};

/** Samples, one a second, of processes 1 to n: the first three are in the cart. */
struct watched {
	struct instant instants[2];
	struct instant *now, *before;
	struct identity who;
	struct summary summary;
	struct memcg_view views[N_MEMCGS];
	struct kills kills;
	bool logged;
};

static inline void set_task(struct instant *instant, uint32_t at, int32_t pid, struct identity *who)
{
	struct task *task = &instant->tasks[at];

	*task = (struct task){
		.pid = pid,
		.start_ticks = 10,
		.state = 'S',
		.who = who,
		.memcg = pid <= 3 ? CART : TOP,
		.rss_anon_pages = 256,
		.pgtables_bytes = 4096,
	};
	snprintf(task->comm, sizeof(task->comm), "p%d", (int)pid);
}

static inline void begin(struct watched *w, uint32_t n)
{
	static const char *const paths[] = { "/", "/shop", "/shop/cart" };

	memset(w, 0, sizeof(*w));
	w->now = &w->instants[0];
	for (uint32_t i = 0; i < n; i++)
		set_task(w->now, i, (int32_t)i + 1, &w->who);
	for (uint32_t i = 0; i < N_MEMCGS; i++)
		w->now->memcgs[i] = (struct memcg){
			.path = paths[i],
			.parent = i == TOP ? NO_MEMCG : i - 1,
			.version = 2,
			.max_bytes = MEMCG_UNLIMITED,
			.memsw_max_bytes = VALUE_UNKNOWN,
		};
	w->now->now = (struct snapshot){
		.uptime_ms = 1000,
		.time_ms = 500000,
		.page_bytes = 4096,
		.n_tasks = n,
		.memcg_version = 2,
		.n_memcgs = N_MEMCGS,
	};
	w->now->now.tasks = w->now->tasks;
	w->now->now.memcgs = w->now->memcgs;
	w->summary.memcgs = w->views;
	w->summary.oom.victim = NO_TASK;
	w->summary.oom.certain = true;
	snprintf(w->summary.oom.scope_name, sizeof(w->summary.oom.scope_name), "system");
	for (int i = 0; i < N_MEMCGS; i++)
		w->views[i].victim = NO_TASK;
	w->views[CART].limited = true;
}

/* Judge the present one, and go on to the next second with the same processes. */
static inline void next(struct watched *w)
{
	kills_foretell(&w->kills, &w->now->now, &w->summary);
	w->before = w->now;
	w->now = w->now == &w->instants[0] ? &w->instants[1] : &w->instants[0];
	*w->now = *w->before;
	w->now->now.tasks = w->now->tasks;
	w->now->now.memcgs = w->now->memcgs;
	w->now->now.uptime_ms += 1000;
	w->now->now.time_ms += 1000;
	w->summary.reclaim.oom_kills = 0;
	for (int i = 0; i < N_MEMCGS; i++)
		w->views[i].rising_oom = w->views[i].rising_oom_kill = 0;
}

static inline void end(struct watched *w, int32_t pid)
{
	struct snapshot *now = &w->now->now;

	for (uint32_t i = 0; i < now->n_tasks; i++)
		if (now->tasks[i].pid == pid) {
			memmove(&now->tasks[i], &now->tasks[i + 1],
				(now->n_tasks - i - 1) * sizeof(*now->tasks));
			now->n_tasks--;
			return;
		}
	expect_true("it was there", false);
}

static inline void count(struct watched *w)
{
	kills_counted(&w->kills, w->before ? &w->before->now : NULL, &w->now->now, &w->summary,
		w->logged);
}

/* The log tells of a process that is gone since the sample before. */
static inline void tell(struct watched *w, int64_t pid)
{
	const struct report_victim victim = { .pid = pid, .tgid = pid, .comm = "told" };
	const struct oom_report report = {
		.trigger = REPORT_TRIGGER_ALLOC,
		.constraint = REPORT_CONSTRAINT_NONE,
		.chosen.pid = VALUE_UNKNOWN,
		.uptime_us = VALUE_UNKNOWN,
		.victims = &victim,
		.n_victims = 1,
		.n_kill_lines = 1,
	};
	const struct kill_moment moment = {
		.uptime_ms = w->now->now.uptime_ms,
		.time_ms = w->now->now.time_ms,
		.clear_ms = w->before->now.uptime_ms,
	};

	kills_add_report(&w->kills, &report, NULL, &moment);
}

static inline void expect_kills(const char *label, const struct watched *w, unsigned n)
{
	expect_int(label, kills_count(&w->kills), n);
}

static inline void expect_newest(const struct watched *w, const char *want)
{
	const struct kill *kill = kills_get(&w->kills, 0);
	char buf[256] = "none";
	struct text text;

	text_init(&text, buf, sizeof(buf));
	if (kill)
		kill_words(kill, &text);
	expect_text("words", buf, want);
}

#endif
