/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kills_watched.h"

/* The kernel's stamp, on the clock that the wall shows now. */
static void what_was_before_has_its_own_time(void)
{
	static struct watched w;
	const struct kill *kill;

	watch(&w);
	w.moment.clear_ms = VALUE_UNKNOWN;
	w.report.uptime_us = 1900000;
	kill = add(&w);
	expect_true("before", kill->before);
	expect_int("uptime", kill->uptime_ms, 1900);
	expect_int("wall", kill->time_ms, 1000900 - 4000);
	w.moment.suspended_ms = 300;
	w.report.uptime_us = 1910000;
	w.victim.pid = 17;
	expect_int("what was slept away", find_pid(&w, 17)->uptime_ms, 2210);
	w.report.uptime_us = VALUE_UNKNOWN;
	w.victim.pid = 18;
	expect_int("no stamp", find_pid(&w, 18)->uptime_ms, 5900);
	w.report.uptime_us = INT64_MAX;
	w.victim.pid = 19;
	expect_int("a stamp to come is now", find_pid(&w, 19)->time_ms, 1000900);
	w.moment.time_ms = VALUE_UNKNOWN;
	w.victim.pid = 20;
	expect_int("no wall clock", find_pid(&w, 20)->time_ms, VALUE_UNKNOWN);
}

/* Between the moment at which the log did not have it, and now. */
static void a_live_one_has_its_stamp_within_bounds(void)
{
	static const struct {
		int64_t stamp_us, want_ms;
	} cases[] = {
		{ 1900000, 5100 },
		{ 4799999, 5100 },
		{ 5300000, 5600 },
		{ 5600000, 5900 },
		{ 5700000, 5900 },
		{ INT64_MAX, 5900 },
		{ VALUE_UNKNOWN, 5900 },
		{ -5, 5900 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct watched w;
		const struct kill *kill;

		watch(&w);
		w.moment.suspended_ms = 300;
		w.report.uptime_us = cases[i].stamp_us;
		kill = add(&w);
		expect_int("uptime", kill->uptime_ms, cases[i].want_ms);
		expect_int("wall", kill->time_ms, 1000900 - 5900 + cases[i].want_ms);
	}
}

/* In the order of time, whatever the order in which they are told: of this boot, then others. */
static void the_list_is_in_order_of_time(void)
{
	static const struct {
		int64_t pid, uptime_ms, time_ms;
		bool earlier;
	} told[] = {
		{ 1, 5000, 1005000, false },
		{ 2, 4000, 1004000, false },
		{ 3, 9000, 900000, true },
		{ 4, 100, 950000, true },
		{ 5, 4500, 1004500, false },
		{ 6, VALUE_UNKNOWN, VALUE_UNKNOWN, true },
	};
	static const int64_t want[] = { 1, 5, 2, 4, 3, 6 };
	static struct watched w;

	watch(&w);
	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		w.moment = (struct kill_moment){
			.uptime_ms = told[i].uptime_ms,
			.time_ms = told[i].time_ms,
			.clear_ms = VALUE_UNKNOWN,
			.source = KILL_OF_JOURNAL,
			.earlier_boot = told[i].earlier,
		};
		w.victim.pid = w.victim.tgid = told[i].pid;
		w.report.uptime_us = told[i].pid * 1000000;
		add(&w);
	}
	expect_int("all", kills_count(&w.kills), ARRAY_SIZE(told));
	for (unsigned i = 0; i < ARRAY_SIZE(want); i++) {
		const struct kill *kill = kills_get(&w.kills, i);

		expect_int("order", kill->pid, want[i]);
		expect_int("found by its number", kills_find(&w.kills, kill->number), i);
	}
	expect_int("no such number", kills_find(&w.kills, 7), -1);
}

static void add_past(struct watched *w, int64_t pid, bool earlier)
{
	const struct kill_moment live = w->moment;

	w->moment = (struct kill_moment){
		.uptime_ms = 100,
		.time_ms = 100000 + pid,
		.clear_ms = VALUE_UNKNOWN,
		.source = KILL_OF_JOURNAL,
		.earlier_boot = earlier,
	};
	w->victim.pid = w->victim.tgid = pid;
	add(w);
	w->moment = live;
}

