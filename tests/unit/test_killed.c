/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "scene.h"
#include "ui/killed.h"
#include "unit.h"

static struct kills kills;

/* A screen that reads the kernel's log. */
static struct scene *start(void)
{
	struct scene *scene = scene_new();

	memset(&kills, 0, sizeof(kills));
	scene->view.killed = &kills;
	scene->now.facts[FACT_KMSG] = FACT_PRESENT;
	return scene;
}

/* The log tells: a kill of the machine, just now or before oomwatch ran. */
static void tell(struct scene *scene, const char *comm, int64_t pid, bool before)
{
	struct report_victim victim = { .pid = pid, .tgid = pid };
	const struct oom_report report = {
		.trigger = REPORT_TRIGGER_ALLOC,
		.constraint = REPORT_CONSTRAINT_NONE,
		.chosen.pid = VALUE_UNKNOWN,
		.uptime_us = 60 * 1000000,
		.victims = &victim,
		.n_victims = 1,
		.n_kill_lines = 1,
	};
	const struct explained explained = {
		.gives_back_kib = 2048,
		.sentences = { "The first sentence.", "The second one." },
		.n_words = 2,
		.n_sentences = 2,
	};
	const struct kill_moment moment = {
		.uptime_ms = scene->now.uptime_ms,
		.time_ms = scene->now.time_ms,
		.clear_ms = before ? VALUE_UNKNOWN : scene->now.uptime_ms,
	};

	memcpy(victim.comm, comm, strlen(comm) + 1);
	kills_add_report(&kills, &report, &explained, &moment);
}

/* The next sample, as the app has it: counted, then shown. */
static void sample(struct scene *scene, bool logged)
{
	static struct task tasks[SCENE_TASKS_MAX];
	struct snapshot before = scene->before;

	memcpy(tasks, scene->tasks_before, sizeof(tasks));
	before.tasks = tasks;
	scene_tick(scene);
	kills_counted(&kills, &before, &scene->now, &scene->summary, logged);
	expect_int("shown", view_update(&scene->view), 0);
}

static unsigned log_lines_with(const struct scene *scene, const char *needle)
{
	const struct log_line *line;
	unsigned n = 0;

	for (unsigned i = 0; (line = ui_log_line(&scene->state.log, i)); i++)
		n += strstr(line->text, needle) != NULL;
	return n;
}

static void a_kill_that_is_told_is_said_at_once_and_once(void)
{
	struct scene *scene = start();

	kills_foretell(&kills, &scene->now, &scene->summary);
	tell(scene, "chrome", 4102, false);
	expect_int("without a sample", view_update(&scene->view), 0);
	expect_text("said", scene->state.message,
		"KILLED chrome 4102 by the kernel (machine out of memory): foretold");
	expect_int("counted", scene->view.kills, 1);
	scene->now.vmstat.oom_kill++;
	for (int i = 0; i < 4; i++)
		sample(scene, true);
	expect_int("not again", scene->view.kills, 1);
	expect_int("one line", log_lines_with(scene, "KILLED"), 1);
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "last kill: chrome 19:41");
	scene_free(scene);
}

static void a_kill_that_is_counted_first_waits_for_its_name(void)
{
	struct scene *scene = start();

	scene->now.vmstat.oom_kill++;
	sample(scene, true);
	expect_text("nothing yet", scene->state.message, "");
	tell(scene, "chrome", 4102, false);
	for (int i = 0; i < 3; i++)
		sample(scene, true);
	expect_int("one line", log_lines_with(scene, "KILLED"), 1);
	expect_int("and no other", log_lines_with(scene, "OOM killer took"), 0);
	expect_int("counted once", scene->view.kills, 1);
	scene_free(scene);
}

static void what_the_log_does_not_tell_is_said_without_a_name(void)
{
	struct scene *scene = start();

	tell(scene, "chrome", 4102, false);
	scene->now.vmstat.oom_kill += 3;
	sample(scene, true);
	expect_int("the named one", scene->view.kills, 1);
	sample(scene, true);
	expect_text("the others", scene->state.message,
		"the OOM killer took 2 processes; nobody that oomwatch saw is gone");
	expect_int("all", scene->view.kills, 3);
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "3 killed, last 19:41:09");
	scene_key(scene, "4");
	scene_draw(scene, 120, 40);
	scene_expect_shown(scene, "kernel count ?");
	scene_expect_shown(scene, "2, unknown");
	scene_free(scene);
}

static void without_the_log_who_is_gone_is_named(void)
{
	struct scene *scene = start();

	scene->now.facts[FACT_KMSG] = FACT_FORBIDDEN;
	kills_foretell(&kills, &scene->now, &scene->summary);
	scene->now.vmstat.oom_kill++;
	scene_end_task(scene, SCENE_CHROME);
	sample(scene, false);
	expect_text("said", scene->state.message,
		"KILLED chrome 4102 by the kernel, gone when the counter rose: not watched");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "last kill: chrome 19:41");
	scene_key(scene, "4");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "no permission: it needs CAP_SYSLOG");
	scene_expect_shown(scene, "kernel count");
	scene_key(scene, "e");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "source      told by the kernel's counter of kills alone");
	scene_expect_shown(scene, "Gone since is: chrome 4102.");
	scene_free(scene);
}

