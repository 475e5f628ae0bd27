/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/kills.h"
#include "kills_world.h"
#include "unit.h"

/* The cgroup's counter says where the victim was, "oom" of one above whose limit it was. */
static void a_cgroups_counter_tells_the_scope(void)
{
	static const struct {
		int oom_at; /**< -1: none */
		const char *words;
	} cases[] = {
		{ CART,
			"KILLED p2 2 by the kernel (cgroup cart at its limit), gone when the "
			"counter rose: foretold" },
		{ SHOP,
			"KILLED p2 2 by the kernel (cgroup shop at its limit), gone when the "
			"counter rose: not watched" },
		{ -1,
			"KILLED p2 2 by the kernel (machine out of memory), gone when the counter "
			"rose: not foretold: p8 8 was" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct watched w;

		begin(&w, 10);
		w.views[CART].victim = 1;
		w.summary.oom.victim = 7;
		next(&w);
		w.summary.reclaim.oom_kills = 1;
		w.views[CART].rising_oom_kill = w.views[SHOP].rising_oom_kill = 1;
		for (int m = cases[i].oom_at; m > 0; m--)
			w.views[m].rising_oom = 1;
		end(&w, 2);
		end(&w, 9);
		count(&w);
		next(&w);
		count(&w);
		expect_kills("one", &w, 1);
		expect_newest(&w, cases[i].words);
	}
}

static void counters_of_several_scopes_are_told_apart(void)
{
	static struct watched w;

	begin(&w, 10);
	next(&w);
	w.summary.reclaim.oom_kills = 3;
	w.views[CART].rising_oom_kill = w.views[SHOP].rising_oom_kill = 2;
	w.views[CART].rising_oom = 1;
	end(&w, 1);
	end(&w, 3);
	end(&w, 9);
	count(&w);
	next(&w);
	count(&w);
	expect_kills("three", &w, 3);
	for (unsigned i = 0; i < 3; i++) {
		const struct kill *kill = kills_get(&w.kills, i);

		expect_int("where", kill->where, kill->pid == 9 ? KILL_MACHINE : KILL_CGROUP);
		expect_int("sure", kill->n_gone, 0);
	}
}

/* The counter that rose may be that of a cgroup which went with its last process. */
static void a_cgroup_that_is_gone_is_looked_for_above(void)
{
	static struct watched w;

	begin(&w, 10);
	next(&w);
	w.summary.reclaim.oom_kills = 1;
	w.now->now.n_memcgs = CART;
	w.views[SHOP].rising_oom_kill = w.views[SHOP].rising_oom = 1;
	end(&w, 1);
	count(&w);
	expect_newest(&w,
		"KILLED p1 1 by the kernel (cgroup shop at its limit), gone when the "
		"counter rose: not watched");
}

/* Its counters went with it: whose limit it was is open, unless those above it say so. */
static void a_limit_that_is_gone_is_not_passed_over(void)
{
	static const struct {
		bool rose_above, limited_above;
		const char *words;
	} cases[] = {
		{ false, false, "KILLED p2 2 by the kernel, one of 2 that are gone: not watched" },
		{ true, false,
			"KILLED p2 2 by the kernel (cgroup cart at its limit), gone when the "
			"counter rose: foretold" },
		{ true, true,
			"KILLED p2 2 by the kernel (cgroup shop at its limit), gone when the "
			"counter rose: not foretold: p3 3 was" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct watched w;

		begin(&w, 10);
		w.now->memcgs[CART].max_bytes = 1 << 20;
		if (cases[i].limited_above)
			w.now->memcgs[SHOP].max_bytes = 2 << 20;
		w.views[SHOP].limited = cases[i].limited_above;
		w.views[CART].victim = 1;
		w.views[SHOP].victim = 2;
		next(&w);
		w.now->now.n_memcgs = CART;
		w.summary.reclaim.oom_kills = 1;
		if (cases[i].rose_above)
			w.views[SHOP].rising_oom_kill = w.views[SHOP].rising_oom = 1;
		end(&w, 2);
		end(&w, 9);
		count(&w);
		next(&w);
		count(&w);
		expect_newest(&w, cases[i].words);
		expect_true("its name",
			i > 0 || strcmp(kills_get(&w.kills, 0)->scope, "cart or machine") == 0);
	}
}

static void without_cgroups_the_scope_stays_open(void)
{
	static struct watched w;

	begin(&w, 10);
	w.summary.memcgs = NULL;
	w.now->now.n_memcgs = 0;
	w.summary.oom.victim = 6;
	next(&w);
	w.summary.reclaim.oom_kills = 1;
	end(&w, 7);
	count(&w);
	expect_newest(&w, "KILLED p7 7 by the kernel, gone when the counter rose: not watched");
	expect_int("no score", w.kills.n_compared, 0);
}

/* A thread's mark, a mark and the log, a mark alone. */
static void marks_become_kills_when_no_log_tells(void)
{
	static struct watched w;
	struct kill_mark mark = { 0 };
	struct kill_moment moment = { .uptime_ms = 4000, .time_ms = 503000, .clear_ms = 2500 };

	begin(&w, 10);
	w.views[CART].victim = 1;
	next(&w);
	w.views[CART].rising_oom = 1;
	end(&w, 2);
	kills_mark(&w.before->now, &w.now->now, &w.summary, 2, "", &mark);
	mark.uptime_ms = 1500;
	expect_text("name", mark.name, "p2");
	expect_true("not told", !kills_has_marked(&w.kills, &mark));
	moment.source = KILL_OF_TRACEPOINT;
	kills_add_mark(&w.kills, &mark, &moment);
	expect_newest(&w, "KILLED p2 2 by the kernel (cgroup cart at its limit): foretold");
	expect_int("when", kills_get(&w.kills, 0)->uptime_ms, 1500);
	expect_int("wall", kills_get(&w.kills, 0)->time_ms, 500500);
	expect_true("told", kills_has_marked(&w.kills, &mark));
	mark.uptime_ms = 100000;
	expect_true("but not for ever", !kills_has_marked(&w.kills, &mark));
	kills_mark(&w.before->now, &w.now->now, &w.summary, 777, "thread\n", &mark);
	expect_text("the kernel's word", mark.name, "thread?");
	expect_int("anywhere", mark.place.where, KILL_UNTOLD);
	kills_mark(NULL, &w.now->now, &w.summary, 777, "", &mark);
	expect_text("nothing", mark.name, "");
	mark.uptime_ms = 3000;
	kills_add_mark(&w.kills, &mark, &moment);
	expect_newest(&w, "KILLED ? 777 by the kernel: not watched");
}

/* The victim's own cgroup vanished with it; that of others does not matter. */
static void a_mark_knows_the_victims_cgroup(void)
{
	static const struct {
		int64_t pid;
		const char *scope;
		enum kill_where where;
	} cases[] = {
		{ 2, "cart or machine", KILL_UNTOLD },
		{ 9, "machine", KILL_MACHINE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct watched w;
		struct kill_mark mark;

		begin(&w, 10);
		w.now->memcgs[CART].max_bytes = 1 << 20;
		next(&w);
		w.now->now.n_memcgs = CART;
		end(&w, 2);
		kills_mark(&w.before->now, &w.now->now, &w.summary, cases[i].pid, "", &mark);
		expect_text("scope", mark.place.words, cases[i].scope);
		expect_int("where", mark.place.where, cases[i].where);
		expect_int("the sample before", mark.before_ms, 1000);
	}
}

static void a_mark_pays_for_what_is_counted(void)
{
	static struct watched w;

	begin(&w, 10);
	w.logged = true;
	next(&w);
	w.summary.reclaim.oom_kills = 1;
	end(&w, 4);
	kills_note_mark(&w.kills);
	count(&w);
	next(&w);
	count(&w);
	expect_kills("left to the mark", &w, 0);
}

extern CU_TestInfo kills_scopes_tests[];
CU_TestInfo kills_scopes_tests[] = {
	{ "a cgroup's counter tells the scope", a_cgroups_counter_tells_the_scope },
	{ "counters of several scopes are told apart", counters_of_several_scopes_are_told_apart },
	{ "a cgroup that is gone is looked for above", a_cgroup_that_is_gone_is_looked_for_above },
	{ "a limit that is gone is not passed over", a_limit_that_is_gone_is_not_passed_over },
	{ "without cgroups the scope stays open", without_cgroups_the_scope_stays_open },
	{ "marks become kills when no log tells", marks_become_kills_when_no_log_tells },
	{ "a mark knows the victim's cgroup", a_mark_knows_the_victims_cgroup },
	{ "a mark pays for what is counted", a_mark_pays_for_what_is_counted },
	CU_TEST_INFO_NULL,
};
