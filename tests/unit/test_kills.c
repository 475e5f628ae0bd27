/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kills_watched.h"

static void a_kill_is_held_against_what_its_scope_foretold(void)
{
	static const struct {
		enum report_trigger trigger;
		enum report_constraint constraint;
		const char *memcg, *mems, *nodemask;
		int64_t pid;
		enum kill_foretold want;
		const char *words;
	} cases[] = {
		{ REPORT_TRIGGER_ALLOC, REPORT_CONSTRAINT_NONE, NULL, "0", NULL, 200, KILL_FORETOLD,
			"KILLED x 200 by the kernel (machine out of memory): foretold" },
		{ REPORT_TRIGGER_ALLOC, REPORT_CONSTRAINT_UNKNOWN, NULL, NULL, NULL, 100,
			KILL_OTHER,
			"KILLED x 100 by the kernel (machine out of memory): not foretold: "
			"chrome 200 was" },
		{ REPORT_TRIGGER_SYSRQ, REPORT_CONSTRAINT_NONE, NULL, NULL, NULL, 200,
			KILL_FORETOLD, "KILLED x 200 by the kernel (asked by sysrq-f): foretold" },
		{ REPORT_TRIGGER_MEMCG, REPORT_CONSTRAINT_MEMCG, "/shop/cart", "0", NULL, 100,
			KILL_FORETOLD,
			"KILLED x 100 by the kernel (cgroup cart at its limit): foretold" },
		{ REPORT_TRIGGER_MEMCG, REPORT_CONSTRAINT_MEMCG, "/shop/cart", "0", NULL, 200,
			KILL_OTHER,
			"KILLED x 200 by the kernel (cgroup cart at its limit): not foretold: "
			"java 100 was" },
		{ REPORT_TRIGGER_MEMCG, REPORT_CONSTRAINT_MEMCG, "/shop/new", "0", NULL, 200,
			KILL_NOT_WATCHED,
			"KILLED x 200 by the kernel (cgroup new at its limit): not watched" },
		{ REPORT_TRIGGER_MEMCG, REPORT_CONSTRAINT_UNKNOWN, NULL, NULL, NULL, 200,
			KILL_NOT_WATCHED,
			"KILLED x 200 by the kernel (cgroup ? at its limit): not watched" },
		{ REPORT_TRIGGER_ALLOC, REPORT_CONSTRAINT_CPUSET, NULL, "0-1", NULL, 300,
			KILL_FORETOLD,
			"KILLED x 300 by the kernel (nodes 0-1 short of memory): foretold" },
		{ REPORT_TRIGGER_ALLOC, REPORT_CONSTRAINT_MEMORY_POLICY, NULL, "0-3", "0-1", 300,
			KILL_FORETOLD,
			"KILLED x 300 by the kernel (nodes 0-1 short of memory): foretold" },
		{ REPORT_TRIGGER_ALLOC, REPORT_CONSTRAINT_CPUSET, NULL, NULL, "0-1", 300,
			KILL_NOT_WATCHED,
			"KILLED x 300 by the kernel (nodes ? short of memory): not watched" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct watched w;
		const struct kill *kill;

		watch(&w);
		kills_foretell(&w.kills, &w.now, &w.summary);
		w.report.trigger = cases[i].trigger;
		w.report.constraint = cases[i].constraint;
		w.report.memcg = cases[i].memcg;
		w.report.mems_allowed = cases[i].mems;
		w.report.nodemask = cases[i].nodemask;
		w.victim = (struct report_victim){
			.pid = cases[i].pid,
			.tgid = cases[i].pid,
			.comm = "x",
		};
		kill = add(&w);
		expect_int(cases[i].words, kill->foretold, cases[i].want);
		expect_words("words", kill, cases[i].words);
		expect_int("score", w.kills.n_foretold, cases[i].want == KILL_FORETOLD);
		expect_int("compared", w.kills.n_compared, cases[i].want != KILL_NOT_WATCHED);
	}
}

/* A thread, the process that the kernel chose before it took a child of it, who was uncertain. */
static void the_same_process_may_be_named_otherwise(void)
{
	static struct watched w;

	watch(&w);
	kills_foretell(&w.kills, &w.now, &w.summary);
	w.victim.pid = 207;
	expect_int("a thread", add(&w)->foretold, KILL_FORETOLD);
	w.victim.tgid = VALUE_UNKNOWN;
	expect_int("of what is not known", add(&w)->foretold, KILL_OTHER);
	w.report.chosen.pid = 200;
	expect_int("a child", add(&w)->foretold, KILL_FORETOLD);
	w.report.chosen.pid = VALUE_UNKNOWN;
	w.summary.oom.certain = false;
	w.now.uptime_ms = 5050;
	kills_foretell(&w.kills, &w.now, &w.summary);
	expect_int("uncertain", add(&w)->foretold, KILL_UNCERTAIN);
	expect_words("said so", kills_get(&w.kills, 0),
		"KILLED chrome 207 by the kernel (machine out of memory): not certain, and said "
		"so: chrome 200 was named");
}

static void the_last_sample_before_the_kill_counts(void)
{
	static const struct {
		int64_t clear_ms;
		enum kill_foretold want;
	} cases[] = {
		{ VALUE_UNKNOWN, KILL_NOT_WATCHED },
		{ 999, KILL_NOT_WATCHED },
		{ 1000, KILL_OTHER },
		{ 1999, KILL_OTHER },
		{ 2000, KILL_FORETOLD },
		{ 2999, KILL_FORETOLD },
		{ 3000, KILL_OTHER },
		{ 9000, KILL_OTHER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		static struct watched w;

		watch(&w);
		for (int64_t second = 1; second <= 3; second++) {
			w.now.uptime_ms = second * 1000;
			w.summary.oom.victim = second == 2 ? CHROME : JAVA;
			kills_foretell(&w.kills, &w.now, &w.summary);
		}
		w.moment.clear_ms = cases[i].clear_ms;
		expect_int("at that time", add(&w)->foretold, cases[i].want);
	}
}

static void what_says_nothing_of_anybody_is_left_out(void)
{
	static struct watched w;

	watch(&w);
	w.report.n_victims = 0;
	expect_true("cut off", !add(&w));
	w.report.no_victim = true;
	expect_words("nobody", add(&w),
		"OUT OF MEMORY: nobody could be killed by the kernel (machine out of memory)");
	expect_int("not compared", w.kills.n_compared, 0);
	expect_int("one", kills_count(&w.kills), 1);
}

static void so_many_are_kept(void)
{
	static struct watched w;

	watch(&w);
	expect_true("none", !kills_get(&w.kills, 0));
	for (int i = 1; i <= KILLS_MAX + 3; i++) {
		w.victim.pid = i;
		add(&w);
		expect_int("kept", kills_count(&w.kills), i < KILLS_MAX ? i : KILLS_MAX);
	}
	expect_int("newest", kills_get(&w.kills, 0)->pid, KILLS_MAX + 3);
	expect_int("oldest", kills_get(&w.kills, KILLS_MAX - 1)->pid, 4);
	expect_int("its number", (int64_t)kills_get(&w.kills, KILLS_MAX - 1)->number, 4);
	expect_true("no more", !kills_get(&w.kills, KILLS_MAX));
}

static void more_scopes_than_there_is_room_for_are_not_watched(void)
{
	static struct watched w;
	static struct memcg memcgs[FORETOLD_SCOPES + 2];
	static struct memcg_view views[FORETOLD_SCOPES + 2];
	static char paths[FORETOLD_SCOPES + 2][16];
	/* The machine, earlyoom and the nodes come first. */
	const unsigned last = FORETOLD_SCOPES - 3 - 1;

	watch(&w);
	for (unsigned i = 0; i < ARRAY_SIZE(memcgs); i++) {
		snprintf(paths[i], sizeof(paths[i]), "/%u", i);
		memcgs[i].path = paths[i];
		views[i] = (struct memcg_view){ .limited = true, .victim = CHROME };
	}
	w.now.memcgs = memcgs;
	w.now.n_memcgs = ARRAY_SIZE(memcgs);
	w.summary.memcgs = views;
	kills_foretell(&w.kills, &w.now, &w.summary);
	w.report.constraint = REPORT_CONSTRAINT_MEMCG;
	w.report.memcg = paths[last];
	expect_int("the last", add(&w)->foretold, KILL_FORETOLD);
	w.report.memcg = paths[last + 1];
	expect_int("one more", add(&w)->foretold, KILL_NOT_WATCHED);
}

static void daemons_are_compared_by_process(void)
{
	static struct watched w;
	struct killer_event event = {
		.kind = KILLER_EARLYOOM,
		.name = "earlyoom",
		.uptime_us = VALUE_UNKNOWN,
		.victim = { .pid = 300, .comm = "node" },
		.processes = VALUE_UNKNOWN,
		.rss_kib = 2048,
	};

	watch(&w);
	kills_foretell(&w.kills, &w.now, &w.summary);
	kills_add_event(&w.kills, &event, &w.moment);
	expect_words("foretold", kills_get(&w.kills, 0), "KILLED node 300 by earlyoom: foretold");
	expect_int("memory", kills_get(&w.kills, 0)->gives_back_kib, 2048);
	event = (struct killer_event){
		.kind = KILLER_OOMD,
		.name = "oomd",
		.uptime_us = VALUE_UNKNOWN,
		.victim.pid = VALUE_UNKNOWN,
		.processes = 3,
		.rss_kib = VALUE_UNKNOWN,
		.cgroup = "system.slice/a.service",
		.reason = "detectorgroup:[x\n]",
	};
	kills_add_event(&w.kills, &event, &w.moment);
	expect_words("a cgroup", kills_get(&w.kills, 0),
		"KILLED a.service and 2 more by oomd: not watched");
	expect_text("its reason", kills_get(&w.kills, 0)->sentences, "detectorgroup:[x?]");
	expect_int("score", w.kills.n_compared, 1);
}

static void hostile_names_are_made_harmless(void)
{
	static struct watched w;
	static char path[5000];
	const struct kill *kill;

	watch(&w);
	memset(path, 'a', sizeof(path) - 1);
	memcpy(path, "/\x1b[2J/", 6);
	memcpy(w.victim.comm, "\x1b]0;x\a\n\xff%n", 11);
	w.report.constraint = REPORT_CONSTRAINT_MEMCG;
	w.report.memcg = path;
	kill = add(&w);
	expect_text("victim", kill->victim, "?]0;x???%n");
	for (const char *at = kill->scope; *at; at++)
		expect_true("scope", *at >= ' ' && *at <= '~');
	expect_true("cut", strlen(kill->scope) < sizeof(kill->scope));
}

static void the_first_sentences_are_copied_whole(void)
{
	static struct watched w;
	static char longer[600];
	struct explained explained = { .gives_back_kib = 77, .n_sentences = 9, .n_words = 3 };
	const struct kill *kill;

	watch(&w);
	memset(longer, 'x', sizeof(longer) - 1);
	for (unsigned i = 0; i < 9; i++)
		explained.sentences[i] = "one";
	explained.sentences[1] = "two";
	explained.sentences[2] = longer;
	kills_add_report(&w.kills, &w.report, &explained, &w.moment);
	kill = kills_get(&w.kills, 0);
	expect_int("memory", kill->gives_back_kib, 77);
	expect_int("all three", (int64_t)strlen(kill->sentences), 4 + 4 + 600);
	explained.sentences[1] = longer;
	kills_add_report(&w.kills, &w.report, &explained, &w.moment);
	expect_int("what fits", (int64_t)strlen(kills_get(&w.kills, 0)->sentences), 4 + 600);
	explained.sentences[1] = explained.sentences[2] = "two";
	explained.n_words = 9;
	kills_add_report(&w.kills, &w.report, &explained, &w.moment);
	expect_int(
		"six", (int64_t)strlen(kills_get(&w.kills, 0)->sentences), 4 * KILL_SENTENCES_MAX);
}

static void the_score_is_said_when_there_is_one(void)
{
	static struct watched w;
	char buf[32];
	struct text text;

	watch(&w);
	text_init(&text, buf, sizeof(buf));
	kills_score(&w.kills, &text);
	expect_text("none", buf, "");
	kills_foretell(&w.kills, &w.now, &w.summary);
	add(&w);
	w.victim.pid = w.victim.tgid = 1;
	add(&w);
	kills_score(&w.kills, &text);
	expect_text("one of two", buf, "foretold 1 of 2");
}

extern CU_TestInfo kills_tests[];
CU_TestInfo kills_tests[] = {
	{ "a kill is held against what its scope foretold",
		a_kill_is_held_against_what_its_scope_foretold },
	{ "the same process may be named otherwise", the_same_process_may_be_named_otherwise },
	{ "the last sample before the kill counts", the_last_sample_before_the_kill_counts },
	{ "what says nothing of anybody is left out", what_says_nothing_of_anybody_is_left_out },
	{ "so many are kept", so_many_are_kept },
	{ "more scopes than there is room for are not watched",
		more_scopes_than_there_is_room_for_are_not_watched },
	{ "daemons are compared by process", daemons_are_compared_by_process },
	{ "hostile names are made harmless", hostile_names_are_made_harmless },
	{ "the first sentences are copied whole", the_first_sentences_are_copied_whole },
	{ "the score is said when there is one", the_score_is_said_when_there_is_one },
	CU_TEST_INFO_NULL,
};