static void where_nothing_can_tell_that_is_said(void)
{
	struct scene *scene = start();

	scene->now.facts[FACT_KMSG] = FACT_FORBIDDEN;
	scene_key(scene, "4");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "the kernel counts 0 since boot");
	scene->now.vmstat.oom_kill = VALUE_UNKNOWN;
	scene_draw(scene, 120, 24);
	scene_expect_shown(scene, "does not count kills, and no log can be read: none can be told");
	kills.journal = true;
	scene_draw(scene, 120, 24);
	scene_expect_shown(scene, "the journal is read in its place");
	expect_int("it can", scene_find(scene, "none can be told"), -1);
	kills.journal = false;
	kills.tracepoint = true;
	scene_draw(scene, 120, 24);
	scene_expect_shown(scene, "the tracepoint tells whom, nothing why");
	scene->now.facts[FACT_KMSG] = FACT_UNREAD;
	scene->now.source = SOURCE_ROOT;
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "its kernel log was not recorded");
	scene_key(scene, "e");
	expect_int("nothing to explain", scene->state.overlay, OVERLAY_NONE);
	scene_free(scene);
}

/* From the journal: listed below, with their dates, and not said. */
static void kills_of_earlier_boots_have_their_date(void)
{
	static const struct {
		int64_t ago_h;
		const char *when;
	} cases[] = {
		{ 1, "  18:41:07 " },
		{ 23, "  20:41:07 " },
		{ 24, "  20 Nov   " },
		{ 24 * 20, "  1 Nov    " },
		{ 24 * 299, "  26 Jan   " },
		{ 24 * 300, "  Jan 2026 " },
		{ 24 * 400, "  Oct 2025 " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scene *scene = start();
		const struct report_victim victim = { .pid = 9, .tgid = 9, .comm = "old" };
		const struct oom_report report = {
			.chosen.pid = VALUE_UNKNOWN,
			.uptime_us = VALUE_UNKNOWN,
			.victims = &victim,
			.n_victims = 1,
			.n_kill_lines = 1,
		};
		struct kill_moment moment = {
			.uptime_ms = VALUE_UNKNOWN,
			.clear_ms = VALUE_UNKNOWN,
			.source = KILL_OF_JOURNAL,
			.earlier_boot = true,
		};

		/* 2026-11-21 19:41:07 */
		scene->now.time_ms = INT64_C(1795290067000);
		moment.time_ms = scene->now.time_ms - cases[i].ago_h * 3600000;
		kills_add_report(&kills, &report, NULL, &moment);
		expect_int("shown", view_update(&scene->view), 0);
		expect_text("quiet", scene->state.message, "");
		scene_draw(scene, 80, 24);
		expect_int("not the last kill", scene_find(scene, "last kill"), -1);
		scene_key(scene, "4");
		scene_draw(scene, 80, 24);
		scene_expect_shown(scene, "Kills, newest first; 1 of earlier boots");
		scene_expect_shown(scene, "earlier boot");
		scene_expect_shown(scene, cases[i].when + 2);
		scene_key(scene, "e");
		scene_draw(scene, 80, 24);
		scene_expect_shown(scene, "source      told by the journal");
		if (cases[i].ago_h == 24)
			scene_expect_shown(scene, "when        2026-11-20 19:41:07");
		scene_free(scene);
	}
}

static void how_the_journal_was_read_is_said(void)
{
	struct scene *scene = start();

	scene_key(scene, "4");
	kills.past = PAST_READING;
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "journal     being read for what was before");
	kills.past = PAST_READ;
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "journal     knows of none either");
	kills.past_cut = true;
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "the oldest are not listed");
	kills.past = PAST_FAILED;
	strcpy(kills.past_why, "needs group adm");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "not read, needs group adm: what was before is not listed");
	scene_free(scene);
}

static void what_was_before_is_listed_and_not_said(void)
{
	struct scene *scene = start();

	tell(scene, "mysqld", 77, true);
	scene_tick(scene);
	expect_text("quiet", scene->state.message, "");
	expect_int("not counted", scene->view.kills, 0);
	scene_draw(scene, 120, 40);
	scene_expect_shown(scene, "last kill: mysqld 9 Nov");
	scene->now.uptime_ms += INT64_C(100) * 24 * 60 * 60 * 1000;
	scene->now.time_ms = VALUE_UNKNOWN;
	scene_draw(scene, 120, 40);
	scene_expect_shown(scene, "last kill: mysqld 9 Nov");
	scene_key(scene, "4");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "mysqld 77");
	scene_free(scene);
}

