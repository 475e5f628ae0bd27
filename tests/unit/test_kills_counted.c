/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "analysis/kills.h"
#include "kills_world.h"
#include "unit.h"

static void who_was_foretold_and_is_gone_is_named_at_once(void)
{
	static struct watched w;
	const struct kill *kill;

	begin(&w, 10);
	w.summary.oom.victim = 6;
	next(&w);
	w.summary.reclaim.oom_kills = 1;
	end(&w, 7);
	count(&w);
	expect_kills("at once", &w, 1);
	expect_newest(&w,
		"KILLED p7 7 by the kernel (machine out of memory), gone when the "
		"counter rose: foretold");
	kill = kills_get(&w.kills, 0);
	expect_int("source", kill->source, KILL_OF_COUNTER);
	expect_int("when", kill->uptime_ms, 2000);
	expect_int("wall", kill->time_ms, 501000);
	expect_int("scored", w.kills.n_foretold, 1);
	for (int i = 0; i < 3; i++) {
		next(&w);
		count(&w);
	}
	expect_kills("once", &w, 1);
}

/* It may still be on its way out: another sample is waited for. */
static void who_takes_longer_to_go_is_waited_for(void)
{
	static struct watched w;

	begin(&w, 10);
	w.summary.oom.victim = 6;
	next(&w);
	w.summary.reclaim.oom_kills = 1;
	end(&w, 4);
	count(&w);
	expect_kills("not yet", &w, 0);
	next(&w);
	end(&w, 7);
	count(&w);
	expect_newest(&w,
		"KILLED p7 7 by the kernel (machine out of memory), one of 2 that are "
		"gone: not watched");
	expect_kills("one", &w, 1);
	expect_int("no score of a guess", w.kills.n_compared, 0);
	expect_int("when it was counted", kills_get(&w.kills, 0)->uptime_ms, 2000);
}

static void who_merely_ended_is_not_said_to_be_killed(void)
{
	static struct watched w;

	begin(&w, 10);
	next(&w);
	w.summary.reclaim.oom_kills = 1;
	end(&w, 5);
	end(&w, 6);
	count(&w);
	next(&w);
	end(&w, 8);
	count(&w);
	expect_newest(&w,
		"the OOM killer took 1 process (machine out of memory) of 3 that are "
		"gone");
	expect_int("nobody", kills_get(&w.kills, 0)->pid, VALUE_UNKNOWN);
	expect_true("listed", strstr(kills_get(&w.kills, 0)->sentences, ": p5 5, p6 6, p8 8; to"));
}

static void nobody_gone_is_nobody_named(void)
{
	static struct watched w;

	begin(&w, 10);
	w.summary.oom.victim = 6;
	next(&w);
	w.summary.reclaim.oom_kills = 2;
	count(&w);
	next(&w);
	count(&w);
	expect_kills("one entry", &w, 1);
	expect_newest(&w,
		"the OOM killer took 2 processes (machine out of memory); nobody that "
		"oomwatch saw is gone");
	expect_int("both", kills_get(&w.kills, 0)->n_processes, 2);
}

static void a_zombie_is_gone_and_a_new_process_is_another(void)
{
	static struct watched w;

	begin(&w, 10);
	next(&w);
	w.summary.reclaim.oom_kills = 2;
	w.now->tasks[4].state = 'Z';
	w.now->tasks[5].start_ticks = 11;
	count(&w);
	expect_kills("two", &w, 2);
	expect_int("one", kills_get(&w.kills, 1)->pid, 5);
	expect_int("the other", kills_get(&w.kills, 0)->pid, 6);
	next(&w);
	end(&w, 5);
	w.summary.reclaim.oom_kills = 1;
	count(&w);
	next(&w);
	count(&w);
	expect_newest(&w,
		"the OOM killer took 1 process (machine out of memory); nobody that "
		"oomwatch saw is gone");
}

static void kernel_threads_are_no_victims(void)
{
	static struct watched w;

	begin(&w, 10);
	w.now->tasks[8].flags = TASK_FLAG_KTHREAD;
	next(&w);
	w.summary.reclaim.oom_kills = 1;
	end(&w, 9);
	end(&w, 4);
	count(&w);
	expect_int("the other", kills_get(&w.kills, 0) ? kills_get(&w.kills, 0)->pid : 0, 4);
}

