/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <string.h>

#include "analysis/verify.h"
#include "crowd.h"
#include "unit.h"

#define BEGUN_MS 100000000

/* "java" 10, "chrome" 20 and "sh" 30, in that order of rank, and what is watched of them. */
struct watch {
	struct crowd crowd;
	struct plan plan;
	struct verify verify;
	char words[240];
};

static void watch_begin(struct watch *w, enum plan_kind kind, int signal, int64_t kills)
{
	memset(w, 0, sizeof(*w));
	crowd_init(&w->crowd, "6.1");
	crowd_add(&w->crowd, 10, "java", 2 * CROWD_GIB, 0);
	crowd_add(&w->crowd, 20, "chrome", CROWD_GIB, 0);
	crowd_add(&w->crowd, 30, "sh", 5, 0);
	w->crowd.now.vmstat.oom_kill = kills;
	crowd_judge(&w->crowd);
	w->plan = (struct plan){ .kind = kind, .signal = signal };
	plan_target(&w->crowd.now, 0, &w->plan.target);
	verify_begin(&w->verify, &w->plan, &w->crowd.now, &w->crowd.oom);
}

static void bury(struct watch *w, int32_t pid)
{
	for (uint32_t i = 0; i < w->crowd.now.n_tasks; i++) {
		if (w->crowd.tasks[i].pid != pid)
			continue;
		memmove(&w->crowd.tasks[i], &w->crowd.tasks[i + 1],
			(w->crowd.now.n_tasks - i - 1) * sizeof(w->crowd.tasks[0]));
		w->crowd.now.n_tasks--;
		return;
	}
}

static enum verify_result look_after(struct watch *w, int64_t ms)
{
	enum verify_result result;
	struct text words;

	text_init(&words, w->words, sizeof(w->words));
	w->crowd.now.uptime_ms = BEGUN_MS + ms;
	result = verify_sample(&w->verify, &w->crowd.now, &words);
	expect_int("words at the end", w->words[0] != '\0', result != VERIFY_WAITING);
	if (result != VERIFY_WAITING)
		expect_int("ended", w->verify.kind, PLAN_NONE);
	return result;
}

static void a_foretold_kill_is_confirmed(void)
{
	struct watch w;

	watch_begin(&w, PLAN_SYSRQ, 0, 7);
	expect_true("certain", w.verify.certain);
	expect_int("candidates", w.verify.n_candidates, 3);
	expect_int("the first", w.verify.candidates[0].pid, 10);
	expect_int("nothing yet", look_after(&w, 1000), VERIFY_WAITING);
	w.crowd.now.vmstat.oom_kill = 8;
	bury(&w, 10);
	expect_int("killed", look_after(&w, 2000), VERIFY_AS_FORETOLD);
	expect_text("words", w.words, "the kernel killed java 10, as foretold");
	expect_int("no more", look_after(&w, 3000), VERIFY_WAITING);
	crowd_free(&w.crowd);
}