static void the_cursor_stays_on_its_kill(void)
{
	struct scene *scene = start();

	for (int i = 1; i <= 30; i++)
		tell(scene, i % 2 ? "odd" : "even", i, true);
	scene_key(scene, "4");
	scene_draw(scene, 80, 12);
	scene_expect_shown(scene, "even 30");
	scene_key(scene, "Down");
	scene_key(scene, "Down");
	expect_int("third", killed_selected(&scene->view)->pid, 28);
	tell(scene, "new", 31, true);
	expect_int("the same", killed_selected(&scene->view)->pid, 28);
	expect_int("a row lower", killed_row(&scene->view), 3);
	scene_key(scene, "Home");
	tell(scene, "new", 32, true);
	expect_int("the newest", killed_selected(&scene->view)->pid, 32);
	scene_key(scene, "Up");
	expect_int("no further", killed_row(&scene->view), 0);
	scene_key(scene, "End");
	expect_int("the oldest", killed_selected(&scene->view)->pid, 1);
	scene_draw(scene, 80, 12);
	scene_expect_shown(scene, "odd 1 ");
	scene_key(scene, "PgUp");
	expect_true("a page up", killed_row(&scene->view) < 31);
	for (int i = 0; i < KILLS_MAX; i++)
		tell(scene, "late", 100 + i, true);
	expect_int("gone: the oldest there is", killed_row(&scene->view), KILLS_MAX - 1);
	scene_free(scene);
}

static void enter_explains_a_kill_and_escape_goes_back(void)
{
	struct scene *scene = start();

	tell(scene, "chrome", 4102, false);
	scene_tick(scene);
	scene_key(scene, "4");
	scene_key(scene, "e");
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "why         The first sentence.");
	scene_expect_shown(scene, "            The second one.");
	scene_expect_shown(scene, "gave back   2.0M");
	scene_key(scene, "Esc");
	expect_int("back", scene->state.overlay, OVERLAY_NONE);
	expect_int("there", scene->state.tab, TAB_KILLS);
	scene_free(scene);
}

static void what_the_list_lacks_is_said(void)
{
	struct scene *scene = start();

	scene_key(scene, "4");
	scene_draw(scene, 80, 24);
	expect_int("nothing", scene_find(scene, "overwritten"), -1);
	kills.n_lost = 2;
	kills.n_marks_lost = 3;
	kills.lacked_memory = true;
	scene_draw(scene, 80, 24);
	scene_expect_shown(scene, "3 of the tracepoint's marks were lost");
	scene_expect_shown(scene, "overwritten before it was read (2 times)");
	scene_expect_shown(scene, "for want of memory");
	scene_free(scene);
}

static void columns_give_way_to_the_victim(void)
{
	static const struct {
		int cols;
		const char *titles;
	} cases[] = {
		{ 80, "  TIME     KILLER       SCOPE           VICTIM             MEM FORETOLD" },
		{ 60, "  TIME     SCOPE         VICTIM           MEM FORETOLD" },
		{ 46, "  TIME     VICTIM           MEM FORETOLD" },
		{ 40, "  TIME     VICTIM                    MEM" },
		{ 20, "  TIME     VICTIM" },
	};
	struct scene *scene = start();

	tell(scene, "chrome", 4102, false);
	scene_key(scene, "4");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		scene_draw(scene, cases[i].cols, 24);
		scene_expect_row(scene, 5, cases[i].titles);
	}
	scene_draw_everywhere(scene);
	scene_key(scene, "e");
	scene_draw_everywhere(scene);
	scene_free(scene);
}

extern CU_TestInfo killed_tests[];
CU_TestInfo killed_tests[] = {
	{ "a kill that is told is said at once, and once",
		a_kill_that_is_told_is_said_at_once_and_once },
	{ "a kill that is counted first waits for its name",
		a_kill_that_is_counted_first_waits_for_its_name },
	{ "what the log does not tell is said without a name",
		what_the_log_does_not_tell_is_said_without_a_name },
	{ "without the log, who is gone is named", without_the_log_who_is_gone_is_named },
	{ "where nothing can tell, that is said", where_nothing_can_tell_that_is_said },
	{ "kills of earlier boots have their date", kills_of_earlier_boots_have_their_date },
	{ "how the journal was read is said", how_the_journal_was_read_is_said },
	{ "what was before is listed and not said", what_was_before_is_listed_and_not_said },
	{ "the cursor stays on its kill", the_cursor_stays_on_its_kill },
	{ "enter explains a kill, and escape goes back",
		enter_explains_a_kill_and_escape_goes_back },
	{ "what the list lacks is said", what_the_list_lacks_is_said },
	{ "columns give way to the victim", columns_give_way_to_the_victim },
	CU_TEST_INFO_NULL,
};
