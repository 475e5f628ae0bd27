/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "analysis/plan.h"
#include "analysis/plan_parts.h"
#include "planned.h"
#include "unit.h"

static void a_step_goes_to_the_next_hundred(void)
{
	static const struct {
		int32_t adj, down, up;
	} cases[] = {
		{ 0, -100, 100 },
		{ 1, 0, 100 },
		{ -1, -100, 0 },
		{ 99, 0, 100 },
		{ 100, 0, 200 },
		{ -100, -200, 0 },
		{ -150, -200, -100 },
		{ 150, 100, 200 },
		{ -999, -1000, -900 },
		{ -1000, -1000, -900 },
		{ 999, 900, 1000 },
		{ 1000, 900, 1000 },
		{ INT32_MAX, 900, 1000 },
		{ INT32_MIN, -1000, -900 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		expect_int("down", plan_step(cases[i].adj, -1), cases[i].down);
		expect_int("up", plan_step(cases[i].adj, 1), cases[i].up);
	}
}

static void the_menu_begins_with_term_and_kill(void)
{
	unsigned count;
	const struct plan_signal *signals = plan_signals(&count);

	expect_true("some", count > 2);
	expect_text("first", signals[0].name, "TERM");
	expect_int("first", signals[0].number, SIGTERM);
	expect_text("second", signals[1].name, "KILL");
	expect_int("second", signals[1].number, SIGKILL);
	for (unsigned i = 0; i < count; i++) {
		expect_true("help", strlen(signals[i].help) > 5 && strlen(signals[i].help) < 70);
		for (unsigned j = 0; j < i; j++) {
			expect_true("once", signals[i].number != signals[j].number);
			expect_true("once", strcmp(signals[i].name, signals[j].name));
		}
	}
}

static void a_signal_is_known_to_end_or_not(void)
{
	static const struct {
		int signal;
		enum signal_effect want;
		const char *name;
	} cases[] = {
		{ SIGTERM, SIGNAL_ENDS, "TERM" },
		{ SIGKILL, SIGNAL_ENDS, "KILL" },
		{ SIGINT, SIGNAL_ENDS, "INT" },
		{ SIGABRT, SIGNAL_ENDS, "ABRT" },
		{ SIGHUP, SIGNAL_MAY_END, "HUP" },
		{ SIGQUIT, SIGNAL_MAY_END, "QUIT" },
		{ SIGUSR1, SIGNAL_MAY_END, "USR1" },
		{ SIGSEGV, SIGNAL_MAY_END, "SEGV" },
		{ SIGSTOP, SIGNAL_STAYS, "STOP" },
		{ SIGCONT, SIGNAL_STAYS, "CONT" },
		{ 99, SIGNAL_MAY_END, "signal 99" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[32];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		plan_signal_name(cases[i].signal, &text);
		expect_text("name", buf, cases[i].name);
		expect_int(cases[i].name, plan_signal_effect(cases[i].signal), cases[i].want);
	}
}

static void a_target_is_found_by_pid_and_start(void)
{
	struct crowd crowd;
	struct target target;

	crowd_init(&crowd, "6.1");
	crowd_add(&crowd, 10, "one", 5, 0);
	crowd_add(&crowd, 20, "two", 5, 0);
	plan_target(&crowd.now, 1, &target);
	expect_int("pid", target.pid, 20);
	expect_text("name", target.name, "two");
	expect_int("found", plan_find(&crowd.now, &target), 1);
	target.start_ticks++;
	expect_int("another with its pid", plan_find(&crowd.now, &target), NO_TASK);
	target.start_ticks--;
	target.pid = 21;
	expect_int("no such pid", plan_find(&crowd.now, &target), NO_TASK);
	target = (struct target){ .pid = 0 };
	expect_int("none", plan_find(&crowd.now, &target), NO_TASK);
	crowd.now.n_tasks = 0;
	target.pid = 20;
	expect_int("empty list", plan_find(&crowd.now, &target), NO_TASK);
	crowd_free(&crowd);
}

static void what_is_typed_is_printable(void)
{
	static const struct {
		const char *comm;
		const char *shown, *typed;
	} cases[] = {
		{ "java", "java 7", "java 7" },
		{ "", "process 7", "7" },
		{ "Web Content", "Web Content 7", "Web Content 7" },
		{ "  a  b ", "  a  b  7", "a  b 7" },
		{ "   ", "    7", "7" },
		{ "a\033[2Jb", "a?[2Jb 7", "a?[2Jb 7" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f 7", "gr?? 7" },
		{ "\xff\xfe", "?? 7", "?? 7" },
		{ "a\nb\x7f", "a?b? 7", "a?b? 7" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct crowd crowd;
		struct target target;
		char buf[96];
		struct text text;

		crowd_init(&crowd, "6.1");
		crowd_add(&crowd, 7, cases[i].comm, 5, 0);
		plan_target(&crowd.now, 0, &target);
		text_init(&text, buf, sizeof(buf));
		plan_name(&target, &text);
		expect_text("shown", buf, cases[i].shown);
		text_init(&text, buf, sizeof(buf));
		plan_confirm(&target, &text);
		expect_text("typed", buf, cases[i].typed);
		crowd_free(&crowd);
	}
}

static void the_longest_name_fits(void)
{
	struct target target = { .pid = INT32_MAX };
	char buf[96];
	struct text text;

	memset(target.name, '\033', sizeof(target.name));
	text_init(&text, buf, sizeof(buf));
	plan_confirm(&target, &text);
	expect_true("printable", buf[0] == '?' && buf[63] == '?' && buf[64] == ' ');
	expect_int("without an end", (int64_t)text.len, 64 + 1 + 10);
	expect_true("whole", !text.cut);
}

static void ranks_read_as_people_say_them(void)
{
	static const struct {
		uint32_t rank;
		const char *want;
	} cases[] = {
		{ 0, "never" },
		{ 1, "1st" },
		{ 2, "2nd" },
		{ 3, "3rd" },
		{ 4, "4th" },
		{ 10, "10th" },
		{ 11, "11th" },
		{ 12, "12th" },
		{ 13, "13th" },
		{ 21, "21st" },
		{ 101, "101st" },
		{ 111, "111th" },
		{ 113, "113th" },
		{ UINT32_MAX, "4294967295th" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[32];
		struct text text;

		text_init(&text, buf, sizeof(buf));
		plan_rank(cases[i].rank, &text);
		expect_text("rank", buf, cases[i].want);
	}
}

static void nothing_is_changed_read_only_or_in_a_recording(void)
{
	static const enum plan_kind kinds[] = { PLAN_ADJ, PLAN_SIGNAL, PLAN_SYSRQ };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct planned p;

		planned_init(&p, "6.1");
		crowd_add(&p.crowd, 10, "big", 2 * CROWD_GIB, 0);
		crowd_add(&p.crowd, 20, "next", CROWD_GIB, 0);
		planned_target(&p, kinds[i], 10);
		planned_explain(&p);
		expect_text("may be tried", p.page.refused, "");
		p.crowd.now.source = SOURCE_ROOT;
		planned_explain(&p);
		expect_text("recording", p.page.refused,
			"refused: a recording is shown, nothing can be changed");
		expect_true("still explained", p.page.n_lines > 2);
		expect_true("and in half a line", p.page.brief[0] != '\0');
		p.setting.read_only = true;
		planned_explain(&p);
		expect_text("read only", p.page.refused, "refused: --read-only");
		expect_true("still explained", p.page.n_lines > 2);
		planned_free(&p);
	}
}

static void who_has_gone_is_left_alone(void)
{
	static const enum plan_kind kinds[] = { PLAN_ADJ, PLAN_SIGNAL };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct planned p;

		planned_init(&p, "6.1");
		crowd_add(&p.crowd, 10, "big", 2 * CROWD_GIB, 0);
		planned_target(&p, kinds[i], 10);
		p.crowd.tasks[0].start_ticks++;
		planned_explain(&p);
		expect_text("another with its pid", p.page.refused, "refused: big 10 has ended");
		p.crowd.now.n_tasks = 0;
		planned_explain(&p);
		expect_text("nobody at all", p.page.refused, "refused: big 10 has ended");
		expect_true("what", strstr(p.page.what, "big 10") != NULL);
		planned_free(&p);
	}
}

static void no_plan_has_no_words(void)
{
	struct planned p;

	planned_init(&p, "6.1");
	p.setting.read_only = true;
	planned_explain(&p);
	expect_text("what", p.page.what, "");
	expect_text("refused", p.page.refused, "");
	expect_int("lines", p.page.n_lines, 0);
	planned_free(&p);
}

static void lines_beyond_the_page_are_dropped(void)
{
	struct plan_draft draft = { .task = NO_TASK };

	for (unsigned i = 0; i < PLAN_LINES_MAX + 2; i++) {
		struct text text = plan_line(&draft, "x", false);

		text_fmt(&text, "%u", i);
	}
	expect_int("lines", draft.page.n_lines, PLAN_LINES_MAX);
	expect_text("last", draft.page.lines[PLAN_LINES_MAX - 1].text, "15");
}

extern CU_TestInfo plan_tests[];
CU_TestInfo plan_tests[] = {
	{ "a step goes to the next hundred", a_step_goes_to_the_next_hundred },
	{ "the menu begins with TERM and KILL", the_menu_begins_with_term_and_kill },
	{ "a signal is known to end or not", a_signal_is_known_to_end_or_not },
	{ "a target is found by pid and start", a_target_is_found_by_pid_and_start },
	{ "what is typed is printable", what_is_typed_is_printable },
	{ "the longest name fits", the_longest_name_fits },
	{ "ranks read as people say them", ranks_read_as_people_say_them },
	{ "nothing is changed read-only or in a recording",
		nothing_is_changed_read_only_or_in_a_recording },
	{ "who has gone is left alone", who_has_gone_is_left_alone },
	{ "no plan has no words", no_plan_has_no_words },
	{ "lines beyond the page are dropped", lines_beyond_the_page_are_dropped },
	CU_TEST_INFO_NULL,
};