static void a_zombie_is_gone(void)
{
	static const struct {
		const char *label;
		char state;
		int64_t vsize;
		uint32_t has;
		bool gone;
	} cases[] = {
		{ "zombie", 'Z', 0, TASK_HAS_STAT, true },
		{ "zombie of status alone", 'Z', VALUE_UNKNOWN, TASK_HAS_STATUS, true },
		{ "dead leader with threads", 'Z', 500, TASK_HAS_STAT, false },
		{ "memory is gone already", 'D', 0, TASK_HAS_STAT, true },
		{ "alive, not all read", 'R', VALUE_UNKNOWN, TASK_HAS_STATUS, false },
		{ "nothing read", '?', 0, 0, false },
		{ "another with its pid", 'R', 500, TASK_HAS_STAT, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct watch w;

		watch_begin(&w, PLAN_SIGNAL, SIGKILL, 0);
		w.crowd.tasks[0].state = cases[i].state;
		w.crowd.tasks[0].vsize_pages = cases[i].vsize;
		w.crowd.tasks[0].has = cases[i].has;
		expect_int(cases[i].label, look_after(&w, 1000),
			cases[i].gone ? VERIFY_AS_FORETOLD : VERIFY_WAITING);
		w.crowd.tasks[0].start_ticks++;
		expect_int("another with its pid", look_after(&w, 2000),
			cases[i].gone ? VERIFY_WAITING : VERIFY_AS_FORETOLD);
		crowd_free(&w.crowd);
	}
}

static void another_victim_is_named(void)
{
	struct watch w;

	watch_begin(&w, PLAN_SYSRQ, 0, 7);
	w.crowd.now.vmstat.oom_kill = 8;
	bury(&w, 20);
	expect_int("killed", look_after(&w, 1000), VERIFY_OTHER);
	expect_text("words", w.words,
		"foretold java 10, but the kernel took chrome 20, although that was called "
		"certain");
	crowd_free(&w.crowd);

	watch_begin(&w, PLAN_SYSRQ, 0, 7);
	w.verify.certain = false;
	w.crowd.now.vmstat.oom_kill = 8;
	expect_int("a kill, and nobody is gone", look_after(&w, 1000), VERIFY_WAITING);
	expect_int("3 s are not over", look_after(&w, 3999), VERIFY_WAITING);
	expect_int("3 s later", look_after(&w, 4000), VERIFY_OTHER);
	expect_text("words", w.words, "foretold java 10, but the kernel took another one");
	crowd_free(&w.crowd);
}

static void the_target_gets_its_time_to_go(void)
{
	struct watch w;

	/* Exiting: others may be gone already for its sake. */
	watch_begin(&w, PLAN_SYSRQ, 0, 7);
	w.crowd.now.vmstat.oom_kill = 8;
	bury(&w, 30);
	w.crowd.tasks[0].flags = TASK_FLAG_EXITING;
	expect_int("waits", look_after(&w, 1000), VERIFY_WAITING);
	expect_int("beyond the grace", look_after(&w, 14999), VERIFY_WAITING);
	bury(&w, 10);
	expect_int("gone", look_after(&w, 14999), VERIFY_AS_FORETOLD);
	crowd_free(&w.crowd);

	watch_begin(&w, PLAN_SYSRQ, 0, 7);
	w.crowd.now.vmstat.oom_kill = 8;
	w.crowd.tasks[0].flags = TASK_FLAG_EXITING;
	expect_int("but not for ever", look_after(&w, 15000), VERIFY_OTHER);
	crowd_free(&w.crowd);

	/* A group: several were killed, one of them is gone first. */
	watch_begin(&w, PLAN_SYSRQ, 0, 7);
	w.crowd.now.vmstat.oom_kill = 9;
	bury(&w, 20);
	expect_int("waits", look_after(&w, 1000), VERIFY_WAITING);
	bury(&w, 10);
	expect_int("gone", look_after(&w, 2000), VERIFY_AS_FORETOLD);
	crowd_free(&w.crowd);
}

static void without_a_count_the_process_tells(void)
{
	struct watch w;

	watch_begin(&w, PLAN_SYSRQ, 0, VALUE_UNKNOWN);
	bury(&w, 10);
	expect_int("gone", look_after(&w, 1000), VERIFY_AS_FORETOLD);
	expect_text("words", w.words, "java 10 is gone, as foretold (this kernel counts no kills)");
	crowd_free(&w.crowd);

	watch_begin(&w, PLAN_SYSRQ, 0, VALUE_UNKNOWN);
	w.verify.certain = false;
	bury(&w, 20);
	expect_int("another", look_after(&w, 1000), VERIFY_WAITING);
	expect_int("3 s are not over", look_after(&w, 3999), VERIFY_WAITING);
	expect_int("3 s later", look_after(&w, 4000), VERIFY_OTHER);
	expect_text("words", w.words,
		"foretold java 10, but chrome 20 is gone (this kernel counts no kills)");
	crowd_free(&w.crowd);
}

static void no_kill_within_the_limit(void)
{
	static const int64_t counts[] = { 7, VALUE_UNKNOWN };

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		struct watch w;

		watch_begin(&w, PLAN_SYSRQ, 0, counts[i]);
		expect_int("in time", look_after(&w, 14999), VERIFY_WAITING);
		expect_int("over", look_after(&w, 15000), VERIFY_NOTHING);
		expect_text("words", w.words, "no kill within 15 s: java 10 still lives");
		crowd_free(&w.crowd);
	}
}