static void what_a_log_tells_is_not_told_again(void)
{
	static const struct {
		int told_in; /**< the sample: 0 before it is counted, 1 with it, 2 after it */
		unsigned kills;
	} cases[] = { { 0, 1 }, { 1, 1 }, { 2, 1 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct watched w;

		begin(&w, 10);
		w.logged = true;
		for (int sample = 0; sample < 6; sample++) {
			next(&w);
			w.summary.reclaim.oom_kills = sample == 1;
			if (sample == 1)
				end(&w, 4);
			if (sample == cases[i].told_in)
				tell(&w, 4);
			count(&w);
		}
		expect_kills("once", &w, cases[i].kills);
		expect_newest(&w,
			"KILLED told 4 by the kernel (machine out of memory): not "
			"watched");
	}
}

static void what_a_log_does_not_tell_is_told_a_sample_later(void)
{
	static struct watched w;

	begin(&w, 10);
	w.logged = true;
	next(&w);
	w.summary.reclaim.oom_kills = 2;
	end(&w, 4);
	end(&w, 5);
	tell(&w, 4);
	count(&w);
	expect_kills("the one", &w, 1);
	next(&w);
	count(&w);
	expect_kills("both", &w, 2);
	expect_newest(&w,
		"KILLED p5 5 by the kernel (machine out of memory), gone when the "
		"counter rose: not watched");
	next(&w);
	w.summary.reclaim.oom_kills = 1;
	end(&w, 6);
	count(&w);
	next(&w);
	count(&w);
	expect_kills("and the next", &w, 3);
}

/* A kernel that does not count must not make a later kill go unsaid. */
static void what_is_told_and_never_counted_is_forgotten(void)
{
	static struct watched w;

	begin(&w, 10);
	w.logged = true;
	next(&w);
	tell(&w, 4);
	count(&w);
	for (int i = 0; i < 2; i++) {
		next(&w);
		count(&w);
	}
	w.summary.reclaim.oom_kills = 1;
	end(&w, 5);
	count(&w);
	next(&w);
	count(&w);
	expect_kills("said", &w, 2);
}

/* The log comes after all: one kill, in full. */
static void a_late_log_takes_the_place_of_the_guess(void)
{
	static struct watched w;

	begin(&w, 10);
	w.logged = true;
	w.summary.oom.victim = 3;
	next(&w);
	w.summary.reclaim.oom_kills = 1;
	end(&w, 4);
	count(&w);
	next(&w);
	count(&w);
	expect_int("a guess", kills_get(&w.kills, 0)->source, KILL_OF_COUNTER);
	expect_int("its score", w.kills.n_compared, 1);
	next(&w);
	tell(&w, 4);
	count(&w);
	expect_kills("one", &w, 1);
	expect_int("told", kills_get(&w.kills, 0)->source, KILL_OF_LOG);
	expect_int("the same number", (int64_t)kills_get(&w.kills, 0)->number, 1);
	expect_int("not twice in the score", w.kills.n_compared, 1);
}

/* In a container of its own all kills of the host are counted and few processes are seen. */
static void where_not_all_is_seen_nothing_is_sure(void)
{
	static struct watched w;

	begin(&w, 10);
	w.now->now.partial = PARTIAL_PID_NAMESPACE;
	next(&w);
	w.summary.reclaim.oom_kills = 1;
	end(&w, 4);
	count(&w);
	next(&w);
	count(&w);
	expect_newest(&w,
		"the OOM killer took 1 process (machine out of memory); the one that is "
		"gone may be it");
	expect_int("nobody", kills_get(&w.kills, 0)->pid, VALUE_UNKNOWN);
}

static void without_a_counter_nothing_is_told(void)
{
	static struct watched w;

	begin(&w, 10);
	w.summary.reclaim.oom_kills = 1;
	count(&w);
	next(&w);
	w.summary.reclaim.oom_kills = VALUE_UNKNOWN;
	end(&w, 4);
	count(&w);
	next(&w);
	count(&w);
	expect_kills("none", &w, 0);
	w.summary.reclaim.oom_kills = VALUE_UNKNOWN;
	next(&w);
	w.summary.reclaim.oom_kills = VALUE_UNKNOWN;
	w.views[CART].rising_oom_kill = w.views[CART].rising_oom = 1;
	end(&w, 1);
	count(&w);
	expect_newest(&w,
		"KILLED p1 1 by the kernel (cgroup cart at its limit), gone when the "
		"counter rose: not watched");
}

static void more_that_are_gone_than_there_is_room_for_are_counted(void)
{
	static struct watched w;
	const struct kill *kill;

	begin(&w, 60);
	w.summary.oom.victim = 49;
	next(&w);
	w.summary.reclaim.oom_kills = 1;
	for (int32_t pid = 5; pid < 55; pid++)
		end(&w, pid);
	count(&w);
	next(&w);
	count(&w);
	expect_newest(&w,
		"KILLED p50 50 by the kernel (machine out of memory), one of 50 that "
		"are gone: not watched");
	kill = kills_get(&w.kills, 0);
	expect_true("the rest", strstr(kill->sentences, " and 34 more"));
	begin(&w, 60);
	next(&w);
	w.summary.reclaim.oom_kills = 40;
	for (int32_t pid = 5; pid < 45; pid++)
		end(&w, pid);
	count(&w);
	expect_kills("those that are kept, and the rest", &w, GONE_MAX + 1);
	expect_int("in one", kills_get(&w.kills, 0)->n_processes, 40 - GONE_MAX);
}

extern CU_TestInfo kills_counted_tests[];
CU_TestInfo kills_counted_tests[] = {
	{ "who was foretold and is gone is named at once",
		who_was_foretold_and_is_gone_is_named_at_once },
	{ "who takes longer to go is waited for", who_takes_longer_to_go_is_waited_for },
	{ "who merely ended is not said to be killed", who_merely_ended_is_not_said_to_be_killed },
	{ "nobody gone is nobody named", nobody_gone_is_nobody_named },
	{ "a zombie is gone, and a new process is another",
		a_zombie_is_gone_and_a_new_process_is_another },
	{ "kernel threads are no victims", kernel_threads_are_no_victims },
	{ "what a log tells is not told again", what_a_log_tells_is_not_told_again },
	{ "what a log does not tell is told a sample later",
		what_a_log_does_not_tell_is_told_a_sample_later },
	{ "what is told and never counted is forgotten",
		what_is_told_and_never_counted_is_forgotten },
	{ "a late log takes the place of the guess", a_late_log_takes_the_place_of_the_guess },
	{ "where not all is seen nothing is sure", where_not_all_is_seen_nothing_is_sure },
	{ "without a counter nothing is told", without_a_counter_nothing_is_told },
	{ "more that are gone than there is room for are counted",
		more_that_are_gone_than_there_is_room_for_are_counted },
	CU_TEST_INFO_NULL,
};