static void history_pushes_nothing_out(void)
{
	static struct watched w;
	uint64_t kept = 0;

	watch(&w);
	for (int i = 1; i <= KILLS_MAX; i++) {
		w.victim.pid = w.victim.tgid = i;
		w.report.uptime_us = 5200000 + i;
		add(&w);
	}
	for (int i = 1; i <= KILLS_MAX + 5; i++)
		add_past(&w, 1000 + i, true);
	expect_int("both", kills_count(&w.kills), KILLS_KEPT);
	for (unsigned i = 0; i < KILLS_KEPT; i++)
		kept += kills_get(&w.kills, i)->pid <= KILLS_MAX;
	expect_int("of this boot", (int64_t)kept, KILLS_MAX);
	expect_int(
		"the newest of before", kills_get(&w.kills, KILLS_MAX)->pid, 1000 + KILLS_MAX + 5);
	expect_int("the oldest", kills_get(&w.kills, KILLS_KEPT - 1)->pid, 1000 + 6);
	expect_true("no more", !kills_get(&w.kills, KILLS_KEPT));
}

/* The journal has it from the kernel's log, perhaps with more or fewer of its lines. */
static void what_both_logs_have_is_listed_once(void)
{
	static struct watched w;

	watch(&w);
	w.report.uptime_us = 3000000;
	w.victim.uptime_us = 3000500;
	w.moment.clear_ms = VALUE_UNKNOWN;
	add(&w);
	add_past(&w, 200, false);
	expect_int("the same", kills_count(&w.kills), 1);
	w.report.uptime_us = 3000100;
	add_past(&w, 200, false);
	expect_int("cut at its start", kills_count(&w.kills), 1);
	add_past(&w, 201, false);
	expect_int("another process", kills_count(&w.kills), 2);
	add_past(&w, 200, true);
	expect_int("of another boot", kills_count(&w.kills), 3);
	w.report.uptime_us = 2000000;
	w.victim.uptime_us = 2000500;
	add_past(&w, 200, false);
	expect_int("at another time", kills_count(&w.kills), 4);
}

/* A sample that began before the kernel's stamp, though the log may have had the kill by its end,
 * counts where it was right, and is not held against anybody where it was not. */
static void a_sample_that_began_before_the_stamp_counts_where_it_was_right(void)
{
	static const struct {
		int64_t stamp_us;
		int32_t victim;
		enum kill_foretold want;
	} cases[] = {
		{ 5300000, 300, KILL_FORETOLD },
		{ 5200000, 300, KILL_FORETOLD },
		{ 5199000, 300, KILL_OTHER },
		{ 5300000, 200, KILL_FORETOLD },
		{ 5300000, 100, KILL_OTHER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct watched w;
		const struct kill *kill;

		watch(&w);
		kills_foretell(&w.kills, &w.now, &w.summary);
		w.now.uptime_ms = 5200;
		w.summary.oom.victim = NODE;
		kills_foretell(&w.kills, &w.now, &w.summary);
		w.report.uptime_us = cases[i].stamp_us;
		w.victim.pid = w.victim.tgid = cases[i].victim;
		kill = add(&w);
		expect_int("foretold", kill->foretold, cases[i].want);
		if (cases[i].want == KILL_OTHER)
			expect_text("who was", kill->instead, "chrome 200");
	}
}

extern CU_TestInfo kills_time_tests[];
CU_TestInfo kills_time_tests[] = {
	{ "what was before has its own time", what_was_before_has_its_own_time },
	{ "a live one has its stamp within bounds", a_live_one_has_its_stamp_within_bounds },
	{ "the list is in order of time", the_list_is_in_order_of_time },
	{ "history pushes nothing out", history_pushes_nothing_out },
	{ "a sample that began before the stamp counts where it was right",
		a_sample_that_began_before_the_stamp_counts_where_it_was_right },
	{ "what both logs have is listed once", what_both_logs_have_is_listed_once },
	CU_TEST_INFO_NULL,
};