static void an_end_that_is_not_counted_is_no_kill(void)
{
	struct watch w;

	watch_begin(&w, PLAN_SYSRQ, 0, 7);
	bury(&w, 10);
	expect_int("the count may be late", look_after(&w, 1000), VERIFY_WAITING);
	expect_int("still", look_after(&w, 3999), VERIFY_WAITING);
	expect_int("no", look_after(&w, 4000), VERIFY_NOTHING);
	expect_text("words", w.words, "java 10 is gone, but the kernel counted no kill");
	crowd_free(&w.crowd);

	watch_begin(&w, PLAN_SYSRQ, 0, 7);
	bury(&w, 10);
	expect_int("the count may be late", look_after(&w, 1000), VERIFY_WAITING);
	w.crowd.now.vmstat.oom_kill = 8;
	expect_int("it was", look_after(&w, 2000), VERIFY_AS_FORETOLD);
	crowd_free(&w.crowd);

	/* Nor does one who ended before make the count late. */
	watch_begin(&w, PLAN_SYSRQ, 0, 7);
	bury(&w, 20);
	expect_int("another ended", look_after(&w, 1000), VERIFY_WAITING);
	bury(&w, 10);
	expect_int("the count may be late", look_after(&w, 5000), VERIFY_WAITING);
	expect_int("no", look_after(&w, 8000), VERIFY_NOTHING);
	crowd_free(&w.crowd);

	/* Somebody who ends by himself is no sign, neither is a count that falls or is lost. */
	watch_begin(&w, PLAN_SYSRQ, 0, 7);
	bury(&w, 20);
	expect_int("another ended", look_after(&w, 1000), VERIFY_WAITING);
	w.crowd.now.vmstat.oom_kill = 6;
	expect_int("less", look_after(&w, 5000), VERIFY_WAITING);
	w.crowd.now.vmstat.oom_kill = VALUE_UNKNOWN;
	expect_int("lost", look_after(&w, 14000), VERIFY_WAITING);
	expect_int("nothing", look_after(&w, 15000), VERIFY_NOTHING);
	crowd_free(&w.crowd);
}

static void an_empty_sample_tells_nothing(void)
{
	struct watch w;

	watch_begin(&w, PLAN_SYSRQ, 0, VALUE_UNKNOWN);
	w.crowd.now.n_tasks = 0;
	expect_int("empty", look_after(&w, 1000), VERIFY_WAITING);
	w.crowd.now.n_tasks = 3;
	expect_int("all back", look_after(&w, 2000), VERIFY_WAITING);
	w.crowd.now.uptime_ms = VALUE_UNKNOWN;
	w.words[0] = '\0';
	{
		struct text words;

		text_init(&words, w.words, sizeof(w.words));
		expect_int(
			"no clock", verify_sample(&w.verify, &w.crowd.now, &words), VERIFY_NOTHING);
	}
	crowd_free(&w.crowd);
}

static void a_signal_is_watched_until_the_end(void)
{
	static const struct {
		int signal;
		char state;
		const char *want;
	} cases[] = {
		{ SIGTERM, 'S', "java 10 still runs 15 s after TERM: F9 has KILL" },
		{ SIGINT, 'D', "java 10 still runs 15 s after INT: F9 has KILL" },
		{ SIGKILL, 'D',
			"java 10 is still there 15 s after KILL: it waits in the kernel "
			"(state D)" },
		{ SIGKILL, 'R', "java 10 is still there 15 s after KILL" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct watch w;

		watch_begin(&w, PLAN_SIGNAL, cases[i].signal, 7);
		w.crowd.tasks[0].state = cases[i].state;
		w.crowd.now.vmstat.oom_kill = 9;
		bury(&w, 20);
		expect_int("in time", look_after(&w, 14999), VERIFY_WAITING);
		expect_int("over", look_after(&w, 15000), VERIFY_NOTHING);
		expect_text("words", w.words, cases[i].want);
		crowd_free(&w.crowd);

		watch_begin(&w, PLAN_SIGNAL, cases[i].signal, 7);
		bury(&w, 10);
		expect_int("gone", look_after(&w, 1000), VERIFY_AS_FORETOLD);
		expect_text("words", w.words, "java 10 has ended");
		crowd_free(&w.crowd);
	}
}

static void what_ends_nobody_is_not_watched(void)
{
	static const struct {
		enum plan_kind kind;
		int signal;
	} cases[] = {
		{ PLAN_NONE, 0 },
		{ PLAN_ADJ, 0 },
		{ PLAN_SIGNAL, 0 },
		{ PLAN_SIGNAL, SIGSTOP },
		{ PLAN_SIGNAL, SIGCONT },
		{ PLAN_SIGNAL, SIGUSR1 },
		{ PLAN_SIGNAL, SIGHUP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct watch w;

		watch_begin(&w, cases[i].kind, cases[i].signal, 7);
		expect_int("nothing", w.verify.kind, PLAN_NONE);
		expect_int("nothing", look_after(&w, 20000), VERIFY_WAITING);
		crowd_free(&w.crowd);

		watch_begin(&w, PLAN_SYSRQ, 0, 7);
		w.plan.kind = cases[i].kind;
		w.plan.signal = cases[i].signal;
		verify_begin(&w.verify, &w.plan, &w.crowd.now, &w.crowd.oom);
		expect_int("goes on", w.verify.kind, PLAN_SYSRQ);
		crowd_free(&w.crowd);
	}
}

static void certain_is_what_was_called_so(void)
{
	struct watch w;

	watch_begin(&w, PLAN_SYSRQ, 0, 7);
	w.crowd.oom.certain = false;
	verify_begin(&w.verify, &w.plan, &w.crowd.now, &w.crowd.oom);
	expect_true("not certain", !w.verify.certain);
	w.crowd.oom.certain = true;
	w.crowd.oom.victim = 1;
	verify_begin(&w.verify, &w.plan, &w.crowd.now, &w.crowd.oom);
	expect_true("of another", !w.verify.certain);
	plan_target(&w.crowd.now, 1, &w.plan.target);
	verify_begin(&w.verify, &w.plan, &w.crowd.now, &w.crowd.oom);
	expect_true("of this one", w.verify.certain);
	expect_int("it is the first", w.verify.candidates[0].pid, 20);
	expect_int("and named once", w.verify.n_candidates, 3);
	w.crowd.oom.victim = NO_TASK;
	w.plan.target = (struct target){ .pid = 0 };
	verify_begin(&w.verify, &w.plan, &w.crowd.now, &w.crowd.oom);
	expect_true("of nobody", !w.verify.certain);
	expect_int("all candidates", w.verify.n_candidates, 3);
	w.crowd.now.vmstat.oom_kill = 8;
	bury(&w, 20);
	expect_int("killed", look_after(&w, 1000), VERIFY_OTHER);
	expect_text("words", w.words, "foretold nobody, but the kernel took chrome 20");
	crowd_free(&w.crowd);
}

static void candidates_are_the_first_of_many(void)
{
	struct watch w;

	memset(&w, 0, sizeof(w));
	crowd_init(&w.crowd, "6.1");
	for (int32_t i = 0; i < CROWD_MAX; i++)
		crowd_add(&w.crowd, 10 + i, "x", 1000 + i, 0);
	crowd_judge(&w.crowd);
	w.plan.kind = PLAN_SYSRQ;
	plan_target(&w.crowd.now, 0, &w.plan.target);
	verify_begin(&w.verify, &w.plan, &w.crowd.now, &w.crowd.oom);
	expect_int("no more than there is room", w.verify.n_candidates, VERIFY_CANDIDATES);
	expect_int("the target first", w.verify.candidates[0].pid, 10);
	expect_int("then by rank", w.verify.candidates[1].pid, 10 + CROWD_MAX - 1);
	for (unsigned i = 1; i < w.verify.n_candidates; i++)
		expect_true("once", w.verify.candidates[i].pid != 10);
	w.plan.target.start_ticks++;
	verify_begin(&w.verify, &w.plan, &w.crowd.now, &w.crowd.oom);
	expect_int("one more than there is room", w.verify.n_candidates, VERIFY_CANDIDATES);
	crowd_free(&w.crowd);
}

extern CU_TestInfo verify_tests[];
CU_TestInfo verify_tests[] = {
	{ "a foretold kill is confirmed", a_foretold_kill_is_confirmed },
	{ "a zombie is gone", a_zombie_is_gone },
	{ "another victim is named", another_victim_is_named },
	{ "the target gets its time to go", the_target_gets_its_time_to_go },
	{ "without a count the process tells", without_a_count_the_process_tells },
	{ "no kill within the limit", no_kill_within_the_limit },
	{ "an end that is not counted is no kill", an_end_that_is_not_counted_is_no_kill },
	{ "an empty sample tells nothing", an_empty_sample_tells_nothing },
	{ "a signal is watched until the end", a_signal_is_watched_until_the_end },
	{ "what ends nobody is not watched", what_ends_nobody_is_not_watched },
	{ "certain is what was called so", certain_is_what_was_called_so },
	{ "candidates are the first of many", candidates_are_the_first_of_many },
	CU_TEST_INFO_NULL,
};
